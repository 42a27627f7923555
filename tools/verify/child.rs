//! The process that reads the log, so that one that ends without a word is a finding like any other.

use super::{Finding, Report};
use crate::progress::Progress;
use anyhow::{Context as _, bail};
use events::log::OpenError;
use serde::{Deserialize, Serialize};
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// A line that the child writes.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Said {
    /// So many events are read.
    Read(u64),
    /// All is read.
    Found(Report),
}

/// What such a line begins with; others are not for us.
pub(super) const MARK: &str = "verify ";
const MAX_LINE_BYTES: u64 = 16 << 20;

/// This program, started again to verify `data`.
pub(super) fn of_this_program(data: &Path) -> anyhow::Result<Command> {
    let mut command = Command::new(std::env::current_exe().context("failed to find this program")?);
    command.arg("tools").arg("--data").arg(data).args(["verify", "--child"]);
    Ok(command)
}

/// Ends with its child.
struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        // It may have ended by itself, and then this fails.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Runs `command` and hears what it has to say.
pub(crate) fn run(mut command: Command, progress: &mut dyn Progress) -> anyhow::Result<Report> {
    progress.begin("verifying events", 0);
    let spawned = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
    let mut child = Ended(spawned.context("failed to start this program once more")?);
    let Some(out) = child.0.stdout.take() else { bail!("the child has no output") };
    let mut lines = BufReader::new(out);
    let mut last = 0;
    loop {
        let mut line = String::new();
        // What is no text ends it as much as the end does.
        let read = lines.by_ref().take(MAX_LINE_BYTES).read_line(&mut line).unwrap_or(0);
        if read == 0 {
            break;
        }
        let Some(said) = line.strip_prefix(MARK).and_then(|text| serde_json::from_str(text).ok()) else { continue };
        match said {
            Said::Read(events) => {
                last = events;
                progress.reached(events)?;
            }
            Said::Found(report) => return Ok(report),
        }
    }
    let status = child.0.wait().context("failed to wait for the child")?;
    let error = OpenError::Storage("the storage engine ended the process: its files are damaged".into());
    let ended = Finding::of_log(&error);
    let what = format!("{} (behind position {last}; {status})", ended.what);
    Ok(Report { events: last, findings: vec![Finding { what, ..ended }], ..Report::default() })
}
