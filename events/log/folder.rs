//! The data folder around the storage engine: who may use it, and which log is in it.
//!
//! ```text
//! LOG_ID           the identity of the log, once there is one; locked while the log is open
//! log/HEAD         how far the log is known to reach          (head_file)
//! log/anchors.bin  milestones of the hash chain               (anchor_file)
//! log/fjall/       the records                                (fjall)
//! log.1, log.2 …   logs that another one took the place of    (generation)
//! ```
//!
//! A log is made whole in `log.new/` and renamed, so that `log/` is never half made, and `LOG_ID` is
//! written last: a `LOG_ID` without `log/` is a log that was lost, not one to be made.

use super::generation;
use super::log_id::LogId;
use super::open::{LoadError, OpenError};
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// A program that this one is just starting holds all its locks for a moment: a lock that was let go
/// may not be free at once.
const LOCK_TRIES: u32 = 20;
const LOCK_PAUSE: Duration = Duration::from_millis(50);

/// The file in a data folder that says which log is in it, and whose lock is held by whoever has that log open.
pub const LOG_ID: &str = "LOG_ID";

/// Takes the lock of the log in `data`, whose [`LOG_ID`] is open as `file`, for as long as that stays open. Waits a moment
/// for it.
///
/// # Errors
/// [`OpenError::Locked`] when another program has it, or what the disk says.
pub fn lock_log(data: &Path, file: &File) -> Result<(), OpenError> {
    for _ in 0..LOCK_TRIES {
        match file.try_lock() {
            Ok(()) => return Ok(()),
            Err(TryLockError::WouldBlock) => std::thread::park_timeout(LOCK_PAUSE),
            Err(TryLockError::Error(error)) => return Err(refuse(data, error)),
        }
    }
    Err(OpenError::Locked { folder: data.to_owned() })
}

/// The locked data folder.
pub(super) struct Folder {
    data: PathBuf,
    id_file: File,
}

impl Folder {
    /// Makes the folder if there is none, and locks it.
    pub(super) fn lock(data: &Path) -> Result<Self, OpenError> {
        let refuse = |error| refuse(data, error);
        std::fs::create_dir_all(data).map_err(refuse)?;
        let place = data.join(LOG_ID);
        let id_file =
            OpenOptions::new().read(true).write(true).create(true).truncate(false).open(place).map_err(refuse)?;
        lock_log(data, &id_file)?;
        let folder = Self { data: data.to_owned(), id_file };
        generation::settle(&folder)?;
        Ok(folder)
    }

    /// The data folder.
    pub(super) fn data(&self) -> &Path {
        &self.data
    }

    /// The folder of the log.
    pub(super) fn log(&self) -> PathBuf {
        self.data.join("log")
    }

    /// A part of the log that must be there.
    pub(super) fn part(&self, name: &str) -> Result<PathBuf, OpenError> {
        let part = self.log().join(name);
        if part.try_exists().map_err(|error| refuse(&self.data, error))? {
            Ok(part)
        } else if self.id()?.is_some() {
            Err(OpenError::LostLog { part })
        } else {
            let reason = format!("there is a folder `log` without a {name}, which this program did not make");
            Err(OpenError::ForeignLog { part: self.log(), reason })
        }
    }

    /// The identity of the log; `None` when none was made yet.
    pub(super) fn id(&self) -> Result<Option<LogId>, OpenError> {
        let mut text = String::new();
        let mut file = &self.id_file;
        file.rewind().and_then(|()| file.read_to_string(&mut text)).map_err(|error| self.unreadable(&error))?;
        match text.strip_suffix('\n') {
            // Without its end it was never completely written.
            None => Ok(None),
            Some(id) => id.parse().map(Some).map_err(|()| self.unreadable(&"it is not the identity of a log")),
        }
    }

    /// Checks that the log in the folder, whose parts say `id`, is the one that was made in it.
    pub(super) fn confirm(&self, id: LogId) -> Result<(), OpenError> {
        match self.id()? {
            Some(known) if known == id => Ok(()),
            Some(known) => {
                let reason = format!("it is part of log {id}, but this folder had log {known}");
                Err(OpenError::ForeignLog { part: self.log(), reason })
            }
            None => self.remember(id).map_err(|error| refuse(&self.data, error)),
        }
    }

    /// Notes that the log of this folder is the one named `id`.
    pub(super) fn remember(&self, id: LogId) -> io::Result<()> {
        let mut file = &self.id_file;
        file.set_len(0)?;
        file.rewind()?;
        file.write_all(format!("{id}\n").as_bytes())?;
        file.sync_all()
    }

    /// Whether there is a log. An error when there was one.
    pub(super) fn has_log(&self) -> Result<bool, OpenError> {
        let log = self.log();
        let found = log.try_exists().map_err(|error| refuse(&self.data, error))?;
        if !found && self.id()?.is_some() {
            return Err(OpenError::LostLog { part: log });
        }
        Ok(found)
    }

    /// Makes a log: `fill` puts everything into an empty folder.
    pub(super) fn make_log<T, E: From<LoadError>>(&self, fill: impl FnOnce(&Path) -> Result<T, E>) -> Result<T, E> {
        let refuse = |error| LoadError::from(refuse(&self.data, error));
        let (staged, filled) = self.stage(fill)?;
        std::fs::rename(&staged, self.log()).map_err(refuse)?;
        sync_folder(&self.data).map_err(refuse)?;
        Ok(filled)
    }

    /// Makes a log beside the one there is, which [`Swap`](generation::Swap) can put in its place.
    pub(super) fn stage<T, E: From<LoadError>>(
        &self,
        fill: impl FnOnce(&Path) -> Result<T, E>,
    ) -> Result<(PathBuf, T), E> {
        let refuse = |error| LoadError::from(refuse(&self.data, error));
        let staged = self.data.join("log.new");
        match std::fs::remove_dir_all(&staged) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(refuse(error).into()),
            Ok(()) | Err(_) => {}
        }
        std::fs::create_dir(&staged).map_err(refuse)?;
        let filled = fill(&staged)?;
        sync_folder(&staged).map_err(refuse)?;
        Ok((staged, filled))
    }

    /// Throws the log away; the caller has seen that it is empty.
    pub(super) fn discard_log(&self) -> Result<(), OpenError> {
        let refuse = |error| refuse(&self.data, error);
        // IMPORTANT: first nobody expects a log, then there is none.
        self.id_file.set_len(0).and_then(|()| self.id_file.sync_all()).map_err(refuse)?;
        std::fs::remove_dir_all(self.log()).map_err(refuse)
    }

    fn unreadable(&self, reason: &dyn std::fmt::Display) -> OpenError {
        OpenError::Witness { part: self.data.join(LOG_ID), reason: reason.to_string() }
    }
}

/// Writes the file `name` in `folder` durably, and whole or not at all: as `staged` first, which is then renamed.
pub(super) fn write_whole(folder: &Path, staged: &str, name: &str, parts: &[&[u8]]) -> io::Result<()> {
    let staged = folder.join(staged);
    let mut file = File::create(&staged)?;
    parts.iter().try_for_each(|part| file.write_all(part))?;
    file.sync_all()?;
    std::fs::rename(&staged, folder.join(name))?;
    sync_folder(folder)
}

/// Makes what happened to the names in `folder` durable.
pub(super) fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// What an error of the file system means for the whole log.
pub(super) fn refuse(folder: &Path, error: io::Error) -> OpenError {
    if matches!(error.kind(), io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem) {
        OpenError::ReadOnly { folder: folder.to_owned(), source: error }
    } else {
        OpenError::Storage(error.into())
    }
}
