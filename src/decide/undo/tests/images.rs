//! Hearts of images, and their groups.

use super::nothing;
use super::world::World;
use crate::decide::{Command, GroupCommand};
use events::event::Image;
use events::{Event, GroupId, GroupName, ImageId, MediaPath, RootPath};
use proptest::prelude::*;

pub(super) fn image(number: u32) -> ImageId {
    ImageId::new(number).unwrap()
}

pub(super) fn image_found(number: u32) -> Image {
    let (root, path) = (RootPath::new("/images"), MediaPath::new(format!("{number}.jpg")).unwrap());
    Image::Found { image: image(number), root, path, size_bytes: 1, modified_at_ms: 0, added_at_ms: 0 }
}

fn album() -> World {
    let mut world = World::new();
    world.batch((1..=5).map(|number| (Event::Image(image_found(number)), 0)));
    world
}

fn group(number: u32) -> GroupId {
    GroupId::new(number).unwrap()
}

fn images(numbers: &[u32]) -> Vec<ImageId> {
    numbers.iter().copied().map(image).collect()
}

fn create(name: &str, numbers: &[u32], cover: Option<u32>) -> Command {
    let (name, cover) = (GroupName::new(name).unwrap(), cover.map(image));
    Command::Group(GroupCommand::Create { name, images: images(numbers), cover })
}

#[test]
fn hearts_of_images_go_back_with_their_dates() {
    let mut world = album();
    world.done(&Command::FavorImages { images: images(&[1]), favored: true });
    let before = world.seen();
    let batch = world.done(&Command::FavorImages { images: images(&[1, 2]), favored: true });
    world.undo(batch).unwrap();
    assert_eq!(world.seen(), before);
    let batch = world.done(&Command::FavorImages { images: images(&[1]), favored: false });
    world.undo(batch).unwrap();
    assert_eq!(world.seen(), before);
}

#[test]
fn a_deleted_group_comes_back_at_its_address_once() {
    let mut world = album();
    world.done(&create("Cats", &[1, 2, 3], Some(2)));
    let before = world.seen();
    let batch = world.done(&Command::Group(GroupCommand::Delete { group: group(1) }));
    world.undo(batch).unwrap();
    assert_eq!(world.seen(), before);
    assert_eq!(world.undo(batch), nothing(0, 1, 0), "its address is taken, by itself");
}

#[test]
fn a_group_that_was_worked_on_since_loses_only_what_the_batch_put_in() {
    let mut world = album();
    let made = world.done(&create("Cats", &[1], None));
    let add = |numbers: &[u32]| GroupCommand::AddImages { group: group(1), images: images(numbers) };
    let batch = world.done(&Command::Group(add(&[2, 3])));
    world.done(&Command::Group(add(&[4])));
    assert_eq!(world.undo(batch).map(|(_, events, skipped)| (events, skipped)), Ok((2, 0)));
    let left: Vec<u32> = world.state.groups().get(group(1)).unwrap().images.iter().map(|image| image.get()).collect();
    assert_eq!(left, [1, 4]);
    assert_eq!(world.undo(made), nothing(0, 1, 0), "and it is not deleted either");
}

#[test]
fn an_image_comes_back_to_its_place_and_stands_for_the_group_again() {
    let mut world = album();
    world.done(&create("Cats", &[1, 2, 3], Some(2)));
    let before = world.seen();
    for out in [&[1][..], &[2], &[3], &[2, 3], &[1, 2, 3]] {
        let remove = GroupCommand::RemoveImages { group: group(1), images: images(out) };
        let batch = world.done(&Command::Group(remove));
        world.undo(batch).unwrap();
        assert_eq!(world.seen(), before, "{out:?}");
    }
}

/// What a viewer may do with images, made of three numbers.
fn command(kind: u8, who: u8, what: u8) -> Command {
    let several: Vec<ImageId> = (1..=5).filter(|number| who >> number & 1 == 1).map(image).collect();
    let one = group(1 + u32::from(what) % 2);
    let name = GroupName::new(if what > 127 { "Cats" } else { "Dogs" }).unwrap();
    Command::Group(match kind % 8 {
        0 => return Command::FavorImages { images: several, favored: what.is_multiple_of(2) },
        1 => GroupCommand::Create {
            name,
            images: several,
            cover: (!what.is_multiple_of(3)).then(|| image(1 + u32::from(what) % 5)),
        },
        2 => GroupCommand::Rename { group: one, name },
        3 => GroupCommand::SetCover { group: one, image: image(1 + u32::from(who) % 5) },
        4 | 5 => GroupCommand::AddImages { group: one, images: several },
        6 => GroupCommand::RemoveImages { group: one, images: several },
        _ => GroupCommand::Delete { group: one },
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// Whatever was done to images, the last change can be taken back completely, and that can be taken back.
    #[test]
    fn the_last_change_of_images_goes_back_and_forth_again(
        seeds in prop::collection::vec(any::<(u8, u8, u8)>(), 1..30),
    ) {
        let mut world = album();
        for (kind, who, what) in seeds {
            let before = world.seen();
            let Ok((batch, events, _)) = world.submit(&command(kind, who, what)) else { continue };
            if events == 0 {
                continue;
            }
            let mut other = world.clone();
            match other.undo(batch) {
                Ok((undone, _, skipped)) => {
                    prop_assert_eq!(skipped, 0);
                    prop_assert_eq!(&other.seen(), &before);
                    prop_assert!(other.undo(undone).is_ok());
                    prop_assert_eq!(other.undated(), world.undated());
                    prop_assert!(other.state.check().is_empty());
                }
                Err(_) => prop_assert_eq!(&before, &world.seen(), "only what changed nothing that can be seen"),
            }
        }
    }
}
