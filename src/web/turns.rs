//! Work that takes a processor for a while, such as drawing a page: as much of it at once as there are processors, and never
//! on a thread on which other requests wait. So a page that is at hand, or a piece of a video, does not wait behind one that
//! is being drawn, and whoever does wait is seen waiting: the time counts as the request's own.
//!
//! Not for waiting on disks; what blocks is done by `spawn_blocking`.

use std::num::NonZero;
use std::thread::available_parallelism;
use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::sync::Semaphore;
use tokio::task::block_in_place;

/// Who may work at the same time.
pub(crate) struct Turns(Semaphore);

impl Default for Turns {
    /// A turn for each processor.
    fn default() -> Self {
        Self(Semaphore::new(available_parallelism().map_or(1, NonZero::get)))
    }
}

impl Turns {
    /// Does this `work` when it is its turn, first come, first served.
    pub(crate) async fn take<T>(&self, work: impl FnOnce() -> T) -> T {
        // The semaphore is never closed, so there is always a turn to wait for.
        let _turn = self.0.acquire().await;
        if Handle::current().runtime_flavor() == RuntimeFlavor::MultiThread {
            block_in_place(work)
        } else {
            // The runtime of a test has no other thread to hand its tasks to.
            work()
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;
    use std::sync::mpsc::channel;
    use std::task::{Context, Waker};
    use std::time::Duration;
    use tokio::time::timeout;

    /// Long enough for any machine; waited for only where something is wrong.
    const PATIENCE: Duration = Duration::from_secs(20);

    /// With one thread for requests, whoever works waits for another request: that comes only if it is not in its way.
    #[tokio::test(flavor = "multi_thread", worker_threads = 1)]
    async fn other_requests_go_on_meanwhile() {
        let (answer, answered) = channel();
        let other = async move { answer.send(7).unwrap() };
        let working = tokio::spawn(async move {
            tokio::spawn(other);
            Turns::default().take(move || answered.recv_timeout(PATIENCE)).await
        });
        assert_eq!(timeout(PATIENCE * 2, working).await.unwrap().unwrap(), Ok(7));
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 1)]
    async fn one_more_than_there_are_turns_waits_for_its_own() {
        let turns = Turns(Semaphore::new(1));
        let taken = turns.0.acquire().await.unwrap();
        let mut next = Box::pin(turns.take(|| 7));
        let mut context = Context::from_waker(Waker::noop());
        assert!(next.as_mut().poll(&mut context).is_pending());
        drop(taken);
        assert_eq!(next.await, 7);
    }
}
