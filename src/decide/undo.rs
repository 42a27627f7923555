//! Rules for taking a batch back. Three states are compared: before the batch, after it, and now.
//!
//! Each fact the batch changed goes back to what it was, if it is still as the batch left it. What was
//! changed again since stays as it is and is counted. An undo is a batch like any other, and so an undo
//! of it is what brings the change back.
//!
//! Never taken back: what the disk said, because a look at the folders would find the same again, and what was redacted, because
//! nobody knows what it was.
//!
//! What would happen and what happens is worked out by the same code: [`Undo::preview`] is what is shown
//! before, [`decide`] what is done.

mod groups;
mod playlists;
pub mod preview;
mod records;
mod tags;
#[cfg(test)]
mod tests;
mod videos;
mod views;

use super::{Decision, Rejected, is_known};
use events::event::{Image, Thumbnail, View};
use events::{Event, Pos, Recorded, VideoId};
use preview::{Fact, Never, Noun, Preview, Stays, Step, Why};
use projections::State;
use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

/// What is to be taken back, and what was known around it.
#[derive(Clone)]
pub struct Undo {
    /// The position of its first event.
    pub batch: Pos,
    /// The position of the one event of it that is to be taken back; `None` for all of them.
    pub only: Option<Pos>,
    /// What was known before it.
    pub before: Arc<State>,
    /// What was known after it.
    pub after: Arc<State>,
    /// What it did.
    pub events: Vec<Recorded>,
    /// How often something had been forgotten when all this was looked up.
    pub forgotten: u64,
}

impl fmt::Debug for Undo {
    /// IMPORTANT: short and the same for ever. It says whether a request sent twice is the same request.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut short = f.debug_struct("Undo");
        short.field("batch", &self.batch);
        if let Some(pos) = &self.only {
            short.field("only", pos);
        }
        short.finish_non_exhaustive()
    }
}

impl Undo {
    /// The same for nothing but the event at `pos`; `None` if the batch has none there.
    #[must_use]
    pub fn only(self, pos: Pos) -> Option<Self> {
        let index = self.events.iter().position(|recorded| recorded.pos == pos)?;
        let (earlier, event) = (self.events.iter().take(index), self.events.get(index)?);
        let mut before = State::clone(&self.before);
        earlier.for_each(|recorded| before.apply(recorded));
        let mut after = before.clone();
        after.apply(event);
        let (before, after) = (Arc::new(before), Arc::new(after));
        let (batch, forgotten) = (self.batch, self.forgotten);
        Some(Self { batch, only: Some(pos), before, after, events: vec![event.clone()], forgotten })
    }

    /// Whether an event like this is ever taken back.
    #[must_use]
    pub fn concerns(recorded: &Recorded) -> bool {
        never(std::slice::from_ref(recorded)).count() == 0
    }

    /// What would be taken back if it was done now, when `state` is known, and what not.
    #[must_use]
    pub fn preview(&self, state: &State) -> Preview {
        Back::of(state, self).preview
    }
}

/// Takes `undo.batch` back, as far as nobody has changed it since.
pub(super) fn decide(state: &State, undo: &Undo) -> Result<Decision, Rejected> {
    let Back { decision, preview, .. } = Back::of(state, undo);
    let Preview { back: _, stays, already, never } = preview;
    let stays = stays.len() as u64;
    if decision.events.is_empty() {
        return Err(Rejected::NothingToUndo { already, stays, never: never.count() });
    }
    Ok(Decision { skipped: stays, ..decision })
}

