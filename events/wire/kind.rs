//! The table of all kinds of events there ever were, and what a frozen struct has to offer.
//!
//! To add a kind: a variant in `event`, a `shape!` in the file of its noun here, a row in the table with both,
//! golden files. To change the shape of a kind: a new `shape!` with the next version beside the old
//! one, whose `event` goes through the new one; the version is appended to its row.

use super::frame::{self, WireError};
use super::{favorite, group, image, import, maintenance, playback, playlist, rating, tag, thumbnail, video, view};
use crate::event::{self, Event};
use crate::values::Invalid;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::value::{RawValue, to_raw_value};

/// A kind of event as it is stored.
#[derive(Debug)]
pub struct Kind {
    /// The number in the frame. Never reused.
    pub number: u16,
    /// The name in exports, such as `rating.given`. Never reused.
    pub name: &'static str,
    /// Every version there ever was, oldest first. Only the last one is written.
    pub versions: &'static [Version],
}

/// One frozen shape of a kind.
#[derive(Debug)]
pub struct Version {
    /// Its number, from 1.
    pub number: u8,
    /// What it says, in a sentence.
    pub about: &'static str,
    /// Its fields in stored order.
    pub fields: &'static [Field],
    from_bytes: fn(&[u8]) -> Result<Event, WireError>,
    from_json: fn(&RawValue) -> Result<Event, WireError>,
}

/// A field of a frozen struct.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its name in exports.
    pub name: &'static str,
    /// Its stored type.
    pub kind: &'static str,
}

impl Kind {
    /// The version that is written today.
    #[must_use]
    pub fn version(&self) -> Option<&'static Version> {
        self.versions.last()
    }
}

impl Version {
    pub(crate) fn event(&self, payload: &[u8]) -> Result<Event, WireError> {
        (self.from_bytes)(payload)
    }

    pub(crate) fn event_of_json(&self, data: &RawValue) -> Result<Event, WireError> {
        (self.from_json)(data)
    }
}

/// What the `shape!` macro knows about a frozen struct.
pub(super) trait Layout: bincode::Encode + bincode::Decode<()> + Serialize + DeserializeOwned + 'static {
    const KIND: u16;
    const VERSION: u8;
    const ABOUT: &'static str;
    const FIELDS: &'static [Field];

    /// The bytes that another implementation of the format makes of it.
    #[cfg(test)]
    fn other_bytes(&self) -> Vec<u8>;
    /// What another implementation of the format reads.
    #[cfg(test)]
    fn of_other_bytes(bytes: &[u8]) -> Self;
}

/// What a frozen struct means today.
pub(super) trait Shape: Layout {
    /// The event it stands for; a struct of an older version goes through the next one.
    fn event(self) -> Result<Event, Invalid>;
}

/// The newest shape of some event, whichever it is.
pub(crate) trait Newest {
    fn kind(&self) -> u16;
    fn version(&self) -> u8;
    fn flags(&self) -> u8 {
        0
    }
    fn write(&self, bytes: &mut Vec<u8>) -> Result<(), WireError>;
    /// Its fields as JSON.
    fn data(&self) -> serde_json::Result<Box<RawValue>>;
    /// Checks that another implementation of the format writes and reads the same.
    #[cfg(test)]
    fn check_other(&self);
}

impl<S: Shape> Newest for S {
    fn kind(&self) -> u16 {
        S::KIND
    }

    fn version(&self) -> u8 {
        S::VERSION
    }

    fn write(&self, bytes: &mut Vec<u8>) -> Result<(), WireError> {
        frame::write(self, bytes)
    }

    fn data(&self) -> serde_json::Result<Box<RawValue>> {
        to_raw_value(self)
    }

    #[cfg(test)]
    fn check_other(&self) {
        let mut bytes = Vec::new();
        assert_eq!(self.write(&mut bytes), Ok(()));
        assert_eq!(self.other_bytes(), bytes);
        assert_eq!(Ok(S::of_other_bytes(&bytes).event()), frame::read::<S>(&bytes).map(Shape::event));
    }
}

