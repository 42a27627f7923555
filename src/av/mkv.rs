//! Matroska and the part of it that is `WebM` (RFC 9559): clusters of blocks, with an index or without. Attachments and
//! tags are not read, nor is what other files add to a segment.
//!
//! Modules in reading order: `ebml` is the language, `ids` its words, `segment` the head, `tracks`, `codecs` and
//! `encoding` what is in it, `chapters` and `cues` where things are, `lacing` and `walk` the way from block to block,
//! `search` to a time.

mod chapters;
mod codecs;
mod cues;
mod ebml;
mod encoding;
#[cfg(test)]
mod handmade;
mod ids;
mod lacing;
mod search;
mod segment;
#[cfg(test)]
mod tests;
mod tracks;
mod walk;

use crate::demux::{Demuxer, Packet, Selected};
use crate::info::{Info, Kind, Track};
use crate::source::Source;
use crate::window::Window;
use crate::{Error, first_frame};
use cues::Cue;
use encoding::Encoding;
use search::Range;
use segment::{MAX_ELEMENT_BYTES, Segment};
use std::collections::VecDeque;
use std::sync::Arc;
use tracks::Stream;
use walk::{Block, Walk, cluster_at};

/// Blocks that are looked at on the way to a key frame.
const MAX_BLOCKS: usize = 20_000;
/// Blocks among which the next one of a track is looked for.
const MAX_AHEAD: usize = 200;
/// Entries of an index that are tried before the one that should have been right.
const MAX_TRIES: usize = 4;
/// How far back key frames are looked for without an index, in ms; then from the beginning.
const STEPS_BACK_MS: [u64; 4] = [0, 4_000, 16_000, 64_000];

/// Opens a Matroska file.
///
/// # Errors
/// It is none, or its head cannot be read.
pub(crate) fn open(source: Source) -> Result<Box<dyn Demuxer>, Error> {
    Ok(Box::new(Matroska::open(source)?))
}

struct Matroska {
    window: Window,
    info: Info,
    streams: Vec<Stream>,
    /// The track by which places are found: the picture, or else the sound.
    lead: usize,
    /// Nanoseconds in a tick.
    scale: u64,
    /// Where the segment's body begins.
    body: u64,
    clusters: Range,
    cues_at: Option<u64>,
    cues: Option<Arc<[Cue]>>,
    walk: Walk,
    /// What is left of a block with several frames, as stored.
    pending: VecDeque<Packet>,
    selected: Selected,
}

/// The last key frame at a time or before it, and the first one after it.
#[derive(Default)]
struct Around {
    before: Option<Block>,
    after: Option<Block>,
}

impl Matroska {
    fn open(source: Source) -> Result<Self, Error> {
        let mut window = Window::new(source, Window::HEADS);
        let segment = Segment::read(&mut window)?;
        let (tracks, streams): (Vec<Track>, Vec<Stream>) =
            tracks::parse(&segment.tracks, segment.container).into_iter().unzip();
        let ticks = u128::from(segment.duration_ms) * 1_000_000 / u128::from(segment.scale);
        let ticks = i64::try_from(ticks).unwrap_or(i64::MAX);
        let info = Info {
            container: segment.container,
            duration_ms: segment.duration_ms,
            created_at_ms: segment.created_at_ms,
            title: segment.title,
            tracks,
            chapters: segment.chapters,
        };
        let lead = info.picture().map(|(index, _)| index).or(info.sound().map(|(index, _)| index)).unwrap_or(0);
        let mut opened = Self {
            window,
            info,
            streams,
            lead,
            scale: segment.scale,
            body: segment.body,
            clusters: Range { from: segment.clusters, to: segment.end, ticks },
            cues_at: segment.cues,
            cues: None,
            walk: Walk::new(segment.clusters, segment.end),
            pending: VecDeque::new(),
            selected: Selected::default(),
        };
        if opened.info.duration_ms == 0 {
            opened.measure()?;
        }
        opened.look_at_first_frame()?;
        Ok(opened)
    }

