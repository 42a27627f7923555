//! Rings a bell when something changes in a library folder.
//!
//! Says *that* something changed, never what: the scan finds out. So a lost or doubled event does no
//! harm, and a folder that cannot be watched is merely noticed later. The only file that names notify.

use super::Bell;
use super::scan::Wanted;
use notify::event::{AccessKind, AccessMode, EventKind, ModifyKind};
use notify::{Config, ErrorKind, Event, RecommendedWatcher, RecursiveMode};
use notify_debouncer_full::{DebounceEventResult, Debouncer, RecommendedCache, new_debouncer_opt};
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Changes that come closer together than this ring once.
pub const DEBOUNCE: Duration = Duration::from_secs(2);

/// File systems whose changes from other machines never reach this kernel (`statfs(2)`, `f_type`).
const REMOTE: &[(u64, &str)] = &[
    (0x6969, "NFS"),
    (0x517B, "SMB"),
    (0xFE53_4D42, "SMB"),
    (0xFF53_4D42, "CIFS"),
    (0x6573_5546, "FUSE"),
    (0x0102_1997, "9P"),
    (0x00C3_6400, "Ceph"),
    (0x5346_414F, "AFS"),
];

/// A watched folder; dropping it ends the watch.
pub struct Watch {
    _debouncer: Debouncer<RecommendedWatcher, RecommendedCache>,
    /// What went wrong since the start.
    trouble: Arc<Mutex<Option<String>>>,
    last_event: Arc<Mutex<Option<Instant>>>,
    /// Device and inode, so that a disk mounted over the folder is noticed.
    folder: (u64, u64),
}

impl Watch {
    /// Watches `root` and everything below it; rings `bell` once things are quiet for `debounce`. Writing to a file
    /// counts if its extension is `wanted`.
    ///
    /// # Errors
    /// Why the folder cannot be watched and what to do about it, in words.
    pub fn start(root: &Path, wanted: Wanted, bell: Bell, debounce: Duration) -> Result<Self, String> {
        let root = fs::canonicalize(root).map_err(|error| error.to_string())?;
        let folder = identity(&root).ok_or("the folder is not there")?;
        let trouble = Arc::new(Mutex::new(remote(&root)));
        let last_event = Arc::new(Mutex::new(None));
        let (watched, noted, heard_at) = (root.clone(), Arc::clone(&trouble), Arc::clone(&last_event));
        let heard = move |result: DebounceEventResult| match result {
            Ok(events) => {
                if events.iter().any(|event| matters(&watched, wanted, event)) {
                    *heard_at.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
                    bell.ring();
                }
            }
            Err(errors) => {
                if let Some(error) = errors.first() {
                    *noted.lock().unwrap_or_else(PoisonError::into_inner) = Some(advice(error));
                }
                // Whatever was missed, a look at the disk finds it.
                bell.ring();
            }
        };
        let config = Config::default().with_follow_symlinks(false);
        let mut debouncer = new_debouncer_opt(debounce, None, heard, RecommendedCache::new(), config)
            .map_err(|error| advice(&error))?;
        debouncer.watch(&root, RecursiveMode::Recursive).map_err(|error| advice(&error))?;
        Ok(Self { _debouncer: debouncer, trouble, last_event, folder })
    }

