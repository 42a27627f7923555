//! The log on disk, in a fjall database: only this file and those below it name it.
//!
//! Two keyspaces, both written in every commit (one that is rarely written would pin old journals):
//! `log` maps a position (u64 BE) to its frame, `by_video` has an empty value under each key of
//! `index`. What fjall does not promise, the files of `folder` add.

mod audit;
mod load;
mod reader;
mod salvage;
#[cfg(test)]
#[expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]
mod tests;
mod tidy;

pub use load::{Push, PushFrame, Replaced};

use super::anchor_file::AnchorFile;
use super::batch::{self, video_number};
use super::checkpoint::{Checkpoints, Stamp};
use super::folder::{self, Folder};
use super::head_file::{HeadFile, Mark};
use super::keeper::Keeper;
use super::log_id::LogId;
use super::open::{LoadError, OpenError, OpenLog};
use super::redact::{self, RedactError, Redaction};
use super::replay::{self, Found, Witnesses};
use super::{AppendError, EventLog, Head, LogReader, disk, index};
use crate::record::{Pos, Recorded};
use ::fjall::config::{BlockSizePolicy, CompressionPolicy};
use ::fjall::{
    CompressionType, Database, Guard, Keyspace, KeyspaceCreateOptions, OwnedWriteBatch, PersistMode, Readable as _,
    Slice, Snapshot,
};
use reader::Readers;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What can be chosen about a log.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Nothing is appended while less than this is free on the disk. Unless chosen, 512 MiB, or a
    /// twentieth of a disk smaller than 10 GiB.
    pub reserve_bytes: Option<u64>,
}

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

    fn open_after(&self, start: &Stamp, each: &mut dyn FnMut(Recorded)) -> Result<Box<dyn EventLog>, OpenError> {
        Ok(Box::new(FjallLog::open_after(&self.folder, &self.options, start, each)?))
    }

    fn checkpoints(&self, schema: [u8; 32]) -> Option<Checkpoints> {
        Some(Checkpoints::new(&self.folder, schema))
    }
}

/// The log of a data folder. One at a time: the folder is locked while it lives. Dropping it writes
/// `HEAD` and closes its readers.
pub struct FjallLog {
    // Dropped in this order: HEAD is written, readers let go, and the folder is unlocked last.
    keeper: Keeper,
    readers: Readers,
    shelf: Shelf,
    db: Database,
    folder: Folder,
    id: LogId,
    head: Head,
    redactions: u64,
    reserve_bytes: Option<u64>,
    failed: bool,
}

/// The keyspaces.
#[derive(Clone)]
struct Shelf {
    log: Keyspace,
    by_video: Keyspace,
}

impl FjallLog {
    /// Opens the log in `folder`, verifies all of it and hands every event to `each`, in order and
    /// exactly once. After an error, what was handed out is worth nothing. Makes an empty log where
    /// none ever was.
    ///
    /// # Errors
    /// See [`OpenError`].
    pub fn open(folder: &Path, options: &Options, each: &mut dyn FnMut(Recorded)) -> Result<Self, OpenError> {
        let folder = Folder::lock(folder)?;
        if !folder.has_log()? {
            folder.make_log(load::empty).map_err(LoadError::without_events)?;
        }
        Self::open_locked(folder, options, None, each)
    }

    /// Opens the log in `folder`, of which everything up to `start` is known already, and hands out what comes after
    /// it. Only that is verified, and that it continues what `start` was made of: the chain from the last milestone
    /// before it on. What is wrong with older records shows when they are read, or in an [audit](LogReader::audit).
    ///
    /// # Errors
    /// See [`OpenError`]. Any of them may only mean that `start` is not of this log: [`FjallLog::open`] will tell.
    pub fn open_after(
        folder: &Path,
        options: &Options,
        start: &Stamp,
        each: &mut dyn FnMut(Recorded),
    ) -> Result<Self, OpenError> {
        let folder = Folder::lock(folder)?;
        folder.has_log()?;
        Self::open_locked(folder, options, Some(start), each)
    }

    fn into_folder(self) -> Folder {
        let Self { folder, .. } = self;
        folder
    }

