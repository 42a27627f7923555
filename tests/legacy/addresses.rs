//! Addresses that people have bookmarked: pages, redirects, and the bytes of videos.

use super::{NAMES, ask, encoded, gallery, get, request};
use crate::support::{TestApp, found, video};
use axum::http::{Method, StatusCode};
use events::event::{Event, Video};
use events::{MediaPath, RootPath};
use local_video_server::legacy::addresses::ADDRESSES;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;

/// One that the old program would have answered, made from its pattern.
fn example(path: &str) -> String {
    let path = path.replace("{name}", "alpha.mp4").replace("{hash}", "70c46155ce56fd94");
    let path = path.replace("{image id}", "1").replace("{image}", "sea.jpg").replace("{slug}", "evening");
    path.replace("{id}", "1").replace("{tag}", "sea")
}

/// The list in the documentation promises nothing that is not there.
#[tokio::test]
async fn every_address_of_the_list_is_answered() {
    let gallery = gallery();
    super::post(&gallery, "/api/playlists", serde_json::json!({"name": "Evening"})).await;
    let evening = serde_json::json!({"name": "Evening", "images": ["sea.jpg"]});
    super::post(&gallery, "/api/gallery/groups", evening).await;
    for address in ADDRESSES {
        let path = example(address.path);
        let method: Method = address.method.parse().expect("a method");
        let answer = ask(&gallery, method, &path).await;
        let missing = [StatusCode::METHOD_NOT_ALLOWED, StatusCode::INTERNAL_SERVER_ERROR];
        assert!(!missing.contains(&answer.status), "{} {path}: {}", address.method, answer.status);
        // The file itself is not there, which is the only 404 that is right.
        let unknown = answer.status == StatusCode::NOT_FOUND || answer.status == StatusCode::SERVICE_UNAVAILABLE;
        let file = path.starts_with("/video/") || path.starts_with("/gallery/image/");
        assert!(!unknown || file, "{} {path}: {}", address.method, answer.status);
    }
    gallery.close();
}

/// §1a `GET /watch/<path>`, `t`: client: start seconds.
#[tokio::test]
async fn the_page_of_a_file_name_leads_to_the_page_of_its_id() {
    let gallery = gallery();
    for (id, name) in (1..).zip(NAMES) {
        let answer = get(&gallery, &format!("/watch/{}?t=90", encoded(name))).await;
        let target = (answer.status, answer.header("location").to_owned());
        assert_eq!(target, (StatusCode::TEMPORARY_REDIRECT, format!("/watch/{id}?t=90")), "{name}");
        assert_eq!(answer.header("cache-control"), "no-store", "a name may mean another video tomorrow");
    }
    let composed = get(&gallery, "/watch/Caf%C3%A9.mp4").await;
    assert_eq!(composed.header("location"), "/watch/4", "é is é, however it is written");
    assert_eq!(get(&gallery, "/watch/nested.webm").await.header("location"), "/watch/3", "moved into a folder since");
    assert_eq!(ask(&gallery, Method::HEAD, "/watch/alpha.mp4").await.header("location"), "/watch/1");
    assert_eq!(get(&gallery, "/watch/1").await.status, StatusCode::OK, "a number is an id");
    gallery.close();
}

/// Names that are no UTF-8 are found by what the gallery itself shows of them.
#[tokio::test]
async fn names_of_any_bytes_lead_to_their_video() {
    let bytes = OsStr::from_bytes(b"caf\xe9 100%.mp4");
    let found = Event::Video(Video::Found {
        video: video(1),
        root: RootPath::new("/videos"),
        path: MediaPath::new(bytes).expect("a relative path"),
        size_bytes: 1,
        modified_at_ms: 0,
        fingerprint: None,
        added_at_ms: 0,
    });
    let gallery = TestApp::given([found]);
    for name in ["caf%E9%20100%25.mp4", "caf%EF%BF%BD%20100%25.mp4", "caf%E9%20100%.mp4"] {
        assert_eq!(get(&gallery, &format!("/watch/{name}")).await.header("location"), "/watch/1", "{name}");
    }
    super::posted(&gallery, "/view", serde_json::json!({"filename": "caf\u{fffd} 100%.mp4"})).await;
    assert_eq!(get(&gallery, "/get_views").await.json(), serde_json::json!({"caf\u{fffd} 100%.mp4": 1}));
    gallery.close();
}

