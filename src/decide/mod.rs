//! The business rules: which events a command leads to, given what is known.
//!
//! Pure and synchronous: no clock, no randomness, no disk. What a rule needs besides the state (the
//! time, the device) comes in as [`Asked`]. Storing and publishing is the writer's work.

mod browser;
mod edit;
mod favorite;
mod group;
pub mod image;
mod import;
pub mod library;
mod maintenance;
mod playback;
mod playlist;
mod rating;
mod rejected;
pub mod revision;
mod tag;
pub mod thumbnail;
pub mod undo;
mod view;

pub use browser::BrowserData;
use events::event::Maintenance;
use events::values::ItemId;
use events::{Actor, Cause, CommandId, Event, ImageId, PlaylistId, PlaylistName, Pos, Stars, TagName, VideoId};
pub use group::GroupCommand;
pub use import::Import;
use projections::{Presence, State};
pub use rejected::Rejected;
use revision::Revision;
use std::collections::BTreeMap;
pub use undo::Undo;

/// Everything that can ever change the library. The only door is the writer.
#[derive(Clone, Debug)]
pub enum Command {
    /// Change one video or many alike, as one batch.
    Edit(Edit),
    /// Somebody began to watch.
    StartView {
        /// Which video.
        video: VideoId,
    },
    /// Playing stopped for now.
    Pause {
        /// Which video.
        video: VideoId,
        /// How far in.
        position_ms: u64,
    },
    /// A video was watched to its end.
    Finish {
        /// Which video.
        video: VideoId,
    },
    /// Give a tag another name, on every video. Not for joining two tags.
    RenameTag {
        /// The name it has.
        from: TagName,
        /// The name it is to have.
        to: TagName,
    },
    /// Give all videos of one tag another tag instead.
    MergeTags {
        /// The tag that is to go.
        from: TagName,
        /// The tag that takes its videos.
        into: TagName,
    },
    /// Make a playlist.
    CreatePlaylist {
        /// Its name; no other list may have it.
        name: PlaylistName,
        /// What it is about; empty for nothing.
        description: String,
        /// What stands in it from the start.
        videos: Vec<VideoId>,
    },
    /// Change what a playlist is called or what it is about.
    EditPlaylist {
        /// Which list.
        playlist: PlaylistId,
        /// Its new name; `None` to leave it.
        name: Option<PlaylistName>,
        /// Its new description; `None` to leave it.
        description: Option<String>,
    },
    /// Delete a playlist. Its videos stay.
    DeletePlaylist {
        /// Which list.
        playlist: PlaylistId,
    },
    /// Put an entry elsewhere in its list.
    MoveItem {
        /// Which list.
        playlist: PlaylistId,
        /// Which entry.
        item: ItemId,
        /// Where it is to stand, from 0; beyond the end is the end.
        index: u32,
    },
    /// Take an entry out of its list.
    RemoveItem {
        /// Which list.
        playlist: PlaylistId,
        /// Which entry.
        item: ItemId,
    },
    /// Take a batch back, as far as nobody has changed again what it changed.
    Undo(Box<Undo>),
    /// Take over what a browser remembered for the gallery that was here before.
    ImportBrowser(BrowserData),
    /// Take over what was worked out of the catalogue of the program before this one.
    Import(Box<Import>),
    /// A library folder was compared with the disk.
    Scanned(library::Scan),
    /// The image folder was compared with the disk.
    ScannedImages(image::Scan),
    /// Make images favourites, or no longer.
    FavorImages {
        /// Which images.
        images: Vec<ImageId>,
        /// Whether they are to be favourites.
        favored: bool,
    },
    /// Change the groups of images.
    Group(GroupCommand),
    /// Workers looked at files, or made pictures of them.
    Work(Vec<thumbnail::Work>),
    /// Take the picture at a place in the film as the cover, or leave the choice to the program again.
    ChooseCover {
        /// Which video.
        video: VideoId,
        /// Where in the film; `None` leaves the choice to the program.
        position_ms: Option<u64>,
    },
    /// Try again to make the pictures that could not be made.
    RetryThumbnails {
        /// Of which videos.
        videos: Vec<VideoId>,
    },
    /// A task of whoever looks after the gallery ended.
    Maintained(Maintenance),
}

