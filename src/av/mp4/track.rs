//! One `trak` box: what is said of the track, and what is needed to find its samples and their times (ISO/IEC 14496-12
//! §8.3 to §8.6).

use super::boxes::{Full, Name, boxes, find, find_full, find_path};
use super::entry::Entry;
use super::table::{Cursor, Table};
use super::words;
use crate::Error;
use crate::bits::{be16, be32, be64};
use crate::info::{Kind, Rotation, Track, VideoTrack};
use crate::ratio::reduced;
use std::sync::Arc;

/// A track as it is read.
pub(super) struct Stream {
    /// The number it has in the file.
    pub(super) id: u32,
    /// Units of its time in a second.
    pub(super) scale: u32,
    pub(super) edit: Edit,
    pub(super) table: Table,
    /// The numbers of tracks that have its chapters.
    pub(super) chapters: Vec<u32>,
}

/// What of a track is shown, and from when on (§8.6.6). Only what is left out before the first part that is shown
/// counts; what later parts leave out is shown, too.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Edit {
    /// µs in which nothing is shown at first.
    pub(super) delay_us: i64,
    /// The time in the track that is shown then.
    pub(super) from: i64,
    /// µs until nothing is shown any more; 0 when that is not said.
    pub(super) end_us: i64,
}

/// `count` units of which `scale` are a second, in µs.
pub(super) fn micros(count: i64, scale: u32) -> i64 {
    let exact = i128::from(count) * 1_000_000 / i128::from(scale.max(1));
    i64::try_from(exact).unwrap_or(if count < 0 { i64::MIN } else { i64::MAX })
}

impl Stream {
    /// When something is shown in the film, in µs, by its time in the track.
    pub(super) fn shown_us(&self, time: i64) -> i64 {
        micros(time.saturating_sub(self.edit.from), self.scale).saturating_add(self.edit.delay_us)
    }

    /// The time in the track of what is shown in the film at a time.
    pub(super) fn time_at(&self, shown_us: i64) -> i64 {
        let exact = i128::from(shown_us.saturating_sub(self.edit.delay_us)) * i128::from(self.scale) / 1_000_000;
        i64::try_from(exact).unwrap_or(i64::MAX).saturating_add(self.edit.from)
    }

    /// When it ends, in µs, by its tables and edits.
    pub(super) fn end_us(&self) -> i64 {
        match self.edit.end_us {
            0 => self.shown_us(i64::try_from(self.table.total()).unwrap_or(i64::MAX)).max(0),
            end => end,
        }
    }

    /// The key frames in the tables and when they are shown, in µs. What is shown before the film begins is shown then.
    pub(super) fn keyframes(&self) -> impl Iterator<Item = (u32, i64)> {
        let mut cursor = Cursor::default();
        self.table.sync_samples().map_while(move |sample| {
            let (time, shift, _) = cursor.time(&self.table, sample)?;
            Some((sample, self.shown_us(time.saturating_add(shift)).max(0)))
        })
    }
}

/// Reads a track of a head. `scale` is the number of units in a second of the film.
pub(super) fn read(trak: &[u8], scale: u32, moov: &Arc<Vec<u8>>) -> Result<Option<(Track, Stream)>, Error> {
    let parts = || Some((Header::read(find_full(trak, b"tkhd")?)?, find(trak, b"mdia")?));
    let Some((header, mdia)) = parts() else { return Ok(None) };
    let time = find_full(mdia, b"mdhd").and_then(MediaHeader::read).unwrap_or_default();
    let handler = find(mdia, b"hdlr").and_then(|hdlr| hdlr.get(8..)?.first_chunk().copied()).unwrap_or_default();
    let stbl = find_path(mdia, &[b"minf", b"stbl"]).unwrap_or_default();
    let table = Table::read(stbl, moov);
    let edit = find_path(trak, &[b"edts", b"elst"]).and_then(|elst| edit(elst, scale)).unwrap_or_default();
    let stream = Stream { id: header.id, scale: time.scale, edit, table, chapters: references(trak, b"chap") };
    let mut kind = match find(stbl, b"stsd").and_then(Entry::first) {
        Some(entry) => entry.kind(&handler)?,
        None => Kind::Other,
    };
    if let Kind::Video(video) = &mut kind {
        header.show(video, shape_is_said(stbl));
        video.frame_rate_mhz = frame_rate_mhz(&stream, video);
    }
    let udta = find(trak, b"udta").unwrap_or_default();
    let language = find_full(mdia, b"elng").map(|elng| words::plain(elng.body)).filter(|tag| !tag.is_empty());
    let track = Track {
        number: u64::from(header.id),
        language: language.filter(|tag| tag != "und").unwrap_or(time.language),
        title: words::track_title(udta),
        default: header.enabled,
        kind,
    };
    Ok(Some((track, stream)))
}

/// Whether the entry says what shape pixels have.
fn shape_is_said(stbl: &[u8]) -> bool {
    let entry = find(stbl, b"stsd").and_then(Entry::first);
    entry.is_some_and(|entry| find(entry.body.get(78..).unwrap_or_default(), b"pasp").is_some())
}

