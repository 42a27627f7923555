//! What happens to the pictures of the image gallery.

use crate::values::{ImageId, MediaPath, RootPath};

/// The life of one image file. Identity is the [`ImageId`]; everything else is a fact about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Image {
    /// First sight of a file, or of a record of a file that is not there yet.
    Found {
        /// The identity given to it, dense and never reused.
        image: ImageId,
        /// The image folder it is in; empty for a record whose file has not turned up yet.
        root: RootPath,
        /// Where it is below that folder.
        path: MediaPath,
        /// Its size; 0 while there is no file.
        size_bytes: u64,
        /// The file's modification time.
        modified_at_ms: i64,
        /// The date the gallery shows as "added".
        added_at_ms: i64,
    },
    /// The same place now holds other content.
    Changed {
        /// Which image.
        image: ImageId,
        /// The new size.
        size_bytes: u64,
        /// The new modification time.
        modified_at_ms: i64,
    },
    /// The same file is now somewhere else.
    Moved {
        /// Which image.
        image: ImageId,
        /// The image folder it is in now.
        root: RootPath,
        /// Where it is below that folder now.
        path: MediaPath,
    },
    /// The file is no longer there. Hides the picture and touches nothing else.
    Vanished {
        /// Which image.
        image: ImageId,
    },
    /// The file is there again, or the file of an imported record turned up.
    Returned {
        /// Which image.
        image: ImageId,
        /// The image folder it is in.
        root: RootPath,
        /// Where it is below that folder.
        path: MediaPath,
        /// Its size.
        size_bytes: u64,
        /// Its modification time.
        modified_at_ms: i64,
    },
    /// It is a favourite from now on.
    Favored {
        /// Which image.
        image: ImageId,
    },
    /// It no longer is.
    Unfavored {
        /// Which image.
        image: ImageId,
    },
}

impl Image {
    /// The image it is about.
    #[must_use]
    pub fn image(&self) -> ImageId {
        match self {
            Self::Found { image, .. }
            | Self::Changed { image, .. }
            | Self::Moved { image, .. }
            | Self::Vanished { image }
            | Self::Returned { image, .. }
            | Self::Favored { image }
            | Self::Unfavored { image } => *image,
        }
    }
}