/// §1a: also 200 for directories and `../` paths; 500 if `page` is not an int. §7.1 S1.
#[tokio::test]
async fn only_videos_have_pages() {
    let gallery = gallery();
    for path in [
        "sub",
        "sub/",
        "nothing.mp4",
        "../alpha.mp4",
        "..%2falpha.mp4",
        "sub/..%2falpha.mp4",
        "%2e%2e/%2e%2e/etc/passwd",
        "/etc/passwd",
        "%00",
        "%FF.mp4",
        "99",
        "alpha.mp4/1",
    ] {
        for place in ["watch", "video"] {
            assert_eq!(
                get(&gallery, &format!("/{place}/{path}")).await.status,
                StatusCode::NOT_FOUND,
                "{place} {path}"
            );
        }
    }
    assert_eq!(get(&gallery, "/watch/alpha.mp4?page=x").await.header("location"), "/watch/1?page=x");
    assert_eq!(get(&gallery, "/watch/1?page=x").await.status, StatusCode::OK);
    gallery.close();
}

/// A library folder with one file, which is a video, and one that is none beside it.
fn on_disk(bytes: &[u8]) -> (tempfile::TempDir, TestApp) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(folder.path().join("It's.mp4"), bytes).expect("a file can be written");
    std::fs::write(folder.path().join("It's.mp4.json"), "{}").expect("a file can be written");
    let found = Event::Video(Video::Found {
        video: video(1),
        root: RootPath::new(folder.path()),
        path: MediaPath::new("It's.mp4").expect("a relative path"),
        size_bytes: 1000,
        modified_at_ms: 0,
        fingerprint: None,
        added_at_ms: 0,
    });
    (folder, TestApp::given([found]))
}

/// §1a `/video/<path>`: no Range 200, `bytes=a-b` 206. Wrong there: suffix ranges, 500 for what cannot be satisfied, no
/// ETag with 206, `If-Range` ignored. §8: Streaming with Range (RFC-correct: suffix, 416, If-Range, HEAD).
#[tokio::test]
async fn the_bytes_of_a_file_name_are_those_of_its_id() {
    let bytes: Vec<u8> = (0..1000_u32).map(|place| u8::try_from(place % 251).expect("it is below 251")).collect();
    let (_folder, gallery) = on_disk(&bytes);
    let part =
        async |method, headers: &[(&str, &str)]| gallery.send(request(method, "/video/It%27s.mp4", headers, "")).await;
    let whole = part(Method::GET, &[]).await;
    assert_eq!((whole.status, whole.header("content-type")), (StatusCode::OK, "video/mp4"));
    assert!(whole.body == bytes && whole.header("accept-ranges") == "bytes");
    let etag = whole.header("etag").to_owned();
    for (range, status, body) in [
        ("bytes=10-19", StatusCode::PARTIAL_CONTENT, &bytes[10..20]),
        ("bytes=-100", StatusCode::PARTIAL_CONTENT, &bytes[900..]),
        ("bytes=990-", StatusCode::PARTIAL_CONTENT, &bytes[990..]),
        ("junk=1-2", StatusCode::OK, &bytes[..]),
    ] {
        let answer = part(Method::GET, &[("range", range)]).await;
        assert!(answer.status == status && answer.body == body, "{range}: {}", answer.status);
        assert_eq!(answer.header("etag"), etag, "{range}");
    }
    let beyond = part(Method::GET, &[("range", "bytes=5000-")]).await;
    assert_eq!(beyond.status, StatusCode::RANGE_NOT_SATISFIABLE);
    assert_eq!(beyond.header("content-range"), "bytes */1000");
    let stale = part(Method::GET, &[("range", "bytes=0-1"), ("if-range", "\"other\"")]).await;
    assert_eq!((stale.status, stale.body.len()), (StatusCode::OK, 1000));
    assert_eq!(part(Method::GET, &[("if-none-match", &etag)]).await.status, StatusCode::NOT_MODIFIED);
    let head = part(Method::HEAD, &[("range", "bytes=0-1")]).await;
    assert_eq!((head.status, head.header("content-length"), head.body.len()), (StatusCode::OK, "1000", 0));
    gallery.close();
}

