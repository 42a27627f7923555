//! The only door to the log. Callers hold a [`Writer`] and submit [`Request`]s; one thread behind a
//! bounded queue decides, appends, publishes and answers, in that order (`thread`).
//!
//! When an answer arrives, the change is on disk and in every snapshot taken from then on. Nothing
//! here knows HTTP.

mod batch;
mod devices;
mod doubt;
mod feed;
mod forgetting;
#[cfg(test)]
pub(crate) mod given;
mod keep;
mod rebuild;
mod seen;
#[cfg(test)]
mod tests;
mod thread;

use crate::decide::{Command, Rejected};
use crate::metrics::WriterMetrics;
pub use devices::Devices;
use events::log::{self, OpenError, OpenLog, RedactError, Resumed, Stamp};
use events::{Actor, Cause, CommandId, Pos};
pub use feed::{Feed, Past, Subscription};
use keep::{Keeper, Known};
use projections::{Live, Publisher, SCHEMA, State};
pub use rebuild::{RebuildError, Rebuilt};
use std::sync::mpsc::{SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, PoisonError, RwLock};
use std::thread::JoinHandle;
use tokio::sync::oneshot;

/// How many requests may wait. At 512 a batch this is two fsyncs of work.
const QUEUE_MAX: usize = 1024;

/// A command on its way to the log, with its envelope.
#[derive(Clone, Debug)]
pub struct Request {
    /// What is asked for.
    pub command: Command,
    /// Which door it came in by.
    pub cause: Cause,
    /// Which device asks.
    pub actor: Actor,
    /// Its idempotency key.
    pub id: CommandId,
}

/// What became of a request that was carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The position of its first event, which names the batch; 0 when everything was as asked already.
    pub first: Pos,
    /// How many events it led to.
    pub events: u64,
    /// How much of it was left out: videos that are unknown or can take no more, and facts that were
    /// changed again since what was to be undone. Not in the log, and so 0 for a request carried out before.
    pub skipped: u64,
}

/// Why a request was not carried out, or may not have been.
#[derive(Clone, Debug, thiserror::Error)]
pub enum WriteError {
    /// The rules say no.
    #[error(transparent)]
    Rejected(#[from] Rejected),
    /// The idempotency key was used for something else before.
    #[error("this idempotency key was used for another request")]
    KeyReused,
    /// Too many requests are waiting. Nothing was written.
    #[error("too many changes are waiting to be written")]
    Overloaded,
    /// The disk failed in the middle. The change may or may not be stored; the same request with the
    /// same key will tell.
    #[error("the disk failed while writing; whether the change was stored is not known yet")]
    Unknown,
    /// Nothing is written at the moment. Reading goes on.
    #[error("nothing can be written at the moment: {0}")]
    ReadOnly(String),
    /// What was to be forgotten cannot be. Nothing was erased.
    #[error("{0}")]
    NotRedactable(Arc<RedactError>),
    /// What was looked up for it may tell of something that was forgotten since. Nothing was written.
    #[error("a viewing was forgotten meanwhile; ask again")]
    Outdated,
    /// The server is shutting down. Nothing was written.
    #[error("the server is shutting down")]
    Stopped,
}

/// What the writer is doing, for health checks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Status {
    /// Changes are written.
    Writing,
    /// The last change found no room on the disk and was refused; the next one is tried.
    Full(String),
    /// The log failed and is being opened again; changes are refused meanwhile.
    Recovering(String),
    /// The log was found to be damaged in a part that was written before the start. Nothing is written any more.
    Damaged(String),
    /// The writer has ended.
    Stopped,
}

/// What waits in the queue: a request, something to forget, a state to show instead, a look at where the log ends, the news
/// that the log is damaged, or the wish to end.
enum Message {
    Job(Job),
    Redact(rebuild::Redaction),
    Rebuild(Box<rebuild::Rebuild>),
    Look(oneshot::Sender<(Stamp, Arc<State>)>),
    Distrust(String),
    Stop,
}

struct Job {
    request: Request,
    /// Nobody waits for a view.
    answer: Option<oneshot::Sender<Result<Receipt, WriteError>>>,
}

/// The door. Cheap to clone.
#[derive(Clone)]
pub struct Writer {
    queue: SyncSender<Message>,
    status: Arc<RwLock<Status>>,
    feed: Feed,
    metrics: WriterMetrics,
}

/// The thread behind the door.
pub struct WriterThread {
    thread: JoinHandle<()>,
    queue: SyncSender<Message>,
    /// Reads what was not read at the start.
    doubt: Option<JoinHandle<()>>,
}

