//! What is the same with and without checkpoints, and what becomes of a damaged log after a start from one.

use super::{EVERY, Keeper, Known, bytes};
use crate::decide::given::{found, video};
use crate::decide::{Change, Command, Edit};
use crate::metrics::WriterMetrics;
use crate::writer::rebuild::Redaction;
use crate::writer::seen::Seen;
use crate::writer::{Message, Request, Status, WriteError, Writer, WriterThread};
use events::event::View;
use events::log::fjall::{FjallLog, LogFolder, Options};
use events::log::{Checkpoint, Checkpoints, Head, LoadError, LogId, Stamp};
use events::{Actor, Cause, CommandId, Event, Pos, Recorded, Stars};
use projections::{Live, SCHEMA, State};
use std::path::{Path, PathBuf};

fn record(pos: Pos, event: Event) -> Recorded {
    let command_id = CommandId { key: pos, body: 1 };
    let (batch, cause, actor, occurred_at_ms) = (pos, Cause::Viewer, Actor(0), pos.cast_signed());
    Recorded { pos, recorded_at_ms: 1, occurred_at_ms, batch, cause, actor, command_id, caused_by: 0, event }
}

/// A data folder with a video that was watched so often that the log has `events` events.
fn library(events: Pos) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    FjallLog::load::<LoadError>(dir.path(), |push| {
        push(record(1, found(1, "1.mp4")))?;
        (2..=events).try_for_each(|pos| push(record(pos, Event::View(View::Started { video: video(1) }))))
    })
    .unwrap();
    dir
}

fn start(data: &Path) -> (Writer, WriterThread, Live) {
    let place = LogFolder { folder: data.to_owned(), options: Options { reserve_bytes: Some(0) } };
    Writer::start(Box::new(place), || 1_000, WriterMetrics::default()).unwrap()
}

fn rate(stars: u8, key: &str) -> Request {
    let command = Command::Edit(Edit::one(video(1), Change::Rate(Stars::new(stars).unwrap())));
    let id = CommandId::new(key.as_bytes(), format!("{command:?}").as_bytes());
    Request { command, cause: Cause::Viewer, actor: Actor(9), id }
}

fn checkpoints(data: &Path) -> Vec<Checkpoint> {
    Checkpoints::new(data, SCHEMA).newest_first().collect()
}

/// The state that all of the log leads to.
fn replayed(data: &Path) -> State {
    let mut replay = State::replay();
    FjallLog::open(data, &Options::default(), &mut |recorded| replay.fold(&recorded)).unwrap();
    replay.finish()
}

#[test]
fn a_start_from_a_checkpoint_knows_the_same_as_one_without() {
    let dir = library(50);
    let (writer, thread, live) = start(dir.path());
    let first = writer.submit_blocking(rate(4, "a")).unwrap();
    let digest = live.snapshot().digest();
    thread.stop();
    let [kept] = checkpoints(dir.path()).try_into().unwrap();
    assert_eq!(kept.stamp.head.pos, 51);

    let (writer, thread, live) = start(dir.path());
    assert_eq!(live.snapshot().digest(), digest);
    assert_eq!(writer.submit_blocking(rate(4, "a")).unwrap(), first, "no key is forgotten");
    assert!(matches!(writer.submit_blocking(rate(3, "a")), Err(WriteError::KeyReused)));
    writer.submit_blocking(rate(2, "b")).unwrap();
    let digest = live.snapshot().digest();
    thread.stop();
    assert_eq!(checkpoints(dir.path()).iter().map(|kept| kept.stamp.head.pos).collect::<Vec<_>>(), [52, 51]);
    assert_eq!(replayed(dir.path()).digest(), digest);

    // Nothing is new, so nothing is written.
    let before = std::fs::metadata(dir.path().join("checkpoints/52.ckpt")).unwrap().modified().unwrap();
    start(dir.path()).1.stop();
    assert_eq!(std::fs::metadata(dir.path().join("checkpoints/52.ckpt")).unwrap().modified().unwrap(), before);
}

