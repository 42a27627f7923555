//! What whoever looks after the gallery has done while it is in use: proving that the log is whole (`verify`), computing anew
//! what is known (`rebuild`), taking away pictures nobody has any more (`prune`), looking at folders again (`folders`),
//! carrying what is known away (`carry`) and bringing in what an older program knew (`import`).
//!
//! Each is a job on a thread of its own, at a low priority, of which one of a kind runs at a time; how far it is and what
//! came of it is in [`JobBoard`], and how it ended in the log. Who may ask for it is not decided here but in `web::guard`;
//! how to ask in `api` and `actions`.

mod carry;
mod folders;
mod import;
mod prune;
mod rebuild;
mod report;
#[cfg(test)]
mod tests;
mod verify;

use crate::decide::Command;
use crate::status::LibraryStatus;
use crate::status::jobs::{Job, JobBoard, JobKind, JobState, Outcome};
use crate::writer::{Request, Writer};
pub use carry::{Carried, Piece, Pieces};
use events::event::Maintenance;
use events::{Actor, Cause, CommandId, RootPath};
pub use import::Upload;
use projections::Live;
use report::{Report, Stopped};
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::runtime::{Handle, TryCurrentError};
use tokio_util::sync::CancellationToken;
use tools::Source;

/// How nice the threads of jobs are, from 0 to 19: whoever watches goes first.
const NICE: i32 = 10;

/// Asks for a look at a library folder; with `true`, that what is missing then is believed to be gone. Gives back what
/// [`crate::status::RootStatus::answered`] will be when that look is over; nothing for a folder that is none of ours.
pub type AskFolder = Arc<dyn Fn(&RootPath, bool) -> Option<u64> + Send + Sync>;

/// What the jobs work on.
#[derive(Clone)]
pub struct Ground {
    /// What is known.
    pub live: Live,
    /// The only door to the log.
    pub writer: Writer,
    /// Where all of it is kept.
    pub data: PathBuf,
    /// How the library folders are doing.
    pub library: LibraryStatus,
    /// Has a library folder looked at.
    pub ask: AskFolder,
    /// The time in ms since the epoch.
    pub clock: fn() -> i64,
}

/// What can be asked for.
#[derive(Clone, Debug)]
pub enum Wish {
    /// Prove that the log is whole.
    Verify,
    /// Compute what is known anew.
    Rebuild,
    /// Take away pictures that no video has.
    Prune {
        /// Only say which.
        dry_run: bool,
    },
    /// Look at a library folder again; at all of them if none is named.
    Rescan(Option<RootPath>),
    /// Believe that what is missing in a library folder is gone.
    AcceptMissing(RootPath),
    /// Say what these files of the program before this one would bring.
    PreviewImport(Upload),
    /// Bring in what the files bring of which this job has said it.
    Import(u64),
}

/// On whose behalf.
#[derive(Clone, Copy, Debug)]
pub struct By {
    /// The door it came in by.
    pub cause: Cause,
    /// The device.
    pub actor: Actor,
}

/// Starts jobs and cancels them. Cheap to clone.
#[derive(Clone)]
pub struct Admin(Arc<Inside>);

struct Inside {
    ground: Ground,
    board: JobBoard,
    running: Mutex<Running>,
    upload: Mutex<Option<import::Read>>,
}

