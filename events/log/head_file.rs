//! `HEAD`: how far the log is known to reach, kept outside the storage engine, whose recovery may drop
//! the end of a damaged journal without a word.
//!
//! Two slots of 128 bytes are written in turn, so that one is whole whenever the power goes:
//! magic 8 | generation u64 | log id 16 | position u64 | chain 32 | recorded_at_ms i64 | zeros | crc32c u32,
//! all little endian, the CRC over the 124 bytes before it.

use super::Head;
use super::log_id::LogId;
use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::Path;

const MAGIC: &[u8; 8] = b"LVSHEAD1";
const SLOT: usize = 128;
const SUMMED: usize = 124;

/// The open file.
pub(super) struct HeadFile {
    file: File,
    id: LogId,
    generation: u64,
}

/// A whole slot.
struct Slot {
    generation: u64,
    id: LogId,
    head: Head,
}

impl HeadFile {
    /// Makes the file for a log that ends at `head`, with both slots filled.
    pub(super) fn create(path: &Path, id: LogId, head: Head) -> io::Result<()> {
        let file = OpenOptions::new().write(true).create_new(true).open(path)?;
        let mut head_file = Self { file, id, generation: 0 };
        head_file.write(head)?;
        head_file.write(head)
    }

    /// Opens the file. `None` when neither slot is whole.
    pub(super) fn open(path: &Path) -> io::Result<Option<(Self, Head)>> {
        let file = OpenOptions::new().read(true).write(true).open(path)?;
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
        Ok(newest.map(|slot| (Self { file, id: slot.id, generation: slot.generation }, slot.head)))
    }

    /// The same over any file, for tests of failing disks.
    #[cfg(test)]
    pub(super) fn over(file: File) -> Self {
        Self { file, id: LogId::random(), generation: 0 }
    }

    /// The log this file belongs to.
    pub(super) fn id(&self) -> LogId {
        self.id
    }

    /// Notes `head` in the older slot, durably.
    pub(super) fn write(&mut self, head: Head) -> io::Result<()> {
        let slot = Slot { generation: self.generation + 1, id: self.id, head };
        self.file.write_all_at(&slot.bytes(), slot.generation % 2 * SLOT as u64)?;
        self.file.sync_data()?;
        self.generation = slot.generation;
        Ok(())
    }
}

impl Slot {
    fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(SLOT);
        bytes.extend_from_slice(MAGIC);
        bytes.extend_from_slice(&self.generation.to_le_bytes());
        bytes.extend_from_slice(&self.id.0);
        bytes.extend_from_slice(&self.head.pos.to_le_bytes());
        bytes.extend_from_slice(&self.head.chain);
        bytes.extend_from_slice(&self.head.recorded_at_ms.to_le_bytes());
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
        let (recorded_at_ms, _) = rest.split_first_chunk()?;
        (magic == MAGIC).then(|| Self {
            generation: u64::from_le_bytes(*generation),
            id: LogId(*id),
            head: Head {
                pos: u64::from_le_bytes(*pos),
                chain: *chain,
                recorded_at_ms: i64::from_le_bytes(*recorded_at_ms),
            },
        })
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]
mod tests {
    use super::{Head, HeadFile, LogId, SLOT};

    fn head(pos: u64) -> Head {
        Head { pos, chain: [7; 32], recorded_at_ms: -1 }
    }

    #[test]
    fn one_whole_slot_is_enough_and_the_newest_counts() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("HEAD");
        let id = LogId::random();
        HeadFile::create(&path, id, head(0)).unwrap();
        for pos in 1..=5 {
            let (mut file, before) = HeadFile::open(&path).unwrap().unwrap();
            assert_eq!((file.id(), before), (id, head(pos - 1)));
            file.write(head(pos)).unwrap();
        }
        let whole = std::fs::read(&path).unwrap();
        assert_eq!(whole.len(), 2 * SLOT);
        // The fifth write, after two when it was made, went into the second slot.
        for bit in 0..whole.len() * 8 {
            let mut bytes = whole.clone();
            bytes[bit / 8] ^= 1 << (bit % 8);
            std::fs::write(&path, &bytes).unwrap();
            let (_, found) = HeadFile::open(&path).unwrap().unwrap();
            assert_eq!(found, head(if bit / 8 < SLOT { 5 } else { 4 }), "bit {bit}");
        }
        for len in 0..whole.len() {
            std::fs::write(&path, &whole[..len]).unwrap();
            let found = HeadFile::open(&path).unwrap().map(|(_, head)| head);
            assert_eq!(found, (len >= SLOT).then(|| head(4)), "cut to {len} bytes");
        }
    }
}
