//! The history through the whole router: what its pages say, where they lead, and what they do.

use crate::support::{TestApp, found, request, video};
use axum::http::{Method, StatusCode};
use events::event::{Playback, Rating, View};
use events::{Event, Stars};
use std::fs;

fn rated(number: u32, stars: u8) -> Event {
    Event::Rating(Rating::Given { video: video(number), stars: Stars::new(stars).expect("stars") })
}

fn viewed(number: u32) -> Event {
    Event::View(View::Started { video: video(number) })
}

/// A page as a browser reads it, with the addresses in it.
async fn read(gallery: &TestApp, address: &str) -> String {
    gallery.get(address).await.text().replace("&#x2f;", "/").replace("&amp;", "&")
}

/// The text of a page without its tags, every run of white space one space.
fn words(html: &str) -> String {
    let text: String = html.split('<').filter_map(|piece| piece.split_once('>')).map(|(_, text)| text).collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn a_change_says_what_was_there_before() {
    let gallery = TestApp::given([found(1, "sea & sky.mp4"), rated(1, 5), viewed(1), rated(1, 2)]);
    let html = read(&gallery, "/history").await;
    assert!(words(&html).contains("“sea & sky” was rated ★★★★★ → ★★from 5 stars to 2 stars"), "{}", words(&html));
    assert!(html.contains("<a href=\"/watch/1\"") && html.contains("href=\"/undo/4\""));
    assert!(!words(&html).contains("was watched") && html.contains("/history?kind=everything"));
    assert!(words(&gallery.get("/history?kind=everything").await.text()).contains("was watched"));
    let of_it = read(&gallery, "/history?video=1&kind=ratings").await;
    assert_eq!(of_it.matches("was rated").count(), 2);
    assert!(of_it.contains("/undo/4?pos=4"), "{of_it}");
    gallery.close();
}

#[tokio::test]
async fn pages_lead_to_older_and_newer_ones() {
    let events = [found(1, "a.mp4")].into_iter().chain((0..100).map(|number| rated(1, 1 + number % 5)));
    let gallery = TestApp::given(events);
    let first = read(&gallery, "/history").await;
    assert!(first.contains("/history?before=62") && !first.contains("after="), "{first}");
    let second = read(&gallery, "/history?before=62").await;
    assert!(second.contains("/history?before=22") && second.contains("/history?after=61"));
    let last = read(&gallery, "/history?before=22").await;
    assert!(!last.contains("rel=\"next\"") && last.contains("was found"));
    let newer = read(&gallery, "/history?after=61").await;
    assert_eq!(newer.matches("was rated").count(), 40);
    assert!(newer.contains("/history?before=62") && !newer.contains("rel=\"prev\""), "nothing is newer than its first");
    let middle = read(&gallery, "/history?after=21").await;
    assert!(middle.contains("/history?before=22") && middle.contains("/history?after=61"), "{middle}");
    gallery.close();
}

#[tokio::test]
async fn one_change_shows_its_batch_and_what_took_it_back() {
    let gallery = TestApp::given([found(1, "a.mp4"), found(2, "b.mp4")]);
    let json = [("origin", "http://localhost"), ("content-type", "application/json"), ("accept", "application/json")];
    let edit = axum::http::Request::builder().method(Method::POST).uri("/edits").header("host", "localhost");
    let edit = json.iter().fold(edit, |edit, (name, value)| edit.header(*name, *value));
    let edit = edit.body("{\"videos\":[1,2],\"add\":[\"calm\"]}".into()).expect("a request");
    assert_eq!(gallery.send(edit).await.json()["batch"], 3);
    gallery.post("/undo", "batch=3").await;
    let page = gallery.get("/history/4").await.text();
    let text = words(&page);
    assert!(text.contains("Change #4") && text.contains("“b” was tagged #calm"), "{text}");
    assert!(text.contains("One action: 2 changes") && text.contains("Taken back byChange #5"), "{text}");
    let undo = words(&gallery.get("/history/5").await.text());
    assert!(undo.contains("Takes backChange #3") && undo.contains("lost the tag #calm"), "{undo}");
    let list = gallery.get("/history").await.text();
    assert!(list.contains("data-undone") && words(&list).contains("Undo: 2 changes"));
    let of_one = words(&gallery.get("/history?q=“b”+was").await.text());
    assert!(of_one.contains("One action: 1 change of 2") && of_one.contains("Undo all 2"), "{of_one}");
    assert!(!of_one.contains("Programs · Programs"), "{of_one}");
    gallery.post("/undo", "batch=5&pos=5").await;
    let again = words(&gallery.get("/history").await.text());
    assert!(again.contains("taken back in part"), "{again}");
    assert!(words(&gallery.get("/history/4").await.text()).contains("Taken back byChange #5"));
    assert!(!words(&gallery.get("/history/3").await.text()).contains("Taken back"));
    let of_video = gallery.get("/history?video=1").await.text();
    assert!(of_video.contains("/history?kind=playlists") && of_video.contains("/history?kind=tags"));
    for nowhere in ["0", "8", "x", "-1", "99999999999999999999999"] {
        assert_eq!(gallery.get(&format!("/history/{nowhere}")).await.status, StatusCode::NOT_FOUND, "{nowhere}");
    }
    gallery.close();
}

#[tokio::test]
async fn a_filter_that_cannot_be_meant_says_so_at_its_field() {
    let gallery = TestApp::given([found(1, "a.mp4")]);
    for (query, says) in [
        ("day=yesterday", "A day is written as 2026-11-28."),
        ("video=77", "There is no video 77."),
        ("video=nobody.mp4", "No file is called “nobody.mp4”"),
        ("kind=stars", "“stars” is no kind of change."),
        ("cause=god", "Nothing is done by “god”."),
        ("device=tv", "A device is a number."),
        ("before=x", "An entry of the history is a number."),
    ] {
        let page = gallery.get(&format!("/history?{query}")).await;
        assert_eq!(page.status, StatusCode::BAD_REQUEST, "{query}");
        assert!(page.text().contains(says) && page.text().contains("class=\"narrow\""), "{query}");
        assert!(!page.text().contains("/history/export"), "nothing is listed, so there is nothing to download");
        let export = gallery.get(&format!("/history/export.csv?{query}")).await;
        assert_eq!(export.status, StatusCode::BAD_REQUEST, "{query}");
    }
    for nothing in ["day=1969-12-31", "day=9999-12-31", "q=zzz", "before=1", "after=999", "device=4294967295"] {
        let page = gallery.get(&format!("/history?{nothing}")).await;
        assert_eq!((page.status, page.text().contains("class=\"change\"")), (StatusCode::OK, false), "{nothing}");
    }
    let that_day = gallery.get("/history?day=1970-01-01").await.text();
    assert!(that_day.contains("was found"), "the first events of tests are seconds after the epoch");
    gallery.close();
}

#[tokio::test]
async fn what_a_filter_finds_can_be_downloaded() {
    let events = [found(1, "=HYPERLINK(1).mp4"), found(2, "b, \"c\".mp4"), rated(2, 4)];
    let gallery = TestApp::given(events.into_iter().chain((0..500).flat_map(|_| (1..=5).map(|stars| rated(1, stars)))));
    let csv = gallery.get("/history/export.csv").await;
    assert_eq!(csv.header("content-type"), "text/csv; charset=utf-8; header=present");
    assert_eq!(csv.header("content-disposition"), "attachment; filename=\"history.csv\"");
    let text = csv.text();
    let text = text.strip_prefix('\u{FEFF}').expect("the mark that spreadsheets know UTF-8 by");
    let lines: Vec<&str> = text.split("\r\n").collect();
    assert_eq!(lines.len(), 2_503 + 2, "a head, and the end of the last line");
    assert!(lines[0].starts_with("position,written,happened,cause,device,device name,batch,answers,kind,video,title"));
    assert!(lines[1].starts_with("2503,") && lines[1].contains(",'=HYPERLINK(1),"), "{}", lines[1]);
    assert!(lines[1].ends_with("was rated ★★★★ → ★★★★★"), "{}", lines[1]);
    assert!(lines[2501].contains("\"b, \"\"c\"\"\"") && lines[2501].ends_with("was rated ★★★★\""), "{}", lines[2501]);
    let json = gallery.get("/history/export.jsonl?video=2").await.text();
    let kinds: Vec<&str> =
        json.lines().filter_map(|line| line.split("\"kind\":\"").nth(1)?.split('"').next()).collect();
    assert_eq!(kinds, ["rating.given", "video.found"]);
    assert_eq!(gallery.get("/history/export.jsonl?q=zzz").await.text(), "");
    gallery.close();
}

#[tokio::test]
async fn a_device_has_a_name_until_that_is_forgotten() {
    let gallery = TestApp::given([found(1, "a.mp4")]);
    let own = [("origin", "http://localhost"), ("accept", "text/html"), ("cookie", "lvs_device=4711")];
    let post = |address: &str, form: &str| gallery.send(request(Method::POST, address, &own, form));
    let named = post("/history/devices", "name=+Living+room+TV+").await;
    assert_eq!((named.status, named.header("location")), (StatusCode::SEE_OTHER, "/history/devices"));
    post("/videos/1/rating", "stars=2").await;
    assert!(words(&gallery.get("/history").await.text()).contains("Living room TV"));
    let devices = gallery.send(request(Method::GET, "/history/devices", &own, "")).await.text();
    assert!(devices.contains("this device</small>") && devices.contains("value=\"Living room TV\""), "{devices}");
    assert!(!gallery.get("/history/devices").await.text().contains("this device</small>"), "to another it is another");

    let foreign = [("origin", "http://elsewhere.example"), ("cookie", "lvs_device=4711")];
    let refused = gallery.send(request(Method::POST, "/history/devices/4711", &foreign, "name=x")).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    for (address, form, status) in [
        ("/history/devices/4711", "name=", StatusCode::BAD_REQUEST),
        ("/history/devices/4711", &*format!("name={}", "x".repeat(61)), StatusCode::BAD_REQUEST),
        ("/history/devices/1", "name=x", StatusCode::CONFLICT),
        ("/history/devices/tv", "name=x", StatusCode::NOT_FOUND),
        ("/history/devices/4712", "name=x", StatusCode::NOT_FOUND),
        ("/history/devices/5/forget", "", StatusCode::NOT_FOUND),
        ("/history/devices/4711", "name=TV", StatusCode::SEE_OTHER),
    ] {
        assert_eq!(post(address, form).await.status, status, "{address} {form}");
    }
    let gallery = gallery.restart();
    assert!(words(&gallery.get("/history").await.text()).contains("· TV"));
    assert!(gallery.get("/history/devices/4711/forget").await.text().contains("Forget the name"));
    assert_eq!(gallery.post("/history/devices/4711/forget", "").await.status, StatusCode::SEE_OTHER);
    assert!(words(&gallery.get("/history").await.text()).contains("Device 4711"));
    let data = gallery.close();
    assert!(!fs::read_to_string(data.path().join("devices.json")).expect("the file").contains("TV"));
}

#[tokio::test]
async fn a_forgotten_viewing_counts_nowhere_any_more() {
    let gallery = TestApp::given([found(1, "a.mp4"), viewed(1), rated(1, 3), viewed(1)]);
    assert!(gallery.get("/watch/1").await.text().contains("2 views"));
    assert!(gallery.get("/history/2/forget").await.text().contains("Forget this viewing?"));
    let forgotten = gallery.post("/history/2/forget", "").await;
    assert_eq!((forgotten.status, forgotten.header("location")), (StatusCode::SEE_OTHER, "/history/2"));
    let page = gallery.get("/watch/1").await.text();
    assert!(page.contains("1 view<"), "a kept page is not shown again");
    assert_eq!(page, gallery.get_uncached("/watch/1").await.text());
    assert!(words(&gallery.get("/history/2").await.text()).contains("A viewing that was forgotten"));
    for (pos, status) in
        [(1, StatusCode::CONFLICT), (2, StatusCode::CONFLICT), (3, StatusCode::CONFLICT), (5, StatusCode::NOT_FOUND)]
    {
        assert_eq!(gallery.post(&format!("/history/{pos}/forget"), "").await.status, status, "{pos}");
        assert_eq!(gallery.get(&format!("/history/{pos}/forget")).await.status, status, "{pos}");
    }
    let gallery = gallery.restart();
    assert_eq!(gallery.state().views().get(video(1)).count, 1);
    gallery.close();
}

#[tokio::test]
async fn a_viewing_that_was_taken_back_is_forgotten_with_all_that_tells_of_it() {
    let paused = Event::Playback(Playback::Paused { video: video(1), position_ms: 5_000 });
    let gallery = TestApp::given([found(1, "a.mp4"), viewed(1), viewed(1), viewed(1), paused]);
    let count = || gallery.state().views().get(video(1)).count;
    assert_eq!(count(), 3);
    gallery.post("/undo", "batch=4").await;
    assert_eq!(count(), 2);
    let question = words(&gallery.get("/history/4/forget").await.text());
    assert!(question.contains("where this device stopped") && question.contains("by trying all videos"), "{question}");
    let forgotten = gallery.post("/history/4/forget", "").await;
    assert_eq!((forgotten.status, forgotten.header("location")), (StatusCode::SEE_OTHER, "/history/4"));
    assert_eq!(count(), 2, "it was taken back already");
    let nothing = gallery.get("/undo/6").await.text();
    assert!(!nothing.contains("<form method=\"post\" action=\"/undo\""), "{nothing}");
    let json = gallery.get("/history/export.jsonl?kind=watching").await.text();
    let erased: Vec<&str> = json.lines().filter(|line| line.contains("\"data\":{}")).collect();
    assert_eq!(erased.len(), 3, "the viewing, what took it back, and where it was stopped: {json}");
    assert!(erased.iter().all(|line| !line.contains("redacted") && !line.contains("command")), "{json}");
    gallery.close();
}
