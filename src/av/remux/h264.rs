//! H.264 as AVI has it: parameter sets in the stream, start codes between the units (ITU-T H.264 Annex B), and no word
//! about when a frame is shown. Made into what an MP4 has: a record of the parameter sets (ISO/IEC 14496-15 §5.3.3.1),
//! lengths before the units, and the place of each frame in the order of showing (§8.2.1).

use super::lane::Place;
use crate::Error;
use crate::bits::{Bits, annex_b, without_emulation};

const SLICE: u8 = 1;
const IDR: u8 = 5;
const SPS: u8 = 7;
const PPS: u8 = 8;
const DELIMITER: u8 = 9;

/// Profiles whose parameter sets also say how colours are sampled (§7.3.2.1.1).
const HIGH: [u8; 13] = [100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135];
/// How much of a slice is looked at: its head is shorter.
const HEAD_BYTES: usize = 64;

fn kind(unit: &[u8]) -> u8 {
    unit.first().map_or(0, |first| first & 31)
}

/// The same frame with a length of four bytes before each unit in place of a start code.
pub(super) fn with_lengths(stream: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(stream.len() + 16);
    for unit in annex_b(stream).filter(|unit| kind(unit) != DELIMITER) {
        out.extend_from_slice(&u32::try_from(unit.len()).unwrap_or(u32::MAX).to_be_bytes());
        out.extend_from_slice(unit);
    }
    out
}

/// A parameter set with its length, as a record of them has it.
fn with_size(unit: &[u8]) -> Option<Vec<u8>> {
    let len = u16::try_from(unit.len()).ok()?;
    Some([&len.to_be_bytes(), unit].concat())
}

/// What a stream says about itself before its first frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Head {
    /// The body of `avcC`.
    pub(super) config: Vec<u8>,
    set: Set,
}

/// What is needed of a sequence parameter set.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Set {
    chroma: u32,
    luma_bits: u32,
    chroma_bits: u32,
    separate_planes: bool,
    frame_number_bits: u32,
    /// How many bits the order of showing has in each slice; nothing where frames are shown as they are decoded, or where
    /// their order is told in a way that no file in use has.
    order_bits: Option<u32>,
    whole_frames: bool,
}

impl Head {
    /// The head of a stream, by its first key frame.
    ///
    /// # Errors
    /// There are no parameter sets in it.
    pub(super) fn read(key_frame: &[u8]) -> Result<Self, Error> {
        let damaged = || Error::Damaged("the first frame does not say how it is compressed");
        let sps = annex_b(key_frame).find(|unit| kind(unit) == SPS).ok_or_else(damaged)?;
        let pps: Vec<&[u8]> = annex_b(key_frame).filter(|unit| kind(unit) == PPS).take(31).collect();
        let set = Set::read(&without_emulation(sps)).ok_or_else(damaged)?;
        let [profile, flags, level] = *sps.get(1..).and_then(<[u8]>::first_chunk).ok_or_else(damaged)?;
        let count = u8::try_from(pps.len()).ok().filter(|count| *count > 0).ok_or_else(damaged)?;
        let mut config = vec![1, profile, flags, level, 0xff, 0xe1];
        config.extend(with_size(sps).ok_or_else(damaged)?);
        config.push(count);
        for unit in pps {
            config.extend(with_size(unit).ok_or_else(damaged)?);
        }
        if HIGH.contains(&profile) {
            let low = |number: u32| u8::try_from(number & 7).unwrap_or_default();
            config.extend([0xfc | low(set.chroma & 3), 0xf8 | low(set.luma_bits), 0xf8 | low(set.chroma_bits), 0]);
        }
        Ok(Self { config, set })
    }
}

