//! The card of what is being sent: videos, and changes to pages that stay open.

use crate::media::traffic::Traffic;
use serde::Serialize;
use utoipa::ToSchema;

/// What is being sent right now.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, ToSchema)]
#[schema(as = StreamsCard)]
pub struct Card {
    /// How many videos, images and pictures are being sent; a player that is paused keeps its stream.
    #[schema(example = 3)]
    pub open: usize,
    /// How many there may be.
    #[schema(example = 256)]
    pub max: usize,
    /// How many bytes of them were sent since the start.
    #[schema(example = 1_200_000_000)]
    pub sent_bytes: u64,
    /// How many browsers and programs follow changes.
    #[schema(example = 2)]
    pub followers: usize,
}

impl Card {
    /// The card of this traffic, and of so many who follow changes.
    #[must_use]
    pub fn of(traffic: &Traffic, followers: usize) -> Self {
        Self { open: traffic.open_streams(), max: traffic.max_streams(), sent_bytes: traffic.sent_bytes(), followers }
    }
}
