//! `/status`: how the gallery is doing. Nothing here can be changed.

use super::answer::{self, Time};
use crate::status::{Health, LibraryStatus, RootState, RootStatus, Watching};
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

/// A library folder.
#[derive(Serialize, ToSchema)]
pub(super) struct Folder {
    /// Where it is.
    #[schema(example = "/srv/videos")]
    path: String,
    /// `scanning`, `ok`, `refused` (so much is missing that a person has to look), `unreadable` or `unwritten`.
    #[schema(example = "ok")]
    state: &'static str,
    /// Why it is not `ok`.
    reason: Option<String>,
    /// Whether changes are reported by the system within seconds; if not, the folder is looked through now and then.
    #[schema(example = true)]
    watched: bool,
    /// Why it is not, and what a person can do about it.
    #[schema(example = json!(null))]
    unwatched_reason: Option<String>,
    /// When the system last reported a change; null since the watch began.
    last_event_at: Option<Time>,
    /// The kind of file system it is on, as the kernel calls it.
    #[schema(example = "ext4")]
    file_system: Option<String>,
    /// Where that is mounted.
    #[schema(example = "/srv")]
    mounted_at: Option<String>,
    /// When it was last read from end to end.
    last_scan_at: Option<Time>,
    /// How long that took.
    #[schema(example = 120)]
    took_ms: u64,
    /// Video files in it.
    #[schema(example = 314)]
    files: usize,
    /// How many things in it cannot be read.
    #[schema(example = 0)]
    troubles: usize,
    /// The first few of them.
    trouble_examples: Vec<String>,
}

impl Folder {
    fn of(root: RootStatus) -> Self {
        let (state, reason) = match root.state {
            RootState::Scanning => ("scanning", None),
            RootState::Ok => ("ok", None),
            RootState::Refused(why) => ("refused", Some(why)),
            RootState::Unreadable(why) => ("unreadable", Some(why)),
            RootState::Unwritten(why) => ("unwritten", Some(why)),
        };
        Self {
            path: root.root.as_path().display().to_string(),
            state,
            reason,
            watched: root.watching == Watching::Events,
            unwatched_reason: match root.watching {
                Watching::Events => None,
                Watching::Polling(why) => Some(why),
            },
            last_event_at: root.last_event_at_ms.map(Time),
            mounted_at: root.mount.as_ref().map(|mount| mount.at.display().to_string()),
            file_system: root.mount.map(|mount| mount.file_system),
            last_scan_at: root.last_scan_at_ms.map(Time),
            took_ms: root.took_ms,
            files: root.files,
            troubles: root.troubles,
            trouble_examples: root.trouble_examples,
        }
    }
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
