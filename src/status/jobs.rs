//! What whoever looks after the gallery has had done: verifying it, computing it anew, and the like, each with how far it is
//! and what came of it.
//!
//! How it ended is in the log; this, with all there is to say of it, is kept for as long as the program runs, the last few
//! of them.

use serde_json::Value;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tools::verify::Finding;

/// How many are kept that have ended.
pub const KEPT: usize = 20;

/// How many things are kept that are wrong; more are counted.
const TROUBLES_MAX: usize = 50;

/// What can be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum JobKind {
    /// Prove that the log is whole, and that what is shown is what it says.
    Verify,
    /// Compute what is known from the log anew, and show that.
    Rebuild,
    /// Take away the pictures that no video has any more.
    Prune,
    /// Only say which those are.
    PruneDryRun,
    /// Look at library folders again.
    Rescan,
    /// Look at a library folder again, and believe that what is missing in it is gone.
    AcceptMissing,
    /// Send the log to whoever asks, as text that a log can be made of again.
    Backup,
    /// Send what is known as tables.
    ExportTables,
    /// Send what is known as the files of the program before this one.
    ExportLegacy,
    /// Say what files of the program before this one would bring.
    ImportDryRun,
    /// Bring in what they say.
    Import,
}

impl JobKind {
    /// Its name in addresses and in the log.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Verify => "verify",
            Self::Rebuild => "rebuild",
            Self::Prune => "prune",
            Self::PruneDryRun => "prune-dry-run",
            Self::Rescan => "rescan",
            Self::AcceptMissing => "accept-missing",
            Self::Backup => "backup",
            Self::ExportTables => "export-tables",
            Self::ExportLegacy => "export-legacy",
            Self::ImportDryRun => "import-dry-run",
            Self::Import => "import",
        }
    }

    /// Whether no other of this kind runs meanwhile, whatever it is about: what is sent is held by the job.
    #[must_use]
    pub fn is_alone(self) -> bool {
        matches!(self, Self::ImportDryRun)
    }

    /// Whether it only answers a question about what another would do. The answer is for whoever asked; the log is not told.
    #[must_use]
    pub fn is_dry_run(self) -> bool {
        match self {
            Self::PruneDryRun | Self::ImportDryRun => true,
            Self::Verify
            | Self::Rebuild
            | Self::Prune
            | Self::Rescan
            | Self::AcceptMissing
            | Self::Backup
            | Self::ExportTables
            | Self::ExportLegacy
            | Self::Import => false,
        }
    }
}

/// How a job is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum JobState {
    /// It is being done.
    Running,
    /// It is done, and all is well.
    Done,
    /// It is done and found something wrong, or could not be done.
    Failed,
    /// Somebody cancelled it.
    Cancelled,
}

impl JobState {
    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }
}

/// What came of a job.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Outcome {
    /// In a sentence or two.
    pub summary: String,
    /// The exit code that the same command ends with on a data folder; 0 when all is well.
    pub code: u8,
    /// Numbers and digests with their names, in the order people read them.
    pub facts: Vec<(&'static str, String)>,
    /// What is wrong, the first few.
    pub troubles: Vec<Finding>,
    /// How many more are wrong.
    pub more_troubles: u64,
    /// What the same command of the tools prints as JSON.
    pub report: Option<Value>,
}

impl Outcome {
    /// What came of it, in a sentence.
    #[must_use]
    pub fn new(summary: impl Into<String>) -> Self {
        Self { summary: summary.into(), ..Self::default() }
    }

    /// With a number or a digest.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.facts.push((name, value.to_string()));
        self
    }

    /// With what the same command of the tools prints as JSON.
    #[must_use]
    pub fn reported(self, report: &impl serde::Serialize) -> Self {
        // Reports are plain values, which can always be written.
        Self { report: serde_json::to_value(report).ok(), ..self }
    }

    /// Notes something that is wrong; the code of the first one counts.
    pub fn note(&mut self, trouble: Finding) {
        self.code = if self.code == 0 { trouble.code } else { self.code };
        if self.troubles.len() < TROUBLES_MAX {
            self.troubles.push(trouble);
        } else {
            self.more_troubles += 1;
        }
    }
}

