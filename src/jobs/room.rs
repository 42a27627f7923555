//! Measures how much room the data folder takes and how much is left on its disk, every now and then: whoever looks at the
//! numbers shall not wait for a disk.
//!
//! The pictures are not measured here: their store counts them.

use super::{Bell, Failed, Job, Jobs, Pause};
use crate::status::storage::{Storage, StorageStatus};
use std::fs::{self, Metadata};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};

/// How often it is measured.
const PERIOD: Duration = Duration::from_secs(30);
/// How deep the folders of the log go at most, and how many files are looked at: more than a log of terabytes has.
const DEPTH_MAX: usize = 6;
const FILES_MAX: usize = 100_000;

/// Measures a data folder.
#[derive(Clone, Debug)]
pub struct Room {
    /// The data folder.
    pub data: PathBuf,
    /// Where to note what was measured.
    pub storage: Storage,
    /// The time, ms since the epoch.
    pub clock: fn() -> i64,
}

impl Room {
    /// Starts the job.
    ///
    /// # Errors
    /// When the operating system has no thread for it.
    pub fn start(self, jobs: &mut Jobs) -> io::Result<()> {
        jobs.spawn("room", Bell::default(), move || self.clone())
    }
}

impl Job for Room {
    fn step(&mut self) -> Result<Pause, Failed> {
        let kept = files(&self.data.join("checkpoints"));
        let written = |file: &Metadata| {
            let since = file.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
            i64::try_from(since.as_millis()).ok()
        };
        let disk = self.data.ancestors().find_map(|folder| rustix::fs::statvfs(folder).ok());
        self.storage.note(StorageStatus {
            measured_at_ms: Some((self.clock)()),
            log_bytes: files(&self.data.join("log")).iter().map(Metadata::len).sum(),
            checkpoints_bytes: kept.iter().map(Metadata::len).sum(),
            checkpoint_at_ms: kept.iter().filter_map(written).max(),
            free_bytes: disk.as_ref().map(|disk| disk.f_bavail.saturating_mul(disk.f_frsize)),
            disk_bytes: disk.as_ref().map(|disk| disk.f_blocks.saturating_mul(disk.f_frsize)),
        });
        Ok(Pause { rest: Duration::ZERO, at_most: PERIOD })
    }
}

/// Every file below `folder`. What cannot be read, or goes meanwhile, is not there.
fn files(folder: &Path) -> Vec<Metadata> {
    let mut found = Vec::new();
    let mut folders = vec![(folder.to_owned(), 0)];
    while let Some((folder, depth)) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let Ok(about) = entry.metadata() else { continue };
            if about.is_dir() && depth < DEPTH_MAX {
                folders.push((entry.path(), depth + 1));
            } else if about.is_file() && found.len() < FILES_MAX {
                found.push(about);
            }
        }
    }
    found
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn the_files_of_the_log_and_what_is_kept_beside_it_are_measured() {
        let data = tempfile::tempdir().unwrap();
        let storage = Storage::default();
        let mut room = Room { data: data.path().join("not there yet"), storage: storage.clone(), clock: || 7 };
        assert_eq!(storage.now(), StorageStatus::default());
        room.step().unwrap();
        let empty = storage.now();
        assert_eq!((empty.measured_at_ms, empty.log_bytes, empty.checkpoint_at_ms), (Some(7), 0, None));
        assert!(empty.free_bytes.unwrap() > 0 && empty.disk_bytes >= empty.free_bytes, "the disk it will be on");

        fs::create_dir_all(data.path().join("log/tables/0")).unwrap();
        fs::create_dir_all(data.path().join("checkpoints")).unwrap();
        for (name, bytes) in [("log/HEAD", 10), ("log/tables/0/1", 500), ("checkpoints/1.ckpt", 30), ("LOG_ID", 33)] {
            fs::write(data.path().join(name), vec![0; bytes]).unwrap();
        }
        room.data = data.path().to_owned();
        room.step().unwrap();
        let measured = storage.now();
        assert_eq!((measured.log_bytes, measured.checkpoints_bytes), (510, 30));
        assert!(measured.checkpoint_at_ms.unwrap() > 0);
    }
}
