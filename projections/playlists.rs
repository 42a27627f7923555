//! Ordered lists of videos. The same video may stand in a list twice, so entries have their own identity.
//!
//! Entries stay when their video is missing or forgotten; a page shows those that are there.

use std::sync::Arc;

use events::event::Playlist as Happened;
use events::values::ItemId;
use events::{PlaylistId, PlaylistName, Recorded, VideoId};
use imbl::{OrdMap, Vector};

use crate::anomaly::Anomaly;
use crate::bytes::{Decoder, Encoder};

/// One entry of a playlist.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Item {
    /// Its identity within the list.
    pub id: ItemId,
    /// The video it shows.
    pub video: VideoId,
}

/// One playlist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Playlist {
    /// Its identity.
    pub id: PlaylistId,
    /// Its name.
    pub name: PlaylistName,
    /// What it is about; empty for nothing.
    pub description: String,
    /// When it was made, ms since the epoch.
    pub created_at_ms: i64,
    /// When it was last changed, ms since the epoch.
    pub changed_at_ms: i64,
    /// Its entries in order.
    pub items: Vector<Item>,
    last_item: u32,
}

impl Playlist {
    /// The identity of the next entry; `None` when four billion are used up.
    #[must_use]
    pub fn next_item(&self) -> Option<ItemId> {
        self.last_item.checked_add(1).and_then(|number| ItemId::new(number).ok())
    }

    fn position(&self, item: ItemId) -> Result<usize, Anomaly> {
        self.items.iter().position(|known| known.id == item).ok_or(Anomaly::UnknownItem)
    }
}

/// All playlists.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Playlists {
    lists: OrdMap<PlaylistId, Arc<Playlist>>,
    last: u32,
}

impl Playlists {
    /// The playlist with this identity, unless it was deleted.
    #[must_use]
    pub fn get(&self, playlist: PlaylistId) -> Option<&Playlist> {
        self.lists.get(&playlist).map(|list| &**list)
    }

    /// All playlists in the order they were made.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Playlist> {
        self.lists.values().map(|list| &**list)
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.lists.len()
    }

    /// True if there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.lists.is_empty()
    }

    /// The identity of the next playlist; `None` when four billion are used up.
    #[must_use]
    pub fn next_id(&self) -> Option<PlaylistId> {
        self.last.checked_add(1).and_then(|number| PlaylistId::new(number).ok())
    }

    pub(crate) fn apply(&mut self, happened: &Happened, recorded: &Recorded) -> Result<(), Anomaly> {
        let at_ms = recorded.occurred_at_ms;
        match happened {
            Happened::Created { playlist, name } => return self.created(*playlist, name, at_ms),
            Happened::Renamed { playlist, name } => self.change(*playlist, at_ms)?.name = name.clone(),
            Happened::Described { playlist, description } => {
                self.change(*playlist, at_ms)?.description.clone_from(description);
            }
            Happened::ItemAdded { playlist, item, video } => {
                if self.get(*playlist).ok_or(Anomaly::UnknownPlaylist)?.last_item >= item.get() {
                    return Err(Anomaly::ItemNumber);
                }
                let list = self.change(*playlist, at_ms)?;
                list.items.push_back(Item { id: *item, video: *video });
                list.last_item = item.get();
            }
            Happened::ItemRemoved { playlist, item } => {
                let position = self.get(*playlist).ok_or(Anomaly::UnknownPlaylist)?.position(*item)?;
                self.change(*playlist, at_ms)?.items.remove(position);
            }
            Happened::ItemMoved { playlist, item, index } => {
                let position = self.get(*playlist).ok_or(Anomaly::UnknownPlaylist)?.position(*item)?;
                let list = self.change(*playlist, at_ms)?;
                let moved = list.items.remove(position);
                list.items.insert((*index as usize).min(list.items.len()), moved);
            }
            Happened::Deleted { playlist } => {
                self.lists.remove(playlist).ok_or(Anomaly::UnknownPlaylist)?;
            }
        }
        Ok(())
    }

    fn created(&mut self, id: PlaylistId, name: &PlaylistName, at_ms: i64) -> Result<(), Anomaly> {
        if self.next_id() != Some(id) {
            return Err(Anomaly::PlaylistNumber);
        }
        self.last = id.get();
        let list = Playlist {
            id,
            name: name.clone(),
            description: String::new(),
            created_at_ms: at_ms,
            changed_at_ms: at_ms,
            items: Vector::new(),
            last_item: 0,
        };
        self.lists.insert(id, Arc::new(list));
        Ok(())
    }

    fn change(&mut self, playlist: PlaylistId, at_ms: i64) -> Result<&mut Playlist, Anomaly> {
        let list = self.lists.get_mut(&playlist).map(Arc::make_mut).ok_or(Anomaly::UnknownPlaylist)?;
        list.changed_at_ms = at_ms;
        Ok(list)
    }

    pub(crate) fn encode(&self, into: &mut Encoder) {
        let Self { lists, last } = self;
        into.number(*last);
        into.list(lists.values(), |into, list| {
            let Playlist { id, name, description, created_at_ms, changed_at_ms, items, last_item } = &**list;
            into.number(id.get());
            into.bytes(name.as_str().as_bytes());
            into.bytes(description.as_bytes());
            into.time(*created_at_ms);
            into.time(*changed_at_ms);
            into.list(items.iter(), |into, Item { id, video }| {
                into.number(id.get());
                into.number(video.get());
            });
            into.number(*last_item);
        });
    }

    pub(crate) fn decode(from: &mut Decoder<'_>) -> Option<Self> {
        let last = from.number()?;
        let lists = from.list(|from| {
            let list = Playlist {
                id: PlaylistId::new(from.number()?).ok()?,
                name: PlaylistName::new(from.text()?).ok()?,
                description: from.text()?.into(),
                created_at_ms: from.time()?,
                changed_at_ms: from.time()?,
                items: from.list(|from| {
                    let (id, video) = (ItemId::new(from.number()?).ok()?, VideoId::new(from.number()?).ok()?);
                    Some(Item { id, video })
                })?,
                last_item: from.number()?,
            };
            Some((list.id, Arc::new(list)))
        })?;
        Some(Self { lists, last })
    }
}
