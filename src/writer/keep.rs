//! Keeping what is known beside the log, so that the next start need not read all of it.
//!
//! The writer's thread only says what is to be kept, and copies the window of requests, which takes a millisecond;
//! the rest is done by a thread that ends with its work. A checkpoint that cannot be written is a warning and no more.

#[cfg(test)]
#[expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test fails by panicking")]
mod tests;

use super::seen::Seen;
use events::Pos;
use events::log::{Checkpoints, Stamp};
use projections::{Replay, State};
use std::thread::JoinHandle;
use tools::kept;

/// After so many new events, what is known is kept again.
const EVERY: u64 = 100_000;

/// What a start begins with.
pub(super) struct Known {
    pub(super) replay: Replay,
    pub(super) seen: Seen,
}

impl Default for Known {
    fn default() -> Self {
        Self { replay: State::replay(), seen: Seen::default() }
    }
}

impl Known {
    /// What was kept as these bytes.
    pub(super) fn restore(bytes: &[u8]) -> Option<Self> {
        let (seen, state) = kept::split(bytes)?;
        Some(Self { seen: Seen::restore(seen)?, replay: Replay::restore(state)? })
    }
}

fn bytes(state: &State, seen: &Seen) -> Vec<u8> {
    kept::join(&seen.checkpoint(), &state.checkpoint())
}

/// Keeps checkpoints, one at a time.
pub(super) struct Keeper {
    place: Option<Checkpoints>,
    /// How far the last one reaches.
    kept: Pos,
    at_work: Option<JoinHandle<()>>,
}

impl Keeper {
    /// One that keeps checkpoints in `place`, the last of which reaches to `kept`.
    pub(super) fn new(place: Option<Checkpoints>, kept: Pos) -> Self {
        Self { place, kept, at_work: None }
    }

    /// Begins to keep what is known at `stamp`, if it is time and nothing else is being kept.
    pub(super) fn keep_when_due(&mut self, stamp: &Stamp, state: &State, seen: &Seen) {
        let due = stamp.head.pos.saturating_sub(self.kept) > EVERY;
        let busy = self.at_work.as_ref().is_some_and(|thread| !thread.is_finished());
        let Some(place) = self.place.as_ref().filter(|_| due && !busy) else { return };
        let (place, stamp, state, seen) = (place.clone(), *stamp, state.clone(), seen.clone());
        self.kept = stamp.head.pos;
        let work = move || keep(&place, &stamp, &state, &seen);
        self.at_work = std::thread::Builder::new().name("checkpoint".into()).spawn(work).ok();
    }

    /// Keeps what is known at the end, `stamp`, if anything is new.
    pub(super) fn keep_at_end(&mut self, stamp: &Stamp, state: &State, seen: &Seen) {
        self.wait();
        if let Some(place) = self.place.as_ref().filter(|_| stamp.head.pos > self.kept) {
            keep(place, stamp, state, seen);
        }
    }

    /// Waits until nothing is being kept: what is about to be deleted must not be written once more behind it.
    pub(super) fn wait(&mut self) {
        if self.at_work.take().is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("the thread that keeps a checkpoint panicked");
        }
    }

    /// What is known was computed from a log that cannot be trusted: the next start reads all of it.
    pub(super) fn delete(&mut self) {
        self.wait();
        if let Some(Err(error)) = self.place.take().map(|place| place.delete()) {
            tracing::warn!(%error, "the checkpoints could not be deleted");
        }
    }
}

fn keep(place: &Checkpoints, stamp: &Stamp, state: &State, seen: &Seen) {
    match place.keep(stamp, &bytes(state, seen)) {
        Ok(()) => tracing::debug!(position = stamp.head.pos, "a checkpoint was written"),
        Err(error) => tracing::warn!(%error, "a checkpoint could not be written; the next start takes longer"),
    }
}
