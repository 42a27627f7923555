//! The card of the writer and of its log: whether changes are taken, how much is written, and when all of it was last proven
//! to be whole.

use super::Level;
use super::traffic::Figures;
use crate::metrics::WriterFigures;
use crate::status::jobs::{Job, JobKind, JobState};
use crate::status::storage::StorageStatus;
use crate::web::time::Time;
use crate::writer::{Status, Writer};
use projections::State;
use serde::Serialize;
use utoipa::ToSchema;

/// The writer and its log.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, ToSchema)]
#[schema(as = WriterCard)]
pub struct Card {
    /// How well it is.
    pub level: Level,
    /// `writing`, `full` (the last change found no room; the next one is tried), `recovering` (the disk failed; it is tried
    /// again), `damaged` (nothing is written any more) or `stopped`.
    #[schema(example = "writing")]
    pub state: &'static str,
    /// Why nothing is written.
    #[schema(example = json!(null))]
    pub reason: Option<String>,
    /// How many events there are; the position of the last one.
    #[schema(example = 4711)]
    pub events: u64,
    /// When the last one was written; null before the first.
    pub recorded_at: Option<Time>,
    /// How many requests wait to be written right now.
    #[schema(example = 0)]
    pub queued: u64,
    /// How many batches failed since the start.
    #[schema(example = 0)]
    pub failures: u64,
    /// How many batches were written since the start, and how long it took to append and to sync one.
    pub commit: Figures,
    /// How long it took to decide a batch and to apply it, since the start.
    pub apply: Figures,
    /// How many requests 99 of 100 batches had at most.
    #[schema(example = 1)]
    pub batch_p99: u64,
    /// How many the largest had.
    #[schema(example = 12)]
    pub batch_max: u64,
    /// What the log takes on the disk.
    #[schema(example = 4_200_000)]
    pub size_bytes: u64,
    /// The last verification that came to an end; null before.
    pub verified: Option<Verified>,
}

/// A verification that came to an end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, ToSchema)]
pub struct Verified {
    /// When.
    pub at: Time,
    /// Whether everything was as it was written.
    #[schema(example = true)]
    pub whole: bool,
}

impl Card {
    /// The card of this `writer` and what was counted of it, of what is known, of what was measured, and of these jobs, newest first.
    #[must_use]
    pub fn of(writer: &Writer, counted: &WriterFigures, state: &State, measured: &StorageStatus, jobs: &[Job]) -> Self {
        // One of this run that could not be written down is newer than what the log knows.
        let known =
            || state.maintenance().verified().map(|known| Verified { at: Time(known.at_ms), whole: known.whole });
        let verified = verified(jobs).or_else(known);
        let (level, name, reason) = match writer.status() {
            Status::Writing => (Level::Good, "writing", None),
            Status::Full(why) => (Level::Bad, "full", Some(why)),
            Status::Recovering(why) => (Level::Bad, "recovering", Some(why)),
            Status::Damaged(why) => (Level::Bad, "damaged", Some(why)),
            Status::Stopped => (Level::Warn, "stopped", None),
        };
        Self {
            level: if verified.is_some_and(|verified| !verified.whole) { Level::Bad } else { level },
            state: name,
            reason,
            events: writer.feed().head(),
            recorded_at: (state.pos() > 0).then(|| Time(state.recorded_at_ms())),
            queued: counted.queued,
            failures: counted.failures,
            commit: Figures::of(&counted.commit),
            apply: Figures::of(&counted.apply),
            batch_p99: counted.batch.p99_us,
            batch_max: counted.batch.max_us,
            size_bytes: measured.log_bytes,
            verified,
        }
    }
}

/// The last verification among these jobs, newest first.
fn verified(jobs: &[Job]) -> Option<Verified> {
    jobs.iter().filter(|job| job.kind == JobKind::Verify).find_map(|job| {
        let whole = match job.state {
            JobState::Done => true,
            JobState::Failed => false,
            JobState::Running | JobState::Cancelled => return None,
        };
        Some(Verified { at: Time(job.ended_at_ms?), whole })
    })
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;
    use crate::status::jobs::{JobBoard, Outcome};

    #[test]
    fn the_last_verification_that_ended_counts() {
        let board = JobBoard::default();
        let run = |kind, state, at_ms| {
            let (id, _) = board.begin(kind, None, at_ms);
            board.end(id, state, Outcome::default(), at_ms + 1);
        };
        assert_eq!(verified(&board.all()), None);
        run(JobKind::Verify, JobState::Failed, 10);
        run(JobKind::Verify, JobState::Cancelled, 20);
        run(JobKind::Rebuild, JobState::Done, 30);
        assert_eq!(verified(&board.all()).unwrap(), Verified { at: Time(11), whole: false });
        run(JobKind::Verify, JobState::Done, 40);
        board.begin(JobKind::Verify, None, 50);
        assert_eq!(verified(&board.all()).unwrap(), Verified { at: Time(41), whole: true });
    }
}
