//! The language AVI is written in: chunks with four characters, a size and a body, in lists of them. What they mean is
//! not known here.

use super::format::u32_at;
use crate::Error;
use crate::window::Window;

/// Bytes in the head of a chunk.
pub(crate) const HEAD_BYTES: u64 = 8;

/// A chunk in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Chunk {
    /// Its four characters.
    pub(crate) id: [u8; 4],
    /// Of a list, what it is a list of; of others, the beginning of the body.
    pub(crate) kind: [u8; 4],
    /// Where its body begins.
    pub(crate) body: u64,
    /// Bytes in its body, as written.
    pub(crate) size: u32,
}

impl Chunk {
    /// The chunk at a place; nothing where four characters are none, or at the end.
    pub(crate) fn at(window: &mut Window, offset: u64) -> Result<Option<Self>, Error> {
        let bytes = window.peek(offset, HEAD_BYTES as usize + 4)?;
        let Some(id) = bytes.first_chunk().copied().filter(is_name) else { return Ok(None) };
        let Some(size) = bytes.get(4..8).map(|size| u32_at(size, 0)) else { return Ok(None) };
        let kind = bytes.get(8..).and_then(|kind| kind.first_chunk()).copied().unwrap_or_default();
        Ok(Some(Self { id, kind, body: offset.saturating_add(HEAD_BYTES), size }))
    }

    /// Where the next one begins: at an even place.
    pub(crate) fn next(&self) -> u64 {
        self.body.saturating_add(u64::from(self.size)).saturating_add(u64::from(self.size % 2))
    }

    /// Where it ends, if that is before `end`; a recording that was cut off never got to write its size.
    pub(crate) fn end(&self, end: u64) -> u64 {
        if self.size == 0 { end } else { self.body.saturating_add(u64::from(self.size)).min(end) }
    }

    /// The number of the stream in a name such as `01wb`.
    pub(crate) fn stream(&self) -> Option<usize> {
        stream_of(self.id)
    }
}

/// The number of the stream that a chunk of this name belongs to.
pub(crate) fn stream_of(id: [u8; 4]) -> Option<usize> {
    let [tens, ones, first, second] = id;
    let digit = |byte: u8| char::from(byte).to_digit(10);
    let number = digit(tens)? * 10 + digit(ones)?;
    (first.is_ascii_alphabetic() && second.is_ascii_alphabetic()).then_some(number as usize)
}

fn is_name(id: &[u8; 4]) -> bool {
    id.iter().all(|byte| (b' '..=b'~').contains(byte))
}

/// The chunks in a body that is in memory. One that is cut off gives what there is.
pub(crate) struct Chunks<'a>(pub(crate) &'a [u8]);

impl<'a> Iterator for Chunks<'a> {
    type Item = ([u8; 4], &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let (id, rest) = self.0.split_first_chunk::<4>()?;
        let (size, rest) = rest.split_first_chunk::<4>()?;
        let size = u32::from_le_bytes(*size) as usize;
        let (body, after) = rest.split_at_checked(size).unwrap_or((rest, &[]));
        self.0 = after.get(size % 2..).unwrap_or_default();
        Some((*id, body))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_begin_at_even_places() {
        let chunks: Vec<_> = Chunks(b"strn\x03\0\0\0abc\0strf\x02\0\0\0xyjunk\x09\0\0\0zz").collect();
        assert_eq!(chunks, [(*b"strn", &b"abc"[..]), (*b"strf", b"xy"), (*b"junk", b"zz")]);
        assert_eq!(Chunks(b"strn\x03\0\0").count(), 0);
    }

    #[test]
    fn names_of_streams() {
        assert_eq!(stream_of(*b"01wb"), Some(1));
        assert_eq!(stream_of(*b"00dc"), Some(0));
        assert_eq!(stream_of(*b"ix00"), None);
        assert_eq!(stream_of(*b"JUNK"), None);
        assert_eq!(stream_of(*b"0001"), None);
    }
}
