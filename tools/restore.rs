//! `tools restore`: a log from a backup or an export, event by event as it was, in a data folder that has none.

use crate::backup::Backup;
use crate::export::seal::Reader;
use crate::open::CannotOpen;
use crate::progress::Progress;
use crate::{Refusal, report};
use anyhow::Context as _;
use events::log::fjall::FjallLog;
use events::log::{Head, LoadError};
use events::{Pos, Recorded, hex};
use serde::Serialize;
use std::fmt;
use std::fs::File;
use std::io::{BufReader, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{SyncSender, sync_channel};

/// What `tools restore` can be told.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    tools restore /mnt/disk/gallery-backup --data NEW_FOLDER\n  \
    tools restore gallery.jsonl --data NEW_FOLDER\n\n\
    Everything is verified before there is a log: a backup to the last byte against its manifest, an export against the \
    line it ends with. Where a log is already, nothing is changed; for a damaged one there is `tools repair`.")]
pub struct Args {
    /// The folder of `tools backup`, or a file of `tools export`.
    #[arg(value_name = "BACKUP|FILE")]
    pub from: PathBuf,
    /// Take an export that does not end with the line that vouches for it: one that was cut off, or made by hand.
    #[arg(long)]
    pub unsealed: bool,
    /// Print what was restored as JSON.
    #[arg(long)]
    pub json: bool,
}

/// What was restored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Restored {
    /// How many events the log has.
    pub events: Pos,
    /// Its hash chain, in hexadecimal digits: equal to that of the log it was taken from.
    pub chain: String,
    /// Whether it may tell of viewings that were forgotten after the backup was begun.
    pub tells_forgotten: bool,
}

impl fmt::Display for Restored {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Restored {}; the hash chain ends with {}.", report::count(self.events, "event"), self.chain)?;
        if self.tells_forgotten {
            write!(
                f,
                "\nViewings were forgotten after this backup was begun, and what was restored may tell of them: forget them \
                 again."
            )?;
        }
        Ok(())
    }
}

/// Runs the command on the data folder `data`.
///
/// # Errors
/// [`Refusal`] when what is to be restored is not whole, or `data` has a log with events; nothing is written
/// then. Else what [`crate::exit_code`] knows about the log, or those of `out`.
pub fn run(args: &Args, data: &Path, progress: &mut dyn Progress, out: &mut dyn Write) -> anyhow::Result<()> {
    let mut tells_forgotten = false;
    let loaded = if args.from.is_dir() {
        let backup = Backup::open(&args.from)?;
        tells_forgotten = backup.is_outdated();
        FjallLog::load_frames(data, |push| backup.read(progress, push))
    } else {
        let mut export = Export::open(&args.from, !args.unsealed)?;
        FjallLog::load(data, |push| export.read(progress, &mut |record| Ok(push(record)?)))
    };
    let head = loaded.map_err(|error| name_target(error, data))?;
    let Head { pos: events, chain, .. } = head;
    report::tell(&Restored { events, chain: hex::write(&chain), tells_forgotten }, args.json, out)
}

/// Says what an error of loading means for the folder that was loaded into.
fn name_target(error: anyhow::Error, data: &Path) -> anyhow::Error {
    match error.downcast::<LoadError>() {
        Ok(LoadError::NotEmpty { events }) => Refusal::InTheWay(format!(
            "{} has a log with {} already; restore into another folder with --data, or repair this one with `tools \
             repair --from-export`",
            data.display(),
            report::count(events, "event")
        ))
        .into(),
        Ok(LoadError::Open(error)) => CannotOpen(error).into(),
        Ok(error @ LoadError::Append(_)) => Refusal::BadInput(error.to_string()).into(),
        Err(error) => error,
    }
}

/// How many records go from the reading thread to the other at once, and how many such runs may wait.
const RUN: usize = 1024;
const WAITING: usize = 8;

/// A file of `tools export`.
pub(crate) struct Export {
    path: PathBuf,
    size_bytes: u64,
    lines: Reader<BufReader<File>>,
    must_be_sealed: bool,
}

impl Export {
    pub(crate) fn open(path: &Path, must_be_sealed: bool) -> anyhow::Result<Self> {
        let failed = || format!("failed to open {}", path.display());
        let file = File::open(path).with_context(failed)?;
        let size_bytes = file.metadata().with_context(failed)?.len();
        let lines = Reader::new(BufReader::with_capacity(1 << 18, file));
        Ok(Self { path: path.to_owned(), size_bytes, lines, must_be_sealed })
    }

    /// Hands out every record in order. Lines are read and understood on a thread of their own.
    ///
    /// # Errors
    /// [`Refusal::BadInput`] as soon as the file is not what was exported; what was handed out is worth
    /// nothing then. Else what `each` says.
    pub(crate) fn read(
        &mut self,
        progress: &mut dyn Progress,
        each: &mut dyn FnMut(Recorded) -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        progress.begin("reading the export", self.size_bytes);
        let Self { path, lines, must_be_sealed, .. } = self;
        let outcome = std::thread::scope(|scope| {
            let (send, receive) = sync_channel(WAITING);
            let reading = scope.spawn(move || {
                send_runs(lines, &send)?;
                Ok::<_, anyhow::Error>(lines.sealed())
            });
            for (bytes, run) in receive {
                run.into_iter().try_for_each(&mut *each)?;
                progress.reached(bytes)?;
            }
            reading.join().unwrap_or_else(|_| Err(anyhow::anyhow!("the reading thread panicked")))
        });
        match outcome {
            Ok(sealed) if sealed || !*must_be_sealed => Ok(()),
            Ok(_) => Err(Refusal::BadInput(format!(
                "{} does not end with the line that vouches for it: it was cut off, or is not a whole export; --unsealed \
                 takes what is there",
                path.display()
            ))
            .into()),
            Err(error) => Err(match error.downcast::<Refusal>() {
                Ok(refusal) => Refusal::BadInput(format!("{}: {refusal}", path.display())).into(),
                Err(error) => error,
            }),
        }
    }
}

fn send_runs(lines: &mut Reader<BufReader<File>>, send: &SyncSender<(u64, Vec<Recorded>)>) -> anyhow::Result<()> {
    loop {
        let mut run = Vec::with_capacity(RUN);
        while run.len() < RUN {
            let Some(record) = lines.next()? else { break };
            run.push(record);
        }
        let whole = run.len() == RUN;
        if send.send((lines.bytes, run)).is_err() || !whole {
            return Ok(());
        }
    }
}
