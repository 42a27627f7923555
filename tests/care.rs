//! What comes and goes by the page of the administration, through the whole router: files to carry away, files of the old
//! program, and the token of a browser; and what is refused.

use crate::admin::{ended, until};
use crate::support::child::{Folders, PATIENCE, Server};
use crate::support::{Answer, TestApp, answered_by, found, request, video};
use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, HOST};
use axum::http::{Method, Request, StatusCode};
use events::event::{Rating, Thumbnail};
use events::{Event, Stars};
use local_video_server::actions::carry::UPLOAD_BYTES_MAX;
use local_video_server::router::{self, Parts};
use local_video_server::status::jobs::JobState;
use local_video_server::web::guard::Guard;
use local_video_server::web::origin::HostNames;
use serde_json::{Value, json};
use std::net::IpAddr;
use std::time::Instant;
use tokio::task::JoinSet;
use tools::legacy::SENT_MAX;

const TOKEN: &str = "a-token-of-sixteen";

/// What a gallery that was given a token answers to another machine.
async fn from_afar(app: &TestApp, request: Request<Body>) -> Answer {
    let parts = Parts { guard: Guard::token_only(TOKEN), ..app.parts() };
    let peer: IpAddr = [192, 168, 1, 7].into();
    answered_by(router::gallery(parts, HostNames::default()).for_peer(peer), request).await
}

/// A form with these files, as a browser sends it from our own page.
fn files(files: &[(&str, &[u8])]) -> Request<Body> {
    let mut body = Vec::new();
    for (name, bytes) in files {
        let head = format!("--edge\r\ncontent-disposition: form-data; name=\"files\"; filename=\"{name}\"\r\n\r\n");
        body.extend([head.as_bytes(), bytes, b"\r\n"].concat());
    }
    body.extend(b"--edge--\r\n");
    raw("multipart/form-data; boundary=edge", body)
}

fn raw(content_type: &str, body: Vec<u8>) -> Request<Body> {
    let request = Request::post("/admin/import").header(HOST, "localhost").header("origin", "http://localhost");
    let request = request.header("accept", "text/html").header(CONTENT_TYPE, content_type);
    request.body(Body::from(body)).expect("a request")
}

#[tokio::test]
async fn the_log_is_carried_away_as_it_is_restored_from() {
    let app = TestApp::given([found(1, "Tide pool.mp4"), found(2, "Lava lamp.mp4")]);
    let rated = app.post("/videos/1/rating", "stars=4").await;
    assert_eq!(rated.status, StatusCode::SEE_OTHER);
    let backup = app.post("/admin/downloads", "file=gallery.jsonl").await;
    assert_eq!((backup.status, backup.header("content-type")), (StatusCode::OK, "application/x-ndjson"));
    assert_eq!(backup.header("content-disposition"), "attachment; filename=\"gallery.jsonl\"");
    assert_eq!(ended(&app, 1).await.state, JobState::Done);

    let folder = tempfile::tempdir().expect("a folder");
    let (file, data) = (folder.path().join("gallery.jsonl"), folder.path().join("data"));
    std::fs::write(&file, &backup.body).expect("a file");
    let restore = tools::restore::Args { from: file, unsealed: false, json: true };
    let mut said = Vec::new();
    tools::run(&tools::Command::Restore(restore), &data, 1, &mut said).expect("it is whole");
    let said: Value = serde_json::from_slice(&said).expect("an object");
    assert_eq!(said["events"], 3, "all that was there when it was asked for");

    let ratings = app.post("/admin/downloads", "file=ratings.json").await;
    assert_eq!(ratings.json(), json!({ "Tide pool.mp4": 4 }));
    let tables = app.post("/admin/downloads", "file=gallery.db").await;
    assert!(tables.body.starts_with(b"SQLite format 3"));
    let unknown = app.post("/admin/downloads", "file=../../etc/passwd").await;
    assert_eq!(unknown.status, StatusCode::BAD_REQUEST);
    assert!(unknown.text().contains("gallery.jsonl"), "{}", unknown.text());
    for id in [2, 3] {
        assert_eq!(ended(&app, id).await.state, JobState::Done);
    }
    let history = app.get("/history?kind=maintenance").await.text();
    assert!(history.contains("Backup: Sent 3 events") && history.contains("ratings.json"), "{history}");
    app.close();
}

