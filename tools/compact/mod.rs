//! `tools compact`: makes a log smaller by saying old views of a video in one event instead of one each.
//!
//! What is known stays the same, which is proved before the new log takes the place of the old one (`same`):
//! how often and in which hours a video was watched, and when last. What goes is which device watched, and the
//! positions: events after the first old view have other numbers then. The old log is kept.

mod rolled;
mod same;
#[cfg(test)]
#[expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]
mod tests;

use crate::open::{self, Library};
use crate::progress::Progress;
use crate::report::{self, count};
use crate::source::Source;
use anyhow::{Context as _, bail};
use events::Pos;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};
use projections::State;
use rolled::Roller;
use serde::Serialize;
use std::fmt;
use std::io::Write;
use std::path::{Path, PathBuf};

/// What `tools compact` can be told.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Example:\n  tools compact --older-than 1y --dry-run\n  tools compact --older-than 1y\n\n\
    Counts, hours and the last view of each video stay as they are; which device watched is gone for these views. Events \
    get other numbers, so links to them lead elsewhere, and a new backup has to be begun. The log before is kept as \
    DATA/log.1 until you delete it.")]
pub struct Args {
    /// Views that are older than this: `1y`, `18mo`, `90d`.
    #[arg(long, value_name = "TIME")]
    pub older_than: String,
    /// Only say what would be done.
    #[arg(long)]
    pub dry_run: bool,
    /// Print what was done as JSON.
    #[arg(long)]
    pub json: bool,
}

/// What was done.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Compacted {
    /// Whether it was only looked at.
    pub dry_run: bool,
    /// How many events the log had.
    pub before: Pos,
    /// How many it has.
    pub after: Pos,
    /// How many views are said in other events now.
    pub views: u64,
    /// How many events say them.
    pub rolled_up: u64,
    /// Where the old log is.
    pub kept: Option<PathBuf>,
}

impl fmt::Display for Compacted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { dry_run, before, after, views, rolled_up, kept } = self;
        if before == after {
            return write!(f, "There is nothing to make smaller: no video was watched twice that long ago.");
        }
        let (views, rolled_up) = (count(*views, "view"), count(*rolled_up, "event"));
        let does = if *dry_run { "Would say" } else { "Said" };
        write!(f, "{does} {views} in {rolled_up}: {before} events became {after}.")?;
        match kept {
            Some(kept) => write!(f, "\nThe log before is kept in {}; delete it when you are sure.", kept.display()),
            None => Ok(()),
        }
    }
}

/// Runs the command on the data folder `data` at the time `now_ms`.
///
/// # Errors
/// A time that means nothing, a log whose facts would not be the same (nothing is changed then), what
/// [`crate::exit_code`] knows about the log, or those of `out`.
pub fn run(
    args: &Args,
    data: &Path,
    now_ms: i64,
    zone: &TimeZone,
    progress: &mut dyn Progress,
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    let before_ms = before(&args.older_than, now_ms, zone)?;
    let library = Library::open_existing(data, progress)?;
    let source = library.source();
    let mut done = plan(&source, before_ms, progress)?;
    done.dry_run = args.dry_run;
    if !args.dry_run && done.after < done.before {
        let Library { log, .. } = library;
        let replaced = log.replace(|push| -> anyhow::Result<()> {
            roll(&source, before_ms, progress, &mut |record| Ok(push(record)?)).map(drop)
        });
        done.kept = replaced.map_err(open::about_loading)?.kept;
    }
    report::tell(&done, args.json, out)
}

/// Says what the command would do to the log behind `source`, which is left as it is, at the time `now_ms`.
///
/// # Errors
/// As for [`run`].
pub fn dry_run(
    args: &Args,
    source: &Source,
    now_ms: i64,
    zone: &TimeZone,
    progress: &mut dyn Progress,
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    let planned = plan(source, before(&args.older_than, now_ms, zone)?, progress)?;
    report::tell(&Compacted { dry_run: true, ..planned }, args.json, out)
}

/// The time that lies `text` before `now_ms`.
fn before(text: &str, now_ms: i64, zone: &TimeZone) -> anyhow::Result<i64> {
    let wrong = || format!("`{text}` is no time; write 1y, 18mo or 90d");
    let span: Span = text.parse().with_context(wrong)?;
    if !span.is_positive() {
        bail!(wrong());
    }
    let now = Timestamp::from_millisecond(now_ms)?.to_zoned(zone.clone());
    Ok(now.checked_sub(span).with_context(wrong)?.timestamp().as_millisecond())
}

/// What would become of the log when views from before `before_ms` (since the epoch) are rolled up; proves that
/// all else that is known would be the same.
///
/// # Errors
/// It would not be the same, a record cannot be read, or [`crate::progress::Cancelled`].
pub fn plan(source: &Source, before_ms: i64, progress: &mut dyn Progress) -> anyhow::Result<Compacted> {
    let mut replay = State::replay();
    let mut after = 0;
    let roller = roll(source, before_ms, progress, &mut |record| {
        replay.fold(&record);
        after = record.pos;
        Ok(())
    })?;
    let differences = same::differences(&source.state, &replay.finish());
    if let Some(first) = differences.first() {
        bail!("the smaller log would not say the same about {first}; nothing was changed. Report it");
    }
    let Roller { views, rolled_up, .. } = roller;
    Ok(Compacted { before: source.head.pos, after, views, rolled_up, ..Compacted::default() })
}

/// Hands over the smaller log, record by record.
fn roll(
    source: &Source,
    before_ms: i64,
    progress: &mut dyn Progress,
    push: &mut dyn FnMut(events::Recorded) -> anyhow::Result<()>,
) -> anyhow::Result<Roller> {
    let end = source.position(before_ms.saturating_sub(1))?;
    let mut roller = Roller::new(end);
    progress.begin("looking for old views", end);
    source.each(0, source.head.pos, progress, |record| {
        roller.look(record);
        Ok(())
    })?;
    progress.begin("writing the smaller log", source.head.pos);
    source.each(0, source.head.pos, progress, |record| roller.take(record, push))?;
    roller.finish(push)?;
    Ok(roller)
}
