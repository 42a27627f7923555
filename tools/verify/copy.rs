//! A copy of the log that may be opened, and so changed, while the log itself is not touched.
//!
//! Sorted tables are never changed by the storage engine, only deleted: a second name for them is enough. All
//! else is small, or mostly holes, and copied.

use super::Finding;
use events::log::{LOG_ID, OpenError, lock_log};
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// The parts of a data folder that make up its log.
const PARTS: [&str; 4] = [LOG_ID, "log", "log.new", "log.swap"];

/// How the names of folders begin that a command has for a while in a data folder.
const VERIFYING: &str = ".verify-";
pub(crate) const REPAIRING: &str = ".repair-";

/// A copy, and the log it was made of, which nobody else can open meanwhile.
pub(crate) struct Copy {
    folder: TempDir,
    _lock: Option<File>,
}

impl Copy {
    /// Copies the log of `data`: into that folder, where it costs next to nothing, or where it cannot be written
    /// into the system's folder for such things.
    pub(crate) fn of(data: &Path) -> Result<Self, OpenError> {
        let lock = lock(data)?;
        if lock.is_some() {
            tidy(data).map_err(disk)?;
        }
        let mut builder = tempfile::Builder::new();
        builder.prefix(VERIFYING);
        let folder = builder.tempdir_in(data).or_else(|_| builder.tempdir()).map_err(disk)?;
        for part in PARTS {
            copy(&data.join(part), &folder.path().join(part), false).map_err(disk)?;
        }
        Ok(Self { folder, _lock: lock })
    }

    /// What was found out about the copy, as it is about `data`: the copy is nothing that people know of.
    pub(crate) fn name(&self, finding: Finding, data: &Path) -> Finding {
        let (copied, named) = (self.folder().display().to_string(), data.display().to_string());
        Finding { what: finding.what.replace(&copied, &named), ..finding }
    }

    /// Where it is.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }
}

/// Takes away the folders that a command which was ended has left. Nobody else has one while `data` is locked, or needs it
/// still.
fn tidy(data: &Path) -> io::Result<()> {
    for entry in fs::read_dir(data)? {
        let entry = entry?;
        let name = entry.file_name();
        let left = [VERIFYING, REPAIRING].iter().any(|prefix| name.to_string_lossy().starts_with(prefix));
        if left && entry.file_type()?.is_dir() {
            match fs::remove_dir_all(entry.path()) {
                // Where nothing can be written, the copy goes elsewhere; that is for the rest to find out.
                Err(error)
                    if matches!(error.kind(), io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem) => {}
                removed => removed?,
            }
        }
    }
    Ok(())
}

fn disk(error: io::Error) -> OpenError {
    OpenError::Storage(error.into())
}

fn lock(data: &Path) -> Result<Option<File>, OpenError> {
    let file = match File::open(data.join(LOG_ID)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        file => file.map_err(disk)?,
    };
    lock_log(data, &file)?;
    Ok(Some(file))
}

/// Copies a file, or a folder with everything in it. `fixed`: it is never changed once it is there.
fn copy(from: &Path, to: &Path, fixed: bool) -> io::Result<()> {
    let found = match fs::symlink_metadata(from) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        found => found?,
    };
    if !found.is_dir() {
        return match fixed.then(|| fs::hard_link(from, to)) {
            Some(Ok(())) => Ok(()),
            Some(Err(_)) | None => fs::copy(from, to).map(|_| ()),
        };
    }
    fs::create_dir(to)?;
    for entry in fs::read_dir(from)? {
        let name: PathBuf = entry?.file_name().into();
        let fixed = fixed || from.file_name().is_some_and(|folder| folder == "tables");
        copy(&from.join(&name), &to.join(&name), fixed)?;
    }
    Ok(())
}
