//! `GET /admin`: how the library folders, the making of pictures and the jobs are doing, for whoever looks after the gallery.
//!
//! What the log knows comes from the snapshot, the rest from what jobs report; neither makes anybody wait.

use super::Pages;
use super::parts::title;
use crate::status::jobs::{Job, JobBoard, JobKind, JobState};
use crate::status::{LibraryStatus, RootState, RootStatus, Watching, Workers, WorkersStatus};
use crate::thumbnails::Store;
use crate::web::error::WebError;
use axum::extract::{FromRef, Request, State};
use axum::response::Response;
use events::VideoId;
use projections::{State as Known, Tally, Thumbnail};
use serde::Serialize;
use std::hash::Hash;
use xxhash_rust::xxh3::Xxh3Default;

/// How many failures are shown; the API has all of them.
const FAILURES_MAX: usize = 200;

/// What the page is made of.
#[derive(Clone, FromRef)]
pub struct Sources {
    /// What is known, as pages.
    pub pages: Pages,
    /// How the library folders are doing.
    pub library: LibraryStatus,
    /// How the making of pictures goes.
    pub workers: Workers,
    /// The pictures as files.
    pub store: Store,
    /// What was done for whoever looks after the gallery.
    pub board: JobBoard,
}

/// Shows how it goes.
///
/// # Errors
/// None but our own failures.
pub async fn show(State(sources): State<Sources>, request: Request) -> Result<Response, WebError> {
    let Sources { pages, library, workers, store, board } = sources;
    let beside = Beside {
        folders: library.roots().into_iter().map(Folder::of).collect(),
        workers: workers.now().into(),
        stored_bytes: store.bytes(),
        stored_max_bytes: store.max_bytes(),
        jobs: board.all().iter().map(Line::of).collect(),
    };
    // What jobs report is neither in the snapshot nor in the address.
    let mut hasher = Xxh3Default::new();
    beside.hash(&mut hasher);
    let url = format!("/admin#{:x}", hasher.digest());
    pages.show(&request, &url, "admin.html", |state| Ok(Admin::of(state, beside)))
}

/// What the page depends on beside the snapshot.
#[derive(Debug, PartialEq, Eq, Hash, Serialize)]
struct Beside {
    folders: Vec<Folder>,
    workers: Working,
    stored_bytes: u64,
    stored_max_bytes: u64,
    jobs: Vec<Line>,
}

