//! A disk that fails in the middle of a commit: what was acknowledged is kept, what was not may be.
//!
//! The disk is that of a child process that may not make files longer than some limit.

use super::child::child;
use super::image;
use super::{AppendError, EventLog as _};
use crate::event::{Event, Import};
use crate::record::{Pos, Recorded};
use crate::sample;
use std::env;
use std::path::Path;

/// A batch that fills a file in no time.
fn large(after: Pos) -> Vec<Recorded> {
    // Digits that the engine cannot make much shorter.
    let digits = |n: u64| format!("{:016x}", xxhash_rust::xxh3::xxh3_64(&(after << 16 | n).to_le_bytes()));
    let source: String = (0..3_000).map(digits).collect();
    (after + 1..=after + 2)
        .map(|pos| sample::recorded(pos, Event::Import(Import::Started { source: source.clone() })))
        .collect()
}

/// The child: appends until the disk fails, and leaves the position of what was acknowledged.
fn append_until_it_fails(folder: &Path) {
    let (mut log, _) = image::open(folder).unwrap();
    let error = loop {
        match log.append(&large(log.head().pos)) {
            Ok(head) => assert!(head.pos < 1_000, "the limit has no effect"),
            Err(error) => break error,
        }
    };
    assert!(matches!(error, AppendError::Unknown(_)), "{error:?}");
    let acknowledged = log.head().pos;
    assert!(acknowledged >= 2);
    assert!(matches!(log.append(&large(acknowledged)), Err(AppendError::Unknown(_))), "it accepts nothing more");
    let kept = log.reader().read(0, usize::MAX).unwrap();
    assert_eq!(kept.len() as u64, acknowledged, "reading goes on, without what is not known");
    drop(log);
    std::fs::write(folder.join("acknowledged"), acknowledged.to_string()).unwrap();
}

#[test]
fn a_commit_that_fails_may_be_stored_but_nothing_before_it_is_lost() {
    if let Some(folder) = env::var_os("FAULT_FOLDER") {
        return append_until_it_fails(folder.as_ref());
    }
    let dir = tempfile::tempdir().unwrap();
    drop(image::open(dir.path()).unwrap());
    let test = "log::faults::a_commit_that_fails_may_be_stored_but_nothing_before_it_is_lost";
    // Half a megabyte or one, depending on the shell; the write fails instead of the process.
    let ended = child(test, "trap '' XFSZ; ulimit -f 1000").env("FAULT_FOLDER", dir.path()).output().unwrap();
    assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stdout));
    let acknowledged: Pos = std::fs::read_to_string(dir.path().join("acknowledged")).unwrap().parse().unwrap();
    let (mut log, seen) = image::open(dir.path()).unwrap();
    let all: Vec<_> = (0..=acknowledged).step_by(2).flat_map(large).collect();
    assert!(seen.len() as u64 == acknowledged || seen == all, "{} of {acknowledged}", seen.len());
    assert_eq!(seen, all.get(..seen.len()).unwrap());
    let after = log.head().pos;
    assert_eq!(log.append(&large(after)).unwrap().pos, after + 2);
}
