//! Proving that the log is whole while it is read and written, and that what is shown is what it says.

use super::{Ground, Report, Stopped};
use crate::status::jobs::Outcome;
use anyhow::bail;
use tools::verify::Report as Found;

/// Does it.
pub(super) fn run(ground: &Ground, report: &mut Report<'_>) -> Result<Outcome, Stopped> {
    let found = verify(ground, report).map_err(|error| Stopped::of_tools("The log was not verified.", &error))?;
    let summary = match found.findings.len() {
        0 => "Every event is as it was written, and what is shown is what they say.",
        _ if found.chain.is_empty() => "The log cannot be trusted.",
        _ => "Every event is as it was written, but something made of them is not right.",
    };
    let mut outcome =
        Outcome::new(summary).with("Events", found.events).with("Chain", &found.chain).with("Digest", &found.digest);
    outcome = outcome.reported(&found);
    found.findings.into_iter().for_each(|finding| outcome.note(finding));
    if outcome.code == 0 { Ok(outcome) } else { Err(Stopped::Failed(outcome)) }
}

/// Reads it all. What is shown can only be compared if nothing was forgotten meanwhile.
fn verify(ground: &Ground, report: &mut Report<'_>) -> anyhow::Result<Found> {
    let forgotten = ground.writer.catch_up()?;
    let found = tools::verify::online(&ground.source()?, report)?;
    let whole = !found.chain.is_empty();
    if whole && !found.findings.is_empty() && ground.writer.forgotten() != Some(forgotten) {
        bail!("a viewing was forgotten meanwhile; verify once more");
    }
    Ok(found)
}
