//! Looks into video files and makes pictures of them: each worker asks what is to be done next, does it in its child
//! process, stores the pictures, and puts a report on the desk, from where the reporter hands them in.
//!
//! What is done in which order is decided in [`next`], what an outcome means in `decide::thumbnail`.

pub mod next;
mod outcome;
mod reporter;
#[cfg(test)]
mod tests;
mod worker;

use self::next::Work;
use self::reporter::Reporter;
use self::worker::Worker;
use super::{Bell, Jobs};
use crate::decide::thumbnail::Work as Report;
use crate::metrics::Metrics;
use crate::status::{LibraryStatus, Workers};
use crate::thumbnails::Store;
use crate::thumbnails::failures::Failures;
use crate::thumbnails::wanted::Wanted;
use crate::writer::Writer;
use events::VideoId;
use projections::Live;
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

/// More workers than this would wait for the disk.
const WORKERS_MAX: usize = 8;

/// What all workers share.
#[derive(Clone)]
pub struct Workshop {
    /// What is known.
    pub live: Live,
    /// Where outcomes are submitted.
    pub writer: Writer,
    /// Where pictures are put.
    pub store: Store,
    /// What somebody waits for.
    pub wanted: Wanted,
    /// Where failures are noted for people.
    pub failures: Failures,
    /// How the library folders are doing.
    pub library: LibraryStatus,
    /// Where it is reported how the work goes.
    pub workers: Workers,
    /// Whether somebody is watching right now.
    pub streaming: Arc<dyn Fn() -> bool + Send + Sync>,
    /// The program whose sub-command decodes.
    pub decoder: PathBuf,
    /// Where it is counted how long pictures take.
    pub metrics: Metrics,
    /// The time, ms since the epoch.
    pub clock: fn() -> i64,
}

/// What the workers tell each other.
#[derive(Default)]
struct Desk {
    /// Videos that somebody works on.
    claimed: BTreeSet<VideoId>,
    /// Work that is done and not reported yet.
    finished: BTreeMap<VideoId, (Work, Report)>,
    /// A worker has nothing to do until what is finished is reported.
    idle: bool,
    /// Why what is finished could not be reported, in words.
    unreported: Option<String>,
    /// Videos that could not be opened, and until when they are left alone.
    left_alone: BTreeMap<VideoId, Instant>,
    /// Covers whose files are gone.
    lost: BTreeSet<VideoId>,
    looked_at: Option<Instant>,
}

impl Desk {
    /// Whether somebody works on a video, or has just done so, or it is left alone for now.
    fn holds(&self, video: VideoId) -> bool {
        self.claimed.contains(&video) || self.finished.contains_key(&video) || self.left_alone.contains_key(&video)
    }
}

impl Workshop {
    /// Starts a worker for each processor, and the one who reports what they do.
    ///
    /// # Errors
    /// When the operating system has no thread for it.
    pub fn start(&self, jobs: &mut Jobs) -> io::Result<()> {
        let count = std::thread::available_parallelism().map_or(1, usize::from).min(WORKERS_MAX);
        let bells: Vec<Bell> = (0..count).map(|_| Bell::default()).collect();
        let reports = Bell::default();
        let all: Vec<Bell> = bells.iter().chain([&reports]).cloned().collect();
        self.wanted.wake(move || all.iter().for_each(Bell::ring));
        self.workers.update(|workers| workers.total = count);
        let desk = Arc::new(Mutex::new(Desk::default()));
        let (workshop, shared, workers) = (self.clone(), Arc::clone(&desk), bells.clone());
        let make = move || Reporter::new(workshop.clone(), Arc::clone(&shared), workers.clone());
        jobs.spawn("thumbnail reports", reports.clone(), make)?;
        for (number, bell) in bells.into_iter().enumerate() {
            let (workshop, desk, own, reports) = (self.clone(), Arc::clone(&desk), bell.clone(), reports.clone());
            let make = move || Worker::new(workshop.clone(), Arc::clone(&desk), own.clone(), reports.clone(), number);
            jobs.spawn("thumbnails", bell, make)?;
        }
        Ok(())
    }
}

/// A video that is being worked on; free again when this is dropped, also by a panic.
struct Claim {
    work: Work,
    desk: Arc<Mutex<Desk>>,
    workers: Workers,
}

impl Drop for Claim {
    fn drop(&mut self) {
        lock(&self.desk).claimed.remove(&self.work.video());
        self.workers.update(|workers| workers.working = workers.working.saturating_sub(1));
    }
}

fn lock(desk: &Mutex<Desk>) -> MutexGuard<'_, Desk> {
    desk.lock().unwrap_or_else(PoisonError::into_inner)
}
