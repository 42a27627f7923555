//! What the beginning of the first frame tells of a track whose container tells little: in the formats made here or
//! there before a codec had a record of its own.

use crate::codec::{Picture, h264, hevc, vp9};
use crate::info::{VideoCodec, VideoTrack};

/// Bytes of the first frame that are worth a look.
pub(crate) const LOOK_BYTES: usize = 2048;

/// Whether the first frame knows what the track does not.
pub(crate) fn wanted(track: &VideoTrack) -> bool {
    match track.codec {
        VideoCodec::H264 | VideoCodec::Hevc | VideoCodec::Vp9 => track.config.is_empty(),
        VideoCodec::Vp8 | VideoCodec::Av1 | VideoCodec::Mjpeg | VideoCodec::Other(_) => false,
    }
}

/// Fills in what the first frame of a track knows, by its beginning.
pub(crate) fn tell(track: &mut VideoTrack, begin: &[u8]) {
    let (string, picture) = match track.codec {
        VideoCodec::H264 => (h264::string_of_stream(begin), h264::picture_of_stream(begin)),
        VideoCodec::Hevc => (hevc::string_of_stream(begin), hevc::picture_of_stream(begin)),
        VideoCodec::Vp9 => match vp9::header(begin) {
            Some(header) => (Some(header.string()), Some(header.picture)),
            None => (None, None),
        },
        VideoCodec::Vp8 | VideoCodec::Av1 | VideoCodec::Mjpeg | VideoCodec::Other(_) => (None, None),
    };
    if let Some(string) = string {
        track.codec_string = string;
    }
    if let Some(Picture { width, height, pixel_aspect, colour, frame_rate_mhz }) = picture {
        (track.width, track.height) = (width, height);
        if track.pixel_aspect == (1, 1) {
            track.pixel_aspect = pixel_aspect.unwrap_or((1, 1));
        }
        if track.frame_rate_mhz == 0 {
            track.frame_rate_mhz = frame_rate_mhz;
        }
        track.colour = track.colour.or(colour);
    }
}
