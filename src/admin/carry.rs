//! Sending what is known to whoever asks: the log as text, of which `tools restore` makes a log again; tables; the files of
//! the program before this one. Pieces go out as the other end takes them, and nothing is kept here.

use super::{Ground, Report, Stopped};
use crate::status::jobs::{JobKind, Outcome};
use crate::web::human::count;
use anyhow::Context as _;
use bytes::Bytes;
use std::fs::{self, File};
use std::io::{self, Write};
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::sync::mpsc::{self, Receiver, Sender};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tools::export::{LegacyFile, legacy_files, write_jsonl, write_sqlite};
use tools::progress::Cancelled;

/// The size of a piece, in bytes, and how many may wait for the other end.
const PIECE: usize = 64 * 1024;
const WAITING_MAX: usize = 4;

/// How long the other end may take nothing.
const PATIENCE: Duration = Duration::from_secs(60);

/// What can be carried away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Carried {
    /// The log as text, whose last line vouches for it.
    Backup,
    /// What is known, as an SQLite database.
    Tables,
    /// What is known, as one of the four files of the program before this one.
    Legacy(&'static str),
}

/// A part of what is carried.
#[derive(Debug, PartialEq, Eq)]
pub enum Piece {
    /// Bytes; more follow.
    Bytes(Bytes),
    /// That was all. What ends without it is not whole.
    End,
}

/// What is carried, piece by piece.
pub type Pieces = Receiver<Piece>;

impl Carried {
    /// All of it.
    pub const ALL: [Self; 6] = [
        Self::Backup,
        Self::Tables,
        Self::Legacy("ratings.json"),
        Self::Legacy("views.json"),
        Self::Legacy("tags.json"),
        Self::Legacy("favorites.json"),
    ];

    /// The name of the file that it becomes at the other end.
    #[must_use]
    pub fn file(self) -> &'static str {
        match self {
            Self::Backup => "gallery.jsonl",
            Self::Tables => "gallery.db",
            Self::Legacy(name) => name,
        }
    }

    /// The kind of content that it is.
    #[must_use]
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Backup => "application/x-ndjson",
            Self::Tables => "application/vnd.sqlite3",
            Self::Legacy(_) => "application/json",
        }
    }

    pub(super) fn about(self) -> Option<&'static str> {
        match self {
            Self::Backup | Self::Tables => None,
            Self::Legacy(name) => Some(name),
        }
    }

    pub(super) fn kind(self) -> JobKind {
        match self {
            Self::Backup => JobKind::Backup,
            Self::Tables => JobKind::ExportTables,
            Self::Legacy(_) => JobKind::ExportLegacy,
        }
    }
}

/// The two ends of what is carried.
pub(super) fn channel() -> (Sender<Piece>, Pieces) {
    mpsc::channel(WAITING_MAX)
}

/// Sends it.
pub(super) fn run(
    ground: &Ground,
    carried: Carried,
    sender: Sender<Piece>,
    report: &mut Report<'_>,
) -> Result<Outcome, Stopped> {
    let mut out =
        Out { sender, cancelled: report.cancelled, runtime: report.runtime, piece: Vec::new(), sent: 0, gone: None };
    let done = send(ground, carried, &mut out, report).and_then(|what| {
        out.end()?;
        Ok(what)
    });
    let bytes = out.sent;
    match (done, out.gone) {
        (Ok(what), _) => Ok(Outcome::new(format!("Sent {what}, {}.", count(bytes, "byte"))).with("Bytes", bytes)),
        (Err(_), Some(gone)) => Err(Stopped::Cancelled(gone.to_string())),
        (Err(error), None) if error.is::<Cancelled>() => Err(Stopped::Cancelled(Gone::Cancelled.to_string())),
        (Err(error), None) => Err(Stopped::of_tools("It could not be sent to its end.", &error)),
    }
}

/// Sends all but the end, and says what it was.
fn send(ground: &Ground, carried: Carried, out: &mut Out<'_>, report: &mut Report<'_>) -> anyhow::Result<String> {
    let source = ground.source()?;
    match carried {
        Carried::Backup => {
            write_jsonl(&source, 0, source.head.pos, report, out)?;
            Ok(count(source.head.pos, "event"))
        }
        Carried::Tables => {
            let file = ground.data.join("export.unfinished.db");
            // It may have been left there when the machine went dark.
            gone(fs::remove_file(&file))?;
            let written = write_sqlite(&source, source.head.pos, &file, report)?;
            let opened = File::open(&file);
            // What is open can be read to its end all the same.
            fs::remove_file(&file)?;
            io::copy(&mut opened?, out)?;
            Ok(count(written.videos, "video"))
        }
        Carried::Legacy(wanted) => {
            let (files, _) = legacy_files(&source.state);
            let file = files.into_iter().find(|file| file.name == wanted);
            let LegacyFile { name, videos, value } = file.context("there is no such file")?;
            serde_json::to_writer_pretty(&mut *out, &value)?;
            Ok(format!("{name} with {}", count(videos as u64, "video")))
        }
    }
}

/// That a file is gone already is no failure.
fn gone(outcome: io::Result<()>) -> io::Result<()> {
    outcome.or_else(|error| if error.kind() == io::ErrorKind::NotFound { Ok(()) } else { Err(error) })
}

/// Why nothing more is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
enum Gone {
    #[error("It was cancelled; what was sent is not whole.")]
    Cancelled,
    #[error("The other end broke it off; what it has is not whole.")]
    Away,
    #[error("The other end took nothing for a minute; what it has is not whole.")]
    Asleep,
}

/// Where it is written to: makes pieces of it, and waits until the other end has room for them.
struct Out<'a> {
    sender: Sender<Piece>,
    cancelled: &'a CancellationToken,
    runtime: &'a Handle,
    piece: Vec<u8>,
    sent: u64,
    gone: Option<Gone>,
}

impl Out<'_> {
    fn send(&mut self, piece: Piece) -> io::Result<()> {
        // Made where it is waited for: a timer belongs to what runs it.
        let sending = async { timeout(PATIENCE, self.sender.send(piece)).await };
        let gone = match self.runtime.block_on(self.cancelled.run_until_cancelled(sending)) {
            Some(Ok(Ok(()))) => return Ok(()),
            Some(Ok(Err(_))) => Gone::Away,
            Some(Err(_)) => Gone::Asleep,
            None => Gone::Cancelled,
        };
        self.gone = Some(gone);
        Err(io::Error::other(gone))
    }

    fn send_what_is_there(&mut self) -> io::Result<()> {
        let piece = Bytes::from(std::mem::take(&mut self.piece));
        let length = piece.len() as u64;
        if length > 0 {
            self.send(Piece::Bytes(piece))?;
        }
        self.sent += length;
        Ok(())
    }

    fn end(&mut self) -> io::Result<()> {
        self.send_what_is_there()?;
        self.send(Piece::End)
    }
}

impl Write for Out<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.piece.extend_from_slice(bytes);
        if self.piece.len() >= PIECE {
            self.send_what_is_there()?;
        }
        Ok(bytes.len())
    }

    /// Whole pieces are sent, however often somebody would have less.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
