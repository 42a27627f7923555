//! What the child does: reads everything there is, and says what it found.

use super::child::{MARK, Said};
use super::{Finding, Report, digest, findings_of};
use events::hex;
use events::log::fjall::FjallLog;
use projections::State;
use std::io::{self, Write};
use std::path::Path;

/// How often it says how far it is, in events.
const SAY_EVERY: u64 = 65_536;

/// Verifies the log in `data`, and says how that went to `out` for [`super::child::run`].
pub(super) fn run(data: &Path, out: &mut dyn Write) -> anyhow::Result<()> {
    let report = read(data, out);
    Ok(say(out, &Said::Found(report))?)
}

fn read(data: &Path, out: &mut dyn Write) -> Report {
    let mut replay = State::replay();
    let audited = FjallLog::audit(
        data,
        &mut |record| {
            replay.fold(&record);
            if record.pos.is_multiple_of(SAY_EVERY) {
                // Whoever no longer listens has ended this process already.
                let _ = say(out, &Said::Read(record.pos));
            }
        },
        &|_| true,
    );
    let audit = match audited {
        Ok(audit) => audit,
        Err(error) => return Report { findings: vec![Finding::of_log(&error)], ..Report::default() },
    };
    let findings = findings_of(&audit);
    if !findings.is_empty() {
        return Report { events: audit.events, findings, ..Report::default() };
    }
    let state = replay.finish();
    Report {
        events: audit.head.pos,
        chain: hex::write(&audit.head.chain),
        digest: digest(state.digest()),
        findings: about_state(&state),
    }
}

/// What is wrong with the log in `data`, the worst first.
pub(crate) fn wrong_with(data: &Path) -> Vec<Finding> {
    match FjallLog::audit(data, &mut |_| (), &|_| true) {
        Ok(audit) => findings_of(&audit),
        Err(error) => vec![Finding::of_log(&error)],
    }
}

/// What is wrong with what is known, though the log is whole: faults of a program, not of a disk.
fn about_state(state: &State) -> Vec<Finding> {
    let mut findings = Vec::new();
    if let Some((pos, anomaly)) = state.first_anomaly() {
        let others = match state.anomalies() - 1 {
            0 => String::new(),
            others => format!(", and so it is with {others} more"),
        };
        let what = format!("the event at position {pos} makes no sense ({anomaly:?}){others}");
        findings
            .push(Finding::derived(what, "It changes nothing. Report it: a program wrote what it should not have."));
    }
    for part in state.check() {
        let what = format!("what is computed twice about {part} differs");
        findings.push(Finding::derived(what, "Report it, with an export of the log: the program has a fault."));
    }
    findings
}

/// Tells [`super::child::run`] what was found, and nothing else.
pub(crate) fn answer(out: &mut dyn Write, findings: Vec<Finding>) -> io::Result<()> {
    say(out, &Said::Found(Report { findings, ..Report::default() }))
}

fn say(out: &mut dyn Write, said: &Said) -> io::Result<()> {
    writeln!(out, "{MARK}{}", serde_json::to_string(said)?)?;
    out.flush()
}
