//! Videos over real connections, as RFC 9110 has it: ranges, conditions, names.

mod captions;
mod changing;
mod gallery;
mod links;
mod remux;

use axum::http::StatusCode;
use gallery::{Gallery, pattern};
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

#[tokio::test]
async fn ranges_are_answered_to_the_byte() {
    let bytes = pattern(100_000);
    let gallery = Gallery::of(&bytes).await;
    for (range, first, end) in [
        ("bytes=0-1", 0, 2),
        ("bytes=0-", 0, 100_000),
        ("bytes=99999-", 99_999, 100_000),
        ("bytes=40000-59999", 40_000, 60_000),
        ("bytes=-1", 99_999, 100_000),
        ("bytes=-70000", 30_000, 100_000),
        ("bytes=-200000", 0, 100_000),
        ("bytes=5-200000", 5, 100_000),
    ] {
        let answer = gallery.get(&[("range", range)]).await;
        assert_eq!(answer.status, StatusCode::PARTIAL_CONTENT, "{range}");
        assert_eq!(answer.header("content-range"), format!("bytes {first}-{}/100000", end - 1), "{range}");
        assert_eq!(answer.length(), end - first, "{range}");
        assert!(
            answer.body == bytes[usize::try_from(first).unwrap_or(0)..usize::try_from(end).unwrap_or(0)],
            "{range}"
        );
    }
    for range in ["bytes=100000-", "bytes=-0", "bytes=200000-300000"] {
        let answer = gallery.get(&[("range", range)]).await;
        assert_eq!(answer.status, StatusCode::RANGE_NOT_SATISFIABLE, "{range}");
        assert_eq!(answer.header("content-range"), "bytes */100000", "{range}");
    }
    for range in ["", "bytes", "bytes=5-2", "bytes=x", "bytes=0-1,5-6", "items=0-1", "\u{e9}"] {
        let answer = gallery.get(&[("range", range)]).await;
        assert_eq!(answer.status, StatusCode::OK, "{range}");
        assert_eq!(answer.header("content-range"), "", "{range}");
        assert!(answer.length() == 100_000 && answer.body == bytes, "{range}");
    }
    let twice = gallery.get(&[("range", "bytes=0-1"), ("range", "bytes=5-6")]).await;
    assert!(twice.status == StatusCode::OK && twice.body == bytes);
}

#[tokio::test]
async fn a_head_says_the_same_as_a_get_without_range() {
    let gallery = Gallery::of(&pattern(1000)).await;
    let get = gallery.get(&[]).await;
    assert_eq!(get.status, StatusCode::OK);
    for range in ["bytes=0-1", "bytes=5000-"] {
        let head = gallery.ask("HEAD /media/1/film.mp4", &[("range", range)]).await;
        assert_eq!((head.status, head.body.len(), head.length()), (StatusCode::OK, 0, 1000));
        for name in ["etag", "last-modified", "accept-ranges", "cache-control", "content-type", "content-disposition"] {
            assert_eq!(head.header(name), get.header(name), "{name}");
        }
    }
    assert_eq!(get.header("last-modified"), "Sun, 09 Sep 2001 01:46:40 GMT");
    assert_eq!(get.header("accept-ranges"), "bytes");
    assert_eq!(get.header("cache-control"), "private, no-cache");
    assert_eq!(get.header("content-type"), "video/mp4");
    assert_eq!(get.header("content-encoding"), "");
    let post = gallery.ask("POST /media/1/film.mp4", &[("content-length", "0")]).await;
    assert_eq!((post.status, post.header("allow")), (StatusCode::METHOD_NOT_ALLOWED, "GET,HEAD"));
}

#[tokio::test]
async fn conditions_are_judged_before_ranges() {
    let gallery = Gallery::of(&pattern(1000)).await;
    let etag = gallery.get(&[]).await.header("etag").to_owned();
    let (etag, range) = (etag.as_str(), ("range", "bytes=1-2"));
    let date = "Sun, 09 Sep 2001 01:46:40 GMT";
    for (headers, status) in [
        (vec![range, ("if-range", etag)], 206),
        (vec![range, ("if-range", date)], 206),
        (vec![range, ("if-range", "\"other\"")], 200),
        (vec![range, ("if-range", "Sun, 09 Sep 2001 01:46:39 GMT")], 200),
        (vec![("range", "bytes=5000-"), ("if-range", "\"other\"")], 200),
        (vec![range, ("if-none-match", etag)], 304),
        (vec![("if-modified-since", date)], 304),
        (vec![range, ("if-match", "\"other\"")], 412),
        (vec![range, ("if-match", etag)], 206),
        (vec![("if-unmodified-since", "Sun, 09 Sep 2001 01:46:39 GMT")], 412),
    ] {
        let answer = gallery.get(&headers).await;
        assert_eq!(answer.status.as_u16(), status, "{headers:?}");
        if status == 304 {
            assert_eq!((answer.header("etag"), answer.header("last-modified")), (etag, date));
            assert!(answer.body.is_empty() && answer.header("content-length").is_empty(), "{}", answer.head);
        }
    }
    gallery.write("film.mp4", &pattern(1001));
    let stale = gallery.get(&[range, ("if-range", etag)]).await;
    assert_eq!((stale.status, stale.length()), (StatusCode::OK, 1001), "a replaced file is sent from the start");
}

