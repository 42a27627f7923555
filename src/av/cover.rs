//! The picture that stands for a film: which key frame it is, and the sizes it is kept in.
//!
//! A film is tried at a few places until a key frame is neither black nor blurred; most are good at the first. No more is
//! read and decoded than that.

use crate::decode::{decode, decoder_of};
use crate::demux::Demuxer;
use crate::info::VideoTrack;
use crate::picture::{Jpeg, Picture};
use crate::{Error, Failure, Stage};

/// No side of a poster is longer, in pixels.
const POSTER: (u32, u32) = (1280, 1280);
/// The widths of pictures on cards, in pixels. Cards are wide: an upright film fills their width, so that its height is
/// no limit here, but for films as narrow as a ribbon.
const CARDS: [(u32, u32); 2] = [(640, 1280), (320, 640)];
/// The quality of posters and of cards, as JPEG counts it.
const POSTER_QUALITY: u8 = 82;
const CARD_QUALITY: u8 = 75;
/// Where a good picture is looked for, in hundredths of the film. Not at the beginning, which is often black; not at the
/// end, which gives away too much.
const PLACES: [u64; 6] = [30, 22, 38, 50, 12, 70];

/// The picture that stands for a film.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cover {
    /// The time of its frame, in ms.
    pub at_ms: u64,
    /// The short name of what decoded it, such as `rust_h264`.
    pub decoder: String,
    /// Up to 1280 pixels wide and high.
    pub poster: Jpeg,
    /// Up to 640 and up to 320 pixels wide.
    pub cards: [Jpeg; 2],
    /// Its colour in red, green and blue.
    pub colour: [u8; 3],
    /// Four by three pixels of it, row by row, three bytes each.
    pub preview: [u8; 36],
}

/// Makes the cover of a film: of the key frame nearest to `at_ms` whatever it looks like, or else of a good one.
///
/// # Errors
/// No key frame can be read, or none of those that were tried can be decoded; then the first [`Failure`] is told.
pub fn cover(demuxer: &mut dyn Demuxer, at_ms: Option<u64>) -> Result<Cover, Failure> {
    let track = picture_of(demuxer)?;
    let best = match at_ms {
        Some(at_ms) => Candidate::at(demuxer, &track, at_ms)?,
        None => best(demuxer, &track)?,
    };
    encode(&best.pictures, best.at_ms, best.decoder)
}

/// Makes a cover of a picture that comes from elsewhere.
///
/// # Errors
/// It cannot be encoded.
pub fn cover_of(picture: &Picture, at_ms: u64, decoder: &str) -> Result<Cover, Failure> {
    encode(&Pictures::of(picture.within(POSTER)), at_ms, decoder)
}

/// The track of moving pictures, if there is one and it can be decoded.
pub(crate) fn picture_of(demuxer: &dyn Demuxer) -> Result<VideoTrack, Failure> {
    let (_, track) = demuxer.info().picture().ok_or_else(|| {
        let error = Error::Unsupported("a file without a picture".to_owned());
        Failure { stage: Stage::Probe, error, decoder: "" }
    })?;
    Ok(track.clone())
}

/// A cover in all its sizes.
struct Pictures {
    poster: Picture,
    cards: [Picture; 2],
}

impl Pictures {
    fn of(poster: Picture) -> Self {
        let [wide, narrow] = CARDS;
        // Each of the one before: means of means are the same, and there is less to add up.
        let wide = poster.within(wide);
        let narrow = wide.within(narrow);
        Self { poster, cards: [wide, narrow] }
    }
}

/// A key frame that may become the cover.
struct Candidate {
    at_ms: u64,
    decoder: &'static str,
    pictures: Pictures,
}

impl Candidate {
    fn at(demuxer: &mut dyn Demuxer, track: &VideoTrack, at_ms: u64) -> Result<Self, Failure> {
        let decoder = decoder_of(&track.codec).unwrap_or_default();
        let failure = |stage| move |error| Failure { stage, error, decoder };
        let packet = demuxer.keyframe(at_ms).map_err(failure(Stage::Probe))?;
        let frame = decode(track, &packet.data).map_err(failure(Stage::Decode))?;
        let at_ms = u64::try_from(packet.pts_us / 1000).unwrap_or(0);
        // The frame, the largest thing there is, is dropped before anything else is made.
        let poster = Picture::of(&frame, track, POSTER);
        drop((packet, frame));
        Ok(Self { at_ms, decoder, pictures: Pictures::of(poster) })
    }
}

/// The first good key frame, or the best of those that were tried.
fn best(demuxer: &mut dyn Demuxer, track: &VideoTrack) -> Result<Candidate, Failure> {
    let duration_ms = demuxer.info().duration_ms;
    let mut best: Option<(f32, Candidate)> = None;
    let mut failure = None;
    for at_ms in PLACES.map(|hundredths| duration_ms / 100 * hundredths) {
        let candidate = match Candidate::at(demuxer, track, at_ms) {
            Ok(candidate) => candidate,
            Err(wrong) if wrong.everywhere() => return Err(wrong),
            Err(wrong) => {
                failure = failure.or(Some(wrong));
                continue;
            }
        };
        let [_, small] = &candidate.pictures.cards;
        let judgement = small.judge();
        if judgement.good {
            return Ok(candidate);
        }
        if best.as_ref().is_none_or(|(score, _)| judgement.score > *score) {
            best = Some((judgement.score, candidate));
        }
    }
    best.map(|(_, candidate)| candidate).ok_or_else(|| failure.unwrap_or(Failure::NO_KEY_FRAME))
}

fn encode(pictures: &Pictures, at_ms: u64, decoder: &str) -> Result<Cover, Failure> {
    let failure = |error| Failure { stage: Stage::Encode, error, decoder: "" };
    let [wide, narrow] = &pictures.cards;
    Ok(Cover {
        at_ms,
        decoder: decoder.to_owned(),
        poster: Jpeg::encode(&pictures.poster, POSTER_QUALITY).map_err(failure)?,
        cards: [
            Jpeg::encode(wide, CARD_QUALITY).map_err(failure)?,
            Jpeg::encode(narrow, CARD_QUALITY).map_err(failure)?,
        ],
        colour: narrow.colour(),
        preview: narrow.preview(),
    })
}
