//! A made-up past for an empty log: events in order of time, written in bulk. For `demo` and `seed`
//! only; whatever happens in a real library goes through the server's writer or the importer.

use events::log::{AppendError, EventLog, Head};
use events::{Actor, Cause, CommandId, Event, Pos, Recorded};

/// Events that are not written yet. Each is a batch of its own, as if it had happened alone.
pub(crate) struct History {
    next: Pos,
    recorded_at_ms: i64,
    waiting: Vec<Recorded>,
}

/// This many events are written at once: one sync of the disk for all of them.
const CHUNK: usize = 16_384;

impl History {
    /// What comes after `head`.
    pub(crate) fn after(head: Head) -> Self {
        Self { next: head.pos + 1, recorded_at_ms: head.recorded_at_ms, waiting: Vec::new() }
    }

    /// Takes down that `event` happened at `at_ms`. Records are never older than those before them.
    pub(crate) fn happen(&mut self, at_ms: i64, cause: Cause, actor: Actor, event: Event) {
        self.recorded_at_ms = self.recorded_at_ms.max(at_ms);
        self.waiting.push(Recorded {
            pos: self.next,
            recorded_at_ms: self.recorded_at_ms,
            occurred_at_ms: at_ms,
            batch: self.next,
            cause,
            actor,
            command_id: CommandId::default(),
            caused_by: 0,
            event,
        });
        self.next += 1;
    }

    /// Writes what is waiting if it is a chunk.
    pub(crate) fn write_chunk(&mut self, log: &mut dyn EventLog) -> Result<(), AppendError> {
        if self.waiting.len() >= CHUNK { self.write(log) } else { Ok(()) }
    }

    /// Writes everything that is waiting.
    pub(crate) fn write(&mut self, log: &mut dyn EventLog) -> Result<(), AppendError> {
        if !self.waiting.is_empty() {
            log.append(&self.waiting)?;
            self.waiting.clear();
        }
        Ok(())
    }
}
