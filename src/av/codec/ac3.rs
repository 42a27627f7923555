//! What the boxes of Dolby Digital say (ETSI TS 102 366 Annex F): how many channels there are.

use crate::bits::Bits;

/// Channels by the body of `dac3`.
#[must_use]
pub fn channels(config: &[u8]) -> Option<u16> {
    let mut bits = Bits::new(config);
    bits.skip(2 + 5 + 3)?;
    mode(&mut bits)
}

/// Channels by the body of `dec3`: those of the first stream, without what others add to it.
#[must_use]
pub fn channels_plus(config: &[u8]) -> Option<u16> {
    let mut bits = Bits::new(config);
    bits.skip(13 + 3 + 2 + 5 + 1 + 1 + 3)?;
    mode(&mut bits)
}

/// Which speakers there are, and whether there is one for what is low.
fn mode(bits: &mut Bits<'_>) -> Option<u16> {
    let channels = match bits.bits(3)? {
        1 => 1,
        0 | 2 => 2,
        3 | 4 => 3,
        5 | 6 => 4,
        _ => 5,
    };
    Some(channels + u16::from(bits.flag()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_and_one_are_six() {
        assert_eq!(channels(&[0x10, 0x3d, 0xe0]), Some(6));
        assert_eq!(channels(&[0x10, 0x11, 0x40]), Some(2));
        assert_eq!(channels_plus(&[0x06, 0x00, 0x20, 0x0f, 0x00]), Some(6));
        assert_eq!(channels(&[0x10]), None);
    }
}
