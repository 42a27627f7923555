//! Small libraries for the tests of view models: given these events, what does a page show?

use events::event::{Favorite, Playlist, Rating, Tag, Video, View};
use events::values::ItemId;
use events::{
    Actor, Cause, CommandId, Event, MediaPath, PlaylistId, PlaylistName, Recorded, RootPath, Stars, TagName, VideoId,
};
use projections::State;

/// The video with this number.
pub(super) fn id(number: u32) -> VideoId {
    VideoId::new(number).unwrap()
}

/// What is known after these events, one batch each, a second apart.
pub(super) fn after(events: &[Event]) -> State {
    let mut state = State::default();
    for (pos, event) in (1..).zip(events.iter().cloned()) {
        let at_ms = i64::try_from(pos).unwrap() * 1000;
        let command_id = CommandId { key: pos, body: pos };
        let (cause, actor) = (Cause::Viewer, Actor(7));
        let envelope = Recorded {
            pos,
            recorded_at_ms: at_ms,
            occurred_at_ms: at_ms,
            batch: pos,
            cause,
            actor,
            command_id,
            caused_by: 0,
            event,
        };
        state.apply(&envelope);
    }
    assert_eq!(state.anomalies(), 0, "the events of a test are possible");
    state
}

/// A file turned up in the folder `/lib`; the higher its number, the later it was added.
pub(super) fn found(number: u32, path: &str) -> Event {
    Event::Video(Video::Found {
        video: id(number),
        root: RootPath::new("/lib"),
        path: MediaPath::new(path).unwrap(),
        size_bytes: u64::from(number) * 1_000_000,
        modified_at_ms: 0,
        fingerprint: None,
        added_at_ms: i64::from(number) * 1000,
    })
}

/// It vanished.
pub(super) fn vanished(number: u32) -> Event {
    Event::Video(Video::Vanished { video: id(number) })
}

/// It was rated.
pub(super) fn rated(number: u32, stars: u8) -> Event {
    Event::Rating(Rating::Given { video: id(number), stars: Stars::new(stars).unwrap() })
}

/// It got a heart.
pub(super) fn loved(number: u32) -> Event {
    Event::Favorite(Favorite::Added { video: id(number) })
}

/// It was watched.
pub(super) fn viewed(number: u32) -> Event {
    Event::View(View::Started { video: id(number) })
}

/// It got a tag.
pub(super) fn tagged(number: u32, tag: &str) -> Event {
    Event::Tag(Tag::Added { video: id(number), tag: TagName::new(tag).unwrap() })
}

/// It was found to play this long, in milliseconds.
pub(super) fn probed(number: u32, duration_ms: u64) -> Event {
    let (video_codec, audio_codec) = (String::new(), String::new());
    Event::Video(Video::Probed {
        video: id(number),
        duration_ms,
        width: 0,
        height: 0,
        video_codec,
        audio_codec,
        details: Default::default(),
    })
}

/// Somebody said that it is gone for good.
pub(super) fn forgotten(number: u32) -> Event {
    Event::Video(Video::Forgotten { video: id(number) })
}

/// A playlist was made.
pub(super) fn playlist(number: u32, name: &str) -> Event {
    let playlist = PlaylistId::new(number).unwrap();
    Event::Playlist(Playlist::Created { playlist, name: PlaylistName::new(name).unwrap() })
}

/// A video was put into it.
pub(super) fn listed(playlist: u32, item: u32, video: u32) -> Event {
    let (playlist, item) = (PlaylistId::new(playlist).unwrap(), ItemId::new(item).unwrap());
    Event::Playlist(Playlist::ItemAdded { playlist, item, video: id(video) })
}
