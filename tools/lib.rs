//! The maintenance commands of the gallery as a library: `local-video-server tools COMMAND`.
//!
//! A command works on the data folder of a *stopped* server: the log is locked by whoever has it open.
//! Nothing here serves pages or touches video files (except the demo's own), and the clock is read by
//! the caller.
//!
//! Modules in reading order: [`legacy`] reads the old program's catalogue, [`import`] turns it into
//! events; [`log`], [`export`] and [`restore`] show the log and carry it elsewhere; [`seed`] and [`demo`]
//! make libraries up, with a past written by `history`. `open` opens the data folder, `sentence` says
//! events in words.

pub mod demo;
pub mod export;
mod history;
pub mod import;
pub mod legacy;
pub mod log;
mod open;
pub mod restore;
#[cfg(test)]
mod samples;
pub mod seed;
mod sentence;
#[cfg(test)]
mod tests;

pub use open::{CannotOpen, NoLog};

use jiff::tz::TimeZone;
use std::io::{self, Write};
use std::path::Path;

/// What can be done.
#[derive(Clone, Debug, clap::Subcommand)]
pub enum Command {
    /// Import the catalogue of the old Local Video Server.
    Import(import::Args),
    /// Show who did what when.
    Log(log::Args),
    /// Write the whole log as text, or the files of the old program.
    Export(export::Args),
    /// Read an export back.
    Restore(restore::Args),
    /// Fill an empty data folder with a made-up library and history.
    Seed(seed::Args),
}

/// Runs `command` on the data folder `data` and prints to `out`. `now_ms` is the time it is, ms since
/// the epoch.
///
/// # Errors
/// Anything that kept the command from doing what it should; [`exit_code`] knows what to end with. A
/// reader of `out` that has seen enough is no error.
pub fn run(command: &Command, data: &Path, now_ms: i64, out: &mut dyn Write) -> anyhow::Result<()> {
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
