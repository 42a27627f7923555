//! Rules for groups of images. Names may repeat, addresses do not; an image stands in a group once.

use super::{Decision, Rejected};
use events::event::Group as GroupEvent;
use events::{Event, GroupId, GroupName, GroupSlug, ImageId};
use projections::{Group, State};
use std::collections::HashSet;

/// More images than this in one group, or more groups, are a mistake of some script.
const IMAGES_MAX: usize = 10_000;
const GROUPS_MAX: usize = 10_000;

/// What can be done to groups of images.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GroupCommand {
    /// Make a group.
    Create {
        /// Its name; others may have it too.
        name: GroupName,
        /// The images in it from the start.
        images: Vec<ImageId>,
        /// The one of them that stands for it.
        cover: Option<ImageId>,
    },
    /// Give a group another name. Its address stays.
    Rename {
        /// Which group.
        group: GroupId,
        /// The name it is to have.
        name: GroupName,
    },
    /// Let one of its images stand for a group.
    SetCover {
        /// Which group.
        group: GroupId,
        /// Which image.
        image: ImageId,
    },
    /// Put images at the end of a group; those that are in it stay where they are.
    AddImages {
        /// Which group.
        group: GroupId,
        /// Which images.
        images: Vec<ImageId>,
    },
    /// Take images out of a group.
    RemoveImages {
        /// Which group.
        group: GroupId,
        /// Which images.
        images: Vec<ImageId>,
    },
    /// Delete a group. Its images stay.
    Delete {
        /// Which group.
        group: GroupId,
    },
}

/// What `command` leads to.
pub(super) fn decide(state: &State, command: &GroupCommand) -> Result<Decision, Rejected> {
    match command {
        GroupCommand::Create { name, images, cover } => create(state, name, images, *cover),
        GroupCommand::Rename { group, name } => {
            let known = get(state, *group)?;
            let renamed = GroupEvent::Renamed { group: *group, name: name.clone() };
            Ok(decision((known.name != *name).then_some(renamed)))
        }
        GroupCommand::SetCover { group, image } => {
            let known = get(state, *group)?;
            if !state.groups().holds(*group, *image) {
                return Err(Rejected::NoSuchImage(*image));
            }
            let set = GroupEvent::CoverSet { group: *group, image: *image };
            Ok(decision((known.cover != Some(*image)).then_some(set)))
        }
        GroupCommand::AddImages { group, images } => {
            let known = get(state, *group)?;
            let (events, skipped) = added(state, *group, known.images.len(), images)?;
            Ok(Decision { skipped, ..decision(events) })
        }
        GroupCommand::RemoveImages { group, images } => {
            get(state, *group)?;
            let mut seen = HashSet::new();
            let inside = |image: &ImageId| state.groups().holds(*group, *image) && seen.insert(*image);
            let members = images.iter().copied().filter(inside);
            Ok(decision(members.map(|image| GroupEvent::ImageRemoved { group: *group, image })))
        }
        GroupCommand::Delete { group } => {
            get(state, *group)?;
            Ok(decision([GroupEvent::Deleted { group: *group }]))
        }
    }
}

fn create(state: &State, name: &GroupName, images: &[ImageId], cover: Option<ImageId>) -> Result<Decision, Rejected> {
    let groups = state.groups();
    let group = groups.next_id().filter(|_| !full(state));
    let group = group.ok_or(Rejected::TooManyGroups { limit: GROUPS_MAX })?;
    let slug = GroupSlug::of(name, |slug| groups.by_slug(slug).is_some());
    let mut events = vec![GroupEvent::Created { group, name: name.clone(), slug }];
    let (images, skipped) = added(state, group, 0, images)?;
    let inside = |image: &ImageId| images.contains(&GroupEvent::ImageAdded { group, image: *image });
    let cover = cover.filter(inside).map(|image| GroupEvent::CoverSet { group, image });
    events.extend(images.iter().cloned().chain(cover));
    Ok(Decision { skipped, ..decision(events) })
}

/// The images that are put into a group that holds `held` images, and how many are unknown or too many.
fn added(state: &State, group: GroupId, held: usize, images: &[ImageId]) -> Result<(Vec<GroupEvent>, u64), Rejected> {
    let known = images.iter().filter(|image| state.images().get(**image).is_some()).count();
    if let (Some(first), 0) = (images.first(), known) {
        return Err(Rejected::NoSuchImage(*first));
    }
    let mut seen = HashSet::new();
    let fresh = |image: &ImageId| {
        state.images().get(*image).is_some() && !state.groups().holds(group, *image) && seen.insert(*image)
    };
    let mut fresh: Vec<ImageId> = images.iter().copied().filter(fresh).collect();
    let room = IMAGES_MAX.saturating_sub(held);
    if room == 0 && !fresh.is_empty() {
        return Err(Rejected::GroupFull { limit: IMAGES_MAX });
    }
    let skipped = images.len() - known + fresh.len().saturating_sub(room);
    fresh.truncate(room);
    Ok((fresh.into_iter().map(|image| GroupEvent::ImageAdded { group, image }).collect(), skipped as u64))
}