    fn open_locked(
        folder: Folder,
        options: &Options,
        start: Option<&Stamp>,
        each: &mut dyn FnMut(Recorded),
    ) -> Result<Self, OpenError> {
        let io = |error| folder::refuse(folder.data(), error);
        let damaged =
            |part: &str, reason: &str| OpenError::Witness { part: folder.log().join(part), reason: reason.into() };
        let head_file = HeadFile::open(&folder.part("HEAD")?).map_err(io)?;
        let (head_file, mark) = head_file.ok_or_else(|| damaged("HEAD", "neither slot is whole"))?;
        let id = head_file.id();
        folder.confirm(id)?;
        let anchor_file = AnchorFile::open(&folder.part("anchors.bin")?).map_err(io)?;
        let (anchor_file, anchors) =
            anchor_file.map_err(|_| damaged("anchors.bin", "an anchor before the last is not one"))?;
        // Where this file is missing, fjall would make a new, empty database.
        folder.part("fjall/version")?;

        let (db, shelf) = engine(|| open_database(&folder.part("fjall")?, folder.data()))??;
        let Mark { head, redactions } = mark;
        let known = Witnesses { head, anchors, checkpoint: start.map(|start| start.head) };
        let found = match start {
            None => verify(&db.snapshot(), &shelf, folder.data(), &known, each)?,
            Some(start) if start.log == id && start.redactions == redactions => {
                verify_after(&db.snapshot(), &shelf, folder.data(), &known, start.head, each)?
            }
            Some(start) => {
                let reason =
                    format!("a checkpoint of log {} from before something was erased, or of another", start.log);
                return Err(OpenError::ForeignLog { part: folder.data().join("checkpoints"), reason });
            }
        };
        let keeper = Keeper::start(head_file, anchor_file).map_err(io)?;
        if found.head != head || !found.new_anchors.is_empty() {
            keeper.note(Mark { head: found.head, redactions }, found.new_anchors);
        }
        let readers = Readers::new(shelf.clone(), folder.log(), id, found.head.pos);
        let reserve_bytes = options.reserve_bytes;
        Ok(Self { keeper, readers, shelf, db, folder, id, head: found.head, redactions, reserve_bytes, failed: false })
    }

    /// Writes `HEAD` now instead of within a second.
    #[cfg(test)]
    pub(super) fn seal(&self) -> std::io::Result<()> {
        self.keeper.flush()
    }

    /// Commits `batch`. If that fails, nobody knows whether it is stored, and nothing more is accepted.
    fn commit(&mut self, batch: OwnedWriteBatch) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        let committed = engine(|| batch.commit()).map_err(Into::into).and_then(|done| done.map_err(Into::into));
        self.failed = committed.is_err();
        committed
    }

    /// Refuses to go on when the disk is nearly full.
    fn check_space(&self) -> Result<(), AppendError> {
        // A disk that cannot tell is not thereby full.
        let Ok(space) = disk::Space::of(self.folder.data()) else { return Ok(()) };
        let floor_bytes = self.reserve_bytes.unwrap_or_else(|| space.usual_reserve_bytes());
        if space.free_bytes < floor_bytes {
            return Err(AppendError::DiskFull { free_bytes: space.free_bytes, floor_bytes });
        }
        Ok(())
    }
}

impl std::fmt::Debug for FjallLog {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FjallLog").field("id", &self.id).field("head", &self.head).finish_non_exhaustive()
    }
}

impl EventLog for FjallLog {
    fn head(&self) -> Head {
        self.head
    }

    fn stamp(&self) -> Stamp {
        Stamp { log: self.id, head: self.head, redactions: self.redactions }
    }

    fn append(&mut self, batch: &[Recorded]) -> Result<Head, AppendError> {
        if self.failed {
            return Err(AppendError::Unknown("an earlier commit failed; open the log again".into()));
        }
        let prepared = batch::prepare(self.head, batch)?;
        if prepared.frames.is_empty() {
            return Ok(self.head);
        }
        self.check_space()?;
        let mut commit = self.db.batch().durability(Some(PersistMode::SyncData));
        for (pos, video, frame) in prepared.frames {
            commit.insert(&self.shelf.log, pos.to_be_bytes(), frame);
            commit.insert(&self.shelf.by_video, index::key(video, pos), []);
        }
        // IMPORTANT: durable first, then visible to readers, then noted in HEAD.
        self.commit(commit).map_err(AppendError::Unknown)?;
        self.head = prepared.head;
        self.readers.publish(self.head.pos);
        self.keeper.note(Mark { head: self.head, redactions: self.redactions }, prepared.anchors);
        Ok(self.head)
    }

    fn redact(&mut self, positions: &[Pos]) -> Result<usize, RedactError> {
        if self.failed {
            return Err(RedactError::Unknown("an earlier commit failed; open the log again".into()));
        }
        let erased = redact::prepare(positions, &*self.readers.reader())?;
        if erased.is_empty() {
            return Ok(0);
        }
        // IMPORTANT: first nothing that was computed before counts any more, then it is gone.
        self.redactions += 1;
        self.keeper.note(Mark { head: self.head, redactions: self.redactions }, Vec::new());
        self.keeper.flush().map_err(RedactError::Prepare)?;
        Checkpoints::new(self.folder.data(), [0; 32]).delete().map_err(RedactError::Prepare)?;
        let mut commit = self.db.batch().durability(Some(PersistMode::SyncData));
        for Redaction { pos, video, frame } in &erased {
            commit.insert(&self.shelf.log, pos.to_be_bytes(), frame.as_slice());
            commit.remove(&self.shelf.by_video, index::key(*video, *pos));
            commit.insert(&self.shelf.by_video, index::key(0, *pos), []);
        }
        self.readers.redact();
        let committed = self.commit(commit);
        self.readers.redact();
        committed.map_err(RedactError::Unknown)?;
        erased.first().into_iter().for_each(|erased| self.shelf.tidy(&self.db, erased));
        Ok(erased.len())
    }

