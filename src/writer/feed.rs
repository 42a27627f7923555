//! What was written lately, for those who follow along or look back: every event once, in order, without
//! a gap, however late somebody asks.
//!
//! A [`Subscription`] pulls. Nothing is pushed to it and nothing waits for it, so a slow one costs
//! neither the writer time nor anybody memory: what is no longer held here it reads from the log.

#[cfg(test)]
mod tests;

use events::log::{LogReader, ReadError};
use events::{Pos, Recorded};
use projections::State;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::{Semaphore, watch};

/// How many events are held. Older ones are in the log.
const EVENTS_MAX: usize = 4096;

/// How many states are held, and over how many events: they share nearly everything with each other.
const STATES_MAX: usize = 64;
const STATES_SPAN: u64 = 16_384;

/// How many may read the log at once.
const READERS_MAX: usize = 4;

/// How many events a subscription gets at a time, at most, and how many are read at once to look back.
const RUN_MAX: usize = 256;
const READ_MAX: usize = 4096;

/// From so many events on, a state is made by replay.
const REPLAY_FROM: u64 = 2_000;

/// The way to what was written. Cheap to clone.
#[derive(Clone)]
pub struct Feed {
    shared: Arc<Shared>,
}

struct Shared {
    held: Mutex<Held>,
    head: watch::Sender<Head>,
    readers: Arc<Semaphore>,
}

/// How far the feed goes.
#[derive(Clone, Copy)]
struct Head {
    pos: Pos,
    /// Nothing will be added, and nobody should wait.
    ended: bool,
}

struct Held {
    reader: Arc<dyn LogReader>,
    /// The last events, without a gap.
    events: VecDeque<Arc<Recorded>>,
    /// The last states that were shown, oldest first; however large the last change, the one before it too.
    states: VecDeque<Arc<State>>,
}

/// What one batch did, and what was known around it.
pub struct Past {
    /// What was known before it.
    pub before: Arc<State>,
    /// What was known after it.
    pub after: Arc<State>,
    /// What it did.
    pub events: Vec<Recorded>,
}

impl Feed {
    /// A feed that goes on from `state`, with the log behind `reader`.
    pub(super) fn new(reader: Arc<dyn LogReader>, state: Arc<State>) -> Self {
        let (head, _) = watch::channel(Head { pos: state.pos(), ended: false });
        let held = Held { reader, events: VecDeque::new(), states: VecDeque::from([state]) };
        Self {
            shared: Arc::new(Shared { held: Mutex::new(held), head, readers: Arc::new(Semaphore::new(READERS_MAX)) }),
        }
    }

    /// The log was opened again and is read through `reader` from now on.
    pub(super) fn reopened(&self, reader: Arc<dyn LogReader>) {
        self.held().reader = reader;
    }

    /// Takes in what was just published: the next `events`, and the `state` after them.
    pub(super) fn published(&self, events: Vec<Recorded>, state: Arc<State>) {
        let pos = state.pos();
        let mut held = self.held();
        let surplus = events.len().saturating_sub(EVENTS_MAX);
        held.events.extend(events.into_iter().skip(surplus).map(Arc::new));
        let surplus = held.events.len().saturating_sub(EVENTS_MAX);
        held.events.drain(..surplus);
        held.states.push_back(state);
        while held.states.len() > STATES_MAX
            || held.states.front().is_some_and(|oldest| pos - oldest.pos() > STATES_SPAN && held.states.len() > 2)
        {
            held.states.pop_front();
        }
        drop(held);
        self.shared.head.send_modify(|head| head.pos = pos);
    }

    /// The position of the last event that everybody can see.
    #[must_use]
    pub fn head(&self) -> Pos {
        self.shared.head.borrow().pos
    }

    /// Ends all subscriptions: the server is about to stop.
    pub fn end(&self) {
        self.shared.head.send_modify(|head| head.ended = true);
    }

    /// The position to begin after for everything written since `at_ms` (ms since the epoch), as far
    /// back as is held.
    #[must_use]
    pub fn since(&self, at_ms: i64) -> Pos {
        let held = self.held();
        let older = held.events.iter().rev().find(|recorded| recorded.recorded_at_ms < at_ms);
        let first = held.events.front().map(|recorded| recorded.pos.saturating_sub(1));
        older.map(|recorded| recorded.pos).or(first).unwrap_or_else(|| self.head())
    }

    /// Everything after position `after`, as it comes. A position beyond the end waits for its turn.
    #[must_use]
    pub fn subscribe(&self, after: Pos) -> Subscription {
        Subscription { feed: self.clone(), head: self.shared.head.subscribe(), after, read: VecDeque::new() }
    }

    /// The current way into the log. It ends with [`ReadError::Closed`] when the log is opened again.
    #[must_use]
    pub fn reader(&self) -> Arc<dyn LogReader> {
        Arc::clone(&self.held().reader)
    }

    /// What the batch that begins at `batch` did, and what was known around it; `None` if no batch
    /// begins there. Quick for recent batches; for others the log is replayed.
    ///
    /// # Errors
    /// [`ReadError`] when the log cannot be read.
    pub async fn past(&self, batch: Pos) -> Result<Option<Past>, ReadError> {
        if batch == 0 || batch > self.head() {
            return Ok(None);
        }
        let feed = self.clone();
        self.blocking(move || feed.look_back(batch)).await
    }

