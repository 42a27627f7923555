//! The program as a process: how it ends, when it refuses to start, and what it does on a bad disk.

use crate::support::child::{Folders, PATIENCE, Server, refused, with_disk};
use std::fs::File;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

#[test]
fn sigterm_under_load_ends_it_in_time() {
    let folders = Folders::with(1);
    let server = Server::on(&folders, 1);
    let (address, ending) = (server.address, AtomicBool::new(false));
    let (ready, all_ready) = std::sync::mpsc::channel();
    std::thread::scope(|scope| {
        for client in 0..8 {
            let (ready, ending) = (ready.clone(), &ending);
            scope.spawn(move || {
                let mut http = crate::support::http::Client::connect(address).expect("the server takes connections");
                for number in 0.. {
                    let form = format!("stars={}", 1 + number % 5);
                    match http.post("/videos/1/rating", &format!("{client}-{number}"), &form) {
                        Ok(answer) => assert!([200, 503].contains(&answer.status), "{answer:?}"),
                        Err(error) => {
                            assert!(ending.load(Ordering::SeqCst), "the server dropped a connection: {error}");
                            return;
                        }
                    }
                    if number == 3 {
                        ready.send(()).expect("the test waits");
                    }
                }
            });
        }
        for _ in 0..8 {
            all_ready.recv_timeout(PATIENCE).expect("every client is at work");
        }
        ending.store(true, Ordering::SeqCst);
        let asked = Instant::now();
        let status = server.terminate();
        // A second at most is its own (`tests/server.rs` has a clock of its own for that); the rest is for a busy machine.
        assert!(asked.elapsed() < Duration::from_secs(5), "it took {:?}", asked.elapsed());
        assert!(status.success(), "{status}");
    });
}

#[test]
fn the_demo_shows_its_clips() {
    let home = tempfile::tempdir().expect("a temporary folder");
    let mut demo = Command::new(env!("CARGO_BIN_EXE_local-video-server"));
    demo.args(["demo", "--port", "0"]).env_clear().env("HOME", home.path());
    let server = Server::ready(demo, 12);
    let page = server.client().get("/").expect("an answer");
    assert!(page.body.contains("12 videos"), "{page:?}");
}

#[test]
fn a_second_server_on_the_same_data_is_refused() {
    let folders = Folders::with(1);
    let first = Server::on(&folders, 1);
    let second = refused(folders.serve());
    let said = String::from_utf8_lossy(&second.stderr);
    assert_eq!(second.status.code(), Some(75), "{said}");
    assert!(said.contains("in use by another"), "{said}");
    assert!(said.contains("--data"), "it says what to do: {said}");
    assert_eq!(first.client().get("/").expect("the first goes on").status, 200);
}

#[test]
fn a_read_only_data_folder_is_refused() {
    let folders = Folders::with(1);
    Server::on(&folders, 1).kill();
    let mount = "mount --bind \"$folder\" \"$folder\"; mount -o remount,bind,ro \"$folder\"";
    let output = refused(with_disk(&folders.serve(), &folders.data, mount));
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(77), "{said}");
    assert!(said.contains("cannot be written"), "{said}");
    assert_eq!(Server::on(&folders, 1).client().get("/").expect("nothing was harmed").status, 200);
}

#[test]
fn on_a_full_disk_writing_stops_and_reading_goes_on() {
    let folders = Folders::with(1);
    let mount = "mount -t tmpfs -o size=512m none \"$folder\"";
    let server = Server::ready(with_disk(&folders.serve(), &folders.data, mount), 1);
    let mut client = server.client();
    assert_eq!(client.post("/videos/1/rating", "first", "stars=4").expect("an answer").status, 200);

    let filler = server.sees(&folders.data).join("filler");
    fill(&filler);
    let refused = client.post("/videos/1/rating", "second", "stars=5").expect("an answer");
    assert_eq!(refused.status, 503, "{refused:?}");
    assert!(refused.body.contains("bytes are free"), "it says why: {refused:?}");
    let page = client.get("/watch/1").expect("an answer");
    assert_eq!(page.status, 200, "reading goes on");

    std::fs::remove_file(&filler).expect("room again");
    let room = Instant::now();
    while client.post("/videos/1/rating", "second", "stars=5").expect("an answer").status != 200 {
        assert!(room.elapsed() < PATIENCE, "with room again, the same key leads to the change");
    }
}

/// Takes all the room on the disk of `file`.
fn fill(file: &std::path::Path) {
    let filler = File::create(file).expect("a file on the small disk");
    let disk = rustix::fs::statvfs(file.parent().expect("a folder")).expect("the disk can be asked");
    let free = disk.f_bavail * disk.f_frsize;
    rustix::fs::fallocate(&filler, rustix::fs::FallocateFlags::empty(), 0, free).expect("that much was free");
}
