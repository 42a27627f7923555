//! What `vpcC` and the header of a frame say of VP9 (VP Codec ISO Media File Format Binding; VP9 Bitstream §6.2).

use crate::bits::{Bits, be8};
use crate::codec::Picture;
use crate::info::Colour;

/// The string for browsers by the body of `vpcC`, version and flags included, such as `vp09.00.10.08`; the long form where something in it is not
/// usual, such as `vp09.02.10.10.01.09.16.09.00`.
#[must_use]
pub fn string(config: &[u8]) -> Option<String> {
    let (profile, level, format) = (be8(config, 4)?, be8(config, 5)?, be8(config, 6)?);
    let (depth, chroma) = (format >> 4, format >> 1 & 7);
    let short = format!("vp09.{profile:02}.{level:02}.{depth:02}");
    let colour = colour(config)?;
    let usual = |code: u8| code == 1 || code == 2;
    let full = colour.full_range == Some(true);
    if chroma <= 1 && !full && usual(colour.primaries) && usual(colour.transfer) && usual(colour.matrix) {
        return Some(short);
    }
    let Colour { primaries, transfer, matrix, .. } = colour;
    Some(format!("{short}.{chroma:02}.{primaries:02}.{transfer:02}.{matrix:02}.{:02}", u8::from(full)))
}

/// What the body of `vpcC` says about colours.
#[must_use]
pub fn colour(config: &[u8]) -> Option<Colour> {
    Some(Colour {
        primaries: be8(config, 7)?,
        transfer: be8(config, 8)?,
        matrix: be8(config, 9)?,
        full_range: Some(be8(config, 6)? & 1 == 1),
    })
}

/// How many pixels a frame may have at each level (VP9 Levels), of those that differ in it.
const LEVELS: [(u64, u32); 8] = [
    (36_864, 10),
    (73_728, 11),
    (122_880, 20),
    (245_760, 21),
    (552_960, 30),
    (983_040, 31),
    (2_228_224, 40),
    (8_912_896, 50),
];

/// What the header of a key frame says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// The profile, 0 to 3.
    pub profile: u8,
    /// Bits a sample: 8, 10 or 12.
    pub bit_depth: u8,
    /// Size and colours.
    pub picture: Picture,
}

impl Header {
    /// The string for browsers. The level is the lowest one for frames of this size.
    #[must_use]
    pub fn string(&self) -> String {
        let pixels = u64::from(self.picture.width) * u64::from(self.picture.height);
        let level = LEVELS.iter().find(|(most, _)| pixels <= *most).map_or(60, |(_, level)| *level);
        format!("vp09.{:02}.{level}.{:02}", self.profile, self.bit_depth)
    }
}

/// Reads the header of a key frame; nothing of other frames.
#[must_use]
pub fn header(frame: &[u8]) -> Option<Header> {
    let mut bits = Bits::new(frame);
    if bits.bits(2)? != 2 {
        return None;
    }
    let profile = u8::from(bits.flag()?) | u8::from(bits.flag()?) << 1;
    if profile == 3 && bits.flag()? {
        return None;
    }
    let (shown_again, other) = (bits.flag()?, bits.flag()?);
    bits.skip(2)?;
    if shown_again || other || bits.bits(24)? != 0x49_8342 {
        return None;
    }
    let bit_depth = match profile >= 2 {
        true if bits.flag()? => 12,
        true => 10,
        false => 8,
    };
    let space = bits.bits(3)?;
    let full_range = match space {
        7 => {
            bits.skip(if profile & 1 == 1 { 1 } else { 0 })?;
            true
        }
        _ => {
            let full = bits.flag()?;
            bits.skip(if profile & 1 == 1 { 3 } else { 0 })?;
            full
        }
    };
    let (width, height) = (bits.bits(16)? + 1, bits.bits(16)? + 1);
    let colour = Colour { full_range: Some(full_range), ..colour_of(space) };
    Some(Header {
        profile,
        bit_depth,
        picture: Picture { width, height, pixel_aspect: None, colour, frame_rate_mhz: 0 },
    })
}

/// `color_space` of VP9 by the code points of H.273.
fn colour_of(space: u32) -> Colour {
    let (primaries, transfer, matrix) = match space {
        1 => (6, 6, 6),
        2 => (1, 1, 1),
        3 => (6, 6, 6),
        4 => (7, 7, 7),
        5 => (9, 2, 9),
        7 => (1, 13, 0),
        _ => (2, 2, 2),
    };
    Colour { primaries, transfer, matrix, full_range: None }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn the_long_form_is_for_what_is_unusual() {
        assert_eq!(string(&[1, 0, 0, 0, 0, 10, 0x82, 1, 1, 1, 0, 0]).as_deref(), Some("vp09.00.10.08"));
        assert_eq!(string(&[1, 0, 0, 0, 0, 10, 0x82, 2, 2, 2, 0, 0]).as_deref(), Some("vp09.00.10.08"));
        assert_eq!(string(&[1, 0, 0, 0, 2, 31, 0xa2, 9, 16, 9, 0, 0]).as_deref(), Some("vp09.02.31.10.01.09.16.09.00"));
        assert_eq!(string(&[1, 0, 0, 0, 2]), None);
    }

    #[test]
    fn a_key_frame_says_its_size_and_others_do_not() {
        let frame = [0x82, 0x49, 0x83, 0x42, 0x20, 0x13, 0xf0, 0x0b, 0x30, 0x00];
        let header = header(&frame).unwrap();
        assert_eq!((header.profile, header.bit_depth), (0, 8));
        assert_eq!((header.picture.width, header.picture.height), (320, 180));
        assert_eq!(header.picture.colour.primaries, 6);
        assert_eq!(header.string(), "vp09.00.11.08");
        assert_eq!(super::header(&[0x86, 0, 0, 0, 0, 0, 0, 0, 0, 0]), None);
        assert_eq!(super::header(&frame[..6]), None);
    }
}
