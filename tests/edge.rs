//! What every request passes, around a router of a few addresses made for the purpose.

use axum::body::Body;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use axum::routing::{get, post};
use axum::{Json, Router};
use local_video_server::web::edge::Edge;
use local_video_server::web::error::{WebError, plain_page};
use local_video_server::web::extract::{Form, Path, Query};
use local_video_server::web::origin::HostNames;
use local_video_server::web::visit::Visit;
use std::sync::{Arc, Mutex};
use tower::ServiceExt;

#[derive(serde::Deserialize)]
struct Rating {
    stars: u8,
}

#[derive(serde::Deserialize)]
struct Paging {
    page: usize,
}

#[derive(Debug, thiserror::Error)]
#[error("the shelf is gone")]
struct ShelfGone(#[source] std::io::Error);

/// An edge around addresses that succeed and fail in every way.
#[expect(clippy::panic, reason = "one handler is there to fall over")]
fn edge() -> Edge<Router> {
    let broken = async || -> Result<(), WebError> {
        Err(WebError::internal(ShelfGone(std::io::Error::other("disk /dev/secret is on fire"))))
    };
    let router = Router::new()
        .route("/", get(async || "hello"))
        .route("/watch/{id}", get(async |Path(id): Path<u32>| id.to_string()))
        .route("/list", get(async |Query(list): Query<Paging>| list.page.to_string()))
        .route("/rate", post(async |Form(rating): Form<Rating>| rating.stars.to_string()))
        .route("/who", post(async |visit: Visit| visit.actor.0.to_string()))
        .route("/stall", get(std::future::pending::<()>).post(std::future::pending::<()>))
        .route("/old", get(async || (StatusCode::BAD_REQUEST, Json(serde_json::json!({"error": "as it ever was"})))))
        .route("/part", get(async || (StatusCode::RANGE_NOT_SATISFIABLE, [(header::CONTENT_RANGE, "bytes */7")])))
        .route("/busy", get(async || -> Result<(), WebError> { Err(WebError::unavailable("Come back.", 7)) }))
        .route("/broken", get(broken))
        .route("/api/broken", get(broken))
        .route("/panic", get(async || -> () { panic!("a handler fell over") }))
        .layer(DefaultBodyLimit::max(64 * 1024));
    Edge::new(router, HostNames::new("attic.home.arpa", &["Films.example".to_owned()]), Box::new(plain_page), None)
}

/// An answer, read to its end.
struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    text: String,
}

impl Answer {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("headers of ours are text"))
    }
}

async fn send(request: Request<Body>) -> Answer {
    let (parts, body) = edge().oneshot(request).await.expect("the edge never fails").into_parts();
    let bytes = axum::body::to_bytes(body, usize::MAX).await.expect("the body is in memory");
    let text = String::from_utf8(bytes.to_vec()).expect("these answers are text");
    Answer { status: parts.status, headers: parts.headers, text }
}

/// A request to `address` with `headers`, to a host that is allowed unless they say otherwise.
fn request(method: Method, address: &str, headers: &[(&str, &str)], body: impl Into<Body>) -> Request<Body> {
    let mut request = Request::builder().method(method).uri(address);
    if !headers.iter().any(|(name, _)| *name == "host") {
        request = request.header("host", "localhost:5000");
    }
    let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    request.body(body.into()).expect("a test builds valid requests")
}

async fn get_with(address: &str, headers: &[(&str, &str)]) -> Answer {
    send(request(Method::GET, address, headers, "")).await
}

async fn rate(headers: &[(&str, &str)]) -> StatusCode {
    let form = [("content-type", "application/x-www-form-urlencoded")];
    send(request(Method::POST, "/rate", &[headers, &form].concat(), "stars=4")).await.status
}

#[tokio::test]
async fn answers_to_its_own_names_only() {
    for host in [
        "localhost",
        "localhost:5000",
        "LocalHost.:80",
        "gallery.localhost",
        "127.0.0.1:5000",
        "[::1]:5000",
        "192.168.1.7",
        "[fe80::1]",
        "attic",
        "attic.local:5000",
        "ATTIC.home.arpa",
        "films.example:81",
    ] {
        assert_eq!(get_with("/", &[("host", host)]).await.status, StatusCode::OK, "{host}");
    }
    for host in [
        "evil.example",
        "localhost.evil.example",
        "notlocalhost",
        "127.0.0.1.evil.example",
        "attic.evil",
        ":5000",
        "[::1",
        "é",
    ] {
        let answer = get_with("/", &[("host", host)]).await;
        assert_ne!(answer.status, StatusCode::OK, "{host}");
        assert!(!answer.text.contains("hello"));
    }
    let answer = get_with("/", &[("host", "evil.example")]).await;
    assert_eq!(answer.status, StatusCode::MISDIRECTED_REQUEST);
    assert!(answer.text.contains("evil.example"), "{}", answer.text);
}

