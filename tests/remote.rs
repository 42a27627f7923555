//! `tools --server` with the real program against a real server: the same output and codes as on its data folder.

use crate::support::child::{Folders, Server};
use crate::support::spawn;
use std::io::{Read as _, Write as _, copy};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::thread::JoinHandle;

/// What `tools` with these arguments answers.
fn tools(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_local-video-server"));
    command.arg("tools").args(arguments).env_clear().env("HOME", "/nonexistent");
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    spawn(&mut command).wait_with_output().expect("it ends")
}

/// What it prints, if all goes well.
fn printed(arguments: &[&str]) -> String {
    let output = tools(arguments);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text")
}

fn text(path: &Path) -> &str {
    path.to_str().expect("temporary folders have plain names")
}

#[test]
fn the_tools_say_the_same_of_a_server_and_of_its_folder() {
    let folders = Folders::with(3);
    let server = Server::on(&folders, 3);
    let mut client = server.client();
    for (number, stars) in [(1, 4), (2, 5), (1, 2)] {
        let rated =
            client.post(&format!("/videos/{number}/rating"), &format!("{number}-{stars}"), &format!("stars={stars}"));
        assert_eq!(rated.expect("an answer").status, 200);
    }
    let url = format!("http://{}", server.address);
    let backup = folders.data.with_file_name("backup");
    client.post("/videos/1/view", "seen", "").expect("an answer");
    // Other events come by themselves: the files are no films, which is noted when somebody finds out.
    let questions: [&[&str]; 2] =
        [&["log", "--kind", "rating"], &["log", "--json", "--video", "1", "--kind", "rating.given"]];
    let online = questions.map(|question| printed(&[&["--server", &url], question].concat()));
    assert_eq!(online.each_ref().map(|lines| lines.lines().count()), [3, 2], "{online:?}");
    let viewed = printed(&["--server", &url, "log", "--json", "--kind", "view"]);
    let viewed: serde_json::Value = serde_json::from_str(viewed.trim()).expect("one viewing");
    let forgotten = printed(&["--server", &url, "redact", "--viewing", &viewed["pos"].to_string()]);
    assert!(forgotten.starts_with("Forgot what 1 event said"), "{forgotten}");
    let left = printed(&["--server", &url, "log"]);
    assert!(left.contains("a viewing that was forgotten"), "{left}");
    let verified = printed(&["--server", &url, "verify"]);
    assert!(verified.contains("all of them as they were written"), "{verified}");
    let rebuilt = printed(&["--server", &url, "rebuild"]);
    assert!(rebuilt.starts_with("Computed from "), "{rebuilt}");
    let exported = printed(&["--server", &url, "export"]);
    assert!(exported.lines().count() > 6, "{exported}");
    let made = printed(&["--server", &url, "backup", text(&backup)]);
    assert!(made.starts_with("Added "), "{made}");
    let again: serde_json::Value =
        serde_json::from_str(&printed(&["--server", &url, "backup", text(&backup), "--json"])).expect("an object");
    let stats: serde_json::Value =
        serde_json::from_str(&printed(&["--server", &url, "stats", "--json"])).expect("an object");
    assert!(stats["events"].as_u64() > Some(5) && stats["bytes_on_disk"].as_u64() > Some(0), "{stats}");
    let pruned = printed(&["--server", &url, "prune", "--dry-run"]);
    assert!(pruned.starts_with("Would delete 0 pictures"), "{pruned}");
    let smaller = printed(&["--server", &url, "compact", "--older-than", "1d", "--dry-run"]);
    assert!(smaller.starts_with("There is nothing to make smaller"), "{smaller}");
    let reports = [&["prune", "--dry-run", "--json"][..], &["verify", "--json"], &["rebuild", "--json"]];
    let answered = reports.map(|report| shape(&printed(&[&["--server", &url], report].concat())));
    for (arguments, what) in [
        (&["restore", "/nonexistent"][..], "a new data folder, whichever server runs: leave out --server"),
        (&["compact", "--older-than", "1y"], "stop the server, and leave out --server"),
        (&["repair"], "stop the server, and leave out --server"),
        (&["import", "/nonexistent"], "nothing to import in /nonexistent"),
        (&["--token", "one-that-is-wrong", "verify"], "not the token"),
        (&["export", "--sqlite", "/nonexistent/x.db"], "/nonexistent"),
        (&["log", "--video", "99"], "no video 99"),
    ] {
        let refused = tools(&[&["--server", &url], arguments].concat());
        let said = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(!refused.status.success() && said.contains(what), "{arguments:?}: {said}");
    }
    assert!(server.terminate().success());

    let data = text(&folders.data);
    let offline = questions.map(|question| printed(&[&["--data", data], question].concat()));
    assert_eq!(online, offline);
    let of_folder = reports.map(|report| shape(&printed(&[&["--data", data], report].concat())));
    assert_eq!(answered, of_folder);
    let restored = folders.data.with_file_name("restored");
    printed(&["--data", text(&restored), "restore", text(&backup)]);
    let whole = printed(&["--data", text(&restored), "verify"]);
    assert!(whole.contains(again["chain"].as_str().expect("a chain")), "the same chain to the last byte: {whole}");
}

