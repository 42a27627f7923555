//! The current state as everybody sees it: one writer publishes, any number of readers take snapshots.
//!
//! The only file that knows arc-swap. A reader takes one snapshot a request and asks only that, so
//! everything on a page agrees.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};

use arc_swap::ArcSwap;

use crate::state::State;

/// A state replaced by one so few events later shares nearly everything with it, and is taken apart in the
/// time it took to change; waking a thread for that would cost more.
const FEW: u64 = 1_000;

/// How many replaced states may wait to be taken apart; beyond that the writer does it itself.
const WAITING: usize = 64;

/// The read side. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Live {
    current: Arc<ArcSwap<State>>,
    editions: Arc<AtomicU64>,
}

impl Live {
    /// What is known now. It does not change while it is held.
    #[must_use]
    pub fn snapshot(&self) -> Arc<State> {
        self.current.load_full()
    }

    /// How often what is known was computed anew since the start. As long as it stays the same, what was made of a state is
    /// true of every other one at that position. Ask before taking the snapshot.
    #[must_use]
    pub fn edition(&self) -> u64 {
        self.editions.load(Ordering::Acquire)
    }
}

/// The write side: there is one, and it cannot be cloned.
#[derive(Debug)]
pub struct Publisher {
    current: Arc<ArcSwap<State>>,
    editions: Arc<AtomicU64>,
    reaper: Option<SyncSender<Arc<State>>>,
}

impl Publisher {
    /// Makes this the current state.
    #[must_use]
    pub fn new(state: State) -> Self {
        let (reaper, replaced) = sync_channel::<Arc<State>>(WAITING);
        // Taking a large state apart takes milliseconds, which neither the writer nor a reader should pay.
        // Without a thread to be had, the writer pays.
        let thread = std::thread::Builder::new().name("reaper".into()).spawn(move || replaced.iter().for_each(drop));
        let current = Arc::new(ArcSwap::from_pointee(state));
        Self { current, editions: Arc::default(), reaper: thread.ok().map(|_| reaper) }
    }

    /// A handle for readers.
    #[must_use]
    pub fn live(&self) -> Live {
        Live { current: Arc::clone(&self.current), editions: Arc::clone(&self.editions) }
    }

    /// Shows this state to everybody from now on.
    pub fn publish(&self, state: State) {
        let pos = state.pos();
        let replaced = self.current.swap(Arc::new(state));
        if let Some(reaper) = self.reaper.as_ref().filter(|_| pos.saturating_sub(replaced.pos()) > FEW) {
            // A full queue gives the state back, and it is dropped here.
            drop(reaper.try_send(replaced));
        }
    }
    /// Shows this state, which was computed anew and may differ from what was shown at its position, and gives back the one
    /// that was shown.
    pub fn replace(&self, state: State) -> Arc<State> {
        let replaced = self.current.swap(Arc::new(state));
        // Afterwards: whoever sees the new edition sees the new state.
        self.editions.fetch_add(1, Ordering::Release);
        replaced
    }
}