/// What there is to undo about something that comes and goes: a list, a group.
enum Undoes<'t, T> {
    /// The batch made it, and it is there still.
    Making { after: &'t T, now: &'t T },
    /// The batch deleted it.
    Deleting { before: &'t T },
    /// It was there all the time: before the batch, after it, and now.
    Changing([&'t T; 3]),
}

/// The way back, as far as it is worked out.
struct Back<'a> {
    now: &'a State,
    before: &'a State,
    after: &'a State,
    /// Videos that are forgotten now and will be known again.
    remembered: BTreeSet<VideoId>,
    decision: Decision,
    preview: Preview,
}

impl<'a> Back<'a> {
    fn of(now: &'a State, undo: &'a Undo) -> Self {
        let mut back = Self {
            now,
            before: &undo.before,
            after: &undo.after,
            remembered: BTreeSet::new(),
            decision: Decision::default(),
            preview: Preview { never: never(&undo.events), ..Preview::default() },
        };
        // First what has to be there for the rest to be about, and last what nothing may be about any more.
        records::remember(&mut back, &undo.events);
        videos::take_back(&mut back, &undo.events);
        views::take_back(&mut back, &undo.events);
        tags::take_back(&mut back, &undo.events);
        playlists::take_back(&mut back, &undo.events);
        groups::take_back(&mut back, &undo.events);
        records::forget(&mut back, &undo.events);
        back
    }

    /// What to do about one fact, given what it was before, after and is now: `true` if it has to go back. `step` says
    /// what that would be.
    fn returns<T: PartialEq>(&mut self, [before, after, now]: [&T; 3], step: impl FnOnce() -> Step) -> bool {
        if before == after {
            return false;
        }
        if now == before {
            self.preview.already += 1;
            return false;
        }
        if now == after {
            self.goes(step());
        } else {
            self.stays(step(), Why::ChangedSince);
        }
        now == after
    }

    /// The same for a fact about `video`, which may be forgotten by now. `fact` says how it goes from one value to
    /// another.
    fn returns_of<T: PartialEq>(
        &mut self,
        video: VideoId,
        value: impl Fn(&State) -> T,
        fact: impl FnOnce(&T, &T) -> Fact,
    ) -> bool {
        let [before, after, now] = [self.before, self.after, self.now].map(value);
        let step = || Step { of: Noun::Video(video), fact: fact(&now, &before) };
        if self.is_known(video) {
            return self.returns([&before, &after, &now], step);
        }
        if before != after && now == before {
            self.preview.already += 1;
        } else if before != after {
            let step = step();
            self.stays(step, Why::Forgotten);
        }
        false
    }

    /// What there is to do about something that comes and goes, given what it was before, after and is now. Nothing if
    /// it has gone since: then it is noted here, unless what is left of it is the `same` to people. `exists` says what
    /// bringing it back would be.
    fn undoes<'t, T>(
        &mut self,
        [before, after, now]: [Option<&'t T>; 3],
        same: impl FnOnce(&T, &T) -> bool,
        exists: impl FnOnce(&T, bool) -> Step,
    ) -> Option<Undoes<'t, T>> {
        match (before, after, now) {
            (None, Some(after), Some(now)) => Some(Undoes::Making { after, now }),
            (Some(before), None, _) => Some(Undoes::Deleting { before }),
            (Some(before), Some(after), Some(now)) => Some(Undoes::Changing([before, after, now])),
            (Some(before), Some(after), None) => {
                if !same(before, after) {
                    self.stays(exists(before, true), Why::ChangedSince);
                }
                None
            }
            (None, Some(_), None) => {
                self.preview.already += 1;
                None
            }
            // It came and went.
            (None, None, _) => None,
        }
    }

    /// Notes a fact that stays as it is.
    fn stays(&mut self, step: Step, why: Why) {
        self.preview.stays.push(Stays { step, why });
    }

    /// Notes a fact that goes back.
    fn goes(&mut self, step: Step) {
        self.preview.back.push(step);
    }

    /// Whether something can happen to `video` in the course of this.
    fn is_known(&self, video: VideoId) -> bool {
        is_known(self.now, video) || self.remembered.contains(&video)
    }

    /// Notes an event; `occurred_at_ms` where it restores something of an earlier date.
    fn happens(&mut self, event: Event, occurred_at_ms: Option<i64>) {
        if let Some(at_ms) = occurred_at_ms {
            self.decision.occurred_at_ms.insert(self.decision.events.len(), at_ms);
        }
        self.decision.events.push(event);
    }
}

/// Counts what of `events` is never taken back.
fn never(events: &[Recorded]) -> Never {
    let mut never = Never::default();
    for recorded in events {
        let count = match &recorded.event {
            Event::Video(event) if records::of_disk(event, recorded.cause) => &mut never.files,
            Event::Image(Image::Found { root, .. }) if root.is_empty() => &mut never.image_records,
            Event::Image(
                Image::Found { .. }
                | Image::Changed { .. }
                | Image::Moved { .. }
                | Image::Vanished { .. }
                | Image::Returned { .. },
            ) => &mut never.images,
            Event::Thumbnail(
                Thumbnail::Made { .. }
                | Thumbnail::Failed { .. }
                | Thumbnail::StoryboardMade { .. }
                | Thumbnail::StoryboardFailed { .. }
                | Thumbnail::Retried { .. },
            ) => &mut never.pictures,
            Event::View(View::RolledUp { .. }) => &mut never.rolled_up,
            Event::Redacted(_) => &mut never.redacted,
            Event::Maintenance(_) => &mut never.maintenance,
            Event::Video(_)
            | Event::Thumbnail(Thumbnail::Chosen { .. } | Thumbnail::Automatic { .. })
            | Event::Image(Image::Favored { .. } | Image::Unfavored { .. })
            | Event::Rating(_)
            | Event::Favorite(_)
            | Event::View(_)
            | Event::Playback(_)
            | Event::Tag(_)
            | Event::Playlist(_)
            | Event::Import(_)
            | Event::Group(_) => continue,
        };
        *count += 1;
    }
    never
}
