//! `tools verify`: proves that the log is whole, or says what is wrong and what to do. Changes nothing.
//!
//! The storage engine repairs some of its files when it opens them, and can end the process on damaged ones. So
//! a child process (`child`) opens a copy of the files that it could change (`copy`), walks through everything,
//! and reports (`scan`).

mod checkpoints;
mod child;
mod copy;
mod scan;
#[cfg(test)]
#[expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]
pub(crate) mod tests;

use crate::progress::Progress;
use crate::report::{self, digest};
use crate::source::Source;
use crate::{CannotOpen, NoLog, Refusal, open};
use anyhow::bail;
pub(crate) use child::run as listen;
pub(crate) use copy::{Copy, REPAIRING};
use events::log::{Audit, Head, OpenError};
use events::{Pos, hex};
use projections::State;
pub(crate) use scan::{answer, wrong_with};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::io::Write;
use std::path::Path;
use std::process::Command;
use std::sync::{Mutex, PoisonError};

/// What `tools verify` can be told.
#[derive(Clone, Debug, Default, clap::Args)]
#[command(after_help = "Example:\n  tools verify && echo whole\n\n\
    Verified are: the checksum of every record, that none is missing, the hash chain with its milestones and HEAD, that every \
    event can be read, the index of events by video in both directions, what is known in the end, and the checkpoints. \
    The exit code is 0 when all is well, else that of the first finding.")]
pub struct Args {
    /// Print the report as JSON.
    #[arg(long)]
    pub json: bool,
    /// Do the work in this process and talk to the one that started it.
    #[arg(long, hide = true)]
    pub child: bool,
}

/// What was found out about a log.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// How many events could be read.
    pub events: Pos,
    /// The hash chain at the end, in hexadecimal digits; empty when the log is not whole.
    pub chain: String,
    /// The digest of everything known in the end, in hexadecimal digits; empty when the log is not whole.
    pub digest: String,
    /// What is wrong, the worst first.
    pub findings: Vec<Finding>,
}

/// Something that is wrong.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Finding {
    /// The exit code that stands for it.
    pub code: u8,
    /// What is wrong, in words.
    pub what: String,
    /// What to do about it, in a sentence.
    pub advice: String,
}

impl Finding {
    /// A log that cannot be opened.
    #[must_use]
    pub fn of_log(error: &OpenError) -> Self {
        Self { code: error.exit_code(), what: with_cause(error), advice: error.advice().to_owned() }
    }

    /// Something that an audit of a log found.
    fn of_audit(finding: &events::log::Finding) -> Self {
        Self { code: finding.exit_code(), what: with_cause(finding), advice: finding.advice().to_owned() }
    }

    /// Something that is made from the log and can be made again.
    #[must_use]
    pub fn derived(what: String, advice: &str) -> Self {
        Self { code: Refusal::Derived(String::new()).exit_code(), what, advice: advice.to_owned() }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for Finding { code, what, advice } in &self.findings {
            writeln!(f, "{code}: {what}.\n    {advice}")?;
        }
        let Self { events, chain, digest, .. } = self;
        let events = report::count(*events, "event");
        match self.findings.len() {
            0 => write!(f, "{events}, all of them as they were written.\nChain {chain}\nDigest {digest}"),
            _ if chain.is_empty() => write!(f, "The log cannot be trusted."),
            _ => write!(f, "{events}, all of them as they were written; the findings are about what is made of them."),
        }
    }
}

/// Runs the command on the data folder `data`.
///
/// # Errors
/// [`NoLog`], [`Refusal::Unsound`] when something is wrong, what [`crate::exit_code`] knows, or those of `out`.
pub fn run(args: &Args, data: &Path, progress: &mut dyn Progress, out: &mut dyn Write) -> anyhow::Result<()> {
    if args.child {
        return scan::run(data, out);
    }
    if !open::log_exists(data) {
        return Err(NoLog(data.to_owned()).into());
    }
    conclude(&verify(data, &child::of_this_program, progress)?, args.json, out)
}

/// Prints what was `found`, and ends as that asks for.
///
/// # Errors
/// [`Refusal::Unsound`] when something is wrong, or those of `out`.
pub fn conclude(found: &Report, json: bool, out: &mut dyn Write) -> anyhow::Result<()> {
    report::tell(found, json, out)?;
    match found.findings.first() {
        None => Ok(()),
        Some(worst) => {
            let findings = report::count(found.findings.len() as u64, "finding");
            Err(Refusal::Unsound { code: worst.code, text: format!("{findings}, see above") }.into())
        }
    }
}

/// An error with what it came from.
fn with_cause(error: &dyn std::error::Error) -> String {
    match error.source() {
        Some(source) => format!("{error}: {source}"),
        None => error.to_string(),
    }
}

/// What an audit found, the worst first.
fn findings_of(audit: &Audit) -> Vec<Finding> {
    let mut findings: Vec<Finding> = audit.findings.iter().map(Finding::of_audit).collect();
    if audit.more_findings > 0 {
        let what = format!("{} more of such findings", audit.more_findings);
        findings.extend(findings.last().cloned().map(|last| Finding { what, ..last }));
    }
    findings
}

/// Verifies a log that is open, as a server has it, while others read and write. What is known is compared with what the log says when nothing was written meanwhile.
///
/// # Errors
/// [`crate::progress::Cancelled`].
pub fn online(source: &Source, progress: &mut dyn Progress) -> anyhow::Result<Report> {
    progress.begin("verifying events", source.head.pos);
    let progress = Mutex::new((progress, Ok(())));
    let mut replay = State::replay();
    let audit = source.reader.audit(
        &mut |record| {
            if record.pos <= source.head.pos {
                replay.fold(&record);
            }
        },
        &|pos| {
            let mut told = progress.lock().unwrap_or_else(PoisonError::into_inner);
            let reached = told.0.reached(pos);
            told.1 = reached;
            reached.is_ok()
        },
    );
    progress.into_inner().unwrap_or_else(PoisonError::into_inner).1?;
    let mut findings = findings_of(&audit);
    if !audit.finished && findings.is_empty() {
        bail!("something was erased meanwhile, or the log was opened anew; verify once more");
    }
    if !findings.is_empty() {
        return Ok(Report { events: audit.events, findings, ..Report::default() });
    }
    let state = replay.finish();
    if state.digest() != source.state.digest() {
        let what = "what the server shows is not what the log says".to_owned();
        findings.push(Finding::derived(what, "Run `tools rebuild`, check the memory of this machine, and report it."));
    }
    let Head { pos, chain, .. } = source.head;
    Ok(Report { events: pos, chain: hex::write(&chain), digest: digest(state.digest()), findings })
}

/// Copies the log of `data` and has the copy read by the process that `child` names.
fn verify(
    data: &Path,
    child: &dyn Fn(&Path) -> anyhow::Result<Command>,
    progress: &mut dyn Progress,
) -> anyhow::Result<Report> {
    let copy = match Copy::of(data) {
        Ok(copy) => copy,
        Err(error @ OpenError::Locked { .. }) => return Err(CannotOpen(error).into()),
        Err(error) => return Ok(Report { findings: vec![Finding::of_log(&error)], ..Report::default() }),
    };
    let mut report = child::run(child(copy.folder())?, progress)?;
    report.findings = report.findings.into_iter().map(|finding| copy.name(finding, data)).collect();
    report.findings.extend(checkpoints::findings(data)?);
    Ok(report)
}
