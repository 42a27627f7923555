//! Any record at all, for tests of properties.

use super::kind::kinds;
use super::redacted::is_erasable;
use crate::event::{
    Captions, Chapter, Details, Event, Favorite, Group, HourCount, Image, Import, Maintenance, Playback, Playlist,
    Rating, Redacted, SheetLayout, Tag, Thumbnail, Video, View,
};
use crate::record::{Cause, CommandId, Recorded};
use crate::values::{
    Actor, ContentId, Fingerprint, GroupId, GroupName, GroupSlug, ImageId, ItemId, MediaPath, PlaylistId, PlaylistName,
    Preview, RootPath, Stars, TagName, VideoId,
};
use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::*;
use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt as _;

/// Numbers of every length on disk, not only large ones.
fn number() -> impl Strategy<Value = u64> {
    prop_oneof![any::<u64>(), 0..1_000_u64, Just(u64::MAX)]
}

fn small_number() -> impl Strategy<Value = u32> {
    prop_oneof![any::<u32>(), 0..1_000_u32, Just(u32::MAX)]
}

fn time() -> impl Strategy<Value = i64> {
    prop_oneof![any::<i64>(), 0..2_000_000_000_000_i64]
}

fn video() -> impl Strategy<Value = VideoId> {
    small_number().prop_filter_map("an id", |number| VideoId::new(number).ok())
}

fn playlist() -> impl Strategy<Value = PlaylistId> {
    (1..=u32::MAX).prop_filter_map("an id", |number| PlaylistId::new(number).ok())
}

fn item() -> impl Strategy<Value = ItemId> {
    (1..=u32::MAX).prop_filter_map("an id", |number| ItemId::new(number).ok())
}

fn tag() -> impl Strategy<Value = TagName> {
    "\\PC{1,100}".prop_filter_map("a tag", |text| TagName::new(&text).ok())
}

fn name() -> impl Strategy<Value = PlaylistName> {
    "\\PC{1,200}".prop_filter_map("a name", |text| PlaylistName::new(&text).ok())
}

fn os_string() -> impl Strategy<Value = OsString> {
    let text = ".{0,60}".prop_map(OsString::from);
    prop_oneof![text, vec(any::<u8>(), 0..80).prop_map(OsString::from_vec)]
}

fn root() -> impl Strategy<Value = RootPath> {
    os_string().prop_map(RootPath::new)
}

fn path() -> impl Strategy<Value = MediaPath> {
    os_string().prop_filter_map("a path", |path| MediaPath::new(path).ok())
}

fn fingerprint() -> impl Strategy<Value = Option<Fingerprint>> {
    option::of((number(), any::<u128>()).prop_map(|(size_bytes, hash)| Fingerprint { size_bytes, hash }))
}

fn hours() -> impl Strategy<Value = Vec<HourCount>> {
    btree_map(any::<u32>(), 1..=u32::MAX, 1..20)
        .prop_map(|hours| hours.into_iter().map(|(hour, count)| HourCount { hour, count }).collect())
}

fn details() -> impl Strategy<Value = Details> {
    let chapter = (number(), ".{0,20}").prop_map(|(start_ms, title)| Chapter { start_ms, title });
    let words = (small_number(), ".{0,9}", ".{0,9}");
    let captions = words.prop_map(|(track, language, title)| Captions { track, language, title });
    (small_number(), number(), option::of(time()), vec(chapter, 0..3), vec(captions, 0..3)).prop_map(
        |(frame_rate_mhz, bit_rate, created_at_ms, chapters, captions)| Details {
            frame_rate_mhz,
            bit_rate,
            created_at_ms,
            chapters,
            captions,
        },
    )
}

fn thumbnail_event() -> BoxedStrategy<Event> {
    let preview = || {
        (any::<[u8; 3]>(), vec(any::<u8>(), Preview::BYTES)).prop_map(|(colour, bytes)| {
            let mut preview = Preview { colour, ..Preview::default() };
            preview.pixels.copy_from_slice(&bytes);
            preview
        })
    };
    let layout = (any::<[u16; 4]>(), small_number()).prop_map(|([tiles, columns, tile_width, tile_height], every)| {
        SheetLayout { tiles, columns, tile_width, tile_height, interval_ms: every }
    });
    prop_oneof![
        (video(), any::<u128>(), ".{0,9}", number(), preview(), number()).prop_map(
            |(video, cover, decoder, position_ms, preview, took_ms)| Thumbnail::Made {
                video,
                cover: ContentId(cover),
                decoder,
                position_ms,
                preview,
                took_ms
            }
        ),
        (video(), ".{0,9}", ".*", ".{0,9}").prop_map(|(video, stage, reason, decoder)| Thumbnail::Failed {
            video,
            stage,
            reason,
            decoder
        }),
        (video(), any::<u128>(), layout, ".{0,9}", number()).prop_map(|(video, sheet, layout, decoder, took_ms)| {
            Thumbnail::StoryboardMade { video, sheet: ContentId(sheet), layout, decoder, took_ms }
        }),
        (video(), ".*", ".{0,9}").prop_map(|(video, reason, decoder)| Thumbnail::StoryboardFailed {
            video,
            reason,
            decoder
        }),
        (video(), number()).prop_map(|(video, position_ms)| Thumbnail::Chosen { video, position_ms }),
        video().prop_map(|video| Thumbnail::Automatic { video }),
        video().prop_map(|video| Thumbnail::Retried { video }),
    ]
    .prop_map(Event::Thumbnail)
    .boxed()
}

