//! The reports that were made last, for those who would have to wait for another: a page asks for several at once, many may
//! look, and while a minute is written nobody can read what is kept.

use super::Kept;
use super::window::{Report, Window};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A report made at most so long ago is as good as a new one, in ms.
pub(super) const AS_GOOD_AS_NEW_MS: i64 = 500;

/// One made at most so long ago is better than waiting, in ms.
pub(super) const BETTER_THAN_WAITING_MS: i64 = 5_000;

/// What was told last.
#[derive(Default)]
pub(super) struct Told {
    /// Of each window.
    reports: Mutex<BTreeMap<Window, Arc<Report>>>,
    /// Of how the keeping goes, and when.
    kept: Mutex<Option<(i64, Kept)>>,
}

impl Told {
    /// The last report of this `window`, if it is at most `age_ms` old at the time `now_ms`.
    pub(super) fn within(&self, age_ms: i64, window: Window, now_ms: i64) -> Option<Arc<Report>> {
        let reports = self.reports();
        let report = reports.get(&window)?;
        (0..age_ms).contains(&now_ms.saturating_sub(report.to_ms)).then(|| Arc::clone(report))
    }

    /// Remembers what was told last of this `window`.
    pub(super) fn remember(&self, window: Window, report: &Arc<Report>) {
        self.reports().insert(window, Arc::clone(report));
    }

    /// How the keeping went, if that was told at most `age_ms` before the time `now_ms`.
    pub(super) fn kept_within(&self, age_ms: i64, now_ms: i64) -> Option<Kept> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.as_ref()
            .filter(|(at_ms, _)| (0..age_ms).contains(&now_ms.saturating_sub(*at_ms)))
            .map(|(_, kept)| kept.clone())
    }

    /// Remembers how the keeping goes at the time `now_ms`.
    pub(super) fn remember_kept(&self, now_ms: i64, kept: &Kept) {
        *self.kept.lock().unwrap_or_else(PoisonError::into_inner) = Some((now_ms, kept.clone()));
    }

    fn reports(&self) -> MutexGuard<'_, BTreeMap<Window, Arc<Report>>> {
        self.reports.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
impl Told {
    /// The room it takes, in bytes.
    pub(super) fn size_bytes(&self) -> usize {
        let route = |route: &super::RouteFigures| size_of_val(route) + size_of_val(route.points.as_slice());
        let report = |report: &Arc<Report>| {
            report.routes.iter().map(route).sum::<usize>() + size_of_val(report.points.as_slice())
        };
        self.reports().values().map(report).sum()
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::super::Metrics;
    use super::*;
    use std::sync::atomic::{AtomicI64, Ordering};
    use std::sync::mpsc::channel;
    use std::time::Duration;

    static NOW: AtomicI64 = AtomicI64::new(1_700_000_000_000);

    #[test]
    fn nobody_waits_while_a_minute_is_written_who_can_have_what_was_told_lately() {
        let metrics = Metrics::new(|| NOW.load(Ordering::SeqCst));
        let ask = || {
            let (metrics, (answer, answered)) = (metrics.clone(), channel());
            std::thread::spawn(move || answer.send((metrics.report(Window::Day), metrics.kept())));
            answered
        };
        // A machine that is busy may take this long for anything.
        let patience = Duration::from_secs(60);
        let first = ask().recv_timeout(patience).unwrap();
        NOW.fetch_add(AS_GOOD_AS_NEW_MS, Ordering::SeqCst);
        let writing = metrics.book();
        let meanwhile = ask().recv_timeout(patience).unwrap();
        assert!(Arc::ptr_eq(&meanwhile.0, &first.0) && meanwhile.1 == first.1);
        NOW.fetch_add(BETTER_THAN_WAITING_MS, Ordering::SeqCst);
        let late = ask();
        drop(writing);
        let late = late.recv_timeout(patience).unwrap();
        assert_eq!(late.0.to_ms, NOW.load(Ordering::SeqCst), "that was too long ago");
        assert!(Arc::ptr_eq(&ask().recv_timeout(patience).unwrap().0, &late.0), "and this is as good as new");
    }
}
