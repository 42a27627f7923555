//! Looking after the gallery through the whole router: who may, what the jobs answer, and what the page shows.

mod busy;

use crate::support::child::PATIENCE;
use crate::support::{Answer, TestApp, answered_by, found, request, video};
use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use events::event::{Rating, View};
use events::{Event, Recorded, Stars};
use local_video_server::router::{self, Parts};
use local_video_server::status::jobs::{Job, JobState};
use local_video_server::web::guard::Guard;
use local_video_server::web::origin::HostNames;
use projections::State;
use std::net::IpAddr;

const TOKEN: &str = "a-token-of-sixteen";

fn gallery() -> TestApp {
    TestApp::given([found(1, "sea/Tide pool.mp4"), found(2, "Lava lamp.mp4")])
}

/// What `method address` answers to `peer`, who sends these headers.
async fn asked(app: &TestApp, peer: &str, method: Method, address: &str, headers: &[(&str, &str)]) -> Answer {
    let parts = Parts { guard: Guard::new(TOKEN), ..app.parts() };
    let peer: IpAddr = peer.parse().expect("an address");
    let gallery = router::gallery(parts, HostNames::default()).for_peer(peer);
    answered_by(gallery, request(method, address, headers, "")).await
}

/// Waits for the end of job `id`.
pub(crate) async fn ended(app: &TestApp, id: u64) -> Job {
    let board = app.parts().admin.board().clone();
    until(|| board.get(id).is_some_and(|job| job.state != JobState::Running)).await;
    board.get(id).expect("it is known")
}

/// Waits until `done`.
pub(crate) async fn until(done: impl Fn() -> bool) {
    let waiting = async {
        while !done() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, waiting).await.expect("in time");
}

#[tokio::test]
async fn other_machines_need_the_token() {
    let app = gallery();
    let bearer = format!("Bearer {TOKEN}");
    let with = [("authorization", bearer.as_str())];
    let wrong = [("authorization", "Bearer another-token-that-is")];
    for (method, address, ok) in [
        (Method::GET, "/api/v1/admin/jobs", StatusCode::OK),
        (Method::POST, "/api/v1/admin/rebuild", StatusCode::ACCEPTED),
    ] {
        for (peer, headers, status) in [
            ("127.0.0.1", &[][..], ok),
            ("::1", &[], ok),
            ("192.168.1.7", &[], StatusCode::UNAUTHORIZED),
            ("192.168.1.7", &with, ok),
            ("192.168.1.7", &wrong, StatusCode::FORBIDDEN),
            ("127.0.0.1", &wrong, StatusCode::FORBIDDEN),
            ("127.0.0.1", &[("x-forwarded-for", "127.0.0.1")], StatusCode::UNAUTHORIZED),
            ("127.0.0.1", &[("sec-fetch-site", "cross-site")], StatusCode::FORBIDDEN),
        ] {
            let answer = asked(&app, peer, method.clone(), address, headers).await;
            assert_eq!(answer.status, status, "{peer} {address} {headers:?}: {}", answer.text());
            if status == StatusCode::UNAUTHORIZED {
                assert!(answer.header("www-authenticate").starts_with("Bearer "), "{address}");
                assert!(answer.text().contains("Authorization: Bearer TOKEN"), "it says what to do: {}", answer.text());
            }
        }
    }
    // Watching and changing are for everybody.
    let open = asked(&app, "192.168.1.7", Method::GET, "/", &[]).await;
    assert_eq!(open.status, StatusCode::OK);
    app.close();
}

