//! RIFF AVI, and the OpenDML extensions for files of more than 1 GB. It knows no time of display: frames are said to be
//! shown in the order they are decoded in.
//!
//! Modules in reading order: `riff` is the language, `format` how streams are described, `head` what stands before the
//! frames, `index` where those are, `key` what they tell themselves.

pub(crate) mod format;
mod head;
mod index;
mod key;
mod riff;
#[cfg(test)]
mod tests;

use crate::demux::{Demuxer, MAX_PACKET_BYTES, Packet, Selected};
use crate::info::{Container, Info, Kind, Track, VideoCodec, VideoTrack};
use crate::source::Source;
use crate::window::Window;
use crate::{Error, first_frame};
use head::{Head, Stream};
use index::Entry;
use riff::Chunk;
use std::sync::Arc;

/// Frames whose bytes are looked at on the way to a key frame, in each direction.
const MAX_LOOKS: usize = 600;
/// Chunks in which the first frame of the picture is looked for.
const MAX_CHUNKS: usize = 64;

/// Opens an AVI file.
///
/// # Errors
/// It is none, or its head cannot be read.
pub(crate) fn open(source: Source) -> Result<Box<dyn Demuxer>, Error> {
    Ok(Box::new(Avi::open(source)?))
}

struct Avi {
    window: Window,
    info: Info,
    streams: Vec<Stream>,
    /// The stream by which places are found: the picture, or else the sound.
    lead: usize,
    movi: Chunk,
    /// Where all frames are, once somebody asked.
    film: Option<Arc<Film>>,
    /// The next frame to give out.
    at: usize,
    /// Chunks and bytes of each stream before it.
    before: Vec<(u64, u64)>,
    selected: Selected,
}

/// Where all frames are.
struct Film {
    entries: Vec<Entry>,
    /// The frames of the lead: which entry each is, and when it is shown, in ms.
    lead: Vec<(usize, u64)>,
    /// Whether the index tells key frames from others.
    keys_known: bool,
}

impl Avi {
    fn open(source: Source) -> Result<Self, Error> {
        let mut window = Window::new(source, Window::HEADS);
        let head = Head::read(&mut window)?;
        let info = Info {
            container: Container::Avi,
            duration_ms: head.duration_ms,
            created_at_ms: None,
            title: head.title,
            tracks: head.tracks,
            chapters: Vec::new(),
        };
        let lead = info.picture().map(|(index, _)| index).or(info.sound().map(|(index, _)| index)).unwrap_or(0);
        let before = vec![(0, 0); head.streams.len()];
        let mut opened = Self {
            window,
            info,
            streams: head.streams,
            lead,
            movi: head.movi,
            film: None,
            at: 0,
            before,
            selected: Selected::default(),
        };
        opened.look_at_first_frame()?;
        if opened.info.duration_ms == 0 {
            opened.info.duration_ms = opened.film()?.lead.last().map_or(0, |(_, ms)| *ms);
        }
        Ok(opened)
    }

    fn lead_picture(&self) -> Option<&VideoTrack> {
        match self.info.tracks.get(self.lead) {
            Some(Track { kind: Kind::Video(video), .. }) => Some(video),
            Some(_) | None => None,
        }
    }

    /// Where the head says little of the picture, its first frame says more.
    fn look_at_first_frame(&mut self) -> Result<(), Error> {
        if !self.lead_picture().is_some_and(first_frame::wanted) {
            return Ok(());
        }
        let mut at = self.movi.body.saturating_add(4);
        for _ in 0..MAX_CHUNKS {
            let Some(chunk) = Chunk::at(&mut self.window, at)? else { break };
            if chunk.stream() == Some(self.lead) && chunk.size > 0 {
                let len = first_frame::LOOK_BYTES.min(chunk.size as usize);
                let begin = self.window.peek(chunk.body, len)?;
                if let Some(Track { kind: Kind::Video(video), .. }) = self.info.tracks.get_mut(self.lead) {
                    first_frame::tell(video, begin);
                }
                break;
            }
            at = if &chunk.id == b"LIST" { chunk.body.saturating_add(4) } else { chunk.next() };
        }
        Ok(())
    }

