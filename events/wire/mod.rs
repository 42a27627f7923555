//! How a record becomes bytes and back: the only module that knows the format on disk.
//!
//! A frame is
//!
//! ```text
//! fmt u8 = 1 | kind u16le | ver u8 | flags u8 | crc32c u32le | meta (bincode) | payload (bincode)
//! ```
//!
//! and its CRC-32C covers the position (u64, big endian) followed by every byte of the frame but the
//! CRC itself, so that a record in the wrong place is noticed too. Any later format keeps these first
//! nine bytes and that rule.
//!
//! A payload that was erased is replaced by its SHA-256, and [`frame::REDACTED`] says so.
//!
//! What keeps old logs readable:
//! - bincode never sees an enum. Each (kind, version) has one frozen struct in the file of its noun;
//!   it is never edited, and only the newest is written. An older one is brought up to date on
//!   reading by its [`Shape::event`](kind::Shape).
//! - `golden/` holds bytes of every (kind, version). Files are added there, never changed.
//! - An unknown kind or version means that a newer program wrote the log: it is refused, unless its
//!   writer set [`frame::IGNORABLE`].
//!
//! bincode is no longer maintained (RUSTSEC-2025-0141), which is why nothing outside this folder
//! names it and why a test holds its bytes against those of `wincode`.

#[cfg(test)]
#[expect(clippy::indexing_slicing, reason = "a test fails by panicking")]
mod arbitrary;
mod favorite;
mod frame;
#[cfg(test)]
#[expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test fails by panicking")]
mod golden;
mod group;
#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod history;
mod image;
mod import;
mod kind;
mod maintenance;
mod playback;
mod playlist;
#[cfg(test)]
#[expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]
mod properties;
mod rating;
mod redacted;
mod tag;
mod thumbnail;
mod video;
mod view;
mod words;

pub use frame::{LIMIT_BYTES, WireError};
pub use kind::{Field, Kind, Version, kind_name, kinds};

pub(crate) use frame::chain;
#[cfg(test)]
pub(crate) use history::unknown_frame;
pub(crate) use kind::{find, freeze};
pub(crate) use redacted::{event_of_json, redact};
pub(crate) use words::Time;

use crate::record::{Pos, Recorded};

/// The bytes of `record`, for its position only.
///
/// # Errors
/// [`WireError::TooLarge`] beyond [`LIMIT_BYTES`].
pub fn encode(record: &Recorded) -> Result<Vec<u8>, WireError> {
    let newest = freeze(&record.event);
    frame::seal(record, newest.kind(), newest.version(), newest.flags(), &|bytes| newest.write(bytes))
}

/// The record in `bytes`, found at position `pos`. `None` for a record that this version does not
/// know and may pass over.
///
/// # Errors
/// [`WireError`] when the bytes are damaged or come from a newer version. Never panics, and allocates
/// no more than [`LIMIT_BYTES`] whatever the bytes are.
pub fn decode(pos: Pos, bytes: &[u8]) -> Result<Option<Recorded>, WireError> {
    decode_as(kinds(), pos, bytes)
}

/// [`decode`] with another table of kinds, so that tests can give a kind a history.
fn decode_as(kinds: &[Kind], pos: Pos, bytes: &[u8]) -> Result<Option<Recorded>, WireError> {
    let frame = frame::open(pos, bytes)?;
    match find(kinds, frame.kind, frame.version) {
        Some((kind, version)) => {
            let event = match frame.flags & frame::REDACTED {
                0 => version.event(frame.payload)?,
                _ => redacted::event(kind, version.number, frame.digest()?)?,
            };
            frame.meta.record(pos, event).map(Some)
        }
        None if frame.flags & frame::IGNORABLE != 0 => Ok(None),
        None => Err(WireError::Newer { kind: frame.kind, version: frame.version }),
    }
}
