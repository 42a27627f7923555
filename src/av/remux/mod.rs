//! The streams of any container as fragmented MP4, which every browser plays piece by piece (ISO/IEC 14496-12 §8.8).
//!
//! Nothing is decoded and no frame is changed; what is in memory is about a second of film. [`media_type`] says beforehand
//! what there will be, [`plan()`] which tracks it is made of, [`Remuxer`] makes it: [`Remuxer::init`] first, then from any
//! place on fragment by fragment. Times are those of the film, wherever it begins.
//!
//! Modules in reading order: `plan`, `init` with `picture` and `sound`, `lane` finds out when frames are decoded,
//! `fragment` writes them down. `h264` is for streams that come without all that, `mp3` for sound that goes out alone.

mod boxes;
mod fragment;
mod h264;
mod init;
mod lane;
mod mp3;
mod picture;
mod plan;
mod sound;

pub use mp3::Mp3;
pub use plan::{Plan, media_type, plan};

use crate::Error;
use crate::demux::{Demuxer, Packet};
use crate::info::{Container, Kind, Track, VideoCodec};
use fragment::{Sample, fragment};
use init::Described;
use lane::{Lane, REORDERED};

/// How long a fragment is, in µs, unless a key frame comes.
const FRAGMENT_US: u64 = 1_000_000;
/// How long it is where only sound comes, in µs: the picture is behind by what has to be looked ahead.
const FRAGMENT_MAX_US: u64 = 2_000_000;
/// How long it is at least if a key frame ends it.
const FRAGMENT_MIN_US: u64 = 500_000;
/// How large a fragment becomes, in bytes, before the next one begins.
const FRAGMENT_BYTES: usize = 32 << 20;
/// A film that has no key frame for so many frames, ten minutes of them, has none.
const WITHOUT_KEY_MAX: usize = 18_000;
/// How many packets are looked at for the first one of the sound.
const LOOKED_AT: usize = 1000;

/// Makes fragmented MP4 of a file.
pub struct Remuxer {
    demuxer: Box<dyn Demuxer>,
    plan: Plan,
    /// What is known of an H.264 stream that comes with start codes.
    head: Option<h264::Head>,
    order: Option<h264::Order>,
    lanes: [Lane; 2],
    /// The samples of the next fragment.
    runs: [Vec<Sample>; 2],
    bytes: usize,
    number: u32,
    /// When the first key frame is shown, as soon as it has come.
    begun_us: Option<i64>,
    /// How many frames came before the first key frame.
    without_key: usize,
    ended: bool,
    failed: Option<Error>,
}

impl Remuxer {
    /// Takes from `demuxer` what the `plan` for it says, from where [`Remuxer::seek`] goes.
    #[must_use]
    pub fn new(demuxer: Box<dyn Demuxer>, plan: Plan) -> Self {
        Self {
            demuxer,
            plan,
            head: None,
            order: None,
            lanes: lanes(),
            runs: Default::default(),
            bytes: 0,
            number: 0,
            begun_us: None,
            without_key: 0,
            ended: false,
            failed: None,
        }
    }

    /// What comes before the first fragment. To be asked for once, before all else; may read a frame.
    ///
    /// # Errors
    /// The file does not say how it is compressed, or cannot be read.
    pub fn init(&mut self) -> Result<Vec<u8>, Error> {
        let gone = || Error::Damaged("a track that was there is gone");
        let packet = self.first_of_sound()?;
        if self.in_annex_b() {
            self.head = Some(h264::Head::read(&self.demuxer.keyframe(0)?.data)?);
        }
        let info = self.demuxer.info();
        let track = info.tracks.get(self.plan.picture).ok_or_else(gone)?;
        let Kind::Video(video) = &track.kind else { return Err(gone()) };
        let config = self.head.as_ref().map_or(&video.config, |head| &head.config);
        let entry = picture::entry(video, config)?;
        let mut tracks = vec![Described { entry, picture: Some(video), language: &track.language }];
        if let Some(track) = self.plan.sound.and_then(|sound| info.tracks.get(sound)) {
            let Kind::Audio(audio) = &track.kind else { return Err(gone()) };
            let entry = sound::entry(audio, &packet)?;
            tracks.push(Described { entry, picture: None, language: &track.language });
        }
        Ok(init::init(&tracks, info.duration_ms))
    }

    /// Goes to the last key frame at or before `at_ms`.
    ///
    /// # Errors
    /// The place cannot be found.
    pub fn seek(&mut self, at_ms: u64) -> Result<(), Error> {
        self.demuxer.seek(at_ms)?;
        // Of the containers that have no parameter sets, only AVI has no times of showing either.
        let by_order = self.demuxer.info().container == Container::Avi;
        self.order = self.head.as_ref().filter(|_| by_order).map(h264::Order::new);
        self.without_key = 0;
        (self.lanes, self.runs, self.bytes) = (lanes(), Default::default(), 0);
        (self.begun_us, self.ended, self.failed) = (None, false, None);
        Ok(())
    }

