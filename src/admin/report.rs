//! How a job tells how far it is, hears that it was cancelled, and says how it ended.

use crate::status::jobs::{JobBoard, Outcome};
use std::error::Error;
use std::ops::ControlFlow;
use tokio::runtime::Handle;
use tokio_util::sync::CancellationToken;
use tools::progress::{Cancelled, Progress};
use tools::verify::Finding;

/// The exit code of the tools for what has none of its own.
const OTHER: u8 = 1;

/// How often a job says how far it is, at most, in ms.
const TELL_EVERY_MS: i64 = 200;

/// How a job ends that was not done.
#[derive(Debug)]
pub(super) enum Stopped {
    /// Somebody cancelled it; what is done all the same, in a sentence.
    Cancelled(String),
    /// It could not be done, or found something wrong.
    Failed(Outcome),
}

impl Stopped {
    /// Somebody cancelled it before it changed anything.
    pub(super) fn cancelled() -> Self {
        Self::Cancelled("It was cancelled; nothing was changed.".to_owned())
    }

    /// This program is wrong; the panic hook has logged where.
    pub(super) fn panicked() -> Self {
        let what = "the log of the server says where".to_owned();
        Self::because(
            "This program failed at it.",
            Finding { code: OTHER, what, advice: "Please report it.".to_owned() },
        )
    }

    /// It could not be done because of `error`, which the tools end with `code` for; `summary` says what that means.
    pub(super) fn failed(summary: &str, code: u8, error: &dyn Error) -> Self {
        let mut what = error.to_string();
        let mut next = error.source();
        while let Some(cause) = next {
            what = format!("{what}: {cause}");
            next = cause.source();
        }
        Self::because(summary, Finding { code, what, advice: String::new() })
    }

    /// The same for an error of the tools.
    pub(super) fn of_tools(summary: &str, error: &anyhow::Error) -> Self {
        if error.is::<Cancelled>() {
            return Self::cancelled();
        }
        Self::failed(summary, tools::exit_code(error), error.as_ref())
    }

    /// It could not be done, in other words than those of an error.
    pub(super) fn refused(summary: impl Into<String>) -> Self {
        Self::Failed(Outcome { code: OTHER, ..Outcome::new(summary) })
    }

    fn because(summary: &str, trouble: Finding) -> Self {
        let mut outcome = Outcome::new(summary);
        outcome.note(trouble);
        Self::Failed(outcome)
    }
}

/// A running job, as it sees itself.
pub(super) struct Report<'a> {
    pub(super) board: &'a JobBoard,
    pub(super) id: u64,
    pub(super) cancelled: &'a CancellationToken,
    pub(super) clock: fn() -> i64,
    /// What waits that cannot be waited for with a thread.
    pub(super) runtime: &'a Handle,
    pub(super) told_at_ms: i64,
    /// How much the part that is being done has.
    pub(super) total: u64,
}

impl Progress for Report<'_> {
    fn begin(&mut self, _part: &str, of: u64) {
        self.total = of;
    }

    fn reached(&mut self, done: u64) -> Result<(), Cancelled> {
        if self.tell(done, self.total).is_break() { Err(Cancelled) } else { Ok(()) }
    }
}

impl Report<'_> {
    /// Says that so much of `total` is done; breaks when the job was cancelled.
    pub(super) fn tell(&mut self, done: u64, total: u64) -> ControlFlow<()> {
        let now_ms = (self.clock)();
        if now_ms - self.told_at_ms >= TELL_EVERY_MS || done == total {
            self.told_at_ms = now_ms;
            self.board.progress(self.id, done, total, now_ms);
        }
        if self.cancelled.is_cancelled() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    /// Waits for what is to come; nothing when the job is cancelled first.
    pub(super) fn wait<T>(&self, coming: impl Future<Output = T>) -> Option<T> {
        self.runtime.block_on(self.cancelled.run_until_cancelled(coming))
    }
}
