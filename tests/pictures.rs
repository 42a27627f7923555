//! Pictures as people get them: the real program with its child processes on real files, without ffmpeg.

use super::support::child::{Folders, PATIENCE, Server, with_disk};
use super::support::http::Client;
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// A clip of `tests/clips`.
fn clip(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clips").join(name)
}

/// A library of these clips.
fn library(names: &[&str]) -> Folders {
    let folders = Folders::with(0);
    for name in names {
        fs::copy(clip(name), folders.videos.join(name)).expect("a copy of a clip");
    }
    folders
}

fn json(client: &mut Client, address: &str) -> Value {
    let answer = client.get(address).expect("the server answers");
    serde_json::from_str(&answer.body).unwrap_or(Value::Null)
}

/// Asks for `address` after every change until the answer is as `wanted`.
fn until(server: &Server, address: &str, wanted: impl Fn(&Value) -> bool) -> Value {
    let mut changes = server.client().follow().expect("changes can be followed");
    let (mut client, started) = (server.client(), Instant::now());
    loop {
        let answer = json(&mut client, address);
        if wanted(&answer) {
            return answer;
        }
        // A worker makes way for everything else on a busy machine.
        assert!(started.elapsed() < 4 * PATIENCE, "it never came to pass: {answer}");
        changes.change().expect("something happens");
    }
}

/// Waits until nothing is left to be made, and says how it went.
fn finished(server: &Server) -> Value {
    until(server, "/api/v1/thumbnails", |all| {
        let count = |name: &str| all[name].as_u64().unwrap_or(0);
        all["pending"] == 0 && all["storyboards_pending"] == 0 && count("made") + count("failed") > 0
    })
}

fn cover(client: &mut Client, video: u32) -> Value {
    json(client, &format!("/api/v1/videos/{video}/thumbnail"))["cover"].clone()
}

fn unfinished(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let (folders, files): (Vec<_>, Vec<_>) = entries.partition(|path| path.is_dir());
    let here = files.into_iter().filter(|path| path.extension().is_some_and(|extension| extension == "unfinished"));
    here.chain(folders.iter().flat_map(|folder| unfinished(folder))).collect()
}

#[test]
fn files_of_every_kind_get_a_true_picture_or_say_why_not() {
    let good = [
        "10.mp4",
        "av1.webm",
        "fragmented.mp4",
        "h264.avi",
        "h264.mkv",
        "h264.mov",
        "hdr-pq.mp4",
        "hevc.mp4",
        "interlaced.mp4",
        "mjpeg.avi",
        "no-cues.mkv",
        "rotated-90.mp4",
        "truncated.mp4",
        "vp8.webm",
        "vp9.webm",
    ];
    let bad = [
        ("audio-only.mp4", "there is no picture in it"),
        ("no-moov.mp4", "the moov box is missing"),
        ("wmv2.wmv", "without ffmpeg"),
        ("xvid.avi", "without ffmpeg"),
        ("zero-length.mp4", "the file is empty"),
    ];
    let folders = library(&good[1..]);
    fs::copy(clip("h264.mp4"), folders.videos.join("10.mp4")).expect("a copy");
    for (name, _) in bad {
        fs::copy(clip(name), folders.videos.join(name)).expect("a copy");
    }
    let mut command = folders.serve();
    command.env("PATH", &folders.videos);
    let server = Server::ready(command, good.len() + bad.len());
    let mut client = server.client();
    let all = finished(&server);
    assert_eq!((all["made"].as_u64(), all["failed"].as_u64()), (Some(15), Some(5)), "{all}");
    let failures = all["failures"].as_array().expect("a list");
    for (name, reason) in bad {
        let title = name.split('.').next().expect("a name");
        let failure = failures.iter().find(|failure| failure["title"] == title).expect("it failed");
        let said = failure["failure"]["reason"].as_str().unwrap_or_default();
        assert!(said.contains(reason), "{name}: {said}");
    }
    let page = client.get("/").expect("the server answers").body;
    assert!(page.contains("/320.jpg"), "no card shows its cover");
    let noted = fs::read_to_string(folders.data.join("thumbnail_errors.jsonl")).expect("failures are noted");
    assert_eq!(noted.lines().filter(|line| serde_json::from_str::<Value>(line).is_ok()).count(), noted.lines().count());
    assert!(noted.contains("\"path\":\"wmv2.wmv\""));
}

#[test]
fn what_a_file_is_inside_is_known_to_its_chapters() {
    let folders = library(&["h264.mkv"]);
    let server = Server::on(&folders, 1);
    let mut client = server.client();
    let video = until(&server, "/api/v1/videos/1", |video| video["duration_ms"].is_u64());
    assert_eq!((video["width"].as_u64(), video["height"].as_u64()), (Some(320), Some(180)));
    assert_eq!(
        (video["recorded_at"].as_str(), video["frame_rate_mhz"].as_u64()),
        (Some("2024-02-29T12:34:56.000Z"), Some(25_000))
    );
    assert_eq!(video["chapters"].as_array().map(Vec::len), Some(3));
    let captions = json(&mut client, "/media/1/captions");
    assert_eq!(captions.as_array().map(Vec::len), Some(2), "{captions}");
}

