//! Finding a time in a log. Its records are in the order of when they were written, so a few looks are enough.

use super::{LogReader, ReadError};
use crate::record::Pos;

/// The position of the last event recorded at or before `at_ms` (ms since the epoch), of those up to `head`; 0 if there is
/// none.
///
/// # Errors
/// [`ReadError`] when a record on the way cannot be read.
pub fn position_at(reader: &dyn LogReader, head: Pos, at_ms: i64) -> Result<Pos, ReadError> {
    // Everything up to `known` was recorded by then, nothing from `beyond` on.
    let (mut known, mut beyond) = (0, head.saturating_add(1));
    while beyond - known > 1 {
        let middle = known + (beyond - known) / 2;
        // A record that may be passed over is as old as the next one.
        let next = reader.read(middle - 1, 1)?;
        match next.first().filter(|next| next.recorded_at_ms <= at_ms && next.pos <= head) {
            Some(next) => known = next.pos,
            None => beyond = middle,
        }
    }
    Ok(known)
}
