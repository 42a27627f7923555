//! What the old program promised to measure and did not: how fast it answers, at the addresses and with the fields that its
//! dashboards ask for, and with numbers behind them.
//!
//! They are those of `/admin`, from the same windows. Where nothing here is what was meant there, a field is `null`, 0 or
//! an empty list: no page asks a database. [`asked`] reads the questions, [`figures`] makes the answers.

mod asked;
mod figures;

use super::answer::fresh;
use super::{cache, names};
use crate::clock;
use crate::dashboard::{self, Sources};
use crate::media::traffic::{Sending, What};
use crate::metrics::process;
use crate::web::time::Time;
use asked::{Asked, Refused};
use axum::Router;
use axum::extract::State;
use axum::http::Uri;
use axum::response::{Redirect, Response};
use axum::routing::get;
use projections::{Image, State as Known};
use serde_json::{Value, json};

/// Where the old program had them: under its own folder, and where everybody looked for them.
const PREFIXES: [&str; 2] = ["", "/dashboard"];

/// How many streams are listed, at most.
const STREAMS_MAX: u64 = 1_000;
/// How many routes.
const ROUTES_MAX: u64 = 1_000;

/// All of them.
pub(super) fn router(sources: Sources) -> Router {
    PREFIXES
        .iter()
        .fold(Router::new(), |router, prefix| {
            let of_api = |name: &str| format!("{prefix}/api/admin/performance/{name}");
            router
                .route(&format!("{prefix}/admin/performance"), get(page))
                .route(&format!("{prefix}/admin/performance/json"), get(all))
                .route(&of_api("routes"), get(routes))
                .route(&of_api("workers"), get(workers))
                .route(&of_api("active"), get(active))
        })
        .route("/api/system/storage", get(storage))
        .with_state(sources)
}

/// `GET /admin/performance`: on to the page that shows all this.
async fn page() -> Redirect {
    Redirect::temporary("/admin")
}

/// `GET /admin/performance/json`: everything at once.
async fn all(State(sources): State<Sources>, uri: Uri) -> Result<Response, Refused> {
    let asked = Asked::read(&uri);
    let window = asked.window(900)?;
    let (with_routes, with_workers) = (asked.truth("include_routes")?, asked.truth("include_workers")?);
    let report = sources.metrics.window(window).await;
    let now_ms = clock::now_ms();
    let preview = cache::preview(sources.pages.counts());
    let (overall, issues) = figures::overall(&report.total, preview.status, sources.thresholds);
    let uptime_ms = i64::try_from(process::now().uptime_ms).unwrap_or(i64::MAX);
    Ok(fresh(json!({
        "generated_at": Time(now_ms),
        "window_seconds": window.seconds(),
        "server": {
            "version": env!("CARGO_PKG_VERSION"),
            "environment": "production",
            "uptime_seconds": cache::seconds(uptime_ms),
            "hostname": rustix::system::uname().nodename().to_string_lossy(),
        },
        "global": figures::figures(&report.total),
        "ratings": figures::ratings(&report.routes, sources.thresholds),
        "database": { "total_queries": 0, "avg_per_request": 0.0, "max_per_request": 0, "count": 0 },
        "cache": preview.fields(),
        "workers": if with_workers { working(&sources, now_ms) } else { Value::Null },
        "status": { "overall": overall, "issues": issues },
        "routes": if with_routes { figures::routes(&report.routes, sources.thresholds).into() } else { Value::Null },
    })))
}

/// `GET /api/admin/performance/routes`: how each address does.
async fn routes(State(sources): State<Sources>, uri: Uri) -> Result<Response, Refused> {
    let asked = Asked::read(&uri);
    let window = asked.window(900)?;
    let (sort, descending) = (asked.sort()?, asked.descending()?);
    let limit = asked.limit(100, ROUTES_MAX)?;
    let report = sources.metrics.window(window).await;
    let mut routes: Vec<_> = report.routes.iter().collect();
    routes.sort_by(|a, b| {
        let order = sort.compare(a, b);
        if descending { order.reverse() } else { order }
    });
    routes.truncate(limit);
    Ok(fresh(json!({
        "generated_at": Time(clock::now_ms()),
        "window_seconds": window.seconds(),
        "routes": figures::routes(routes, sources.thresholds),
    })))
}

