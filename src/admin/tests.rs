//! Jobs on a log in memory: what they say, how they are cancelled, that one of a kind runs at a time, and what is written
//! down of them.
#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

use super::report::Report;
use super::{Admin, By, Carried, Ground, Piece, StartError, Upload, Wish};
use crate::decide::given::{found, video};
use crate::decide::{Change, Command, Edit};
use crate::status::jobs::{Job, JobBoard, JobKind, JobState, Outcome};
use crate::status::{LibraryStatus, RootState};
use crate::writer::{self, Request, WriterThread};
use events::event::{Maintenance, Rating};
use events::{Actor, Cause, CommandId, Event, Recorded, RootPath, Stars};
use projections::Verified;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tempfile::TempDir;
use tokio::runtime::Handle;
use tokio_util::sync::CancellationToken;
use tools::legacy::Sent;

/// A machine that is busy may take this long for anything.
const PATIENCE: Duration = Duration::from_secs(60);

const BY: By = By { cause: Cause::Viewer, actor: Actor(7) };

/// What is given: jobs on a library, and what it is kept in.
struct Given {
    admin: Admin,
    thread: WriterThread,
    /// How often the folder was asked for a look.
    looks: Arc<AtomicU64>,
    _data: TempDir,
}

/// A library of this many videos in one folder.
fn given(videos: u32) -> Given {
    let data = tempfile::tempdir().unwrap();
    let events = (1..=videos).map(|number| found(number, &format!("{number}.mp4")));
    let writer::given::Given { writer, thread, live, .. } = writer::given::Given::after(events);
    let looks = Arc::new(AtomicU64::new(0));
    let asked = Arc::clone(&looks);
    let ask = move |known: &RootPath, _| (*known == root()).then(|| asked.fetch_add(1, Ordering::SeqCst) + 1);
    let library = LibraryStatus::new(&[root()]);
    let ground = Ground { live, writer, data: data.path().to_owned(), library, ask: Arc::new(ask), clock: || 1_000 };
    Given { admin: Admin::new(ground), thread, looks, _data: data }
}

fn root() -> RootPath {
    RootPath::new("/videos")
}

/// Waits until `done`.
async fn until(done: impl Fn() -> bool) {
    let waiting = async {
        while !done() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, waiting).await.unwrap();
}

async fn ended(board: &JobBoard, id: u64) -> Job {
    until(|| board.get(id).is_some_and(|job| job.state != JobState::Running)).await;
    board.get(id).unwrap()
}

impl Given {
    /// What becomes of a wish.
    async fn done(&self, wish: Wish) -> Job {
        let id = self.admin.start(wish, BY).unwrap();
        ended(self.admin.board(), id).await
    }

    /// What is written down after position `after`.
    fn written(&self, after: u64) -> Vec<Recorded> {
        self.admin.ground().writer.feed().reader().read(after, 100).unwrap()
    }
}

fn fact(job: &Job, name: &str) -> String {
    let facts = &job.outcome.as_ref().unwrap().facts;
    facts.iter().find(|(known, _)| *known == name).map(|(_, value)| value.clone()).unwrap_or_default()
}

#[tokio::test]
async fn a_job_says_what_came_of_it_and_so_does_the_log() {
    let given = given(10_000);
    let job = given.done(Wish::Rebuild).await;
    assert_eq!((job.state, job.done, job.total, job.ended_at_ms), (JobState::Done, 10_000, 10_000, Some(1_000)));
    assert_eq!(fact(&job, "Digest before"), fact(&job, "Digest now"));
    assert_eq!(fact(&job, "Events"), "10000");
    let outcome = job.outcome.clone().unwrap();
    let report = outcome.report.unwrap();
    assert_eq!(
        (report["events"].as_u64(), report["digest"].as_str()),
        (Some(10_000), Some(&*fact(&job, "Digest now")))
    );
    let written = given.written(10_000);
    let [Recorded { cause: Cause::Viewer, actor: Actor(7), event: Event::Maintenance(event), .. }] = &*written else {
        panic!("{written:?}");
    };
    assert_eq!(*event, Maintenance::Done { task: "rebuild".into(), summary: outcome.summary });
    assert!(given.admin.cancel(job.id).unwrap().state == JobState::Done, "what has ended stays as it is");
    assert_eq!(given.admin.cancel(99), None);
    given.thread.stop();
}

