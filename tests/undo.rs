//! Taking changes back: what is shown before, what is done, and what is said after.

use crate::support::{TestApp, found, recorded, request, video};
use axum::http::{Method, StatusCode};
use events::event::{Import, Rating, Tag, Video, View};
use events::{Cause, Event, MediaPath, Recorded, RootPath, Stars, TagName};
use serde_json::{Value, json};

const NAME: &str = "100% <b>\"&\" ünï.mp4";

fn rated(number: u32, stars: u8) -> Event {
    Event::Rating(Rating::Given { video: video(number), stars: Stars::new(stars).expect("1 to 5") })
}

/// A record without a file.
fn record(number: u32) -> [Event; 2] {
    let (root, path) = (RootPath::default(), MediaPath::new(format!("old/{number}.mp4")).expect("a path"));
    let (video, size_bytes, modified_at_ms, fingerprint, added_at_ms) = (video(number), 0, 0, None, 5);
    let found = Video::Found { video, root, path, size_bytes, modified_at_ms, fingerprint, added_at_ms };
    [found, Video::Vanished { video }].map(Event::Video)
}

/// Two videos, and an import from position 3 on: of `facts`, between its brackets.
fn imported(facts: impl IntoIterator<Item = Event>) -> TestApp {
    let (started, finished) = (
        Import::Started { source: "ratings.json".into() },
        Import::Finished { accepted: 1, unchanged: 0, rejected: 0 },
    );
    let events = [Event::Import(started)].into_iter().chain(facts).chain([Event::Import(finished)]);
    let import =
        (3..).zip(events).map(|(pos, event)| Recorded { batch: 3, cause: Cause::Import, ..recorded(pos, event) });
    let found = [recorded(1, found(1, NAME)), recorded(2, found(2, "two.mp4"))];
    TestApp::of_log(found.into_iter().chain(import))
}

fn import() -> TestApp {
    let counted = View::Counted { video: video(1), total: 7, last_viewed_at_ms: Some(1_000) };
    let tagged = Tag::Added { video: video(2), tag: TagName::new("sea").expect("a tag") };
    let facts = [rated(1, 4), rated(2, 3), Event::View(counted), Event::Tag(tagged)];
    imported(facts.into_iter().chain(record(3)).chain([rated(3, 5)]))
}

async fn api(gallery: &TestApp, method: Method, address: &str, body: &Value) -> (StatusCode, Value) {
    let text = if body.is_null() { String::new() } else { body.to_string() };
    let mut request = request(method, &format!("/api/v1{address}"), &[], &text);
    let kind = axum::http::HeaderValue::from_static("application/json");
    request.headers_mut().insert("content-type", kind);
    let answer = gallery.send(request).await;
    (answer.status, answer.json())
}

#[tokio::test]
async fn an_import_is_shown_taken_back_and_brought_back() {
    let gallery = import();
    let page = gallery.get("/undo/3").await;
    let text = page.text();
    assert_eq!(page.status, StatusCode::OK, "{text}");
    for part in ["Import of ratings.json", "Take back 6 changes", "★★★★", "100% &lt;b&gt;&quot;&amp;&quot; ünï"]
    {
        assert!(text.contains(part), "{part} in {text}");
    }
    assert_eq!(gallery.state().pos(), 11, "a look changes nothing");
    let done = gallery.post("/undo", "batch=3").await;
    assert_eq!((done.status, done.header("location")), (StatusCode::SEE_OTHER, "/undo/12?stayed=0"));
    let state = gallery.state();
    assert_eq!((state.ratings().get(video(1)), state.views().get(video(1)).count), (None, 0));
    assert!(state.videos().missing().is_empty(), "the record is given up again");
    let text = gallery.get("/undo/12?stayed=0").await.text();
    assert!(text.contains("Change 3 was taken back.") && text.contains(">Undo</button>"), "{text}");
    let again = gallery.post("/undo", "batch=3").await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    assert!(again.text().contains("6 are as before already"), "{}", again.text());
    assert!(gallery.get("/undo/3").await.text().contains("Nothing of it is left to take back."));
    assert_eq!(gallery.post("/undo", "batch=12").await.header("location"), "/undo/18?stayed=0");
    let state = gallery.state();
    assert_eq!(state.views().get(video(1)).count, 7);
    assert_eq!(state.ratings().get(video(3)).map(|rated| rated.stars.get()), Some(5));
    assert_eq!(state.videos().missing().iter().collect::<Vec<_>>(), [3]);
    gallery.close();
}

#[tokio::test]
async fn what_is_in_the_way_is_named_and_what_is_of_the_disk_stays() {
    let gallery = import();
    gallery.post("/videos/1/rating", "stars=1").await;
    let (status, preview) = api(&gallery, Method::GET, "/undo/3", &Value::Null).await;
    assert_eq!((status, &preview["goes_back"], &preview["stays"]), (StatusCode::OK, &json!(5), &json!(1)));
    let line = &preview["stays_lines"][0];
    assert_eq!((&line["fact"], &line["from"], &line["to"]), (&json!("Rating"), &json!("★"), &json!("none")));
    assert_eq!((&line["changed_by"], &line["page"]), (&json!(12), &json!("/watch/1")), "{line}");
    let (_, disk) = api(&gallery, Method::GET, "/undo/1", &Value::Null).await;
    assert_eq!((&disk["goes_back"], disk["never"].as_array().map(Vec::len)), (&json!(0), Some(1)), "{disk}");
    let done = gallery.post("/undo", "batch=3").await;
    assert_eq!(done.header("location"), "/undo/13?stayed=1");
    let text = gallery.get("/undo/13?stayed=1").await.text();
    assert!(text.contains("1 fact stayed: <a class=\"link\" href=\"/undo/3\">"), "{text}");
    assert_eq!(gallery.state().ratings().get(video(1)).map(|rated| rated.stars.get()), Some(1));
    gallery.close();
}

