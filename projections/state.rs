//! What the gallery knows after the events up to one position.
//!
//! A [`State`] is a value: cloning it costs a few pointers, changing the clone leaves the original as
//! it was. [`State::apply`] learns one event and keeps every index up to date; [`Replay`] learns many
//! and makes the indexes at the end. Both give the same state. Reading it from the log, and showing it
//! to readers, is not done here.

use std::collections::BTreeSet;

use events::{Pos, Recorded, VideoId};

use crate::anomaly::{Anomalies, Anomaly};
use crate::bytes::{Decoder, Encoder};
use crate::facts::Facts;
use crate::favorites::Favorites;
use crate::image_groups::Groups;
use crate::images::Images;
use crate::imports::Imports;
use crate::index::Index;
use crate::maintenance::Maintenance;
use crate::playback::Playback;
use crate::playlists::Playlists;
use crate::ratings::Ratings;
use crate::statistics::Statistics;
use crate::tags::Tags;
use crate::thumbnails::Thumbnails;
use crate::videos::Videos;
use crate::views::Views;

/// How far into the log a state reaches.
#[derive(Clone, Debug, Default, PartialEq)]
struct Reached {
    pos: Pos,
    recorded_at_ms: i64,
    anomalies: Anomalies,
}

impl Reached {
    /// Takes the next event, or refuses one that was taken already.
    fn take(&mut self, recorded: &Recorded) -> bool {
        if recorded.pos <= self.pos {
            self.anomalies.note(recorded.pos, Anomaly::Gap);
            return false;
        }
        if recorded.pos != self.pos + 1 {
            self.anomalies.note(recorded.pos, Anomaly::Gap);
        }
        self.pos = recorded.pos;
        self.recorded_at_ms = self.recorded_at_ms.max(recorded.recorded_at_ms);
        true
    }

    fn learn(&mut self, facts: &mut Facts, recorded: &Recorded) {
        if let Err(anomaly) = facts.apply(recorded) {
            self.anomalies.note(recorded.pos, anomaly);
        }
    }
}

/// Everything known after the events up to [`State::pos`].
#[derive(Clone, Debug, Default)]
pub struct State {
    reached: Reached,
    pub(crate) facts: Facts,
    pub(crate) index: Index,
}

impl State {
    /// Learns what happened. An event that makes no sense changes nothing and is counted.
    pub fn apply(&mut self, recorded: &Recorded) {
        if !self.reached.take(recorded) {
            return;
        }
        let video = recorded.event.video();
        let before = video.and_then(|video| self.facts.keys(video));
        self.reached.learn(&mut self.facts, recorded);
        let after = video.and_then(|video| self.facts.keys(video));
        self.index.update(before.as_ref(), after.as_ref());
    }

    /// The quick way to a state from a whole log.
    #[must_use]
    pub fn replay() -> Replay {
        Replay::from(Self::default())
    }

    /// The position of the last event known; 0 before the first.
    #[must_use]
    pub fn pos(&self) -> Pos {
        self.reached.pos
    }

    /// When the last event was written, ms since the epoch; 0 before the first.
    #[must_use]
    pub fn recorded_at_ms(&self) -> i64 {
        self.reached.recorded_at_ms
    }

    /// How many events made no sense. 0 for a log written by this program.
    #[must_use]
    pub fn anomalies(&self) -> u64 {
        self.reached.anomalies.count
    }

    /// The first event that made no sense.
    #[must_use]
    pub fn first_anomaly(&self) -> Option<(Pos, Anomaly)> {
        self.reached.anomalies.first
    }

    /// A hash of everything known: the same for the same events, however this state was come by, on any
    /// machine.
    #[must_use]
    pub fn digest(&self) -> u64 {
        let mut into = Encoder::hashing();
        self.encode(&mut into);
        into.digest()
    }

    /// Writes all facts; what is computed from them is left out.
    pub(crate) fn encode(&self, into: &mut Encoder) {
        let Self { reached, facts, index: _ } = self;
        encode(reached, facts, into);
    }

