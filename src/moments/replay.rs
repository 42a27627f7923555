//! Making a state from an earlier one and the log. Blocking, and nothing is kept here.

use events::log::{LogReader, ReadError};
use events::{Pos, Recorded};
use projections::{Replay, State};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

/// How many events are read at once, and how many such runs may wait to be learned.
const RUN: u64 = 4096;
const WAITING: usize = 4;

/// From so many events on, the indexes are made at the end.
const REPLAY_FROM: u64 = 2_000;

/// The state after `pos`, made from `base`, which is not beyond it; nothing if it is not `wanted` any more.
pub(super) fn after(
    reader: &dyn LogReader,
    base: Arc<State>,
    pos: Pos,
    wanted: impl Fn() -> bool,
) -> Result<Option<Arc<State>>, ReadError> {
    let from = base.pos();
    let events = pos - from;
    if events < REPLAY_FROM {
        let mut state = State::clone(&base);
        let short = usize::try_from(events).unwrap_or(0);
        reader
            .read(from, short)?
            .iter()
            .take_while(|recorded| recorded.pos <= pos)
            .for_each(|recorded| state.apply(recorded));
        return Ok(Some(Arc::new(state)));
    }
    let replay = Replay::from(State::clone(&base));
    let learned = learn_to(reader, replay, from, pos, |_| wanted())?;
    Ok(learned.map(|replay| Arc::new(replay.finish())))
}

/// Lets `replay`, which knows everything up to `from`, learn the events after it up to `pos`; nothing if somewhere on the
/// way, at the position reached, it is not `wanted` any more.
pub(crate) fn learn_to(
    reader: &dyn LogReader,
    replay: Replay,
    from: Pos,
    pos: Pos,
    wanted: impl FnMut(Pos) -> bool,
) -> Result<Option<Replay>, ReadError> {
    // Reading and decoding take as long as learning, so each has a thread.
    std::thread::scope(|scope| {
        let (read, runs) = sync_channel(WAITING);
        let reading = scope.spawn(move || read_to(reader, from, pos, &read));
        let learned = learn(replay, runs, wanted);
        let panicked = || Err(ReadError::Storage("reading the log panicked".into()));
        reading.join().unwrap_or_else(|_| panicked()).map(|()| learned)
    })
}

/// Reads the events after `from` up to `pos` and passes them on, until nobody takes them any more.
fn read_to(reader: &dyn LogReader, from: Pos, pos: Pos, read: &SyncSender<Vec<Recorded>>) -> Result<(), ReadError> {
    let mut reached = from;
    while reached < pos {
        let most = usize::try_from(RUN.min(pos - reached)).unwrap_or(1);
        let mut run = reader.read(reached, most)?;
        // Records that may be passed over make a run end beyond what was asked for.
        run.retain(|recorded| recorded.pos <= pos);
        let Some(last) = run.last() else { break };
        reached = last.pos;
        if read.send(run).is_err() {
            break;
        }
    }
    Ok(())
}

/// Learns what comes; nothing if it is not wanted to the end.
fn learn(mut replay: Replay, runs: Receiver<Vec<Recorded>>, mut wanted: impl FnMut(Pos) -> bool) -> Option<Replay> {
    for run in runs {
        run.iter().for_each(|recorded| replay.fold(recorded));
        if !wanted(run.last().map_or(0, |last| last.pos)) {
            return None;
        }
    }
    Some(replay)
}
