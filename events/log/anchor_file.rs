//! `anchors.bin`: the hash chain at every 4,096th position, so that damage can be placed and a copy
//! of the log compared with this one without reading either.
//!
//! 44 bytes each: position u64 | chain 32 | crc32c u32 of the 40 bytes before it, little endian. They
//! are appended some time after the records they stand for; the next start writes those that a crash
//! left out, or left half written at the end, again from the records.

use super::chain::{ANCHOR_EVERY, Anchor};
use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::Path;

const SIZE: usize = 44;

/// The open file.
pub(super) struct AnchorFile(File);

/// The file holds something else than anchors, before its end.
pub(super) struct Garbled;

impl AnchorFile {
    /// Makes an empty file.
    pub(super) fn create(path: &Path) -> io::Result<Self> {
        Ok(Self(OpenOptions::new().append(true).create_new(true).open(path)?))
    }

    /// Opens the file and reads it; a half written anchor at its end is cut off.
    pub(super) fn open(path: &Path) -> io::Result<Result<(Self, Vec<Anchor>), Garbled>> {
        let mut file = OpenOptions::new().read(true).append(true).open(path)?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        let anchors = parse_all(&bytes);
        match anchors.len() * SIZE {
            whole if whole == bytes.len() => {}
            whole if whole + SIZE >= bytes.len() => file.set_len(whole as u64)?,
            _ => return Ok(Err(Garbled)),
        }
        Ok(Ok((Self(file), anchors)))
    }

    /// The anchors up to the first that is none, and whether that one is at most the last; touches nothing.
    pub(super) fn read(path: &Path) -> io::Result<(Vec<Anchor>, Result<(), Garbled>)> {
        let bytes = std::fs::read(path)?;
        let anchors = parse_all(&bytes);
        let whole = anchors.len() * SIZE + SIZE >= bytes.len();
        Ok((anchors, if whole { Ok(()) } else { Err(Garbled) }))
    }

    /// Adds anchors, durably.
    pub(super) fn append(&mut self, anchors: &[Anchor]) -> io::Result<()> {
        if anchors.is_empty() {
            return Ok(());
        }
        let mut bytes = Vec::with_capacity(anchors.len() * SIZE);
        for anchor in anchors {
            let start = bytes.len();
            bytes.extend_from_slice(&anchor.pos.to_le_bytes());
            bytes.extend_from_slice(&anchor.chain);
            let crc = crc32c::crc32c(bytes.get(start..).unwrap_or_default());
            bytes.extend_from_slice(&crc.to_le_bytes());
        }
        self.0.write_all(&bytes)?;
        self.0.sync_data()
    }
}

/// The anchors up to the first that is none.
fn parse_all(bytes: &[u8]) -> Vec<Anchor> {
    let pieces = (1..).zip(bytes.chunks(SIZE));
    let parsed = pieces.map(|(number, piece)| parse(piece).filter(|anchor| anchor.pos == number * ANCHOR_EVERY));
    parsed.map_while(|anchor| anchor).collect()
}

fn parse(piece: &[u8]) -> Option<Anchor> {
    let (summed, crc) = piece.split_last_chunk()?;
    if crc32c::crc32c(summed) != u32::from_le_bytes(*crc) {
        return None;
    }
    let (pos, chain) = summed.split_first_chunk()?;
    Some(Anchor { pos: u64::from_le_bytes(*pos), chain: chain.try_into().ok()? })
}
