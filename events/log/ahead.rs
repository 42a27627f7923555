//! Reading a long part of a log: other threads read and decode the next runs of records while the caller works on those
//! before. What comes, and in which order, does not depend on how the threads take turns.

use super::{LogReader, ReadError};
use crate::record::{Pos, Recorded};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

/// How many records are read at once; how many threads read, each every so many runs; and how many of its runs may wait.
const RUN: u64 = 2048;
const LANES: u64 = 2;
const WAITING: usize = 2;

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
    work_ahead(reader, after, through, |run| run, take)
}

/// The same with what `work` makes of each run, on several threads at once.
///
/// # Errors
/// [`ReadError`] when a record is missing or damaged.
pub fn work_ahead<T: Send>(
    reader: &dyn LogReader,
    after: Pos,
    through: Pos,
    work: impl Fn(Vec<Recorded>) -> T + Sync,
    take: impl FnMut(T) -> bool,
) -> Result<(), ReadError> {
    let read = |after, through: Pos| {
        let max = length(after, through);
        let mut records = reader.read(after, max)?;
        let last = records.len() < max;
        // Records that may be passed over make a run end beyond what was asked for.
        records.truncate(records.partition_point(|recorded| recorded.pos <= through));
        Ok(Run { made: work(records), last })
    };
    ahead(&read, after, through, take)
}

/// As [`read_ahead`] for records as they are stored; see [`LogReader::frames`].
///
/// # Errors
/// [`ReadError`] when a record is missing.
pub fn frames_ahead(
    reader: &dyn LogReader,
    after: Pos,
    through: Pos,
    take: impl FnMut(Vec<(Pos, Vec<u8>)>) -> bool,
) -> Result<(), ReadError> {
    let read = |after, through| {
        let max = length(after, through);
        let frames = reader.frames(after, max)?;
        Ok(Run { last: frames.len() < max, made: frames })
    };
    ahead(&read, after, through, take)
}

/// What was made of some consecutive records.
struct Run<T> {
    made: T,
    /// The log ends in it.
    last: bool,
}

/// Makes something of the records after a position up to another.
type Read<'a, T> = dyn Fn(Pos, Pos) -> Result<Run<T>, ReadError> + Sync + 'a;

/// How many records there are after one position up to another, which are no further apart than a run is long.
fn length(after: Pos, through: Pos) -> usize {
    usize::try_from(through.saturating_sub(after)).unwrap_or(usize::MAX)
}

fn ahead<T: Send>(
    read: &Read<'_, T>,
    after: Pos,
    through: Pos,
    mut take: impl FnMut(T) -> bool,
) -> Result<(), ReadError> {
    std::thread::scope(|scope| {
        let (lanes, readers): (Vec<_>, Vec<_>) = (0..LANES)
            .map(|lane| {
                let (send, runs) = sync_channel(WAITING);
                let first = after.saturating_add(lane * RUN);
                (runs, scope.spawn(move || read_lane(read, first, through, &send)))
            })
            .unzip();
        let taken = take_runs(&lanes, through.saturating_sub(after).div_ceil(RUN), &mut take);
        // Whoever wants no more lets go of the channels, which ends the other threads. That they panicked is known by now.
        drop(lanes);
        readers.into_iter().for_each(|reader| drop(reader.join()));
        taken
    })
}

/// Takes so many runs from the lanes in turn, or until the log ends.
fn take_runs<T>(
    lanes: &[Receiver<Result<Run<T>, ReadError>>],
    runs: u64,
    take: &mut impl FnMut(T) -> bool,
) -> Result<(), ReadError> {
    for (_, lane) in (0..runs).zip(lanes.iter().cycle()) {
        let run = lane.recv().map_err(|_| ReadError::Storage("reading the log panicked".into()))??;
        if !take(run.made) || run.last {
            break;
        }
    }
    Ok(())
}

/// Reads a run, passes over those of the other lanes, and so on, until nobody takes them any more.
fn read_lane<T>(read: &Read<'_, T>, first: Pos, through: Pos, send: &SyncSender<Result<Run<T>, ReadError>>) {
    let mut after = first;
    while after < through {
        let run = read(after, through.min(after.saturating_add(RUN)));
        let goes_on = run.as_ref().is_ok_and(|run| !run.last);
        if send.send(run).is_err() || !goes_on {
            break;
        }
        after = after.saturating_add(LANES * RUN);
    }
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
    fn the_first_damage_is_told_after_all_that_comes_before_it() {
        for damaged in [1, RUN, RUN + 1, 2 * RUN + 7, EVENTS] {
            let mut reached = 0;
            let read = |after, through| match (after + 1..=through).contains(&damaged) {
                true => Err(ReadError::Missing { pos: damaged }),
                false => Ok(Run { made: through, last: false }),
            };
            let read = ahead(&read, 0, EVENTS, |through| {
                reached = through;
                true
            });
            assert!(matches!(read, Err(ReadError::Missing { pos }) if pos == damaged), "{damaged}: {read:?}");
            assert_eq!(reached, (damaged - 1) / RUN * RUN);
        }
    }

    #[test]
    fn a_reader_that_panics_is_an_error() {
        let read = work_ahead(&*log().reader(), 0, EVENTS, |run| assert!(run.len() == 1), |()| true);
        assert!(matches!(read, Err(ReadError::Storage(_))), "{read:?}");
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
