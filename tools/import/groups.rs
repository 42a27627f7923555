//! The rules for groups of images.
//!
//! A group is made once, with the address it had. What was put into it in the old program since is added; what was
//! taken out of it here, or deleted, stays away. Images are known by name: one that is not known yet is a record without
//! a file, and is attached when the image folder is looked at.

use super::keys;
use super::plan::Planner;
use super::report::{Kept, Outcome};
use crate::legacy::{ImageGroup, Kind};
use events::event::{Group, Image};
use events::{CommandId, Event, GroupId, GroupSlug, ImageId, MediaPath, RootPath};
use std::collections::{HashMap, HashSet};

/// Plans all groups.
pub(super) fn plan(planner: &mut Planner<'_>) {
    let state = planner.state;
    let mut album = Album {
        next: state.images().next_id(),
        new: HashMap::new(),
        members: HashSet::new(),
        made: HashMap::new(),
        next_group: state.groups().next_id(),
    };
    for group in &planner.legacy.groups {
        // A group without a usable address is known by the one its name would have.
        let wanted = group.slug.clone().unwrap_or_else(|| GroupSlug::of(&group.name, |_| false));
        let key = keys::group(&wanted);
        let here = album.made.get(&wanted).copied();
        let here = here.or_else(|| state.groups().by_slug(&wanted).map(|known| known.id));
        let target = if planner.is_written(key) {
            planner.report.count(Kind::Group, Outcome::Unchanged);
            here
        } else if here.is_some() {
            keep(planner, group);
            continue;
        } else {
            album.create(planner, group, &wanted, key)
        };
        album.fill(planner, group, &wanted, target);
    }
    let new = album.new.len();
    if new > 0 {
        planner.report.notes.push(format!(
            "{new} images are known without a file; each is attached when its file turns up in the folder of --images"
        ));
    }
}

fn keep(planner: &mut Planner<'_>, group: &ImageGroup) {
    planner.report.count(Kind::Group, Outcome::Kept);
    for _ in &group.images {
        planner.report.count(Kind::GroupImage, Outcome::Kept);
    }
    let reason = "somebody here made a group at this address, which is left as it is".to_owned();
    let file = planner.file(group.source);
    planner.report.kept.push(Kept { file, key: group.name.as_str().to_owned(), reason });
}

/// What the plan adds to what is known of images.
struct Album {
    next: Option<ImageId>,
    next_group: Option<GroupId>,
    /// Images that are records without a file, by name.
    new: HashMap<MediaPath, ImageId>,
    /// Who was put where.
    members: HashSet<(GroupId, ImageId)>,
    /// The groups that are made, by address.
    made: HashMap<GroupSlug, GroupId>,
}

impl Album {
    fn create(
        &mut self,
        planner: &mut Planner<'_>,
        group: &ImageGroup,
        wanted: &GroupSlug,
        key: CommandId,
    ) -> Option<GroupId> {
        let id = self.next_group?;
        self.next_group = id.get().checked_add(1).and_then(|number| GroupId::new(number).ok());
        self.made.insert(wanted.clone(), id);
        let created = Group::Created { group: id, name: group.name.clone(), slug: wanted.clone() };
        planner.write(key, group.created_at_ms, Event::Group(created));
        planner.report.count(Kind::Group, Outcome::Accepted);
        Some(id)
    }

    /// Adds the images that were never added before; `target` is `None` when the group was given up here.
    fn fill(&mut self, planner: &mut Planner<'_>, group: &ImageGroup, wanted: &GroupSlug, target: Option<GroupId>) {
        let mut cover = None;
        for name in &group.images {
            let key = keys::group_image(wanted, name);
            let added = self.added(planner, group, name, key, target);
            let outcome = match (added, target) {
                (Some(image), Some(id)) => {
                    if group.cover.as_ref() == Some(name) {
                        cover = Some(Group::CoverSet { group: id, image });
                    }
                    Outcome::Accepted
                }
                (None, Some(_)) => Outcome::Unchanged,
                (_, None) => Outcome::Kept,
            };
            planner.report.count(Kind::GroupImage, outcome);
        }
        let chosen_here =
            target.and_then(|id| planner.state.groups().get(id)).is_some_and(|known| known.cover.is_some());
        if let Some(cover) = cover.filter(|_| !chosen_here) {
            planner.write(keys::group(wanted), group.created_at_ms, Event::Group(cover));
        }
    }

    /// The image, if it is put into the group now.
    fn added(
        &mut self,
        planner: &mut Planner<'_>,
        group: &ImageGroup,
        name: &MediaPath,
        key: CommandId,
        target: Option<GroupId>,
    ) -> Option<ImageId> {
        let id = target?;
        if planner.state.imports().contains(key) {
            return None;
        }
        let image = self.image(planner, name, group.created_at_ms, key)?;
        if planner.state.groups().holds(id, image) || !self.members.insert((id, image)) {
            return None;
        }
        planner.write(key, group.created_at_ms, Event::Group(Group::ImageAdded { group: id, image }));
        Some(image)
    }

    /// The image of this name, which is a record from now on if there is none.
    fn image(&mut self, planner: &mut Planner<'_>, name: &MediaPath, at_ms: i64, key: CommandId) -> Option<ImageId> {
        let known = planner.state.images().meant_by(name).map(|image| image.id);
        if let Some(image) = known.or_else(|| self.new.get(name).copied()) {
            return Some(image);
        }
        let image = self.next?;
        self.next = image.get().checked_add(1).and_then(|number| ImageId::new(number).ok());
        self.new.insert(name.clone(), image);
        let (root, path) = (RootPath::default(), name.clone());
        let found = Image::Found { image, root, path, size_bytes: 0, modified_at_ms: 0, added_at_ms: at_ms };
        planner.write(key, at_ms, Event::Image(found));
        Some(image)
    }
}
