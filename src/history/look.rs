//! Looking for changes in the log, newest first, batch by batch: never further than a bound, and says how far.
//!
//! Of one video the log has an index; everything else is looked for from where one stands. Blocking.

use super::asked::{Filter, Part};
use super::kind::Kind;
use events::log::{LogReader, ReadError};
use events::{Pos, Recorded};

/// How many records one request reads at most: some ten milliseconds of work. Of one video each is read by itself, so fewer.
pub(super) const READ_MAX: usize = 10_000;
const READ_VIDEO_MAX: usize = 4_000;

/// How many records are read at once, at first and later.
const RUN_FIRST: usize = 64;
const RUN_MAX: usize = 1024;

/// A batch of more than so many shows its first ones.
pub(super) const LINES_FEW: usize = 6;
pub(super) const LINES_MAX: usize = 3;

/// A batch longer than this is not read through, unless something in it is looked for.
const BATCH_LONG: u64 = 512;

/// Where to look: the positions between these two, both not included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Bounds {
    pub(super) above: Pos,
    pub(super) below: Pos,
}

/// What one batch did, as far as it fits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) batch: Pos,
    /// The newest of its positions.
    pub(super) last: Pos,
    /// The first records that fit, in order.
    pub(super) first: Vec<Recorded>,
    /// How many fit.
    pub(super) fitting: u64,
    /// How many records the batch has; 0 if that was not looked at.
    pub(super) size: u64,
}

/// What was found, newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Looked {
    pub(super) found: Vec<Found>,
    /// How many records were read.
    pub(super) read: usize,
    /// Everything from this position on, up to where the look began, was looked at.
    pub(super) reached: Pos,
    /// When the record there was written; nothing if nothing was read.
    pub(super) reached_at_ms: Option<i64>,
    /// There is more to look at.
    pub(super) more: bool,
    /// The bound on reading ended it, not the number of entries.
    pub(super) stopped: bool,
    /// What was read of the one video that was asked for, newest first: it tells what was before.
    pub(super) past: Vec<Recorded>,
    /// Batches that were taken back, each with the batch that did it.
    pub(super) undone: Vec<(Pos, Pos)>,
}

/// Looks for what is `wanted` within the `bounds`: the newest `limit` batches, or the oldest for [`Part::After`].
pub(super) fn look(
    reader: &dyn LogReader,
    wanted: Wanted<'_>,
    part: Part,
    bounds: Bounds,
    limit: usize,
) -> Result<Looked, ReadError> {
    let Bounds { above, below } = bounds;
    match (part, wanted.filter.video) {
        (Part::Newest, _) => Look::new(reader, wanted, bounds, limit).older(),
        (Part::Before(pos), _) => Look::new(reader, wanted, Bounds { above, below: below.min(pos) }, limit).older(),
        (Part::After(pos), Some(_)) => {
            // Its index is read from the newest on, so this comes to those that are next at the end.
            let bounds = Bounds { above: above.max(pos), below };
            let mut looked = Look::new(reader, wanted, bounds, usize::MAX).older()?;
            let surplus = looked.found.len().saturating_sub(limit);
            looked.found.drain(..surplus);
            Ok(looked)
        }
        (Part::After(pos), None) => {
            let above = above.max(pos);
            let below = newer_end(reader, wanted, Bounds { above, below }, limit)?;
            Look::new(reader, wanted, Bounds { above, below }, limit).older()
        }
    }
}

/// The position after the `limit`th batch that fits, counted from `above` on.
fn newer_end(reader: &dyn LogReader, wanted: Wanted<'_>, bounds: Bounds, limit: usize) -> Result<Pos, ReadError> {
    let (mut reached, mut read, mut batches, mut last) = (bounds.above, 0, 0, 0);
    while reached + 1 < bounds.below && read < READ_MAX {
        let run = reader.read(reached, RUN_MAX)?;
        read += RUN_MAX;
        let Some(end) = run.last().map(|last| last.pos) else { break };
        for recorded in &run {
            if recorded.batch != last && batches == limit {
                return Ok(recorded.pos.min(bounds.below));
            }
            if recorded.batch != last && wanted.fits(recorded) {
                batches += 1;
                last = recorded.batch;
            }
        }
        reached = end;
    }
    Ok(bounds.below.min(reached + 1))
}

/// The next records older than `reached` that may fit, newest first, `most` of them; none when there are no more.
pub(super) fn older(
    reader: &dyn LogReader,
    filter: &Filter,
    bounds: Bounds,
    reached: Pos,
    most: usize,
) -> Result<Vec<Recorded>, ReadError> {
    let Some(video) = filter.video else {
        let after = reached.saturating_sub(most as Pos + 1).max(bounds.above);
        let mut records = reader.read(after, most)?;
        records.retain(|recorded| recorded.pos < reached);
        records.reverse();
        return Ok(records);
    };
    let mut records = reader.read_video(video, reached, most)?;
    records.retain(|recorded| recorded.pos > bounds.above);
    Ok(records)
}

/// One look, from the newest on.
struct Look<'a> {
    reader: &'a dyn LogReader,
    wanted: Wanted<'a>,
    bounds: Bounds,
    limit: usize,
    looked: Looked,
    /// The batch being looked at.
    batch: Option<Found>,
}

impl<'a> Look<'a> {
    fn new(reader: &'a dyn LogReader, wanted: Wanted<'a>, bounds: Bounds, limit: usize) -> Self {
        let looked = Looked { reached: bounds.below, ..Looked::default() };
        Self { reader, wanted, bounds, limit, looked, batch: None }
    }

