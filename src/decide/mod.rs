//! The business rules: which events a command leads to, given what is known.
//!
//! Pure and synchronous: no clock, no randomness, no disk. What a rule needs besides the state (the
//! time, the device) comes in as [`Asked`]. Storing and publishing is the writer's work.

mod favorite;
pub mod library;
mod rating;
mod tag;
mod view;

use events::{Actor, Event, Stars, TagName, VideoId};
use projections::{Presence, State};

/// Everything that can ever change the library. The only door is the writer.
#[derive(Clone, Debug)]
pub enum Command {
    /// Give a video stars.
    Rate {
        /// Which video.
        video: VideoId,
        /// How many.
        stars: Stars,
    },
    /// Take the rating away.
    ClearRating {
        /// Which video.
        video: VideoId,
    },
    /// Make a video a favourite.
    AddFavorite {
        /// Which video.
        video: VideoId,
    },
    /// Make it no longer a favourite.
    RemoveFavorite {
        /// Which video.
        video: VideoId,
    },
    /// Somebody began to watch.
    StartView {
        /// Which video.
        video: VideoId,
    },
    /// Attach a tag.
    AddTag {
        /// Which video.
        video: VideoId,
        /// Which tag.
        tag: TagName,
    },
    /// Take a tag off.
    RemoveTag {
        /// Which video.
        video: VideoId,
        /// Which tag.
        tag: TagName,
    },
    /// A library folder was compared with the disk.
    Scanned(library::Scan),
}

/// Who asks, and when.
#[derive(Clone, Copy, Debug)]
pub struct Asked {
    /// The time, ms since the epoch.
    pub now_ms: i64,
    /// The device.
    pub actor: Actor,
}

/// Why a command leads to nothing. A normal answer, not a failure of the program.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Rejected {
    /// There is no video with this id.
    #[error("there is no video {0}")]
    NoSuchVideo(VideoId),
    /// A video has as many tags as it may have.
    #[error("a video may have at most {limit} tags")]
    TooManyTags {
        /// How many it may have.
        limit: usize,
    },
    /// What a scan saw cannot be right.
    #[error(transparent)]
    Library(#[from] library::Refused),
}

/// The events that `command` leads to; none when everything is as asked already.
///
/// # Errors
/// [`Rejected`] when the command cannot be carried out.
pub fn decide(state: &State, command: &Command, asked: Asked) -> Result<Vec<Event>, Rejected> {
    match command {
        Command::Rate { video, stars } => rating::give(state, *video, *stars),
        Command::ClearRating { video } => rating::clear(state, *video),
        Command::AddFavorite { video } => favorite::add(state, *video),
        Command::RemoveFavorite { video } => favorite::remove(state, *video),
        Command::StartView { video } => view::start(state, *video, asked),
        Command::AddTag { video, tag } => tag::add(state, *video, tag),
        Command::RemoveTag { video, tag } => tag::remove(state, *video, tag),
        Command::Scanned(scan) => library::decide(state, scan, asked.now_ms),
    }
}

/// A video that can still be judged: known and not forgotten. A missing one can.
fn known(state: &State, video: VideoId) -> Result<(), Rejected> {
    if state.videos().get(video).is_some_and(|known| known.presence != Presence::Forgotten) {
        Ok(())
    } else {
        Err(Rejected::NoSuchVideo(video))
    }
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
            state.apply(&Recorded {
                pos,
                recorded_at_ms: pos.cast_signed(),
                occurred_at_ms: pos.cast_signed(),
                batch: pos,
                cause: Cause::Viewer,
                actor: Actor(7),
                command_id: CommandId::default(),
                caused_by: 0,
                event,
            });
        }
        state
    }
}
