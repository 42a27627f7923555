//! Packets in the order of the file, key frames, and going to a time. What the boxes say is read elsewhere.

use super::index::{Fragments, Index, MAX_FRAGMENTS_AT_FIRST, Place, Walker};
use super::movie::Movie;
use super::table::{Cursor, Sample};
use super::track::{Stream, micros};
use crate::demux::{Demuxer, MAX_PACKET_BYTES, Packet, Selected};
use crate::info::{Info, Kind};
use crate::{Error, source::Source};
use std::collections::VecDeque;

/// Tracks may be this far apart, in µs; within that they come as they lie in the file.
const MAX_APART_US: i64 = 1_000_000;
/// Fragments are not read ahead for a track without samples while so many of others wait.
const MAX_AHEAD: usize = 2_000;
/// More samples of the picture than this are not read ahead to find a key frame.
const MAX_QUEUE: usize = 1 << 20;
/// In so many fragments a key frame is looked for from a place of the index on.
const MAX_FRAGMENTS_TO_KEY: usize = 64;

/// More key frames than this are not listed; every frame of ten hours may be one.
const MAX_KEYFRAMES: usize = 1 << 20;

/// An open film.
pub(super) struct Reader {
    source: Source,
    info: Info,
    streams: Vec<Stream>,
    /// The track of the picture.
    picture: Option<usize>,
    positions: Vec<Position>,
    fragments: Option<Fragments>,
    /// Where the fragments are gone through; none in a whole film, and at the end.
    walker: Option<Walker>,
    index: Option<Index>,
    selected: Selected,
}

/// Where a track is.
#[derive(Default)]
struct Position {
    /// The next sample of its tables that was not looked at.
    next: u32,
    cursor: Cursor,
    /// The sample of its tables that comes next.
    head: Option<Sample>,
    /// Samples of fragments, which come after those of the tables.
    queue: VecDeque<Sample>,
}

impl Reader {
    /// A film whose head was read; what comes after that begins at `after`.
    pub(super) fn new(source: Source, movie: Movie, after: u64) -> Result<Self, Error> {
        let Movie { info, streams, fragmented } = movie;
        let picture = info.picture().map(|(track, _)| track);
        let positions = streams.iter().map(|_| Position::default()).collect();
        let fragments = fragmented.map(|defaults| Fragments::new(after, defaults));
        let walker = fragments.as_ref().map(|fragments| fragments.all(&streams));
        let mut reader = Self {
            source,
            info,
            streams,
            picture,
            positions,
            fragments,
            walker,
            index: None,
            selected: Selected::default(),
        };
        reader.learn_frame_rate()?;
        reader.learn_duration()?;
        Ok(reader)
    }

    /// How many frames a second has, by the first fragment.
    fn learn_frame_rate(&mut self) -> Result<(), Error> {
        let (Some(fragments), Some(track)) = (&self.fragments, self.picture) else { return Ok(()) };
        let Some(Kind::Video(video)) = self.info.tracks.get_mut(track).map(|track| &mut track.kind) else {
            return Ok(());
        };
        if video.frame_rate_mhz == 0 {
            let first = fragments.all(&self.streams).next(&self.source)?;
            let samples = first.and_then(|first| first.samples.into_iter().nth(track)).unwrap_or_default();
            video.frame_rate_mhz = frame_rate_mhz(&samples, self.streams.get(track).map_or(0, |stream| stream.scale));
        }
        Ok(())
    }

    /// How long a film in fragments lasts, where its head does not say.
    fn learn_duration(&mut self) -> Result<(), Error> {
        let main = self.picture.unwrap_or(0);
        let (Some(fragments), Some(stream)) = (&self.fragments, self.streams.get(main)) else { return Ok(()) };
        let in_tables_us = self.streams.iter().map(Stream::end_us).max().unwrap_or(0);
        if self.info.duration_ms > u64::try_from(in_tables_us / 1000).unwrap_or(0) {
            return Ok(());
        }
        let end_us = match fragments.told(&self.source, stream)? {
            Some(index) if index.end_us > 0 => index.end_us,
            Some(index) => fragments.end_us(&self.source, &self.streams, &index)?,
            None => {
                let index = fragments.walked(&self.source, &self.streams, main, MAX_FRAGMENTS_AT_FIRST)?;
                let end_us = index.end_us;
                self.index = Some(index).filter(|index| index.whole);
                end_us
            }
        };
        self.info.duration_ms = self.info.duration_ms.max(u64::try_from(end_us / 1000).unwrap_or(0));
        Ok(())
    }