#[test]
fn a_checkpoint_that_says_something_else_is_taken_only_as_far_as_it_is_proven() {
    let dir = library(50);
    start(dir.path()).1.stop();
    let digest = replayed(dir.path()).digest();
    let [kept] = checkpoints(dir.path()).try_into().unwrap();
    let place = Checkpoints::new(dir.path(), SCHEMA);
    let Head { chain, .. } = kept.stamp.head;
    let another = |stamp: Stamp, bytes: &[u8]| {
        place.delete().unwrap();
        place.keep(&stamp, bytes).unwrap();
        let (_, thread, live) = start(dir.path());
        assert_eq!(live.snapshot().digest(), digest, "{stamp:?}");
        thread.stop();
    };
    another(Stamp { head: Head { pos: 49, ..kept.stamp.head }, ..kept.stamp }, &kept.bytes);
    another(Stamp { head: Head { pos: 51, ..kept.stamp.head }, ..kept.stamp }, &kept.bytes);
    another(Stamp { head: Head { chain: chain.map(|byte| !byte), ..kept.stamp.head }, ..kept.stamp }, &kept.bytes);
    another(Stamp { log: LogId([0; 16]), ..kept.stamp }, &kept.bytes);
    another(Stamp { redactions: 1, ..kept.stamp }, &kept.bytes);
    for cut in [0, 7, 8, 40, kept.bytes.len() - 1] {
        another(kept.stamp, &kept.bytes[..cut]);
    }
    another(kept.stamp, b"no state at all");
}

#[test]
fn nothing_is_kept_while_what_is_shown_may_tell_of_something_that_was_forgotten() {
    let dir = library(9);
    let (writer, thread, live) = start(dir.path());
    let (answer, answered) = tokio::sync::oneshot::channel();
    writer.queue.send(Message::Redact(Redaction { positions: vec![4, 5], answer })).unwrap();
    assert_eq!(answered.blocking_recv().unwrap().unwrap(), 2);
    writer.submit_blocking(rate(2, "b")).unwrap();
    assert_eq!(live.snapshot().views().get(video(1)).count, 8);
    thread.stop();
    assert_eq!(checkpoints(dir.path()).len(), 0);
    let (_, thread, live) = start(dir.path());
    assert_eq!(live.snapshot().views().get(video(1)).count, 6);
    thread.stop();
}

#[test]
fn what_is_forgotten_is_in_no_checkpoint() {
    let dir = library(9);
    start(dir.path()).1.stop();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let (writer, thread, live) = start(dir.path());
    assert_eq!(runtime.block_on(writer.forget(vec![4, 5])).unwrap(), 2);
    assert_eq!(live.snapshot().views().get(video(1)).count, 6);
    writer.submit_blocking(rate(2, "b")).unwrap();
    let digest = live.snapshot().digest();
    thread.stop();
    let [kept] = checkpoints(dir.path()).try_into().unwrap();
    assert_eq!((kept.stamp.head.pos, kept.stamp.redactions), (10, 1));
    let (_, thread, live) = start(dir.path());
    assert_eq!(live.snapshot().digest(), digest);
    thread.stop();
    assert_eq!(replayed(dir.path()).digest(), digest);
}

/// The largest file with records: a table of them.
fn table(data: &Path) -> PathBuf {
    let mut folders = vec![data.join("log/fjall")];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_none_or(|end| end != "jnl") {
                files.push((std::fs::metadata(&path).unwrap().len(), path));
            }
        }
    }
    files.into_iter().max().unwrap().1
}

