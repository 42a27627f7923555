//! Sentences as text and as parts, with much known and with nothing.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use super::{Before, Memory, Part, Sentence};
use crate::samples::Library;
use events::event::{Maintenance, Playlist, Rating, Tag, Thumbnail, Video, View};
use events::values::ItemId;
use events::{Cause, Event, GroupId, ImageId, MediaPath, PlaylistId, PlaylistName, RootPath, Stars, TagName, VideoId};
use jiff::tz::{TimeZone, offset};

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
    fn added_at_ms(&self, _: VideoId) -> Option<i64> {
        None
    }
    fn cover_ms(&self, _: VideoId) -> Option<u64> {
        None
    }
    fn playlist(&self, _: PlaylistId) -> Option<String> {
        None
    }
    fn description(&self, _: PlaylistId) -> Option<String> {
        None
    }
    fn zone(&self) -> TimeZone {
        TimeZone::fixed(offset(14))
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
    let mut memory = Memory::new(TimeZone::fixed(jiff::tz::offset(3)));
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
    let described =
        |words: &str| Event::Playlist(Playlist::Described { playlist: list, description: words.to_owned() });
    let told = told(vec![
        rated(3),
        rated(2),
        Event::Rating(Rating::Cleared { video: video(1) }),
        Event::Video(moved),
        Event::Playlist(Playlist::Created { playlist: list, name: name("Evening") }),
        Event::Playlist(Playlist::Renamed { playlist: list, name: name("Night") }),
        Event::Playlist(Playlist::ItemRemoved { playlist: list, item: ItemId::new(4).unwrap() }),
        Event::Tag(Tag::Merged { from: TagName::new("a").unwrap(), into: TagName::new("b").unwrap() }),
        Event::Video(Video::Dated { video: video(1), added_at_ms: 86_400_000 }),
        described(""),
        described("calm"),
        described("loud"),
        Event::Thumbnail(Thumbnail::Chosen { video: video(1), position_ms: 1_000 }),
        Event::Thumbnail(Thumbnail::Chosen { video: video(1), position_ms: 5_000 }),
    ]);
    let expected = [
        "“Sea” was rated ★★★",
        "“Sea” was rated ★★★ → ★★",
        "“Sea” lost its rating: ★★ → no rating",
        "“/videos/Sea.mp4” moved → “/videos/b\u{FFFD}/Sea.mp4”",
        "the playlist “Evening” was made",
        "the playlist “Evening” → “Night”",
        "a video was taken off “Night”",
        "the tag #a was merged into #b",
        "“Sea” was added 2023-11-15 → 1970-01-02",
        "the playlist “Night” is described: “”",
        "the playlist “Night” is described: “calm”",
        "the playlist “Night” is described: “calm” → “loud”",
        "the picture at 0:01 was chosen as the cover of “Sea”",
        "the picture at 0:01 → 0:05 was chosen as the cover of “Sea”",
    ];
    assert_eq!(told, expected);
}

#[test]
fn days_are_those_where_the_reader_is() {
    let dated = Video::Dated { video: video(1), added_at_ms: 86_400_000 - 1 };
    let said = told(vec![Event::Video(dated)]).concat();
    assert!(said.contains("1970-01-02"), "{said}");
}

#[test]
fn a_sentence_is_whole_when_nothing_is_known() {
    let list = PlaylistId::new(7).unwrap();
    let said = |event: Event| Sentence::of(&event, &Nothing).to_string();
    assert_eq!(said(rated(2)), "video 1 was rated ★★");
    let removed = Playlist::ItemRemoved { playlist: list, item: ItemId::new(4).unwrap() };
    assert_eq!(said(Event::Playlist(removed)), "video 4 was taken off playlist 7");
    let dated = Video::Dated { video: video(1), added_at_ms: 86_400_000 - 1 };
    assert_eq!(said(Event::Video(dated)), "video 1 was added 1970-01-02", "a day of the zone");
    assert_eq!(said(Event::Rating(Rating::Cleared { video: video(1) })), "video 1 lost its rating");
    let counted = |total| Event::View(View::Counted { video: video(1), total, last_viewed_at_ms: Some(1) });
    assert_eq!(said(counted(3)), "video 1 had been watched 3 times elsewhere");
    assert_eq!(said(counted(0)), "the time when video 1 was last watched was corrected");
    let withdrawn = |views| {
        said(Event::View(View::Withdrawn { video: video(1), views, viewed_at_ms: None, last_viewed_at_ms: None }))
    };
    assert_eq!(withdrawn(0), "the time when video 1 was last watched was corrected");
    assert_eq!(withdrawn(1), "a view of video 1 was taken back");
    assert_eq!(withdrawn(2), "2 views of video 1 were taken back");
}

#[test]
fn maintenance_is_said_as_it_ended() {
    let (task, summary) = (|| "verify".to_owned(), || "All\nis well.".to_owned());
    let said = |event| Sentence::of(&Event::Maintenance(event), &Nothing).to_string();
    let ended = [
        said(Maintenance::Done { task: task(), summary: summary() }),
        said(Maintenance::Failed { task: task(), summary: summary() }),
        said(Maintenance::Cancelled { task: task(), summary: summary() }),
    ];
    let expected = ["", " failed", " was cancelled"].map(|how| format!("verify{how}: All\u{FFFD}is well."));
    assert_eq!(ended, expected);
}

#[test]
fn parts_say_what_they_are_of() {
    let tag = TagName::new("sea").unwrap();
    let sentence = Sentence::of(&Event::Tag(Tag::Added { video: video(1), tag: tag.clone() }), &Nothing);
    let expected = [Part::Video(video(1), None), Part::Text(" was tagged ".to_owned()), Part::Tag(tag)];
    assert_eq!(sentence.parts, expected);
}