impl Command {
    /// The door it came in by, where the command itself says so.
    #[must_use]
    pub fn cause(&self) -> Option<Cause> {
        match self {
            Self::Undo(_) => Some(Cause::Undo),
            Self::ImportBrowser(_) | Self::Import(_) => Some(Cause::Import),
            Self::Scanned(_) | Self::ScannedImages(_) => Some(Cause::Scan),
            Self::Work(_) => Some(Cause::Worker),
            Self::Edit(_)
            | Self::StartView { .. }
            | Self::Pause { .. }
            | Self::Finish { .. }
            | Self::RenameTag { .. }
            | Self::MergeTags { .. }
            | Self::CreatePlaylist { .. }
            | Self::EditPlaylist { .. }
            | Self::DeletePlaylist { .. }
            | Self::MoveItem { .. }
            | Self::RemoveItem { .. }
            | Self::FavorImages { .. }
            | Self::ChooseCover { .. }
            | Self::RetryThumbnails { .. }
            | Self::Maintained(_)
            | Self::Group(_) => None,
        }
    }

    /// The position of what its events answer; 0 for nothing.
    #[must_use]
    pub fn caused_by(&self) -> Pos {
        if let Self::Undo(undo) = self { undo.only.unwrap_or(undo.batch) } else { 0 }
    }
}

/// The same change of one video or of thousands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// Which videos; in a playlist they come in this order.
    pub videos: Vec<VideoId>,
    /// What is to change.
    pub change: Change,
    /// Only if what it changes is still what the client saw, on every one of the videos.
    pub only_if: Option<Revision>,
}

impl Edit {
    /// This change of one video, whatever it was before.
    #[must_use]
    pub fn one(video: VideoId, change: Change) -> Self {
        Self { videos: vec![video], change, only_if: None }
    }
}

/// What can be changed on many videos at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Give stars.
    Rate(Stars),
    /// Take the rating away.
    ClearRating,
    /// Make them favourites.
    AddFavorite,
    /// Make them no longer favourites.
    RemoveFavorite,
    /// Attach tags and take others off. A tag named in both lists is attached.
    Tag {
        /// To attach.
        add: Vec<TagName>,
        /// To take off.
        remove: Vec<TagName>,
    },
    /// Put them at the end of a playlist, also those that stand in it already.
    AddToPlaylist(PlaylistId),
}

/// Who asks, and when.
#[derive(Clone, Copy, Debug)]
pub struct Asked {
    /// The time, ms since the epoch.
    pub now_ms: i64,
    /// The device.
    pub actor: Actor,
}

/// What a command leads to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Decision {
    /// What happens; nothing when everything is as asked already.
    pub events: Vec<Event>,
    /// When those of them happened that did not happen just now, ms since the epoch, by index.
    pub occurred_at_ms: BTreeMap<usize, i64>,
    /// The keys of those of them that have their own, by index; the others have that of the request.
    pub command_ids: BTreeMap<usize, CommandId>,
    /// How much of what was asked was left out: videos that are unknown or can take no more, and facts
    /// that were changed again since what is to be undone.
    pub skipped: u64,
}

impl From<Vec<Event>> for Decision {
    fn from(events: Vec<Event>) -> Self {
        Self { events, ..Self::default() }
    }
}

