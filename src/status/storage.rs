//! How much room the data folder takes, and how much is left on its disk, as it was measured last.

use tokio::sync::watch;

/// What was measured.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StorageStatus {
    /// When, ms since the epoch; nothing before the first time.
    pub measured_at_ms: Option<i64>,
    /// The files of the event log.
    pub log_bytes: u64,
    /// What is kept beside it, so that a start need not read all of it.
    pub checkpoints_bytes: u64,
    /// When the last of that was written, ms since the epoch.
    pub checkpoint_at_ms: Option<i64>,
    /// What is free for this program on the disk of the data folder; nothing where the disk does not say.
    pub free_bytes: Option<u64>,
    /// How large that disk is.
    pub disk_bytes: Option<u64>,
}

/// The data folder and its disk. Cheap to clone; every clone sees the same.
#[derive(Clone, Debug, Default)]
pub struct Storage(watch::Sender<StorageStatus>);

impl Storage {
    /// What was measured last.
    #[must_use]
    pub fn now(&self) -> StorageStatus {
        self.0.borrow().clone()
    }

    /// Wakes whoever waits for news.
    #[must_use]
    pub fn subscribe(&self) -> watch::Receiver<StorageStatus> {
        self.0.subscribe()
    }

    /// Notes what was measured.
    pub fn note(&self, measured: StorageStatus) {
        self.0.send_replace(measured);
    }
}
