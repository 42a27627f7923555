//! The pages as a browser gets them: all there, nothing unescaped, and never older than the last change.

use crate::support::{Answer, TestApp, found, request, video};
use axum::http::{Method, StatusCode};
use events::event::{Favorite, Rating, Tag, Video, View};
use events::{Event, MediaPath, RootPath, Stars, TagName};
use local_video_server::web::phases::Phases;
use std::ffi::OsStr;
use std::io::Read as _;
use std::os::unix::ffi::OsStrExt as _;

/// Names that mean something to HTML, to URLs, or to terminals, or are just unusual.
const HOSTILE: [&str; 8] = [
    "<script>alert(1)</script>",
    "\"quotes\" & 'apostrophes'",
    "50% #1? a+b;c=d&amp;",
    "🎬 قصة é e\u{301} 東京",
    "{{ page.title }}{% raw %}",
    "a\u{202e}b\u{200b}c",
    "javascript:alert(1)",
    "..",
];

fn tagged(number: u32, tag: &str) -> Event {
    Event::Tag(Tag::Added { video: video(number), tag: TagName::new(tag).expect("a tag") })
}

/// A gallery in which everything that a page can show is there.
fn full() -> TestApp {
    let probed = |number| {
        let (video_codec, audio_codec) = ("avc1.64001f".to_owned(), "mp4a.40.2".to_owned());
        Event::Video(Video::Probed {
            video: video(number),
            duration_ms: 61_000,
            width: 640,
            height: 360,
            video_codec,
            audio_codec,
            details: Default::default(),
        })
    };
    let mut events: Vec<Event> = (1..=130).map(|number| found(number, &format!("film {number}.mp4"))).collect();
    events.extend((1..=40).map(probed));
    events.extend((1..=20).flat_map(|number| {
        [tagged(number, "sea"), tagged(number, "slow motion"), tagged(number, "a/b"), tagged(number, "2024")]
    }));
    for number in 1..=9 {
        events.push(Event::Rating(Rating::Given { video: video(number), stars: Stars::new(4).expect("stars") }));
        events.push(Event::Favorite(Favorite::Added { video: video(number) }));
        events.push(Event::View(View::Started { video: video(number) }));
    }
    events.push(Event::Video(Video::Vanished { video: video(7) }));
    TestApp::given(events)
}

const PAGES: [&str; 23] = [
    "/",
    "/?sort=title&order=desc&page=2&per_page=20",
    "/?sort=random&seed=7&page=3",
    "/?tag=sea&q=film",
    "/?q=nothing-has-this",
    "/favorites",
    "/popular",
    "/best-of",
    "/search",
    "/search?q=film&sort=views",
    "/search?q=nothing-has-this",
    "/tags",
    "/tag/sea",
    "/tag/a%2Fb",
    "/tag/nobody-has-this",
    "/watch/1",
    "/watch/7",
    "/history",
    "/history?kind=everything",
    "/history/devices",
    "/history/stats",
    "/history/stats?last=all",
    "/nowhere",
];

/// What must be true of every page.
fn check(page: &Answer, address: &str) {
    let html = page.text();
    assert_eq!(page.header("content-type"), "text/html; charset=utf-8", "{address}");
    assert_eq!(html.matches("<h1").count(), 1, "{address}: one heading of the first level");
    assert_eq!(html.matches("<main id=\"main\"").count(), 1, "{address}");
    assert!(html.contains("href=\"#main\"") && html.ends_with("</html>"), "{address}");
    for forbidden in
        [" style=", "<style", "<script>", " onclick=", " onload=", "http://", "https://", "None", "True", "False"]
    {
        assert!(!html.contains(forbidden), "{address} has {forbidden:?}");
    }
}

#[tokio::test]
async fn every_page_stands_with_a_full_and_with_an_empty_library() {
    let (full, empty) = (full(), TestApp::given([]));
    for address in PAGES {
        let there = if address == "/nowhere" { StatusCode::NOT_FOUND } else { StatusCode::OK };
        let page = full.get(address).await;
        assert_eq!(page.status, there, "{address}");
        check(&page, address);
        let page = empty.get(address).await;
        let there = if address.starts_with("/watch/") { StatusCode::NOT_FOUND } else { there };
        assert_eq!(page.status, there, "{address} of an empty library");
        check(&page, address);
    }
    full.close();
    empty.close();
}

