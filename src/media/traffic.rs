//! What is being sent right now, and the bounds on it: streams, files being opened, memory.
//!
//! A few large pieces of memory are shared by all streams, for as long as it takes to send each; they are kept, because
//! new ones would cost more than what is read into them. Who finds none gets a small piece, which is all that a paused
//! player needs: hundreds of them stay cheap.

use events::{ImageId, RootPath, VideoId};
use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How many files may be sent at once. Each needs two of the 1,024 descriptors that Linux gives a process.
const MAX_STREAMS: usize = 256;

/// How many files of one library folder may be opened at once. Each takes a thread, which a sleeping disk keeps for
/// seconds and a dead network mount for good; the other folders shall not wait for it.
const MAX_OPENS_PER_ROOT: usize = 4;

/// How many large pieces there are.
const LARGE_PIECES: usize = 4;

/// A large piece: beyond it, nothing gets faster.
const LARGE_BYTES: usize = 512 << 10;

/// A small piece.
const SMALL_BYTES: usize = 8 << 10;

/// What a file is to the gallery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// A video.
    Video(VideoId),
    /// An image.
    Image(ImageId),
}

impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Video(video) => write!(f, "video {video}"),
            Self::Image(image) => write!(f, "image {image}"),
        }
    }
}

/// A file that is being sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sending {
    /// Which.
    pub what: What,
    /// How long ago something of it was sent, or the stream began.
    pub idle: Duration,
}

/// The traffic of video files. Cheap to clone; all clones count together.
#[derive(Clone, Debug)]
pub struct Traffic(Arc<Counts>);

#[derive(Debug)]
struct Counts {
    max_streams: usize,
    streams: Arc<Semaphore>,
    /// One for each library folder that was ever asked for.
    opens: Mutex<BTreeMap<Arc<RootPath>, Arc<Semaphore>>>,
    /// The large pieces nobody uses; empty until they are used for the first time.
    spare: Mutex<Vec<Vec<u8>>>,
    sent_bytes: AtomicU64,
    started: Instant,
    /// When something was sent last, in ms since `started`; 0 for never.
    last_sent_ms: AtomicU64,
    /// What is being sent, in the order it began.
    sending: Mutex<BTreeMap<u64, Arc<Open>>>,
    next: AtomicU64,
}

/// An open stream.
#[derive(Debug)]
struct Open {
    what: What,
    /// When something of it was sent last, in ms since the traffic started.
    last_sent_ms: AtomicU64,
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
            opens: Mutex::default(),
            spare: Mutex::new(vec![Vec::new(); LARGE_PIECES]),
            sent_bytes: AtomicU64::new(0),
            started: Instant::now(),
            last_sent_ms: AtomicU64::new(0),
            sending: Mutex::default(),
            next: AtomicU64::new(0),
        }))
    }

    /// What is being sent right now, what began last first.
    #[must_use]
    pub fn sending(&self) -> Vec<Sending> {
        let now_ms = self.now_ms();
        let idle =
            |open: &Open| Duration::from_millis(now_ms.saturating_sub(open.last_sent_ms.load(Ordering::Relaxed)));
        self.open().values().rev().map(|open| Sending { what: open.what, idle: idle(open) }).collect()
    }

    /// How many files are being sent right now.
    #[must_use]
    pub fn open_streams(&self) -> usize {
        self.0.max_streams - self.0.streams.available_permits()
    }

    /// How many there may be at once.
    #[must_use]
    pub fn max_streams(&self) -> usize {
        self.0.max_streams
    }

    /// How many bytes of files were handed to sockets since the start.
    #[must_use]
    pub fn sent_bytes(&self) -> u64 {
        self.0.sent_bytes.load(Ordering::Relaxed)
    }

    /// Whether anything was sent within this time. A player that is paused, be it for days, keeps its stream and gets
    /// nothing.
    #[must_use]
    pub fn sent_within(&self, time: Duration) -> bool {
        lately(self.0.last_sent_ms.load(Ordering::Relaxed), self.0.started.elapsed(), time)
    }

    fn spare(&self) -> std::sync::MutexGuard<'_, Vec<Vec<u8>>> {
        // Nothing that holds the lock can panic half-way.
        self.0.spare.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn open(&self) -> std::sync::MutexGuard<'_, BTreeMap<u64, Arc<Open>>> {
        self.0.sending.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now_ms(&self) -> u64 {
        u64::try_from(self.0.started.elapsed().as_millis()).unwrap_or(u64::MAX).max(1)
    }

    /// A place among the streams to send this in, unless all are taken.
    pub(super) fn enter(&self, what: What) -> Option<Place> {
        let permit = Arc::clone(&self.0.streams).try_acquire_owned().ok()?;
        let open = Arc::new(Open { what, last_sent_ms: AtomicU64::new(self.now_ms()) });
        let number = self.0.next.fetch_add(1, Ordering::Relaxed);
        self.open().insert(number, Arc::clone(&open));
        Some(Place { traffic: self.clone(), number, open, _permit: permit })
    }

    /// A place among those that open files of the folder `root`, as soon as there is one.
    pub(super) async fn open_slot(&self, root: &Arc<RootPath>) -> Option<OwnedSemaphorePermit> {
        let slots = {
            let mut opens = self.0.opens.lock().unwrap_or_else(PoisonError::into_inner);
            let slots = opens.entry(Arc::clone(root)).or_insert_with(|| Arc::new(Semaphore::new(MAX_OPENS_PER_ROOT)));
            Arc::clone(slots)
        };
        // An error would mean that the semaphore was closed, and it never is.
        slots.acquire_owned().await.ok()
    }
}

