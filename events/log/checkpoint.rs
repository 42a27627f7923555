//! Checkpoints: what was computed from a log up to some position, kept so that a start need not read the log from
//! its beginning.
//!
//! ```text
//! checkpoints/POS.ckpt   magic 8 | schema 32 | log id 16 | redactions u64 | pos u64 | chain 32 | recorded_at_ms i64 |
//!                        length u64 | that many bytes | SHA-256 of everything before
//! ```
//!
//! Numbers are little endian. A checkpoint is a convenience and never the truth: one that is damaged, of another log,
//! of other code, or from before something was erased is passed over, as if it were not there. Whether it fits the
//! records is found out by opening the log after it. Nothing here knows what the bytes mean.

use super::folder::{sync_folder, write_whole};
use super::{Head, LogId};
use crate::record::Pos;
use sha2::{Digest as _, Sha256};
use std::fs::{self, File};
use std::io::{self, BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};

const MAGIC: &[u8; 8] = b"LVSCKPT1";
const HEADER: usize = 120;
const DIGEST: usize = 32;

/// More than the state of any library; a longer file is not looked into.
const FILE_MAX_BYTES: u64 = 4 << 30;

/// How many files are looked at, at most; two are kept.
const LOOK_MAX: usize = 8;

/// The moment of a log that something belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// Which log.
    pub log: LogId,
    /// Where it ended.
    pub head: Head,
    /// How often something had been erased from it: what was computed before that is not to be used after.
    pub redactions: u64,
}

impl Stamp {
    /// Whether what was computed from the log at one of both can be of use at the other: it is one log, and nothing was
    /// erased from it in between.
    #[must_use]
    pub fn same_log(&self, other: &Self) -> bool {
        self.log == other.log && self.redactions == other.redactions
    }
}

/// Something that was computed from a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// The log it was computed from, and how far.
    pub stamp: Stamp,
    /// What was computed.
    pub bytes: Vec<u8>,
}

/// What a file among the checkpoints is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// A whole checkpoint of this schema.
    Usable,
    /// Something whole that code with another schema has kept.
    OtherVersion,
    /// Not what was kept there.
    Damaged,
}

/// The place where the checkpoints of a data folder are kept, for code with one `schema`: a fingerprint of everything
/// that decides what the bytes mean.
#[derive(Clone, Debug)]
pub struct Checkpoints {
    folder: PathBuf,
    schema: [u8; 32],
}

impl Checkpoints {
    /// Those of the data folder `data`.
    #[must_use]
    pub fn new(data: &Path, schema: [u8; 32]) -> Self {
        Self { folder: data.join("checkpoints"), schema }
    }

    /// Keeps `bytes`, which were computed from the log at `stamp`, durably, beside the newest one there was. All
    /// others go.
    ///
    /// # Errors
    /// When the disk fails; those there were are still there then.
    pub fn keep(&self, stamp: &Stamp, bytes: &[u8]) -> io::Result<()> {
        fs::create_dir_all(&self.folder)?;
        let name = format!("{}.ckpt", stamp.head.pos);
        let front = self.front(stamp, bytes.len() as u64);
        let digest = Sha256::new().chain_update(&front).chain_update(bytes).finalize();
        write_whole(&self.folder, "new", &name, &[&front, bytes, &digest])?;
        self.tidy(stamp, &self.folder.join(name))
    }

    /// Those that are whole and of this schema, the newest first. They are read as they are asked for.
    pub fn newest_first(&self) -> impl Iterator<Item = Checkpoint> {
        let mut places = self.places().unwrap_or_default();
        places.sort_by_key(|(pos, _)| std::cmp::Reverse(*pos));
        places.into_iter().take(LOOK_MAX).filter_map(|(_, place)| self.read(&place).ok().flatten())
    }

    /// What each of the newest files is, the newest first; all of them are read.
    ///
    /// # Errors
    /// When the folder cannot be read. A file that cannot is [damaged](Look::Damaged).
    pub fn look(&self) -> io::Result<Vec<(PathBuf, Look)>> {
        let mut places = match self.places() {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            places => places?,
        };
        places.sort_by_key(|(pos, _)| std::cmp::Reverse(*pos));
        let look = |(pos, place): (Pos, PathBuf)| {
            let look = match self.read(&place) {
                Ok(Some(found)) if found.stamp.head.pos == pos => Look::Usable,
                Ok(None) if is_sealed(&place).unwrap_or(false) => Look::OtherVersion,
                Ok(Some(_) | None) | Err(_) => Look::Damaged,
            };
            (place, look)
        };
        Ok(places.into_iter().take(LOOK_MAX).map(look).collect())
    }

