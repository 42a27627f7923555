//! Numbers in bytes: bit by bit as sequence headers have them, and big-endian at a place as boxes do. No format is
//! known here.

/// Reads bits from the highest of a byte down. Everything is `None` beyond the end.
#[derive(Clone, Debug)]
pub struct Bits<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Bits<'a> {
    /// From the first bit of these bytes on.
    #[must_use]
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// How many bits are left.
    #[must_use]
    pub fn left(&self) -> usize {
        self.bytes.len().saturating_mul(8).saturating_sub(self.at)
    }

    /// The next bit.
    pub fn flag(&mut self) -> Option<bool> {
        let byte = self.bytes.get(self.at / 8)?;
        let bit = byte >> (7 - self.at % 8) & 1;
        self.at += 1;
        Some(bit == 1)
    }

    /// The next `count` bits as a number, at most 32.
    pub fn bits(&mut self, count: u32) -> Option<u32> {
        let mut value = 0;
        for _ in 0..count.min(32) {
            value = value << 1 | u32::from(self.flag()?);
        }
        Some(value)
    }

    /// The next `count` bits as a number, at most 8.
    pub fn byte(&mut self, count: u32) -> Option<u8> {
        u8::try_from(self.bits(count.min(8))?).ok()
    }

    /// Leaves out `count` bits.
    pub fn skip(&mut self, count: usize) -> Option<()> {
        self.at = self.at.checked_add(count).filter(|at| *at <= self.bytes.len().saturating_mul(8))?;
        Some(())
    }

    /// An unsigned Exp-Golomb number, `ue(v)` in ITU-T H.264 §9.1.
    pub fn ue(&mut self) -> Option<u32> {
        let mut zeros = 0;
        while !self.flag()? {
            zeros += 1;
            if zeros > 31 {
                return None;
            }
        }
        let rest = self.bits(zeros)?;
        Some((1_u32 << zeros) - 1 + rest)
    }

    /// A signed Exp-Golomb number, `se(v)` in ITU-T H.264 §9.1.1.
    pub fn se(&mut self) -> Option<i32> {
        let code = i64::from(self.ue()?);
        let size = (code + 1) / 2;
        i32::try_from(if code % 2 == 1 { size } else { -size }).ok()
    }
}

/// The bytes of a NAL unit without those that keep start codes out of it (ITU-T H.264 §7.4.1, H.265 §7.4.2).
#[must_use]
pub fn without_emulation(unit: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(unit.len());
    let mut zeros = 0;
    for &byte in unit {
        if zeros >= 2 && byte == 3 {
            zeros = 0;
            continue;
        }
        zeros = if byte == 0 { zeros + 1 } else { 0 };
        plain.push(byte);
    }
    plain
}

/// The NAL units of a stream with start codes (ITU-T H.264 Annex B).
pub fn annex_b(stream: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = start_code(stream).map(|(_, after)| after);
    std::iter::from_fn(move || {
        let unit = rest?;
        let (unit, after) = match start_code(unit) {
            Some((before, after)) => (before, Some(after)),
            None => (unit, None),
        };
        rest = after;
        let end = unit.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
        Some(unit.get(..end).unwrap_or_default())
    })
    .filter(|unit| !unit.is_empty())
}

/// What is before and after the first start code, three bytes long.
fn start_code(stream: &[u8]) -> Option<(&[u8], &[u8])> {
    let at = stream.windows(3).position(|three| three == [0, 0, 1])?;
    Some((stream.get(..at)?, stream.get(at + 3..)?))
}

/// The big-endian number of one byte at this place.
#[must_use]
pub fn be8(bytes: &[u8], at: usize) -> Option<u8> {
    bytes.get(at).copied()
}

/// The big-endian number of two bytes at this place.
#[must_use]
pub fn be16(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes(*bytes.get(at..)?.first_chunk()?))
}

/// The big-endian number of four bytes at this place.
#[must_use]
pub fn be32(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(*bytes.get(at..)?.first_chunk()?))
}

/// The big-endian number of eight bytes at this place.
#[must_use]
pub fn be64(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_be_bytes(*bytes.get(at..)?.first_chunk()?))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_bit_by_bit() {
        let mut bits = Bits::new(&[0b1010_0110, 0b0100_0010, 0b1000_0000]);
        assert_eq!(bits.flag(), Some(true));
        assert_eq!(bits.bits(2), Some(0b01));
        assert_eq!(bits.ue(), Some(5));
        assert_eq!(bits.se(), Some(1));
        assert_eq!(bits.left(), 24 - 11);
        assert_eq!(bits.ue(), Some(9));
        assert_eq!(bits.skip(7), None);
        assert_eq!(bits.bits(6), Some(0));
        assert_eq!(bits.flag(), None);
    }

    #[test]
    fn an_endless_row_of_zeros_is_no_number() {
        assert_eq!(Bits::new(&[0; 16]).ue(), None);
        assert_eq!(Bits::new(&[0, 0, 0, 1, 0xff, 0xff, 0xff, 0xff]).ue(), Some(u32::MAX - 1));
    }

    #[test]
    fn start_codes_part_units_and_their_guards_are_taken_out() {
        let stream = [9, 0, 0, 0, 1, 0x67, 1, 0, 0, 3, 1, 0, 0, 0, 1, 0x68, 2, 0, 0, 1, 0x65];
        let units: Vec<&[u8]> = annex_b(&stream).collect();
        assert_eq!(units, [&[0x67, 1, 0, 0, 3, 1][..], &[0x68, 2], &[0x65]]);
        assert_eq!(without_emulation(units.first().unwrap()), [0x67, 1, 0, 0, 1]);
        assert_eq!(annex_b(&[1, 2, 3]).count(), 0);
    }
}
