//! `HEAD`: how far the log is known to reach, kept outside the storage engine, whose recovery may drop
//! the end of a damaged journal without a word.
//!
//! Two slots of 128 bytes are written in turn, so that one is whole whenever the power goes:
//! magic 8 | generation u64 | log id 16 | position u64 | chain 32 | recorded_at_ms i64 | redactions u64 | zeros |
//! crc32c u32, all little endian, the CRC over the 124 bytes before it.

use super::Head;
use super::log_id::LogId;
use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::Path;

const MAGIC: &[u8; 8] = b"LVSHEAD1";
const SLOT: usize = 128;
const SUMMED: usize = 124;

/// What the file says about the log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Mark {
    /// It reaches at least this far.
    pub(super) head: Head,
    /// How often something was erased from it.
    pub(super) redactions: u64,
}

/// The open file.
pub(super) struct HeadFile {
    file: File,
    id: LogId,
    generation: u64,
    redactions: u64,
}

/// A whole slot.
struct Slot {
    generation: u64,
    id: LogId,
    mark: Mark,
}

impl HeadFile {
    /// Makes the file for a log that ends at `head`, with both slots filled.
    pub(super) fn create(path: &Path, id: LogId, head: Head) -> io::Result<()> {
        let file = OpenOptions::new().write(true).create_new(true).open(path)?;
        let mut head_file = Self { file, id, generation: 0, redactions: 0 };
        let mark = Mark { head, redactions: 0 };
        head_file.write(mark)?;
        head_file.write(mark)
    }

    /// Opens the file. `None` when neither slot is whole.
    pub(super) fn open(path: &Path) -> io::Result<Option<(Self, Mark)>> {
        let file = OpenOptions::new().read(true).write(true).open(path)?;
        let newest = newest(&file)?;
        Ok(newest.map(|slot| {
            let redactions = slot.mark.redactions;
            (Self { file, id: slot.id, generation: slot.generation, redactions }, slot.mark)
        }))
    }

    /// What the file says, without touching it. `None` when neither slot is whole.
    pub(super) fn read(path: &Path) -> io::Result<Option<(LogId, Mark)>> {
        Ok(newest(&File::open(path)?)?.map(|slot| (slot.id, slot.mark)))
    }

    /// The same over any file, for tests of failing disks.
    #[cfg(test)]
    pub(super) fn over(file: File) -> Self {
        Self { file, id: LogId::random(), generation: 0, redactions: 0 }
    }

    /// The log this file belongs to.
    pub(super) fn id(&self) -> LogId {
        self.id
    }

    /// Notes `mark` in the older slot, durably; in both when something was erased, which must never be forgotten.
    pub(super) fn write(&mut self, mark: Mark) -> io::Result<()> {
        if mark.redactions != self.redactions {
            self.write_slot(mark)?;
        }
        self.write_slot(mark)?;
        self.redactions = mark.redactions;
        Ok(())
    }

    fn write_slot(&mut self, mark: Mark) -> io::Result<()> {
        let slot = Slot { generation: self.generation + 1, id: self.id, mark };
        self.file.write_all_at(&slot.bytes(), slot.generation % 2 * SLOT as u64)?;
        self.file.sync_data()?;
        self.generation = slot.generation;
        Ok(())
    }
}

/// The newest whole slot.
fn newest(file: &File) -> io::Result<Option<Slot>> {
    let mut newest: Option<Slot> = None;
    for place in [0, 1] {
        let mut bytes = [0; SLOT];
        let whole = match file.read_exact_at(&mut bytes, place * SLOT as u64) {
            Ok(()) => Slot::parse(&bytes),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => None,
            Err(error) => return Err(error),
        };
        newest = newest.into_iter().chain(whole).max_by_key(|slot| slot.generation);
    }
    Ok(newest)
}

