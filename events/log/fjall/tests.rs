//! What an audit tells about a log whose records or index are not as they should be, and what a start after a
//! checkpoint looks at.

use super::{FjallLog, Options};
use crate::event::{Event, View};
use crate::log::chain::ANCHOR_EVERY;
use crate::log::image::{self, Image, library, ratings};
use crate::log::index;
use crate::log::{Audit, EventLog as _, Finding, LoadError, OpenError, Stamp};
use crate::record::{Pos, Recorded};
use crate::values::VideoId;
use crate::{sample, wire};
use std::path::Path;

const EVENTS: Pos = 2 * ANCHOR_EVERY + 6;

/// The stamp a log of [`ratings`] had when it ended at `pos`.
fn stamp(log: &FjallLog, pos: Pos) -> Stamp {
    let dir = tempfile::tempdir().unwrap();
    let head = image::load(dir.path(), ratings(1..=pos)).unwrap();
    Stamp { head, ..log.stamp() }
}

fn open_after(folder: &Path, start: &Stamp) -> Result<(FjallLog, Vec<Recorded>), OpenError> {
    let mut seen = Vec::new();
    let log = FjallLog::open_after(folder, &Options::default(), start, &mut |record| seen.push(record))?;
    Ok((log, seen))
}

fn audit(folder: &Path) -> Audit {
    let mut seen = 0;
    let audit = FjallLog::audit(folder, &mut |_| seen += 1, &|_| true).unwrap();
    assert_eq!(audit.events, seen);
    assert!(audit.finished);
    audit
}

/// The findings in words, in order.
fn said(audit: &Audit) -> Vec<String> {
    audit.findings.iter().map(ToString::to_string).collect()
}

/// A log of so many events that `change` was done to behind its back.
fn changed(events: Pos, change: impl FnOnce(&FjallLog)) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    image::load(dir.path(), ratings(1..=events)).unwrap();
    change(&image::open(dir.path()).unwrap().0);
    dir
}

#[test]
fn what_comes_after_a_stamp_is_handed_out_wherever_it_is() {
    let dir = tempfile::tempdir().unwrap();
    library(EVENTS - 1, &[1]).put(dir.path());
    let (log, _) = image::open(dir.path()).unwrap();
    let stamps = [0, 1, ANCHOR_EVERY - 1, ANCHOR_EVERY, ANCHOR_EVERY + 1, 2 * ANCHOR_EVERY, EVENTS - 1, EVENTS];
    let stamps = stamps.map(|pos| stamp(&log, pos));
    let head = log.head();
    drop(log);
    for start in stamps {
        let pos = start.head.pos;
        let (log, seen) = open_after(dir.path(), &start).unwrap();
        assert_eq!(log.head(), head, "after {pos}");
        assert_eq!(seen, ratings(pos + 1..=EVENTS).collect::<Vec<_>>(), "after {pos}");
    }
}

#[test]
fn a_log_that_ends_at_a_milestone_and_a_stamp_is_opened() {
    let dir = tempfile::tempdir().unwrap();
    image::load(dir.path(), ratings(1..=ANCHOR_EVERY)).unwrap();
    let (log, _) = image::open(dir.path()).unwrap();
    let (good, head) = (log.stamp(), log.head());
    drop(log);
    let (log, seen) = open_after(dir.path(), &good).unwrap();
    assert_eq!((log.head(), seen.len()), (head, 0));
    drop(log);
    let mut other = good;
    other.head.chain[0] ^= 1;
    assert!(matches!(open_after(dir.path(), &other).unwrap_err(), OpenError::Chain { pos: ANCHOR_EVERY }));
}

#[test]
fn without_its_milestone_a_stamp_proves_nothing() {
    let mut image = library(EVENTS, &[]);
    let dir = tempfile::tempdir().unwrap();
    image.put(dir.path());
    let (log, _) = image::open(dir.path()).unwrap();
    let (early, late) = (stamp(&log, 7), stamp(&log, ANCHOR_EVERY + 7));
    drop(log);
    image.file("anchors.bin").cut(0);
    image.put(dir.path());
    assert!(matches!(open_after(dir.path(), &late).unwrap_err(), OpenError::Witness { .. }));
    let (_, seen) = open_after(dir.path(), &early).unwrap();
    assert_eq!(seen.len() as Pos, EVENTS - 7);
    assert_eq!(Image::take(dir.path()).file("anchors.bin").len, 2 * 44, "the milestones are written again");
}