/// Whether there are as many groups as there may be.
pub(super) fn full(state: &State) -> bool {
    state.groups().len() >= GROUPS_MAX
}

fn decision(events: impl IntoIterator<Item = GroupEvent>) -> Decision {
    events.into_iter().map(Event::Group).collect::<Vec<_>>().into()
}

fn get(state: &State, group: GroupId) -> Result<&Group, Rejected> {
    state.groups().get(group).ok_or(Rejected::NoSuchGroup(group))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::super::given::state;
    use super::*;
    use events::event::Image;
    use events::{MediaPath, RootPath};

    fn image(number: u32) -> ImageId {
        ImageId::new(number).unwrap()
    }

    fn group(number: u32) -> GroupId {
        GroupId::new(number).unwrap()
    }

    fn name(name: &str) -> GroupName {
        GroupName::new(name).unwrap()
    }

    fn found(number: u32) -> Event {
        let (root, path) = (RootPath::new("/images"), MediaPath::new(format!("{number}.jpg")).unwrap());
        let image = image(number);
        Event::Image(Image::Found { image, root, path, size_bytes: 1, modified_at_ms: 0, added_at_ms: 0 })
    }

    /// Three images, and a group "Cats" of the first.
    fn cats() -> Vec<Event> {
        let mut events = vec![found(1), found(2), found(3)];
        let create = GroupCommand::Create { name: name("Cats"), images: vec![image(1)], cover: None };
        events.extend(decide(&state(events.clone()), &create).unwrap().events);
        events
    }

    /// What a command leads to after [`cats`], in the words of the log.
    fn then(command: GroupCommand) -> Result<(Vec<GroupEvent>, u64), Rejected> {
        let Decision { events, skipped, .. } = decide(&state(cats()), &command)?;
        let group = |event| if let Event::Group(event) = event { Some(event) } else { None };
        Ok((events.into_iter().filter_map(group).collect(), skipped))
    }

    #[test]
    fn a_new_group_gets_an_address_nobody_has_and_its_images_once() {
        let images = vec![image(2), image(9), image(2), image(1)];
        let create = GroupCommand::Create { name: name("cats!"), images, cover: Some(image(1)) };
        let expected = vec![
            GroupEvent::Created { group: group(2), name: name("cats!"), slug: GroupSlug::new("cats-2").unwrap() },
            GroupEvent::ImageAdded { group: group(2), image: image(2) },
            GroupEvent::ImageAdded { group: group(2), image: image(1) },
            GroupEvent::CoverSet { group: group(2), image: image(1) },
        ];
        assert_eq!(then(create), Ok((expected, 1)));
        let strange = GroupCommand::Create { name: name("x"), images: vec![image(9)], cover: None };
        assert_eq!(then(strange), Err(Rejected::NoSuchImage(image(9))));
    }

    #[test]
    fn asking_for_what_is_so_already_changes_nothing() {
        for same in [
            GroupCommand::Rename { group: group(1), name: name("Cats") },
            GroupCommand::AddImages { group: group(1), images: vec![image(1)] },
            GroupCommand::RemoveImages { group: group(1), images: vec![image(2)] },
        ] {
            assert_eq!(then(same.clone()), Ok((vec![], 0)), "{same:?}");
        }
    }

    #[test]
    fn images_come_and_go_and_stand_for_the_group_only_while_they_are_in_it() {
        let (group, both) = (group(1), vec![image(1), image(3), image(3)]);
        let added = vec![GroupEvent::ImageAdded { group, image: image(3) }];
        assert_eq!(then(GroupCommand::AddImages { group, images: both.clone() }), Ok((added, 0)));
        let removed = vec![GroupEvent::ImageRemoved { group, image: image(1) }];
        assert_eq!(then(GroupCommand::RemoveImages { group, images: both }), Ok((removed, 0)));
        let cover = vec![GroupEvent::CoverSet { group, image: image(1) }];
        assert_eq!(then(GroupCommand::SetCover { group, image: image(1) }), Ok((cover, 0)));
        let stranger = GroupCommand::SetCover { group, image: image(2) };
        assert_eq!(then(stranger), Err(Rejected::NoSuchImage(image(2))));
    }

    #[test]
    fn a_group_that_is_not_there_cannot_be_changed() {
        let group = group(7);
        for command in [
            GroupCommand::Rename { group, name: name("x") },
            GroupCommand::SetCover { group, image: image(1) },
            GroupCommand::AddImages { group, images: vec![] },
            GroupCommand::RemoveImages { group, images: vec![] },
            GroupCommand::Delete { group },
        ] {
            assert_eq!(then(command.clone()), Err(Rejected::NoSuchGroup(group)), "{command:?}");
        }
    }
}
