//! A made-up past for an empty log: events in order of time. For `demo` and `seed` only; whatever
//! happens in a real library goes through the server's writer or the importer.

use events::{Actor, Cause, CommandId, Event, Pos, Recorded};

/// What happened so far. Each event is a batch of its own, as if it had happened alone.
#[derive(Default)]
pub(crate) struct History {
    last: Pos,
    recorded_at_ms: i64,
}

impl History {
    /// The record that `event` happened at `at_ms`. Records are never older than those before them.
    pub(crate) fn happen(&mut self, at_ms: i64, cause: Cause, actor: Actor, event: Event) -> Recorded {
        self.last += 1;
        self.recorded_at_ms = self.recorded_at_ms.max(at_ms);
        Recorded {
            pos: self.last,
            recorded_at_ms: self.recorded_at_ms,
            occurred_at_ms: at_ms,
            batch: self.last,
            cause,
            actor,
            command_id: CommandId::default(),
            caused_by: 0,
            event,
        }
    }
}
