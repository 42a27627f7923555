//! `tools restore`: an export back into a log, event by event as it was.

use crate::open::Library;
use anyhow::{Context as _, bail};
use events::log::EventLog as _;
use events::{Pos, Recorded, jsonl};
use std::fs::File;
use std::io::{BufRead, BufReader, Read as _, Write};
use std::path::{Path, PathBuf};

/// What `tools restore` can be told.
#[derive(Clone, Debug, clap::Args)]
pub struct Args {
    /// What `tools export` wrote.
    pub file: PathBuf,
}

/// A line that is longer is no record: the largest has 64 KiB as bytes.
const MAX_LINE_BYTES: u64 = 1 << 20;
/// Whole batches are collected until they have this many events, then written at once.
const CHUNK: usize = 8192;

/// Runs the command on the data folder `data`.
///
/// # Errors
/// A line that is no record or does not continue the log; what was read before it is kept. Else what
/// [`crate::exit_code`] knows about the log, or those of `out`.
pub fn run(args: &Args, data: &Path, out: &mut dyn Write) -> anyhow::Result<()> {
    let file = File::open(&args.file).with_context(|| format!("failed to open {}", args.file.display()))?;
    let mut library = Library::open(data, &mut |_| {})?;
    let before = library.log.head().pos;
    let mut waiting: Vec<Recorded> = Vec::new();
    let mut lines = BufReader::new(file);
    for number in 1_u64.. {
        let Some(line) = next_line(&mut lines)? else { break };
        let place = || format!("line {number} of {}", args.file.display());
        let record = jsonl::read(&line).with_context(place)?;
        if record.pos <= before {
            same(&library, &record).with_context(place)?;
            continue;
        }
        let last: Pos = waiting.last().map_or(library.log.head().pos, |record| record.pos);
        if record.pos != last + 1 {
            bail!("{}: position {} does not continue the log, which ends at {last}", place(), record.pos);
        }
        let ends_batch = waiting.last().is_some_and(|last| last.batch != record.batch);
        if ends_batch && waiting.len() >= CHUNK {
            library.log.append(&waiting)?;
            waiting.clear();
        }
        waiting.push(record);
    }
    if !waiting.is_empty() {
        library.log.append(&waiting)?;
    }
    let head = library.log.head().pos;
    writeln!(out, "Restored {} events; the log has {head} now.", head - before)?;
    Ok(())
}

fn next_line(lines: &mut impl BufRead) -> anyhow::Result<Option<String>> {
    let mut line = String::new();
    let read = lines.take(MAX_LINE_BYTES).read_line(&mut line)?;
    Ok((read > 0).then_some(line))
}

/// Makes sure that `record` is the one in the log.
fn same(library: &Library, record: &Recorded) -> anyhow::Result<()> {
    let there = library.log.reader().read(record.pos.saturating_sub(1), 1)?;
    if there.first() != Some(record) {
        bail!("position {} of the log is another event: the export is of another library", record.pos);
    }
    Ok(())
}
