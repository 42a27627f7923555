//! What was known before a change: read from the log, a bounded way back, for the few changes that a page shows.
//!
//! Names of what is still there are those of today, by which people know it; what a change changed is as it was then.

use crate::pages::title;
use events::event::{Group, Playlist, Rating, Thumbnail, Video};
use events::log::{LogReader, ReadError};
use events::values::ItemId;
use events::{Event, GroupId, ImageId, PlaylistId, Pos, Recorded, Stars, VideoId};
use jiff::tz::TimeZone;
use projections::State;
use std::collections::BTreeMap;
use std::sync::Arc;
use tools::sentence::{Before, Sentence};

/// How many records are read to find what one video was before, and how many for all of them.
const VIDEO_STEPS: [usize; 3] = [32, 128, 512];
const VIDEOS_MAX: usize = 4_096;

/// How many records before the oldest one shown are looked through for lists and groups, and how many at once.
const LISTS_MAX: usize = 4_096;
const RUN: usize = 512;

/// What sentences need to know.
pub(super) struct Known {
    state: Arc<State>,
    /// Where days begin.
    zone: TimeZone,
    /// Ratings and places of videos, newest first.
    videos: BTreeMap<VideoId, Vec<Recorded>>,
    /// What happened to lists and groups, newest first.
    lists: Vec<Recorded>,
}

/// What is not known from the state of today.
#[derive(Clone, Copy, PartialEq)]
enum Question {
    Name(PlaylistId),
    Description(PlaylistId),
    Item(PlaylistId, ItemId),
    Group(GroupId),
}

impl Known {
    /// Nothing but the `state` of today.
    pub(super) fn today(state: Arc<State>, zone: TimeZone) -> Self {
        Self { state, zone, videos: BTreeMap::new(), lists: Vec::new() }
    }

    /// With what is to be known to say what happened in the records `shown`, newest first; `past` was read already, newest first.
    pub(super) fn before(
        mut self,
        reader: &dyn LogReader,
        shown: &[&Recorded],
        past: &[Recorded],
    ) -> Result<Self, ReadError> {
        self.learn_videos(reader, shown, past)?;
        self.learn_lists(reader, shown)?;
        Ok(self)
    }

    fn learn_videos(
        &mut self,
        reader: &dyn LogReader,
        shown: &[&Recorded],
        past: &[Recorded],
    ) -> Result<(), ReadError> {
        let mut open: BTreeMap<VideoId, Vec<&Recorded>> = BTreeMap::new();
        for recorded in shown.iter().filter(|recorded| changes_fact(&recorded.event)) {
            if let Some(video) = recorded.event.video() {
                open.entry(video).or_default().push(recorded);
            }
        }
        let mut budget = VIDEOS_MAX;
        for (video, questions) in open {
            let of_video = |recorded: &&Recorded| recorded.event.video() == Some(video);
            let mut facts: Vec<Recorded> = past.iter().filter(of_video).cloned().collect();
            let (Some(newest), Some(oldest)) = (questions.first(), questions.last()) else { continue };
            let mut reached = facts.last().map_or(newest.pos, |last| last.pos.min(newest.pos));
            for step in VIDEO_STEPS {
                let answered = |question: &&Recorded| {
                    facts.iter().any(|fact| fact.pos < question.pos && same_fact(&fact.event, &question.event))
                };
                if budget == 0 || (reached <= oldest.pos && questions.iter().all(answered)) {
                    break;
                }
                let run = reader.read_video(video, reached, step.min(budget))?;
                budget -= run.len();
                let Some(last) = run.last() else { break };
                reached = last.pos;
                facts.extend(run);
            }
            facts.retain(|fact| changes_fact(&fact.event));
            self.videos.insert(video, facts);
        }
        Ok(())
    }

    fn learn_lists(&mut self, reader: &dyn LogReader, shown: &[&Recorded]) -> Result<(), ReadError> {
        let mut open: Vec<(Pos, Question)> = Vec::new();
        for recorded in shown {
            open.extend(self.questions(&recorded.event).into_iter().map(|question| (recorded.pos, question)));
        }
        let (Some(newest), mut read) = (open.iter().map(|(pos, _)| *pos).max(), 0) else { return Ok(()) };
        let mut reached = newest;
        while !open.is_empty() && reached > 1 && read < LISTS_MAX {
            let after = reached.saturating_sub(RUN as Pos + 1);
            let run = reader.read(after, RUN)?;
            read += RUN;
            for recorded in run.into_iter().rev().filter(|recorded| recorded.pos < reached) {
                let before = open.len();
                open.retain(|(pos, question)| *pos <= recorded.pos || !question.is_answered_by(&recorded.event));
                if open.len() < before {
                    self.lists.push(recorded);
                }
            }
            reached = after + 1;
        }
        Ok(())
    }

