//! The smaller log, made of the larger one record by record.

use events::event::{HourCount, View};
use events::{Actor, Cause, CommandId, Event, Pos, Recorded, VideoId};
use std::collections::{BTreeMap, HashSet};

/// So many hours are said in one event, which keeps it far below the largest that can be stored.
const HOURS_MAX: usize = 4_000;

/// Takes the records of a log in order and hands over those of the smaller one.
pub(super) struct Roller {
    /// The last position that is old.
    end: Pos,
    /// Views that others speak of: they stay.
    answered: HashSet<Pos>,
    /// Views that were taken back, and perhaps brought back under the same date: they stay, so that they can still be
    /// forgotten together.
    taken_back: HashSet<(VideoId, i64)>,
    old: BTreeMap<VideoId, Old>,
    /// The position that was handed over last.
    last: Pos,
    /// When the record that was handed over last was written.
    recorded_at_ms: i64,
    /// Where records are now: the old and the new position of the first of each run that moved equally far.
    moved: Vec<(Pos, Pos)>,
    rolled: bool,
    /// How many views are gone.
    pub(super) views: u64,
    /// How many events say them instead.
    pub(super) rolled_up: u64,
}

/// The old views of a video.
#[derive(Default)]
struct Old {
    hours: BTreeMap<u32, u32>,
    last_viewed_at_ms: i64,
}

impl Roller {
    /// Rolls up views up to position `end`.
    pub(super) fn new(end: Pos) -> Self {
        Self {
            end,
            answered: HashSet::new(),
            taken_back: HashSet::new(),
            old: BTreeMap::new(),
            last: 0,
            recorded_at_ms: 0,
            moved: Vec::new(),
            rolled: false,
            views: 0,
            rolled_up: 0,
        }
    }

    /// Sees every record once before any is taken.
    pub(super) fn look(&mut self, record: &Recorded) {
        if record.caused_by > 0 && record.caused_by <= self.end {
            self.answered.insert(record.caused_by);
        }
        if let Event::View(View::Withdrawn { video, viewed_at_ms: Some(at_ms), .. }) = record.event {
            self.taken_back.insert((video, at_ms));
        }
    }

    /// Takes the next record.
    pub(super) fn take(
        &mut self,
        record: &Recorded,
        push: &mut dyn FnMut(Recorded) -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        if record.pos > self.end {
            self.finish(push)?;
        } else if let Event::View(View::Started { video }) = record.event
            && !self.answered.contains(&record.pos)
            && !self.taken_back.contains(&(video, record.occurred_at_ms))
        {
            let old = self.old.entry(video).or_default();
            *old.hours.entry(HourCount::hour_of(record.occurred_at_ms)).or_default() += 1;
            old.last_viewed_at_ms = old.last_viewed_at_ms.max(record.occurred_at_ms);
            self.views += 1;
            return Ok(());
        }
        self.last += 1;
        self.recorded_at_ms = record.recorded_at_ms;
        self.note(record.pos);
        let (batch, caused_by) = (self.now_at(record.batch), self.now_at(record.caused_by));
        push(Recorded { pos: self.last, batch, caused_by, ..record.clone() })
    }

    /// Says the views that were taken, at the end of what is old.
    pub(super) fn finish(&mut self, push: &mut dyn FnMut(Recorded) -> anyhow::Result<()>) -> anyhow::Result<()> {
        if std::mem::replace(&mut self.rolled, true) {
            return Ok(());
        }
        let batch = self.last + 1;
        for (video, old) in std::mem::take(&mut self.old) {
            let hours: Vec<HourCount> = old.hours.into_iter().map(|(hour, count)| HourCount { hour, count }).collect();
            for hours in hours.chunks(HOURS_MAX) {
                self.last += 1;
                self.rolled_up += 1;
                let last_viewed_at_ms = old.last_viewed_at_ms;
                push(Recorded {
                    pos: self.last,
                    recorded_at_ms: self.recorded_at_ms,
                    occurred_at_ms: last_viewed_at_ms,
                    batch,
                    cause: Cause::Tool,
                    actor: Actor(0),
                    command_id: CommandId::default(),
                    caused_by: 0,
                    event: Event::View(View::RolledUp { video, hours: hours.to_vec(), last_viewed_at_ms }),
                })?;
            }
        }
        Ok(())
    }

    /// Notes that the record at `old` is at `self.last` now.
    fn note(&mut self, old: Pos) {
        let next = self.moved.last().map(|(at, now)| now + (old - at));
        if next != Some(self.last) {
            self.moved.push((old, self.last));
        }
    }

    /// Where the record that was at `old` is; for one that is gone, the one after it.
    fn now_at(&self, old: Pos) -> Pos {
        if old == 0 {
            return 0;
        }
        let behind = self.moved.partition_point(|(at, _)| *at <= old);
        let run = behind.checked_sub(1).and_then(|index| self.moved.get(index));
        let next = self.moved.get(behind).map(|(_, now)| *now);
        let inside = run.map(|(at, now)| now + (old - at));
        match (inside, next) {
            // Beyond the end of its run the record is gone.
            (Some(inside), Some(next)) => inside.min(next),
            (Some(inside), None) => inside.min(self.last),
            (None, next) => next.unwrap_or(self.last),
        }
    }
}