    /// How long it is, by the end of its last cluster.
    fn measure(&mut self) -> Result<(), Error> {
        let Some(last) = search::last_cluster(&mut self.window, self.clusters)? else { return Ok(()) };
        let mut walk = Walk::within(last, 0, self.clusters.to);
        let mut end_ns = 0;
        for _ in 0..MAX_BLOCKS {
            let Some(block) = walk.next(&mut self.window)? else { break };
            let stream = self.streams.iter().find(|stream| stream.number == block.track);
            let long_ns = match (block.duration, stream) {
                (Some(ticks), _) => i128::from(ticks) * i128::from(self.scale),
                (None, stream) => stream.map_or(0, |stream| i128::from(stream.frame_ns)),
            };
            end_ns = end_ns.max(i128::from(block.ticks) * i128::from(self.scale) + long_ns);
            self.clusters.ticks = self.clusters.ticks.max(block.ticks);
        }
        self.info.duration_ms = u64::try_from(end_ns / 1_000_000).unwrap_or(0);
        Ok(())
    }

    /// Where the head says little of the picture, its first frame says more.
    fn look_at_first_frame(&mut self) -> Result<(), Error> {
        let Some(Track { kind: Kind::Video(video), .. }) = self.info.tracks.get(self.lead) else { return Ok(()) };
        if !first_frame::wanted(video) {
            return Ok(());
        }
        let Some(block) = self.first_key(0)? else { return Ok(()) };
        let len = usize::try_from(block.size).unwrap_or(usize::MAX).min(first_frame::LOOK_BYTES);
        let stored = self.window.peek(block.frames, len)?.to_vec();
        let encoding = self.streams.get(self.lead).map_or(Encoding::Plain, |stream| stream.encoding.clone());
        let Ok(frame) = encoding.undo(stored) else { return Ok(()) };
        if let Some(Track { kind: Kind::Video(video), .. }) = self.info.tracks.get_mut(self.lead) {
            first_frame::tell(video, &frame);
        }
        Ok(())
    }

    fn lead_number(&self) -> Option<u64> {
        self.streams.get(self.lead).map(|stream| stream.number)
    }

    /// A time of a stream in µs.
    fn us(&self, ticks: i64, stream: Option<&Stream>) -> i64 {
        let delay_ns = stream.map_or(0, |stream| i128::from(stream.delay_ns));
        let ns = i128::from(ticks) * i128::from(self.scale) - delay_ns;
        i64::try_from(ns.div_euclid(1000)).unwrap_or(i64::MAX)
    }

    /// A time of the lead in ms.
    fn ms(&self, ticks: i64) -> u64 {
        u64::try_from(self.us(ticks, self.streams.get(self.lead)).div_euclid(1000)).unwrap_or(0)
    }

    fn load_cues(&mut self) -> Result<Arc<[Cue]>, Error> {
        if let Some(cues) = &self.cues {
            return Ok(Arc::clone(cues));
        }
        let cues = match (self.cues_at, self.lead_number()) {
            (Some(at), Some(number)) => self.read_cues(at, number)?,
            (Some(_) | None, _) => Vec::new(),
        };
        Ok(Arc::clone(self.cues.insert(cues.into())))
    }

    fn read_cues(&mut self, at: u64, track: u64) -> Result<Vec<Cue>, Error> {
        let Some(head) = ebml::Head::at(&mut self.window, at)?.filter(|head| head.id == ids::CUES) else {
            return Ok(Vec::new());
        };
        let body = at.saturating_add(head.len);
        let left = self.clusters.to.saturating_sub(body).min(MAX_ELEMENT_BYTES);
        let bytes = self.window.read(body, head.size.unwrap_or(left).min(left), MAX_ELEMENT_BYTES as usize)?;
        Ok(cues::parse(&bytes, track))
    }

    /// The block an entry of the index means; nothing if it is wrong.
    fn block_of(&mut self, cue: Cue) -> Result<Option<Block>, Error> {
        let place = self.body.saturating_add(cue.cluster);
        let end = self.clusters.to;
        let Some(cluster) = cluster_at(&mut self.window, place)? else { return Ok(None) };
        let number = self.lead_number();
        if let Some(bytes) = cue.block {
            let block = Walk::within(cluster, bytes, end).next(&mut self.window)?;
            let right = |block: &Block| Some(block.track) == number && block.key && block.ticks == cue.ticks;
            if let Some(block) = block.filter(right) {
                return Ok(Some(block));
            }
        }
        let mut walk = Walk::within(cluster, 0, end);
        for _ in 0..MAX_BLOCKS {
            match walk.next(&mut self.window)? {
                Some(block) if Some(block.track) == number && block.key && block.ticks >= cue.ticks => {
                    return Ok(Some(block));
                }
                Some(_) => {}
                None => break,
            }
        }
        Ok(None)
    }