#[tokio::test]
async fn a_whole_log_is_proven_and_a_question_is_not_written_down() {
    let given = given(200);
    let job = given.done(Wish::Verify).await;
    let outcome = job.outcome.unwrap();
    assert_eq!((job.state, outcome.code, &*outcome.troubles), (JobState::Done, 0, &[][..]), "{}", outcome.summary);
    for dry_run in [true, false] {
        let job = given.done(Wish::Prune { dry_run }).await;
        assert_eq!(job.state, JobState::Done, "{job:?}");
        assert_eq!(job.outcome.unwrap().report.unwrap()["dry_run"], dry_run);
    }
    let tasks: Vec<String> = given.written(200).into_iter().map(|record| task(&record)).collect();
    assert_eq!(tasks, ["verify", "prune"]);
    let known = given.admin.ground().live.snapshot().maintenance().verified();
    assert_eq!(known, Some(Verified { at_ms: 1_000, whole: true }), "what is shown of it is taken from the log");
    given.thread.stop();
}

fn task(record: &Recorded) -> String {
    let Event::Maintenance(
        Maintenance::Done { task, .. } | Maintenance::Failed { task, .. } | Maintenance::Cancelled { task, .. },
    ) = &record.event
    else {
        return format!("{:?}", record.event);
    };
    task.clone()
}

#[tokio::test]
async fn without_a_log_a_job_fails_and_says_why() {
    let Given { admin, thread, looks: _, _data } = given(3);
    thread.stop();
    let id = admin.start(Wish::Rebuild, BY).unwrap();
    let job = ended(admin.board(), id).await;
    assert_eq!(job.state, JobState::Failed);
    assert!(job.outcome.unwrap().troubles.first().unwrap().what.len() > 10);
    admin.end();
    assert!(matches!(admin.start(Wish::Rebuild, BY), Err(StartError::Ended)), "no job begins when the server stops");
}

#[tokio::test]
async fn a_folder_is_looked_at_when_it_says_so_and_believed_only_when_it_was_not() {
    let given = given(3);
    let admin = &given.admin;
    let (library, board) = (admin.ground().library.clone(), admin.board().clone());
    let answer = |state: RootState, changes| {
        let answered = given.looks.load(Ordering::SeqCst);
        library.update(&root(), |status| (status.state, status.changes, status.answered) = (state, changes, answered));
    };
    let first = admin.start(Wish::Rescan(None), BY).unwrap();
    until(|| given.looks.load(Ordering::SeqCst) == 1).await;
    assert_eq!(board.get(first).unwrap().state, JobState::Running);
    answer(RootState::Refused("300 of 400 are missing".into()), 0);
    let job = ended(&board, first).await;
    assert!(job.state == JobState::Failed && job.outcome.unwrap().summary.contains("300 of 400"));

    let elsewhere = RootPath::new("/elsewhere");
    assert!(matches!(admin.start(Wish::Rescan(Some(elsewhere.clone())), BY), Err(StartError::NoSuchFolder(_))));
    assert!(matches!(admin.start(Wish::AcceptMissing(elsewhere), BY), Err(StartError::NoSuchFolder(_))));
    let gone = admin.start(Wish::AcceptMissing(root()), BY).unwrap();
    until(|| given.looks.load(Ordering::SeqCst) == 2).await;
    answer(RootState::Ok, 300);
    let job = ended(&board, gone).await;
    assert_eq!((job.state, &*fact(&job, "Changes"), job.about.as_deref()), (JobState::Done, "300", Some("/videos")));
    assert!(matches!(admin.start(Wish::AcceptMissing(root()), BY), Err(StartError::NothingMissing(_))), "only once");

    let waiting = admin.start(Wish::Rescan(Some(root())), BY).unwrap();
    assert_eq!(admin.start(Wish::Rescan(Some(root())), BY).unwrap(), waiting, "the same runs already");
    assert!(admin.cancel(waiting).is_some());
    assert_eq!(ended(&board, waiting).await.state, JobState::Cancelled);
    let tasks: Vec<String> = given.written(3).iter().map(task).collect();
    assert_eq!(tasks, ["rescan", "accept-missing", "rescan"]);
    given.thread.stop();
}

