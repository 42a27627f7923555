//! The catalogue of the old program, as plain data: what its files say about which file name.
//!
//! Nothing here knows the gallery's state, and nothing is dropped in silence: whatever a file holds
//! becomes a [`Record`], a [`List`] or a [`Reject`] that says where it stood and what is wrong with it.
//! What becomes of the records is decided in `import`.
//!
//! Modules in reading order: `find` looks for the files, `sent` carries them to a server, `files` reads the JSON
//! ones, `database` the SQLite one, `json`, `text` and `dates` are the tolerant basics below them.

mod database;
mod dates;
mod files;
mod find;
mod json;
mod names;
mod sent;
#[cfg(test)]
mod tests;
mod text;

pub use find::{NothingFound, read, read_beside};
pub use sent::{Gathered, NothingSent, SENT_BYTES_MAX, SENT_MAX, Sent, gather, read_sent};

use events::values::{GroupName, GroupSlug, MediaPath, PlaylistName, Stars, TagName};

/// Everything that was found, best source first.
#[derive(Debug, Default)]
pub struct Legacy {
    /// The files that were read, best first: databases, then JSON files, then sidecars.
    pub sources: Vec<Origin>,
    /// What they say, in the order of the sources.
    pub records: Vec<Record>,
    /// Playlists, in the order of the sources.
    pub lists: Vec<List>,
    /// Groups of images, in the order of the sources.
    pub groups: Vec<ImageGroup>,
    /// What could not be understood.
    pub rejects: Vec<Reject>,
    /// What a person should know about how the files were read.
    pub notes: Vec<String>,
}

/// A file that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// Its path below the folder given.
    pub file: String,
    /// What it is; decides how much it is believed.
    pub sort: Sort,
}

/// The sorts of files, the most trusted first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sort {
    /// The SQLite database the old program ended up with.
    Database,
    /// One of the four JSON files it began with.
    Json,
    /// Tags beside a video.
    Sidecar,
}

/// One thing a source says about one file name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Index into [`Legacy::sources`]; a smaller one is believed more.
    pub source: usize,
    /// The name it is about.
    pub name: MediaPath,
    /// What it says.
    pub fact: Fact,
    /// When that became so, as far as the source knows, ms since the epoch.
    pub at_ms: i64,
    /// True if the source itself gives the time; else it is the time its file was last written.
    pub dated: bool,
}

/// What can be said about a file name.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Fact {
    /// It was in the catalogue.
    Known {
        /// When it was added.
        added_at_ms: Option<i64>,
        /// How large it was; `None` if it was never measured.
        size_bytes: Option<u64>,
    },
    /// It had a rating.
    Rated(Stars),
    /// It had been watched this often.
    Viewed {
        /// All views so far.
        total: u64,
        /// When it was last watched.
        last_viewed_at_ms: Option<i64>,
    },
    /// It had a tag.
    Tagged(TagName),
    /// It was a favourite.
    Favorite,
}

/// A playlist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct List {
    /// Index into [`Legacy::sources`].
    pub source: usize,
    /// Its name.
    pub name: PlaylistName,
    /// Its description; empty for none.
    pub description: String,
    /// When it was made, ms since the epoch.
    pub created_at_ms: i64,
    /// Its videos, in order.
    pub items: Vec<MediaPath>,
}

/// A group of images.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImageGroup {
    /// Index into [`Legacy::sources`].
    pub source: usize,
    /// Its name.
    pub name: GroupName,
    /// Its part of addresses, if it is one.
    pub slug: Option<GroupSlug>,
    /// The image that stands for it.
    pub cover: Option<MediaPath>,
    /// When it was made, ms since the epoch.
    pub created_at_ms: i64,
    /// Its images, in order.
    pub images: Vec<MediaPath>,
}