    /// Compares everything that is kept twice with what it was made from, and names what differs. For
    /// tests and `tools verify`: takes as long as a replay.
    #[must_use]
    pub fn check(&self) -> BTreeSet<&'static str> {
        // Taken apart completely: a new field must be thought about here.
        let Self { reached: Reached { pos: _, recorded_at_ms: _, anomalies: _ }, facts, index } = self;
        let Facts {
            videos: _,
            ratings: _,
            favorites: _,
            views,
            playback: _,
            playlists: _,
            imports: _,
            maintenance: _,
            tags,
            thumbnails,
            images,
            groups,
            statistics,
        } = facts;
        let mut wrong = index.differences(&Index::build(&facts.all_keys()));
        if !tags.consistent() {
            wrong.insert("tags");
        }
        if !thumbnails.consistent() {
            wrong.insert("thumbnails");
        }
        if !images.consistent() {
            wrong.insert("images");
        }
        if !groups.consistent() {
            wrong.insert("groups");
        }
        if !statistics.consistent(views) {
            wrong.insert("statistics");
        }
        wrong
    }

    /// Files.
    #[must_use]
    pub fn videos(&self) -> Videos<'_> {
        Videos { facts: &self.facts.videos, index: &self.index }
    }

    /// Stars.
    #[must_use]
    pub fn ratings(&self) -> &Ratings {
        &self.facts.ratings
    }

    /// Hearts.
    #[must_use]
    pub fn favorites(&self) -> &Favorites {
        &self.facts.favorites
    }

    /// View counts.
    #[must_use]
    pub fn views(&self) -> &Views {
        &self.facts.views
    }

    /// Resume positions.
    #[must_use]
    pub fn playback(&self) -> &Playback {
        &self.facts.playback
    }

    /// Tags.
    #[must_use]
    pub fn tags(&self) -> Tags<'_> {
        Tags { facts: &self.facts.tags, present: self.index.present() }
    }

    /// Playlists.
    #[must_use]
    pub fn playlists(&self) -> &Playlists {
        &self.facts.playlists
    }

    /// Covers.
    #[must_use]
    pub fn thumbnails(&self) -> Thumbnails<'_> {
        Thumbnails { facts: &self.facts.thumbnails, present: self.index.present() }
    }

    /// Imports.
    #[must_use]
    pub fn imports(&self) -> &Imports {
        &self.facts.imports
    }

    /// Looking after the gallery.
    #[must_use]
    pub fn maintenance(&self) -> &Maintenance {
        &self.facts.maintenance
    }

    /// Images.
    #[must_use]
    pub fn images(&self) -> &Images {
        &self.facts.images
    }

    /// Groups of images.
    #[must_use]
    pub fn groups(&self) -> &Groups {
        &self.facts.groups
    }

    /// What was watched when.
    #[must_use]
    pub fn statistics(&self) -> &Statistics {
        &self.facts.statistics
    }

    /// The video with this number, if there is one.
    pub(crate) fn numbered(number: u32) -> Option<VideoId> {
        VideoId::new(number).ok()
    }
}

/// A state in the making: learns events without keeping indexes, which costs a tenth.
#[derive(Debug)]
pub struct Replay {
    reached: Reached,
    facts: Facts,
}

fn encode(reached: &Reached, facts: &Facts, into: &mut Encoder) {
    let Reached { pos, recorded_at_ms, anomalies } = reached;
    into.number(*pos);
    into.time(*recorded_at_ms);
    anomalies.encode(into);
    facts.encode(into);
}

impl From<State> for Replay {
    /// Goes on from a state, for a long tail of events.
    fn from(state: State) -> Self {
        let State { reached, facts, index: _ } = state;
        Self { reached, facts }
    }
}

impl Replay {
    /// Learns what happened.
    pub fn fold(&mut self, recorded: &Recorded) {
        if self.reached.take(recorded) {
            self.reached.learn(&mut self.facts, recorded);
        }
    }

    /// As [`State::digest`] of the state it would give.
    #[must_use]
    pub fn digest(&self) -> u64 {
        let Self { reached, facts } = self;
        let mut into = Encoder::hashing();
        encode(reached, facts, &mut into);
        into.digest()
    }

    /// Reads what [`State::encode`] wrote.
    pub(crate) fn decode(from: &mut Decoder<'_>) -> Option<Self> {
        let (pos, recorded_at_ms, anomalies) = (from.number()?, from.time()?, Anomalies::decode(from)?);
        let reached = Reached { pos, recorded_at_ms, anomalies };
        Some(Self { reached, facts: Facts::decode(from)? })
    }

    /// The state after all events folded.
    #[must_use]
    pub fn finish(self) -> State {
        let Self { reached, facts } = self;
        let index = Index::build(&facts.all_keys());
        State { reached, facts, index }
    }
}
