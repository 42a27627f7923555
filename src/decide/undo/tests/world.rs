//! A log and what is known from it, as the writer would keep them, for the tests of taking back.

use super::super::preview::Preview;
use super::VIDEOS;
use crate::decide::given::found;
use crate::decide::{Asked, Command, Rejected, Undo, decide};
use events::{Actor, Cause, CommandId, Event, Pos, Recorded, VideoId};
use projections::{Presence, Progress, State, Video};
use std::sync::Arc;

#[derive(Clone)]
pub(super) struct World {
    pub(super) state: State,
    pub(super) log: Vec<Recorded>,
}

impl World {
    pub(super) fn new() -> Self {
        let mut world = Self { state: State::default(), log: Vec::new() };
        for number in 1..=VIDEOS {
            world.record(found(number, &format!("{number}.mp4")), world.state.pos() + 1, None);
        }
        world
    }

    /// Each position is another device, so that every view counts.
    fn actor(&self) -> Actor {
        Actor(u32::try_from(self.state.pos()).unwrap())
    }

    pub(super) fn record(&mut self, event: Event, batch: Pos, occurred_at_ms: Option<i64>) {
        let pos = self.state.pos() + 1;
        let recorded = Recorded {
            pos,
            recorded_at_ms: pos.cast_signed(),
            occurred_at_ms: occurred_at_ms.unwrap_or(pos.cast_signed()),
            batch,
            cause: Cause::Viewer,
            actor: self.actor(),
            command_id: CommandId::default(),
            caused_by: 0,
            event,
        };
        self.state.apply(&recorded);
        self.log.push(recorded);
    }

    /// Records these events as one batch, each with the time it happened; its position.
    pub(super) fn batch(&mut self, events: impl IntoIterator<Item = (Event, i64)>) -> Pos {
        let batch = self.state.pos() + 1;
        events.into_iter().for_each(|(event, at_ms)| self.record(event, batch, Some(at_ms)));
        // What states are made of does not know who it was.
        self.log.iter_mut().filter(|it| it.batch == batch).for_each(|it| it.cause = Cause::Import);
        assert_eq!(self.state.anomalies(), 0, "the batch {batch} makes no sense");
        batch
    }

    /// Carries out a command; its batch, how many events it led to, and what it left out.
    pub(super) fn submit(&mut self, command: &Command) -> Result<(Pos, usize, u64), Rejected> {
        let asked = Asked { now_ms: self.state.pos().cast_signed() + 1, actor: self.actor() };
        let decision = decide(&self.state, command, asked)?;
        let (batch, events) = (self.state.pos() + 1, decision.events.len());
        for (index, event) in decision.events.into_iter().enumerate() {
            self.record(event, batch, decision.occurred_at_ms.get(&index).copied());
        }
        assert_eq!(self.state.anomalies(), 0, "{command:?} led to events that make no sense");
        Ok((batch, events, decision.skipped))
    }

    pub(super) fn done(&mut self, command: &Command) -> Pos {
        self.submit(command).unwrap().0
    }

    /// What was known around a batch, as the writer finds it.
    pub(super) fn past(&self, batch: Pos) -> Undo {
        let at = |end: Pos| {
            let mut state = State::default();
            self.log.iter().filter(|recorded| recorded.pos < end).for_each(|recorded| state.apply(recorded));
            Arc::new(state)
        };
        let events: Vec<_> = self.log.iter().filter(|recorded| recorded.batch == batch).cloned().collect();
        let end = batch + events.len() as u64;
        Undo { batch, only: None, before: at(batch), after: at(end), events, forgotten: 0 }
    }

    pub(super) fn preview(&self, batch: Pos) -> Preview {
        self.past(batch).preview(&self.state)
    }

    pub(super) fn undo(&mut self, batch: Pos) -> Result<(Pos, usize, u64), Rejected> {
        let undo = self.past(batch);
        let preview = undo.preview(&self.state);
        let undone = self.submit(&Command::Undo(Box::new(undo)));
        match &undone {
            Ok((_, _, skipped)) => assert_eq!(*skipped, preview.stays.len() as u64),
            Err(Rejected::NothingToUndo { already, stays, never }) => {
                assert!(preview.back.is_empty(), "what is shown before is what is done");
                let shown = (preview.already, preview.stays.len() as u64, preview.never.count());
                assert_eq!((*already, *stays, *never), shown);
            }
            Err(_) => {}
        }
        undone
    }

    fn videos(&self) -> impl Iterator<Item = (VideoId, &Video)> {
        self.state.videos().iter().filter(|known| known.presence != Presence::Forgotten).map(|known| (known.id, known))
    }

    /// All that can be taken back, as people see it.
    pub(super) fn seen(&self) -> Vec<String> {
        let state = &self.state;
        let videos = self.videos().map(|(video, known)| {
            let rated = state.ratings().get(video).map(|rated| (rated.stars.get(), rated.given_at_ms));
            let loved = state.favorites().added_at_ms(video);
            let progress = state
                .playback()
                .get(video)
                .filter(|progress| !matches!(progress, Progress::Paused { position_ms: 0, .. }));
            let viewed = (state.views().get(video).count, state.views().get(video).last_viewed_at_ms);
            let cover = state.thumbnails().chosen_ms(video);
            let tags = state.tags().of(video);
            format!("{video}: {rated:?} {loved:?} {progress:?} {viewed:?} {cover:?} {tags:?} {}", known.added_at_ms)
        });
        let hearts = state.images().iter().map(|image| format!("image {:?}", image.favored_at_ms));
        let lists = self.lists(|list| format!("{} {}", list.created_at_ms, list.description));
        videos.chain(hearts).chain(lists).collect()
    }

    /// The same without the dates of what is given back: they are those of giving it back.
    pub(super) fn undated(&self) -> Vec<String> {
        let state = &self.state;
        let videos = self.videos().map(|(video, known)| {
            let stars = state.ratings().get(video).map(|rated| rated.stars.get());
            let loved = state.favorites().contains(video);
            let viewed = (state.views().get(video).count, state.views().get(video).last_viewed_at_ms);
            let resume = super::super::videos::resume(state, video);
            let cover = state.thumbnails().chosen_ms(video);
            let tags = state.tags().of(video);
            format!("{video}: {stars:?} {loved} {resume:?} {viewed:?} {cover:?} {tags:?} {}", known.added_at_ms)
        });
        let hearts = state.images().iter().map(|image| format!("image {}", image.favored_at_ms.is_some()));
        videos.chain(hearts).chain(self.lists(|list| list.description.clone())).collect()
    }

    /// Playlists and groups by what is in them: those that come back have new identities.
    fn lists(&self, more: impl Fn(&projections::Playlist) -> String) -> Vec<String> {
        let lists = self.state.playlists().iter().map(|list| {
            let items: Vec<_> = list.items.iter().map(|item| item.video.get()).collect();
            format!("{:?} {items:?} {}", list.name, more(list))
        });
        let groups = self.state.groups().iter().map(|group| {
            let images: Vec<_> = group.images.iter().map(|image| image.get()).collect();
            let face = group.cover.or_else(|| group.images.front().copied());
            format!("{:?} {:?} {images:?} {face:?}", group.name, group.slug)
        });
        let mut all: Vec<String> = lists.chain(groups).collect();
        all.sort();
        all
    }
}