    fn reader(&self) -> Arc<dyn LogReader> {
        self.readers.reader()
    }
}

/// Opens the database, which must have both keyspaces.
fn open_database(place: &Path, data: &Path) -> Result<(Database, Shelf), OpenError> {
    let refuse = |error| refuse(data, error);
    let db = database(place).map_err(refuse)?;
    for name in ["log", "by_video"] {
        if !db.keyspace_exists(name) {
            return Err(OpenError::LostLog { part: place.join("keyspaces") });
        }
    }
    let shelf = Shelf::of(&db).map_err(refuse)?;
    Ok((db, shelf))
}

fn database(place: &Path) -> ::fjall::Result<Database> {
    Database::builder(place).cache_size(16 << 20).worker_threads(1).max_journaling_size(64 << 20).open()
}

impl Shelf {
    /// The keyspaces; made when they are missing. Their options are fixed when they are made.
    fn of(db: &Database) -> ::fjall::Result<Self> {
        let small = || KeyspaceCreateOptions::default().max_memtable_size(8 << 20).expect_point_read_hits(true);
        let packed = || {
            small()
                .data_block_size_policy(BlockSizePolicy::all(16 * 1024))
                .data_block_compression_policy(CompressionPolicy::all(CompressionType::Lz4))
        };
        Ok(Self { log: db.keyspace("log", packed)?, by_video: db.keyspace("by_video", small)? })
    }
}

/// Walks both keyspaces as `snapshot` shows them.
fn verify(
    snapshot: &Snapshot,
    shelf: &Shelf,
    data: &Path,
    known: &Witnesses,
    each: &mut dyn FnMut(Recorded),
) -> Result<Found, OpenError> {
    let frames = snapshot.iter(&shelf.log).map(|entry| stored(data, entry));
    let keys = snapshot.iter(&shelf.by_video);
    std::thread::scope(|scope| {
        let indexed = scope.spawn(move || {
            let mut sum = index::Sum::default();
            for entry in keys {
                sum.add(&entry.key().map_err(|error| refuse(data, error))?);
            }
            Ok(sum)
        });
        let found = replay::verify(frames, known, each)?;
        let indexed = indexed.join().unwrap_or_else(|_| Err(OpenError::panicked()))?;
        if indexed == found.index { Ok(found) } else { Err(OpenError::Index) }
    })
}

/// Walks the records from the last milestone before `start` on, and looks each of them up in the index.
fn verify_after(
    snapshot: &Snapshot,
    shelf: &Shelf,
    data: &Path,
    known: &Witnesses,
    start: Head,
    each: &mut dyn FnMut(Recorded),
) -> Result<Found, OpenError> {
    let begin = known.milestone_before(start.pos).ok_or_else(|| OpenError::Witness {
        part: data.join("log/anchors.bin"),
        reason: format!("there is no milestone before position {}", start.pos),
    })?;
    let frames = snapshot.range(&shelf.log, (begin.pos + 1).to_be_bytes()..).map(|entry| stored(data, entry));
    let begin = Head { recorded_at_ms: start.recorded_at_ms, ..begin };
    let mut indexed = Ok(true);
    let found = replay::walk(frames, begin, known, &Err, &mut |record| {
        let key = index::key(video_number(&record), record.pos);
        if matches!(indexed, Ok(true)) {
            indexed = snapshot.contains_key(&shelf.by_video, key);
        }
        if record.pos > start.pos {
            each(record);
        }
    })?;
    if indexed.map_err(|error| refuse(data, error))? { Ok(found) } else { Err(OpenError::Index) }
}

/// The position and the frame of an entry of `log`.
fn stored(data: &Path, entry: Guard) -> Result<(Pos, Slice), OpenError> {
    let (key, frame) = entry.into_inner().map_err(|error| refuse(data, error))?;
    let pos = key.as_ref().try_into().map(Pos::from_be_bytes).map_err(|_| OpenError::Index)?;
    Ok((pos, frame))
}

/// Runs something that may panic inside fjall when its files are damaged or its worker has died.
fn engine<T>(work: impl FnOnce() -> T) -> Result<T, OpenError> {
    // What a panic leaves behind is dropped here and not looked at again.
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(work)).map_err(|_| OpenError::panicked())
}

fn refuse(data: &Path, error: ::fjall::Error) -> OpenError {
    if let ::fjall::Error::Locked = error {
        return OpenError::Locked { folder: data.to_owned() };
    }
    if let ::fjall::Error::Io(error) = error { folder::refuse(data, error) } else { OpenError::Storage(error.into()) }
}
