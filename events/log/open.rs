//! Opening a log: everything that can be wrong with it, and what a person can do about it.
//!
//! A log is verified whole before it is used. What is found wrong is never repaired on the way: the
//! program says what it saw and ends, with an exit code of its own for each case.

use super::{AppendError, Checkpoints, EventLog, Stamp};
use crate::record::{Pos, Recorded};
use std::path::PathBuf;

/// A place where a log is kept, so that it can be opened again after a fault.
pub trait OpenLog: Send {
    /// Verifies the log and hands every event to `each`, in order and exactly once. After an error,
    /// what was handed out is worth nothing.
    ///
    /// # Errors
    /// See [`OpenError`].
    fn open(&self, each: &mut dyn FnMut(Recorded)) -> Result<Box<dyn EventLog>, OpenError>;

    /// The same when everything up to `start` is known already: hands out what comes after it, when it is certain
    /// that `start` was once the end of this log and nothing was erased since.
    ///
    /// # Errors
    /// See [`OpenError`]; any of them may only mean that `start` is of no use.
    fn open_after(&self, start: &Stamp, each: &mut dyn FnMut(Recorded)) -> Result<Box<dyn EventLog>, OpenError>;

    /// Where checkpoints of what code with this schema computes are kept, if there is such a place.
    fn checkpoints(&self, schema: [u8; 32]) -> Option<Checkpoints>;
}

/// Why a log was not opened. Nothing was written to it, but the storage engine may have cut off what
/// it took for the torn end of its journal.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another program has it open.
    #[error("the data folder {} is in use by another server or tool", folder.display())]
    Locked {
        /// The data folder.
        folder: PathBuf,
    },
    /// Events at the end that were once there are gone.
    #[error("the log ends at position {found}, but it once reached {known}: events are lost")]
    LostEvents {
        /// Where the log ends.
        found: Pos,
        /// How far it is known to have reached.
        known: Pos,
    },
    /// A part without which the log cannot be trusted is gone.
    #[error("{} is missing: the log or a part of it was deleted", part.display())]
    LostLog {
        /// What is missing.
        part: PathBuf,
    },
    /// The parts of the folder do not belong together, or are not those of a log.
    #[error("{} does not belong to this log: {reason}", part.display())]
    ForeignLog {
        /// The part.
        part: PathBuf,
        /// What gives it away.
        reason: String,
    },
    /// An event in the middle is gone.
    #[error("position {expected} is missing from the log; the next one found is {found}")]
    Gap {
        /// The position that should come next.
        expected: Pos,
        /// The position that does.
        found: Pos,
    },
    /// Every record is readable, but they are not the ones that were written.
    #[error("the records up to position {pos} are not those that were written: the hash chain differs")]
    Chain {
        /// Where the difference shows.
        pos: Pos,
    },
    /// A record cannot be trusted.
    #[error("the record at position {pos} is damaged: {reason}")]
    Damaged {
        /// Its position.
        pos: Pos,
        /// What is wrong with it.
        reason: String,
    },
    /// The list of events of each video does not fit the events.
    #[error("the index of events by video does not fit the log")]
    Index,
    /// One of the small files beside the records is damaged.
    #[error("{} is damaged: {reason}", part.display())]
    Witness {
        /// The file.
        part: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A newer program wrote something that this one does not know.
    #[error("the record at position {pos} was written by a newer version: {reason}")]
    NewerVersion {
        /// Its position.
        pos: Pos,
        /// What is not known.
        reason: String,
    },
    /// The folder cannot be written.
    #[error("the data folder {} cannot be written", folder.display())]
    ReadOnly {
        /// The data folder.
        folder: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// The disk or the storage engine failed, or found its own files damaged.
    #[error("the log cannot be read from the disk")]
    Storage(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl OpenError {
    /// A thread that reads, or the storage engine on it, has panicked.
    pub(super) fn panicked() -> Self {
        Self::Storage("the storage engine panicked".into())
    }

    /// The exit code of the program when it ends because of this; each case has its own. 73 to 77 are
    /// those of `sysexits.h` where one fits.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Locked { .. } => 75,
            Self::ReadOnly { .. } => 77,
            Self::Storage(_) => 74,
            Self::LostEvents { .. } => 80,
            Self::LostLog { .. } => 81,
            Self::ForeignLog { .. } => 82,
            Self::Gap { .. } => 83,
            Self::Chain { .. } => 84,
            Self::Damaged { .. } => 85,
            Self::Index => 86,
            Self::Witness { .. } => 87,
            Self::NewerVersion { .. } => 88,
        }
    }

    /// Its place among the others, the worst first: what keeps everything from being read, then what is lost or is not what was written,
    /// then what stands beside the records.
    pub(super) fn rank(&self) -> u8 {
        match self {
            Self::Locked { .. } | Self::ReadOnly { .. } => 0,
            Self::Storage(_) => 1,
            Self::LostLog { .. } => 2,
            Self::ForeignLog { .. } => 3,
            Self::LostEvents { .. } => 4,
            Self::Gap { .. } => 5,
            Self::Damaged { .. } => 6,
            Self::Chain { .. } => 7,
            Self::NewerVersion { .. } => 8,
            Self::Witness { .. } => 9,
            Self::Index => 10,
        }
    }

    /// What to do about it, in a sentence for the person who started the program.
    #[must_use]
    pub fn advice(&self) -> &'static str {
        match self {
            Self::Locked { .. } => "Stop the other one, or give this one another data folder with --data.",
            Self::ReadOnly { .. } => {
                "Give the user of this program the right to write there, or choose another folder with --data."
            }
            Self::Storage(_) => {
                "If the disk is full, make room and start again. Otherwise check the disk, keep a copy of the data \
                 folder, and see what `tools repair` can save, with the newest backup."
            }
            Self::LostEvents { .. }
            | Self::LostLog { .. }
            | Self::Gap { .. }
            | Self::Chain { .. }
            | Self::Damaged { .. }
            | Self::Index
            | Self::Witness { .. } => {
                "Keep a copy of the data folder, check the disk, and make the log whole with `tools repair` and the newest \
                 backup or export."
            }
            Self::ForeignLog { .. } => {
                "Check that --data names the right folder and that its files come from one and the same backup."
            }
            Self::NewerVersion { .. } => "Start the newer version of the program that was used last.",
        }
    }
}

/// Why a log was not loaded. There is no log, or an empty one, as before.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// There is a log with events already.
    #[error("the data folder has a log with {events} events already; loading needs an empty one")]
    NotEmpty {
        /// How many.
        events: u64,
    },
    /// The folder or the empty log in it cannot be used.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The events do not begin at 1, have gaps, or one of them is too large.
    #[error(transparent)]
    Append(#[from] AppendError),
}

impl LoadError {
    /// The same when there was nothing to load.
    pub(super) fn without_events(self) -> OpenError {
        match self {
            Self::Open(error) => error,
            Self::NotEmpty { .. } | Self::Append(_) => OpenError::Storage(self.into()),
        }
    }
}
