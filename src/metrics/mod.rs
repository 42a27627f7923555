//! What the server does and how long that takes: counted while it happens, kept for more than a year, asked by window.
//!
//! [`Metrics::answered`] is called for every request and costs a few atomic additions. Once a second [`Metrics::tick`]
//! looks at the rest; every minute what was counted goes to the numbers that are kept. [`Metrics::window`] adds up what is
//! kept and the minute that runs. What the log or a projection knows is not counted here: whoever shows it asks them.

mod cells;
mod minute;
pub mod process;
mod sketch;
mod sums;
mod tally;
mod window;

use axum::http::{Method, StatusCode};
use cells::Cells;
pub use cells::RouteId;
use minute::{Minute, Name};
pub use process::Process;
use std::collections::{BTreeMap, VecDeque};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use sums::Sums;
use tally::Counted;
pub use window::{Figures, Gauges, Point, Report, RouteFigures, Window};
use window::{MINUTE_MS, floor};

/// How many minutes are held.
const MINUTES: usize = 120;

/// The numbers. Cheap to clone; every clone counts together.
#[derive(Clone)]
pub struct Metrics(Arc<Shared>);

struct Shared {
    clock: fn() -> i64,
    cells: Cells,
    panics: AtomicU64,
    book: Mutex<Book>,
}

/// What is written down once a minute, and what was known when the minute began.
struct Book {
    /// When the running minute began, ms since the epoch.
    minute_ms: i64,
    before: BTreeMap<Name, Counted>,
    last: Option<(Levels, Process)>,
    gauges: Gauges,
    closed: VecDeque<(i64, Vec<u8>)>,
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
    /// Minutes that are held in memory until they can be written.
    pub waiting: u64,
    /// Why they are not written at the moment, in words.
    pub trouble: Option<String>,
}

/// What was counted since the start of the program.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Handlers that panicked; each was answered with 500 and is among the 5xx too.
    pub panics: u64,
    /// Each route with each method.
    pub routes: Vec<RouteTotals>,
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
    /// How long all of them took, in µs.
    pub sum_us: u64,
    /// How many took at most so long as [`BOUNDS_US`] says, each with those before it.
    pub at_most: [u64; BOUNDS_US.len()],
}

/// Where answers are told apart by how long they took, in µs; one less than powers of two, which are where buckets end.
pub const BOUNDS_US: [u64; 10] = {
    let mut bounds = [0; 10];
    let mut power = 0;
    while power < 10 {
        bounds[power] = (1 << (2 * power + 4)) - 1;
        power += 1;
    }
    bounds
};

impl Metrics {
    /// Nothing counted yet, and nothing kept. `clock` tells the time in ms since the epoch.
    #[must_use]
    pub fn new(clock: fn() -> i64) -> Self {
        let book = Book {
            minute_ms: floor(clock(), MINUTE_MS),
            before: BTreeMap::new(),
            last: None,
            gauges: Gauges::default(),
            closed: VecDeque::new(),
        };
        Self(Arc::new(Shared { clock, cells: Cells::default(), panics: AtomicU64::new(0), book: Mutex::new(book) }))
    }

    /// The same, kept in the folder `data`.
    #[must_use]
    pub fn open(_data: &Path, clock: fn() -> i64) -> Self {
        Self::new(clock)
    }

    /// The number of the route with this pattern of the router.
    #[must_use]
    pub fn route(&self, pattern: &str) -> RouteId {
        self.0.cells.route(pattern)
    }

    /// Counts an answer. A method that a route does not know is counted with what matched no route.
    pub fn answered(&self, route: RouteId, method: &Method, status: StatusCode, taken: Duration) {
        let route = if status == StatusCode::METHOD_NOT_ALLOWED { RouteId::NONE } else { route };
        if let Some(cell) = self.0.cells.cell(route, method) {
            cell.add_answer(status.as_u16(), micros(taken));
        }
    }

    /// Counts a handler that panicked.
    pub fn panicked(&self) {
        self.0.panics.fetch_add(1, Ordering::Relaxed);
    }