impl Writer {
    /// Opens the log, learns from a checkpoint and from what came after it, or else from all of it, publishes what is known,
    /// and starts the thread. `clock` tells the time in ms since the epoch; `metrics` count what the thread does.
    ///
    /// # Errors
    /// [`OpenError`] when the log cannot be opened or cannot be trusted.
    pub fn start(
        open: Box<dyn OpenLog>,
        clock: fn() -> i64,
        metrics: WriterMetrics,
    ) -> Result<(Self, WriterThread, Live), OpenError> {
        let resumed = log::resume(&*open, SCHEMA, Known::restore, |known, recorded| {
            known.seen.note(&recorded);
            known.replay.fold(&recorded);
        })?;
        let Resumed { log, known: Known { replay, seen }, after } = resumed;
        let publisher = Publisher::new(replay.finish());
        let keeper = Keeper::new(open.checkpoints(SCHEMA), after);
        let live = publisher.live();
        let (queue, jobs) = sync_channel(QUEUE_MAX);
        let status = Arc::new(RwLock::new(Status::Writing));
        let feed = Feed::new(log.reader(), live.snapshot());
        let shared = thread::Shared { status: Arc::clone(&status), feed: feed.clone(), metrics: metrics.clone() };
        let thread_error = |error| OpenError::Storage(Box::new(error));
        let doubt = (after > 0).then(|| doubt::read_all(log.reader(), queue.clone()));
        let doubt = doubt.transpose().map_err(thread_error)?;
        let core = thread::Core::new(log, open, publisher, seen, keeper, clock, shared);
        let thread =
            std::thread::Builder::new().name("writer".into()).spawn(move || core.run(&jobs)).map_err(thread_error)?;
        Ok((Self { queue: queue.clone(), status, feed, metrics }, WriterThread { thread, queue, doubt }, live))
    }

    /// Carries out a request and waits until it is durable and visible.
    ///
    /// # Errors
    /// See [`WriteError`].
    pub async fn submit(&self, request: Request) -> Result<Receipt, WriteError> {
        let (answer, answered) = oneshot::channel();
        self.enqueue(Job { request, answer: Some(answer) })?;
        answered.await.unwrap_or(Err(WriteError::Unknown))
    }

    /// The same for a background thread; it waits for a place in the queue instead of being refused.
    /// Must not be called from async code.
    ///
    /// # Errors
    /// See [`WriteError`].
    pub fn submit_blocking(&self, request: Request) -> Result<Receipt, WriteError> {
        let (answer, answered) = oneshot::channel();
        let job = Message::Job(Job { request, answer: Some(answer) });
        self.metrics.queued.increment(1);
        self.queue.send(job).map_err(|_| {
            self.metrics.queued.decrement(1);
            WriteError::Stopped
        })?;
        answered.blocking_recv().unwrap_or(Err(WriteError::Unknown))
    }

    /// Hands a request over without waiting for the disk: for views, which arrive while a page is
    /// being left. It takes the same path to the log.
    ///
    /// # Errors
    /// [`WriteError::Overloaded`] or [`WriteError::Stopped`]; later failures are logged.
    pub fn submit_detached(&self, request: Request) -> Result<(), WriteError> {
        self.enqueue(Job { request, answer: None })
    }

    /// Which log it is and where it ends, and what is known there. Blocking, until what was asked for before is written; must not be called
    /// from async code.
    ///
    /// # Errors
    /// [`WriteError::Stopped`] when the log is not open at the moment.
    pub fn look(&self) -> Result<(Stamp, Arc<State>), WriteError> {
        let (answer, answered) = oneshot::channel();
        self.queue.send(Message::Look(answer)).map_err(|_| WriteError::Stopped)?;
        answered.blocking_recv().map_err(|_| WriteError::Stopped)
    }

    /// What the writer is doing.
    #[must_use]
    pub fn status(&self) -> Status {
        self.status.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What was written, as it comes and as it came.
    #[must_use]
    pub fn feed(&self) -> &Feed {
        &self.feed
    }

    fn enqueue(&self, job: Job) -> Result<(), WriteError> {
        self.metrics.queued.increment(1);
        self.queue.try_send(Message::Job(job)).map_err(|refused| {
            self.metrics.queued.decrement(1);
            match refused {
                TrySendError::Full(_) => WriteError::Overloaded,
                TrySendError::Disconnected(_) => WriteError::Stopped,
            }
        })
    }
}

impl WriterThread {
    /// Writes what is waiting, closes the log, and returns when that is done.
    pub fn stop(self) {
        // An error means that the thread has ended already.
        let _ = self.queue.send(Message::Stop);
        if self.thread.join().is_err() {
            tracing::error!("the writer thread panicked");
        }
        if self.doubt.is_some_and(|doubt| doubt.join().is_err()) {
            tracing::error!("the thread that reads the log panicked");
        }
    }
}