#[test]
fn a_power_cut_in_the_middle_loses_no_picture_and_leaves_no_rubbish() {
    let names = ["av1.mp4", "h264.mkv", "h264.mp4", "hevc.mkv", "hevc.mp4", "vp8.webm", "vp9.webm"];
    let folders = library(&names);
    let server = Server::on(&folders, names.len());
    let mut client = server.client();
    until(&server, "/api/v1/thumbnails", |all| all["made"].as_u64() > Some(2));
    let before: Vec<Value> = (1..=7).map(|video| cover(&mut client, video)["id"].clone()).collect();
    server.kill();
    let server = Server::on(&folders, names.len());
    let mut client = server.client();
    let all = finished(&server);
    assert_eq!((all["made"].as_u64(), all["failed"].as_u64()), (Some(7), Some(0)), "{all}");
    for (video, known) in (1..).zip(&before) {
        let now = cover(&mut client, video)["id"].clone();
        assert!(known.is_null() || *known == now, "video {video} had a cover already");
    }
    assert_eq!(unfinished(&folders.data.join("thumbnails")), Vec::<PathBuf>::new());
}

#[test]
fn pictures_that_somebody_deleted_are_made_again_without_a_new_event() {
    let folders = library(&["h264.mp4"]);
    let server = Server::on(&folders, 1);
    let mut client = server.client();
    finished(&server);
    let address = cover(&mut client, 1)["small"].as_str().expect("an address").to_owned();
    let picture = client.get(&address).expect("the server answers").body;
    let position = json(&mut client, "/api/v1/status")["position"].clone();
    fs::remove_dir_all(folders.data.join("thumbnails")).expect("it can be deleted");
    let started = Instant::now();
    while client.get(&address).expect("the server answers").body != picture {
        assert!(started.elapsed() < PATIENCE, "it is not made again");
    }
    assert_eq!(json(&mut client, "/api/v1/status")["position"], position);
}

#[test]
fn a_person_chooses_the_cover_and_takes_that_back() {
    let folders = library(&["h264.mp4"]);
    let server = Server::on(&folders, 1);
    let mut client = server.client();
    finished(&server);
    let first = cover(&mut client, 1);
    let chosen = client.post("/videos/1/thumbnail", "key-1", "position_ms=3000").expect("the server answers");
    assert_eq!(chosen.status, 200, "{}", chosen.body);
    let address = "/api/v1/videos/1/thumbnail";
    let second = until(&server, address, |it| it["cover"]["position_ms"] == 3_000)["cover"].clone();
    assert_ne!(first["id"], second["id"]);
    client.post("/videos/1/thumbnail", "key-2", "automatic=true").expect("the server answers");
    until(&server, address, |it| it["cover"]["id"] == first["id"]);
}

#[test]
fn another_film_in_the_place_of_the_first_gets_pictures_of_its_own() {
    let folders = library(&["h264.mp4"]);
    let server = Server::on(&folders, 1);
    let mut client = server.client();
    finished(&server);
    let first = cover(&mut client, 1);
    fs::copy(clip("hevc.mp4"), folders.videos.join("h264.mp4")).expect("a copy");
    let address = "/api/v1/videos/1/thumbnail";
    let other = until(&server, address, |it| it["cover"]["id"].is_string() && it["cover"]["id"] != first["id"]);
    assert_eq!(other["state"], "made");
}

/// Asks how the pictures are doing until that is as `wanted`.
fn until_told(server: &Server, wanted: impl Fn(&Value) -> bool) {
    let (mut client, started) = (server.client(), Instant::now());
    loop {
        let all = json(&mut client, "/api/v1/thumbnails");
        if wanted(&all) {
            return;
        }
        assert!(started.elapsed() < 4 * PATIENCE, "it never came to pass: {all}");
    }
}

/// A server on one film whose pictures go to a disk of their own, mounted with `options`, on which `full` takes all room
/// before anything is made: `trouble` says so, and with room again the pictures are made, as if nothing had been.
fn full_disk(options: &str, full: &str, trouble: &str) {
    let folders = library(&["h264.mp4"]);
    let mount = format!(
        "mkdir -p \"$folder/thumbnails\"; mount -t tmpfs -o {options} none \"$folder/thumbnails\"; \
         cd \"$folder/thumbnails\"; mkdir filler; {full}; cd /"
    );
    let server = Server::ready(with_disk(&folders.serve(), &folders.data, &mount), 1);
    until_told(&server, |all| all["trouble"].as_str().is_some_and(|said| said.contains(trouble)));
    let mut client = server.client();
    assert_eq!(json(&mut client, "/api/v1/thumbnails")["failed"], 0, "the film is not to blame");
    assert_eq!(client.get("/watch/1").expect("the server answers").status, 200);
    let thumbnails = server.sees(&folders.data).join("thumbnails");
    assert_eq!(unfinished(&thumbnails), Vec::<PathBuf>::new());
    fs::remove_dir_all(thumbnails.join("filler")).expect("room again");
    until_told(&server, |all| all["made"] == 1 && all["trouble"].is_null());
    assert!(server.client().get("/").expect("the server answers").body.contains("/320.jpg"));
}

#[test]
fn on_a_nearly_full_disk_no_pictures_are_made_until_there_is_room() {
    full_disk("size=32m", "head -c 31m /dev/zero > filler/zeros", "too little for pictures");
}

#[test]
fn a_picture_that_finds_no_place_on_the_disk_is_made_when_there_is_one() {
    full_disk(
        "size=64m,nr_inodes=16",
        "while mkdir filler/$((n += 1)) 2>/dev/null; do :; done",
        "no picture can be stored",
    );
}
