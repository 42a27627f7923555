//! Sentences as text and as parts, with much known and with nothing.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use super::{Before, Memory, Part, Sentence};
use crate::samples::Library;
use events::event::{Playlist, Rating, Tag, Video};
use events::values::ItemId;
use events::{Cause, Event, GroupId, ImageId, MediaPath, PlaylistId, PlaylistName, RootPath, Stars, TagName, VideoId};

/// Nothing was known before.
struct Nothing;

impl Before for Nothing {
    fn place(&self, _: VideoId) -> Option<String> {
        None
    }
    fn title(&self, _: VideoId) -> Option<String> {
        None
    }
    fn stars(&self, _: VideoId) -> Option<Stars> {
        None
    }
    fn playlist(&self, _: PlaylistId) -> Option<String> {
        None
    }
    fn item(&self, _: PlaylistId, item: ItemId) -> Option<VideoId> {
        // An entry shows the video of its own number, so that a sentence can be seen to ask.
        VideoId::new(item.get()).ok()
    }
    fn image(&self, _: ImageId) -> Option<String> {
        None
    }
    fn group(&self, _: GroupId) -> Option<String> {
        None
    }
}

fn video(number: u32) -> VideoId {
    VideoId::new(number).unwrap()
}

fn rated(stars: u8) -> Event {
    Event::Rating(Rating::Given { video: video(1), stars: Stars::new(stars).unwrap() })
}

/// What `tools log` says of these events, which happen to `Sea.mp4` in turn.
fn told(events: Vec<Event>) -> Vec<String> {
    let mut library = Library::of(&["Sea.mp4"]);
    events.into_iter().for_each(|event| library.happen(Cause::Viewer, event));
    let mut memory = Memory::default();
    let tell = |record: &events::Recorded| {
        let sentence = Sentence::of(&record.event, &memory).to_string();
        memory.fold(record);
        sentence
    };
    library.records.iter().map(tell).skip(1).collect()
}

#[test]
fn what_was_there_before_is_said_with_what_is_there_now() {
    let list = PlaylistId::new(1).unwrap();
    let moved = Video::Moved {
        video: video(1),
        root: RootPath::new("/videos"),
        path: MediaPath::new("b\n/Sea.mp4").unwrap(),
        modified_at_ms: 0,
    };
    let name = |name| PlaylistName::new(name).unwrap();
    let told = told(vec![
        rated(3),
        rated(2),
        Event::Rating(Rating::Cleared { video: video(1) }),
        Event::Video(moved),
        Event::Playlist(Playlist::Created { playlist: list, name: name("Evening") }),
        Event::Playlist(Playlist::Renamed { playlist: list, name: name("Night") }),
        Event::Playlist(Playlist::ItemRemoved { playlist: list, item: ItemId::new(4).unwrap() }),
        Event::Tag(Tag::Merged { from: TagName::new("a").unwrap(), into: TagName::new("b").unwrap() }),
    ]);
    let expected = [
        "“Sea” was rated ★★★",
        "“Sea” was rated ★★★ → ★★",
        "“Sea” was rated ★★ → no rating",
        "“/videos/Sea.mp4” moved → “/videos/b\u{FFFD}/Sea.mp4”",
        "the playlist “Evening” was made",
        "the playlist “Evening” → “Night”",
        "entry 4 was taken off “Night”",
        "the tag #a was merged into #b",
    ];
    assert_eq!(told, expected);
}

#[test]
fn a_sentence_is_whole_when_nothing_is_known() {
    let list = PlaylistId::new(7).unwrap();
    let said = |event: Event| Sentence::of(&event, &Nothing).to_string();
    assert_eq!(said(rated(2)), "video 1 was rated ★★");
    let removed = Playlist::ItemRemoved { playlist: list, item: ItemId::new(4).unwrap() };
    assert_eq!(said(Event::Playlist(removed)), "video 4 was taken off playlist 7");
}

#[test]
fn parts_say_what_they_are_of() {
    let tag = TagName::new("sea").unwrap();
    let sentence = Sentence::of(&Event::Tag(Tag::Added { video: video(1), tag: tag.clone() }), &Nothing);
    let expected = [Part::Video(video(1), None), Part::Text(" was tagged ".to_owned()), Part::Tag(tag)];
    assert_eq!(sentence.parts, expected);
}
