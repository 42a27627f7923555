//! What is counted under one name: while many threads count, and as plain values afterwards.

use super::sketch::{Counting, Sketch};
use super::window::Figures;
use std::sync::atomic::{AtomicU64, Ordering};

/// Answers by the first digit of their status, 1xx first.
pub(super) type Classes = [u64; 5];

/// Counted by many threads at once, from the start of the program on. A few atomic additions for each value.
#[derive(Debug, Default)]
pub(super) struct Cell {
    taken: Counting,
    classes: [AtomicU64; 5],
    sum: AtomicU64,
    /// The largest value since it was last taken.
    max: AtomicU64,
}

/// All that a [`Cell`] has counted by some moment.
#[derive(Clone, Debug, Default)]
pub(super) struct Counted {
    taken: Box<[u32]>,
    classes: Classes,
    sum: u64,
}

/// Plain values of some stretch of time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Tally {
    pub(super) classes: Classes,
    pub(super) sum: u64,
    pub(super) max: u64,
    pub(super) sketch: Sketch,
}

impl Cell {
    /// Counts a value.
    pub(super) fn add(&self, value: u64) {
        self.taken.add(value);
        self.sum.fetch_add(value, Ordering::Relaxed);
        // Mostly it is smaller, and then nobody has to write.
        if value > self.max.load(Ordering::Relaxed) {
            self.max.fetch_max(value, Ordering::Relaxed);
        }
    }

    /// Counts an answer with this status that took so long.
    pub(super) fn add_answer(&self, status: u16, taken_us: u64) {
        self.add(taken_us);
        if let Some(class) = self.classes.get(usize::from(status / 100).saturating_sub(1)) {
            class.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// All of it by now.
    pub(super) fn load(&self) -> Counted {
        let classes = self.classes.each_ref().map(|class| class.load(Ordering::Relaxed));
        Counted { taken: self.taken.load(), classes, sum: self.sum.load(Ordering::Relaxed) }
    }

    /// The largest value since it was last taken, which stays.
    pub(super) fn max(&self) -> u64 {
        self.max.load(Ordering::Relaxed)
    }

    /// The largest value since this was last asked.
    pub(super) fn take_max(&self) -> u64 {
        self.max.swap(0, Ordering::Relaxed)
    }
}

impl Counted {
    /// What came since `before`; `max` was the largest of it.
    pub(super) fn since(&self, before: &Self, max: u64) -> Tally {
        let mut classes = self.classes;
        for (class, before) in classes.iter_mut().zip(before.classes) {
            *class = class.wrapping_sub(before);
        }
        let sketch = Sketch::between(&before.taken, &self.taken);
        Tally { classes, sum: self.sum.wrapping_sub(before.sum), max, sketch }
    }

    /// All of it; the largest value is known as well as its bucket is narrow.
    pub(super) fn since_start(&self) -> Tally {
        let tally = self.since(&Self::default(), 0);
        Tally { max: tally.sketch.largest(), ..tally }
    }
}

impl Tally {
    /// Adds another stretch of time.
    pub(super) fn merge(&mut self, other: &Self) {
        for (own, other) in self.classes.iter_mut().zip(other.classes) {
            *own = own.saturating_add(other);
        }
        self.sum = self.sum.saturating_add(other.sum);
        self.max = self.max.max(other.max);
        self.sketch.merge(&other.sketch);
    }

    /// In numbers a person can read.
    pub(super) fn figures(&self) -> Figures {
        let requests = self.sketch.count();
        let percentiles = self.sketch.percentiles();
        let [.., client_errors, errors] = self.classes;
        Figures {
            requests,
            client_errors,
            errors,
            p50_us: percentiles.p50.min(self.max),
            p95_us: percentiles.p95.min(self.max),
            p99_us: percentiles.p99.min(self.max),
            max_us: self.max,
            mean_us: self.sum.checked_div(requests).unwrap_or_default(),
        }
    }
}

#[cfg(test)]
impl Counted {
    /// The room it takes, in bytes.
    pub(super) fn size_bytes(&self) -> usize {
        size_of::<Self>() + size_of_val(&*self.taken)
    }
}