    /// Finds the key frames that are in fragments, and gives the index of them; an empty one for a whole film.
    fn index(&mut self) -> Result<&Index, Error> {
        let index = match (self.index.take(), &self.fragments, self.picture) {
            (Some(index), _, _) => index,
            (None, Some(fragments), Some(track)) => match fragments.proven(&self.source, &self.streams, track)? {
                Some(index) => index,
                None => fragments.walked(&self.source, &self.streams, track, usize::MAX)?,
            },
            (None, _, _) => Index::default(),
        };
        Ok(self.index.insert(index))
    }

    /// The picture, or an error that says there is none.
    fn picture(&self) -> Result<(usize, &Stream), Error> {
        let found = self.picture.and_then(|track| Some((track, self.streams.get(track)?)));
        found.ok_or(Error::Damaged("there is no picture in it"))
    }

    fn packet(&self, track: usize, sample: Sample) -> Result<Packet, Error> {
        let stream = self.streams.get(track).ok_or(Error::Damaged("there is no such track"))?;
        Ok(Packet {
            track,
            pts_us: stream.shown_us(sample.shown()),
            duration_us: u64::try_from(micros(i64::from(sample.span), stream.scale)).ok().filter(|span| *span > 0),
            key: sample.key,
            data: self.source.exactly(sample.offset, u64::from(sample.size), MAX_PACKET_BYTES)?,
        })
    }

    /// The key frame in the tables that is nearest to a time. In a file that was cut short, of those that are left.
    fn nearest_in_tables(&self, stream: &Stream, at_us: i64) -> Option<Sample> {
        let mut cursor = Cursor::default();
        let mut find = |number| cursor.sample(&stream.table, number);
        let there = |sample: &Sample| sample.offset.saturating_add(u64::from(sample.size)) <= self.source.len();
        let (number, _) = stream.keyframes().min_by_key(|(_, shown_us)| shown_us.abs_diff(at_us))?;
        if let Some(sample) = find(number).filter(there) {
            return Some(sample);
        }
        let left = stream.keyframes().filter_map(|(number, shown_us)| Some((find(number).filter(there)?, shown_us)));
        left.min_by_key(|(_, shown_us)| shown_us.abs_diff(at_us)).map(|(sample, _)| sample)
    }

    /// The key frame of the picture that is nearest to a time, in the first fragment from a place on that has any.
    fn nearest_in_fragments(&self, place: Place, at_us: i64) -> Result<Option<Sample>, Error> {
        let (track, stream) = self.picture()?;
        let Some(mut walker) = self.fragments.as_ref().map(|fragments| fragments.from(place, &self.streams)) else {
            return Ok(None);
        };
        for _ in 0..MAX_FRAGMENTS_TO_KEY {
            let Some(fragment) = walker.next(&self.source)? else { break };
            let samples = fragment.samples.get(track).into_iter().flatten().filter(|sample| sample.key);
            let nearest = samples.min_by_key(|sample| stream.shown_us(sample.shown()).abs_diff(at_us));
            if nearest.is_some() {
                return Ok(nearest.copied());
            }
        }
        Ok(None)
    }

    /// Goes to a key frame in the tables and to that time in other tracks; to the beginning of those for the first one.
    fn go_in_tables(&mut self, shown_us: i64, picture: Option<(usize, u32)>) {
        let first = picture.is_some_and(|(track, sample)| {
            self.streams.get(track).and_then(|stream| stream.table.sync_samples().next()) == Some(sample)
        });
        for (track, (position, stream)) in self.positions.iter_mut().zip(&self.streams).enumerate() {
            let next = match picture {
                Some((number, sample)) if number == track => sample,
                _ if first || shown_us <= 0 => 0,
                _ => stream.table.before(stream.time_at(shown_us)),
            };
            *position = Position { next, ..Position::default() };
        }
        self.walker = self.fragments.as_ref().map(|fragments| fragments.all(&self.streams));
    }

