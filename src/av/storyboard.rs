//! A sheet of small pictures from all over a film, for whoever looks for a place in it.

use crate::cover::picture_of;
use crate::decode::{decode, decoder_of};
use crate::demux::Demuxer;
use crate::info::VideoTrack;
use crate::picture::{Jpeg, Picture};
use crate::{Failure, Stage};

/// At most so many tiles.
const TILES: u16 = 80;
/// Tiles are at least so far apart, in ms.
const CLOSEST_MS: u64 = 1000;
/// Tiles in a row.
const COLUMNS: u16 = 10;
/// The longest sides of a tile, in pixels.
const TILE: (u32, u32) = (160, 160);
/// The quality of the sheet, as JPEG counts it.
const QUALITY: u8 = 70;

/// A sheet of small pictures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Storyboard {
    /// The tiles row by row, the last row perhaps not full.
    pub sheet: Jpeg,
    /// How many there are.
    pub tiles: u16,
    /// How many in a row.
    pub columns: u16,
    /// Width of a tile in pixels.
    pub tile_width: u16,
    /// Height of a tile in pixels.
    pub tile_height: u16,
    /// How long a tile stands for, in ms.
    pub interval_ms: u32,
    /// The short name of what decoded it, such as `rust_h264`.
    pub decoder: String,
}

/// Makes the storyboard of a film: tile `i` shows the key frame nearest to the middle of its time, `(i + ½) × interval`.
/// One that cannot be decoded is stood in for by the one before it, or by the first that can.
///
/// # Errors
/// There is no key frame, or none that can be decoded; then the first [`Failure`] is told.
pub fn storyboard(demuxer: &mut dyn Demuxer) -> Result<Storyboard, Failure> {
    let mut film = Film::of(demuxer)?;
    let plan = film.plan();
    let mut tiles: Vec<Picture> = Vec::with_capacity(usize::from(plan.tiles));
    let mut missing = 0;
    let mut failure = None;
    for number in 0..plan.tiles {
        let tile = match film.picture(plan.middle_ms(number)) {
            Ok(Some(picture)) => Some(picture),
            Ok(None) => tiles.last().cloned(),
            Err(wrong) if wrong.everywhere() => return Err(wrong),
            Err(wrong) => {
                failure = failure.or(Some(wrong));
                tiles.last().cloned()
            }
        };
        missing += 1;
        if let Some(tile) = tile {
            tiles.extend(std::iter::repeat_n(tile, std::mem::take(&mut missing)));
        }
    }
    let Some(sheet) = Picture::sheet(&tiles, COLUMNS.into()) else {
        return Err(failure.unwrap_or(Failure::NO_KEY_FRAME));
    };
    let side = |side: u32| u16::try_from(side).unwrap_or(u16::MAX);
    let (tile_width, tile_height) = tiles.first().map_or((0, 0), |tile| (side(tile.width()), side(tile.height())));
    drop(tiles);
    let decoder = film.decoder;
    let sheet = Jpeg::encode(&sheet, QUALITY).map_err(|error| Failure { stage: Stage::Encode, error, decoder })?;
    let Plan { tiles, interval_ms } = plan;
    let columns = COLUMNS.min(tiles);
    Ok(Storyboard { sheet, tiles, columns, tile_width, tile_height, interval_ms, decoder: decoder.to_owned() })
}

/// How many tiles there are, and how long each stands for.
#[derive(Debug, PartialEq, Eq)]
struct Plan {
    tiles: u16,
    interval_ms: u32,
}

impl Plan {
    fn new(duration_ms: u64, most: u16) -> Self {
        let tiles = u16::try_from(duration_ms / CLOSEST_MS).unwrap_or(u16::MAX).clamp(1, most);
        let interval_ms = u32::try_from(duration_ms.div_ceil(tiles.into())).unwrap_or(u32::MAX).max(1);
        Self { tiles, interval_ms }
    }

    fn middle_ms(&self, tile: u16) -> u64 {
        let interval_ms = u64::from(self.interval_ms);
        u64::from(tile) * interval_ms + interval_ms / 2
    }
}

/// A film whose key frames are gone through from the beginning to the end.
struct Film<'a> {
    demuxer: &'a mut dyn Demuxer,
    track: VideoTrack,
    decoder: &'static str,
    /// When key frames are shown, in ms; empty where no index tells, so that every place is looked for by itself.
    keyframes: Vec<u64>,
    /// The key frame that was looked for last, in ms, and the one that was found, in µs.
    wanted_ms: Option<u64>,
    found_us: Option<i64>,
}

impl<'a> Film<'a> {
    fn of(demuxer: &'a mut dyn Demuxer) -> Result<Self, Failure> {
        let track = picture_of(demuxer)?;
        let decoder = decoder_of(&track.codec).unwrap_or_default();
        let keyframes = demuxer.keyframes().unwrap_or_default();
        Ok(Self { demuxer, track, decoder, keyframes, wanted_ms: None, found_us: None })
    }

    /// A film with one key frame has one tile: more of them would only look like more.
    fn plan(&self) -> Plan {
        Plan::new(self.demuxer.info().duration_ms, if self.keyframes.len() == 1 { 1 } else { TILES })
    }

    /// The picture of the key frame nearest to `at_ms`; nothing if it is the same as the last time.
    fn picture(&mut self, at_ms: u64) -> Result<Option<Picture>, Failure> {
        let decoder = self.decoder;
        let failure = |stage| move |error| Failure { stage, error, decoder };
        let wanted_ms = nearest(&self.keyframes, at_ms).unwrap_or(at_ms);
        if self.wanted_ms.replace(wanted_ms) == Some(wanted_ms) {
            return Ok(None);
        }
        let packet = self.demuxer.keyframe(wanted_ms).map_err(failure(Stage::Probe))?;
        if self.found_us.replace(packet.pts_us) == Some(packet.pts_us) {
            return Ok(None);
        }
        let frame = decode(&self.track, &packet.data).map_err(failure(Stage::Decode))?;
        Ok(Some(Picture::of(&frame, &self.track, TILE)))
    }
}

/// The nearest of times that ascend; the earlier one of two as near.
fn nearest(times: &[u64], to: u64) -> Option<u64> {
    let (before, after) = times.split_at_checked(times.partition_point(|time| *time <= to))?;
    match (before.last(), after.first()) {
        (Some(before), Some(after)) if to - before > after - to => Some(*after),
        (Some(before), _) => Some(*before),
        (None, after) => after.copied(),
    }
}
