//! Reading everything there is and telling all that is wrong, where opening a log ends at the first.

use super::batch::video_number;
use super::index::{self, Key};
use super::open::OpenError;
use super::replay::{self, Complain, Witnesses};
use super::{Head, ReadError};
use crate::record::{Pos, Recorded};
use crate::wire;
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

/// How many findings are told one by one; the others are counted.
const FINDINGS_MAX: usize = 1_000;

/// How many records or keys are read at once.
const CHUNK: usize = 4096;

/// How many positions are tried one by one behind one that cannot be read, before the rest is given up.
const PROBES_MAX: u64 = 65_536;

/// What reading everything brought to light.
#[derive(Debug, Default)]
pub struct Audit {
    /// Where the log ends, as far as it could be read.
    pub head: Head,
    /// How many events were handed out.
    pub events: u64,
    /// What is wrong, the worst first; nothing in a log that can be trusted.
    pub findings: Vec<Finding>,
    /// How many more findings there were than are listed, none of them worse.
    pub more_findings: u64,
    /// Whether it came to the end, or was told to stop before.
    pub finished: bool,
}

/// Something that is wrong with a log.
#[derive(Debug, thiserror::Error)]
pub enum Finding {
    /// Something that keeps the log from being opened.
    #[error(transparent)]
    Log(#[from] OpenError),
    /// A record is not listed where the events of its video are looked up.
    #[error("the event at position {pos} is not in the index of events, under video {video}")]
    NotIndexed {
        /// Its position.
        pos: Pos,
        /// The number of its video; 0 for none.
        video: u32,
    },
    /// The index lists a position under a video that the record there, if there is one, is not about.
    #[error("the index of events lists position {pos} under video {video}, where it does not belong")]
    WronglyIndexed {
        /// The position.
        pos: Pos,
        /// The number of the video; 0 for none.
        video: u32,
    },
}

impl Finding {
    /// The exit code of a program that ends because of this, as [`OpenError::exit_code`].
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        self.as_open_error().exit_code()
    }

    /// What to do about it, in a sentence.
    #[must_use]
    pub fn advice(&self) -> &'static str {
        self.as_open_error().advice()
    }

    fn as_open_error(&self) -> &OpenError {
        match self {
            Self::Log(error) => error,
            Self::NotIndexed { .. } | Self::WronglyIndexed { .. } => &OpenError::Index,
        }
    }
}

/// Told how far the audit is; it stops when the answer is `false`. May take its time.
pub type Pace<'a> = dyn Fn(Pos) -> bool + Sync + 'a;

/// The parts of a stored log, as an audit needs them.
pub(super) trait Source: Sync {
    /// A frame as it is stored.
    type Frame: AsRef<[u8]> + Send;

    /// Up to `max` frames after position `after`, and why there are not more.
    fn stored(&self, after: Pos, max: usize) -> (Vec<(Pos, Self::Frame)>, Option<ReadError>);

    /// The frame at `pos`.
    fn stored_at(&self, pos: Pos) -> Result<Option<Self::Frame>, ReadError>;

    /// Up to `max` keys of the index after `after`, in order.
    fn keys(&self, after: Option<Key>, max: usize) -> Result<Vec<Key>, ReadError>;
}

impl Audit {
    /// Takes one more finding in, behind those that are as bad.
    pub(super) fn note(&mut self, finding: Finding) {
        let rank = |finding: &Finding| finding.as_open_error().rank();
        let place = self.findings.partition_point(|other| rank(other) <= rank(&finding));
        self.findings.insert(place, finding);
        if self.findings.len() > FINDINGS_MAX {
            self.findings.pop();
            self.more_findings += 1;
        }
    }

    /// Reads everything in `source` up to position `end`.
    pub(super) fn run<S: Source>(
        &mut self,
        source: &S,
        end: Pos,
        known: &Witnesses,
        each: &mut dyn FnMut(Recorded),
        pace: &Pace<'_>,
    ) {
        let findings = Mutex::new(std::mem::take(self));
        let note = |finding| findings.lock().unwrap_or_else(PoisonError::into_inner).note(finding);
        let complain = |error| {
            note(Finding::Log(error));
            Ok(())
        };
        let progress = Progress::default();
        let frames = Frames::new(source, end, &progress, &complain, pace);
        let mut events = 0;
        let (found, listed) = std::thread::scope(|scope| {
            let listed = scope.spawn(|| sum_of_keys(source, end, &progress, pace));
            let found = replay::walk(frames, Head::default(), known, &complain, &mut |record| {
                events += 1;
                each(record);
            });
            (found, listed.join().unwrap_or_else(|_| Err(OpenError::panicked())))
        });
        let mut outcome = Ok(());
        match (found, listed) {
            (Ok(found), Ok(listed)) => {
                findings.lock().unwrap_or_else(PoisonError::into_inner).head = found.head;
                if found.index != listed {
                    outcome = compare_index(source, end, &progress, &note);
                }
            }
            (Err(error), _) | (_, Err(error)) => outcome = Err(error),
        }
        *self = findings.into_inner().unwrap_or_else(PoisonError::into_inner);
        self.events = events;
        self.finished = !progress.stopped.load(Ordering::Relaxed);
        if let Err(error) = outcome
            && self.finished
        {
            self.note(Finding::Log(error));
        }
    }
}

/// How far it is.
#[derive(Default)]
struct Progress {
    walked: AtomicU64,
    stopped: AtomicBool,
}

impl Progress {
    /// The error that ends everything without being one.
    fn stop(&self) -> OpenError {
        self.stopped.store(true, Ordering::Relaxed);
        OpenError::Storage("reading it all was stopped".into())
    }

    fn refuse(&self, error: ReadError) -> OpenError {
        if let ReadError::Closed = error { self.stop() } else { OpenError::Storage(error.into()) }
    }
}