#[tokio::test]
async fn a_rebuild_runs_beside_everything_and_says_what_came_of_it() {
    let app = gallery();
    let before = app.state();
    let answer = asked(&app, "127.0.0.1", Method::POST, "/api/v1/admin/rebuild", &[]).await;
    assert_eq!((answer.status, answer.header("location")), (StatusCode::ACCEPTED, "/api/v1/admin/jobs/1"));
    ended(&app, 1).await;
    let job = asked(&app, "127.0.0.1", Method::GET, "/api/v1/admin/jobs/1", &[]).await.json();
    assert!(job["state"] == "done" && job["kind"] == "rebuild", "{job}");
    assert_eq!(job["troubles"], serde_json::json!([]));
    assert_eq!(job["report"]["digest"], format!("{:016x}", before.digest()));
    assert!(!std::sync::Arc::ptr_eq(&before, &app.state()), "what is shown is another one");
    let again = asked(&app, "127.0.0.1", Method::POST, "/api/v1/admin/rebuild", &[]).await;
    assert_eq!(again.json()["id"], 2, "one that has ended is not led to");
    ended(&app, 2).await;
    assert_eq!(
        asked(&app, "127.0.0.1", Method::GET, "/api/v1/admin/jobs", &[]).await.json()["jobs"][0]["id"],
        2,
        "newest first"
    );
    let unknown = asked(&app, "127.0.0.1", Method::GET, "/api/v1/admin/jobs/77", &[]).await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
    app.close();
}

#[tokio::test]
async fn the_page_starts_jobs_and_shows_what_came_of_them() {
    let app = gallery();
    assert!(app.get("/admin").await.text().contains("Nothing was asked for"));
    for (id, kind, name) in
        [(1, "verify", "Verify: "), (2, "prune-dry-run", "Look what to prune: "), (3, "rebuild", "Rebuild: ")]
    {
        let digest = format!("{:016x}", app.state().digest());
        let answer = app.post("/admin/jobs", &format!("kind={kind}")).await;
        assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, &*format!("/admin#job-{id}")));
        let job = ended(&app, id).await;
        assert_eq!(job.state, JobState::Done, "{job:?}");
        let page = app.get("/admin").await.text();
        assert!(page.contains(name) && page.contains(&digest) == (kind != "prune-dry-run"), "{kind}: {page}");
    }
    let history = app.get("/history?kind=maintenance").await.text();
    let told = ["Verify: ", "Rebuild: ", "Prune"].map(|word| history.contains(word));
    assert_eq!(told, [true, true, false], "a question is not written down: {history}");
    assert_eq!(app.post("/admin/jobs", "kind=erase").await.status, StatusCode::BAD_REQUEST);
    assert_eq!(app.post("/admin/jobs/1/cancel", "").await.status, StatusCode::SEE_OTHER, "it has ended");
    assert_eq!(app.post("/admin/jobs/9/cancel", "").await.status, StatusCode::NOT_FOUND);
    let elsewhere = asked(&app, "192.168.1.7", Method::POST, "/admin/jobs", &[("accept", "text/html")]).await;
    assert_eq!(elsewhere.status, StatusCode::UNAUTHORIZED);
    assert!(elsewhere.text().contains("--admin-token"), "{}", elsewhere.text());
    app.close();
}

#[tokio::test]
async fn a_viewing_is_forgotten_by_its_own_device_and_by_the_caretaker() {
    let app = TestApp::given([found(1, "Ash.mp4"), found(2, "Birch.mp4"), found(3, "Cedar.mp4")]);
    let count = |state: &State| [1, 2, 3].map(|id| state.views().get(video(id)).count);
    let from = |device: &'static str| [("origin", "http://localhost"), ("cookie", device)];
    // Each another video: what is watched within one millisecond is forgotten together.
    for (device, id, pos) in [("lvs_device=4711", 1, 4), ("lvs_device=4712", 2, 5), ("lvs_device=4713", 3, 6)] {
        let watched = request(Method::POST, &format!("/videos/{id}/view"), &from(device), "");
        assert!(app.send(watched).await.status.is_success());
        // The writer works in order: what is answered now was watched before.
        let writer = app.parts().writer;
        tokio::task::spawn_blocking(move || writer.look()).await.expect("it ends").expect("it is running");
        assert_eq!(app.state().pos(), pos);
    }
    let address = "/history/4/forget";
    for headers in [&from("lvs_device=4712")[..], &[("origin", "http://localhost")]] {
        for method in [Method::GET, Method::POST] {
            let refused = asked(&app, "192.168.1.7", method, address, headers).await;
            assert!(refused.text().contains("another device"), "{}", refused.text());
            assert_eq!(refused.status, StatusCode::FORBIDDEN);
        }
    }
    assert_eq!(count(&app.state()), [1; 3]);
    let bearer = format!("Bearer {TOKEN}");
    for (peer, pos, headers) in [
        ("192.168.1.7", 4, &from("lvs_device=4711")[..]),
        ("192.168.1.7", 5, &[("authorization", &bearer)]),
        ("127.0.0.1", 6, &[("origin", "http://localhost")]),
    ] {
        let forgotten = asked(&app, peer, Method::POST, &format!("/history/{pos}/forget"), headers).await;
        assert_eq!(forgotten.status, StatusCode::SEE_OTHER, "{pos}: {}", forgotten.text());
    }
    assert_eq!(count(&app.state()), [0; 3]);
    app.close();
}

