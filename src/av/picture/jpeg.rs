//! Pictures as JPEG, the one format everything shows. By `jpeg-encoder`.

use super::Picture;
use crate::Error;
use jpeg_encoder::{ColorType, Encoder, SamplingFactor};

/// A picture as a JPEG file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Jpeg {
    /// Width in pixels.
    pub width: u16,
    /// Height in pixels.
    pub height: u16,
    /// The file.
    pub bytes: Vec<u8>,
}

impl Jpeg {
    /// Encodes a picture, with a quality from 1 to 100 and a quarter of the colour samples.
    ///
    /// # Errors
    /// [`Error::TooLarge`] for more than 65,535 pixels a side.
    pub fn encode(picture: &Picture, quality: u8) -> Result<Self, Error> {
        let side = |side: u32| u16::try_from(side).map_err(|_| Error::TooLarge("a picture is too wide or too high"));
        let (width, height) = (side(picture.width())?, side(picture.height())?);
        let mut bytes = Vec::with_capacity(picture.rgb().len() / 16);
        let mut encoder = Encoder::new(&mut bytes, quality);
        encoder.set_sampling_factor(SamplingFactor::F_2_2);
        let encoded = encoder.encode(picture.rgb(), width, height, ColorType::Rgb);
        encoded.map_err(|_| Error::Damaged("a picture cannot be encoded"))?;
        Ok(Self { width, height, bytes })
    }
}
