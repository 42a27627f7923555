//! Data folders as values, for tests: taken, changed, and put somewhere else.

use super::fjall::{FjallLog, Options};
use super::{EventLog as _, Head, LoadError, OpenError};
use crate::event::{Event, Rating};
use crate::record::{Pos, Recorded};
use crate::sample;
use crate::values::{Stars, VideoId};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// The files of a folder by their paths in it. Journals are mostly zeros, which are not kept.
#[derive(Clone, Debug)]
pub(super) struct Image(pub(super) BTreeMap<PathBuf, Content>);

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Content {
    /// Everything up to the last byte that is not zero.
    pub(super) bytes: Vec<u8>,
    pub(super) len: u64,
}

impl Content {
    /// Ends the file after `len` bytes.
    pub(super) fn cut(&mut self, len: usize) {
        self.bytes.truncate(len);
        self.len = len as u64;
    }
}

impl Image {
    pub(super) fn take(folder: &Path) -> Self {
        let mut files = BTreeMap::new();
        let mut folders = vec![folder.to_owned()];
        while let Some(inside) = folders.pop() {
            for entry in fs::read_dir(inside).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    let mut bytes = fs::read(&path).unwrap();
                    let len = bytes.len() as u64;
                    bytes.truncate(bytes.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1));
                    files.insert(path.strip_prefix(folder).unwrap().to_owned(), Content { bytes, len });
                }
            }
        }
        Self(files)
    }

    pub(super) fn put(&self, folder: &Path) {
        for (path, content) in &self.0 {
            let path = folder.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            let mut file = File::create(path).unwrap();
            file.write_all(&content.bytes).unwrap();
            file.set_len(content.len).unwrap();
        }
    }

    pub(super) fn file(&mut self, name: &str) -> &mut Content {
        self.0.iter_mut().find(|(path, _)| path.ends_with(name)).unwrap().1
    }

    /// The only journal.
    pub(super) fn journal(&mut self) -> &mut Content {
        let journal = self.0.iter_mut().filter(|(path, _)| path.extension().is_some_and(|end| end == "jnl"));
        let [(_, content)] = journal.collect::<Vec<_>>().try_into().unwrap();
        content
    }

    /// Opens the log of this folder somewhere: what it hands out, or why not.
    pub(super) fn open(&self) -> Result<Vec<Recorded>, OpenError> {
        let dir = tempfile::tempdir().unwrap();
        self.put(dir.path());
        open(dir.path()).map(|(_, seen)| seen)
    }
}

/// Opens the log in `folder`; what it hands out, too.
pub(super) fn open(folder: &Path) -> Result<(FjallLog, Vec<Recorded>), OpenError> {
    let mut seen = Vec::new();
    let log = FjallLog::open(folder, &Options::default(), &mut |record| seen.push(record))?;
    Ok((log, seen))
}

/// Makes a log of `events` in `folder`.
pub(super) fn load(folder: &Path, events: impl IntoIterator<Item = Recorded>) -> Result<Head, LoadError> {
    FjallLog::load(folder, |push| events.into_iter().try_for_each(push))
}

/// Events that are all different, about few videos.
pub(super) fn ratings(positions: impl IntoIterator<Item = Pos>) -> impl Iterator<Item = Recorded> {
    positions.into_iter().map(|pos| {
        let video = VideoId::new(u32::try_from(pos % 7).unwrap() + 1).unwrap();
        let stars = Stars::new(u8::try_from(pos % 5).unwrap() + 1).unwrap();
        sample::recorded(pos, Event::Rating(Rating::Given { video, stars }))
    })
}

/// A closed log of `loaded` events in tables and one more batch in the journal for each size.
pub(super) fn library(loaded: Pos, batches: &[Pos]) -> Image {
    let dir = tempfile::tempdir().unwrap();
    load(dir.path(), ratings(1..=loaded)).unwrap();
    append(dir.path(), batches);
    Image::take(dir.path())
}

/// Opens the log in `folder`, appends, and closes it.
pub(super) fn append(folder: &Path, batches: &[Pos]) {
    let (mut log, _) = open(folder).unwrap();
    for size in batches {
        let after = log.head().pos;
        log.append(&ratings(after + 1..=after + size).collect::<Vec<_>>()).unwrap();
    }
}
