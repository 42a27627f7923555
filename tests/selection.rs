//! Selecting many videos: all of a list, what they have in common, and one change when half of them are gone.

use crate::support::{Answer, TestApp, found, request, video};
use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use events::event::{Tag, Video};
use events::{Event, TagName};
use serde_json::{Value, json};

fn tagged(number: u32, tag: &str) -> Event {
    Event::Tag(Tag::Added { video: video(number), tag: TagName::new(tag).expect("a tag") })
}

async fn ask(gallery: &TestApp, address: &str) -> Answer {
    gallery.send(request(Method::GET, address, &[("accept", "application/json")], "")).await
}

async fn post(gallery: &TestApp, address: &str, body: &Value) -> Answer {
    let request = Request::builder().method(Method::POST).uri(address).header("host", "localhost");
    let request = request.header("origin", "http://localhost").header("accept", "application/json");
    let request = request.header("content-type", "application/json").body(Body::from(body.to_string()));
    gallery.send(request.expect("a test builds valid requests")).await
}

#[tokio::test]
async fn all_of_a_list_can_be_selected_and_nothing_else() {
    let gallery =
        TestApp::given([found(1, "a.mp4"), found(2, "b.mp4"), found(3, "c.mp4"), tagged(1, "x y"), tagged(3, "x y")]);
    let all = ask(&gallery, "/select?from=%2F%3Fsort%3Dtitle%26per_page%3D1").await;
    assert_eq!((all.status, all.json()), (StatusCode::OK, json!({"videos": [1, 2, 3], "total": 3})));
    let some = ask(&gallery, "/select?from=%2Ftag%2Fx%2520y").await;
    assert_eq!(some.json(), json!({"videos": [3, 1], "total": 2}));
    for stranger in ["/select", "/select?from=%2Fwatch%2F1", "/select?from=https%3A%2F%2Fevil.example%2F"] {
        assert_eq!(ask(&gallery, stranger).await.status, StatusCode::BAD_REQUEST, "{stranger}");
    }
    gallery.close();
}

#[tokio::test]
async fn of_a_search_with_a_slip_what_is_shown_is_selected() {
    let gallery = TestApp::given([found(1, "amber tide.mp4"), found(2, "cloud.mp4")]);
    let meant = ask(&gallery, "/select?from=%2Fsearch%3Fq%3Dambar").await;
    assert_eq!(meant.json(), json!({"videos": [1], "total": 1}));
    let nothing = ask(&gallery, "/select?from=%2Fsearch%3Fq%3Dzzzzzz").await;
    assert_eq!(nothing.json(), json!({"videos": [], "total": 0}));
    gallery.close();
}

#[tokio::test]
async fn a_change_of_a_selection_skips_what_is_gone_and_says_so() {
    let mut events: Vec<Event> = (1..=6).map(|number| found(number, &format!("{number}.mp4"))).collect();
    events.extend([tagged(1, "old"), tagged(5, "old")]);
    events.extend((4..=6).map(|number| Event::Video(Video::Forgotten { video: video(number) })));
    let gallery = TestApp::given(events);
    let selected = [1, 2, 3, 4, 5, 6, 77];
    let edited =
        post(&gallery, "/edits", &json!({"videos": selected, "add": ["calm"], "remove": ["old"]})).await.json();
    assert_eq!((&edited["events"], &edited["videos"], &edited["skipped"]), (&json!(4), &json!(3), &json!(4)));
    let known = post(&gallery, "/selection", &json!({"videos": [1, 2, 4, 77]})).await.json();
    assert_eq!(known["tags"], json!([{"name": "calm", "videos": 2}]));
    assert_eq!((&known["count"], &known["stars"]), (&json!(2), &json!([2, 0, 0, 0, 0, 0])));
    let many: Vec<u32> = (1..=10_001).collect();
    assert_eq!(post(&gallery, "/selection", &json!({"videos": many})).await.status, StatusCode::BAD_REQUEST);
    assert!(post(&gallery, "/selection", &json!({"videos": ["x"]})).await.status.is_client_error());
    gallery.close();
}
