//! The maintenance commands of the gallery as a library: `local-video-server tools COMMAND`.
//!
//! A command works on the data folder of a stopped server, since the log is locked by whoever has it open, or is
//! run by the server on what it has open. Nothing here serves pages or touches video files (except the demo's
//! own), and the clock is read by the caller.
//!
//! Modules in reading order: [`legacy`] reads the old program's catalogue, [`import`] turns it into events;
//! [`log`] and [`stats`] show the log, [`export`], [`backup`] and [`restore`] carry it elsewhere; [`verify`] proves
//! that it is whole, [`rebuild`] that what is known follows from it, [`repair`] makes it whole again, [`compact`]
//! makes it smaller, [`redact`] forgets what it says, [`prune`] tidies up; [`seed`] and [`demo`] make libraries up,
//! with a past written by `history`. A command is a function over a [`source`], which `open` makes of a data folder
//! and a server of what it has open, and tells its [`progress`]; [`failure`] has the exit codes, [`moment`] reads
//! which day or change is meant, [`sentence`] says events in words, [`devices`] keeps what people call the devices
//! that they come from, [`kept`], `report`, `hashed` and `frames` serve.

pub mod backup;
pub mod compact;
pub mod demo;
pub mod devices;
pub mod export;
pub mod failure;
mod frames;
mod hashed;
mod history;
pub mod import;
pub mod kept;
pub mod legacy;
pub mod log;
pub mod moment;
mod open;
pub mod progress;
pub mod prune;
pub mod rebuild;
pub mod redact;
pub mod repair;
mod report;
pub mod restore;
#[cfg(test)]
mod samples;
pub mod seed;
pub mod sentence;
pub mod source;
pub mod stats;
#[cfg(test)]
mod tests;
pub mod verify;

pub use failure::{Refusal, exit_code};
pub use open::{CannotOpen, NoLog};
pub use source::Source;

use anyhow::Context as _;
use jiff::tz::TimeZone;
use open::Library;
use std::io::{self, BufWriter, Write};
use std::path::Path;

/// What can be done.
#[derive(Clone, Debug, clap::Subcommand)]
pub enum Command {
    /// Import the catalogue of the old Local Video Server: ratings, views, tags, favorites, playlists
    ///
    /// Reads video_metadata.db, ratings.json, views.json, tags.json and favorites.json in DIR and
    /// DIR/data, and sidecars (NAME.mp4.json) in DIR, DIR/videos and the folders of the library. Nothing
    /// there is changed. What the database says is believed more than the JSON files, and those more
    /// than sidecars; of views the largest count is taken. Records of videos whose file is not there
    /// wait until it turns up. Importing again adds only what is new, and nothing that somebody chose
    /// here is ever undone. Every entry that is refused is listed with its file, its key and the reason;
    /// the exit code is 0 then, too.
    Import(import::Args),
    /// Show who did what when
    ///
    /// One line per event: position, time, who, and what it changed. Times are those of this machine.
    Log(log::Args),
    /// Write the log as text or as an SQLite database, or the four JSON files of the old program, as of any moment
    Export(export::Args),
    /// Copy what is new in the log into a backup folder
    Backup(backup::Args),
    /// Make a log of a backup or an export in a data folder that has none, event by event as it was
    Restore(restore::Args),
    /// Prove that the log is whole, or say what is wrong and what to do; changes nothing
    Verify(verify::Args),
    /// Say how large the log is, what it is made of, and what happened when
    Stats(stats::Args),
    /// Compute everything that is known from the log alone, and compare it with the checkpoints
    Rebuild(rebuild::Args),
    /// Make a new log of what can be read of a damaged one and of a backup or an export; the old one is kept
    Repair(repair::Args),
    /// Make a log smaller: say old views of a video in one event instead of one each; the old log is kept
    Compact(compact::Args),
    /// Forget what somebody watched or what a device is called, for good; all else still verifies
    Redact(redact::Args),
    /// Take away pictures that no video has any more
    Prune(prune::Args),
    /// Fill an empty data folder with a made-up library and history
    ///
    /// The same seed makes the same library. For benchmarks, and to see the gallery when it is large.
    Seed(seed::Args),
}