/// Boxed, like its sisters: a union of so many by value does not fit on the stack of a test.
fn video_event() -> BoxedStrategy<Event> {
    let facts = (video(), root(), path(), number(), time(), fingerprint(), time());
    prop_oneof![
        facts.prop_map(|(video, root, path, size_bytes, modified_at_ms, fingerprint, added_at_ms)| Video::Found {
            video,
            root,
            path,
            size_bytes,
            modified_at_ms,
            fingerprint,
            added_at_ms
        }),
        (video(), number(), any::<u32>(), small_number(), ".{0,20}", ".{0,20}", details()).prop_map(
            |(video, duration_ms, width, height, video_codec, audio_codec, details)| Video::Probed {
                video,
                duration_ms,
                width,
                height,
                video_codec,
                audio_codec,
                details
            }
        ),
        (video(), root(), path(), time()).prop_map(|(video, root, path, modified_at_ms)| Video::Moved {
            video,
            root,
            path,
            modified_at_ms
        }),
        (video(), number(), time(), fingerprint()).prop_map(|(video, size_bytes, modified_at_ms, fingerprint)| {
            Video::Changed { video, size_bytes, modified_at_ms, fingerprint }
        }),
        video().prop_map(|video| Video::Vanished { video }),
        (video(), root(), path(), number(), time(), fingerprint()).prop_map(
            |(video, root, path, size_bytes, modified_at_ms, fingerprint)| Video::Returned {
                video,
                root,
                path,
                size_bytes,
                modified_at_ms,
                fingerprint
            }
        ),
        (video(), time()).prop_map(|(video, added_at_ms)| Video::Dated { video, added_at_ms }),
        video().prop_map(|video| Video::Forgotten { video }),
        video().prop_map(|video| Video::Remembered { video }),
    ]
    .prop_map(Event::Video)
    .boxed()
}

fn mark_event() -> BoxedStrategy<Event> {
    let stars = (1..=5_u8).prop_filter_map("stars", |stars| Stars::new(stars).ok());
    prop_oneof![
        (video(), stars).prop_map(|(video, stars)| Event::Rating(Rating::Given { video, stars })),
        video().prop_map(|video| Event::Rating(Rating::Cleared { video })),
        video().prop_map(|video| Event::Favorite(Favorite::Added { video })),
        video().prop_map(|video| Event::Favorite(Favorite::Removed { video })),
        video().prop_map(|video| Event::View(View::Started { video })),
        (video(), number(), option::of(time())).prop_map(|(video, total, last_viewed_at_ms)| {
            Event::View(View::Counted { video, total, last_viewed_at_ms })
        }),
        (video(), number(), option::of(time()), option::of(time())).prop_map(
            |(video, views, viewed_at_ms, last_viewed_at_ms)| {
                Event::View(View::Withdrawn { video, views, viewed_at_ms, last_viewed_at_ms })
            }
        ),
        (video(), hours(), time()).prop_map(|(video, hours, last_viewed_at_ms)| {
            Event::View(View::RolledUp { video, hours, last_viewed_at_ms })
        }),
        (video(), number()).prop_map(|(video, position_ms)| Event::Playback(Playback::Paused { video, position_ms })),
        video().prop_map(|video| Event::Playback(Playback::Finished { video })),
        (video(), tag()).prop_map(|(video, tag)| Event::Tag(Tag::Added { video, tag })),
        (video(), tag()).prop_map(|(video, tag)| Event::Tag(Tag::Removed { video, tag })),
        (tag(), tag()).prop_map(|(from, to)| Event::Tag(Tag::Renamed { from, to })),
        (tag(), tag()).prop_map(|(from, into)| Event::Tag(Tag::Merged { from, into })),
    ]
    .boxed()
}

