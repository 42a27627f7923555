//! Every event there is, on a few screens: one past-tense enum per noun.
//!
//! These enums are what the program works with. They are never serialised as they stand: the frozen
//! shapes on disk are in the `wire` module, so a variant or field here may be renamed freely.
//! Times are milliseconds since the Unix epoch, UTC; lengths are milliseconds; sizes are bytes.

mod details;
mod group;
mod hours;
mod image;
mod maintenance;
mod playlist;
mod redacted;
mod thumbnail;

pub use details::{Captions, Chapter, Details};
pub use group::Group;
pub use hours::HourCount;
pub use image::Image;
pub use maintenance::Maintenance;
pub use playlist::Playlist;
pub use redacted::Redacted;
pub use thumbnail::{SheetLayout, Thumbnail};

use crate::values::{Fingerprint, MediaPath, RootPath, Stars, TagName, VideoId};

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A file in the library, and where it is.
    Video(Video),
    /// Somebody's judgement of a video.
    Rating(Rating),
    /// The heart.
    Favorite(Favorite),
    /// A video was watched.
    View(View),
    /// How far somebody got.
    Playback(Playback),
    /// A word attached to a video.
    Tag(Tag),
    /// An ordered list of videos.
    Playlist(Playlist),
    /// A picture made of a video.
    Thumbnail(Thumbnail),
    /// Data brought in from another program.
    Import(Import),
    /// A picture of the image gallery.
    Image(Image),
    /// A named set of pictures.
    Group(Group),
    /// Something that was done for whoever looks after the gallery.
    Maintenance(Maintenance),
    /// Something whose content was erased for good.
    Redacted(Redacted),
}

/// The life of one file. Identity is the [`VideoId`]; everything else is a fact about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Video {
    /// First sight of a file, or of a record of a file that is not there yet.
    Found {
        /// The identity given to it, dense and never reused.
        video: VideoId,
        /// The library folder it is in; empty for a record whose file has not turned up yet.
        root: RootPath,
        /// Where it is below that folder.
        path: MediaPath,
        /// Its size; 0 while there is no file.
        size_bytes: u64,
        /// The file's modification time.
        modified_at_ms: i64,
        /// What its content looks like; `None` while there is no readable file.
        fingerprint: Option<Fingerprint>,
        /// The date the gallery shows as "added".
        added_at_ms: i64,
    },
    /// The file was read and is known from the inside.
    Probed {
        /// Which video.
        video: VideoId,
        /// Playing time.
        duration_ms: u64,
        /// Displayed width in pixels, after rotation and pixel aspect.
        width: u32,
        /// Displayed height in pixels.
        height: u32,
        /// RFC 6381 codec string of the picture, empty if there is none.
        video_codec: String,
        /// RFC 6381 codec string of the sound, empty if there is none.
        audio_codec: String,
        /// The finer facts.
        details: Details,
    },
    /// The same content is now somewhere else.
    Moved {
        /// Which video.
        video: VideoId,
        /// The library folder it is in now.
        root: RootPath,
        /// Where it is below that folder now.
        path: MediaPath,
        /// The modification time at the new place.
        modified_at_ms: i64,
    },
    /// The same place now holds other content.
    Changed {
        /// Which video.
        video: VideoId,
        /// The new size.
        size_bytes: u64,
        /// The new modification time.
        modified_at_ms: i64,
        /// The new content; `None` if it cannot be read.
        fingerprint: Option<Fingerprint>,
    },
    /// The file is no longer there. Hides the card and touches nothing else.
    Vanished {
        /// Which video.
        video: VideoId,
    },
    /// The file is there again, or the file of an imported record turned up.
    Returned {
        /// Which video.
        video: VideoId,
        /// The library folder it is in.
        root: RootPath,
        /// Where it is below that folder.
        path: MediaPath,
        /// Its size.
        size_bytes: u64,
        /// Its modification time.
        modified_at_ms: i64,
        /// Its content; `None` if it cannot be read.
        fingerprint: Option<Fingerprint>,
    },
    /// The date shown as "added" was learned from an older catalogue.
    Dated {
        /// Which video.
        video: VideoId,
        /// The date the gallery shows as "added".
        added_at_ms: i64,
    },
    /// A person said that this video is gone for good. Its history stays in the log.
    Forgotten {
        /// Which video.
        video: VideoId,
    },
    /// That was taken back: it is known again with all it had, and missing until its file turns up.
    Remembered {
        /// Which video.
        video: VideoId,
    },
}

/// One household, one rating a video: the last one given stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rating {
    /// Stars were given.
    Given {
        /// Which video.
        video: VideoId,
        /// How many.
        stars: Stars,
    },
    /// The rating was taken away.
    Cleared {
        /// Which video.
        video: VideoId,
    },
}

