//! `tools backup`: the log as files that are only ever added to, each covered by a hash.
//!
//! ```text
//! manifest.jsonl               what belongs to the backup, and which log it is of    (manifest)
//! events-…1-…120000.segment    the records of these positions as they are stored     (segment)
//! ```
//!
//! Each run adds what is new since the last one. A file that is there is never changed; the manifest is
//! replaced by renaming, last of all, so that a backup is whole at every moment.

mod manifest;
mod segment;
#[cfg(test)]
#[expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]
mod tests;

use crate::progress::{Progress, Quiet};
use crate::source::Source;
use crate::{Refusal, hashed, report};
use anyhow::Context as _;
use events::log::fjall::PushFrame;
use events::log::{Chain, Head, LogId};
use events::{Pos, hex};
use manifest::{Manifest, Segment};
use serde::Serialize;
use std::collections::BTreeSet;
use std::fmt;
use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};

/// A segment has at most this many records, so that none gets too large to copy.
const SEGMENT_MAX: Pos = 1_000_000;

/// What `tools backup` can be told.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Example, every night, while the server runs:\n  \
    tools --server http://127.0.0.1:5000 backup /mnt/disk/gallery-backup\n\n\
    The first run copies the whole log, each later one what is new. All that is in the folder already is verified first. \
    `tools restore` makes a log of it that is equal to the last byte. Videos and pictures are not part of it.")]
pub struct Args {
    /// A folder that holds nothing else; made if it is missing. Best on another disk.
    pub dir: PathBuf,
    /// Print what was done as JSON.
    #[arg(long)]
    pub json: bool,
}

/// What a run did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Made {
    /// How many events were added.
    pub added: u64,
    /// The position the backup reaches to.
    pub through: Pos,
    /// How many bytes all events take there.
    pub bytes: u64,
    /// The hash chain at its end, in hexadecimal digits: that of the log.
    pub chain: String,
    /// Whether older parts of it may tell of viewings that were forgotten since.
    pub tells_forgotten: bool,
}

/// What to do about a backup that tells of what was forgotten.
pub(crate) const TELLS_FORGOTTEN: &str = "Viewings were forgotten since this backup was begun, and older parts of it may \
                                          tell of them: begin a new backup in another folder, and delete this one.";

impl fmt::Display for Made {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.added {
            0 => write!(f, "Nothing new: the backup reaches to position {} already, and is whole.", self.through)?,
            added => {
                let added = report::count(added, "event");
                write!(
                    f,
                    "Added {added}; the backup reaches to position {} and takes {} bytes.",
                    self.through, self.bytes
                )?;
            }
        }
        if self.tells_forgotten { write!(f, "\n{TELLS_FORGOTTEN}") } else { Ok(()) }
    }
}

/// Adds to the backup in `folder` what `source` has and it has not.
///
/// # Errors
/// [`Refusal::InTheWay`] when the folder holds something else, or another run is at it; [`Refusal::BadInput`]
/// when the backup in it is damaged, or of another log. Else a disk that fails, or
/// [`crate::progress::Cancelled`]; the backup is as it was then.
pub fn make(source: &Source, folder: &Path, progress: &mut dyn Progress) -> anyhow::Result<Made> {
    fs::create_dir_all(folder).with_context(|| format!("failed to make {}", folder.display()))?;
    let _lock = lock(folder)?;
    let mut manifest = match Manifest::read(folder)? {
        Some(manifest) => {
            let backup = Backup { folder: folder.to_owned(), manifest };
            backup.verify(progress)?;
            backup.manifest
        }
        None => begin(folder, source)?,
    };
    let before = manifest.end();
    if before.pos > source.head.pos {
        let text = format!("reaches to position {}, but the log ends at {}", before.pos, source.head.pos);
        return Err(foreign(folder, &text));
    }
    let mut segments = Vec::new();
    let end = match copy(source, folder, before, &mut segments, progress) {
        Ok(end) => end,
        Err(error) => {
            // What matters is why; files that the manifest does not name are no part of the backup.
            segments.iter().for_each(|made| drop(fs::remove_file(folder.join(made.file()))));
            return Err(error);
        }
    };
    let known = manifest.clone();
    manifest.note(source.id, source.redactions);
    manifest.segments.append(&mut segments);
    if manifest != known {
        manifest.write(folder)?;
    }
    tidy(folder, &manifest)?;
    let bytes = manifest.segments.iter().map(|segment| segment.bytes).sum();
    let (added, through, chain) = (end.pos - before.pos, end.pos, hex::write(&end.chain));
    Ok(Made { added, through, bytes, chain, tells_forgotten: manifest.tells_forgotten() })
}