fn list_event() -> BoxedStrategy<Event> {
    prop_oneof![
        (playlist(), name()).prop_map(|(playlist, name)| Playlist::Created { playlist, name }),
        (playlist(), name()).prop_map(|(playlist, name)| Playlist::Renamed { playlist, name }),
        (playlist(), ".*").prop_map(|(playlist, description)| Playlist::Described { playlist, description }),
        (playlist(), item(), video()).prop_map(|(playlist, item, video)| Playlist::ItemAdded { playlist, item, video }),
        (playlist(), item()).prop_map(|(playlist, item)| Playlist::ItemRemoved { playlist, item }),
        (playlist(), item(), any::<u32>()).prop_map(|(playlist, item, index)| Playlist::ItemMoved {
            playlist,
            item,
            index
        }),
        playlist().prop_map(|playlist| Playlist::Deleted { playlist }),
    ]
    .prop_map(Event::Playlist)
    .boxed()
}

fn other_event() -> BoxedStrategy<Event> {
    prop_oneof![
        ".*".prop_map(|source| Event::Import(Import::Started { source })),
        (number(), number(), number()).prop_map(|(accepted, unchanged, rejected)| {
            Event::Import(Import::Finished { accepted, unchanged, rejected })
        }),
        (0..3_u8, ".{0,20}", ".*").prop_map(|(how, task, summary)| {
            Event::Maintenance(match how {
                0 => Maintenance::Done { task, summary },
                1 => Maintenance::Failed { task, summary },
                _ => Maintenance::Cancelled { task, summary },
            })
        }),
    ]
    .boxed()
}

fn image_event() -> BoxedStrategy<Event> {
    let image = || small_number().prop_filter_map("an id", |number| ImageId::new(number).ok());
    prop_oneof![
        (image(), root(), path(), number(), time(), time()).prop_map(
            |(image, root, path, size_bytes, modified_at_ms, added_at_ms)| Image::Found {
                image,
                root,
                path,
                size_bytes,
                modified_at_ms,
                added_at_ms
            }
        ),
        (image(), number(), time()).prop_map(|(image, size_bytes, modified_at_ms)| Image::Changed {
            image,
            size_bytes,
            modified_at_ms
        }),
        (image(), root(), path()).prop_map(|(image, root, path)| Image::Moved { image, root, path }),
        image().prop_map(|image| Image::Vanished { image }),
        (image(), root(), path(), number(), time()).prop_map(|(image, root, path, size_bytes, modified_at_ms)| {
            Image::Returned { image, root, path, size_bytes, modified_at_ms }
        }),
        image().prop_map(|image| Image::Favored { image }),
        image().prop_map(|image| Image::Unfavored { image }),
    ]
    .prop_map(Event::Image)
    .boxed()
}

fn group_event() -> BoxedStrategy<Event> {
    let image = || small_number().prop_filter_map("an id", |number| ImageId::new(number).ok());
    let group = || small_number().prop_filter_map("an id", |number| GroupId::new(number).ok());
    let name = || "\\PC{1,200}".prop_filter_map("a name", |text| GroupName::new(&text).ok());
    let slug = "[\\w-]{1,60}".prop_filter_map("a slug", |text| GroupSlug::new(&text).ok());
    prop_oneof![
        (group(), name(), slug).prop_map(|(group, name, slug)| Group::Created { group, name, slug }),
        (group(), name()).prop_map(|(group, name)| Group::Renamed { group, name }),
        (group(), image()).prop_map(|(group, image)| Group::CoverSet { group, image }),
        (group(), image()).prop_map(|(group, image)| Group::ImageAdded { group, image }),
        (group(), image()).prop_map(|(group, image)| Group::ImageRemoved { group, image }),
        group().prop_map(|group| Group::Deleted { group }),
    ]
    .prop_map(Event::Group)
    .boxed()
}

fn redacted_event() -> impl Strategy<Value = Event> {
    let erasable: Vec<_> = kinds().iter().filter(|kind| is_erasable(kind)).collect();
    (prop::sample::select(erasable), any::<prop::sample::Index>(), any::<[u8; 32]>()).prop_map(
        |(kind, version, digest)| {
            let version = kind.versions[version.index(kind.versions.len())].number;
            Event::Redacted(Redacted { kind: kind.number, version, digest })
        },
    )
}

/// Any event at all.
pub(super) fn event() -> impl Strategy<Value = Event> {
    prop_oneof![1 => redacted_event(), 9 => video_event(), 13 => mark_event(), 7 => list_event(), 5 => other_event(), 7 => thumbnail_event(), 7 => image_event(), 6 => group_event()]
}

/// Any record at all.
pub(super) fn record() -> impl Strategy<Value = Recorded> {
    let envelope = (number(), time(), time(), number(), 0..Cause::ALL.len(), any::<u32>());
    (envelope, any::<u64>(), any::<u64>(), number(), event()).prop_map(|(envelope, key, body, caused_by, event)| {
        let (pos, recorded_at_ms, occurred_at_ms, batch, cause, actor) = envelope;
        Recorded {
            pos,
            recorded_at_ms,
            occurred_at_ms,
            batch,
            cause: Cause::ALL[cause],
            actor: Actor(actor),
            command_id: CommandId { key, body },
            caused_by,
            event,
        }
    })
}