    /// The key frames around a time, on a walk that begins before it. Whether the one after it is of interest, too.
    fn around(&mut self, mut walk: Walk, at_ms: u64, after: bool) -> Result<Around, Error> {
        let mut around = Around::default();
        let number = self.lead_number();
        for _ in 0..MAX_BLOCKS {
            let Some(block) = walk.next(&mut self.window)? else { break };
            if Some(block.track) != number {
                continue;
            }
            match (self.ms(block.ticks) <= at_ms, block.key) {
                (true, true) => around.before = Some(block),
                (false, true) if after => {
                    around.after = Some(block);
                    break;
                }
                (false, _) if !after => break,
                (true | false, _) => {}
            }
        }
        Ok(around)
    }

    /// The key frames around a time without an index, on a walk from `from_ms` on.
    fn search(&mut self, from_ms: u64, at_ms: u64, after: bool) -> Result<Around, Error> {
        let ticks = i64::try_from(u128::from(from_ms) * 1_000_000 / u128::from(self.scale)).unwrap_or(i64::MAX);
        match search::cluster_for(&mut self.window, self.clusters, ticks)? {
            Some(cluster) => self.around(Walk::within(cluster, 0, self.clusters.to), at_ms, after),
            None => Ok(Around::default()),
        }
    }

    /// The first key frame after a time where none is before it, or any near the beginning.
    fn first_key(&mut self, at_ms: u64) -> Result<Option<Block>, Error> {
        let begin = Walk::new(self.clusters.from, self.clusters.to);
        let around = self.around(begin, at_ms, true)?;
        Ok(around.before.or(around.after))
    }

    /// The key frame that is nearest to a time, see [`Demuxer::keyframe`].
    fn key_near(&mut self, at_ms: u64) -> Result<Option<Block>, Error> {
        let cues = self.load_cues()?;
        if let Some(cue) = cues.iter().min_by_key(|cue| self.ms(cue.ticks).abs_diff(at_ms))
            && let Some(block) = self.block_of(*cue)?
        {
            return Ok(Some(block));
        }
        let around = self.search(at_ms, at_ms, true)?;
        let both = around.before.into_iter().chain(around.after);
        match both.min_by_key(|block| self.ms(block.ticks).abs_diff(at_ms)) {
            Some(block) => Ok(Some(block)),
            None => self.key_before(at_ms),
        }
    }

    /// The last key frame at a time or before it, or the first one.
    fn key_before(&mut self, at_ms: u64) -> Result<Option<Block>, Error> {
        let cues = self.load_cues()?;
        let past = cues.partition_point(|cue| self.ms(cue.ticks) <= at_ms);
        for cue in cues.iter().take(past).rev().take(MAX_TRIES) {
            let Some(block) = self.block_of(*cue)?.filter(|block| self.ms(block.ticks) <= at_ms) else { continue };
            // Of pictures all key frames are listed, of sound some.
            let sound = self.info.picture().is_none();
            return if sound { Ok(self.around(block.here, at_ms, false)?.before) } else { Ok(Some(block)) };
        }
        for back_ms in STEPS_BACK_MS.into_iter().take_while(|back_ms| *back_ms <= at_ms) {
            if let Some(block) = self.search(at_ms - back_ms, at_ms, false)?.before {
                return Ok(Some(block));
            }
        }
        self.first_key(at_ms)
    }