    /// Why changes may go unnoticed although the watch is set, in words.
    #[must_use]
    pub fn trouble(&self) -> Option<String> {
        self.trouble.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// When the system last reported a change that matters.
    #[must_use]
    pub fn last_event(&self) -> Option<Instant> {
        *self.last_event.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the path still leads to the folder that is being watched.
    #[must_use]
    pub fn still_at(&self, root: &Path) -> bool {
        identity(root) == Some(self.folder)
    }
}

fn identity(root: &Path) -> Option<(u64, u64)> {
    fs::metadata(root).ok().map(|metadata| (metadata.dev(), metadata.ino()))
}

fn remote(root: &Path) -> Option<String> {
    let kind = rustix::fs::statfs(root).ok()?.f_type;
    // The field is signed on some machines; the magic numbers are 32 bits wide everywhere.
    let kind = u64::from(kind.cast_unsigned() as u32);
    let (_, name) = REMOTE.iter().find(|(magic, _)| *magic == kind)?;
    Some(format!("changes made by other machines on a {name} file system are not reported to this one"))
}

/// Whether a change can concern the library. Reading does not, or every scan would cause the next one;
/// nor do hidden files, or writing to files that are not `wanted`.
fn matters(root: &Path, wanted: Wanted, event: &Event) -> bool {
    if event.need_rescan() {
        return true;
    }
    let below = |path: &Path| path.strip_prefix(root).map(Path::to_path_buf).unwrap_or_default();
    let hidden =
        |path: &Path| below(path).components().any(|part| part.as_os_str().as_encoded_bytes().first() == Some(&b'.'));
    let wanted = |path: &Path| wanted(&path.extension().unwrap_or_default().to_string_lossy());
    let mut visible = event.paths.iter().filter(|path| !hidden(path));
    match event.kind {
        // A folder may have any name, so whatever comes, goes or is renamed counts.
        EventKind::Create(_) | EventKind::Remove(_) | EventKind::Modify(ModifyKind::Name(_)) | EventKind::Any => {
            visible.next().is_some()
        }
        EventKind::Access(AccessKind::Close(AccessMode::Write)) | EventKind::Modify(_) => {
            visible.any(|path| wanted(path))
        }
        EventKind::Access(_) | EventKind::Other => false,
    }
}

/// What happened, and what a person can do about it.
fn advice(error: &notify::Error) -> String {
    match &error.kind {
        ErrorKind::MaxFilesWatch => "the system allows no more watched folders; raise the limit with \
             `sysctl fs.inotify.max_user_watches=524288`, and restart"
            .into(),
        ErrorKind::Io(error) if error.raw_os_error() == Some(rustix::io::Errno::MFILE.raw_os_error()) => {
            "the system allows no more watches of this user; raise the limit with \
             `sysctl fs.inotify.max_user_instances=512`, and restart"
                .into()
        }
        ErrorKind::PathNotFound => "the folder is not there".into(),
        ErrorKind::Generic(_) | ErrorKind::Io(_) | ErrorKind::WatchNotFound | ErrorKind::InvalidConfig(_) => {
            format!("the system refuses to watch the folder: {error}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::scan;
    use super::*;
    use notify::event::{CreateKind, DataChange, Flag, RemoveKind, RenameMode};

    fn rings(kind: EventKind, path: &str) -> bool {
        matters(Path::new("/videos"), scan::video, &Event::new(kind).add_path(path.into()))
    }

    const WRITTEN: EventKind = EventKind::Modify(ModifyKind::Data(DataChange::Any));
    const RENAMED: EventKind = EventKind::Modify(ModifyKind::Name(RenameMode::Both));

    #[test]
    fn what_comes_goes_or_is_written_rings() {
        assert!(rings(EventKind::Create(CreateKind::File), "/videos/a.mp4"));
        assert!(rings(EventKind::Remove(RemoveKind::Folder), "/videos/Season.1"));
        assert!(rings(RENAMED, "/videos/any name"));
        assert!(rings(WRITTEN, "/videos/sub/a.MP4"));
        assert!(rings(EventKind::Access(AccessKind::Close(AccessMode::Write)), "/videos/a.mp4"));
    }

    #[test]
    fn reading_does_not_ring_or_every_scan_would_cause_the_next() {
        assert!(!rings(EventKind::Access(AccessKind::Open(AccessMode::Any)), "/videos/a.mp4"));
        assert!(!rings(EventKind::Access(AccessKind::Close(AccessMode::Read)), "/videos/a.mp4"));
        assert!(!rings(EventKind::Access(AccessKind::Open(AccessMode::Any)), "/videos"));
    }

    #[test]
    fn hidden_files_and_writing_to_other_files_do_not_ring() {
        assert!(!rings(EventKind::Create(CreateKind::File), "/videos/.a.mp4.part"));
        assert!(!rings(WRITTEN, "/videos/.store/a.mp4"));
        assert!(!rings(WRITTEN, "/videos/data/0.jnl"));
        assert!(matters(Path::new("/home/.hidden/videos"), scan::video, &{
            Event::new(WRITTEN).add_path("/home/.hidden/videos/a.mp4".into())
        }));
    }

    #[test]
    fn writing_to_images_rings_where_images_are_looked_for() {
        let rings = |path: &str| matters(Path::new("/images"), scan::image, &Event::new(WRITTEN).add_path(path.into()));
        assert!(rings("/images/a.JPG") && rings("/images/sub/a.png"));
        assert!(!rings("/images/a.mp4") && !rings("/images/.a.jpg") && !rings("/images/a"));
    }

    #[test]
    fn a_queue_that_overflowed_rings() {
        assert!(matters(Path::new("/videos"), scan::video, &Event::new(EventKind::Other).set_flag(Flag::Rescan)));
    }

    #[test]
    fn a_limit_comes_with_advice() {
        let said = advice(&notify::Error::new(ErrorKind::MaxFilesWatch));
        assert!(said.contains("sysctl fs.inotify.max_user_watches"), "{said}");
    }
}