/// §7.1 S1, S9: any file on the host, and sidecars, were sent.
#[tokio::test]
async fn files_that_are_no_videos_are_not_sent() {
    let (folder, gallery) = on_disk(b"film");
    std::fs::write(folder.path().join("later.mp4"), b"not known yet").expect("a file can be written");
    let deep = format!("..%2f..%2f..%2f..{}", encoded(&folder.path().join("It's.mp4.json").to_string_lossy()));
    for path in ["It%27s.mp4.json", "..%2f..%2f..%2f..%2fetc%2fhostname", "../main.py", "later.mp4", ".", &deep] {
        assert_eq!(get(&gallery, &format!("/video/{path}")).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    gallery.close();
}

/// §1a: `sort`, `order`, `page`, `per_page` of `/` and `/favorites`, whatever is in them.
#[tokio::test]
async fn lists_take_the_old_parameters() {
    let gallery = TestApp::given((1..=3).map(|number| found(number, &format!("{number}.mp4"))));
    let first = async |query: &str| {
        let page = get(&gallery, &format!("/?{query}")).await;
        assert_eq!(page.status, StatusCode::OK, "{query}");
        let html = page.text();
        let ids = ["id=\"v1\"", "id=\"v2\"", "id=\"v3\""].map(|card| html.find(card).unwrap_or(usize::MAX));
        ids.iter().enumerate().min_by_key(|(_, place)| **place).map(|(index, _)| index + 1)
    };
    for (query, expected) in [
        ("", 3),
        ("sort=date", 3),
        ("sort=added_date&order=asc", 1),
        ("sort=filename&order=desc", 3),
        ("sort=title&order=asc", 1),
        ("sort=unknown", 3),
        ("per_page=1&page=3", 1),
        ("per_page=0&page=2", 2),
        ("per_page=1&page=99", 1),
        ("per_page=x&page=x", 3),
        ("per_page=100000&page=-1", 3),
        ("sort=rating&order=asc", 1),
        ("sort=views&order=asc", 1),
    ] {
        assert_eq!(first(query).await, Some(expected), "{query}");
    }
    gallery.close();
}

/// §1a: `/ping`, `/random`, `/favicon.ico`, `/search` for an empty `q`, `/tag/<tag>` always, `/playlist/<int>`.
#[tokio::test]
async fn small_addresses_stay() {
    let gallery = gallery();
    let ping = get(&gallery, "/ping").await;
    assert_eq!(ping.json(), serde_json::json!({"message": "Server is reachable", "status": "ok"}));
    let random = get(&gallery, "/random").await;
    assert_eq!(random.status, StatusCode::FOUND);
    assert!(random.header("location").starts_with("/watch/"));
    for page in
        ["/search", "/search?q=", "/search?q=alpha", "/tags", "/tag/nobody-has-this", "/favicon.ico", "/best-of"]
    {
        assert_eq!(get(&gallery, page).await.status, StatusCode::OK, "{page}");
    }
    let empty = TestApp::given([]);
    assert_eq!(get(&empty, "/random").await.header("location"), "/");
    assert_eq!(get(&empty, "/playlist/1").await.status, StatusCode::NOT_FOUND);
    assert_eq!(get(&empty, "/playlist/x").await.status, StatusCode::NOT_FOUND);
    empty.close();
    super::post(&gallery, "/api/playlists", serde_json::json!({"name": "Evening"})).await;
    let list = get(&gallery, "/playlist/1").await;
    assert_eq!((list.status, list.header("location")), (StatusCode::TEMPORARY_REDIRECT, "/playlists/1"));
    gallery.close();
}

/// §7.4: `/tag/x` was a substring: `art` listed `party`, `_` and `%` listed everything. With or without `#`, in any case.
#[tokio::test]
async fn a_tag_is_this_tag_and_no_other() {
    let gallery = gallery();
    for (name, tag) in [("alpha.mp4", "art"), ("sub/nested.webm", "party"), ("plain two.mp4", "a/b, 100%")] {
        super::posted(&gallery, "/tag", serde_json::json!({"filename": name, "tag": tag})).await;
    }
    let shown = async |path: &str| {
        let html = get(&gallery, path).await.text();
        (1..=5).filter(|id| html.contains(&format!("id=\"v{id}\""))).collect::<Vec<_>>()
    };
    for path in ["/tag/art", "/tag/ART", "/tag/%23art", "/tag/%23%23Art%20"] {
        assert_eq!(shown(path).await, [1], "{path}");
    }
    for path in ["/tag/ar", "/tag/_", "/tag/%25", "/tag/ar_"] {
        assert!(shown(path).await.is_empty(), "{path}");
    }
    assert_eq!(shown("/tag/a%2Fb,%20100%25").await, [5], "slash, comma and percent are letters like any other");
    gallery.close();
}