/// Declares a frozen struct: kind number, version, fields in stored order. Never edit one that was
/// in a release.
macro_rules! shape {
    ($(#[doc = $about:literal])+ $name:ident = $kind:literal v $version:literal { $($field:ident: $type:ty),+ $(,)? }) => {
        $(#[doc = $about])+
        #[derive(Clone, Debug, PartialEq, Eq, bincode::Encode, bincode::Decode, serde::Serialize, serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        #[cfg_attr(test, derive(wincode::SchemaWrite, wincode::SchemaRead))]
        pub(super) struct $name { $($field: $type),+ }

        impl crate::wire::kind::Layout for $name {
            const KIND: u16 = $kind;
            const VERSION: u8 = $version;
            const ABOUT: &'static str = concat!($($about),+).trim_ascii();
            const FIELDS: &'static [crate::wire::kind::Field] =
                &[$(crate::wire::kind::Field { name: stringify!($field), kind: stringify!($type) }),+];

            #[cfg(test)]
            fn other_bytes(&self) -> Vec<u8> {
                wincode::config::serialize(self, wincode::config::Configuration::default().with_varint_encoding()).unwrap()
            }

            #[cfg(test)]
            fn of_other_bytes(bytes: &[u8]) -> Self {
                wincode::config::deserialize(bytes, wincode::config::Configuration::default().with_varint_encoding()).unwrap()
            }
        }
    };
}
pub(super) use shape;

/// The row of a version in the table.
pub(super) const fn version<S: Shape>() -> Version {
    Version {
        number: S::VERSION,
        about: S::ABOUT,
        fields: S::FIELDS,
        from_bytes: |payload| Ok(frame::read::<S>(payload)?.event()?),
        from_json: |data| {
            let shape: S = serde_json::from_str(data.get()).map_err(|error| WireError::Shape(error.to_string()))?;
            Ok(shape.event()?)
        },
    }
}

macro_rules! kinds {
    ($($name:literal: $noun:ident::$variant:ident = $first:ty $(, $next:ty)*;)+) => {
        /// Every kind, sorted by number.
        const KINDS: &[Kind] =
            &[$(Kind { number: <$first>::KIND, name: $name, versions: &[version::<$first>() $(, version::<$next>())*] }),+];

        /// The name of the kind of this event in exports, such as `rating.given`.
        #[must_use]
        pub fn kind_name(event: &Event) -> &'static str {
            match event {
                $(Event::$noun(event::$noun::$variant { .. }) => $name,)+
                Event::Redacted(erased) => KINDS.iter().find(|kind| kind.number == erased.kind).map_or("", |kind| kind.name),
            }
        }
    };
}

kinds! {
    "video.found": Video::Found = video::FoundV1;
    "video.probed": Video::Probed = video::ProbedV1, video::ProbedV2;
    "video.moved": Video::Moved = video::MovedV1;
    "video.changed": Video::Changed = video::ChangedV1;
    "video.vanished": Video::Vanished = video::VanishedV1;
    "video.returned": Video::Returned = video::ReturnedV1;
    "video.dated": Video::Dated = video::DatedV1;
    "video.forgotten": Video::Forgotten = video::ForgottenV1;
    "video.remembered": Video::Remembered = video::RememberedV1;
    "rating.given": Rating::Given = rating::GivenV1;
    "rating.cleared": Rating::Cleared = rating::ClearedV1;
    "favorite.added": Favorite::Added = favorite::AddedV1;
    "favorite.removed": Favorite::Removed = favorite::RemovedV1;
    "view.started": View::Started = view::StartedV1;
    "view.counted": View::Counted = view::CountedV1;
    "view.rolled_up": View::RolledUp = view::RolledUpV1;
    "view.withdrawn": View::Withdrawn = view::WithdrawnV1;
    "playback.paused": Playback::Paused = playback::PausedV1;
    "playback.finished": Playback::Finished = playback::FinishedV1;
    "tag.added": Tag::Added = tag::AddedV1;
    "tag.removed": Tag::Removed = tag::RemovedV1;
    "tag.renamed": Tag::Renamed = tag::RenamedV1;
    "tag.merged": Tag::Merged = tag::MergedV1;
    "playlist.created": Playlist::Created = playlist::CreatedV1;
    "playlist.renamed": Playlist::Renamed = playlist::RenamedV1;
    "playlist.described": Playlist::Described = playlist::DescribedV1;
    "playlist.item_added": Playlist::ItemAdded = playlist::ItemAddedV1;
    "playlist.item_removed": Playlist::ItemRemoved = playlist::ItemRemovedV1;
    "playlist.item_moved": Playlist::ItemMoved = playlist::ItemMovedV1;
    "playlist.deleted": Playlist::Deleted = playlist::DeletedV1;
    "thumbnail.made": Thumbnail::Made = thumbnail::MadeV1, thumbnail::MadeV2;
    "thumbnail.failed": Thumbnail::Failed = thumbnail::FailedV1;
    "thumbnail.storyboard_made": Thumbnail::StoryboardMade = thumbnail::StoryboardMadeV1;
    "thumbnail.storyboard_failed": Thumbnail::StoryboardFailed = thumbnail::StoryboardFailedV1;
    "thumbnail.chosen": Thumbnail::Chosen = thumbnail::ChosenV1;
    "thumbnail.automatic": Thumbnail::Automatic = thumbnail::AutomaticV1;
    "thumbnail.retried": Thumbnail::Retried = thumbnail::RetriedV1;
    "import.started": Import::Started = import::StartedV1;
    "import.finished": Import::Finished = import::FinishedV1;
    "image.found": Image::Found = image::FoundV1;
    "image.changed": Image::Changed = image::ChangedV1;
    "image.moved": Image::Moved = image::MovedV1;
    "image.vanished": Image::Vanished = image::VanishedV1;
    "image.returned": Image::Returned = image::ReturnedV1;
    "image.favored": Image::Favored = image::FavoredV1;
    "image.unfavored": Image::Unfavored = image::UnfavoredV1;
    "group.created": Group::Created = group::CreatedV1;
    "group.renamed": Group::Renamed = group::RenamedV1;
    "group.cover_set": Group::CoverSet = group::CoverSetV1;
    "group.image_added": Group::ImageAdded = group::ImageAddedV1;
    "group.image_removed": Group::ImageRemoved = group::ImageRemovedV1;
    "group.deleted": Group::Deleted = group::DeletedV1;
    "maintenance.done": Maintenance::Done = maintenance::DoneV1;
    "maintenance.failed": Maintenance::Failed = maintenance::FailedV1;
    "maintenance.cancelled": Maintenance::Cancelled = maintenance::CancelledV1;
}

/// Every kind of event there ever was, by number.
#[must_use]
pub fn kinds() -> &'static [Kind] {
    KINDS
}

/// A kind and version by their numbers.
pub(crate) fn find(kinds: &[Kind], kind: u16, version: u8) -> Option<(&Kind, &Version)> {
    let row = kinds.get(kinds.binary_search_by_key(&kind, |row| row.number).ok()?)?;
    Some((row, row.versions.iter().find(|known| known.number == version)?))
}

/// The newest shape of an event.
pub(crate) fn freeze(event: &Event) -> Box<dyn Newest> {
    match event {
        Event::Video(event) => video::freeze(event),
        Event::Rating(event) => rating::freeze(event),
        Event::Favorite(event) => favorite::freeze(event),
        Event::View(event) => view::freeze(event),
        Event::Playback(event) => playback::freeze(event),
        Event::Tag(event) => tag::freeze(event),
        Event::Playlist(event) => playlist::freeze(event),
        Event::Thumbnail(event) => thumbnail::freeze(event),
        Event::Import(event) => import::freeze(event),
        Event::Image(event) => image::freeze(event),
        Event::Group(event) => group::freeze(event),
        Event::Maintenance(event) => maintenance::freeze(event),
        Event::Redacted(event) => Box::new(event.clone()),
    }
}
