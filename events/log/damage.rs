//! What happens to a log whose files were cut, changed, deleted, mixed up or written by others: it is
//! whole, or it is refused. It is never silently shorter or different.

use super::chain::ANCHOR_EVERY;
use super::fjall::{FjallLog, Options};
use super::image::{self, Image, library, ratings};
use super::{AppendError, EventLog as _, LoadError, OpenError};
use crate::event::{Event, Import};
use crate::record::Recorded;
use crate::sample;

/// The exit code of a refusal.
fn code(opened: Result<Vec<Recorded>, OpenError>) -> u8 {
    let error = opened.map(|seen| seen.len()).unwrap_err();
    assert!(error.advice().ends_with('.'));
    error.exit_code()
}

#[test]
fn a_torn_end_leaves_whole_batches() {
    let dir = tempfile::tempdir().unwrap();
    image::load(dir.path(), ratings(1..=5)).unwrap();
    let before = Image::take(dir.path());
    image::append(dir.path(), &[1, 3, 2]);
    // The power goes before HEAD has followed.
    let mut image = Image::take(dir.path());
    *image.file("HEAD") = before.clone().file("HEAD").clone();
    let whole = image.journal().bytes.len();
    let mut lengths = Vec::new();
    for end in (0..=whole).rev().step_by(11) {
        image.journal().bytes.truncate(end);
        let seen = image.open().unwrap();
        assert!([5, 6, 9, 11].contains(&seen.len()), "{} events after a cut at {end}", seen.len());
        assert_eq!(seen, ratings(1..=seen.len() as u64).collect::<Vec<_>>());
        lengths.push(seen.len());
    }
    lengths.dedup();
    assert_eq!(lengths, [11, 9, 6, 5]);
}

#[test]
fn a_torn_end_that_head_knows_of_is_refused() {
    let mut image = library(5, &[1, 3, 2]);
    let whole = image.journal().bytes.len();
    for cut in [1, whole / 4, whole / 2, whole] {
        image.journal().bytes.truncate(whole - cut);
        assert!(matches!(image.open().unwrap_err(), OpenError::LostEvents { known: 11, .. }));
    }
    assert_eq!(code(image.open()), 80);
}

#[test]
fn head_can_be_written_while_the_log_is_open() {
    let dir = tempfile::tempdir().unwrap();
    let (mut log, _) = image::open(dir.path()).unwrap();
    for pos in 1..=3 {
        log.append(&ratings([pos]).collect::<Vec<_>>()).unwrap();
        log.seal().unwrap();
        let mut image = Image::take(dir.path());
        assert_eq!(image.open().unwrap().len() as u64, pos);
        image.journal().bytes.pop();
        assert!(matches!(image.open().unwrap_err(), OpenError::LostEvents { known, .. } if known == pos));
    }
}

#[test]
fn parts_of_another_log_are_refused() {
    let (image, other) = (library(5, &[1]), library(5, &[1]));
    let mut mixed = image.clone();
    *mixed.file("LOG_ID") = other.clone().file("LOG_ID").clone();
    assert_eq!(code(mixed.open()), 82);

    let mut longer = library(5, &[2]);
    *longer.file("LOG_ID") = image.clone().file("LOG_ID").clone();
    *longer.file("HEAD") = image.clone().file("HEAD").clone();
    assert_eq!(longer.open().unwrap().len(), 7, "the same events, and one more than HEAD has seen");

    let dir = tempfile::tempdir().unwrap();
    let tagged = sample::recorded(1, Event::Import(Import::Started { source: "other".into() }));
    image::load(dir.path(), std::iter::once(tagged).chain(ratings(2..=7))).unwrap();
    let mut different = Image::take(dir.path());
    *different.file("LOG_ID") = image.clone().file("LOG_ID").clone();
    *different.file("HEAD") = image.clone().file("HEAD").clone();
    assert_eq!(code(different.open()), 84);
}

#[test]
fn a_folder_named_log_that_is_not_one_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::create_dir(dir.path().join("log")).unwrap();
    std::fs::write(dir.path().join("log/syslog"), "x").unwrap();
    assert!(matches!(image::open(dir.path()).unwrap_err(), OpenError::ForeignLog { .. }));
    assert_eq!(std::fs::read(dir.path().join("log/syslog")).unwrap(), b"x");
}

#[test]
fn a_log_that_was_there_is_missed() {
    let mut image = library(5, &[1]);
    image.0.retain(|path, _| path.ends_with("LOG_ID"));
    assert_eq!(code(image.open()), 81);
}

#[test]
fn what_a_crash_left_of_a_first_start_is_no_obstacle() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::create_dir(dir.path().join("log.new")).unwrap();
    std::fs::write(dir.path().join("log.new/HEAD"), "half").unwrap();
    std::fs::write(dir.path().join("LOG_ID"), "").unwrap();
    assert_eq!(image::open(dir.path()).unwrap().1, []);

    let mut unnamed = library(5, &[1]);
    unnamed.file("LOG_ID").cut(32);
    assert_eq!(unnamed.open().unwrap().len(), 6, "LOG_ID is written last and taken from HEAD");
}

