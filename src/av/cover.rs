//! The picture that stands for a film: which key frame it is, and the sizes it is kept in.
//!
//! A film is tried at a few places until a key frame is neither black nor blurred; most are good at the first. No more is
//! read and decoded than that.

use crate::decode::{check_codec, decode, decoder_of};
use crate::demux::{Demuxer, Packet};
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
        Some(at_ms) => Candidate::of(&track, &key_frame(demuxer, &track, at_ms)?)?,
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
    // Looking for key frames may take long where nothing tells which they are.
    check_codec(&track.codec).map_err(|error| Failure { stage: Stage::Decode, error, decoder: "" })?;
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
    fn of(track: &VideoTrack, packet: &Packet) -> Result<Self, Failure> {
        let decoder = decoder_of(&track.codec).unwrap_or_default();
        let frame = decode(track, &packet.data);
        let frame = frame.map_err(|error| Failure { stage: Stage::Decode, error, decoder })?;
        let at_ms = u64::try_from(packet.pts_us / 1000).unwrap_or(0);
        // The frame, the largest thing there is, is dropped before anything else is made.
        let poster = Picture::of(&frame, track, POSTER);
        drop(frame);
        Ok(Self { at_ms, decoder, pictures: Pictures::of(poster) })
    }
}

fn key_frame(demuxer: &mut dyn Demuxer, track: &VideoTrack, at_ms: u64) -> Result<Packet, Failure> {
    let decoder = decoder_of(&track.codec).unwrap_or_default();
    demuxer.keyframe(at_ms).map_err(|error| Failure { stage: Stage::Probe, error, decoder })
}

/// The first good key frame, or the best of those that were tried.
fn best(demuxer: &mut dyn Demuxer, track: &VideoTrack) -> Result<Candidate, Failure> {
    let duration_ms = demuxer.info().duration_ms;
    let mut best: Option<(f32, Candidate)> = None;
    let mut failure = None;
    let mut tried = Vec::new();
    for at_ms in PLACES.map(|hundredths| duration_ms / 100 * hundredths) {
        let packet = key_frame(demuxer, track, at_ms);
        // In a short film several places have the same key frame.
        if let Ok(packet) = &packet {
            if tried.contains(&packet.pts_us) {
                continue;
            }
            tried.push(packet.pts_us);
        }
        let candidate = match packet.and_then(|packet| Candidate::of(track, &packet)) {
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

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;
    use crate::clips;
    use crate::fake::{self, Film};

    #[test]
    fn a_good_key_frame_at_a_third_is_taken_at_once() {
        let mut film = Film::new(10_000, [0, 3000, 6000].map(|at_ms| (at_ms, fake::scene([200, 30, 30]))));
        let cover = cover(&mut film, None).unwrap();
        assert_eq!((cover.at_ms, cover.decoder.as_str(), film.read.len()), (3000, "zune-jpeg", 1));
    }

    #[test]
    fn black_and_broken_key_frames_are_passed_over() {
        let black = || fake::flat([3, 3, 3]);
        let frames =
            [(2000, b"no jpeg".to_vec()), (3000, black()), (4000, fake::scene([200, 30, 30])), (5000, black())];
        assert_eq!(cover(&mut Film::new(10_000, frames), None).unwrap().at_ms, 4000);
    }

    #[test]
    fn where_none_is_good_the_best_is_taken() {
        let frames =
            [(3000, fake::flat([3, 3, 3])), (5000, fake::scene([5, 5, 5])), (9000, fake::flat([250, 250, 250]))];
        let mut dark = Film::new(10_000, frames.map(|(at_ms, frame)| (at_ms, frame)));
        assert_eq!(cover(&mut dark, None).unwrap().at_ms, 5000);
        assert_eq!(cover(&mut Film::new(10_000, [(0, fake::flat([3, 3, 3]))]), None).unwrap().at_ms, 0);
    }

    #[test]
    fn a_chosen_key_frame_is_taken_whatever_it_looks_like() {
        let mut film = Film::new(10_000, [(0, fake::flat([3, 3, 3])), (3000, fake::scene([200, 30, 30]))]);
        assert_eq!(cover(&mut film, Some(1000)).unwrap().at_ms, 0);
    }

    #[test]
    fn films_that_begin_with_nothing_to_see_have_a_cover_with_something() {
        for clip in ["black-start.mp4", "white-flash.mp4", "blurred-start.mp4"] {
            let cover = cover(&mut *clips::open(clip), None).unwrap();
            assert!(cover.at_ms >= 1900 || clip == "white-flash.mp4" && cover.at_ms < 1000, "{clip}: {}", cover.at_ms);
        }
    }

    #[test]
    fn a_cover_comes_in_three_sizes_and_never_larger_than_its_frame() {
        let sizes =
            |cover: &Cover| [&cover.poster, &cover.cards[0], &cover.cards[1]].map(|jpeg| (jpeg.width, jpeg.height));
        let picture =
            |width, height| Picture::from_rgb(width, height, vec![90; (width * height * 3) as usize]).unwrap();
        let wide = cover_of(&picture(1920, 1080), 7, "ffmpeg").unwrap();
        assert_eq!(sizes(&wide), [(1280, 720), (640, 360), (320, 180)]);
        assert_eq!((wide.at_ms, wide.decoder.as_str(), wide.colour), (7, "ffmpeg", [90; 3]));
        let upright = cover_of(&picture(1080, 1920), 0, "ffmpeg").unwrap();
        assert_eq!(sizes(&upright), [(720, 1280), (640, 1138), (320, 569)]);
        assert_eq!(sizes(&cover_of(&picture(200, 100), 0, "ffmpeg").unwrap()), [(200, 100); 3]);
    }

    #[test]
    fn what_cannot_be_is_told() {
        let failure = |clip| cover(&mut *clips::open(clip), None).unwrap_err();
        assert_eq!((failure("audio-only.mp4").stage, failure("audio-only.mp4").decoder), (Stage::Probe, ""));
        let xvid = failure("xvid.avi");
        assert_eq!((xvid.stage, xvid.error.to_string().as_str()), (Stage::Decode, "the codec XVID is not supported"));
    }
}
