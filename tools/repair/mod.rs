//! `tools repair`: makes a new log of what can still be read of a damaged one and of an export or a backup. The
//! damaged log is kept beside it, and nothing is given up without being told.
//!
//! What can be read is found by a child process (`salvage`), because the storage engine can end one on damaged files.

mod salvage;
#[cfg(test)]
#[expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]
mod sweep;
#[cfg(test)]
#[expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]
mod tests;

use crate::backup::Backup;
use crate::progress::Progress;
use crate::report::{self, count};
use crate::restore::Export;
use crate::{NoLog, Refusal, open, source};
use anyhow::bail;
use events::log::Chain;
use events::log::fjall::{FjallLog, PushFrame};
use events::{Event, Pos, Recorded, wire};
use salvage::Salvage;
use serde::Serialize;
use std::fmt;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What `tools repair` can be told.
#[derive(Clone, Debug, Default, clap::Args)]
#[command(after_help = "Examples:\n  \
    tools repair                                            what is damaged, and what could be saved?\n  \
    tools repair --from-export /mnt/disk/gallery-backup     make it whole from a backup or an export\n  \
    tools repair --accept-loss                              go on with what can be read\n\n\
    The new log has everything that can be read from the damaged one's beginning on, and after that what the export has. \
    Without --accept-loss nothing is done when something would be lost. The damaged log is kept as DATA/log.1.")]
pub struct Args {
    /// A backup folder or an export of the same library, to take from what cannot be read any more.
    #[arg(long, value_name = "BACKUP|FILE")]
    pub from_export: Option<PathBuf>,
    /// Go on although some events are lost.
    #[arg(long)]
    pub accept_loss: bool,
    /// Print what was done as JSON.
    #[arg(long)]
    pub json: bool,
    /// Read what can be read into this file, for the process that started this one.
    #[arg(long, hide = true, value_name = "FILE")]
    pub salvage_to: Option<PathBuf>,
}

/// What could be saved, and what was done with it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Repaired {
    /// What is wrong with the log; empty when it is whole.
    pub wrong: String,
    /// The exit code that stands for it.
    #[serde(skip)]
    pub code: u8,
    /// How many events can be read from the beginning.
    pub readable: Pos,
    /// How far the export reaches.
    pub exported: Option<Pos>,
    /// How far the log is known to have reached, if that is known.
    pub known: Option<Pos>,
    /// Whether what is taken from the export may tell of viewings that were forgotten since it was made.
    pub tells_forgotten: bool,
    /// How many events the new log has; `None` when none was made.
    pub events: Option<Pos>,
    /// Where the damaged log is kept.
    pub kept: Option<PathBuf>,
}

impl Repaired {
    /// The position the new log would reach to.
    fn reach(&self) -> Pos {
        self.readable.max(self.exported.unwrap_or(0))
    }

    /// How many events are known to be lost.
    fn lost(&self) -> u64 {
        self.known.unwrap_or(0).saturating_sub(self.reach())
    }
}

impl fmt::Display for Repaired {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.wrong.is_empty() {
            return write!(f, "The log is whole; there is nothing to repair.");
        }
        writeln!(f, "Damaged: {}.", self.wrong)?;
        writeln!(f, "Readable from the beginning: {}.", count(self.readable, "event"))?;
        if let Some(exported) = self.exported {
            writeln!(f, "The export reaches to position {exported}.")?;
        }
        if self.tells_forgotten {
            writeln!(
                f,
                "Viewings were forgotten since the export was begun: what is taken from it may tell of them. Forget them again."
            )?;
        }
        match (self.lost(), self.known) {
            (_, None) => writeln!(f, "How far the log once reached is not known any more.")?,
            (0, Some(_)) => writeln!(f, "Nothing is lost.")?,
            (lost, Some(known)) => {
                writeln!(f, "Lost: {} (positions {} to {known}).", count(lost, "event"), self.reach() + 1)?;
            }
        }
        match (self.events, &self.kept) {
            (None, _) => write!(f, "Nothing was changed."),
            (Some(events), None) => write!(f, "The new log has {}.", count(events, "event")),
            (Some(events), Some(kept)) => {
                let events = count(events, "event");
                write!(f, "The new log has {events}; the damaged one is kept in {}.", kept.display())
            }
        }
    }
}

/// Runs the command on the data folder `data`.
///
/// # Errors
/// [`Refusal::BadInput`] for an export that is damaged or of another library, [`Refusal::Unsound`] when nothing was
/// done because something would be lost; else what [`crate::exit_code`] knows about the log, or those of `out`.
pub fn run(args: &Args, data: &Path, progress: &mut dyn Progress, out: &mut dyn Write) -> anyhow::Result<()> {
    if let Some(file) = &args.salvage_to {
        return salvage::run(data, file, out);
    }
    if !open::log_exists(data) {
        return Err(NoLog(data.to_owned()).into());
    }
    let done = repair(args, data, &salvage::of_this_program, progress)?;
    report::tell(&done, args.json, out)?;
    if done.events.is_some() || done.wrong.is_empty() {
        return Ok(());
    }
    let text = match &args.from_export {
        None => {
            "nothing was repaired; name a backup or an export with --from-export, or go on without with --accept-loss"
        }
        Some(_) => "nothing was repaired, because events would be lost; look for a newer export, or use --accept-loss",
    };
    Err(Refusal::Unsound { code: done.code, text: text.to_owned() }.into())
}

