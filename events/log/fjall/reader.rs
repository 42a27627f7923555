//! Reading from the keyspaces, for as long as their log is open.

use super::super::{LogReader, ReadError, index, replay};
use super::Shelf;
use crate::record::{Pos, Recorded};
use crate::values::VideoId;
use ::fjall::Slice;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

/// The readers of a log, closed with it: a keyspace that lived on would keep the folder locked.
pub(super) struct Readers(Arc<Reader>);

impl Readers {
    /// Readers that see everything up to `end`.
    pub(super) fn new(shelf: Shelf, end: Pos) -> Self {
        Self(Arc::new(Reader { shelf: RwLock::new(Some(shelf)), end: end.into() }))
    }

    /// Lets them see everything up to `end`.
    pub(super) fn publish(&self, end: Pos) {
        self.0.end.store(end, Ordering::Release);
    }

    /// One more.
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

impl Shelf {
    /// What stands between `after` and `end`, which is larger, and at `end`.
    fn frames(&self, after: Pos, end: Pos) -> impl Iterator<Item = Result<(Pos, Slice), ReadError>> {
        self.log.range((after + 1).to_be_bytes()..=end.to_be_bytes()).map(|entry| {
            let (key, frame) = entry.into_inner().map_err(storage)?;
            Ok((key.as_ref().try_into().map(Pos::from_be_bytes).unwrap_or_default(), frame))
        })
    }
}

impl LogReader for Reader {
    fn read(&self, after: Pos, max: usize) -> Result<Vec<Recorded>, ReadError> {
        self.with(
            |shelf, end| {
                if after >= end { Ok(Vec::new()) } else { replay::decode_run(after, max, shelf.frames(after, end)) }
            },
        )
    }

    fn frames(&self, after: Pos, max: usize) -> Result<Vec<(Pos, Vec<u8>)>, ReadError> {
        self.with(
            |shelf, end| {
                if after >= end { Ok(Vec::new()) } else { replay::take_run(after, max, shelf.frames(after, end)) }
            },
        )
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

/// An error of the storage engine, as readers tell it.
pub(super) fn storage(error: ::fjall::Error) -> ReadError {
    ReadError::Storage(error.into())
}
