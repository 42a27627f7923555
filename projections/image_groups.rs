//! Groups of images: a name, an address that stays, a cover, and images in the order they were put in.
//!
//! An image stays in its groups while its file is missing; a page shows those that are there.

use std::sync::Arc;

use events::event::Group as Happened;
use events::{GroupId, GroupName, GroupSlug, ImageId, Recorded};
use imbl::{OrdMap, OrdSet, Vector};

use crate::anomaly::Anomaly;
use crate::bytes::{Decoder, Encoder};

/// One group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// Its identity.
    pub id: GroupId,
    /// Its name.
    pub name: GroupName,
    /// Its part of addresses.
    pub slug: GroupSlug,
    /// The image chosen to stand for it, if one was.
    pub cover: Option<ImageId>,
    /// When it was made, ms since the epoch.
    pub created_at_ms: i64,
    /// When it was last changed, ms since the epoch.
    pub changed_at_ms: i64,
    /// Its images in order, each once.
    pub images: Vector<ImageId>,
}

/// All groups.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Groups {
    groups: OrdMap<GroupId, Arc<Group>>,
    last: u32,
    /// The groups by their part of addresses.
    slugs: OrdMap<GroupSlug, GroupId>,
    /// Each image in a group, with the group.
    memberships: OrdSet<(ImageId, GroupId)>,
}

impl Groups {
    /// The group with this identity, unless it was deleted.
    #[must_use]
    pub fn get(&self, group: GroupId) -> Option<&Group> {
        self.groups.get(&group).map(|group| &**group)
    }

    /// The group at this part of addresses.
    #[must_use]
    pub fn by_slug(&self, slug: &GroupSlug) -> Option<&Group> {
        self.slugs.get(slug).and_then(|group| self.get(*group))
    }

