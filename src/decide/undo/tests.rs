//! What people rely on when they take something back, by the commands they could have sent.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod images;
mod imports;
mod views;
mod world;

use super::preview::Never;
use crate::decide::given::video;
use crate::decide::{Change, Command, Edit, Rejected, Undo};
use events::event::{Image, Thumbnail, Video};
use events::values::ItemId;
use events::{Event, PlaylistId, PlaylistName, Pos, RootPath, Stars, TagName, VideoId};
use images::{image, image_found};
use projections::State;
use proptest::prelude::*;
use std::sync::Arc;
use world::World;

const VIDEOS: u32 = 4;

/// How an undo is refused when this many facts are as before already, changed since, and of the disk.
fn nothing(already: u64, stays: u64, never: u64) -> Result<(Pos, usize, u64), Rejected> {
    Err(Rejected::NothingToUndo { already, stays, never })
}

fn tag(name: &str) -> TagName {
    TagName::new(name).unwrap()
}

fn edit(videos: &[u32], change: Change) -> Command {
    let videos = videos.iter().copied().map(video).collect();
    Command::Edit(Edit { videos, change, only_if: None })
}

fn rate(videos: &[u32], stars: u8) -> Command {
    edit(videos, Change::Rate(Stars::new(stars).unwrap()))
}

fn add_tag(videos: &[u32], name: &str) -> Command {
    edit(videos, Change::Tag { add: vec![tag(name)], remove: vec![] })
}

fn rename(from: &str, to: &str) -> Command {
    Command::RenameTag { from: tag(from), to: tag(to) }
}

fn playlist(name: &str, videos: &[u32]) -> Command {
    let videos: Vec<VideoId> = videos.iter().copied().map(video).collect();
    Command::CreatePlaylist { name: PlaylistName::new(name).unwrap(), description: "d".into(), videos }
}

fn item(number: u32) -> ItemId {
    ItemId::new(number).unwrap()
}

fn list(number: u32) -> PlaylistId {
    PlaylistId::new(number).unwrap()
}

#[test]
fn what_was_changed_since_stays_and_is_counted() {
    let mut world = World::new();
    world.done(&rate(&[1, 2], 2));
    let batch = world.done(&rate(&[1, 2, 3, 4], 5));
    world.done(&rate(&[2], 1));
    world.done(&edit(&[4], Change::ClearRating));
    let (_, events, skipped) = world.undo(batch).unwrap();
    assert_eq!((events, skipped), (2, 1), "4 is as before already");
    let stars = |number| world.state.ratings().get(video(number)).map(|rated| rated.stars.get());
    assert_eq!([1, 2, 3, 4].map(stars), [Some(2), Some(1), None, None]);
    assert_eq!(world.undo(batch), nothing(3, 1, 0), "it can be taken back once");
}

#[test]
fn an_undo_can_be_undone() {
    let mut world = World::new();
    world.done(&playlist("Later", &[1, 2, 3]));
    let before = world.seen();
    let batch = world.done(&Command::DeletePlaylist { playlist: list(1) });
    let gone = world.seen();
    let (undone, ..) = world.undo(batch).unwrap();
    assert_eq!(world.seen(), before);
    world.undo(undone).unwrap();
    assert_eq!(world.seen(), gone);
}

#[test]
fn what_the_disk_says_is_never_taken_back() {
    let mut world = World::new();
    assert_eq!(world.undo(1), nothing(0, 0, 1));
    let mut missed = World::new();
    let batch = missed.state.pos() + 1;
    missed.record(Event::Video(Video::Vanished { video: video(1) }), batch, None);
    assert_eq!(missed.undo(batch), nothing(0, 0, 1), "it comes back by itself, or not at all");
    let Image::Found { image: one, path, .. } = image_found(1) else { unreachable!("an image that was found") };
    let (root, size_bytes, modified_at_ms, added_at_ms) = (RootPath::default(), 0, 0, 0);
    let record = Image::Found { image: one, root, path, size_bytes, modified_at_ms, added_at_ms };
    world.record(Event::Image(record), 5, None);
    world.record(Event::Image(Image::Vanished { image: image(1) }), 5, None);
    world.record(Event::Thumbnail(Thumbnail::Retried { video: video(1) }), 5, None);
    let never = world.preview(5).never;
    assert_eq!(never, Never { images: 1, image_records: 1, pictures: 1, ..Never::default() });
    assert_eq!(world.undo(5), nothing(0, 0, 3));
}

