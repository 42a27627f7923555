//! The log as text: one JSON object for each event, and a seal.

use super::seal;
use crate::progress::Progress;
use crate::source::Source;
use anyhow::bail;
use events::Pos;
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
    source.each(after, through, progress, |record| {
        if record.pos != last + 1 {
            bail!("position {} was written by a newer version; export with that one", last + 1);
        }
        last = record.pos;
        writer.record(record)
    })?;
    if last != through {
        bail!("position {} was written by a newer version; export with that one", last + 1);
    }
    writer.seal(source.id, through)
}
