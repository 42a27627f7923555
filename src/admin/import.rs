//! Bringing in what the program before this one knew, from its files: first what that would be, then, when somebody has seen
//! it, the same once more and for good. What becomes of each entry is decided in `tools::import`; the writer takes all of it
//! or nothing, like any other change.

use super::{By, Ground, Inside, Report, StartError, Stopped};
use crate::decide::{Command, Import, Rejected};
use crate::status::jobs::Outcome;
use crate::web::human::count;
use crate::writer::{Request, WriteError};
use bytes::Bytes;
use events::{CommandId, Pos};
use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, MutexGuard, PoisonError};
use tools::import::{Kept, Past, Plan, Told, batch, plan, prove};
use tools::legacy::{Kind, Legacy, Reject, Sent, read_beside, read_sent};
use tools::progress::Progress as _;
use tools::verify::Finding;

/// How often it is worked out anew because something else happened meanwhile.
const TRIES_MAX: u32 = 20;

/// How many characters of the name of a file are shown.
const NAME_MAX: usize = 60;

/// How many entries of a report are listed one by one. Reports are kept for as long as the job is.
const LISTED_MAX: usize = 2_000;

/// How many names are shown.
const NAMES_MAX: usize = 5;

/// Files of the program before this one.
#[derive(Clone)]
pub struct Upload(Arc<[Sent<Bytes>]>);

impl Upload {
    /// These files.
    #[must_use]
    pub fn new(files: Vec<Sent<Bytes>>) -> Self {
        Self(files.into())
    }

    /// What they are called, as far as anybody reads that.
    pub(super) fn names(&self) -> String {
        let short = |file: &Sent<Bytes>| {
            file.name.chars().filter(|letter| !letter.is_control()).take(NAME_MAX).collect::<String>()
        };
        let mut names: Vec<String> = self.0.iter().take(NAMES_MAX).map(short).collect();
        let more = self.0.len() - names.len();
        names.extend((more > 0).then(|| format!("{more} more")));
        names.join(", ")
    }
}

impl fmt::Debug for Upload {
    /// Not what is in them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Upload").field(&self.names()).finish()
    }
}

/// What was read of the files that somebody sent last, and the job that said what it would bring.
pub(super) struct Read {
    job: u64,
    legacy: Arc<Legacy>,
}

/// An import as far as it is worked out.
#[derive(Default)]
struct Working {
    past: Past,
    /// The position up to which the past is known.
    at: Pos,
}

impl Inside {
    /// Whether it was this job that has read what is at hand.
    pub(super) fn has_read(&self, job: u64) -> Result<(), StartError> {
        self.legacy(job).map(drop).ok_or(StartError::NothingRead(job))
    }

    fn legacy(&self, job: u64) -> Option<Arc<Legacy>> {
        self.upload().as_ref().filter(|read| read.job == job).map(|read| Arc::clone(&read.legacy))
    }

