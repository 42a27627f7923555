//! What was known at any earlier moment: the state as it was after each position of the log.
//!
//! The last states that were shown are held, and so are a few that somebody asked for; any other is made by replay from
//! the nearest of them. Whoever asks for the same moment at the same time waits for the same replay. A state from here is
//! one like any other, and nobody can change it. What was asked for is in [`tools::moment`]; this knows positions and times.

mod held;
mod places;
pub(crate) mod replay;
#[cfg(test)]
mod tests;

use self::held::{Found, Held};
pub use self::places::Places;
use events::Pos;
use events::log::{LogReader, ReadError, position_at};
use projections::{Difference, State};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::watch;

/// How much that takes a processor may be done at once: a replay, or a comparison.
const REPLAYS_MAX: usize = 2;

/// How many moments may be waited for at once.
const WAITING_MAX: usize = 32;

/// After this time without a question, and twice this time at the latest, what was asked for is let go: a server that nobody
/// asks about the past should not need memory for it.
const IDLE: Duration = Duration::from_secs(300);

/// Why what was cannot be had.
#[derive(Clone, Debug, thiserror::Error)]
pub enum PastError {
    /// There is no such position yet.
    #[error("position {pos} is still to come; the last change is {head}")]
    ToCome {
        /// What was asked for.
        pos: Pos,
        /// Where the log ends.
        head: Pos,
    },
    /// Too many different moments are being asked for.
    #[error("too many earlier moments are asked for at once; ask again in a moment")]
    Busy,
    /// The log cannot be read.
    #[error("the log cannot be read")]
    Log(#[source] Arc<ReadError>),
}

impl From<ReadError> for PastError {
    fn from(error: ReadError) -> Self {
        Self::Log(Arc::new(error))
    }
}

/// What became of a replay; nothing while it is under way.
type Outcome = Option<Result<Arc<State>, PastError>>;

/// A replay under way, and all who wait for it.
type Flight = Arc<watch::Sender<Outcome>>;

/// The way to what was known. Cheap to clone.
#[derive(Clone)]
pub struct Moments(Arc<Shared>);

struct Shared {
    held: Mutex<Held>,
    readers: Places,
    replays: Places,
}

impl Moments {
    /// The moments up to `state`, with the log behind `reader`, which is looked into where there is a place among the
    /// `readers`.
    #[must_use]
    pub fn new(reader: Arc<dyn LogReader>, state: Arc<State>, readers: Places) -> Self {
        Self(Arc::new(Shared {
            held: Mutex::new(Held::new(reader, state)),
            readers,
            replays: Places::new(REPLAYS_MAX),
        }))
    }

    /// The log was opened again and is read through `reader` from now on.
    pub(crate) fn reopened(&self, reader: Arc<dyn LogReader>) {
        let replaced = self.held().reopen(reader);
        drop(replaced);
    }

    /// Takes in what was just published.
    pub(crate) fn published(&self, state: Arc<State>) {
        // What makes room for it is dropped without the lock.
        let replaced = self.held().show(state);
        drop(replaced);
    }

    /// What is known was rebuilt and is this `state`; nothing made before is given out any more.
    pub(crate) fn rebuilt(&self, state: Arc<State>) {
        let replaced = self.held().rebuilt(state);
        drop(replaced);
    }

    /// The current way into the log. It ends with [`ReadError::Closed`] when the log is opened again.
    #[must_use]
    pub fn reader(&self) -> Arc<dyn LogReader> {
        Arc::clone(&self.held().reader)
    }

    /// What was known after position `pos`; before the first event that is nothing. At once for what is held; otherwise the
    /// log is replayed, once for all who ask.
    ///
    /// # Errors
    /// [`PastError`].
    pub async fn after(&self, pos: Pos) -> Result<Arc<State>, PastError> {
        let found = self.held().find(pos)?;
        let mut waiting = match found {
            Found::Held(state) => return Ok(state),
            Found::UnderWay(waiting) => waiting,
            Found::Missing(flight) => {
                let waiting = flight.subscribe();
                tokio::spawn(self.clone().fly(pos, flight));
                waiting
            }
        };
        // There is no error: a flight has an outcome before it is let go.
        let outcome = waiting.wait_for(Option::is_some).await.ok().and_then(|outcome| outcome.clone());
        outcome.unwrap_or(Err(PastError::Busy))
    }

    /// The position of the last event that was recorded at or before `at_ms` (ms since the epoch); 0 if there is none.
    ///
    /// # Errors
    /// [`PastError`] when the log cannot be read.
    pub async fn position(&self, at_ms: i64) -> Result<Pos, PastError> {
        let newest = self.held().newest();
        if newest.recorded_at_ms() <= at_ms {
            return Ok(newest.pos());
        }
        let reader = self.reader();
        Ok(self.0.readers.work(move || position_at(&*reader, newest.pos(), at_ms)).await?)
    }

    /// What differs between `before` and `after`, at most `most` of each kind one by one.
    pub(crate) async fn difference(
        &self,
        before: Arc<State>,
        after: Arc<State>,
        most: usize,
    ) -> Result<Difference, PastError> {
        Ok(self.0.replays.work(move || Ok(Difference::between(&before, &after, most))).await?)
    }

    /// Makes the state after `pos`, holds it, and hands it to everybody who waits.
    async fn fly(self, pos: Pos, flight: Flight) {
        loop {
            let (moments, wanted) = (self.clone(), Arc::clone(&flight));
            let work = move || {
                let (reader, base) = moments.held().way_to(pos);
                replay::after(&*reader, base, pos, || wanted.receiver_count() > 0)
            };
            let made = self.0.replays.work(work).await;
            let made = match made {
                Ok(Some(state)) => Ok(state),
                // Nobody waited any more. Whoever began to meanwhile is not let down.
                Ok(None) if self.held().abandon(pos, &flight) => return,
                Ok(None) => continue,
                Err(error) => Err(PastError::from(error)),
            };
            let replaced = self.held().land(pos, &flight, made.as_ref().ok());
            flight.send_replace(Some(made));
            self.let_go_when_idle();
            // A state that nobody shares takes milliseconds to take apart.
            drop(tokio::task::spawn_blocking(move || drop(replaced)));
            return;
        }
    }

    /// Sees to it that what was asked for is let go when nobody asks any more.
    fn let_go_when_idle(&self) {
        if !self.held().begin_to_watch() {
            return;
        }
        // The server may end meanwhile.
        let shared = Arc::downgrade(&self.0);
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(IDLE).await;
                let Some(moments) = shared.upgrade().map(Self) else { return };
                let Some(unused) = moments.held().let_go_unused() else { continue };
                drop(tokio::task::spawn_blocking(move || drop(unused)));
                return;
            }
        });
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.0.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
