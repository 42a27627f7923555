//! Whether the checkpoints of a data folder are whole. That they say what the log says is for `tools rebuild` to prove,
//! and a start does not believe them before it has.

use super::Finding;
use events::Pos;
use events::log::Checkpoints;
use projections::SCHEMA;
use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::Path;

/// What is wrong with the checkpoints in `data`. One that another version of this program made cannot be told from a
/// damaged one; neither is used.
pub(super) fn findings(data: &Path) -> io::Result<Vec<Finding>> {
    let entries = match fs::read_dir(data.join("checkpoints")) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let whole: BTreeSet<Pos> =
        Checkpoints::new(data, SCHEMA).newest_first().map(|checkpoint| checkpoint.stamp.head.pos).collect();
    let mut findings = Vec::new();
    for entry in entries {
        let path = entry?.path();
        let named = path.file_name().and_then(|name| name.to_str()?.strip_suffix(".ckpt")?.parse().ok());
        if named.is_some_and(|pos| !whole.contains(&pos)) {
            let what = format!("{} is damaged, or was made by another version", path.display());
            let advice =
                "It is not used, and nothing is lost: the next start reads more of the log and makes a new one.";
            findings.push(Finding::derived(what, advice));
        }
    }
    Ok(findings)
}
