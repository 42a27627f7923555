//! A film in memory, for tests: key frames that are given as pictures, or as bytes that are none.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use crate::Error;
use crate::demux::{Demuxer, Packet};
use crate::info::{Colour, Container, Info, Kind, Rotation, Track, VideoCodec, VideoTrack};
use crate::picture::{Jpeg, Picture};

/// A film of Motion JPEG.
pub(crate) struct Film {
    info: Info,
    /// Time in ms and bytes of every key frame.
    frames: Vec<(u64, Vec<u8>)>,
    indexed: bool,
    /// The times that key frames were read for.
    pub(crate) read: Vec<u64>,
}

impl Film {
    /// With key frames at these times, in ms, ascending.
    pub(crate) fn new(duration_ms: u64, frames: impl IntoIterator<Item = (u64, Vec<u8>)>) -> Self {
        let video = VideoTrack {
            codec: VideoCodec::Mjpeg,
            config: vec![],
            codec_string: "jpeg".to_owned(),
            width: 64,
            height: 36,
            pixel_aspect: (1, 1),
            rotation: Rotation::None,
            frame_rate_mhz: 0,
            colour: Colour::UNSPECIFIED,
        };
        let track =
            Track { number: 1, language: String::new(), title: String::new(), default: true, kind: Kind::Video(video) };
        let (title, tracks, chapters) = (String::new(), vec![track], vec![]);
        let info = Info { container: Container::Avi, duration_ms, created_at_ms: None, title, tracks, chapters };
        Self { info, frames: frames.into_iter().collect(), indexed: true, read: vec![] }
    }

    pub(crate) fn without_index(mut self) -> Self {
        self.indexed = false;
        self
    }
}

/// A frame of one colour.
pub(crate) fn flat(colour: [u8; 3]) -> Vec<u8> {
    frame(|_, _| colour)
}

/// A frame with something to see: squares of several colours, and this one.
pub(crate) fn scene(colour: [u8; 3]) -> Vec<u8> {
    frame(|x, y| match (x / 4 + y / 3 * 3) % 4 {
        0 => [230, 200, 40],
        1 => [30, 60, 90],
        2 => [240, 240, 235],
        _ => colour,
    })
}

fn frame(pixel: impl Fn(u32, u32) -> [u8; 3]) -> Vec<u8> {
    let places = (0..36).flat_map(|y| (0..64).map(move |x| (x, y)));
    let rgb = places.flat_map(|(x, y)| pixel(x, y)).collect();
    Jpeg::encode(&Picture::from_rgb(64, 36, rgb).unwrap(), 95).unwrap().bytes
}

impl Demuxer for Film {
    fn info(&self) -> &Info {
        &self.info
    }

    fn keyframes(&mut self) -> Result<Vec<u64>, Error> {
        Ok(if self.indexed { self.frames.iter().map(|(at_ms, _)| *at_ms).collect() } else { vec![] })
    }

    fn keyframe(&mut self, at_ms: u64) -> Result<Packet, Error> {
        self.read.push(at_ms);
        let nearest = self.frames.iter().min_by_key(|(time, _)| time.abs_diff(at_ms));
        let (time, data) = nearest.ok_or(Error::Damaged("there is no key frame"))?.clone();
        let pts_us = i64::try_from(time).unwrap() * 1000;
        Ok(Packet { track: 0, pts_us, duration_us: None, key: true, data })
    }

    fn seek(&mut self, _: u64) -> Result<(), Error> {
        Ok(())
    }

    fn next(&mut self) -> Result<Option<Packet>, Error> {
        Ok(None)
    }
}