#[test]
fn damage_before_the_checkpoint_is_noticed_after_the_start_and_stops_writing() {
    let dir = library(20_000);
    start(dir.path()).1.stop();
    let table = table(dir.path());
    let mut damaged = std::fs::read(&table).unwrap();
    damaged[2_000] ^= 1;
    std::fs::write(&table, damaged).unwrap();
    let (writer, mut thread, live) = start(dir.path());
    assert_eq!(live.snapshot().pos(), 20_000);
    thread.doubt.take().unwrap().join().unwrap();
    let refused = writer.submit_blocking(rate(4, "a")).unwrap_err();
    assert!(matches!(refused, WriteError::ReadOnly(_)), "{refused:?}");
    let Status::Damaged(reason) = writer.status() else { panic!("{:?}", writer.status()) };
    assert!(reason.starts_with("the log is damaged: "), "{reason}");
    assert_eq!(live.snapshot().pos(), 20_000, "what is known is still shown");
    thread.stop();
    assert!(checkpoints(dir.path()).is_empty(), "the next start reads all of it");
    let place = LogFolder { folder: dir.path().to_owned(), options: Options::default() };
    assert!(Writer::start(Box::new(place), || 1_000, WriterMetrics::default()).is_err());
}

#[test]
fn a_whole_log_is_left_in_peace() {
    let dir = library(20_000);
    start(dir.path()).1.stop();
    let (writer, mut thread, _) = start(dir.path());
    thread.doubt.take().unwrap().join().unwrap();
    writer.submit_blocking(rate(4, "a")).unwrap();
    assert_eq!(writer.status(), Status::Writing);
    thread.stop();
}

#[test]
fn what_is_known_is_kept_now_and_then_beside_the_work() {
    let dir = tempfile::tempdir().unwrap();
    let place = Checkpoints::new(dir.path(), SCHEMA);
    let mut keeper = Keeper::new(Some(place), 10);
    let (state, seen) = (State::default(), Seen::default());
    let at = |pos| Stamp { log: LogId([1; 16]), head: Head { pos, ..Head::default() }, redactions: 0 };
    keeper.keep_when_due(&at(10 + EVERY), &state, &seen);
    assert!(keeper.at_work.is_none(), "not yet");
    keeper.keep_when_due(&at(11 + EVERY), &state, &seen);
    keeper.at_work.take().unwrap().join().unwrap();
    keeper.keep_when_due(&at(12 + EVERY), &state, &seen);
    assert!(keeper.at_work.is_none(), "it was just kept");
    let [kept] = checkpoints(dir.path()).try_into().unwrap();
    assert_eq!((kept.stamp, kept.bytes), (at(11 + EVERY), bytes(&state, &seen)));
    keeper.keep_at_end(&at(11 + EVERY), &state, &seen);
    keeper.keep_at_end(&at(13 + EVERY), &state, &seen);
    assert_eq!(checkpoints(dir.path()).len(), 2);
    keeper.keep_when_due(&at(14 + 2 * EVERY), &state, &seen);
    keeper.delete();
    keeper.keep_at_end(&at(15 + 2 * EVERY), &state, &seen);
    assert!(checkpoints(dir.path()).is_empty(), "nothing is written behind it");
}

#[test]
fn any_bytes_are_a_window_of_requests_or_refused() {
    let mut seen = Seen::default();
    for pos in 1..=300 {
        seen.note(&record(pos / 2 + 1, found(1, "1.mp4")));
    }
    let whole = seen.checkpoint();
    assert_eq!(Seen::restore(&whole), Some(seen));
    assert_eq!(Seen::restore(&[]), Some(Seen::default()));
    assert_eq!(Seen::restore(&whole[1..]), None);
    assert_eq!(Seen::restore(&[&whole[..32], &whole[..32]].concat()), None, "the same request twice");
    assert!(Known::restore(&bytes(&State::default(), &Seen::default())).is_some());
    for odd in [&[][..], &[0; 7], &[0; 8], &[255; 8], &[1; 40]] {
        assert!(Known::restore(odd).is_none(), "{odd:?}");
    }
}
