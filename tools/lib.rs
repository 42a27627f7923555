//! The maintenance commands of the gallery as a library: `local-video-server tools COMMAND`.
//!
//! A command works on the data folder of a *stopped* server: the log is locked by whoever has it open.
//! Nothing here serves pages or touches video files (except the demo's own), and the clock is read by
//! the caller.
//!
//! Modules in reading order: [`legacy`] reads the old program's catalogue, [`import`] turns it into
//! events; [`log`], [`export`] and [`restore`] show the log and carry it elsewhere; [`seed`] and [`demo`]
//! make libraries up, with a past written by `history`. `open` opens the data folder, [`moment`] reads which
//! day or change is meant, [`sentence`] says events in words.

pub mod demo;
pub mod export;
mod history;
pub mod import;
pub mod legacy;
pub mod log;
pub mod moment;
mod open;
pub mod restore;
#[cfg(test)]
mod samples;
pub mod seed;
pub mod sentence;
#[cfg(test)]
mod tests;

pub use open::{CannotOpen, NoLog};

use jiff::tz::TimeZone;
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
    /// Write the whole log as text, or the four JSON files of the old program
    ///
    /// Without --legacy it prints one JSON object per line, which `tools restore` reads back and other
    /// programs can, too. A backup that grows: export --after the last position you have.
    Export(export::Args),
    /// Read an export back into an empty data folder, event by event as it was
    ///
    /// A newer export continues an older restore: events that are there already must be the same ones.
    Restore(restore::Args),
    /// Fill an empty data folder with a made-up library and history
    ///
    /// The same seed makes the same library. For benchmarks, and to see the gallery when it is large.
    Seed(seed::Args),
}

/// Runs `command` on the data folder `data` and prints to `out`. `now_ms` is the time it is, ms since
/// the epoch.
///
/// # Errors
/// Anything that kept the command from doing what it should; [`exit_code`] knows what to end with. A
/// reader of `out` that has seen enough is no error.
pub fn run(command: &Command, data: &Path, now_ms: i64, out: &mut dyn Write) -> anyhow::Result<()> {
    let out = &mut BufWriter::new(out);
    let outcome = match command {
        Command::Import(args) => import::run(args, data, now_ms, out),
        Command::Log(args) => log::run(args, data, &TimeZone::system(), out),
        Command::Export(args) => export::run(args, data, out),
        Command::Restore(args) => restore::run(args, data, out),
        Command::Seed(args) => seed::run(args, data, out),
    };
    match outcome.and_then(|()| Ok(out.flush()?)) {
        Err(error) if is_closed_pipe(&error) => Ok(()),
        outcome => outcome,
    }
}

fn is_closed_pipe(error: &anyhow::Error) -> bool {
    let io = error.downcast_ref::<io::Error>().map(io::Error::kind);
    let json = error.downcast_ref::<serde_json::Error>().and_then(serde_json::Error::io_error_kind);
    io.or(json) == Some(io::ErrorKind::BrokenPipe)
}

/// The code the program ends with after `error`: 66 if there is nothing to read (no log, no old
/// catalogue), the log's own codes (75: in use) if it cannot be opened, 74 if it cannot be written,
/// else 1.
#[must_use]
pub fn exit_code(error: &anyhow::Error) -> u8 {
    const NO_INPUT: u8 = 66;
    const IO_ERROR: u8 = 74;
    if let Some(CannotOpen(error)) = error.downcast_ref() {
        error.exit_code()
    } else if error.is::<NoLog>() || error.is::<legacy::NothingFound>() {
        NO_INPUT
    } else if error.is::<events::log::AppendError>() || error.is::<events::log::ReadError>() || error.is::<io::Error>()
    {
        IO_ERROR
    } else {
        1
    }
}
