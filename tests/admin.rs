//! Looking after the gallery through the whole router: who may, what the jobs answer, and what the page shows.

use crate::support::{Answer, TestApp, answered_by, found, request};
use axum::http::{Method, StatusCode};
use local_video_server::router::{self, Parts};
use local_video_server::status::jobs::{Job, JobState};
use local_video_server::web::guard::Guard;
use local_video_server::web::origin::HostNames;
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
    let over = |jobs: &Vec<Job>| jobs.iter().any(|job| job.id == id && job.state != JobState::Running);
    board.subscribe().wait_for(over).await.expect("the board stays");
    board.get(id).expect("it is known")
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
    assert_eq!(app.state().digest(), before.digest());
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
        let answer = app.post("/admin/jobs", &format!("kind={kind}")).await;
        assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, &*format!("/admin#job-{id}")));
        let job = ended(&app, id).await;
        assert_eq!(job.state, JobState::Done, "{job:?}");
        assert!(app.get("/admin").await.text().contains(name), "{kind}");
    }
    let digest = app.get("/admin").await.text().matches(&format!("{:016x}", app.state().digest())).count();
    assert_eq!(digest, 3, "the digests of what was verified and rebuilt are shown");
    assert_eq!(app.post("/admin/jobs", "kind=erase").await.status, StatusCode::BAD_REQUEST);
    assert_eq!(app.post("/admin/jobs/1/cancel", "").await.status, StatusCode::SEE_OTHER, "it has ended");
    assert_eq!(app.post("/admin/jobs/9/cancel", "").await.status, StatusCode::NOT_FOUND);
    let elsewhere = asked(&app, "192.168.1.7", Method::POST, "/admin/jobs", &[("accept", "text/html")]).await;
    assert_eq!(elsewhere.status, StatusCode::UNAUTHORIZED);
    assert!(elsewhere.text().contains("--admin-token"), "{}", elsewhere.text());
    app.close();
}
