//! Computing what is known from the log anew, and showing that. Two digests that differ are an alarm: either this program
//! learns differently one by one than all at once, or memory went bad. What the log says is shown from then on, because it
//! is what the next start would show, and the job has failed.

use super::{Ground, Report, Stopped};
use crate::status::jobs::Outcome;
use crate::writer::{RebuildError, Rebuilt};
use tools::rebuild;
use tools::verify::Finding;

/// Does it.
pub(super) fn run(ground: &Ground, report: &mut Report<'_>) -> Result<Outcome, Stopped> {
    let started_at_ms = (ground.clock)();
    let anew = ground.writer.rebuild(&mut |done, total| report.tell(done, total).is_continue());
    match anew {
        Ok(anew) => judged(anew, (ground.clock)() - started_at_ms),
        Err(RebuildError::Cancelled) => Err(Stopped::cancelled()),
        Err(error) => Err(Stopped::failed("What is shown stays as it was.", 74, &error)),
    }
}

/// What it means that the two came out like this, after `took_ms`.
fn judged(
    Rebuilt { pos, digest_before: before, digest_now: after }: Rebuilt,
    took_ms: i64,
) -> Result<Outcome, Stopped> {
    let outcome = |summary: &str| {
        let rate = i128::from(pos) * 1000 / i128::from(took_ms.max(1));
        let report = rebuild::Rebuilt { events: pos, digest: format!("{after:016x}"), ..Default::default() };
        Outcome::new(summary)
            .reported(&report)
            .with("Events", pos)
            .with("Events per second", rate)
            .with(
                "Digest before",
                before.map_or_else(|| "not comparable".to_owned(), |before| format!("{before:016x}")),
            )
            .with("Digest now", report.digest)
    };
    let Some(before) = before else {
        return Ok(outcome("What was shown still told of something that was forgotten; now it does not."));
    };
    if before == after {
        return Ok(outcome(&format!("What was shown is what the log says: digest {after:016x} before and after.")));
    }
    let mut outcome = outcome("What was shown was not what the log says; now it is.");
    outcome.note(Finding::derived(
        "the two digests at the same position differ: a fault of this program, or of the memory of this machine"
            .to_owned(),
        "Check the memory, verify the log, and report it.",
    ));
    Err(Stopped::Failed(outcome))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_that_differ_are_an_alarm() {
        assert!(judged(Rebuilt { pos: 7, digest_before: Some(1), digest_now: 1 }, 10).is_ok());
        let outcome = judged(Rebuilt { pos: 7, digest_before: Some(1), digest_now: 2 }, 0);
        assert!(matches!(outcome, Err(Stopped::Failed(outcome)) if outcome.troubles.len() == 1));
        assert!(judged(Rebuilt { pos: 7, digest_before: None, digest_now: 2 }, 10).is_ok(), "something was forgotten");
    }
}
