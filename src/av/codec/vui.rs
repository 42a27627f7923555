//! How frames are to be shown, as the parameter sets of H.264 and H.265 say it in the same bits (ITU-T H.264 Annex
//! E.1.1, H.265 Annex E.2.1). What comes after that differs, and is read where each is.

use crate::bits::Bits;
use crate::info::Colour;

/// The shapes of pixels by their index (ITU-T H.264 table E-1), from 1 on.
const SHAPES: [(u32, u32); 16] = [
    (1, 1),
    (12, 11),
    (10, 11),
    (16, 11),
    (40, 33),
    (24, 11),
    (20, 11),
    (32, 11),
    (80, 33),
    (18, 11),
    (15, 11),
    (64, 33),
    (160, 99),
    (4, 3),
    (3, 2),
    (2, 1),
];

/// What both say.
pub(super) struct Vui {
    pub(super) pixel_aspect: Option<(u32, u32)>,
    pub(super) colour: Colour,
}

impl Vui {
    /// Nothing is said.
    pub(super) const NONE: Self = Self { pixel_aspect: None, colour: Colour::UNSPECIFIED };

    /// Reads up to the end of the places of chroma samples.
    pub(super) fn read(bits: &mut Bits<'_>) -> Option<Self> {
        let mut vui = Self::NONE;
        if bits.flag()? {
            vui.pixel_aspect = match bits.bits(8)? {
                255 => Some((bits.bits(16)?, bits.bits(16)?)),
                index => usize::try_from(index).ok().and_then(|index| SHAPES.get(index.checked_sub(1)?)).copied(),
            };
            vui.pixel_aspect = vui.pixel_aspect.filter(|(across, down)| *across > 0 && *down > 0);
        }
        if bits.flag()? {
            bits.skip(1)?;
        }
        if bits.flag()? {
            bits.skip(3)?;
            vui.colour.full_range = Some(bits.flag()?);
            if bits.flag()? {
                vui.colour.primaries = bits.byte(8)?;
                vui.colour.transfer = bits.byte(8)?;
                vui.colour.matrix = bits.byte(8)?;
            }
        }
        if bits.flag()? {
            bits.ue()?;
            bits.ue()?;
        }
        Some(vui)
    }
}

/// Frames in 1,000 seconds for ticks of this length; 0 when it makes no sense.
pub(super) fn frame_rate_mhz(units_in_tick: u32, time_scale: u32, ticks_a_frame: u64) -> u32 {
    let frame = u64::from(units_in_tick).saturating_mul(ticks_a_frame);
    let rate = u64::from(time_scale).saturating_mul(1000).saturating_add(frame / 2).checked_div(frame).unwrap_or(0);
    u32::try_from(rate).ok().filter(|rate| *rate <= 1_000_000).unwrap_or(0)
}