#[tokio::test]
async fn odd_addresses_get_a_page_and_not_a_failure() {
    let gallery = full();
    let many = format!("/?{}", "tag=a&".repeat(1_300));
    let values = ["0", "-1", "1e9", "1000000000", "99999999999999999999999", "x", "", "%00", "%FF", "zzz", "\u{1F600}"];
    let names = ["page", "per_page", "sort", "order", "seed", "tag", "q", "view"];
    let odd = values.iter().flat_map(|value| names.map(|name| format!("/search?q=film&{name}={}", urlencoded(value))));
    for address in odd.chain([many, "/?&&==&%".to_owned(), "/?page=2&page=1".to_owned(), "/tag/%FF".to_owned()]) {
        let status = gallery.get(&address).await.status;
        assert!(
            status.is_success() || status == StatusCode::SEE_OTHER || status.is_client_error(),
            "{address}: {status}"
        );
        assert!(!status.is_client_error() || address == "/tag/%FF", "{address}: {status}");
    }
    for id in ["0", "x", "-1", "4294967296", "131", "1/", "1%20"] {
        assert_eq!(gallery.get(&format!("/watch/{id}")).await.status, StatusCode::NOT_FOUND, "{id}");
    }
    assert_eq!(gallery.get(&format!("/?{}", "x=1&".repeat(10_000))).await.status, StatusCode::URI_TOO_LONG);
    let last = gallery.get("/?page=1000000000").await.text();
    assert!(last.contains("page 3 of 3"), "beyond the last page is the last page");
    gallery.close();
}

#[tokio::test]
async fn statistics_are_drawn_and_stand_in_words_too() {
    let gallery = full();
    let page = gallery.get("/history/stats?last=all").await.text();
    for text in ["Views per year", "The year, day by day", "9 views in all", "<title id=", "role=\"img\"", "<details>"]
    {
        assert!(page.contains(text), "{text}");
    }
    assert!(gallery.get("/watch/1").await.text().contains("Views per month"));
    assert!(!gallery.get("/watch/20").await.text().contains("Views per month"), "nobody watched it");
    let odd = gallery.get("/history/stats?last=%00&last=x").await;
    assert_eq!(odd.status, StatusCode::OK);
    gallery.close();
}

fn urlencoded(text: &str) -> String {
    text.replace('\u{1F600}', "%F0%9F%98%80")
}

/// The values of all attributes that begin with `start`, unescaped.
fn attributes(html: &str, start: &str) -> Vec<String> {
    let values = html.split(start).skip(1).filter_map(|rest| rest.split('"').next());
    values.map(|value| value.replace("&#x2f;", "/").replace("&amp;", "&")).collect()
}

#[tokio::test]
async fn hostile_names_are_shown_and_lead_back_to_themselves() {
    let named = |number, name: &str| found(number, &format!("{}.mp4", name.replace('/', "_")));
    let files = (1..).zip(HOSTILE).map(|(number, name)| named(number, name));
    let tags = (1..).zip(HOSTILE).map(|(number, name)| tagged(number, name));
    let gallery = TestApp::given(files.chain(tags).collect::<Vec<_>>());
    for address in ["/", "/tags", "/search?q=%3Cscript%3Ealert(1)%3C%2Fscript%3E", "/?q=%22%3E%3Cscript%3E"] {
        check(&gallery.get(address).await, address);
    }
    for (number, name) in (1..).zip(HOSTILE) {
        let page = gallery.get(&format!("/watch/{number}")).await;
        check(&page, name);
        let html = page.text();
        let media = attributes(&html, "<video id=\"player\" src=\"");
        let (_, file) = media[0].rsplit_once('/').expect("a path");
        let file = percent_encoding::percent_decode_str(file).decode_utf8().expect("UTF-8");
        assert_eq!(file, format!("{}.mp4", name.replace('/', "_")));
        let tag = attributes(&html, "<a href=\"")
            .into_iter()
            .find(|href| href.starts_with("/tag/") || href.starts_with("/?tag="));
        let list = gallery.get(&tag.expect("a link to the tag")).await.text();
        assert!(list.contains(&format!("id=\"v{number}\"")), "{name}");
    }
    gallery.close();
}

#[tokio::test]
async fn file_names_that_are_no_text_are_shown_as_far_as_they_are() {
    let path = MediaPath::new(OsStr::from_bytes(b"odd \xff\n name.mp4")).expect("a path");
    let odd = Event::Video(Video::Found {
        video: video(1),
        root: RootPath::new("/videos"),
        path,
        size_bytes: 1,
        modified_at_ms: 0,
        fingerprint: None,
        added_at_ms: i64::MAX,
    });
    let gallery = TestApp::given([odd]);
    for address in ["/", "/watch/1", "/?sort=title"] {
        let page = gallery.get(address).await;
        check(&page, address);
        assert!(page.text().contains("odd \u{fffd}"), "{address}");
    }
    gallery.close();
}

