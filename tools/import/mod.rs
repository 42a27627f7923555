//! `tools import`: brings in the catalogue of the old program, as one batch of events.
//!
//! Modules in reading order: `plan` decides (`videos`, `lists` and `groups` hold the rules, `matching` finds the
//! video of a name, `keys` recognises what was imported before, `past` what people decided here), and
//! `report` says what became of every entry. Reading the old files is `legacy`.

#[cfg(test)]
#[expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]
mod group_tests;
mod groups;
mod keys;
mod lists;
mod matching;
mod past;
mod plan;
#[cfg(test)]
mod properties;
mod report;
#[cfg(test)]
mod tests;
mod videos;

pub(crate) use matching::named;
pub use past::Past;
pub use plan::{Plan, Planned, plan};
pub use report::{Counts, Kept, Outcome, Report, Told, conclude};

use crate::legacy;
use crate::open::{self, Library};
use crate::progress::Quiet;
use crate::sentence::{Memory, Sentence};
use anyhow::{Context as _, bail};
use events::log::EventLog;
use events::{Actor, Cause, Recorded};
use jiff::tz::TimeZone;
use projections::State;
use std::collections::BTreeSet;
use std::io::Write;
use std::path::{Path, PathBuf};

/// What `tools import` can be told.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Example:\n  tools import ~/old-gallery --dry-run\n  tools import ~/old-gallery")]
pub struct Args {
    /// The folder of the old program, or a single file of it.
    pub dir: PathBuf,
    /// Also look for sidecars in this folder; can be given several times.
    #[arg(long, value_name = "FOLDER")]
    pub videos: Vec<PathBuf>,
    /// Print what would be written, and write nothing.
    #[arg(long)]
    pub dry_run: bool,
    /// Print the report as JSON.
    #[arg(long)]
    pub json: bool,
}

/// Runs the command on the data folder `data` at the time `now_ms`; days it tells of are those of `zone`.
///
/// # Errors
/// [`legacy::NothingFound`], what [`crate::exit_code`] knows about the log, or those of `out`.
pub fn run(args: &Args, data: &Path, now_ms: i64, zone: &TimeZone, out: &mut dyn Write) -> anyhow::Result<()> {
    let mut past = Past::default();
    let mut library = match (args.dry_run, open::log_exists(data)) {
        (true, false) => None,
        (true | false, _) => Some(Library::open(data, &mut |record| past.fold(record))?),
    };
    let empty = State::default();
    let state = library.as_ref().map_or(&empty, |library| &*library.state);
    let roots: BTreeSet<PathBuf> = state
        .videos()
        .iter()
        .map(|video| &video.root)
        .filter(|root| !root.is_empty())
        .map(|root| root.as_path().to_owned())
        .collect();
    let folders: Vec<PathBuf> = args.videos.iter().cloned().chain(roots).collect();
    let legacy = legacy::read(&args.dir, &folders, now_ms)?;
    let plan = plan(state, &past, &legacy, now_ms);
    let batch = batch(state, &plan, now_ms);
    prove(state, &batch)?;
    match &mut library {
        Some(library) if !args.dry_run && !batch.is_empty() => {
            library.log.append(&batch).context("failed to write the import")?;
        }
        Some(_) | None => {}
    }
    if args.dry_run && !args.json {
        print_events(&batch, library.as_ref(), zone, out)?;
    }
    conclude(&Told::new(&plan.report, batch.len(), args.dry_run), args.json, out)
}

/// The events of `plan` as records that continue the log.
#[must_use]
pub fn batch(state: &State, plan: &Plan, now_ms: i64) -> Vec<Recorded> {
    let first = state.pos() + 1;
    let recorded_at_ms = now_ms.max(state.recorded_at_ms());
    let record = |(pos, planned): (u64, &Planned)| Recorded {
        pos,
        recorded_at_ms,
        occurred_at_ms: planned.occurred_at_ms,
        batch: first,
        cause: Cause::Import,
        actor: Actor::default(),
        command_id: planned.command_id,
        caused_by: 0,
        event: planned.event.clone(),
    };
    (first..).zip(&plan.events).map(record).collect()
}

/// Tries the batch on a copy of the state: what does not make sense there must never reach the log.
///
/// # Errors
/// It does not make sense.
pub fn prove(state: &State, batch: &[Recorded]) -> anyhow::Result<()> {
    let mut trial = state.clone();
    batch.iter().for_each(|record| trial.apply(record));
    let odd = trial.anomalies() - state.anomalies();
    if odd > 0 {
        bail!(
            "{odd} of the {} events to be written would make no sense, which is a fault of this program: nothing was \
             written; report it, with the old files",
            batch.len()
        );
    }
    Ok(())
}

fn print_events(
    batch: &[Recorded],
    library: Option<&Library>,
    zone: &TimeZone,
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    let mut memory = Memory::new(zone.clone());
    if let Some(library) = library {
        let source = library.source();
        source.each(0, source.head.pos, &mut Quiet, |record| {
            memory.fold(record);
            Ok(())
        })?;
    }
    for record in batch {
        writeln!(out, "would write: {}", Sentence::of(&record.event, &memory))?;
        memory.fold(record);
    }
    writeln!(out)?;
    Ok(())
}