#[test]
fn a_tag_gets_its_name_back_in_one_event_or_its_videos_back_one_by_one() {
    let mut world = World::new();
    world.done(&add_tag(&[1, 2, 3], "Sea"));
    let before = world.seen();
    let batch = world.done(&rename("sea", "ocean"));
    let mut whole = world.clone();
    assert_eq!(whole.undo(batch).unwrap().1, 1);
    assert_eq!(whole.seen(), before);
    world.done(&add_tag(&[4], "ocean"));
    world.undo(batch).unwrap();
    let names = |number| world.state.tags().of(video(number)).into_iter().map(TagName::as_str).collect::<Vec<_>>();
    assert_eq!([1, 2, 3, 4].map(names), [["Sea"], ["Sea"], ["Sea"], ["ocean"]]);
}

#[test]
fn merged_tags_come_apart_again() {
    let mut world = World::new();
    world.done(&add_tag(&[1, 2], "sea"));
    world.done(&add_tag(&[2, 3], "ocean"));
    let before = world.seen();
    let batch = world.done(&Command::MergeTags { from: tag("ocean"), into: tag("sea") });
    world.undo(batch).unwrap();
    assert_eq!(world.seen(), before);
    let batch = world.done(&rename("sea", "SEA"));
    world.undo(batch).unwrap();
    assert_eq!(world.seen(), before, "and spellings too");
}

#[test]
fn an_entry_comes_back_to_its_place() {
    let mut world = World::new();
    world.done(&playlist("Later", &[1, 2, 3, 4, 1]));
    let before = world.seen();
    for (from, to, moves) in [(1, 4, 1), (5, 0, 1), (2, 3, 1)] {
        let batch = world.done(&Command::MoveItem { playlist: list(1), item: item(from), index: to });
        assert_eq!(world.undo(batch).unwrap().1, moves, "{from} to {to}");
        assert_eq!(world.seen(), before);
    }
    let batch = world.done(&Command::RemoveItem { playlist: list(1), item: item(2) });
    world.undo(batch).unwrap();
    assert_eq!(world.seen(), before);
    assert_eq!(world.undo(batch), nothing(1, 0, 0), "not a second time");
}

#[test]
fn a_list_that_was_worked_on_since_loses_only_what_the_batch_put_in() {
    let mut world = World::new();
    let made = world.done(&playlist("Later", &[1]));
    let batch = world.done(&edit(&[2, 3], Change::AddToPlaylist(list(1))));
    world.done(&edit(&[4], Change::AddToPlaylist(list(1))));
    assert_eq!(world.undo(batch).map(|(_, events, skipped)| (events, skipped)), Ok((2, 0)));
    let items: Vec<_> =
        world.state.playlists().get(list(1)).unwrap().items.iter().map(|item| item.video.get()).collect();
    assert_eq!(items, [1, 4]);
    assert_eq!(world.undo(made), nothing(0, 1, 0), "and it is not deleted either");
}

#[test]
fn names_that_were_taken_since_stay_taken() {
    let mut world = World::new();
    world.done(&playlist("One", &[1]));
    let batch = world.done(&Command::EditPlaylist {
        playlist: list(1),
        name: PlaylistName::new("Two").ok(),
        description: None,
    });
    world.done(&playlist("ONE", &[]));
    assert_eq!(world.undo(batch), nothing(0, 1, 0));
    let deleted = world.done(&Command::DeletePlaylist { playlist: list(1) });
    world.done(&playlist("two", &[]));
    assert_eq!(world.undo(deleted), nothing(0, 1, 0));
}

#[test]
fn the_same_undo_is_the_same_request() {
    let undo = |state: State, only, events| {
        let state = Arc::new(state);
        Command::Undo(Box::new(Undo {
            batch: 77,
            only,
            before: Arc::clone(&state),
            after: state,
            events,
            forgotten: 0,
        }))
    };
    let one = format!("{:?}", undo(State::default(), None, vec![]));
    let world = World::new();
    assert_eq!(one, format!("{:?}", undo(world.state, None, world.log)));
    assert_eq!(one, "Undo(Undo { batch: 77, .. })");
    let part = format!("{:?}", undo(State::default(), Some(79), vec![]));
    assert_eq!(part, "Undo(Undo { batch: 77, only: 79, .. })");
}

