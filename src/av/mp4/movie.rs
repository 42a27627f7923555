//! The `moov` box: what is said of the film and its tracks (ISO/IEC 14496-12 §8.2). Samples are not looked at, except those
//! that are the names of chapters.

use super::boxes::{find, find_full};
use super::table::Cursor;
use super::track::{self, Defaults, Stream, bodies, micros};
use super::words::{self, Words};
use crate::bits::{be16, be32, be64};
use crate::info::{Chapter, Container, Info, Kind, Track, VideoCodec};
use crate::{Error, source::Source};
use std::sync::Arc;

/// The largest head that is read. One of an 8-hour film has 20 MiB.
pub(super) const MAX_HEAD_BYTES: usize = 64 << 20;
/// A title of a chapter is not looked for beyond this.
const MAX_CHAPTER_BYTES: usize = 1 << 10;

/// A film as its head tells.
pub(super) struct Movie {
    pub(super) info: Info,
    /// How each of the tracks is read.
    pub(super) streams: Vec<Stream>,
    /// What fragments may leave out, for each track; none when there are no fragments.
    pub(super) fragmented: Option<Vec<Defaults>>,
}

impl Movie {
    /// Reads the body of `moov`.
    pub(super) fn read(moov: &Arc<Vec<u8>>, container: Container, source: &Source) -> Result<Self, Error> {
        if find(moov, b"cmov").is_some() {
            return Err(Error::Unsupported("a compressed moov box".to_owned()));
        }
        let header = Header::read(moov).unwrap_or(Header { scale: 1000, duration: 0, created_at: 0 });
        let (mut tracks, mut streams) = (Vec::new(), Vec::new());
        for trak in bodies(moov, b"trak", Info::MAX_TRACKS) {
            if let Some((track, stream)) = track::read(trak, header.scale, moov)? {
                tracks.push(track);
                streams.push(stream);
            }
        }
        let words = Words::read(moov);
        let mvex = find(moov, b"mvex");
        let mut chapters = words.chapters;
        // The list of Nero has room for 255.
        if chapters.is_empty() || chapters.len() == 255 {
            let told = chapters_by_track(&tracks, &streams, source)?;
            chapters = if told.len() > chapters.len() { told } else { chapters };
        }
        chapters.sort_by_key(|chapter| chapter.start_ms);
        leave_out(&mut tracks, &streams);
        let told = match mvex {
            Some(mvex) => total(mvex),
            None => header.duration,
        };
        let duration_us = match told {
            0 => streams.iter().map(Stream::end_us).max().unwrap_or(0),
            units => micros(i64::try_from(units).unwrap_or(i64::MAX), header.scale),
        };
        let info = Info {
            container,
            duration_ms: u64::try_from(duration_us / 1000).unwrap_or(0),
            created_at_ms: words.recorded_at_ms.or_else(|| header.created_at_ms()),
            title: words.title,
            tracks,
            chapters,
        };
        let fragmented = mvex.map(|mvex| streams.iter().map(|stream| Defaults::of(mvex, stream.id)).collect());
        Ok(Self { info, streams, fragmented })
    }
}

/// What `mvhd` says (§8.2.2).
struct Header {
    scale: u32,
    /// 0 when it is not known.
    duration: u64,
    created_at: u64,
}

impl Header {
    fn read(moov: &[u8]) -> Option<Self> {
        let full = find_full(moov, b"mvhd")?;
        let (created_at, scale, duration) = match full.version {
            1 => (be64(full.body, 0)?, be32(full.body, 16)?, known(be64(full.body, 20)?, u64::MAX)),
            _ => {
                let duration = known(u64::from(be32(full.body, 12)?), u64::from(u32::MAX));
                (u64::from(be32(full.body, 0)?), be32(full.body, 8)?, duration)
            }
        };
        Some(Self { scale: if scale == 0 { 1000 } else { scale }, duration, created_at })
    }

    /// Its seconds count from 1904. Those of some writers count from 1970: they would be long before films were made so.
    fn created_at_ms(&self) -> Option<i64> {
        const FROM_1904_TO_1970: u64 = 2_082_844_800;
        const YEAR_2200: u64 = 7_258_118_400;
        let seconds = self.created_at.checked_sub(FROM_1904_TO_1970).unwrap_or(self.created_at);
        i64::try_from(seconds).ok().filter(|_| (1..YEAR_2200).contains(&seconds)).map(|seconds| seconds * 1000)
    }
}

/// All ones stand for what is not known.
fn known(duration: u64, unknown: u64) -> u64 {
    if duration == unknown { 0 } else { duration }
}

/// How long a film in fragments lasts, by `mehd` (§8.8.2); 0 when it is not said.
fn total(mvex: &[u8]) -> u64 {
    let parts = || {
        let full = find_full(mvex, b"mehd")?;
        if full.version == 1 { be64(full.body, 0) } else { be32(full.body, 0).map(u64::from) }
    };
    parts().unwrap_or(0)
}

/// Tracks that are there for chapters, and still covers, are neither words nor pictures to be shown.
fn leave_out(tracks: &mut [Track], streams: &[Stream]) {
    let mut seen = false;
    for (track, stream) in tracks.iter_mut().zip(streams) {
        let names_chapters = streams.iter().any(|other| other.chapters.contains(&stream.id));
        let cover = match &track.kind {
            Kind::Video(video) => {
                let still = video.codec == VideoCodec::Mjpeg || video.codec == VideoCodec::Other("png".to_owned());
                let second = std::mem::replace(&mut seen, true);
                second && still && stream.table.count() == 1
            }
            Kind::Audio(_) | Kind::Subtitle(_) | Kind::Other => false,
        };
        if names_chapters || cover {
            track.kind = Kind::Other;
        }
    }
}

/// The chapters that are samples of a track of text (QuickTime File Format, "Chapter Lists").
fn chapters_by_track(tracks: &[Track], streams: &[Stream], source: &Source) -> Result<Vec<Chapter>, Error> {
    let told = |stream: &Stream| streams.iter().any(|other| other.chapters.contains(&stream.id));
    let words = |track: &Track| match track.kind {
        Kind::Subtitle(_) => true,
        Kind::Video(_) | Kind::Audio(_) | Kind::Other => false,
    };
    let found = tracks.iter().zip(streams).find(|(track, stream)| words(track) && told(stream));
    let Some((_, stream)) = found else { return Ok(Vec::new()) };
    let mut cursor = Cursor::default();
    let mut chapters = Vec::new();
    for number in 0..stream.table.count().min(u32::try_from(Info::MAX_CHAPTERS).unwrap_or(u32::MAX)) {
        let Some(sample) = cursor.sample(&stream.table, number) else { break };
        let bytes = source.some(sample.offset, MAX_CHAPTER_BYTES.min(sample.size as usize))?;
        let Some((len, rest)) = be16(&bytes, 0).map(usize::from).zip(bytes.get(2..)) else { continue };
        let start_ms = u64::try_from(stream.shown_us(sample.time) / 1000).unwrap_or(0);
        chapters.push(words::chapter(start_ms, rest.get(..len).unwrap_or(rest)));
    }
    Ok(chapters)
}

/// Whether a film is Apple's own kind, by the body of `ftyp`; old ones have none.
pub(super) fn container(ftyp: Option<&[u8]>) -> Container {
    match ftyp.and_then(|ftyp| ftyp.first_chunk()) {
        Some(brand) if brand != b"qt  " => Container::Mp4,
        _ => Container::QuickTime,
    }
}
