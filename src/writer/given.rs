//! A writer on a log in memory, for the tests of those who submit.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use super::{Writer, WriterThread};
use crate::metrics::WriterMetrics;
use events::log::EventLog as _;
use events::log::memory::{Fault, MemoryDisk};
use events::{Actor, Cause, CommandId, Event, Recorded};
use projections::Live;

/// The time of all that is written, ms since the epoch.
pub(crate) const NOW_MS: i64 = 1_000;

/// The writer, and what belongs to it.
pub(crate) struct Given {
    pub(crate) writer: Writer,
    pub(crate) thread: WriterThread,
    pub(crate) live: Live,
    pub(crate) disk: MemoryDisk,
}

impl Given {
    /// On a log of these events, which a scan wrote as one batch.
    pub(crate) fn after(events: impl IntoIterator<Item = Event>) -> Self {
        let disk = MemoryDisk::new();
        let record = |(pos, event)| Recorded {
            pos,
            recorded_at_ms: 1,
            occurred_at_ms: 1,
            batch: 1,
            cause: Cause::Scan,
            actor: Actor(0),
            command_id: CommandId::default(),
            caused_by: 0,
            event,
        };
        let mut log = disk.open(&mut |_| ()).unwrap();
        log.append(&(1..).zip(events).map(record).collect::<Vec<_>>()).unwrap();
        drop(log);
        let (writer, thread, live) =
            Writer::start(Box::new(disk.clone()), || NOW_MS, WriterMetrics::default()).unwrap();
        Self { writer, thread, live, disk }
    }

    /// The next change finds no room on the disk.
    pub(crate) fn fill_disk(&self) {
        self.disk.plan(Some(Fault::DiskFull));
    }

    /// The batches of the events after `pos`.
    pub(crate) fn batches_after(&self, pos: u64) -> Vec<u64> {
        let read = self.writer.feed().moments().reader().read(pos, 1_000).unwrap();
        read.iter().map(|recorded| recorded.batch).collect()
    }
}
