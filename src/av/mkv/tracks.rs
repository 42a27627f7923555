//! The tracks of a segment and how their frames are stored (RFC 9559 §5.1.4). Names of codecs are understood elsewhere.

use super::codecs::{self, Setup};
use super::ebml::{self, Elements};
use super::encoding::Encoding;
use super::ids;
use crate::info::{Colour, Container, Info, Kind, Rotation, Track};
use crate::ratio::reduced;

/// What is needed to read the frames of a track.
#[derive(Clone, Debug)]
pub(crate) struct Stream {
    /// The number its blocks carry.
    pub(crate) number: u64,
    /// Nanoseconds a frame is shown; 0 where the file does not say.
    pub(crate) frame_ns: u64,
    /// The same as found out from the last block with several frames.
    pub(crate) laced_ns: u128,
    /// Nanoseconds that are taken from all its times.
    pub(crate) delay_ns: u64,
    /// How its frames are stored.
    pub(crate) encoding: Encoding,
}

/// The tracks in the body of `Tracks`.
pub(crate) fn parse(body: &[u8], container: Container) -> Vec<(Track, Stream)> {
    let entries = Elements(body).filter(|(id, _)| *id == ids::TRACK_ENTRY);
    entries.map(|(_, entry)| parse_entry(entry, container)).take(Info::MAX_TRACKS).collect()
}

/// A value in the body of an element.
pub(crate) fn find(body: &[u8], wanted: u32) -> Option<&[u8]> {
    Elements(body).find(|(id, _)| *id == wanted).map(|(_, body)| body)
}

fn parse_entry(entry: &[u8], container: Container) -> (Track, Stream) {
    let number = |id, otherwise| find(entry, id).map_or(otherwise, ebml::uint);
    let text = |id| find(entry, id).map(ebml::text).unwrap_or_default();
    let mut codec = text(ids::CODEC_ID);
    let private = find(entry, ids::CODEC_PRIVATE).unwrap_or_default();
    let (mut encoding, private) = match Encoding::of(entry) {
        Ok((frames, setup)) => (frames, setup.undo(private.to_vec()).unwrap_or_default()),
        // No codec of that name is known, so nobody will try to decode it.
        Err(how) => {
            codec = format!("{how} {codec}");
            (Encoding::Plain, private.to_vec())
        }
    };
    if codec.starts_with("D_WEBVTT/") && encoding == Encoding::Plain {
        encoding = Encoding::Lines;
    }
    let setup = Setup { codec: &codec, private };
    let video = find(entry, ids::VIDEO).unwrap_or_default();
    let frame_ns = number(ids::DEFAULT_DURATION, 0);
    let kind = match number(ids::TRACK_TYPE, 0) {
        1 => Kind::Video(codecs::video(setup, &shape(video, frame_ns))),
        2 => Kind::Audio(codecs::audio(setup, find(entry, ids::AUDIO).unwrap_or_default())),
        0x11 => Kind::Subtitle(codecs::subtitle(setup)),
        _ => Kind::Other,
    };
    let track = Track {
        number: number(ids::TRACK_NUMBER, 0),
        language: language(entry, container),
        title: text(ids::NAME),
        default: number(ids::FLAG_DEFAULT, 1) != 0,
        kind,
    };
    let stream =
        Stream { number: track.number, frame_ns, laced_ns: 0, delay_ns: number(ids::CODEC_DELAY, 0), encoding };
    (track, stream)
}

/// Matroska means English where nothing is written, and older writers rely on it. Those of `WebM` mean nothing by it.
fn language(entry: &[u8], container: Container) -> String {
    let written = find(entry, ids::LANGUAGE_BCP47).or_else(|| find(entry, ids::LANGUAGE)).map(ebml::text);
    match written {
        Some(language) if language == "und" => String::new(),
        Some(language) => language,
        None if container == Container::Matroska => "eng".to_owned(),
        None => String::new(),
    }
}

/// What a track says about its pictures, whatever the codec.
pub(crate) struct Shape {
    /// Width of a stored frame.
    pub(crate) width: u32,
    /// Height of a stored frame.
    pub(crate) height: u32,
    /// Width to height of a pixel; nothing if it is not said.
    pub(crate) pixel_aspect: Option<(u32, u32)>,
    /// How frames are turned.
    pub(crate) rotation: Rotation,
    /// Frames in 1,000 seconds.
    pub(crate) frame_rate_mhz: u32,
    /// Colours.
    pub(crate) colour: Colour,
}

/// The body of `Video` (RFC 9559 §5.1.4.1.28).
fn shape(video: &[u8], frame_ns: u64) -> Shape {
    let number = |id| find(video, id).map(|value| u32::try_from(ebml::uint(value)).unwrap_or(u32::MAX));
    let width = number(ids::PIXEL_WIDTH).unwrap_or(0);
    let height = number(ids::PIXEL_HEIGHT).unwrap_or(0);
    let crop = |side: u32, one, other| {
        side.saturating_sub(number(one).unwrap_or(0)).saturating_sub(number(other).unwrap_or(0))
    };
    let across = crop(width, ids::PIXEL_CROP_LEFT, ids::PIXEL_CROP_RIGHT);
    let down = crop(height, ids::PIXEL_CROP_TOP, ids::PIXEL_CROP_BOTTOM);
    let shown = (number(ids::DISPLAY_WIDTH).unwrap_or(across), number(ids::DISPLAY_HEIGHT).unwrap_or(down));
    // 4 is "unknown"; the others are lengths or a ratio, and give the shape in the same way.
    let known = number(ids::DISPLAY_UNIT).unwrap_or(0) < 4
        && (find(video, ids::DISPLAY_WIDTH).is_some() || find(video, ids::DISPLAY_HEIGHT).is_some());
    let product = |one: u32, other: u32| u64::from(one) * u64::from(other);
    let rate = 1_000_000_000_000_u64.checked_div(frame_ns).unwrap_or(0);
    Shape {
        width,
        height,
        pixel_aspect: reduced(product(shown.0, down), product(shown.1, across)).filter(|_| known),
        rotation: find(video, ids::PROJECTION).map(rotation).unwrap_or_default(),
        frame_rate_mhz: u32::try_from(rate).unwrap_or(0),
        colour: find(video, ids::COLOUR).map_or(Colour::UNSPECIFIED, colour),
    }
}

/// The roll of a flat projection counts against the clock, in degrees (RFC 9559 §5.1.4.1.28.46).
fn rotation(projection: &[u8]) -> Rotation {
    if find(projection, ids::PROJECTION_TYPE).is_some_and(|kind| ebml::uint(kind) != 0) {
        return Rotation::None;
    }
    let roll = find(projection, ids::PROJECTION_POSE_ROLL).map_or(0.0, ebml::float);
    match (roll / 90.0).round().rem_euclid(4.0) as u8 {
        1 => Rotation::Left,
        2 => Rotation::Half,
        3 => Rotation::Right,
        _ => Rotation::None,
    }
}

/// The body of `Colour` (RFC 9559 §5.1.4.1.28.17).
fn colour(body: &[u8]) -> Colour {
    let code = |id| find(body, id).and_then(|value| u8::try_from(ebml::uint(value)).ok()).unwrap_or(2);
    let full_range = match find(body, ids::RANGE).map(ebml::uint) {
        Some(1) => Some(false),
        Some(2) => Some(true),
        _ => None,
    };
    Colour {
        primaries: code(ids::PRIMARIES),
        transfer: code(ids::TRANSFER_CHARACTERISTICS),
        matrix: code(ids::MATRIX_COEFFICIENTS),
        full_range,
    }
}
