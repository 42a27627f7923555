//! Where bytes come from: a file, or in tests a piece of memory. Read at a place, never as a stream, so that only what is
//! needed is read.

use crate::Error;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;

/// Bytes that can be read at any place.
pub trait ReadAt: Send {
    /// Reads into `buffer` from `offset` on; fewer bytes than asked for only at the end.
    ///
    /// # Errors
    /// Whatever the disk says.
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize>;
}

impl ReadAt for File {
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        FileExt::read_at(self, buffer, offset)
    }
}

impl ReadAt for Vec<u8> {
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        let rest = usize::try_from(offset).ok().and_then(|offset| self.get(offset..)).unwrap_or_default();
        let len = rest.len().min(buffer.len());
        for (to, from) in buffer.iter_mut().zip(rest) {
            *to = *from;
        }
        Ok(len)
    }
}

/// The bytes of one file, and how many there are.
pub struct Source {
    bytes: Box<dyn ReadAt>,
    len: u64,
}

impl Source {
    /// An open file of which the first `len` bytes count.
    #[must_use]
    pub fn new(bytes: impl ReadAt + 'static, len: u64) -> Self {
        Self { bytes: Box::new(bytes), len }
    }

    /// How many bytes there are.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.len
    }

    /// True for an empty file.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Up to `len` bytes from `offset` on; fewer at the end of the file.
    ///
    /// # Errors
    /// [`Error::Read`].
    pub fn some(&self, offset: u64, len: usize) -> Result<Vec<u8>, Error> {
        let left = usize::try_from(self.len.saturating_sub(offset)).unwrap_or(usize::MAX);
        let mut bytes = vec![0; len.min(left)];
        let mut filled = 0;
        while let Some(space) = bytes.get_mut(filled..).filter(|space| !space.is_empty()) {
            match self.bytes.read_at(space, offset + filled as u64) {
                Ok(0) => break,
                Ok(read) => filled += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(Error::Read(error)),
            }
        }
        bytes.truncate(filled);
        Ok(bytes)
    }

    /// Exactly `len` bytes from `offset` on, at most `limit`.
    ///
    /// # Errors
    /// [`Error::TooLarge`] beyond the limit, [`Error::Damaged`] when the file ends before, [`Error::Read`].
    pub fn exactly(&self, offset: u64, len: u64, limit: usize) -> Result<Vec<u8>, Error> {
        let len = usize::try_from(len).ok().filter(|len| *len <= limit).ok_or(Error::TooLarge("a part of it"))?;
        if len as u64 > self.len.saturating_sub(offset) {
            return Err(Error::Damaged("the file ends too early"));
        }
        let bytes = self.some(offset, len)?;
        if bytes.len() < len { Err(Error::Damaged("the file ends too early")) } else { Ok(bytes) }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_read_beyond_the_end() {
        let source = Source::new(b"abcdef".to_vec(), 6);
        assert_eq!(source.some(4, 10).unwrap(), b"ef");
        assert_eq!(source.some(u64::MAX, 10).unwrap(), b"");
        assert_eq!(source.exactly(1, 2, 2).unwrap(), b"bc");
        assert!(matches!(source.exactly(5, 2, 8), Err(Error::Damaged(_))));
        assert!(matches!(source.exactly(u64::MAX, 2, 8), Err(Error::Damaged(_))));
        assert!(matches!(source.exactly(0, 3, 2), Err(Error::TooLarge(_))));
    }

    #[test]
    fn a_file_that_shrank_is_noticed() {
        let source = Source::new(b"abc".to_vec(), 6);
        assert!(matches!(source.exactly(0, 6, 8), Err(Error::Damaged(_))));
    }
}
