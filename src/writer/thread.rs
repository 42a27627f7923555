//! The writer thread: everything that is ever written goes through [`Core::commit`].
//!
//! A failed append is an unknown outcome, not a failure: the log is closed and opened again, and what
//! it then holds is the truth. Until that works, changes are refused and reading goes on.

use super::batch::Batch;
use super::forgetting::Forgetting;
use super::keep::Keeper;
use super::rebuild::{Rebuild, RebuildError, Redaction, Shown};
use super::seen::Seen;
use super::{Feed, Job, Message, Receipt, Status, WriteError};
use crate::metrics::WriterMetrics;
use events::Recorded;
use events::log::{AppendError, EventLog, OpenLog, ReadError, RedactError, Stamp};
use projections::{Publisher, State};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};
use std::time::{Duration, Instant};
use tokio::sync::oneshot;

/// How many requests share one fsync at most.
const BATCH_MAX: usize = 512;

/// Waiting times before the log is opened again after a failure; the last one repeats.
const REOPEN_AFTER_S: [u64; 6] = [0, 1, 2, 5, 15, 60];

/// How long closing a failed log may take before opening it again is tried regardless.
const CLOSE_WITHIN: Duration = Duration::from_secs(10);

/// How many events are read at once to catch up.
const READ_MAX: usize = 1024;

type Answer = Result<Receipt, WriteError>;

/// What the thread shares with those who ask.
pub(super) struct Shared {
    pub(super) status: Arc<RwLock<Status>>,
    pub(super) feed: Feed,
    pub(super) metrics: WriterMetrics,
}

/// The state of the thread.
pub(super) struct Core {
    /// `None` while the log has failed and is not open again.
    log: Option<Box<dyn EventLog>>,
    open: Box<dyn OpenLog>,
    state: State,
    publisher: Publisher,
    seen: Seen,
    keeper: Keeper,
    clock: fn() -> i64,
    shared: Shared,
    reopen_at: Instant,
    reopen_attempts: usize,
}

impl Core {
    pub(super) fn new(
        log: Box<dyn EventLog>,
        open: Box<dyn OpenLog>,
        publisher: Publisher,
        seen: Seen,
        keeper: Keeper,
        clock: fn() -> i64,
        shared: Shared,
    ) -> Self {
        let state = State::clone(&publisher.live().snapshot());
        let (reopen_at, reopen_attempts) = (Instant::now(), 0);
        Self { log: Some(log), open, state, publisher, seen, keeper, clock, shared, reopen_at, reopen_attempts }
    }

    /// Works until told to stop or nobody can ask any more, then closes the log.
    pub(super) fn run(mut self, queue: &Receiver<Message>) {
        loop {
            if self.log.is_none() && Instant::now() >= self.reopen_at {
                self.reopen();
            }
            let message = if self.log.is_some() {
                queue.recv().map_err(|_| RecvTimeoutError::Disconnected)
            } else {
                queue.recv_timeout(self.reopen_at.saturating_duration_since(Instant::now()))
            };
            let mut next = match message {
                Ok(message) => Some(message),
                Err(RecvTimeoutError::Timeout) => continue,
                Err(RecvTimeoutError::Disconnected) => Some(Message::Stop),
            };
            while let Some(message) = next.take() {
                match message {
                    Message::Job(first) => {
                        let (jobs, other) = drain(first, queue);
                        self.shared.metrics.queued.decrement(jobs.len() as f64);
                        self.commit(jobs);
                        next = other;
                    }
                    Message::Redact(redaction) => self.redact(redaction),
                    Message::Rebuild(rebuild) => self.rebuild(*rebuild),
                    Message::Look(answer) => self.look(answer),
                    Message::Distrust(reason) => self.distrust(reason),
                    Message::Stop => return self.keep_at_end(),
                }
            }
        }
    }

    /// Decides, appends, publishes and answers. IMPORTANT: the order is the promise. Nothing is
    /// visible before it is durable, and nobody is answered before it is visible.
    fn commit(&mut self, jobs: Vec<Job>) {
        let (full, trusted) = match &*self.status() {
            Status::Writing => (false, true),
            Status::Full(_) => (true, true),
            Status::Recovering(_) | Status::Damaged(_) | Status::Stopped => (false, false),
        };
        let forgotten = self.forgetting().up_to_date();
        let Some(log) = self.log.as_mut().filter(|_| trusted) else {
            return answer_all(jobs, &Err(self.refusal()));
        };
        let metrics = &self.shared.metrics;
        let begun = Instant::now();
        let mut batch = Batch::new(self.state.clone(), log.head(), (self.clock)(), forgotten);
        let answers: Vec<Answer> = jobs.iter().map(|job| batch.decide(&job.request, &self.seen)).collect();
        let decided = Instant::now();
        metrics.batch.record(jobs.len() as f64);
        metrics.apply.record(micros(decided - begun));
        if !batch.events.is_empty() {
            match log.append(&batch.events) {
                Ok(_) => {
                    metrics.commit.record(micros(decided.elapsed()));
                    let stamp = log.stamp();
                    batch.events.iter().for_each(|recorded| self.seen.note(recorded));
                    if full {
                        self.set_status(Status::Writing);
                    }
                    self.show(batch.state, batch.events);
                    // What is kept tells of nothing that was forgotten.
                    if forgotten.is_some() {
                        self.keeper.keep_when_due(&stamp, &self.state, &self.seen);
                    }
                }
                Err(error) => return self.fail(jobs, error),
            }
        }
        for (job, answer) in jobs.into_iter().zip(answers) {
            answer_one(job, answer);
        }
    }

