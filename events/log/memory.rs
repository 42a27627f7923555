//! A log in memory, with faults on demand: for tests of everything that stands on a log.
//!
//! It stores the same bytes as the log on disk, so that what a test appends went through the codec.

use super::audit::{Audit, Pace, Source};
use super::batch::{self, video_number};
use super::checkpoint::{Checkpoints, Stamp};
use super::index::{self, Key};
use super::log_id::LogId;
use super::open::{OpenError, OpenLog};
use super::redact::{self, RedactError, Redaction};
use super::replay::{self, Witnesses};
use super::{AppendError, EventLog, Head, LogReader, ReadError};
use crate::record::{Pos, Recorded};
use crate::values::VideoId;
use std::collections::{BTreeSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What goes wrong at an append.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The commit fails and nothing was stored. The log must be opened again.
    Lost,
    /// The commit fails although everything was stored. The log must be opened again.
    Stored,
    /// The disk is too full; nothing was stored, and the next append may succeed.
    DiskFull,
}

/// The "disk": keeps the records while logs on it are opened and dropped. Clones are the same disk.
#[derive(Clone, Debug, Default)]
pub struct MemoryDisk(Arc<Mutex<Disk>>);

#[derive(Debug)]
struct Disk {
    id: LogId,
    /// The frame at position `index + 1`.
    frames: Vec<Vec<u8>>,
    /// How many of them readers may see: a batch whose commit failed shows when the log is opened again.
    visible: usize,
    /// The faults of the next appends, first one first; `None` is an append that succeeds.
    faults: VecDeque<Option<Fault>>,
    /// Whether a log is open.
    locked: bool,
    /// How many logs were opened so far.
    opened: u64,
    /// How often something was erased.
    redactions: u64,
}

impl Default for Disk {
    fn default() -> Self {
        let (frames, faults) = (Vec::new(), VecDeque::new());
        Self { id: LogId::random(), frames, visible: 0, faults, locked: false, opened: 0, redactions: 0 }
    }
}

impl MemoryDisk {
    /// An empty disk.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Plans the outcome of one more append, after those planned already.
    pub fn plan(&self, outcome: Option<Fault>) {
        self.lock().faults.push_back(outcome);
    }

    /// Opens the log on this disk; see [`OpenLog::open`].
    ///
    /// # Errors
    /// [`OpenError::Locked`] while another log is open on it.
    pub fn open(&self, each: &mut dyn FnMut(Recorded)) -> Result<MemoryLog, OpenError> {
        self.open_from(None, each)
    }

    fn open_from(&self, start: Option<&Stamp>, each: &mut dyn FnMut(Recorded)) -> Result<MemoryLog, OpenError> {
        if std::mem::replace(&mut self.lock().locked, true) {
            return Err(OpenError::Locked { folder: "memory".into() });
        }
        // From here on the log unlocks the disk when it is dropped, also on an error below.
        let mut log = MemoryLog { disk: self.clone(), head: Head::default(), failed: false };
        let Disk { id, redactions, .. } = *self.lock();
        if start.is_some_and(|start| (start.log, start.redactions) != (id, redactions)) {
            let reason = "it belongs to another log, or something was erased since".to_owned();
            return Err(OpenError::ForeignLog { part: "memory".into(), reason });
        }
        let frames = self.lock().frames.clone();
        let known = Witnesses { checkpoint: start.map(|start| start.head), ..Witnesses::default() };
        let after = start.map_or(0, |start| start.head.pos);
        let numbered = (1..).zip(&frames).map(Ok);
        let found = replay::verify(numbered, &known, &mut |record| {
            if record.pos > after {
                each(record);
            }
        });
        log.head = found?.head;
        let mut disk = self.lock();
        disk.visible = frames.len();
        disk.opened += 1;
        drop(disk);
        Ok(log)
    }

    /// A panic of another test thread must not hide behind a second one here.
    fn lock(&self) -> MutexGuard<'_, Disk> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl OpenLog for MemoryDisk {
    fn open(&self, each: &mut dyn FnMut(Recorded)) -> Result<Box<dyn EventLog>, OpenError> {
        Ok(Box::new(Self::open(self, each)?))
    }

