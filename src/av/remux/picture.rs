//! How a picture is described in an MP4: the sample entry of each codec, its shape and its colours.

use super::boxes::{boxed, words};
use crate::Error;
use crate::info::{Colour, VideoCodec, VideoTrack};

/// The sample entry of a track (ISO/IEC 14496-12 §12.1.3). `config` is what the track says of its codec, or what was found
/// in the stream where it says nothing.
///
/// # Errors
/// The codec has no form in an MP4 that browsers play, or says too little of itself.
pub(super) fn entry(track: &VideoTrack, config: &[u8]) -> Result<Vec<u8>, Error> {
    let (kind, record) = match &track.codec {
        VideoCodec::H264 => (b"avc1", boxed(b"avcC", &[config])),
        VideoCodec::Hevc => (b"hvc1", boxed(b"hvcC", &[config])),
        VideoCodec::Vp9 => (b"vp09", boxed(b"vpcC", &[&vpcc(track)])),
        VideoCodec::Av1 if config.is_empty() => (b"av01", boxed(b"av1C", &[&av1c(&track.codec_string)])),
        VideoCodec::Av1 => (b"av01", boxed(b"av1C", &[config])),
        VideoCodec::Vp8 | VideoCodec::Mjpeg | VideoCodec::Other(_) => {
            return Err(Error::Unsupported(track.codec_string.clone()));
        }
    };
    let side = |side: u32| u16::try_from(side).unwrap_or(u16::MAX).to_be_bytes();
    let mut parts = vec![
        [0, 0, 0, 0, 0, 0, 0, 1].to_vec(),
        vec![0; 16],
        [side(track.width), side(track.height)].concat(),
        // 72 dots an inch, one frame a sample, no name, 24 bits.
        words(&[0x48_0000, 0x48_0000, 0]),
        vec![0, 1],
        vec![0; 32],
        vec![0, 0x18, 0xff, 0xff],
        record,
    ];
    let (across, down) = track.pixel_aspect;
    if across != down && across > 0 && down > 0 {
        parts.push(boxed(b"pasp", &[&words(&[across, down])]));
    }
    if track.colour != Colour::UNSPECIFIED {
        parts.push(boxed(b"colr", &[&nclx(track.colour)]));
    }
    Ok(boxed(kind, &parts.iter().map(Vec::as_slice).collect::<Vec<_>>()))
}

/// Colours by their code points (ISO/IEC 14496-12 §12.1.5).
fn nclx(colour: Colour) -> Vec<u8> {
    let range = if colour.full_range == Some(true) { 0x80 } else { 0 };
    [&b"nclx"[..], &[0, colour.primaries, 0, colour.transfer, 0, colour.matrix, range]].concat()
}

/// The numbers between the points of a codec string.
fn fields(codec: &str) -> Vec<u8> {
    codec.split('.').skip(1).map(|field| field.trim_end_matches(['M', 'H']).parse().unwrap_or(0)).collect()
}

/// `vpcC` with version and flags (VP Codec ISO Media File Format Binding §2). Matroska has other words in its place, so
/// that only a record that is one counts; without it, the codec string says enough.
fn vpcc(track: &VideoTrack) -> Vec<u8> {
    if track.config.starts_with(&[1, 0, 0, 0]) {
        return track.config.clone();
    }
    let fields = fields(&track.codec_string);
    let field = |index: usize, usual: u8| fields.get(index).copied().filter(|field| *field > 0).unwrap_or(usual);
    let profile = field(0, 0);
    // Profiles 0 and 2 are 4:2:0; of the others 4:4:4 is the common one.
    let sampling = field(3, if profile % 2 == 0 { 1 } else { 3 });
    let full = u8::from(track.colour.full_range == Some(true));
    let packed = field(2, 8) << 4 | (sampling & 7) << 1 | full;
    let Colour { primaries, transfer, matrix, .. } = track.colour;
    vec![1, 0, 0, 0, profile, field(1, 10), packed, primaries, transfer, matrix, 0, 0]
}

