//! Captions beside a video: found by name, read in any encoding, sent as WebVTT, and never from outside of the library.

use super::gallery::{Answer, Gallery};
use axum::http::StatusCode;
use std::fs::File;
use std::os::unix::fs::symlink;

async fn list(gallery: &Gallery) -> serde_json::Value {
    let answer = gallery.ask("GET /media/1/captions", &[]).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.head);
    serde_json::from_slice(&answer.body).expect("the list is JSON")
}

async fn track(gallery: &Gallery, index: usize) -> Answer {
    gallery.ask(&format!("GET /media/1/captions/{index}.vtt"), &[]).await
}

fn text(answer: &Answer) -> &str {
    std::str::from_utf8(&answer.body).expect("it is UTF-8")
}

#[tokio::test]
async fn captions_are_found_beside_the_video_and_read_in_any_encoding() {
    let gallery = Gallery::new(&["a b/film #1.mp4"]).await;
    gallery.write("a b/film #1.mp4", b"film");
    assert_eq!(list(&gallery).await, serde_json::json!([]), "a video without captions");
    gallery.write("a b/film #1.de.srt", b"1\n00:00:01,000 --> 00:00:02,000\nSch\xf6ne Gr\xfc\xdfe\n");
    let utf16: Vec<u8> = "\u{feff}0:01,0 --> 0:02,0\nŽluťoučký".encode_utf16().flat_map(u16::to_le_bytes).collect();
    gallery.write("a b/film #1.cs.srt", &utf16);
    gallery.write("a b/film #1.vtt", b"WEBVTT\n\n00:01.000 --> 00:02.000\nplain\n");
    gallery.write("a b/other.srt", b"1\n00:00:01,000 --> 00:00:02,000\nother\n");
    gallery.write("film #1.srt", b"1\n00:00:01,000 --> 00:00:02,000\nelsewhere\n");
    let found = list(&gallery).await;
    let expected = serde_json::json!([
        {"index": 0, "label": "", "language": "cs", "src": "/media/1/captions/0.vtt"},
        {"index": 1, "label": "", "language": "de", "src": "/media/1/captions/1.vtt"},
        {"index": 2, "label": "", "language": "", "src": "/media/1/captions/2.vtt"},
    ]);
    assert_eq!(found, expected);
    for (index, words) in ["Žluťoučký", "Schöne Grüße", "plain"].into_iter().enumerate() {
        let answer = track(&gallery, index).await;
        assert_eq!((answer.status, answer.header("content-type")), (StatusCode::OK, "text/vtt; charset=utf-8"));
        assert_eq!(answer.header("cache-control"), "private, no-cache");
        assert!(text(&answer).starts_with("WEBVTT\n") && text(&answer).contains(words), "{}", text(&answer));
        let tag = answer.header("etag");
        let again = gallery.ask(&format!("GET /media/1/captions/{index}.vtt"), &[("if-none-match", tag)]).await;
        assert_eq!((again.status, again.body.len()), (StatusCode::NOT_MODIFIED, 0));
    }
}

#[tokio::test]
async fn captions_that_are_empty_broken_or_huge_get_a_clear_answer() {
    let gallery = Gallery::of(b"film").await;
    gallery.write("film.a-empty.srt", b"");
    gallery.write("film.b-broken.srt", b"\x00\xff\xfe1\n-->\n00:00:0 --> x\n\xd8\n");
    gallery.write("film.c-half.srt", b"\xff\xfe1");
    File::create(gallery.path("film.d-huge.srt")).and_then(|file| file.set_len(50_000_000)).expect("a large file");
    for index in 0..3 {
        let answer = track(&gallery, index).await;
        assert_eq!((answer.status, text(&answer)), (StatusCode::OK, "WEBVTT\n"), "{index}");
    }
    let huge = track(&gallery, 3).await;
    assert_eq!(huge.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(text(&huge).contains("This file has 50 MB, and captions have at most 10 MB"), "{}", text(&huge));
    for file in ["4.vtt", "99999999999999999999.vtt", "-1.vtt", "0", "0.srt", "x.vtt", "%ff.vtt", ".vtt"] {
        let status = gallery.ask(&format!("GET /media/1/captions/{file}"), &[]).await.status;
        assert!(status == StatusCode::NOT_FOUND || status == StatusCode::BAD_REQUEST, "{file}: {status}");
    }
    for video in ["2", "0", "x"] {
        let status = gallery.ask(&format!("GET /media/{video}/captions"), &[]).await.status;
        assert_eq!(status, StatusCode::NOT_FOUND, "{video}");
    }
}

#[tokio::test]
async fn captions_outside_of_the_library_are_refused() {
    let gallery = Gallery::new(&["film.mp4", "linked/film.mp4"]).await;
    let outside = gallery.folder.path().join("library-secret");
    std::fs::create_dir(&outside).expect("a folder can be made");
    std::fs::write(outside.join("film.srt"), "0:01,0 --> 0:02,0\nsecret").expect("a file can be written");
    symlink(outside.join("film.srt"), gallery.path("film.srt")).expect("a link can be made");
    symlink(&outside, gallery.path("linked")).expect("a link can be made");
    let answer = track(&gallery, 0).await;
    assert!(answer.status == StatusCode::FORBIDDEN && !text(&answer).contains("secret"), "{}", text(&answer));
    let folder = gallery.ask("GET /media/2/captions", &[]).await;
    assert!(folder.status == StatusCode::FORBIDDEN && !text(&folder).contains("secret"), "{}", text(&folder));
    let file = gallery.ask("GET /media/2/captions/0.vtt", &[]).await;
    assert_eq!(file.status, StatusCode::FORBIDDEN);
}