    /// Nanoseconds that each of so many frames in a block is shown; 0 where nothing tells.
    fn frame_ns(&mut self, block: &Block, track: usize, frames: usize) -> Result<u128, Error> {
        let in_each = |ticks: u64| u128::from(ticks) * u128::from(self.scale) / (frames.max(1) as u128);
        let Some(stream) = self.streams.get_mut(track) else { return Ok(0) };
        match block.duration {
            Some(ticks) => return Ok(in_each(ticks)),
            None if stream.frame_ns > 0 => return Ok(u128::from(stream.frame_ns)),
            None if frames < 2 => return Ok(0),
            None => {}
        }
        // Frames that share a block last until the next one; in the last, as long as in the one before.
        let mut ahead = block.here;
        for _ in 0..MAX_AHEAD {
            let Some(next) = ahead.next(&mut self.window)? else { break };
            if next.track == block.track && next.frames > block.frames {
                stream.laced_ns = in_each(u64::try_from(next.ticks.saturating_sub(block.ticks)).unwrap_or(0));
                break;
            }
        }
        Ok(stream.laced_ns)
    }

    /// Keeps the frames of a block for [`Demuxer::next`].
    fn unpack(&mut self, block: &Block, track: usize) -> Result<(), Error> {
        let body = block.read(&mut self.window)?;
        let frames = block.lacing.split(&body).unwrap_or_default();
        let each_ns = self.frame_ns(block, track, frames.len())?;
        let each_us = u64::try_from(each_ns / 1000).unwrap_or(u64::MAX);
        let mut pts_us = self.us(block.ticks, self.streams.get(track));
        for frame in frames {
            let duration_us = Some(each_us).filter(|each| *each > 0);
            self.pending.push_back(Packet { track, pts_us, duration_us, key: block.key, data: frame.to_vec() });
            pts_us = pts_us.saturating_add_unsigned(each_us);
        }
        Ok(())
    }

    /// The next frame of a block that was unpacked, as it was before it was stored. One that cannot be restored is left
    /// out, for a film is worth more than a line of words in it.
    fn take_pending(&mut self) -> Result<Option<Packet>, Error> {
        while let Some(mut packet) = self.pending.pop_front() {
            let Some(stream) = self.streams.get(packet.track) else { continue };
            match stream.encoding.undo(packet.data) {
                Ok(data) => packet.data = data,
                Err(Error::Damaged(_)) => continue,
                Err(error) => return Err(error),
            }
            return Ok(Some(packet));
        }
        Ok(None)
    }
}

impl Demuxer for Matroska {
    fn info(&self) -> &Info {
        &self.info
    }

    fn keyframes(&mut self) -> Result<Vec<u64>, Error> {
        self.window.set_span(Window::HEADS);
        let mut times: Vec<u64> = self.load_cues()?.iter().map(|cue| self.ms(cue.ticks)).collect();
        times.dedup();
        Ok(times)
    }

    fn keyframe(&mut self, at_ms: u64) -> Result<Packet, Error> {
        self.window.set_span(Window::HEADS);
        let missing = Error::Damaged("no key frame was found in it");
        let Some(block) = self.key_near(at_ms)?.filter(|_| self.info.picture().is_some()) else { return Err(missing) };
        let left = std::mem::take(&mut self.pending);
        let frame = self.unpack(&block, self.lead).and_then(|()| self.take_pending());
        self.pending = left;
        frame?.ok_or(missing)
    }

    fn seek(&mut self, at_ms: u64) -> Result<(), Error> {
        self.window.set_span(Window::HEADS);
        let block = self.key_before(at_ms)?.ok_or(Error::Damaged("no key frame was found in it"))?;
        self.walk = block.here;
        self.pending.clear();
        Ok(())
    }

    fn select(&mut self, tracks: &[usize]) {
        self.selected = Selected::only(tracks);
    }

    fn next(&mut self) -> Result<Option<Packet>, Error> {
        // Between blocks that are left out only their heads are read.
        self.window.set_span(if self.selected.skips() { Window::HEADS } else { Window::EVERYTHING });
        loop {
            if let Some(packet) = self.take_pending()? {
                return Ok(Some(packet));
            }
            let Some(block) = self.walk.next(&mut self.window)? else { return Ok(None) };
            let track = self.streams.iter().position(|stream| stream.number == block.track);
            if let Some(track) = track.filter(|track| self.selected.has(*track)) {
                self.unpack(&block, track)?;
            }
        }
    }
}
