//! How long things took, as counts in buckets: exact enough for percentiles, and merged without loss.
//!
//! Up to 31 every value has a bucket of its own; from there on a bucket is at most 1/16 of its values wide. So a percentile
//! is at most 3.2 % beside the true one, however many sketches were merged, and the sketch of a day is that of its hours.

use histogram::{AtomicHistogram32, Config, Histogram32};
use std::sync::OnceLock;

/// Each doubling is divided into two to the power of this many buckets.
const GROUPING_POWER: u8 = 4;

/// Values from two to the power of this on count as the largest one: two minutes and a quarter, in µs.
const MAX_POWER: u8 = 27;

/// The largest value that is told from larger ones.
const MAX_VALUE: u64 = (1 << MAX_POWER) - 1;

/// Counts in buckets, which many threads add to at once.
#[derive(Debug)]
pub(super) struct Counting(Option<AtomicHistogram32>);

/// Counts in buckets, 1.5 KB of them. A bucket that was met four thousand million times counts no further, which would take
/// thousands of requests a second for days, all of them alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sketch(Option<Histogram32>);

/// The values below which half, 95 and 99 of a hundred lie.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Percentiles {
    pub(super) p50: u64,
    pub(super) p95: u64,
    pub(super) p99: u64,
}

/// The buckets; they are the same everywhere, and stored numbers rely on them.
fn config() -> Option<&'static Config> {
    static CONFIG: OnceLock<Option<Config>> = OnceLock::new();
    CONFIG.get_or_init(|| Config::new(GROUPING_POWER, MAX_POWER).ok()).as_ref()
}

impl Default for Counting {
    fn default() -> Self {
        Self(config().map(AtomicHistogram32::with_config))
    }
}

impl Counting {
    /// Counts a value.
    pub(super) fn add(&self, value: u64) {
        if let Some(counts) = &self.0 {
            // An error would mean a value beyond the largest.
            let _ = counts.increment(value.min(MAX_VALUE));
        }
    }

    /// How often each bucket was met since the start; starts again at 0 after four thousand million times.
    pub(super) fn load(&self) -> Box<[u32]> {
        self.0.as_ref().map(|counts| counts.load().as_slice().into()).unwrap_or_default()
    }
}

impl Default for Sketch {
    fn default() -> Self {
        Self(config().map(Histogram32::with_config))
    }
}

impl Sketch {
    /// What was counted between two looks.
    pub(super) fn between(before: &[u32], now: &[u32]) -> Self {
        let mut sketch = Self::default();
        for (index, now) in now.iter().enumerate() {
            let before = before.get(index).copied().unwrap_or_default();
            sketch.put(index, now.wrapping_sub(before).into());
        }
        sketch
    }

    /// Adds to a bucket. False if there is no such bucket.
    pub(super) fn put(&mut self, index: usize, count: u64) -> bool {
        let bucket = self.0.as_mut().and_then(|counts| counts.as_mut_slice().get_mut(index));
        let count = u32::try_from(count).unwrap_or(u32::MAX);
        bucket.map(|bucket| *bucket = bucket.saturating_add(count)).is_some()
    }

    /// Adds all that another sketch counted.
    pub(super) fn merge(&mut self, other: &Self) {
        if let (Some(own), Some(other)) = (&mut self.0, &other.0) {
            for (own, other) in own.as_mut_slice().iter_mut().zip(other.as_slice()) {
                *own = own.saturating_add(*other);
            }
        }
    }

    /// The buckets that something is in, and how much.
    pub(super) fn filled(&self) -> impl Iterator<Item = (usize, u64)> + '_ {
        let buckets = self.0.as_ref().map(Histogram32::as_slice).unwrap_or_default();
        buckets.iter().enumerate().map(|(index, count)| (index, u64::from(*count))).filter(|(_, count)| *count > 0)
    }

    /// How many values were counted.
    pub(super) fn count(&self) -> u64 {
        self.filled().fold(0, |sum, (_, count)| sum.saturating_add(count))
    }

    /// How many values are at most so large; exact where a bucket ends.
    pub(super) fn at_most(&self, bound: u64) -> u64 {
        let buckets = self.0.iter().flat_map(Histogram32::iter).take_while(|bucket| bucket.end() <= bound);
        buckets.fold(0, |sum, bucket| sum.saturating_add(bucket.count()))
    }

    /// The end of the last bucket that something is in.
    pub(super) fn largest(&self) -> u64 {
        let last = self.0.as_ref().and_then(|counts| counts.quantile_bucket(1.0).ok().flatten());
        last.map_or(0, |bucket| bucket.end())
    }

    /// The percentiles; zeros of nothing.
    pub(super) fn percentiles(&self) -> Percentiles {
        let mut found = [None, None, None];
        if let Some(counts) = &self.0 {
            // An error would mean that these are no quantiles.
            let _ = counts.quantile_buckets_into(&[0.5, 0.95, 0.99], &mut found);
        }
        let [p50, p95, p99] = found.map(|bucket| bucket.map_or(0, |bucket| bucket.start().midpoint(bucket.end())));
        Percentiles { p50, p95, p99 }
    }
}

#[cfg(test)]
impl Sketch {
    /// The room it takes, in bytes.
    pub(super) fn size_bytes(&self) -> usize {
        self.0.as_ref().map_or(0, |counts| size_of_val(counts.as_slice()))
    }
}
