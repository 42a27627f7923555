//! The language Matroska is written in: elements with a name, a size and a body (RFC 8794). What they mean is not known
//! here.

use crate::Error;
use crate::window::Window;

/// The longest head of an element: four bytes of name, eight of size.
const HEAD_BYTES: usize = 12;

/// The head of an element: which one it is, and how long it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Head {
    /// Its name, with the bits that tell its length.
    pub(crate) id: u32,
    /// Bytes in its body; `None` where the writer did not know.
    pub(crate) size: Option<u64>,
    /// Bytes in the head itself.
    pub(crate) len: u64,
}

impl Head {
    /// The head at the beginning of `bytes`.
    pub(crate) fn parse(bytes: &[u8]) -> Option<Self> {
        let (id, id_len) = vint(bytes).filter(|(_, len)| *len <= 4)?;
        let (size, size_len) = size(bytes.get(id_len..)?)?;
        Some(Self { id: u32::try_from(id).ok()?, size, len: (id_len + size_len) as u64 })
    }

    /// The head at a place of a file; nothing where there is none.
    pub(crate) fn at(window: &mut Window, offset: u64) -> Result<Option<Self>, Error> {
        Ok(Self::parse(window.peek(offset, HEAD_BYTES)?))
    }
}

/// A number of 1 to 8 bytes with its marker bit, and how many bytes it takes (RFC 8794 §4).
fn vint(bytes: &[u8]) -> Option<(u64, usize)> {
    let len = bytes.first()?.leading_zeros() as usize + 1;
    let bytes = bytes.get(..len).filter(|_| len <= 8)?;
    Some((uint(bytes), len))
}

/// A size, `None` for "unknown", and how many bytes it takes (RFC 8794 §6.2).
fn size(bytes: &[u8]) -> Option<(Option<u64>, usize)> {
    let (value, len) = number(bytes)?;
    let unknown = (1 << (7 * len)) - 1;
    Some(((value != unknown).then_some(value), len))
}

/// A number without its marker bit, and how many bytes it takes.
pub(crate) fn number(bytes: &[u8]) -> Option<(u64, usize)> {
    let (marked, len) = vint(bytes)?;
    Some((marked & ((1 << (7 * len)) - 1), len))
}

/// The same, but signed: what EBML lacing counts in (RFC 9559 §10.3.3).
pub(crate) fn signed_number(bytes: &[u8]) -> Option<(i64, usize)> {
    let (value, len) = number(bytes)?;
    let middle = (1_i64 << (7 * len - 1)) - 1;
    Some((i64::try_from(value).ok()? - middle, len))
}

/// An unsigned integer; of more than 8 bytes the last ones.
pub(crate) fn uint(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |value, byte| value << 8 | u64::from(*byte))
}

/// A signed integer.
pub(crate) fn int(bytes: &[u8]) -> i64 {
    let negative = bytes.first().is_some_and(|byte| byte & 0x80 != 0);
    bytes.iter().fold(if negative { -1 } else { 0 }, |value, byte| value << 8 | i64::from(*byte))
}

/// A number of 4 or 8 bytes with a point; 0 for anything that is none.
pub(crate) fn float(bytes: &[u8]) -> f64 {
    let value = match (<[u8; 4]>::try_from(bytes), <[u8; 8]>::try_from(bytes)) {
        (Ok(single), _) => f64::from(f32::from_be_bytes(single)),
        (_, Ok(double)) => f64::from_be_bytes(double),
        (Err(_), Err(_)) => 0.0,
    };
    if value.is_finite() { value } else { 0.0 }
}

/// Text up to the zero that may end it.
pub(crate) fn text(bytes: &[u8]) -> String {
    let text = bytes.split(|byte| *byte == 0).next().unwrap_or_default();
    String::from_utf8_lossy(text).trim().to_owned()
}

/// The elements in a body that is in memory. One that is cut off gives what there is; what makes no sense ends it.
pub(crate) struct Elements<'a>(pub(crate) &'a [u8]);

impl<'a> Iterator for Elements<'a> {
    type Item = (u32, &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let head = Head::parse(self.0)?;
        let rest = self.0.get(usize::try_from(head.len).ok()?..)?;
        let size = head.size.and_then(|size| usize::try_from(size).ok()).unwrap_or(usize::MAX);
        let (body, rest) = rest.split_at_checked(size).unwrap_or((rest, &[]));
        self.0 = rest;
        Some((head.id, body))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_of_all_lengths() {
        let head = |bytes: &[u8]| Head::parse(bytes);
        assert_eq!(head(&[0xEC, 0x82]), Some(Head { id: 0xEC, size: Some(2), len: 2 }));
        assert_eq!(head(&[0x42, 0x86, 0x40, 3]), Some(Head { id: 0x4286, size: Some(3), len: 4 }));
        let long = [0x1A, 0x45, 0xDF, 0xA3, 1, 0, 0, 0, 0, 0, 0, 7];
        assert_eq!(head(&long), Some(Head { id: 0x1A45_DFA3, size: Some(7), len: 12 }));
        assert_eq!(head(&[0xEC, 0xFF]), Some(Head { id: 0xEC, size: None, len: 2 }));
        let unknown = [0x18, 0x53, 0x80, 0x67, 1, 255, 255, 255, 255, 255, 255, 255];
        assert_eq!(head(&unknown), Some(Head { id: 0x1853_8067, size: None, len: 12 }));
        assert_eq!(head(&[0, 0x82]), None);
        assert_eq!(head(&[0x08, 0, 0, 0, 1, 0x82]), None, "a name has four bytes at most");
        assert_eq!(head(&[0xEC, 0]), None);
        assert_eq!(head(&[0xEC]), None);
        assert_eq!(head(&[]), None);
    }

    #[test]
    fn numbers() {
        assert_eq!(uint(&[]), 0);
        assert_eq!(uint(&[1, 0]), 256);
        assert_eq!(uint(&[9, 255, 255, 255, 255, 255, 255, 255, 255]), u64::MAX);
        assert_eq!(int(&[0xFF]), -1);
        assert_eq!(int(&[0x80, 0]), -32_768);
        assert_eq!(int(&[0x7F]), 127);
        assert_eq!(float(&1.5_f32.to_be_bytes()), 1.5);
        assert_eq!(float(&(-2.25_f64).to_be_bytes()), -2.25);
        assert_eq!(float(&f64::NAN.to_be_bytes()), 0.0);
        assert_eq!(float(&[1, 2]), 0.0);
        assert_eq!(signed_number(&[0x80]), Some((-63, 1)));
        assert_eq!(signed_number(&[0xBF]), Some((0, 1)));
        assert_eq!(signed_number(&[0x40, 0]), Some((-8191, 2)));
        assert_eq!(text(b"abc\0\0"), "abc");
    }

    #[test]
    fn a_body_that_is_cut_off_gives_what_there_is() {
        let elements: Vec<_> = Elements(&[0xEC, 0x81, 7, 0xA3, 0x85, 1, 2]).collect();
        assert_eq!(elements, [(0xEC, [7].as_slice()), (0xA3, [1, 2].as_slice())]);
        assert_eq!(Elements(&[0xEC, 0x80, 0, 0]).count(), 1);
    }
}