/// A job as far as it is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Job {
    /// Its number, from 1 since the program began.
    pub id: u64,
    /// What is done.
    pub kind: JobKind,
    /// What it is done with, if that can be one of several: a library folder.
    pub about: Option<String>,
    /// How it is doing.
    pub state: JobState,
    /// How much is done, in `total`; mostly events.
    pub done: u64,
    /// How much there is to do; 0 while nobody knows.
    pub total: u64,
    /// When it began, ms since the epoch.
    pub started_at_ms: i64,
    /// When it last said how far it is, ms since the epoch.
    pub updated_at_ms: i64,
    /// When it ended, ms since the epoch.
    pub ended_at_ms: Option<i64>,
    /// What came of it.
    pub outcome: Option<Outcome>,
}

impl Job {
    /// How long it will still take, in ms, going by how long it took so far; nothing while nobody knows.
    #[must_use]
    pub fn left_ms(&self) -> Option<u64> {
        let took_ms = u64::try_from(self.updated_at_ms - self.started_at_ms).unwrap_or(0);
        let left = self.total.checked_sub(self.done).filter(|_| self.state == JobState::Running)?;
        let left_ms = u128::from(took_ms) * u128::from(left) / u128::from(self.done).max(1);
        u64::try_from(left_ms).ok().filter(|_| self.done > 0)
    }

    /// How much of it is done, of a hundred.
    #[must_use]
    pub fn percent(&self) -> u8 {
        let done = u128::from(self.done.min(self.total)) * 100 / u128::from(self.total.max(1));
        if self.state == JobState::Done { 100 } else { u8::try_from(done).unwrap_or(100) }
    }
}

/// The jobs that run, and the last ones that have ended. Cheap to clone; every clone sees the same.
#[derive(Clone, Debug, Default)]
pub struct JobBoard(Arc<Mutex<Vec<Job>>>);

impl JobBoard {
    /// All of them, newest first.
    #[must_use]
    pub fn all(&self) -> Vec<Job> {
        self.jobs().iter().rev().cloned().collect()
    }

    /// The one with this number, if it is still known.
    #[must_use]
    pub fn get(&self, id: u64) -> Option<Job> {
        self.jobs().iter().find(|job| job.id == id).cloned()
    }

    /// Notes that a job of this `kind` begins at the time `at_ms` (ms since the epoch), and its number; the one that runs
    /// already, and false, if there is one of this kind with the same thing.
    pub fn begin(&self, kind: JobKind, about: Option<&str>, at_ms: i64) -> (u64, bool) {
        let mut jobs = self.jobs();
        let alike = |job: &Job| job.kind.is_alone() || job.about.as_deref() == about;
        let same = |job: &&Job| job.kind == kind && alike(job) && job.state == JobState::Running;
        if let Some(running) = jobs.iter().find(same) {
            return (running.id, false);
        }
        let id = jobs.last().map_or(0, |job| job.id) + 1;
        jobs.push(Job {
            id,
            kind,
            about: about.map(str::to_owned),
            state: JobState::Running,
            done: 0,
            total: 0,
            started_at_ms: at_ms,
            updated_at_ms: at_ms,
            ended_at_ms: None,
            outcome: None,
        });
        let mut surplus = jobs.iter().filter(|job| job.state != JobState::Running).count().saturating_sub(KEPT);
        jobs.retain(|job| {
            let goes = surplus > 0 && job.state != JobState::Running;
            surplus -= usize::from(goes);
            !goes
        });
        (id, true)
    }

    /// Notes how far a job is.
    pub fn progress(&self, id: u64, done: u64, total: u64, at_ms: i64) {
        self.change(id, |job| (job.done, job.total, job.updated_at_ms) = (done, total, at_ms));
    }

