//! Damaged copies of clips, and everything that is done with a file, done to them.
//!
//! Each copy is a function of its clip and a number, so that one that made trouble can be made again. How many there are
//! and what counts as trouble is known by those who use this: a test and an example.

use av::demux::Demuxer;
use av::source::Source;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The clips that are worth damaging: each codec, each container, each way to index one.
pub(crate) const CLIPS: [&str; 32] = [
    "h264.mp4",
    "h264-faststart.mp4",
    "fragmented.mp4",
    "fragmented-sidx.mp4",
    "rotated-90.mp4",
    "h264-10bit.mp4",
    "h264-422.mp4",
    "interlaced.mp4",
    "open-gop.mp4",
    "one-frame.mp4",
    "hevc.mp4",
    "hevc-10bit.mp4",
    "hdr-pq.mp4",
    "av1.mp4",
    "mpeg4.mp4",
    "audio-only.mp4",
    "h264.mov",
    "mjpeg.mov",
    "vp8.webm",
    "vp9.webm",
    "vp9-10bit.webm",
    "av1.webm",
    "av1-10bit.mkv",
    "h264.mkv",
    "hevc.mkv",
    "no-cues.mkv",
    "header-stripping.mkv",
    "zlib-subtitles.mkv",
    "audio-only.mkv",
    "h264.avi",
    "no-index.avi",
    "mjpeg.avi",
];

/// A file gives no more packets than this for each of its bytes, and this many besides.
const PACKETS: usize = 10_000;

/// Where a clip lies.
pub(crate) fn clip(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/clips").join(name)
}

/// The bytes of a clip.
pub(crate) fn read(name: &str) -> io::Result<Vec<u8>> {
    fs::read(clip(name))
}

/// What became of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// There is a cover.
    Picture,
    /// Somebody said what is wrong.
    Refused,
    /// It gives packets without end.
    Endless,
}

/// Does with a file whatever is done with one.
pub(crate) fn use_up(bytes: Vec<u8>, storyboard: bool) -> Outcome {
    let len = bytes.len();
    let Ok(mut film) = av::open(Source::new(bytes, len as u64)) else { return Outcome::Refused };
    let duration_ms = film.info().duration_ms;
    let _index = film.keyframes();
    let cover = av::cover(film.as_mut(), None).is_ok();
    let _other = av::cover(film.as_mut(), Some(duration_ms / 2));
    if storyboard {
        let _sheet = av::storyboard(film.as_mut());
    }
    let ends = film.seek(0).is_err() || reaches_the_end(film.as_mut(), len);
    match (ends, cover) {
        (false, _) => Outcome::Endless,
        (true, true) => Outcome::Picture,
        (true, false) => Outcome::Refused,
    }
}

fn reaches_the_end(film: &mut dyn Demuxer, len: usize) -> bool {
    let most = len.saturating_add(PACKETS);
    (0..most).any(|_| !matches!(film.next(), Ok(Some(_))))
}

/// A copy of `whole` with the damage of this number.
pub(crate) fn damaged(whole: &[u8], number: u64) -> Vec<u8> {
    let mut chance = Chance(number.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ whole.len() as u64);
    let mut bytes = whole.to_vec();
    let frames = frames(whole);
    match number % 6 {
        0 => scatter(&mut bytes, 1 + chance.below(8), &mut chance),
        1 => scatter(&mut bytes, whole.len() / 64, &mut chance),
        2 => {
            // What stands before the frames and after them is what the readers read.
            let (before, rest) = bytes.split_at_mut(frames.0);
            let (_, after) = rest.split_at_mut(frames.1 - frames.0);
            let times = 1 + chance.below(12);
            scatter(if chance.below(2) == 0 || after.is_empty() { before } else { after }, times, &mut chance);
        }
        3 => {
            let (_, rest) = bytes.split_at_mut(frames.0);
            let (inside, _) = rest.split_at_mut(frames.1 - frames.0);
            scatter(inside, 1 + chance.below(200), &mut chance);
        }
        4 => {
            let (before, _) = bytes.split_at_mut(frames.0);
            extreme(before, 1 + chance.below(3), &mut chance);
        }
        _ => bytes.truncate(chance.below(whole.len())),
    }
    bytes
}

/// Where frames begin and where they end, by the marks of the containers: `mdat`, `Cluster`, `movi`, and what follows.
fn frames(whole: &[u8]) -> (usize, usize) {
    let find = |marks: [&[u8]; 3], from: usize| {
        let rest = whole.get(from..).unwrap_or_default();
        let at = marks.iter().filter_map(|mark| rest.windows(mark.len()).position(|window| window == *mark)).min();
        at.map(|at| at + from)
    };
    let begin = find([b"mdat", b"\x1f\x43\xb6\x75", b"movi"], 0).unwrap_or(0);
    let end = find([b"moov", b"\x1c\x53\xbb\x6b", b"idx1"], begin).unwrap_or(whole.len());
    (begin, end)
}

/// Puts chance bytes, or single wrong bits, at chance places.
fn scatter(bytes: &mut [u8], times: usize, chance: &mut Chance) {
    for _ in 0..times {
        let (place, value) = (chance.below(bytes.len()), chance.next());
        if let Some(byte) = bytes.get_mut(place) {
            *byte = if value & 1 == 0 { (value >> 8) as u8 } else { *byte ^ (1 << (value >> 8 & 7)) };
        }
    }
}

/// Puts the numbers at which counts and sizes break at chance places.
fn extreme(bytes: &mut [u8], times: usize, chance: &mut Chance) {
    const NUMBERS: [[u8; 4]; 6] =
        [[0xFF; 4], [0x7F, 0xFF, 0xFF, 0xFF], [0x80, 0, 0, 0], [0; 4], [0, 0, 0, 1], [0x01, 0xFF, 0xFF, 0xFF]];
    for _ in 0..times {
        let place = chance.below(bytes.len());
        let number = NUMBERS.get(chance.below(NUMBERS.len())).copied().unwrap_or_default();
        for (byte, value) in bytes.iter_mut().skip(place).zip(number) {
            *byte = value;
        }
    }
}

/// Chance that can be had again: `SplitMix64`.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit.max(1) as u64) as usize
    }
}
