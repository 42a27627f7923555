//! The card of the charts: how a window went, step by step.
//!
//! The same points are drawn as lines ([`Chart`]) and stand in a table, so that nothing needs a pointer to be read.

mod charts;

use super::traffic::Figures;
use crate::metrics::{self, Gauges, Report};
use crate::web::time::Time;
use serde::Serialize;
use utoipa::ToSchema;

pub(super) use self::charts::{Chart, all, names};

/// How a window went.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, ToSchema)]
#[schema(as = PointsCard)]
pub struct Card {
    /// Which window: `5m`, `15m`, `1h`, `24h` or `30d`.
    #[schema(example = "1h")]
    pub window: &'static str,
    /// How long a step is.
    #[schema(example = 60_000)]
    pub step_ms: i64,
    /// One for each step, oldest first. The last one is not over yet.
    pub points: Vec<Point>,
}

/// One step.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, ToSchema)]
pub struct Point {
    /// When it begins.
    pub at: Time,
    /// Whether the server ran at all in it.
    #[schema(example = true)]
    pub running: bool,
    /// All its requests.
    pub figures: Figures,
    /// Pages that were at hand.
    #[schema(example = 90)]
    pub page_hits: u64,
    /// Pages that were drawn.
    #[schema(example = 10)]
    pub page_misses: u64,
    /// Events that were written.
    #[schema(example = 4)]
    pub events: u64,
    /// Bytes of videos that were sent.
    #[schema(example = 31_000_000)]
    pub sent_bytes: u64,
    /// The time of a processor that was used.
    #[schema(example = 900)]
    pub cpu_ms: u64,
    /// How much of one processor that is, in percent; null while the step is too young to tell.
    #[schema(example = 1)]
    pub cpu_percent: Option<u64>,
    /// The most memory that was held.
    #[schema(example = 120_000_000)]
    pub rss_bytes: u64,
    /// The most streams that were open at once.
    #[schema(example = 2)]
    pub streams: u64,
    /// The most that followed changes at once.
    #[schema(example = 3)]
    pub followers: u64,
}

impl Card {
    /// The card of this report.
    #[must_use]
    pub fn of(report: &Report) -> Self {
        let step_ms = report.window.step_ms();
        let point = |point: &metrics::Point| Point::of(point, step_ms, report.to_ms);
        Self { window: report.window.name(), step_ms, points: report.points.iter().map(point).collect() }
    }
}

impl Point {
    fn of(point: &metrics::Point, step_ms: i64, now_ms: i64) -> Self {
        let Gauges { page_hits, page_misses, events, sent_bytes, cpu_ms, rss_bytes, streams, live } = point.gauges;
        // Of the step that runs only what is over counts; in its first seconds any work looks like much.
        let passed_ms = now_ms.saturating_sub(point.at_ms).clamp(0, step_ms);
        let passed_ms = u64::try_from(passed_ms).ok().filter(|passed_ms| *passed_ms >= 10_000);
        Self {
            at: Time(point.at_ms),
            running: rss_bytes > 0 || point.figures.requests > 0,
            figures: Figures::of(&point.figures),
            page_hits,
            page_misses,
            events,
            sent_bytes,
            cpu_ms,
            cpu_percent: passed_ms.and_then(|passed_ms| cpu_ms.saturating_mul(100).checked_div(passed_ms)),
            rss_bytes,
            streams,
            followers: live,
        }
    }

    /// The share of pages that were at hand, in percent; nothing where none was asked for.
    #[must_use]
    pub fn hit_percent(&self) -> Option<u64> {
        let asked = self.page_hits.saturating_add(self.page_misses);
        self.page_hits.saturating_mul(100).checked_div(asked)
    }
}
