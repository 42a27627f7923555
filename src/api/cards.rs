//! `/admin/<card>`: the cards of the dashboard, each as the page `/admin` shows it. Looking at them is as open as that page:
//! what they tell is numbers, the names of folders and the titles of videos. What changes something is in `admin`, and guarded.

use super::answer;
use super::client::Parameters;
use crate::dashboard::{
    self, Cards, Sources, caches, folders, health, points, process, projection, storage, streams, thumbnails, traffic,
    writer,
};
use crate::metrics::Window;
use crate::web::error::WebError;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

type Answer = Result<Response, WebError>;

/// How far back to look.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct Back {
    /// `5m`, `15m`, `1h`, `24h` or `30d`; an hour unless said.
    #[param(example = "1h")]
    window: Option<String>,
}

impl Back {
    fn window(&self) -> Result<Window, WebError> {
        dashboard::window(self.window.as_deref())
    }
}

/// An address for each card.
pub(super) fn router() -> OpenApiRouter<Sources> {
    OpenApiRouter::default()
        .routes(routes!(health))
        .routes(routes!(traffic))
        .routes(routes!(points))
        .routes(routes!(writer))
        .routes(routes!(projection))
        .routes(routes!(caches))
        .routes(routes!(thumbnails))
        .routes(routes!(folders))
        .routes(routes!(storage))
        .routes(routes!(process))
        .routes(routes!(streams))
}

/// The cards as they are now, those of a window with what is usual.
async fn now(sources: &Sources) -> Result<Cards, WebError> {
    Ok(sources.cards(&*sources.report(dashboard::window(None)?).await))
}

/// Get whether all is well
///
/// What is not as it should be, in words, with what to do about it; the worst first.
#[utoipa::path(
    get, path = "/admin/health", operation_id = "getHealthCard", tag = "dashboard", params(Back),
    responses((status = 200, description = "How it is now", body = health::Card)),
)]
async fn health(State(sources): State<Sources>, Parameters(back): Parameters<Back>, headers: HeaderMap) -> Answer {
    let report = sources.report(back.window()?).await;
    answer::json(&headers, &health::Card::of(&sources.cards(&report)))
}

/// Get how requests are answered
///
/// How many there were in a window, how long they took and how many failed, all together and route by route.
#[utoipa::path(
    get, path = "/admin/traffic", operation_id = "getTrafficCard", tag = "dashboard", params(Back),
    responses((status = 200, description = "Up to now", body = traffic::Card)),
)]
async fn traffic(State(sources): State<Sources>, Parameters(back): Parameters<Back>, headers: HeaderMap) -> Answer {
    let report = sources.report(back.window()?).await;
    answer::json(&headers, &sources.cards(&report).traffic)
}

/// Get how a window went
///
/// Step by step: requests, errors, how long they took, pages at hand, events written, memory and processor. These are the
/// points of the charts.
#[utoipa::path(
    get, path = "/admin/points", operation_id = "getPointsCard", tag = "dashboard", params(Back),
    responses((status = 200, description = "Up to now", body = points::Card)),
)]
async fn points(State(sources): State<Sources>, Parameters(back): Parameters<Back>, headers: HeaderMap) -> Answer {
    answer::json(&headers, &points::Card::of(&*sources.report(back.window()?).await))
}

/// Get how the writer is doing
///
/// Whether changes are taken, how much is written, and when all of it was last proven to be whole.
#[utoipa::path(
    get, path = "/admin/writer", operation_id = "getWriterCard", tag = "dashboard",
    responses((status = 200, description = "How it is now", body = writer::Card)),
)]
async fn writer(State(sources): State<Sources>, headers: HeaderMap) -> Answer {
    answer::json(&headers, &now(&sources).await?.writer)
}

/// Get how much is known
///
/// How far what is shown follows the log, how much it is, and when it was last kept beside the log.
#[utoipa::path(
    get, path = "/admin/projection", operation_id = "getProjectionCard", tag = "dashboard",
    responses((status = 200, description = "How it is now", body = projection::Card)),
)]
async fn projection(State(sources): State<Sources>, headers: HeaderMap) -> Answer {
    answer::json(&headers, &now(&sources).await?.projection)
}

/// Get how the caches are doing
///
/// How often what was asked for was at hand since the start, and what that takes.
#[utoipa::path(
    get, path = "/admin/caches", operation_id = "getCachesCard", tag = "dashboard",
    responses((status = 200, description = "How it is now", body = caches::Card)),
)]
async fn caches(State(sources): State<Sources>, headers: HeaderMap) -> Answer {
    answer::json(&headers, &now(&sources).await?.caches)
}

/// Get how the pictures are doing
///
/// How many there are and are to be made, how long one takes by decoder, and what could not be made, by reason.
#[utoipa::path(
    get, path = "/admin/thumbnails", operation_id = "getThumbnailsCard", tag = "dashboard",
    responses((status = 200, description = "How it is now", body = thumbnails::Card)),
)]
async fn thumbnails(State(sources): State<Sources>, headers: HeaderMap) -> Answer {
    answer::json(&headers, &now(&sources).await?.thumbnails)
}

/// Get how the folders are doing
///
/// Whether each library folder can be read, how changes in it are noticed, and what is wrong in it.
#[utoipa::path(
    get, path = "/admin/folders", operation_id = "getFoldersCard", tag = "dashboard",
    responses((status = 200, description = "How it is now", body = folders::Card)),
)]
async fn folders(State(sources): State<Sources>, headers: HeaderMap) -> Answer {
    answer::json(&headers, &now(&sources).await?.folders)
}

/// Get how big things are
///
/// Videos, pictures, the log, and what is left on the disk of the data folder.
#[utoipa::path(
    get, path = "/admin/storage", operation_id = "getStorageCard", tag = "dashboard",
    responses((status = 200, description = "As it was measured last", body = storage::Card)),
)]
async fn storage(State(sources): State<Sources>, headers: HeaderMap) -> Answer {
    answer::json(&headers, &now(&sources).await?.storage)
}

/// Get what is being sent
///
/// How many streams of videos there are, and how many follow changes.
#[utoipa::path(
    get, path = "/admin/streams", operation_id = "getStreamsCard", tag = "dashboard",
    responses((status = 200, description = "How it is now", body = streams::Card)),
)]
async fn streams(State(sources): State<Sources>, headers: HeaderMap) -> Answer {
    answer::json(&headers, &now(&sources).await?.streams)
}

/// Get what the program takes
///
/// Memory, processor, threads, and open files and connections.
#[utoipa::path(
    get, path = "/admin/process", operation_id = "getProcessCard", tag = "dashboard",
    responses((status = 200, description = "How it is now", body = process::Card)),
)]
async fn process(State(sources): State<Sources>, headers: HeaderMap) -> Answer {
    answer::json(&headers, &now(&sources).await?.process)
}