#[tokio::test]
async fn a_page_is_sent_again_only_when_it_shows_something_else() {
    let gallery = full();
    let ask = |address: &str, tag: &str| {
        request(Method::GET, address, &[("accept", "text/html"), ("if-none-match", tag)], "")
    };
    let first = gallery.get("/?per_page=10").await;
    assert_eq!((first.header("cache-control"), first.header("vary")), ("private, no-cache", "accept-encoding"));
    let tag = first.header("etag").to_owned();
    for known in [tag.clone(), tag.replace("W/", ""), format!("\"other\", {tag}"), "*".to_owned()] {
        let again = gallery.send(ask("/?per_page=10", &known)).await;
        assert_eq!((again.status, again.body.len(), again.header("etag")), (StatusCode::NOT_MODIFIED, 0, &*tag));
    }
    gallery.post("/videos/1/rating", "stars=5").await;
    let elsewhere = gallery.send(ask("/?per_page=10", &tag)).await;
    assert_eq!(elsewhere.status, StatusCode::NOT_MODIFIED, "video 1 is not among the ten newest");
    gallery.post("/videos/130/rating", "stars=5").await;
    let changed = gallery.send(ask("/?per_page=10", &tag)).await;
    assert_eq!(changed.status, StatusCode::OK);
    assert_ne!(changed.header("etag"), tag);
    gallery.close();
}

#[tokio::test]
async fn a_page_is_the_same_in_every_encoding() {
    let gallery = full();
    let plain = gallery.get("/").await;
    assert_eq!(plain.header("content-encoding"), "");
    for (accepted, encoding) in [
        ("gzip, deflate, br, zstd", "zstd"),
        ("gzip, deflate, br", "br"),
        ("gzip;q=0.5, br;q=0", "gzip"),
        ("zstd;q=0.1, gzip", "gzip"),
        ("GZIP, identity;q=0", "gzip"),
        ("br;q=0, identity", ""),
        ("deflate", ""),
    ] {
        let headers = [("accept", "text/html"), ("accept-encoding", accepted)];
        let packed = gallery.send(request(Method::GET, "/", &headers, "")).await;
        assert_eq!(
            (packed.header("content-encoding"), packed.header("etag")),
            (encoding, plain.header("etag")),
            "{accepted}"
        );
        let mut text = Vec::new();
        match encoding {
            "br" => drop(brotli::Decompressor::new(&*packed.body, 4096).read_to_end(&mut text).expect("brotli")),
            "gzip" => drop(flate2::read::GzDecoder::new(&*packed.body).read_to_end(&mut text).expect("gzip")),
            "zstd" => text = zstd::decode_all(&*packed.body).expect("zstd"),
            _ => text.clone_from(&packed.body),
        }
        assert_eq!(text, plain.body, "{accepted}");
    }
    let none = request(Method::GET, "/", &[("accept", "text/html"), ("accept-encoding", "deflate, *;q=0")], "");
    let none = gallery.send(none).await;
    assert_eq!(none.status, StatusCode::NOT_ACCEPTABLE);
    assert!(none.text().contains("zstd, brotli or gzip"), "it says what there is");
    gallery.close();
}

#[tokio::test]
async fn only_who_draws_a_page_says_how_long_that_took() {
    let gallery = full();
    let ask = async || gallery.begin(request(Method::GET, "/?page=2", &[("accept", "text/html")], "")).await;
    let phases = |answer: axum::response::Response| answer.extensions().get::<Phases>().copied();
    let drawn = phases(ask().await).expect("the first one draws");
    assert!(drawn.snapshot_us > 0 && drawn.render_us > 0, "{drawn:?}");
    assert_eq!(phases(ask().await), None, "it is at hand");
    gallery.post("/videos/1/rating", "stars=5").await;
    let proven = phases(ask().await).expect("video 1 is not on it, which takes a look");
    assert_eq!(proven.render_us, 0, "{proven:?}");
    gallery.close();
}

/// A page from the cache must not differ from one drawn now, whatever was changed before.
#[tokio::test]
async fn the_cache_never_shows_anything_old() {
    let gallery = full();
    let mut chance = 0x9e37_79b9_7f4a_7c15_u64;
    let mut below = |limit: u64| {
        chance ^= chance << 13;
        chance ^= chance >> 7;
        chance ^= chance << 17;
        chance % limit
    };
    for _ in 0..20 {
        let id = 1 + below(12);
        let (what, form) = match below(5) {
            0 => ("rating", format!("stars={}", below(6))),
            1 => ("favorite", format!("favorite={}", below(2) == 0)),
            2 => ("tags", format!("add=t{}", below(4))),
            3 => ("tags", format!("remove=t{}", below(4))),
            _ => ("view", String::new()),
        };
        assert!(!gallery.post(&format!("/videos/{id}/{what}"), &form).await.status.is_client_error());
        // A view is acknowledged before it is known; what comes after it in the queue is not.
        assert!(gallery.post("/videos/1/tags", "remove=none").await.status.is_redirection());
        for address in [
            "/",
            "/favorites?per_page=3",
            "/popular?per_page=5",
            "/best-of",
            "/search?q=t1",
            "/tags",
            "/tag/T1",
            "/watch/3",
        ] {
            let (kept, drawn) = (gallery.get(address).await, gallery.get_uncached(address).await);
            assert_eq!(kept.text(), drawn.text(), "{address} after {what} {form}");
            assert_eq!(kept.header("etag"), drawn.header("etag"), "{address}");
        }
    }
    gallery.close();
}