    /// What has to be looked up to say this.
    fn questions(&self, event: &Event) -> Vec<Question> {
        let there = |playlist: &PlaylistId| self.state.playlists().get(*playlist).is_some();
        let mut questions = Vec::new();
        match event {
            Event::Playlist(Playlist::Renamed { playlist, .. }) => questions.push(Question::Name(*playlist)),
            Event::Playlist(Playlist::ItemRemoved { playlist, item } | Playlist::ItemMoved { playlist, item, .. }) => {
                questions.push(Question::Item(*playlist, *item));
                questions.extend((!there(playlist)).then_some(Question::Name(*playlist)));
            }
            Event::Playlist(Playlist::Described { playlist, .. }) => {
                questions.push(Question::Description(*playlist));
                questions.extend((!there(playlist)).then_some(Question::Name(*playlist)));
            }
            Event::Playlist(Playlist::ItemAdded { playlist, .. } | Playlist::Deleted { playlist }) => {
                questions.extend((!there(playlist)).then_some(Question::Name(*playlist)))
            }
            Event::Group(Group::Renamed { group, .. }) => questions.push(Question::Group(*group)),
            Event::Group(
                Group::CoverSet { group, .. }
                | Group::ImageAdded { group, .. }
                | Group::ImageRemoved { group, .. }
                | Group::Deleted { group },
            ) => {
                let gone = self.state.groups().get(*group).is_none();
                questions.extend(gone.then_some(Question::Group(*group)));
            }
            Event::Playlist(Playlist::Created { .. })
            | Event::Group(Group::Created { .. })
            | Event::Video(_)
            | Event::Rating(_)
            | Event::Favorite(_)
            | Event::View(_)
            | Event::Playback(_)
            | Event::Tag(_)
            | Event::Thumbnail(_)
            | Event::Import(_)
            | Event::Maintenance(_)
            | Event::Image(_)
            | Event::Redacted(_) => {}
        }
        questions
    }

    /// Whether what this record says has the lower-case `text` in it.
    pub(super) fn says(&self, recorded: &Recorded, text: &str) -> bool {
        self.sentence(recorded).to_string().to_lowercase().contains(text)
    }

    /// What this record says, to somebody who knows what was before it.
    pub(super) fn sentence(&self, recorded: &Recorded) -> Sentence {
        let renames = |event: &Event| {
            matches!(event, Event::Playlist(Playlist::Renamed { .. }) | Event::Group(Group::Renamed { .. }))
        };
        let at = At { known: self, pos: recorded.pos, renames: renames(&recorded.event) };
        Sentence::of(&recorded.event, &at)
    }
}

/// Whether this changed something whose former value is said with it.
fn changes_fact(event: &Event) -> bool {
    matches!(event, Event::Rating(_)) || place(event).is_some() || added(event).is_some() || cover(event).is_some()
}

/// Whether the one says what was there before the other.
fn same_fact(one: &Event, other: &Event) -> bool {
    let both = |has: fn(&Event) -> bool| has(one) && has(other);
    // When a file was found it was added, but that is asked of dates only.
    let dated = matches!(other, Event::Video(Video::Dated { .. })) && added(one).is_some();
    dated
        || both(|event| matches!(event, Event::Rating(_)))
        || both(|event| cover(event).is_some())
        || both(|event| place(event).is_some())
}

/// When a video was added, as this says.
fn added(event: &Event) -> Option<i64> {
    let Event::Video(Video::Found { added_at_ms, .. } | Video::Dated { added_at_ms, .. }) = event else { return None };
    Some(*added_at_ms)
}

/// Which cover this chooses, if it chooses one: the place in the film, or what the program takes.
fn cover(event: &Event) -> Option<Option<u64>> {
    if let Event::Thumbnail(Thumbnail::Chosen { position_ms, .. }) = event {
        return Some(Some(*position_ms));
    }
    matches!(event, Event::Thumbnail(Thumbnail::Automatic { .. })).then_some(None)
}

