//! What `hvcC` and sequence parameter sets say of H.265 (ISO/IEC 14496-15 §8.3.2.1 and Annex E, ITU-T H.265 §7.3.2.2).

use super::vui::{Vui, frame_rate_mhz};
use crate::bits::{Bits, annex_b, be16, be32, without_emulation};
use crate::codec::Picture;
use std::fmt::Write;

/// The string for browsers by the name of the sample entry (`hvc1` or `hev1`) and the body of `hvcC`, such as
/// `hvc1.1.6.L93.B0`.
#[must_use]
pub fn string(entry: &str, config: &[u8]) -> Option<String> {
    general(entry, config.get(1..13)?)
}

/// The same by the first parameter set of a stream with start codes.
#[must_use]
pub fn string_of_stream(stream: &[u8]) -> Option<String> {
    let plain = without_emulation(sps_of_stream(stream)?);
    general("hev1", plain.get(3..15)?)
}

/// What the first parameter set in the body of `hvcC` says.
#[must_use]
pub fn picture(config: &[u8]) -> Option<Picture> {
    sps(sps_of_config(config)?)
}

/// What the first parameter set of a stream with start codes says.
#[must_use]
pub fn picture_of_stream(stream: &[u8]) -> Option<Picture> {
    sps(sps_of_stream(stream)?)
}

/// The twelve bytes of profile, tier and level, which `hvcC` and a parameter set have alike.
fn general(entry: &str, bytes: &[u8]) -> Option<String> {
    let (first, compatible, level) = (*bytes.first()?, be32(bytes, 1)?, *bytes.get(11)?);
    let space = ["", "A", "B", "C"].get(usize::from(first >> 6)).copied().unwrap_or_default();
    let tier = if first >> 5 & 1 == 1 { 'H' } else { 'L' };
    let mut string = format!("{entry}.{space}{}.{:X}.{tier}{level}", first & 31, compatible.reverse_bits());
    let constraints = bytes.get(5..11)?;
    let used = constraints.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
    for byte in constraints.iter().take(used) {
        write!(string, ".{byte:X}").ok()?;
    }
    Some(string)
}

/// What a sequence parameter set says, as a NAL unit with its first two bytes.
#[must_use]
pub fn sps(unit: &[u8]) -> Option<Picture> {
    let plain = without_emulation(unit);
    let mut bits = Bits::new(&plain);
    bits.skip(16 + 4)?;
    let sub_layers = bits.bits(3)?;
    bits.skip(1)?;
    profile_tier_level(&mut bits, sub_layers)?;
    bits.ue()?;
    let chroma = bits.ue()?;
    if chroma == 3 {
        bits.skip(1)?;
    }
    let (mut width, mut height) = (bits.ue()?, bits.ue()?);
    if bits.flag()? {
        let (left, right, top, bottom) = (bits.ue()?, bits.ue()?, bits.ue()?, bits.ue()?);
        let (step_across, step_down) = match chroma {
            1 => (2, 2),
            2 => (2, 1),
            _ => (1, 1),
        };
        width = width.checked_sub(left.checked_add(right)?.checked_mul(step_across)?)?;
        height = height.checked_sub(top.checked_add(bottom)?.checked_mul(step_down)?)?;
    }
    let (vui, frame_rate_mhz) = shown(&mut bits, sub_layers).unwrap_or((Vui::NONE, 0));
    Some(Picture { width, height, pixel_aspect: vui.pixel_aspect, colour: vui.colour, frame_rate_mhz })
}

fn profile_tier_level(bits: &mut Bits<'_>, sub_layers: u32) -> Option<()> {
    bits.skip(96)?;
    if sub_layers == 0 {
        return Some(());
    }
    let mut present = Vec::new();
    for _ in 0..sub_layers {
        present.push((bits.flag()?, bits.flag()?));
    }
    bits.skip(2 * usize::try_from(8 - sub_layers).ok()?)?;
    for (profile, level) in present {
        bits.skip(if profile { 88 } else { 0 } + if level { 8 } else { 0 })?;
    }
    Some(())
}

/// Reads from the depth of samples on to what is said about showing.
fn shown(bits: &mut Bits<'_>, sub_layers: u32) -> Option<(Vui, u32)> {
    bits.ue()?;
    bits.ue()?;
    let order_bits = bits.ue()?.checked_add(4).filter(|count| *count <= 16)?;
    let ordered = if bits.flag()? { sub_layers + 1 } else { 1 };
    for _ in 0..3 * ordered + 6 {
        bits.ue()?;
    }
    if bits.flag()? && bits.flag()? {
        scaling_lists(bits)?;
    }
    bits.skip(2)?;
    if bits.flag()? {
        bits.skip(8)?;
        bits.ue()?;
        bits.ue()?;
        bits.skip(1)?;
    }
    reference_sets(bits)?;
    if bits.flag()? {
        for _ in 0..bits.ue().filter(|count| *count <= 32)? {
            bits.skip(usize::try_from(order_bits).ok()? + 1)?;
        }
    }
    bits.skip(2)?;
    if !bits.flag()? {
        return None;
    }
    let vui = Vui::read(bits)?;
    let rate = ticks(bits).unwrap_or(0);
    Some((vui, rate))
}

