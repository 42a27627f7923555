//! Imports: many facts of many nouns in one batch, and records of videos without a file.

use super::super::preview::{Fact, Why};
use super::world::World;
use super::{add_tag, nothing, rate, tag, video};
use crate::decide::given::found;
use events::event::{Favorite, Import, Playlist, Rating, Tag, Video, View};
use events::values::ItemId;
use events::{Event, PlaylistId, PlaylistName, RootPath, Stars};
use proptest::prelude::*;

#[test]
fn a_history_of_an_import_can_be_taken_back() {
    let mut world = World::new();
    let added = |number, name| Event::Tag(Tag::Added { video: video(number), tag: tag(name) });
    let before = world.seen();
    for event in [
        added(1, "sea"),
        added(2, "sea"),
        Event::Tag(Tag::Renamed { from: tag("sea"), to: tag("sun") }),
        added(3, "sea"),
    ] {
        world.record(event, 5, None);
    }
    world.undo(5).unwrap();
    assert_eq!(world.seen(), before);
}

/// A record without a file, as an import writes it.
fn record(number: u32) -> [Event; 2] {
    let Event::Video(Video::Found { video, path, modified_at_ms, .. }) = found(number, &format!("old/{number}.mp4"))
    else {
        unreachable!("a file that was found")
    };
    let (root, fingerprint, size_bytes) = (RootPath::default(), None, 0);
    let found = Video::Found { video, root, path, size_bytes, modified_at_ms, fingerprint, added_at_ms: 77 };
    [found, Video::Vanished { video }].map(Event::Video)
}

fn rated(number: u32, stars: u8) -> Event {
    Event::Rating(Rating::Given { video: video(number), stars: Stars::new(stars).unwrap() })
}

fn counted(number: u32, total: u64) -> Event {
    Event::View(View::Counted { video: video(number), total, last_viewed_at_ms: Some(500) })
}

fn tagged(number: u32) -> Event {
    Event::Tag(Tag::Added { video: video(number), tag: tag("old") })
}

/// An import of a known video and of two records.
fn import(world: &mut World) -> u64 {
    let list = PlaylistId::new(1).unwrap();
    let item = |number| ItemId::new(number).unwrap();
    let name = PlaylistName::new("Old").unwrap();
    let mut events = vec![Event::Import(Import::Started { source: "old".into() })];
    events.extend(record(5));
    events.extend([rated(1, 4), rated(5, 3), counted(1, 9), counted(5, 8), tagged(1), tagged(5)]);
    events.push(Event::Video(Video::Dated { video: video(1), added_at_ms: 12 }));
    events.extend(record(6));
    events.push(Event::Favorite(Favorite::Added { video: video(6) }));
    events.extend([
        Event::Playlist(Playlist::Created { playlist: list, name }),
        Event::Playlist(Playlist::ItemAdded { playlist: list, item: item(1), video: video(5) }),
        Event::Playlist(Playlist::ItemAdded { playlist: list, item: item(2), video: video(1) }),
        Event::Import(Import::Finished { accepted: 11, unchanged: 0, rejected: 0 }),
    ]);
    world.batch(events.into_iter().zip(100..))
}

fn missing(world: &World) -> Vec<u32> {
    world.state.videos().missing().iter().collect()
}

#[test]
fn an_import_goes_back_as_a_whole_and_forth_again() {
    let mut world = World::new();
    let before = world.seen();
    let batch = import(&mut world);
    let after = world.undated();
    assert_eq!(missing(&world), [5, 6]);
    let (undone, _, skipped) = world.undo(batch).unwrap();
    assert_eq!((world.seen(), skipped), (before, 0));
    assert!(missing(&world).is_empty(), "records that nobody used are given up again");
    assert_eq!(world.undo(batch), nothing(11, 0, 0));
    let (redone, ..) = world.undo(undone).unwrap();
    assert_eq!((world.undated(), missing(&world)), (after.clone(), vec![5, 6]));
    let (undone, ..) = world.undo(redone).unwrap();
    assert!(missing(&world).is_empty());
    world.undo(undone).unwrap();
    assert_eq!(world.undated(), after);
}

#[test]
fn a_record_that_somebody_used_since_stays_and_what_the_import_said_of_it_goes() {
    let mut world = World::new();
    let batch = import(&mut world);
    world.done(&add_tag(&[5], "mine"));
    let preview = world.preview(batch);
    let whys: Vec<_> = preview.stays.iter().map(|stays| (&stays.step.fact, stays.why)).collect();
    assert_eq!(whys, [(&Fact::Exists { to: false }, Why::ChangedSince)]);
    world.undo(batch).unwrap();
    assert_eq!(missing(&world), [5]);
    assert_eq!(world.state.ratings().get(video(5)), None);
    assert_eq!(world.state.tags().of(video(5)), [&tag("mine")]);
}