/// The frames of a source, one after the other, over everything that cannot be read.
struct Frames<'a, S: Source> {
    source: &'a S,
    after: Pos,
    end: Pos,
    run: std::vec::IntoIter<(Pos, S::Frame)>,
    progress: &'a Progress,
    complain: &'a Complain<'a>,
    pace: &'a Pace<'a>,
}

impl<S: Source> Iterator for Frames<'_, S> {
    type Item = Result<(Pos, S::Frame), OpenError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some((pos, frame)) = self.run.next() {
                self.after = pos;
                return Some(Ok((pos, frame)));
            }
            self.progress.walked.store(self.after, Ordering::Relaxed);
            if self.after >= self.end {
                return None;
            }
            if !(self.pace)(self.after) {
                return Some(Err(self.progress.stop()));
            }
            let (mut run, error) = self.source.stored(self.after, CHUNK);
            if run.is_empty() {
                match error? {
                    ReadError::Closed => return Some(Err(self.progress.stop())),
                    error @ (ReadError::Missing { .. } | ReadError::Damaged { .. } | ReadError::Storage(_)) => {
                        if let Err(error) = (self.complain)(OpenError::Storage(error.into())) {
                            return Some(Err(error));
                        }
                    }
                }
                run.push(self.probe()?);
            }
            run.retain(|(pos, _)| *pos <= self.end);
            if run.is_empty() {
                return None;
            }
            self.run = run.into_iter();
        }
    }
}

impl<'a, S: Source> Frames<'a, S> {
    fn new(source: &'a S, end: Pos, progress: &'a Progress, complain: &'a Complain<'a>, pace: &'a Pace<'a>) -> Self {
        Self { source, after: 0, end, run: vec![].into_iter(), progress, complain, pace }
    }

    /// The next record that can be read.
    fn probe(&self) -> Option<(Pos, S::Frame)> {
        let positions = self.after.saturating_add(1)..=self.after.saturating_add(PROBES_MAX).min(self.end);
        positions.into_iter().find_map(|pos| Some((pos, self.source.stored_at(pos).ok().flatten()?)))
    }
}

/// What the index up to position `end` adds up to.
fn sum_of_keys(source: &impl Source, end: Pos, progress: &Progress, pace: &Pace<'_>) -> Result<index::Sum, OpenError> {
    let mut sum = index::Sum::default();
    let mut after = None;
    loop {
        if !pace(progress.walked.load(Ordering::Relaxed)) {
            return Err(progress.stop());
        }
        let keys = source.keys(after, CHUNK).map_err(|error| progress.refuse(error))?;
        let Some(last) = keys.last() else { return Ok(sum) };
        after = Some(*last);
        keys.iter().filter(|key| index::position(*key).is_some_and(|pos| pos <= end)).for_each(|key| sum.add(key));
    }
}

/// Finds the entries of the index that should not be there, and those that should. Needs 12 bytes for each event.
fn compare_index(source: &impl Source, end: Pos, progress: &Progress, note: &dyn Fn(Finding)) -> Result<(), OpenError> {
    let (mut expected, mut unknown) = (Vec::new(), BTreeSet::new());
    for frame in Frames::new(source, end, progress, &|_| Ok(()), &|_| true) {
        let (pos, frame) = frame?;
        match wire::decode(pos, frame.as_ref()) {
            Ok(record) => expected.push(index::key(record.as_ref().map_or(0, video_number), pos)),
            Err(_) => drop(unknown.insert(pos)),
        }
    }
    expected.sort_unstable();
    let mut expected = expected.into_iter().peekable();
    let mut after = None;
    loop {
        let keys = source.keys(after, CHUNK).map_err(|error| progress.refuse(error))?;
        let Some(last) = keys.last() else { break };
        after = Some(*last);
        for key in keys {
            while let Some(missing) = expected.next_if(|expected| *expected < key) {
                note(not_indexed(missing));
            }
            let pos = index::position(&key).unwrap_or_default();
            if expected.next_if_eq(&key).is_none() && pos <= end && !unknown.contains(&pos) {
                note(Finding::WronglyIndexed { pos, video: index::video(&key) });
            }
        }
    }
    expected.for_each(|missing| note(not_indexed(missing)));
    Ok(())
}

fn not_indexed(key: Key) -> Finding {
    Finding::NotIndexed { pos: index::position(&key).unwrap_or_default(), video: index::video(&key) }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::{Audit, FINDINGS_MAX, Finding};
    use crate::log::OpenError;
    use std::path::PathBuf;

    #[test]
    fn the_worst_comes_first_and_is_never_one_too_many() {
        let mut audit = Audit::default();
        audit.note(Finding::Log(OpenError::Witness { part: PathBuf::new(), reason: String::new() }));
        for pos in 1..=FINDINGS_MAX as u64 {
            audit.note(Finding::NotIndexed { pos, video: 1 });
        }
        audit.note(Finding::Log(OpenError::Chain { pos: 9 }));
        for pos in [5, 4] {
            audit.note(Finding::Log(OpenError::Damaged { pos, reason: String::new() }));
        }
        let (worst, rest) = audit.findings.split_at_checked(4).unwrap();
        let worst: Vec<_> = worst.iter().map(Finding::exit_code).collect();
        assert_eq!(worst, [85, 85, 84, 87]);
        let damaged = audit.findings.first().unwrap();
        assert!(matches!(damaged, Finding::Log(OpenError::Damaged { pos: 5, .. })), "as they came: {damaged}");
        assert!(rest.iter().all(|finding| matches!(finding, Finding::NotIndexed { .. })));
        assert_eq!((audit.findings.len(), audit.more_findings), (FINDINGS_MAX, 4));
    }
}