/// Whether what happened at `last_ms` (0 for never) is `now` at most this long ago.
fn lately(last_ms: u64, now: Duration, time: Duration) -> bool {
    last_ms > 0 && now < Duration::from_millis(last_ms).saturating_add(time)
}

/// A place among the streams, free again when it is dropped.
#[derive(Debug)]
pub(super) struct Place {
    traffic: Traffic,
    number: u64,
    open: Arc<Open>,
    _permit: OwnedSemaphorePermit,
}

impl Drop for Place {
    fn drop(&mut self) {
        self.traffic.open().remove(&self.number);
    }
}

impl Place {
    /// Memory for the next piece of a file of which `left_bytes` are still to be sent.
    pub(super) fn piece(&self, left_bytes: u64) -> Piece {
        let left = usize::try_from(left_bytes).unwrap_or(usize::MAX);
        let spare = if left > SMALL_BYTES { self.traffic.spare().pop() } else { None };
        match spare {
            Some(mut bytes) => {
                bytes.resize(LARGE_BYTES, 0);
                Piece { bytes, len: left.min(LARGE_BYTES), lender: Some(self.traffic.clone()) }
            }
            None => {
                let len = left.min(SMALL_BYTES);
                Piece { bytes: vec![0; len], len, lender: None }
            }
        }
    }

    /// Notes that a piece goes to the socket.
    pub(super) fn count(&self, sent_bytes: usize) {
        let counts = &self.traffic.0;
        counts.sent_bytes.fetch_add(sent_bytes as u64, Ordering::Relaxed);
        let now_ms = self.traffic.now_ms();
        counts.last_sent_ms.store(now_ms, Ordering::Relaxed);
        self.open.last_sent_ms.store(now_ms, Ordering::Relaxed);
    }
}

/// Memory for one piece of a file.
#[derive(Debug)]
pub(super) struct Piece {
    bytes: Vec<u8>,
    len: usize,
    /// Whose memory it is, if it is to be given back.
    lender: Option<Traffic>,
}

impl Piece {
    /// Where to read to.
    pub(super) fn space(&mut self) -> &mut [u8] {
        self.bytes.get_mut(..self.len).unwrap_or_default()
    }

    /// The same piece with only its first `len` bytes, as many as were read.
    pub(super) fn filled(mut self, len: usize) -> Self {
        self.len = len;
        self
    }
}

impl AsRef<[u8]> for Piece {
    fn as_ref(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }
}

impl Drop for Piece {
    fn drop(&mut self) {
        if let Some(lender) = &self.lender {
            lender.spare().push(std::mem::take(&mut self.bytes));
        }
    }
}

