//! Examples of every event, for the tests of this crate.

use crate::event::{
    Captions, Chapter, Details, Event, Favorite, Group, HourCount, Image, Import, Maintenance, Playback, Playlist,
    Rating, SheetLayout, Tag, Thumbnail, Video, View,
};
use crate::record::{Cause, CommandId, Pos, Recorded};
use crate::values::{
    Actor, ContentId, Fingerprint, GroupId, GroupName, GroupSlug, ImageId, ItemId, MediaPath, PlaylistId, PlaylistName,
    Preview, RootPath, Stars, TagName, VideoId,
};
use crate::wire;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;

/// `event` in an ordinary envelope.
pub(crate) fn recorded(pos: Pos, event: Event) -> Recorded {
    Recorded {
        pos,
        recorded_at_ms: 1_767_323_045_006 + i64::try_from(pos).unwrap(),
        occurred_at_ms: 1_767_323_045_000,
        batch: pos,
        cause: Cause::Viewer,
        actor: Actor(3),
        command_id: CommandId { key: 0x0123_4567_89ab_cdef, body: 0xfedc_ba98_7654_3210 },
        caused_by: 0,
        event,
    }
}

/// All [`cases`] in one log.
pub(crate) fn every_event() -> Vec<Recorded> {
    (1..).zip(cases()).map(|(pos, (_, record))| Recorded { pos, ..record }).collect()
}

/// A record of every kind, then some at the edge of what can be, each with a word that tells it from
/// others of its kind. Golden files are made of them: cases are added, never changed.
pub(crate) fn cases() -> Vec<(&'static str, Recorded)> {
    let all = events().into_iter().chain(images()).chain(groups()).chain(maintenance());
    let plain = all.map(|event| ("plain", event));
    let mut cases: Vec<_> = plain.chain(odd_events()).map(|(case, event)| (case, recorded(7, event))).collect();
    let cleared = recorded(7, Event::Rating(Rating::Cleared { video: video() }));
    let undone = Recorded { cause: Cause::Undo, caused_by: 1, batch: 2, ..cleared.clone() };
    let extreme = Recorded {
        pos: u64::MAX,
        recorded_at_ms: i64::MAX,
        occurred_at_ms: i64::MIN,
        batch: u64::MAX,
        cause: Cause::Tool,
        actor: Actor(u32::MAX),
        command_id: CommandId { key: u64::MAX, body: 0 },
        caused_by: u64::MAX,
        ..cleared
    };
    cases.extend([("undone", undone), ("extreme", extreme)]);
    cases.extend(redacted().map(|event| ("redacted", recorded(7, event))));
    cases
}

pub(crate) fn tag(text: &str) -> TagName {
    TagName::new(text).unwrap()
}

fn video() -> VideoId {
    VideoId::new(42).unwrap()
}

fn media() -> MediaPath {
    MediaPath::new("holiday/100 % fun \u{1f40c}.mp4").unwrap()
}

const FINGERPRINT: Fingerprint = Fingerprint { size_bytes: 1 << 40, hash: 0x0011_2233_4455_6677_8899_aabb_ccdd_eeff };