/// The kinds of entries, as counted in reports.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub enum Kind {
    /// A whole file, or a part of one that cannot be told apart.
    #[default]
    #[serde(rename = "files")]
    File,
    /// A row about a video file itself.
    #[serde(rename = "videos")]
    Video,
    /// A rating.
    #[serde(rename = "ratings")]
    Rating,
    /// A count of views.
    #[serde(rename = "views")]
    Views,
    /// A tag of one video.
    #[serde(rename = "tags")]
    Tag,
    /// A favourite.
    #[serde(rename = "favorites")]
    Favorite,
    /// A playlist.
    #[serde(rename = "playlists")]
    Playlist,
    /// A video in a playlist.
    #[serde(rename = "playlist_items")]
    PlaylistItem,
    /// A group of images.
    #[serde(rename = "groups")]
    Group,
    /// An image in a group.
    #[serde(rename = "group_images")]
    GroupImage,
}

impl Kind {
    /// All kinds in the order of reports.
    pub const ALL: [Self; 10] = [
        Self::Video,
        Self::Rating,
        Self::Views,
        Self::Tag,
        Self::Favorite,
        Self::Playlist,
        Self::PlaylistItem,
        Self::Group,
        Self::GroupImage,
        Self::File,
    ];

    /// The word in reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::File => "files",
            Self::Video => "videos",
            Self::Rating => "ratings",
            Self::Views => "views",
            Self::Tag => "tags",
            Self::Favorite => "favorites",
            Self::Playlist => "playlists",
            Self::PlaylistItem => "playlist items",
            Self::Group => "groups",
            Self::GroupImage => "group images",
        }
    }
}

impl Fact {
    /// What it is counted as.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match self {
            Self::Known { .. } => Kind::Video,
            Self::Rated(_) => Kind::Rating,
            Self::Viewed { .. } => Kind::Views,
            Self::Tagged(_) => Kind::Tag,
            Self::Favorite => Kind::Favorite,
        }
    }
}

/// An entry that is not taken over, and why.
#[derive(Clone, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct Reject {
    /// The file it stands in.
    pub file: String,
    /// Its key there: a file name, a row, a place in the text.
    pub key: String,
    /// What is wrong with it.
    pub reason: String,
    /// What it would have been.
    #[serde(skip)]
    pub kind: Kind,
}

impl Legacy {
    /// How many entries the files hold, good and bad. Every one of them is accounted for in a report.
    #[must_use]
    pub fn entries(&self) -> usize {
        let items: usize = self.lists.iter().map(|list| list.items.len()).sum();
        let images: usize = self.groups.iter().map(|group| group.images.len()).sum();
        self.records.len() + self.lists.len() + items + self.groups.len() + images + self.rejects.len()
    }
}

/// The source being read, and where its entries go.
struct Source<'a> {
    legacy: &'a mut Legacy,
    index: usize,
    file: String,
    /// When its file was last written: the time of entries that have none of their own.
    written_at_ms: i64,
    /// Times after this are mistakes.
    now_ms: i64,
}

impl<'a> Source<'a> {
    fn begin(legacy: &'a mut Legacy, origin: Origin, written_at_ms: i64, now_ms: i64) -> Self {
        let file = origin.file.clone();
        legacy.sources.push(origin);
        Self { index: legacy.sources.len() - 1, file, written_at_ms: written_at_ms.min(now_ms), now_ms, legacy }
    }

    /// Takes `fact` about the file called `name`, or says why that is no name.
    fn take(&mut self, name: &[u8], fact: Fact, at_ms: Option<i64>) {
        match names::parse(name) {
            Ok(name) => self.legacy.records.push(Record {
                source: self.index,
                name,
                fact,
                at_ms: at_ms.unwrap_or(self.written_at_ms),
                dated: at_ms.is_some(),
            }),
            Err(reason) => self.reject(fact.kind(), name, reason),
        }
    }

    /// As [`Source::take`], with a time the source only hints at.
    fn take_estimated(&mut self, name: &[u8], fact: Fact, at_ms: i64) {
        let before = self.legacy.records.len();
        self.take(name, fact, None);
        for record in self.legacy.records.iter_mut().skip(before) {
            record.at_ms = at_ms;
        }
    }

    fn reject(&mut self, kind: Kind, key: &[u8], reason: impl Into<String>) {
        let key = text::excerpt(&String::from_utf8_lossy(key), 200);
        self.legacy.rejects.push(Reject { file: self.file.clone(), key, reason: reason.into(), kind });
    }

    fn note(&mut self, what: &str) {
        self.legacy.notes.push(format!("{} {what}", self.file));
    }
}
