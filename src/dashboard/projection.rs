//! The card of what is known: how far it follows the log, how much it is, and when it was last kept beside the log.

use super::Level;
use crate::status::storage::StorageStatus;
use crate::web::time::Time;
use projections::State;
use serde::Serialize;
use utoipa::ToSchema;

/// What is known, computed from the log.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, ToSchema)]
#[schema(as = ProjectionCard)]
pub struct Card {
    /// How well it is.
    pub level: Level,
    /// The position of the last event that everybody can see.
    #[schema(example = 4711)]
    pub position: u64,
    /// How many events are in the log that nobody can see yet.
    #[schema(example = 0)]
    pub lag: u64,
    /// How many events made no sense; 0 for a log that only this program wrote.
    #[schema(example = 0)]
    pub anomalies: u64,
    /// The position of the first of them.
    #[schema(example = json!(null))]
    pub first_anomaly: Option<u64>,
    /// How many videos are there.
    #[schema(example = 312)]
    pub videos: u64,
    /// How many are known whose file is missing.
    #[schema(example = 2)]
    pub missing: u64,
    /// How many images are known.
    #[schema(example = 0)]
    pub images: usize,
    /// How many tags are in use.
    #[schema(example = 40)]
    pub tags: usize,
    /// How many playlists there are.
    #[schema(example = 3)]
    pub playlists: usize,
    /// When it was last kept beside the log, so that a start need not read all of it; null when that never was.
    pub kept_at: Option<Time>,
    /// What that takes on the disk.
    #[schema(example = 1_900_000)]
    pub kept_bytes: u64,
}

impl Card {
    /// The card of what is known, while the log ends at `head`, and of what was measured.
    #[must_use]
    pub fn of(state: &State, head: u64, measured: &StorageStatus) -> Self {
        let videos = state.videos();
        Self {
            level: if state.anomalies() > 0 { Level::Bad } else { Level::Good },
            position: state.pos(),
            lag: head.saturating_sub(state.pos()),
            anomalies: state.anomalies(),
            first_anomaly: state.first_anomaly().map(|(pos, _)| pos),
            videos: videos.present().len(),
            missing: videos.missing().len(),
            images: state.images().len(),
            tags: state.tags().all().len(),
            playlists: state.playlists().len(),
            kept_at: measured.checkpoint_at_ms.map(Time),
            kept_bytes: measured.checkpoints_bytes,
        }
    }
}
