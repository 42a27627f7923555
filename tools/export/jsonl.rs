//! The log as text: one JSON object for each event, and a seal.

use super::seal;
use crate::progress::Progress;
use crate::source::Source;
use anyhow::bail;
use events::{Pos, Recorded, jsonl};
use std::io::Write;

/// Writes every record after `after` up to `through` to `out`, and the seal.
///
/// # Errors
/// A record that cannot be read or was written by a newer version, those of `out`, or
/// [`crate::progress::Cancelled`].
pub fn write(
    source: &Source,
    after: Pos,
    through: Pos,
    progress: &mut dyn Progress,
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    progress.begin("exporting events", through.saturating_sub(after));
    let mut writer = seal::Writer::new(out);
    let mut last = after;
    source.each_made(after, through, progress, Lines::of, |lines| {
        follows(last, lines.first)?;
        last = lines.last;
        writer.lines(&lines.text)
    })?;
    if last != through {
        return follows(last, through.saturating_add(1));
    }
    writer.seal(source.id, through)
}

/// Records as text.
struct Lines {
    text: String,
    /// The positions of the first and the last of them.
    first: Pos,
    last: Pos,
}

impl Lines {
    fn of(records: &[Recorded]) -> anyhow::Result<Self> {
        let first = records.first().map_or(0, |record| record.pos);
        let mut lines = Self { text: String::new(), first, last: first.saturating_sub(1) };
        for record in records {
            follows(lines.last, record.pos)?;
            lines.last = record.pos;
            lines.text.push_str(&jsonl::write(record)?);
            lines.text.push('\n');
        }
        Ok(lines)
    }
}

/// What is passed over cannot be exported.
fn follows(last: Pos, next: Pos) -> anyhow::Result<()> {
    if next != last + 1 {
        bail!("position {} was written by a newer version; export with that one", last + 1);
    }
    Ok(())
}