#[cfg(test)]
#[expect(clippy::expect_used, reason = "a test fails by panicking")]
mod tests {
    use super::{LARGE_BYTES, LARGE_PIECES, MAX_OPENS_PER_ROOT, SMALL_BYTES, Traffic, What, lately};
    use events::{ImageId, RootPath, VideoId};
    use std::sync::Arc;
    use std::task::Poll;
    use std::time::Duration;

    const FILM: What = What::Video(VideoId::MIN);

    #[test]
    fn the_first_streams_get_large_pieces_and_all_others_small_ones() {
        let place = Traffic::default().enter(FILM).expect("there is a place");
        let mut held: Vec<_> = (0..200).map(|_| place.piece(u64::MAX)).collect();
        let sizes: Vec<usize> = held.iter().map(|piece| piece.as_ref().len()).collect();
        let expected = [vec![LARGE_BYTES; LARGE_PIECES], vec![SMALL_BYTES; 200 - LARGE_PIECES]].concat();
        assert_eq!(sizes, expected);
        held.clear();
        let again = place.piece(u64::MAX).filled(3);
        assert_eq!(again.as_ref().len(), 3);
        drop(again);
        assert_eq!(place.piece(u64::MAX).as_ref().len(), LARGE_BYTES, "what was held was given back");
    }

    #[test]
    fn a_piece_is_never_longer_than_what_is_left() {
        let place = Traffic::default().enter(FILM).expect("there is a place");
        for left in [0, 1, 8191, 8192, 8193, 100_000] {
            assert_eq!(place.piece(left).space().len() as u64, left);
        }
    }

    #[test]
    fn what_is_paused_does_not_count_as_sending() {
        let ms = Duration::from_millis;
        assert!(!lately(0, ms(1), ms(1_000)), "nothing was ever sent");
        assert!(lately(5, ms(14), ms(10)));
        assert!(!lately(5, ms(15), ms(10)), "that was too long ago");
        let traffic = Traffic::default();
        assert!(!traffic.sent_within(Duration::MAX));
        traffic.enter(FILM).expect("there is a place").count(1);
        assert!(traffic.sent_within(Duration::MAX));
    }

    #[test]
    fn streams_are_counted_and_bounded() {
        let traffic = Traffic::new(2);
        let first = traffic.enter(FILM).expect("there is a place");
        let second = traffic.enter(FILM).expect("there is another");
        assert_eq!(traffic.open_streams(), 2);
        assert!(traffic.enter(FILM).is_none());
        drop(first);
        assert_eq!(traffic.open_streams(), 1);
        assert!(traffic.enter(FILM).is_some());
        drop(second);
    }

    #[test]
    fn what_is_sent_is_known_while_it_is_sent() {
        let traffic = Traffic::default();
        let film = traffic.enter(FILM).expect("there is a place");
        let image = What::Image(ImageId::new(7).expect("not zero"));
        let _image = traffic.enter(image).expect("there is another");
        let sent = |traffic: &Traffic| traffic.sending().into_iter().map(|sending| sending.what).collect::<Vec<_>>();
        assert_eq!(sent(&traffic), [image, FILM]);
        drop(film);
        assert_eq!(sent(&traffic), [image]);
    }

    #[tokio::test]
    async fn a_disk_that_does_not_answer_holds_up_no_other() {
        let traffic = Traffic::default();
        let [dead, healthy] = ["/dead", "/healthy"].map(|root| Arc::new(RootPath::new(root)));
        let mut held = Vec::new();
        for _ in 0..MAX_OPENS_PER_ROOT {
            held.push(traffic.open_slot(&dead).await.expect("there is a place"));
        }
        let mut further = std::pin::pin!(traffic.open_slot(&dead));
        assert!(matches!(poll_once(&mut further), Poll::Pending), "the bound counts");
        assert!(traffic.open_slot(&healthy).await.is_some());
        held.clear();
        assert!(further.await.is_some());
    }

    fn poll_once<F: Future>(future: &mut std::pin::Pin<&mut F>) -> Poll<F::Output> {
        future.as_mut().poll(&mut std::task::Context::from_waker(std::task::Waker::noop()))
    }
}
