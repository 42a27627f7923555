//! What background work reports about itself, for pages and health checks to show.
//!
//! Plain values behind a watch channel: reading never waits for a job, and nothing here does any work. What a person has had
//! done is in [`jobs`], and what the data folder takes in [`storage`].

pub mod jobs;
pub mod storage;

use events::RootPath;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::sync::watch;

/// Says why the gallery cannot do all of its work right now, as a sentence; nothing when it can.
#[derive(Clone)]
pub struct Health(pub Arc<dyn Fn() -> Option<String> + Send + Sync>);

impl Health {
    /// Why the gallery cannot do all of its work right now.
    #[must_use]
    pub fn trouble(&self) -> Option<String> {
        (self.0)()
    }
}

/// How a library folder is doing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RootState {
    /// It is being read for the first time since the start.
    Scanning,
    /// What is known agrees with the disk.
    Ok,
    /// So much is missing that nothing was written; a person has to look. Why, in words.
    Refused(String),
    /// The folder cannot be read; it is tried again and again. Why, in words.
    Unreadable(String),
    /// The scan is fine, but its result could not be written; it is tried again. Why, in words.
    Unwritten(String),
}

/// How changes in a folder are noticed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Watching {
    /// The operating system reports them within seconds.
    Events,
    /// Only by looking every now and then. Why, and what a person can do about it.
    Polling(String),
}

/// What a library folder is on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mount {
    /// Where that is mounted.
    pub at: PathBuf,
    /// The kind of file system, as the kernel calls it: `ext4`, `nfs4`, `fuse.sshfs`.
    pub file_system: String,
    /// Whether nothing can be written there.
    pub read_only: bool,
}

/// One library folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RootStatus {
    /// Which folder.
    pub root: RootPath,
    /// How it is doing.
    pub state: RootState,
    /// When it was last read from end to end, ms since the epoch.
    pub last_scan_at_ms: Option<i64>,
    /// Video files in it.
    pub files: usize,
    /// How long reading it took.
    pub took_ms: u64,
    /// How many things in it cannot be read.
    pub troubles: usize,
    /// The first few of them: where, and why.
    pub trouble_examples: Vec<String>,
    /// How changes in it are noticed.
    pub watching: Watching,
    /// When the operating system last reported a change in it, ms since the epoch; nothing since the watch began.
    pub last_event_at_ms: Option<i64>,
    /// What it is on; nothing while it is not there.
    pub mount: Option<Mount>,
    /// How many changes the last look led to.
    pub changes: u64,
    /// The number of the last wish for a look that one was begun after.
    pub answered: u64,
}

/// All library folders. Cheap to clone; every clone sees the same.
#[derive(Clone, Debug)]
pub struct LibraryStatus(watch::Sender<Vec<RootStatus>>);

impl LibraryStatus {
    /// Folders nobody has looked at yet.
    #[must_use]
    pub fn new(roots: &[RootPath]) -> Self {
        let unseen = |root: &RootPath| RootStatus {
            root: root.clone(),
            state: RootState::Scanning,
            last_scan_at_ms: None,
            files: 0,
            took_ms: 0,
            troubles: 0,
            trouble_examples: Vec::new(),
            watching: Watching::Polling("not looked at yet".into()),
            last_event_at_ms: None,
            mount: None,
            changes: 0,
            answered: 0,
        };
        Self(watch::Sender::new(roots.iter().map(unseen).collect()))
    }

    /// How all folders are doing now, in the order of the configuration.
    #[must_use]
    pub fn roots(&self) -> Vec<RootStatus> {
        self.0.borrow().clone()
    }

    /// Wakes whoever waits for news.
    #[must_use]
    pub fn subscribe(&self) -> watch::Receiver<Vec<RootStatus>> {
        self.0.subscribe()
    }

    /// Changes what is reported about one folder; wakes nobody when nothing changed.
    pub fn update(&self, root: &RootPath, change: impl FnOnce(&mut RootStatus)) {
        self.0.send_if_modified(|roots| {
            let Some(status) = roots.iter_mut().find(|status| status.root == *root) else { return false };
            let before = status.clone();
            change(status);
            *status != before
        });
    }
}

/// How the making of pictures goes, as far as the log does not know.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WorkersStatus {
    /// How many there are.
    pub total: usize,
    /// How many of them are at work right now.
    pub working: usize,
    /// Why no pictures can be made at the moment, in words.
    pub trouble: Option<String>,
}

/// Those who look into files and make pictures. Cheap to clone; every clone sees the same.
#[derive(Clone, Debug, Default)]
pub struct Workers(watch::Sender<WorkersStatus>);

impl Workers {
    /// How it goes now.
    #[must_use]
    pub fn now(&self) -> WorkersStatus {
        self.0.borrow().clone()
    }

    /// Changes what is reported.
    pub fn update(&self, change: impl FnOnce(&mut WorkersStatus)) {
        self.0.send_modify(change);
    }
}
