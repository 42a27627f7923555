//! `thumbnail_errors.jsonl`: a line of JSON for each picture that could not be made, for people with `grep` and `jq`.
//!
//! The log of events knows the same for ever; this file is a convenience and bounded. Its schema is in
//! `docs/OPERATING.md`.

use serde::Serialize;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// The file is put aside when it is larger than this ...
const MAX_BYTES: u64 = 1 << 20;
/// ... and so many of those are kept.
const KEPT: usize = 3;

/// One line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Line {
    /// When, RFC 3339 in UTC.
    pub at: String,
    /// Which video.
    pub video: u32,
    /// Its file, below the library folder; U+FFFD for bytes that are not UTF-8.
    pub path: String,
    /// What was to be made: `probe`, `cover` or `storyboard`.
    pub task: &'static str,
    /// How far it got: `open`, `probe`, `decode`, `encode` or `store`.
    pub stage: &'static str,
    /// Why it went no further.
    pub reason: String,
    /// What tried.
    pub decoder: String,
    /// How often it failed in a row, this time included.
    pub tries: u32,
    /// How long it tried.
    pub took_ms: u64,
}

/// The file.
#[derive(Clone, Debug)]
pub struct Failures {
    path: PathBuf,
    /// Held by whoever writes a line, or puts the file aside.
    writing: Arc<Mutex<()>>,
}

impl Failures {
    /// The file in this data folder.
    #[must_use]
    pub fn new(data: &Path) -> Self {
        Self { path: data.join("thumbnail_errors.jsonl"), writing: Arc::default() }
    }

    /// Adds a line.
    ///
    /// # Errors
    /// Whatever the disk says.
    pub fn note(&self, line: &Line) -> io::Result<()> {
        let _alone = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        if fs::metadata(&self.path).is_ok_and(|file| file.len() > MAX_BYTES) {
            self.put_aside()?;
        }
        let mut bytes = serde_json::to_vec(line)?;
        bytes.push(b'\n');
        let mut file: File = OpenOptions::new().create(true).append(true).open(&self.path)?;
        file.write_all(&bytes)
    }

    fn put_aside(&self) -> io::Result<()> {
        let aside = |number: usize| self.path.with_extension(format!("{number}.jsonl"));
        for number in (1..KEPT).rev() {
            match fs::rename(aside(number), aside(number + 1)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                Ok(()) | Err(_) => {}
            }
        }
        fs::rename(&self.path, aside(1))
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    fn line(video: u32) -> Line {
        let (at, path, reason) = ("2026-11-28T11:00:00Z".into(), "a \"b\".mp4".into(), "moov\nmissing".into());
        let (stage, decoder) = ("probe", "mp4".into());
        Line { at, video, path, task: "cover", stage, reason, decoder, tries: 1, took_ms: 3 }
    }

    #[test]
    fn each_failure_is_a_line() {
        let folder = tempfile::tempdir().unwrap();
        let failures = Failures::new(folder.path());
        failures.note(&line(1)).unwrap();
        failures.note(&line(2)).unwrap();
        let text = fs::read_to_string(folder.path().join("thumbnail_errors.jsonl")).unwrap();
        let lines: Vec<serde_json::Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(lines.iter().map(|line| line["video"].as_u64().unwrap()).collect::<Vec<_>>(), [1, 2]);
        assert_eq!(lines[0]["reason"], "moov\nmissing");
    }

    #[test]
    fn the_file_never_grows_for_ever() {
        let folder = tempfile::tempdir().unwrap();
        let failures = Failures::new(folder.path());
        for round in 0..5 {
            fs::write(&failures.path, vec![b'x'; usize::try_from(MAX_BYTES).unwrap() + 1]).unwrap();
            failures.note(&line(round)).unwrap();
        }
        let mut names: Vec<_> = fs::read_dir(folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        assert_eq!(
            names,
            [1, 2, 3]
                .map(|n| format!("thumbnail_errors.{n}.jsonl"))
                .into_iter()
                .chain(["thumbnail_errors.jsonl".into()])
                .collect::<Vec<_>>()
        );
    }
}
