//! What whoever looks after the gallery has done while it is in use: proving that the log is whole (`verify`), computing anew
//! what is known (`rebuild`), taking away pictures nobody has any more (`prune`).
//!
//! Each is a job on a thread of its own, at a low priority, of which one of a kind runs at a time; how far it is and what
//! came of it is in [`JobBoard`]. Who may ask for it is not decided here but in `web::guard`; how to ask in `api` and
//! `actions`.

mod prune;
mod rebuild;
#[cfg(test)]
mod tests;
mod verify;

use crate::status::jobs::{Job, JobBoard, JobKind, JobState, Outcome};
use crate::writer::Writer;
use projections::Live;
use std::collections::BTreeMap;
use std::error::Error;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tools::Source;
use tools::progress::{Cancelled, Progress};

/// How nice the threads of jobs are, from 0 to 19: whoever watches goes first.
const NICE: i32 = 10;

/// The exit code of the tools for what has none of its own.
const OTHER: u8 = 1;

/// How often a job says how far it is, at most, in ms.
const TELL_EVERY_MS: i64 = 200;

/// What the jobs work on.
#[derive(Clone)]
pub struct Ground {
    /// What is known.
    pub live: Live,
    /// The only door to the log.
    pub writer: Writer,
    /// Where all of it is kept.
    pub data: PathBuf,
    /// The time in ms since the epoch.
    pub clock: fn() -> i64,
}

/// Starts jobs and calls them off. Cheap to clone.
#[derive(Clone)]
pub struct Admin(Arc<Inside>);

struct Inside {
    ground: Ground,
    board: JobBoard,
    running: Mutex<Running>,
}

/// Which jobs run, and how to call them off.
#[derive(Default)]
struct Running {
    jobs: BTreeMap<u64, Arc<AtomicBool>>,
    /// The server is about to stop.
    ended: bool,
}

/// Why a job was not started.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The server is about to stop.
    #[error("the server is shutting down")]
    Ended,
    /// The operating system refuses a thread.
    #[error("the system allows no further thread")]
    Thread(#[source] std::io::Error),
}

/// How a job ends that was not done.
#[derive(Debug)]
enum Stopped {
    /// Somebody called it off; what is done all the same, in a sentence.
    Cancelled(String),
    /// It could not be done, or found something wrong.
    Failed(Outcome),
}

impl Stopped {
    /// Somebody called it off before it changed anything.
    fn cancelled() -> Self {
        Self::Cancelled("It was called off; nothing was changed.".to_owned())
    }

    /// This program is wrong; the panic hook has logged where.
    fn panicked() -> Self {
        let mut outcome = Outcome::new("This program failed at it.");
        outcome.note(OTHER, "The log of the server says where; please report it.".to_owned());
        Self::Failed(outcome)
    }

    /// It could not be done because of `error`, which the tools end with `code` for; `summary` says what that means.
    fn failed(summary: &str, code: u8, error: &dyn Error) -> Self {
        let mut text = error.to_string();
        let mut next = error.source();
        while let Some(cause) = next {
            text = format!("{text}: {cause}");
            next = cause.source();
        }
        let mut outcome = Outcome::new(summary);
        outcome.note(code, text);
        Self::Failed(outcome)
    }

    /// The same for an error of the tools.
    fn of_tools(summary: &str, error: &anyhow::Error) -> Self {
        if error.is::<Cancelled>() {
            return Self::cancelled();
        }
        Self::failed(summary, tools::exit_code(error), error.as_ref())
    }
}

/// A running job, as it sees itself.
struct Report<'a> {
    board: &'a JobBoard,
    id: u64,
    cancelled: &'a AtomicBool,
    clock: fn() -> i64,
    told_at_ms: i64,
    /// How much the part that is being done has.
    total: u64,
}

impl Progress for Report<'_> {
    fn begin(&mut self, _part: &str, of: u64) {
        self.total = of;
    }

    fn reached(&mut self, done: u64) -> Result<(), Cancelled> {
        if self.tell(done, self.total).is_break() { Err(Cancelled) } else { Ok(()) }
    }
}

impl Report<'_> {
    /// Says that so much of `total` is done; breaks when the job was called off.
    fn tell(&mut self, done: u64, total: u64) -> ControlFlow<()> {
        let now_ms = (self.clock)();
        if now_ms - self.told_at_ms >= TELL_EVERY_MS || done == total {
            self.told_at_ms = now_ms;
            self.board.progress(self.id, done, total, now_ms);
        }
        if self.cancelled.load(Ordering::Relaxed) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}

