//! The stars of each video: the last rating given stands.

use events::event::Rating as Happened;
use events::{Cause, Recorded, Stars, VideoId};

use crate::bytes::{Decoder, Encoder};
use crate::column::Column;

/// A rating.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rated {
    /// How many stars.
    pub stars: Stars,
    /// When they were given, ms since the epoch.
    pub given_at_ms: i64,
    /// Which door they came in by.
    pub cause: Cause,
}

/// All ratings.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ratings {
    rated: Column<Option<Rated>>,
}

impl Ratings {
    /// The rating of this video, if it has one.
    #[must_use]
    pub fn get(&self, video: VideoId) -> Option<Rated> {
        self.rated.get(video).copied().flatten()
    }

    pub(crate) fn apply(&mut self, happened: &Happened, recorded: &Recorded) {
        let (video, now) = match happened {
            Happened::Given { video, stars } => {
                let rated = Rated { stars: *stars, given_at_ms: recorded.occurred_at_ms, cause: recorded.cause };
                (*video, Some(rated))
            }
            Happened::Cleared { video } => (*video, None),
        };
        self.rated.update(video, |rated| *rated = now);
    }

    pub(crate) fn encode(&self, into: &mut Encoder) {
        let Self { rated } = self;
        rated.encode(into, |into, rated| {
            let Some(Rated { stars, given_at_ms, cause }) = *rated else { return };
            into.number(stars.get());
            into.time(given_at_ms);
            into.bytes(cause.name().as_bytes());
        });
    }

    pub(crate) fn decode(from: &mut Decoder<'_>, videos: usize) -> Option<Self> {
        let rated = Column::decode(from, videos, |from| {
            let (stars, given_at_ms, name) = (Stars::new(from.number()?).ok()?, from.time()?, from.text()?);
            let cause = Cause::ALL.into_iter().find(|cause| cause.name() == name)?;
            Some(Some(Rated { stars, given_at_ms, cause }))
        })?;
        Some(Self { rated })
    }
}