#[test]
fn damage_before_a_stamp_shows_in_the_audit_and_damage_after_it_at_once() {
    let position = |pos: Pos| move |log: &FjallLog| log.shelf.log.remove(pos.to_be_bytes()).unwrap();
    let before = changed(EVENTS, position(100));
    let after = changed(EVENTS, position(EVENTS - 1));
    for (dir, noticed) in [(before, false), (after, true)] {
        let whole = tempfile::tempdir().unwrap();
        image::load(whole.path(), ratings(1..=EVENTS)).unwrap();
        let head = image::open(whole.path()).unwrap().0.head();
        let id = crate::log::folder::Folder::lock(dir.path()).unwrap().id().unwrap().unwrap();
        let middle = image::open(whole.path()).map(|(log, _)| stamp(&log, ANCHOR_EVERY + 9)).unwrap();
        let opened = open_after(dir.path(), &Stamp { log: id, ..middle });
        assert_eq!(opened.is_err(), noticed);
        if let Ok((log, _)) = opened {
            assert_eq!(log.head(), head);
            let audit = log.reader().audit(&mut |_| (), &|_| true);
            assert_eq!(said(&audit)[0], "position 100 is missing from the log; the next one found is 101");
        }
    }
}

#[test]
fn a_missing_record_is_told_and_the_chain_taken_up_again() {
    let dir = changed(EVENTS, |log| {
        log.shelf.log.remove(100_u64.to_be_bytes()).unwrap();
        let video = index::key(7, 2 * ANCHOR_EVERY + 1);
        log.shelf.by_video.insert(video, []).unwrap();
    });
    let audit = audit(dir.path());
    assert_eq!(audit.head.pos, EVENTS);
    assert_eq!(audit.events, EVENTS - 1);
    let [gap, foreign, lost] = said(&audit).try_into().unwrap();
    assert_eq!(gap, "position 100 is missing from the log; the next one found is 101");
    let video = (100 % 7) + 1;
    let of_lost = format!("the index of events lists position 100 under video {video}, where it does not belong");
    let of_foreign = "the index of events lists position 8193 under video 7, where it does not belong".to_owned();
    assert_eq!([lost, foreign].iter().collect::<std::collections::BTreeSet<_>>(), [&of_lost, &of_foreign].into());
    assert!(audit.findings.iter().all(|finding| finding.advice().ends_with('.')));
}

#[test]
fn another_record_in_a_place_is_told_by_the_chain() {
    let other = wire::encode(&ratings([9]).map(|record| Recorded { occurred_at_ms: 1, ..record }).next().unwrap());
    let dir = changed(EVENTS, |log| log.shelf.log.insert(9_u64.to_be_bytes(), other.unwrap()).unwrap());
    let audit = audit(dir.path());
    assert!(matches!(audit.findings.as_slice(), [Finding::Log(OpenError::Chain { pos: ANCHOR_EVERY })]), "{audit:?}");
    assert_eq!(audit.findings[0].exit_code(), 84);
}

#[test]
fn damaged_records_and_lost_events_are_told_beside_each_other() {
    let dir = changed(9, |log| {
        log.shelf.log.insert(4_u64.to_be_bytes(), "nonsense").unwrap();
        log.shelf.log.insert(6_u64.to_be_bytes(), "").unwrap();
        log.shelf.log.remove(9_u64.to_be_bytes()).unwrap();
    });
    let audit = audit(dir.path());
    let codes: Vec<_> = audit.findings.iter().map(Finding::exit_code).collect();
    for expected in [85, 80, 86] {
        assert!(codes.contains(&expected), "{expected}: {:?}", said(&audit));
    }
    assert!(said(&audit).iter().any(|text| text.starts_with("the record at position 4 is damaged")));
    assert!(said(&audit).iter().any(|text| text.starts_with("the record at position 6 is damaged")));
    assert_eq!(audit.events, 6);
}