    /// Deletes those that a log at `stamp` cannot be opened after, and what is damaged or of another schema; how many.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn delete_unusable(&self, stamp: &Stamp) -> io::Result<usize> {
        let current = |place: &Path| self.read(place).is_ok_and(|found| found.is_some_and(|c| c.stamp.same_log(stamp)));
        let useless = self.look()?.into_iter().filter(|(place, look)| *look != Look::Usable || !current(place));
        let mut deleted = 0;
        for (place, _) in useless {
            fs::remove_file(place)?;
            deleted += 1;
        }
        if deleted > 0 {
            sync_folder(&self.folder)?;
        }
        Ok(deleted)
    }

    /// Deletes all of them, whatever their schema, for good: they may say what is to be forgotten.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn delete(&self) -> io::Result<()> {
        match fs::remove_dir_all(&self.folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(error),
            Ok(()) => self.folder.parent().map_or(Ok(()), sync_folder),
        }
    }

    /// Deletes everything but `newest`, of the log at `stamp`, and the one before it.
    fn tidy(&self, stamp: &Stamp, newest: &Path) -> io::Result<()> {
        let places = self.places()?.into_iter().filter(|(_, place)| place != newest);
        let (usable, useless): (Vec<_>, Vec<_>) = places.partition(|(pos, place)| {
            *pos < stamp.head.pos && matches!(self.peek(place), Ok(Some(other)) if other.same_log(stamp))
        });
        let before = usable.iter().map(|(pos, _)| *pos).max();
        for (_, place) in usable.iter().filter(|(pos, _)| Some(*pos) != before).chain(&useless) {
            fs::remove_file(place)?;
        }
        Ok(())
    }

    /// The files whose names are those of checkpoints.
    fn places(&self) -> io::Result<Vec<(Pos, PathBuf)>> {
        let mut places = Vec::new();
        for entry in fs::read_dir(&self.folder)? {
            let place = entry?.path();
            let pos = place.file_name().and_then(|name| name.to_str()?.strip_suffix(".ckpt")?.parse().ok());
            places.extend(pos.map(|pos| (pos, place)));
        }
        Ok(places)
    }

    /// The stamp of a file; whether the rest of it is whole is not asked.
    fn peek(&self, place: &Path) -> io::Result<Option<Stamp>> {
        let mut front = [0; HEADER];
        File::open(place)?.read_exact(&mut front)?;
        Ok(self.stamp(&front).map(|(stamp, _)| stamp))
    }

    fn read(&self, place: &Path) -> io::Result<Option<Checkpoint>> {
        let mut file = File::open(place)?;
        let size_bytes = file.metadata()?.len();
        let mut front = [0; HEADER];
        file.read_exact(&mut front)?;
        let Some((stamp, length)) = self.stamp(&front) else { return Ok(None) };
        let whole = length.checked_add((HEADER + DIGEST) as u64) == Some(size_bytes) && size_bytes <= FILE_MAX_BYTES;
        let Some(length) = usize::try_from(length).ok().filter(|_| whole) else { return Ok(None) };
        let mut bytes = vec![0; length];
        file.read_exact(&mut bytes)?;
        let mut digest = [0; DIGEST];
        file.read_exact(&mut digest)?;
        let found = Sha256::new().chain_update(front).chain_update(&bytes).finalize();
        Ok((found.as_slice() == digest).then_some(Checkpoint { stamp, bytes }))
    }

    fn front(&self, stamp: &Stamp, length: u64) -> Vec<u8> {
        let Stamp { log, head, redactions } = stamp;
        let mut bytes = Vec::with_capacity(HEADER);
        bytes.extend_from_slice(MAGIC);
        bytes.extend_from_slice(&self.schema);
        bytes.extend_from_slice(&log.0);
        bytes.extend_from_slice(&redactions.to_le_bytes());
        bytes.extend_from_slice(&head.pos.to_le_bytes());
        bytes.extend_from_slice(&head.chain);
        bytes.extend_from_slice(&head.recorded_at_ms.to_le_bytes());
        bytes.extend_from_slice(&length.to_le_bytes());
        bytes
    }

    /// The stamp and the length in a header of this schema.
    fn stamp(&self, front: &[u8; HEADER]) -> Option<(Stamp, u64)> {
        let (magic, rest) = front.split_first_chunk()?;
        let (schema, rest) = rest.split_first_chunk()?;
        let (log, rest) = rest.split_first_chunk()?;
        let (redactions, rest) = rest.split_first_chunk()?;
        let (pos, rest) = rest.split_first_chunk()?;
        let (chain, rest) = rest.split_first_chunk()?;
        let (recorded_at_ms, rest) = rest.split_first_chunk()?;
        let length = u64::from_le_bytes(rest.try_into().ok()?);
        let head =
            Head { pos: u64::from_le_bytes(*pos), chain: *chain, recorded_at_ms: i64::from_le_bytes(*recorded_at_ms) };
        let stamp = Stamp { log: LogId(*log), head, redactions: u64::from_le_bytes(*redactions) };
        (magic == MAGIC && *schema == self.schema).then_some((stamp, length))
    }
}