#[tokio::test]
async fn a_request_without_host_is_for_old_programs_only() {
    let without = |version| Request::builder().uri("/").version(version).body(Body::empty()).expect("a valid request");
    assert_eq!(send(without(axum::http::Version::HTTP_11)).await.status, StatusCode::BAD_REQUEST);
    assert_eq!(send(without(axum::http::Version::HTTP_10)).await.status, StatusCode::OK);
    let absolute =
        |uri| Request::builder().uri(uri).header("host", "localhost").body(Body::empty()).expect("a valid request");
    assert_eq!(send(absolute("http://evil.example/")).await.status, StatusCode::MISDIRECTED_REQUEST);
}

#[tokio::test]
async fn writes_come_from_own_pages_or_programs() {
    assert_eq!(rate(&[]).await, StatusCode::OK, "a program");
    assert_eq!(rate(&[("sec-fetch-site", "same-origin"), ("origin", "http://localhost:5000")]).await, StatusCode::OK);
    assert_eq!(rate(&[("origin", "http://LOCALHOST:5000")]).await, StatusCode::OK);
    for headers in [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("origin", "http://evil.example"),
        ("origin", "http://localhost:8080"),
        ("origin", "http://localhost"),
        ("origin", "null"),
    ] {
        assert_eq!(rate(&[headers]).await, StatusCode::FORBIDDEN, "{headers:?}");
    }
    let read = get_with("/", &[("sec-fetch-site", "cross-site")]).await;
    assert_eq!(read.status, StatusCode::OK, "a link on another site may lead here");
}

#[tokio::test]
async fn every_answer_has_the_security_headers_and_an_id_of_its_own() {
    let answers =
        [get_with("/", &[]).await, get_with("/nowhere", &[]).await, get_with("/", &[("host", "evil.example")]).await];
    for answer in &answers {
        let policy = answer.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("referrer-policy"), "same-origin");
        assert_eq!(answer.header("cross-origin-resource-policy"), "same-origin");
        assert_eq!(answer.header("x-request-id").len(), 16);
    }
    let edge = edge();
    let mut ids = std::collections::HashSet::new();
    for _ in 0..100 {
        let answer = edge.clone().oneshot(request(Method::GET, "/", &[], "")).await.expect("the edge never fails");
        ids.insert(answer.headers()["x-request-id"].clone());
    }
    assert_eq!(ids.len(), 100);
}

#[tokio::test]
async fn failures_are_pages_for_people_and_problems_for_programs() {
    let page = get_with("/nowhere", &[("accept", "text/html,application/xhtml+xml")]).await;
    assert_eq!((page.status, page.header("content-type")), (StatusCode::NOT_FOUND, "text/html; charset=utf-8"));
    assert!(page.text.contains(page.header("x-request-id")));
    for (address, accept) in [("/nowhere", "*/*"), ("/nowhere", "application/json"), ("/api/nowhere", "text/html")] {
        let answer = get_with(address, &[("accept", accept)]).await;
        assert_eq!(answer.header("content-type"), "application/problem+json", "{address} {accept}");
        let problem: serde_json::Value = serde_json::from_str(&answer.text).expect("a problem is JSON");
        assert_eq!(problem["status"], 404);
        assert_eq!(problem["request_id"], answer.header("x-request-id"));
    }
}

#[tokio::test]
async fn each_kind_of_bad_input_has_a_clear_answer() {
    let form = ("content-type", "application/x-www-form-urlencoded");
    let many = "a=1&".repeat(10_000);
    let post = |headers: &[(&str, &str)], body: &str| send(request(Method::POST, "/rate", headers, body.to_owned()));
    let put = request(Method::PUT, "/rate", &[], "");
    for (answer, status, says) in [
        (get_with("/watch/abc", &[]).await, 400, "abc"),
        (get_with("/watch/%ff", &[]).await, 400, "UTF-8"),
        (get_with("/list?page=-1", &[]).await, 400, "page"),
        (get_with("/list", &[]).await, 400, "page"),
        (get_with(&format!("/list?{many}page=1"), &[]).await, 414, "longer"),
        (get_with(&format!("/{}", "x".repeat(60_000)), &[]).await, 414, "longer"),
        (post(&[form], "stars=nine").await, 422, "stars"),
        (post(&[form], "stars=999").await, 422, "stars"),
        (post(&[form], &format!("tag={}", "x".repeat(1_000_000))).await, 413, "length limit"),
        (post(&[("content-type", "text/csv")], "stars=4").await, 415, "x-www-form-urlencoded"),
        (send(put).await, 405, "kind of request"),
        (get_with("/broken", &[]).await, 500, "failed"),
        (get_with("/busy", &[]).await, 503, "Come back."),
    ] {
        assert_eq!(answer.status.as_u16(), status, "{}", answer.text);
        assert!(answer.text.contains(says), "{status} without “{says}”: {}", answer.text);
    }
}

