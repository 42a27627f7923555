//! Opening the data folder for a maintenance command: the log, all of it verified, and the state after it.

use crate::progress::Progress;
use crate::source::Source;
use events::Recorded;
use events::log::fjall::{FjallLog, Options};
use events::log::{EventLog as _, LOG_ID, LoadError, OpenError, Stamp};
use projections::State;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// There is no log to read.
#[derive(Debug, thiserror::Error)]
#[error("there is no log in {}; name the data folder of the server with --data", .0.display())]
pub struct NoLog(pub PathBuf);

/// The log could not be opened. Says what is wrong and what to do about it.
#[derive(Debug)]
pub struct CannotOpen(pub OpenError);

impl fmt::Display for CannotOpen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}. {}", self.0, self.0.advice())?;
        if let OpenError::Locked { .. } = self.0 {
            let served = "import, log, export, backup, stats, verify, rebuild, prune, redact and compact --dry-run";
            write!(f, " With a running server, {served} work as well: `tools --server URL COMMAND`.")?;
        }
        Ok(())
    }
}

impl std::error::Error for CannotOpen {
    // The text above is that of the inner error already; only what lies below it is added.
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source()
    }
}

/// The same for an error of making a log: says what to do where a log could not be opened.
pub(crate) fn about_loading(error: anyhow::Error) -> anyhow::Error {
    match error.downcast::<LoadError>() {
        Ok(LoadError::Open(error)) => CannotOpen(error).into(),
        Ok(error) => error.into(),
        Err(error) => error,
    }
}

/// An open data folder.
pub(crate) struct Library {
    pub(crate) log: FjallLog,
    pub(crate) state: Arc<State>,
}

impl Library {
    /// Opens the data folder, made if it is missing, and shows every event to `each`.
    pub(crate) fn open(data: &Path, each: &mut dyn FnMut(&Recorded)) -> Result<Self, CannotOpen> {
        let mut replay = State::replay();
        let log = FjallLog::open(data, &Options::default(), &mut |record| {
            each(&record);
            replay.fold(&record);
        })
        .map_err(CannotOpen)?;
        Ok(Self { log, state: Arc::new(replay.finish()) })
    }

    /// As [`Library::open`], but refuses a folder that has no log instead of making one.
    pub(crate) fn open_existing(data: &Path, progress: &mut dyn Progress) -> anyhow::Result<Self> {
        let mut replay = State::replay();
        let log = open_log(data, "reading the log", progress, &mut |record| replay.fold(record))?;
        Ok(Self { log, state: Arc::new(replay.finish()) })
    }

    /// As [`Library::open_existing`] for those who only copy records: all of the log is verified, but nothing is learned
    /// from it.
    pub(crate) fn open_unlearned(data: &Path, progress: &mut dyn Progress) -> anyhow::Result<Self> {
        let log = open_log(data, "reading the log", progress, &mut |_| {})?;
        Ok(Self { log, state: Arc::default() })
    }

    /// The open log as a command looks at it.
    pub(crate) fn source(&self) -> Source {
        let Stamp { log: id, head, redactions } = self.log.stamp();
        Source { id, reader: self.log.reader(), state: Arc::clone(&self.state), head, redactions }
    }
}

/// Opens the log of a data folder that has one, verifies all of it and shows every event to `each`: the `part` of the work
/// that `progress` is told of.
pub(crate) fn open_log(
    data: &Path,
    part: &str,
    progress: &mut dyn Progress,
    each: &mut dyn FnMut(&Recorded),
) -> anyhow::Result<FjallLog> {
    if !log_exists(data) {
        return Err(NoLog(data.to_owned()).into());
    }
    progress.begin(part, 0);
    let mut cancelled = Ok(());
    let log = FjallLog::open(data, &Options::default(), &mut |record| {
        each(&record);
        if record.pos.is_multiple_of(4096) && cancelled.is_ok() {
            cancelled = progress.reached(record.pos);
        }
    })
    .map_err(CannotOpen)?;
    cancelled?;
    Ok(log)
}

/// True if the data folder has a log, or had one.
pub(crate) fn log_exists(data: &Path) -> bool {
    // A LOG_ID alone is a log that was lost, which is for opening it to say.
    let there =
        |part: &str| std::fs::symlink_metadata(data.join(part)).is_ok_and(|found| found.is_dir() || found.len() > 0);
    there("log") || there(LOG_ID)
}
