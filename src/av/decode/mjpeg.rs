//! Motion JPEG: a JPEG (ITU-T T.81) a frame, by `zune-jpeg`. In AVI some come without the tables everybody has, and
//! those of interlaced films as two, a field each; the first is taken.

use super::{Frame, Pixels, check_size};
use crate::Error;
use crate::info::{Colour, VideoTrack};
use std::borrow::Cow;
use zune_jpeg::JpegDecoder;
use zune_jpeg::errors::DecodeErrors;
use zune_jpeg::zune_core::bytestream::ZCursor;

pub(super) const NAME: &str = "zune-jpeg";

pub(super) fn decode(track: &VideoTrack, packet: &[u8]) -> Result<Frame, Error> {
    let jpeg = with_tables(packet);
    let mut decoder = JpegDecoder::new(ZCursor::new(&*jpeg));
    decoder.decode_headers().map_err(error)?;
    let (width, height) = decoder.dimensions().ok_or(Error::Damaged("a frame is damaged"))?;
    let (width, height) = (u32::try_from(width).unwrap_or(u32::MAX), u32::try_from(height).unwrap_or(u32::MAX));
    check_size(width, height)?;
    let rgb = decoder.decode().map_err(error)?;
    Ok(Frame {
        width,
        height,
        // An interlaced film of 576 lines has fields of 288, whole blocks or not.
        field: width == track.width && height < track.height && (height * 2).abs_diff(track.height) < 16,
        colour: Colour::UNSPECIFIED,
        decoder: NAME,
        pixels: Pixels::Rgb(rgb),
    })
}

/// The frame with the name AVI has for those without tables (`AVI1`, in an APP0 segment), so that the decoder takes the
/// usual ones (T.81 Annex K.3) where none are given.
fn with_tables(packet: &[u8]) -> Cow<'_, [u8]> {
    const START: [u8; 2] = [0xff, 0xd8];
    const TABLES: [u8; 2] = [0xff, 0xc4];
    const NAME: [u8; 9] = [0xff, 0xe0, 0, 7, b'A', b'V', b'I', b'1', 0];
    match packet.strip_prefix(&START) {
        Some(rest) if !packet.windows(2).any(|marker| marker == TABLES) => {
            Cow::Owned([&START, &NAME[..], rest].concat())
        }
        Some(_) | None => Cow::Borrowed(packet),
    }
}

fn error(error: DecodeErrors) -> Error {
    if matches!(error, DecodeErrors::Unsupported(_)) {
        return Error::Unsupported("this kind of JPEG".to_owned());
    }
    Error::Damaged("a frame is damaged")
}
