//! What one fsync will carry: requests decided one after the other, each against the state that the
//! ones before it led to. Nothing here touches the log; a batch that cannot be stored is dropped.

use super::seen::{Known, Seen};
use super::{Receipt, Request, WriteError};
use crate::decide::{Asked, Command, decide};
use events::log::Head;
use events::{Pos, Recorded};
use projections::State;

/// Decided, not yet stored.
pub(super) struct Batch {
    /// The state as it will be.
    pub(super) state: State,
    /// The events to store, in order.
    pub(super) events: Vec<Recorded>,
    seen: Seen,
    next_pos: Pos,
    now_ms: i64,
    /// How often something was forgotten; nothing while `state` may still tell of it.
    forgotten: Option<u64>,
}

impl Batch {
    /// An empty batch that continues the log at `head`, in which something was `forgotten` so often.
    pub(super) fn new(state: State, head: Head, clock_ms: i64, forgotten: Option<u64>) -> Self {
        // Time never runs backwards in the log, whatever the clock says.
        let now_ms = clock_ms.max(head.recorded_at_ms);
        Self { state, events: vec![], seen: Seen::default(), next_pos: head.pos + 1, now_ms, forgotten }
    }

    /// Decides `request`, unless it was carried out before: in this batch, or in the window `stored`.
    pub(super) fn decide(&mut self, request: &Request, stored: &Seen) -> Result<Receipt, WriteError> {
        for known in [stored.look_up(request.id), self.seen.look_up(request.id)] {
            match known {
                Known::Answered(receipt) => return Ok(receipt),
                Known::Reused => return Err(WriteError::KeyReused),
                Known::New => {}
            }
        }
        if let Command::Undo(undo) = &request.command
            && self.forgotten != Some(undo.forgotten)
        {
            return Err(WriteError::Outdated);
        }
        let asked = Asked { now_ms: self.now_ms, actor: request.actor };
        let decided = decide(&self.state, &request.command, asked)?;
        let first = self.next_pos;
        for (index, event) in decided.events.into_iter().enumerate() {
            let recorded = Recorded {
                pos: self.next_pos,
                recorded_at_ms: self.now_ms,
                occurred_at_ms: decided.occurred_at_ms.get(&index).copied().unwrap_or(self.now_ms),
                batch: first,
                cause: request.cause,
                actor: request.actor,
                command_id: decided.command_ids.get(&index).copied().unwrap_or(request.id),
                caused_by: request.command.caused_by(),
                event,
            };
            self.next_pos += 1;
            self.state.apply(&recorded);
            self.seen.note(&recorded);
            self.events.push(recorded);
        }
        let events = self.next_pos - first;
        Ok(Receipt { first: if events == 0 { 0 } else { first }, events, skipped: decided.skipped })
    }
}