/// All that is sent; nothing if it broke off.
async fn all_of(mut pieces: super::Pieces) -> Option<Vec<u8>> {
    let mut all = Vec::new();
    loop {
        match pieces.recv().await? {
            Piece::Bytes(bytes) => all.extend_from_slice(&bytes),
            Piece::End => return Some(all),
        }
    }
}

#[tokio::test]
async fn what_is_carried_away_is_whole_or_breaks_off() {
    let given = given(10_000);
    let (admin, board) = (&given.admin, given.admin.board().clone());
    let (id, pieces) = admin.carry(Carried::Backup, BY).unwrap();
    assert!(matches!(admin.carry(Carried::Backup, BY), Err(StartError::BeingSent(other)) if other == id));
    let backup = String::from_utf8(all_of(pieces).await.unwrap()).unwrap();
    assert!(backup.lines().count() == 10_001 && backup.lines().last().unwrap().contains("\"through\":10000"));
    let job = ended(&board, id).await;
    assert_eq!((job.state, fact(&job, "Bytes")), (JobState::Done, backup.len().to_string()));

    let (id, pieces) = admin.carry(Carried::Backup, BY).unwrap();
    assert!(admin.cancel(id).is_some(), "nobody takes anything, so it waits");
    let job = ended(&board, id).await;
    assert!(job.state == JobState::Cancelled && job.outcome.unwrap().summary.contains("cancelled"));
    assert_eq!(all_of(pieces).await, None);

    let (id, pieces) = admin.carry(Carried::Backup, BY).unwrap();
    drop(pieces);
    let job = ended(&board, id).await;
    assert!(job.state == JobState::Cancelled && job.outcome.unwrap().summary.contains("other end"));

    let (id, pieces) = admin.carry(Carried::Tables, BY).unwrap();
    assert!(all_of(pieces).await.unwrap().starts_with(b"SQLite format 3"));
    ended(&board, id).await;
    let (id, pieces) = admin.carry(Carried::Legacy("favorites.json"), BY).unwrap();
    let favorites: serde_json::Value = serde_json::from_slice(&all_of(pieces).await.unwrap()).unwrap();
    assert_eq!(favorites, serde_json::json!({ "favorites": [] }));
    ended(&board, id).await;
    assert_eq!(std::fs::read_dir(&admin.ground().data).unwrap().count(), 0, "nothing is left");
    given.thread.stop();
}

fn upload(files: &[(&str, &str)]) -> Wish {
    let file = |(name, text): &(&str, &str)| {
        let bytes = text.as_bytes().to_vec().into();
        Sent { name: (*name).to_owned(), written_at_ms: None, bytes }
    };
    let files = files.iter().map(file).collect();
    Wish::PreviewImport(Upload::new(files))
}

