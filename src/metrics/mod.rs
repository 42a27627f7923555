//! What the server does and how long that takes: counted while it happens, kept for more than a year, asked by window.
//!
//! [`Metrics::answered`] is called for every request and costs a few atomic additions. Once a second [`Metrics::tick`]
//! looks at the rest; every minute what was counted goes to the numbers that are kept. [`Metrics::window`] adds up what is
//! kept and the minute that runs. What the log or a projection knows is not counted here: whoever shows it asks them.

mod book;
mod cells;
mod facade;
mod minute;
pub mod process;
mod sketch;
mod store;
mod sums;
mod tally;
#[cfg(test)]
#[expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]
mod tests;
mod told;
mod window;

use axum::http::{Method, StatusCode};
use book::Book;
use cells::Cells;
pub use cells::RouteId;
use facade::Named;
pub use facade::{Histogram, WriterMetrics};
use minute::Name;
pub use process::Process;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};
use std::time::Duration;
use store::Store;
use tally::{Cell, Tally};
use told::{AS_GOOD_AS_NEW_MS, BETTER_THAN_WAITING_MS, Told};
pub use window::{Figures, Gauges, Point, Report, RouteFigures, Window};

/// The numbers. Cheap to clone; every clone counts together.
#[derive(Clone)]
pub struct Metrics(Arc<Shared>);

struct Shared {
    clock: fn() -> i64,
    cells: Cells,
    named: Named,
    panics: AtomicU64,
    book: Mutex<Book>,
    told: Told,
}

/// What others count, by now: the sums since the start of the program, and how much there is right now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Levels {
    /// Pages that were at hand.
    pub page_hits: u64,
    /// Pages that were drawn.
    pub page_misses: u64,
    /// The position of the log.
    pub events: u64,
    /// Bytes of videos handed to sockets.
    pub sent_bytes: u64,
    /// Videos being sent right now.
    pub streams: u64,
    /// Event streams open right now.
    pub live: u64,
}

/// How the keeping of numbers goes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    /// Room taken on the disk, in bytes.
    pub size_bytes: u64,
    /// When the oldest of them begins, ms since the epoch.
    pub oldest_ms: Option<i64>,
    /// When they were last written, ms since the epoch.
    pub written_ms: Option<i64>,
    /// Minutes that are held in memory, because they cannot be written or because nothing was asked for.
    pub waiting: u64,
    /// Why they are not written at the moment, in words.
    pub trouble: Option<String>,
}

/// How the writer has done since the start of the program.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WriterFigures {
    /// Requests that wait right now.
    pub queued: u64,
    /// Batches that failed, and attempts to erase.
    pub failures: u64,
    /// Requests in a batch; each batch is one of its `requests`, and their number stands where µs do.
    pub batch: Figures,
    /// Appending a batch and syncing it.
    pub commit: Figures,
    /// Deciding a batch and applying it.
    pub apply: Figures,
}

/// What was counted since the start of the program.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Handlers that panicked; each was answered with 500 and is among the 5xx too.
    pub panics: u64,
    /// Each route with each method.
    pub routes: Vec<RouteTotals>,
    /// Appending a batch and syncing it.
    pub commit: Times,
    /// Deciding a batch and applying it.
    pub apply: Times,
}

/// How often something was done since the start of the program, and how long it took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Times {
    /// How often.
    pub count: u64,
    /// How long in all, in µs.
    pub sum_us: u64,
    /// How many took at most so long as [`BOUNDS_US`] says, each with those before it.
    pub at_most: [u64; BOUNDS_US.len()],
}

impl Times {
    fn of(tally: &Tally) -> Self {
        let at_most = BOUNDS_US.map(|bound_us| tally.sketch.at_most(bound_us));
        Self { count: tally.sketch.count(), sum_us: tally.sum, at_most }
    }
}

