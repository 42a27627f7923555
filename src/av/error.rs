//! Why nothing could be made of a file. The text is shown to people: it says what is wrong with the file, not with us.

use std::io;

/// Why a file, or a part of it, could not be made sense of.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The disk did not give the bytes.
    #[error("the file cannot be read")]
    Read(#[from] io::Error),
    /// The file is not what it claims to be, or ends too early. What is wrong, such as "the moov box is missing".
    #[error("{0}")]
    Damaged(&'static str),
    /// The file may be fine, but this is not something we can do. What it is, such as "the codec WMV3".
    #[error("{0} is not supported")]
    Unsupported(String),
    /// Reading on would take more memory than a file is worth.
    #[error("the file asks for too much: {0}")]
    TooLarge(&'static str),
}