#[test]
fn the_index_is_compared_both_ways() {
    let (right, wrong) = (index::key(1, 7), index::key(2, 7));
    let dir = changed(9, |log| {
        log.shelf.by_video.remove(right).unwrap();
        log.shelf.by_video.insert(wrong, []).unwrap();
    });
    let audit = audit(dir.path());
    assert!(matches!(
        audit.findings.as_slice(),
        [Finding::NotIndexed { pos: 7, video: 1 }, Finding::WronglyIndexed { pos: 7, video: 2 }]
    ));
    let dir = changed(9, |log| log.shelf.by_video.remove(right).unwrap());
    let start = {
        let good = tempfile::tempdir().unwrap();
        image::load(good.path(), ratings(1..=9)).unwrap();
        image::open(good.path()).map(|(log, _)| stamp(&log, 3)).unwrap()
    };
    let log = crate::log::folder::Folder::lock(dir.path()).unwrap().id().unwrap().unwrap();
    assert!(matches!(open_after(dir.path(), &Stamp { log, ..start }).unwrap_err(), OpenError::Index));
}

#[test]
fn each_file_beside_the_records_is_looked_at() {
    let image = library(EVENTS, &[1]);
    let codes = |image: &Image| -> Vec<u8> {
        let dir = tempfile::tempdir().unwrap();
        image.put(dir.path());
        let audit = audit(dir.path());
        assert_eq!(audit.events, if audit.head.pos == 0 { 0 } else { EVENTS + 1 });
        audit.findings.iter().map(Finding::exit_code).collect()
    };
    assert_eq!(codes(&image), [0; 0]);
    let without = |name: &str| {
        let mut image = image.clone();
        image.0.retain(|path, _| !path.ends_with(name));
        image
    };
    assert_eq!(codes(&without("HEAD")), [81]);
    assert_eq!(codes(&without("anchors.bin")), [81]);
    assert_eq!(codes(&without("fjall/version")), [81]);
    let with = |name: &str, change: &dyn Fn(&mut Vec<u8>)| {
        let mut image = image.clone();
        change(&mut image.file(name).bytes);
        image
    };
    assert_eq!(codes(&with("HEAD", &|bytes| bytes.iter_mut().for_each(|byte| *byte ^= 1))), [87]);
    assert_eq!(codes(&with("anchors.bin", &|bytes| bytes[3] ^= 1)), [87]);
    let other = library(5, &[]);
    let foreign = other.0.iter().find(|(path, _)| path.ends_with("LOG_ID")).unwrap().1.bytes.clone();
    assert_eq!(codes(&with("LOG_ID", &|bytes| *bytes = foreign.clone())), [82]);
    let garbled = codes(&with("LOG_ID", &|bytes| bytes[0] = b'x'));
    assert_eq!(garbled, [87]);
}

#[test]
fn an_audit_can_be_stopped() {
    let dir = changed(EVENTS, |_| ());
    let audit = FjallLog::audit(dir.path(), &mut |_| (), &|pos| pos == 0).unwrap();
    assert!(!audit.finished);
    assert_eq!(said(&audit), [""; 0]);
    let (log, _) = image::open(dir.path()).unwrap();
    let reader = log.reader();
    drop(log);
    let audit = reader.audit(&mut |_| (), &|_| true);
    assert!(!audit.finished, "the log is closed");
    assert_eq!(said(&audit), [""; 0]);
}

#[test]
fn what_is_appended_meanwhile_is_left_for_the_next_time() {
    let dir = changed(9, |_| ());
    let (mut log, _) = image::open(dir.path()).unwrap();
    let reader = log.reader();
    let more = std::sync::Mutex::new(Some(ratings(10..=20).collect::<Vec<_>>()));
    let writer = std::sync::Mutex::new(&mut log);
    let audit = reader.audit(&mut |_| (), &|_| {
        if let Some(more) = more.lock().unwrap().take() {
            writer.lock().unwrap().append(&more).unwrap();
        }
        true
    });
    assert_eq!((audit.events, said(&audit).len(), audit.finished), (9, 0, true));
}

