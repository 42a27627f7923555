//! Getting a batch ready to be stored: what every kind of log does before it touches its storage.

use super::{AppendError, Head};
use crate::record::{Pos, Recorded};
use crate::wire::{self, LIMIT_BYTES, WireError};

/// A batch as bytes, and the end of the log once it is stored.
pub(super) struct Prepared {
    /// Position, video (0 for none) and frame of each event.
    pub(super) frames: Vec<(Pos, u32, Vec<u8>)>,
    /// The end of the log afterwards.
    pub(super) head: Head,
}

/// Encodes `batch`, which must continue the log that ends at `head`.
pub(super) fn prepare(head: Head, batch: &[Recorded]) -> Result<Prepared, AppendError> {
    let mut prepared = Prepared { frames: Vec::with_capacity(batch.len()), head };
    for record in batch {
        let frame = wire::encode(record).map_err(too_large)?;
        let next = &mut prepared.head;
        if record.pos != next.pos + 1 {
            return Err(AppendError::OutOfOrder { head: next.pos, found: record.pos });
        }
        next.chain = wire::chain(&next.chain, record.pos, &frame).map_err(too_large)?;
        next.pos = record.pos;
        next.recorded_at_ms = record.recorded_at_ms;
        prepared.frames.push((record.pos, video_number(record), frame));
    }
    Ok(prepared)
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