/// Whether a file ends with the hash of all that comes before, as every checkpoint does whatever else is in it.
fn is_sealed(place: &Path) -> io::Result<bool> {
    let mut file = BufReader::new(File::open(place)?);
    let mut left = match file.get_ref().metadata()?.len() {
        size_bytes if size_bytes > FILE_MAX_BYTES => return Ok(false),
        size_bytes => size_bytes.saturating_sub(DIGEST as u64),
    };
    let mut hash = Sha256::new();
    while left > 0 {
        let mut bytes = file.by_ref().take(left);
        let read = bytes.fill_buf()?;
        if read.is_empty() {
            return Ok(false);
        }
        hash.update(read);
        let read = read.len();
        bytes.consume(read);
        left -= read as u64;
    }
    let mut digest = [0; DIGEST];
    file.read_exact(&mut digest)?;
    Ok(hash.finalize().as_slice() == digest)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]
mod tests {
    use super::{Checkpoint, Checkpoints, Look, Stamp};
    use crate::log::{Head, LogId};
    use crate::record::Pos;
    use std::fs;
    use std::path::Path;

    const SCHEMA: [u8; 32] = [5; 32];

    fn stamp(pos: Pos) -> Stamp {
        Stamp { log: LogId([9; 16]), head: Head { pos, chain: [7; 32], recorded_at_ms: -1 }, redactions: 3 }
    }

    fn found(checkpoints: &Checkpoints) -> Vec<Pos> {
        checkpoints.newest_first().map(|checkpoint| checkpoint.stamp.head.pos).collect()
    }

    fn looks(checkpoints: &Checkpoints) -> Vec<Look> {
        checkpoints.look().unwrap().into_iter().map(|(_, look)| look).collect()
    }

    #[test]
    fn two_are_kept_and_the_newest_comes_first() {
        let dir = tempfile::tempdir().unwrap();
        let checkpoints = Checkpoints::new(dir.path(), SCHEMA);
        assert_eq!(found(&checkpoints), [0; 0]);
        for pos in [5, 9, 10, 30] {
            checkpoints.keep(&stamp(pos), format!("at {pos}").as_bytes()).unwrap();
        }
        assert_eq!(found(&checkpoints), [30, 10]);
        let newest = checkpoints.newest_first().next().unwrap();
        assert_eq!(newest, Checkpoint { stamp: stamp(30), bytes: b"at 30".to_vec() });
        checkpoints.keep(&stamp(30), b"again").unwrap();
        assert_eq!(found(&checkpoints), [30, 10]);
        checkpoints.delete().unwrap();
        checkpoints.delete().unwrap();
        assert_eq!(found(&checkpoints), [0; 0]);
    }