#[test]
fn what_was_erased_is_in_no_checkpoint_any_more() {
    let dir = tempfile::tempdir().unwrap();
    let (mut log, _) = image::open(dir.path()).unwrap();
    let view = sample::recorded(1, Event::View(View::Started { video: VideoId::new(7).unwrap() }));
    log.append(&[view]).unwrap();
    let checkpoints = crate::log::Checkpoints::new(dir.path(), [1; 32]);
    let before = log.stamp();
    checkpoints.keep(&before, b"video 7 was watched").unwrap();
    assert_eq!(log.redact(&[1]).unwrap(), 1);
    assert_eq!(checkpoints.newest_first().count(), 0);
    // One that was still being written is never used.
    checkpoints.keep(&before, b"video 7 was watched").unwrap();
    let after = log.stamp();
    assert_eq!(after.head, before.head);
    drop(log);
    assert!(matches!(open_after(dir.path(), &before).unwrap_err(), OpenError::ForeignLog { .. }));
    open_after(dir.path(), &after).unwrap();
}

/// The tables of both keyspaces below `folder`.
fn tables(folder: &Path) -> Vec<std::path::PathBuf> {
    let all = Image::take(folder).0.into_keys();
    let ours = |path: &Path| ["keyspaces/1/tables", "keyspaces/2/tables"].iter().any(|end| path.ends_with(end));
    all.filter(|path| path.parent().is_some_and(ours)).collect()
}

#[test]
fn no_table_is_left_that_was_written_before_something_was_erased() {
    let dir = tempfile::tempdir().unwrap();
    let view = |pos| sample::recorded(pos, Event::View(View::Started { video: VideoId::new(7).unwrap() }));
    image::load(dir.path(), (1..=50).map(view)).unwrap();
    let (mut log, _) = image::open(dir.path()).unwrap();
    log.append(&[view(51)]).unwrap();
    let before = tables(dir.path());
    assert!(before.len() >= 2, "{before:?}");
    assert_eq!(log.redact(&[9]).unwrap(), 51, "all of them at the same moment");
    let after = tables(dir.path());
    assert!(after.len() >= 2 && before.iter().all(|table| !after.contains(table)), "{before:?}, then {after:?}");
    let head = log.head();
    drop(log);
    let (log, seen) = image::open(dir.path()).unwrap();
    assert_eq!((log.head(), seen.len()), (head, 51));
    assert!(seen.iter().all(|record| matches!(record.event, Event::Redacted(_))));
}

#[test]
fn what_is_salvaged_is_what_was_stored_up_to_the_damage() {
    let dir = tempfile::tempdir().unwrap();
    // A record that this version passes over.
    let mut frames: Vec<_> = ratings(1..=9).map(|record| (record.pos, wire::encode(&record).unwrap())).collect();
    frames[4].1 = wire::unknown_frame(5, 1);
    let put = |frames: &[(Pos, Vec<u8>)]| {
        FjallLog::replace_log::<LoadError>(dir.path(), |push| {
            frames.iter().try_for_each(|(pos, frame)| push(*pos, frame).map(|_| ()))
        })
    };
    let head = put(&frames).unwrap().head;
    let salvage = || {
        let mut salvaged = Vec::new();
        let ended = FjallLog::salvage(dir.path(), &mut |pos, frame| salvaged.push((pos, frame.to_vec())));
        (salvaged, ended)
    };
    std::fs::write(dir.path().join("log/HEAD"), "").unwrap();
    let (salvaged, ended) = salvage();
    assert!(ended.is_ok(), "{ended:?}");
    assert_eq!(salvaged, frames);
    assert_eq!(put(&salvaged).unwrap().head, head, "with the same chain");
    let (log, _) = image::open(dir.path()).unwrap();
    let mut damaged = frames[6].1.clone();
    damaged[20] ^= 1;
    log.shelf.log.insert(7_u64.to_be_bytes(), damaged).unwrap();
    drop(log);
    let (salvaged, ended) = salvage();
    assert_eq!((salvaged, ended.unwrap_err().exit_code()), (frames[..6].to_vec(), 85));
}
