//! Taking away the pictures that no video has any more, with what `tools prune` does; those of forgotten videos are put
//! aside. The log is not touched.

use super::{Ground, Report, Stopped};
use crate::status::jobs::Outcome;
use tools::prune::{carry_out, plan};

/// Does it, or with `dry_run` only says what would be done.
pub(super) fn run(ground: &Ground, dry_run: bool, report: &mut Report<'_>) -> Result<Outcome, Stopped> {
    let mut pruned = || -> anyhow::Result<_> {
        let mut plan = plan(&ground.source()?, &ground.data, (ground.clock)(), report)?;
        plan.dry_run = dry_run;
        if !dry_run {
            carry_out(&plan, &ground.data, report)?;
        }
        Ok(plan)
    };
    let plan = pruned().map_err(|error| Stopped::of_tools("Not everything was looked at.", &error))?;
    Ok(Outcome::new(plan.to_string().replace('\n', " "))
        .with("Pictures no video has", plan.orphans.files)
        .with("Their size in bytes", plan.orphans.bytes)
        .with("Pictures of forgotten videos", plan.forgotten.files)
        .with("The size of those", plan.forgotten.bytes))
}