fn events() -> Vec<Event> {
    let video = video();
    let playlist = PlaylistId::new(7).unwrap();
    let item = ItemId::new(9).unwrap();
    let name = |text| PlaylistName::new(text).unwrap();
    let mut events = videos();
    events.extend(thumbnails());
    events.extend([
        Event::Rating(Rating::Given { video, stars: Stars::new(4).unwrap() }),
        Event::Rating(Rating::Cleared { video }),
        Event::Favorite(Favorite::Added { video }),
        Event::Favorite(Favorite::Removed { video }),
        Event::View(View::Started { video }),
        Event::View(View::Counted { video, total: 12_345, last_viewed_at_ms: Some(1_600_000_000_000) }),
        Event::View(View::Withdrawn {
            video,
            views: 1,
            viewed_at_ms: Some(1_600_000_000_123),
            last_viewed_at_ms: None,
        }),
        rolled_up(video),
        Event::Playback(Playback::Paused { video, position_ms: 61_000 }),
        Event::Playback(Playback::Finished { video }),
        Event::Tag(Tag::Added { video, tag: tag("Grüße aus Köln") }),
        Event::Tag(Tag::Removed { video, tag: tag("cats") }),
        Event::Tag(Tag::Renamed { from: tag("cats"), to: tag("Cats") }),
        Event::Tag(Tag::Merged { from: tag("kitten"), into: tag("Cats") }),
        Event::Playlist(Playlist::Created { playlist, name: name("Watch later") }),
        Event::Playlist(Playlist::Renamed { playlist, name: name("夜") }),
        Event::Playlist(Playlist::Described { playlist, description: "two\nlines and a \"quote\"".into() }),
        Event::Playlist(Playlist::ItemAdded { playlist, item, video }),
        Event::Playlist(Playlist::ItemRemoved { playlist, item }),
        Event::Playlist(Playlist::ItemMoved { playlist, item, index: 3 }),
        Event::Playlist(Playlist::Deleted { playlist }),
        Event::Import(Import::Started { source: "/old/ratings.json".into() }),
        Event::Import(Import::Finished { accepted: 1, unchanged: 300, rejected: 70_000 }),
    ]);
    events
}

fn rolled_up(video: VideoId) -> Event {
    let hours = [(444_444, 1), (444_468, 70_000)].map(|(hour, count)| HourCount { hour, count }).to_vec();
    Event::View(View::RolledUp { video, hours, last_viewed_at_ms: 1_600_087_654_321 })
}

fn thumbnails() -> Vec<Event> {
    let (video, decoder) = (video(), || "ffmpeg".to_owned());
    let mut preview = Preview { colour: [0x8a, 0xa6, 0xff], ..Preview::default() };
    preview.pixels.iter_mut().zip(1..).for_each(|(byte, number)| *byte = number);
    let layout = SheetLayout { tiles: 90, columns: 10, tile_width: 160, tile_height: 68, interval_ms: 60_000 };
    let (stage, reason) = ("decode".to_owned(), "no picture".to_owned());
    [
        Thumbnail::Made { video, cover: ContentId(1), decoder: decoder(), position_ms: 9_000, preview, took_ms: 48 },
        Thumbnail::Failed { video, stage, reason: reason.clone(), decoder: "own".into() },
        Thumbnail::StoryboardMade { video, sheet: ContentId(2), layout, decoder: decoder(), took_ms: 1_200 },
        Thumbnail::StoryboardFailed { video, reason, decoder: decoder() },
        Thumbnail::Chosen { video, position_ms: 61_000 },
        Thumbnail::Automatic { video },
        Thumbnail::Retried { video },
    ]
    .map(Event::Thumbnail)
    .to_vec()
}

fn videos() -> Vec<Event> {
    let (video, root, path) = (video(), RootPath::new("/srv/videos"), media());
    let (size_bytes, modified_at_ms, added_at_ms) = (123_456_789, 1_600_000_000_123, 1_500_000_000_000);
    let fingerprint = Some(FINGERPRINT);
    let found = Video::Found {
        video,
        root: root.clone(),
        path: path.clone(),
        size_bytes,
        modified_at_ms,
        fingerprint,
        added_at_ms,
    };
    let probed = Video::Probed {
        video,
        duration_ms: 5_400_000,
        width: 1920,
        height: 1080,
        video_codec: "avc1.640028".into(),
        audio_codec: "mp4a.40.2".into(),
        details: Details {
            frame_rate_mhz: 23_976,
            bit_rate: 4_000_000,
            created_at_ms: Some(1_400_000_000_000),
            chapters: vec![Chapter { start_ms: 61_000, title: "Überfahrt".into() }],
            captions: vec![Captions { track: 2, language: "pt-BR".into(), title: "Legendas".into() }],
        },
    };
    [
        found,
        probed,
        Video::Moved { video, root: root.clone(), path: path.clone(), modified_at_ms },
        Video::Changed { video, size_bytes, modified_at_ms, fingerprint },
        Video::Vanished { video },
        Video::Returned { video, root, path, size_bytes, modified_at_ms, fingerprint },
        Video::Dated { video, added_at_ms },
        Video::Forgotten { video },
        Video::Remembered { video },
    ]
    .map(Event::Video)
    .to_vec()
}

