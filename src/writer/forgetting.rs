//! How often something was forgotten, and how much of that what is shown knows. Not how it is forgotten: that is `rebuild`.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How many may wait at once until what they want forgotten is.
pub(super) const WAITING_MAX: usize = 8;

/// Counts. What is shown is behind until it was computed from a log in which everything was forgotten.
pub(super) struct Forgetting {
    /// How often something was forgotten.
    times: AtomicU64,
    /// How often it had been when what is shown was computed.
    shown: AtomicU64,
    turn: Mutex<()>,
    places: Arc<Semaphore>,
}

impl Default for Forgetting {
    fn default() -> Self {
        let places = Arc::new(Semaphore::new(WAITING_MAX));
        Self { times: AtomicU64::new(0), shown: AtomicU64::new(0), turn: Mutex::default(), places }
    }
}

impl Forgetting {
    /// How often something was forgotten.
    pub(super) fn times(&self) -> u64 {
        self.times.load(Ordering::Acquire)
    }

    /// How often something had been when what is shown was computed.
    pub(super) fn shown(&self) -> u64 {
        self.shown.load(Ordering::Acquire)
    }

    /// How often something was forgotten; nothing while what is shown may still tell of it.
    pub(super) fn up_to_date(&self) -> Option<u64> {
        let shown = self.shown();
        (shown == self.times()).then_some(shown)
    }

    /// Something is forgotten now. Only the writer's thread says so, and once it is.
    pub(super) fn note(&self) {
        self.times.fetch_add(1, Ordering::Release);
    }

    /// What is shown was computed when something had been forgotten so many `times`.
    pub(super) fn show(&self, times: u64) {
        self.shown.store(times, Ordering::Release);
    }

    /// Waits until nobody else computes anew: it takes the disk and a processor for as long as reading the whole log does.
    pub(super) fn turn(&self) -> MutexGuard<'_, ()> {
        self.turn.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A place among those who wait, if there is one.
    pub(super) fn place(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.places).try_acquire_owned().ok()
    }
}