#[tokio::test]
async fn a_running_job_is_cancelled_and_one_that_has_ended_stays_as_it_is() {
    let app = TestApp::given((1..=20_000).map(|number| found(number, &format!("{number}.mp4"))));
    let gallery = app.gallery().for_peer(IpAddr::from([127, 0, 0, 1]));
    let wish = request(Method::POST, "/admin/downloads", &[("origin", "http://localhost")], "file=gallery.jsonl");
    // Nobody reads it, so it is not sent to its end.
    let answer = tower::ServiceExt::oneshot(gallery, wish).await.expect("the edge never fails");
    assert_eq!(answer.status(), StatusCode::OK);
    let busy = app.post("/admin/downloads", "file=gallery.jsonl").await;
    assert_eq!(busy.status, StatusCode::CONFLICT, "{}", busy.text());
    assert!(busy.text().contains("Job 1 is sending the same"), "{}", busy.text());
    let cancel = || request(Method::DELETE, "/api/v1/admin/jobs/1", &[], "");
    let cancelled = app.send(cancel()).await;
    assert_eq!(cancelled.status, StatusCode::OK, "{}", cancelled.text());
    let job = ended(&app, 1).await;
    assert_eq!(job.state, JobState::Cancelled);
    let body = axum::body::to_bytes(answer.into_body(), usize::MAX).await;
    assert!(body.is_err(), "what is not whole does not look so");
    let again = app.send(cancel()).await.json();
    assert_eq!((&again["state"], &again["kind"]), (&json!("cancelled"), &json!("backup")));
    let unknown = app.send(request(Method::DELETE, "/api/v1/admin/jobs/7", &[], "")).await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
    let history = app.get("/history?kind=maintenance").await.text();
    assert!(history.contains("Backup was cancelled"), "{history}");
    app.close();
}