    /// Goes to the last key frame at or before a time that is in the fragment at a place. Reading begins one place
    /// earlier, because the sound of that time may lie there.
    fn go_in_fragments(&mut self, place: Place, earlier: Option<Place>, at_us: i64) -> Result<(), Error> {
        let (track, stream) = self.picture()?;
        let first = earlier.is_none() && stream.table.count() == 0;
        for (position, stream) in self.positions.iter_mut().zip(&self.streams) {
            *position = Position { next: stream.table.count(), ..Position::default() };
        }
        self.walker = self.fragments.as_ref().map(|fragments| match first {
            true => fragments.all(&self.streams),
            false => fragments.from(earlier.unwrap_or(place), &self.streams),
        });
        let mut key_us = place.shown_us;
        for _ in 0..MAX_FRAGMENTS_TO_KEY {
            let Some(reached) = self.read_fragment()? else { break };
            let Some((position, stream)) = self.positions.get_mut(track).zip(self.streams.get(track)) else { break };
            let enough = position.queue.len() > MAX_QUEUE;
            if reached < place.offset && !enough {
                continue;
            }
            let shown_us = |sample: &Sample| stream.shown_us(sample.shown());
            let last = position.queue.iter().rposition(|sample| sample.key && shown_us(sample) <= at_us);
            if let Some(number) = last.or_else(|| position.queue.iter().position(|sample| sample.key)) {
                position.queue.drain(..number);
                key_us = position.queue.front().map_or(key_us, shown_us);
                break;
            }
            if enough {
                break;
            }
        }
        let others = self.positions.iter_mut().zip(&self.streams).enumerate();
        for (_, (position, stream)) in others.filter(|(other, _)| *other != track && !first) {
            let end_us = |sample: &Sample| stream.shown_us(sample.shown().saturating_add(i64::from(sample.span)));
            let over = position.queue.iter().take_while(|sample| end_us(sample) <= key_us).count();
            position.queue.drain(..over);
        }
        Ok(())
    }

    /// Finds the samples of the next fragment, and says where it lies.
    fn read_fragment(&mut self) -> Result<Option<u64>, Error> {
        let Some(walker) = &mut self.walker else { return Ok(None) };
        let Some(fragment) = walker.next(&self.source)? else {
            self.walker = None;
            return Ok(None);
        };
        for (position, samples) in self.positions.iter_mut().zip(fragment.samples) {
            position.queue.extend(samples);
        }
        Ok(Some(fragment.offset))
    }

    /// Finds samples until every track has one, as far as that can be.
    fn fill(&mut self) -> Result<(), Error> {
        loop {
            for (position, stream) in self.positions.iter_mut().zip(&self.streams) {
                position.fill(stream);
            }
            let waiting: usize = self.positions.iter().map(|position| position.queue.len()).sum();
            let lacking = self.positions.iter().any(|position| position.front().is_none());
            if !lacking || waiting > MAX_AHEAD || self.read_fragment()?.is_none() {
                return Ok(());
            }
        }
    }
}

impl Position {
    /// Finds the next sample of the tables if there is none.
    fn fill(&mut self, stream: &Stream) {
        if self.head.is_none() && self.next < stream.table.count() {
            match self.cursor.packet(&stream.table, self.next) {
                Some((sample, count)) => {
                    self.next = self.next.saturating_add(count);
                    self.head = Some(sample);
                }
                None => self.next = stream.table.count(),
            }
        }
    }

    fn front(&self) -> Option<&Sample> {
        self.head.as_ref().or(self.queue.front())
    }

    fn take(&mut self) -> Option<Sample> {
        self.head.take().or_else(|| self.queue.pop_front())
    }
}

