//! Whether the checkpoints of a data folder are whole. That they say what the log says is for `tools rebuild` to prove,
//! and a start does not believe them before it has.

use super::Finding;
use events::log::{Checkpoints, Look};
use projections::SCHEMA;
use std::io;
use std::path::Path;

/// What is wrong with the checkpoints in `data`. One that another version of this program has kept is not: it is not used,
/// and goes when the next one comes.
pub(super) fn findings(data: &Path) -> io::Result<Vec<Finding>> {
    let looks = Checkpoints::new(data, SCHEMA).look()?.into_iter();
    let damaged = looks.filter(|(_, look)| matches!(look, Look::Damaged)).map(|(place, _)| {
        let advice = "It is not used, and nothing is lost: the next start reads more of the log and makes a new one. \
                      `tools rebuild` takes it away.";
        Finding::derived(format!("{} is damaged", place.display()), advice)
    });
    Ok(damaged.collect())
}