/// What `command` leads to.
///
/// # Errors
/// [`Rejected`] when the command cannot be carried out.
pub fn decide(state: &State, command: &Command, asked: Asked) -> Result<Decision, Rejected> {
    match command {
        Command::Edit(edit) => edit::decide(state, edit),
        Command::StartView { video } => view::start(state, *video, asked).map(Decision::from),
        Command::Pause { video, position_ms } => playback::pause(state, *video, *position_ms).map(Decision::from),
        Command::Finish { video } => playback::finish(state, *video).map(Decision::from),
        Command::RenameTag { from, to } => tag::rename(state, from, to).map(Decision::from),
        Command::MergeTags { from, into } => tag::merge(state, from, into).map(Decision::from),
        Command::CreatePlaylist { name, description, videos } => playlist::create(state, name, description, videos),
        Command::EditPlaylist { playlist, name, description } => {
            playlist::edit(state, *playlist, name.as_ref(), description.as_deref()).map(Decision::from)
        }
        Command::DeletePlaylist { playlist } => playlist::delete(state, *playlist).map(Decision::from),
        Command::MoveItem { playlist, item, index } => {
            playlist::move_item(state, *playlist, *item, *index).map(Decision::from)
        }
        Command::RemoveItem { playlist, item } => playlist::remove_item(state, *playlist, *item).map(Decision::from),
        Command::Undo(undo) => undo::decide(state, undo),
        Command::ImportBrowser(data) => Ok(browser::import(state, data)),
        Command::Import(import) => import::decide(state, import),
        Command::Scanned(scan) => library::decide(state, scan, asked.now_ms).map(Decision::from),
        Command::ScannedImages(scan) => image::scanned(state, scan, asked.now_ms).map(Decision::from),
        Command::FavorImages { images, favored } => image::favor(state, images, *favored),
        Command::Group(command) => group::decide(state, command),
        Command::Work(works) => Ok(thumbnail::done(state, works).into()),
        Command::ChooseCover { video, position_ms } => {
            thumbnail::choose(state, *video, *position_ms).map(Decision::from)
        }
        Command::RetryThumbnails { videos } => Ok(thumbnail::retry(state, videos)),
        Command::Maintained(event) => Ok(maintenance::ended(event).into()),
    }
}

/// True for a video that can still be judged: known and not forgotten. A missing one can.
fn is_known(state: &State, video: VideoId) -> bool {
    state.videos().get(video).is_some_and(|known| known.presence != Presence::Forgotten)
}

fn known(state: &State, video: VideoId) -> Result<(), Rejected> {
    if is_known(state, video) { Ok(()) } else { Err(Rejected::NoSuchVideo(video)) }
}

#[cfg(test)]
pub(crate) mod given {
    //! States for the tests of the rules, built from events as the program builds them.
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use events::event::Video;
    use events::{Actor, Cause, CommandId, Event, MediaPath, Recorded, RootPath, VideoId};
    use projections::State;

    /// The video with this number.
    pub(crate) fn video(number: u32) -> VideoId {
        VideoId::new(number).unwrap()
    }

    /// A file found in `/videos`.
    pub(crate) fn found(number: u32, path: &str) -> Event {
        Event::Video(Video::Found {
            video: video(number),
            root: RootPath::new("/videos"),
            path: MediaPath::new(path).unwrap(),
            size_bytes: 1,
            modified_at_ms: 0,
            fingerprint: None,
            added_at_ms: 0,
        })
    }

    /// The state after these events, each recorded at its position in milliseconds by device 7.
    pub(crate) fn state(events: impl IntoIterator<Item = Event>) -> State {
        let mut state = State::default();
        for (pos, event) in (1..).zip(events) {
            state.apply(&recorded(pos, event));
        }
        state
    }

    /// An event recorded at this position, at as many milliseconds, by device 7.
    pub(crate) fn recorded(pos: u64, event: Event) -> Recorded {
        Recorded {
            pos,
            recorded_at_ms: pos.cast_signed(),
            occurred_at_ms: pos.cast_signed(),
            batch: pos,
            cause: Cause::Viewer,
            actor: Actor(7),
            command_id: CommandId::default(),
            caused_by: 0,
            event,
        }
    }
}
