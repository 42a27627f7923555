//! Frozen shapes of the events of a group of images.

use super::kind::{Newest, Shape, shape};
use crate::event::{Event, Group};
use crate::values::{GroupId, GroupName, GroupSlug, ImageId, Invalid};

shape! {
    /// A new, empty group of images.
    CreatedV1 = 1101 v 1 { group: u32, name: String, slug: String }
}

shape! {
    /// The group has another name.
    RenamedV1 = 1102 v 1 { group: u32, name: String }
}

shape! {
    /// One of its images stands for the group.
    CoverSetV1 = 1103 v 1 { group: u32, image: u32 }
}

shape! {
    /// An image was put at the end of the group.
    ImageAddedV1 = 1104 v 1 { group: u32, image: u32 }
}

shape! {
    /// An image was taken out of the group.
    ImageRemovedV1 = 1105 v 1 { group: u32, image: u32 }
}

shape! {
    /// The group is no more.
    DeletedV1 = 1106 v 1 { group: u32 }
}

impl Shape for CreatedV1 {
    fn event(self) -> Result<Event, Invalid> {
        let (group, name) = (GroupId::new(self.group)?, GroupName::new(&self.name)?);
        Ok(Event::Group(Group::Created { group, name, slug: GroupSlug::new(&self.slug)? }))
    }
}

impl Shape for RenamedV1 {
    fn event(self) -> Result<Event, Invalid> {
        let group = GroupId::new(self.group)?;
        Ok(Event::Group(Group::Renamed { group, name: GroupName::new(&self.name)? }))
    }
}

impl Shape for CoverSetV1 {
    fn event(self) -> Result<Event, Invalid> {
        let group = GroupId::new(self.group)?;
        Ok(Event::Group(Group::CoverSet { group, image: ImageId::new(self.image)? }))
    }
}

impl Shape for ImageAddedV1 {
    fn event(self) -> Result<Event, Invalid> {
        let group = GroupId::new(self.group)?;
        Ok(Event::Group(Group::ImageAdded { group, image: ImageId::new(self.image)? }))
    }
}

impl Shape for ImageRemovedV1 {
    fn event(self) -> Result<Event, Invalid> {
        let group = GroupId::new(self.group)?;
        Ok(Event::Group(Group::ImageRemoved { group, image: ImageId::new(self.image)? }))
    }
}

impl Shape for DeletedV1 {
    fn event(self) -> Result<Event, Invalid> {
        Ok(Event::Group(Group::Deleted { group: GroupId::new(self.group)? }))
    }
}

/// The newest shape of `event`.
pub(super) fn freeze(event: &Group) -> Box<dyn Newest> {
    match event {
        Group::Created { group, name, slug } => {
            let (name, slug) = (name.as_str().to_owned(), slug.as_str().to_owned());
            Box::new(CreatedV1 { group: group.get(), name, slug })
        }
        Group::Renamed { group, name } => Box::new(RenamedV1 { group: group.get(), name: name.as_str().to_owned() }),
        Group::CoverSet { group, image } => Box::new(CoverSetV1 { group: group.get(), image: image.get() }),
        Group::ImageAdded { group, image } => Box::new(ImageAddedV1 { group: group.get(), image: image.get() }),
        Group::ImageRemoved { group, image } => Box::new(ImageRemovedV1 { group: group.get(), image: image.get() }),
        Group::Deleted { group } => Box::new(DeletedV1 { group: group.get() }),
    }
}
