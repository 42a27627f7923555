//! The words in which the tests tell what happened.

use std::collections::BTreeMap;

use events::event::{Favorite, HourCount, Rating, Tag, Video, View};
use events::{
    Actor, Cause, CommandId, Event, Fingerprint, MediaPath, Pos, Recorded, RootPath, Stars, TagName, VideoId,
};
use projections::State;

/// The views of a video that began at these times, as one event.
pub(crate) fn rolled_up(number: u32, began_at_ms: &[i64]) -> Event {
    let mut hours = BTreeMap::new();
    began_at_ms.iter().for_each(|at_ms| *hours.entry(HourCount::hour_of(*at_ms)).or_default() += 1);
    let hours = hours.into_iter().map(|(hour, count)| HourCount { hour, count }).collect();
    let last_viewed_at_ms = *began_at_ms.iter().max().unwrap();
    Event::View(View::RolledUp { video: id(number), hours, last_viewed_at_ms })
}

/// The state after these events. Also proves that its indexes are right and that a replay agrees.
pub(crate) fn given(events: impl IntoIterator<Item = Event>) -> State {
    then(State::default(), events)
}

/// The state after more events.
pub(crate) fn then(mut state: State, events: impl IntoIterator<Item = Event>) -> State {
    let mut replay = projections::Replay::from(state.clone());
    for event in events {
        let next = recorded(state.pos() + 1, event);
        state.apply(&next);
        replay.fold(&next);
    }
    assert_eq!(state.check().into_iter().collect::<Vec<_>>(), Vec::<&str>::new());
    assert_eq!(state.digest(), replay.finish().digest());
    state
}

/// An event as the log has it: each happens a second after the one before.
pub(crate) fn recorded(pos: Pos, event: Event) -> Recorded {
    Recorded {
        pos,
        recorded_at_ms: at(pos),
        occurred_at_ms: at(pos),
        batch: pos,
        cause: Cause::Viewer,
        actor: Actor(9),
        command_id: CommandId { key: pos, body: 0 },
        caused_by: 0,
        event,
    }
}

/// When the event at a position happens.
pub(crate) fn at(pos: Pos) -> i64 {
    pos as i64 * 1_000
}

pub(crate) fn id(number: u32) -> VideoId {
    VideoId::new(number).unwrap()
}

pub(crate) fn ids(numbers: &[u32]) -> Vec<VideoId> {
    numbers.iter().map(|number| id(*number)).collect()
}

pub(crate) fn tag(name: &str) -> TagName {
    TagName::new(name).unwrap()
}

pub(crate) fn stars(stars: u8) -> Stars {
    Stars::new(stars).unwrap()
}

pub(crate) fn root() -> RootPath {
    RootPath::new("/videos")
}

pub(crate) fn path(path: &str) -> MediaPath {
    MediaPath::new(path).unwrap()
}

/// Content that is told apart by one number.
pub(crate) fn content(number: u8) -> Option<Fingerprint> {
    Some(Fingerprint { size_bytes: u64::from(number) * 100, hash: u128::from(number) })
}

pub(crate) fn found(number: u32, at: &str) -> Event {
    found_in(number, root(), at)
}

pub(crate) fn found_in(number: u32, root: RootPath, at: &str) -> Event {
    Event::Video(Video::Found {
        video: id(number),
        root,
        path: path(at),
        size_bytes: u64::from(number) * 100,
        modified_at_ms: 5,
        fingerprint: content(number as u8),
        added_at_ms: i64::from(number),
    })
}

pub(crate) fn probed(number: u32, duration_ms: u64) -> Event {
    let (video_codec, audio_codec) = ("avc1".into(), "mp4a".into());
    Event::Video(Video::Probed {
        video: id(number),
        duration_ms,
        width: 16,
        height: 9,
        video_codec,
        audio_codec,
        details: Default::default(),
    })
}

pub(crate) fn moved(number: u32, to: &str) -> Event {
    Event::Video(Video::Moved { video: id(number), root: root(), path: path(to), modified_at_ms: 6 })
}

pub(crate) fn changed(number: u32, fingerprint: Option<Fingerprint>) -> Event {
    Event::Video(Video::Changed { video: id(number), size_bytes: 77, modified_at_ms: 8, fingerprint })
}

pub(crate) fn vanished(number: u32) -> Event {
    Event::Video(Video::Vanished { video: id(number) })
}

pub(crate) fn returned(number: u32, at: &str, fingerprint: Option<Fingerprint>) -> Event {
    let (root, path) = (root(), path(at));
    Event::Video(Video::Returned { video: id(number), root, path, size_bytes: 78, modified_at_ms: 9, fingerprint })
}

pub(crate) fn dated(number: u32, added_at_ms: i64) -> Event {
    Event::Video(Video::Dated { video: id(number), added_at_ms })
}

pub(crate) fn forgotten(number: u32) -> Event {
    Event::Video(Video::Forgotten { video: id(number) })
}

pub(crate) fn remembered(number: u32) -> Event {
    Event::Video(Video::Remembered { video: id(number) })
}

pub(crate) fn rated(number: u32, given: u8) -> Event {
    Event::Rating(Rating::Given { video: id(number), stars: stars(given) })
}

pub(crate) fn unrated(number: u32) -> Event {
    Event::Rating(Rating::Cleared { video: id(number) })
}

pub(crate) fn liked(number: u32) -> Event {
    Event::Favorite(Favorite::Added { video: id(number) })
}

pub(crate) fn unliked(number: u32) -> Event {
    Event::Favorite(Favorite::Removed { video: id(number) })
}

pub(crate) fn watched(number: u32) -> Event {
    Event::View(View::Started { video: id(number) })
}

pub(crate) fn counted(number: u32, total: u64, last_viewed_at_ms: Option<i64>) -> Event {
    Event::View(View::Counted { video: id(number), total, last_viewed_at_ms })
}

pub(crate) fn withdrawn(number: u32, views: u64, viewed_at_ms: Option<i64>, last_viewed_at_ms: Option<i64>) -> Event {
    Event::View(View::Withdrawn { video: id(number), views, viewed_at_ms, last_viewed_at_ms })
}

pub(crate) fn tagged(number: u32, name: &str) -> Event {
    Event::Tag(Tag::Added { video: id(number), tag: tag(name) })
}

pub(crate) fn untagged(number: u32, name: &str) -> Event {
    Event::Tag(Tag::Removed { video: id(number), tag: tag(name) })
}

pub(crate) fn tag_renamed(from: &str, to: &str) -> Event {
    Event::Tag(Tag::Renamed { from: tag(from), to: tag(to) })
}

pub(crate) fn tag_merged(from: &str, into: &str) -> Event {
    Event::Tag(Tag::Merged { from: tag(from), into: tag(into) })
}