    fn open_after(&self, start: &Stamp, each: &mut dyn FnMut(Recorded)) -> Result<Box<dyn EventLog>, OpenError> {
        Ok(Box::new(self.open_from(Some(start), each)?))
    }

    /// There is no place beside the records.
    fn checkpoints(&self, _schema: [u8; 32]) -> Option<Checkpoints> {
        None
    }
}

/// The log on a [`MemoryDisk`].
#[derive(Debug)]
pub struct MemoryLog {
    disk: MemoryDisk,
    head: Head,
    failed: bool,
}

impl EventLog for MemoryLog {
    fn head(&self) -> Head {
        self.head
    }

    fn stamp(&self) -> Stamp {
        let disk = self.disk.lock();
        Stamp { log: disk.id, head: self.head, redactions: disk.redactions }
    }

    fn append(&mut self, batch: &[Recorded]) -> Result<Head, AppendError> {
        if self.failed {
            return Err(AppendError::Unknown("an earlier append failed".into()));
        }
        let prepared = batch::prepare(self.head, batch)?;
        let mut disk = self.disk.lock();
        let fault = disk.faults.pop_front().flatten();
        if fault == Some(Fault::DiskFull) {
            return Err(AppendError::DiskFull { free_bytes: 0, floor_bytes: 1 });
        }
        if fault != Some(Fault::Lost) {
            disk.frames.extend(prepared.frames.into_iter().map(|(_, _, frame)| frame));
        }
        if fault.is_some() {
            self.failed = true;
            return Err(AppendError::Unknown("planned by the test".into()));
        }
        disk.visible = disk.frames.len();
        self.head = prepared.head;
        Ok(self.head)
    }

    fn redact(&mut self, positions: &[Pos]) -> Result<usize, RedactError> {
        if self.failed {
            return Err(RedactError::Unknown("an earlier append failed".into()));
        }
        let erased = redact::prepare(positions, &*self.reader())?;
        let mut disk = self.disk.lock();
        let place = |pos: Pos| usize::try_from(pos).ok().and_then(|pos| pos.checked_sub(1));
        let count = erased.len();
        disk.redactions += u64::from(count > 0);
        for Redaction { pos, frame, .. } in erased {
            if let Some(stored) = place(pos).and_then(|place| disk.frames.get_mut(place)) {
                *stored = frame;
            }
        }
        Ok(count)
    }

    fn reader(&self) -> Arc<dyn LogReader> {
        let opened = self.disk.lock().opened;
        Arc::new(MemoryReader { disk: self.disk.clone(), opened })
    }
}

impl Drop for MemoryLog {
    fn drop(&mut self) {
        self.disk.lock().locked = false;
    }
}

/// A reader of the log that was the `opened`th on its disk.
struct MemoryReader {
    disk: MemoryDisk,
    opened: u64,
}

impl MemoryReader {
    fn lock(&self) -> Result<MutexGuard<'_, Disk>, ReadError> {
        let disk = self.disk.lock();
        if disk.locked && disk.opened == self.opened { Ok(disk) } else { Err(ReadError::Closed) }
    }
}

impl LogReader for MemoryReader {
    fn read(&self, after: Pos, max: usize) -> Result<Vec<Recorded>, ReadError> {
        let disk = self.lock()?;
        let skipped = usize::try_from(after).unwrap_or(usize::MAX);
        let frames = (1..).zip(&disk.frames).take(disk.visible).skip(skipped);
        replay::decode_run(after, max, frames.map(Ok))
    }

    fn frames(&self, after: Pos, max: usize) -> Result<Vec<(Pos, Vec<u8>)>, ReadError> {
        let disk = self.lock()?;
        let skipped = usize::try_from(after).unwrap_or(usize::MAX);
        let frames = (1..).zip(&disk.frames).take(disk.visible).skip(skipped);
        replay::take_run(after, max, frames.map(Ok))
    }

