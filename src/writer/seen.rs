//! The idempotency window: which requests were answered lately, so that one sent twice is carried
//! out once. Computed from the log like everything else; a restart forgets nothing in the window.

use super::Receipt;
use events::{Cause, CommandId, Recorded};
use std::collections::{HashMap, VecDeque};

/// How many requests are remembered: at most 4 MB, and hours of heavy use.
const WINDOW_MAX: usize = 65_536;

/// How many bytes a request takes in a checkpoint.
const ENTRY: usize = 32;

/// What an idempotency key means.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Known {
    /// Never seen, or too long ago.
    New,
    /// The same request was carried out before, with this result.
    Answered(Receipt),
    /// Another request had this key.
    Reused,
}

/// The last requests that led to events.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Seen {
    by_key: HashMap<u64, (u64, Receipt)>,
    oldest_first: VecDeque<u64>,
}

impl Seen {
    /// Looks a request up.
    pub(super) fn look_up(&self, id: CommandId) -> Known {
        match self.by_key.get(&id.key) {
            Some((body, receipt)) if *body == id.body => Known::Answered(*receipt),
            Some(_) => Known::Reused,
            None => Known::New,
        }
    }

    /// The window as bytes: key, body, first position and number of events of each request, oldest first.
    pub(super) fn checkpoint(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.oldest_first.len() * ENTRY);
        for (key, (body, receipt)) in self.oldest_first.iter().filter_map(|key| Some((key, self.by_key.get(key)?))) {
            for number in [*key, *body, receipt.first, receipt.events] {
                bytes.extend_from_slice(&number.to_le_bytes());
            }
        }
        bytes
    }

    /// The window that gave these bytes; `None` if none did.
    pub(super) fn restore(bytes: &[u8]) -> Option<Self> {
        let (entries, []) = bytes.as_chunks::<ENTRY>() else { return None };
        let mut seen = Self::default();
        for entry in entries {
            let ([key, body, first, events], []) = entry.as_chunks().0.split_first_chunk()? else { return None };
            let [key, body, first, events] = [key, body, first, events].map(|number| u64::from_le_bytes(*number));
            seen.oldest_first.push_back(key);
            if seen.by_key.insert(key, (body, Receipt { first, events, skipped: 0 })).is_some() {
                return None;
            }
        }
        (entries.len() <= WINDOW_MAX).then_some(seen)
    }

    /// Takes note of a stored event. Imported records are left out: their keys are kept for good by
    /// the imports projection.
    pub(super) fn note(&mut self, recorded: &Recorded) {
        let CommandId { key, body } = recorded.command_id;
        if key == 0 || recorded.cause == Cause::Import {
            return;
        }
        if let Some((_, receipt)) = self.by_key.get_mut(&key) {
            receipt.events += 1;
            return;
        }
        if self.oldest_first.len() == WINDOW_MAX
            && let Some(oldest) = self.oldest_first.pop_front()
        {
            self.by_key.remove(&oldest);
        }
        self.oldest_first.push_back(key);
        self.by_key.insert(key, (body, Receipt { first: recorded.batch, events: 1, skipped: 0 }));
    }
}
