//! Getting a picture out of the store, whole or not at all.

use super::{Picture, Store};
use std::fs::{self, File};
use std::io::{self, ErrorKind, Read as _};

/// The largest picture that is read. Those made here are far smaller; what is larger is something else.
const MAX_BYTES: u64 = 8 << 20;

/// How every JPEG begins and ends (ITU-T T.81, B.1.1.3).
const BEGIN: &[u8] = &[0xff, 0xd8];
const END: &[u8] = &[0xff, 0xd9];

impl Store {
    /// The bytes of a picture; `None` if it is not there. One that was left half-written is deleted, so that it is made
    /// again.
    ///
    /// # Errors
    /// Whatever the disk says.
    pub fn read(&self, picture: Picture) -> io::Result<Option<Vec<u8>>> {
        let path = self.path(picture);
        let file = match File::open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let mut bytes = Vec::new();
        file.take(MAX_BYTES + 1).read_to_end(&mut bytes)?;
        let size = bytes.len() as u64;
        if size <= MAX_BYTES && bytes.starts_with(BEGIN) && bytes.ends_with(END) {
            return Ok(Some(bytes));
        }
        fs::remove_file(&path)?;
        self.forget(size);
        Ok(None)
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::super::Form;
    use super::*;
    use events::values::ContentId;

    const COVER: Picture = Picture { id: ContentId(7), form: Form::Small };

    #[test]
    fn a_whole_picture_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::new(folder.path(), 1_000);
        assert_eq!(store.read(COVER).unwrap(), None);
        let bytes = [BEGIN, b"...", END].concat();
        store.put(COVER, &bytes).unwrap();
        assert_eq!(store.read(COVER).unwrap(), Some(bytes));
    }

    #[test]
    fn what_is_no_whole_picture_goes() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::new(folder.path(), 1_000);
        for broken in [&b""[..], b"\xff\xd8 cut off", b"<html>\xff\xd9"] {
            store.put(COVER, broken).unwrap();
            assert_eq!(store.read(COVER).unwrap(), None);
            assert!(!store.has(COVER));
        }
        assert_eq!(store.bytes(), 0);
    }

    #[test]
    fn what_cannot_be_read_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::new(folder.path(), 1_000);
        fs::create_dir_all(store.path(COVER)).unwrap();
        assert!(store.read(COVER).is_err());
    }
}
