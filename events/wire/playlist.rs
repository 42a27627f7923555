//! Frozen shapes of the events of playlists.

use super::kind::{Newest, Shape, shape};
use crate::event::{Event, Playlist};
use crate::values::{Invalid, ItemId, PlaylistId, PlaylistName, VideoId};

shape! {
    /// A new, empty list.
    CreatedV1 = 701 v 1 { playlist: u32, name: String }
}

shape! {
    /// It has another name.
    RenamedV1 = 702 v 1 { playlist: u32, name: String }
}

shape! {
    /// It has another description.
    DescribedV1 = 703 v 1 { playlist: u32, description: String }
}

shape! {
    /// A video was put at the end.
    ItemAddedV1 = 704 v 1 { playlist: u32, item: u32, video: u32 }
}

shape! {
    /// An entry was taken out.
    ItemRemovedV1 = 705 v 1 { playlist: u32, item: u32 }
}

shape! {
    /// An entry now stands elsewhere in the list.
    ItemMovedV1 = 706 v 1 { playlist: u32, item: u32, index: u32 }
}

shape! {
    /// The list is no more.
    DeletedV1 = 707 v 1 { playlist: u32 }
}

impl Shape for CreatedV1 {
    fn event(self) -> Result<Event, Invalid> {
        let playlist = PlaylistId::new(self.playlist)?;
        Ok(Event::Playlist(Playlist::Created { playlist, name: PlaylistName::new(&self.name)? }))
    }
}

impl Shape for RenamedV1 {
    fn event(self) -> Result<Event, Invalid> {
        let playlist = PlaylistId::new(self.playlist)?;
        Ok(Event::Playlist(Playlist::Renamed { playlist, name: PlaylistName::new(&self.name)? }))
    }
}

impl Shape for DescribedV1 {
    fn event(self) -> Result<Event, Invalid> {
        let playlist = PlaylistId::new(self.playlist)?;
        Ok(Event::Playlist(Playlist::Described { playlist, description: self.description }))
    }
}

impl Shape for ItemAddedV1 {
    fn event(self) -> Result<Event, Invalid> {
        let (playlist, item) = (PlaylistId::new(self.playlist)?, ItemId::new(self.item)?);
        Ok(Event::Playlist(Playlist::ItemAdded { playlist, item, video: VideoId::new(self.video)? }))
    }
}

impl Shape for ItemRemovedV1 {
    fn event(self) -> Result<Event, Invalid> {
        let (playlist, item) = (PlaylistId::new(self.playlist)?, ItemId::new(self.item)?);
        Ok(Event::Playlist(Playlist::ItemRemoved { playlist, item }))
    }
}

impl Shape for ItemMovedV1 {
    fn event(self) -> Result<Event, Invalid> {
        let (playlist, item) = (PlaylistId::new(self.playlist)?, ItemId::new(self.item)?);
        Ok(Event::Playlist(Playlist::ItemMoved { playlist, item, index: self.index }))
    }
}

impl Shape for DeletedV1 {
    fn event(self) -> Result<Event, Invalid> {
        Ok(Event::Playlist(Playlist::Deleted { playlist: PlaylistId::new(self.playlist)? }))
    }
}

/// The newest shape of `event`.
pub(super) fn freeze(event: &Playlist) -> Box<dyn Newest> {
    match event {
        Playlist::Created { playlist, name } => {
            Box::new(CreatedV1 { playlist: playlist.get(), name: name.as_str().to_owned() })
        }
        Playlist::Renamed { playlist, name } => {
            Box::new(RenamedV1 { playlist: playlist.get(), name: name.as_str().to_owned() })
        }
        Playlist::Described { playlist, description } => {
            Box::new(DescribedV1 { playlist: playlist.get(), description: description.clone() })
        }
        Playlist::ItemAdded { playlist, item, video } => {
            Box::new(ItemAddedV1 { playlist: playlist.get(), item: item.get(), video: video.get() })
        }
        Playlist::ItemRemoved { playlist, item } => {
            Box::new(ItemRemovedV1 { playlist: playlist.get(), item: item.get() })
        }
        Playlist::ItemMoved { playlist, item, index } => {
            Box::new(ItemMovedV1 { playlist: playlist.get(), item: item.get(), index: *index })
        }
        Playlist::Deleted { playlist } => Box::new(DeletedV1 { playlist: playlist.get() }),
    }
}
