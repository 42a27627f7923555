//! The log as the rest of the program sees it: append at the end, read from anywhere.
//!
//! One [`EventLog`] exists per data folder and is owned by the writer thread; any number of
//! [`LogReader`]s may read beside it. How events become bytes is in `wire`, where they are kept in
//! `fjall`, and a log with faults for tests in `memory`.

mod ahead;
mod anchor_file;
mod audit;
mod batch;
mod chain;
mod checkpoint;
#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod child;
#[cfg(test)]
#[expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]
mod contract;
#[cfg(test)]
#[expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]
mod damage;
mod disk;
#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod faults;
pub mod fjall;
mod folder;
mod generation;
mod head_file;
#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod image;
mod index;
mod keeper;
mod log_id;
pub mod memory;
mod open;
mod redact;
mod replay;
mod resume;
#[cfg(test)]
#[expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]
mod sweep;
mod time;

pub use ahead::{frames_ahead, read_ahead, work_ahead};
pub use audit::{Audit, Finding, Pace};
pub use chain::Chain;
pub use checkpoint::{Checkpoint, Checkpoints, Look, Stamp};
pub use folder::{LOG_ID, lock_log};
pub use log_id::LogId;
pub use open::{LoadError, OpenError, OpenLog};
pub use redact::RedactError;
pub use resume::{Resumed, resume};
pub use time::position_at;

use crate::record::{Pos, Recorded};
use crate::values::VideoId;
use std::sync::Arc;

/// The end of a log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Head {
    /// The position of the last event; 0 for an empty log.
    pub pos: Pos,
    /// SHA-256 chain over every record up to `pos`; all zero for an empty log.
    pub chain: [u8; 32],
    /// When the last event was written, ms since the epoch; new events are never older.
    pub recorded_at_ms: i64,
}

/// The writing end. Blocking; lives on one thread.
pub trait EventLog: Send {
    /// The end of the log as this writer knows it.
    fn head(&self) -> Head;

    /// The moment it is at, for what is computed from it.
    fn stamp(&self) -> Stamp;

    /// Appends `batch` atomically and durably: when this returns `Ok`, the events survive a power cut.
    /// The first event's position must be that of the head plus one, and so on without gaps.
    ///
    /// # Errors
    /// See [`AppendError`]; after [`AppendError::Unknown`] this log accepts nothing more.
    fn append(&mut self, batch: &[Recorded]) -> Result<Head, AppendError>;

    /// Erases what the records at `positions` say, atomically and durably, and with each viewing what took it back,
    /// what brought it back, and where the same device stopped in it; returns how many had not been erased before.
    /// Only [some](crate::event::Event::can_be_redacted) can be. Their envelopes stay, and the hash chain with them: it is
    /// made of digests, and [`Redacted`](crate::event::Redacted) says what that gives away.
    ///
    /// Readers see it at once. What was learned from these records elsewhere is for the caller to forget.
    /// Until the storage engine has tidied up, its files may still hold the old bytes, and so do backups.
    ///
    /// # Errors
    /// See [`RedactError`]; after [`RedactError::Unknown`] this log accepts nothing more.
    fn redact(&mut self, positions: &[Pos]) -> Result<usize, RedactError>;

    /// A reader that goes on working while this log is written, and until it is dropped.
    fn reader(&self) -> Arc<dyn LogReader>;
}

/// The reading end. Blocking: call it from a thread that may wait for the disk.
pub trait LogReader: Send + Sync {
    /// Up to `max` events after position `after`, in order.
    ///
    /// # Errors
    /// [`ReadError`] when a record is missing or damaged.
    fn read(&self, after: Pos, max: usize) -> Result<Vec<Recorded>, ReadError>;

    /// Up to `max` records after position `after` in order, each with its position, as the bytes they are
    /// stored as: nothing about them is verified but that none is missing.
    ///
    /// # Errors
    /// [`ReadError`] when a record is missing.
    fn frames(&self, after: Pos, max: usize) -> Result<Vec<(Pos, Vec<u8>)>, ReadError>;

    /// Up to `max` events about `video` before position `before`, newest first.
    ///
    /// # Errors
    /// [`ReadError`] when a record is missing or damaged.
    fn read_video(&self, video: VideoId, before: Pos, max: usize) -> Result<Vec<Recorded>, ReadError>;

    /// Reads everything there is now, hands every event that can be read to `each`, and tells all that is wrong:
    /// checksums, gaps, chain, milestones, `HEAD`, and the index of events both ways. Goes on where it can.
    /// Others may read and write meanwhile; `pace` is asked now and then whether to go on, and how fast. When something
    /// is erased meanwhile, it may not be [finished](Audit::finished) and is to be done again.
    fn audit(&self, each: &mut dyn FnMut(Recorded), pace: &Pace<'_>) -> Audit;
}

/// What the note beside the records of a log says about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Known {
    /// It reached at least this far.
    pub head: Head,
    /// How often something was erased from it.
    pub redactions: u64,
}

/// What is known of the log in the data folder `data` by the note that is kept beside its records; `None` when that note
/// is missing or damaged. For logs that cannot be opened, or that another has open.
#[must_use]
pub fn known_head(data: &std::path::Path) -> Option<Known> {
    let (_, head_file::Mark { head, redactions }) = head_file::HeadFile::read(&data.join("log/HEAD")).ok()??;
    Some(Known { head, redactions })
}

/// Why a batch was not appended.
#[derive(Debug, thiserror::Error)]
pub enum AppendError {
    /// The batch does not continue the log. Nothing was written.
    #[error("the batch begins at position {found}, but the log ends at {head}")]
    OutOfOrder {
        /// Where the log ends.
        head: Pos,
        /// Where the batch begins.
        found: Pos,
    },
    /// An event is too large to store. Nothing was written.
    #[error("an event takes {size_bytes} bytes; at most {limit_bytes} can be stored")]
    TooLarge {
        /// Its encoded size.
        size_bytes: usize,
        /// The limit.
        limit_bytes: usize,
    },
    /// An event would not be the same when read back. Nothing was written. A fault of this program:
    /// once stored, such an event would keep the log from being opened again.
    #[error("the event for position {pos} cannot be read back as it is")]
    Unreadable {
        /// Where it would have been.
        pos: Pos,
    },
    /// Too little space is left on the disk. Nothing was written.
    #[error("only {free_bytes} bytes are free on the disk of the data folder; {floor_bytes} are kept in reserve")]
    DiskFull {
        /// Free space.
        free_bytes: u64,
        /// The reserve below which nothing is written.
        floor_bytes: u64,
    },
    /// The disk failed in the middle: the batch may or may not be stored. Open the log again to know.
    #[error("writing to the log failed; whether the batch was stored is not known")]
    Unknown(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Why events could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// A record that should be there is not.
    #[error("position {pos} is missing from the log")]
    Missing {
        /// Its position.
        pos: Pos,
    },
    /// A record is there but cannot be trusted or understood.
    #[error("the record at position {pos} is damaged or unknown: {reason}")]
    Damaged {
        /// Its position.
        pos: Pos,
        /// What is wrong with it.
        reason: String,
    },
    /// The log this reader belongs to was closed; one that was opened since has readers of its own.
    #[error("the log is closed")]
    Closed,
    /// The disk or the storage engine failed.
    #[error("reading the log failed")]
    Storage(#[source] Box<dyn std::error::Error + Send + Sync>),
}
