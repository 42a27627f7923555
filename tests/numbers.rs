//! What the server counts of itself, and that it is still there after an end, whatever end that was.

use crate::support::child::{Folders, Server};
use crate::support::{TestApp, found, request};
use axum::Router;
use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use axum::routing::get;
use local_video_server::clock;
use local_video_server::metrics::{Metrics, Window};
use local_video_server::web::edge::Edge;
use local_video_server::web::error::plain_page;
use local_video_server::web::origin::HostNames;
use local_video_server::web::route::NoteRoute;
use std::path::Path;
use tower::ServiceExt;

/// Asks a router of a few addresses, with what it counts.
#[expect(clippy::panic, reason = "one handler is there to fall over")]
async fn counted(requests: impl IntoIterator<Item = (Method, &'static str)>) -> Metrics {
    let metrics = Metrics::new(clock::now_ms);
    let router = Router::new()
        .route("/watch/{id}", get(async || tokio::task::yield_now().await))
        .route("/panic", get(async || -> () { panic!("a handler fell over") }))
        .route("/broken", get(async || StatusCode::BAD_GATEWAY))
        .layer(NoteRoute(metrics.clone()));
    let edge = Edge::new(router, HostNames::default(), Box::new(plain_page), Some(metrics.clone()));
    for (method, uri) in requests {
        let request = Request::builder().method(method).uri(uri).header("host", "localhost").body(Body::empty());
        edge.clone().oneshot(request.expect("a request")).await.expect("the edge never fails");
    }
    metrics
}

/// Method, route, requests, client errors and errors of all that was counted, by route.
fn counts(metrics: &Metrics) -> Vec<(&'static str, String, u64, u64, u64)> {
    let report = metrics.report(Window::FiveMinutes);
    let mut counts: Vec<_> = report
        .routes
        .iter()
        .map(|route| {
            let figures = &route.figures;
            (route.method, route.route.to_string(), figures.requests, figures.client_errors, figures.errors)
        })
        .collect();
    counts.sort();
    counts
}

#[tokio::test]
async fn an_answer_is_counted_by_its_route_and_a_panic_as_an_error() {
    let asked = [
        (Method::GET, "/watch/1"),
        (Method::HEAD, "/watch/2?at=2026"),
        (Method::GET, "/nowhere"),
        (Method::GET, "/panic"),
        (Method::GET, "/broken"),
        (Method::GET, "/watch/3"),
        (Method::TRACE, "/watch/4"),
        // Refused before the router sees it: it has no origin.
        (Method::POST, "/watch/5"),
    ];
    let metrics = counted(asked).await;
    let expected = [
        ("GET", "/broken", 1, 0, 1),
        ("GET", "/panic", 1, 0, 1),
        ("GET", "/watch/{id}", 3, 0, 0),
        ("GET", "none", 1, 1, 0),
        ("POST", "none", 1, 1, 0),
        ("other", "none", 1, 1, 0),
    ]
    .map(|(method, route, requests, client_errors, errors)| {
        (method, route.to_owned(), requests, client_errors, errors)
    });
    assert_eq!(counts(&metrics), expected);
    assert_eq!(metrics.totals().panics, 1);
}

#[tokio::test]
async fn requests_that_take_turns_are_told_apart() {
    let metrics = Metrics::new(clock::now_ms);
    let router = Router::new()
        .route(
            "/slow",
            get(async || {
                for _ in 0..3 {
                    tokio::task::yield_now().await
                }
            }),
        )
        .route("/quick", get(async || tokio::task::yield_now().await))
        .layer(NoteRoute(metrics.clone()));
    let edge = Edge::new(router, HostNames::default(), Box::new(plain_page), Some(metrics.clone()));
    let ask = |uri: &'static str| {
        let request = Request::builder().uri(uri).header("host", "localhost").body(Body::empty());
        edge.clone().oneshot(request.expect("a request"))
    };
    let _ = tokio::join!(ask("/slow"), ask("/quick"), ask("/slow"), ask("/none"), ask("/quick"));
    let counted: Vec<_> = counts(&metrics).into_iter().map(|(_, route, requests, ..)| (route, requests)).collect();
    let expected = [("/quick", 2), ("/slow", 2), ("none", 1)].map(|(route, requests)| (route.to_owned(), requests));
    assert_eq!(counted, expected);
}

