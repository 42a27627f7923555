//! `/thumbnails`: how making pictures goes, and where it failed.

use super::answer;
use super::client::{Client, Parameters};
use super::thumbnail::Failed;
use crate::actions::thumbnail::{Retried, retry_failed};
use crate::dashboard::thumbnails::Decoder;
use crate::status::{Workers, WorkersStatus};
use crate::thumbnails::Store;
use crate::web::error::WebError;
use crate::writer::Writer;
use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use events::VideoId;
use projections::{Live, Thumbnail};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// How many failures a page has unless said, and at most.
const PER_PAGE: usize = 60;
const PER_PAGE_MAX: usize = 500;

/// Which part of the failures.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct Part {
    /// Which page of failures, from 1.
    #[param(minimum = 1, example = 1)]
    page: Option<usize>,
    /// How many failures a page has; 60 unless said.
    #[param(minimum = 1, maximum = 500, example = 60)]
    per_page: Option<usize>,
}

/// How making pictures goes.
#[derive(Serialize, ToSchema)]
pub(super) struct Thumbnails {
    /// How many videos that are there have a cover.
    #[schema(example = 310)]
    made: u64,
    /// How many covers are still to be made.
    #[schema(example = 1)]
    pending: u64,
    /// How many covers could not be made.
    #[schema(example = 1)]
    failed: u64,
    /// How many storyboards are still to be made.
    #[schema(example = 12)]
    storyboards_pending: u64,
    /// How many workers make pictures.
    #[schema(example = 2)]
    workers: usize,
    /// How many of the workers are at work right now.
    #[schema(example = 2)]
    working: usize,
    /// How long it will take to make all that is pending, going by how long it took so far; null while nobody knows.
    #[schema(example = 43_000)]
    remaining_ms: Option<u64>,
    /// Why no pictures can be made at the moment; null when all is well.
    trouble: Option<String>,
    /// How much room the pictures take.
    #[schema(example = 31_457_280)]
    stored_bytes: u64,
    /// How much room they may take.
    #[schema(example = 8_589_934_592_u64)]
    stored_max_bytes: u64,
    /// How many files were deleted since the start for others to have room.
    #[schema(example = 0)]
    evicted: u64,
    /// Of how much use each decoder was, by name.
    decoders: Vec<Decoder>,
    /// The covers that could not be made, in order of video: one page of them.
    failures: Vec<FailedVideo>,
    /// Which page this is.
    #[schema(example = 1)]
    page: usize,
    /// How many pages there are, at least 1.
    #[schema(example = 1)]
    pages: usize,
}

/// A video without a cover, and why.
#[derive(Serialize, ToSchema)]
pub(super) struct FailedVideo {
    /// Which video.
    #[schema(example = 42)]
    video: u32,
    /// Its title.
    #[schema(example = "Tide pool")]
    title: String,
    /// Why it has no cover.
    failure: Failed,
}

impl FailedVideo {
    fn of(state: &projections::State, number: u32) -> Option<Self> {
        let video = VideoId::new(number).ok()?;
        let title = state.videos().get(video)?.title().into_owned();
        match state.thumbnails().get(video) {
            Thumbnail::Failed(failure) => Some(Self { video: number, title, failure: Failed::of(failure) }),
            Thumbnail::Missing | Thumbnail::Made(_) => None,
        }
    }
}

/// Get how pictures are made
///
/// How many there are and are still to be made, how long that takes, and what could not be made.
#[utoipa::path(
    get, path = "/thumbnails", operation_id = "getThumbnails", tag = "thumbnails", params(Part),
    responses((status = 200, description = "How it is now", body = Thumbnails)),
)]
pub(super) async fn show(
    State(live): State<Live>,
    State(workers): State<Workers>,
    State(store): State<Store>,
    Parameters(part): Parameters<Part>,
    headers: HeaderMap,
) -> Result<Response, WebError> {
    let per_page = part.per_page.unwrap_or(PER_PAGE);
    if !(1..=PER_PAGE_MAX).contains(&per_page) {
        return Err(WebError::bad_parameter("per_page", format!("It is a whole number from 1 to {PER_PAGE_MAX}.")));
    }
    let state = live.snapshot();
    let pictures = state.thumbnails();
    let failed = pictures.failed();
    let pages = usize::try_from(failed.len()).unwrap_or(usize::MAX).div_ceil(per_page).max(1);
    let page = part.page.unwrap_or(1);
    if !(1..=pages).contains(&page) {
        return Err(WebError::bad_parameter("page", format!("The pages are 1 to {pages}.")));
    }
    let shown = failed.iter().skip((page - 1) * per_page).take(per_page);
    let WorkersStatus { total, working, trouble } = workers.now();
    let body = Thumbnails {
        made: pictures.made(),
        pending: pictures.pending().len(),
        failed: failed.len(),
        storyboards_pending: pictures.pending_storyboards().len(),
        workers: total,
        working,
        // What is left is shared among them.
        remaining_ms: pictures.left_ms().map(|left_ms| left_ms / (total.max(1) as u64)),
        trouble,
        stored_bytes: store.bytes(),
        stored_max_bytes: store.max_bytes(),
        evicted: store.evicted(),
        decoders: Decoder::all(&state),
        failures: shown.filter_map(|number| FailedVideo::of(&state, number)).collect(),
        page,
        pages,
    };
    answer::json(&headers, &body)
}

/// Retry all pictures that failed
///
/// Tries again to make every picture that could not be made.
#[utoipa::path(
    post, path = "/thumbnails/retry", operation_id = "retryThumbnails", tag = "thumbnails",
    responses((status = 200, description = "What is tried again", body = Retried)),
)]
pub(super) async fn retry(
    State(writer): State<Writer>,
    State(live): State<Live>,
    client: Client,
) -> Result<Json<Retried>, WebError> {
    retry_failed(&writer, &live, &client.0, None).await.map(Json)
}