    /// Reads where all frames are, unless that is done.
    fn film(&mut self) -> Result<Arc<Film>, Error> {
        if let Some(film) = &self.film {
            return Ok(Arc::clone(film));
        }
        let indexes: Vec<&[u8]> = self.streams.iter().map(|stream| stream.index.as_slice()).collect();
        let mut entries = index::read(&mut self.window, self.movi, &indexes)?;
        entries.retain(|entry| usize::from(entry.stream) < self.streams.len());
        let mut lead = Vec::new();
        let (mut chunks, mut bytes) = (0, 0_u64);
        let (mut keys, mut others) = (false, false);
        for (index, entry) in entries.iter().enumerate().filter(|(_, entry)| usize::from(entry.stream) == self.lead) {
            let us = self.streams.get(self.lead).map_or(0, |stream| stream.us(chunks, bytes));
            lead.push((index, u64::try_from(us / 1000).unwrap_or(0)));
            chunks += 1;
            bytes = bytes.saturating_add(u64::from(entry.size));
            keys |= entry.key;
            others |= !entry.key;
        }
        let intra = self.lead_picture().is_some_and(|video| video.codec == VideoCodec::Mjpeg);
        let film = Arc::new(Film { entries, lead, keys_known: keys && (others || intra) });
        Ok(Arc::clone(self.film.insert(film)))
    }

    /// Whether decoding can begin with a frame of the lead.
    fn is_key(&mut self, film: &Film, entry: &Entry) -> Result<bool, Error> {
        let len = first_frame::LOOK_BYTES.min(entry.size as usize);
        if len == 0 {
            return Ok(false);
        }
        match self.lead_picture() {
            None => Ok(true),
            Some(_) if film.keys_known => Ok(entry.key),
            Some(_) => {
                let begin = self.window.peek(entry.offset, len)?.to_vec();
                Ok(self.lead_picture().and_then(|video| key::is_key(video, &begin)).unwrap_or(entry.key))
            }
        }
    }

    /// The first key frame among these of the lead. Where the index does not tell, not all are looked at.
    fn first_key<'a>(
        &mut self,
        film: &Film,
        frames: impl Iterator<Item = &'a (usize, u64)>,
    ) -> Result<Option<(usize, u64)>, Error> {
        let looks = if film.keys_known { usize::MAX } else { MAX_LOOKS };
        for (index, ms) in frames.take(looks) {
            if let Some(entry) = film.entries.get(*index)
                && self.is_key(film, entry)?
            {
                return Ok(Some((*index, *ms)));
            }
        }
        Ok(None)
    }

    /// The key frames of the lead on both sides of the frame of this number; the first frame of all if there are none.
    fn keys_around(&mut self, film: &Film, number: usize) -> Result<[Option<(usize, u64)>; 2], Error> {
        let (before, after) = film.lead.split_at_checked(number).unwrap_or((&film.lead, &[]));
        let before = self.first_key(film, before.iter().rev())?;
        let after = self.first_key(film, after.iter())?;
        let first = film.lead.iter().find(|(index, _)| film.entries.get(*index).is_some_and(|entry| entry.size > 0));
        Ok([before, if before.is_none() { after.or(first.copied()) } else { after }])
    }

    /// One frame, after so many chunks and bytes of its stream.
    fn packet(&mut self, film: &Film, entry: &Entry, chunks: u64, bytes: u64) -> Result<Packet, Error> {
        let track = usize::from(entry.stream);
        let data = self.window.read(entry.offset, u64::from(entry.size), MAX_PACKET_BYTES)?;
        let us = |chunks, bytes| self.streams.get(track).map_or(0, |stream| stream.us(chunks, bytes));
        let pts_us = us(chunks, bytes);
        let end_us = us(chunks.saturating_add(1), bytes.saturating_add(u64::from(entry.size)));
        let key = match self.info.tracks.get(track).map(|track| &track.kind) {
            Some(Kind::Video(_)) if film.keys_known && track == self.lead => entry.key,
            Some(Kind::Video(video)) => {
                let begin = data.get(..first_frame::LOOK_BYTES).unwrap_or(&data);
                key::is_key(video, begin).unwrap_or(entry.key)
            }
            Some(Kind::Audio(_) | Kind::Subtitle(_) | Kind::Other) | None => true,
        };
        let duration_us = u64::try_from(end_us - pts_us).ok().filter(|us| *us > 0);
        Ok(Packet { track, pts_us, duration_us, key, data })
    }

    /// Chunks and bytes of each stream before an entry.
    fn counted_to(&self, film: &Film, at: usize) -> Vec<(u64, u64)> {
        let mut before = vec![(0, 0); self.streams.len()];
        for entry in film.entries.iter().take(at) {
            count(&mut before, entry);
        }
        before
    }
}