impl Ground {
    /// What the tools look at: the log as it ends now, and what is known there. Blocking.
    ///
    /// # Errors
    /// The log is not open at the moment, or says no longer which one it is.
    pub fn source(&self) -> anyhow::Result<Source> {
        let (head, state) = self.writer.look()?;
        let redactions = events::log::known_head(&self.data).map_or(0, |known| known.redactions);
        let (id, reader) = (tools::source::log_id(&self.data)?, self.writer.feed().reader());
        Ok(Source { id, reader, state, head, redactions })
    }
}

impl Admin {
    /// Nobody asked for anything yet.
    #[must_use]
    pub fn new(ground: Ground) -> Self {
        Self(Arc::new(Inside { ground, board: JobBoard::default(), running: Mutex::default() }))
    }

    /// What the jobs work on.
    #[must_use]
    pub fn ground(&self) -> &Ground {
        &self.0.ground
    }

    /// How all jobs are doing.
    #[must_use]
    pub fn board(&self) -> &JobBoard {
        &self.0.board
    }

    /// Starts a job of this `kind`, or leads to the one that runs already; its number.
    ///
    /// # Errors
    /// [`StartError`].
    pub fn start(&self, kind: JobKind) -> Result<u64, StartError> {
        let mut running = self.running();
        if running.ended {
            return Err(StartError::Ended);
        }
        let (id, new) = self.0.board.begin(kind, (self.0.ground.clock)());
        if new {
            let cancelled = Arc::new(AtomicBool::new(false));
            let (inside, flag) = (Arc::clone(&self.0), Arc::clone(&cancelled));
            let thread = std::thread::Builder::new().name(kind.name().into());
            if let Err(error) = thread.spawn(move || inside.carry_out(id, kind, &flag)) {
                let outcome = Outcome::new("The system allows no further thread.");
                self.0.board.end(id, JobState::Failed, outcome, (self.0.ground.clock)());
                return Err(StartError::Thread(error));
            }
            running.jobs.insert(id, cancelled);
        }
        Ok(id)
    }

    /// Calls a job off, which ends soon after and says what it has changed until then; one that has ended stays as it is.
    /// `None` if there is none with this number.
    #[must_use]
    pub fn cancel(&self, id: u64) -> Option<Job> {
        if let Some(cancelled) = self.running().jobs.get(&id) {
            cancelled.store(true, Ordering::Relaxed);
        }
        self.0.board.get(id)
    }

    /// Calls all jobs off and starts no more: the server is about to stop. They end by themselves.
    pub fn end(&self) {
        let mut running = self.running();
        running.ended = true;
        running.jobs.values().for_each(|cancelled| cancelled.store(true, Ordering::Relaxed));
    }

    fn running(&self) -> MutexGuard<'_, Running> {
        self.0.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inside {
    /// Does a job on the thread it is called on, to its end.
    fn carry_out(&self, id: u64, kind: JobKind, cancelled: &AtomicBool) {
        if let Err(error) = rustix::process::setpriority_process(None, NICE) {
            tracing::debug!(%error, "a job runs at the usual priority");
        }
        let clock = self.ground.clock;
        let mut report = Report { board: &self.board, id, cancelled, clock, told_at_ms: 0, total: 0 };
        let work = || match kind {
            JobKind::Verify => verify::run(&self.ground, &mut report),
            JobKind::Rebuild => rebuild::run(&self.ground, &mut report),
            JobKind::Prune => prune::run(&self.ground, false, &mut report),
            JobKind::PruneDryRun => prune::run(&self.ground, true, &mut report),
        };
        // What a job works on is shared, and changed by the writer alone.
        let done = catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| Err(Stopped::panicked()));
        let (state, outcome) = match done {
            Ok(outcome) => (JobState::Done, outcome),
            Err(Stopped::Cancelled(done)) => (JobState::Cancelled, Outcome::new(done)),
            Err(Stopped::Failed(outcome)) => (JobState::Failed, outcome),
        };
        let (job, summary) = (kind.name(), outcome.summary.as_str());
        if state == JobState::Failed {
            tracing::error!(job, id, summary, troubles = ?outcome.troubles, "a job of the administration failed");
        } else {
            tracing::info!(job, id, summary, state = state.name(), "a job of the administration ended");
        }
        self.board.end(id, state, outcome, clock());
        self.running.lock().unwrap_or_else(PoisonError::into_inner).jobs.remove(&id);
    }
}
