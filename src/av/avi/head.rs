//! What stands before the pictures and sounds of an AVI file: its streams and how their time is counted (the AVI RIFF
//! File Reference, and the OpenDML extensions to it).

use super::format::{self, u16_at, u32_at};
use super::riff::{Chunk, Chunks};
use crate::Error;
use crate::info::{Info, Kind, Track};
use crate::ratio::reduced;
use crate::window::Window;

/// Chunks before `movi` that are looked at.
const MAX_CHUNKS: usize = 64;
/// The largest head that is read, in bytes.
const MAX_HEAD_BYTES: u64 = 4 << 20;
const MAX_TITLE_BYTES: u64 = 64 << 10;

/// How the time of a stream is counted.
#[derive(Clone, Debug)]
pub(crate) struct Stream {
    /// Units in `rate` seconds.
    scale: u32,
    rate: u32,
    /// Units before the first one.
    start: u32,
    /// Units in all, as far as the head knows.
    length: u32,
    /// Bytes in a unit of sound; 0 where each chunk is one.
    unit_bytes: u32,
    /// The index in the head, if there is one (OpenDML §3.0).
    pub(crate) index: Vec<u8>,
}

impl Stream {
    /// How far a stream is after so many chunks with so many bytes, in µs.
    pub(crate) fn us(&self, chunks: u64, bytes: u64) -> i64 {
        let units = bytes.checked_div(u64::from(self.unit_bytes)).unwrap_or(chunks);
        self.units_us(u128::from(units) + u128::from(self.start))
    }

    fn units_us(&self, units: u128) -> i64 {
        let us = (units * u128::from(self.scale) * 1_000_000).checked_div(u128::from(self.rate)).unwrap_or(0);
        i64::try_from(us).unwrap_or(i64::MAX)
    }

    fn frame_rate_mhz(&self) -> u32 {
        let rate = (u64::from(self.rate) * 1000 + u64::from(self.scale) / 2).checked_div(u64::from(self.scale));
        u32::try_from(rate.unwrap_or(0)).unwrap_or(0)
    }
}

/// The head of a file.
pub(crate) struct Head {
    pub(crate) duration_ms: u64,
    pub(crate) title: String,
    pub(crate) tracks: Vec<Track>,
    pub(crate) streams: Vec<Stream>,
    /// The list of pictures and sounds in the first part of the file.
    pub(crate) movi: Chunk,
}

impl Head {
    /// Reads up to the first picture or sound.
    pub(crate) fn read(window: &mut Window) -> Result<Self, Error> {
        let end = window.len();
        let riff = Chunk::at(window, 0)?.filter(|riff| &riff.id == b"RIFF" && &riff.kind == b"AVI ");
        let Some(riff) = riff else { return Err(Error::Damaged("it does not begin like an AVI file")) };
        let (mut header, mut title) = (Vec::new(), String::new());
        let mut at = riff.body.saturating_add(4);
        for _ in 0..MAX_CHUNKS {
            let Some(chunk) = Chunk::at(window, at)? else { break };
            let mut read = |limit: u64| {
                let len = chunk.end(end).saturating_sub(chunk.body).min(limit);
                window.read(chunk.body, len, limit as usize)
            };
            match (&chunk.id, &chunk.kind) {
                (b"LIST", b"hdrl") => header = read(MAX_HEAD_BYTES)?,
                (b"LIST", b"INFO") => title = title_of(&read(MAX_TITLE_BYTES)?),
                (b"LIST", b"movi") => {
                    return Ok(Self::parse(header.get(4..).unwrap_or_default(), title, chunk));
                }
                _ => {}
            }
            at = chunk.next();
        }
        Err(Error::Damaged("there is nothing to play in it"))
    }

    fn parse(header: &[u8], title: String, movi: Chunk) -> Self {
        let lists = Chunks(header).filter_map(|(id, body)| body.strip_prefix(b"strl").filter(|_| &id == b"LIST"));
        let streams = lists.take(Info::MAX_TRACKS).enumerate();
        let (tracks, streams): (Vec<Track>, Vec<Stream>) = streams.map(|(number, body)| stream(number, body)).unzip();
        let mut longest_us = streams.iter().map(|stream| stream.units_us(u128::from(stream.length))).max().unwrap_or(0);
        if longest_us == 0 {
            let main = Chunks(header).find(|(id, _)| id == b"avih").map(|(_, main)| main).unwrap_or_default();
            longest_us = i64::from(u32_at(main, 0)).saturating_mul(i64::from(u32_at(main, 16)));
        }
        let duration_ms = u64::try_from(longest_us / 1000).unwrap_or(0);
        Self { duration_ms, title, tracks, streams, movi }
    }
}

/// The name in a list of facts.
fn title_of(info: &[u8]) -> String {
    let mut facts = Chunks(info.get(4..).unwrap_or_default());
    let name = facts.find(|(id, _)| id == b"INAM").map(|(_, name)| name).unwrap_or_default();
    text(name)
}

fn text(bytes: &[u8]) -> String {
    let text = bytes.split(|byte| *byte == 0).next().unwrap_or_default();
    String::from_utf8_lossy(text).trim().to_owned()
}

/// A stream by its list `strl`.
fn stream(number: usize, body: &[u8]) -> (Track, Stream) {
    let find = |wanted: &[u8; 4]| Chunks(body).find(|(id, _)| id == wanted).map(|(_, body)| body).unwrap_or_default();
    let header = find(b"strh");
    let stream = Stream {
        scale: u32_at(header, 20),
        rate: u32_at(header, 24),
        start: u32_at(header, 28),
        length: u32_at(header, 32),
        unit_bytes: if header.starts_with(b"auds") { u32_at(header, 44) } else { 0 },
        index: find(b"indx").to_vec(),
    };
    let kind = match header.first_chunk() {
        Some(b"vids") => {
            let mut video = format::video(find(b"strf"));
            video.frame_rate_mhz = stream.frame_rate_mhz();
            video.pixel_aspect = pixel_aspect(find(b"vprp")).unwrap_or(video.pixel_aspect);
            Kind::Video(video)
        }
        Some(b"auds") => Kind::Audio(format::audio(find(b"strf"))),
        Some(_) | None => Kind::Other,
    };
    let default = u32_at(header, 8) & 1 == 0;
    let track = Track { number: number as u64, language: String::new(), title: text(find(b"strn")), default, kind };
    (track, stream)
}

/// The shape of a pixel by the shape of the picture (OpenDML §5.0).
fn pixel_aspect(properties: &[u8]) -> Option<(u32, u32)> {
    let (down, across) = (u32::from(u16_at(properties, 20)), u32::from(u16_at(properties, 22)));
    let (width, height) = (u32_at(properties, 24), u32_at(properties, 28));
    reduced(u64::from(across) * u64::from(height), u64::from(down) * u64::from(width))
}