fn count(before: &mut [(u64, u64)], entry: &Entry) {
    if let Some((chunks, bytes)) = before.get_mut(usize::from(entry.stream)) {
        *chunks += 1;
        *bytes = bytes.saturating_add(u64::from(entry.size));
    }
}

impl Demuxer for Avi {
    fn info(&self) -> &Info {
        &self.info
    }

    fn keyframes(&mut self) -> Result<Vec<u64>, Error> {
        let film = self.film()?;
        if !film.keys_known || self.lead_picture().is_none() {
            return Ok(Vec::new());
        }
        let key = |index: &usize| film.entries.get(*index).is_some_and(|entry| entry.key);
        let mut times: Vec<u64> = film.lead.iter().filter(|(index, _)| key(index)).map(|(_, ms)| *ms).collect();
        times.dedup();
        Ok(times)
    }

    fn keyframe(&mut self, at_ms: u64) -> Result<Packet, Error> {
        self.window.set_span(Window::HEADS);
        let film = self.film()?;
        let number = film.lead.partition_point(|(_, ms)| *ms < at_ms);
        let around = self.keys_around(&film, number)?.into_iter().flatten();
        let nearest = around.min_by_key(|(_, ms)| ms.abs_diff(at_ms)).filter(|_| self.lead_picture().is_some());
        let Some((index, _)) = nearest else { return Err(Error::Damaged("no key frame was found in it")) };
        let Some(entry) = film.entries.get(index) else { return Err(Error::Damaged("no key frame was found in it")) };
        let (chunks, bytes) = self.counted_to(&film, index).get(self.lead).copied().unwrap_or_default();
        Ok(Packet { key: true, ..self.packet(&film, entry, chunks, bytes)? })
    }

    fn seek(&mut self, at_ms: u64) -> Result<(), Error> {
        self.window.set_span(Window::HEADS);
        let film = self.film()?;
        let number = film.lead.partition_point(|(_, ms)| *ms <= at_ms);
        let [before, after] = self.keys_around(&film, number)?;
        let (index, _) = before.or(after).ok_or(Error::Damaged("no key frame was found in it"))?;
        self.before = self.counted_to(&film, index);
        self.at = index;
        Ok(())
    }

    fn select(&mut self, tracks: &[usize]) {
        self.selected = Selected::only(tracks);
    }

    fn next(&mut self) -> Result<Option<Packet>, Error> {
        let film = self.film()?;
        self.window.set_span(Window::EVERYTHING);
        while let Some(entry) = film.entries.get(self.at) {
            let (chunks, bytes) = self.before.get(usize::from(entry.stream)).copied().unwrap_or_default();
            self.at += 1;
            count(&mut self.before, entry);
            // An empty chunk means that the frame before it is shown once more.
            if entry.size > 0 && self.selected.has(usize::from(entry.stream)) {
                return self.packet(&film, entry, chunks, bytes).map(Some);
            }
        }
        Ok(None)
    }
}