    fn older(mut self) -> Result<Looked, ReadError> {
        let most = if self.wanted.filter.video.is_some() { READ_VIDEO_MAX } else { READ_MAX };
        let mut run = RUN_FIRST;
        while self.looked.reached > self.bounds.above + 1 {
            if self.looked.read >= most {
                (self.looked.more, self.looked.stopped) = (true, true);
                break;
            }
            let wanted = run.min(most - self.looked.read);
            let records = older(self.reader, self.wanted.filter, self.bounds, self.looked.reached, wanted)?;
            run = (run * 2).min(RUN_MAX);
            if records.is_empty() {
                break;
            }
            if !self.take_all(records)? {
                self.looked.more = true;
                break;
            }
        }
        self.end_batch();
        Ok(self.looked)
    }

    /// Takes these records, newest first; false when there are as many batches as were wanted.
    fn take_all(&mut self, records: Vec<Recorded>) -> Result<bool, ReadError> {
        self.looked.read += records.len();
        for recorded in records {
            let batch = recorded.batch;
            if self.batch.as_ref().is_none_or(|current| current.batch != batch) {
                self.end_batch();
                if self.looked.found.len() == self.limit {
                    return Ok(false);
                }
                if recorded.caused_by != 0 {
                    self.looked.undone.push((recorded.caused_by, batch));
                }
                let last = self.last_of(&recorded)?;
                let size = if self.wanted.filter.video.is_some() { 0 } else { last + 1 - batch };
                self.batch = Some(Found { batch, last, first: Vec::new(), fitting: 0, size });
                if self.jumps(&recorded)? {
                    return Ok(true);
                }
            }
            (self.looked.reached, self.looked.reached_at_ms) = (recorded.pos, Some(recorded.recorded_at_ms));
            if self.wanted.fits(&recorded)
                && let Some(current) = &mut self.batch
            {
                current.fitting += 1;
                current.first.insert(0, recorded.clone());
                current.first.truncate(LINES_FEW);
            }
            if self.wanted.filter.video.is_some() {
                self.looked.past.push(recorded);
            }
        }
        Ok(true)
    }

    /// The last position of the batch of this record, which is the newest of them that was read.
    fn last_of(&self, recorded: &Recorded) -> Result<Pos, ReadError> {
        // Only where the look began can a batch be cut.
        let cut = self.wanted.filter.video.is_none() && self.looked.reached == self.bounds.below;
        if cut { end_of(self.reader, recorded.batch, recorded.pos) } else { Ok(recorded.pos) }
    }

    /// Passes over a long batch, if nothing in it is looked for: of what it did, its first records tell.
    fn jumps(&mut self, recorded: &Recorded) -> Result<bool, ReadError> {
        let batch = recorded.batch;
        if recorded.pos - batch <= BATCH_LONG || self.wanted.looks_inside() || batch <= self.bounds.above {
            return Ok(false);
        }
        let first = self.reader.read(batch - 1, RUN_FIRST)?;
        self.looked.read += first.len();
        (self.looked.reached, self.looked.reached_at_ms) = (batch, Some(recorded.recorded_at_ms));
        if self.wanted.filter.concerns(recorded)
            && let Some(current) = &mut self.batch
        {
            current.fitting = current.size;
            current.first = first.into_iter().filter(|recorded| self.wanted.fits(recorded)).take(LINES_FEW).collect();
        }
        Ok(true)
    }

    fn end_batch(&mut self) {
        self.looked.found.extend(self.batch.take().filter(|batch| batch.fitting > 0));
    }
}

/// The last position of the batch that `from` is one of: batches stand in the log without a gap.
pub(super) fn end_of(reader: &dyn LogReader, batch: Pos, from: Pos) -> Result<Pos, ReadError> {
    let is_in = |pos: Pos| -> Result<bool, ReadError> {
        Ok(reader.read(pos - 1, 1)?.first().is_some_and(|recorded| recorded.batch == batch))
    };
    let (mut inside, mut step) = (from, 1);
    while is_in(inside + step)? {
        inside += step;
        step *= 2;
    }
    while step > 1 {
        step /= 2;
        if is_in(inside + step)? {
            inside += step;
        }
    }
    Ok(inside)
}

/// What to look for, and how to know whether a record says what somebody typed.
#[derive(Clone, Copy)]
pub(super) struct Wanted<'a> {
    pub(super) filter: &'a Filter,
    pub(super) says: &'a dyn Fn(&Recorded, &str) -> bool,
}

impl Wanted<'_> {
    /// Whether this record is one of those asked for.
    pub(super) fn fits(&self, recorded: &Recorded) -> bool {
        let Filter { video, kind, ref text, .. } = *self.filter;
        self.filter.concerns(recorded)
            && kind.has(recorded)
            && video.is_none_or(|video| recorded.event.video() == Some(video))
            && (text.is_empty() || (self.says)(recorded, text))
    }

    /// Whether a batch may have something of it anywhere.
    fn looks_inside(&self) -> bool {
        !self.filter.text.is_empty() || !matches!(self.filter.kind, Kind::Changes | Kind::Everything)
    }
}

impl Filter {
    /// Whether its batch may be: all of a batch come from one device, by one door.
    fn concerns(&self, recorded: &Recorded) -> bool {
        self.cause.is_none_or(|cause| recorded.cause == cause)
            && self.device.is_none_or(|device| recorded.actor == device)
    }
}
