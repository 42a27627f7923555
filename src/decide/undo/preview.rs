//! What an undo would do, as plain values: each fact with what it is and what it would be, and what stays, with the
//! reason. Not the words for it, and not the events that do it.

use events::{GroupName, ImageId, PlaylistName, Stars, TagName, VideoId};
use projections::Progress;

/// What an undo would do, and what not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Preview {
    /// What goes back, in the order in which it does.
    pub back: Vec<Step>,
    /// What stays as it is although the batch changed it.
    pub stays: Vec<Stays>,
    /// How many facts are as they were before the batch already.
    pub already: u64,
    /// What is never taken back.
    pub never: Never,
}

/// One fact that goes back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What the fact is about.
    pub of: Noun,
    /// What it is, and what it becomes.
    pub fact: Fact,
}

/// What a fact can be about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Noun {
    /// A video.
    Video(VideoId),
    /// A tag as a whole, as it is written now.
    Tag(TagName),
    /// A playlist, by the name it has or had.
    Playlist(PlaylistName),
    /// A picture of the image gallery.
    Image(ImageId),
    /// A group of pictures, by the name it has or had.
    Group(GroupName),
}

/// A fact: what it is now, and what it becomes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fact {
    /// Whether it is known at all: a record of a video, a playlist, a group.
    Exists {
        /// Whether it will be.
        to: bool,
    },
    /// The name.
    Name {
        /// The name it has.
        from: String,
        /// The name it becomes.
        to: String,
    },
    /// What it is about, in words.
    Description,
    /// The videos or images in it.
    Entries {
        /// How many there are.
        from: usize,
        /// How many there will be.
        to: usize,
    },
    /// The stars.
    Rating {
        /// What it has.
        from: Option<Stars>,
        /// What it becomes.
        to: Option<Stars>,
    },
    /// The heart.
    Favorite {
        /// Whether it will have one.
        to: bool,
    },
    /// How far somebody got.
    Progress {
        /// Where it is.
        from: Option<Progress>,
        /// Where it will be.
        to: Option<Progress>,
    },
    /// How often it was watched.
    Views {
        /// How often.
        from: u64,
        /// How often it will be.
        to: u64,
    },
    /// When it was last watched, ms since the epoch.
    LastViewed {
        /// When.
        from: Option<i64>,
        /// When it will be.
        to: Option<i64>,
    },
    /// Where in the film the cover is from, in ms; `None` for the choice of the program. For a group, the image it shows.
    Cover {
        /// What was chosen.
        from: Option<u64>,
        /// What it becomes.
        to: Option<u64>,
    },
    /// The date shown as "added", ms since the epoch.
    Added {
        /// The date.
        from_ms: i64,
        /// The date it becomes.
        to_ms: i64,
    },
    /// Whether it has a tag.
    Tagged {
        /// Which.
        tag: TagName,
        /// Whether it will have it.
        to: bool,
    },
}

/// A fact that stays as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stays {
    /// What would have gone back.
    pub step: Step,
    /// Why it does not.
    pub why: Why,
}

/// Why a fact stays as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// It was changed again since.
    ChangedSince,
    /// The video is forgotten.
    Forgotten,
    /// The file of the record turned up.
    FileFound,
    /// Another has the name or the address by now.
    NameTaken,
    /// There are as many as there may be.
    Full,
}

/// What is never taken back, in events: most of it a look at the disk would find again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Never {
    /// Where files of videos are and what is in them.
    pub files: u64,
    /// Where files of images are.
    pub images: u64,
    /// Images that are known without a file. They are shown nowhere.
    pub image_records: u64,
    /// Pictures that were made of videos.
    pub pictures: u64,
    /// Viewings and positions that were erased: nobody knows what they said.
    pub redacted: u64,
    /// Old views that were rolled up: when each of them was is no longer known.
    pub rolled_up: u64,
    /// Work of whoever looks after the gallery: it is done.
    pub maintenance: u64,
}

impl Never {
    /// All of it.
    #[must_use]
    pub fn count(&self) -> u64 {
        let Self { files, images, image_records, pictures, redacted, rolled_up, maintenance } = self;
        files + images + image_records + pictures + redacted + rolled_up + maintenance
    }
}
