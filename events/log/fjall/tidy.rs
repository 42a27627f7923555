//! Getting old bytes off the disk after something was erased. What is written over stays in the tables of the storage
//! engine until it merges them, which may be never in a log that hardly grows. Its journal has no such door: it keeps what
//! was written last until it is full (64 MB) and all of it is in tables.

use super::{Shelf, engine};
use crate::log::index;
use crate::log::redact::Redaction;
use ::fjall::Database;
use std::time::{Duration, Instant};

/// Larger logs are left to the storage engine: merging everything would hold up the writer for seconds.
const MAX_BYTES: u64 = 128 << 20;

/// How long to wait for what is still in memory; a broken disk must not hold up anybody for ever.
const WAIT: Duration = Duration::from_secs(5);
const PAUSE: Duration = Duration::from_millis(5);

impl Shelf {
    /// Writes tables anew in which nothing is that was written over, and has the old ones deleted. `erased` was just
    /// erased. A failure is none of the caller's: what was asked for is done, and the engine does this some day by itself.
    pub(super) fn tidy(&self, db: &Database, erased: &Redaction) {
        if self.log.disk_space() + self.by_video.disk_space() <= MAX_BYTES {
            drop(engine(|| self.merge(db, erased)));
        }
    }

    fn merge(&self, db: &Database, Redaction { pos, frame, .. }: &Redaction) -> ::fjall::Result<()> {
        let keyspaces = [&self.log, &self.by_video];
        let rotate = || keyspaces.iter().try_for_each(|keyspace| keyspace.rotate_memtable().map(|_| ()));
        rotate()?;
        let until = Instant::now() + WAIT;
        while keyspaces.iter().any(|keyspace| keyspace.sealed_memtable_count() > 0) && Instant::now() < until {
            std::thread::park_timeout(PAUSE);
        }
        keyspaces.iter().try_for_each(|keyspace| keyspace.major_compact())?;
        // Old tables go when something newer than the new ones leaves the memory: the same once more.
        let mut again = db.batch();
        again.insert(&self.log, pos.to_be_bytes(), frame.as_slice());
        again.insert(&self.by_video, index::key(0, *pos), []);
        again.commit()?;
        rotate()
    }
}
