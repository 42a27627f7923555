//! Why a command leads to nothing: normal answers, not failures of the program.

use super::library;
use events::values::ItemId;
use events::{GroupId, ImageId, PlaylistId, PlaylistName, Pos, TagName, VideoId};

/// Why a command leads to nothing. A normal answer, not a failure of the program.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Rejected {
    /// There is no video with this id.
    #[error("there is no video {0}")]
    NoSuchVideo(VideoId),
    /// No video has this tag.
    #[error("there is no tag {:?}", .0.as_str())]
    NoSuchTag(TagName),
    /// There is no playlist with this id.
    #[error("there is no playlist {0}")]
    NoSuchPlaylist(PlaylistId),
    /// There is no entry with this id in the playlist.
    #[error("there is no entry {0} in this playlist")]
    NoSuchItem(ItemId),
    /// Another tag has this name.
    #[error("there is a tag {:?} already; the two can be merged", .0.as_str())]
    TagExists(TagName),
    /// Another playlist has this name.
    #[error("there is a playlist {:?} already", .0.as_str())]
    PlaylistExists(PlaylistName),
    /// A video has as many tags as it may have.
    #[error("a video may have at most {limit} tags")]
    TooManyTags {
        /// How many it may have.
        limit: usize,
    },
    /// A playlist has as many entries as it may have.
    #[error("a playlist may have at most {limit} entries")]
    PlaylistFull {
        /// How many it may have.
        limit: usize,
    },
    /// There are as many playlists as there may be.
    #[error("there may be at most {limit} playlists")]
    TooManyPlaylists {
        /// How many there may be.
        limit: usize,
    },
    /// The description of a playlist is too long.
    #[error("a description may have at most {limit} characters")]
    DescriptionTooLong {
        /// How many characters it may have.
        limit: usize,
    },
    /// What the client saw is no longer so.
    #[error("it was changed meanwhile")]
    Changed,
    /// There is no batch that begins at this position.
    #[error("there is no change {0}")]
    NoSuchBatch(Pos),
    /// This position is in the middle of a batch.
    #[error("{pos} is not the beginning of a change: it belongs to change {batch}")]
    InsideBatch {
        /// The position.
        pos: Pos,
        /// The batch it is in.
        batch: Pos,
    },
    /// The batch has no event at this position.
    #[error("change {batch} has no part {pos}")]
    NotInBatch {
        /// The position.
        pos: Pos,
        /// The batch.
        batch: Pos,
    },
    /// Nothing of the batch is left that could be taken back.
    #[error("nothing of this change is left to undo{}", left(*already, *stays, *never))]
    NothingToUndo {
        /// Facts that are as they were before it already.
        already: u64,
        /// Facts that stay as they are: changed again since, or for another of the reasons that the preview gives.
        stays: u64,
        /// Events that are never taken back.
        never: u64,
    },
    /// What a scan saw cannot be right.
    #[error(transparent)]
    Library(#[from] library::Refused),
    /// The image folder had images and is empty.
    #[error("the image folder is empty, but {known} images are known; is the disk connected?")]
    ImageFolderEmpty {
        /// Images that were there until now, in this folder or a former one.
        known: usize,
    },
    /// There is no image with this id, or not in this group.
    #[error("there is no image {0} here")]
    NoSuchImage(ImageId),
    /// There is no group with this id.
    #[error("there is no group {0}")]
    NoSuchGroup(GroupId),
    /// A group has as many images as it may have.
    #[error("a group may have at most {limit} images")]
    GroupFull {
        /// How many it may have.
        limit: usize,
    },
    /// There are as many groups as there may be.
    #[error("there may be at most {limit} groups")]
    TooManyGroups {
        /// How many there may be.
        limit: usize,
    },
}

/// What there was, and why it is not left.
fn left(already: u64, stays: u64, never: u64) -> String {
    let reasons = [
        (already, "is as before already", "are as before already"),
        (stays, "stays as it is", "stay as they are"),
        (never, "is never taken back", "are never taken back"),
    ];
    let reasons = reasons.iter().filter(|(count, ..)| *count > 0);
    let reasons: Vec<String> =
        reasons.map(|(count, one, many)| format!("{count} {}", if *count == 1 { one } else { many })).collect();
    if reasons.is_empty() { String::new() } else { format!(": {}; its page tells why", reasons.join(", ")) }
}