#[tokio::test]
async fn one_part_of_a_change_goes_back_alone() {
    let gallery = import();
    let text = gallery.get("/undo/3?pos=5").await.text();
    assert!(text.contains("Take back 1 change<") && text.contains("name=\"pos\" value=\"5\""), "{text}");
    let (status, done) = api(&gallery, Method::POST, "/undo", &json!({"batch": 3, "pos": 5})).await;
    assert_eq!((status, done), (StatusCode::OK, json!({"batch": 12, "events": 1, "skipped": 0, "undone": 5})));
    let state = gallery.state();
    assert_eq!((state.ratings().get(video(2)), state.ratings().get(video(1)).is_some()), (None, true));
    gallery.close();
}

#[tokio::test]
async fn what_is_no_change_is_said_to_be_none() {
    let gallery = import();
    let inside = gallery.get("/undo/5").await;
    assert_eq!((inside.status, inside.header("location")), (StatusCode::SEE_OTHER, "/undo/3?pos=5"));
    let posted = gallery.post("/undo", "batch=5").await;
    assert_eq!(posted.status, StatusCode::NOT_FOUND);
    assert!(posted.text().contains("5 is not the beginning of a change: it belongs to change 3."), "{}", posted.text());
    for (address, status) in [
        ("/undo/0", 404),
        ("/undo/999", 404),
        ("/undo/18446744073709551615", 404),
        ("/undo/18446744073709551616", 400),
        ("/undo/-1", 400),
        ("/undo/x", 400),
        ("/undo/3?pos=99", 404),
        ("/undo/3?pos=1", 404),
        ("/undo/3?pos=x", 400),
        ("/undo/3?stayed=x", 400),
        ("/undo/3?stayed=3", 200),
        ("/undo/1", 200),
    ] {
        assert_eq!(gallery.get(address).await.status.as_u16(), status, "{address}");
    }
    for (form, status) in [
        ("batch=3&pos=99", 404),
        ("batch=1", 409),
        ("batch=3&pos=3", 409),
        ("batch=3&pos=", 422),
        ("batch=", 422),
        ("pos=5", 422),
    ] {
        assert_eq!(gallery.post("/undo", form).await.status.as_u16(), status, "{form}");
    }
    for (address, status) in [("/undo/5", 404), ("/undo/999", 404), ("/undo/3?pos=99", 404), ("/undo/3?at=1", 400)] {
        let (found, problem) = api(&gallery, Method::GET, address, &Value::Null).await;
        assert_eq!(found.as_u16(), status, "{address}: {problem}");
    }
    assert!(!gallery.get("/undo/3?stayed=3").await.text().contains("was taken back"), "only an undo was done");
    assert_eq!(gallery.state().pos(), 11);
    gallery.close();
}

#[tokio::test]
async fn of_two_who_take_the_same_back_at_once_one_is_told_that_it_is_done() {
    let gallery = import();
    let (one, other) = tokio::join!(gallery.post("/undo", "batch=3"), gallery.post("/undo", "batch=3"));
    let mut statuses = [one.status, other.status];
    statuses.sort();
    assert_eq!(statuses, [StatusCode::SEE_OTHER, StatusCode::CONFLICT]);
    let refused = if one.status == StatusCode::CONFLICT { one } else { other };
    assert!(
        refused.text().contains("Nothing of this change is left to undo: 6 are as before already; its page tells why."),
        "{}",
        refused.text()
    );
    assert_eq!(gallery.state().pos(), 17);
    gallery.close();
}

#[tokio::test]
async fn a_view_by_mistake_can_be_taken_back() {
    let gallery = TestApp::given([found(1, "one.mp4")]);
    gallery.post("/videos/1/view", "").await;
    // Written in order, so after this one the view is written too.
    gallery.post("/videos/1/favorite", "favorite=true").await;
    let text = gallery.get("/undo/2").await.text();
    assert!(text.contains("Take back 1 change<") && text.contains("Views"), "{text}");
    gallery.post("/undo", "batch=2").await;
    let viewed = gallery.state().views().get(video(1));
    assert_eq!((viewed.count, viewed.last_viewed_at_ms), (0, None));
    let gallery = gallery.restart();
    assert_eq!(gallery.post("/undo", "batch=2").await.status, StatusCode::CONFLICT, "also after a restart");
    gallery.close();
}

#[tokio::test]
async fn twenty_thousand_changes_go_back_as_one() {
    let many = 20_000;
    let gallery = imported((3..3 + many / 2).flat_map(|number| record(number).into_iter().chain([rated(number, 4)])));
    let end = gallery.state().pos();
    let (status, preview) = api(&gallery, Method::GET, "/undo/3", &Value::Null).await;
    assert_eq!((status, &preview["goes_back"]), (StatusCode::OK, &json!(many)));
    assert_eq!(preview["goes_back_lines"].as_array().map(Vec::len), Some(100), "the page stays small");
    let (status, done) = api(&gallery, Method::POST, "/undo", &json!({"batch": 3})).await;
    assert_eq!((status, &done["events"], &done["batch"]), (StatusCode::OK, &json!(many), &json!(end + 1)));
    assert!(gallery.state().videos().missing().is_empty());
    let gallery = gallery.restart();
    let (_, again) = api(&gallery, Method::POST, "/undo", &json!({"batch": end + 1})).await;
    assert_eq!(again["events"], json!(many));
    assert_eq!(gallery.state().videos().missing().len(), u64::from(many / 2));
    gallery.close();
}
