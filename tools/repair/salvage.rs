//! What can be read of a damaged log, from its beginning on.
//!
//! A child process opens a copy of the log and writes every record as it is stored into a file, until it comes upon the
//! damage, or dies of it. Then it says what is wrong with the log. Where the folder around the records is so damaged that
//! they cannot be reached, they are read in another one.

use crate::progress::Progress;
use crate::verify::{self, Copy, Finding, REPAIRING};
use crate::{CannotOpen, frames};
use anyhow::Context as _;
use events::Pos;
use events::log::fjall::{FjallLog, Options};
use events::log::{OpenError, known_head};
use std::fs::{self, File};
use std::io::{BufReader, BufWriter, Seek as _, Write};
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
    /// How often something was erased from the log, if that is known.
    pub(super) redactions: Option<u64>,
    /// The `frames` of these events.
    frames: File,
    _folder: TempDir,
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
        let copy = Copy::of(data).map_err(CannotOpen)?;
        let folder = tempfile::Builder::new().prefix(REPAIRING).tempdir_in(data)?;
        let known = known_head(copy.folder());
        let file = folder.path().join(FRAMES);
        File::create(&file)?;
        let report = verify::listen(child(copy.folder(), &file)?, progress)?;
        let wrong = report.findings.into_iter().next().map(|finding| copy.name(finding, data));
        // Held open: the lock ends with the copy, and what tidies up then finds a folder that nobody seems to need.
        let frames = File::open(&file)?;
        let (mut found, mut frame, mut readable) = (BufReader::new(&frames), Vec::new(), 0);
        // A process that died may have left half a frame.
        while frames::read(&mut found, &mut frame).is_ok() {
            readable += 1;
        }
        let redactions = known.map(|known| known.redactions);
        let known = known.map(|known| known.head.pos);
        Ok(Self { wrong, readable, known, redactions, frames, _folder: folder })
    }

    /// The records as they are stored, from the first on. One at a time reads them.
    pub(super) fn frames(&self) -> anyhow::Result<Frames> {
        let mut file = self.frames.try_clone()?;
        file.rewind()?;
        Ok(Frames { file: BufReader::new(file), last: 0, end: self.readable })
    }
}

/// Records that were salvaged, as they are stored.
pub(super) struct Frames {
    file: BufReader<File>,
    /// The position of the one read last.
    last: Pos,
    end: Pos,
}

impl Frames {
    /// The next one; `None` at the end.
    pub(super) fn next(&mut self) -> anyhow::Result<Option<(Pos, Vec<u8>)>> {
        if self.last == self.end {
            return Ok(None);
        }
        let mut frame = Vec::new();
        frames::read(&mut self.file, &mut frame)?;
        self.last += 1;
        Ok(Some((self.last, frame)))
    }
}

/// What the child does: reads the log in `data` and writes its records into `file`.
pub(super) fn run(data: &Path, file: &Path, out: &mut dyn Write) -> anyhow::Result<()> {
    // What is wrong is said last: to find out can end the process.
    let ended = read(data, file)?;
    let findings = verify::wrong_with(data);
    if let Some(OpenError::Witness { .. } | OpenError::LostLog { .. } | OpenError::ForeignLog { .. }) = ended {
        let bare = tempfile::tempdir_in(data)?;
        if without_witnesses(data, bare.path()).is_ok() {
            read(bare.path(), file)?;
        }
    }
    Ok(verify::answer(out, findings)?)
}

/// Writes every record that can be read; says why it ended before the end.
fn read(data: &Path, file: &Path) -> anyhow::Result<Option<OpenError>> {
    let mut frames = BufWriter::new(File::create(file)?);
    let mut written = Ok(());
    let salvaged = FjallLog::salvage(data, &mut |pos, frame| {
        if written.is_ok() {
            written = write(&mut frames, pos, frame);
        }
    });
    written?;
    frames.flush()?;
    Ok(salvaged.err())
}

fn write(frames: &mut BufWriter<File>, pos: Pos, frame: &[u8]) -> anyhow::Result<()> {
    frames::write(frames, frame)?;
    if pos.is_multiple_of(FLUSH_EVERY) {
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