    fn upload(&self) -> MutexGuard<'_, Option<Read>> {
        self.upload.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Working {
    /// What is to be written as things are now.
    fn plan(&mut self, ground: &Ground, legacy: &Legacy, report: &mut Report<'_>) -> anyhow::Result<Plan> {
        let source = ground.source()?;
        report.begin("reading what people decided", source.head.pos - self.at);
        source.each(self.at, source.head.pos, report, |record| {
            self.past.fold(record);
            Ok(())
        })?;
        self.at = source.head.pos;
        let now_ms = (ground.clock)();
        let plan = plan(&source.state, &self.past, legacy, now_ms);
        prove(&source.state, &batch(&source.state, &plan, now_ms))?;
        Ok(plan)
    }
}

/// Says what the files would bring, and keeps what was read of them.
pub(super) fn preview(inside: &Inside, upload: &Upload, report: &mut Report<'_>) -> Result<Outcome, Stopped> {
    let now_ms = (inside.ground.clock)();
    let legacy = read_sent(&upload.0, now_ms);
    let mut legacy = legacy.map_err(|error| Stopped::failed("Nothing was read.", 65, &error))?;
    let roots = inside.ground.library.roots().into_iter().map(|status| status.root.as_path().to_owned());
    read_beside(&roots.collect::<Vec<PathBuf>>(), &mut legacy, now_ms, report)
        .map_err(|error| Stopped::of_tools("Nothing was read.", &error))?;
    let plan = Working::default().plan(&inside.ground, &legacy, report);
    let plan = plan.map_err(|error| Stopped::of_tools("Nobody can say what they would bring.", &error))?;
    *inside.upload() = Some(Read { job: report.id, legacy: Arc::new(legacy) });
    let summary = match plan.events.len() as u64 {
        0 => "They say nothing new.".to_owned(),
        events => format!("They would bring {}, as one change.", count(events, "event")),
    };
    Ok(told(summary, &plan, true))
}

/// Brings in what the files say that job `read` has read.
pub(super) fn carry_out(inside: &Inside, read: u64, by: By, report: &mut Report<'_>) -> Result<Outcome, Stopped> {
    let failed = |error: &anyhow::Error| Stopped::of_tools("Nothing was brought in.", error);
    let legacy = inside.legacy(read).ok_or_else(|| failed(&StartError::NothingRead(read).into()))?;
    let mut working = Working::default();
    for _ in 0..TRIES_MAX {
        let plan = working.plan(&inside.ground, &legacy, report).map_err(|error| failed(&error))?;
        if plan.events.is_empty() {
            *inside.upload() = None;
            return Ok(told("They say nothing new; nothing was written.".to_owned(), &plan, false));
        }
        let command = Command::Import(Box::new(Import { at: working.at, events: plan.events.clone() }));
        let cause = command.cause().unwrap_or(by.cause);
        let request = Request { command, cause, actor: by.actor, id: CommandId::default() };
        match inside.ground.writer.submit_blocking(request) {
            Ok(receipt) => {
                *inside.upload() = None;
                let summary = format!("Brought in {}, as change {}.", count(receipt.events, "event"), receipt.first);
                return Ok(told(summary, &plan, false).with("Change", receipt.first));
            }
            // Somebody else was quicker.
            Err(WriteError::Rejected(Rejected::Changed)) => {}
            Err(error) => return Err(failed(&error.into())),
        }
    }
    Err(Stopped::refused("So much happens at the moment that nothing could be brought in; try it once more."))
}

/// What is to be said of a plan.
fn told(summary: String, plan: &Plan, dry_run: bool) -> Outcome {
    let counts = plan.report.counts.iter();
    let mut outcome = Outcome::new(summary).reported(&Told::new(
        &plan.report.clone().shortened(LISTED_MAX),
        plan.events.len(),
        dry_run,
    ));
    outcome = outcome.with("Events", plan.events.len());
    for (kind, counts) in counts.filter(|(kind, _)| **kind != Kind::File) {
        let mut words = vec![format!("{} new", counts.accepted)];
        let more = [
            (counts.unchanged, "known"),
            (counts.kept, "kept as somebody here decided"),
            (counts.overruled, "known better"),
            (counts.rejected, "refused"),
        ];
        words.extend(more.iter().filter(|(number, _)| *number > 0).map(|(number, word)| format!("{number} {word}")));
        outcome = outcome.with(kind.name(), words.join(", "));
    }
    if plan.report.missing_videos > 0 {
        outcome = outcome.with("Videos without a file", plan.report.missing_videos);
    }
    let kept = plan.report.kept.iter().map(|Kept { file, key, reason }| format!("{file}: {key}: {reason}"));
    let refused = plan.report.rejects.iter().map(|Reject { file, key, reason, .. }| match key.as_str() {
        "" => format!("{file}: {reason}"),
        key => format!("{file}: {key}: {reason}"),
    });
    // That an entry is refused does not make the import fail.
    for what in refused.chain(plan.report.notes.iter().cloned()).chain(kept) {
        outcome.note(Finding { code: 0, what, advice: String::new() });
    }
    outcome
}
