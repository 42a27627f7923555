//! Hands out the handles of the `metrics` facade to those who count beside the requests.
//!
//! There is no recorder for the whole process: whoever counts is given its handles by [`super::Metrics`], and a test that
//! does not care gives handles that do nothing.

use super::tally::Cell;
pub use ::metrics::Histogram;
use ::metrics::{Counter, Gauge, HistogramFn, Key, KeyName, Label, Level, Metadata, Recorder, SharedString, Unit};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The most names of each kind; handles beyond them do nothing.
const MAX_NAMES: usize = 64;

/// Requests that wait for the writer.
pub(super) const QUEUED: &str = "writer_queued";
/// Batches that failed.
pub(super) const FAILURES: &str = "writer_failures";
/// Requests in a batch.
pub(super) const BATCH: &str = "writer_batch_requests";
/// How long it took to append a batch and to sync it, in µs.
pub(super) const COMMIT: &str = "writer_commit_us";
/// How long it took to decide a batch and to apply it, in µs.
pub(super) const APPLY: &str = "writer_apply_us";
/// How long it took to look into a file and to make its pictures, in µs, by decoder.
pub(super) const PICTURES: &str = "pictures_us";

/// What the writer counts with. By default nothing is counted.
#[derive(Clone, Debug)]
pub struct WriterMetrics {
    /// Requests that wait right now.
    pub queued: Gauge,
    /// Batches that failed, and attempts to erase.
    pub failures: Counter,
    /// Requests in a batch.
    pub batch: Histogram,
    /// Appending and syncing, in µs.
    pub commit: Histogram,
    /// Deciding and applying, in µs.
    pub apply: Histogram,
}

impl Default for WriterMetrics {
    fn default() -> Self {
        Self {
            queued: Gauge::noop(),
            failures: Counter::noop(),
            batch: Histogram::noop(),
            commit: Histogram::noop(),
            apply: Histogram::noop(),
        }
    }
}

/// What was counted under names.
#[derive(Debug, Default)]
pub(super) struct Named {
    counters: Mutex<BTreeMap<Arc<str>, Arc<AtomicU64>>>,
    gauges: Mutex<BTreeMap<Arc<str>, Arc<AtomicU64>>>,
    timings: Mutex<BTreeMap<Arc<str>, Arc<Cell>>>,
}

impl Named {
    /// Handles for the writer.
    pub(super) fn writer(&self) -> WriterMetrics {
        let about = Metadata::new(module_path!(), Level::INFO, Some(module_path!()));
        let histogram = |name: &'static str| self.register_histogram(&Key::from_static_name(name), &about);
        WriterMetrics {
            queued: self.register_gauge(&Key::from_static_name(QUEUED), &about),
            failures: self.register_counter(&Key::from_static_name(FAILURES), &about),
            batch: histogram(BATCH),
            commit: histogram(COMMIT),
            apply: histogram(APPLY),
        }
    }

    /// A handle for the time that pictures take with this `decoder`.
    pub(super) fn pictures(&self, decoder: &str) -> Histogram {
        let about = Metadata::new(module_path!(), Level::INFO, Some(module_path!()));
        self.register_histogram(&Key::from_parts(PICTURES, vec![Label::new("decoder", decoder.to_owned())]), &about)
    }

    /// All that was timed, by name.
    pub(super) fn timings(&self) -> Vec<(Arc<str>, Arc<Cell>)> {
        lock(&self.timings).iter().map(|(name, cell)| (Arc::clone(name), Arc::clone(cell))).collect()
    }

    /// A counter, 0 if nobody counts.
    pub(super) fn counter(&self, name: &str) -> u64 {
        lock(&self.counters).get(name).map_or(0, |count| count.load(Ordering::Relaxed))
    }

    /// A gauge, 0 if nobody sets it.
    pub(super) fn gauge(&self, name: &str) -> u64 {
        // Never negative, but for a moment between two threads.
        lock(&self.gauges).get(name).map_or(0, |bits| f64::from_bits(bits.load(Ordering::Relaxed)) as u64)
    }
}

impl HistogramFn for Cell {
    fn record(&self, value: f64) {
        self.add(value as u64);
    }
}

impl Recorder for Named {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        handle(&self.counters, key).map_or(Counter::noop(), Counter::from_arc)
    }

    fn register_gauge(&self, key: &Key, _: &Metadata<'_>) -> Gauge {
        handle(&self.gauges, key).map_or(Gauge::noop(), Gauge::from_arc)
    }

    fn register_histogram(&self, key: &Key, _: &Metadata<'_>) -> Histogram {
        handle(&self.timings, key).map_or(Histogram::noop(), Histogram::from_arc)
    }
}

/// What is counted under the name of a key, with its labels in brackets.
fn handle<T: Default>(known: &Mutex<BTreeMap<Arc<str>, Arc<T>>>, key: &Key) -> Option<Arc<T>> {
    let labels: Vec<String> = key.labels().map(|label| format!("{}={}", label.key(), label.value())).collect();
    let name =
        if labels.is_empty() { key.name().to_owned() } else { format!("{}{{{}}}", key.name(), labels.join(",")) };
    let mut known = lock(known);
    let room = known.len() < MAX_NAMES;
    match known.get(name.as_str()) {
        Some(handle) => Some(Arc::clone(handle)),
        None => room.then(|| Arc::clone(known.entry(name.into()).or_default())),
    }
}

fn lock<T>(map: &Mutex<T>) -> MutexGuard<'_, T> {
    // A map is whole after every step.
    map.lock().unwrap_or_else(PoisonError::into_inner)
}
