//! The minute that runs, and how it becomes a part of the numbers that are kept.

use super::Levels;
use super::minute::{Minute, Name};
use super::process::Process;
use super::store::Store;
use super::sums::Sums;
use super::tally::{Cell, Counted};
use super::window::{Gauges, MINUTE_MS, Report, Window, floor};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What is written down once a minute, and what was known when the minute began.
pub(super) struct Book {
    /// When the running minute began, ms since the epoch.
    minute_ms: i64,
    /// What each cell had counted by then.
    before: BTreeMap<Name, Counted>,
    /// The last look at what others count.
    last: Option<(Levels, Process)>,
    gauges: Gauges,
    pub(super) store: Store,
    /// What is kept of a long window, but for its last step.
    closed: BTreeMap<Window, Closed>,
}

struct Closed {
    until_ms: i64,
    edition: u64,
    sums: Sums,
}

impl Book {
    pub(super) fn new(store: Store, now_ms: i64) -> Self {
        Self {
            minute_ms: floor(now_ms, MINUTE_MS),
            before: BTreeMap::new(),
            last: None,
            gauges: Gauges::default(),
            store,
            closed: BTreeMap::new(),
        }
    }

    /// Adds what others counted since the last look. What they counted before the first one is not of this minute.
    pub(super) fn note(&mut self, levels: Levels, process: Process) {
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

    /// Whether the running minute is over.
    pub(super) fn over(&self, now_ms: i64) -> bool {
        floor(now_ms, MINUTE_MS) != self.minute_ms
    }

    /// Ends the running minute, writes it down, and begins the next.
    pub(super) fn turn(&mut self, cells: impl Iterator<Item = (Name, Arc<Cell>)>, now_ms: i64) {
        let mut minute = Minute { gauges: std::mem::take(&mut self.gauges), ..Minute::default() };
        for (name, cell) in cells {
            let (now, max) = (cell.load(), cell.take_max());
            let before = self.before.entry(name.clone()).or_default();
            minute.put(name, now.since(before, max));
            *before = now;
        }
        let at_ms = std::mem::replace(&mut self.minute_ms, floor(now_ms, MINUTE_MS));
        self.store.write(at_ms, &minute, now_ms);
    }

    /// The minute that runs, so far.
    fn running(&self, cells: impl Iterator<Item = (Name, Arc<Cell>)>) -> Minute {
        let mut minute = Minute { gauges: self.gauges.clone(), ..Minute::default() };
        let nothing = Counted::default();
        for (name, cell) in cells {
            let tally = cell.load().since(self.before.get(&name).unwrap_or(&nothing), cell.max());
            minute.put(name, tally);
        }
        minute
    }

    /// What there is to tell of a window. What is over is read once for each step.
    pub(super) fn report(
        &mut self,
        window: Window,
        cells: impl Iterator<Item = (Name, Arc<Cell>)>,
        now_ms: i64,
    ) -> Report {
        let until_ms = self.over_until_ms(window, now_ms);
        let mut sums = self.closed(window, until_ms, now_ms);
        let from_ms = until_ms.max(sums.began_at_ms());
        self.store.read(window, from_ms, now_ms.saturating_add(1), |at_ms, minute| sums.add(at_ms, minute));
        for (at_ms, minute) in self.store.waiting().filter(|(at_ms, _)| *at_ms <= now_ms) {
            sums.add(at_ms, &minute);
        }
        sums.add(self.begun_ms(now_ms), &self.running(cells));
        sums.report(now_ms)
    }

    /// Reads what is kept of the long windows before anybody asks for it: hundreds of rows, which a page need not wait for.
    pub(super) fn read_ahead(&mut self, now_ms: i64) {
        for window in Window::ALL.into_iter().filter(|window| window.step_ms() > MINUTE_MS) {
            let until_ms = self.over_until_ms(window, now_ms);
            if self.held(window, until_ms, now_ms).is_none() {
                self.closed(window, until_ms, now_ms);
            }
        }
    }

    /// When the minute began that runs, whatever the clock says.
    fn begun_ms(&self, now_ms: i64) -> i64 {
        self.minute_ms.min(now_ms)
    }

    /// Until when the steps of a window are over. What waits is not read from the store, and belongs to steps that are not.
    fn over_until_ms(&self, window: Window, now_ms: i64) -> i64 {
        let begun_ms = self.begun_ms(now_ms);
        window.step_of(self.store.oldest_waiting_ms().unwrap_or(begun_ms).min(begun_ms))
    }

    /// What is held of a window before `until_ms`, if that is still so.
    fn held(&self, window: Window, until_ms: i64, now_ms: i64) -> Option<&Sums> {
        let Closed { until_ms: until, edition, sums } = self.closed.get(&window)?;
        let same = (*until, *edition) == (until_ms, self.store.edition());
        (same && sums.began_at_ms() == Sums::new(window, now_ms).began_at_ms()).then_some(sums)
    }

    /// What is kept of a window before `until_ms`. It is held where a step is long enough for that to help.
    fn closed(&mut self, window: Window, until_ms: i64, now_ms: i64) -> Sums {
        if let Some(sums) = self.held(window, until_ms, now_ms) {
            return sums.clone();
        }
        let (edition, mut sums) = (self.store.edition(), Sums::new(window, now_ms));
        self.store.read(window, sums.began_at_ms(), until_ms, |at_ms, minute| sums.add(at_ms, minute));
        sums.close_before(until_ms);
        if window.step_ms() > MINUTE_MS {
            self.closed.insert(window, Closed { until_ms, edition, sums: sums.clone() });
        }
        sums
    }
}

#[cfg(test)]
impl Book {
    /// The room it takes, in bytes, while the longest report is being made.
    pub(super) fn size_bytes(&self) -> usize {
        let before: usize = self.before.values().map(Counted::size_bytes).sum();
        let closed = self.closed.values().map(|closed| closed.sums.size_bytes());
        let waiting: usize = self.store.waiting().map(|(_, minute)| minute.encode().len()).sum();
        // What is closed is copied and added to, step by step, and a row or the running minute is at hand for that.
        let copied = 3 * self.closed.values().map(|closed| closed.sums.size_bytes()).max().unwrap_or_default();
        before + closed.sum::<usize>() + waiting + copied
    }
}