#[test]
fn the_files_of_the_old_program_come_in_through_a_server_as_into_its_folder() {
    let folders = Folders::with(3);
    let old = folders.data.with_file_name("old");
    std::fs::create_dir_all(old.join("videos")).expect("a folder");
    let database = rusqlite::Connection::open(old.join("video_metadata.db")).expect("a database");
    let schema = "CREATE TABLE favorites (filename TEXT PRIMARY KEY, created_at TIMESTAMP);
                  INSERT INTO favorites VALUES ('film 1.mp4', '2024-05-06 07:08:09'), ('gone.mp4', NULL);";
    database.execute_batch(schema).expect("it is filled");
    drop(database);
    std::fs::write(old.join("ratings.json"), r#"{"film 1.mp4": 4, "film 2.mp4": 9}"#).expect("a file");
    std::fs::write(old.join("videos/film 2.mp4.json"), r#"{"tags": ["lake"]}"#).expect("a file");
    std::fs::write(folders.videos.join("film 3.mp4.json"), r#"{"tags": ["sea"]}"#).expect("a file");
    let offline = folders.copied();
    let server = Server::on(&folders, 3);
    let url = format!("http://{}", server.address);
    let report = |arguments: &[&str]| -> serde_json::Value {
        serde_json::from_str(&printed(&[arguments, &["import", text(&old), "--json"]].concat())).expect("an object")
    };
    let would = printed(&["--server", &url, "import", text(&old), "--dry-run"]);
    assert!(would.contains("without --dry-run it would be"), "{would}");
    let asked = report(&["--server", &url]);
    assert_eq!(asked["dry_run"], false);
    let words = printed(&["--server", &url, "import", text(&old), "--dry-run"]);
    assert!(words.ends_with("Nothing new; nothing was written.\n"), "it is in already: {words}");
    let again = report(&["--server", &url]);
    assert!(server.terminate().success());
    let fresh = report(&["--data", text(&offline.data)]);
    for kind in ["ratings", "favorites"] {
        assert_eq!(asked["counts"][kind], fresh["counts"][kind], "{kind}: {asked} {fresh}");
    }
    assert_eq!(asked["counts"]["tags"]["accepted"], 2, "one was beside a video of the library: {asked}");
    assert_eq!((asked["total"]["accepted"].as_u64(), again["events"].as_u64()), (Some(5), Some(0)), "{asked} {again}");
    assert_eq!(asked["rejects"], fresh["rejects"]);
    let nothing_new = report(&["--data", text(&folders.data)]);
    assert_eq!(nothing_new["events"], 0, "{nothing_new}");
}

/// The names of what a report says.
fn shape(report: &str) -> Vec<String> {
    let report: serde_json::Value = serde_json::from_str(report).expect("an object");
    report.as_object().expect("an object").keys().cloned().collect()
}

#[test]
fn a_server_that_ends_in_the_middle_is_said_to_be_gone() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let server = std::thread::spawn(move || {
        let job = r#"{"id":1,"state":"running","done":3,"total":9,"code":0,"troubles":[],"report":null}"#;
        let (mut asked, _) = listener.accept().expect("a request");
        let mut request = [0; 4096];
        let _ = asked.read(&mut request).expect("it asks");
        let length = job.len();
        let answer = format!("HTTP/1.1 202 Accepted\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{job}");
        asked.write_all(answer.as_bytes()).expect("it listens");
        // Then there is nobody any more.
    });
    let refused = tools(&["--server", &url, "verify"]);
    server.join().expect("it ends");
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(!refused.status.success() && said.contains("cannot be reached"), "{said}");
}

#[test]
fn a_server_that_is_not_there_is_said_to_be() {
    let refused = tools(&["--server", "http://127.0.0.1:1", "verify"]);
    let said = String::from_utf8_lossy(&refused.stderr);
    assert!(said.contains("the server at 127.0.0.1:1 cannot be reached"), "{said}");
    assert_eq!(refused.status.code(), Some(74), "{said}");
    let wrong = tools(&["--server", "127.0.0.1:1", "verify"]);
    assert!(String::from_utf8_lossy(&wrong.stderr).contains("is no address of a server"), "{wrong:?}");
}

/// An address in front of `server`, which is killed when so many requests were answered and so many bytes of the next answer
/// have come through.
fn ends_after(server: Server, answers: usize, bytes: u64) -> (SocketAddr, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("it has one");
    let between = std::thread::spawn(move || {
        for number in 0..=answers {
            // Each request comes on a connection of its own.
            let (mut client, _) = listener.accept().expect("a connection");
            let mut upstream = TcpStream::connect(server.address).expect("the server takes connections");
            let (mut from, mut to) = (client.try_clone().expect("a stream"), upstream.try_clone().expect("a stream"));
            let asking = std::thread::spawn(move || {
                // Either may have gone.
                let _ = copy(&mut from, &mut to);
                let _ = to.shutdown(Shutdown::Write);
            });
            if number < answers {
                copy(&mut upstream, &mut client).expect("the answer goes through");
            } else {
                copy(&mut upstream.take(bytes), &mut client).expect("some of it does");
                server.kill();
                client.shutdown(Shutdown::Both).expect("it is open");
                asking.join().expect("it ends");
                return;
            }
            asking.join().expect("it ends");
        }
    });
    (address, between)
}

#[test]
fn a_server_that_ends_in_the_middle_is_said_to_and_what_was_begun_is_not_half_done() {
    let folders = Folders::with(0);
    let seeded = tools(&["--data", text(&folders.data), "seed", "--videos", "20", "--events", "300"]);
    assert!(seeded.status.success(), "{seeded:?}");
    let backup = folders.data.with_file_name("backup");
    let viewings = printed(&["--data", text(&folders.data), "log", "--json", "--kind", "view"]);
    let viewing: serde_json::Value = serde_json::from_str(viewings.lines().last().expect("one")).expect("JSON");
    let viewing = viewing["pos"].to_string();
    for (arguments, answers, bytes, words) in [
        (&["stats"][..], 0, 0, "gives no answer to /api/v1/admin/log"),
        (&["export"], 1, 0, "gives no answer to /api/v1/admin/log/frames"),
        (&["export"], 1, 2_000, "was cut off"),
        (&["backup", text(&backup)], 1, 2_000, "was cut off"),
        (&["verify"], 0, 0, "gives no answer to /api/v1/admin/verify"),
        (&["rebuild"], 0, 300, "gives no answer to /api/v1/admin/rebuild"),
        (&["redact", "--viewing", &viewing], 1, 0, "gives no answer to /api/v1/admin/redact"),
    ] {
        let (address, between) = ends_after(Server::on(&folders, 20), answers, bytes);
        let refused = tools(&[&["--server", &format!("http://{address}")], arguments].concat());
        between.join().expect("the server has ended");
        let said = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(said.contains(words) && !said.contains("panicked"), "{arguments:?}: {said}");
        assert!([Some(1), Some(74)].contains(&refused.status.code()), "{arguments:?}: {refused:?}");
        let verified = printed(&["--data", text(&folders.data), "verify"]);
        assert!(verified.contains("all of them as they were written"), "{arguments:?}: {verified}");
    }
    // What was begun can be done again.
    let server = Server::on(&folders, 20);
    let url = format!("http://{}", server.address);
    let again = printed(&["--server", &url, "redact", "--viewing", &viewing]);
    assert!(again.contains("Forgot what") || again.contains("nothing to forget"), "{again}");
    assert!(printed(&["--server", &url, "backup", text(&backup)]).starts_with("Added 340 events"));
    assert!(server.terminate().success());
    let restored = folders.data.with_file_name("restored");
    printed(&["--data", text(&restored), "restore", text(&backup)]);
    assert_eq!(printed(&["--data", text(&restored), "verify"]), printed(&["--data", text(&folders.data), "verify"]));
}

#[test]
fn a_server_that_ends_while_it_is_at_work_is_said_to() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("it has one"));
    let at_work = std::thread::spawn(move || {
        let (mut client, _) = listener.accept().expect("a connection");
        let job = r#"{"id":1,"kind":"verify","state":"running","done":0,"total":9,"facts":[],"code":0,"troubles":[]}"#;
        let answer = format!("HTTP/1.1 202 Accepted\r\nContent-Length: {}\r\n\r\n{job}", job.len());
        // An answer to what was not asked yet is none.
        let mut asked = Vec::new();
        while !asked.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            client.read_exact(&mut byte).expect("a request");
            asked.extend(byte);
        }
        client.write_all(answer.as_bytes()).expect("it is taken");
        // Until the other side has read it.
        let _ = client.read_to_end(&mut Vec::new());
    });
    let refused = tools(&["--server", &url, "verify"]);
    at_work.join().expect("it ends");
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(said.contains("cannot be reached"), "{said}");
    assert_eq!(refused.status.code(), Some(74), "{said}");
}
