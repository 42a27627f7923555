//! The samples of a track as its tables tell (ISO/IEC 14496-12 §8.6 and §8.7): when each is shown, where it lies, how
//! large it is. Tables stay the bytes they are in the file, runs and all; a sample is worked out when it is asked for.

use super::boxes::{find, find_full};
use super::part::Part;
use crate::bits::{be16, be32, be64};
use std::sync::Arc;

/// One sample. Times are in units of its track, before edits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Sample {
    pub(super) offset: u64,
    pub(super) size: u32,
    /// When it is decoded.
    pub(super) time: i64,
    /// How much later it is shown.
    pub(super) shift: i64,
    pub(super) span: u32,
    pub(super) key: bool,
}

impl Sample {
    /// When it is shown.
    pub(super) fn shown(&self) -> i64 {
        self.time.saturating_add(self.shift)
    }
}

/// Rows of numbers of one width.
#[derive(Default)]
struct Rows {
    part: Part,
    width: usize,
}

impl Rows {
    /// As many rows as are said to be there, and are.
    fn read(moov: &Arc<Vec<u8>>, bytes: &[u8], count: u32, width: usize) -> Self {
        let len = usize::try_from(count).unwrap_or(usize::MAX).saturating_mul(width).min(bytes.len() / width * width);
        Self { part: Part::of(moov, bytes.get(..len).unwrap_or_default()), width }
    }

    /// Rows of a box that says their number first.
    fn of(moov: &Arc<Vec<u8>>, stbl: &[u8], name: &[u8; 4], width: usize) -> Option<Self> {
        let full = find_full(stbl, name)?;
        Some(Self::read(moov, full.body.get(4..)?, be32(full.body, 0)?, width))
    }

    fn len(&self) -> u32 {
        u32::try_from(self.part.bytes().len().checked_div(self.width).unwrap_or(0)).unwrap_or(u32::MAX)
    }

    /// Four bytes of a row.
    fn at(&self, row: u32, column: usize) -> Option<u32> {
        be32(self.part.bytes(), (row as usize).checked_mul(self.width)?.checked_add(4 * column)?)
    }
}

/// How large samples are.
struct Sizes {
    /// The size of all of them, or 0.
    uniform: u32,
    count: u32,
    bits: u8,
    part: Part,
}

impl Sizes {
    fn read(moov: &Arc<Vec<u8>>, stbl: &[u8]) -> Option<Self> {
        let (uniform, bits, body) = match find_full(stbl, b"stsz") {
            Some(full) => (be32(full.body, 0)?, 32, full.body),
            None => {
                let body = find_full(stbl, b"stz2")?.body;
                (0, *body.get(3)?, body)
            }
        };
        let (count, bytes) = (be32(body, 4)?, body.get(8..)?);
        if uniform > 0 {
            return Some(Self { uniform, count, bits, part: Part::default() });
        }
        let there = match bits {
            4 => bytes.len().saturating_mul(2),
            8 => bytes.len(),
            16 => bytes.len() / 2,
            32 => bytes.len() / 4,
            _ => return None,
        };
        let count = count.min(u32::try_from(there).unwrap_or(u32::MAX));
        Some(Self { uniform, count, bits, part: Part::of(moov, bytes) })
    }

    fn of(&self, sample: u32) -> Option<u32> {
        if sample >= self.count {
            return None;
        }
        let (at, bytes) = (sample as usize, self.part.bytes());
        match self.bits {
            _ if self.uniform > 0 => Some(self.uniform),
            4 => bytes.get(at / 2).map(|two| u32::from(if at.is_multiple_of(2) { two >> 4 } else { two & 15 })),
            8 => bytes.get(at).map(|byte| u32::from(*byte)),
            16 => be16(bytes, 2 * at).map(u32::from),
            _ => be32(bytes, 4 * at),
        }
    }

    /// How many bytes some samples in a row have.
    fn sum(&self, first: u32, count: u32) -> u64 {
        if self.uniform > 0 {
            return u64::from(self.uniform) * u64::from(count);
        }
        (first..first.saturating_add(count)).map_while(|sample| self.of(sample)).map(u64::from).sum()
    }
}

/// The tables of one track.
pub(super) struct Table {
    /// `stts`: so many samples of this span.
    spans: Rows,
    /// `ctts`: so many samples shown this much later.
    shifts: Rows,
    /// `stss`: the numbers of those where decoding can begin, from 1 on. None when it can everywhere.
    sync: Option<Rows>,
    sizes: Sizes,
    /// `stsc`: from this chunk on so many samples each.
    chunks: Rows,
    /// `stco` or `co64`: where each chunk lies.
    places: Rows,
}

