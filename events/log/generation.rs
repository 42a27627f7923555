//! Putting a new log in the place of another, which is kept beside it as `log.1`, `log.2` and so on.
//!
//! The new log is whole in `log.new/` before `log.swap` says that it is to take the place. From then on there is
//! only one way, and every step of it can be seen from what is in the folder: whoever opens the folder after a
//! crash goes on where it ended. Before `log.swap` there is only the old log, after it only the new one.

use super::folder::{self, Folder};
use super::log_id::LogId;
use super::open::OpenError;
use std::io;
use std::path::PathBuf;

/// The file that says that `log.new` is to take the place of `log`.
const MARKER: &str = "log.swap";

/// How many old logs are kept at most: a number in the name of a folder, not a promise of room.
const KEPT_MAX: u32 = 9_999;

/// What `log.swap` says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Swap {
    /// The identity of the new log.
    id: LogId,
    /// The number the old log is kept under; `None` when there is none.
    kept: Option<u32>,
}

/// What is to be done next.
enum Step {
    KeepOld(PathBuf),
    PlaceNew,
    Name,
}

impl Swap {
    /// Decides where the old log of `folder` goes, and writes it down. `id` is that of the whole log in `log.new`.
    pub(super) fn begin(folder: &Folder, id: LogId) -> Result<Self, OpenError> {
        let refuse = |error| folder::refuse(folder.data(), error);
        let kept = match exists(folder, "log")? {
            true => Some(free_number(folder)?),
            false => None,
        };
        let swap = Self { id, kept };
        let text = swap.text();
        folder::write_whole(folder.data(), "log.swap.new", MARKER, &[text.as_bytes()]).map_err(refuse)?;
        Ok(swap)
    }

    /// What the folder says about a swap that is under way.
    fn under_way(folder: &Folder) -> Result<Option<Self>, OpenError> {
        let text = match std::fs::read(marker(folder)) {
            Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(folder::refuse(folder.data(), error)),
        };
        match Self::parse(&text) {
            Some(swap) => Ok(Some(swap)),
            None => Err(stuck(folder, "it is damaged, and the log was about to be replaced; go back to a backup")),
        }
    }

    fn text(&self) -> String {
        let front = format!("{} {}", self.id, self.kept.unwrap_or_default());
        format!("{front} {:08x}\n", crc32c::crc32c(front.as_bytes()))
    }

    fn parse(text: &str) -> Option<Self> {
        let mut words = text.split_whitespace();
        let id = words.next()?.parse().ok()?;
        let kept: u32 = words.next()?.parse().ok()?;
        let swap = Self { id, kept: Some(kept).filter(|number| *number > 0) };
        (swap.text() == text).then_some(swap)
    }

    /// Where the old log is kept.
    pub(super) fn kept(&self, folder: &Folder) -> Option<PathBuf> {
        self.kept.map(|number| folder.data().join(format!("log.{number}")))
    }

    /// What is to be done next, as the folder shows.
    fn next(&self, folder: &Folder) -> Result<Step, OpenError> {
        let new = exists(folder, "log.new")?;
        let log = exists(folder, "log")?;
        let kept = self.kept.map(|number| exists(folder, &format!("log.{number}"))).transpose()?;
        match (log, new, kept, self.kept(folder)) {
            (true, true, Some(false), Some(kept)) => Ok(Step::KeepOld(kept)),
            (false, true, Some(true) | None, _) => Ok(Step::PlaceNew),
            (true, false, Some(true) | None, _) => Ok(Step::Name),
            (_, _, _, kept) => {
                let old = kept.map_or_else(String::new, |kept| {
                    format!(
                        ": for the old log, rename {} to log if there is no log, and delete log.swap",
                        kept.display()
                    )
                });
                Err(stuck(folder, &format!("log.new was about to become log, but they are not where they were{old}")))
            }
        }
    }