    /// Notes how a job ended.
    pub fn end(&self, id: u64, state: JobState, outcome: Outcome, at_ms: i64) {
        self.change(id, |job| {
            (job.state, job.outcome) = (state, Some(outcome));
            job.done = if state == JobState::Done { job.total } else { job.done };
            (job.updated_at_ms, job.ended_at_ms) = (at_ms, Some(at_ms));
        });
    }

    fn change(&self, id: u64, change: impl FnOnce(&mut Job)) {
        self.jobs().iter_mut().find(|job| job.id == id).map(change);
    }

    fn jobs(&self) -> MutexGuard<'_, Vec<Job>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn one_of_a_kind_runs_at_a_time() {
        let jobs = JobBoard::default();
        assert_eq!(jobs.begin(JobKind::Verify, None, 10), (1, true));
        assert_eq!(jobs.begin(JobKind::Verify, None, 11), (1, false));
        assert_eq!(jobs.begin(JobKind::Rebuild, None, 12), (2, true));
        jobs.end(1, JobState::Done, Outcome::new("It is whole."), 20);
        assert_eq!(jobs.begin(JobKind::Verify, None, 21), (3, true));
        assert_eq!(jobs.all().iter().map(|job| job.id).collect::<Vec<_>>(), [3, 2, 1]);
        assert_eq!(jobs.get(1).unwrap().ended_at_ms, Some(20));
        assert_eq!(jobs.begin(JobKind::Rescan, Some("/films"), 22), (4, true));
        assert_eq!(jobs.begin(JobKind::Rescan, Some("/shows"), 22), (5, true), "with another folder");
        assert_eq!(jobs.begin(JobKind::Rescan, Some("/films"), 22), (4, false));
        assert_eq!(jobs.begin(JobKind::ImportDryRun, Some("tags.json"), 23), (6, true));
        assert_eq!(jobs.begin(JobKind::ImportDryRun, Some("views.json"), 24), (6, false), "whatever it is about");
    }

    #[test]
    fn the_oldest_that_have_ended_are_forgotten_and_no_number_comes_twice() {
        let jobs = JobBoard::default();
        let (running, _) = jobs.begin(JobKind::Rebuild, None, 0);
        for number in 0..100 {
            let (id, new) = jobs.begin(JobKind::Verify, None, number);
            assert!(new && id == u64::try_from(number).unwrap() + 2);
            jobs.end(id, JobState::Done, Outcome::default(), number);
        }
        let all = jobs.all();
        assert!(all.len() <= KEPT + 2 && all.first().unwrap().id == 101, "{}", all.len());
        assert_eq!(jobs.get(running).unwrap().state, JobState::Running);
        assert_eq!(jobs.get(2), None);
    }

    #[test]
    fn what_is_left_goes_by_what_was_done() {
        let jobs = JobBoard::default();
        let (id, _) = jobs.begin(JobKind::Verify, None, 1_000);
        let look = || jobs.get(id).map(|job| (job.percent(), job.left_ms())).unwrap();
        assert_eq!(look(), (0, None));
        jobs.progress(id, 250, 1_000, 2_000);
        assert_eq!(look(), (25, Some(3_000)));
        jobs.progress(id, 1_001, 1_000, 2_000);
        assert_eq!(look(), (100, None), "more than was thought");
        jobs.progress(id, u64::MAX - 1, u64::MAX, i64::MAX);
        assert_eq!(look().0, 99);
        jobs.end(id, JobState::Done, Outcome::default(), 3_000);
        assert_eq!(look(), (100, None));
    }

    #[test]
    fn of_many_troubles_the_first_are_kept() {
        let mut outcome = Outcome::new("Much is wrong.");
        (0..=255).for_each(|number| outcome.note(Finding { code: number, ..Finding::default() }));
        assert_eq!(
            (outcome.troubles.len() as u64 + outcome.more_troubles, outcome.troubles.len()),
            (256, TROUBLES_MAX)
        );
        assert_eq!(outcome.code, 1, "that of the first one which has a code");
    }
}
