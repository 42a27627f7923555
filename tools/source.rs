//! What a maintenance command looks at: a log that is open, here or behind a running server, and what is
//! known after it. Opening a data folder is `open`; nothing here writes.

use crate::moment::Moment;
use crate::progress::Progress;
use anyhow::bail;
use events::log::{Head, LOG_ID, LogId, LogReader, frames_ahead, position_at, read_ahead, work_ahead};
use events::{Pos, Recorded};
use jiff::tz::TimeZone;
use projections::State;
use std::path::Path;
use std::sync::Arc;

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
    let text = std::fs::read_to_string(data.join(LOG_ID))?;
    let wrong = || std::io::Error::other("LOG_ID is not the identity of a log");
    text.trim_end().parse().map_err(|()| wrong())
}

impl Source {
    /// Hands every record after `after` up to `through` to `each`, in order, until it fails. Reading and
    /// decoding happen on threads of their own.
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
        let (through, mut outcome) = (through.min(self.head.pos), Ok(()));
        read_ahead(&*self.reader, after, through, |run| {
            outcome = run.iter().try_for_each(&mut each);
            reached(&mut outcome, progress, run.last().map(|record| record.pos - after))
        })?;
        outcome
    }

    /// The same with what `work` makes of runs of records, on several threads at once.
    ///
    /// # Errors
    /// As for [`Source::each`]; and what `work` says, when all runs before were handed over.
    pub fn each_made<T: Send>(
        &self,
        after: Pos,
        through: Pos,
        progress: &mut dyn Progress,
        work: impl Fn(&[Recorded]) -> anyhow::Result<T> + Sync,
        mut each: impl FnMut(T) -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        let (through, mut outcome) = (through.min(self.head.pos), Ok(()));
        let work = |run: Vec<Recorded>| (run.last().map(|record| record.pos - after), work(&run));
        work_ahead(&*self.reader, after, through, work, |(records, made)| {
            outcome = made.and_then(&mut each);
            reached(&mut outcome, progress, records)
        })?;
        outcome
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
        let (through, mut outcome) = (through.min(self.head.pos), Ok(()));
        frames_ahead(&*self.reader, after, through, |run| {
            outcome = run.iter().try_for_each(|(pos, frame)| each(*pos, frame));
            reached(&mut outcome, progress, run.last().map(|(pos, _)| pos - after))
        })?;
        outcome
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
        match (moment, moment.and_then(|moment| moment.ends_at_ms(zone))) {
            (Some(moment), Some(at_ms)) => match self.position(at_ms)? {
                0 if end > 0 => bail!("nothing had happened by {moment}: the first event is later"),
                pos => Ok(pos),
            },
            (Some(Moment::Position(pos)), None) if pos > end => {
                bail!("there is no position {pos} yet: the log ends at {end}")
            }
            (Some(Moment::Position(pos)), None) => Ok(pos),
            (Some(Moment::Day(_) | Moment::Time(_)) | None, _) => Ok(end),
        }
    }
}

/// Tells `progress` how many records were gone through, unless that failed already; false if it goes on no more.
fn reached(outcome: &mut anyhow::Result<()>, progress: &mut dyn Progress, records: Option<u64>) -> bool {
    if let (Ok(()), Some(records)) = (&outcome, records) {
        *outcome = progress.reached(records).map_err(Into::into);
    }
    outcome.is_ok()
}