    /// Notes what others count, and writes down the minute when it is over. Blocking; called about once a second.
    pub fn tick(&self, levels: Levels) {
        let process = process::now();
        let minute_ms = floor((self.0.clock)(), MINUTE_MS);
        let mut book = self.book();
        book.gauge(levels, process);
        if minute_ms != book.minute_ms {
            let minute = self.close(&mut book);
            let at_ms = std::mem::replace(&mut book.minute_ms, minute_ms);
            if !minute.quiet() {
                book.closed.push_back((at_ms, minute.encode()));
            }
            while book.closed.len() > MINUTES {
                book.closed.pop_front();
            }
        }
    }

    /// What there is to tell of a window: what is kept of it, and the minute that runs.
    pub async fn window(&self, window: Window) -> Arc<Report> {
        let now_ms = (self.0.clock)();
        let book = self.book();
        let mut sums = Sums::new(window, now_ms);
        for (at_ms, bytes) in &book.closed {
            if let Some(minute) = Minute::decode(bytes) {
                sums.add(*at_ms, &minute);
            }
        }
        sums.add(book.minute_ms, &self.running(&book));
        Arc::new(sums.report(now_ms))
    }

    /// How the keeping goes.
    #[must_use]
    pub fn kept(&self) -> Kept {
        let book = self.book();
        Kept { oldest_ms: book.closed.front().map(|(at_ms, _)| *at_ms), ..Kept::default() }
    }

    /// What was counted since the start of the program.
    #[must_use]
    pub fn totals(&self) -> Totals {
        let routes = self.0.cells.all().map(|(method, route, cell)| {
            let tally = cell.load().since(&Counted::default(), cell.max());
            let at_most = BOUNDS_US.map(|bound_us| tally.sketch.at_most(bound_us));
            RouteTotals { method, route: Arc::clone(route), classes: tally.classes, sum_us: tally.sum, at_most }
        });
        Totals { panics: self.0.panics.load(Ordering::Relaxed), routes: routes.collect() }
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        // What is in the book is counts; half of a minute is no harm.
        self.0.book.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The minute that runs, so far.
    fn running(&self, book: &Book) -> Minute {
        let mut minute = Minute { gauges: book.gauges.clone(), ..Minute::default() };
        for (method, route, cell) in self.0.cells.all() {
            let name = Name { method, name: Arc::clone(route) };
            let nothing = Counted::default();
            let tally = cell.load().since(book.before.get(&name).unwrap_or(&nothing), cell.max());
            if tally.sketch.count() > 0 {
                minute.tallies.insert(name, tally);
            }
        }
        minute
    }

    /// The minute that runs, which ends now.
    fn close(&self, book: &mut Book) -> Minute {
        let mut minute = Minute { gauges: std::mem::take(&mut book.gauges), ..Minute::default() };
        for (method, route, cell) in self.0.cells.all() {
            let name = Name { method, name: Arc::clone(route) };
            let (now, max) = (cell.load(), cell.take_max());
            let before = book.before.entry(name.clone()).or_default();
            let tally = now.since(before, max);
            *before = now;
            if tally.sketch.count() > 0 {
                minute.tallies.insert(name, tally);
            }
        }
        minute
    }
}

impl Book {
    /// Adds what others counted since the last look; what they counted before the first one is not of this minute.
    fn gauge(&mut self, levels: Levels, process: Process) {
        let (before, process_before) = self.last.replace((levels, process)).unwrap_or((levels, process));
        self.gauges.merge(&Gauges {
            page_hits: levels.page_hits.saturating_sub(before.page_hits),
            page_misses: levels.page_misses.saturating_sub(before.page_misses),
            events: levels.events.saturating_sub(before.events),
            sent_bytes: levels.sent_bytes.saturating_sub(before.sent_bytes),
            cpu_ms: process.cpu_ms.saturating_sub(process_before.cpu_ms),
            rss_bytes: process.rss_bytes,
            streams: levels.streams,
            live: levels.live,
        });
    }
}

fn micros(taken: Duration) -> u64 {
    u64::try_from(taken.as_nanos().saturating_add(500) / 1000).unwrap_or(u64::MAX)
}
