//! Opening a log after the newest checkpoint that proves to be right, or else from its beginning.

use super::open::{OpenError, OpenLog};
use super::{EventLog, Pos};
use crate::record::Recorded;

/// An open log, and what was computed from it.
pub struct Resumed<T> {
    /// The log.
    pub log: Box<dyn EventLog>,
    /// What is known at its end.
    pub known: T,
    /// How far a checkpoint said it; everything up to here was not read. 0 when all of it was.
    pub after: Pos,
}

/// Opens the log at `place` and computes what is known at its end: from the newest checkpoint of code with this
/// `schema` whose bytes `restore` understands and which proves to be of this log, or from `T::default()`, on all
/// events that `fold` is shown. Whatever is wrong with a checkpoint, the answer is the same as without it.
///
/// # Errors
/// See [`OpenError`].
pub fn resume<T: Default>(
    place: &dyn OpenLog,
    schema: [u8; 32],
    restore: impl Fn(&[u8]) -> Option<T>,
    fold: impl Fn(&mut T, Recorded),
) -> Result<Resumed<T>, OpenError> {
    for checkpoint in place.checkpoints(schema).iter().flat_map(|checkpoints| checkpoints.newest_first()) {
        let stamp = checkpoint.stamp;
        let Some(mut known) = restore(&checkpoint.bytes) else {
            tracing::warn!(position = stamp.head.pos, "a checkpoint could not be understood");
            continue;
        };
        drop(checkpoint);
        match place.open_after(&stamp, &mut |recorded| fold(&mut known, recorded)) {
            Ok(log) => return Ok(Resumed { log, known, after: stamp.head.pos }),
            Err(error @ OpenError::Locked { .. }) => return Err(error),
            Err(error) => {
                let error: &dyn std::error::Error = &error;
                tracing::warn!(error, position = stamp.head.pos, "a checkpoint does not fit the log and is not used");
            }
        }
    }
    let mut known = T::default();
    let log = place.open(&mut |recorded| fold(&mut known, recorded))?;
    Ok(Resumed { log, known, after: 0 })
}
