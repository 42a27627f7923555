//! Boxes: a size, four letters and a body (ISO/IEC 14496-12 §4.2), in memory and at the top of a file. What is in a body
//! is read elsewhere.

use crate::bits::{be32, be64};
use crate::{Error, source::Source};

/// The four letters.
pub(super) type Name = [u8; 4];

/// Boxes one after another. A last one that is cut short is given as far as it goes; after a size that cannot be, nothing.
pub(super) fn boxes(bytes: &[u8]) -> impl Iterator<Item = (Name, &[u8])> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        let head = Head::read(rest)?;
        let size = if head.size == 0 { rest.len() } else { usize::try_from(head.size).unwrap_or(usize::MAX) };
        let (whole, after) = rest.split_at_checked(size).unwrap_or((rest, &[]));
        rest = after;
        Some((head.name, whole.get(head.len..)?))
    })
}

/// The body of the first box of this name.
pub(super) fn find<'a>(bytes: &'a [u8], name: &Name) -> Option<&'a [u8]> {
    boxes(bytes).find(|(found, _)| found == name).map(|(_, body)| body)
}

/// The body of a box within boxes.
pub(super) fn find_path<'a>(bytes: &'a [u8], path: &[&Name]) -> Option<&'a [u8]> {
    path.iter().try_fold(bytes, |bytes, name| find(bytes, name))
}

/// The body of a box of this name, without its version and flags.
pub(super) fn find_full<'a>(bytes: &'a [u8], name: &Name) -> Option<Full<'a>> {
    Full::read(find(bytes, name)?)
}

/// A box with a version and flags (§4.2.2).
#[derive(Clone, Copy)]
pub(super) struct Full<'a> {
    pub(super) version: u8,
    pub(super) flags: u32,
    pub(super) body: &'a [u8],
}

impl<'a> Full<'a> {
    pub(super) fn read(body: &'a [u8]) -> Option<Self> {
        let word = be32(body, 0)?;
        let [version, ..] = word.to_be_bytes();
        Some(Self { version, flags: word & 0xff_ffff, body: body.get(4..)? })
    }
}

/// Letters as people read them; those that are none as numbers.
pub(super) fn text(name: Name) -> String {
    let plain = name.iter().all(|byte| byte.is_ascii_graphic() || *byte == b' ');
    match plain {
        true => String::from_utf8_lossy(&name).trim_end().to_owned(),
        false => format!("0x{:08X}", u32::from_be_bytes(name)),
    }
}

/// What is before a body. A size of 0 goes to the end.
struct Head {
    name: Name,
    len: usize,
    size: u64,
}

impl Head {
    fn read(bytes: &[u8]) -> Option<Self> {
        let name = *bytes.get(4..)?.first_chunk()?;
        let (len, size) = match be32(bytes, 0)? {
            1 => (16, be64(bytes, 8)?),
            size => (8, u64::from(size)),
        };
        (size == 0 || size >= len as u64).then_some(Self { name, len, size })
    }
}

/// A box at the top of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Top {
    pub(super) name: Name,
    /// Where its head begins.
    pub(super) offset: u64,
    /// Where its body begins.
    pub(super) body: u64,
    /// Where it ends; never beyond the file.
    pub(super) end: u64,
    /// Whether it would go on beyond the file.
    pub(super) cut: bool,
}

/// Goes over the boxes of a file from one to the next, and keeps what was last read, because small boxes lie together.
pub(super) struct Walk {
    at: u64,
    window_at: u64,
    window: Vec<u8>,
}

impl Walk {
    /// As much as is read at once: the heads of most files, or the whole of a small fragment's.
    const WINDOW: usize = 8 << 10;

    pub(super) fn new(at: u64) -> Self {
        Self { at, window_at: 0, window: Vec::new() }
    }

    /// Where the next box begins.
    pub(super) fn at(&self) -> u64 {
        self.at
    }

    /// The next box; nothing at the end, or where no box is.
    pub(super) fn next(&mut self, source: &Source) -> Result<Option<Top>, Error> {
        let left = source.len().saturating_sub(self.at);
        let Some(head) = Head::read(self.window(source, self.at, left.min(16))?) else { return Ok(None) };
        let size = if head.size == 0 { left } else { head.size.min(left) };
        let top = Top {
            name: head.name,
            offset: self.at,
            body: self.at + (head.len as u64).min(size),
            end: self.at + size,
            cut: head.size > left,
        };
        self.at = top.end;
        Ok(Some(top))
    }

    /// The body of a box, at most so many bytes.
    pub(super) fn body(&mut self, source: &Source, top: Top, limit: usize) -> Result<Vec<u8>, Error> {
        let len = top.end - top.body;
        if len <= Self::WINDOW as u64 {
            return Ok(self.window(source, top.body, len)?.to_vec());
        }
        source.exactly(top.body, len, limit)
    }

    /// So many bytes from a place on, at most as many as a window has.
    fn window(&mut self, source: &Source, at: u64, len: u64) -> Result<&[u8], Error> {
        let within = at >= self.window_at && at + len <= self.window_at + self.window.len() as u64;
        if !within {
            self.window = source.some(at, Self::WINDOW)?;
            self.window_at = at;
        }
        let from = usize::try_from(at - self.window_at).unwrap_or(usize::MAX);
        let rest = self.window.get(from..).unwrap_or_default();
        Ok(rest.get(..usize::try_from(len).unwrap_or(usize::MAX)).unwrap_or(rest))
    }
}
