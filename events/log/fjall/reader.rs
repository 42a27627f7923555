//! Reading from the keyspaces, for as long as their log is open.

use super::{Shelf, engine};
use crate::log::anchor_file::AnchorFile;
use crate::log::audit::{Audit, Finding, Pace, Source};
use crate::log::head_file::{HeadFile, Mark};
use crate::log::index::{self, Key};
use crate::log::replay::{self, Witnesses};
use crate::log::{LogId, LogReader, OpenError, ReadError};
use crate::record::{Pos, Recorded};
use crate::values::VideoId;
use ::fjall::{Guard, Slice};
use std::ops::Bound;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

/// The readers of a log, closed with it: a keyspace that lived on would keep the folder locked.
pub(super) struct Readers(Arc<Reader>);

impl Readers {
    /// Readers of the log `id` in the folder `log`, which ends at `end`.
    pub(super) fn new(shelf: Shelf, log: PathBuf, id: LogId, end: Pos) -> Self {
        let (shelf, redacting) = (RwLock::new(Some(shelf)), AtomicU64::new(0));
        Self(Arc::new(Reader { shelf, end: end.into(), redacting, log, id }))
    }

    /// Something is about to be erased, or just was.
    pub(super) fn redact(&self) {
        self.0.redacting.fetch_add(1, Ordering::AcqRel);
    }

    /// Lets them see everything up to `end`.
    pub(super) fn publish(&self, end: Pos) {
        self.0.end.store(end, Ordering::Release);
    }

    /// Goes on with an audit that has begun elsewhere.
    pub(super) fn audit(&self, audit: Audit, each: &mut dyn FnMut(Recorded), pace: &Pace<'_>) -> Audit {
        self.0.audit_on(audit, each, pace)
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
    /// Rises before and after something is erased, which moves entries of the index.
    redacting: AtomicU64,
    /// The folder of the log.
    log: PathBuf,
    id: LogId,
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
        self.log.range((after + 1).to_be_bytes()..=end.to_be_bytes()).map(stored)
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

    fn audit(&self, each: &mut dyn FnMut(Recorded), pace: &Pace<'_>) -> Audit {
        self.audit_on(Audit::default(), each, pace)
    }
}

impl Reader {
    /// Goes on with an audit that has begun elsewhere.
    fn audit_on(&self, mut audit: Audit, each: &mut dyn FnMut(Recorded), pace: &Pace<'_>) -> Audit {
        let redacting = self.redacting.load(Ordering::Acquire);
        // IMPORTANT: the witnesses first. They never know of more than the records hold.
        let known = self.witnesses(&mut audit);
        let end = self.end.load(Ordering::Acquire);
        audit.run(self, end, &known, each, pace);
        if redacting != self.redacting.load(Ordering::Acquire) || !redacting.is_multiple_of(2) {
            // What looked wrong about the index may only have been on its way to another place.
            audit.findings.retain(|finding| matches!(finding, Finding::Log(_)));
            audit.finished = false;
        }
        audit
    }

    /// What the small files beside the records say, and what is wrong with them.
    fn witnesses(&self, audit: &mut Audit) -> Witnesses {
        let mut known = Witnesses::default();
        let mut note = |error| audit.note(Finding::Log(error));
        let wrong = |part: PathBuf, reason: &str| match part.try_exists() {
            Ok(false) => OpenError::LostLog { part },
            Ok(true) | Err(_) => OpenError::Witness { part, reason: reason.to_owned() },
        };
        let place = self.log.join("HEAD");
        match HeadFile::read(&place) {
            Ok(Some((id, Mark { head, .. }))) if id == self.id => known.head = head,
            Ok(Some((id, _))) => {
                let reason = format!("it is part of log {id}, but this folder had log {}", self.id);
                note(OpenError::ForeignLog { part: self.log.clone(), reason });
            }
            Ok(None) => note(wrong(place, "neither slot is whole")),
            Err(error) => note(wrong(place, &error.to_string())),
        }
        let place = self.log.join("anchors.bin");
        match AnchorFile::read(&place) {
            Ok((anchors, outcome)) => {
                known.anchors = anchors;
                if outcome.is_err() {
                    note(wrong(place, "an anchor before the last is not one"));
                }
            }
            Err(error) => note(wrong(place, &error.to_string())),
        }
        known
    }
}

impl Source for Reader {
    type Frame = Slice;

    fn stored(&self, after: Pos, max: usize) -> (Vec<(Pos, Slice)>, Option<ReadError>) {
        let mut frames = Vec::new();
        let read = self.with(|shelf, _| {
            survived(|| {
                for entry in shelf.log.range((after.saturating_add(1)).to_be_bytes()..).take(max) {
                    frames.push(stored(entry)?);
                }
                Ok(())
            })
        });
        (frames, read.err())
    }

    fn stored_at(&self, pos: Pos) -> Result<Option<Slice>, ReadError> {
        self.with(|shelf, _| survived(|| shelf.log.get(pos.to_be_bytes()).map_err(storage)))
    }

    fn keys(&self, after: Option<Key>, max: usize) -> Result<Vec<Key>, ReadError> {
        let from = after.map_or(Bound::Unbounded, Bound::Excluded);
        self.with(|shelf, _| {
            survived(|| {
                let keys = shelf.by_video.range::<Key, _>((from, Bound::Unbounded)).take(max);
                keys.map(|entry| {
                    let key = entry.key().map_err(storage)?;
                    let odd = || ReadError::Storage("a key of the index has another length".into());
                    key.as_ref().try_into().map_err(|_| odd())
                })
                .collect()
            })
        })
    }
}

/// The position and the frame of an entry of `log`; a key that is no position counts as 0.
fn stored(entry: Guard) -> Result<(Pos, Slice), ReadError> {
    let (key, frame) = entry.into_inner().map_err(storage)?;
    Ok((key.as_ref().try_into().map(Pos::from_be_bytes).unwrap_or_default(), frame))
}

/// Reads what may be damaged.
fn survived<T>(read: impl FnOnce() -> Result<T, ReadError>) -> Result<T, ReadError> {
    engine(read).unwrap_or_else(|panicked| Err(ReadError::Storage(panicked.into())))
}

/// An error of the storage engine, as readers tell it.
fn storage(error: ::fjall::Error) -> ReadError {
    ReadError::Storage(error.into())
}
