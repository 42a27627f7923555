//! Taking away the pictures that no video has any more, with what `tools prune` does; those of forgotten videos are put
//! aside. The log is not touched.

use super::{Ground, Report, Stopped};
use crate::status::jobs::Outcome;
use tools::progress::Cancelled;
use tools::prune::{carry_out, plan};

/// Does it, or with `dry_run` only says what would be done.
pub(super) fn run(ground: &Ground, dry_run: bool, report: &mut Report<'_>) -> Result<Outcome, Stopped> {
    let not_all = |error: &anyhow::Error| Stopped::of_tools("Not everything was looked at.", error);
    let source = ground.source().map_err(|error| not_all(&error))?;
    let mut plan = plan(&source, &ground.data, (ground.clock)(), report).map_err(|error| not_all(&error))?;
    plan.dry_run = dry_run;
    let done = if dry_run { Ok(()) } else { carry_out(&mut plan, &ground.data, &|| ground.live.snapshot(), report) };
    let summary = plan.to_string().replace('\n', " ");
    match done {
        Ok(()) => {}
        Err(error) if error.is::<Cancelled>() => {
            return Err(Stopped::Cancelled(format!("It was cancelled. {summary}")));
        }
        Err(error) => return Err(Stopped::of_tools(&format!("Not everything was pruned. {summary}"), &error)),
    }
    Ok(Outcome::new(summary)
        .reported(&plan)
        .with("Pictures no video has", plan.orphans.files)
        .with("Their size in bytes", plan.orphans.bytes)
        .with("Pictures of forgotten videos", plan.forgotten.files)
        .with("The size of those", plan.forgotten.bytes))
}
