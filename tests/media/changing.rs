//! Files that are large, change while they are sent, or are wanted by too many.

use super::gallery::{Gallery, pattern};
use axum::http::StatusCode;
use local_video_server::decoder::transcode::Transcoder;
use local_video_server::media::traffic::Traffic;
use rustix::fs::{Advice, fadvise};
use std::fs::{File, OpenOptions, rename};
use std::os::unix::fs::FileExt;
use std::time::Duration;
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;
use tokio::time::timeout;

/// More than the sockets between server and client hold, so that most of it is unsent when a client waits.
const LARGE: usize = 24 << 20;

/// Reads until some of the body has come, and says how much of the answer that was.
async fn begin(stream: &mut TcpStream) -> Vec<u8> {
    let mut begun = vec![0; 1000];
    stream.read_exact(&mut begun).await.expect("the server answers");
    assert!(begun.starts_with(b"HTTP/1.1 200 OK"));
    begun
}

/// Waits until no stream is open, for at most a minute.
async fn quiet(traffic: &Traffic) {
    let ended = async {
        while traffic.open_streams() > 0 {
            tokio::task::yield_now().await;
        }
    };
    timeout(Duration::from_secs(60), ended).await.expect("streams end with their connections");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_replaced_while_it_plays_is_played_to_its_end() {
    let gallery = Gallery::of(&vec![b'a'; LARGE]).await;
    let mut playing = gallery.send("GET /media/1/film.mp4", &[]).await;
    let mut all = begin(&mut playing).await;
    gallery.write("new.mp4", &vec![b'b'; LARGE]);
    rename(gallery.path("new.mp4"), gallery.path("film.mp4")).expect("the file can be replaced");
    playing.read_to_end(&mut all).await.expect("the connection ends in order");
    let body = all.windows(4).position(|four| four == b"\r\n\r\n").expect("there is a head") + 4;
    assert_eq!(all.len() - body, LARGE);
    assert!(all[body..].iter().all(|byte| *byte == b'a'), "every byte is of the file that was opened");
    let next = gallery.get(&[("range", "bytes=0-2")]).await;
    assert_eq!(next.body, b"bbb");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_gets_shorter_ends_the_answer_and_nothing_is_made_up() {
    let bytes = pattern(LARGE);
    let gallery = Gallery::of(&bytes).await;
    let mut playing = gallery.send("GET /media/1/film.mp4", &[]).await;
    let mut all = begin(&mut playing).await;
    let file = OpenOptions::new().write(true).open(gallery.path("film.mp4")).expect("it can be opened");
    file.set_len(1 << 20).expect("it can be cut");
    let _: std::io::Result<usize> = playing.read_to_end(&mut all).await;
    let body = all.windows(4).position(|four| four == b"\r\n\r\n").expect("there is a head") + 4;
    let sent = &all[body..];
    assert!(sent.len() < LARGE, "the connection was cut");
    assert!(bytes.starts_with(sent), "what was sent is what was there");
    quiet(&gallery.traffic).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_not_in_memory_is_read_from_the_disk() {
    let bytes = pattern(5 << 20);
    let gallery = Gallery::of(&bytes).await;
    let file = File::open(gallery.path("film.mp4")).expect("it can be opened");
    file.sync_all().expect("it can be synced");
    fadvise(&file, 0, None, Advice::DontNeed).expect("it can leave the page cache");
    let answer = gallery.get(&[]).await;
    assert!(answer.body == bytes);
    assert_eq!(gallery.traffic.sent_bytes(), 5 << 20);
    quiet(&gallery.traffic).await;
}

#[tokio::test]
async fn a_file_beyond_two_gigabytes_has_all_its_bytes() {
    const SIZE: u64 = (2 << 30) + 5;
    let gallery = Gallery::of(b"").await;
    let file = OpenOptions::new().write(true).open(gallery.path("film.mp4")).expect("it can be opened");
    file.write_all_at(b"the very end", SIZE - 12).expect("it can be written");
    assert_eq!(gallery.ask("HEAD /media/1/film.mp4", &[]).await.length(), SIZE);
    for (range, content_range, body) in [
        ("bytes=-3", "bytes 2147483650-2147483652/2147483653", "end"),
        ("bytes=2147483648-", "bytes 2147483648-2147483652/2147483653", "y end"),
        ("bytes=2147483641-2147483643", "bytes 2147483641-2147483643/2147483653", "the"),
    ] {
        let answer = gallery.get(&[("range", range)]).await;
        assert_eq!((answer.status, answer.header("content-range")), (StatusCode::PARTIAL_CONTENT, content_range));
        assert_eq!(String::from_utf8_lossy(&answer.body), body);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn streams_beyond_the_bound_are_told_to_come_back() {
    let gallery = Gallery::with(&["film.mp4"], Traffic::new(2), Transcoder::with(None)).await;
    gallery.write("film.mp4", &vec![b'a'; LARGE]);
    let mut first = gallery.send("GET /media/1/film.mp4", &[]).await;
    let mut second = gallery.send("GET /media/1/film.mp4", &[]).await;
    begin(&mut first).await;
    begin(&mut second).await;
    assert_eq!(gallery.traffic.open_streams(), 2);
    let third = gallery.get(&[]).await;
    assert_eq!(third.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_ne!(third.header("retry-after"), "");
    drop((first, second));
    quiet(&gallery.traffic).await;
    assert_eq!(gallery.get(&[("range", "bytes=0-2")]).await.body, b"aaa");
}
