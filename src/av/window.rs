//! A piece of a file kept in memory, for formats that are a chain of small heads with large bodies between them: many
//! heads, few reads. What is in the bytes is not known here.

use crate::{Error, source::Source};

/// The bytes of a file, seen through a window that moves.
pub(crate) struct Window {
    source: Source,
    at: u64,
    bytes: Vec<u8>,
    span: usize,
}

impl Window {
    /// Bytes that are read at once where single heads are wanted.
    pub(crate) const HEADS: usize = 8 << 10;
    /// Bytes that are read at once where everything is wanted.
    pub(crate) const EVERYTHING: usize = 128 << 10;

    /// A window that is not open yet; it will be `span` bytes wide.
    pub(crate) fn new(source: Source, span: usize) -> Self {
        Self { source, at: 0, bytes: Vec::new(), span }
    }

    /// From now on `span` bytes are read at once.
    pub(crate) fn set_span(&mut self, span: usize) {
        self.span = span;
    }

    /// How many bytes the file has.
    pub(crate) fn len(&self) -> u64 {
        self.source.len()
    }

    /// Up to `len` bytes from `offset` on; fewer at the end of the file.
    pub(crate) fn peek(&mut self, offset: u64, len: usize) -> Result<&[u8], Error> {
        if !self.holds(offset, len) {
            self.bytes = self.source.some(offset, len.max(self.span))?;
            self.at = offset;
        }
        let from = usize::try_from(offset.saturating_sub(self.at)).unwrap_or(usize::MAX);
        let rest = self.bytes.get(from..).unwrap_or_default();
        Ok(rest.get(..len).unwrap_or(rest))
    }

    /// Exactly `len` bytes from `offset` on, at most `limit`. Large ones do not move the window.
    pub(crate) fn read(&mut self, offset: u64, len: u64, limit: usize) -> Result<Vec<u8>, Error> {
        match usize::try_from(len) {
            Ok(short) if short <= limit && (short <= self.span / 2 || self.holds(offset, short)) => {
                let bytes = self.peek(offset, short)?;
                if bytes.len() < short { Err(Error::Damaged("the file ends too early")) } else { Ok(bytes.to_vec()) }
            }
            Ok(_) | Err(_) => self.source.exactly(offset, len, limit),
        }
    }

    fn holds(&self, offset: u64, len: usize) -> bool {
        let end = self.at.saturating_add(self.bytes.len() as u64);
        let wanted = offset.saturating_add(len as u64).min(self.len());
        !self.bytes.is_empty() && self.at <= offset && wanted <= end
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;
    use crate::source::ReadAt;
    use std::io;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    /// Bytes that count how often they are read.
    struct Counted(Vec<u8>, Arc<AtomicUsize>);

    impl ReadAt for Counted {
        fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
            self.1.fetch_add(1, Ordering::Relaxed);
            self.0.read_at(buffer, offset)
        }
    }

    #[test]
    fn heads_near_each_other_are_read_once() {
        let reads = Arc::new(AtomicUsize::new(0));
        let bytes: Vec<u8> = (0..=255).collect();
        let mut window = Window::new(Source::new(Counted(bytes, Arc::clone(&reads)), 256), 16);
        assert_eq!(window.peek(10, 4).unwrap(), [10, 11, 12, 13]);
        assert_eq!(window.peek(22, 4).unwrap(), [22, 23, 24, 25]);
        assert_eq!(window.read(11, 3, 8).unwrap(), [11, 12, 13]);
        assert_eq!(reads.load(Ordering::Relaxed), 1);
        assert_eq!(window.read(100, 20, 32).unwrap().len(), 20);
        assert_eq!(window.peek(10, 1).unwrap(), [10], "a large piece does not move the window");
        assert_eq!(reads.load(Ordering::Relaxed), 2);
    }

    #[test]
    fn the_end_is_the_end() {
        let mut window = Window::new(Source::new(b"abcdef".to_vec(), 6), 4);
        assert_eq!(window.peek(4, 10).unwrap(), b"ef");
        assert_eq!(window.peek(u64::MAX, 10).unwrap(), b"");
        assert_eq!(window.peek(6, 1).unwrap(), b"");
        assert!(matches!(window.read(5, 2, 8), Err(Error::Damaged(_))));
        assert!(matches!(window.read(0, 6, 5), Err(Error::TooLarge(_))));
        assert_eq!(window.read(0, 6, 6).unwrap(), b"abcdef");
    }
}