#[tokio::test]
async fn who_leaves_before_the_answer_is_counted() {
    let metrics = Metrics::new(clock::now_ms);
    let router = Router::new().route("/stall", get(std::future::pending::<()>)).layer(NoteRoute(metrics.clone()));
    let edge = Edge::new(router, HostNames::default(), Box::new(plain_page), Some(metrics.clone()));
    let request = Request::builder().uri("/stall").header("host", "localhost").body(Body::empty());
    let mut answer = Box::pin(edge.oneshot(request.expect("a request")));
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    assert!(answer.as_mut().poll(&mut context).is_pending());
    // The totals, because a report is held for half a second.
    assert_eq!(metrics.totals().routes.iter().map(|route| route.times.count).sum::<u64>(), 0);
    drop(answer);
    assert_eq!(counts(&metrics), [("GET", "/stall".to_owned(), 1, 1, 0)]);
}

#[tokio::test]
async fn ten_thousand_addresses_make_no_new_names() {
    let gallery = TestApp::given([found(1, "one.mp4")]);
    let gallery_edge = gallery.gallery();
    for number in 0..10_000 {
        let uri = match number % 4 {
            0 => format!("/watch/{number}"),
            1 => format!("/tag/{number}"),
            2 => format!("/nowhere/{number}"),
            _ => format!("/media/{number}/x{number}.mp4?{number}"),
        };
        let request = request(Method::GET, &uri, &[], "");
        let _ = gallery_edge.clone().oneshot(request).await.expect("the edge never fails");
    }
    let report = gallery.parts().metrics.report(Window::FiveMinutes);
    let routes: Vec<_> = report.routes.iter().map(|route| (&*route.route, route.figures.requests)).collect();
    assert_eq!(routes.len(), 4, "{routes:?}");
    assert!(routes.iter().all(|(_, requests)| *requests == 2_500), "{routes:?}");
    drop(gallery_edge);
    gallery.close();
}

#[tokio::test]
async fn changes_are_timed_by_the_writer() {
    let gallery = TestApp::given([found(1, "one.mp4")]);
    for stars in [1, 2, 3] {
        let answer = gallery.post("/videos/1/rating", &format!("stars={stars}")).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER);
    }
    let figures = gallery.parts().metrics.writer_figures();
    assert_eq!((figures.batch.requests, figures.commit.requests, figures.apply.requests), (3, 3, 3), "{figures:?}");
    assert_eq!((figures.queued, figures.failures, figures.batch.max_us), (0, 0, 1));
    assert!(figures.commit.p50_us > 0, "an fsync takes more than a microsecond");
    gallery.close();
}

/// How often `/watch/{id}` was asked for, as it is kept in this data folder.
fn kept(data: &Path) -> u64 {
    let report = Metrics::open(data, clock::now_ms).report(Window::Month);
    let watch = report.routes.iter().filter(|route| &*route.route == "/watch/{id}");
    watch.map(|route| route.figures.requests).sum()
}

#[test]
fn what_was_counted_survives_every_end() {
    let folders = Folders::with(1);
    let server = Server::on(&folders, 1);
    let mut client = server.client();
    for _ in 0..50 {
        assert_eq!(client.get("/watch/1").expect("an answer").status, 200);
    }
    assert!(server.terminate().success());
    let at_first = kept(&folders.data);
    assert!(at_first >= 50, "the minute that ran is kept at an orderly end: {at_first}");
    for _ in 0..3 {
        let server = Server::on(&folders, 1);
        server.client().get("/watch/1").expect("an answer");
        server.kill();
        assert!(kept(&folders.data) >= at_first, "at most the minute that ran is lost");
    }
    let server = Server::on(&folders, 1);
    server.client().get("/watch/1").expect("an answer");
    assert!(server.terminate().success());
    assert!(kept(&folders.data) > at_first, "and it goes on");
}

#[test]
fn damaged_numbers_keep_nobody_from_starting() {
    let folders = Folders::with(1);
    std::fs::write(folders.data.join("numbers.sqlite"), "this was a database once").expect("a file");
    let server = Server::on(&folders, 1);
    assert_eq!(server.client().get("/watch/1").expect("an answer").status, 200);
    assert!(server.terminate().success());
    let aside = std::fs::read_to_string(folders.data.join("numbers.sqlite.bad")).expect("it was put aside");
    assert!(aside.starts_with("this was"));
    assert!(kept(&folders.data) > 0);
}