impl Table {
    /// Reads the tables in `stbl`, which is in `moov`. One that lacks something has no samples.
    pub(super) fn read(stbl: &[u8], moov: &Arc<Vec<u8>>) -> Self {
        let spans = Rows::of(moov, stbl, b"stts", 8).unwrap_or_default();
        let mut sizes =
            Sizes::read(moov, stbl).unwrap_or(Sizes { uniform: 0, count: 0, bits: 32, part: Part::default() });
        // One size for all needs no bytes, so that any number could be claimed.
        let timed = (0..spans.len()).fold(0_u32, |sum, row| sum.saturating_add(spans.at(row, 0).unwrap_or(0)));
        sizes.count = sizes.count.min(timed);
        let sync = find(stbl, b"stss").map(|_| Rows::of(moov, stbl, b"stss", 4).unwrap_or_default());
        let places = match find(stbl, b"stco") {
            Some(_) => Rows::of(moov, stbl, b"stco", 4),
            None => Rows::of(moov, stbl, b"co64", 8),
        };
        Self {
            spans,
            shifts: Rows::of(moov, stbl, b"ctts", 8).unwrap_or_default(),
            sync,
            sizes,
            chunks: Rows::of(moov, stbl, b"stsc", 12).unwrap_or_default(),
            places: places.unwrap_or_default(),
        }
    }

    /// How many samples there are.
    pub(super) fn count(&self) -> u32 {
        self.sizes.count
    }

    /// How long all samples last, in units of the track.
    pub(super) fn total(&self) -> u64 {
        let mut left = self.count();
        let mut total = 0_u64;
        for row in 0..self.spans.len() {
            let count = self.spans.at(row, 0).unwrap_or(0).min(left);
            left -= count;
            total = total.saturating_add(u64::from(count) * u64::from(self.spans.at(row, 1).map_or(0, span)));
        }
        total
    }

    /// Whether samples are so small and so many that they are only read a chunk at a time, as plain sound is.
    fn crumbs(&self) -> bool {
        (1..=64).contains(&self.sizes.uniform) && self.count() > 1
    }

    /// The numbers of samples where decoding can begin, from 0 on, ascending; of a table without any the first sample.
    pub(super) fn sync_samples(&self) -> impl Iterator<Item = u32> {
        let listed = self.sync.as_ref().filter(|rows| rows.len() > 0);
        let every = if self.sync.is_none() { self.count() } else { self.count().min(1) };
        let rows = listed.map_or(every, Rows::len);
        let number = move |row| match listed {
            Some(listed) => listed.at(row, 0)?.checked_sub(1),
            None => Some(row),
        };
        let mut least = 0;
        // In a damaged table they may go back and forth; looking them up would take for ever.
        let ascending = move |sample: &u32| {
            *sample >= least && {
                least = sample.saturating_add(1);
                true
            }
        };
        (0..rows).filter_map(number).filter(|sample| *sample < self.count()).filter(ascending)
    }

    /// The last sample that is decoded at or before a time, or the first.
    pub(super) fn before(&self, time: i64) -> u32 {
        let (mut first, mut at) = (0_u32, 0_i64);
        for row in 0..self.spans.len() {
            let (count, each) = (self.spans.at(row, 0).unwrap_or(0), self.spans.at(row, 1).map_or(0, span));
            let end = at.saturating_add(i64::from(each) * i64::from(count));
            if end > time {
                let within = time.saturating_sub(at).max(0) / i64::from(each).max(1);
                return first.saturating_add(u32::try_from(within).unwrap_or(u32::MAX));
            }
            first = first.saturating_add(count);
            at = end;
        }
        self.count().saturating_sub(1)
    }

    fn key(&self, sample: u32) -> bool {
        let Some(rows) = &self.sync else { return true };
        let (mut low, mut high) = (0, rows.len());
        while low < high {
            let middle = low + (high - low) / 2;
            match rows.at(middle, 0).unwrap_or(u32::MAX).cmp(&sample.saturating_add(1)) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Equal => return true,
                std::cmp::Ordering::Greater => high = middle,
            }
        }
        rows.len() == 0 && sample == 0
    }

    fn place(&self, chunk: u32) -> Option<u64> {
        match self.places.width {
            8 => be64(self.places.part.bytes(), (chunk as usize).checked_mul(8)?),
            _ => self.places.at(chunk, 0).map(u64::from),
        }
    }
}

