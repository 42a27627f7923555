//! Rules for taking a batch back. Three states are compared: before the batch, after it, and now.
//!
//! Each fact the batch changed goes back to what it was, if it is still as the batch left it. What was
//! changed again since stays as it is and is counted. An undo is a batch like any other, and so an undo
//! of it is what brings the change back.
//!
//! Never taken back: what the disk said (videos, the pictures made of them, and the views that somebody had). A view
//! cannot be unseen, and its count only grows. Nor images and their groups, which are set up, not browsed, nor what was erased, which nobody knows any more.

mod playlists;
mod tags;
#[cfg(test)]
mod tests;

use super::{Decision, Rejected, is_known};
use events::event::{Favorite, Playback, Rating, Thumbnail};
use events::{Event, Pos, Recorded, VideoId};
use projections::{Progress, State};
use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

/// What is to be taken back, and what was known around it.
#[derive(Clone)]
pub struct Undo {
    /// The position of its first event.
    pub batch: Pos,
    /// What was known before it.
    pub before: Arc<State>,
    /// What was known after it.
    pub after: Arc<State>,
    /// What it did.
    pub events: Vec<Recorded>,
}

impl fmt::Debug for Undo {
    /// IMPORTANT: short and the same for ever. It says whether a request sent twice is the same request.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Undo").field("batch", &self.batch).finish_non_exhaustive()
    }
}

/// Takes `undo.batch` back, as far as nobody has changed it since.
pub(super) fn decide(state: &State, undo: &Undo) -> Result<Decision, Rejected> {
    let touched = Touched::by(&undo.events);
    let mut back = Back { now: state, before: &undo.before, after: &undo.after, decision: Decision::default() };
    touched.ratings.into_iter().for_each(|video| back.rating(video));
    touched.favorites.into_iter().for_each(|video| back.favorite(video));
    touched.playback.into_iter().for_each(|video| back.playback(video));
    touched.covers.into_iter().for_each(|video| back.cover(video));
    tags::take_back(&mut back, &undo.events);
    playlists::take_back(&mut back, &undo.events);
    if back.decision.events.is_empty() { Err(Rejected::NothingToUndo) } else { Ok(back.decision) }
}

/// The facts that a batch may have changed, each once.
#[derive(Default)]
struct Touched {
    ratings: BTreeSet<VideoId>,
    favorites: BTreeSet<VideoId>,
    playback: BTreeSet<VideoId>,
    covers: BTreeSet<VideoId>,
}

impl Touched {
    fn by(events: &[Recorded]) -> Self {
        let mut touched = Self::default();
        for recorded in events {
            let facts = match &recorded.event {
                Event::Rating(_) => &mut touched.ratings,
                Event::Favorite(_) => &mut touched.favorites,
                Event::Playback(_) => &mut touched.playback,
                Event::Thumbnail(Thumbnail::Chosen { .. } | Thumbnail::Automatic { .. }) => &mut touched.covers,
                // Tags and playlists are found by their own rules; the others are never taken back.
                Event::Tag(_)
                | Event::Playlist(_)
                | Event::Video(_)
                | Event::View(_)
                | Event::Thumbnail(_)
                | Event::Image(_)
                | Event::Group(_)
                | Event::Redacted(_)
                | Event::Import(_) => continue,
            };
            facts.extend(recorded.event.video());
        }
        touched
    }
}

/// The way back, as far as it is decided.
struct Back<'a> {
    now: &'a State,
    before: &'a State,
    after: &'a State,
    decision: Decision,
}

impl Back<'_> {
    /// What to do about one fact, given what it was at the three times: `true` if it has to go back.
    fn returns<T: PartialEq>(&mut self, before: &T, after: &T, now: &T) -> bool {
        if before == after || now == before {
            return false;
        }
        if now != after {
            self.decision.skipped += 1;
        }
        now == after
    }

    /// Notes an event; `occurred_at_ms` where it restores something of an earlier date.
    fn happens(&mut self, event: Event, occurred_at_ms: Option<i64>) {
        if let Some(at_ms) = occurred_at_ms {
            self.decision.occurred_at_ms.insert(self.decision.events.len(), at_ms);
        }
        self.decision.events.push(event);
    }

    /// The same for a fact about `video`, which may be forgotten by now.
    fn returns_of<T: PartialEq>(&mut self, video: VideoId, fact: impl Fn(&State) -> T) -> bool {
        let (before, after, now) = (fact(self.before), fact(self.after), fact(self.now));
        if is_known(self.now, video) {
            return self.returns(&before, &after, &now);
        }
        self.decision.skipped += u64::from(before != after);
        false
    }

    fn rating(&mut self, video: VideoId) {
        if self.returns_of(video, |state| state.ratings().get(video).map(|rated| rated.stars)) {
            match self.before.ratings().get(video) {
                Some(rated) => {
                    let given = Rating::Given { video, stars: rated.stars };
                    self.happens(Event::Rating(given), Some(rated.given_at_ms));
                }
                None => self.happens(Event::Rating(Rating::Cleared { video }), None),
            }
        }
    }

    fn favorite(&mut self, video: VideoId) {
        if self.returns_of(video, |state| state.favorites().contains(video)) {
            match self.before.favorites().added_at_ms(video) {
                // With its old date, so that it comes back where it stood among the favourites.
                Some(at_ms) => self.happens(Event::Favorite(Favorite::Added { video }), Some(at_ms)),
                None => self.happens(Event::Favorite(Favorite::Removed { video }), None),
            }
        }
    }

    fn playback(&mut self, video: VideoId) {
        if self.returns_of(video, |state| resume(state, video)) {
            let (event, at_ms) = match self.before.playback().get(video) {
                Some(Progress::Paused { position_ms, at_ms }) => (Playback::Paused { video, position_ms }, Some(at_ms)),
                Some(Progress::Finished { at_ms }) => (Playback::Finished { video }, Some(at_ms)),
                // No event says "never begun"; the very beginning is the same to people.
                None => (Playback::Paused { video, position_ms: 0 }, None),
            };
            self.happens(Event::Playback(event), at_ms);
        }
    }

    fn cover(&mut self, video: VideoId) {
        if self.returns_of(video, |state| state.thumbnails().chosen_ms(video)) {
            let event = match self.before.thumbnails().chosen_ms(video) {
                Some(position_ms) => Thumbnail::Chosen { video, position_ms },
                None => Thumbnail::Automatic { video },
            };
            self.happens(Event::Thumbnail(event), None);
        }
    }
}

/// Where `video` goes on: at 0 if it was never begun, nowhere if it was finished.
fn resume(state: &State, video: VideoId) -> Option<u64> {
    match state.playback().get(video) {
        Some(Progress::Paused { position_ms, .. }) => Some(position_ms),
        Some(Progress::Finished { .. }) => None,
        None => Some(0),
    }
}