    /// Does what is next. False when that was the last step.
    fn step(&self, folder: &Folder) -> Result<bool, OpenError> {
        let refuse = |error| folder::refuse(folder.data(), error);
        let (from, to) = match self.next(folder)? {
            Step::KeepOld(kept) => (folder.log(), kept),
            Step::PlaceNew => (folder.data().join("log.new"), folder.log()),
            Step::Name => {
                folder.remember(self.id).map_err(refuse)?;
                std::fs::remove_file(marker(folder)).map_err(refuse)?;
                folder::sync_folder(folder.data()).map_err(refuse)?;
                return Ok(false);
            }
        };
        std::fs::rename(from, to).map_err(refuse)?;
        folder::sync_folder(folder.data()).map_err(refuse)?;
        Ok(true)
    }

    /// Goes on to the end.
    pub(super) fn finish(&self, folder: &Folder) -> Result<(), OpenError> {
        while self.step(folder)? {}
        Ok(())
    }
}

/// Finishes what a crash left under way.
pub(super) fn settle(folder: &Folder) -> Result<(), OpenError> {
    match Swap::under_way(folder)? {
        Some(swap) => swap.finish(folder),
        None => Ok(()),
    }
}

fn marker(folder: &Folder) -> PathBuf {
    folder.data().join(MARKER)
}

fn stuck(folder: &Folder, reason: &str) -> OpenError {
    OpenError::Witness { part: marker(folder), reason: reason.to_owned() }
}

/// The first number after those that are taken.
fn free_number(folder: &Folder) -> Result<u32, OpenError> {
    let refuse = |error| folder::refuse(folder.data(), error);
    let mut last = 0;
    for entry in std::fs::read_dir(folder.data()).map_err(refuse)? {
        let name = entry.map_err(refuse)?.file_name();
        let number = name.to_str().and_then(|name| name.strip_prefix("log.")).and_then(|number| number.parse().ok());
        last = last.max(number.filter(|number| *number <= KEPT_MAX).unwrap_or_default());
    }
    if last == KEPT_MAX {
        let full = io::Error::other("there are too many old logs; delete some of the folders named log.NUMBER");
        return Err(refuse(full));
    }
    Ok(last + 1)
}

