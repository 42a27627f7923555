//! From one compressed key frame to its samples. A file per codec, each naming its decoder once; what they have in
//! common, such as the largest frame and what becomes of a panic, is here.
//!
//! Not here: inter frames. A cover or a storyboard is made of key frames alone.

mod av1;
mod frame;
mod h264;
mod hevc;
mod mjpeg;
mod vp8;
mod vp9;

pub use frame::{Chroma, Frame, MAX_PIXELS, MAX_SIDE, Pixels, Plane, Row, Samples, check_size};

use crate::Error;
use crate::info::{VideoCodec, VideoTrack};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// The short name of the decoder for this codec; nothing where there is none.
#[must_use]
pub fn decoder_of(codec: &VideoCodec) -> Option<&'static str> {
    match codec {
        VideoCodec::H264 => Some(h264::NAME),
        VideoCodec::Hevc => Some(hevc::NAME),
        VideoCodec::Vp8 => Some(vp8::NAME),
        VideoCodec::Vp9 => Some(vp9::NAME),
        VideoCodec::Av1 => Some(av1::NAME),
        VideoCodec::Mjpeg => Some(mjpeg::NAME),
        VideoCodec::Other(_) => None,
    }
}

/// Decodes one key frame, as a demuxer gives it.
///
/// # Errors
/// [`Error::Unsupported`] for a codec or one of its features, [`Error::TooLarge`] beyond [`MAX_PIXELS`] before anything
/// is decoded, [`Error::Damaged`] for everything else.
pub fn decode(track: &VideoTrack, packet: &[u8]) -> Result<Frame, Error> {
    let decode = || match &track.codec {
        VideoCodec::H264 => h264::decode(&track.config, packet),
        VideoCodec::Hevc => hevc::decode(&track.config, packet),
        VideoCodec::Vp8 => vp8::decode(packet),
        VideoCodec::Vp9 => vp9::decode(packet),
        VideoCodec::Av1 => av1::decode(&track.config, packet),
        VideoCodec::Mjpeg => mjpeg::decode(track, packet),
        VideoCodec::Other(name) => Err(Error::Unsupported(format!("the codec {name}"))),
    };
    // Decoders are other people's work and meet whatever is in a file. Nothing of theirs outlives the call, so that a
    // panic leaves nothing half done.
    let frame = catch_unwind(AssertUnwindSafe(decode)).map_err(|_| Error::Damaged("a frame is damaged"))??;
    check_size(frame.width, frame.height)?;
    Ok(frame)
}