/// How often a route was asked for since the start of the program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RouteTotals {
    /// The method, `other` for rare ones.
    pub method: &'static str,
    /// The matched pattern; `none` when nothing matched.
    pub route: Arc<str>,
    /// Answers by the first digit of their status, 1xx first.
    pub classes: [u64; 5],
    /// How long they took.
    pub times: Times,
}

/// Where answers are told apart by how long they took, in µs; one less than powers of two, which are where buckets end.
pub const BOUNDS_US: [u64; 18] = [
    63, 127, 255, 511, 1_023, 2_047, 4_095, 8_191, 16_383, 32_767, 65_535, 131_071, 262_143, 524_287, 1_048_575,
    2_097_151, 4_194_303, 8_388_607,
];

impl Metrics {
    /// Nothing counted yet, and nothing kept beyond the end of the program. `clock` tells the time in ms since the epoch.
    #[must_use]
    pub fn new(clock: fn() -> i64) -> Self {
        let book = Mutex::new(Book::new(Store::in_memory(), clock()));
        let (cells, named, panics, told) = Default::default();
        Self(Arc::new(Shared { clock, cells, named, panics, book, told }))
    }

    /// The same, with numbers that are kept in the folder `data`.
    #[must_use]
    pub fn open(data: &Path, clock: fn() -> i64) -> Self {
        let metrics = Self::new(clock);
        metrics.keep_in(data);
        metrics
    }

    /// Keeps the numbers in the folder `data` from now on. When that does not work, the server goes on without; the log and
    /// [`Metrics::kept`] say why. Blocking.
    pub fn keep_in(&self, data: &Path) {
        self.book().store = Store::open(data);
    }

    /// What the writer counts with.
    #[must_use]
    pub fn writer(&self) -> WriterMetrics {
        self.0.named.writer()
    }

    /// What those count with who make pictures with this `decoder`: how long it took, in µs.
    pub fn pictures(&self, decoder: &str) -> Histogram {
        self.0.named.pictures(decoder)
    }

    /// The number of the route with this pattern of the router.
    #[must_use]
    pub fn route(&self, pattern: &str) -> RouteId {
        self.0.cells.route(pattern)
    }

    /// The pattern of a route; `none` for what matched none.
    #[must_use]
    pub fn pattern(&self, route: RouteId) -> Option<Arc<str>> {
        self.0.cells.pattern(route)
    }

    /// Counts an answer with this `status`. A method that a route does not know is counted with what matched no route.
    pub fn answered(&self, route: RouteId, method: &Method, status: u16, taken: Duration) {
        let route = if status == StatusCode::METHOD_NOT_ALLOWED.as_u16() { RouteId::NONE } else { route };
        if let Some(cell) = self.0.cells.cell(route, method) {
            cell.add_answer(status, micros(taken));
        }
    }

    /// Counts a handler that panicked.
    pub fn panicked(&self) {
        self.0.panics.fetch_add(1, Ordering::Relaxed);
    }

    /// Notes what others count, and writes down the minute when it is over. Blocking; called about once a second.
    pub fn tick(&self, levels: Levels) {
        let process = process::now();
        let now_ms = (self.0.clock)();
        let mut book = self.book();
        book.note(levels, process);
        if book.over(now_ms) {
            book.turn(self.0.all(), now_ms);
        }
        book.read_ahead(now_ms);
    }

    /// Writes down the minute that runs: the program is about to end. Blocking.
    pub fn end(&self) {
        let now_ms = (self.0.clock)();
        let mut book = self.book();
        book.turn(self.0.all(), now_ms);
        book.store.catch_up(now_ms);
    }

    /// What there is to tell of a window: what is kept of it, and the minute that runs.
    pub async fn window(&self, window: Window) -> Arc<Report> {
        let metrics = self.clone();
        let made = tokio::task::spawn_blocking(move || metrics.report(window)).await;
        // An error would mean that making it panicked.
        made.unwrap_or_else(|_| Arc::new(Report::nothing(window, (self.0.clock)())))
    }

