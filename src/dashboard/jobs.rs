//! The card of the jobs that were asked for. Its JSON twin is the list of jobs itself, `/api/v1/admin/jobs`.

use crate::status::jobs::{Job, JobKind, JobState};
use serde::Serialize;

/// A job that was asked for.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub(super) struct Line {
    id: u64,
    name: &'static str,
    pub(super) running: bool,
    /// `good`, `warn` or `bad`.
    health: &'static str,
    percent: u8,
    left_ms: Option<u64>,
    began_at_ms: i64,
    took_ms: Option<i64>,
    summary: String,
    facts: Vec<(&'static str, String)>,
    troubles: Vec<String>,
    more_troubles: u64,
}

impl Line {
    /// What the page says of this job.
    pub(super) fn of(job: &Job) -> Self {
        let outcome = job.outcome.clone().unwrap_or_default();
        Self {
            id: job.id,
            name: match job.kind {
                JobKind::Verify => "Verify",
                JobKind::Rebuild => "Rebuild",
                JobKind::Prune => "Prune",
                JobKind::PruneDryRun => "Look what to prune",
            },
            running: job.state == JobState::Running,
            health: match job.state {
                JobState::Running | JobState::Done => "good",
                JobState::Cancelled => "warn",
                JobState::Failed => "bad",
            },
            percent: job.percent(),
            left_ms: job.left_ms(),
            began_at_ms: job.started_at_ms,
            took_ms: job.ended_at_ms.map(|ended_at_ms| ended_at_ms - job.started_at_ms),
            summary: outcome.summary,
            facts: outcome.facts,
            troubles: outcome.troubles,
            more_troubles: outcome.more_troubles,
        }
    }
}
