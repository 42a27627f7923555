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

/// Whether there is a decoder for this codec at all.
///
/// # Errors
/// [`Error::Unsupported`] with its name.
pub fn check_codec(codec: &VideoCodec) -> Result<(), Error> {
    match codec {
        VideoCodec::Other(name) => Err(unknown(name)),
        VideoCodec::H264
        | VideoCodec::Hevc
        | VideoCodec::Vp8
        | VideoCodec::Vp9
        | VideoCodec::Av1
        | VideoCodec::Mjpeg => Ok(()),
    }
}

fn unknown(codec: &str) -> Error {
    Error::Unsupported(format!("the codec {codec}"))
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
        VideoCodec::Other(name) => Err(unknown(name)),
    };
    // Decoders are other people's work and meet whatever is in a file. Nothing of theirs outlives the call, so that a
    // panic leaves nothing half done.
    let frame = catch_unwind(AssertUnwindSafe(decode)).map_err(|_| Error::Damaged("a frame is damaged"))??;
    check_size(frame.width, frame.height)?;
    Ok(frame)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;
    use crate::clips;

    fn key_frame(clip: &str) -> (VideoTrack, Vec<u8>) {
        let mut demuxer = clips::open(clip);
        let (_, track) = demuxer.info().picture().unwrap();
        (track.clone(), demuxer.keyframe(2000).unwrap().data)
    }

    fn kind(frame: &Frame) -> (u32, u32, &'static str, u8, Option<(usize, usize)>) {
        let (depth, chroma) = match &frame.pixels {
            Pixels::Planes { depth, chroma, .. } => (*depth, chroma.as_ref()),
            Pixels::Rgb(_) => (0, None),
        };
        (frame.width, frame.height, frame.decoder, depth, chroma.map(|[blue, _]| (blue.width, blue.height)))
    }

    #[test]
    fn every_codec_is_decoded() {
        for (clip, frame) in [
            ("h264.mp4", (320, 180, "rust_h264", 8, Some((160, 90)))),
            ("h264.avi", (320, 180, "rust_h264", 8, Some((160, 90)))),
            ("h264-10bit.mp4", (320, 180, "rust_h264", 10, Some((160, 90)))),
            ("h264-422.mp4", (320, 180, "rust_h264", 8, Some((160, 180)))),
            ("interlaced.mp4", (320, 180, "rust_h264", 8, Some((160, 90)))),
            ("open-gop.mp4", (320, 180, "rust_h264", 8, Some((160, 90)))),
            ("cropped.mp4", (318, 178, "rust_h264", 8, Some((159, 89)))),
            ("hevc.mp4", (320, 180, "rust_h265", 8, Some((160, 90)))),
            ("hevc-10bit.mp4", (320, 180, "rust_h265", 10, Some((160, 90)))),
            ("vp8.webm", (320, 180, "image-webp", 8, Some((160, 90)))),
            ("vp9.webm", (320, 180, "rusty_vp9", 8, Some((160, 90)))),
            ("vp9-10bit.webm", (320, 180, "rusty_vp9", 10, Some((160, 90)))),
            ("av1.mp4", (320, 180, "re_rav1d", 8, Some((160, 90)))),
            ("av1-10bit.mkv", (320, 180, "re_rav1d", 10, Some((160, 90)))),
            ("mjpeg.avi", (320, 180, "zune-jpeg", 0, None)),
        ] {
            let (track, packet) = key_frame(clip);
            assert_eq!(kind(&decode(&track, &packet).unwrap()), frame, "{clip}");
            assert_eq!(decoder_of(&track.codec), Some(frame.2));
        }
    }

    #[test]
    fn what_is_no_frame_is_an_error() {
        for clip in ["h264.mp4", "h264.avi", "hevc.mp4", "vp8.webm", "vp9.webm", "av1.mp4", "mjpeg.avi"] {
            let (track, packet) = key_frame(clip);
            let noise: Vec<u8> = packet.iter().rev().copied().collect();
            for bytes in [&[][..], &[0], &[255; 40], &noise] {
                assert!(decode(&track, bytes).is_err(), "{clip}");
            }
        }
    }

    #[test]
    fn frames_beyond_8k_are_refused_by_their_heads() {
        let refused = |clip, change: &dyn Fn(&mut [u8])| {
            let (track, mut packet) = key_frame(clip);
            change(&mut packet);
            matches!(decode(&track, &packet), Err(Error::TooLarge(_)))
        };
        // RFC 6386 §9.1: fourteen bits a side, after three bytes of a tag and three of a mark.
        assert!(refused("vp8.webm", &|packet| packet.iter_mut().skip(6).take(4).for_each(|byte| *byte = 0x3f)));
        // The VP9 specification §7.2: the sides come after 36 bits of an eight-bit key frame.
        assert!(refused("vp9.webm", &|packet| packet.iter_mut().skip(5).take(3).for_each(|byte| *byte = 0xff)));
        // T.81 §B.2.2: SOF0, its length, bits of a sample, height and width.
        assert!(refused("mjpeg.avi", &|packet| {
            let at = packet.windows(2).position(|marker| marker == [0xff, 0xc0]).unwrap();
            packet.iter_mut().skip(at + 5).take(4).for_each(|byte| *byte = 0x7f);
        }));
        assert!(check_size(8192, 4320).is_ok());
        assert!(check_size(8192, 8192).is_err() && check_size(8193, 1).is_err() && check_size(0, 1).is_err());
    }

    #[test]
    fn a_codec_without_a_decoder_is_named() {
        let (track, packet) = key_frame("prores.mov");
        let error = decode(&track, &packet).err().unwrap();
        assert_eq!(error.to_string(), "the codec apco is not supported");
        assert_eq!(decoder_of(&track.codec), None);
    }
}
