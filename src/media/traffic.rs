//! What is being sent right now, and the bounds on it: streams, files being opened, memory.
//!
//! Memory has one budget for all streams. Each piece of a file takes a quarter of what is left of it, so a lone stream
//! gets large pieces, which is fast, and hundreds of paused ones get small ones, which is all they need. A piece is paid
//! back when it has gone to the socket.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How many files may be sent at once. Each needs two of the 1,024 descriptors that Linux gives a process.
const MAX_STREAMS: usize = 256;

/// How many files may be opened at once. Each takes a thread, which a sleeping disk keeps for seconds.
const MAX_OPENS: usize = 16;

/// How much memory the large pieces of all streams may take together, in bytes.
const BUDGET_BYTES: usize = 2 << 20;

/// The largest piece: beyond it, nothing gets faster.
const LARGEST_BYTES: usize = 512 << 10;

/// The smallest piece, which a stream gets whatever is left of the budget.
const SMALLEST_BYTES: usize = 16 << 10;

/// The traffic of video files. Cheap to clone; all clones count together.
#[derive(Clone, Debug)]
pub struct Traffic(Arc<Counts>);

#[derive(Debug)]
struct Counts {
    max_streams: usize,
    streams: Arc<Semaphore>,
    opens: Arc<Semaphore>,
    free_bytes: AtomicUsize,
    sent_bytes: AtomicU64,
}

impl Default for Traffic {
    fn default() -> Self {
        Self::new(MAX_STREAMS)
    }
}

impl Traffic {
    /// No traffic yet, and never more than `max_streams` files at once.
    #[must_use]
    pub fn new(max_streams: usize) -> Self {
        Self(Arc::new(Counts {
            max_streams,
            streams: Arc::new(Semaphore::new(max_streams)),
            opens: Arc::new(Semaphore::new(MAX_OPENS)),
            free_bytes: AtomicUsize::new(BUDGET_BYTES),
            sent_bytes: AtomicU64::new(0),
        }))
    }

    /// How many files are being sent right now.
    #[must_use]
    pub fn open_streams(&self) -> usize {
        self.0.max_streams - self.0.streams.available_permits()
    }

    /// How many bytes of files were handed to sockets since the start.
    #[must_use]
    pub fn sent_bytes(&self) -> u64 {
        self.0.sent_bytes.load(Ordering::Relaxed)
    }

    /// A place among the streams, unless all are taken.
    pub(super) fn enter(&self) -> Option<Place> {
        let permit = Arc::clone(&self.0.streams).try_acquire_owned().ok()?;
        Some(Place { traffic: self.clone(), _permit: permit })
    }

    /// A place among the opens, as soon as there is one.
    pub(super) async fn open_slot(&self) -> Option<OwnedSemaphorePermit> {
        // An error would mean that the semaphore was closed, and it never is.
        Arc::clone(&self.0.opens).acquire_owned().await.ok()
    }
}

/// A place among the streams, free again when it is dropped.
#[derive(Debug)]
pub(super) struct Place {
    traffic: Traffic,
    _permit: OwnedSemaphorePermit,
}

impl Place {
    /// Memory for the next piece of a file of which `left_bytes` are still to be sent.
    pub(super) fn piece(&self, left_bytes: u64) -> Piece {
        let left = usize::try_from(left_bytes).unwrap_or(usize::MAX);
        let share = |free: usize| (free / 4 / SMALLEST_BYTES * SMALLEST_BYTES).min(LARGEST_BYTES).min(left);
        let take = |free: usize| Some(free - share(free));
        let budget = &self.traffic.0.free_bytes;
        let free = budget.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take).unwrap_or_default();
        let paid = share(free);
        Piece { bytes: vec![0; paid.max(SMALLEST_BYTES).min(left)], paid, traffic: self.traffic.clone() }
    }

    /// Notes that a piece goes to the socket.
    pub(super) fn count(&self, sent_bytes: usize) {
        self.traffic.0.sent_bytes.fetch_add(sent_bytes as u64, Ordering::Relaxed);
    }
}

/// Memory for one piece of a file.
#[derive(Debug)]
pub(super) struct Piece {
    /// The bytes; as many as asked for until the read has said how many there are.
    pub(super) bytes: Vec<u8>,
    paid: usize,
    traffic: Traffic,
}

impl AsRef<[u8]> for Piece {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

impl Drop for Piece {
    fn drop(&mut self) {
        self.traffic.0.free_bytes.fetch_add(self.paid, Ordering::Relaxed);
    }
}

#[cfg(test)]
#[expect(clippy::expect_used, reason = "a test fails by panicking")]
mod tests {
    use super::{BUDGET_BYTES, LARGEST_BYTES, MAX_STREAMS, SMALLEST_BYTES, Traffic};

    #[test]
    fn a_lone_stream_gets_large_pieces_and_many_get_small_ones_within_the_budget() {
        let place = Traffic::default().enter().expect("there is a place");
        let mut held: Vec<_> = (0..MAX_STREAMS).map(|_| place.piece(u64::MAX)).collect();
        let sizes: Vec<usize> = held.iter().map(|piece| piece.bytes.len()).collect();
        assert_eq!(sizes.first(), Some(&LARGEST_BYTES));
        assert_eq!(sizes.last(), Some(&SMALLEST_BYTES));
        assert!(sizes.is_sorted_by(|before, after| before >= after), "{sizes:?}");
        assert!(sizes.iter().sum::<usize>() <= BUDGET_BYTES + MAX_STREAMS * SMALLEST_BYTES);
        held.clear();
        assert_eq!(place.piece(u64::MAX).bytes.len(), LARGEST_BYTES, "what was held was paid back");
    }

    #[test]
    fn a_piece_is_never_longer_than_what_is_left() {
        let place = Traffic::default().enter().expect("there is a place");
        for left in [0, 1, 8191, 8192, 8193, 100_000] {
            assert_eq!(place.piece(left).bytes.len() as u64, left);
        }
    }

    #[test]
    fn streams_are_counted_and_bounded() {
        let traffic = Traffic::new(2);
        let first = traffic.enter().expect("there is a place");
        let second = traffic.enter().expect("there is another");
        assert_eq!(traffic.open_streams(), 2);
        assert!(traffic.enter().is_none());
        drop(first);
        assert_eq!(traffic.open_streams(), 1);
        assert!(traffic.enter().is_some());
        drop(second);
    }
}