/// Which jobs run, and how to cancel them.
#[derive(Default)]
struct Running {
    jobs: BTreeMap<u64, CancellationToken>,
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
    /// Only while the server starts or stops.
    #[error("nothing can wait for it")]
    Runtime(#[from] TryCurrentError),
    /// No library folder is called so.
    #[error("there is no library folder {0}")]
    NoSuchFolder(String),
    /// Nothing is missing there that was not believed.
    #[error("nothing is missing in {0} that was not believed")]
    NothingMissing(String),
    /// Another is being sent.
    #[error("job {0} is sending the same to somebody else; wait for its end, or cancel it")]
    BeingSent(u64),
    /// Other files are being read.
    #[error("job {0} is reading other files; wait for its end, or cancel it")]
    BeingRead(u64),
    /// What this job has read is at hand no more.
    #[error("what job {0} has read is no longer at hand; send the files again")]
    NothingRead(u64),
}

/// A job that is about to begin.
struct Task {
    kind: JobKind,
    about: Option<String>,
    by: By,
}

/// What a job does, on a thread of its own.
type Work = Box<dyn FnOnce(&Inside, By, &mut Report<'_>) -> Result<Outcome, Stopped> + Send>;

impl Ground {
    /// What the tools look at: the log as it ends now, and what is known there. Blocking.
    ///
    /// # Errors
    /// The log is not open at the moment.
    pub fn source(&self) -> anyhow::Result<Source> {
        let (stamp, state) = self.writer.look()?;
        let reader = self.writer.feed().reader();
        Ok(Source { id: stamp.log, reader, state, head: stamp.head, redactions: stamp.redactions })
    }
}

impl Wish {
    fn kind(&self) -> JobKind {
        match self {
            Self::Verify => JobKind::Verify,
            Self::Rebuild => JobKind::Rebuild,
            Self::Prune { dry_run: false } => JobKind::Prune,
            Self::Prune { dry_run: true } => JobKind::PruneDryRun,
            Self::Rescan(_) => JobKind::Rescan,
            Self::AcceptMissing(_) => JobKind::AcceptMissing,
            Self::PreviewImport(_) => JobKind::ImportDryRun,
            Self::Import(_) => JobKind::Import,
        }
    }

    fn about(&self) -> Option<String> {
        match self {
            Self::Rescan(Some(root)) | Self::AcceptMissing(root) => Some(folders::name(root)),
            Self::PreviewImport(upload) => Some(upload.names()),
            Self::Verify | Self::Rebuild | Self::Prune { .. } | Self::Rescan(None) | Self::Import(_) => None,
        }
    }

    fn work(self) -> Work {
        Box::new(move |inside, by, report| match self {
            Self::Verify => verify::run(&inside.ground, report),
            Self::Rebuild => rebuild::run(&inside.ground, report),
            Self::Prune { dry_run } => prune::run(&inside.ground, dry_run, report),
            Self::Rescan(root) => folders::rescan(&inside.ground, root, report),
            Self::AcceptMissing(root) => folders::accept_missing(&inside.ground, &root, report),
            Self::PreviewImport(upload) => import::preview(inside, &upload, report),
            Self::Import(read) => import::carry_out(inside, read, by, report),
        })
    }
}

impl Admin {
    /// Nobody asked for anything yet.
    #[must_use]
    pub fn new(ground: Ground) -> Self {
        let inside = Inside { ground, board: JobBoard::default(), running: Mutex::default(), upload: Mutex::default() };
        Self(Arc::new(inside))
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

    /// Starts what is wished for, or leads to the job that does the same already; its number.
    ///
    /// # Errors
    /// [`StartError`].
    pub fn start(&self, wish: Wish, by: By) -> Result<u64, StartError> {
        self.0.check(&wish)?;
        let task = Task { kind: wish.kind(), about: wish.about(), by };
        let reads = matches!(wish, Wish::PreviewImport(_));
        match self.begin(task, wish.work())? {
            // Files that are called the same need not say the same.
            (id, false) if reads => Err(StartError::BeingRead(id)),
            (id, _) => Ok(id),
        }
    }

    /// Starts to send `carried` to somebody; the number of the job, and the pieces as they come.
    ///
    /// # Errors
    /// [`StartError`]; also while the same is sent to somebody else.
    pub fn carry(&self, carried: Carried, by: By) -> Result<(u64, Pieces), StartError> {
        let (sender, pieces) = carry::channel();
        let about = carried.about().map(str::to_owned);
        let task = Task { kind: carried.kind(), about, by };
        match self
            .begin(task, Box::new(move |inside, _, report| carry::run(&inside.ground, carried, sender, report)))?
        {
            (id, true) => Ok((id, pieces)),
            (id, false) => Err(StartError::BeingSent(id)),
        }
    }

    /// The job, and whether it is a new one.
    fn begin(&self, task: Task, work: Work) -> Result<(u64, bool), StartError> {
        let runtime = Handle::try_current()?;
        let mut running = self.running();
        if running.ended {
            return Err(StartError::Ended);
        }
        let (id, new) = self.0.board.begin(task.kind, task.about.as_deref(), (self.0.ground.clock)());
        if new {
            let cancelled = CancellationToken::new();
            let (inside, own) = (Arc::clone(&self.0), cancelled.clone());
            let thread = std::thread::Builder::new().name(task.kind.name().into());
            if let Err(error) = thread.spawn(move || inside.carry_out(id, &task, work, &own, &runtime)) {
                let outcome = Outcome::new("The system allows no further thread.");
                self.0.board.end(id, JobState::Failed, outcome, (self.0.ground.clock)());
                return Err(StartError::Thread(error));
            }
            running.jobs.insert(id, cancelled);
        }
        Ok((id, new))
    }

    /// Cancels a job, which ends soon after and says what it has changed until then; one that has ended stays as it is.
    /// `None` if there is none with this number.
    #[must_use]
    pub fn cancel(&self, id: u64) -> Option<Job> {
        if let Some(cancelled) = self.running().jobs.get(&id) {
            cancelled.cancel();
        }
        self.0.board.get(id)
    }

    /// Cancels all jobs and starts no more: the server is about to stop. They end by themselves.
    pub fn end(&self) {
        let mut running = self.running();
        running.ended = true;
        running.jobs.values().for_each(CancellationToken::cancel);
    }

    fn running(&self) -> MutexGuard<'_, Running> {
        self.0.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inside {
    /// Whether it makes sense at the moment.
    fn check(&self, wish: &Wish) -> Result<(), StartError> {
        match wish {
            Wish::Verify | Wish::Rebuild | Wish::Prune { .. } | Wish::Rescan(None) | Wish::PreviewImport(_) => Ok(()),
            Wish::Rescan(Some(root)) => folders::known(&self.ground, root).map(drop),
            Wish::AcceptMissing(root) => folders::refused(&self.ground, root),
            Wish::Import(read) => self.has_read(*read),
        }
    }

    /// Does a job on the thread it is called on, to its end.
    fn carry_out(&self, id: u64, task: &Task, work: Work, cancelled: &CancellationToken, runtime: &Handle) {
        if let Err(error) = rustix::process::setpriority_process(None, NICE) {
            tracing::debug!(%error, "a job runs at the usual priority");
        }
        let clock = self.ground.clock;
        let mut report = Report { board: &self.board, id, cancelled, clock, runtime, told_at_ms: 0, total: 0 };
        // What a job works on is shared, and changed by the writer alone.
        let done = catch_unwind(AssertUnwindSafe(|| work(self, task.by, &mut report)))
            .unwrap_or_else(|_| Err(Stopped::panicked()));
        let (state, outcome) = match done {
            Ok(outcome) => (JobState::Done, outcome),
            Err(Stopped::Cancelled(done)) => (JobState::Cancelled, Outcome::new(done)),
            Err(Stopped::Failed(outcome)) => (JobState::Failed, outcome),
        };
        let (job, summary) = (task.kind.name(), outcome.summary.as_str());
        if state == JobState::Failed {
            tracing::error!(job, id, summary, troubles = ?outcome.troubles, "a job of the administration failed");
        } else {
            tracing::info!(job, id, summary, state = state.name(), "a job of the administration ended");
        }
        self.note(task, state, &outcome);
        self.board.end(id, state, outcome, clock());
        self.running.lock().unwrap_or_else(PoisonError::into_inner).jobs.remove(&id);
    }

    /// Writes down how a job ended. Without a log that takes anything, only the job says so.
    fn note(&self, Task { kind, about, by }: &Task, state: JobState, outcome: &Outcome) {
        if kind.is_dry_run() {
            return;
        }
        let task = kind.name().to_owned();
        let summary = match about {
            Some(about) => format!("{about}: {}", outcome.summary),
            None => outcome.summary.clone(),
        };
        let ended = match state {
            JobState::Running | JobState::Done => Maintenance::Done { task, summary },
            JobState::Failed => Maintenance::Failed { task, summary },
            JobState::Cancelled => Maintenance::Cancelled { task, summary },
        };
        let By { cause, actor } = *by;
        let request = Request { command: Command::Maintained(ended), cause, actor, id: CommandId::default() };
        if let Err(error) = self.ground.writer.submit_blocking(request) {
            tracing::warn!(%error, job = kind.name(), "how a job ended could not be written down");
        }
    }
}
