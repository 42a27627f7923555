//! What the numbers say of the last minutes, hours and days: plain values for whoever shows them.

use std::str::FromStr;
use std::sync::Arc;

/// A minute, in ms.
pub(super) const MINUTE_MS: i64 = 60_000;

/// How far back a report looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Window {
    /// The last five minutes.
    FiveMinutes,
    /// The last quarter of an hour.
    QuarterHour,
    /// The last hour.
    Hour,
    /// The last 24 hours.
    Day,
    /// The last 30 days.
    Month,
}

impl Window {
    /// All of them, shortest first.
    pub const ALL: [Self; 5] = [Self::FiveMinutes, Self::QuarterHour, Self::Hour, Self::Day, Self::Month];

    /// The name in addresses.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::FiveMinutes => "5m",
            Self::QuarterHour => "15m",
            Self::Hour => "1h",
            Self::Day => "24h",
            Self::Month => "30d",
        }
    }

    /// How long it is, in seconds.
    #[must_use]
    pub fn seconds(self) -> i64 {
        match self {
            Self::FiveMinutes => 300,
            Self::QuarterHour => 900,
            Self::Hour => 3_600,
            Self::Day => 86_400,
            Self::Month => 30 * 86_400,
        }
    }

    /// How much time one point of a chart stands for, in ms.
    #[must_use]
    pub fn step_ms(self) -> i64 {
        match self {
            Self::FiveMinutes | Self::QuarterHour | Self::Hour => MINUTE_MS,
            Self::Day => 15 * MINUTE_MS,
            Self::Month => 360 * MINUTE_MS,
        }
    }

    /// When the step begins that `at_ms` lies in.
    pub(super) fn step_of(self, at_ms: i64) -> i64 {
        floor(at_ms, self.step_ms())
    }
}

/// The beginning of the step of this length that `at_ms` lies in.
pub(super) fn floor(at_ms: i64, step_ms: i64) -> i64 {
    at_ms.saturating_sub(at_ms.rem_euclid(step_ms))
}

impl FromStr for Window {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let known = Self::ALL.iter().find(|window| window.name() == name);
        known.copied().ok_or_else(|| "a window is one of 5m, 15m, 1h, 24h and 30d".to_owned())
    }
}

/// All that is known of a window: whole steps, and the one that runs.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// Which window.
    pub window: Window,
    /// When its first step begins, ms since the epoch.
    pub from_ms: i64,
    /// When it was made, ms since the epoch.
    pub to_ms: i64,
    /// All requests together.
    pub total: Figures,
    /// Each route with each method, busiest first.
    pub routes: Vec<RouteFigures>,
    /// What else was timed or counted, by name, such as `writer_commit_us`.
    pub timings: Vec<(Arc<str>, Figures)>,
    /// One for each step, oldest first, those without anything among them. The last one is not over yet.
    pub points: Vec<Point>,
}

impl Report {
    /// The report of a window that ends at `now_ms` and of which nothing is known.
    pub(super) fn nothing(window: Window, now_ms: i64) -> Self {
        let (total, routes, timings, points) = Default::default();
        Self { window, from_ms: now_ms, to_ms: now_ms, total, routes, timings, points }
    }

    /// What was timed under this name, each time being a request; zeros of nothing.
    #[must_use]
    pub fn timing(&self, name: &str) -> Figures {
        self.timings.iter().find(|(known, _)| &**known == name).map(|(_, figures)| figures.clone()).unwrap_or_default()
    }

    /// How long it took to make pictures of a file with this `decoder`.
    #[must_use]
    pub fn pictures(&self, decoder: &str) -> Figures {
        self.timing(&format!("{}{{decoder={decoder}}}", super::facade::PICTURES))
    }
}

/// How many there were, and how long they took.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// How many requests.
    pub requests: u64,
    /// How many of them were answered that they cannot be meant: 4xx.
    pub client_errors: u64,
    /// How many of them failed through us: 5xx, panics among them.
    pub errors: u64,
    /// Half of them took at most so long, in µs.
    pub p50_us: u64,
    /// 95 of a hundred.
    pub p95_us: u64,
    /// 99 of a hundred.
    pub p99_us: u64,
    /// The slowest, in µs.
    pub max_us: u64,
    /// The mean, in µs.
    pub mean_us: u64,
}

/// How one route did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RouteFigures {
    /// The method, `other` for rare ones.
    pub method: &'static str,
    /// The matched pattern, such as `/watch/{id}`; `none` when nothing matched.
    pub route: Arc<str>,
    /// What it did in the window.
    pub figures: Figures,
    /// The 95th percentile of each step in µs, 0 where there was nothing; as many as the report has points.
    pub points: Vec<u64>,
}

/// One step of a chart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Point {
    /// When it begins, ms since the epoch.
    pub at_ms: i64,
    /// All requests of the step.
    pub figures: Figures,
    /// What else was seen in it.
    pub gauges: Gauges,
}

/// What was seen in a step beside requests: how much of it, or the most at once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Gauges {
    /// Pages that were at hand.
    pub page_hits: u64,
    /// Pages that were drawn.
    pub page_misses: u64,
    /// Events appended to the log.
    pub events: u64,
    /// Bytes of videos handed to sockets.
    pub sent_bytes: u64,
    /// Time of a processor that was used, in ms.
    pub cpu_ms: u64,
    /// The most memory held, in bytes.
    pub rss_bytes: u64,
    /// The most videos sent at once.
    pub streams: u64,
    /// The most event streams open at once.
    pub live: u64,
}

impl Gauges {
    /// Both together.
    pub(super) fn merge(&mut self, other: &Self) {
        let Self { page_hits, page_misses, events, sent_bytes, cpu_ms, rss_bytes, streams, live } = self;
        for (own, other) in [
            (page_hits, other.page_hits),
            (page_misses, other.page_misses),
            (events, other.events),
            (sent_bytes, other.sent_bytes),
            (cpu_ms, other.cpu_ms),
        ] {
            *own = own.saturating_add(other);
        }
        for (own, other) in [(rss_bytes, other.rss_bytes), (streams, other.streams), (live, other.live)] {
            *own = (*own).max(other);
        }
    }
}