fn image() -> ImageId {
    ImageId::new(11).unwrap()
}

fn images() -> Vec<Event> {
    let (image, root, path) = (image(), RootPath::new("/srv/images"), MediaPath::new("2024/Grüße 100 %.jpg").unwrap());
    let (size_bytes, modified_at_ms, added_at_ms) = (2_345_678, 1_600_000_000_123, 1_500_000_000_000);
    [
        Image::Found { image, root: root.clone(), path: path.clone(), size_bytes, modified_at_ms, added_at_ms },
        Image::Changed { image, size_bytes, modified_at_ms },
        Image::Moved { image, root: root.clone(), path: path.clone() },
        Image::Vanished { image },
        Image::Returned { image, root, path, size_bytes, modified_at_ms },
        Image::Favored { image },
        Image::Unfavored { image },
    ]
    .map(Event::Image)
    .to_vec()
}

fn groups() -> Vec<Event> {
    let (group, image) = (GroupId::new(3).unwrap(), image());
    let (name, slug) = (GroupName::new("Summer & sun").unwrap(), GroupSlug::new("summer-sun").unwrap());
    [
        Group::Created { group, name, slug },
        Group::Renamed { group, name: GroupName::new("夏").unwrap() },
        Group::CoverSet { group, image },
        Group::ImageAdded { group, image },
        Group::ImageRemoved { group, image },
        Group::Deleted { group },
    ]
    .map(Event::Group)
    .to_vec()
}

fn maintenance() -> Vec<Event> {
    let (task, summary) = (|| "verify".to_owned(), || "Every event is as it was written.".to_owned());
    [
        Maintenance::Done { task: task(), summary: summary() },
        Maintenance::Failed { task: task(), summary: "The log cannot be trusted.".into() },
        Maintenance::Cancelled { task: "rebuild".into(), summary: "It was called off; nothing was changed.".into() },
    ]
    .map(Event::Maintenance)
    .to_vec()
}

/// What is left of a viewing and of a resume position.
fn redacted() -> [Event; 2] {
    let view = Event::View(View::Started { video: video() });
    let playback = Event::Playback(Playback::Paused { video: video(), position_ms: 61_000 });
    [view, playback].map(|event| {
        let erased = wire::redact(1, &wire::encode(&recorded(1, event)).unwrap()).unwrap();
        wire::decode(1, &erased).unwrap().unwrap().event
    })
}

/// What is at the edge of what a kind can hold.
fn odd_events() -> Vec<(&'static str, Event)> {
    let (video, last) = (video(), VideoId::new(u32::MAX).unwrap());
    let path = MediaPath::new(Path::new(OsStr::from_bytes(b"caf\xe9/a\nb%.mkv"))).unwrap();
    let nowhere = Video::Found {
        video: VideoId::new(1).unwrap(),
        root: RootPath::default(),
        path: path.clone(),
        size_bytes: 0,
        modified_at_ms: 0,
        fingerprint: None,
        added_at_ms: -62_135_596_800_000,
    };
    let root = RootPath::new(Path::new(OsStr::from_bytes(b"/\xff")));
    let all_bits = Fingerprint { size_bytes: u64::MAX, hash: u128::MAX };
    vec![
        ("nowhere", Event::Video(nowhere)),
        ("bytes", Event::Video(Video::Moved { video, root, path, modified_at_ms: i64::MIN })),
        ("unreadable", Event::Video(Video::Changed { video, size_bytes: 0, modified_at_ms: -1, fingerprint: None })),
        (
            "largest",
            Event::Video(Video::Changed {
                video: last,
                size_bytes: u64::MAX,
                modified_at_ms: i64::MAX,
                fingerprint: Some(all_bits),
            }),
        ),
        ("unknown_time", Event::View(View::Counted { video, total: u64::MAX, last_viewed_at_ms: None })),
        ("imported", Event::View(View::Withdrawn { video, views: 9, viewed_at_ms: None, last_viewed_at_ms: Some(-1) })),
        ("longest", Event::Tag(Tag::Added { video, tag: tag(&"ß".repeat(TagName::MAX_CHARS)) })),
        ("empty", Event::Import(Import::Started { source: String::new() })),
    ]
}