/// `av1C` without the sequence header, which is in every key frame (AV1 Codec ISO Media File Format Binding §2.3).
fn av1c(codec: &str) -> [u8; 4] {
    let fields = fields(codec);
    let field = |index: usize| fields.get(index).copied().unwrap_or(0);
    let (profile, level, bits) = (field(0) & 7, field(1) & 31, field(2));
    let tier = u8::from(codec.split('.').nth(2).is_some_and(|level| level.ends_with('H')));
    let (high, twelve) = (u8::from(bits > 8), u8::from(bits > 10));
    let subsampled = u8::from(profile != 1);
    [0x81, profile << 5 | level, tier << 7 | high << 6 | twelve << 5 | subsampled << 3 | subsampled << 2, 0]
}

/// The matrix of `tkhd` that turns a stored frame as it is to be shown (ISO/IEC 14496-12 §8.3.2).
pub(super) fn matrix(track: &VideoTrack) -> Vec<u8> {
    use crate::info::Rotation;
    const ONE: u32 = 0x1_0000;
    let minus = ONE.wrapping_neg();
    let (width, height) = (track.width << 16, track.height << 16);
    let [a, b, c, d, x, y] = match track.rotation {
        Rotation::None => [ONE, 0, 0, ONE, 0, 0],
        Rotation::Right => [0, ONE, minus, 0, height, 0],
        Rotation::Half => [minus, 0, 0, minus, width, height],
        Rotation::Left => [0, minus, ONE, 0, 0, width],
    };
    words(&[a, b, 0, c, d, 0, x, y, 0x4000_0000])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::info::Rotation;

    fn track(codec: VideoCodec, codec_string: &str) -> VideoTrack {
        VideoTrack {
            codec,
            config: Vec::new(),
            codec_string: codec_string.to_owned(),
            width: 640,
            height: 360,
            pixel_aspect: (1, 1),
            rotation: Rotation::None,
            frame_rate_mhz: 0,
            colour: Colour::UNSPECIFIED,
        }
    }

    #[test]
    fn records_that_are_missing_are_made_of_the_codec_string() {
        assert_eq!(vpcc(&track(VideoCodec::Vp9, "vp09.00.21.08")), [1, 0, 0, 0, 0, 21, 0x82, 2, 2, 2, 0, 0]);
        assert_eq!(vpcc(&track(VideoCodec::Vp9, "vp9")), [1, 0, 0, 0, 0, 10, 0x82, 2, 2, 2, 0, 0]);
        assert_eq!(av1c("av01.0.04M.08"), [0x81, 0x04, 0x0c, 0]);
        assert_eq!(av1c("av01.2.13H.12"), [0x81, 0x4d, 0xec, 0]);
    }

    #[test]
    fn a_record_of_matroska_is_not_taken_for_one_of_mp4() {
        let mut vp9 = track(VideoCodec::Vp9, "vp09.01.10.08.03");
        vp9.config = vec![1, 1, 1, 2, 1, 10, 3, 1, 8, 4, 1, 3];
        assert_eq!(vpcc(&vp9), [1, 0, 0, 0, 1, 10, 0x86, 2, 2, 2, 0, 0]);
        vp9.config = vec![1, 0, 0, 0, 1, 10, 0x86, 1, 1, 1, 0, 0];
        assert_eq!(vpcc(&vp9), vp9.config);
    }

    #[test]
    fn what_no_browser_plays_has_no_entry() {
        assert!(entry(&track(VideoCodec::Other("XVID".to_owned()), "XVID"), &[]).is_err());
    }

    #[test]
    fn shape_and_colours_are_said_only_where_they_are_not_the_usual_ones() {
        let mut film = track(VideoCodec::H264, "avc1.640028");
        let has = |film: &VideoTrack, kind: &[u8]| {
            entry(film, &[1]).is_ok_and(|entry| entry.windows(kind.len()).any(|part| part == kind))
        };
        assert!(!has(&film, b"pasp") && !has(&film, b"colr"));
        film.pixel_aspect = (64, 45);
        film.colour = Colour { primaries: 9, transfer: 16, matrix: 9, full_range: Some(true) };
        assert!(has(&film, b"pasp\0\0\0\x40\0\0\0\x2d") && has(&film, b"colrnclx\0\x09\0\x10\0\x09\x80"));
    }
}
