//! The card of the traffic: how many requests there were in a window, how long they took and how many failed, all together and
//! route by route.

use super::{Level, Thresholds};
use crate::metrics::{self, Report};
use crate::pages::chart::{self, Picture};
use crate::web::time::Time;
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// Of fewer requests nothing is said: the first one of a route may well be slow.
const ENOUGH: u64 = 20;

/// The requests of a window.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, ToSchema)]
#[schema(as = TrafficCard)]
pub struct Card {
    /// Whether they were answered slowly, all together.
    pub slowness: Level,
    /// Whether they failed too often, all together.
    pub failing: Level,
    /// Which window: `5m`, `15m`, `1h`, `24h` or `30d`.
    #[schema(example = "1h")]
    pub window: &'static str,
    /// When it begins.
    pub from: Option<Time>,
    /// When it ends.
    pub to: Option<Time>,
    /// All of them together.
    pub total: Figures,
    /// Each route with each method, the busiest first.
    pub routes: Vec<Route>,
}

/// How many requests there were, and how long they took until the answer began.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, ToSchema)]
pub struct Figures {
    /// How many.
    #[schema(example = 1_240)]
    pub requests: u64,
    /// How many were answered with 4xx.
    #[schema(example = 3)]
    pub client_errors: u64,
    /// How many were answered with 5xx, panics among them.
    #[schema(example = 0)]
    pub errors: u64,
    /// Half of them took at most so long, in µs.
    #[schema(example = 410)]
    pub p50_us: u64,
    /// 95 of 100 did.
    #[schema(example = 2_900)]
    pub p95_us: u64,
    /// 99 of 100 did.
    #[schema(example = 11_000)]
    pub p99_us: u64,
    /// The slowest took so long.
    #[schema(example = 48_000)]
    pub max_us: u64,
    /// The mean, in µs.
    #[schema(example = 800)]
    pub mean_us: u64,
}

/// How one route did.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, ToSchema)]
pub struct Route {
    /// The method; `other` for rare ones.
    #[schema(example = "GET")]
    pub method: &'static str,
    /// The pattern that was matched; `none` when there was none.
    #[schema(example = "/watch/{id}", value_type = String)]
    pub route: Arc<str>,
    /// Whether it was answered slowly.
    pub slowness: Level,
    /// Whether it failed too often.
    pub failing: Level,
    /// What it did.
    pub figures: Figures,
    /// The 95th percentile of each step of the window, in µs, oldest first; 0 where there was nothing.
    #[schema(example = json!([0, 2_900]))]
    pub p95_us_steps: Vec<u64>,
}

impl Card {
    /// The card of this report, measured by these thresholds.
    #[must_use]
    pub fn of(report: &Report, thresholds: Thresholds) -> Self {
        let route = |route: &metrics::RouteFigures| {
            let figures = Figures::of(&route.figures);
            Route {
                method: route.method,
                route: Arc::clone(&route.route),
                slowness: figures.slowness(thresholds),
                failing: figures.failing(thresholds),
                figures,
                p95_us_steps: route.points.clone(),
            }
        };
        let total = Figures::of(&report.total);
        Self {
            slowness: total.slowness(thresholds),
            failing: total.failing(thresholds),
            window: report.window.name(),
            from: Some(Time(report.from_ms)),
            to: Some(Time(report.to_ms)),
            total,
            routes: report.routes.iter().map(route).collect(),
        }
    }

    /// A line for each route, drawn for the page: its 95th percentile over the window.
    #[must_use]
    pub(super) fn sparks(&self) -> Vec<Picture> {
        self.routes.iter().map(|route| chart::spark(&route.p95_us_steps)).collect()
    }
}

impl Figures {
    pub(super) fn of(figures: &metrics::Figures) -> Self {
        let metrics::Figures { requests, client_errors, errors, p50_us, p95_us, p99_us, max_us, mean_us } = *figures;
        Self { requests, client_errors, errors, p50_us, p95_us, p99_us, max_us, mean_us }
    }

    /// How slow they were.
    fn slowness(&self, thresholds: Thresholds) -> Level {
        match self.p95_us / 1000 {
            _ if self.requests < ENOUGH => Level::Good,
            ms if ms > thresholds.poor_p95_ms => Level::Bad,
            ms if ms > thresholds.warn_p95_ms => Level::Warn,
            _ => Level::Good,
        }
    }

    /// How often they failed.
    fn failing(&self, thresholds: Thresholds) -> Level {
        let more_than = |percent: u64| {
            u128::from(self.errors) * 100 > u128::from(self.requests) * u128::from(percent) && self.requests >= ENOUGH
        };
        match (more_than(thresholds.poor_errors_percent), more_than(thresholds.warn_errors_percent)) {
            (true, _) => Level::Bad,
            (false, true) => Level::Warn,
            (false, false) => Level::Good,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_thresholds_are_passed_by_what_is_above_them() {
        let thresholds = Thresholds::default();
        let slow = |p95_us| Figures { requests: 100, p95_us, ..Figures::default() }.slowness(thresholds);
        assert_eq!(
            [0, 250_000, 251_000, 500_000, 501_000].map(slow),
            [Level::Good, Level::Good, Level::Warn, Level::Warn, Level::Bad]
        );
        let failing = |errors| Figures { requests: 100, errors, ..Figures::default() }.failing(thresholds);
        assert_eq!([0, 2, 3, 5, 6].map(failing), [Level::Good, Level::Good, Level::Warn, Level::Warn, Level::Bad]);
        let first = Figures { requests: ENOUGH - 1, errors: ENOUGH - 1, p95_us: u64::MAX, ..Figures::default() };
        let few = (first.slowness(thresholds), first.failing(thresholds));
        assert_eq!(few, (Level::Good, Level::Good), "of so few nothing is said");
        let endless = Figures { requests: u64::MAX, errors: u64::MAX, ..Figures::default() };
        assert_eq!(endless.failing(thresholds), Level::Bad);
    }
}
