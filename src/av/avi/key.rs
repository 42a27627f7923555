//! Whether a frame is a key frame, by its first bytes: for files without an index, and for those that call every frame
//! one.

use crate::codec::vp9;
use crate::info::{VideoCodec, VideoTrack};

/// Whether decoding can begin with the frame that begins so; nothing where its bytes do not tell.
pub(crate) fn is_key(track: &VideoTrack, begin: &[u8]) -> Option<bool> {
    match track.codec {
        VideoCodec::Mjpeg => Some(true),
        // Parameter sets come with key frames only; of slices only those of an IDR picture are sure (H.264 table 7-1).
        VideoCodec::H264 => Some(units(track, begin).any(|unit| matches!(unit & 0x1F, 5 | 7))),
        // IRAP pictures, and the parameter sets before them (H.265 table 7-1).
        VideoCodec::Hevc => Some(units(track, begin).any(|unit| matches!(unit >> 1 & 0x3F, 16..=23 | 32..=34))),
        VideoCodec::Vp8 => begin.first().map(|tag| tag & 1 == 0),
        VideoCodec::Vp9 => Some(vp9::header(begin).is_some()),
        VideoCodec::Av1 | VideoCodec::Other(_) => None,
    }
}

/// The first byte of each NAL unit, behind start codes or lengths.
fn units<'a>(track: &VideoTrack, begin: &'a [u8]) -> impl Iterator<Item = u8> + 'a {
    let lengths = !track.config.is_empty();
    let mut rest = begin;
    std::iter::from_fn(move || {
        let (before, after) = if lengths {
            let len = rest.first_chunk().map(|len| u32::from_be_bytes(*len) as usize)?;
            (4, len.saturating_add(4))
        } else {
            let code = rest.windows(3).position(|three| three == [0, 0, 1])?;
            (code + 3, code + 3)
        };
        let unit = *rest.get(before)?;
        rest = rest.get(after..).unwrap_or_default();
        Some(unit)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::info::{Colour, Rotation};

    fn track(codec: VideoCodec, config: &[u8]) -> VideoTrack {
        VideoTrack {
            codec,
            config: config.to_vec(),
            codec_string: String::new(),
            width: 0,
            height: 0,
            pixel_aspect: (1, 1),
            rotation: Rotation::None,
            frame_rate_mhz: 0,
            colour: Colour::UNSPECIFIED,
        }
    }

    #[test]
    fn slices_tell() {
        let stream = track(VideoCodec::H264, &[]);
        assert_eq!(is_key(&stream, &[0, 0, 0, 1, 9, 16, 0, 0, 1, 0x65, 1, 2]), Some(true));
        assert_eq!(is_key(&stream, &[0, 0, 0, 1, 9, 16, 0, 0, 1, 0x41, 1, 2]), Some(false));
        assert_eq!(is_key(&stream, &[]), Some(false));
        let record = track(VideoCodec::H264, &[1]);
        assert_eq!(is_key(&record, &[0, 0, 0, 2, 6, 0, 0, 0, 0, 9, 0x65, 1]), Some(true));
        assert_eq!(is_key(&record, &[0, 0, 0, 2, 6, 0, 0, 0, 0, 9, 0x41, 1]), Some(false));
        assert_eq!(is_key(&record, &[255, 255, 255, 255, 0x41]), Some(false));
        let hevc = track(VideoCodec::Hevc, &[]);
        assert_eq!(is_key(&hevc, &[0, 0, 1, 0x26, 1]), Some(true));
        assert_eq!(is_key(&hevc, &[0, 0, 1, 0x02, 1]), Some(false));
        assert_eq!(is_key(&track(VideoCodec::Other("XVID".into()), &[]), &[0, 0, 1, 0xB6]), None);
    }
}