#[tokio::test]
async fn files_of_the_old_program_are_shown_first_and_brought_in_once() {
    let app = TestApp::given([found(1, "Tide pool.mp4"), found(2, "Lava lamp.mp4")]);
    let sent = || {
        let ratings: &[u8] = br#"{"Tide pool.mp4": 4, "gone.mp4": 2, "Lava lamp.mp4": 11}"#;
        files(&[("ratings.json", ratings), ("favorites.json", br#"{"favorites": ["Lava lamp.mp4"]}"#)])
    };
    let answer = app.send(sent()).await;
    assert_eq!(
        (answer.status, answer.header("location")),
        (StatusCode::SEE_OTHER, "/admin#job-1"),
        "{}",
        answer.text()
    );
    let preview = ended(&app, 1).await;
    assert_eq!(preview.state, JobState::Done, "{preview:?}");
    let page = app.get("/admin").await.text();
    for words in ["They would bring 7 events", "2 new, 1 refused", "Videos without a file", "Bring it in"] {
        assert!(page.contains(words), "{words}: {page}");
    }
    assert_eq!(app.state().pos(), 2, "nothing is written yet");
    let done = app.post("/admin/jobs", "kind=import&preview=1").await;
    assert_eq!((done.status, done.header("location")), (StatusCode::SEE_OTHER, "/admin#job-2"));
    assert_eq!(ended(&app, 2).await.state, JobState::Done);
    let state = app.state();
    assert_eq!(state.ratings().get(video(1)).map(|rated| rated.stars.get()), Some(4));
    assert!(state.favorites().contains(video(2)) && state.videos().len() == 3);
    assert!(!app.get("/admin").await.text().contains("Bring it in"), "it is in");

    let twice = app.post("/admin/jobs", "kind=import&preview=1").await;
    assert_eq!(twice.status, StatusCode::CONFLICT, "{}", twice.text());
    assert_eq!(app.send(sent()).await.status, StatusCode::SEE_OTHER);
    ended(&app, 3).await;
    let page = app.get("/admin").await.text();
    assert!(page.contains("They say nothing new.") && !page.contains("Bring it in"), "{page}");
    // It is a change like any other.
    let undone = app.post("/undo", "batch=3").await;
    assert_eq!(undone.status, StatusCode::SEE_OTHER, "{}", undone.text());
    assert!(app.state().ratings().get(video(1)).is_none());
    app.close();
}

#[tokio::test]
async fn a_program_brings_the_database_in_as_a_person_does() {
    let app = TestApp::given([found(1, "Tide pool.mp4")]);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let place = folder.path().join("video_metadata.db");
    let database = rusqlite::Connection::open(&place).expect("a database");
    let schema = "CREATE TABLE ratings (filename TEXT PRIMARY KEY, rating INTEGER);
                  INSERT INTO ratings VALUES ('Tide pool.mp4', 5);";
    database.execute_batch(schema).expect("it is filled");
    drop(database);
    let bytes = std::fs::read(&place).expect("a file");
    // The JSON file says otherwise, and is believed less.
    let mut sent = files(&[("ratings.json", br#"{"Tide pool.mp4": 2}"#), ("video_metadata.db", &bytes)]);
    *sent.uri_mut() = "/api/v1/admin/import/preview".parse().expect("an address");
    sent.headers_mut().insert("accept", "application/json".parse().expect("a value"));
    let answer = app.send(sent).await;
    assert_eq!((answer.status, answer.header("location")), (StatusCode::ACCEPTED, "/api/v1/admin/jobs/1"));
    let report = ended(&app, 1).await.outcome.expect("it came to something").report.expect("a report");
    assert_eq!(report["sources"], json!(["video_metadata.db", "ratings.json"]));
    assert_eq!(
        report["counts"]["ratings"],
        json!({"accepted": 1, "unchanged": 0, "kept": 0, "overruled": 1, "rejected": 0})
    );
    let json = [("content-type", "application/json")];
    let carried_out = app.send(request(Method::POST, "/api/v1/admin/import", &json, r#"{"preview": 1}"#)).await;
    assert_eq!(carried_out.status, StatusCode::ACCEPTED, "{}", carried_out.text());
    assert_eq!(ended(&app, 2).await.state, JobState::Done);
    assert_eq!(app.state().ratings().get(video(1)).map(|rated| rated.stars.get()), Some(5));
    app.close();
}

#[tokio::test]
async fn what_is_no_file_of_the_old_program_changes_nothing() {
    let app = TestApp::given([found(1, "Tide pool.mp4")]);
    let huge = vec![b' '; UPLOAD_BYTES_MAX + 1];
    let many: Vec<(&str, &[u8])> = vec![("tags.json", b"{}"); SENT_MAX + 1];
    let cut = b"--edge\r\ncontent-disposition: form-data; name=\"files\"; filename=\"ratings.json\"\r\n\r\n{".to_vec();
    for (request, status) in [
        (files(&[("ratings.json", &huge)]), StatusCode::PAYLOAD_TOO_LARGE),
        (files(&many), StatusCode::PAYLOAD_TOO_LARGE),
        (files(&[]), StatusCode::BAD_REQUEST),
        (files(&[("", b"")]), StatusCode::BAD_REQUEST),
        (raw("multipart/form-data; boundary=edge", cut), StatusCode::BAD_REQUEST),
        (raw("application/json", b"{}".to_vec()), StatusCode::BAD_REQUEST),
    ] {
        let answer = app.send(request).await;
        assert_eq!(answer.status, status, "{}", answer.text());
    }
    assert_eq!(app.parts().admin.board().all(), []);
    for (name, bytes) in [("cat.jpg", &b"\xff\xd8\xff"[..]), ("holiday.json", b"{}")] {
        assert_eq!(app.send(files(&[(name, bytes)])).await.status, StatusCode::SEE_OTHER);
        let id = app.parts().admin.board().all().first().map_or(0, |job| job.id);
        assert_eq!(ended(&app, id).await.state, JobState::Failed, "{name}");
    }
    assert_eq!(app.send(files(&[("gallery.db", b"SQLite format 3\0")])).await.status, StatusCode::SEE_OTHER);
    ended(&app, 3).await;
    let page = app.get("/admin").await.text();
    assert!(page.contains("file is not a database") && page.contains("They say nothing new."), "{page}");
    for (form, status) in [
        ("kind=import", StatusCode::BAD_REQUEST),
        ("kind=import&preview=1", StatusCode::CONFLICT),
        ("kind=accept-missing", StatusCode::BAD_REQUEST),
        ("kind=accept-missing&folder=/etc", StatusCode::NOT_FOUND),
        ("kind=rescan&folder=/etc", StatusCode::NOT_FOUND),
        ("kind=backup", StatusCode::BAD_REQUEST),
    ] {
        let answer = app.post("/admin/jobs", form).await;
        assert_eq!(answer.status, status, "{form}: {}", answer.text());
    }
    assert_eq!(app.state().pos(), 1);
    app.close();
}

#[tokio::test]
async fn a_browser_elsewhere_shows_the_token_once() {
    let app = TestApp::given([found(1, "Tide pool.mp4")]);
    let page = |cookie| request(Method::GET, "/admin", &[("accept", "text/html"), ("cookie", cookie)], "");
    let closed = from_afar(&app, page("")).await.text();
    assert!(closed.contains("Let me in") && !closed.contains("Verify now"), "{closed}");
    let headers = |cookie| [("origin", "http://localhost"), ("accept", "text/html"), ("cookie", cookie)];
    let posted = |address, form, cookie| request(Method::POST, address, &headers(cookie), form);
    for address in ["/admin/jobs", "/admin/jobs/1/cancel", "/admin/downloads", "/admin/import"] {
        let refused = from_afar(&app, posted(address, "kind=verify&file=gallery.jsonl", "")).await;
        assert_eq!(refused.status, StatusCode::UNAUTHORIZED, "{address}: {}", refused.text());
    }
    let wrong = from_afar(&app, posted("/admin/token", "token=another-token-that-is", "")).await;
    assert_eq!(wrong.status, StatusCode::FORBIDDEN, "{}", wrong.text());
    assert!(!format!("{:?}", wrong.headers).contains("lvs_admin"), "{:?}", wrong.headers);
    let form = format!("token={TOKEN}");
    let right = from_afar(&app, posted("/admin/token", &form, "")).await;
    assert_eq!((right.status, right.header("location")), (StatusCode::SEE_OTHER, "/admin"), "{}", right.text());
    let mut cookies = right.headers.get_all("set-cookie").iter().filter_map(|cookie| cookie.to_str().ok());
    let cookie = cookies.find(|cookie| cookie.starts_with("lvs_admin=")).expect("a cookie");
    assert!(!cookie.contains(TOKEN), "the token is not in it: {cookie}");
    let pair = cookie.split(';').next().expect("a pair");
    let open = from_afar(&app, page(pair)).await.text();
    assert!(open.contains("Verify now") && !open.contains("Let me in"), "{open}");
    let started = from_afar(&app, posted("/admin/jobs", "kind=verify", pair)).await;
    assert_eq!(started.status, StatusCode::SEE_OTHER, "{}", started.text());
    assert_eq!(ended(&app, 1).await.state, JobState::Done);
    app.close();
}

/// A wish of a program.
fn wish(address: &str, json: &str) -> Request<Body> {
    request(Method::POST, address, &[("content-type", "application/json")], json)
}

#[tokio::test]
async fn only_so_many_viewings_are_erased_at_once_and_nothing_else() {
    let rated = Event::Rating(Rating::Given { video: video(1), stars: Stars::new(4).expect("stars") });
    let app =
        TestApp::given([found(1, "Tide pool.mp4"), rated, Event::Thumbnail(Thumbnail::Automatic { video: video(1) })]);
    let many = json!({ "viewings": vec![2; 10_001] }).to_string();
    for (json, status) in [
        (many.as_str(), StatusCode::UNPROCESSABLE_ENTITY),
        (r#"{"device": 0}"#, StatusCode::UNPROCESSABLE_ENTITY),
        (r#"{"viewings": [2]}"#, StatusCode::CONFLICT),
        (r#"{"viewings": [4711]}"#, StatusCode::CONFLICT),
        (r#"{"viewings": [18446744073709551615]}"#, StatusCode::CONFLICT),
    ] {
        let refused = app.send(wish("/api/v1/admin/redact", json)).await;
        let short: String = json.chars().take(40).collect();
        assert_eq!(refused.status, status, "{short}: {}", refused.text());
    }
    assert_eq!(app.state().pos(), 3);
    app.close();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_erase_at_once_and_the_ninth_who_waits_is_told_to_come_later() {
    let watched = (0..4).map(|_| Event::View(events::event::View::Started { video: video(1) }));
    let more = (2..=3_000).map(|number| found(number, &format!("{number}.mp4")));
    let app = TestApp::given([found(1, "Tide pool.mp4")].into_iter().chain(watched).chain(more));
    // Whoever has something erased waits while somebody rebuilds.
    let (release, gate) = std::sync::mpsc::channel::<()>();
    let (begun, begins) = std::sync::mpsc::channel::<()>();
    let writer = app.parts().writer;
    let holding = std::thread::spawn(move || {
        let mut told = false;
        writer.rebuild(&mut |_, _| {
            if !std::mem::replace(&mut told, true) {
                begun.send(()).expect("somebody waits");
                let _ = gate.recv();
            }
            true
        })
    });
    begins.recv_timeout(PATIENCE).expect("it begins");
    let mut waiting = JoinSet::new();
    for number in 0..9 {
        let gallery = app.gallery().for_peer(IpAddr::from([127, 0, 0, 1]));
        let pos = 2 + number % 2;
        let wish = wish("/api/v1/admin/redact", &format!(r#"{{"viewings":[{pos}]}}"#));
        waiting.spawn(async move { answered_by(gallery, wish).await });
    }
    let first = waiting.join_next().await.expect("one is refused").expect("an answer");
    assert_eq!(first.status, StatusCode::SERVICE_UNAVAILABLE, "{}", first.text());
    drop(release);
    let mut erased = 0;
    while let Some(answer) = waiting.join_next().await {
        let answer = answer.expect("an answer");
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
        erased += answer.json()["events"].as_u64().expect("a number");
    }
    assert_eq!(erased, 2, "each once");
    assert!(holding.join().expect("it ends").is_ok());
    assert_eq!(app.state().views().get(video(1)).count, 2);
    until(|| app.parts().writer.forgotten().is_some()).await;
    app.close();
}

#[test]
fn what_is_missing_is_believed_when_a_person_says_so() {
    let folders = Folders::with(12);
    let server = Server::on(&folders, 12);
    let mut client = server.client();
    for number in 1..=11 {
        std::fs::remove_file(folders.videos.join(format!("film {number}.mp4"))).expect("it was there");
    }
    let name = folders.videos.to_str().expect("a plain name");
    let ended = |client: &mut crate::support::http::Client, address: &str, json: &str| -> Value {
        let job = client.post_json(address, json).expect("an answer");
        assert_eq!(job.status, 202, "{}", job.body);
        let mut job: Value = serde_json::from_str(&job.body).expect("a job");
        let started = Instant::now();
        while job["state"] == "running" {
            assert!(started.elapsed() < PATIENCE, "{job}");
            let now = client.get(&format!("/api/v1/admin/jobs/{}", job["id"])).expect("an answer");
            job = serde_json::from_str(&now.body).expect("a job");
        }
        job
    };
    let folder = json!({ "folder": name }).to_string();
    let seen = ended(&mut client, "/api/v1/admin/rescan", &folder);
    assert_eq!((&seen["state"], &seen["about"]), (&json!("failed"), &json!(name)), "{seen}");
    assert!(seen["summary"].as_str().expect("words").contains("is left as it was"), "{seen}");
    assert_eq!(client.get("/watch/1").expect("an answer").status, 200);
    let gone = ended(&mut client, "/api/v1/admin/accept-missing", &folder);
    assert_eq!(gone["state"], "done", "{gone}");
    assert!(gone["summary"].as_str().expect("words").contains("11 changes"), "{gone}");
    let again = client.post_json("/api/v1/admin/accept-missing", &folder).expect("an answer");
    assert_eq!(again.status, 409, "only once: {}", again.body);
    let all = ended(&mut client, "/api/v1/admin/rescan", "{}");
    assert_eq!((&all["state"], &all["about"]), (&json!("done"), &json!(null)), "{all}");
    assert!(server.terminate().success());
}
