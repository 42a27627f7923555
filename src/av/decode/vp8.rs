//! VP8 (RFC 6386) by `image-webp`, which decodes key frames alone.

use super::{Chroma, Frame, Pixels, Plane, Samples, check_size};
use crate::Error;
use crate::info::Colour;
use image_webp::vp8::Vp8Decoder;

pub(super) const NAME: &str = "image-webp";

pub(super) fn decode(packet: &[u8]) -> Result<Frame, Error> {
    let (width, height) = size(packet).ok_or(Error::Damaged("a frame is damaged"))?;
    check_size(width, height)?;
    let frame = Vp8Decoder::decode_frame(packet).map_err(|_| Error::Damaged("a frame is damaged"))?;
    let (width, height) = (u32::from(frame.width), u32::from(frame.height));
    // Rows are kept as wide as whole macroblocks.
    let stride = width.div_ceil(16) as usize * 16;
    let plane = |samples: Vec<u8>, stride, (width, height)| Plane {
        width,
        height,
        stride,
        samples: Samples::Bytes(Box::new(samples)),
    };
    let size = Chroma::Quarter.size(width, height);
    Ok(Frame {
        width,
        height,
        field: false,
        // RFC 6386 §9.2: BT.601, never the full range.
        colour: Colour { matrix: 6, full_range: Some(false), ..Colour::UNSPECIFIED },
        decoder: NAME,
        pixels: Pixels::Planes {
            depth: 8,
            luma: plane(frame.ybuf, stride, (width as usize, height as usize)),
            chroma: Some([plane(frame.ubuf, stride / 2, size), plane(frame.vbuf, stride / 2, size)]),
        },
    })
}

/// Width and height of a key frame (RFC 6386 §9.1).
fn size(packet: &[u8]) -> Option<(u32, u32)> {
    let (&[tag, _, _, 0x9d, 0x01, 0x2a, a, b, c, d], _) = packet.split_first_chunk::<10>()? else { return None };
    let side = |low, high| u32::from(u16::from_le_bytes([low, high]) & 0x3fff);
    (tag & 1 == 0).then(|| (side(a, b), side(c, d)))
}
