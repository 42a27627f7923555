//! How boxes are written (ISO/IEC 14496-12 §4.2). What goes into them is known elsewhere.

/// The box `kind` with these parts in it, one after the other.
pub(super) fn boxed(kind: &[u8; 4], parts: &[&[u8]]) -> Vec<u8> {
    let len = 8 + parts.iter().map(|part| part.len()).sum::<usize>();
    let mut out = Vec::with_capacity(len);
    out.extend_from_slice(&u32::try_from(len).unwrap_or(u32::MAX).to_be_bytes());
    out.extend_from_slice(kind);
    for part in parts {
        out.extend_from_slice(part);
    }
    out
}

/// A box that has a version and flags.
pub(super) fn full(kind: &[u8; 4], version: u8, flags: u32, parts: &[&[u8]]) -> Vec<u8> {
    let head = (u32::from(version) << 24 | flags & 0x00ff_ffff).to_be_bytes();
    let mut all: Vec<&[u8]> = vec![&head];
    all.extend_from_slice(parts);
    boxed(kind, &all)
}

/// These numbers, one after the other, as boxes have them.
pub(super) fn words(numbers: &[u32]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_be_bytes()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_box_says_how_long_it_is() {
        assert_eq!(boxed(b"free", &[b"ab", b"c"]), b"\0\0\0\x0bfreeabc");
        assert_eq!(full(b"mfhd", 1, 0x2_0003, &[&words(&[7])]), b"\0\0\0\x10mfhd\x01\x02\0\x03\0\0\0\x07");
    }
}