/// The heart, on or off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Favorite {
    /// It is a favourite from now on.
    Added {
        /// Which video.
        video: VideoId,
    },
    /// It no longer is.
    Removed {
        /// Which video.
        video: VideoId,
    },
}

/// Watching, counted once per page load.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum View {
    /// Playback began.
    Started {
        /// Which video.
        video: VideoId,
    },
    /// Another program had counted this many views in all. Counts from imports do not add up: the
    /// largest stands, and views started here are added to it.
    Counted {
        /// Which video.
        video: VideoId,
        /// That program's total.
        total: u64,
        /// When it was last watched there, if that is known.
        last_viewed_at_ms: Option<i64>,
    },
    /// Views that were counted by mistake were taken back.
    Withdrawn {
        /// Which video.
        video: VideoId,
        /// How many views count no more.
        views: u64,
        /// When playback began, for views that began here; `None` for a part of an imported total.
        viewed_at_ms: Option<i64>,
        /// When it was last watched apart from them, if that is known.
        last_viewed_at_ms: Option<i64>,
    },
    /// Many views that began here, long ago, as one event.
    RolledUp {
        /// Which video.
        video: VideoId,
        /// How many views began in which hours, ascending.
        hours: Vec<HourCount>,
        /// When the last of them began.
        last_viewed_at_ms: i64,
    },
}

/// The resume position, shared by all devices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Playback {
    /// Playing stopped here for now.
    Paused {
        /// Which video.
        video: VideoId,
        /// How far in.
        position_ms: u64,
    },
    /// It was watched to the end; there is nothing to resume.
    Finished {
        /// Which video.
        video: VideoId,
    },
}

/// Tags are the same when they are equal ignoring case; the first spelling is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tag {
    /// A video got a tag.
    Added {
        /// Which video.
        video: VideoId,
        /// Which tag.
        tag: TagName,
    },
    /// A video lost a tag.
    Removed {
        /// Which video.
        video: VideoId,
        /// Which tag.
        tag: TagName,
    },
    /// A tag has another name from now on, on every video.
    Renamed {
        /// The name it had.
        from: TagName,
        /// The name it has.
        to: TagName,
    },
    /// All videos of one tag have another tag from now on instead.
    Merged {
        /// The tag that is no more.
        from: TagName,
        /// The tag that took its videos.
        into: TagName,
    },
}

/// The brackets around data brought in from another program. What is between them is one batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Import {
    /// An import began.
    Started {
        /// Where the data came from, as a person would name it.
        source: String,
    },
    /// It ended.
    Finished {
        /// Entries that became events.
        accepted: u64,
        /// Entries that were known already.
        unchanged: u64,
        /// Entries that were refused, each reported with file, key and reason.
        rejected: u64,
    },
}

impl Event {
    /// The video this event is about; `None` for events about tags, lists, images or the library as a whole, and for what was erased.
    #[must_use]
    pub fn video(&self) -> Option<VideoId> {
        match self {
            Self::Video(
                Video::Found { video, .. }
                | Video::Probed { video, .. }
                | Video::Moved { video, .. }
                | Video::Changed { video, .. }
                | Video::Vanished { video }
                | Video::Returned { video, .. }
                | Video::Dated { video, .. }
                | Video::Forgotten { video }
                | Video::Remembered { video },
            )
            | Self::Rating(Rating::Given { video, .. } | Rating::Cleared { video })
            | Self::Favorite(Favorite::Added { video } | Favorite::Removed { video })
            | Self::View(
                View::Started { video }
                | View::Counted { video, .. }
                | View::Withdrawn { video, .. }
                | View::RolledUp { video, .. },
            )
            | Self::Playback(Playback::Paused { video, .. } | Playback::Finished { video })
            | Self::Tag(Tag::Added { video, .. } | Tag::Removed { video, .. })
            | Self::Playlist(Playlist::ItemAdded { video, .. }) => Some(*video),
            Self::Thumbnail(event) => Some(event.video()),
            Self::Tag(Tag::Renamed { .. } | Tag::Merged { .. })
            | Self::Playlist(
                Playlist::Created { .. }
                | Playlist::Renamed { .. }
                | Playlist::Described { .. }
                | Playlist::ItemRemoved { .. }
                | Playlist::ItemMoved { .. }
                | Playlist::Deleted { .. },
            )
            | Self::Import(Import::Started { .. } | Import::Finished { .. })
            | Self::Image(_)
            | Self::Group(_)
            | Self::Maintenance(_)
            | Self::Redacted(_) => None,
        }
    }
}
