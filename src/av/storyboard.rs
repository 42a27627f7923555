//! A sheet of small pictures from all over a film, for whoever looks for a place in it.

use crate::cover::picture_of;
use crate::decode::{decode, decoder_of};
use crate::demux::{Demuxer, Packet};
use crate::info::VideoTrack;
use crate::picture::{Jpeg, Picture};
use crate::{Failure, Stage};

/// At most so many tiles.
const TILES: u16 = 60;
/// Tiles are at least so far apart, in ms.
const CLOSEST_MS: u64 = 1000;
/// Tiles in a row.
const COLUMNS: u16 = 10;
/// The longest sides of a tile, in pixels.
const TILE: (u32, u32) = (160, 160);
/// At most so many key frames are decoded at once: each takes the memory of a frame.
const AT_ONCE: usize = 4;
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
    let numbers: Vec<u16> = (0..plan.tiles).collect();
    for run in numbers.chunks(std::thread::available_parallelism().map_or(1, usize::from).min(AT_ONCE)) {
        for picture in film.pictures(run.iter().map(|number| plan.middle_ms(*number))) {
            let tile = match picture {
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

    /// The pictures of the key frames nearest to these times, decoded side by side; nothing where it is the same as the one
    /// before.
    fn pictures(&mut self, times_ms: impl Iterator<Item = u64>) -> Vec<Result<Option<Picture>, Failure>> {
        let packets: Vec<_> = times_ms.map(|at_ms| self.packet(at_ms)).collect();
        let (track, decoder) = (&self.track, self.decoder);
        let picture = |packet: &Packet| {
            let frame = decode(track, &packet.data);
            let frame = frame.map_err(|error| Failure { stage: Stage::Decode, error, decoder })?;
            Ok(Some(Picture::of(&frame, track, TILE)))
        };
        std::thread::scope(|scope| {
            let started: Vec<_> = packets
                .into_iter()
                .map(|packet| {
                    let packet = packet.transpose()?;
                    Some(packet.map(|packet| std::thread::Builder::new().spawn_scoped(scope, move || picture(&packet))))
                })
                .collect();
            let joined = started.into_iter().map(|started| match started {
                None => Ok(None),
                Some(Err(wrong)) => Err(wrong),
                Some(Ok(Ok(thread))) => thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)),
                Some(Ok(Err(error))) => Err(Failure { stage: Stage::Decode, error: error.into(), decoder }),
            });
            joined.collect()
        })
    }

    /// The key frame nearest to `at_ms`; nothing if it is the same as the last time.
    fn packet(&mut self, at_ms: u64) -> Result<Option<Packet>, Failure> {
        let decoder = self.decoder;
        let failure = |error| Failure { stage: Stage::Probe, error, decoder };
        let wanted_ms = nearest(&self.keyframes, at_ms).unwrap_or(at_ms);
        if self.wanted_ms.replace(wanted_ms) == Some(wanted_ms) {
            return Ok(None);
        }
        let packet = self.demuxer.keyframe(wanted_ms).map_err(failure)?;
        let known = self.found_us.replace(packet.pts_us) == Some(packet.pts_us);
        Ok((!known).then_some(packet))
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

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;
    use crate::fake::{self, Film as Fake};

    const RED: [u8; 3] = [200, 30, 30];
    const GREEN: [u8; 3] = [30, 160, 40];
    const BLUE: [u8; 3] = [30, 40, 200];

    /// What is in the middle of every tile, by name.
    fn colours(board: &Storyboard) -> String {
        let mut film = Fake::new(0, [(0, board.sheet.bytes.clone())]);
        let track = picture_of(&film).unwrap();
        let frame = decode(&track, &film.keyframe(0).unwrap().data).unwrap();
        let sheet = Picture::of(&frame, &track, (u32::MAX, u32::MAX));
        let (width, height) = (u32::from(board.tile_width), u32::from(board.tile_height));
        let colour = |tile: u32| {
            let (column, row) = (tile % u32::from(board.columns), tile / u32::from(board.columns));
            let at = (row * height + height / 2) * sheet.width() + column * width + width / 2;
            match sheet.rgb().as_chunks::<3>().0.get(at as usize).unwrap() {
                [130..=255, 0..70, 0..70] => 'r',
                [0..70, 130..=255, 0..70] => 'g',
                [0..70, 0..70, 130..=255] => 'b',
                _ => '?',
            }
        };
        (0..u32::from(board.tiles)).map(colour).collect()
    }

    #[test]
    fn long_films_have_sixty_tiles_and_short_ones_one_a_second() {
        assert_eq!(Plan::new(7_200_000, TILES), Plan { tiles: 60, interval_ms: 120_000 });
        assert_eq!(Plan::new(10_500, TILES), Plan { tiles: 10, interval_ms: 1050 });
        assert_eq!(Plan::new(900, TILES), Plan { tiles: 1, interval_ms: 900 });
        assert_eq!(Plan::new(0, TILES), Plan { tiles: 1, interval_ms: 1 });
        assert_eq!(Plan::new(u64::MAX, TILES).interval_ms, u32::MAX);
        assert_eq!(Plan::new(10_500, TILES).middle_ms(9), 9975);
    }

    #[test]
    fn the_nearest_time_is_found() {
        assert_eq!(nearest(&[], 5), None);
        for (to, time) in [(0, 10), (14, 10), (15, 10), (16, 20), (25, 20), (99, 30)] {
            assert_eq!(nearest(&[10, 20, 30], to), Some(time), "{to}");
        }
    }

    #[test]
    fn every_tile_shows_the_key_frame_nearest_to_its_middle_and_none_is_read_twice() {
        let frames = [(0, fake::flat(RED)), (4000, fake::flat(GREEN)), (9000, fake::flat(BLUE))];
        let mut film = Fake::new(12_000, frames.clone());
        let board = storyboard(&mut film).unwrap();
        // Of two that are as near, as in the middle of the seventh tile, the earlier one.
        assert_eq!(colours(&board), "rrgggggbbbbb");
        assert_eq!(film.read, [0, 4000, 9000]);
        assert_eq!((board.columns, board.tile_width, board.tile_height, board.interval_ms), (10, 64, 36, 1000));
        assert_eq!((board.sheet.width, board.sheet.height, board.decoder.as_str()), (640, 72, "zune-jpeg"));
        // The same without an index, though then every place is looked for.
        assert_eq!(colours(&storyboard(&mut Fake::new(12_000, frames).without_index()).unwrap()), "rrgggggbbbbb");
    }

    #[test]
    fn a_neighbour_stands_in_for_a_broken_key_frame() {
        let broken = || b"no jpeg".to_vec();
        let frames = [(0, broken()), (2000, fake::flat(RED)), (4000, broken()), (6000, fake::flat(BLUE))];
        assert_eq!(colours(&storyboard(&mut Fake::new(8000, frames)).unwrap()), "rrrrrbbb");
    }

    #[test]
    fn a_film_with_one_key_frame_has_one_tile() {
        let board = storyboard(&mut Fake::new(60_000, [(0, fake::flat(GREEN))])).unwrap();
        assert_eq!((board.tiles, board.columns, board.interval_ms), (1, 1, 60_000));
        assert_eq!(colours(&board), "g");
    }

    #[test]
    fn where_nothing_can_be_decoded_the_reason_is_told() {
        let failure = storyboard(&mut Fake::new(8000, [(0, vec![]), (4000, vec![1])])).unwrap_err();
        assert_eq!((failure.stage, failure.decoder), (Stage::Decode, "zune-jpeg"));
        assert_eq!(storyboard(&mut Fake::new(8000, [])).unwrap_err().stage, Stage::Probe);
    }
}
