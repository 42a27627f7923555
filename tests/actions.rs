//! Changing things, as forms and scripts do it.

use crate::support::{Answer, TestApp, found, request, video};
use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use projections::Progress;

fn gallery() -> TestApp {
    TestApp::given([found(1, "one.mp4"), found(2, "two.mp4")])
}

#[tokio::test]
async fn a_form_leads_back_to_the_page_it_came_from() {
    let gallery = gallery();
    let from = |page| [("origin", "http://localhost"), ("referer", page)];
    let rate = |headers: &[(&str, &str)]| request(Method::POST, "/videos/1/rating", headers, "stars=4");
    let answer = gallery.send(rate(&from("http://localhost/tag/sea?page=2"))).await;
    assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, "/tag/sea?page=2#v1"));
    let answer = gallery.send(rate(&from("http://localhost//elsewhere.example/"))).await;
    assert_eq!(answer.header("location"), "/watch/1#v1", "never to another host");
    assert_eq!(gallery.state().ratings().get(video(1)).map(|rated| rated.stars.get()), Some(4));
    gallery.close();
}

#[tokio::test]
async fn a_script_is_told_what_is_known_now() {
    let gallery = gallery();
    let script = |path: &str, form: &str| request(Method::POST, path, &[("accept", "application/json")], form);
    gallery.send(script("/videos/2/favorite", "favorite=true")).await;
    gallery.send(script("/videos/2/tags", "add=%23Sea")).await;
    let answer = gallery.send(script("/videos/2/rating", "stars=5")).await;
    assert_eq!(answer.status, StatusCode::OK);
    let known = serde_json::json!({"video": 2, "stars": 5, "favorite": true, "views": 0, "tags": ["Sea"], "batch": 5});
    assert_eq!(answer.json(), known);
    gallery.close();
}

#[tokio::test]
async fn everything_can_be_taken_back() {
    let gallery = gallery();
    for (path, on, off) in [
        ("/videos/1/rating", "stars=3", "stars=0"),
        ("/videos/1/rating", "stars=3", "stars="),
        ("/videos/1/favorite", "favorite=true", "favorite=false"),
        ("/videos/1/tags", "add=sea", "remove=SEA"),
    ] {
        let before = gallery.state();
        assert_eq!(gallery.post(path, on).await.status, StatusCode::SEE_OTHER, "{path} {on}");
        assert_eq!(gallery.state().pos(), before.pos() + 1);
        assert_eq!(gallery.post(path, off).await.status, StatusCode::SEE_OTHER, "{path} {off}");
        assert_eq!(gallery.post(path, off).await.status, StatusCode::SEE_OTHER, "{path} {off} again");
        assert_eq!(gallery.state().pos(), before.pos() + 2, "what is so already is not written again");
    }
    gallery.close();
}

#[tokio::test]
async fn a_change_is_undone_by_the_batch_it_was_answered_with() {
    let gallery = gallery();
    let script = |path: &str, form: &str| request(Method::POST, path, &[("accept", "application/json")], form);
    gallery.post("/videos/1/rating", "stars=2").await;
    let batch = gallery.send(script("/videos/1/rating", "stars=5")).await.json()["batch"].as_u64().expect("a number");
    let stars = || gallery.state().ratings().get(video(1)).map(|rated| rated.stars.get());
    let answer = gallery.send(script("/undo", &format!("batch={batch}"))).await;
    assert_eq!(answer.json(), serde_json::json!({"batch": batch + 1, "events": 1, "skipped": 0, "undone": batch}));
    assert_eq!(stars(), Some(2));
    let again = gallery.send(script("/undo", &format!("batch={batch}"))).await;
    assert_eq!(again.status, StatusCode::CONFLICT, "{}", again.text());
    let form = gallery.post("/undo", &format!("batch={}", batch + 1)).await;
    let done = format!("/undo/{}?stayed=0", batch + 2);
    assert_eq!((form.status, form.header("location")), (StatusCode::SEE_OTHER, done.as_str()));
    assert_eq!(stars(), Some(5), "an undo can be undone");
    for (form, status) in [
        ("batch=999", StatusCode::NOT_FOUND),
        ("batch=0", StatusCode::NOT_FOUND),
        ("batch=1", StatusCode::CONFLICT),
        ("batch=x", StatusCode::UNPROCESSABLE_ENTITY),
    ] {
        assert_eq!(gallery.post("/undo", form).await.status, status, "{form}");
    }
    gallery.close();
}

