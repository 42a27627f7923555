//! Changing things, as forms and scripts do it.

use crate::support::{TestApp, found, request, video};
use axum::http::{Method, StatusCode};

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
    assert_eq!(gallery.post("/undo", &format!("batch={}", batch + 1)).await.status, StatusCode::SEE_OTHER);
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
