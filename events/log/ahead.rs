//! Reading a long part of a log: one thread reads and decodes the next records while the caller works on those before.

use super::{LogReader, ReadError};
use crate::record::{Pos, Recorded};
use std::sync::mpsc::{SyncSender, sync_channel};

/// How many records are read at once, and how many such runs may wait.
const RUN: u64 = 4096;
const WAITING: usize = 4;

/// Hands the events after position `after` up to `through` to `take`, in order and in runs, until there are no more or it
/// wants no more.
///
/// # Errors
/// [`ReadError`] when a record is missing or damaged.
pub fn read_ahead(
    reader: &dyn LogReader,
    after: Pos,
    through: Pos,
    take: impl FnMut(Vec<Recorded>) -> bool,
) -> Result<(), ReadError> {
    let pos = |recorded: &Recorded| recorded.pos;
    ahead(&|after, max| reader.read(after, max), pos, after, through, take)
}

/// The same for records as they are stored; see [`LogReader::frames`].
///
/// # Errors
/// [`ReadError`] when a record is missing.
pub fn frames_ahead(
    reader: &dyn LogReader,
    after: Pos,
    through: Pos,
    take: impl FnMut(Vec<(Pos, Vec<u8>)>) -> bool,
) -> Result<(), ReadError> {
    ahead(&|after, max| reader.frames(after, max), |(pos, _)| *pos, after, through, take)
}

/// Reads some records after a position.
type Read<'a, T> = dyn Fn(Pos, usize) -> Result<Vec<T>, ReadError> + Sync + 'a;

fn ahead<T: Send>(
    read: &Read<'_, T>,
    pos: impl Fn(&T) -> Pos + Send,
    after: Pos,
    through: Pos,
    mut take: impl FnMut(Vec<T>) -> bool,
) -> Result<(), ReadError> {
    std::thread::scope(|scope| {
        let (send, runs) = sync_channel(WAITING);
        let reading = scope.spawn(move || read_all(read, pos, after, through, &send));
        // Whoever wants no more lets go of the channel, which ends the other thread.
        runs.into_iter().all(&mut take);
        reading.join().unwrap_or_else(|_| Err(ReadError::Storage("reading the log panicked".into())))
    })
}

/// Reads runs and sends them on, until nobody takes them any more.
fn read_all<T>(
    read: &Read<'_, T>,
    pos: impl Fn(&T) -> Pos,
    mut after: Pos,
    through: Pos,
    send: &SyncSender<Vec<T>>,
) -> Result<(), ReadError> {
    while after < through {
        let mut run = read(after, usize::try_from(RUN.min(through - after)).unwrap_or(1))?;
        // Records that may be passed over make a run end beyond what was asked for.
        run.retain(|record| pos(record) <= through);
        let Some(last) = run.last() else { break };
        after = pos(last);
        if send.send(run).is_err() {
            break;
        }
    }
    Ok(())
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;
    use crate::log::EventLog;
    use crate::log::image::ratings;
    use crate::log::memory::MemoryDisk;

    const EVENTS: Pos = 3 * RUN + 5;

    fn log() -> impl EventLog {
        let mut log = MemoryDisk::new().open(&mut |_| ()).unwrap();
        log.append(&ratings(1..=EVENTS).collect::<Vec<_>>()).unwrap();
        log
    }

    fn taken(after: Pos, through: Pos, runs: usize) -> Vec<Pos> {
        let (log, mut taken, mut left) = (log(), Vec::new(), runs);
        read_ahead(&*log.reader(), after, through, |run| {
            taken.extend(run.iter().map(|recorded| recorded.pos));
            left -= 1;
            left > 0
        })
        .unwrap();
        taken
    }

    #[test]
    fn every_event_comes_once_in_order_and_none_beyond_the_end_asked_for() {
        for (after, through) in
            [(0, EVENTS), (0, 1), (7, RUN + 7), (RUN, RUN), (EVENTS - 1, EVENTS + 9), (5, EVENTS - 2)]
        {
            assert_eq!(taken(after, through, usize::MAX), (after + 1..=through.min(EVENTS)).collect::<Vec<_>>());
        }
    }

    #[test]
    fn whoever_wants_no_more_gets_no_more() {
        assert_eq!(taken(0, EVENTS, 1), (1..=RUN).collect::<Vec<_>>());
    }

    #[test]
    fn records_as_they_are_stored_come_the_same_way() {
        let (log, mut taken) = (log(), Vec::new());
        frames_ahead(&*log.reader(), 2, EVENTS - 1, |run| {
            taken.extend(run);
            true
        })
        .unwrap();
        assert_eq!(taken, log.reader().frames(2, EVENTS as usize - 3).unwrap());
    }
}
