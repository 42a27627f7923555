//! The log on disk, in a fjall database: the only file that names it.
//!
//! Two keyspaces, both written in every commit (one that is rarely written would pin old journals):
//! `log` maps a position (u64 BE) to its frame, `by_video` has an empty value under video (u32 BE, 0
//! for events without one) ‖ position (u64 BE).

use super::batch::{self, video_number};
use super::open::{OpenError, OpenLog};
use super::replay::{self, Chain};
use super::{AppendError, EventLog, Head, LogReader, ReadError};
use crate::record::{Pos, Recorded};
use crate::values::VideoId;
use crate::wire;
use ::fjall::config::{BlockSizePolicy, CompressionPolicy};
use ::fjall::{CompressionType, Database, Keyspace, KeyspaceCreateOptions, PersistMode, Readable as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// What can be chosen about a log.
#[derive(Clone, Debug, Default)]
pub struct Options {}

/// A log in a data folder, to be opened again and again.
#[derive(Clone, Debug)]
pub struct LogFolder {
    /// The data folder; created when it is missing.
    pub folder: PathBuf,
    /// How to open it.
    pub options: Options,
}

impl OpenLog for LogFolder {
    fn open(&self, each: &mut dyn FnMut(Recorded)) -> Result<Box<dyn EventLog>, OpenError> {
        Ok(Box::new(FjallLog::open(&self.folder, &self.options, each)?))
    }
}

/// The log of a data folder. One at a time: the folder is locked while it lives.
pub struct FjallLog {
    db: Database,
    shelf: Shelf,
    head: Head,
    failed: bool,
}

/// What readers need: the keyspaces, and how far they may look.
#[derive(Clone)]
struct Shelf {
    log: Keyspace,
    by_video: Keyspace,
    /// The last published position. Plain reads of fjall can see half of a batch being applied;
    /// nobody looks beyond this.
    end: Arc<AtomicU64>,
}

impl FjallLog {
    /// Opens the log in `folder`, verifies all of it and hands every event to `each`, in order and
    /// exactly once. After an error, what was handed out is worth nothing.
    ///
    /// # Errors
    /// See [`OpenError`].
    pub fn open(folder: &Path, _options: &Options, each: &mut dyn FnMut(Recorded)) -> Result<Self, OpenError> {
        let place = folder.join("log").join("fjall");
        std::fs::create_dir_all(&place).map_err(|error| OpenError::Storage(error.into()))?;
        let refuse = |error| refuse(folder, error);
        let db = Database::builder(&place)
            .cache_size(16 << 20)
            .worker_threads(1)
            .max_journaling_size(128 << 20)
            .open()
            .map_err(refuse)?;
        let shelf = Shelf {
            log: db.keyspace("log", log_options).map_err(refuse)?,
            by_video: db.keyspace("by_video", by_video_options).map_err(refuse)?,
            end: Arc::default(),
        };
        let mut chain = Chain::default();
        let mut recorded_at_ms = 0;
        for entry in db.snapshot().iter(&shelf.log) {
            let (key, frame) = entry.into_inner().map_err(refuse)?;
            let pos = position(&key).ok_or(OpenError::Index)?;
            chain.push(pos, &frame)?;
            if let Some(record) = wire::decode(pos, &frame).map_err(|error| replay::refuse(pos, &error))? {
                recorded_at_ms = record.recorded_at_ms;
                each(record);
            }
        }
        let head = Head { recorded_at_ms, ..chain.head() };
        shelf.end.store(head.pos, Ordering::Release);
        Ok(Self { db, shelf, head, failed: false })
    }
}

fn log_options() -> KeyspaceCreateOptions {
    by_video_options()
        .expect_point_read_hits(true)
        .data_block_size_policy(BlockSizePolicy::all(16 * 1024))
        .data_block_compression_policy(CompressionPolicy::all(CompressionType::Lz4))
}

fn by_video_options() -> KeyspaceCreateOptions {
    KeyspaceCreateOptions::default().max_memtable_size(8 << 20)
}

fn refuse(folder: &Path, error: ::fjall::Error) -> OpenError {
    if let ::fjall::Error::Locked = error {
        OpenError::Locked { folder: folder.to_owned() }
    } else {
        OpenError::Storage(error.into())
    }
}

impl EventLog for FjallLog {
    fn head(&self) -> Head {
        self.head
    }

    fn append(&mut self, batch: &[Recorded]) -> Result<Head, AppendError> {
        if self.failed {
            return Err(AppendError::Unknown("an earlier commit failed; open the log again".into()));
        }
        let prepared = batch::prepare(self.head, batch)?;
        let mut commit = self.db.batch().durability(Some(PersistMode::SyncData));
        for (pos, video, frame) in prepared.frames {
            commit.insert(&self.shelf.log, pos.to_be_bytes(), frame);
            commit.insert(&self.shelf.by_video, video_key(video, pos), []);
        }
        if let Err(error) = commit.commit() {
            self.failed = true;
            return Err(AppendError::Unknown(error.into()));
        }
        self.head = prepared.head;
        self.shelf.end.store(self.head.pos, Ordering::Release);
        Ok(self.head)
    }

    fn reader(&self) -> Arc<dyn LogReader> {
        Arc::new(self.shelf.clone())
    }
}

impl LogReader for Shelf {
    fn read(&self, after: Pos, max: usize) -> Result<Vec<Recorded>, ReadError> {
        let end = self.end.load(Ordering::Acquire);
        if after >= end {
            return Ok(Vec::new());
        }
        let entries = self.log.range((after + 1).to_be_bytes()..=end.to_be_bytes());
        let frames = entries.map(|entry| {
            let (key, frame) = entry.into_inner().map_err(|error| ReadError::Storage(error.into()))?;
            Ok((position(&key).unwrap_or_default(), frame))
        });
        replay::decode_run(after, max, frames)
    }

    fn read_video(&self, video: VideoId, before: Pos, max: usize) -> Result<Vec<Recorded>, ReadError> {
        let storage = |error: ::fjall::Error| ReadError::Storage(error.into());
        let before = before.min(self.end.load(Ordering::Acquire) + 1);
        let keys = self.by_video.range(video_key(video.get(), 0)..video_key(video.get(), before));
        let mut records = Vec::new();
        for entry in keys.rev().take(max) {
            let key = entry.key().map_err(storage)?;
            let pos = key.get(4..).and_then(position).unwrap_or_default();
            let frame = self.log.get(pos.to_be_bytes()).map_err(storage)?.ok_or(ReadError::Missing { pos })?;
            let record = replay::decode(pos, &frame)?;
            records.extend(record.filter(|record| video_number(record) == video.get()));
        }
        Ok(records)
    }
}

/// The key of an event in `by_video`.
fn video_key(video: u32, pos: Pos) -> [u8; 12] {
    let mut key = [0; 12];
    let (front, back) = key.split_at_mut(4);
    front.copy_from_slice(&video.to_be_bytes());
    back.copy_from_slice(&pos.to_be_bytes());
    key
}

/// The position in a key of `log`.
fn position(key: &[u8]) -> Option<Pos> {
    key.try_into().ok().map(Pos::from_be_bytes)
}