#[tokio::test]
async fn headers_and_bodies_that_a_handler_gave_on_purpose_stay() {
    let answer = send(request(Method::DELETE, "/rate", &[], "")).await;
    assert_eq!(answer.header("allow"), "POST");
    assert_eq!(get_with("/part", &[]).await.header("content-range"), "bytes */7");
    assert_eq!(get_with("/busy", &[]).await.header("retry-after"), "7");
    assert_eq!(get_with("/old", &[]).await.text, r#"{"error":"as it ever was"}"#);
}

#[tokio::test]
async fn text_from_the_request_is_escaped_on_the_page() {
    let answer = get_with("/list?page=%3Cscript%3E", &[("accept", "text/html"), ("host", "<script>.example")]).await;
    assert!(!answer.text.contains("<script>"), "{}", answer.text);
}

/// Collects log lines.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("no test panics with the lines").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Lines {
    /// What is logged by this thread while the guard lives.
    fn collect(&self) -> tracing::subscriber::DefaultGuard {
        let lines = self.clone();
        let subscriber = tracing_subscriber::fmt().with_ansi(false).with_writer(move || lines.clone()).finish();
        tracing::subscriber::set_default(subscriber)
    }

    fn text(&self) -> String {
        String::from_utf8(self.0.lock().expect("no test panics with the lines").clone()).expect("log lines are text")
    }
}

#[tokio::test]
async fn a_failure_is_logged_once_with_all_causes_and_not_shown() {
    let lines = Lines::default();
    let guard = lines.collect();
    let answers = [get_with("/broken", &[("accept", "text/html")]).await, get_with("/api/broken", &[]).await];
    drop(guard);
    let log = lines.text();
    assert_eq!(log.matches("the shelf is gone: disk /dev/secret is on fire").count(), 2, "{log}");
    assert_eq!(log.lines().count(), 2, "{log}");
    for answer in answers {
        assert!(!answer.text.contains("secret") && !answer.text.contains("shelf"), "{}", answer.text);
        assert!(log.contains(answer.header("x-request-id")), "{log}");
    }
}

#[tokio::test]
async fn a_panic_is_an_error_page_and_the_next_request_is_served() {
    let edge = edge();
    let fallen = edge.clone().oneshot(request(Method::GET, "/panic", &[], "")).await.expect("the edge never fails");
    assert_eq!(fallen.status(), StatusCode::INTERNAL_SERVER_ERROR);
    let next = edge.oneshot(request(Method::GET, "/", &[], "")).await.expect("the edge never fails");
    assert_eq!(next.status(), StatusCode::OK);
}

#[tokio::test(start_paused = true)]
async fn a_write_that_stalls_gives_up_its_place() {
    let edge = edge();
    let mut stalled = tokio::task::JoinSet::new();
    for _ in 0..600 {
        stalled.spawn(edge.clone().oneshot(request(Method::POST, "/stall", &[], "")));
    }
    let started = tokio::time::Instant::now();
    let (mut refused, mut given_up) = (0, 0);
    while let Some(answer) = stalled.join_next().await {
        let answer = answer.expect("no task panics").expect("the edge never fails");
        assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(answer.headers()["retry-after"], "1");
        if started.elapsed().is_zero() { refused += 1 } else { given_up += 1 }
    }
    assert!(started.elapsed() <= std::time::Duration::from_secs(31), "{:?}", started.elapsed());
    assert_eq!((refused, given_up), (600 - 512, 512), "some are refused at once, the others after a time");
    let next = edge.oneshot(request(Method::POST, "/who", &[], "")).await.expect("the edge never fails");
    assert_eq!(next.status(), StatusCode::OK);
}

#[tokio::test(start_paused = true)]
async fn a_read_may_take_its_time() {
    let read = edge().oneshot(request(Method::GET, "/stall", &[], ""));
    let hour = std::time::Duration::from_hours(1);
    assert!(tokio::time::timeout(hour, read).await.is_err(), "nobody cuts a long transfer");
}

#[tokio::test]
async fn a_device_keeps_its_number() {
    let browser = ("origin", "http://localhost:5000");
    let first = send(request(Method::POST, "/who", &[browser], "")).await;
    let cookie = first.header("set-cookie");
    assert!(cookie.starts_with(&format!("lvs_device={};", first.text)), "{cookie}");
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");

    let kept = format!("theme=dark; lvs_device={}; x=y", first.text);
    let second = send(request(Method::POST, "/who", &[browser, ("cookie", &kept)], "")).await;
    assert_eq!(second.text, first.text);

    let forged = send(request(Method::POST, "/who", &[browser, ("cookie", "lvs_device=0")], "")).await;
    assert!(forged.text != "0" && forged.text != "1", "0 is the program itself, 1 all programs without cookies");

    let program = send(request(Method::POST, "/who", &[], "")).await;
    assert_eq!((program.text.as_str(), program.header("set-cookie")), ("1", ""));
    assert_eq!(get_with("/", &[browser]).await.header("set-cookie"), "", "a page is the same for everyone");
}