impl Demuxer for Reader {
    fn info(&self) -> &Info {
        &self.info
    }

    fn keyframes(&mut self) -> Result<Vec<u64>, Error> {
        if self.picture.is_none() {
            return Ok(Vec::new());
        }
        let in_fragments: Vec<i64> = self.index()?.places.iter().map(|place| place.shown_us).collect();
        let (_, stream) = self.picture()?;
        let in_tables = stream.keyframes().take(MAX_KEYFRAMES).map(|(_, shown_us)| shown_us);
        let all = in_tables.chain(in_fragments).map(|shown_us| u64::try_from(shown_us / 1000).unwrap_or(0));
        let mut all: Vec<u64> = all.collect();
        all.sort_unstable();
        all.dedup();
        Ok(all)
    }

    fn keyframe(&mut self, at_ms: u64) -> Result<Packet, Error> {
        let at_us = to_us(at_ms);
        let place = self.index()?.nearest(at_us);
        let (track, stream) = self.picture()?;
        let mut found = self.nearest_in_tables(stream, at_us);
        if let Some(place) = place {
            let far = |sample: &Sample| stream.shown_us(sample.shown()).abs_diff(at_us);
            let other = self.nearest_in_fragments(place, at_us)?;
            found = found.into_iter().chain(other).min_by_key(far);
        }
        self.packet(track, found.ok_or(Error::Damaged("there is no key frame in it"))?)
    }

    fn seek(&mut self, at_ms: u64) -> Result<(), Error> {
        let at_us = to_us(at_ms);
        let Ok((track, stream)) = self.picture() else {
            self.go_in_tables(at_us, None);
            return Ok(());
        };
        let mut last = None;
        for (sample, shown_us) in stream.keyframes() {
            if shown_us <= at_us || last.is_none() {
                last = Some((sample, shown_us));
            }
        }
        let in_fragments = self.index()?.before(at_us).filter(|(place, _)| place.shown_us <= at_us || last.is_none());
        match (in_fragments, last) {
            (Some((place, earlier)), _) => self.go_in_fragments(place, earlier, at_us)?,
            (None, Some((sample, shown_us))) => self.go_in_tables(shown_us, Some((track, sample))),
            (None, None) => return Err(Error::Damaged("there is no key frame in it")),
        }
        Ok(())
    }

    fn select(&mut self, tracks: &[usize]) {
        self.selected = Selected::only(tracks);
    }

    fn next(&mut self) -> Result<Option<Packet>, Error> {
        loop {
            self.fill()?;
            let waiting = self.positions.iter().zip(&self.streams).enumerate();
            let heads: Vec<(usize, i64, u64)> = waiting
                .filter_map(|(track, (position, stream))| {
                    let sample = position.front()?;
                    Some((track, stream.shown_us(sample.time), sample.offset))
                })
                .collect();
            let Some(earliest) = heads.iter().map(|(_, time, _)| *time).min() else { return Ok(None) };
            let near = heads.iter().filter(|(_, time, _)| *time <= earliest.saturating_add(MAX_APART_US));
            let Some((track, ..)) = near.min_by_key(|(_, _, offset)| *offset).copied() else { return Ok(None) };
            let sample = self.positions.get_mut(track).and_then(Position::take);
            match sample {
                Some(sample) if sample.size > 0 && self.selected.has(track) => {
                    return self.packet(track, sample).map(Some);
                }
                _ => {}
            }
        }
    }
}

fn to_us(at_ms: u64) -> i64 {
    i64::try_from(at_ms).unwrap_or(i64::MAX).saturating_mul(1000)
}

/// Frames in 1,000 seconds by some of them.
fn frame_rate_mhz(samples: &[Sample], scale: u32) -> u32 {
    let total: u64 = samples.iter().map(|sample| u64::from(sample.span)).sum();
    let rate = samples.len() as u128 * u128::from(scale) * 1000;
    rate.checked_div(u128::from(total)).and_then(|rate| u32::try_from(rate).ok()).unwrap_or(0)
}