async fn edit(gallery: &TestApp, body: &str) -> Answer {
    let request = Request::builder().method(Method::POST).uri("/edits").header("host", "localhost");
    let request = request.header("content-type", "application/json").body(Body::from(body.to_owned()));
    gallery.send(request.expect("a valid request")).await
}

#[tokio::test]
async fn many_videos_are_changed_and_undone_as_one() {
    let gallery = gallery();
    let answer = edit(&gallery, r#"{"videos":[1,2,9,1],"stars":4}"#).await;
    assert_eq!(answer.json(), serde_json::json!({"batch": 3, "events": 2, "videos": 2, "skipped": 1}));
    assert_eq!(edit(&gallery, r#"{"videos":[1],"stars":null}"#).await.json()["events"], 1);
    assert_eq!(edit(&gallery, r#"{"videos":[1,2],"favorite":true}"#).await.json()["events"], 2);
    assert_eq!(edit(&gallery, r#"{"videos":[1,2],"add":["sea","sun"]}"#).await.json()["batch"], 8);
    let answer = edit(&gallery, r##"{"videos":[1,2],"add":["#Sea"],"remove":["SUN"]}"##).await;
    assert_eq!(answer.json(), serde_json::json!({"batch": 12, "events": 2, "videos": 2, "skipped": 0}));
    gallery.post("/playlists", "name=Later").await;
    assert_eq!(edit(&gallery, r#"{"videos":[2,1,2],"playlist":1}"#).await.json()["videos"], 3);
    assert_eq!(gallery.post("/undo", "batch=8").await.status, StatusCode::SEE_OTHER);
    let state = gallery.state();
    assert!(state.tags().of(video(1)).is_empty(), "sun is gone since, so only sea was left to take back");
    assert_eq!(state.ratings().get(video(2)).map(|rated| rated.stars.get()), Some(4));
    gallery.close();
}

#[tokio::test]
async fn an_edit_that_makes_no_sense_changes_nothing() {
    let gallery = gallery();
    let many = format!(r#"{{"videos":{:?},"favorite":true}}"#, (1..=10_001).collect::<Vec<_>>());
    let too_much = format!(r#"{{"videos":{:?},"add":{:?}}}"#, (1..=5000).collect::<Vec<_>>(), ["a"; 21]);
    for (body, status) in [
        (r#"{"videos":[],"stars":4}"#, StatusCode::BAD_REQUEST),
        (r#"{"videos":[1]}"#, StatusCode::BAD_REQUEST),
        (r#"{"videos":[1],"stars":6}"#, StatusCode::BAD_REQUEST),
        (r#"{"videos":[0],"stars":5}"#, StatusCode::BAD_REQUEST),
        (r#"{"videos":[1],"stars":5,"favorite":true}"#, StatusCode::BAD_REQUEST),
        (r##"{"videos":[1],"add":["#"]}"##, StatusCode::BAD_REQUEST),
        (r#"{"videos":[1],"add":[]}"#, StatusCode::BAD_REQUEST),
        (&many, StatusCode::BAD_REQUEST),
        (&too_much, StatusCode::BAD_REQUEST),
        (r#"{"videos":[1],"name":"x"}"#, StatusCode::UNPROCESSABLE_ENTITY),
        (r#"{"videos":[8,9],"stars":4}"#, StatusCode::NOT_FOUND),
        (r#"{"videos":[1],"playlist":7}"#, StatusCode::NOT_FOUND),
    ] {
        let answer = edit(&gallery, body).await;
        assert_eq!(answer.status, status, "{:.60}: {}", body, answer.text());
    }
    assert_eq!(gallery.state().pos(), 2);
    gallery.close();
}

#[tokio::test]
async fn where_somebody_stopped_is_remembered() {
    let gallery = gallery();
    assert_eq!(gallery.post("/videos/1/playback", "position_ms=61500").await.status, StatusCode::ACCEPTED);
    assert_eq!(gallery.post("/videos/2/playback", "finished=true").await.status, StatusCode::ACCEPTED);
    for (path, form, status) in [
        ("/videos/1/playback", "", StatusCode::BAD_REQUEST),
        ("/videos/1/playback", "position_ms=1&finished=true", StatusCode::BAD_REQUEST),
        ("/videos/1/playback", "position_ms=-1", StatusCode::UNPROCESSABLE_ENTITY),
        ("/videos/9/playback", "position_ms=1", StatusCode::NOT_FOUND),
    ] {
        assert_eq!(gallery.post(path, form).await.status, status, "{path} {form}");
    }
    // Written in order, so after this one the others are written too.
    gallery.post("/videos/2/rating", "stars=1").await;
    let state = gallery.state();
    let got = |number| state.playback().get(video(number));
    assert!(matches!(got(1), Some(Progress::Paused { position_ms: 61_500, .. })));
    assert!(matches!(got(2), Some(Progress::Finished { .. })));
    gallery.close();
}

#[tokio::test]
async fn bad_input_is_answered_with_what_is_wrong() {
    let gallery = gallery();
    let long = format!("add={}", "x".repeat(101));
    for (path, form, status) in [
        ("/videos/1/rating", "stars=9", StatusCode::BAD_REQUEST),
        ("/videos/1/rating", "stars=-1", StatusCode::BAD_REQUEST),
        ("/videos/1/rating", "stars=4.5", StatusCode::BAD_REQUEST),
        ("/videos/1/favorite", "favorite=maybe", StatusCode::UNPROCESSABLE_ENTITY),
        ("/videos/1/favorite", "", StatusCode::UNPROCESSABLE_ENTITY),
        ("/videos/1/tags", "add=%23", StatusCode::BAD_REQUEST),
        ("/videos/1/tags", "add=a%0Ab", StatusCode::BAD_REQUEST),
        ("/videos/1/tags", &long, StatusCode::BAD_REQUEST),
        ("/videos/1/tags", "add=a&remove=b", StatusCode::BAD_REQUEST),
        ("/videos/99/rating", "stars=4", StatusCode::NOT_FOUND),
        ("/videos/0/rating", "stars=4", StatusCode::NOT_FOUND),
        ("/videos/one.mp4/rating", "stars=4", StatusCode::NOT_FOUND),
        ("/videos/4294967296/view", "", StatusCode::NOT_FOUND),
        ("/videos/99/view", "", StatusCode::NOT_FOUND),
    ] {
        let answer = gallery.post(path, form).await;
        assert_eq!(answer.status, status, "{path} {form}: {}", answer.text());
    }
    let mebibyte = format!("add={}", "x".repeat(1 << 20));
    assert_eq!(gallery.post("/videos/1/tags", &mebibyte).await.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(gallery.state().pos(), 2, "nothing of it was written");
    gallery.close();
}

#[tokio::test]
async fn a_key_makes_a_request_count_once_even_over_a_restart() {
    let gallery = gallery();
    let rate = |stars: &str| request(Method::POST, "/videos/1/rating", &[("idempotency-key", "k1")], stars);
    assert_eq!(gallery.send(rate("stars=2")).await.status, StatusCode::SEE_OTHER);
    gallery.post("/videos/1/rating", "stars=5").await;
    let gallery = gallery.restart();
    assert_eq!(gallery.send(rate("stars=2")).await.status, StatusCode::SEE_OTHER);
    assert_eq!(gallery.state().ratings().get(video(1)).map(|rated| rated.stars.get()), Some(5));
    assert_eq!(
        gallery.send(rate("stars=3")).await.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "a key is for one request"
    );
    let empty = request(Method::POST, "/videos/1/rating", &[("idempotency-key", "")], "stars=1");
    assert_eq!(gallery.send(empty).await.status, StatusCode::BAD_REQUEST);
    gallery.close();
}

#[tokio::test]
async fn a_view_is_taken_in_at_once_and_counted_once() {
    let gallery = gallery();
    let cookie = "lvs_device=77";
    let view = || request(Method::POST, "/videos/1/view", &[("cookie", cookie)], "");
    assert_eq!(gallery.send(view()).await.status, StatusCode::ACCEPTED);
    assert_eq!(gallery.send(view()).await.status, StatusCode::ACCEPTED, "a reload is no mistake");
    // Written in order, so after this one the views are written too.
    gallery.post("/videos/2/rating", "stars=1").await;
    assert_eq!(gallery.state().views().get(video(1)).count, 1);
    gallery.close();
}