    fn look_back(&self, batch: Pos) -> Result<Option<Past>, ReadError> {
        let reader = self.reader();
        let base = self.held().states.iter().rev().find(|state| state.pos() < batch).map(Arc::clone);
        let mut events = Vec::new();
        read_while(&*reader, batch - 1, |recorded| {
            let same = recorded.batch == batch && (recorded.pos == batch || !events.is_empty());
            if same {
                events.push(recorded);
            }
            same
        })?;
        if events.is_empty() {
            return Ok(None);
        }
        let base = base.unwrap_or_default();
        let mut between = Vec::new();
        let before = if batch - 1 - base.pos() < REPLAY_FROM {
            read_while(&*reader, base.pos(), |recorded| {
                let earlier = recorded.pos < batch;
                if earlier {
                    between.push(recorded);
                }
                earlier
            })?;
            learned(&base, &between)
        } else {
            let mut replay = projections::Replay::from(State::clone(&base));
            read_while(&*reader, base.pos(), |recorded| {
                let earlier = recorded.pos < batch;
                if earlier {
                    replay.fold(&recorded);
                }
                earlier
            })?;
            replay.finish()
        };
        let after = learned(&before, &events);
        Ok(Some(Past { before: Arc::new(before), after: Arc::new(after), events }))
    }

    /// Runs `work`, which reads the log, where waiting is allowed, and not too many at once.
    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, ReadError> + Send + 'static,
    ) -> Result<T, ReadError> {
        // The semaphore is never closed, so there is always a place to wait for.
        let place = Arc::clone(&self.shared.readers).acquire_owned().await;
        let work = move || {
            // Held by the work, which goes on when nobody waits for it any more.
            let _place = place;
            work()
        };
        tokio::task::spawn_blocking(work).await.unwrap_or_else(|panicked| Err(ReadError::Storage(Box::new(panicked))))
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.shared.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// `state` and what is learned from `events`.
fn learned(state: &State, events: &[Recorded]) -> State {
    if (events.len() as u64) < REPLAY_FROM {
        let mut state = state.clone();
        events.iter().for_each(|recorded| state.apply(recorded));
        return state;
    }
    let mut replay = projections::Replay::from(state.clone());
    events.iter().for_each(|recorded| replay.fold(recorded));
    replay.finish()
}

/// Reads the log after position `after` until `take` wants no more.
fn read_while(reader: &dyn LogReader, mut after: Pos, mut take: impl FnMut(Recorded) -> bool) -> Result<(), ReadError> {
    loop {
        let run = reader.read(after, READ_MAX)?;
        let Some(last) = run.last() else { return Ok(()) };
        after = last.pos;
        if !run.into_iter().all(&mut take) {
            return Ok(());
        }
    }
}

/// A place in the log that moves on.
pub struct Subscription {
    feed: Feed,
    head: watch::Receiver<Head>,
    after: Pos,
    /// Read from the log, not handed out yet.
    read: VecDeque<Arc<Recorded>>,
}

impl Subscription {
    /// The next events of one batch, in order, at most 256; waits until there are any. A longer batch
    /// comes in parts. `None` once the feed has ended. May be dropped while it waits: nothing is lost.
    ///
    /// # Errors
    /// [`ReadError`] when events that are no longer held cannot be read. Asking again tries again.
    pub async fn next(&mut self) -> Result<Option<Vec<Arc<Recorded>>>, ReadError> {
        loop {
            let after = self.after;
            // There is no error: this holds the feed, which holds the other end.
            let Some(head) = self.head.wait_for(|head| head.ended || head.pos > after).await.ok().map(|head| *head)
            else {
                return Ok(None);
            };
            if head.ended {
                return Ok(None);
            }
            if self.read.is_empty() && !self.take_held() {
                let reader = self.feed.reader();
                let run = self.feed.blocking(move || reader.read(after, RUN_MAX)).await?;
                self.read.extend(run.into_iter().map(Arc::new));
            }
            let run = self.run();
            if let Some(last) = run.last() {
                self.after = last.pos;
                return Ok(Some(run));
            }
            // Only records that may be passed over were there.
            self.after = head.pos;
        }
    }

    /// Takes what is held of the next events; false if it begins too late.
    fn take_held(&mut self) -> bool {
        let held = self.feed.held();
        let Some(first) = held.events.front().filter(|first| first.pos <= self.after + 1) else { return false };
        let skipped = usize::try_from(self.after + 1 - first.pos).unwrap_or(usize::MAX);
        self.read.extend(held.events.iter().skip(skipped).take(RUN_MAX).map(Arc::clone));
        !self.read.is_empty()
    }

    /// The beginning of what was read, as far as it is of one batch.
    fn run(&mut self) -> Vec<Arc<Recorded>> {
        let batch = self.read.front().map(|recorded| recorded.batch);
        let same = self.read.iter().take(RUN_MAX).take_while(|recorded| Some(recorded.batch) == batch).count();
        self.read.drain(..same).collect()
    }
}