#[test]
fn anchors_left_out_by_a_crash_are_written_again() {
    let events = 2 * ANCHOR_EVERY + 5;
    let mut image = library(events, &[1]);
    let complete = image.file("anchors.bin").clone();
    assert_eq!(complete.len, 2 * 44);
    for len in [0, 43, 44, 60] {
        let dir = tempfile::tempdir().unwrap();
        *image.file("anchors.bin") = complete.clone();
        image.file("anchors.bin").cut(len);
        image.put(dir.path());
        let (log, seen) = image::open(dir.path()).unwrap();
        assert_eq!(seen.len() as u64, events + 1);
        drop(log);
        assert_eq!(*Image::take(dir.path()).file("anchors.bin"), complete);
    }
    // A changed anchor before the last is no such thing, and an anchor beyond the end is lost events.
    let mut changed = library(events, &[]);
    changed.file("anchors.bin").bytes[20] ^= 1;
    assert_eq!(code(changed.open()), 87);
    let mut shorter = library(5, &[]);
    *shorter.file("anchors.bin") = complete;
    assert_eq!(code(shorter.open()), 80);
}

#[test]
fn a_full_disk_stops_writing_before_it_is_full() {
    let dir = tempfile::tempdir().unwrap();
    let batch: Vec<_> = ratings([1]).collect();
    let open = |reserve_bytes| FjallLog::open(dir.path(), &Options { reserve_bytes }, &mut |_| ()).unwrap();
    let mut log = open(Some(u64::MAX));
    assert!(matches!(log.append(&batch).unwrap_err(), AppendError::DiskFull { floor_bytes: u64::MAX, .. }));
    assert_eq!(log.reader().read(0, 9).unwrap(), []);
    assert_eq!(log.append(&[]).unwrap().pos, 0);
    drop(log);
    assert_eq!(open(Some(0)).append(&batch).unwrap().pos, 1);
}

#[test]
fn loading_is_all_or_nothing_and_only_into_an_empty_log() {
    let dir = tempfile::tempdir().unwrap();
    let gap = image::load(dir.path(), ratings([1, 2, 4])).unwrap_err();
    assert!(matches!(gap, LoadError::Append(AppendError::OutOfOrder { head: 2, found: 4 })), "{gap:?}");
    assert_eq!(image::open(dir.path()).unwrap().1, []);

    let stopped = FjallLog::load(dir.path(), |push| {
        ratings(1..=5).try_for_each(push)?;
        Err(LoadError::NotEmpty { events: 0 })
    });
    assert!(stopped.is_err());
    assert_eq!(image::open(dir.path()).unwrap().1, []);

    let head = image::load(dir.path(), ratings(1..=9)).unwrap();
    let (log, seen) = image::open(dir.path()).unwrap();
    assert_eq!(seen, ratings(1..=9).collect::<Vec<_>>());
    assert_eq!(log.head(), head);
    let locked = image::load(dir.path(), ratings(1..=9)).unwrap_err();
    assert!(matches!(locked, LoadError::Open(OpenError::Locked { .. })), "{locked:?}");
    drop(log);
    let full = image::load(dir.path(), ratings(1..=9)).unwrap_err();
    assert!(matches!(full, LoadError::NotEmpty { events: 9 }), "{full:?}");
}

#[test]
fn frames_make_a_log_with_the_same_chain_or_none() {
    let (from, to) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let head = image::load(from.path(), ratings(1..=9)).unwrap();
    let (log, _) = image::open(from.path()).unwrap();
    let mut frames = log.reader().frames(0, 99).unwrap();
    let load = |frames: &[(u64, Vec<u8>)]| {
        FjallLog::load_frames(to.path(), |push| {
            frames.iter().try_for_each(|(pos, frame)| push(*pos, frame).map(|_| ()))
        })
    };
    assert!(matches!(
        load(&frames[1..]).unwrap_err(),
        LoadError::Append(AppendError::OutOfOrder { head: 0, found: 2 })
    ));
    frames[4].1[20] ^= 1;
    assert!(matches!(load(&frames).unwrap_err(), LoadError::Open(OpenError::Damaged { pos: 5, .. })));
    frames[4].1[20] ^= 1;
    assert_eq!(load(&frames).unwrap(), head);
    let (copy, seen) = image::open(to.path()).unwrap();
    assert_eq!((copy.head(), seen), (head, ratings(1..=9).collect()));
}

#[test]
fn a_folder_that_cannot_be_written_is_told_apart_from_a_broken_one() {
    let refuse = |kind: std::io::ErrorKind| super::folder::refuse("data".as_ref(), kind.into()).exit_code();
    assert_eq!(refuse(std::io::ErrorKind::ReadOnlyFilesystem), 77);
    assert_eq!(refuse(std::io::ErrorKind::PermissionDenied), 77);
    assert_eq!(refuse(std::io::ErrorKind::StorageFull), 74);
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("file");
    std::fs::write(&file, "").unwrap();
    assert_eq!(image::open(&file.join("data")).map(|_| ()).unwrap_err().exit_code(), 74);
}
