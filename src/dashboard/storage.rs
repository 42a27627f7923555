//! The card of the disk: how big things are, and what is left.

use super::Level;
use crate::metrics::Kept;
use crate::status::storage::StorageStatus;
use crate::thumbnails::Store;
use crate::web::time::Time;
use projections::State;
use serde::Serialize;
use utoipa::ToSchema;

/// Less than this is left: the log can soon grow no more, ...
const LITTLE_BYTES: u64 = 5_000_000_000;
/// ... and with this it is about to stop.
const NOTHING_BYTES: u64 = 1_000_000_000;
/// On a small disk it is a share of it that counts, in percent.
const LITTLE_PERCENT: u64 = 10;
const NOTHING_PERCENT: u64 = 2;

/// How big things are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, ToSchema)]
#[schema(as = StorageCard)]
pub struct Card {
    /// How well the disk of the data folder is.
    pub level: Level,
    /// The videos that are there, all library folders together.
    #[schema(example = 320_500_000_000_u64)]
    pub videos_bytes: u64,
    /// The pictures made of them.
    #[schema(example = 31_000_000)]
    pub thumbnails_bytes: u64,
    /// The event log.
    #[schema(example = 4_200_000)]
    pub log_bytes: u64,
    /// What is kept beside it, so that a start need not read all of it.
    #[schema(example = 1_900_000)]
    pub checkpoints_bytes: u64,
    /// What was counted, for the charts.
    #[schema(example = 310_000)]
    pub numbers_bytes: u64,
    /// Since when that is kept; null while it is not.
    pub numbers_since: Option<Time>,
    /// Why it is not kept at the moment.
    #[schema(example = json!(null))]
    pub numbers_trouble: Option<String>,
    /// What is free on the disk of the data folder; null where the disk does not say.
    #[schema(example = 81_000_000_000_u64)]
    pub free_bytes: Option<u64>,
    /// How large that disk is.
    #[schema(example = 250_000_000_000_u64)]
    pub disk_bytes: Option<u64>,
    /// When the files were measured; null before the first time.
    pub measured_at: Option<Time>,
}

impl Card {
    /// The card of what is known, of what was measured, of the pictures, and of the numbers that are `kept`.
    #[must_use]
    pub fn of(state: &State, measured: &StorageStatus, store: &Store, kept: Kept) -> Self {
        let videos = state.videos();
        let present = videos.iter().filter(|video| video.present());
        Self {
            level: level(measured.free_bytes, measured.disk_bytes),
            videos_bytes: present.fold(0, |sum, video| sum.saturating_add(video.size_bytes)),
            thumbnails_bytes: store.bytes(),
            log_bytes: measured.log_bytes,
            checkpoints_bytes: measured.checkpoints_bytes,
            numbers_bytes: kept.size_bytes,
            numbers_since: kept.oldest_ms.map(Time),
            numbers_trouble: kept.trouble,
            free_bytes: measured.free_bytes,
            disk_bytes: measured.disk_bytes,
            measured_at: measured.measured_at_ms.map(Time),
        }
    }
}

/// How well a disk is on which this is free.
fn level(free_bytes: Option<u64>, disk_bytes: Option<u64>) -> Level {
    let (Some(free), Some(disk)) = (free_bytes, disk_bytes) else { return Level::Good };
    match free {
        free if free < NOTHING_BYTES.min(disk / 100 * NOTHING_PERCENT) => Level::Bad,
        free if free < LITTLE_BYTES.min(disk / 100 * LITTLE_PERCENT) => Level::Warn,
        _ => Level::Good,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disk_is_full_before_nothing_is_left() {
        const GB: u64 = 1_000_000_000;
        for (free, disk, expected) in [
            (300 * GB, 500 * GB, Level::Good),
            (4 * GB, 500 * GB, Level::Warn),
            (GB / 2, 500 * GB, Level::Bad),
            (2 * GB, 16 * GB, Level::Good),
            (GB, 16 * GB, Level::Warn),
            (GB / 4, 16 * GB, Level::Bad),
            (0, 0, Level::Good),
        ] {
            assert_eq!(level(Some(free), Some(disk)), expected, "{free} of {disk}");
        }
        assert_eq!(level(None, None), Level::Good, "not every file system says");
    }
}