/// `GET /api/admin/performance/workers`: what works in the background, and what waits for it.
async fn workers(State(sources): State<Sources>) -> Response {
    fresh(working(&sources, clock::now_ms()))
}

/// `GET /api/admin/performance/active`: which files are being sent, what began last first. To whom is not kept.
async fn active(State(sources): State<Sources>, uri: Uri) -> Result<Response, Refused> {
    let asked = Asked::read(&uri);
    let window = asked.window(300)?;
    let limit = asked.limit(10, STREAMS_MAX)?;
    let state = sources.live.snapshot();
    let sending = sources.traffic.sending();
    let lately = |stream: &&Sending| stream.idle.as_secs() <= window.seconds().unsigned_abs();
    let streams: Vec<Value> =
        sending.iter().filter(lately).take(limit).map(|stream| stream_of(&state, stream)).collect();
    Ok(fresh(json!({
        "generated_at": Time(clock::now_ms()),
        "active_count": sending.iter().filter(lately).count(),
        "streams": streams,
    })))
}

fn stream_of(state: &Known, stream: &Sending) -> Value {
    let path = match stream.what {
        What::Video(video) => format!("/video/{}", names::of(state, video)),
        What::Image(image) => {
            format!("/gallery/image/{}", state.images().get(image).map_or(String::new(), Image::name))
        }
    };
    json!({
        "path": path,
        "method": "GET",
        "endpoint": "media",
        "remote_addr": null,
        "last_seen_seconds_ago": stream.idle.as_secs_f64(),
    })
}

/// `GET /api/system/storage`: how big things are.
async fn storage(State(sources): State<Sources>) -> Response {
    let (state, measured) = (sources.live.snapshot(), sources.storage.now());
    let card = dashboard::storage::Card::of(&state, &measured, &sources.store, sources.metrics.kept());
    let images = state.images().iter().filter(|image| image.present());
    let images_bytes = images.fold(0_u64, |sum, image| sum.saturating_add(image.size_bytes));
    let used_bytes = card.disk_bytes.zip(card.free_bytes).map(|(disk, free)| disk.saturating_sub(free));
    fresh(json!({
        "videos_bytes": card.videos_bytes,
        "images_bytes": images_bytes,
        "system_bytes": card.log_bytes.saturating_add(card.checkpoints_bytes).saturating_add(card.thumbnails_bytes),
        "used_bytes": used_bytes,
        "total_bytes": card.disk_bytes,
        "free_bytes": card.free_bytes,
    }))
}

/// Those who make pictures, and what waits for them.
fn working(sources: &Sources, now_ms: i64) -> Value {
    let (state, workers) = (sources.live.snapshot(), sources.workers.now());
    let pictures = state.thumbnails();
    let worker = |number: usize| {
        let status = if number <= workers.working { "busy" } else { "idle" };
        json!({ "name": format!("thumbnails-{number}"), "status": status })
    };
    let failed = pictures.failed().len();
    let status = match (&workers.trouble, failed) {
        (Some(_), _) => "critical",
        (None, 0) => "good",
        (None, _) => "warning",
    };
    let queue = |name: &str, pending: u64, at_work: usize, failed: u64, status: &str| {
        json!({
            "name": name,
            "pending_jobs": pending,
            "in_progress_jobs": at_work,
            "failed_jobs": failed,
            "oldest_pending_age_seconds": null,
            "status": status,
        })
    };
    json!({
        "generated_at": Time(now_ms),
        "worker_count": workers.total,
        "workers": (1..=workers.total).map(worker).collect::<Vec<_>>(),
        "queues": [
            queue("thumbnails", pictures.pending().len(), workers.working, failed, status),
            queue("storyboards", pictures.pending_storyboards().len(), 0, 0, "good"),
        ],
        "status": if workers.total == 0 { "disabled" } else { status },
    })
}
