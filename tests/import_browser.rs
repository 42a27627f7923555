//! What a browser remembered for the old program, brought along once.

use crate::support::{Answer, TestApp, found, request, video};
use axum::body::Body;
use axum::http::{Method, StatusCode, header};
use events::Event;
use events::event::Playback;
use projections::Progress;
use serde_json::{Value, json};

async fn send(gallery: &TestApp, body: String) -> Answer {
    let mut request = request(Method::POST, "/import/browser", &[("accept", "application/json")], "");
    request.headers_mut().insert(header::CONTENT_TYPE, header::HeaderValue::from_static("application/json"));
    *request.body_mut() = Body::from(body);
    gallery.send(request).await
}

fn stopped(gallery: &TestApp, number: u32) -> Option<u64> {
    match gallery.state().playback().get(video(number))? {
        Progress::Paused { position_ms, .. } => Some(position_ms),
        Progress::Finished { .. } => None,
    }
}

#[tokio::test]
async fn it_fills_gaps_says_what_it_did_and_changes_nothing_when_sent_again() {
    let paused = Event::Playback(Playback::Paused { video: video(2), position_ms: 7000 });
    let gallery = TestApp::given([found(1, "one & \"only\".mp4"), found(2, "sub/two.mp4"), paused]);
    let memory = json!({
        "positions": [
            {"name": "one & \"only\".mp4", "seconds": 61.25},
            {"name": "two.mp4", "seconds": 3},
            {"name": "gone.mp4", "seconds": 3},
            {"name": "two.mp4", "seconds": null},
        ],
        "played": [{"name": "one & \"only\".mp4", "at_ms": 1_700_000_000_000_i64}, 7],
    });
    let first = send(&gallery, memory.to_string()).await;
    assert_eq!(first.status, StatusCode::OK, "{}", first.text());
    let taken = first.json();
    let counts = |taken: &Value| {
        ["accepted", "unchanged", "unknown", "unreadable"].map(|name| taken[name].as_u64().expect("a number"))
    };
    assert_eq!(counts(&taken), [2, 1, 1, 2]);
    assert_eq!((stopped(&gallery, 1), stopped(&gallery, 2)), (Some(61_250), Some(7000)), "what is known here stays");
    assert_eq!(gallery.state().views().get(video(1)).last_viewed_at_ms, Some(1_700_000_000_000));
    let pos = gallery.state().pos();
    let again = send(&gallery, memory.to_string()).await.json();
    assert_eq!((counts(&again), &again["batch"]), ([0, 3, 1, 2], &0.into()));
    assert_eq!(gallery.state().pos(), pos);
    gallery.close();
}

#[tokio::test]
async fn what_is_too_much_or_no_json_is_refused() {
    let gallery = TestApp::given([found(1, "one.mp4")]);
    let many = vec![json!({"name": "one.mp4", "seconds": 1}); 5001];
    for (body, status) in [
        (json!({"positions": many}).to_string(), StatusCode::PAYLOAD_TOO_LARGE),
        (format!("{{\"positions\": [\"{}\"]}}", "x".repeat(1 << 20)), StatusCode::PAYLOAD_TOO_LARGE),
        (String::new(), StatusCode::BAD_REQUEST),
        ("{".to_owned(), StatusCode::BAD_REQUEST),
        ("7".to_owned(), StatusCode::UNPROCESSABLE_ENTITY),
        ("{\"positions\": 7}".to_owned(), StatusCode::UNPROCESSABLE_ENTITY),
    ] {
        assert_eq!(send(&gallery, body.clone()).await.status, status, "{}", &body[..body.len().min(80)]);
    }
    let nothing = send(&gallery, "{}".to_owned()).await.json();
    assert_eq!((&nothing["accepted"], &nothing["batch"]), (&0.into(), &0.into()));
    let elsewhere = request(Method::POST, "/import/browser", &[("origin", "http://elsewhere.example")], "");
    assert_eq!(gallery.send(elsewhere).await.status, StatusCode::FORBIDDEN);
    gallery.close();
}