#[test]
fn a_record_whose_file_turned_up_stays() {
    let mut world = World::new();
    let batch = import(&mut world);
    let Event::Video(Video::Found { video, root, path, size_bytes, modified_at_ms, fingerprint, .. }) =
        found(5, "5.mp4")
    else {
        unreachable!("a file that was found")
    };
    let there = Video::Returned { video, root, path, size_bytes, modified_at_ms, fingerprint };
    world.record(Event::Video(there), world.state.pos() + 1, None);
    world.done(&rate(&[5], 5));
    let whys: Vec<_> = world.preview(batch).stays.iter().map(|stays| stays.why).collect();
    assert_eq!(whys, [Why::ChangedSince, Why::FileFound]);
    world.undo(batch).unwrap();
    assert!(world.state.videos().get(video).unwrap().present());
}

#[test]
fn a_record_on_a_list_that_stays_stays_too() {
    let mut world = World::new();
    let batch = import(&mut world);
    let list = PlaylistId::new(1).unwrap();
    world.done(&super::edit(&[2], crate::decide::Change::AddToPlaylist(list)));
    world.undo(batch).unwrap();
    assert_eq!(missing(&world), [5], "the list was worked on since, and shows it");
}

#[test]
fn facts_of_a_video_that_was_forgotten_since_stay() {
    let mut world = World::new();
    let batch = import(&mut world);
    let forget = world.state.pos() + 1;
    world.record(Event::Video(Video::Forgotten { video: video(1) }), forget, None);
    let stays = world.preview(batch).stays;
    assert_eq!(stays.len(), 4, "date, rating, views, tag: {stays:?}");
    assert!(stays.iter().all(|stays| stays.why == Why::Forgotten));
    world.undo(batch).unwrap();
    let (remembered, ..) = world.undo(forget).unwrap();
    assert_eq!(super::super::videos::stars(&world.state, video(1)).map(Stars::get), Some(4), "with all it had");
    world.undo(remembered).unwrap();
    assert!(!crate::decide::is_known(&world.state, video(1)));
}

#[test]
fn one_event_of_a_batch_can_be_taken_back_alone() {
    let mut world = World::new();
    let batch = import(&mut world);
    let pos = world.log.iter().find(|recorded| recorded.event == rated(1, 4)).unwrap().pos;
    let undo = world.past(batch).only(pos).unwrap();
    assert_eq!((undo.events.len(), undo.preview(&world.state).back.len()), (1, 1));
    assert!(world.past(batch).only(batch + 99).is_none());
    world.submit(&crate::decide::Command::Undo(Box::new(undo))).unwrap();
    let stars = |number| super::super::videos::stars(&world.state, video(number)).map(Stars::get);
    assert_eq!((stars(1), stars(5)), (None, Some(3)));
    // The record has a rating, so that it was found cannot be taken back alone.
    let found = world.past(batch).only(batch + 1).unwrap();
    assert_eq!(found.preview(&world.state).stays.len(), 1);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever an import brings on top of whatever was there, taking it back and that back are the states before and
    /// after it.
    #[test]
    fn any_import_goes_back_and_forth_again(
        first in prop::collection::vec(any::<(u8, u8)>(), 0..12), second in prop::collection::vec(any::<(u8, u8)>(), 1..24),
    ) {
        let mut world = World::new();
        world.batch(imported(5, &first).into_iter().zip(1..));
        let before = world.undated();
        let next = world.state.videos().next_id().unwrap().get();
        let batch = world.batch(imported(next, &second).into_iter().zip(500..));
        let after = world.undated();
        if let Ok((undone, ..)) = world.undo(batch) {
            prop_assert_eq!(world.undated(), before);
            world.undo(undone).unwrap();
            prop_assert_eq!(world.undated(), after);
            prop_assert!(world.state.check().is_empty());
        }
    }
}

/// The events of an import, made of numbers; the next new video gets the number `next`.
fn imported(mut next: u32, seeds: &[(u8, u8)]) -> Vec<Event> {
    let mut events = vec![Event::Import(Import::Started { source: "old".into() })];
    for (kind, what) in seeds.iter().copied() {
        let number = 1 + u32::from(what) % (next - 1);
        match kind % 7 {
            0 => {
                events.extend(record(next));
                next += 1;
            }
            1 => events.push(rated(number, 1 + what % 5)),
            2 => events.push(counted(number, u64::from(what % 9))),
            3 => events.push(tagged(number)),
            4 => events.push(Event::Favorite(Favorite::Added { video: video(number) })),
            5 => events.push(Event::Video(Video::Dated { video: video(number), added_at_ms: i64::from(what) })),
            _ => events.push(Event::View(View::Started { video: video(number) })),
        }
    }
    events.push(Event::Import(Import::Finished { accepted: 0, unchanged: 0, rejected: 0 }));
    events
}
