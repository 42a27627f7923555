//! Where the fragments of a film lie, and which of them has the key frame of a time: by an index at the beginning (`sidx`),
//! by one at the end (`mfra`), or by going from one to the next (ISO/IEC 14496-12 §8.8.9 to §8.8.11 and §8.16.3).

use super::boxes::{Full, Top, Walk, boxes};
use super::fragment::{Known, samples};
use super::table::Sample;
use super::track::{Defaults, Stream, micros};
use crate::bits::{be16, be32, be64};
use crate::{Error, source::Source};

/// More fragments than this are not looked for; those of two seconds each fill two days.
const MAX_FRAGMENTS: usize = 100_000;
/// More fragments than this are not gone through only to learn how long a film lasts.
pub(super) const MAX_FRAGMENTS_AT_FIRST: usize = 4_000;
/// More samples than this are not looked at for an index; those of 16 hours are fewer.
const MAX_SAMPLES: usize = 1 << 22;
/// So many entries of an index are looked at before it is believed.
const MAX_PROOFS: usize = 8;
/// The largest head of a fragment, or index, that is read.
const MAX_HEAD_BYTES: usize = 16 << 20;

/// A key frame of the picture, and a place before the fragment it is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) shown_us: i64,
    pub(super) offset: u64,
}

/// The key frames of a film in fragments.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Index {
    /// In the order of time.
    pub(super) places: Vec<Place>,
    /// When the film ends, in µs; 0 when that is not known.
    pub(super) end_us: i64,
    /// Whether all key frames are in it.
    pub(super) whole: bool,
}

impl Default for Index {
    fn default() -> Self {
        Self { places: Vec::new(), end_us: 0, whole: true }
    }
}

/// One fragment.
pub(super) struct Fragment {
    /// Where it begins.
    pub(super) offset: u64,
    /// The samples of each track.
    pub(super) samples: Vec<Vec<Sample>>,
}

/// The fragments of a film.
pub(super) struct Fragments {
    /// Where the first one lies, or a box before it.
    first: u64,
    defaults: Vec<Defaults>,
}

/// Goes from fragment to fragment.
pub(super) struct Walker {
    known: Vec<Known>,
    walk: Walk,
}

impl Walker {
    /// The next fragment; nothing at the end, or where the rest is damaged.
    pub(super) fn next(&mut self, source: &Source) -> Result<Option<Fragment>, Error> {
        while let Some(top) = self.walk.next(source)? {
            if &top.name == b"moof" {
                let moof = self.walk.body(source, top, MAX_HEAD_BYTES)?;
                return Ok(Some(Fragment {
                    offset: top.offset,
                    samples: samples(&moof, top.offset, source.len(), &mut self.known),
                }));
            }
        }
        Ok(None)
    }
}

impl Fragments {
    pub(super) fn new(first: u64, defaults: Vec<Defaults>) -> Self {
        Self { first, defaults }
    }

    /// Goes from a place on, where the time is this for each track if the fragment does not say.
    fn walker(&self, offset: u64, streams: &[Stream], time: impl Fn(&Stream) -> i64) -> Walker {
        let tracks = streams.iter().zip(&self.defaults);
        let known = tracks.map(|(stream, defaults)| Known { id: stream.id, defaults: *defaults, time: time(stream) });
        Walker { known: known.collect(), walk: Walk::new(offset) }
    }

    /// Goes from the first fragment on.
    pub(super) fn all(&self, streams: &[Stream]) -> Walker {
        self.walker(self.first, streams, |stream| i64::try_from(stream.table.total()).unwrap_or(0))
    }

    /// Goes from a place of the index on.
    pub(super) fn from(&self, place: Place, streams: &[Stream]) -> Walker {
        self.walker(place.offset, streams, |stream| stream.time_at(place.shown_us))
    }

    /// The index that is in the file, if there is one for the picture.
    pub(super) fn told(&self, source: &Source, picture: &Stream) -> Result<Option<Index>, Error> {
        let mut walk = Walk::new(self.first);
        while let Some(top) = walk.next(source)?.filter(|top| &top.name != b"moof") {
            if &top.name == b"sidx" {
                let body = walk.body(source, top, MAX_HEAD_BYTES)?;
                if let Some(index) = Full::read(&body).and_then(|full| by_segments(full, top, picture)) {
                    return Ok(Some(index));
                }
            }
        }
        at_the_end(source, picture)
    }

