//! The card of the jobs that were asked for. Its JSON twin is the list of jobs itself, `/api/v1/admin/jobs`.

use crate::status::jobs::{Job, JobKind, JobState};
use crate::web::human::{capitalised, sentence};
use serde::Serialize;

/// A job that was asked for.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub(super) struct Line {
    id: u64,
    name: &'static str,
    about: Option<String>,
    pub(super) running: bool,
    /// `good`, `warn` or `bad`.
    health: &'static str,
    percent: u8,
    /// Whether anybody knows how much there is to do.
    measured: bool,
    left_ms: Option<u64>,
    began_at_ms: i64,
    took_ms: Option<i64>,
    summary: String,
    facts: Vec<(&'static str, String)>,
    troubles: Vec<String>,
    more_troubles: u64,
    /// Whether what it said can be brought in now.
    brings: bool,
}

impl Line {
    /// All of these, in the same order: the newest first.
    pub(super) fn all(jobs: &[Job]) -> Vec<Self> {
        let reads = |job: &&Job| match job.kind {
            JobKind::ImportDryRun | JobKind::Import => true,
            JobKind::Verify
            | JobKind::Rebuild
            | JobKind::Prune
            | JobKind::PruneDryRun
            | JobKind::Rescan
            | JobKind::AcceptMissing
            | JobKind::Backup
            | JobKind::ExportTables
            | JobKind::ExportLegacy => false,
        };
        // Only what was read last is at hand, until it was brought in.
        let last =
            jobs.iter().find(reads).filter(|job| job.kind == JobKind::ImportDryRun && job.state == JobState::Done);
        jobs.iter().map(|job| Self::of(job, last.is_some_and(|last| last.id == job.id))).collect()
    }

    fn of(job: &Job, last_read: bool) -> Self {
        let outcome = job.outcome.clone().unwrap_or_default();
        let nothing = outcome.facts.contains(&("Events", "0".to_owned()));
        Self {
            id: job.id,
            name: name(job.kind),
            about: job.about.clone(),
            running: job.state == JobState::Running,
            health: match job.state {
                JobState::Running | JobState::Done => "good",
                JobState::Cancelled => "warn",
                JobState::Failed => "bad",
            },
            percent: job.percent(),
            measured: job.total > 0,
            left_ms: job.left_ms(),
            began_at_ms: job.started_at_ms,
            took_ms: job.ended_at_ms.map(|ended_at_ms| ended_at_ms - job.started_at_ms),
            summary: outcome.summary,
            facts: outcome.facts,
            troubles: outcome.troubles.into_iter().map(|trouble| sentences(&trouble.what, &trouble.advice)).collect(),
            more_troubles: outcome.more_troubles,
            brings: last_read && !nothing,
        }
    }
}

fn name(kind: JobKind) -> &'static str {
    match kind {
        JobKind::Verify => "Verify",
        JobKind::Rebuild => "Rebuild",
        JobKind::Prune => "Prune",
        JobKind::PruneDryRun => "Look what to prune",
        JobKind::Rescan => "Look at the folders",
        JobKind::AcceptMissing => "Believe what is missing",
        JobKind::Backup => "Backup",
        JobKind::ExportTables => "Export as a database",
        JobKind::ExportLegacy => "Export for the old program",
        JobKind::ImportDryRun => "Look what to import",
        JobKind::Import => "Import",
    }
}

/// What is wrong, and what to do about it.
fn sentences(what: &str, advice: &str) -> String {
    if advice.is_empty() { capitalised(what) } else { format!("{} {advice}", sentence(what)) }
}