fn ticks(bits: &mut Bits<'_>) -> Option<u32> {
    bits.skip(3)?;
    if bits.flag()? {
        for _ in 0..4 {
            bits.ue()?;
        }
    }
    match bits.flag()? {
        true => Some(frame_rate_mhz(bits.bits(32)?, bits.bits(32)?, 1)),
        false => None,
    }
}

/// §7.3.4.
fn scaling_lists(bits: &mut Bits<'_>) -> Option<()> {
    for size in 0..4 {
        for _ in (0..6).step_by(if size == 3 { 3 } else { 1 }) {
            if !bits.flag()? {
                bits.ue()?;
                continue;
            }
            if size > 1 {
                bits.se()?;
            }
            for _ in 0..if size == 0 { 16 } else { 64 } {
                bits.se()?;
            }
        }
    }
    Some(())
}

/// §7.3.7. Each set may be said by what differs from the one before, so how many pictures that has must be known.
fn reference_sets(bits: &mut Bits<'_>) -> Option<()> {
    let mut pictures = 0;
    for set in 0..bits.ue().filter(|count| *count <= 64)? {
        if set > 0 && bits.flag()? {
            bits.skip(1)?;
            bits.ue()?;
            let mut kept = 0;
            for _ in 0..=pictures {
                let used = bits.flag()?;
                kept += u32::from(used || bits.flag()?);
            }
            pictures = kept;
        } else {
            let (before, after) = (bits.ue()?, bits.ue()?);
            pictures = before.checked_add(after).filter(|count| *count <= 32)?;
            for _ in 0..pictures {
                bits.ue()?;
                bits.skip(1)?;
            }
        }
    }
    Some(())
}

/// Unit type 33, which is in the lists of `hvcC` by type.
fn sps_of_config(config: &[u8]) -> Option<&[u8]> {
    let mut rest = config.get(23..)?;
    for _ in 0..*config.get(22)? {
        let (kind, count) = (rest.first()? & 63, be16(rest, 1)?);
        rest = rest.get(3..)?;
        for _ in 0..count {
            let len = usize::from(be16(rest, 0)?);
            let (unit, after) = rest.get(2..)?.split_at_checked(len)?;
            if kind == 33 {
                return Some(unit);
            }
            rest = after;
        }
    }
    None
}

fn sps_of_stream(stream: &[u8]) -> Option<&[u8]> {
    annex_b(stream).find(|unit| unit.first().is_some_and(|first| first >> 1 & 63 == 33))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;
    use crate::codec::tests::unhex;
    use crate::info::Colour;

    /// x265, Main 10, 318 by 178, 24 frames a second, BT.2020 with PQ, pixels 12:11.
    const HEAD: &str = "0102200000009000000000003cf000fcfdfafa00000f04";
    const VPS: &str = "40010c01ffff02200000030090000003000003003c959809";
    const SPS: &str = "42010102200000030090000003000003003ca00a080b9d48d96566924e578135091009040000030004000003006020";

    #[test]
    fn a_cropped_set_with_colours_is_understood() {
        let colour = Colour { primaries: 9, transfer: 16, matrix: 9, full_range: Some(false) };
        let known = Picture { width: 318, height: 178, pixel_aspect: Some((12, 11)), colour, frame_rate_mhz: 24_000 };
        assert_eq!(sps(&unhex(SPS)), Some(known));
        let config = unhex(&format!("{HEAD}a000010018{VPS}a10001002f{SPS}"));
        assert_eq!(picture(&config), Some(known));
        assert_eq!(string("hvc1", &config).as_deref(), Some("hvc1.2.4.L60.90"));
        let stream = unhex(&format!("00000001{VPS}00000001{SPS}"));
        assert_eq!(picture_of_stream(&stream), Some(known));
        assert_eq!(string_of_stream(&stream).as_deref(), Some("hev1.2.4.L60.90"));
    }

    #[test]
    fn tiers_and_spaces_are_in_the_string() {
        let config = unhex("0161600000009000000000005d");
        assert_eq!(string("hvc1", &config).as_deref(), Some("hvc1.A1.6.H93.90"));
        assert_eq!(string("hev1", &unhex("010160000000b000000000005d")).as_deref(), Some("hev1.1.6.L93.B0"));
        assert_eq!(string("hev1", &unhex("010160000000b00000000000")), None);
    }

    #[test]
    fn a_set_that_ends_early_says_nothing() {
        let set = unhex(SPS);
        for len in 0..24 {
            assert_eq!(sps(set.get(..len).unwrap()), None, "{len}");
        }
    }
}