/// Deletes what a run left that was killed: segments that were never named, and files that were never whole.
fn tidy(folder: &Path, manifest: &Manifest) -> anyhow::Result<()> {
    let named: BTreeSet<String> = manifest.segments.iter().map(Segment::file).collect();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let Ok(name) = entry.file_name().into_string() else { continue };
        if segment::left_behind(&name) && !named.contains(&name) {
            fs::remove_file(entry.path()).with_context(|| format!("failed to delete {}", entry.path().display()))?;
        }
    }
    Ok(())
}

/// Writes everything after `before` into new segments, and makes sure that it continues the backup.
fn copy(
    source: &Source,
    folder: &Path,
    before: Head,
    segments: &mut Vec<Segment>,
    progress: &mut dyn Progress,
) -> anyhow::Result<Head> {
    let mut chain = Chain::from(before);
    while chain.head.pos < source.head.pos {
        let last = source.head.pos.min(chain.head.pos + SEGMENT_MAX);
        segments.push(segment::write(source, folder, &mut chain, last, progress)?);
    }
    // IMPORTANT: only now is it known that the records before these are those of this log, too.
    if chain.head.chain == source.head.chain {
        Ok(chain.head)
    } else {
        Err(foreign(folder, "has other events at the same positions"))
    }
}

/// Two runs at once would write the same files.
fn lock(folder: &Path) -> anyhow::Result<File> {
    let opened = File::open(folder).with_context(|| format!("failed to open {}", folder.display()))?;
    match opened.try_lock() {
        Err(TryLockError::WouldBlock) => {
            Err(Refusal::InTheWay(format!("another backup into {} is running", folder.display())).into())
        }
        // A file system without locks can still be backed up to.
        Ok(()) | Err(TryLockError::Error(_)) => Ok(opened),
    }
}

/// A manifest for a folder that has none, and must be empty.
fn begin(folder: &Path, source: &Source) -> anyhow::Result<Manifest> {
    for entry in fs::read_dir(folder)? {
        let name = entry?.file_name();
        if !name.to_string_lossy().ends_with(hashed::UNFINISHED) {
            let text = format!(
                "{} is neither empty nor a backup: it has {} and no {}; name another folder",
                folder.display(),
                name.display(),
                manifest::NAME
            );
            return Err(Refusal::InTheWay(text).into());
        }
    }
    let (log, redactions) = (source.id.to_string(), source.redactions);
    let manifest = Manifest { log, redactions, redactions_known: redactions, segments: Vec::new() };
    manifest.write(folder)?;
    Ok(manifest)
}

fn foreign(folder: &Path, what: &str) -> anyhow::Error {
    let text = format!(
        "the backup in {} {what}: it is of another library, or the log was replaced since; begin a new backup in another \
         folder, and keep this one",
        folder.display()
    );
    Refusal::BadInput(text).into()
}

/// A backup to read.
pub(crate) struct Backup {
    folder: PathBuf,
    manifest: Manifest,
}

impl Backup {
    /// Reads the manifest in `folder`.
    pub(crate) fn open(folder: &Path) -> anyhow::Result<Self> {
        match Manifest::read(folder)? {
            Some(manifest) => Ok(Self { folder: folder.to_owned(), manifest }),
            None => {
                Err(Refusal::BadInput(format!("{} is no backup: it has no {}", folder.display(), manifest::NAME))
                    .into())
            }
        }
    }

    /// Whether it may tell of something that was erased since it was begun, as far as that was known when it was added to
    /// last.
    pub(crate) fn is_outdated(&self) -> bool {
        self.manifest.tells_forgotten()
    }

    /// Whether it may tell of something that was erased from the log `id`, which happened `redactions` times.
    pub(crate) fn tells_forgotten(&self, id: LogId, redactions: u64) -> bool {
        let mut now = self.manifest.clone();
        now.note(id, redactions);
        now.tells_forgotten()
    }

    /// Where the backup ends.
    pub(crate) fn end(&self) -> Head {
        self.manifest.end()
    }

    /// Hands every record to `push`, and compares the chain and the bytes of each segment with the manifest.
    ///
    /// # Errors
    /// [`Refusal::BadInput`] as soon as something differs; what was handed out is worth nothing then.
    pub(crate) fn read(&self, progress: &mut dyn Progress, push: &mut PushFrame<'_>) -> anyhow::Result<()> {
        progress.begin("reading the backup", self.end().pos);
        for segment in &self.manifest.segments {
            segment::read(&self.folder, segment, progress, push)?;
        }
        Ok(())
    }

    /// Compares every byte with the manifest.
    fn verify(&self, progress: &mut dyn Progress) -> anyhow::Result<()> {
        progress.begin("verifying the backup", self.end().pos);
        for segment in &self.manifest.segments {
            let mut chain = Chain::from(self.manifest.before(segment));
            let mut push = |_, frame: &[u8]| {
                chain.add(frame)?;
                Ok(chain.head)
            };
            segment::read(&self.folder, segment, &mut Quiet, &mut push)?;
            progress.reached(segment.last)?;
        }
        Ok(())
    }
}