impl Command {
    /// Whether it prints while it works, and not only at its end.
    #[must_use]
    pub fn streams(&self) -> bool {
        matches!(self, Self::Log(_)) || self.exports_text()
    }

    /// Whether it copies records and asks nothing of what is known.
    fn copies(&self) -> bool {
        matches!(self, Self::Backup(_)) || self.exports_text()
    }

    fn exports_text(&self) -> bool {
        matches!(self, Self::Export(args) if args.legacy.is_none() && args.sqlite.is_none())
    }
}

/// Runs `command` on the data folder `data` and prints to `out`. `now_ms` is the time it is, ms since
/// the epoch.
///
/// # Errors
/// Anything that kept the command from doing what it should; [`exit_code`] knows what to end with. A
/// reader of `out` that has seen enough is no error.
pub fn run(command: &Command, data: &Path, now_ms: i64, out: &mut dyn Write) -> anyhow::Result<()> {
    let out = &mut BufWriter::new(out);
    let mut bar = progress::of_terminal(command.streams());
    let (zone, progress) = (TimeZone::system(), &mut *bar);
    let outcome = match command {
        Command::Import(args) => import::run(args, data, now_ms, &zone, out),
        Command::Log(_) | Command::Export(_) | Command::Backup(_) | Command::Stats(_) => {
            run_in(command, data, &zone, progress, out)
        }
        Command::Restore(args) => restore::run(args, data, progress, out),
        Command::Verify(args) => verify::run(args, data, progress, out),
        Command::Rebuild(args) => rebuild::run(args, data, progress, out),
        Command::Repair(args) => repair::run(args, data, progress, out),
        Command::Compact(args) => compact::run(args, data, now_ms, &zone, progress, out),
        Command::Redact(args) => redact::run(args, data, progress, out),
        Command::Prune(args) => prune::run(args, data, now_ms, progress, out),
        Command::Seed(args) => seed::run(args, data, out),
    };
    // The bar is gone before the last words come.
    drop(bar);
    match outcome.and_then(|()| Ok(out.flush()?)) {
        Err(error) if is_closed_pipe(&error) => Ok(()),
        outcome => outcome,
    }
}

/// Runs one of the commands that only read, on the log of a data folder.
fn run_in(
    command: &Command,
    data: &Path,
    zone: &TimeZone,
    progress: &mut dyn progress::Progress,
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    let library = if command.copies() {
        Library::open_unlearned(data, progress)?
    } else {
        Library::open_existing(data, progress)?
    };
    let bytes_on_disk = stats::on_disk(&data.join("log")).context("failed to look at the folder of the log")?;
    run_on(command, &library.source(), bytes_on_disk, zone, progress, out)
}

/// Runs one of the commands that only read, on a log that is open already, such as that of a server; it takes
/// `bytes_on_disk`. Prints to `out`.
///
/// # Errors
/// As for [`run`]; and for a command that needs a data folder.
pub fn run_on(
    command: &Command,
    source: &Source,
    bytes_on_disk: u64,
    zone: &TimeZone,
    progress: &mut dyn progress::Progress,
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    match command {
        Command::Log(args) => log::show(args, source, zone, progress, out),
        Command::Export(args) => export::carry_out(args, source, zone, progress, out),
        Command::Backup(args) => report::tell(&backup::make(source, &args.dir, progress)?, args.json, out),
        Command::Stats(args) => report::tell(&stats::count_all(source, bytes_on_disk, zone, progress)?, args.json, out),
        Command::Import(_)
        | Command::Restore(_)
        | Command::Verify(_)
        | Command::Rebuild(_)
        | Command::Repair(_)
        | Command::Compact(_)
        | Command::Redact(_)
        | Command::Prune(_)
        | Command::Seed(_) => anyhow::bail!("this command needs a data folder"),
    }
}

fn is_closed_pipe(error: &anyhow::Error) -> bool {
    let io = error.downcast_ref::<io::Error>().map(io::Error::kind);
    let json = error.downcast_ref::<serde_json::Error>().and_then(serde_json::Error::io_error_kind);
    io.or(json) == Some(io::ErrorKind::BrokenPipe)
}
