//! What is known, computed anew from the whole log while everything goes on; and forgetting, which needs that.
//!
//! Reading and folding happen on the thread that asks. The writer's thread only learns the last few events that came
//! meanwhile, and shows the result: for readers it is one swap, and for those who change something a wait of milliseconds.

#[cfg(test)]
mod tests;

use super::{Message, WriteError, Writer};
use crate::moments::replay::learn_to;
use events::Pos;
use events::log::ReadError;
use projections::{Replay, State};
use std::sync::Arc;
use tokio::sync::oneshot;

/// With so few events still to learn, the writer's thread learns them.
const FEW: u64 = 2_000;

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rebuilt {
    /// The position up to which it was computed.
    pub pos: Pos,
    /// The digest there of what was shown before; nothing if that still told of something that was forgotten.
    pub digest_before: Option<u64>,
    /// The digest there of what is shown now. The same, unless the program was wrong.
    pub digest_now: u64,
}

/// Why what is known was not computed anew. What was shown before is still shown.
#[derive(Debug, thiserror::Error)]
pub enum RebuildError {
    /// It was no longer wanted.
    #[error("it was cancelled")]
    Cancelled,
    /// The log cannot be read.
    #[error("the log cannot be read")]
    Log(#[from] ReadError),
    /// The log is not open at the moment, or the server is shutting down.
    #[error(transparent)]
    Writer(#[from] WriteError),
}

/// A state on its way to the writer's thread.
pub(super) struct Rebuild {
    /// What is known after its position.
    pub(super) state: State,
    /// How often something had been forgotten when it was begun.
    pub(super) forgotten: u64,
    /// What was shown and what is shown now, at the same position; nothing if something was forgotten meanwhile.
    pub(super) answer: oneshot::Sender<Result<Option<Shown>, RebuildError>>,
}

/// What was shown, unless it told of something that was forgotten, and what is shown instead.
pub(super) struct Shown {
    pub(super) before: Option<Arc<State>>,
    pub(super) now: Arc<State>,
}

/// Events whose content is to be erased.
pub(super) struct Redaction {
    pub(super) positions: Vec<Pos>,
    pub(super) answer: oneshot::Sender<Result<usize, WriteError>>,
}

impl Writer {
    /// Computes what is known from the whole log and shows that instead of what is shown. Blocking, for as long as reading the
    /// whole log takes; reading and writing go on meanwhile. `progress` is told the position reached and the last one there is,
    /// and may say `false` to cancel it, but not while somebody else rebuilds.
    ///
    /// # Errors
    /// [`RebuildError`].
    pub fn rebuild(&self, progress: &mut dyn FnMut(Pos, Pos) -> bool) -> Result<Rebuilt, RebuildError> {
        let _turn = self.feed.forgetting().turn();
        self.compute(progress)
    }

    /// Sees to it that what is shown tells of nothing that was forgotten, and says how often something was. Blocking, as
    /// [`Writer::rebuild`] if there is something to do; whoever comes meanwhile waits for the same.
    ///
    /// # Errors
    /// [`RebuildError`].
    pub fn catch_up(&self) -> Result<u64, RebuildError> {
        let forgetting = self.feed.forgetting();
        let _turn = forgetting.turn();
        loop {
            if let Some(times) = forgetting.up_to_date() {
                return Ok(times);
            }
            self.compute(&mut |_, _| true)?;
        }
    }

    /// How often something was forgotten since the start; nothing while what is shown may still tell of it.
    #[must_use]
    pub fn forgotten(&self) -> Option<u64> {
        self.feed.forgetting().up_to_date()
    }

    fn compute(&self, progress: &mut dyn FnMut(Pos, Pos) -> bool) -> Result<Rebuilt, RebuildError> {
        loop {
            let forgotten = self.feed.forgetting().times();
            let state = self.learn_everything(progress)?;
            let (answer, answered) = oneshot::channel();
            self.send(Message::Rebuild(Box::new(Rebuild { state, forgotten, answer })))?;
            let shown = answered.blocking_recv().map_err(|_| WriteError::Stopped)??;
            // What was read may hold what was forgotten since.
            let Some(Shown { before, now }) = shown else { continue };
            let digest_before = before.map(|before| before.digest());
            return Ok(Rebuilt { pos: now.pos(), digest_before, digest_now: now.digest() });
        }
    }

    /// Everything up to the end of the log, or nearly.
    fn learn_everything(&self, progress: &mut dyn FnMut(Pos, Pos) -> bool) -> Result<State, RebuildError> {
        let mut replay = Replay::from(State::default());
        let mut reached = 0;
        loop {
            let head = self.feed.head();
            if head.saturating_sub(reached) <= FEW {
                break;
            }
            let reader = self.feed.reader();
            let learned = learn_to(&*reader, replay, reached, head, |pos| progress(pos, head))?;
            replay = learned.ok_or(RebuildError::Cancelled)?;
            reached = head;
        }
        Ok(replay.finish())
    }

    /// Erases for good what the events at `positions` say; only viewings and places in videos can be. When this returns,
    /// nothing that is shown knows of it any more. Gives back how many had not been erased before.
    ///
    /// # Errors
    /// [`RebuildError`]; [`WriteError::NotRedactable`] when nothing was erased, [`WriteError::Overloaded`] when too many wait for
    /// this already. After any other error it is erased or not, and what is shown may still tell of it; doing it again sees
    /// to both.
    pub async fn forget(&self, positions: Vec<Pos>) -> Result<usize, RebuildError> {
        let place = self.feed.forgetting().place().ok_or(WriteError::Overloaded)?;
        let writer = self.clone();
        let work = move || {
            let _place = place;
            let (answer, answered) = oneshot::channel();
            writer.send(Message::Redact(Redaction { positions, answer }))?;
            let erased = answered.blocking_recv().map_err(|_| WriteError::Unknown)??;
            writer.catch_up()?;
            Ok(erased)
        };
        // It goes on to its end when nobody waits for it any more, so that nothing stays shown that was erased.
        tokio::task::spawn_blocking(work).await.unwrap_or(Err(RebuildError::Writer(WriteError::Unknown)))
    }

    /// Waits for a place in the queue.
    fn send(&self, message: Message) -> Result<(), WriteError> {
        self.queue.send(message).map_err(|_| WriteError::Stopped)
    }
}
