//! H.265 (ITU-T H.265, ISO/IEC 14496-15 §8.3) by `rust_h265`.

use super::{Chroma, Frame, MAX_PIXELS, Pixels, Plane, Samples};
use crate::Error;
use crate::codec;
use crate::info::Colour;
use rust_h265::{DecodeError, DecodeLimits, Decoder, Frame as Decoded, NalUnit, PixelData};
use rust_h265::{parse_annex_b, parse_hvcc, parse_nal};

pub(super) const NAME: &str = "rust_h265";
/// What one picture may take while it is decoded; twice that of 8K with ten bits.
const MAX_BYTES: u64 = 512 << 20;

/// More of them would help no key frame.
const THREADS: usize = 4;

/// `config` is the body of `hvcC`, or parameter sets between start codes, or nothing.
pub(super) fn decode(config: &[u8], packet: &[u8]) -> Result<Frame, Error> {
    let (sets, units) = match config.first() {
        Some(1) => {
            let config = Config::parse(config).ok_or(Error::Damaged("the H.265 configuration is damaged"))?;
            (config.sets, parse_hvcc(packet, config.length_bytes))
        }
        _ => (parse_annex_b(config), parse_annex_b(packet)),
    };
    let told = codec::hevc::picture(config).or_else(|| codec::hevc::picture_of_stream(packet));
    let colour = told.map_or(Colour::UNSPECIFIED, |told| told.colour);
    let limits = DecodeLimits { max_picture_pixels: MAX_PIXELS, max_picture_memory_bytes: MAX_BYTES };
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(THREADS);
    let mut decoder = Decoder::with_limits(limits).with_threads(threads);
    let mut wrong = None;
    for unit in sets.iter().chain(&units) {
        match decoder.decode_nal(unit) {
            Ok(Some(frame)) => return finished(frame, colour),
            Ok(None) => {}
            Err(DecodeError::ResourceLimit(_)) => return Err(Error::TooLarge("its frames are larger than 8K")),
            Err(DecodeError::Unsupported(what)) => wrong = Some(Error::Unsupported(format!("H.265 with {what}"))),
            Err(_) => wrong = wrong.or(Some(Error::Damaged("a frame is damaged"))),
        }
    }
    match decoder.flush() {
        Some(frame) => finished(frame, colour),
        None => Err(wrong.unwrap_or(Error::Damaged("a frame is empty"))),
    }
}

/// The body of `hvcC` (ISO/IEC 14496-15 §8.3.3.1).
struct Config<'a> {
    length_bytes: u8,
    sets: Vec<NalUnit<'a>>,
}

impl<'a> Config<'a> {
    fn parse(body: &'a [u8]) -> Option<Self> {
        let (head, mut rest) = body.split_first_chunk::<23>()?;
        let [.., flags, arrays] = *head;
        let mut sets = Vec::new();
        for _ in 0..arrays {
            let (&[_, high, low], units) = rest.split_first_chunk::<3>()?;
            rest = units;
            for _ in 0..u16::from_be_bytes([high, low]) {
                let (length, after) = rest.split_first_chunk::<2>()?;
                let (unit, after) = after.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
                sets.extend(parse_nal(unit));
                rest = after;
            }
        }
        Some(Self { length_bytes: (flags & 3) + 1, sets })
    }
}

fn finished(frame: Decoded, colour: Colour) -> Result<Frame, Error> {
    let chroma = match frame.chroma_format_idc {
        1 => Chroma::Quarter,
        2 => Chroma::Half,
        3 => Chroma::Full,
        _ => return Err(Error::Unsupported("H.265 with this kind of colour".to_owned())),
    };
    let plane = |data: PixelData, (width, height): (usize, usize)| Plane {
        width,
        height,
        stride: width,
        samples: match data {
            PixelData::U8(bytes) => Samples::Bytes(Box::new(bytes)),
            PixelData::U16(words) => Samples::Words(words),
        },
    };
    let size = chroma.size(frame.width, frame.height);
    Ok(Frame {
        width: frame.width,
        height: frame.height,
        field: false,
        colour,
        decoder: NAME,
        pixels: Pixels::Planes {
            depth: frame.bit_depth,
            luma: plane(frame.y, (frame.width as usize, frame.height as usize)),
            chroma: Some([plane(frame.u, size), plane(frame.v, size)]),
        },
    })
}
