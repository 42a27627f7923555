//! What sentences need to know of the past, remembered while a log is read from its start.
//!
//! A small fold of its own: a whole `State` would keep indexes that no sentence needs, and make reading a
//! long log ten times slower.

use super::Before;
use super::words::place;
use events::event::{Group, Image, Playlist, Rating, Thumbnail, Video};
use events::values::ItemId;
use events::{Event, GroupId, ImageId, MediaPath, PlaylistId, Recorded, RootPath, Stars, VideoId};
use jiff::tz::TimeZone;
use std::collections::HashMap;

/// What happened so far, as far as sentences need it.
#[derive(Debug)]
pub(crate) struct Memory {
    zone: TimeZone,
    places: HashMap<VideoId, (RootPath, MediaPath)>,
    stars: HashMap<VideoId, Stars>,
    added_at_ms: HashMap<VideoId, i64>,
    covers_ms: HashMap<VideoId, u64>,
    descriptions: HashMap<PlaylistId, String>,
    lists: HashMap<PlaylistId, String>,
    images: HashMap<ImageId, MediaPath>,
    groups: HashMap<GroupId, String>,
}

impl Memory {
    /// Nothing happened yet; days are those of `zone`.
    pub(crate) fn new(zone: TimeZone) -> Self {
        Self {
            zone,
            places: HashMap::new(),
            stars: HashMap::new(),
            added_at_ms: HashMap::new(),
            covers_ms: HashMap::new(),
            descriptions: HashMap::new(),
            lists: HashMap::new(),
            images: HashMap::new(),
            groups: HashMap::new(),
        }
    }

    /// Remembers what `record` changes. Call it after its sentence was made.
    pub(crate) fn fold(&mut self, record: &Recorded) {
        match &record.event {
            Event::Video(video) => self.fold_video(video),
            Event::Rating(Rating::Given { video, stars }) => {
                self.stars.insert(*video, *stars);
            }
            Event::Rating(Rating::Cleared { video }) => {
                self.stars.remove(video);
            }
            Event::Playlist(Playlist::Created { playlist, name } | Playlist::Renamed { playlist, name }) => {
                self.lists.insert(*playlist, name.as_str().to_owned());
            }
            Event::Playlist(Playlist::Described { playlist, description }) => {
                self.descriptions.insert(*playlist, description.clone());
            }
            Event::Thumbnail(Thumbnail::Chosen { video, position_ms }) => {
                self.covers_ms.insert(*video, *position_ms);
            }
            Event::Thumbnail(Thumbnail::Automatic { video }) => {
                self.covers_ms.remove(video);
            }
            Event::Image(
                Image::Found { image, path, .. }
                | Image::Moved { image, path, .. }
                | Image::Returned { image, path, .. },
            ) => {
                self.images.insert(*image, path.clone());
            }
            Event::Group(Group::Created { group, name, .. } | Group::Renamed { group, name }) => {
                self.groups.insert(*group, name.as_str().to_owned());
            }
            Event::Favorite(_)
            | Event::View(_)
            | Event::Playback(_)
            | Event::Tag(_)
            | Event::Playlist(
                Playlist::ItemAdded { .. }
                | Playlist::ItemRemoved { .. }
                | Playlist::ItemMoved { .. }
                | Playlist::Deleted { .. },
            )
            | Event::Thumbnail(
                Thumbnail::Made { .. }
                | Thumbnail::Failed { .. }
                | Thumbnail::StoryboardMade { .. }
                | Thumbnail::StoryboardFailed { .. }
                | Thumbnail::Retried { .. },
            )
            | Event::Import(_)
            | Event::Maintenance(_)
            | Event::Redacted(_)
            | Event::Image(
                Image::Changed { .. } | Image::Vanished { .. } | Image::Favored { .. } | Image::Unfavored { .. },
            )
            | Event::Group(
                Group::CoverSet { .. } | Group::ImageAdded { .. } | Group::ImageRemoved { .. } | Group::Deleted { .. },
            ) => {}
        }
    }

    fn fold_video(&mut self, event: &Video) {
        match event {
            Video::Found { video, root, path, added_at_ms, .. } => {
                self.places.insert(*video, (root.clone(), path.clone()));
                self.added_at_ms.insert(*video, *added_at_ms);
            }
            Video::Moved { video, root, path, .. } | Video::Returned { video, root, path, .. } => {
                self.places.insert(*video, (root.clone(), path.clone()));
            }
            Video::Dated { video, added_at_ms } => {
                self.added_at_ms.insert(*video, *added_at_ms);
            }
            Video::Probed { .. }
            | Video::Changed { .. }
            | Video::Vanished { .. }
            | Video::Forgotten { .. }
            | Video::Remembered { .. } => {}
        }
    }
}

impl Before for Memory {
    fn place(&self, video: VideoId) -> Option<String> {
        self.places.get(&video).map(|(root, path)| place(root, path))
    }

    fn title(&self, video: VideoId) -> Option<String> {
        self.places.get(&video).map(|(_, path)| path.title())
    }

    fn stars(&self, video: VideoId) -> Option<Stars> {
        self.stars.get(&video).copied()
    }

    fn added_at_ms(&self, video: VideoId) -> Option<i64> {
        self.added_at_ms.get(&video).copied()
    }

    fn cover_ms(&self, video: VideoId) -> Option<u64> {
        self.covers_ms.get(&video).copied()
    }

    fn description(&self, playlist: PlaylistId) -> Option<String> {
        self.descriptions.get(&playlist).cloned()
    }

    fn zone(&self) -> TimeZone {
        self.zone.clone()
    }

    fn playlist(&self, playlist: PlaylistId) -> Option<String> {
        self.lists.get(&playlist).cloned()
    }

    /// Not remembered: there may be as many entries as there are events.
    fn item(&self, _: PlaylistId, _: ItemId) -> Option<VideoId> {
        None
    }

    fn image(&self, image: ImageId) -> Option<String> {
        self.images.get(&image).map(|path| path.as_path().to_string_lossy().into_owned())
    }

    fn group(&self, group: GroupId) -> Option<String> {
        self.groups.get(&group).cloned()
    }
}
