//! Pictures made of a video: its cover, and the sheet of small pictures that is seen when somebody scrubs.

use crate::values::{ContentId, Preview, VideoId};

/// The outcome of making pictures of a video, and what people want of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Thumbnail {
    /// A cover exists under this content address, in all its sizes.
    Made {
        /// Which video.
        video: VideoId,
        /// The address of the cover.
        cover: ContentId,
        /// What decoded it.
        decoder: String,
        /// Where in the film it is.
        position_ms: u64,
        /// What stands for it until it is there.
        preview: Preview,
        /// How long making it took.
        took_ms: u64,
    },
    /// No cover could be made.
    Failed {
        /// Which video.
        video: VideoId,
        /// How far it got: `open`, `probe`, `decode`, `encode` or `store`.
        stage: String,
        /// Why, in words.
        reason: String,
        /// What tried.
        decoder: String,
    },
    /// A sheet of small pictures from all over the film exists under this content address.
    StoryboardMade {
        /// Which video.
        video: VideoId,
        /// The address of the sheet.
        sheet: ContentId,
        /// What is where on it.
        layout: SheetLayout,
        /// What decoded it.
        decoder: String,
        /// How long making it took.
        took_ms: u64,
    },
    /// No such sheet could be made.
    StoryboardFailed {
        /// Which video.
        video: VideoId,
        /// Why, in words.
        reason: String,
        /// What tried.
        decoder: String,
    },
    /// A person wants the picture at this place as the cover.
    Chosen {
        /// Which video.
        video: VideoId,
        /// Where in the film it is.
        position_ms: u64,
    },
    /// A person wants the program to choose the cover again.
    Automatic {
        /// Which video.
        video: VideoId,
    },
    /// A person wants what failed to be tried again.
    Retried {
        /// Which video.
        video: VideoId,
    },
}

/// What is where on a storyboard sheet: tiles of one size, row by row, evenly spread over the film.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct SheetLayout {
    /// How many tiles there are.
    pub tiles: u16,
    /// How many stand in a row.
    pub columns: u16,
    /// Width of a tile in pixels.
    pub tile_width: u16,
    /// Height of a tile in pixels.
    pub tile_height: u16,
    /// How much of the film a tile stands for.
    pub interval_ms: u32,
}

impl Thumbnail {
    /// The video it is about.
    #[must_use]
    pub fn video(&self) -> VideoId {
        match self {
            Self::Made { video, .. }
            | Self::Failed { video, .. }
            | Self::StoryboardMade { video, .. }
            | Self::StoryboardFailed { video, .. }
            | Self::Chosen { video, .. }
            | Self::Automatic { video }
            | Self::Retried { video } => *video,
        }
    }
}
