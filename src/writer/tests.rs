//! What callers of the writer rely on, with disks that fail on demand.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use super::{Receipt, Request, Status, WriteError, Writer, WriterThread};
use crate::decide::given::{found, video};
use crate::decide::{Change, Command, Edit, Rejected};
use crate::metrics::WriterMetrics;
use events::log::memory::{Fault, MemoryDisk};
use events::log::{EventLog, Head};
use events::{Actor, Cause, CommandId, Event, Recorded, Stars};
use projections::{Live, State};
use proptest::prelude::*;

/// The writer of a library of three videos.
struct Running {
    disk: MemoryDisk,
    writer: Writer,
    thread: WriterThread,
    live: Live,
}

/// Three videos, at positions 1 to 3.
fn given_videos() -> MemoryDisk {
    let disk = MemoryDisk::new();
    let mut log = disk.open(&mut |_| ()).unwrap();
    for number in 1..=3 {
        let pos = log.head().pos + 1;
        log.append(&[record(pos, found(number, &format!("{number}.mp4")))]).unwrap();
    }
    disk
}

fn record(pos: u64, event: Event) -> Recorded {
    Recorded {
        pos,
        recorded_at_ms: 1,
        occurred_at_ms: 1,
        batch: pos,
        cause: Cause::Scan,
        actor: Actor(0),
        command_id: CommandId::default(),
        caused_by: 0,
        event,
    }
}

fn start(disk: &MemoryDisk) -> Running {
    let (writer, thread, live) = Writer::start(Box::new(disk.clone()), || 1_000, WriterMetrics::default()).unwrap();
    Running { disk: disk.clone(), writer, thread, live }
}

fn rate(number: u32, stars: u8, key: &str) -> Request {
    let command = Command::Edit(Edit::one(video(number), Change::Rate(Stars::new(stars).unwrap())));
    let id = if key.is_empty() {
        CommandId::default()
    } else {
        CommandId::new(key.as_bytes(), format!("{command:?}").as_bytes())
    };
    Request { command, cause: Cause::Viewer, actor: Actor(9), id }
}

impl Running {
    fn submit(&self, request: Request) -> Result<Receipt, WriteError> {
        self.writer.submit_blocking(request)
    }

    fn stars(&self, number: u32) -> Option<u8> {
        self.live.snapshot().ratings().get(video(number)).map(|rated| rated.stars.get())
    }

    /// Ends the writer and checks that what was shown is what is stored.
    fn stop(self) -> State {
        let shown = self.live.snapshot();
        self.thread.stop();
        assert!(matches!(self.writer.submit_blocking(rate(1, 1, "")), Err(WriteError::Stopped)));
        assert_eq!(self.writer.status(), Status::Stopped);
        let stored = replayed(&self.disk).0;
        assert_eq!(stored.digest(), shown.digest(), "live is not what replay gives");
        stored
    }
}

fn replayed(disk: &MemoryDisk) -> (State, Head) {
    let mut state = State::default();
    let log = disk.open(&mut |recorded| state.apply(&recorded)).unwrap();
    (state, log.head())
}

#[test]
fn an_answered_change_is_visible_and_stored() {
    let running = start(&given_videos());
    assert_eq!(running.submit(rate(2, 4, "")).unwrap(), Receipt { first: 4, events: 1, skipped: 0 });
    assert_eq!(running.stars(2), Some(4));
    assert_eq!(
        running.submit(rate(2, 4, "")).unwrap(),
        Receipt { first: 0, events: 0, skipped: 0 },
        "nothing to change"
    );
    assert!(matches!(running.submit(rate(7, 4, "")), Err(WriteError::Rejected(Rejected::NoSuchVideo(_)))));
    assert_eq!(running.stop().pos(), 4);
}

