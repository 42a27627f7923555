//! `tools --server URL`: the commands of the tools on the log of a server that is running, through `/api/v1/admin`.
//!
//! What only reads runs here, over the log as it comes from there, and writes its files here: exports, backups, lists. What
//! needs the server's own disk or memory is a job there, whose progress is shown here. What changes the log, the server
//! decides and writes itself; files of an older program are sent to it (`import`).
//! [`health`] asks only whether it is well.

mod http;
mod import;
mod log;
#[cfg(test)]
mod tests;

use anyhow::{Context as _, bail};
use bytes::Bytes;
use events::Pos;
use http::{Http, Sent};
use jiff::tz::TimeZone;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::io::{BufWriter, Write};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tools::progress::{self, Progress};
use tools::redact::Forgotten;
use tools::verify::Finding;
use tools::{Command, Refusal, compact, prune, rebuild, redact};

/// How often a job is asked how far it is.
const ASK_EVERY: Duration = Duration::from_millis(250);

/// What is wrong with an answer that cannot be understood.
const OTHERWISE: &str = "the server answers otherwise; is it a gallery of this version?";

/// How many viewings a server erases at once.
const ERASED_AT_ONCE: usize = 10_000;

/// A job of the server, as far as it matters here.
#[derive(Deserialize)]
struct Job {
    id: u64,
    state: String,
    done: u64,
    total: u64,
    #[serde(default)]
    summary: Option<String>,
    code: u8,
    troubles: Vec<Finding>,
    /// What the command prints as JSON, if it came to anything.
    #[serde(default)]
    report: serde_json::Value,
}

impl Job {
    /// What is wrong if it failed, with the exit code of the same command on a data folder.
    fn trouble(&self) -> anyhow::Result<()> {
        if self.state != "failed" {
            return Ok(());
        }
        let first = self.troubles.first().map(|trouble| format!("{}. {}", trouble.what, trouble.advice));
        let said: Vec<&str> = self.summary.iter().chain(&first).map(|said| said.trim()).collect();
        Err(Refusal::Unsound { code: self.code.max(1), text: format!("the server says: {}", said.join(" ")) }.into())
    }

    /// What it came to, once it has ended. One that could not be done came to nothing.
    fn report<T: DeserializeOwned>(&self) -> anyhow::Result<T> {
        if self.state == "cancelled" {
            bail!("somebody called it off at the server, which says: {}", self.summary.as_deref().unwrap_or_default());
        }
        if self.report.is_null() {
            self.trouble()?;
        }
        T::deserialize(&self.report).context(OTHERWISE)
    }
}

/// Runs `command` on the log of the server at `url`, which is shown this `token`, at the time `now_ms`
/// (since the epoch), and prints to `out`.
///
/// # Errors
/// As for the same command on a data folder; also a server that cannot be reached or does not let this in, and a command
/// that needs a stopped server.
pub fn run(command: &Command, url: &str, token: Option<&str>, now_ms: i64, out: &mut dyn Write) -> anyhow::Result<()> {
    let http = Arc::new(Http::new(url, token)?);
    let (zone, progress, out) =
        (TimeZone::system(), &mut *progress::of_terminal(command.streams()), &mut BufWriter::new(out));
    match command {
        Command::Log(_) | Command::Export(_) | Command::Stats(_) | Command::Backup(_) => {
            let (mut source, end) = log::open(&http)?;
            // A backup asks nothing of what is known, and reads only what is new.
            if !matches!(command, Command::Backup(_)) {
                source.state = log::learn(&source, progress)?;
            }
            tools::run_on(command, &source, end.bytes_on_disk, &zone, progress, out)?;
        }
        Command::Verify(args) => {
            let job = job(&http, "verify", Sent::default(), progress)?;
            tools::verify::conclude(&job.report()?, args.json, out)?;
            job.trouble()?;
        }
        Command::Rebuild(args) => {
            let job = job(&http, "rebuild", Sent::default(), progress)?;
            rebuild::conclude(&job.report()?, args.json, out)?;
            job.trouble()?;
        }
        Command::Prune(args) => prune(&http, args, progress, out)?,
        Command::Redact(args) => {
            // What is known is not asked for, so it is not learned.
            let (source, _) = log::open(&http)?;
            let viewings = redact::positions(args, &source, progress)?;
            redact::conclude(&erase(&http, &viewings, args.device, progress)?, args.json, out)?;
        }
        Command::Import(args) => import::run(&http, args, progress, out)?,
        Command::Compact(args) if args.dry_run => {
            let (mut source, _) = log::open(&http)?;
            source.state = log::learn(&source, progress)?;
            compact::dry_run(args, &source, now_ms, &zone, progress, out)?;
        }
        Command::Compact(_) => bail!(
            "events get other numbers by this, and whoever has a page open would take back or forget by a number that means \
             something else: stop the server, and leave out --server; with --dry-run the server may run"
        ),
        Command::Repair(_) => bail!(
            "a log is mended while nobody has it open: stop the server, and leave out --server; whether it is damaged, \
             `verify` says of a server that runs"
        ),
        Command::Restore(_) | Command::Seed(_) => {
            bail!("this makes a new data folder, whichever server runs: leave out --server");
        }
    }
    Ok(out.flush()?)
}

