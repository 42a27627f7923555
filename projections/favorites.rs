//! The hearts, each with the date it was given. Giving it again keeps the first date.

use events::event::Favorite as Happened;
use events::{Recorded, VideoId};

use crate::bytes::{Decoder, Encoder};
use crate::column::Column;

/// All favourites.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Favorites {
    added_at_ms: Column<Option<i64>>,
}

impl Favorites {
    /// True if this video is a favourite.
    #[must_use]
    pub fn contains(&self, video: VideoId) -> bool {
        self.added_at_ms(video).is_some()
    }

    /// When this video became a favourite, ms since the epoch; `None` if it is not one.
    #[must_use]
    pub fn added_at_ms(&self, video: VideoId) -> Option<i64> {
        self.added_at_ms.get(video).copied().flatten()
    }

    pub(crate) fn apply(&mut self, happened: &Happened, recorded: &Recorded) {
        match happened {
            Happened::Added { video } => {
                self.added_at_ms.update(*video, |at_ms| *at_ms = at_ms.or(Some(recorded.occurred_at_ms)));
            }
            Happened::Removed { video } => self.added_at_ms.update(*video, |at_ms| *at_ms = None),
        }
    }

    pub(crate) fn encode(&self, into: &mut Encoder) {
        let Self { added_at_ms } = self;
        added_at_ms.encode(into, |into, at_ms| at_ms.iter().for_each(|at_ms| into.time(*at_ms)));
    }

    pub(crate) fn decode(from: &mut Decoder<'_>, videos: usize) -> Option<Self> {
        Some(Self { added_at_ms: Column::decode(from, videos, |from| from.time().map(Some))? })
    }
}
