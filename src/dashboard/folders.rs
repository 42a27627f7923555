//! The card of the library folders: whether each can be read, how changes in it are noticed, and what is wrong in it.

use super::Level;
use crate::status::{RootState, RootStatus, Watching};
use crate::web::time::Time;
use serde::Serialize;
use utoipa::ToSchema;

/// How the library folders are doing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, ToSchema)]
#[schema(as = FoldersCard)]
pub struct Card {
    /// In the order of the configuration.
    pub folders: Vec<Folder>,
}

/// A library folder.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, ToSchema)]
pub struct Folder {
    /// Where it is.
    #[schema(example = "/srv/videos")]
    pub path: String,
    /// How well it is.
    pub level: Level,
    /// `scanning`, `ok`, `refused` (so much is missing that a person has to look), `unreadable` or `unwritten`.
    #[schema(example = "ok")]
    pub state: &'static str,
    /// Why it is not `ok`.
    pub reason: Option<String>,
    /// Whether changes are reported by the system within seconds; if not, the folder is looked through now and then.
    #[schema(example = true)]
    pub watched: bool,
    /// Why it is not, and what a person can do about it.
    #[schema(example = json!(null))]
    pub unwatched_reason: Option<String>,
    /// Video files in it.
    #[schema(example = 314)]
    pub files: usize,
    /// When it was last read from end to end.
    pub last_scan_at: Option<Time>,
    /// How long that took.
    #[schema(example = 120)]
    pub took_ms: u64,
    /// When the system last reported a change; null since the watch began.
    pub last_event_at: Option<Time>,
    /// The kind of file system it is on, as the kernel calls it; null while it is not there.
    #[schema(example = "ext4")]
    pub file_system: Option<String>,
    /// Where that is mounted.
    #[schema(example = "/srv")]
    pub mounted_at: Option<String>,
    /// How many things in it cannot be read.
    #[schema(example = 0)]
    pub troubles: usize,
    /// The first few of them: where, and why.
    #[schema(example = json!([]))]
    pub trouble_examples: Vec<String>,
}

impl Card {
    /// The card of these folders.
    #[must_use]
    pub fn of(roots: Vec<RootStatus>) -> Self {
        Self { folders: roots.into_iter().map(Folder::of).collect() }
    }
}

impl Folder {
    /// How this folder is doing.
    #[must_use]
    pub fn of(root: RootStatus) -> Self {
        let (level, state, reason) = match root.state {
            RootState::Scanning => (Level::Warn, "scanning", None),
            RootState::Ok => (Level::Good, "ok", None),
            RootState::Refused(why) => (Level::Bad, "refused", Some(why)),
            RootState::Unreadable(why) => (Level::Bad, "unreadable", Some(why)),
            RootState::Unwritten(why) => (Level::Bad, "unwritten", Some(why)),
        };
        let unwatched_reason = match root.watching {
            Watching::Events => None,
            Watching::Polling(why) => Some(why),
        };
        let unsure = if unwatched_reason.is_some() || root.troubles > 0 { Level::Warn } else { Level::Good };
        Self {
            path: root.root.as_path().display().to_string(),
            level: level.max(unsure),
            state,
            reason,
            watched: unwatched_reason.is_none(),
            unwatched_reason,
            files: root.files,
            last_scan_at: root.last_scan_at_ms.map(Time),
            took_ms: root.took_ms,
            last_event_at: root.last_event_at_ms.map(Time),
            mounted_at: root.mount.as_ref().map(|mount| mount.at.display().to_string()),
            file_system: root.mount.map(|mount| mount.file_system),
            troubles: root.troubles,
            trouble_examples: root.trouble_examples,
        }
    }
}
