//! Making whole logs at once: of an export, or in the place of another log.

use super::{FjallLog, Options, Shelf, database, engine, open_database, refuse, verify};
use crate::log::anchor_file::AnchorFile;
use crate::log::batch::{self, video_number};
use crate::log::chain::Chain;
use crate::log::checkpoint::Checkpoints;
use crate::log::folder::{self, Folder};
use crate::log::generation::Swap;
use crate::log::head_file::HeadFile;
use crate::log::replay::Witnesses;
use crate::log::{Head, LoadError, LogId, OpenError, index};
use crate::record::{Pos, Recorded};
use ::fjall::PersistMode;
use std::path::{Path, PathBuf};

/// A log that took the place of another.
#[derive(Clone, Debug)]
pub struct Replaced {
    /// Its identity.
    pub id: LogId,
    /// Where it ends.
    pub head: Head,
    /// Where the old log is kept; `None` when there was none. To go back to it, delete `log` and `LOG_ID` and name
    /// it `log` again.
    pub kept: Option<PathBuf>,
}

impl FjallLog {
    /// Makes a log in `folder`, which must have none, or an empty one, of the events that `tell` hands
    /// to the function it is given: all of it or, when `tell` fails or the program ends on the way,
    /// nothing. Many times faster than appending.
    ///
    /// # Errors
    /// [`LoadError`], or what `tell` fails with.
    pub fn load<E: From<LoadError>>(
        folder: &Path,
        tell: impl FnOnce(&mut Push<'_>) -> Result<(), E>,
    ) -> Result<Head, E> {
        Self::load_all(folder, records(tell))
    }

    /// As [`FjallLog::load`], of frames as `LogReader::frames` gives them: the new log has the same hash
    /// chain as the one they come from, whichever version wrote them.
    ///
    /// # Errors
    /// [`LoadError`], also for a frame that is damaged, or what `tell` fails with.
    pub fn load_frames<E: From<LoadError>>(
        folder: &Path,
        tell: impl FnOnce(&mut PushFrame<'_>) -> Result<(), E>,
    ) -> Result<Head, E> {
        Self::load_all(folder, frames(tell))
    }

    fn load_all<E: From<LoadError>>(
        folder: &Path,
        tell: impl FnOnce(&mut Put<'_>) -> Result<(), E>,
    ) -> Result<Head, E> {
        let mut folder = Folder::lock(folder).map_err(LoadError::from)?;
        if folder.has_log().map_err(LoadError::from)? {
            let log = Self::open_locked(folder, &Options::default(), None, &mut |_| ()).map_err(LoadError::from)?;
            if log.head.pos > 0 {
                return Err(LoadError::NotEmpty { events: log.head.pos }.into());
            }
            // Everything but the folder, and with it the lock, is let go here.
            folder = log.into_folder();
            folder.discard_log().map_err(LoadError::from)?;
        }
        Ok(folder.make_log(|staged| fill(staged, tell))?.head)
    }

    /// Makes a new log, with an identity of its own, of the frames that `tell` hands over, reads all of it, and puts
    /// it in the place of the log in `folder`. The old one, which may be damaged or missing, is kept beside it as
    /// `log.1`, `log.2` and so on. Whenever the program ends, the folder has the whole old log or the whole new one.
    ///
    /// # Errors
    /// [`LoadError`], or what `tell` fails with; the old log is in its place then, unless the disk failed between
    /// the last two steps, which the next start makes up for.
    pub fn replace_log<E: From<LoadError>>(
        folder: &Path,
        tell: impl FnOnce(&mut PushFrame<'_>) -> Result<(), E>,
    ) -> Result<Replaced, E> {
        let folder = Folder::lock(folder).map_err(LoadError::from)?;
        let (_, filled) = folder.stage(|staged| fill_and_check(staged, frames(tell)))?;
        Ok(swap(&folder, filled)?)
    }

    /// The same for a log that is open, and of events: what `tell` hands over may come from a reader of it. It is closed
    /// then.
    ///
    /// # Errors
    /// As [`FjallLog::replace_log`].
    pub fn replace<E: From<LoadError>>(self, tell: impl FnOnce(&mut Push<'_>) -> Result<(), E>) -> Result<Replaced, E> {
        let (_, filled) = self.folder.stage(|staged| fill_and_check(staged, records(tell)))?;
        Ok(swap(&self.into_folder(), filled)?)
    }
}

/// Puts the log in `log.new` in the place of the one there is.
fn swap(folder: &Folder, new: Filled) -> Result<Replaced, LoadError> {
    let Filled { id, head } = new;
    let swap = Swap::begin(folder, id)?;
    swap.finish(folder)?;
    // What was computed from the old log is of no use any more, and does no harm either: nothing of it fits the new one.
    if let Err(error) = Checkpoints::new(folder.data(), [0; 32]).delete() {
        tracing::warn!(%error, "the checkpoints of the log before this one could not be deleted");
    }
    Ok(Replaced { id, head, kept: swap.kept(folder) })
}

/// A log that was just made.
struct Filled {
    id: LogId,
    head: Head,
}

/// Takes the next event of a log that is being loaded.
pub type Push<'a> = dyn FnMut(Recorded) -> Result<(), LoadError> + 'a;

/// Takes the next frame of a log that is being loaded, with its position; answers where the log ends then.
pub type PushFrame<'a> = dyn FnMut(Pos, &[u8]) -> Result<Head, LoadError> + 'a;

/// Adds the next record to a chain: the number it is indexed under, and its frame.
type Add<'a> = dyn Fn(&mut Chain) -> Result<(u32, Vec<u8>), LoadError> + 'a;

/// Stores the next record of a log that is being loaded.
type Put<'a> = dyn FnMut(&Add<'_>) -> Result<Head, LoadError> + 'a;

/// What tells events, as what stores records is told.
fn records<E: From<LoadError>>(
    tell: impl FnOnce(&mut Push<'_>) -> Result<(), E>,
) -> impl FnOnce(&mut Put<'_>) -> Result<(), E> {
    move |put| {
        tell(&mut |record| put(&|chain| Ok((video_number(&record), batch::prepare_one(chain, &record)?))).map(|_| ()))
    }
}

/// The same for what tells frames.
fn frames<E: From<LoadError>>(
    tell: impl FnOnce(&mut PushFrame<'_>) -> Result<(), E>,
) -> impl FnOnce(&mut Put<'_>) -> Result<(), E> {
    move |put| tell(&mut |pos, frame| put(&|chain| Ok((batch::adopt_one(chain, pos, frame)?, frame.to_vec()))))
}

/// Fills an empty folder with a log of no events.
pub(super) fn empty(staged: &Path) -> Result<(), LoadError> {
    fill(staged, |_| Ok(())).map(|_| ())
}

/// Fills an empty folder with a whole log of the events that `tell` hands over.
fn fill<E: From<LoadError>>(staged: &Path, tell: impl FnOnce(&mut Put<'_>) -> Result<(), E>) -> Result<Filled, E> {
    let io = |error| LoadError::from(folder::refuse(staged, error));
    let chain = engine(|| {
        let refuse = |error| LoadError::from(refuse(staged, error));
        let db = database(&staged.join("fjall")).map_err(refuse)?;
        let shelf = Shelf::of(&db).map_err(refuse)?;
        let chain = ingest(&shelf, tell, &refuse)?;
        db.persist(PersistMode::SyncAll).map_err(refuse)?;
        Ok::<_, E>(chain)
    })
    .map_err(LoadError::from)??;
    AnchorFile::create(&staged.join("anchors.bin")).and_then(|mut file| file.append(&chain.anchors)).map_err(io)?;
    let filled = Filled { id: LogId::random(), head: chain.head };
    HeadFile::create(&staged.join("HEAD"), filled.id, filled.head).map_err(io)?;
    Ok(filled)
}

/// Fills an empty folder, then reads everything in it.
fn fill_and_check<E: From<LoadError>>(
    staged: &Path,
    tell: impl FnOnce(&mut Put<'_>) -> Result<(), E>,
) -> Result<Filled, E> {
    let filled = fill(staged, tell)?;
    let walked = engine(|| {
        let (db, shelf) = open_database(&staged.join("fjall"), staged)?;
        let known = Witnesses { head: filled.head, ..Witnesses::default() };
        verify(&db.snapshot(), &shelf, staged, &known, &mut |_| ())
    });
    let found = walked.and_then(|found| found).map_err(LoadError::from)?;
    if found.head == filled.head {
        Ok(filled)
    } else {
        Err(LoadError::from(OpenError::Chain { pos: found.head.pos }).into())
    }
}

/// Writes sorted tables straight away, past journal and memory. The index is kept until its turn:
/// 12 bytes for each event.
fn ingest<E: From<LoadError>>(
    shelf: &Shelf,
    tell: impl FnOnce(&mut Put<'_>) -> Result<(), E>,
    refuse: &dyn Fn(::fjall::Error) -> LoadError,
) -> Result<Chain, E> {
    let mut chain = Chain::default();
    let mut keys = Vec::new();
    let mut log = shelf.log.start_ingestion().map_err(refuse)?;
    tell(&mut |add| {
        let (video, frame) = add(&mut chain)?;
        keys.push(index::key(video, chain.head.pos));
        log.write(chain.head.pos.to_be_bytes(), frame).map_err(refuse)?;
        Ok(chain.head)
    })?;
    log.finish().map_err(refuse)?;
    keys.sort_unstable();
    let mut by_video = shelf.by_video.start_ingestion().map_err(refuse)?;
    for key in keys {
        by_video.write(key, []).map_err(refuse)?;
    }
    by_video.finish().map_err(refuse)?;
    Ok(chain)
}
