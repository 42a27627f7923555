//! The states that are at hand: the last ones that were shown, and those that somebody asked for.
//!
//! States that follow one another share nearly everything; a state made by replay shares little with them, and at a hundred
//! thousand videos it takes as much memory as the whole server. So only few of those are held: as many as have a certain
//! number of videos together.

use super::{Flight, Outcome, PastError, WAITING_MAX};
use events::Pos;
use events::log::LogReader;
use projections::State;
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use tokio::sync::watch;

/// How many states that were shown are held, and over how many events.
const SHOWN_MAX: usize = 64;
const SHOWN_SPAN: u64 = 16_384;

/// How many states that were asked for are held, and how many videos they have together at most. One is held however large it
/// is, and so is another one: people go back and forth between two.
const ASKED_MAX: usize = 16;
const ASKED_MIN: usize = 2;
const VIDEOS_MAX: usize = 100_000;

/// What is at hand.
pub(super) struct Held {
    pub(super) reader: Arc<dyn LogReader>,
    /// Somebody asked since this was looked at last, and something looks at it from time to time.
    used: bool,
    watched: bool,
    /// The last states that were shown, oldest first, and never none; however large the last change, the one before it too.
    shown: VecDeque<Arc<State>>,
    /// States that were asked for and after which position, the one used last at the end.
    asked: VecDeque<(Pos, Arc<State>)>,
    flights: BTreeMap<Pos, Flight>,
}

/// What there is of a moment.
pub(super) enum Found {
    /// The state.
    Held(Arc<State>),
    /// It is being made.
    UnderWay(watch::Receiver<Outcome>),
    /// It is to be made, by whoever gets this.
    Missing(Flight),
}

impl Held {
    pub(super) fn new(reader: Arc<dyn LogReader>, state: Arc<State>) -> Self {
        let (asked, flights, used, watched) = Default::default();
        Self { reader, used, watched, shown: VecDeque::from([state]), asked, flights }
    }

    /// The log is read through `reader` from now on; gives back what was made of it before.
    pub(super) fn reopen(&mut self, reader: Arc<dyn LogReader>) -> VecDeque<(Pos, Arc<State>)> {
        self.reader = reader;
        std::mem::take(&mut self.asked)
    }

    /// True if nothing looks at it from time to time yet; from now on something does.
    pub(super) fn begin_to_watch(&mut self) -> bool {
        !std::mem::replace(&mut self.watched, true)
    }

    /// Gives back what was asked for if nobody asked since the last time; nothing looks at it any more then.
    pub(super) fn let_go_unused(&mut self) -> Option<VecDeque<(Pos, Arc<State>)>> {
        if std::mem::take(&mut self.used) {
            return None;
        }
        self.watched = false;
        Some(std::mem::take(&mut self.asked))
    }

    /// Forgets every state that is held: what is known was rebuilt, and is this `state`. Gives back what was held.
    pub(super) fn rebuilt(&mut self, state: Arc<State>) -> Self {
        let fresh = Self::new(Arc::clone(&self.reader), state);
        std::mem::replace(self, fresh)
    }

    /// The state that was shown last.
    pub(super) fn newest(&self) -> Arc<State> {
        self.shown.back().map(Arc::clone).unwrap_or_default()
    }

    /// Takes in a state that was just shown, and gives back those that have to go.
    pub(super) fn show(&mut self, state: Arc<State>) -> Vec<Arc<State>> {
        let pos = state.pos();
        self.shown.push_back(state);
        let mut replaced = Vec::new();
        while self.shown.len() > SHOWN_MAX
            || self.shown.front().is_some_and(|oldest| pos - oldest.pos() > SHOWN_SPAN && self.shown.len() > 2)
        {
            replaced.extend(self.shown.pop_front());
        }
        replaced
    }

    /// What there is of the state after `pos`.
    pub(super) fn find(&mut self, pos: Pos) -> Result<Found, PastError> {
        self.used = true;
        let head = self.newest().pos();
        if pos > head {
            return Err(PastError::ToCome { pos, head });
        }
        if pos == 0 {
            return Ok(Found::Held(Arc::default()));
        }
        if let Some(state) = self.shown.iter().rev().find(|state| state.pos() == pos) {
            return Ok(Found::Held(Arc::clone(state)));
        }
        if let Some(place) = self.asked.iter().position(|(known, _)| *known == pos) {
            self.asked.make_contiguous().get_mut(place..).into_iter().for_each(|rest| rest.rotate_left(1));
            return Ok(self
                .asked
                .back()
                .map_or_else(|| Found::Held(Arc::default()), |(_, state)| Found::Held(Arc::clone(state))));
        }
        if let Some(flight) = self.flights.get(&pos) {
            return Ok(Found::UnderWay(flight.subscribe()));
        }
        if self.flights.len() >= WAITING_MAX {
            return Err(PastError::Busy);
        }
        let flight: Flight = Arc::new(watch::Sender::new(None));
        self.flights.insert(pos, Arc::clone(&flight));
        Ok(Found::Missing(flight))
    }

    /// Where a replay to `pos` begins, and how the log is read.
    pub(super) fn way_to(&self, pos: Pos) -> (Arc<dyn LogReader>, Arc<State>) {
        let asked = self.asked.iter().map(|(_, state)| state);
        let before = self.shown.iter().chain(asked).filter(|state| state.pos() <= pos);
        let base = before.max_by_key(|state| state.pos()).map(Arc::clone);
        (Arc::clone(&self.reader), base.unwrap_or_default())
    }

    /// The replay to `pos` is over; holds what it led to, and gives back what has to go. What began before everything was
    /// computed anew is not held.
    pub(super) fn land(&mut self, pos: Pos, flight: &Flight, made: Option<&Arc<State>>) -> Vec<Arc<State>> {
        if !self.flights.get(&pos).is_some_and(|known| Arc::ptr_eq(known, flight)) {
            return Vec::new();
        }
        self.flights.remove(&pos);
        self.asked.extend(made.map(|state| (pos, Arc::clone(state))));
        let mut replaced = Vec::new();
        while self.asked.len() > ASKED_MIN && (self.asked.len() > ASKED_MAX || self.videos() > VIDEOS_MAX) {
            replaced.extend(self.asked.pop_front().map(|(_, state)| state));
        }
        replaced
    }

    /// Forgets a replay that nobody waits for; false if somebody does.
    pub(super) fn abandon(&mut self, pos: Pos, flight: &Flight) -> bool {
        let lonely = flight.receiver_count() == 0;
        if lonely && self.flights.get(&pos).is_some_and(|known| Arc::ptr_eq(known, flight)) {
            self.flights.remove(&pos);
        }
        lonely
    }

    fn videos(&self) -> usize {
        self.asked.iter().map(|(_, state)| state.videos().len()).sum()
    }

    /// The positions of the states that are held: shown, and asked for.
    #[cfg(test)]
    pub(super) fn positions(&self) -> (Vec<Pos>, Vec<Pos>) {
        (self.shown.iter().map(|state| state.pos()).collect(), self.asked.iter().map(|(pos, _)| *pos).collect())
    }

    /// Whether somebody asked since this was looked at last.
    #[cfg(test)]
    pub(super) fn used(&self) -> bool {
        self.used
    }

    /// How many wait for this moment.
    #[cfg(test)]
    pub(super) fn waiting(&self, pos: Pos) -> usize {
        self.flights.get(&pos).map_or(0, |flight| flight.receiver_count())
    }

    /// How many moments are waited for.
    #[cfg(test)]
    pub(super) fn under_way(&self) -> usize {
        self.flights.len()
    }
}