    /// The next fragment; nothing at the end.
    ///
    /// # Errors
    /// The file cannot be read on. What came before that was given.
    pub fn next_fragment(&mut self) -> Result<Option<Vec<u8>>, Error> {
        loop {
            for index in [0, 1] {
                while let Some(sample) = self.lanes.get_mut(index).and_then(|lane| lane.pop(self.ended)) {
                    let done = self.is_full(index, &sample).then(|| self.take());
                    self.bytes += sample.data.len();
                    if let Some(run) = self.runs.get_mut(index) {
                        run.push(sample);
                    }
                    if done.is_some() {
                        return Ok(done);
                    }
                }
            }
            if self.ended {
                if self.runs.iter().any(|run| !run.is_empty()) {
                    return Ok(Some(self.take()));
                }
                return self.failed.take().map_or(Ok(None), Err);
            }
            match self.demuxer.next() {
                Ok(Some(packet)) => self.sort(packet),
                Ok(None) => self.ended = true,
                Err(error) => (self.ended, self.failed) = (true, Some(error)),
            }
        }
    }

    /// Puts a packet into its lane, or drops what nobody can use.
    fn sort(&mut self, packet: Packet) {
        let [picture, sound] = &mut self.lanes;
        if packet.track == self.plan.picture {
            // Frames shown before the first key frame but stored after it need others that were not read.
            match self.begun_us {
                None if !packet.key => {
                    self.without_key += 1;
                    if self.without_key > WITHOUT_KEY_MAX {
                        (self.ended, self.failed) = (true, Some(Error::Damaged("there is no key frame in it")));
                    }
                    return;
                }
                None => self.begun_us = Some(packet.pts_us),
                Some(begun) if packet.pts_us < begun => return,
                Some(_) => {}
            }
            let place = self.order.as_mut().and_then(|order| order.place(&packet.data));
            let lengths = self.head.is_some();
            let data = if lengths { h264::with_lengths(&packet.data) } else { packet.data };
            picture.push(Packet { data, ..packet }, place);
        } else if Some(packet.track) == self.plan.sound && packet.pts_us >= 0 {
            sound.push(Packet { key: true, ..packet }, None);
        }
    }

    /// Whether a new fragment begins with this sample of the track with this index.
    fn is_full(&self, index: usize, sample: &Sample) -> bool {
        let Some(first) = self.runs.get(index).and_then(|run| run.first()) else { return false };
        let length_us = sample.dts_us.saturating_sub(first.dts_us);
        length_us >= if index == 0 { FRAGMENT_US } else { FRAGMENT_MAX_US }
            || index == 0 && sample.key && length_us >= FRAGMENT_MIN_US
            || self.bytes.saturating_add(sample.data.len()) > FRAGMENT_BYTES
    }

    fn take(&mut self) -> Vec<u8> {
        self.number = self.number.wrapping_add(1);
        self.bytes = 0;
        fragment(self.number, &std::mem::take(&mut self.runs))
    }

    fn in_annex_b(&self) -> bool {
        let track = self.demuxer.info().tracks.get(self.plan.picture);
        track.is_some_and(|track| match &track.kind {
            Kind::Video(video) => video.codec == VideoCodec::H264 && video.config.is_empty(),
            Kind::Audio(_) | Kind::Subtitle(_) | Kind::Other => false,
        })
    }

    /// The first packet of the sound, where its codec can only be described by it; else nothing.
    fn first_of_sound(&mut self) -> Result<Vec<u8>, Error> {
        let needed = |track: &Track| matches!(&track.kind, Kind::Audio(audio) if sound::needs_packet(audio));
        let tracks = &self.demuxer.info().tracks;
        let Some(index) = self.plan.sound.filter(|sound| tracks.get(*sound).is_some_and(needed)) else {
            return Ok(Vec::new());
        };
        self.demuxer.seek(0)?;
        for _ in 0..LOOKED_AT {
            match self.demuxer.next()? {
                Some(packet) if packet.track == index => return Ok(packet.data),
                Some(_) => {}
                None => break,
            }
        }
        Err(Error::Damaged("the sound does not say how it is compressed"))
    }
}

/// Picture and sound. Sound is stored as it is heard; only the length of a packet is known from the next one.
fn lanes() -> [Lane; 2] {
    [Lane::new(REORDERED), Lane::new(1)]
}

#[cfg(test)]
#[expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test fails by panicking")]
mod tests;
