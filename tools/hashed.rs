//! SHA-256 of what is written or read, on the way, and files that appear whole or not at all.

use events::hex;
use sha2::{Digest as _, Sha256};
use std::fs::{self, File};
use std::io::{self, BufWriter, Read, Write};
use std::path::Path;

/// How the name of a file ends that is being written.
pub(crate) const UNFINISHED: &str = ".unfinished";

/// Hashes what goes through it.
pub(crate) struct Hashed<T> {
    inner: T,
    hash: Sha256,
    /// How many bytes went through.
    pub(crate) bytes: u64,
}

impl<T> Hashed<T> {
    pub(crate) fn new(inner: T) -> Self {
        Self { inner, hash: Sha256::new(), bytes: 0 }
    }

    fn take(&mut self, bytes: &[u8]) {
        self.hash.update(bytes);
        self.bytes += bytes.len() as u64;
    }

    /// What the bytes come from or go to, without hashing.
    pub(crate) fn inner(&mut self) -> &mut T {
        &mut self.inner
    }

    /// Hashes bytes that went another way.
    pub(crate) fn hash(&mut self, text: &str) {
        self.take(text.as_bytes());
    }

    /// The hash so far, in hexadecimal digits; the next one begins anew.
    pub(crate) fn sha256(&mut self) -> String {
        self.bytes = 0;
        hex::write(&self.hash.finalize_reset())
    }
}

impl<T: Write> Write for Hashed<T> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.take(bytes.get(..written).unwrap_or_default());
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

impl<T: Read> Read for Hashed<T> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(bytes)?;
        self.take(bytes.get(..read).unwrap_or_default());
        Ok(read)
    }
}

/// The SHA-256 of `text`, in hexadecimal digits.
pub(crate) fn sha256(text: &str) -> String {
    hex::write(&Sha256::digest(text))
}

/// Writes `folder/name` whole or not at all: beside it first, synced, and then renamed. What `fill` gives
/// back is handed on. With an error nothing is left behind.
pub(crate) fn write_whole<T, E: From<io::Error>>(
    folder: &Path,
    name: &str,
    fill: impl FnOnce(&mut dyn Write) -> Result<T, E>,
) -> Result<T, E> {
    let unfinished = folder.join(format!(".{name}{UNFINISHED}"));
    let written = (|| {
        let mut file = BufWriter::with_capacity(1 << 18, File::create(&unfinished)?);
        let filled = fill(&mut file)?;
        file.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
        let file = folder.join(name);
        fs::rename(&unfinished, &file)?;
        sync_folder_of(&file)?;
        Ok(filled)
    })();
    if written.is_err() {
        // What matters is why it could not be written.
        let _ = fs::remove_file(&unfinished);
    }
    written
}

/// Gives the synced file `unfinished` the name `file`, which nothing has, in the same folder.
///
/// # Errors
/// [`io::ErrorKind::AlreadyExists`] when something has it by now, or what the disk says; `unfinished` is still there then.
pub(crate) fn name_new(unfinished: &Path, file: &Path) -> io::Result<()> {
    match fs::hard_link(unfinished, file) {
        Ok(()) => fs::remove_file(unfinished)?,
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Err(error),
        // Some disks know no second name of a file.
        Err(_) => fs::rename(unfinished, file)?,
    }
    sync_folder_of(file)
}

/// Sees to it that what was named in the folder of `file` is still called so after a power cut.
pub(crate) fn sync_folder_of(file: &Path) -> io::Result<()> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_was_taken_meanwhile_is_not_taken_away() {
        let folder = tempfile::tempdir().unwrap();
        let (unfinished, file) = (folder.path().join("new"), folder.path().join("name"));
        fs::write(&unfinished, "new").unwrap();
        fs::write(&file, "old").unwrap();
        assert_eq!(name_new(&unfinished, &file).unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read(&file).unwrap(), b"old");
        fs::remove_file(&file).unwrap();
        name_new(&unfinished, &file).unwrap();
        assert_eq!((fs::read(&file).unwrap(), unfinished.try_exists().unwrap()), (b"new".to_vec(), false));
    }
}