#[test]
fn a_request_sent_twice_is_carried_out_once() {
    let disk = given_videos();
    let running = start(&disk);
    let first = running.submit(rate(1, 4, "a")).unwrap();
    running.submit(rate(1, 2, "b")).unwrap();
    assert_eq!(running.submit(rate(1, 4, "a")).unwrap(), first);
    assert_eq!(running.stars(1), Some(2), "the second sending must not undo what came between");
    assert!(matches!(running.submit(rate(1, 3, "a")), Err(WriteError::KeyReused)));
    running.stop();

    let running = start(&disk);
    assert_eq!(running.submit(rate(1, 4, "a")).unwrap(), first, "a restart forgets no key");
    assert_eq!(running.stop().pos(), 5);
}

#[test]
fn a_failed_commit_that_was_stored_is_found_again() {
    let running = start(&given_videos());
    running.disk.plan(Some(Fault::Stored));
    assert!(matches!(running.submit(rate(1, 5, "a")), Err(WriteError::Unknown)));
    assert_eq!(running.submit(rate(1, 5, "a")).unwrap(), Receipt { first: 4, events: 1, skipped: 0 });
    assert_eq!(running.stars(1), Some(5));
    assert_eq!(running.writer.status(), Status::Writing);
    assert_eq!(running.stop().pos(), 4);
}

#[test]
fn a_failed_commit_that_was_lost_can_be_sent_again() {
    let running = start(&given_videos());
    running.disk.plan(Some(Fault::Lost));
    assert!(matches!(running.submit(rate(1, 5, "a")), Err(WriteError::Unknown)));
    assert_eq!(running.stars(1), None, "nothing is shown that may not be stored");
    assert_eq!(running.submit(rate(1, 5, "a")).unwrap(), Receipt { first: 4, events: 1, skipped: 0 });
    assert_eq!(running.stop().pos(), 4);
}

#[test]
fn a_full_disk_refuses_changes_and_keeps_showing() {
    let running = start(&given_videos());
    running.submit(rate(1, 3, "")).unwrap();
    running.disk.plan(Some(Fault::DiskFull));
    assert!(matches!(running.submit(rate(1, 5, "")), Err(WriteError::ReadOnly(_))));
    assert_eq!(running.stars(1), Some(3));
    let Status::Full(why) = running.writer.status() else { unreachable!("the disk is full") };
    assert!(why.contains("0 bytes are free"), "{why}");
    running.submit(rate(1, 5, "")).unwrap();
    assert_eq!(running.writer.status(), Status::Writing, "there is room again");
    assert_eq!(running.stop().pos(), 5);
}

#[test]
fn a_view_is_recorded_though_nobody_waits_for_it() {
    let running = start(&given_videos());
    let view = Request { command: Command::StartView { video: video(3) }, ..rate(3, 1, "") };
    running.writer.submit_detached(view).unwrap();
    // The queue is in order, so this answer comes after the view.
    running.submit(rate(1, 1, "")).unwrap();
    assert_eq!(running.stop().views().get(video(3)).count, 1);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever the disk does, a client that sends again until it knows gets each change stored once,
    /// in the order it was given.
    #[test]
    fn retries_converge(steps in prop::collection::vec((1u32..=3, 1u8..=5, 0u8..6), 1..40)) {
        let running = start(&given_videos());
        let mut expected = [None; 3];
        let mut stored = 3;
        for (index, (number, stars, fault)) in steps.into_iter().enumerate() {
            running.disk.plan(match fault { 0 => Some(Fault::Lost), 1 => Some(Fault::Stored), 2 => Some(Fault::DiskFull), _ => None });
            let request = || rate(number, stars, &format!("key {index}"));
            while matches!(running.submit(request()), Err(WriteError::Unknown | WriteError::ReadOnly(_))) {}
            let known = expected.get_mut(number as usize - 1).unwrap();
            if *known != Some(stars) {
                stored += 1;
            }
            *known = Some(stars);
            prop_assert_eq!(running.stars(number), Some(stars));
        }
        for (number, stars) in (1..).zip(expected) {
            prop_assert_eq!(running.stars(number), stars);
        }
        prop_assert_eq!(running.stop().pos(), stored);
    }
}
