//! Videos in another container, made while they are sent: status codes, places, clients that leave.

use super::gallery::{Answer, Gallery};
use axum::http::StatusCode;
use local_video_server::decoder::transcode::Transcoder;
use local_video_server::media::traffic::Traffic;
use std::path::Path;
use tokio::io::AsyncReadExt;

fn clip(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clips").join(name)).expect("the clip is there")
}

/// A gallery of these clips.
async fn gallery(names: &[&str]) -> Gallery {
    of(names, Transcoder::with(None)).await
}

async fn of(names: &[&str], transcoder: Transcoder) -> Gallery {
    let gallery = Gallery::with(names, Traffic::default(), transcoder).await;
    for name in names {
        gallery.write(name, &clip(name));
    }
    gallery
}

fn why(answer: &Answer) -> String {
    let problem: serde_json::Value = serde_json::from_slice(&answer.body).expect("the answer says why");
    problem["detail"].as_str().expect("in words").to_owned()
}

/// The body without its division into chunks.
fn film(answer: &Answer) -> Vec<u8> {
    assert_eq!((answer.status, answer.header("transfer-encoding")), (StatusCode::OK, "chunked"), "{}", answer.head);
    let (mut film, mut rest) = (Vec::new(), answer.body.as_slice());
    loop {
        let end = rest.windows(2).position(|two| two == b"\r\n").expect("a chunk has a length");
        let len = usize::from_str_radix(std::str::from_utf8(&rest[..end]).expect("in letters"), 16).expect("a number");
        if len == 0 {
            return film;
        }
        film.extend_from_slice(&rest[end + 2..end + 2 + len]);
        rest = &rest[end + 4 + len..];
    }
}

/// When the first fragment begins, in ms.
fn begins_ms(film: &[u8]) -> u64 {
    let at = film.windows(4).position(|four| four == b"tfdt").expect("there is a fragment");
    u64::from_be_bytes(film[at + 8..at + 16].try_into().expect("eight bytes")) / 1000
}

#[tokio::test]
async fn a_film_begins_at_the_key_frame_before_the_time_asked_for() {
    let gallery = gallery(&["h264.mkv", "h264.avi"]).await;
    for (video, query, begins) in [(1, "", 64), (1, "?t=2.9", 2064), (2, "?t=0", 0), (2, "?t=3.0&sound=none", 2080)] {
        let answer = gallery.ask(&format!("GET /media/{video}/remux.mp4{query}"), &[]).await;
        let bytes = film(&answer);
        assert!(answer.header("content-type").starts_with("video/mp4; codecs=\"avc1."), "{}", answer.head);
        assert_eq!(answer.header("cache-control"), "no-store");
        assert!(bytes[4..].starts_with(b"ftyp"));
        assert_eq!(begins_ms(&bytes), begins, "{video} {query}");
        assert_eq!(bytes.windows(4).any(|word| word == b"soun"), !query.contains("none"), "{video} {query}");
    }
    let beyond = film(&gallery.ask("GET /media/1/remux.mp4?t=86400", &[]).await);
    assert_eq!(begins_ms(&beyond), 3064, "beyond the end, the last key frame");
    let head = gallery.ask("HEAD /media/1/remux.mp4", &[]).await;
    assert_eq!((head.status, head.body.len()), (StatusCode::OK, 0));
}