/// A job that was asked for.
#[derive(Debug, PartialEq, Eq, Hash, Serialize)]
struct Line {
    id: u64,
    name: &'static str,
    running: bool,
    /// `good`, `warn` or `bad`.
    health: &'static str,
    percent: u8,
    left_ms: Option<u64>,
    began_at_ms: i64,
    took_ms: Option<i64>,
    summary: String,
    facts: Vec<(&'static str, String)>,
    troubles: Vec<String>,
    more_troubles: u64,
}

impl Line {
    fn of(job: &Job) -> Self {
        let outcome = job.outcome.clone().unwrap_or_default();
        Self {
            id: job.id,
            name: match job.kind {
                JobKind::Verify => "Verify",
                JobKind::Rebuild => "Rebuild",
                JobKind::Prune => "Prune",
                JobKind::PruneDryRun => "Look what to prune",
            },
            running: job.state == JobState::Running,
            health: match job.state {
                JobState::Running | JobState::Done => "good",
                JobState::Cancelled => "warn",
                JobState::Failed => "bad",
            },
            percent: job.percent(),
            left_ms: job.left_ms(),
            began_at_ms: job.started_at_ms,
            took_ms: job.ended_at_ms.map(|ended_at_ms| ended_at_ms - job.started_at_ms),
            summary: outcome.summary,
            facts: outcome.facts,
            troubles: outcome.troubles,
            more_troubles: outcome.more_troubles,
        }
    }
}

/// What can be asked for: which job, its button, what it does, and the button that starts it.
const CARE: [(&str, &str, &str, &str); 4] = [
    (
        "verify",
        "Verify the log",
        "Reads every event and proves that it is as it was written, and that what is shown is what they say.",
        "Verify now",
    ),
    (
        "rebuild",
        "Rebuild what is shown",
        "Computes everything from the log anew, beside all that goes on, and shows that from then on.",
        "Rebuild now",
    ),
    (
        "prune-dry-run",
        "Look what to prune",
        "Counts the pictures that no video has any more, and those of forgotten videos. Changes nothing.",
        "Look now",
    ),
    (
        "prune",
        "Prune pictures",
        "Deletes the pictures that no video has any more, and puts those of forgotten videos aside, in the data folder.",
        "Prune now",
    ),
];

/// Those who make pictures.
#[derive(Debug, PartialEq, Eq, Hash, Serialize)]
struct Working {
    total: usize,
    working: usize,
    trouble: Option<String>,
}

impl From<WorkersStatus> for Working {
    fn from(WorkersStatus { total, working, trouble }: WorkersStatus) -> Self {
        Self { total, working, trouble }
    }
}

/// A library folder.
#[derive(Debug, PartialEq, Eq, Hash, Serialize)]
struct Folder {
    path: String,
    /// `good`, `warn` or `bad`.
    health: &'static str,
    state: String,
    watching: String,
    files: usize,
    last_scan_at_ms: Option<i64>,
    took_ms: u64,
    last_event_at_ms: Option<i64>,
    /// The kind of file system, and where it is mounted.
    mount: Option<String>,
    troubles: Vec<String>,
    more_troubles: usize,
}

impl Folder {
    fn of(root: RootStatus) -> Self {
        let (health, state) = match root.state {
            RootState::Scanning => ("warn", "is being read for the first time since the start".to_owned()),
            RootState::Ok => ("good", "agrees with the disk".to_owned()),
            RootState::Refused(why) => ("bad", format!("is shown as it was: {why}")),
            RootState::Unreadable(why) => ("bad", format!("cannot be read: {why}")),
            RootState::Unwritten(why) => ("bad", format!("could not be written down: {why}")),
        };
        let (health, watching) = match root.watching {
            Watching::Events => (health, "The system reports changes.".to_owned()),
            Watching::Polling(why) => {
                let health = if health == "good" { "warn" } else { health };
                (health, format!("Looked through every now and then: {why}."))
            }
        };
        let mount = root.mount.map(|mount| {
            let read_only = if mount.read_only { ", read-only" } else { "" };
            format!("{}{read_only}, mounted at {}", mount.file_system, mount.at.display())
        });
        Self {
            path: root.root.as_path().display().to_string(),
            health,
            state,
            watching,
            files: root.files,
            last_scan_at_ms: root.last_scan_at_ms,
            took_ms: root.took_ms,
            last_event_at_ms: root.last_event_at_ms,
            mount,
            more_troubles: root.troubles.saturating_sub(root.trouble_examples.len()),
            troubles: root.trouble_examples,
        }
    }
}

/// What the page shows.
#[derive(Debug, PartialEq, Eq, Hash, Serialize)]
struct Admin {
    title: &'static str,
    section: &'static str,
    q: &'static str,
    beside: Beside,
    care: [(&'static str, &'static str, &'static str, &'static str); 4],
    videos: u64,
    made: u64,
    pending: u64,
    storyboards_pending: u64,
    /// How long what is pending will take.
    left_ms: Option<u64>,
    decoders: Vec<Decoder>,
    failed: u64,
    failures: Vec<Failure>,
}

/// Of how much use a decoder was.
#[derive(Debug, PartialEq, Eq, Hash, Serialize)]
struct Decoder {
    name: String,
    covers: u64,
    cover_ms: Option<u64>,
    storyboards: u64,
    storyboard_ms: Option<u64>,
    failures: u64,
}

/// A video without a cover, and why.
#[derive(Debug, PartialEq, Eq, Hash, Serialize)]
struct Failure {
    video: u32,
    title: String,
    stage: String,
    reason: String,
    tries: u32,
    failed_at_ms: i64,
}

impl Admin {
    fn of(state: &Known, beside: Beside) -> Self {
        let pictures = state.thumbnails();
        let failed = pictures.failed();
        let decoder = |(name, tally): (&String, &Tally)| Decoder {
            name: name.clone(),
            covers: tally.covers,
            cover_ms: tally.covers_ms.checked_div(tally.covers),
            storyboards: tally.storyboards,
            storyboard_ms: tally.storyboards_ms.checked_div(tally.storyboards),
            failures: tally.failures,
        };
        Self {
            title: "Admin",
            section: "admin",
            q: "",
            care: CARE,
            videos: state.videos().present().len(),
            made: pictures.made(),
            pending: pictures.pending().len(),
            storyboards_pending: pictures.pending_storyboards().len(),
            left_ms: pictures.left_ms().map(|left_ms| left_ms / (beside.workers.total.max(1) as u64)),
            decoders: pictures.tallies().iter().map(decoder).collect(),
            failures: failed.iter().rev().filter_map(|video| Failure::of(state, video)).take(FAILURES_MAX).collect(),
            failed: failed.len(),
            beside,
        }
    }
}

impl Failure {
    fn of(state: &Known, number: u32) -> Option<Self> {
        let video = VideoId::new(number).ok()?;
        match state.thumbnails().get(video) {
            Thumbnail::Failed(failure) => Some(Self {
                video: number,
                title: title(state.videos().get(video)?),
                stage: failure.stage.clone(),
                reason: failure.reason.clone(),
                tries: failure.tries,
                failed_at_ms: failure.failed_at_ms,
            }),
            Thumbnail::Missing | Thumbnail::Made(_) => None,
        }
    }
}
