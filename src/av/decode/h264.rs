//! H.264 (ITU-T H.264, ISO/IEC 14496-15 §5.3) by `rust_h264`.

use super::{Chroma, Frame, Pixels, Plane, Samples, check_size};
use crate::Error;
use crate::info::Colour;
use rust_h264::decoder::{ChromaFormat, Decoder, Frame as Decoded};
use rust_h264::error::DecodeError;
use rust_h264::nal::{NalUnit, NalUnitType, SpsInfo, parse_annex_b, parse_avcc, parse_avcc_config, parse_sps_info};

pub(super) const NAME: &str = "rust_h264";

/// `config` is the body of `avcC`, or parameter sets between start codes, or nothing.
pub(super) fn decode(config: &[u8], packet: &[u8]) -> Result<Frame, Error> {
    let (sets, units) = match config.first() {
        Some(1) => {
            let config = parse_avcc_config(config).map_err(|_| Error::Damaged("the H.264 configuration is damaged"))?;
            let units = parse_avcc(packet, config.length_size);
            (config.sps_nals.into_iter().chain(config.pps_nals).collect(), units)
        }
        _ => (parse_annex_b(config), parse_annex_b(packet)),
    };
    let mut decoder = Decoder::new();
    let mut told = None;
    let mut wrong = None;
    // What is wrong with one unit need not be wrong with the picture: a film may carry parameter sets it never uses.
    for unit in sets.iter().chain(&units) {
        match feed(&mut decoder, unit, &mut told) {
            // A frame comes out when the next one begins: a packet with two of them has the wanted one first.
            Ok(Some(frame)) => return finished(frame, told),
            Ok(None) => {}
            Err(error @ Error::TooLarge(_)) => return Err(error),
            Err(error) => wrong = Some(error),
        }
    }
    match decoder.flush() {
        Some(frame) => finished(frame, told),
        None => Err(wrong.unwrap_or(Error::Damaged("a frame is empty"))),
    }
}

fn feed(decoder: &mut Decoder, unit: &NalUnit<'_>, told: &mut Option<SpsInfo>) -> Result<Option<Decoded>, Error> {
    if unit.nal_unit_type == NalUnitType::Sps {
        let info = parse_sps_info(unit).map_err(error)?;
        check_size(info.coded_width, info.coded_height)?;
        *told = Some(info);
    }
    decoder.decode_nal(unit).map_err(error)
}

fn finished(frame: Decoded, told: Option<SpsInfo>) -> Result<Frame, Error> {
    let depth = frame.bit_depth;
    let (width, height) = (frame.width, frame.height);
    let format = frame.chroma_format;
    let plane = |samples: Vec<u8>, (width, height): (usize, usize)| Plane {
        width,
        height,
        stride: width,
        samples: if depth > 8 { Samples::Pairs(Box::new(samples)) } else { Samples::Bytes(Box::new(samples)) },
    };
    let size = match format {
        ChromaFormat::Yuv420 => Chroma::Quarter,
        ChromaFormat::Yuv422 => Chroma::Half,
    }
    .size(width, height);
    Ok(Frame {
        width,
        height,
        field: told.is_some_and(|told| height.saturating_mul(2) <= told.height),
        colour: told.map_or(Colour::UNSPECIFIED, |told| Colour {
            primaries: told.primaries,
            transfer: told.transfer,
            matrix: told.matrix,
            full_range: told.full_range.then_some(true),
        }),
        decoder: NAME,
        pixels: Pixels::Planes {
            depth,
            luma: plane(frame.y, (width as usize, height as usize)),
            chroma: Some([plane(frame.u, size), plane(frame.v, size)]),
        },
    })
}

fn error(error: DecodeError) -> Error {
    match error {
        DecodeError::Unsupported(what) => Error::Unsupported(format!("H.264 with {what}")),
        DecodeError::UnexpectedEof | DecodeError::InvalidSyntax(_) => Error::Damaged("a frame is damaged"),
    }
}