    /// The index that is in the file, put right by the first key frame; none where it tells of frames that are no key
    /// frames, as that of some writers does.
    pub(super) fn proven(&self, source: &Source, streams: &[Stream], picture: usize) -> Result<Option<Index>, Error> {
        let Some(stream) = streams.get(picture) else { return Ok(None) };
        let Some(mut index) = self.told(source, stream)? else { return Ok(None) };
        let mut late_us = None;
        for place in index.places.iter().step_by(index.places.len() / MAX_PROOFS + 1) {
            let fragment = self.from(*place, streams).next(source)?;
            let first = fragment.as_ref().and_then(|fragment| fragment.samples.get(picture)?.first());
            let Some(first) = first.filter(|sample| sample.key) else { return Ok(None) };
            let shown_us = stream.shown_us(first.shown()).max(0);
            late_us = late_us.or(Some(shown_us.saturating_sub(place.shown_us)));
        }
        for place in &mut index.places {
            place.shown_us = place.shown_us.saturating_add(late_us.unwrap_or(0));
        }
        Ok(Some(index))
    }

    /// The index that comes of going through all fragments, at most so many. Where there are more, the end is guessed by
    /// how far that got.
    pub(super) fn walked(
        &self,
        source: &Source,
        streams: &[Stream],
        picture: usize,
        most: usize,
    ) -> Result<Index, Error> {
        let mut walker = self.all(streams);
        let mut index = Index::default();
        index.walk(&mut walker, source, streams, (picture, most))?;
        if !index.whole {
            let done = walker.walk.at().saturating_sub(self.first).max(1);
            let all = source.len().saturating_sub(self.first);
            let end_us = i128::from(index.end_us) * i128::from(all) / i128::from(done);
            index.end_us = i64::try_from(end_us).unwrap_or(index.end_us);
        }
        index.places.sort_by_key(|place| place.shown_us);
        Ok(index)
    }

    /// When the last fragment ends, beginning with the last one of an index.
    pub(super) fn end_us(&self, source: &Source, streams: &[Stream], index: &Index) -> Result<i64, Error> {
        let Some(last) = index.places.last() else { return Ok(0) };
        let mut tail = Index::default();
        tail.walk(&mut self.from(*last, streams), source, streams, (usize::MAX, MAX_FRAGMENTS_AT_FIRST))?;
        Ok(tail.end_us)
    }
}

impl Index {
    /// Adds what is in the next fragments, at most so many of them.
    fn walk(
        &mut self,
        walker: &mut Walker,
        source: &Source,
        streams: &[Stream],
        (picture, most): (usize, usize),
    ) -> Result<(), Error> {
        let mut samples = 0;
        for _ in 0..most.min(MAX_FRAGMENTS) {
            let Some(fragment) = walker.next(source)? else { return Ok(()) };
            self.add(&fragment, streams, picture);
            samples += fragment.samples.iter().map(Vec::len).sum::<usize>();
            if samples > MAX_SAMPLES {
                break;
            }
        }
        self.whole = false;
        Ok(())
    }

    fn add(&mut self, fragment: &Fragment, streams: &[Stream], picture: usize) {
        for (track, (samples, stream)) in fragment.samples.iter().zip(streams).enumerate() {
            if let Some(last) = samples.last() {
                let end = last.shown().saturating_add(i64::from(last.span));
                self.end_us = self.end_us.max(stream.shown_us(end));
            }
            for key in samples.iter().filter(|sample| sample.key && track == picture) {
                let shown_us = stream.shown_us(key.shown()).max(0);
                self.places.push(Place { shown_us, offset: fragment.offset });
            }
        }
    }

    /// The place that is nearest to a time.
    pub(super) fn nearest(&self, at_us: i64) -> Option<Place> {
        self.places.iter().min_by_key(|place| place.shown_us.abs_diff(at_us)).copied()
    }