#[tokio::test]
async fn files_of_the_old_program_are_looked_at_and_then_brought_in_once() {
    let given = given(3);
    let ratings = r#"{"1.mp4": 4, "2.mp4": 9, "gone.mp4": 3, "3.mp4": 2}"#;
    let asked = given.done(upload(&[("ratings (1).json", ratings), ("holiday.jpg", "\u{1}")])).await;
    assert_eq!(asked.state, JobState::Done, "{asked:?}");
    assert_eq!(fact(&asked, "ratings"), "3 new, 1 refused");
    assert_eq!(fact(&asked, "Videos without a file"), "1");
    let troubles = asked.outcome.as_ref().unwrap().troubles.clone();
    assert!(troubles.iter().any(|trouble| trouble.what.contains("2.mp4: a rating is a whole number")), "{troubles:?}");
    assert_eq!(given.written(3), [], "nothing is written yet");

    // Somebody decides meanwhile, and that stands.
    let change = Change::Rate(Stars::new(1).unwrap());
    let request = Request {
        command: Command::Edit(Edit::one(video(3), change)),
        cause: Cause::Viewer,
        actor: Actor(8),
        id: CommandId::default(),
    };
    given.admin.ground().writer.submit(request).await.unwrap();
    let done = given.done(Wish::Import(asked.id)).await;
    assert_eq!((done.state, &*fact(&done, "Change")), (JobState::Done, "5"), "{done:?}");
    assert_eq!(fact(&done, "ratings"), "2 new, 1 kept as somebody here decided, 1 refused");
    let state = given.admin.ground().live.snapshot();
    let stars = |number| state.ratings().get(video(number)).map(|rated| rated.stars.get());
    assert_eq!([1, 2, 3, 4].map(stars), [Some(4), None, Some(1), Some(3)]);
    assert_eq!(state.anomalies(), 0);
    let written = given.written(4);
    let rated = |record: &Recorded| matches!(record.event, Event::Rating(Rating::Given { .. }));
    assert!(
        written.iter().filter(|record| rated(record)).all(|record| record.cause == Cause::Import && record.batch == 5)
    );
    assert_eq!(written.last().map(task).as_deref(), Some("import"));

    assert!(matches!(given.admin.start(Wish::Import(asked.id), BY), Err(StartError::NothingRead(_))), "it is in");
    let again = given.done(upload(&[("ratings.json", ratings)])).await;
    assert_eq!((fact(&again, "Events"), again.state), ("0".to_owned(), JobState::Done));
    let again = given.done(Wish::Import(again.id)).await;
    assert!(again.state == JobState::Done && again.outcome.unwrap().summary.contains("nothing was written"));
    given.thread.stop();
}

#[tokio::test]
async fn what_is_none_of_the_old_files_is_said_to_be_none_and_what_is_cut_off_is_read_so_far() {
    let given = given(3);
    for name in ["holiday.jpg", "gallery.jsonl", "", "../../ratings"] {
        let job = given.done(upload(&[(name, "{}")])).await;
        let outcome = job.outcome.unwrap();
        assert_eq!((job.state, outcome.code), (JobState::Failed, 65), "{name}");
        assert!(outcome.troubles.first().unwrap().what.contains("ratings.json"));
        assert!(matches!(given.admin.start(Wish::Import(job.id), BY), Err(StartError::NothingRead(_))));
    }
    let (running, _) = given.admin.board().begin(JobKind::ImportDryRun, Some("ratings.json"), 0);
    let other = given.admin.start(upload(&[("ratings.json", "{}")]), BY);
    assert!(matches!(other, Err(StartError::BeingRead(id)) if id == running), "it may say something else: {other:?}");
    given.admin.board().end(running, JobState::Done, Outcome::default(), 0);
    for (text, new) in [(r#"{"1.mp4": 4, "2.mp4": 3, "3."#, "1 new"), ("", ""), ("[[[[", ""), ("\u{0}\u{1}", "")] {
        let job = given.done(upload(&[("C:\\old\\ratings.json", text)])).await;
        assert_eq!((job.state, fact(&job, "ratings")), (JobState::Done, new.to_owned()), "{text}");
        assert!(!job.outcome.unwrap().troubles.is_empty(), "{text}");
    }
    given.thread.stop();
}

#[tokio::test]
async fn a_job_that_was_called_off_hears_of_it_when_it_says_how_far_it_is() {
    let board = JobBoard::default();
    let (id, _) = board.begin(JobKind::Rebuild, None, 0);
    let (cancelled, runtime) = (CancellationToken::new(), Handle::current());
    let clock = || 1_000;
    let mut report =
        Report { board: &board, id, cancelled: &cancelled, clock, runtime: &runtime, told_at_ms: 0, total: 0 };
    assert_eq!(report.tell(10, 100), ControlFlow::Continue(()));
    cancelled.cancel();
    assert_eq!(report.tell(20, 100), ControlFlow::Break(()));
    assert_eq!(board.get(id).unwrap().done, 10, "not said more often than anybody looks");
}
