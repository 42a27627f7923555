//! What comes before and after one video in a list, and what somebody began to watch and did not finish.
//!
//! The list is any [`Query`]; its page does not matter.

use events::VideoId;

use crate::bands::{place, slice};
use crate::query::Query;
use crate::search::Look;
use crate::shuffle::Shuffle;
use crate::state::State;

/// Where a video stands in a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Neighbours {
    /// The one before it; `None` if it is the first.
    pub previous: Option<VideoId>,
    /// The one after it; `None` if it is the last.
    pub next: Option<VideoId>,
    /// Its place in the list, from 0.
    pub index: usize,
    /// How many videos the list has.
    pub total: usize,
}

impl State {
    /// What stands beside this video in the whole list that `query` asks for; `None` if it is not in it.
    #[must_use]
    pub fn neighbours(&self, query: &Query, video: VideoId) -> Option<Neighbours> {
        let mut look = Look::at(self);
        let videos = self.looked(&query.filter, &mut look);
        let shuffle = Shuffle::new(query.seed, videos.max().unwrap_or(0));
        let bands = self.bands(query, &mut look, &videos, &shuffle);
        let index = place(self, &bands, video)?;
        let at = |place: usize| slice(self, &bands, place..place + 1).first().copied();
        Some(Neighbours {
            previous: index.checked_sub(1).and_then(at),
            next: at(index + 1),
            index,
            total: usize::try_from(videos.len()).unwrap_or(usize::MAX),
        })
    }

    /// At most `max` videos that are there and were stopped in the middle, the last stopped first.
    #[must_use]
    pub fn in_progress(&self, max: usize) -> Vec<VideoId> {
        let present = self.index.present();
        self.index.orders.paused.iter().rev().filter(|video| present.contains(video.get())).take(max).collect()
    }

    /// Whether somebody began to watch this video, or watched it to its end on a device that counts no views.
    #[must_use]
    pub fn watched(&self, video: VideoId) -> bool {
        self.index.watched().contains(video.get())
    }
}
