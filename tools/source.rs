//! What a maintenance command looks at: a log that is open, here or behind a running server, and what is
//! known after it. Opening a data folder is `open`; nothing here writes.

use crate::moment::Moment;
use crate::progress::Progress;
use anyhow::bail;
use events::log::{Head, LogId, LogReader, position_at};
use events::{Pos, Recorded};
use jiff::tz::TimeZone;
use projections::State;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{SyncSender, sync_channel};

/// How many records are read at once, and how many such runs may wait.
const RUN: usize = 4096;
const WAITING: usize = 4;

/// A log to read from, as it was at one moment: what is appended later is not looked at.
#[derive(Clone)]
pub struct Source {
    /// Which log.
    pub id: LogId,
    /// Reads its records.
    pub reader: Arc<dyn LogReader>,
    /// What is known after the record at `head.pos`.
    pub state: Arc<State>,
    /// Where the log ends for this command.
    pub head: Head,
    /// How often something was erased from the log.
    pub redactions: u64,
}

impl std::fmt::Debug for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Source").field("id", &self.id).field("head", &self.head).finish_non_exhaustive()
    }
}

/// The identity of the log in the data folder `data`, also while a server has it open.
///
/// # Errors
/// The file cannot be read or is not the identity of a log.
pub fn log_id(data: &Path) -> std::io::Result<LogId> {
    let text = std::fs::read_to_string(data.join("LOG_ID"))?;
    let wrong = || std::io::Error::other("LOG_ID is not the identity of a log");
    text.trim_end().parse().map_err(|()| wrong())
}

impl Source {
    /// Hands every record after `after` up to `through` to `each`, in order, until it fails. Reading and
    /// decoding happen on a thread of their own.
    ///
    /// # Errors
    /// A record that is missing or damaged, what `each` says, or [`crate::progress::Cancelled`].
    pub fn each(
        &self,
        after: Pos,
        through: Pos,
        progress: &mut dyn Progress,
        mut each: impl FnMut(&Recorded) -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        let read = |after, max| {
            let records = self.reader.read(after, max)?;
            Ok((records.last().map(|record| record.pos), records))
        };
        self.runs(after, through, progress, &read, |record| if record.pos <= through { each(record) } else { Ok(()) })
    }

    /// The same for records as they are stored; see [`LogReader::frames`].
    ///
    /// # Errors
    /// As for [`Source::each`].
    pub fn each_frame(
        &self,
        after: Pos,
        through: Pos,
        progress: &mut dyn Progress,
        mut each: impl FnMut(Pos, &[u8]) -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        let read = |after, max| {
            let frames = self.reader.frames(after, max)?;
            Ok((frames.last().map(|(pos, _)| *pos), frames))
        };
        self.runs(after, through, progress, &read, |(pos, frame)| each(*pos, frame))
    }

    /// Reads runs on one thread and takes them apart on this one. `read` answers with the last position, too.
    fn runs<T: Send>(
        &self,
        after: Pos,
        through: Pos,
        progress: &mut dyn Progress,
        read: &(dyn Fn(Pos, usize) -> anyhow::Result<(Option<Pos>, Vec<T>)> + Sync),
        mut each: impl FnMut(&T) -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        let through = through.min(self.head.pos);
        std::thread::scope(|scope| {
            let (send, receive) = sync_channel(WAITING);
            let reading = scope.spawn(move || read_runs(after, through, read, &send));
            for (last, run) in receive {
                run.iter().try_for_each(&mut each)?;
                progress.reached(last - after)?;
            }
            reading.join().unwrap_or_else(|_| bail!("the storage engine panicked"))
        })
    }

    /// What was known after the record at `pos`.
    ///
    /// # Errors
    /// As for [`Source::each`].
    pub fn state_at(&self, pos: Pos, progress: &mut dyn Progress) -> anyhow::Result<Arc<State>> {
        if pos == self.state.pos() {
            return Ok(Arc::clone(&self.state));
        }
        progress.begin("folding events", pos);
        let mut replay = State::replay();
        self.each(0, pos, progress, |record| {
            replay.fold(record);
            Ok(())
        })?;
        Ok(Arc::new(replay.finish()))
    }

    /// The last position that was written down until `at_ms` (since the epoch), that millisecond included; 0
    /// when nothing was.
    ///
    /// # Errors
    /// A record that cannot be read.
    pub fn position(&self, at_ms: i64) -> anyhow::Result<Pos> {
        Ok(position_at(&*self.reader, self.head.pos, at_ms)?)
    }

    /// The last position that belongs to `moment`, whose days are those of `zone`; where the log ends when none
    /// is named.
    ///
    /// # Errors
    /// A position the log does not have, a time before the first event, or a record that cannot be read.
    pub fn end(&self, moment: Option<Moment>, zone: &TimeZone) -> anyhow::Result<Pos> {
        let end = self.head.pos;
        let Some(moment) = moment else { return Ok(end) };
        match moment.ends_at_ms(zone) {
            Some(at_ms) => match self.position(at_ms)? {
                0 if end > 0 => bail!("nothing had happened by {moment}: the first event is later"),
                pos => Ok(pos),
            },
            None => match moment {
                Moment::Position(pos) if pos > end => bail!("there is no position {pos} yet: the log ends at {end}"),
                Moment::Position(pos) => Ok(pos),
                Moment::Day(_) | Moment::Time(_) => Ok(end),
            },
        }
    }
}

/// Reads runs and sends them on, until nobody takes them any more.
fn read_runs<T>(
    mut after: Pos,
    through: Pos,
    read: &(dyn Fn(Pos, usize) -> anyhow::Result<(Option<Pos>, Vec<T>)> + Sync),
    send: &SyncSender<(Pos, Vec<T>)>,
) -> anyhow::Result<()> {
    while after < through {
        let wanted = usize::try_from(through - after).unwrap_or(RUN).min(RUN);
        let (Some(last), run) = read(after, wanted)? else {
            // Only records that this version passes over can stand there.
            return Ok(());
        };
        after = last;
        if send.send((last, run)).is_err() {
            return Ok(());
        }
    }
    Ok(())
}
