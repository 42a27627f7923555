//! What can be read of a damaged log, from its beginning on.
//!
//! A child process opens a copy of the log and writes every record that it is handed into a file, until it comes
//! upon the damage, or dies of it. Where only what stands beside the records is damaged (`HEAD`, the milestones, the
//! identity), the records are read once more without it.

use crate::CannotOpen;
use crate::progress::Progress;
use crate::verify::{self, Copy, Finding};
use anyhow::{Context as _, anyhow, bail};
use events::log::fjall::{FjallLog, Options};
use events::log::{OpenError, known_head};
use events::wire::{self, LIMIT_BYTES};
use events::{Pos, Recorded};
use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Read as _, Write};
use std::path::Path;
use std::process::Command;
use tempfile::TempDir;

/// What was salvaged.
pub(super) struct Salvage {
    /// What is wrong with the log; `None` when it is whole.
    pub(super) wrong: Option<Finding>,
    /// How many events could be read.
    pub(super) readable: Pos,
    /// How far the log is known to have reached.
    pub(super) known: Option<Pos>,
    /// Holds the frames of these events, each after its length.
    folder: TempDir,
}

/// The file in that folder.
const FRAMES: &str = "frames";

/// So many records may be lost with a process that dies.
const FLUSH_EVERY: Pos = 64;

/// This program, started again to read what can be read of `data` into `file`.
pub(super) fn of_this_program(data: &Path, file: &Path) -> anyhow::Result<Command> {
    let mut command = Command::new(std::env::current_exe().context("failed to find this program")?);
    command.arg("tools").arg("--data").arg(data).arg("repair").arg("--salvage-to").arg(file);
    Ok(command)
}

impl Salvage {
    /// Reads what can be read of the log in `data` with the process that `child` names.
    pub(super) fn of(
        data: &Path,
        child: &dyn Fn(&Path, &Path) -> anyhow::Result<Command>,
        progress: &mut dyn Progress,
    ) -> anyhow::Result<Self> {
        let folder = tempfile::Builder::new().prefix(".repair-").tempdir_in(data)?;
        let copy = Copy::of(data).map_err(CannotOpen)?;
        let known = known_head(copy.folder()).map(|head| head.pos);
        let file = folder.path().join(FRAMES);
        File::create(&file)?;
        let report = verify::listen(child(copy.folder(), &file)?, progress)?;
        let wrong = report.findings.into_iter().next().map(|finding| copy.name(finding, data));
        let mut salvage = Self { wrong, readable: 0, known, folder };
        let mut records = salvage.records()?;
        // A process that died may have left half a frame.
        while let Ok(Some(record)) = records.next() {
            salvage.readable = record.pos;
        }
        Ok(salvage)
    }

    /// The records, from the first on.
    pub(super) fn records(&self) -> anyhow::Result<Records> {
        let file = BufReader::new(File::open(self.folder.path().join(FRAMES))?);
        Ok(Records { file, next: 1, end: if self.readable > 0 { self.readable } else { Pos::MAX } })
    }
}

/// Records that were salvaged.
pub(super) struct Records {
    file: BufReader<File>,
    next: Pos,
    end: Pos,
}

impl Records {
    /// The next one; `None` at the end.
    pub(super) fn next(&mut self) -> anyhow::Result<Option<Recorded>> {
        let mut length = [0; 4];
        match self.file.read_exact(&mut length) {
            _ if self.next > self.end => return Ok(None),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
            read => read?,
        }
        let length = u32::from_le_bytes(length) as usize;
        if length > LIMIT_BYTES {
            bail!("a record of {length} bytes cannot be");
        }
        let mut frame = vec![0; length];
        self.file.read_exact(&mut frame)?;
        let record = wire::decode(self.next, &frame)?.ok_or_else(|| anyhow!("it was written by a newer version"))?;
        self.next += 1;
        Ok(Some(record))
    }
}

/// What the child does: reads the log in `data` and writes its records into `file`.
pub(super) fn run(data: &Path, file: &Path, out: &mut dyn Write) -> anyhow::Result<()> {
    let mut wrong = read(data, file)?;
    if let Some(OpenError::Witness { .. } | OpenError::LostLog { .. } | OpenError::ForeignLog { .. }) = wrong {
        // Why the log was refused is still what is wrong with it.
        let bare = tempfile::tempdir_in(data)?;
        if without_witnesses(data, bare.path()).is_ok() {
            read(bare.path(), file)?;
        }
    }
    let findings = wrong.take().iter().map(Finding::of_log).collect();
    Ok(verify::answer(out, findings)?)
}

/// Writes every record that opening the log hands out; says why it ended before the end.
fn read(data: &Path, file: &Path) -> anyhow::Result<Option<OpenError>> {
    let mut frames = BufWriter::new(File::create(file)?);
    let (mut last, mut failed) = (0, Ok(()));
    let opened = FjallLog::open(data, &Options::default(), &mut |record| {
        if record.pos == last + 1 && failed.is_ok() {
            last = record.pos;
            failed = write(&mut frames, &record);
        }
    });
    failed?;
    frames.flush()?;
    Ok(opened.err())
}

fn write(frames: &mut BufWriter<File>, record: &Recorded) -> anyhow::Result<()> {
    let frame = wire::encode(record)?;
    frames.write_all(&u32::try_from(frame.len())?.to_le_bytes())?;
    frames.write_all(&frame)?;
    if record.pos.is_multiple_of(FLUSH_EVERY) {
        frames.flush()?;
    }
    Ok(())
}

/// Makes a log in `bare` that has the records of the one in `data`, and knows nothing else of it.
fn without_witnesses(data: &Path, bare: &Path) -> anyhow::Result<()> {
    drop(FjallLog::open(bare, &Options::default(), &mut |_| {})?);
    fs::remove_dir_all(bare.join("log/fjall"))?;
    fs::rename(data.join("log/fjall"), bare.join("log/fjall"))?;
    Ok(())
}
