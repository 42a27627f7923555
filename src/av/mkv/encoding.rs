//! What was done to the frames of a track before they were stored (RFC 9559 §5.1.4.1.31), and how it is undone.

use super::ebml::{self, Elements};
use super::ids;
use crate::Error;
use crate::demux::MAX_PACKET_BYTES;
use flate2::read::ZlibDecoder;
use std::io::Read;

/// How frames are stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Encoding {
    /// As they are.
    Plain,
    /// Without these bytes, which all of them begin with.
    Stripped(Vec<u8>),
    /// With zlib.
    Zlib,
    /// As the cue of a `WebVTT` file: a name and settings in a line each, then the words. An old habit of `WebM`.
    Lines,
}

/// What the file says about one encoding.
struct Parsed {
    encoding: Encoding,
    /// Whether frames are encoded.
    frames: bool,
    /// Whether what a decoder needs first is, too.
    setup: bool,
}

impl Encoding {
    /// From the entry of a track: how its frames are stored, and how its setup is.
    ///
    /// # Errors
    /// In one word, what was done to them that we cannot undo.
    pub(crate) fn of(entry: &[u8]) -> Result<(Self, Self), &'static str> {
        let find = |body, wanted: u32| Elements(body).find(|(id, _)| *id == wanted).map(|(_, body)| body);
        let Some(encodings) = find(entry, ids::CONTENT_ENCODINGS) else { return Ok((Self::Plain, Self::Plain)) };
        let mut encodings = Elements(encodings).filter(|(id, _)| *id == ids::CONTENT_ENCODING);
        let Some((_, first)) = encodings.next() else { return Ok((Self::Plain, Self::Plain)) };
        if encodings.next().is_some() {
            return Err("compressed");
        }
        let parsed = Parsed::from(first)?;
        let when = |wanted: bool| if wanted { parsed.encoding.clone() } else { Self::Plain };
        Ok((when(parsed.frames), when(parsed.setup)))
    }

    /// A frame as it was before.
    pub(crate) fn undo(&self, stored: Vec<u8>) -> Result<Vec<u8>, Error> {
        match self {
            Self::Plain => Ok(stored),
            Self::Stripped(begin) => Ok([begin.as_slice(), &stored].concat()),
            Self::Lines => Ok(stored.splitn(3, |byte| *byte == b'\n').nth(2).unwrap_or_default().to_vec()),
            Self::Zlib => {
                let mut frame = Vec::new();
                let limit = MAX_PACKET_BYTES as u64;
                match ZlibDecoder::new(stored.as_slice()).take(limit + 1).read_to_end(&mut frame) {
                    Ok(_) if frame.len() as u64 > limit => Err(Error::TooLarge("a compressed frame")),
                    Ok(_) => Ok(frame),
                    Err(_) => Err(Error::Damaged("a compressed frame makes no sense")),
                }
            }
        }
    }
}

impl Parsed {
    fn from(encoding: &[u8]) -> Result<Self, &'static str> {
        let find = |body, wanted: u32| Elements(body).find(|(id, _)| *id == wanted).map(|(_, body)| body);
        let number = |wanted, otherwise| find(encoding, wanted).map_or(otherwise, ebml::uint);
        if number(ids::CONTENT_ENCODING_TYPE, 0) != 0 {
            return Err("encrypted");
        }
        let compression = find(encoding, ids::CONTENT_COMPRESSION).unwrap_or_default();
        let encoding = match find(compression, ids::CONTENT_COMP_ALGO).map_or(0, ebml::uint) {
            0 => Encoding::Zlib,
            3 => Encoding::Stripped(find(compression, ids::CONTENT_COMP_SETTINGS).unwrap_or_default().to_vec()),
            _ => return Err("compressed"),
        };
        let scope = number(ids::CONTENT_ENCODING_SCOPE, 1);
        Ok(Self { encoding, frames: scope & 1 != 0, setup: scope & 2 != 0 })
    }
}
