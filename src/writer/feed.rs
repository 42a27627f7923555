//! What was written lately, for those who follow along or look back: every event once, in order, without
//! a gap, however late somebody asks.
//!
//! A [`Subscription`] pulls. Nothing is pushed to it and nothing waits for it, so a slow one costs
//! neither the writer time nor anybody memory: what is no longer held here it reads from the log.

#[cfg(test)]
mod tests;

use super::forgetting::Forgetting;
use crate::moments::{Moments, PastError, Places};
use events::log::{LogReader, ReadError};
use events::{Pos, Recorded};
use projections::State;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::watch;

/// How many events are held. Older ones are in the log.
const EVENTS_MAX: usize = 4096;

/// How many events a subscription gets at a time, at most, and how many are read at once to look back.
const RUN_MAX: usize = 256;
const READ_MAX: usize = 4096;

/// How many may read the log at once.
const READERS_MAX: usize = 4;

/// The way to what was written. Cheap to clone.
#[derive(Clone)]
pub struct Feed {
    shared: Arc<Shared>,
}

struct Shared {
    held: Mutex<Held>,
    head: watch::Sender<Head>,
    moments: Moments,
    readers: Places,
    forgetting: Forgetting,
}

/// How far the feed goes.
#[derive(Clone, Copy)]
struct Head {
    pos: Pos,
    /// Nothing will be added, and nobody should wait.
    ended: bool,
}

#[derive(Default)]
struct Held {
    /// The last events, without a gap.
    events: VecDeque<Arc<Recorded>>,
}

/// What one batch did, and what was known around it.
pub struct Past {
    /// What was known before it.
    pub before: Arc<State>,
    /// What was known after it.
    pub after: Arc<State>,
    /// What it did.
    pub events: Vec<Recorded>,
    /// How often something had been forgotten when this was looked up.
    pub forgotten: u64,
}

impl Feed {
    /// A feed that goes on from `state`, with the log behind `reader`.
    pub(super) fn new(reader: Arc<dyn LogReader>, state: Arc<State>) -> Self {
        let (head, _) = watch::channel(Head { pos: state.pos(), ended: false });
        let readers = Places::new(READERS_MAX);
        let moments = Moments::new(reader, state, readers.clone());
        let (held, forgetting) = (Mutex::default(), Forgetting::default());
        Self { shared: Arc::new(Shared { held, head, moments, readers, forgetting }) }
    }

    /// The log was opened again and is read through `reader` from now on.
    pub(super) fn reopened(&self, reader: Arc<dyn LogReader>) {
        self.shared.moments.reopened(reader);
    }

    /// Takes in what was just published: the next `events`, and the `state` after them.
    pub(super) fn published(&self, events: Vec<Recorded>, state: Arc<State>) {
        let pos = state.pos();
        let mut held = self.held();
        let surplus = events.len().saturating_sub(EVENTS_MAX);
        held.events.extend(events.into_iter().skip(surplus).map(Arc::new));
        let surplus = held.events.len().saturating_sub(EVENTS_MAX);
        held.events.drain(..surplus);
        drop(held);
        self.shared.moments.published(state);
        self.shared.head.send_modify(|head| head.pos = pos);
    }

    /// What is known was rebuilt and is this `state`. Nothing read or made before is given out any more.
    pub(super) fn rebuilt(&self, state: Arc<State>) {
        self.held().events.clear();
        self.shared.moments.rebuilt(state);
    }

    /// How often something was forgotten.
    pub(super) fn forgetting(&self) -> &Forgetting {
        &self.shared.forgetting
    }

    /// The position of the last event that everybody can see.
    #[must_use]
    pub fn head(&self) -> Pos {
        self.shared.head.borrow().pos
    }

    /// How many follow along right now.
    #[must_use]
    pub fn followers(&self) -> usize {
        self.shared.head.receiver_count()
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
        self.shared.moments.reader()
    }

    /// Does `work`, which reads the log, where waiting is allowed, and not too much of it at once.
    ///
    /// # Errors
    /// [`PastError`] when the log cannot be read.
    pub async fn reading<T: Send + 'static>(
        &self,
        work: impl FnOnce(&dyn LogReader) -> Result<T, ReadError> + Send + 'static,
    ) -> Result<T, PastError> {
        let moments = self.moments().clone();
        Ok(self.shared.readers.work(move || work(&*moments.reader())).await?)
    }

    /// The record at `pos`; nothing if there is none.
    ///
    /// # Errors
    /// [`PastError`] when the log cannot be read.
    pub async fn recorded(&self, pos: Pos) -> Result<Option<Recorded>, PastError> {
        if pos == 0 || pos > self.head() {
            return Ok(None);
        }
        let run = self.reading(move |reader| reader.read(pos - 1, 1)).await?;
        Ok(run.into_iter().find(|recorded| recorded.pos == pos))
    }

    /// What was known at earlier moments.
    #[must_use]
    pub fn moments(&self) -> &Moments {
        &self.shared.moments
    }

    /// What the batch that begins at `batch` did, and what was known around it; `None` if no batch
    /// begins there.
    ///
    /// # Errors
    /// [`PastError`] when the log cannot be read, or too many look back at once.
    pub async fn past(&self, batch: Pos) -> Result<Option<Past>, PastError> {
        if batch == 0 || batch > self.head() {
            return Ok(None);
        }
        // Before anything is looked up: what is forgotten meanwhile is found out when this is used.
        let forgotten = self.forgetting().shown();
        let moments = self.moments();
        let events = self.reading(move |reader| events_of(reader, batch)).await?;
        let Some(last) = events.last() else { return Ok(None) };
        // In this order: what is known after it is made from what was known before.
        let before = moments.after(batch - 1).await?;
        let after = moments.after(last.pos).await?;
        Ok(Some(Past { before, after, events, forgotten }))
    }

    /// The batch that the event at `pos` belongs to; `None` if there is none.
    ///
    /// # Errors
    /// [`PastError`] when the log cannot be read.
    pub async fn batch_of(&self, pos: Pos) -> Result<Option<Pos>, PastError> {
        Ok(self.recorded(pos).await?.map(|recorded| recorded.batch))
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.shared.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What the batch that begins at `batch` did; nothing if none begins there.
fn events_of(reader: &dyn LogReader, batch: Pos) -> Result<Vec<Recorded>, ReadError> {
    let mut events: Vec<Recorded> = Vec::new();
    loop {
        let after = events.last().map_or(batch - 1, |last| last.pos);
        let run = reader.read(after, READ_MAX)?;
        let (known, read) = (events.len(), run.len());
        events.extend(run.into_iter().take_while(|recorded| recorded.batch == batch));
        if read == 0 || events.len() < known + read {
            break;
        }
    }
    let begins = events.first().is_some_and(|first| first.pos == batch);
    Ok(if begins { events } else { Vec::new() })
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
    /// [`PastError`] when events that are no longer held cannot be read. Asking again tries again.
    pub async fn next(&mut self) -> Result<Option<Vec<Arc<Recorded>>>, PastError> {
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
                let run = self.feed.reading(move |reader| reader.read(after, RUN_MAX)).await?;
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