fn frame_rate_mhz(stream: &Stream, video: &VideoTrack) -> u32 {
    let rate = u128::from(stream.table.count()) * u128::from(stream.scale) * 1000;
    match rate.checked_div(u128::from(stream.table.total())) {
        Some(rate) if stream.table.count() > 1 => u32::try_from(rate).unwrap_or(0),
        _ => video.codec.picture(&video.config).map_or(0, |picture| picture.frame_rate_mhz),
    }
}

/// What `tkhd` says (§8.3.2).
struct Header {
    id: u32,
    enabled: bool,
    rotation: Rotation,
    width: u32,
    height: u32,
}

impl Header {
    fn read(full: Full<'_>) -> Option<Self> {
        let (id, rest) = match full.version {
            1 => (be32(full.body, 16)?, full.body.get(32..)?),
            _ => (be32(full.body, 8)?, full.body.get(20..)?),
        };
        let matrix = |at: usize| be32(rest, 16 + 4 * at).map_or(0, |value| value.cast_signed().signum());
        let rotation = match (matrix(0), matrix(1), matrix(3), matrix(4)) {
            (0, 1, -1, 0) => Rotation::Right,
            (0, -1, 1, 0) => Rotation::Left,
            (-1, 0, 0, -1) => Rotation::Half,
            _ => Rotation::None,
        };
        let side = |at| be32(rest, at).map_or(0, |side| side >> 16);
        Some(Self { id, enabled: full.flags & 1 == 1, rotation, width: side(52), height: side(56) })
    }

    /// How frames are to be shown. Where nothing else tells the shape of pixels, the size of the track on the screen
    /// does.
    fn show(&self, video: &mut VideoTrack, shape_is_said: bool) {
        video.rotation = self.rotation;
        if video.width == 0 || video.height == 0 {
            (video.width, video.height) = (self.width, self.height);
        }
        let (across, down) =
            (u64::from(self.width) * u64::from(video.height), u64::from(self.height) * u64::from(video.width));
        let stretched =
            across.abs_diff(down) > down / 50 && across <= down.saturating_mul(4) && down <= across.saturating_mul(4);
        if video.pixel_aspect == (1, 1) && !shape_is_said && stretched {
            video.pixel_aspect = reduced(across, down).unwrap_or(video.pixel_aspect);
        }
    }
}

/// What `mdhd` says (§8.4.2).
struct MediaHeader {
    scale: u32,
    language: String,
}

impl Default for MediaHeader {
    fn default() -> Self {
        Self { scale: 1000, language: String::new() }
    }
}

impl MediaHeader {
    fn read(full: Full<'_>) -> Option<Self> {
        let (scale, language) = match full.version {
            1 => (be32(full.body, 16)?, be16(full.body, 28)),
            _ => (be32(full.body, 8)?, be16(full.body, 16)),
        };
        let language = language.map(words::language).unwrap_or_default();
        Some(Self { scale: if scale == 0 { 1000 } else { scale }, language })
    }
}

/// The numbers of tracks that this one names for a purpose (§8.3.3).
fn references(trak: &[u8], purpose: &Name) -> Vec<u32> {
    let body = find_path(trak, &[b"tref", purpose]).unwrap_or_default();
    body.chunks_exact(4).take(16).filter_map(|number| be32(number, 0)).collect()
}

fn edit(elst: &[u8], scale: u32) -> Option<Edit> {
    let full = Full::read(elst)?;
    let rows = full.body.get(4..)?;
    let width = if full.version == 1 { 20 } else { 12 };
    let mut edit = Edit::default();
    let mut shown = false;
    for row in rows.chunks_exact(width).take(usize::try_from(be32(full.body, 0)?).ok()?) {
        let (span, from) = match full.version {
            1 => (i64::try_from(be64(row, 0)?).unwrap_or(i64::MAX), be64(row, 8)?.cast_signed()),
            _ => (i64::from(be32(row, 0)?), i64::from(be32(row, 4)?.cast_signed())),
        };
        let span_us = micros(span, scale);
        edit.end_us = edit.end_us.saturating_add(span_us);
        if from < 0 && !shown {
            edit.delay_us = edit.delay_us.saturating_add(span_us);
        } else if !shown {
            shown = true;
            edit.from = from;
        }
    }
    // Files that are written while they are recorded say 0 for what they do not know yet.
    let endless = edit.end_us <= edit.delay_us;
    shown.then_some(Edit { end_us: if endless { 0 } else { edit.end_us }, ..edit })
}

/// The bodies of boxes of one name, at most so many.
pub(super) fn bodies<'a>(moov: &'a [u8], name: &Name, most: usize) -> impl Iterator<Item = &'a [u8]> {
    boxes(moov).filter(move |(found, _)| found == name).map(|(_, body)| body).take(most)
}

/// What a fragment may leave out, by `trex` (§8.8.3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Defaults {
    pub(super) span: u32,
    pub(super) size: u32,
    pub(super) flags: u32,
}

impl Defaults {
    /// What is said for one track.
    pub(super) fn of(mvex: &[u8], id: u32) -> Self {
        let mut all = boxes(mvex).filter(|(name, _)| name == b"trex").filter_map(|(_, body)| Full::read(body));
        let body = all.find(|full| be32(full.body, 0) == Some(id)).map_or(&[][..], |full| full.body);
        let number = |at| be32(body, at).unwrap_or(0);
        Self { span: number(8), size: number(12), flags: number(16) }
    }
}
