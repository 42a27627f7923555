//! Examples of every event, for the tests of this crate.

use crate::event::{Event, Favorite, Import, Playback, Playlist, Rating, Tag, Thumbnail, Video, View};
use crate::record::{Cause, CommandId, Pos, Recorded};
use crate::values::{
    Actor, ContentId, Fingerprint, ItemId, MediaPath, PlaylistId, PlaylistName, RootPath, Stars, TagName, VideoId,
};
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

/// At least one event of every kind, at positions from 1.
pub(crate) fn every_event() -> Vec<Recorded> {
    events().into_iter().zip(1..).map(|(event, pos)| recorded(pos, event)).collect()
}

fn path(bytes: &[u8]) -> &Path {
    Path::new(OsStr::from_bytes(bytes))
}

pub(crate) fn tag(text: &str) -> TagName {
    TagName::new(text).unwrap()
}

fn events() -> Vec<Event> {
    let video = VideoId::new(42).unwrap();
    let playlist = PlaylistId::new(7).unwrap();
    let item = ItemId::new(9).unwrap();
    let name = |text| PlaylistName::new(text).unwrap();
    let root = RootPath::new("/srv/videos");
    let media = MediaPath::new("holiday/100 % fun \u{1f40c}.mp4").unwrap();
    let odd = MediaPath::new(path(b"caf\xe9/a\nb.mkv")).unwrap();
    let fingerprint = Some(Fingerprint { size_bytes: 1 << 40, hash: 0x0011_2233_4455_6677_8899_aabb_ccdd_eeff });
    let (size_bytes, modified_at_ms) = (123_456_789, 1_600_000_000_123);
    let mut events = videos(video, &root, &media, &odd, fingerprint);
    events.extend([
        Event::Video(Video::Changed { video, size_bytes, modified_at_ms, fingerprint }),
        Event::Rating(Rating::Given { video, stars: Stars::new(4).unwrap() }),
        Event::Rating(Rating::Cleared { video }),
        Event::Favorite(Favorite::Added { video }),
        Event::Favorite(Favorite::Removed { video }),
        Event::View(View::Started { video }),
        Event::View(View::Counted { video, total: 12_345, last_viewed_at_ms: Some(-1) }),
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
        Event::Thumbnail(Thumbnail::Made { video, cover: ContentId(1), decoder: "ffmpeg".into() }),
        Event::Thumbnail(Thumbnail::Failed {
            video,
            stage: "decode".into(),
            reason: "no picture".into(),
            decoder: "own".into(),
        }),
        Event::Import(Import::Started { source: "/old/ratings.json".into() }),
        Event::Import(Import::Finished { accepted: 1, unchanged: 300, rejected: 70_000 }),
    ]);
    events
}

fn videos(
    video: VideoId,
    root: &RootPath,
    media: &MediaPath,
    odd: &MediaPath,
    fingerprint: Option<Fingerprint>,
) -> Vec<Event> {
    let (root, path) = (root.clone(), media.clone());
    let (size_bytes, modified_at_ms, added_at_ms) = (123_456_789, 1_600_000_000_123, 1_500_000_000_000);
    let nowhere = Video::Found {
        video,
        root: RootPath::default(),
        path: odd.clone(),
        size_bytes: 0,
        modified_at_ms: 0,
        fingerprint: None,
        added_at_ms,
    };
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
    };
    [
        found,
        nowhere,
        probed,
        Video::Moved { video, root: root.clone(), path: odd.clone(), modified_at_ms },
        Video::Vanished { video },
        Video::Returned { video, root, path, size_bytes, modified_at_ms, fingerprint },
        Video::Dated { video, added_at_ms },
        Video::Forgotten { video },
    ]
    .map(Event::Video)
    .to_vec()
}
