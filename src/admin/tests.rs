//! Jobs on a log in memory: what they say, how they are called off, and that one of a kind runs at a time.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use super::{Admin, Ground, Report};
use crate::decide::given::found;
use crate::status::jobs::{Job, JobBoard, JobKind, JobState};
use crate::writer::{Writer, WriterThread};
use events::log::EventLog;
use events::log::memory::MemoryDisk;
use events::{Actor, Cause, CommandId, Recorded};
use std::ops::ControlFlow;
use std::sync::atomic::AtomicBool;
use tempfile::TempDir;

/// A library of this many videos, and a data folder that knows only which log it is of.
fn given(videos: u32) -> (Admin, WriterThread, TempDir) {
    let data = tempfile::tempdir().unwrap();
    std::fs::write(data.path().join("LOG_ID"), format!("{}\n", "0123456789abcdef".repeat(2))).unwrap();
    let disk = MemoryDisk::new();
    let mut log = disk.open(&mut |_| ()).unwrap();
    let record = |number: u32| Recorded {
        pos: number.into(),
        recorded_at_ms: 1,
        occurred_at_ms: 1,
        batch: 1,
        cause: Cause::Scan,
        actor: Actor(0),
        command_id: CommandId::default(),
        caused_by: 0,
        event: found(number, &format!("{number}.mp4")),
    };
    log.append(&(1..=videos).map(record).collect::<Vec<_>>()).unwrap();
    drop(log);
    let (writer, thread, live) = Writer::start(Box::new(disk), || 1_000).unwrap();
    let ground = Ground { live, writer, data: data.path().to_owned(), clock: || 1_000 };
    (Admin::new(ground), thread, data)
}

async fn ended(board: &JobBoard, id: u64) -> Job {
    let mut news = board.subscribe();
    let over = |jobs: &Vec<Job>| jobs.iter().any(|job| job.id == id && job.state != JobState::Running);
    news.wait_for(over).await.unwrap();
    board.get(id).unwrap()
}

#[tokio::test]
async fn a_job_says_what_came_of_it() {
    let (admin, thread, _data) = given(10_000);
    let id = admin.start(JobKind::Rebuild).unwrap();
    let job = ended(admin.board(), id).await;
    assert_eq!((job.state, job.done, job.total, job.ended_at_ms), (JobState::Done, 10_000, 10_000, Some(1_000)));
    let outcome = job.outcome.unwrap();
    let fact = |name: &str| outcome.facts.iter().find(|(known, _)| *known == name).map(|(_, value)| value.clone());
    assert_eq!(fact("Digest before"), fact("Digest now"));
    assert_eq!(fact("Events").unwrap(), "10000");
    assert!(admin.cancel(id).unwrap().state == JobState::Done, "what has ended stays as it is");
    assert_eq!(admin.cancel(99), None);
    thread.stop();
}

#[tokio::test]
async fn a_whole_log_is_proven_and_nothing_is_pruned_where_nothing_is() {
    let (admin, thread, _data) = given(200);
    let id = admin.start(JobKind::Verify).unwrap();
    let job = ended(admin.board(), id).await;
    let outcome = job.outcome.unwrap();
    assert_eq!(
        (job.state, outcome.code, outcome.troubles.as_slice()),
        (JobState::Done, 0, &[][..]),
        "{}",
        outcome.summary
    );
    for kind in [JobKind::Prune, JobKind::PruneDryRun] {
        let id = admin.start(kind).unwrap();
        let job = ended(admin.board(), id).await;
        assert_eq!(job.state, JobState::Done, "{job:?}");
    }
    thread.stop();
}

#[tokio::test]
async fn without_a_log_a_job_fails_and_says_why() {
    let (admin, thread, _data) = given(3);
    thread.stop();
    let id = admin.start(JobKind::Rebuild).unwrap();
    let job = ended(admin.board(), id).await;
    assert_eq!(job.state, JobState::Failed);
    assert!(job.outcome.unwrap().troubles.first().unwrap().len() > 10);
    admin.end();
    assert!(admin.start(JobKind::Rebuild).is_err(), "no job begins when the server stops");
}

#[test]
fn a_job_that_was_called_off_hears_of_it_when_it_says_how_far_it_is() {
    let board = JobBoard::default();
    let (id, _) = board.begin(JobKind::Rebuild, 0);
    let cancelled = AtomicBool::new(false);
    let mut report = Report { board: &board, id, cancelled: &cancelled, clock: || 1_000, told_at_ms: 0, total: 0 };
    assert_eq!(report.tell(10, 100), ControlFlow::Continue(()));
    cancelled.store(true, std::sync::atomic::Ordering::Relaxed);
    assert_eq!(report.tell(20, 100), ControlFlow::Break(()));
    assert_eq!(board.get(id).unwrap().done, 10, "not said more often than anybody looks");
}
