//! How much room pictures take, and which have to go when it is too much.
//!
//! Storyboards go first, those that nobody has looked at for longest before others; then covers, but never those of
//! videos whose file is missing: they could not be made again.

use super::{Form, Picture, Store, UNFINISHED};
use events::values::ContentId;
use std::collections::HashSet;
use std::fs::{self, DirEntry};
use std::io;
use std::path::PathBuf;
use std::sync::PoisonError;
use std::sync::atomic::Ordering;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// How full the store is after making room, in percent: enough that room is not made for every picture.
const AFTER_PERCENT: u64 = 90;

/// An unfinished file that is older than this is nobody's any more.
const ABANDONED: Duration = Duration::from_secs(3600);

/// A file of the store.
struct Kept {
    picture: Picture,
    path: PathBuf,
    bytes: u64,
    /// When it was last read, as far as the file system notes that, since the epoch.
    used: Duration,
}

impl Store {
    /// Counts what is there, and deletes what was left unfinished. `now_ms` is the time, ms since the epoch.
    pub fn count(&self, now_ms: i64) {
        let now = Duration::from_millis(u64::try_from(now_ms).unwrap_or(0));
        let bytes = self.files(now).iter().map(|file| file.bytes).sum();
        self.0.bytes.store(bytes, Ordering::Relaxed);
    }

    /// Whether there are more pictures than there shall be.
    #[must_use]
    pub fn full(&self) -> bool {
        self.bytes() > self.0.max_bytes
    }

    /// Deletes pictures until there is room again. Covers in `kept` stay, whatever happens. Of several who want to, one does.
    pub fn make_room(&self, kept: &HashSet<ContentId>, now_ms: i64) {
        let _alone = self.0.making_room.lock().unwrap_or_else(PoisonError::into_inner);
        if !self.full() {
            return;
        }
        let now = Duration::from_millis(u64::try_from(now_ms).unwrap_or(0));
        let mut files = self.files(now);
        let mut bytes: u64 = files.iter().map(|file| file.bytes).sum();
        files.retain(|file| file.picture.form == Form::Sheet || !kept.contains(&file.picture.id));
        files.sort_by_key(|file| (file.picture.form != Form::Sheet, file.used));
        for file in files {
            if bytes <= self.0.max_bytes / 100 * AFTER_PERCENT {
                break;
            }
            match fs::remove_file(&file.path) {
                Ok(()) => {
                    self.0.evicted.fetch_add(1, Ordering::Relaxed);
                }
                // Somebody was quicker.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(_) => continue,
            }
            bytes = bytes.saturating_sub(file.bytes);
        }
        self.0.bytes.store(bytes, Ordering::Relaxed);
    }

    /// Every picture there is. What cannot be read is not there.
    fn files(&self, now: Duration) -> Vec<Kept> {
        let below = |folder: PathBuf| fs::read_dir(folder).into_iter().flatten().flatten();
        let first = below(self.0.folder.clone()).map(|entry| entry.path());
        let second = first.flat_map(below).map(|entry| entry.path());
        second.flat_map(below).filter_map(|entry| kept(&entry, now)).collect()
    }
}

/// The picture in a file. An abandoned one is deleted.
fn kept(entry: &DirEntry, now: Duration) -> Option<Kept> {
    let facts = entry.metadata().ok().filter(fs::Metadata::is_file)?;
    let since = |time: SystemTime| time.duration_since(UNIX_EPOCH).unwrap_or_default();
    let name = entry.file_name();
    let name = name.to_str()?;
    if name.ends_with(UNFINISHED) {
        if facts.modified().is_ok_and(|at| since(at) + ABANDONED < now) {
            // If it cannot be deleted now, it will be some other time.
            let _ = fs::remove_file(entry.path());
        }
        return None;
    }
    let (id, form) = name.strip_suffix(".jpg")?.split_once('-')?;
    let picture = Picture { id: ContentId(u128::from_str_radix(id, 16).ok()?), form: Form::named(form)? };
    let used = facts.accessed().or_else(|_| facts.modified()).map_or(Duration::ZERO, since);
    Some(Kept { picture, path: entry.path(), bytes: facts.len(), used })
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;
    use std::fs::{File, FileTimes};

    fn picture(id: u128, form: Form) -> Picture {
        Picture { id: ContentId(id << 100), form }
    }

    fn put(store: &Store, picture: Picture, bytes: usize, used_s: u64) {
        store.put(picture, &vec![0; bytes]).unwrap();
        let at = UNIX_EPOCH + Duration::from_secs(used_s);
        let times = FileTimes::new().set_accessed(at).set_modified(at);
        File::options().write(true).open(store.path(picture)).unwrap().set_times(times).unwrap();
    }

    #[test]
    fn storyboards_go_first_and_the_longest_unseen_before_others() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::new(folder.path(), 1_000);
        put(&store, picture(1, Form::Small), 300, 1);
        put(&store, picture(2, Form::Sheet), 300, 9);
        put(&store, picture(3, Form::Sheet), 300, 5);
        assert!(!store.full());
        put(&store, picture(4, Form::Sheet), 300, 7);
        assert!(store.full());
        store.make_room(&HashSet::new(), 10_000);
        let there = [1, 2, 3, 4].map(|id| store.has(picture(id, if id == 1 { Form::Small } else { Form::Sheet })));
        assert_eq!(there, [true, true, false, true]);
        assert_eq!((store.bytes(), store.evicted(), store.full()), (900, 1, false));
    }

    #[test]
    fn covers_of_missing_videos_stay_whatever_happens() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::new(folder.path(), 100);
        put(&store, picture(1, Form::Poster), 300, 1);
        put(&store, picture(2, Form::Poster), 300, 2);
        store.make_room(&HashSet::from([picture(1, Form::Poster).id]), 10_000);
        assert!(store.has(picture(1, Form::Poster)) && !store.has(picture(2, Form::Poster)));
    }

    #[test]
    fn what_others_left_there_is_not_counted_and_what_was_left_unfinished_goes() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::new(folder.path(), 1_000);
        put(&store, picture(1, Form::Poster), 300, 1);
        let beside = store.path(picture(1, Form::Poster)).parent().unwrap().to_owned();
        fs::write(beside.join("notes.txt"), b"somebody's").unwrap();
        fs::write(beside.join("00-640.jpg.7.unfinished"), b"half").unwrap();
        let fresh = Store::new(folder.path(), 1_000);
        let later_ms = i64::try_from(SystemTime::UNIX_EPOCH.elapsed().unwrap().as_millis()).unwrap() + 4_000_000;
        fresh.count(later_ms);
        assert_eq!(fresh.bytes(), 300);
        assert!(beside.join("notes.txt").try_exists().unwrap());
        assert!(!beside.join("00-640.jpg.7.unfinished").try_exists().unwrap());
    }
}
