//! Looking for changes in the log, newest first, batch by batch: never further than a bound, and says how far.
//!
//! Of one video the log has an index; everything else is looked for from where one stands. Blocking.

use super::asked::{Filter, Part};
use super::back::Answer;
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
    /// There is more to look at before that.
    pub(super) more: bool,
    /// The position after which there is more to look at; nothing if this came to the end.
    pub(super) newer: Option<Pos>,
    /// The bound on reading ended it, not the number of entries.
    pub(super) stopped: bool,
    /// What was read of the one video that was asked for, newest first: it tells what was before.
    pub(super) past: Vec<Recorded>,
    /// What was come across that answers something earlier, newest first.
    pub(super) answers: Vec<Answer>,
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
    match part {
        Part::Newest => Look::new(reader, wanted, bounds, limit).older(),
        Part::Before(pos) => {
            let newer = (pos < below).then(|| pos.saturating_sub(1));
            let looked = Look::new(reader, wanted, Bounds { above, below: below.min(pos) }, limit).older()?;
            Ok(Looked { newer, ..looked })
        }
        Part::After(pos) => {
            let bounds = Bounds { above: above.max(pos), below };
            let of_video = wanted.filter.video.map(|_| newer_of_video(reader, wanted, bounds, limit)).transpose()?;
            let looked = match of_video.flatten() {
                Some(looked) => looked,
                None => newer(reader, wanted, bounds, limit)?,
            };
            Ok(Looked { more: looked.more || pos > above, ..looked })
        }
    }
}

/// The `limit` batches next newer, by the index of the video, which is read from the newest on; nothing if they are too far away.
fn newer_of_video(
    reader: &dyn LogReader,
    wanted: Wanted<'_>,
    bounds: Bounds,
    limit: usize,
) -> Result<Option<Looked>, ReadError> {
    let mut looked = Look::new(reader, wanted, bounds, usize::MAX).older()?;
    if looked.stopped {
        return Ok(None);
    }
    let surplus = looked.found.len().saturating_sub(limit);
    // Batches stand in the log one after the other.
    looked.newer = surplus.checked_sub(1).and_then(|first| looked.found.get(first)).map(|surplus| surplus.batch - 1);
    looked.found.drain(..surplus);
    Ok(Some(looked))
}

/// The `limit` batches next newer, or as many of them as are not too far away.
fn newer(reader: &dyn LogReader, wanted: Wanted<'_>, bounds: Bounds, limit: usize) -> Result<Looked, ReadError> {
    let Bounds { above, below } = bounds;
    let (end, stopped) = newer_end(reader, wanted, bounds, limit)?;
    let newer = (end < below).then(|| end - 1);
    // No more than that is between here and there.
    let all = Look { most: usize::MAX, ..Look::new(reader, wanted, Bounds { above, below: end }, limit) };
    let mut looked = all.older()?;
    if stopped {
        // How far it came is said of the end that it went towards.
        let last = reader.read(end.saturating_sub(2), 1)?;
        looked.reached_at_ms = last.first().map(|last| last.recorded_at_ms);
    }
    Ok(Looked { newer, stopped, ..looked })
}

/// The position after the `limit`th batch that fits, counted from `above` on, and whether the bound on reading came before it.
fn newer_end(
    reader: &dyn LogReader,
    wanted: Wanted<'_>,
    bounds: Bounds,
    limit: usize,
) -> Result<(Pos, bool), ReadError> {
    let Bounds { above, below } = bounds;
    let (mut reached, mut read, mut batches, mut last) = (above, 0, 0, 0);
    let mut begun = above + 1;
    while reached + 1 < below && read < wanted.most {
        let run = reader.read(reached, RUN_MAX.min(wanted.most - read))?;
        let Some(end) = run.last().map(|last| last.pos) else { break };
        read += run.len();
        for recorded in &run {
            if recorded.batch != last && batches == limit {
                return Ok((recorded.pos.min(below), false));
            }
            if recorded.batch != last && wanted.fits(recorded) {
                batches += 1;
                last = recorded.batch;
            }
            begun = recorded.batch;
        }
        reached = end;
    }
    if reached + 1 >= below {
        return Ok((below, false));
    }
    // A batch is shown whole, where that is possible: the one that is cut here comes first in the next part.
    let end = if begun > above + 1 {
        if end_of(reader, begun, reached)? == reached { reached + 1 } else { begun }
    } else if begun == above + 1 && !wanted.looks_inside() {
        end_of(reader, begun, reached)? + 1
    } else {
        reached + 1
    };
    Ok((end.min(below), end < below))
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
    /// How many records are read at most.
    most: usize,
    looked: Looked,
    /// The batch being looked at.
    batch: Option<Found>,
}

impl<'a> Look<'a> {
    fn new(reader: &'a dyn LogReader, wanted: Wanted<'a>, bounds: Bounds, limit: usize) -> Self {
        let looked = Looked { reached: bounds.below, ..Looked::default() };
        Self { reader, wanted, bounds, limit, most: wanted.most, looked, batch: None }
    }

    fn older(mut self) -> Result<Looked, ReadError> {
        let mut run = RUN_FIRST;
        while self.looked.reached > self.bounds.above + 1 {
            if self.looked.read >= self.most {
                (self.looked.more, self.looked.stopped) = (true, true);
                break;
            }
            let wanted = run.min(self.most - self.looked.read);
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
                let last = self.last_of(&recorded)?;
                let size = if self.wanted.filter.video.is_some() { 0 } else { last + 1 - batch };
                self.batch = Some(Found { batch, first: Vec::new(), fitting: 0, size });
                if self.jumps(&recorded)? {
                    return Ok(true);
                }
            }
            (self.looked.reached, self.looked.reached_at_ms) = (recorded.pos, Some(recorded.recorded_at_ms));
            if recorded.caused_by != 0 {
                self.looked.answers.push(Answer { recorded: recorded.clone(), whole: false });
            }
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
        if recorded.pos - batch <= self.wanted.long() || self.wanted.looks_inside() || batch <= self.bounds.above {
            return Ok(false);
        }
        let first = self.reader.read(batch - 1, RUN_FIRST)?;
        self.looked.read += first.len();
        (self.looked.reached, self.looked.reached_at_ms) = (batch, Some(recorded.recorded_at_ms));
        if recorded.caused_by != 0 {
            self.looked.answers.push(Answer { recorded: recorded.clone(), whole: true });
        }
        if self.wanted.filter.concerns(recorded)
            && let Some(current) = &mut self.batch
        {
            let first = first.into_iter().filter(|it| it.batch == batch && self.wanted.fits(it));
            current.first = first.take(LINES_FEW).collect();
            // What begins with nothing that fits is taken to have nothing of it.
            current.fitting = if current.first.is_empty() { 0 } else { current.size };
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
    /// How many records are read at most.
    pub(super) most: usize,
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
        let Filter { video, kind, text, .. } = self.filter;
        video.is_some() || !text.is_empty() || !matches!(kind, Kind::Changes | Kind::Everything)
    }

    /// A batch longer than this is not read through, unless something in it is looked for.
    fn long(&self) -> Pos {
        self.most as Pos / 20
    }
}

impl Filter {
    /// How many records one request reads for it at most.
    pub(super) fn most(&self) -> usize {
        if self.video.is_some() { READ_VIDEO_MAX } else { READ_MAX }
    }

    /// Whether its batch may be: all of a batch come from one device, by one door.
    fn concerns(&self, recorded: &Recorded) -> bool {
        self.cause.is_none_or(|cause| recorded.cause == cause)
            && self.device.is_none_or(|device| recorded.actor == device)
    }
}
