//! `/status`: how the gallery is doing. Nothing here can be changed.

use super::answer::{self, Time};
use crate::dashboard::folders::Folder;
use crate::status::{Health, LibraryStatus};
use crate::web::error::WebError;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use projections::Live;
use serde::Serialize;
use utoipa::ToSchema;

/// How the gallery is doing.
#[derive(Serialize, ToSchema)]
pub(super) struct Status {
    /// Of the program.
    #[schema(example = "0.1.0")]
    version: &'static str,
    /// The position of the last event known; it grows with every change.
    #[schema(example = 4711)]
    position: u64,
    /// When the last event was written; null before the first.
    recorded_at: Option<Time>,
    /// How many videos are there.
    #[schema(example = 312)]
    videos: u64,
    /// How many are known whose file is missing.
    #[schema(example = 2)]
    missing: u64,
    /// How many tags are in use.
    #[schema(example = 40)]
    tags: usize,
    /// How many playlists there are.
    #[schema(example = 3)]
    playlists: usize,
    /// Whether changes are taken.
    #[schema(example = true)]
    writable: bool,
    /// Why they are not, as a sentence.
    trouble: Option<String>,
    /// The library folders, in the order of the configuration.
    folders: Vec<Folder>,
}

/// Get the status
///
/// How far the log reaches, how much is known, and how the library folders are doing.
#[utoipa::path(
    get, path = "/status", operation_id = "getStatus", tag = "gallery",
    responses((status = 200, description = "How it is now", body = Status)),
)]
pub(super) async fn show(
    State(live): State<Live>,
    State(library): State<LibraryStatus>,
    State(health): State<Health>,
    headers: HeaderMap,
) -> Result<Response, WebError> {
    let state = live.snapshot();
    let trouble = health.trouble();
    let status = Status {
        version: env!("CARGO_PKG_VERSION"),
        position: state.pos(),
        recorded_at: (state.pos() > 0).then(|| Time(state.recorded_at_ms())),
        videos: state.videos().present().len(),
        missing: state.videos().missing().len(),
        tags: state.tags().all().len(),
        playlists: state.playlists().len(),
        writable: trouble.is_none(),
        trouble,
        folders: library.roots().into_iter().map(Folder::of).collect(),
    };
    answer::json(&headers, &status)
}