fn exists(folder: &Folder, name: &str) -> Result<bool, OpenError> {
    folder.data().join(name).try_exists().map_err(|error| folder::refuse(folder.data(), error))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::Swap;
    use crate::log::fjall::{FjallLog, Replaced};
    use crate::log::folder::Folder;
    use crate::log::image::{self, Image, library, ratings};
    use crate::log::{EventLog as _, LoadError, OpenError};
    use crate::record::Pos;
    use crate::wire;
    use std::fs;
    use std::path::Path;

    fn replace(data: &Path, events: Pos) -> Result<Replaced, LoadError> {
        replace_by(data, 1..=events)
    }

    fn replace_by(data: &Path, positions: impl IntoIterator<Item = Pos>) -> Result<Replaced, LoadError> {
        FjallLog::replace_log(data, |push| {
            ratings(positions).try_for_each(|record| push(record.pos, &wire::encode(&record).unwrap()).map(|_| ()))
        })
    }

    fn count(data: &Path) -> usize {
        image::open(data).unwrap().1.len()
    }

    #[test]
    fn a_new_log_takes_the_place_and_the_old_ones_are_kept() {
        let dir = tempfile::tempdir().unwrap();
        library(5, &[1]).put(dir.path());
        let old = image::open(dir.path()).unwrap().0.stamp().log;
        let first = replace(dir.path(), 3).unwrap();
        assert_eq!((first.head.pos, first.kept), (3, Some(dir.path().join("log.1"))));
        assert_ne!(first.id, old);
        let (mut log, seen) = image::open(dir.path()).unwrap();
        assert_eq!((log.stamp().log, log.head(), seen.len()), (first.id, first.head, 3));
        log.append(&ratings([4]).collect::<Vec<_>>()).unwrap();
        drop(log);
        assert_eq!(replace(dir.path(), 2).unwrap().kept, Some(dir.path().join("log.2")));
        // An old log is whole: put back, it is what it was.
        for (number, events) in [(1, 6), (2, 4)] {
            let back = tempfile::tempdir().unwrap();
            Image::take(&dir.path().join(format!("log.{number}"))).put(&back.path().join("log"));
            assert_eq!(count(back.path()), events);
        }
    }

    #[test]
    fn a_log_can_be_told_from_itself() {
        let dir = tempfile::tempdir().unwrap();
        library(5, &[2]).put(dir.path());
        let (log, _) = image::open(dir.path()).unwrap();
        let reader = log.reader();
        let replaced = log.replace(|push| {
            let all = reader.read(0, 100).unwrap();
            all.into_iter().take(4).try_for_each(push)?;
            Ok::<_, LoadError>(())
        });
        assert_eq!(replaced.unwrap().head.pos, 4);
        assert_eq!(count(dir.path()), 4);
    }

    #[test]
    fn what_cannot_be_told_to_the_end_changes_nothing() {
        let dir = tempfile::tempdir().unwrap();
        library(5, &[1]).put(dir.path());
        let gap = replace_by(dir.path(), [1, 3]).unwrap_err();
        assert!(matches!(gap, LoadError::Append(_)), "{gap:?}");
        assert_eq!(count(dir.path()), 6);
        assert!(!dir.path().join("log.1").try_exists().unwrap());
    }

    #[test]
    fn a_lost_log_and_one_that_cannot_be_opened_are_replaced_too() {
        let dir = tempfile::tempdir().unwrap();
        let mut damaged = library(5, &[1]);
        damaged.file("HEAD").cut(7);
        damaged.file("LOG_ID").bytes.clear();
        damaged.put(dir.path());
        assert_eq!(replace(dir.path(), 3).unwrap().kept, Some(dir.path().join("log.1")));
        assert_eq!(count(dir.path()), 3);
        fs::remove_dir_all(dir.path().join("log")).unwrap();
        assert!(matches!(image::open(dir.path()).unwrap_err(), OpenError::LostLog { .. }));
        assert_eq!(replace(dir.path(), 4).unwrap().kept, None);
        assert_eq!(count(dir.path()), 4);
    }

    /// A folder where a swap from six events to three has come as far as this.
    fn ended_after(steps: usize) -> tempfile::TempDir {
        let (dir, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        library(5, &[1]).put(dir.path());
        library(2, &[1]).put(other.path());
        let id = image::open(other.path()).unwrap().0.stamp().log;
        let folder = Folder::lock(dir.path()).unwrap();
        fs::rename(other.path().join("log"), dir.path().join("log.new")).unwrap();
        let swap = Swap::begin(&folder, id).unwrap();
        let done = (0..steps).take_while(|_| swap.step(&folder).unwrap()).count();
        assert!(done >= steps.min(2));
        dir
    }

    #[test]
    fn wherever_it_ends_the_next_start_goes_on() {
        for steps in 0..=3 {
            let dir = ended_after(steps);
            let (log, seen) = image::open(dir.path()).unwrap();
            assert_eq!(seen.len(), 3, "after {steps} steps");
            drop(log);
            assert_eq!(count(dir.path()), 3);
            assert!(dir.path().join("log.1/HEAD").try_exists().unwrap());
            assert!(!dir.path().join("log.swap").try_exists().unwrap());
        }
        // Before anything was written down, only the old log counts.
        let dir = tempfile::tempdir().unwrap();
        library(5, &[1]).put(dir.path());
        fs::create_dir(dir.path().join("log.new")).unwrap();
        fs::write(dir.path().join("log.swap.new"), "half").unwrap();
        assert_eq!(count(dir.path()), 6);
        assert_eq!(replace(dir.path(), 3).unwrap().head.pos, 3);
    }

    #[test]
    fn parts_that_are_not_where_they_were_are_told() {
        for (steps, lost) in [(0, "log.new"), (1, "log.new"), (1, "log.1"), (2, "log")] {
            let dir = ended_after(steps);
            fs::remove_dir_all(dir.path().join(lost)).unwrap();
            let error = image::open(dir.path()).unwrap_err();
            assert!(matches!(error, OpenError::Witness { .. }), "{steps}, {lost}: {error}");
        }
        let dir = ended_after(1);
        let whole = fs::read(dir.path().join("log.swap")).unwrap();
        for len in 0..whole.len() {
            fs::write(dir.path().join("log.swap"), whole.get(..len).unwrap()).unwrap();
            assert!(matches!(image::open(dir.path()).unwrap_err(), OpenError::Witness { .. }), "cut to {len}");
        }
    }
}