impl Set {
    fn read(plain: &[u8]) -> Option<Self> {
        let profile = *plain.get(1)?;
        let mut bits = Bits::new(plain);
        bits.skip(32)?;
        bits.ue()?;
        let (mut chroma, mut separate_planes, mut luma_bits, mut chroma_bits) = (1, false, 0, 0);
        if HIGH.contains(&profile) {
            chroma = bits.ue()?;
            separate_planes = chroma == 3 && bits.flag()?;
            (luma_bits, chroma_bits) = (bits.ue()?, bits.ue()?);
            bits.flag()?;
            if bits.flag()? {
                skip_scaling(&mut bits, if chroma == 3 { 12 } else { 8 })?;
            }
        }
        let frame_number_bits = bits.ue()?.checked_add(4).filter(|bits| *bits <= 16)?;
        let order_bits = match bits.ue()? {
            0 => Some(bits.ue()?.checked_add(4).filter(|bits| *bits <= 16)?),
            1 => {
                skip_cycle(&mut bits)?;
                None
            }
            _ => None,
        };
        bits.ue()?;
        bits.flag()?;
        bits.ue()?;
        bits.ue()?;
        let whole_frames = bits.flag()?;
        Some(Self { chroma, luma_bits, chroma_bits, separate_planes, frame_number_bits, order_bits, whole_frames })
    }
}

/// Scaling lists (§7.3.2.1.1.1).
fn skip_scaling(bits: &mut Bits<'_>, lists: usize) -> Option<()> {
    for list in 0..lists {
        if !bits.flag()? {
            continue;
        }
        let mut next = 8;
        for _ in 0..if list < 6 { 16 } else { 64 } {
            if next != 0 {
                next = (next + bits.se()?.rem_euclid(256)) % 256;
            }
        }
    }
    Some(())
}

/// The order of showing told as a cycle (§7.3.2.1.1, type 1).
fn skip_cycle(bits: &mut Bits<'_>) -> Option<()> {
    bits.flag()?;
    bits.ue()?;
    bits.ue()?;
    for _ in 0..bits.ue()?.min(255) {
        bits.ue()?;
    }
    Some(())
}

/// Follows the order of showing from frame to frame.
pub(super) struct Order {
    set: Set,
    sequence: u64,
    /// Of the last frame that others depend on.
    before: i64,
}

impl Order {
    pub(super) fn new(head: &Head) -> Self {
        Self { set: head.set.clone(), sequence: 0, before: 0 }
    }

    /// The place of the next frame; nothing where frames are shown as they are decoded.
    pub(super) fn place(&mut self, stream: &[u8]) -> Option<Place> {
        let width = self.set.order_bits?;
        let slice = annex_b(stream).find(|unit| matches!(kind(unit), SLICE | IDR))?;
        let low = i64::from(self.low(slice, width)?);
        if kind(slice) == IDR {
            self.sequence += 1;
            self.before = 0;
        }
        // The slice has the low bits only; the rest is what comes closest to the frame before (§8.2.1.1).
        let whole = 1_i64 << width;
        let base = self.before - self.before.rem_euclid(whole);
        let near = |at: &i64| (at - self.before).abs();
        let at = [base - whole + low, base + low, base + whole + low].into_iter().min_by_key(near)?;
        if slice.first().is_some_and(|first| first >> 5 & 3 != 0) {
            self.before = at;
        }
        Some((self.sequence, at))
    }

    /// `pic_order_cnt_lsb` of a slice (§7.3.3).
    fn low(&self, slice: &[u8], width: u32) -> Option<u32> {
        let head = without_emulation(slice.get(..HEAD_BYTES).unwrap_or(slice));
        let mut bits = Bits::new(&head);
        bits.skip(8)?;
        for _ in 0..3 {
            bits.ue()?;
        }
        if self.set.separate_planes {
            bits.skip(2)?;
        }
        bits.bits(self.set.frame_number_bits)?;
        if !self.set.whole_frames && bits.flag()? {
            bits.flag()?;
        }
        if kind(slice) == IDR {
            bits.ue()?;
        }
        bits.bits(width)
    }
}