    /// All groups in the order they were made.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Group> {
        self.groups.values().map(|group| &**group)
    }

    /// The groups an image is in, in the order they were made.
    pub fn of(&self, image: ImageId) -> impl Iterator<Item = &Group> {
        let first = GroupId::new(1).ok().map(|group| (image, group));
        let from = first.into_iter().flat_map(|first| self.memberships.range(first..));
        from.take_while(move |(other, _)| *other == image).filter_map(|(_, group)| self.get(*group))
    }

    /// True if the image is in this group.
    #[must_use]
    pub fn holds(&self, group: GroupId, image: ImageId) -> bool {
        self.memberships.contains(&(image, group))
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.groups.len()
    }

    /// True if there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.groups.is_empty()
    }

    /// The identity of the next group; `None` when four billion are used up.
    #[must_use]
    pub fn next_id(&self) -> Option<GroupId> {
        self.last.checked_add(1).and_then(|number| GroupId::new(number).ok())
    }

    /// Learns what happened; the images in it are known to exist.
    pub(crate) fn apply(&mut self, happened: &Happened, recorded: &Recorded) -> Result<(), Anomaly> {
        let at_ms = recorded.occurred_at_ms;
        match happened {
            Happened::Created { group, name, slug } => self.created(*group, name, slug, at_ms),
            Happened::Renamed { group, name } => self.change(*group, at_ms, |known| known.name = name.clone()),
            Happened::CoverSet { group, image } => {
                self.expect_member(*group, *image)?;
                self.change(*group, at_ms, |known| known.cover = Some(*image))
            }
            Happened::ImageAdded { group, image } => {
                if self.get(*group).is_some() && self.memberships.insert((*image, *group)).is_some() {
                    return Err(Anomaly::GroupMember);
                }
                self.change(*group, at_ms, |known| known.images.push_back(*image))
            }
            Happened::ImageRemoved { group, image } => {
                self.expect_member(*group, *image)?;
                self.memberships.remove(&(*image, *group));
                self.change(*group, at_ms, |known| {
                    // Once at most, so looking for it is enough.
                    if let Some(place) = known.images.iter().position(|other| other == image) {
                        known.images.remove(place);
                    }
                    known.cover = known.cover.filter(|cover| cover != image);
                })
            }
            Happened::Deleted { group } => {
                let known = self.groups.remove(group).ok_or(Anomaly::UnknownGroup)?;
                self.slugs.remove(&known.slug);
                for image in &known.images {
                    self.memberships.remove(&(*image, *group));
                }
                Ok(())
            }
        }
    }

    fn created(&mut self, id: GroupId, name: &GroupName, slug: &GroupSlug, at_ms: i64) -> Result<(), Anomaly> {
        if self.next_id() != Some(id) {
            return Err(Anomaly::GroupNumber);
        }
        if self.slugs.contains_key(slug) {
            return Err(Anomaly::GroupSlug);
        }
        self.last = id.get();
        self.slugs.insert(slug.clone(), id);
        let group = Group {
            id,
            name: name.clone(),
            slug: slug.clone(),
            cover: None,
            created_at_ms: at_ms,
            changed_at_ms: at_ms,
            images: Vector::new(),
        };
        self.groups.insert(id, Arc::new(group));
        Ok(())
    }

    fn expect_member(&self, group: GroupId, image: ImageId) -> Result<(), Anomaly> {
        self.get(group).ok_or(Anomaly::UnknownGroup)?;
        if self.holds(group, image) { Ok(()) } else { Err(Anomaly::GroupMember) }
    }

    fn change(&mut self, group: GroupId, at_ms: i64, change: impl FnOnce(&mut Group)) -> Result<(), Anomaly> {
        let known = self.groups.get_mut(&group).map(Arc::make_mut).ok_or(Anomaly::UnknownGroup)?;
        change(known);
        known.changed_at_ms = at_ms;
        Ok(())
    }

    /// The tables of these groups.
    fn tables(groups: &OrdMap<GroupId, Arc<Group>>) -> (OrdMap<GroupSlug, GroupId>, OrdSet<(ImageId, GroupId)>) {
        let slugs = groups.values().map(|group| (group.slug.clone(), group.id)).collect();
        let members = groups.values().flat_map(|group| group.images.iter().map(|image| (*image, group.id))).collect();
        (slugs, members)
    }

    /// True if the tables say what the groups say.
    pub(crate) fn consistent(&self) -> bool {
        let (slugs, memberships) = Self::tables(&self.groups);
        slugs == self.slugs && memberships == self.memberships
    }

    pub(crate) fn encode(&self, into: &mut Encoder) {
        // The tables hold nothing that the groups do not.
        let Self { groups, last, slugs: _, memberships: _ } = self;
        into.number(*last);
        into.list(groups.values(), |into, group| {
            let Group { id, name, slug, cover, created_at_ms, changed_at_ms, images } = &**group;
            into.number(id.get());
            into.bytes(name.as_str().as_bytes());
            into.bytes(slug.as_str().as_bytes());
            into.option(*cover, |into, image| into.number(image.get()));
            into.time(*created_at_ms);
            into.time(*changed_at_ms);
            into.list(images.iter(), |into, image| into.number(image.get()));
        });
    }

    pub(crate) fn decode(from: &mut Decoder<'_>) -> Option<Self> {
        let image = |from: &mut Decoder<'_>| ImageId::new(from.number()?).ok();
        let last = from.number()?;
        let groups = from.list(|from| {
            let group = Group {
                id: GroupId::new(from.number()?).ok()?,
                name: GroupName::new(from.text()?).ok()?,
                slug: GroupSlug::new(from.text()?).ok()?,
                cover: from.option(image)?,
                created_at_ms: from.time()?,
                changed_at_ms: from.time()?,
                images: from.list(image)?,
            };
            Some((group.id, Arc::new(group)))
        })?;
        let (slugs, memberships) = Self::tables(&groups);
        Some(Self { groups, last, slugs, memberships })
    }
}