/// A span that would go back in time is none.
fn span(stored: u32) -> u32 {
    if stored > i32::MAX as u32 { 0 } else { stored }
}

/// A place in rows of runs, which only goes forward while samples are asked for in order.
#[derive(Clone, Copy, Default)]
struct Run {
    row: u32,
    first: u32,
    time: i64,
}

impl Run {
    /// The value of a sample, and the sum of the values before it.
    fn at(&mut self, rows: &Rows, sample: u32) -> Option<(u32, i64)> {
        if sample < self.first {
            *self = Self::default();
        }
        loop {
            let (count, value) = (rows.at(self.row, 0)?, rows.at(self.row, 1)?);
            let within = sample - self.first;
            let each = i64::from(span(value));
            if within < count {
                return Some((value, self.time.saturating_add(each.saturating_mul(i64::from(within)))));
            }
            self.row += 1;
            self.first = self.first.checked_add(count)?;
            self.time = self.time.saturating_add(each.saturating_mul(i64::from(count)));
        }
    }
}

/// A place in the chunks, and where the sample last asked for lies.
#[derive(Clone, Copy, Default)]
struct Place {
    row: u32,
    first: u32,
    sample: u32,
    chunk: Option<u32>,
    offset: u64,
}

impl Place {
    /// The chunk of a sample, which one it is in there, and how many are in there.
    fn chunk(&mut self, table: &Table, sample: u32) -> Option<(u32, u32, u32)> {
        if sample < self.first {
            (self.row, self.first) = (0, 0);
        }
        loop {
            let from = table.chunks.at(self.row, 0)?.saturating_sub(1);
            let to = match table.chunks.at(self.row + 1, 0) {
                Some(next) => next.saturating_sub(1).min(table.places.len()),
                None => table.places.len(),
            };
            let each = table.chunks.at(self.row, 1)?;
            let within = sample - self.first;
            let count = u64::from(to.saturating_sub(from)) * u64::from(each);
            if u64::from(within) < count {
                return Some((from + within / each, within % each, each));
            }
            self.row += 1;
            self.first = self.first.checked_add(u32::try_from(count).ok()?)?;
        }
    }

    /// Where a sample lies.
    fn at(&mut self, table: &Table, sample: u32) -> Option<u64> {
        let (chunk, within, _) = self.chunk(table, sample)?;
        let passed = sample.checked_sub(self.sample).filter(|_| self.chunk == Some(chunk));
        self.offset = match passed {
            Some(passed) => self.offset.checked_add(table.sizes.sum(self.sample, passed))?,
            None => table.place(chunk)?.checked_add(table.sizes.sum(sample - within, within))?,
        };
        (self.chunk, self.sample) = (Some(chunk), sample);
        Some(self.offset)
    }
}

/// Finds samples; fast when they are asked for in order.
#[derive(Clone, Copy, Default)]
pub(super) struct Cursor {
    spans: Run,
    shifts: Run,
    place: Place,
}

impl Cursor {
    /// When a sample is decoded, how much later it is shown, and how long.
    pub(super) fn time(&mut self, table: &Table, sample: u32) -> Option<(i64, i64, u32)> {
        let (stored, time) = self.spans.at(&table.spans, sample)?;
        let shift = self.shifts.at(&table.shifts, sample).map_or(0, |(shift, _)| i64::from(shift.cast_signed()));
        Some((time, shift, span(stored)))
    }

    /// A sample; nothing beyond the last one, or where the tables do not fit each other.
    pub(super) fn sample(&mut self, table: &Table, sample: u32) -> Option<Sample> {
        let size = table.sizes.of(sample)?;
        let (time, shift, span) = self.time(table, sample)?;
        let offset = self.place.at(table, sample)?;
        Some(Sample { offset, size, time, shift, span, key: table.key(sample) })
    }

    /// A sample and how many come with it: where they are crumbs, the rest of the chunk.
    pub(super) fn packet(&mut self, table: &Table, sample: u32) -> Option<(Sample, u32)> {
        let mut found = self.sample(table, sample)?;
        if !table.crumbs() {
            return Some((found, 1));
        }
        let (_, within, each) = self.place.chunk(table, sample)?;
        let most = (1 << 20) / found.size.max(1);
        let count = (each - within).min(table.count() - sample).min(most).max(1);
        found.size = found.size.saturating_mul(count);
        found.span = found.span.saturating_mul(count);
        Some((found, count))
    }
}