    /// Says where the log ends and what is known there. Without a log there is no answer.
    fn look(&self, answer: oneshot::Sender<(Stamp, Arc<State>)>) {
        if let Some(log) = &self.log {
            // Whoever asked may have gone.
            drop(answer.send((log.stamp(), self.publisher.live().snapshot())));
        }
    }

    /// Writes nothing more: an older part of the log is damaged. The next start reads all of it, and says so too.
    fn distrust(&mut self, reason: String) {
        self.keeper.delete();
        self.set_status(Status::Damaged(reason));
    }

    /// Keeps what is known for the next start.
    fn keep_at_end(&mut self) {
        if let Some(log) = self.log.as_ref().filter(|_| self.forgetting().up_to_date().is_some()) {
            self.keeper.keep_at_end(&log.stamp(), &self.state, &self.seen);
        }
    }

    /// Erases what some events say. What is known tells of it until it was computed anew.
    fn redact(&mut self, Redaction { positions, answer }: Redaction) {
        self.keeper.wait();
        let outcome = match self.log.as_mut().map(|log| log.redact(&positions)) {
            None => Err(self.refusal()),
            Some(Ok(0)) => Ok(0),
            Some(Ok(erased)) => {
                self.forgetting().note();
                Ok(erased)
            }
            Some(Err(RedactError::Unknown(error))) => {
                self.shared.metrics.failures.increment(1);
                tracing::error!(%error, "erasing from the log failed");
                self.forgetting().note();
                self.close();
                Err(WriteError::Unknown)
            }
            Some(Err(error @ (RedactError::NotRedactable { .. } | RedactError::Read(ReadError::Missing { .. })))) => {
                Err(WriteError::NotRedactable(Arc::new(error)))
            }
            Some(Err(error @ (RedactError::Prepare(_) | RedactError::Read(_)))) => {
                tracing::error!(error = &error as &dyn std::error::Error, "erasing from the log failed");
                Err(WriteError::ReadOnly(error.to_string()))
            }
        };
        // The client may have gone; what it wanted forgotten is forgotten all the same.
        drop(answer.send(outcome));
    }

    /// Shows a state that was rebuilt, after the events that came meanwhile.
    fn rebuild(&mut self, Rebuild { state, forgotten, answer }: Rebuild) {
        let outcome = if forgotten == self.forgetting().times() {
            self.catch_up(state).map(|state| Some(self.show_rebuilt(state)))
        } else {
            Ok(None)
        };
        drop(answer.send(outcome));
    }

    /// Shows a state that was computed from the log as it is now.
    fn show_rebuilt(&mut self, state: State) -> Shown {
        let comparable = self.forgetting().up_to_date().is_some();
        self.state = state.clone();
        // In this order: what is made under the new edition is made of nothing older.
        self.shared.feed.rebuilt(Arc::new(state.clone()));
        let before = Some(self.publisher.replace(state)).filter(|_| comparable);
        self.forgetting().show(self.forgetting().times());
        Shown { before, now: self.publisher.live().snapshot() }
    }

    fn forgetting(&self) -> &Forgetting {
        self.shared.feed.forgetting()
    }

    /// `state` and everything that was stored since.
    fn catch_up(&self, mut state: State) -> Result<State, RebuildError> {
        let log = self.log.as_ref().ok_or_else(|| self.refusal())?;
        let (reader, end) = (log.reader(), self.state.pos());
        while state.pos() < end {
            let run = reader.read(state.pos(), READ_MAX)?;
            let pos = state.pos();
            run.iter().for_each(|recorded| state.apply(recorded));
            if state.pos() == pos {
                return Err(ReadError::Missing { pos: pos + 1 }.into());
            }
        }
        Ok(state)
    }

    /// Shows `state` to everybody, and tells those who follow along which `events` led to it.
    fn show(&mut self, state: State, events: Vec<Recorded>) {
        self.state = state;
        self.publisher.publish(self.state.clone());
        self.shared.feed.published(events, self.publisher.live().snapshot());
    }

