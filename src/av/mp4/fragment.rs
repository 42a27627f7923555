//! Samples in fragments: what `moof` boxes say (ISO/IEC 14496-12 §8.8). Where fragments lie is found elsewhere.

use super::boxes::{Full, boxes, find_full};
use super::table::Sample;
use super::track::Defaults;
use crate::bits::{be32, be64};

/// More samples than this are not taken from one fragment; those of an hour in one have 260,000.
const MAX_SAMPLES: usize = 1 << 19;
/// Samples that are no key frames, or depend on others (§8.8.3.1).
const NOT_KEY: u32 = 0x0101_0000;

/// What is known of a track before a fragment is read.
pub(super) struct Known {
    pub(super) id: u32,
    pub(super) defaults: Defaults,
    /// When the next sample is decoded if the fragment does not say.
    pub(super) time: i64,
}

/// Reads the body of the `moof` at this place, in a file that ends there: the samples of each of the tracks, as far as they
/// are in the file. Moves the times of tracks on.
pub(super) fn samples(moof: &[u8], offset: u64, end: u64, known: &mut [Known]) -> Vec<Vec<Sample>> {
    let mut found: Vec<Vec<Sample>> = known.iter().map(|_| Vec::new()).collect();
    let mut room = Room { samples: MAX_SAMPLES, end };
    let mut after = offset;
    for (_, traf) in boxes(moof).filter(|(name, _)| name == b"traf") {
        let Some(header) = find_full(traf, b"tfhd") else { continue };
        let Some(id) = be32(header.body, 0) else { continue };
        let Some((track, samples)) = known.iter_mut().zip(&mut found).find(|(track, _)| track.id == id) else {
            continue;
        };
        let Some((defaults, base)) = track_header(header, track.defaults, offset, after) else { continue };
        if let Some(time) = find_full(traf, b"tfdt").and_then(decode_time) {
            track.time = time;
        }
        after = base;
        for (_, body) in boxes(traf).filter(|(name, _)| name == b"trun") {
            let Some(run) = Full::read(body).and_then(|full| Run::read(full, defaults, base, after)) else { break };
            after = run.samples(track, samples, &mut room);
        }
    }
    found
}

/// What a fragment says of one of its tracks (§8.8.7), and from where its places count.
fn track_header(full: Full<'_>, defaults: Defaults, moof: u64, after: u64) -> Option<(Defaults, u64)> {
    let mut at = 4;
    let mut field = |flag: u32, size: usize| {
        let here = at;
        let there = full.flags & flag != 0;
        at += if there { size } else { 0 };
        there.then_some(here)
    };
    let base = field(0x01, 8);
    field(0x02, 4);
    let (span, size, flags) = (field(0x08, 4), field(0x10, 4), field(0x20, 4));
    let or = |at: Option<usize>, default| at.map_or(Some(default), |at| be32(full.body, at));
    let defaults =
        Defaults { span: or(span, defaults.span)?, size: or(size, defaults.size)?, flags: or(flags, defaults.flags)? };
    let base = match base {
        Some(at) => be64(full.body, at)?,
        None if full.flags & 0x02_0000 != 0 => moof,
        None => after,
    };
    Some((defaults, base))
}

/// §8.8.12.
fn decode_time(full: Full<'_>) -> Option<i64> {
    let time = if full.version == 1 { be64(full.body, 0)? } else { u64::from(be32(full.body, 0)?) };
    i64::try_from(time).ok()
}

/// How much can still be there.
struct Room {
    samples: usize,
    /// Where the file ends.
    end: u64,
}

impl Room {
    /// Takes a sample if there is room for it.
    fn take(&mut self, offset: u64, size: u32) -> Option<()> {
        self.samples = self.samples.checked_sub(1)?;
        (offset.checked_add(u64::from(size))? <= self.end).then_some(())
    }
}

/// Samples in a row (§8.8.8).
struct Run<'a> {
    full: Full<'a>,
    defaults: Defaults,
    first_flags: Option<u32>,
    count: u32,
    rows: &'a [u8],
    offset: u64,
}

impl<'a> Run<'a> {
    fn read(full: Full<'a>, defaults: Defaults, base: u64, after: u64) -> Option<Self> {
        let count = be32(full.body, 0)?;
        let mut at = 4;
        let mut offset = after;
        if full.flags & 0x01 != 0 {
            offset = base.checked_add_signed(i64::from(be32(full.body, at)?.cast_signed()))?;
            at += 4;
        }
        let mut first_flags = None;
        if full.flags & 0x04 != 0 {
            first_flags = Some(be32(full.body, at)?);
            at += 4;
        }
        Some(Self { full, defaults, first_flags, count, rows: full.body.get(at..)?, offset })
    }

    /// Appends the samples, as many as may be, and says where the data ends.
    fn samples(&self, track: &mut Known, samples: &mut Vec<Sample>, room: &mut Room) -> u64 {
        let mut offset = self.offset;
        let mut at = 0;
        if self.full.flags & 0xf00 == 0 && self.defaults.size == 0 {
            return offset;
        }
        for number in 0..self.count {
            let mut field = |flag: u32, default: u32| {
                if self.full.flags & flag == 0 {
                    return Some(default);
                }
                at += 4;
                be32(self.rows, at - 4)
            };
            let first = self.first_flags.filter(|_| number == 0).unwrap_or(self.defaults.flags);
            let (span, size) = (field(0x100, self.defaults.span), field(0x200, self.defaults.size));
            let (flags, shift) = (field(0x400, first), field(0x800, 0));
            let (Some(span), Some(size), Some(flags), Some(shift)) = (span, size, flags, shift) else { break };
            let Some(()) = room.take(offset, size) else { break };
            let flags = self.first_flags.filter(|_| number == 0).unwrap_or(flags);
            let shift = i64::from(shift.cast_signed());
            samples.push(Sample { offset, size, time: track.time, shift, span, key: flags & NOT_KEY == 0 });
            track.time = track.time.saturating_add(i64::from(span));
            offset = offset.saturating_add(u64::from(size));
        }
        offset
    }
}