    fn read_video(&self, video: VideoId, before: Pos, max: usize) -> Result<Vec<Recorded>, ReadError> {
        let disk = self.lock()?;
        let mut records = Vec::new();
        for (pos, frame) in (1..before).zip(&disk.frames).take(disk.visible) {
            records.extend(replay::decode(pos, frame)?.filter(|record| video_number(record) == video.get()));
        }
        records.reverse();
        records.truncate(max);
        Ok(records)
    }

    fn audit(&self, each: &mut dyn FnMut(Recorded), pace: &Pace<'_>) -> Audit {
        let end = self.lock().map_or(0, |disk| disk.visible as Pos);
        let mut audit = Audit::default();
        audit.run(self, end, &Witnesses::default(), each, pace);
        audit
    }
}

impl Source for MemoryReader {
    type Frame = Vec<u8>;

    fn stored(&self, after: Pos, max: usize) -> (Vec<(Pos, Vec<u8>)>, Option<ReadError>) {
        let skipped = usize::try_from(after).unwrap_or(usize::MAX);
        match self.lock() {
            Ok(disk) => ((1..).zip(disk.frames.iter().cloned()).skip(skipped).take(max).collect(), None),
            Err(error) => (Vec::new(), Some(error)),
        }
    }

    fn stored_at(&self, pos: Pos) -> Result<Option<Vec<u8>>, ReadError> {
        Ok(self.stored(pos.saturating_sub(1), 1).0.pop().map(|(_, frame)| frame))
    }

    /// There is no index that could be wrong.
    fn keys(&self, after: Option<Key>, max: usize) -> Result<Vec<Key>, ReadError> {
        let (frames, _) = self.stored(0, usize::MAX);
        let keys = frames
            .into_iter()
            .map(|(pos, frame)| Ok(index::key(replay::decode(pos, &frame)?.as_ref().map_or(0, video_number), pos)));
        let keys: BTreeSet<Key> = keys.collect::<Result<_, ReadError>>()?;
        Ok(keys.into_iter().filter(|key| after.is_none_or(|after| *key > after)).take(max).collect())
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::{Fault, MemoryDisk, MemoryLog};
    use crate::log::image::ratings;
    use crate::log::{AppendError, EventLog as _};
    use crate::record::Pos;

    fn open(disk: &MemoryDisk) -> (MemoryLog, Vec<Pos>) {
        let mut seen = Vec::new();
        let log = disk.open(&mut |record| seen.push(record.pos)).unwrap();
        (log, seen)
    }

    fn append(log: &mut MemoryLog, pos: Pos) -> Result<(), AppendError> {
        log.append(&ratings([pos]).collect::<Vec<_>>()).map(|_| ())
    }

    #[test]
    fn a_failed_commit_may_have_been_stored_or_not() {
        for (fault, after) in [(Fault::Lost, vec![1]), (Fault::Stored, vec![1, 2])] {
            let disk = MemoryDisk::new();
            disk.plan(None);
            disk.plan(Some(fault));
            let (mut log, _) = open(&disk);
            append(&mut log, 1).unwrap();
            assert!(matches!(append(&mut log, 2), Err(AppendError::Unknown(_))));
            assert_eq!(log.head().pos, 1);
            assert_eq!(log.reader().read(0, 9).unwrap().len(), 1, "nothing is shown before it is known");
            assert!(matches!(append(&mut log, 2), Err(AppendError::Unknown(_))), "it accepts nothing more");
            drop(log);
            let (mut log, seen) = open(&disk);
            assert_eq!(seen, after);
            append(&mut log, seen.len() as Pos + 1).unwrap();
        }
    }

    #[test]
    fn a_full_disk_stores_nothing_and_may_recover() {
        let disk = MemoryDisk::new();
        disk.plan(Some(Fault::DiskFull));
        let (mut log, _) = open(&disk);
        assert!(matches!(append(&mut log, 1), Err(AppendError::DiskFull { .. })));
        append(&mut log, 1).unwrap();
        assert_eq!(log.reader().read(0, 9).unwrap().len(), 1);
    }
}