    /// The last place at or before a time, or the first, and the place before that if there is one.
    pub(super) fn before(&self, at_us: i64) -> Option<(Place, Option<Place>)> {
        let number = self.places.partition_point(|place| place.shown_us <= at_us).saturating_sub(1);
        let place = *self.places.get(number)?;
        let earlier = self.places.iter().take(number).rev().find(|earlier| earlier.offset < place.offset);
        Some((place, earlier.copied()))
    }
}

/// `sidx`: segments in a row, each with its size and how long it lasts. One that points to others is not followed.
fn by_segments(full: Full<'_>, top: Top, picture: &Stream) -> Option<Index> {
    let scale = be32(full.body, 4)?;
    let wide = full.version > 0;
    let (from, skipped) = match wide {
        true => (be64(full.body, 8)?, be64(full.body, 16)?),
        false => (u64::from(be32(full.body, 8)?), u64::from(be32(full.body, 12)?)),
    };
    if be32(full.body, 0)? != picture.id || scale == 0 {
        return None;
    }
    let rows = full.body.get(if wide { 24 } else { 16 }..)?;
    let count = usize::from(be16(rows, 2)?);
    let early_us = micros(picture.edit.from, picture.scale).saturating_sub(picture.edit.delay_us);
    let mut time = i64::try_from(from).ok()?;
    let mut offset = top.end.checked_add(skipped)?;
    let mut index = Index::default();
    let marked = rows.get(4..)?.chunks_exact(12).take(count).any(|row| row.get(8).is_some_and(|sap| sap & 0x80 != 0));
    for row in rows.get(4..)?.chunks_exact(12).take(count) {
        let (size, span, sap) = (be32(row, 0)?, be32(row, 4)?, be32(row, 8)?);
        if size >> 31 == 1 {
            return None;
        }
        if sap >> 31 == 1 || !marked {
            index.places.push(Place { shown_us: micros(time, scale).saturating_sub(early_us).max(0), offset });
        }
        time = time.saturating_add(i64::from(span));
        offset = offset.checked_add(u64::from(size))?;
    }
    index.end_us = micros(time, scale).saturating_sub(early_us);
    (!index.places.is_empty()).then_some(index)
}

/// `mfra`, which says its size in its last bytes.
fn at_the_end(source: &Source, picture: &Stream) -> Result<Option<Index>, Error> {
    let tail = source.some(source.len().saturating_sub(16), 16)?;
    let (Some(b"mfro"), Some(size)) = (tail.get(4..8), be32(&tail, 12)) else { return Ok(None) };
    let Some(at) = source.len().checked_sub(u64::from(size)) else { return Ok(None) };
    let mut walk = Walk::new(at);
    let Some(top) = walk.next(source)?.filter(|top| &top.name == b"mfra") else { return Ok(None) };
    let body = walk.body(source, top, MAX_HEAD_BYTES)?;
    let places =
        boxes(&body).filter(|(name, _)| name == b"tfra").find_map(|(_, tfra)| by_samples(Full::read(tfra)?, picture));
    Ok(places.filter(|places| !places.is_empty()).map(|places| Index { places, ..Index::default() }))
}

/// `tfra`: times of samples and where their fragments lie.
fn by_samples(full: Full<'_>, picture: &Stream) -> Option<Vec<Place>> {
    if be32(full.body, 0)? != picture.id {
        return None;
    }
    let widths = be32(full.body, 4)?;
    let numbers: u32 = [widths >> 4 & 3, widths >> 2 & 3, widths & 3].iter().map(|width| width + 1).sum();
    let wide = full.version == 1;
    let width = usize::try_from(numbers).ok()? + if wide { 16 } else { 8 };
    let count = usize::try_from(be32(full.body, 8)?).ok()?.min(MAX_FRAGMENTS);
    let mut places = Vec::new();
    for row in full.body.get(12..)?.chunks_exact(width).take(count) {
        let (time, offset) = match wide {
            true => (be64(row, 0)?, be64(row, 8)?),
            false => (u64::from(be32(row, 0)?), u64::from(be32(row, 4)?)),
        };
        let shown_us = picture.shown_us(i64::try_from(time).ok()?).max(0);
        places.push(Place { shown_us, offset });
    }
    places.sort_by_key(|place| place.shown_us);
    Some(places)
}