/// What a viewer may do, made of four numbers.
fn command(kind: u8, who: u8, what: u8, where_to: u8) -> Command {
    let one = 1 + u32::from(who) % VIDEOS;
    let several: Vec<u32> = (1..=VIDEOS).filter(|number| who >> number & 1 == 1).collect();
    let names = ["sea", "Sea", "sun", "art", "Art"];
    let name = |number: u8| tag(names.get(usize::from(number) % names.len()).unwrap());
    let playlist_id = list(1 + u32::from(who) % 3);
    let playlist_name = PlaylistName::new(&format!("List {}", what % 4)).unwrap();
    let some_item = item(1 + u32::from(what) % 5);
    match kind % 16 {
        0 | 1 => rate(&several, 1 + what % 5),
        2 => edit(&several, Change::ClearRating),
        3 => edit(&several, Change::AddFavorite),
        4 => edit(&several, Change::RemoveFavorite),
        5..8 => edit(&several, Change::Tag { add: vec![name(what)], remove: vec![name(where_to)] }),
        8 => Command::RenameTag { from: name(what), to: name(where_to) },
        9 => Command::MergeTags { from: name(what), into: name(where_to) },
        10 => Command::Pause { video: video(one), position_ms: u64::from(what % 3) },
        11 => Command::Finish { video: video(one) },
        12 => playlist(playlist_name.as_str(), &several),
        13 if what.is_multiple_of(2) => Command::DeletePlaylist { playlist: playlist_id },
        13 => {
            let description = where_to.is_multiple_of(2).then(|| "x".repeat(usize::from(where_to % 3)));
            Command::EditPlaylist { playlist: playlist_id, name: Some(playlist_name), description }
        }
        14 => edit(&several, Change::AddToPlaylist(playlist_id)),
        15 if what > 200 => Command::StartView { video: video(one) },
        _ if what > 127 => Command::RemoveItem { playlist: playlist_id, item: some_item },
        _ => Command::MoveItem { playlist: playlist_id, item: some_item, index: u32::from(where_to % 5) },
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// Whatever viewers did, the last change can be taken back completely, and that can be taken back.
    #[test]
    fn the_last_batch_goes_back_to_what_was_and_forth_again(
        seeds in prop::collection::vec(any::<(u8, u8, u8, u8)>(), 1..40),
    ) {
        let mut world = World::new();
        for (kind, who, what, where_to) in seeds {
            let before = world.seen();
            let Ok((batch, events, _)) = world.submit(&command(kind, who, what, where_to)) else { continue };
            if events == 0 {
                continue;
            }
            let after = world.seen();
            let mut other = world.clone();
            match other.undo(batch) {
                Ok((undone, _, skipped)) => {
                    prop_assert_eq!(skipped, 0);
                    prop_assert_eq!(&other.seen(), &before);
                    prop_assert!(other.undo(undone).is_ok());
                    // The dates of what is given back are those of giving it back.
                    prop_assert_eq!(other.undated(), world.undated());
                    let mut replay = State::replay();
                    other.log.iter().for_each(|recorded| replay.fold(recorded));
                    prop_assert_eq!(replay.finish().digest(), other.state.digest());
                }
                Err(rejected) => {
                    let nothing = matches!(rejected, Rejected::NothingToUndo { .. });
                    prop_assert!(nothing, "{rejected}");
                    prop_assert_eq!(&before, &after, "only what changed nothing that can be seen");
                }
            }
        }
    }

    /// An undo never touches what it was not asked about: facts that a later batch changed stay.
    #[test]
    fn later_changes_survive(
        first in any::<(u8, u8)>(), later in prop::collection::vec(any::<(u8, u8)>(), 0..8),
    ) {
        let mut world = World::new();
        let several = |who: u8| (1..=VIDEOS).filter(|number| who >> number & 1 == 1).collect::<Vec<_>>();
        let batch = world.done(&rate(&several(first.0 | 2), 1 + first.1 % 5));
        for (who, stars) in later {
            world.done(&rate(&several(who), 1 + stars % 5));
        }
        let stars = |world: &World, video| world.state.ratings().get(video).map(|rated| rated.stars);
        let before = world.clone();
        let _ = world.undo(batch);
        for video in (1..=VIDEOS).map(video) {
            let given = before.log.iter().any(|recorded| recorded.batch == batch && recorded.event.video() == Some(video));
            // Whoever gave the same stars again in the end has left it as the batch did.
            let left_alone = stars(&before, video).map(Stars::get) == Some(1 + first.1 % 5);
            if given && left_alone {
                prop_assert_eq!(stars(&world, video), None);
            } else {
                prop_assert_eq!(stars(&world, video), stars(&before, video));
            }
        }
    }
}
