//! What happens to the groups of the image gallery.

use crate::values::{GroupId, GroupName, GroupSlug, ImageId};

/// A named set of images, in the order they were put in; an image stands in it once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Group {
    /// A new, empty group.
    Created {
        /// The identity given to it, dense and never reused.
        group: GroupId,
        /// Its name.
        name: GroupName,
        /// Its part of addresses. It stays when the group is renamed, so that bookmarks do.
        slug: GroupSlug,
    },
    /// It has another name.
    Renamed {
        /// Which group.
        group: GroupId,
        /// The name it has now.
        name: GroupName,
    },
    /// One of its images stands for it.
    CoverSet {
        /// Which group.
        group: GroupId,
        /// Which image.
        image: ImageId,
    },
    /// An image was put at the end.
    ImageAdded {
        /// Which group.
        group: GroupId,
        /// Which image.
        image: ImageId,
    },
    /// An image was taken out.
    ImageRemoved {
        /// Which group.
        group: GroupId,
        /// Which image.
        image: ImageId,
    },
    /// The group is no more. Its images stay.
    Deleted {
        /// Which group.
        group: GroupId,
    },
}

impl Group {
    /// The group it is about.
    #[must_use]
    pub fn group(&self) -> GroupId {
        match self {
            Self::Created { group, .. }
            | Self::Renamed { group, .. }
            | Self::CoverSet { group, .. }
            | Self::ImageAdded { group, .. }
            | Self::ImageRemoved { group, .. }
            | Self::Deleted { group } => *group,
        }
    }
}