    /// The same for who may wait for the disk. While somebody else has the book, such as to write a minute down, what was told
    /// a few seconds ago is told again.
    #[must_use]
    pub fn report(&self, window: Window) -> Arc<Report> {
        let told = |age_ms| self.0.told.within(age_ms, window, (self.0.clock)());
        if let Some(report) = told(AS_GOOD_AS_NEW_MS) {
            return report;
        }
        let mut book = match self.book_unless(|| told(BETTER_THAN_WAITING_MS)) {
            Ok(book) => book,
            Err(report) => return report,
        };
        // Whoever had it may have made the same.
        if let Some(report) = told(AS_GOOD_AS_NEW_MS) {
            return report;
        }
        let now_ms = (self.0.clock)();
        let report = Arc::new(book.report(window, self.0.all(), now_ms));
        self.0.told.remember(window, &report);
        report
    }

    /// How the keeping goes. While a minute is written, how it went.
    #[must_use]
    pub fn kept(&self) -> Kept {
        let now_ms = (self.0.clock)();
        let kept = match self.book_unless(|| self.0.told.kept_within(BETTER_THAN_WAITING_MS, now_ms)) {
            Ok(book) => book.store.kept(),
            Err(kept) => return kept,
        };
        self.0.told.remember_kept(now_ms, &kept);
        kept
    }

    /// How the writer has done since the start of the program.
    #[must_use]
    pub fn writer_figures(&self) -> WriterFigures {
        let named = &self.0.named;
        let timings = named.timings();
        let figures = |name: &str| {
            let cell = timings.iter().find(|(known, _)| **known == *name).map(|(_, cell)| cell);
            cell.map(|cell| cell.load().since_start().figures()).unwrap_or_default()
        };
        WriterFigures {
            queued: named.gauge(facade::QUEUED),
            failures: named.counter(facade::FAILURES),
            batch: figures(facade::BATCH),
            commit: figures(facade::COMMIT),
            apply: figures(facade::APPLY),
        }
    }

    /// What was counted since the start of the program.
    #[must_use]
    pub fn totals(&self) -> Totals {
        let routes = self.0.cells.all().map(|(method, route, cell)| {
            let tally = cell.load().since_start();
            RouteTotals { method, route: Arc::clone(route), classes: tally.classes, times: Times::of(&tally) }
        });
        let timings = self.0.named.timings();
        let times = |name: &str| {
            let cell = timings.iter().find(|(known, _)| **known == *name).map(|(_, cell)| cell);
            cell.map(|cell| Times::of(&cell.load().since_start())).unwrap_or_default()
        };
        Totals {
            panics: self.0.panics.load(Ordering::Relaxed),
            routes: routes.collect(),
            commit: times(facade::COMMIT),
            apply: times(facade::APPLY),
        }
    }

    /// The book; or, while somebody else has it, what serves `instead`, if anything does.
    fn book_unless<T>(&self, instead: impl FnOnce() -> Option<T>) -> Result<MutexGuard<'_, Book>, T> {
        match self.0.book.try_lock() {
            Ok(book) => Ok(book),
            Err(TryLockError::Poisoned(book)) => Ok(book.into_inner()),
            Err(TryLockError::WouldBlock) => instead().map_or_else(|| Ok(self.book()), Err),
        }
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        // What is in the book is counts; half of a minute is no harm.
        self.0.book.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Shared {
    /// Everything that counts, by name.
    fn all(&self) -> impl Iterator<Item = (Name, Arc<Cell>)> {
        let routes =
            self.cells.all().map(|(method, route, cell)| (Name { method, name: Arc::clone(route) }, Arc::clone(cell)));
        routes.chain(self.named.timings().into_iter().map(|(name, cell)| (Name { method: "", name }, cell)))
    }
}

fn micros(taken: Duration) -> u64 {
    u64::try_from(taken.as_nanos().saturating_add(500) / 1000).unwrap_or(u64::MAX)
}