#[tokio::test]
async fn random_leads_to_a_video_and_random_order_stays() {
    let gallery = full();
    let random = gallery.get("/random").await;
    assert_eq!((random.status, random.header("cache-control")), (StatusCode::FOUND, "no-store"));
    assert_eq!(gallery.get(random.header("location")).await.status, StatusCode::OK);
    let dealt = gallery.get("/?sort=random&per_page=20&tag=sea").await;
    assert_eq!(dealt.status, StatusCode::SEE_OTHER);
    let seeded = dealt.header("location").to_owned();
    assert!(seeded.starts_with("/?tag=sea&sort=random&seed=") && seeded.ends_with("&per_page=20"), "{seeded}");
    let mut seen = Vec::new();
    for page in 1..=7 {
        let html = gallery.get(&format!("/?sort=random&seed=5&per_page=20&page={page}")).await.text();
        seen.extend(attributes(&html, "<li class=\"card\" id=\""));
    }
    assert_eq!(seen.len(), 129, "all but the missing one");
    seen.sort_unstable();
    seen.dedup();
    assert_eq!(seen.len(), 129, "none twice");
    let empty = TestApp::given([]);
    assert_eq!(empty.get("/random").await.header("location"), "/");
    gallery.close();
    empty.close();
}

/// What a browser without scripts would send when somebody presses the buttons that are on the page.
#[tokio::test]
async fn the_forms_of_a_page_do_what_they_say() {
    let gallery = TestApp::given([found(1, "one.mp4"), tagged(1, "old & grey")]);
    let html = gallery.get("/").await.text();
    let rating = attributes(&html, "<form method=\"post\" action=\"").remove(0);
    let favorite = attributes(&html, "formaction=\"").remove(0);
    assert!(html.contains("name=\"favorite\" value=\"true\" aria-pressed=\"false\""));
    assert_eq!(gallery.post(&rating, "stars=3").await.status, StatusCode::SEE_OTHER);
    assert_eq!(gallery.post(&favorite, "favorite=true").await.status, StatusCode::SEE_OTHER);
    let html = gallery.get("/").await.text();
    assert!(html.contains("name=\"favorite\" value=\"false\" aria-pressed=\"true\""));
    assert!(html.contains("data-n=\"3\"") && html.contains("value=\"3\" role=\"radio\" aria-checked=\"true\""));
    let watch = gallery.get("/watch/1").await.text();
    let forms = attributes(&watch, "method=\"post\" action=\"");
    let places = ["rating", "playlists", "tags", "tags", "thumbnail"].map(|place| format!("/videos/1/{place}"));
    assert_eq!(forms, places);
    assert!(watch.contains("name=\"remove\" value=\"old &amp; grey\""));
    assert_eq!(gallery.post(&forms[1], "name=Later").await.status, StatusCode::SEE_OTHER);
    gallery.post(&forms[2], "remove=old+%26+grey").await;
    gallery.post(&forms[3], "add=new").await;
    gallery.post(&forms[0], "stars=0").await;
    let watch = gallery.get("/watch/1").await.text();
    assert!(watch.contains("data-n=\"0\"") && watch.contains("value=\"new\"") && !watch.contains("old &amp; grey"));
    gallery.close();
}

#[tokio::test]
async fn what_is_missing_says_so_and_what_is_gone_is_not_there() {
    let gone = Event::Video(Video::Forgotten { video: video(2) });
    let gallery = TestApp::given([
        found(1, "one.mp4"),
        found(2, "two.mp4"),
        Event::Video(Video::Vanished { video: video(1) }),
        gone,
    ]);
    let missing = gallery.get("/watch/1").await;
    assert_eq!(missing.status, StatusCode::OK);
    assert!(missing.text().contains("has been missing since <time") && !missing.text().contains("<video"));
    assert_eq!(gallery.get("/watch/2").await.status, StatusCode::NOT_FOUND);
    assert!(gallery.get("/").await.text().contains("Every video is missing"));
    gallery.close();
}
