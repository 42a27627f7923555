//! Made-up histories: mostly sensible, partly nonsense, small enough that things happen to the same videos.

use events::event::{
    Favorite, Group, Image, Import, Maintenance, Playback, Playlist, Rating, Redacted, SheetLayout, Tag, Thumbnail,
    Video, View,
};
use events::values::{ContentId, ItemId, Preview};
use events::{
    Actor, Cause, CommandId, Event, GroupId, GroupName, GroupSlug, ImageId, PlaylistId, PlaylistName, Recorded,
    RootPath, Stars,
};
use proptest::prelude::*;

use crate::story::{self, content, id, path, tag};

pub(crate) const NAMES: [&str; 12] = [
    "alpha.mp4",
    "Alpha 2.mp4",
    "alpha 10.mkv",
    "ALPHA 010.mp4",
    "été/Plage au soleil.mp4",
    "Ete/plage.webm",
    "party/heart beat.mp4",
    "straße/Art.mp4",
    "a",
    "日本/夏祭り 3.mp4",
    "x.y.z.mp4",
    "beat the heart.avi",
];

pub(crate) const TAGS: [&str; 8] = ["Art", "art", "ART", "Party", "été", "x", "mp4", "heart"];

/// Four numbers that [`history`] makes an event of.
pub(crate) type Seed = (u8, u16, u8, u8);

/// Seeds of up to `most` events.
pub(crate) fn seeds(most: usize) -> impl Strategy<Value = Vec<Seed>> {
    prop::collection::vec(any::<Seed>(), 0..most)
}

/// The history these seeds stand for, with at most `videos` videos.
pub(crate) fn history(seeds: &[Seed], videos: u32) -> Vec<Recorded> {
    let (mut pos, mut next) = (0, 1);
    let mut events = Vec::new();
    for (kind, who, what, when) in seeds.iter().copied() {
        let event = event(kind, who, what, &mut next, videos);
        // Now and then a position is skipped, or comes twice.
        pos += match when {
            255 => 2,
            254 => 0,
            _ => 1,
        };
        let occurred_at_ms = i64::from(when % 16) * 1_000;
        events.push(Recorded {
            pos,
            recorded_at_ms: pos as i64,
            occurred_at_ms,
            batch: pos,
            cause: if when.is_multiple_of(5) { Cause::Import } else { Cause::Viewer },
            actor: Actor(u32::from(when % 3)),
            command_id: CommandId { key: u64::from(who), body: u64::from(what) },
            caused_by: 0,
            event,
        });
    }
    events
}

fn event(kind: u8, who: u16, what: u8, next: &mut u32, videos: u32) -> Event {
    let video = id(1 + u32::from(who) % (videos + 1));
    let stars = Stars::new(1 + what % 5).unwrap();
    match kind % 44 {
        0..6 => found(next, what, videos),
        6..12 => place(kind, what, video),
        12..15 => Event::Rating(Rating::Given { video, stars }),
        15 => Event::Rating(Rating::Cleared { video }),
        16..18 => Event::Favorite(Favorite::Added { video }),
        18 => Event::Favorite(Favorite::Removed { video }),
        19..21 => Event::View(View::Started { video }),
        21 if what.is_multiple_of(4) => withdrawn(what, video),
        21 => {
            let last_viewed_at_ms = (what.is_multiple_of(2)).then(|| i64::from(what));
            Event::View(View::Counted { video, total: u64::from(what % 7), last_viewed_at_ms })
        }
        22 if what.is_multiple_of(3) => rolled_up(video, what, who),
        22 => Event::Playback(Playback::Paused { video, position_ms: u64::from(what) }),
        23 => Event::Playback(Playback::Finished { video }),
        24..30 => tags(kind, who, what, video),
        30..33 => playlist(who, what, video),
        33..35 => Event::Thumbnail(thumbnail(kind.wrapping_add(what), what, video)),
        35..39 => image(who, what),
        39..41 => group(who, what),
        43 => Event::Maintenance(Maintenance::Done { task: "verify".into(), summary: "All is well.".into() }),
        41 => Event::Redacted(Redacted { kind: 401, version: 1, digest: [what; 32] }),
        _ if what.is_multiple_of(2) => Event::Import(Import::Started { source: "old".into() }),
        _ => Event::Import(Import::Finished { accepted: u64::from(who), unchanged: 0, rejected: 0 }),
    }
}

fn withdrawn(what: u8, video: events::VideoId) -> Event {
    let (viewed_at_ms, last_viewed_at_ms) = (i64::from(what % 16) * 1_000, i64::from(what % 5) * 1_000);
    let viewed_at_ms = (what < 200).then_some(viewed_at_ms);
    let last_viewed_at_ms = (!what.is_multiple_of(3)).then_some(last_viewed_at_ms);
    Event::View(View::Withdrawn { video, views: u64::from(what % 3), viewed_at_ms, last_viewed_at_ms })
}

fn rolled_up(video: events::VideoId, what: u8, who: u16) -> Event {
    let began_at_ms: Vec<i64> = (0..=what % 4).map(|view| i64::from(view % 3) * 3_000_000 + i64::from(who)).collect();
    story::rolled_up(video.get(), &began_at_ms)
}