/// Says on `out` whether the server at `address` answers, and what keeps it from writing.
///
/// # Errors
/// There is no server that answers, or nothing can be changed and it is to be `ready`.
pub fn health(address: SocketAddr, ready: bool, out: &mut dyn Write) -> anyhow::Result<()> {
    let http = Http::new(&format!("http://{address}"), None)?;
    http.get("/healthz")?;
    match http.get("/readyz") {
        Ok(_) => writeln!(out, "well")?,
        Err(why) if ready => return Err(why),
        Err(why) => writeln!(out, "it answers, but {why}")?,
    }
    Ok(())
}

/// Has the server take pictures away that no video has.
fn prune(http: &Http, args: &prune::Args, progress: &mut dyn Progress, out: &mut dyn Write) -> anyhow::Result<()> {
    let job = job(http, "prune", Sent::json(serde_json::json!({ "dry_run": args.dry_run }).to_string()), progress)?;
    prune::conclude(&job.report()?, args.json, out)?;
    job.trouble()
}

/// Has the server erase these viewings, piece by piece, and the name of this device.
fn erase(http: &Http, viewings: &[Pos], device: Option<u32>, progress: &mut dyn Progress) -> anyhow::Result<Forgotten> {
    progress.begin("erasing", viewings.len() as u64);
    let mut forgotten = Forgotten::default();
    let (viewings, name) = (viewings.chunks(ERASED_AT_ONCE), device.map(|_| &[][..]));
    let mut done = 0;
    for piece in viewings.chain(name) {
        progress.reached(done)?;
        let device = device.filter(|_| piece.is_empty());
        let wish = serde_json::json!({ "viewings": piece, "device": device });
        let answer = http.post("/api/v1/admin/redact", Sent::json(wish.to_string()))?;
        let Forgotten { events, name } = serde_json::from_slice(&answer).context(OTHERWISE)?;
        forgotten.events += events;
        forgotten.name |= name;
        done += piece.len() as u64;
    }
    Ok(forgotten)
}

/// Has the server do a job of this `kind`, and waits for its end.
fn job(http: &Http, kind: &str, wish: Sent, progress: &mut dyn Progress) -> anyhow::Result<Job> {
    let read = |answer: Bytes| serde_json::from_slice::<Job>(&answer).context(OTHERWISE);
    let mut job = read(http.post(&format!("/api/v1/admin/{kind}"), wish)?)?;
    let mut total = None;
    while job.state == "running" {
        if total != Some(job.total) {
            total = Some(job.total);
            progress.begin("the server is at work", job.total);
        }
        progress.reached(job.done)?;
        http.runtime.block_on(async { tokio::time::sleep(ASK_EVERY).await });
        job = read(http.get(&format!("/api/v1/admin/jobs/{}", job.id))?)?;
    }
    Ok(job)
}