#[tokio::test]
async fn an_empty_file_is_sent_as_nothing() {
    let gallery = Gallery::of(b"").await;
    for headers in [vec![], vec![("range", "bytes=-5")]] {
        let answer = gallery.get(&headers).await;
        assert_eq!((answer.status, answer.length(), answer.body.len()), (StatusCode::OK, 0, 0), "{headers:?}");
    }
    let beyond = gallery.get(&[("range", "bytes=0-")]).await;
    assert_eq!((beyond.status, beyond.header("content-range")), (StatusCode::RANGE_NOT_SATISFIABLE, "bytes */0"));
}

#[tokio::test]
async fn every_container_has_its_media_type() {
    let names: Vec<String> =
        events::container::CONTAINERS.iter().map(|row| format!("A.{}", row.extension.to_uppercase())).collect();
    let gallery = Gallery::new(&names).await;
    for (number, (name, row)) in (1..).zip(names.iter().zip(events::container::CONTAINERS)) {
        gallery.write(name, b"film");
        let answer = gallery.ask(&format!("HEAD /media/{number}/x"), &[]).await;
        assert_eq!((answer.status, answer.header("content-type")), (StatusCode::OK, row.mime), "{name}");
    }
}

#[tokio::test]
async fn odd_names_are_served_and_said_safely() {
    let long = format!("{}.mp4", "l".repeat(251));
    let names: [(&[u8], &str); 7] = [
        (b"a \"b\" \\c.mp4", r#"inline; filename="a _b_ _c.mp4"; filename*=UTF-8''a%20%22b%22%20%5Cc.mp4"#),
        (b"two\r\nlines.mp4", r#"inline; filename="two__lines.mp4"; filename*=UTF-8''two%0D%0Alines.mp4"#),
        (b"#?%&;=,+'.mp4", r##"inline; filename="#?_&;=,+'.mp4"; filename*=UTF-8''#%3F%25&%3B%3D%2C+%27.mp4"##),
        ("🎬é.mp4".as_bytes(), r#"inline; filename="__.mp4"; filename*=UTF-8''%F0%9F%8E%AC%C3%A9.mp4"#),
        (b"\xff\xfe.mp4", r#"inline; filename="__.mp4"; filename*=UTF-8''%EF%BF%BD%EF%BF%BD.mp4"#),
        (b"sub folder/x.mp4", r#"inline; filename="x.mp4"; filename*=UTF-8''x.mp4"#),
        (long.as_bytes(), ""),
    ];
    let gallery = Gallery::new(&names.map(|(name, _)| OsStr::from_bytes(name))).await;
    for (number, (name, disposition)) in (1..).zip(names) {
        gallery.write(OsStr::from_bytes(name), name);
        let answer = gallery.ask(&format!("GET /media/{number}/x"), &[]).await;
        assert!(answer.status == StatusCode::OK && answer.body == name, "{answer:?}");
        if !disposition.is_empty() {
            assert_eq!(answer.header("content-disposition"), disposition);
        }
    }
}

#[tokio::test]
async fn only_the_id_says_which_video() {
    let gallery = Gallery::of(b"film").await;
    std::fs::write(gallery.folder.path().join("secret.mp4"), b"secret").expect("a file can be written");
    for name in ["film.mp4", "other.mkv", "%FF%00.mp4", "..%2f..%2fsecret.mp4", "..", "%2e%2e", "a%22b"] {
        let answer = gallery.ask(&format!("GET /media/1/{name}"), &[]).await;
        assert!(answer.status == StatusCode::OK && answer.body == b"film", "{name}: {answer:?}");
    }
    for path in
        ["2/x", "0/x", "-1/x", "+/x", "x/x", "4294967296/x", "%31%20/x", "..%2fsecret.mp4/x", "1", "1/", "1/a/b"]
    {
        let answer = gallery.ask(&format!("GET /media/{path}"), &[]).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
    }
}
