//! What `avcC` and sequence parameter sets say of H.264 (ISO/IEC 14496-15 §5.3.3.1, ITU-T H.264 §7.3.2.1.1).

use super::vui::{Vui, frame_rate_mhz};
use crate::bits::{Bits, annex_b, be16, without_emulation};
use crate::codec::Picture;

/// The string for browsers by the body of `avcC`, such as `avc1.640028`.
#[must_use]
pub fn string(config: &[u8]) -> Option<String> {
    profile_and_level(config)
}

/// The same by the first parameter set of a stream with start codes.
#[must_use]
pub fn string_of_stream(stream: &[u8]) -> Option<String> {
    profile_and_level(sps_of_stream(stream)?)
}

/// What the first parameter set in the body of `avcC` says.
#[must_use]
pub fn picture(config: &[u8]) -> Option<Picture> {
    sps(sps_of_config(config)?)
}

/// What the first parameter set of a stream with start codes says.
#[must_use]
pub fn picture_of_stream(stream: &[u8]) -> Option<Picture> {
    sps(sps_of_stream(stream)?)
}

/// What a sequence parameter set says, as a NAL unit with its first byte.
#[must_use]
pub fn sps(unit: &[u8]) -> Option<Picture> {
    let plain = without_emulation(unit);
    let mut bits = Bits::new(&plain);
    bits.skip(8)?;
    let profile = bits.bits(8)?;
    bits.skip(16)?;
    bits.ue()?;
    let chroma = match profile {
        100 | 110 | 122 | 244 | 44 | 83 | 86 | 118 | 128 | 138 | 139 | 134 | 135 => chroma_and_scaling(&mut bits)?,
        _ => 1,
    };
    bits.ue()?;
    picture_order(&mut bits)?;
    bits.ue()?;
    bits.skip(1)?;
    let macroblocks_across = bits.ue()?.checked_add(1)?;
    let map_units_down = bits.ue()?.checked_add(1)?;
    let frames_only = bits.flag()?;
    bits.skip(if frames_only { 1 } else { 2 })?;
    let fields = if frames_only { 1 } else { 2 };
    let (across, down) = match bits.flag()? {
        true => {
            let (left, right, top, bottom) = (bits.ue()?, bits.ue()?, bits.ue()?, bits.ue()?);
            let (step_across, step_down) = match chroma {
                1 => (2, 2),
                2 => (2, 1),
                _ => (1, 1),
            };
            (
                left.checked_add(right)?.checked_mul(step_across)?,
                top.checked_add(bottom)?.checked_mul(step_down * fields)?,
            )
        }
        false => (0, 0),
    };
    let width = macroblocks_across.checked_mul(16)?.checked_sub(across)?;
    let height = map_units_down.checked_mul(16 * fields)?.checked_sub(down)?;
    let (vui, frame_rate_mhz) = match bits.flag()? {
        true => shown(&mut bits),
        false => (Vui::NONE, 0),
    };
    Some(Picture { width, height, pixel_aspect: vui.pixel_aspect, colour: vui.colour, frame_rate_mhz })
}

/// What is said about showing; a set that ends early says as much as it has.
fn shown(bits: &mut Bits<'_>) -> (Vui, u32) {
    let Some(vui) = Vui::read(bits) else { return (Vui::NONE, 0) };
    let mut rate = || match bits.flag()? {
        true => Some(frame_rate_mhz(bits.bits(32)?, bits.bits(32)?, 2)),
        false => None,
    };
    let rate = rate().unwrap_or(0);
    (vui, rate)
}

fn chroma_and_scaling(bits: &mut Bits<'_>) -> Option<u32> {
    let chroma = bits.ue()?;
    if chroma == 3 {
        bits.skip(1)?;
    }
    bits.ue()?;
    bits.ue()?;
    bits.skip(1)?;
    if bits.flag()? {
        for list in 0..if chroma == 3 { 12 } else { 8 } {
            if bits.flag()? {
                scaling_list(bits, if list < 6 { 16 } else { 64 })?;
            }
        }
    }
    Some(chroma)
}

fn scaling_list(bits: &mut Bits<'_>, size: usize) -> Option<()> {
    let (mut last, mut next) = (8, 8);
    for _ in 0..size {
        if next != 0 {
            next = (last + bits.se()?.rem_euclid(256)) % 256;
        }
        if next != 0 {
            last = next;
        }
    }
    Some(())
}

fn picture_order(bits: &mut Bits<'_>) -> Option<()> {
    match bits.ue()? {
        0 => {
            bits.ue()?;
        }
        1 => {
            bits.skip(1)?;
            bits.se()?;
            bits.se()?;
            for _ in 0..bits.ue()?.min(255) {
                bits.se()?;
            }
        }
        _ => {}
    }
    Some(())
}

/// Both `avcC` and a parameter set have these three bytes second.
fn profile_and_level(bytes: &[u8]) -> Option<String> {
    match bytes.get(1..4)? {
        [profile, compatible, level] => Some(format!("avc1.{profile:02X}{compatible:02X}{level:02X}")),
        _ => None,
    }
}

fn sps_of_config(config: &[u8]) -> Option<&[u8]> {
    if config.get(5)? & 31 == 0 {
        return None;
    }
    let len = usize::from(be16(config, 6)?);
    config.get(8..)?.get(..len)
}

fn sps_of_stream(stream: &[u8]) -> Option<&[u8]> {
    annex_b(stream).find(|unit| unit.first().is_some_and(|first| first & 31 == 7))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;
    use crate::codec::tests::unhex;
    use crate::info::Colour;

    /// x264, High, 318 by 178, 25 frames a second, BT.709, pixels 4:3.
    const SPS: &str = "6764000cacd941419ea230e6a02020280000030008000003019078a14cb0";

    #[test]
    fn a_cropped_set_with_shape_and_colours_is_understood() {
        let colour = Colour { primaries: 1, transfer: 1, matrix: 1, full_range: Some(false) };
        let known = Picture { width: 318, height: 178, pixel_aspect: Some((4, 3)), colour, frame_rate_mhz: 25_000 };
        assert_eq!(sps(&unhex(SPS)), Some(known));
        let config = unhex(&format!("0164000cffe1001e{SPS}01000668ebe3cb22c0fdf8f800"));
        assert_eq!(picture(&config), Some(known));
        assert_eq!(string(&config).as_deref(), Some("avc1.64000C"));
        let stream = unhex(&format!("000000010910000001{SPS}0000010668"));
        assert_eq!(picture_of_stream(&stream), Some(known));
        assert_eq!(string_of_stream(&stream).as_deref(), Some("avc1.64000C"));
    }

    #[test]
    fn fields_and_scaling_lists_are_understood() {
        let picture =
            picture(&unhex("01640015ffe1001867640015acd941433f26022000007d20001d4c03e28532c001000768")).unwrap();
        assert_eq!((picture.width, picture.height, picture.frame_rate_mhz), (320, 180, 29_970));
        assert_eq!((picture.pixel_aspect, picture.colour), (Some((1, 1)), Colour::UNSPECIFIED));
    }

    #[test]
    fn a_set_that_ends_early_says_nothing() {
        let set = unhex(SPS);
        for len in 0..10 {
            assert_eq!(sps(set.get(..len).unwrap()), None, "{len}");
        }
        assert_eq!((string(&[1, 0x64]), picture(&[1, 0x64, 0, 12, 0xff, 0xe0])), (None, None));
    }
}