/// Where a video is after this.
fn place(event: &Event) -> Option<String> {
    let Event::Video(
        Video::Found { root, path, .. } | Video::Moved { root, path, .. } | Video::Returned { root, path, .. },
    ) = event
    else {
        return None;
    };
    Some(root.as_path().join(path.as_path()).to_string_lossy().into_owned())
}

impl Question {
    fn is_answered_by(self, event: &Event) -> bool {
        match (self, event) {
            (
                Self::Name(wanted),
                Event::Playlist(Playlist::Created { playlist, .. } | Playlist::Renamed { playlist, .. }),
            ) => *playlist == wanted,
            (Self::Item(list, wanted), Event::Playlist(Playlist::ItemAdded { playlist, item, .. })) => {
                *playlist == list && *item == wanted
            }
            (Self::Group(wanted), Event::Group(Group::Created { group, .. } | Group::Renamed { group, .. })) => {
                *group == wanted
            }
            (Self::Description(wanted), Event::Playlist(Playlist::Described { playlist, .. })) => *playlist == wanted,
            (Self::Name(_) | Self::Description(_) | Self::Item(..) | Self::Group(_), _) => false,
        }
    }
}

/// What was known before one record.
struct At<'a> {
    known: &'a Known,
    pos: Pos,
    /// The record gives something another name, so that the one of today is not that of then.
    renames: bool,
}

impl At<'_> {
    /// The last record before this one that answers the question.
    fn answer(&self, question: Question) -> Option<&Event> {
        let older = self.known.lists.iter().filter(|recorded| recorded.pos < self.pos);
        older.map(|recorded| &recorded.event).find(|event| question.is_answered_by(event))
    }

    fn facts(&self, video: VideoId) -> impl Iterator<Item = &Event> {
        let facts = self.known.videos.get(&video).into_iter().flatten();
        facts.filter(|recorded| recorded.pos < self.pos).map(|recorded| &recorded.event)
    }
}

impl Before for At<'_> {
    fn place(&self, video: VideoId) -> Option<String> {
        self.facts(video).find_map(place)
    }

    fn title(&self, video: VideoId) -> Option<String> {
        self.known.state.videos().get(video).map(title)
    }

    fn stars(&self, video: VideoId) -> Option<Stars> {
        self.facts(video).find_map(|event| {
            let Event::Rating(rating) = event else { return None };
            Some(match rating {
                Rating::Given { stars, .. } => Some(*stars),
                Rating::Cleared { .. } => None,
            })
        })?
    }

    fn added_at_ms(&self, video: VideoId) -> Option<i64> {
        self.facts(video).find_map(added)
    }

    fn cover_ms(&self, video: VideoId) -> Option<u64> {
        self.facts(video).find_map(cover)?
    }

    fn description(&self, playlist: PlaylistId) -> Option<String> {
        let Event::Playlist(Playlist::Described { description, .. }) = self.answer(Question::Description(playlist))?
        else {
            return None;
        };
        Some(description.clone())
    }

    fn zone(&self) -> TimeZone {
        self.known.zone.clone()
    }

    fn playlist(&self, playlist: PlaylistId) -> Option<String> {
        let today = self.known.state.playlists().get(playlist).filter(|_| !self.renames);
        if let Some(list) = today {
            return Some(list.name.as_str().to_owned());
        }
        let Event::Playlist(Playlist::Created { name, .. } | Playlist::Renamed { name, .. }) =
            self.answer(Question::Name(playlist))?
        else {
            return None;
        };
        Some(name.as_str().to_owned())
    }

    fn item(&self, playlist: PlaylistId, item: ItemId) -> Option<VideoId> {
        self.answer(Question::Item(playlist, item))?.video()
    }

    fn image(&self, image: ImageId) -> Option<String> {
        self.known.state.images().get(image).map(projections::Image::name)
    }

    fn group(&self, group: GroupId) -> Option<String> {
        let today = self.known.state.groups().get(group).filter(|_| !self.renames);
        if let Some(group) = today {
            return Some(group.name.as_str().to_owned());
        }
        let Event::Group(Group::Created { name, .. } | Group::Renamed { name, .. }) =
            self.answer(Question::Group(group))?
        else {
            return None;
        };
        Some(name.as_str().to_owned())
    }
}
