//! What measuring costs: `cargo bench --bench metrics`. The same requests through the same edge and router, with and without
//! being counted, turn by turn; then how long it takes to tell of a month of a busy server, and the memory of all that.
#![expect(clippy::print_stdout, clippy::expect_used, reason = "a measurement prints, and fails by panicking")]

use axum::Router;
use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use axum::routing::get;
use local_video_server::metrics::{Levels, Metrics, Window, process};
use local_video_server::web::edge::Edge;
use local_video_server::web::error::plain_page;
use local_video_server::web::origin::HostNames;
use local_video_server::web::route::NoteRoute;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};
use tower::ServiceExt;

static NOW: AtomicI64 = AtomicI64::new(1_700_000_000_000);

const MINUTE_MS: i64 = 60_000;
const ROUNDS: usize = 60;
const REQUESTS: u32 = 20_000;
const ROUTES: usize = 140;

fn clock() -> i64 {
    NOW.load(Ordering::Relaxed)
}

fn router() -> Router {
    Router::new().route("/watch/{id}", get(async || "a page"))
}

fn edge(router: Router, metrics: Option<Metrics>) -> Edge<Router> {
    Edge::new(router, HostNames::default(), Box::new(plain_page), metrics)
}

/// How long a request takes, in ns.
async fn measure(edge: &Edge<Router>) -> f64 {
    let started = Instant::now();
    for _ in 0..REQUESTS {
        let request = Request::builder().uri("/watch/42").header("host", "localhost").body(Body::empty());
        let answer = edge.clone().oneshot(request.expect("a request")).await.expect("the edge never fails");
        assert_eq!(answer.status(), StatusCode::OK);
    }
    started.elapsed().as_secs_f64() * 1e9 / f64::from(REQUESTS)
}

fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    numbers.get(numbers.len() / 2).copied().unwrap_or_default()
}

fn main() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let metrics = Metrics::new(clock);
    let plain = edge(router(), None);
    let counted = edge(router().layer(NoteRoute(metrics.clone())), Some(metrics.clone()));
    let (mut without, mut with, mut more) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let one = runtime.block_on(measure(&plain));
        let other = runtime.block_on(measure(&counted));
        without.push(one);
        with.push(other);
        more.push(other - one);
    }
    println!(
        "a request: {:.0} ns uncounted, {:.0} ns counted, {:.0} ns more (medians of {ROUNDS} turns)",
        median(without),
        median(with),
        median(more)
    );
    for threads in [1, 2, 4] {
        let started = Instant::now();
        std::thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(|| {
                    for number in 0..1_000_000_u64 {
                        let route = metrics.route("/watch/{id}");
                        metrics.answered(route, &Method::GET, 200, Duration::from_nanos(number));
                    }
                });
            }
        });
        let ns = started.elapsed().as_secs_f64() * 1e9 / 1e6;
        println!("counting alone, {threads} threads at one route: {ns:.0} ns each");
    }
    month();
}

/// A month in which every route is busy in every hour.
fn month() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let before = process::now().rss_bytes;
    let metrics = Metrics::open(folder.path(), clock);
    let started = Instant::now();
    let minutes = 32 * 24 * 4;
    for quarter in 0..minutes {
        for route in 0..ROUTES {
            let route = metrics.route(&format!("/some/route/{{id}}/{route}"));
            for step in 0..40_u32 {
                let taken = Duration::from_nanos(1_000 * u64::from((quarter + step) % 97).pow(3));
                metrics.answered(route, &Method::GET, 200, taken);
            }
        }
        NOW.fetch_add(15 * MINUTE_MS, Ordering::Relaxed);
        metrics.tick(Levels::default());
    }
    println!("written: {:.1?} each of {minutes} minutes of {ROUTES} routes", started.elapsed() / minutes);
    for window in Window::ALL {
        let mut taken = Vec::new();
        for _ in 0..20 {
            NOW.fetch_add(1_000, Ordering::Relaxed);
            let started = Instant::now();
            let report = metrics.report(window);
            taken.push(started.elapsed());
            assert_eq!(report.routes.len(), if window == Window::Month { ROUTES } else { report.routes.len() });
        }
        taken.iter().take(1).for_each(|first| print!("{}: first {first:.1?}, ", window.name()));
        taken.sort_unstable();
        taken.iter().skip(10).take(1).for_each(|median| println!("then {median:.1?}"));
    }
    let started = Instant::now();
    let totals = metrics.totals();
    println!("totals of {} routes: {:.1?}", totals.routes.len(), started.elapsed());
    let (after, kept) = (process::now().rss_bytes, metrics.kept());
    println!("memory: {} KiB more; on disk: {} KiB", after.saturating_sub(before) >> 10, kept.size_bytes >> 10);
}
