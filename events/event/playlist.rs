//! What happens to playlists.

use crate::values::{ItemId, PlaylistId, PlaylistName, VideoId};

/// An ordered list of videos; the same video may stand in it twice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Playlist {
    /// A new, empty list.
    Created {
        /// The identity given to it.
        playlist: PlaylistId,
        /// Its name.
        name: PlaylistName,
    },
    /// It has another name.
    Renamed {
        /// Which list.
        playlist: PlaylistId,
        /// The name it has now.
        name: PlaylistName,
    },
    /// It has another description.
    Described {
        /// Which list.
        playlist: PlaylistId,
        /// The text; empty for none.
        description: String,
    },
    /// A video was put at the end.
    ItemAdded {
        /// Which list.
        playlist: PlaylistId,
        /// The identity of this entry, unique in its list.
        item: ItemId,
        /// The video it shows.
        video: VideoId,
    },
    /// An entry was taken out.
    ItemRemoved {
        /// Which list.
        playlist: PlaylistId,
        /// Which entry.
        item: ItemId,
    },
    /// An entry now stands elsewhere in the list.
    ItemMoved {
        /// Which list.
        playlist: PlaylistId,
        /// Which entry.
        item: ItemId,
        /// The index it has now, from 0.
        index: u32,
    },
    /// The list is no more.
    Deleted {
        /// Which list.
        playlist: PlaylistId,
    },
}

impl Playlist {
    /// The list it is about.
    #[must_use]
    pub fn playlist(&self) -> PlaylistId {
        match self {
            Self::Created { playlist, .. }
            | Self::Renamed { playlist, .. }
            | Self::Described { playlist, .. }
            | Self::ItemAdded { playlist, .. }
            | Self::ItemRemoved { playlist, .. }
            | Self::ItemMoved { playlist, .. }
            | Self::Deleted { playlist } => *playlist,
        }
    }
}
