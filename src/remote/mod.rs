//! `tools --server URL`: the commands of the tools on the log of a server that is running, through `/api/v1/admin`.
//!
//! What only reads runs here, over the log as it comes from there, and writes its files here: exports, backups, lists. What
//! needs the server's own disk or memory is a job there, whose progress is shown here. Not here: anything that changes a
//! log; for that there are the gallery's own pages, and the tools on the folder of a stopped server.

mod http;
mod log;
#[cfg(test)]
mod tests;

use anyhow::{Context as _, bail};
use bytes::Bytes;
use events::Pos;
use http::Http;
use jiff::tz::TimeZone;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::io::{BufWriter, Write};
use std::sync::Arc;
use std::time::Duration;
use tools::progress::{self, Progress};
use tools::rebuild::Rebuilt;
use tools::redact::Forgotten;
use tools::verify::{Finding, Report};
use tools::{Command, Refusal, prune, rebuild, redact};

/// How often a job is asked how far it is.
const ASK_EVERY: Duration = Duration::from_millis(250);

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
    facts: Vec<Fact>,
    code: u8,
    troubles: Vec<String>,
}

#[derive(Deserialize)]
struct Fact {
    name: String,
    value: String,
}

/// What the server erased.
#[derive(Deserialize)]
struct Erased {
    events: u64,
    name: bool,
}

impl Job {
    /// What is wrong if it failed, with the exit code of the same command on a data folder.
    fn trouble(&self) -> anyhow::Result<()> {
        if self.state != "failed" {
            return Ok(());
        }
        let said: Vec<&str> = self.summary.iter().chain(self.troubles.first()).map(String::as_str).collect();
        Err(Refusal::Unsound { code: self.code.max(1), text: format!("the server says: {}", said.join(" ")) }.into())
    }

    /// It, once it has ended, if there is anything to look at. One that could not be done found nothing out.
    fn ended(self) -> anyhow::Result<Self> {
        if self.state == "cancelled" {
            bail!("somebody called it off at the server, which says: {}", self.summary.unwrap_or_default());
        }
        if self.facts.is_empty() || self.troubles.is_empty() {
            self.trouble()?;
        }
        Ok(self)
    }

    fn number(&self, name: &str) -> u64 {
        self.fact(name).parse().unwrap_or(self.done)
    }

    fn fact(&self, name: &str) -> &str {
        self.facts.iter().find(|fact| fact.name == name).map_or("", |fact| fact.value.as_str())
    }
}

/// Runs `command` on the log of the server at `url`, which is shown this `token`, and prints to `out`.
///
/// # Errors
/// As for the same command on a data folder; also a server that cannot be reached or does not let this in, and a command
/// that needs a stopped server.
pub fn run(command: &Command, url: &str, token: Option<&str>, out: &mut dyn Write) -> anyhow::Result<()> {
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
            let job = job(&http, "verify", String::new(), progress)?;
            tools::verify::conclude(&report(&job), args.json, out)?;
        }
        Command::Rebuild(args) => {
            let job = job(&http, "rebuild", String::new(), progress)?;
            let (events, digest) = (job.number("Events"), job.fact("Digest now").to_owned());
            rebuild::conclude(&Rebuilt { events, digest, checkpoints: Vec::new() }, args.json, out)?;
            job.trouble()?;
        }
        Command::Prune(args) => prune(&http, args, progress, out)?,
        Command::Redact(args) => {
            // What is known is not asked for, so it is not learned.
            let (source, _) = log::open(&http)?;
            let viewings = redact::positions(args, &source, progress)?;
            redact::conclude(&erase(&http, &viewings, args.device, progress)?, args.json, out)?;
        }
        Command::Import(_) | Command::Restore(_) | Command::Repair(_) | Command::Compact(_) | Command::Seed(_) => {
            bail!("this works on the data folder of a stopped server: stop it, and leave out --server");
        }
    }
    Ok(out.flush()?)
}

/// Has the server take pictures away that no video has.
fn prune(http: &Http, args: &prune::Args, progress: &mut dyn Progress, out: &mut dyn Write) -> anyhow::Result<()> {
    let job = job(http, "prune", serde_json::json!({ "dry_run": args.dry_run }).to_string(), progress)?;
    let summary = job.summary.clone().unwrap_or_default();
    if args.json {
        let facts: BTreeMap<_, _> = job.facts.iter().map(|fact| (fact.name.as_str(), fact.value.as_str())).collect();
        writeln!(out, "{}", serde_json::json!({ "dry_run": args.dry_run, "summary": summary, "facts": facts }))?;
    } else {
        writeln!(out, "{summary}")?;
    }
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
        let answer = http.post("/api/v1/admin/redact", wish.to_string())?;
        let Erased { events, name } = serde_json::from_slice(&answer).context("the server answers otherwise")?;
        forgotten.events += events;
        forgotten.name |= name;
        done += piece.len() as u64;
    }
    Ok(forgotten)
}

/// Has the server do a job of this `kind`, and waits for its end.
fn job(http: &Http, kind: &str, wish: String, progress: &mut dyn Progress) -> anyhow::Result<Job> {
    let read = |answer: Bytes| serde_json::from_slice::<Job>(&answer).context("the server answers otherwise");
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
    job.ended()
}

/// What a server found out about its log.
fn report(job: &Job) -> Report {
    let finding = |text: &String| {
        let (what, advice) = text.split_once(". ").unwrap_or((text, ""));
        Finding { code: job.code, what: what.to_owned(), advice: advice.to_owned() }
    };
    Report {
        events: job.number("Events"),
        chain: job.fact("Chain").to_owned(),
        digest: job.fact("Digest").to_owned(),
        findings: job.troubles.iter().map(finding).collect(),
    }
}