impl Slot {
    fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(SLOT);
        bytes.extend_from_slice(MAGIC);
        bytes.extend_from_slice(&self.generation.to_le_bytes());
        bytes.extend_from_slice(&self.id.0);
        let Mark { head, redactions } = self.mark;
        bytes.extend_from_slice(&head.pos.to_le_bytes());
        bytes.extend_from_slice(&head.chain);
        bytes.extend_from_slice(&head.recorded_at_ms.to_le_bytes());
        bytes.extend_from_slice(&redactions.to_le_bytes());
        bytes.resize(SUMMED, 0);
        bytes.extend_from_slice(&crc32c::crc32c(&bytes).to_le_bytes());
        bytes
    }

    fn parse(bytes: &[u8; SLOT]) -> Option<Self> {
        let (summed, crc) = bytes.split_last_chunk()?;
        if crc32c::crc32c(summed) != u32::from_le_bytes(*crc) {
            return None;
        }
        let (magic, rest) = summed.split_first_chunk()?;
        let (generation, rest) = rest.split_first_chunk()?;
        let (id, rest) = rest.split_first_chunk()?;
        let (pos, rest) = rest.split_first_chunk()?;
        let (chain, rest) = rest.split_first_chunk()?;
        let (recorded_at_ms, rest) = rest.split_first_chunk()?;
        let (redactions, _) = rest.split_first_chunk()?;
        let head =
            Head { pos: u64::from_le_bytes(*pos), chain: *chain, recorded_at_ms: i64::from_le_bytes(*recorded_at_ms) };
        (magic == MAGIC).then(|| Self {
            generation: u64::from_le_bytes(*generation),
            id: LogId(*id),
            mark: Mark { head, redactions: u64::from_le_bytes(*redactions) },
        })
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]
mod tests {
    use super::{Head, HeadFile, LogId, Mark, SLOT};

    fn head(pos: u64) -> Head {
        Head { pos, chain: [7; 32], recorded_at_ms: -1 }
    }

    fn mark(pos: u64) -> Mark {
        Mark { head: head(pos), redactions: 0 }
    }

    #[test]
    fn that_something_was_erased_is_in_both_slots() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("HEAD");
        HeadFile::create(&path, LogId::random(), head(7)).unwrap();
        HeadFile::open(&path).unwrap().unwrap().0.write(Mark { head: head(7), redactions: 9 }).unwrap();
        let whole = std::fs::read(&path).unwrap();
        for place in [9, SLOT + 9] {
            let mut bytes = whole.clone();
            bytes[place] ^= 1;
            std::fs::write(&path, &bytes).unwrap();
            assert_eq!(HeadFile::read(&path).unwrap().unwrap().1.redactions, 9);
        }
    }

    #[test]
    fn one_whole_slot_is_enough_and_the_newest_counts() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("HEAD");
        let id = LogId::random();
        HeadFile::create(&path, id, head(0)).unwrap();
        for pos in 1..=5 {
            let (mut file, before) = HeadFile::open(&path).unwrap().unwrap();
            assert_eq!((file.id(), before), (id, mark(pos - 1)));
            file.write(mark(pos)).unwrap();
        }
        let whole = std::fs::read(&path).unwrap();
        assert_eq!(whole.len(), 2 * SLOT);
        // The fifth write, after two when it was made, went into the second slot.
        for bit in 0..whole.len() * 8 {
            let mut bytes = whole.clone();
            bytes[bit / 8] ^= 1 << (bit % 8);
            std::fs::write(&path, &bytes).unwrap();
            let (_, found) = HeadFile::open(&path).unwrap().unwrap();
            assert_eq!(found, mark(if bit / 8 < SLOT { 5 } else { 4 }), "bit {bit}");
        }
        for len in 0..whole.len() {
            std::fs::write(&path, &whole[..len]).unwrap();
            let found = HeadFile::open(&path).unwrap().map(|(_, mark)| mark);
            assert_eq!(found, (len >= SLOT).then(|| mark(4)), "cut to {len} bytes");
        }
    }
}