#[tokio::test]
async fn mp3_is_sent_alone_and_says_where_it_begins() {
    let gallery = gallery(&["h264.avi", "h264.mkv"]).await;
    let answer = gallery.ask("GET /media/1/sound.mp3?t=1", &[]).await;
    let begins: f64 = answer.header("x-begins").parse().expect("it says where");
    assert!((1.0..1.1).contains(&begins) && !film(&answer).is_empty(), "{}", answer.head);
    assert_eq!(answer.header("content-type"), "audio/mpeg");
    let aac = gallery.ask("GET /media/2/sound.mp3", &[]).await;
    assert_eq!(aac.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
}

#[tokio::test]
async fn what_cannot_be_remuxed_says_why() {
    let names = ["xvid.avi", "truncated-head.mp4", "text-file.mp4", "audio-only.mkv", "h264.mkv", "gone.mkv"];
    let gallery = Gallery::new(&names).await;
    for name in names.iter().filter(|name| **name != "gone.mkv") {
        gallery.write(name, &clip(name));
    }
    for (video, status, words) in [
        (1, StatusCode::UNSUPPORTED_MEDIA_TYPE, "XVID"),
        (2, StatusCode::UNPROCESSABLE_ENTITY, "cut short"),
        (3, StatusCode::UNPROCESSABLE_ENTITY, "no video file"),
        (4, StatusCode::UNSUPPORTED_MEDIA_TYPE, "without a picture"),
        (6, StatusCode::NOT_FOUND, "gone"),
        (7, StatusCode::NOT_FOUND, "no video 7"),
    ] {
        let answer = gallery.ask(&format!("GET /media/{video}/remux.mp4"), &[]).await;
        assert_eq!(answer.status, status, "{video}");
        assert!(why(&answer).contains(words), "{}", why(&answer));
    }
    for query in ["t=", "t=-1", "t=x", "t=nan", "t=1e99", "t=1&t=2", "t=%ff", "sound=loud", "t=5%00"] {
        let answer = gallery.ask(&format!("GET /media/5/remux.mp4?{query}"), &[]).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{query}");
    }
    let number = gallery.ask("GET /media/x/remux.mp4", &[]).await;
    assert_eq!(number.status, StatusCode::NOT_FOUND);
    let absent = gallery.ask("GET /media/1/transcode.mp4", &[]).await;
    assert!(absent.status == StatusCode::NOT_FOUND && why(&absent).contains("ffmpeg is not installed"));
}

#[tokio::test]
async fn ten_at_once_get_the_same_film_and_whoever_leaves_is_forgotten() {
    let gallery = gallery(&["h264.mkv"]).await;
    let whole = film(&gallery.ask("GET /media/1/remux.mp4", &[]).await);
    let asked: Vec<_> = (0..10).map(|_| gallery.ask("GET /media/1/remux.mp4", &[])).collect();
    let mut asked = asked.into_iter().map(Box::pin).collect::<Vec<_>>();
    for answer in &mut asked {
        assert_eq!(film(&answer.as_mut().await), whole);
    }
    let mut leaving = gallery.send("GET /media/1/remux.mp4", &[]).await;
    let mut first = [0; 16];
    leaving.read_exact(&mut first).await.expect("the answer begins");
    drop(leaving);
    while gallery.traffic.open_streams() > 0 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_file_that_is_called_like_an_address_is_still_a_file() {
    let gallery = Gallery::new(&["remux.mp4"]).await;
    gallery.write("remux.mp4", &clip("h264.mp4"));
    let file = gallery.ask("GET /media/1/remux.mp4", &[]).await;
    assert!(file.body == clip("h264.mp4"));
    let remuxed = film(&gallery.ask("GET /media/1/remux.mp4?t=0", &[]).await);
    assert!(remuxed.windows(4).any(|word| word == b"moof"));
}

#[tokio::test]
async fn one_film_is_converted_at_a_time() {
    let gallery =
        of(&["xvid.avi"], Transcoder::with(Some(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/endless"))))
            .await;
    let mut first = gallery.send("GET /media/1/transcode.mp4?t=1", &[]).await;
    let mut begun = [0; 12];
    first.read_exact(&mut begun).await.expect("the answer begins");
    assert_eq!(&begun[9..], b"200");
    let second = gallery.ask("GET /media/1/transcode.mp4", &[]).await;
    assert!(second.status == StatusCode::SERVICE_UNAVAILABLE && why(&second).contains("Another video"));
    assert_eq!(gallery.ask("GET /media/1/transcode.mp4?t=x", &[]).await.status, StatusCode::BAD_REQUEST);
    drop(first);
    while gallery.traffic.open_streams() > 0 {
        tokio::task::yield_now().await;
    }
    let broken = of(&["xvid.avi"], Transcoder::with(Some("/bin/false".into()))).await;
    let answer = broken.ask("GET /media/1/transcode.mp4", &[]).await;
    assert!(answer.status == StatusCode::UNPROCESSABLE_ENTITY && why(&answer).contains("ffmpeg"));
}

#[tokio::test]
async fn captions_inside_of_a_film_are_listed_after_those_beside_it() {
    let gallery = gallery(&["h264.mkv"]).await;
    gallery.write("h264.fr.srt", b"1\n00:00:01,000 --> 00:00:02,000\nBonjour\n");
    let list = gallery.ask("GET /media/1/captions", &[]).await;
    let list: serde_json::Value = serde_json::from_slice(&list.body).expect("the list is JSON");
    let found: Vec<(&str, &str)> = list
        .as_array()
        .expect("a list")
        .iter()
        .map(|it| (it["language"].as_str().expect("a language"), it["src"].as_str().expect("an address")))
        .collect();
    let expected = [("fr", "0.vtt"), ("eng", "track-2.vtt"), ("ger", "track-3.vtt")]
        .map(|(language, file)| (language, format!("/media/1/captions/{file}")));
    assert_eq!(found, expected.iter().map(|(language, src)| (*language, src.as_str())).collect::<Vec<_>>());
    for file in ["track-2.vtt", "track-3.vtt"] {
        let answer = gallery.ask(&format!("GET /media/1/captions/{file}"), &[]).await;
        assert_eq!((answer.status, answer.header("content-type")), (StatusCode::OK, "text/vtt; charset=utf-8"));
        assert!(answer.body.starts_with(b"WEBVTT\n\n00:00:"));
        let address = format!("GET /media/1/captions/{file}");
        let again = gallery.ask(&address, &[("if-none-match", answer.header("etag"))]).await;
        assert_eq!(again.status, StatusCode::NOT_MODIFIED);
        assert_eq!(gallery.ask(&format!("GET /media/1/captions/{file}"), &[]).await.body, answer.body);
    }
    for file in ["track-0.vtt", "track-1.vtt", "track-99.vtt", "track-x.vtt", "track-.vtt", "track--1.vtt"] {
        let answer = gallery.ask(&format!("GET /media/1/captions/{file}"), &[]).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{file}");
    }
}
