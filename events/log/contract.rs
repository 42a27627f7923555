//! What every kind of log must do, written once and run on each of them.

use super::fjall::{LogFolder, Options};
use super::memory::MemoryDisk;
use super::{AppendError, EventLog, Head, LogId, OpenError, OpenLog, ReadError, RedactError, Stamp};
use crate::event::{Event, Import, Playback, Rating, Redacted, Tag, View};
use crate::jsonl;
use crate::record::{Pos, Recorded};
use crate::sample;
use crate::values::{Stars, TagName, VideoId};
use tempfile::TempDir;

/// A fresh place for a log, and what must live as long as it.
type Fresh = (Box<dyn OpenLog>, Option<TempDir>);

fn memory() -> Fresh {
    (Box::new(MemoryDisk::new()), None)
}

fn on_disk() -> Fresh {
    let dir = tempfile::tempdir().unwrap();
    let folder = LogFolder { folder: dir.path().join("data"), options: Options::default() };
    (Box::new(folder), Some(dir))
}

macro_rules! contract {
    ($($name:ident)+) => {
        mod memory {
            $(#[test] fn $name() { super::$name(super::memory()); })+
        }
        mod on_disk {
            $(#[test] fn $name() { super::$name(super::on_disk()); })+
        }
    };
}

contract! {
    starts_empty
    keeps_what_was_appended
    hands_out_every_event_once_when_opened
    refuses_batches_that_do_not_continue_it
    refuses_events_that_are_too_large_and_goes_on
    refuses_events_that_it_could_not_read_back
    reads_from_anywhere
    gives_records_as_they_are_stored
    reads_the_events_of_one_video_newest_first
    readers_see_what_is_appended_after_they_were_made
    has_the_same_chain_however_it_was_cut_into_batches
    has_another_chain_when_anything_differs
    forgets_what_watching_said_and_keeps_the_chain
    forgets_nothing_else
    goes_on_after_a_stamp
    refuses_a_stamp_that_is_not_of_it
    finds_nothing_wrong_with_itself
    lets_nobody_else_in
    closes_its_readers
}

fn rating(pos: Pos, video: u32, stars: u8) -> Recorded {
    let (video, stars) = (VideoId::new(video).unwrap(), Stars::new(stars).unwrap());
    sample::recorded(pos, Event::Rating(Rating::Given { video, stars }))
}

/// Opens the log; what it hands out, too.
fn open(place: &dyn OpenLog) -> (Box<dyn EventLog>, Vec<Recorded>) {
    let mut seen = Vec::new();
    let log = place.open(&mut |record| seen.push(record)).unwrap();
    (log, seen)
}

fn starts_empty((place, _dir): Fresh) {
    let (log, seen) = open(&*place);
    assert_eq!(log.head(), Head::default());
    assert_eq!(seen, []);
    assert_eq!(log.reader().read(0, 10).unwrap(), []);
}

fn keeps_what_was_appended((place, _dir): Fresh) {
    let batch = sample::every_event();
    let (mut log, _) = open(&*place);
    let head = log.append(&batch).unwrap();
    assert_eq!(head, log.head());
    assert_eq!(head.pos, batch.len() as u64);
    assert_eq!(head.recorded_at_ms, batch.last().unwrap().recorded_at_ms);
    assert_eq!(log.reader().read(0, 1_000).unwrap(), batch);
    drop(log);
    let (log, seen) = open(&*place);
    assert_eq!(seen, batch);
    assert_eq!(log.head(), head);
    assert_eq!(log.reader().read(0, 1_000).unwrap(), batch);
}

fn hands_out_every_event_once_when_opened((place, _dir): Fresh) {
    let (mut log, _) = open(&*place);
    let mut expected = Vec::new();
    for round in 0..5 {
        let batch: Vec<_> = (1..=3).map(|n| rating(log.head().pos + n, 7, 1 + round)).collect();
        log.append(&batch).unwrap();
        expected.extend(batch);
        drop(log);
        let (reopened, seen) = open(&*place);
        assert_eq!(seen, expected);
        log = reopened;
    }
}

fn refuses_batches_that_do_not_continue_it((place, _dir): Fresh) {
    let (mut log, _) = open(&*place);
    let head = log.append(&[rating(1, 1, 1)]).unwrap();
    for wrong in [vec![rating(1, 1, 2)], vec![rating(3, 1, 2)], vec![rating(2, 1, 2), rating(4, 1, 2)]] {
        let error = log.append(&wrong).unwrap_err();
        assert!(matches!(error, AppendError::OutOfOrder { .. }), "{error:?}");
    }
    assert_eq!(log.head(), head);
    assert_eq!(log.append(&[]).unwrap(), head);
    assert_eq!(log.reader().read(0, 10).unwrap(), [rating(1, 1, 1)]);
}

fn refuses_events_that_are_too_large_and_goes_on((place, _dir): Fresh) {
    let (mut log, _) = open(&*place);
    let huge = sample::recorded(1, Event::Import(Import::Started { source: "x".repeat(70_000) }));
    let error = log.append(&[huge]).unwrap_err();
    assert!(matches!(error, AppendError::TooLarge { size_bytes: 70_000.., limit_bytes: 65_536 }), "{error:?}");
    assert_eq!(log.append(&[rating(1, 1, 1)]).unwrap().pos, 1);
}

fn refuses_events_that_it_could_not_read_back((place, _dir): Fresh) {
    let video = VideoId::new(1).unwrap();
    for tag in ["#", "#odd", " odd", "e\u{301}", "a\nb"] {
        let event = Event::Tag(Tag::Added { video, tag: TagName::unchecked(tag) });
        let (mut log, _) = open(&*place);
        let error = log.append(&[sample::recorded(1, event)]).unwrap_err();
        assert!(matches!(error, AppendError::Unreadable { pos: 1 }), "{error:?}");
        assert_eq!(log.head().pos, 0);
    }
    assert_eq!(open(&*place).1, []);
}

fn reads_from_anywhere((place, _dir): Fresh) {
    let all: Vec<_> = (1..=10).map(|pos| rating(pos, 1, 3)).collect();
    let (mut log, _) = open(&*place);
    log.append(&all).unwrap();
    let reader = log.reader();
    assert_eq!(reader.read(0, 3).unwrap(), all[..3]);
    assert_eq!(reader.read(4, 3).unwrap(), all[4..7]);
    assert_eq!(reader.read(8, 3).unwrap(), all[8..]);
    assert_eq!(reader.read(10, 3).unwrap(), []);
    assert_eq!(reader.read(u64::MAX, 3).unwrap(), []);
    assert_eq!(reader.read(0, 0).unwrap(), []);
}

fn gives_records_as_they_are_stored((place, _keep): Fresh) {
    let (mut log, _) = open(&*place);
    log.append(&(1..=5).map(|pos| rating(pos, 1, 3)).collect::<Vec<_>>()).unwrap();
    let reader = log.reader();
    let frames = reader.frames(1, 3).unwrap();
    assert_eq!(frames.iter().map(|(pos, _)| *pos).collect::<Vec<_>>(), [2, 3, 4]);
    for (pos, frame) in frames {
        assert_eq!(frame, crate::wire::encode(&rating(pos, 1, 3)).unwrap());
    }
    assert_eq!(reader.frames(4, 9).unwrap().len(), 1);
    assert_eq!((reader.frames(5, 9).unwrap(), reader.frames(u64::MAX, 9).unwrap()), (vec![], vec![]));
}

fn reads_the_events_of_one_video_newest_first((place, _dir): Fresh) {
    let library = sample::recorded(4, Event::Import(Import::Started { source: "old".into() }));
    let all = [rating(1, 1, 1), rating(2, 2, 2), rating(3, 1, 3), library, rating(5, 1, 5), rating(6, 256, 1)];
    let (mut log, _) = open(&*place);
    log.append(&all).unwrap();
    let reader = log.reader();
    let read = |video, before, max| -> Result<Vec<Pos>, ReadError> {
        let records = reader.read_video(VideoId::new(video).unwrap(), before, max)?;
        Ok(records.iter().map(|record| record.pos).collect())
    };
    assert_eq!(read(1, u64::MAX, 10).unwrap(), [5, 3, 1]);
    assert_eq!(read(1, u64::MAX, 2).unwrap(), [5, 3]);
    assert_eq!(read(1, 3, 10).unwrap(), [1]);
    assert_eq!(read(2, u64::MAX, 10).unwrap(), [2]);
    assert_eq!(read(256, u64::MAX, 10).unwrap(), [6]);
    assert_eq!(read(3, u64::MAX, 10).unwrap(), [0; 0]);
    assert_eq!(read(1, 0, 10).unwrap(), [0; 0]);
}

fn readers_see_what_is_appended_after_they_were_made((place, _dir): Fresh) {
    let (mut log, _) = open(&*place);
    let reader = log.reader();
    log.append(&[rating(1, 1, 1)]).unwrap();
    assert_eq!(reader.read(0, 10).unwrap().len(), 1);
    log.append(&[rating(2, 1, 1)]).unwrap();
    assert_eq!(reader.read(0, 10).unwrap().len(), 2);
}

fn has_the_same_chain_however_it_was_cut_into_batches((place, _dir): Fresh) {
    let all: Vec<_> = (1..=6).map(|pos| rating(pos, 1, 3)).collect();
    let (mut log, _) = open(&*place);
    let head = log.append(&all).unwrap();
    for size in 1..=6 {
        let (other, _other_dir) = memory();
        let (mut other, _) = open(&*other);
        for batch in all.chunks(size) {
            other.append(batch).unwrap();
        }
        assert_eq!(other.head(), head);
    }
}

fn has_another_chain_when_anything_differs((place, _dir): Fresh) {
    let (mut log, _) = open(&*place);
    let head = log.append(&[rating(1, 1, 1)]).unwrap();
    let view = sample::recorded(1, Event::View(View::Started { video: VideoId::new(1).unwrap() }));
    let later = Recorded { occurred_at_ms: 1, ..rating(1, 1, 1) };
    for event in [rating(1, 1, 2), rating(1, 2, 1), view, later] {
        let (other, _other_dir) = memory();
        let (mut other, _) = open(&*other);
        assert_ne!(other.append(&[event]).unwrap().chain, head.chain);
    }
}

fn forgets_what_watching_said_and_keeps_the_chain((place, _dir): Fresh) {
    let video = VideoId::new(7).unwrap();
    let view = sample::recorded(2, Event::View(View::Started { video }));
    let left = sample::recorded(3, Event::Playback(Playback::Paused { video, position_ms: 5 }));
    let (mut log, _) = open(&*place);
    let head = log.append(&[rating(1, 7, 1), view, left, rating(4, 7, 2)]).unwrap();
    assert_eq!(log.redact(&[3, 2, 3]).unwrap(), 2);
    let reader = log.reader();
    let of_video = |video| -> Vec<Pos> {
        reader.read_video(video, u64::MAX, 9).unwrap().iter().map(|record| record.pos).collect()
    };
    assert_eq!(of_video(video), [4, 1]);
    let read = reader.read(0, 9).unwrap();
    assert!(matches!(read[1].event, Event::Redacted(Redacted { kind: 401, version: 1, .. })), "{:?}", read[1]);
    assert!(matches!(read[2].event, Event::Redacted(Redacted { kind: 501, version: 1, .. })), "{:?}", read[2]);
    assert_eq!(log.redact(&[2, 3]).unwrap(), 0, "there is nothing left to erase");
    assert_eq!(log.append(&[]).unwrap(), head);
    drop((log, reader));
    let (mut log, seen) = open(&*place);
    assert_eq!((log.head(), &seen), (head, &read));
    // What goes out as text comes back as the very same log.
    let lines: Vec<_> = seen.iter().map(|record| jsonl::write(record).unwrap()).collect();
    let copied: Vec<_> = lines.iter().map(|line| jsonl::read(line).unwrap()).collect();
    let (mut copy, _) = open(&MemoryDisk::new());
    assert_eq!(copy.append(&copied).unwrap(), head);
    assert_eq!(log.append(&[rating(5, 7, 3)]).unwrap(), copy.append(&[rating(5, 7, 3)]).unwrap());
}

fn forgets_nothing_else((place, _dir): Fresh) {
    let view = sample::recorded(2, Event::View(View::Started { video: VideoId::new(7).unwrap() }));
    let all = [rating(1, 7, 1), view];
    let (mut log, _) = open(&*place);
    log.append(&all).unwrap();
    let error = log.redact(&[2, 1]).unwrap_err();
    assert!(matches!(error, RedactError::NotRedactable { pos: 1 }), "{error:?}");
    for missing in [0, 3] {
        let error = log.redact(&[2, missing]).unwrap_err();
        assert!(matches!(error, RedactError::Read(ReadError::Missing { pos }) if pos == missing), "{error:?}");
    }
    assert_eq!(log.redact(&[]).unwrap(), 0);
    assert_eq!(log.reader().read(0, 9).unwrap(), all, "all or nothing");
}

fn open_after(place: &dyn OpenLog, start: &Stamp) -> Result<(Box<dyn EventLog>, Vec<Recorded>), OpenError> {
    let mut seen = Vec::new();
    let log = place.open_after(start, &mut |record| seen.push(record))?;
    Ok((log, seen))
}

fn goes_on_after_a_stamp((place, _dir): Fresh) {
    let all: Vec<_> = (1..=6).map(|pos| rating(pos, 7, 3)).collect();
    let (mut log, _) = open(&*place);
    let mut stamps = vec![log.stamp()];
    for batch in all.chunks(2) {
        log.append(batch).unwrap();
        stamps.push(log.stamp());
    }
    for start in stamps {
        drop(log);
        let (opened, seen) = open_after(&*place, &start).unwrap();
        assert_eq!(seen, all[usize::try_from(start.head.pos).unwrap()..]);
        assert_eq!(opened.head().pos, 6);
        assert_eq!(opened.reader().read(0, 9).unwrap(), all);
        log = opened;
    }
    log.append(&[rating(7, 1, 1)]).unwrap();
}

fn refuses_a_stamp_that_is_not_of_it((place, _dir): Fresh) {
    let view = sample::recorded(2, Event::View(View::Started { video: VideoId::new(7).unwrap() }));
    let (mut log, _) = open(&*place);
    log.append(&[rating(1, 7, 3), view]).unwrap();
    let good = log.stamp();
    log.append(&[rating(3, 7, 3)]).unwrap();
    drop(log);
    let mut chain = good.head.chain;
    chain[31] ^= 1;
    let bad = [
        Stamp { log: LogId([0; 16]), ..good },
        Stamp { redactions: 1, ..good },
        Stamp { head: Head { chain, ..good.head }, ..good },
        Stamp { head: Head { pos: 1, ..good.head }, ..good },
        Stamp { head: Head { pos: 4, ..good.head }, ..good },
        Stamp { head: Head { pos: u64::MAX, ..good.head }, ..good },
    ];
    for bad in bad {
        assert!(open_after(&*place, &bad).is_err(), "{bad:?}");
    }
    let (mut log, seen) = open_after(&*place, &good).unwrap();
    assert_eq!(seen, [rating(3, 7, 3)]);
    log.redact(&[2]).unwrap();
    drop(log);
    assert!(open_after(&*place, &good).is_err(), "something was erased since");
    open(&*place);
}

fn finds_nothing_wrong_with_itself((place, _dir): Fresh) {
    let (mut log, _) = open(&*place);
    assert_eq!(log.reader().audit(&mut |_| (), &|_| true).findings.len(), 0);
    let batch = sample::every_event();
    let head = log.append(&batch).unwrap();
    let views = batch.iter().filter(|record| record.event.can_be_redacted()).map(|record| record.pos);
    log.redact(&views.collect::<Vec<_>>()).unwrap();
    let mut seen = Vec::new();
    let audit = log.reader().audit(&mut |record| seen.push(record), &|_| true);
    assert_eq!(seen, log.reader().read(0, 1_000).unwrap());
    assert_eq!((audit.head, audit.events, audit.finished), (head, head.pos, true));
    assert!(audit.findings.is_empty(), "{audit:?}");
}

fn lets_nobody_else_in((place, _dir): Fresh) {
    let (log, _) = open(&*place);
    let error = place.open(&mut |_| ()).map(|_| ()).unwrap_err();
    assert!(matches!(error, OpenError::Locked { .. }), "{error:?}");
    assert_eq!(error.exit_code(), 75);
    drop(log);
    open(&*place);
}

fn closes_its_readers((place, _dir): Fresh) {
    let (mut log, _) = open(&*place);
    log.append(&[rating(1, 1, 1)]).unwrap();
    let old = log.reader();
    drop(log);
    assert!(matches!(old.read(0, 9), Err(ReadError::Closed)));
    let (log, _) = open(&*place);
    assert!(matches!(old.read(0, 9), Err(ReadError::Closed)));
    assert!(matches!(old.read_video(VideoId::new(1).unwrap(), 9, 9), Err(ReadError::Closed)));
    assert_eq!(log.reader().read(0, 9).unwrap().len(), 1);
}
