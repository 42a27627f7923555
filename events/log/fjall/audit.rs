//! Auditing a log that cannot be opened, or that nobody has opened.

use super::reader::Readers;
use super::{FjallLog, engine, open_database};
use crate::log::audit::{Audit, Finding, Pace};
use crate::log::folder::Folder;
use crate::log::head_file::HeadFile;
use crate::log::{LogId, OpenError};
use crate::record::{Pos, Recorded};
use std::path::Path;

impl FjallLog {
    /// Reads everything in `folder` as [`LogReader::audit`](crate::log::LogReader::audit) does, whatever state it is
    /// in. The storage engine may end the process on a damaged file, so let a child process do it.
    ///
    /// # Errors
    /// [`OpenError`] when there is no log, or when it is in use or may not be written.
    pub fn audit(folder: &Path, each: &mut dyn FnMut(Recorded), pace: &Pace<'_>) -> Result<Audit, OpenError> {
        let folder = Folder::lock(folder)?;
        if !folder.has_log()? {
            return Err(OpenError::LostLog { part: folder.log() });
        }
        let mut audit = Audit::default();
        let named = folder.id().unwrap_or_else(|error| {
            audit.note(Finding::Log(error));
            None
        });
        let in_head = HeadFile::read(&folder.log().join("HEAD")).ok().flatten().map(|(id, _)| id);
        let id = named.or(in_head).unwrap_or(LogId([0; 16]));
        let opened = folder
            .part("fjall/version")
            .and_then(|_| engine(|| open_database(&folder.log().join("fjall"), folder.data())))
            .and_then(|opened| opened);
        match opened {
            Ok((_db, shelf)) => {
                let readers = Readers::new(shelf, folder.log(), id, Pos::MAX);
                Ok(readers.audit(audit, each, pace))
            }
            Err(error @ (OpenError::Locked { .. } | OpenError::ReadOnly { .. })) => Err(error),
            Err(error) => {
                audit.note(Finding::Log(error));
                audit.finished = true;
                Ok(audit)
            }
        }
    }
}
