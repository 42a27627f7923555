//! Opening the data folder for a maintenance command: the log, all of it verified, and the state after it.

use events::Recorded;
use events::log::fjall::{FjallLog, Options};
use events::log::{EventLog, OpenError};

use projections::State;
use std::fmt;
use std::path::{Path, PathBuf};

/// There is no log to read.
#[derive(Debug, thiserror::Error)]
#[error("there is no log in {}; name the data folder of the server with --data", .0.display())]
pub struct NoLog(pub PathBuf);

/// The log could not be opened. Says what is wrong and what to do about it.
#[derive(Debug)]
pub struct CannotOpen(pub OpenError);

impl fmt::Display for CannotOpen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}. {}", self.0, self.0.advice())
    }
}

impl std::error::Error for CannotOpen {
    // The text above is that of the inner error already; only what lies below it is added.
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source()
    }
}

/// An open data folder.
pub(crate) struct Library {
    pub(crate) log: FjallLog,
    pub(crate) state: State,
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
        Ok(Self { log, state: replay.finish() })
    }

    /// As [`Library::open`], but refuses a folder that has no log instead of making one.
    pub(crate) fn open_existing(data: &Path) -> anyhow::Result<Self> {
        if !log_exists(data) {
            return Err(NoLog(data.to_owned()).into());
        }
        Ok(Self::open(data, &mut |_| {})?)
    }
}

/// True if the data folder has a log, or something in its place.
pub(crate) fn log_exists(data: &Path) -> bool {
    std::fs::symlink_metadata(data.join("log")).is_ok()
}

/// Shows every event of an open log to `each`, in order, until it fails.
pub(crate) fn each(log: &FjallLog, mut each: impl FnMut(&Recorded) -> anyhow::Result<()>) -> anyhow::Result<()> {
    const CHUNK: usize = 4096;
    let reader = log.reader();
    let mut after = 0;
    loop {
        let records = reader.read(after, CHUNK)?;
        let Some(last) = records.last() else { return Ok(()) };
        after = last.pos;
        records.iter().try_for_each(&mut each)?;
    }
}
