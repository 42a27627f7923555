//! VP9 (VP9 Bitstream & Decoding Process Specification) by `rusty_vp9`.

use super::{Chroma, Frame, Pixels, Plane, Samples, check_size};
use crate::Error;
use crate::codec;
use crate::info::Colour;
use rusty_vp9::{BitReader, DecodedFrame, Error as DecodeError, Vp9Decoder, parse_uncompressed_header};

pub(super) const NAME: &str = "rusty_vp9";

/// A packet is one frame, or several of which the last is shown.
pub(super) fn decode(packet: &[u8]) -> Result<Frame, Error> {
    let mut decoder = Vp9Decoder::new();
    let mut key = None;
    for piece in pieces(packet) {
        let header = parse_uncompressed_header(&mut BitReader::new(piece), &[(1, 1); 8]).map_err(error)?;
        // Before anything is decoded: a damaged header may ask for gigabytes.
        if !header.show_existing_frame {
            check_size(header.width, header.height)?;
        }
        if header.key_frame {
            key = Some(codec::vp9::header(piece).map_or(Colour::UNSPECIFIED, |header| header.picture.colour));
        }
        let colour = key.ok_or(Error::Damaged("a key frame is none"))?;
        decoder.push(piece, None).map_err(error)?;
        match decoder.next_frame() {
            Ok(frame) => return finished(frame, colour),
            // A hidden frame: the one that is shown comes after it.
            Err(DecodeError::Again) => {}
            Err(wrong) => return Err(error(wrong)),
        }
    }
    Err(Error::Damaged("a frame is empty"))
}

/// The frames of a packet, by the index at its end if it has one (Annex B of the specification).
fn pieces(packet: &[u8]) -> Vec<&[u8]> {
    indexed(packet).unwrap_or_else(|| vec![packet])
}

fn indexed(packet: &[u8]) -> Option<Vec<&[u8]>> {
    let marker = *packet.last()?;
    let (count, bytes) = (usize::from(marker & 7) + 1, usize::from(marker >> 3 & 3) + 1);
    let (mut frames, index) = packet.split_at_checked(packet.len().checked_sub(2 + count * bytes)?)?;
    if marker >> 5 != 0b110 || index.first() != Some(&marker) {
        return None;
    }
    let mut pieces = Vec::with_capacity(count);
    for size in index.get(1..)?.chunks_exact(bytes).take(count) {
        let size = size.iter().rev().fold(0, |sum: usize, byte| sum << 8 | usize::from(*byte));
        let (piece, rest) = frames.split_at_checked(size)?;
        pieces.extend(Some(piece).filter(|piece| !piece.is_empty()));
        frames = rest;
    }
    Some(pieces)
}

fn finished(frame: DecodedFrame, colour: Colour) -> Result<Frame, Error> {
    let (width, height, depth) = (frame.width, frame.height, u8::try_from(frame.bit_depth).unwrap_or(u8::MAX));
    let chroma = match (frame.subsampling_x, frame.subsampling_y) {
        (1, 1) => Chroma::Quarter,
        (1, 0) => Chroma::Half,
        (0, 0) => Chroma::Full,
        _ => return Err(Error::Unsupported("VP9 with this kind of colour".to_owned())),
    };
    let bytes_a_sample = if depth > 8 { 2 } else { 1 };
    let mut planes = frame.planes.into_iter().zip(frame.strides);
    let mut plane = |(width, height)| {
        let (samples, stride) = planes.next().ok_or(Error::Damaged("a frame is empty"))?;
        let samples: Box<dyn AsRef<[u8]>> = Box::new(samples);
        let samples = if depth > 8 { Samples::Pairs(samples) } else { Samples::Bytes(samples) };
        Ok::<_, Error>(Plane { width, height, stride: stride / bytes_a_sample, samples })
    };
    let size = chroma.size(width, height);
    let (luma, blue, red) = (plane((width as usize, height as usize))?, plane(size)?, plane(size)?);
    Ok(Frame {
        width,
        height,
        field: false,
        colour,
        decoder: NAME,
        pixels: Pixels::Planes { depth, luma, chroma: Some([blue, red]) },
    })
}

fn error(error: DecodeError) -> Error {
    if let DecodeError::Unsupported(what) = error {
        return Error::Unsupported(format!("VP9 with {what}"));
    }
    Error::Damaged("a frame is damaged")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_found_by_the_index_at_the_end() {
        let packet = [1, 2, 3, 4, 5, 0xc1, 2, 3, 0xc1];
        assert_eq!(pieces(&packet), [&[1, 2][..], &[3, 4, 5]]);
        let wide = [1, 2, 3, 0xc9, 1, 0, 2, 0, 0xc9];
        assert_eq!(pieces(&wide), [&[1][..], &[2, 3]]);
    }

    #[test]
    fn a_packet_without_an_index_is_one_frame() {
        for packet in [&[1, 2, 3][..], &[0xc1], &[9, 2, 3, 0xc1], &[0xc1, 9, 9, 0xc1]] {
            assert_eq!(pieces(packet), [packet]);
        }
    }
}