fn thumbnail(kind: u8, what: u8, video: events::VideoId) -> Thumbnail {
    let (decoder, reason, id) = ("d".to_owned(), "broken".to_owned(), ContentId(u128::from(what)));
    let (took_ms, position_ms) = (u64::from(what), u64::from(what % 9));
    match kind % 8 {
        0 | 1 => {
            let preview = Preview { colour: [what; 3], ..Preview::default() };
            Thumbnail::Made { video, cover: id, decoder, position_ms, preview, took_ms }
        }
        2 => Thumbnail::Failed { video, stage: "probe".into(), reason, decoder },
        3 => Thumbnail::StoryboardMade { video, sheet: id, layout: SheetLayout::default(), decoder, took_ms },
        4 => Thumbnail::StoryboardFailed { video, reason, decoder },
        5 => Thumbnail::Chosen { video, position_ms },
        6 => Thumbnail::Automatic { video },
        _ => Thumbnail::Retried { video },
    }
}

fn found(next: &mut u32, what: u8, videos: u32) -> Event {
    let root = if what.is_multiple_of(6) { RootPath::default() } else { RootPath::new("/videos") };
    // Now and then a number that is not the next one.
    let number = if what == 77 || *next > videos { 1 + u32::from(what) } else { *next };
    *next += u32::from(number == *next);
    Event::Video(Video::Found {
        video: id(number),
        root,
        path: path(NAMES[usize::from(what) % NAMES.len()]),
        size_bytes: u64::from(what % 4) * 10,
        modified_at_ms: i64::from(what),
        fingerprint: content(what % 8).filter(|_| !what.is_multiple_of(8)),
        added_at_ms: i64::from(what % 5),
    })
}

fn place(kind: u8, what: u8, video: events::VideoId) -> Event {
    let (root, path) = (RootPath::new("/videos"), path(NAMES[usize::from(what / 8) % NAMES.len()]));
    let (size_bytes, modified_at_ms) = (u64::from(what), i64::from(what));
    let fingerprint = content(what % 4).filter(|_| !what.is_multiple_of(4));
    Event::Video(match kind % 6 {
        0 => {
            let (video_codec, audio_codec) = ("avc1".into(), String::new());
            Video::Probed {
                video,
                duration_ms: u64::from(what % 9),
                width: 1,
                height: 1,
                video_codec,
                audio_codec,
                details: Default::default(),
            }
        }
        1 => Video::Moved { video, root, path, modified_at_ms },
        2 => Video::Changed { video, size_bytes, modified_at_ms, fingerprint },
        3 => Video::Vanished { video },
        4 => Video::Returned { video, root, path, size_bytes, modified_at_ms, fingerprint },
        _ if what.is_multiple_of(8) => Video::Forgotten { video },
        _ if what.is_multiple_of(4) => Video::Remembered { video },
        _ => Video::Dated { video, added_at_ms: i64::from(what % 5) },
    })
}

fn tags(kind: u8, who: u16, what: u8, video: events::VideoId) -> Event {
    let (from, to) = (tag(TAGS[usize::from(what) % TAGS.len()]), tag(TAGS[usize::from(who) % TAGS.len()]));
    Event::Tag(match kind % 6 {
        0..3 => Tag::Added { video, tag: from },
        3 => Tag::Removed { video, tag: from },
        4 => Tag::Renamed { from, to },
        _ => Tag::Merged { from, into: to },
    })
}

fn playlist(who: u16, what: u8, video: events::VideoId) -> Event {
    let playlist = PlaylistId::new(1 + u32::from(what % 3)).unwrap();
    let item = ItemId::new(1 + u32::from(who % 6)).unwrap();
    let name = || PlaylistName::new(if who.is_multiple_of(2) { "one" } else { "two" }).unwrap();
    Event::Playlist(match what / 3 % 8 {
        0 | 1 => Playlist::Created { playlist, name: name() },
        2 => Playlist::Renamed { playlist, name: name() },
        3 => Playlist::Described { playlist, description: "about".into() },
        4 | 5 => Playlist::ItemAdded { playlist, item, video },
        6 if who < 250 => Playlist::ItemMoved { playlist, item, index: u32::from(who % 4) },
        7 => Playlist::ItemRemoved { playlist, item },
        _ => Playlist::Deleted { playlist },
    })
}

fn image(who: u16, what: u8) -> Event {
    let image = ImageId::new(1 + u32::from(who % 6)).unwrap();
    let root = RootPath::new(if what.is_multiple_of(5) { "" } else { "/images" });
    let path = path(NAMES[usize::from(what) % NAMES.len()]);
    let (size_bytes, modified_at_ms) = (u64::from(what), i64::from(what));
    Event::Image(match who / 6 % 12 {
        0..4 => Image::Found { image, root, path, size_bytes, modified_at_ms, added_at_ms: modified_at_ms },
        4 => Image::Changed { image, size_bytes, modified_at_ms },
        5 => Image::Moved { image, root: RootPath::new("/other"), path },
        6 | 7 => Image::Vanished { image },
        8 => Image::Returned { image, root: RootPath::new("/images"), path, size_bytes, modified_at_ms },
        9 | 10 => Image::Favored { image },
        _ => Image::Unfavored { image },
    })
}

fn group(who: u16, what: u8) -> Event {
    let group = GroupId::new(1 + u32::from(what % 3)).unwrap();
    let image = ImageId::new(1 + u32::from(who % 6)).unwrap();
    let name = || GroupName::new(if who.is_multiple_of(2) { "one" } else { "two" }).unwrap();
    let slug = || GroupSlug::new(if who.is_multiple_of(5) { "one" } else { "two" }).unwrap();
    Event::Group(match what / 3 % 9 {
        0 | 1 => Group::Created { group, name: name(), slug: slug() },
        2 => Group::Renamed { group, name: name() },
        3 => Group::CoverSet { group, image },
        4..7 => Group::ImageAdded { group, image },
        7 => Group::ImageRemoved { group, image },
        _ if who.is_multiple_of(3) => Group::Deleted { group },
        _ => Group::ImageAdded { group, image },
    })
}
