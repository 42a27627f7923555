//! The reading end of the log on disk.

use super::{Shelf, storage};
use crate::log::{LogReader, ReadError, index, replay};
use crate::record::{Pos, Recorded};
use crate::values::VideoId;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

/// The readers of a log, closed with it: a keyspace that lived on would keep the folder locked.
pub(super) struct Readers(Arc<Reader>);

impl Readers {
    /// Readers of a log that ends at `end`.
    pub(super) fn new(shelf: Shelf, end: Pos) -> Self {
        Self(Arc::new(Reader { shelf: RwLock::new(Some(shelf)), end: end.into() }))
    }

    /// Lets readers see everything up to `end`.
    pub(super) fn show(&self, end: Pos) {
        self.0.end.store(end, Ordering::Release);
    }

    /// One of them.
    pub(super) fn reader(&self) -> Arc<dyn LogReader> {
        Arc::clone(&self.0) as Arc<dyn LogReader>
    }
}

impl Drop for Readers {
    fn drop(&mut self) {
        *self.0.shelf.write().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

struct Reader {
    shelf: RwLock<Option<Shelf>>,
    /// The last published position. Plain reads of fjall can see half of a batch being applied;
    /// nobody looks beyond this.
    end: AtomicU64,
}

impl Reader {
    fn with<T>(&self, read: impl FnOnce(&Shelf, Pos) -> Result<T, ReadError>) -> Result<T, ReadError> {
        let shelf = self.shelf.read().unwrap_or_else(PoisonError::into_inner);
        read(shelf.as_ref().ok_or(ReadError::Closed)?, self.end.load(Ordering::Acquire))
    }
}

impl LogReader for Reader {
    fn read(&self, after: Pos, max: usize) -> Result<Vec<Recorded>, ReadError> {
        self.with(|shelf, end| {
            if after >= end {
                return Ok(Vec::new());
            }
            let entries = shelf.log.range((after + 1).to_be_bytes()..=end.to_be_bytes());
            let frames = entries.map(|entry| {
                let (key, frame) = entry.into_inner().map_err(storage)?;
                Ok((key.as_ref().try_into().map(Pos::from_be_bytes).unwrap_or_default(), frame))
            });
            replay::decode_run(after, max, frames)
        })
    }

    fn read_video(&self, video: VideoId, before: Pos, max: usize) -> Result<Vec<Recorded>, ReadError> {
        self.with(|shelf, end| {
            let keys = shelf.by_video.range(index::key(video.get(), 0)..index::key(video.get(), before.min(end + 1)));
            let mut records = Vec::new();
            for entry in keys.rev().take(max) {
                let pos = index::position(&entry.key().map_err(storage)?).unwrap_or_default();
                let frame = shelf.log.get(pos.to_be_bytes()).map_err(storage)?.ok_or(ReadError::Missing { pos })?;
                records.extend(replay::decode(pos, &frame)?);
            }
            Ok(records)
        })
    }
}