    #[test]
    fn what_can_never_be_used_again_does_not_stay() {
        let dir = tempfile::tempdir().unwrap();
        let checkpoints = Checkpoints::new(dir.path(), SCHEMA);
        let keep = |stamp: Stamp| checkpoints.keep(&stamp, b"x").unwrap();
        keep(Stamp { log: LogId([1; 16]), ..stamp(100) });
        keep(stamp(50));
        keep(Stamp { redactions: 4, ..stamp(40) });
        Checkpoints::new(dir.path(), [6; 32]).keep(&stamp(41), b"x").unwrap();
        fs::write(dir.path().join("checkpoints/20.ckpt"), "not one").unwrap();
        keep(stamp(42));
        keep(stamp(43));
        assert_eq!(found(&checkpoints), [43, 42]);
        assert_eq!(fs::read_dir(dir.path().join("checkpoints")).unwrap().count(), 2);
    }

    #[test]
    fn one_of_another_schema_is_passed_over() {
        let dir = tempfile::tempdir().unwrap();
        Checkpoints::new(dir.path(), [6; 32]).keep(&stamp(5), b"x").unwrap();
        let checkpoints = Checkpoints::new(dir.path(), SCHEMA);
        assert_eq!((found(&checkpoints), looks(&checkpoints)), (vec![], vec![Look::OtherVersion]));
    }

    #[test]
    fn only_what_cannot_be_used_is_forgotten() {
        let dir = tempfile::tempdir().unwrap();
        let checkpoints = Checkpoints::new(dir.path(), SCHEMA);
        assert_eq!((looks(&checkpoints), checkpoints.delete_unusable(&stamp(9)).unwrap()), (vec![], 0));
        Checkpoints::new(dir.path(), [6; 32]).keep(&stamp(5), b"of another version").unwrap();
        let folder = dir.path().join("checkpoints");
        let other = fs::read(folder.join("5.ckpt")).unwrap();
        checkpoints.keep(&Stamp { redactions: 2, ..stamp(6) }, b"from before something was erased").unwrap();
        let before = fs::read(folder.join("6.ckpt")).unwrap();
        checkpoints.keep(&stamp(9), b"current").unwrap();
        fs::write(folder.join("5.ckpt"), other).unwrap();
        fs::write(folder.join("6.ckpt"), before).unwrap();
        fs::copy(folder.join("9.ckpt"), folder.join("7.ckpt")).unwrap();
        assert_eq!(looks(&checkpoints), [Look::Usable, Look::Damaged, Look::Usable, Look::OtherVersion]);
        assert_eq!(checkpoints.delete_unusable(&stamp(12)).unwrap(), 3);
        assert_eq!((found(&checkpoints), looks(&checkpoints)), (vec![9], vec![Look::Usable]));
    }

    /// The file of the newest checkpoint.
    fn newest(dir: &Path) -> (std::path::PathBuf, Vec<u8>) {
        let place = dir.join("checkpoints/9.ckpt");
        let bytes = fs::read(&place).unwrap();
        (place, bytes)
    }

    #[test]
    fn any_damage_makes_it_as_if_it_were_not_there() {
        let dir = tempfile::tempdir().unwrap();
        let checkpoints = Checkpoints::new(dir.path(), SCHEMA);
        checkpoints.keep(&stamp(5), b"older").unwrap();
        checkpoints.keep(&stamp(9), b"what was computed").unwrap();
        let (place, whole) = newest(dir.path());
        for bit in 0..whole.len() * 8 {
            let mut bytes = whole.clone();
            bytes[bit / 8] ^= 1 << (bit % 8);
            fs::write(&place, bytes).unwrap();
            assert_eq!(found(&checkpoints), [5], "bit {bit}");
            assert_eq!(looks(&checkpoints), [Look::Damaged, Look::Usable], "bit {bit}");
        }
        for len in 0..whole.len() {
            fs::write(&place, &whole[..len]).unwrap();
            assert_eq!(found(&checkpoints), [5], "cut to {len} bytes");
            assert_eq!(looks(&checkpoints), [Look::Damaged, Look::Usable], "cut to {len} bytes");
        }
        fs::write(&place, [&whole[..], b"0"].concat()).unwrap();
        assert_eq!(found(&checkpoints), [5], "one byte too many");
        fs::remove_file(&place).unwrap();
        fs::create_dir(&place).unwrap();
        assert_eq!(found(&checkpoints), [5], "a folder with its name");
    }
}