#[tokio::test]
async fn a_name_is_forgotten_by_its_own_device_and_by_the_caretaker() {
    let app = TestApp::given([]);
    let from = |device: &'static str| [("origin", "http://localhost"), ("cookie", device)];
    for device in ["lvs_device=4711", "lvs_device=4712", "lvs_device=4713"] {
        let named = app.send(request(Method::POST, "/history/devices", &from(device), "name=TV")).await;
        assert_eq!(named.status, StatusCode::SEE_OTHER);
    }
    for headers in [&from("lvs_device=4712")[..], &[("origin", "http://localhost")]] {
        for method in [Method::GET, Method::POST] {
            let refused = asked(&app, "192.168.1.7", method, "/history/devices/4711/forget", headers).await;
            assert!(refused.text().contains("another device"), "{}", refused.text());
            assert_eq!(refused.status, StatusCode::FORBIDDEN);
        }
    }
    assert_eq!(app.get("/history/devices").await.text().matches("value=\"TV\"").count(), 3);
    let bearer = format!("Bearer {TOKEN}");
    for (peer, device, headers) in [
        ("192.168.1.7", 4711, &from("lvs_device=4711")[..]),
        ("192.168.1.7", 4712, &[("authorization", &bearer)]),
        ("127.0.0.1", 4713, &[("origin", "http://localhost")]),
    ] {
        let address = format!("/history/devices/{device}/forget");
        let forgotten = asked(&app, peer, Method::POST, &address, headers).await;
        assert_eq!(forgotten.status, StatusCode::SEE_OTHER, "{device}: {}", forgotten.text());
    }
    assert!(!app.get("/history/devices").await.text().contains("value=\"TV\""));
    app.close();
}

/// A wish of a program.
fn wish(address: &str, json: &str) -> Request<Body> {
    request(Method::POST, address, &[("content-type", "application/json")], json)
}

/// A video that was watched four times, from position 2 on.
fn watched() -> TestApp {
    let watched = (0..4).map(|_| Event::View(View::Started { video: video(1) }));
    TestApp::given([found(1, "Tide pool.mp4")].into_iter().chain(watched))
}

