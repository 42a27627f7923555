//! Making a state from an earlier one and the log. Blocking, and nothing is kept here.

use events::Pos;
use events::log::{LogReader, ReadError, read_ahead};
use projections::{Replay, State};
use std::sync::Arc;

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
    mut replay: Replay,
    from: Pos,
    pos: Pos,
    mut wanted: impl FnMut(Pos) -> bool,
) -> Result<Option<Replay>, ReadError> {
    let mut goes_on = true;
    read_ahead(reader, from, pos, |run| {
        run.iter().for_each(|recorded| replay.fold(recorded));
        goes_on = wanted(run.last().map_or(0, |last| last.pos));
        goes_on
    })?;
    Ok(goes_on.then_some(replay))
}
