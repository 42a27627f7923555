//! Why there is no picture of a film, and how far we came.

use crate::Error;

/// Why there is no picture of a film.
#[derive(Debug)]
pub struct Failure {
    /// Where it ended.
    pub stage: Stage,
    /// What is wrong.
    pub error: Error,
    /// The short name of the decoder that was asked, such as `rust_h264`; empty when none was.
    pub decoder: &'static str,
}

impl Failure {
    pub(crate) const NO_KEY_FRAME: Self =
        Self { stage: Stage::Probe, error: Error::Damaged("there is no key frame"), decoder: "" };

    /// Whether it would be the same with every other frame of the film.
    pub(crate) fn everywhere(&self) -> bool {
        matches!(self.error, Error::Unsupported(_) | Error::TooLarge(_))
    }
}

/// The steps from a file to a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Finding the film in the file, and its key frames.
    Probe,
    /// Decoding a frame.
    Decode,
    /// Making a JPEG.
    Encode,
}
