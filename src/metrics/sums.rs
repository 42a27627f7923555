//! Adds up what was counted, step by step, into what is shown of a window.

use super::minute::{Minute, Name};
use super::tally::Tally;
use super::window::{Figures, Gauges, Point, Report, RouteFigures, Window};
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// What a window holds, as far as it was added: in the order of time.
#[derive(Clone, Debug)]
pub(super) struct Sums {
    window: Window,
    from_ms: i64,
    names: BTreeMap<Name, Course>,
    /// The steps that are over.
    steps: Vec<Step>,
    /// The step that is being added to.
    open: Minute,
}

/// How one name did.
#[derive(Clone, Debug, Default)]
struct Course {
    whole: Tally,
    /// The step and its 95th percentile, where there was anything.
    points: Vec<(usize, u64)>,
}

#[derive(Clone, Debug, Default)]
struct Step {
    figures: Figures,
    gauges: Gauges,
}

impl Sums {
    /// Nothing yet of the window that ends at `now_ms`.
    pub(super) fn new(window: Window, now_ms: i64) -> Self {
        let from_ms = window.step_of(now_ms).saturating_sub(window.seconds() * 1000);
        Self { window, from_ms, names: BTreeMap::new(), steps: Vec::new(), open: Minute::default() }
    }

    /// When the window begins, ms since the epoch.
    pub(super) fn began_at_ms(&self) -> i64 {
        self.from_ms
    }

    /// Adds what was counted from `at_ms` on. What is older than what was added before is counted with that; what is older
    /// than the window is left out.
    pub(super) fn add(&mut self, at_ms: i64, counted: &Minute) {
        if let Some(step) = self.step(at_ms) {
            self.close_until(step);
            self.open.merge(counted);
        }
    }

    /// Says that nothing comes any more from before `at_ms`.
    pub(super) fn close_before(&mut self, at_ms: i64) {
        if let Some(step) = self.step(at_ms) {
            self.close_until(step);
        }
    }

    /// The number of the step that `at_ms` lies in, or the last one; nothing before the window.
    fn step(&self, at_ms: i64) -> Option<usize> {
        let step = at_ms.saturating_sub(self.from_ms).div_euclid(self.window.step_ms());
        Some(usize::try_from(step).ok()?.min(self.last()))
    }

    /// The number of the last step.
    fn last(&self) -> usize {
        usize::try_from(self.window.seconds() * 1000 / self.window.step_ms()).unwrap_or_default()
    }

    /// Ends the steps before this one.
    fn close_until(&mut self, step: usize) {
        while self.steps.len() < step {
            let open = std::mem::take(&mut self.open);
            let mut all = Tally::default();
            for (name, tally) in open.tallies {
                if !name.method.is_empty() {
                    all.merge(&tally);
                }
                let course = self.names.entry(name).or_default();
                course.whole.merge(&tally);
                course.points.push((self.steps.len(), tally.figures().p95_us));
            }
            self.steps.push(Step { figures: all.figures(), gauges: open.gauges });
        }
    }

    /// What there is to show at `now_ms`.
    pub(super) fn report(mut self, now_ms: i64) -> Report {
        let steps = self.last() + 1;
        self.close_until(steps);
        let (mut total, mut routes, mut timings) = (Tally::default(), Vec::new(), Vec::new());
        for (Name { method, name }, Course { whole, points: few }) in self.names {
            let figures = whole.figures();
            if method.is_empty() {
                timings.push((name, figures));
                continue;
            }
            total.merge(&whole);
            let mut points = vec![0; steps];
            for (step, p95_us) in few {
                points.iter_mut().skip(step).take(1).for_each(|point| *point = p95_us);
            }
            routes.push(RouteFigures { method, route: name, figures, points });
        }
        routes.sort_by_key(|route| Reverse(route.figures.requests));
        let (from_ms, step_ms) = (self.from_ms, self.window.step_ms());
        let at = (0..).map(|step: i64| from_ms.saturating_add(step * step_ms));
        let points = at.zip(self.steps).map(|(at_ms, Step { figures, gauges })| Point { at_ms, figures, gauges });
        let points = points.collect();
        Report { window: self.window, from_ms, to_ms: now_ms, total: total.figures(), routes, timings, points }
    }
}

#[cfg(test)]
impl Sums {
    /// The room it takes, in bytes.
    pub(super) fn size_bytes(&self) -> usize {
        let courses = self.names.iter().map(|(name, Course { whole, points })| {
            let beside = name.name.len() + whole.sketch.size_bytes() + size_of_val(points.as_slice());
            size_of::<(Name, Course)>() + beside
        });
        courses.sum::<usize>() + size_of_val(self.steps.as_slice()) + self.open.size_bytes()
    }
}