#[tokio::test]
async fn what_is_erased_is_shown_no_more_and_a_name_costs_nothing() {
    let app = watched();
    let erase = async |json: &str| {
        let answer = app.send(wish("/api/v1/admin/redact", json)).await;
        let (views, edition) = (app.state().views().get(video(1)).count, app.parts().live.edition());
        (answer.status, answer.json()["events"].as_u64(), views, edition)
    };
    let pos = app.state().pos();
    assert_eq!(erase(r#"{"viewings":[2,3]}"#).await, (StatusCode::OK, Some(2), 2, 1));
    assert_eq!(erase(r#"{"viewings":[],"device":7}"#).await, (StatusCode::OK, Some(0), 2, 1));
    assert_eq!(erase(r#"{"viewings":[4]}"#).await, (StatusCode::OK, Some(1), 1, 2));
    assert_eq!(app.state().pos(), pos);
    app.close();
}

#[tokio::test]
async fn what_a_client_that_has_gone_had_erased_is_shown_no_more_and_changes_can_be_undone() {
    let app = watched();
    assert_eq!(app.post("/videos/1/rating", "stars=4").await.status, StatusCode::SEE_OTHER);
    let writer = app.parts().writer;
    let erased =
        || matches!(writer.feed().reader().read(1, 1).as_deref(), Ok([Recorded { event: Event::Redacted(_), .. }]));
    let until = async |done: &dyn Fn() -> bool| {
        while !done() {
            tokio::task::yield_now().await;
        }
    };
    tokio::select! {
        biased;
        () = until(&erased) => {}
        _ = app.send(wish("/api/v1/admin/redact", r#"{"viewings":[2]}"#)) => {}
    }
    let shown = || writer.forgotten() == Some(1);
    tokio::time::timeout(PATIENCE, until(&shown)).await.expect("what is known is computed anew by itself");
    assert_eq!(app.state().views().get(video(1)).count, 3);
    let undone = app.send(wish("/api/v1/undo", r#"{"batch":6}"#)).await;
    assert_eq!(undone.status, StatusCode::OK, "{}", undone.text());
    app.close();
}

#[tokio::test]
async fn what_cannot_be_erased_is_refused_in_a_sentence_and_nothing_is() {
    let watched = Event::View(View::Started { video: video(1) });
    let rated = Event::Rating(Rating::Given { video: video(1), stars: Stars::new(4).expect("four stars") });
    let app = TestApp::given([found(1, "Tide pool.mp4"), watched.clone(), watched, rated]);
    let many = |count: usize| serde_json::json!({ "viewings": vec![2; count] }).to_string();
    for (json, status, words) in [
        (&*many(10_001), StatusCode::UNPROCESSABLE_ENTITY, "At most 10000 viewings can be erased at once."),
        (r#"{"viewings":[2],"device":0}"#, StatusCode::UNPROCESSABLE_ENTITY, "0 is no device"),
        (r#"{"viewings":[2,4]}"#, StatusCode::CONFLICT, "position 4 is no viewing"),
        (r#"{"viewings":[2,1]}"#, StatusCode::CONFLICT, "position 1 is no viewing"),
        (r#"{"viewings":[2,5]}"#, StatusCode::CONFLICT, "5"),
        (r#"{"viewings":[2,0]}"#, StatusCode::CONFLICT, "0"),
        (r#"{"viewings":[2,-1]}"#, StatusCode::UNPROCESSABLE_ENTITY, "viewings"),
        (r#"{"viewings":2}"#, StatusCode::UNPROCESSABLE_ENTITY, "viewings"),
        (r#"{"viewings":[2],"device":4294967296}"#, StatusCode::UNPROCESSABLE_ENTITY, "device"),
        (r#"{"viewings":[2]"#, StatusCode::BAD_REQUEST, ""),
        (r#"{"positions":[2]}"#, StatusCode::UNPROCESSABLE_ENTITY, "positions"),
    ] {
        let refused = app.send(wish("/api/v1/admin/redact", json)).await;
        let text = refused.text();
        assert_eq!(refused.status, status, "{}: {text}", json.get(..40).unwrap_or(json));
        assert!(refused.json()["detail"].as_str().is_some_and(|detail| detail.contains(words)), "{words}: {text}");
        assert_eq!(app.state().views().get(video(1)).count, 2);
    }
    let redacted = app.send(wish("/api/v1/admin/redact", &many(10_000))).await;
    assert_eq!((redacted.status, &redacted.json()["events"]), (StatusCode::OK, &1.into()), "one, named often");
    app.close();
}

#[tokio::test]
async fn what_two_erase_at_once_is_erased_once() {
    let app = watched();
    let [one, other] =
        [r#"{"viewings":[2,3]}"#, r#"{"viewings":[3,4]}"#].map(|json| wish("/api/v1/admin/redact", json));
    let (one, other) = tokio::join!(app.send(one), app.send(other));
    let erased = [one, other].map(|answer| answer.json()["events"].as_u64().expect("a number"));
    assert_eq!(erased.iter().sum::<u64>(), 3, "{erased:?}");
    assert_eq!(app.state().views().get(video(1)).count, 1);
    app.close();
}