    /// Answers a batch that was not appended, or may not have been.
    fn fail(&mut self, jobs: Vec<Job>, error: AppendError) {
        let answer = match &error {
            AppendError::DiskFull { .. } => {
                self.set_status(Status::Full(error.to_string()));
                Err(WriteError::ReadOnly(error.to_string()))
            }
            AppendError::TooLarge { .. } | AppendError::Unreadable { .. } => {
                Err(WriteError::ReadOnly(error.to_string()))
            }
            AppendError::Unknown(_) | AppendError::OutOfOrder { .. } => {
                self.close();
                Err(WriteError::Unknown)
            }
        };
        self.shared.metrics.failures.increment(1);
        let error: &dyn std::error::Error = &error;
        tracing::error!(error, requests = jobs.len(), "appending to the log failed");
        answer_all(jobs, &answer);
    }

    /// Closes a log that failed. On a thread of its own, because closing may hang on a broken disk;
    /// while it does, opening it again fails with `Locked`, and is tried again.
    fn close(&mut self) {
        self.set_status(Status::Recovering("the disk failed while writing; the log is being checked".into()));
        if let Some(log) = self.log.take() {
            let (closed, wait) = channel();
            std::thread::spawn(move || {
                drop(log);
                // An error means that nobody waits any more.
                let _ = closed.send(());
            });
            if wait.recv_timeout(CLOSE_WITHIN).is_err() {
                tracing::error!("closing the failed log takes long; opening it again is tried meanwhile");
            }
        }
        self.reopen_attempts = 0;
        self.wait_before_reopening();
    }

    /// Opens the log again. What it holds beyond what is known was durable after all; what it may not hold any more is
    /// found out by learning all of it.
    fn reopen(&mut self) {
        let known = self.state.pos();
        let mut next = self.state.clone();
        let mut recovered = Vec::new();
        let mut anew = self.forgetting().up_to_date().is_none().then(State::replay);
        let opened = self.open.open(&mut |recorded| {
            if let Some(anew) = &mut anew {
                anew.fold(&recorded);
            }
            if recorded.pos > known {
                next.apply(&recorded);
                recovered.push(recorded);
            }
        });
        match opened {
            Ok(log) => {
                tracing::info!(recovered_events = recovered.len(), "the log is open again");
                recovered.iter().for_each(|recorded| self.seen.note(recorded));
                self.shared.feed.reopened(log.reader());
                self.log = Some(log);
                self.show(next, recovered);
                if let Some(anew) = anew {
                    self.show_rebuilt(anew.finish());
                }
                self.set_status(Status::Writing);
            }
            Err(error) => {
                self.set_status(Status::Recovering(error.to_string()));
                let error: &dyn std::error::Error = &error;
                tracing::error!(error, attempt = self.reopen_attempts, "opening the log again failed");
                self.wait_before_reopening();
            }
        }
    }

    fn wait_before_reopening(&mut self) {
        let seconds = REOPEN_AFTER_S.get(self.reopen_attempts).or(REOPEN_AFTER_S.last()).copied().unwrap_or(60);
        self.reopen_at = Instant::now() + Duration::from_secs(seconds);
        self.reopen_attempts += 1;
    }

    fn refusal(&self) -> WriteError {
        match &*self.status() {
            Status::Full(reason) | Status::Recovering(reason) | Status::Damaged(reason) => {
                WriteError::ReadOnly(reason.clone())
            }
            Status::Writing | Status::Stopped => WriteError::Stopped,
        }
    }

    fn status(&self) -> RwLockReadGuard<'_, Status> {
        self.shared.status.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn set_status(&self, status: Status) {
        *self.shared.status.write().unwrap_or_else(PoisonError::into_inner) = status;
    }
}

impl Drop for Core {
    /// Also when the thread panics: a health check must never mistake that for working.
    fn drop(&mut self) {
        self.set_status(Status::Stopped);
    }
}

/// Takes the requests that wait, so that they share one fsync with `first`, and what comes after them.
fn drain(first: Job, queue: &Receiver<Message>) -> (Vec<Job>, Option<Message>) {
    let mut jobs = vec![first];
    while jobs.len() < BATCH_MAX {
        match queue.try_recv() {
            Ok(Message::Job(job)) => jobs.push(job),
            Ok(
                other @ (Message::Redact(_)
                | Message::Rebuild(_)
                | Message::Look(_)
                | Message::Distrust(_)
                | Message::Stop),
            ) => {
                return (jobs, Some(other));
            }
            Err(_) => break,
        }
    }
    (jobs, None)
}

fn micros(taken: Duration) -> f64 {
    taken.as_secs_f64() * 1e6
}

fn answer_all(jobs: Vec<Job>, answer: &Answer) {
    for job in jobs {
        answer_one(job, answer.clone());
    }
}

fn answer_one(job: Job, answer: Answer) {
    let Job { request, answer: waiting } = job;
    // A command may hold states, which whoever sent it takes apart: this thread has other work.
    drop(request);
    match waiting {
        // The client may have gone; its change stands all the same.
        Some(waiting) => drop(waiting.send(answer)),
        None => {
            if let Err(error) = answer {
                tracing::warn!(error = &error as &dyn std::error::Error, "a view or a position was not recorded");
            }
        }
    }
}
