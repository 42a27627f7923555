//! AV1 (AV1 Bitstream & Decoding Process Specification, AV1 in ISOBMFF §2.3) by `re_rav1d`, a port of dav1d.

use super::{Chroma, Frame, MAX_PIXELS, Pixels, Plane, Samples, check_size};
use crate::Error;
use crate::info::Colour;
use re_rav1d::dav1d::pixel::YUVRange;
use re_rav1d::dav1d::{Decoder, Error as DecodeError, Picture, PixelLayout, PlanarImageComponent, Settings};

pub(super) const NAME: &str = "re_rav1d";

/// `config` is the body of `av1C`, or nothing.
pub(super) fn decode(config: &[u8], packet: &[u8]) -> Result<Frame, Error> {
    let mut settings = Settings::new();
    settings.set_n_threads(1);
    settings.set_max_frame_delay(1);
    settings.set_frame_size_limit(u32::try_from(MAX_PIXELS).unwrap_or(u32::MAX));
    // Grain is noise on purpose: it is gone in a small picture, and takes time in a large one.
    settings.set_apply_grain(false);
    let mut decoder = Decoder::with_settings(&settings).map_err(error)?;
    // A packet repeats the sequence header of its key frame in most files, but need not.
    if let Some(header) = config.get(4..).filter(|header| !header.is_empty()) {
        send(&mut decoder, header)?;
    }
    send(&mut decoder, packet)?;
    finished(&decoder.get_picture().map_err(error)?)
}

fn send(decoder: &mut Decoder, bytes: &[u8]) -> Result<(), Error> {
    match decoder.send_data(bytes.to_vec(), None, None, None) {
        // Enough for a frame is there: what is left over belongs to the next one.
        Ok(()) | Err(DecodeError::Again) => Ok(()),
        Err(wrong) => Err(error(wrong)),
    }
}

fn finished(picture: &Picture) -> Result<Frame, Error> {
    let (width, height) = (picture.width(), picture.height());
    check_size(width, height)?;
    let depth = u8::try_from(picture.bit_depth()).unwrap_or(u8::MAX);
    let plane = |component, (width, height): (usize, usize)| {
        let stride = picture.stride(component) as usize;
        let samples: Box<dyn AsRef<[u8]>> = Box::new(picture.plane(component));
        match depth > 8 {
            true => Plane { width, height, stride: stride / 2, samples: Samples::Pairs(samples) },
            false => Plane { width, height, stride, samples: Samples::Bytes(samples) },
        }
    };
    let chroma = match picture.pixel_layout() {
        PixelLayout::I400 => None,
        PixelLayout::I420 => Some(Chroma::Quarter),
        PixelLayout::I422 => Some(Chroma::Half),
        PixelLayout::I444 => Some(Chroma::Full),
    };
    let chroma = chroma.map(|chroma| {
        let size = chroma.size(width, height);
        [plane(PlanarImageComponent::U, size), plane(PlanarImageComponent::V, size)]
    });
    Ok(Frame {
        width,
        height,
        field: false,
        colour: colour(picture),
        decoder: NAME,
        pixels: Pixels::Planes {
            depth,
            luma: plane(PlanarImageComponent::Y, (width as usize, height as usize)),
            chroma,
        },
    })
}

/// The colours of the sequence header, which counts as H.273 does.
fn colour(picture: &Picture) -> Colour {
    Colour {
        primaries: picture.color_primaries() as u8,
        transfer: picture.transfer_characteristic() as u8,
        matrix: picture.matrix_coefficients() as u8,
        full_range: (picture.color_range() == YUVRange::Full).then_some(true),
    }
}

fn error(error: DecodeError) -> Error {
    if error == DecodeError::UnsupportedBitstream {
        return Error::Unsupported("this kind of AV1".to_owned());
    }
    Error::Damaged("a frame is damaged")
}
