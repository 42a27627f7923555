//! Reading what can still be read of a damaged log, as it is stored.

use super::{FjallLog, engine, open_database, stored};
use crate::log::OpenError;
use crate::log::chain::Chain;
use crate::log::folder::Folder;
use crate::record::Pos;
use std::path::Path;

impl FjallLog {
    /// Hands every record of the log in `folder` to `each` from the first on, with its position and the bytes it is stored
    /// as, until one is missing or damaged. Neither the index nor what stands beside the records is looked at. The storage
    /// engine may end the process on a damaged file, so let a child process do it.
    ///
    /// # Errors
    /// [`OpenError`] for the first record that cannot be read, or when none can.
    pub fn salvage(folder: &Path, each: &mut dyn FnMut(Pos, &[u8])) -> Result<(), OpenError> {
        let folder = Folder::lock(folder)?;
        // Where this file is missing, fjall would make a new, empty database.
        folder.part("fjall/version")?;
        engine(|| {
            let (_db, shelf) = open_database(&folder.log().join("fjall"), folder.data())?;
            let mut chain = Chain::default();
            for entry in shelf.log.iter() {
                let (found, frame) = stored(folder.data(), entry)?;
                let expected = chain.head.pos + 1;
                if found != expected {
                    return Err(OpenError::Gap { expected, found });
                }
                chain.add(&frame)?;
                each(found, &frame);
            }
            Ok(())
        })
        .and_then(|read| read)
    }
}