fn repair(
    args: &Args,
    data: &Path,
    child: &dyn Fn(&Path, &Path) -> anyhow::Result<Command>,
    progress: &mut dyn Progress,
) -> anyhow::Result<Repaired> {
    let salvaged = Salvage::of(data, child, progress)?;
    let Some(wrong) = &salvaged.wrong else { return Ok(Repaired::default()) };
    let mut done = Repaired {
        wrong: wrong.what.clone(),
        code: wrong.code,
        readable: salvaged.readable,
        known: salvaged.known,
        ..Repaired::default()
    };
    if let Some(from) = &args.from_export {
        let mut exported = 0;
        // Read to the end once before anything is made of it.
        read_export(from, progress, &mut |pos, _| {
            exported = pos;
            Ok(())
        })?;
        done.exported = Some(exported);
        done.tells_forgotten = exported > salvaged.readable && tells_forgotten(from, data, salvaged.redactions)?;
    }
    // What the log reached is only known to be enough when it says so itself.
    let enough = done.lost() == 0 && (done.known.is_some() || done.exported.is_some());
    if !args.accept_loss && !enough {
        return Ok(done);
    }
    let replaced = FjallLog::replace_log(data, |push| merge(&salvaged, args.from_export.as_deref(), progress, push));
    let replaced = replaced.map_err(open::about_loading)?;
    done.events = Some(replaced.head.pos);
    done.kept = replaced.kept;
    Ok(done)
}

/// Whether what a backup or an export has may tell of what was erased from the log in `data` since.
fn tells_forgotten(from: &Path, data: &Path, redactions: Option<u64>) -> anyhow::Result<bool> {
    let Some(redactions) = redactions else { return Ok(false) };
    if !from.is_dir() {
        // An export does not say what had been erased when it was made.
        return Ok(redactions > 0);
    }
    let backup = Backup::open(from)?;
    Ok(source::log_id(data).map_or(redactions > 0, |id| backup.tells_forgotten(id, redactions)))
}

/// Hands over what was salvaged, then what the export has beyond it.
fn merge(
    salvaged: &Salvage,
    export: Option<&Path>,
    progress: &mut dyn Progress,
    push: &mut PushFrame<'_>,
) -> anyhow::Result<()> {
    let mut readable = salvaged.frames()?;
    let mut next = readable.next()?;
    if let Some(from) = export {
        read_export(from, progress, &mut |pos, exported| {
            // An export as text has nothing of what its program passed over.
            while let Some((before, found)) = next.take_if(|(found, _)| *found < pos) {
                push(before, &found)?;
                next = readable.next()?;
            }
            let Some((_, found)) = next.take() else { return Ok(push(pos, exported).map(|_| ())?) };
            if !same(pos, &found, exported)? {
                let text = format!(
                    "position {pos} of {} is another event than in the log: it is of another library",
                    from.display()
                );
                return Err(Refusal::BadInput(text).into());
            }
            push(pos, &found)?;
            next = readable.next()?;
            Ok(())
        })?;
    }
    while let Some((pos, found)) = next {
        push(pos, &found)?;
        next = readable.next()?;
    }
    Ok(())
}

/// Whether an exported record is the one that was found; what was erased since is no difference, nor is another version
/// of its shape.
fn same(pos: Pos, found: &[u8], exported: &[u8]) -> anyhow::Result<bool> {
    if found == exported {
        return Ok(true);
    }
    let (Some(found), Some(exported)) = (wire::decode(pos, found)?, wire::decode(pos, exported)?) else {
        return Ok(false);
    };
    let erased = matches!(found.event, Event::Redacted(_));
    Ok(found == exported || (erased && found == Recorded { event: found.event.clone(), ..exported }))
}

/// Hands out every record of a backup or an export as it is stored, and fails when it is not whole.
fn read_export(
    from: &Path,
    progress: &mut dyn Progress,
    each: &mut dyn FnMut(Pos, &[u8]) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    if !from.is_dir() {
        return Export::open(from, true)?.read(progress, &mut |record| each(record.pos, &wire::encode(&record)?));
    }
    let backup = Backup::open(from)?;
    let mut chain = Chain::default();
    let mut failed = Ok(());
    backup.read(progress, &mut |pos, frame| {
        chain.add(frame)?;
        if failed.is_ok() {
            failed = each(pos, frame);
        }
        Ok(chain.head)
    })?;
    failed?;
    if chain.head.pos == 0 {
        bail!(Refusal::BadInput(format!("{} is an empty backup", from.display())))
    } else {
        Ok(())
    }
}
