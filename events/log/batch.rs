//! Getting a batch ready to be stored: what every kind of log does before it touches its storage.

use super::chain::{Anchor, Chain};
use super::open::LoadError;
use super::{AppendError, Head};
use crate::record::{Pos, Recorded};
use crate::wire::{self, LIMIT_BYTES, WireError};

/// A batch as bytes, and the end of the log once it is stored.
pub(super) struct Prepared {
    /// Position, video number and frame of each event.
    pub(super) frames: Vec<(Pos, u32, Vec<u8>)>,
    /// The end of the log afterwards.
    pub(super) head: Head,
    /// The anchors passed on the way.
    pub(super) anchors: Vec<Anchor>,
}

/// Encodes `batch`, which must continue the log that ends at `head`.
pub(super) fn prepare(head: Head, batch: &[Recorded]) -> Result<Prepared, AppendError> {
    let mut frames = Vec::with_capacity(batch.len());
    let mut chain = Chain::from(head);
    for record in batch {
        frames.push((record.pos, video_number(record), prepare_one(&mut chain, record)?));
    }
    Ok(Prepared { frames, head: chain.head, anchors: chain.anchors })
}

/// Encodes `record`, which must continue `chain`, and adds it there.
pub(super) fn prepare_one(chain: &mut Chain, record: &Recorded) -> Result<Vec<u8>, AppendError> {
    if record.pos != chain.head.pos + 1 {
        return Err(AppendError::OutOfOrder { head: chain.head.pos, found: record.pos });
    }
    let frame = wire::encode(record).map_err(too_large)?;
    // IMPORTANT: the last moment to notice. A sync of the disk takes a hundred times longer.
    if wire::decode(record.pos, &frame).ok().flatten().as_ref() != Some(record) {
        return Err(AppendError::Unreadable { pos: record.pos });
    }
    chain.push(&frame).map_err(too_large)?;
    chain.head.recorded_at_ms = record.recorded_at_ms;
    Ok(frame)
}

/// Adds `frame`, which was stored in another place, to `chain`, and says under which number it is indexed.
/// It stays as it is: a record of an older version, or one that may be passed over, is not written anew.
pub(super) fn adopt_one(chain: &mut Chain, pos: Pos, frame: &[u8]) -> Result<u32, LoadError> {
    if pos != chain.head.pos + 1 {
        return Err(AppendError::OutOfOrder { head: chain.head.pos, found: pos }.into());
    }
    let record = chain.add(frame)?;
    Ok(record.as_ref().map_or(0, video_number))
}

/// The number a record is indexed under: that of its video, or 0.
pub(super) fn video_number(record: &Recorded) -> u32 {
    record.event.video().map_or(0, |video| video.get())
}

/// Size is the only reason why a valid event cannot be encoded.
fn too_large(error: WireError) -> AppendError {
    let size_bytes = if let WireError::TooLarge { size_bytes } = error { size_bytes } else { LIMIT_BYTES };
    AppendError::TooLarge { size_bytes, limit_bytes: LIMIT_BYTES }
}
