//! Erasing the content of records: what every kind of log does before it touches its storage.

use super::ReadError;
use super::batch::video_number;
use super::replay;
use crate::event::Event;
use crate::record::Pos;
use crate::wire;
use std::collections::BTreeSet;

/// Why nothing was erased.
#[derive(Debug, thiserror::Error)]
pub enum RedactError {
    /// The record says something that others build on.
    #[error("the event at position {pos} is no viewing and no place in a video; only those can be forgotten")]
    NotErasable {
        /// Its position.
        pos: Pos,
    },
    /// A record cannot be read, or there is none at that position.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The disk failed before anything was erased.
    #[error("nothing was erased: the disk failed while that was prepared")]
    Prepare(#[source] std::io::Error),
    /// The disk failed on the way: the records may be erased or not. Open the log again to know.
    #[error("writing to the log failed; whether the content was erased is not known")]
    Unknown(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// A record that is to lose its content.
pub(super) struct Erased {
    pub(super) pos: Pos,
    /// The number it was indexed under so far.
    pub(super) video: u32,
    /// Its frame without the content.
    pub(super) frame: Vec<u8>,
}

/// Erases the content of the records at `positions`, which `read` finds; those without it are passed over.
pub(super) fn prepare<F: AsRef<[u8]>>(
    positions: &[Pos],
    read: impl Fn(Pos) -> Result<Option<F>, ReadError>,
) -> Result<Vec<Erased>, RedactError> {
    let mut erased = Vec::new();
    for pos in BTreeSet::from_iter(positions.iter().copied()) {
        let frame = read(pos)?.ok_or(ReadError::Missing { pos })?;
        let record = replay::decode(pos, frame.as_ref())?.ok_or(RedactError::NotErasable { pos })?;
        match record.event {
            Event::View(_) | Event::Playback(_) => {}
            Event::Redacted(_) => continue,
            Event::Video(_)
            | Event::Rating(_)
            | Event::Favorite(_)
            | Event::Tag(_)
            | Event::Playlist(_)
            | Event::Thumbnail(_)
            | Event::Import(_)
            | Event::Image(_)
            | Event::Group(_) => return Err(RedactError::NotErasable { pos }),
        }
        let frame = wire::redact(pos, frame.as_ref()).map_err(|error| replay::unreadable(pos, &error))?;
        erased.push(Erased { pos, video: video_number(&record), frame });
    }
    Ok(erased)
}
