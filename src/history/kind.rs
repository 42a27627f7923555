//! Kinds of changes as people sort them: a few plain words, not the names of events.

use crate::decide::Undo;
use events::event::Video;
use events::{Cause, Event, Recorded};

/// What to look for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Kind {
    /// What people and the disk changed. Watching, and what the program does by itself, are so many that the rest could
    /// not be seen between them.
    #[default]
    Changes,
    Everything,
    Ratings,
    Favorites,
    Tags,
    Playlists,
    Watching,
    Files,
    Pictures,
    Images,
    Imports,
    Maintenance,
}

impl Kind {
    pub(super) const ALL: [Self; 12] = [
        Self::Changes,
        Self::Everything,
        Self::Ratings,
        Self::Favorites,
        Self::Tags,
        Self::Playlists,
        Self::Watching,
        Self::Files,
        Self::Pictures,
        Self::Images,
        Self::Imports,
        Self::Maintenance,
    ];

    /// The word in an address, and the one for people.
    pub(super) fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Changes => ("changes", "Changes"),
            Self::Everything => ("everything", "Everything"),
            Self::Ratings => ("ratings", "Ratings"),
            Self::Favorites => ("favorites", "Favorites"),
            Self::Tags => ("tags", "Tags"),
            Self::Playlists => ("playlists", "Playlists"),
            Self::Watching => ("watching", "Watching"),
            Self::Files => ("files", "Files"),
            Self::Pictures => ("covers", "Covers"),
            Self::Images => ("images", "Images"),
            Self::Imports => ("imports", "Imports"),
            Self::Maintenance => ("maintenance", "Maintenance"),
        }
    }

    /// The kind that an address calls `word`.
    pub(super) fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.words().0 == word)
    }

    /// Whether this happened to be of this kind.
    pub(super) fn has(self, recorded: &Recorded) -> bool {
        let noun = noun(&recorded.event);
        match self {
            Self::Changes => noun != Self::Watching && recorded.cause != Cause::Worker,
            Self::Everything => true,
            Self::Ratings
            | Self::Favorites
            | Self::Tags
            | Self::Playlists
            | Self::Watching
            | Self::Files
            | Self::Pictures
            | Self::Images
            | Self::Imports
            | Self::Maintenance => self == noun,
        }
    }
}

/// The kind that an event is of.
pub(super) fn noun(event: &Event) -> Kind {
    match event {
        Event::Rating(_) => Kind::Ratings,
        Event::Favorite(_) => Kind::Favorites,
        Event::Tag(_) => Kind::Tags,
        Event::Playlist(_) => Kind::Playlists,
        Event::View(_) | Event::Playback(_) | Event::Redacted(_) => Kind::Watching,
        Event::Video(_) => Kind::Files,
        Event::Thumbnail(_) => Kind::Pictures,
        Event::Image(_) | Event::Group(_) => Kind::Images,
        Event::Import(_) => Kind::Imports,
        Event::Maintenance(_) => Kind::Maintenance,
    }
}

/// Whether there is a way back from it.
pub(super) fn can_go_back(recorded: &Recorded) -> bool {
    // An import is what stands between its brackets, and that a file is missing goes back with its record.
    let by_others = matches!(recorded.event, Event::Import(_) | Event::Video(Video::Vanished { .. }));
    !by_others && Undo::concerns(recorded)
}

/// What a cause is called, if no device stands for it.
pub(super) fn cause_name(cause: Cause) -> &'static str {
    match cause {
        Cause::Viewer => "People",
        Cause::Api => "Programs",
        Cause::Scan => "The disk",
        Cause::Worker => "Background work",
        Cause::Import => "Imports",
        Cause::Undo => "Undo",
        Cause::Tool => "Maintenance",
    }
}
