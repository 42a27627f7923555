//! A file with consecutive records as they are stored: magic 8 | `frames`.
//!
//! A frame carries its own checksum, which covers its position; the manifest covers the whole file.

use super::manifest::Segment;
use crate::hashed::{Hashed, UNFINISHED, write_whole};
use crate::progress::Progress;
use crate::source::Source;
use crate::{Refusal, frames};
use anyhow::{Context as _, anyhow, bail};
use events::log::fjall::PushFrame;
use events::log::{Chain, Head};
use events::{Pos, hex};
use std::fs::File;
use std::io::{BufReader, Read as _, Write as _};
use std::path::Path;

const MAGIC: &[u8; 8] = b"LVSSEGM1";

/// The name of the file with the records from `first` to `last`.
pub(super) fn name(first: Pos, last: Pos) -> String {
    format!("events-{first:012}-{last:012}.segment")
}

/// Whether a file of this name is a segment, or was to become one.
pub(super) fn left_behind(name: &str) -> bool {
    let name = name.strip_suffix(UNFINISHED).and_then(|name| name.strip_prefix('.')).unwrap_or(name);
    let positions = name.strip_prefix("events-").and_then(|name| name.strip_suffix(".segment"));
    positions.is_some_and(|positions| positions.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-'))
}

/// Writes the records after `chain.head.pos` up to `last`, and adds them to `chain`.
pub(super) fn write(
    source: &Source,
    folder: &Path,
    chain: &mut Chain,
    last: Pos,
    progress: &mut dyn Progress,
) -> anyhow::Result<Segment> {
    let after = chain.head.pos;
    let name = name(after + 1, last);
    progress.begin("copying events", last - after);
    let (bytes, sha256) = write_whole(folder, &name, |file| {
        let mut file = Hashed::new(file);
        file.write_all(MAGIC)?;
        source.each_frame(after, last, progress, |_, frame| {
            chain.add(frame)?;
            frames::write(&mut file, frame)
        })?;
        if chain.head.pos != last {
            bail!("the log ends at position {} instead of {last}", chain.head.pos);
        }
        Ok::<_, anyhow::Error>((file.bytes, file.sha256()))
    })
    .with_context(|| format!("failed to write {}", folder.join(&name).display()))?;
    let Head { chain, recorded_at_ms, .. } = chain.head;
    Ok(Segment { first: after + 1, last, bytes, sha256, chain: hex::write(&chain), recorded_at_ms })
}

/// Hands every record of `segment` in `folder` to `push`.
pub(super) fn read(
    folder: &Path,
    segment: &Segment,
    progress: &mut dyn Progress,
    push: &mut PushFrame<'_>,
) -> anyhow::Result<()> {
    let place = folder.join(segment.file());
    let refuse = |what: &dyn std::fmt::Display| {
        Refusal::BadInput(format!(
            "{} {what}; use another backup, and begin a new one in another folder",
            place.display()
        ))
    };
    let file = match File::open(&place) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Err(refuse(&"is missing from the backup").into());
        }
        file => file.with_context(|| format!("failed to open {}", place.display()))?,
    };
    if file.metadata()?.len() != segment.bytes {
        return Err(refuse(&"does not have the size that the manifest names").into());
    }
    let mut file = Hashed::new(BufReader::with_capacity(1 << 18, file));
    let mut end = Head::default();
    let mut walk = || {
        let mut magic = [0; MAGIC.len()];
        file.read_exact(&mut magic)?;
        if magic != *MAGIC {
            bail!("it does not begin as a segment does");
        }
        let mut frame = Vec::new();
        for pos in segment.first..=segment.last {
            frames::read(&mut file, &mut frame)?;
            end = push(pos, &frame)?;
            if pos.is_multiple_of(4096) {
                progress.reached(pos)?;
            }
        }
        if file.bytes == segment.bytes { Ok(()) } else { Err(anyhow!("there is more in it than its records")) }
    };
    walk().map_err(|error| match error.downcast::<crate::progress::Cancelled>() {
        Ok(cancelled) => cancelled.into(),
        Err(error) => anyhow::Error::from(refuse(&format_args!("is damaged: {error:#}"))),
    })?;
    if file.sha256() != segment.sha256 || hex::write(&end.chain) != segment.chain {
        return Err(refuse(&"is not the file that the manifest names").into());
    }
    Ok(())
}
