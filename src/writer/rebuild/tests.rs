//! Computing anew and forgetting, while everything goes on.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use super::super::{Message, Request, WriteError, Writer, WriterThread};
use super::{FEW, RebuildError, Redaction};
use crate::decide::given::{found, recorded, video};
use crate::decide::{Change, Command, Edit, Undo};
use crate::metrics::WriterMetrics;
use crate::writer::Past;
use crate::writer::forgetting::WAITING_MAX;
use events::log::memory::MemoryDisk;
use events::log::{
    AppendError, Checkpoints, EventLog, Head, LogReader, OpenError, OpenLog, ReadError, RedactError, Stamp,
};
use events::{Actor, Cause, CommandId, Event, Pos, Recorded, Stars};
use projections::{Live, State};
use std::sync::Arc;

struct Running {
    disk: MemoryDisk,
    writer: Writer,
    thread: WriterThread,
    live: Live,
}

impl Running {
    /// A writer of a library of this many videos.
    fn of(videos: u32) -> Self {
        Self::on(videos, |disk| Box::new(disk))
    }

    /// The same, opening the log as `open` does.
    fn on(videos: u32, open: impl Fn(MemoryDisk) -> Box<dyn OpenLog>) -> Self {
        let disk = MemoryDisk::new();
        let found = |number: u32| recorded(u64::from(number), found(number, &format!("{number}.mp4")));
        disk.open(&mut |_| ()).unwrap().append(&(1..=videos).map(found).collect::<Vec<_>>()).unwrap();
        let (writer, thread, live) = Writer::start(open(disk.clone()), || 1_000_000, WriterMetrics::default()).unwrap();
        Self { disk, writer, thread, live }
    }

    /// Carries out a command, and gives the position of its first event.
    fn submit(&self, command: Command) -> Pos {
        let request = Request { command, cause: Cause::Viewer, actor: Actor(9), id: CommandId::default() };
        self.writer.submit_blocking(request).unwrap().first
    }

    fn rate(&self, stars: u8) -> Pos {
        self.submit(Command::Edit(Edit::one(video(1), Change::Rate(Stars::new(stars).unwrap()))))
    }

    fn watch(&self) -> Pos {
        self.submit(Command::StartView { video: video(1) })
    }

    /// Erases without computing anew.
    fn redact(&self, pos: Pos) {
        let (answer, answered) = tokio::sync::oneshot::channel();
        self.writer.send(Message::Redact(Redaction { positions: vec![pos], answer })).unwrap();
        assert_eq!(answered.blocking_recv().unwrap().unwrap(), 1);
    }

    fn views(&self) -> u64 {
        self.live.snapshot().views().get(video(1)).count
    }

    /// What the log says at this position.
    fn event(&self, pos: Pos) -> Event {
        self.writer.feed().reader().read(pos - 1, 1).unwrap().remove(0).event
    }

    /// Ends the writer, and checks that what was shown is what is stored.
    fn stop(self) {
        let shown = self.live.snapshot();
        self.thread.stop();
        let mut stored = State::default();
        self.disk.open(&mut |recorded| stored.apply(&recorded)).unwrap();
        assert_eq!(stored.digest(), shown.digest());
    }
}

/// So many that most of them are not learned by the writer's thread.
const MANY: u32 = 2 * FEW as u32;

#[tokio::test]
async fn what_was_forgotten_is_gone_from_everywhere() {
    let running = tokio::task::spawn_blocking(|| Running::of(3)).await.unwrap();
    let (running, viewed, rated) = tokio::task::spawn_blocking(move || {
        let viewed = running.watch();
        let rated = running.rate(4);
        (running, viewed, rated)
    })
    .await
    .unwrap();
    let feed = running.writer.feed();
    let before = feed.moments().after(viewed).await.unwrap();
    assert_eq!((before.views().get(video(1)).count, running.views(), running.live.edition()), (1, 1, 0));

    assert_eq!(running.writer.forget(vec![viewed]).await.unwrap(), 1);
    assert_eq!((running.views(), running.live.edition()), (0, 1));
    let snapshot = running.live.snapshot();
    assert_eq!((snapshot.pos(), snapshot.check()), (rated, Default::default()));
    assert_eq!(feed.moments().after(viewed).await.unwrap().views().get(video(1)).count, 0);
    let run = feed.subscribe(viewed - 1).next().await.unwrap().unwrap();
    assert!(matches!(run.first().unwrap().event, Event::Redacted(_)), "{run:?}");
    assert_eq!(feed.past(rated).await.unwrap().unwrap().events.len(), 1);

    assert_eq!(running.writer.forget(vec![viewed]).await.unwrap(), 0, "once is enough");
    assert_eq!(running.live.edition(), 1);
    running.stop();
}

#[tokio::test]
async fn only_viewings_can_be_forgotten() {
    let (running, rated, viewed) = tokio::task::spawn_blocking(|| {
        let running = Running::of(1);
        let (rated, viewed) = (running.rate(3), running.watch());
        (running, rated, viewed)
    })
    .await
    .unwrap();
    for positions in [vec![viewed, rated], vec![99], vec![0]] {
        let refused = running.writer.forget(positions).await.unwrap_err();
        assert!(matches!(refused, RebuildError::Writer(WriteError::NotRedactable(_))), "{refused}");
    }
    assert!(matches!(running.event(viewed), Event::View(_)));
    assert_eq!((running.views(), running.live.edition()), (1, 0));
    running.stop();
}

#[test]
fn what_is_changed_meanwhile_is_there_afterwards() {
    let running = Running::of(MANY);
    let mut changes = 0;
    let anew = running.writer.rebuild(&mut |reached, head| {
        assert!(reached <= head);
        changes += 1;
        running.rate(u8::try_from(changes % 5).unwrap() + 1);
        true
    });
    let anew = anew.unwrap();
    assert!(changes > 0);
    assert_eq!((anew.pos, anew.digest_before), (u64::from(MANY) + changes, Some(anew.digest_now)));
    assert_eq!(running.live.snapshot().pos(), anew.pos);
    running.rate(5);
    running.stop();
}

#[test]
fn what_is_forgotten_meanwhile_is_not_shown_again() {
    let running = Running::of(MANY);
    let viewed = running.watch();
    let mut first = true;
    let mut runs = 0;
    let anew = running.writer.rebuild(&mut |reached, head| {
        runs += u64::from(reached == head);
        if std::mem::take(&mut first) {
            running.redact(viewed);
        }
        true
    });
    assert_eq!((runs, running.views()), (2, 0), "what was read before is not used");
    assert_eq!(anew.unwrap().digest_before, None, "what was shown before told of it");
    running.stop();
}

#[test]
fn it_can_be_cancelled() {
    let running = Running::of(MANY);
    let shown = running.live.snapshot();
    assert!(matches!(running.writer.rebuild(&mut |_, _| false), Err(RebuildError::Cancelled)));
    assert_eq!((running.live.edition(), running.live.snapshot().digest()), (0, shown.digest()));
    running.stop();
}

/// A log on which erasing fails: everything is erased, or nothing can be read.
struct Failing {
    disk: MemoryDisk,
    log: Option<Box<dyn EventLog>>,
    unreadable: bool,
}

impl Failing {
    fn on(disk: MemoryDisk, unreadable: bool) -> Box<dyn OpenLog> {
        Box::new(Self { disk, log: None, unreadable })
    }
}

impl OpenLog for Failing {
    fn open(&self, each: &mut dyn FnMut(Recorded)) -> Result<Box<dyn EventLog>, OpenError> {
        let log: Box<dyn EventLog> = Box::new(self.disk.open(each)?);
        Ok(Box::new(Self { disk: self.disk.clone(), log: Some(log), unreadable: self.unreadable }))
    }

    fn open_after(&self, _: &Stamp, each: &mut dyn FnMut(Recorded)) -> Result<Box<dyn EventLog>, OpenError> {
        self.open(each)
    }

    fn checkpoints(&self, _: [u8; 32]) -> Option<Checkpoints> {
        None
    }
}

impl EventLog for Failing {
    fn head(&self) -> Head {
        self.log.as_ref().unwrap().head()
    }

    fn stamp(&self) -> Stamp {
        self.log.as_ref().unwrap().stamp()
    }

    fn append(&mut self, batch: &[Recorded]) -> Result<Head, AppendError> {
        self.log.as_mut().unwrap().append(batch)
    }

    fn redact(&mut self, positions: &[Pos]) -> Result<usize, RedactError> {
        if self.unreadable {
            return Err(ReadError::Storage("planned by the test".into()).into());
        }
        self.log.as_mut().unwrap().redact(positions)?;
        Err(RedactError::Unknown("planned by the test".into()))
    }

    fn reader(&self) -> Arc<dyn LogReader> {
        self.log.as_ref().unwrap().reader()
    }
}

/// A writer of one video that was watched, and the position of that.
async fn watched(open: impl Fn(MemoryDisk) -> Box<dyn OpenLog> + Send + 'static) -> (Running, Pos) {
    let start = move || {
        let running = Running::on(1, open);
        let viewed = running.watch();
        (running, viewed)
    };
    tokio::task::spawn_blocking(start).await.unwrap()
}

async fn blocking<T: Send + 'static>(
    running: Running,
    work: impl FnOnce(&Running) -> T + Send + 'static,
) -> (Running, T) {
    let work = move || {
        let done = work(&running);
        (running, done)
    };
    tokio::task::spawn_blocking(work).await.unwrap()
}

#[tokio::test]
async fn what_was_erased_and_is_still_shown_is_gone_when_it_is_forgotten_again() {
    let (running, viewed) = watched(|disk| Box::new(disk)).await;
    let (running, ()) = blocking(running, move |running| running.redact(viewed)).await;
    assert_eq!((running.views(), running.writer.forgotten()), (1, None), "computing anew failed, say");
    assert_eq!(running.writer.forget(vec![viewed]).await.unwrap(), 0);
    assert_eq!((running.views(), running.writer.forgotten(), running.live.edition()), (0, Some(1), 1));
    blocking(running, |running| running.rate(1)).await.0.stop();
}

#[tokio::test]
async fn what_several_forget_is_computed_once() {
    let (running, viewed) = watched(|disk| Box::new(disk)).await;
    let caught_up = blocking(running, move |running| {
        let command = Command::Pause { video: video(1), position_ms: 5_000 };
        let another = Request { command, cause: Cause::Viewer, actor: Actor(8), id: CommandId::default() };
        let another = running.writer.submit_blocking(another).unwrap().first;
        [viewed, another].into_iter().for_each(|pos| running.redact(pos));
        [running.writer.catch_up().unwrap(), running.writer.catch_up().unwrap()]
    });
    let (running, times) = caught_up.await;
    assert_eq!((times, running.views(), running.live.edition()), ([2, 2], 0, 1));

    let places: Vec<_> = (0..WAITING_MAX).map(|_| running.writer.feed().forgetting().place().unwrap()).collect();
    let refused = running.writer.forget(vec![viewed]).await.unwrap_err();
    assert!(matches!(refused, RebuildError::Writer(WriteError::Overloaded)), "{refused}");
    drop(places);
    assert_eq!(running.writer.forget(vec![viewed]).await.unwrap(), 0);
    running.stop();
}

#[tokio::test]
async fn a_log_that_had_to_be_opened_again_shows_nothing_that_was_erased() {
    let (running, viewed) = watched(|disk| Failing::on(disk, false)).await;
    let unknown = running.writer.forget(vec![viewed]).await.unwrap_err();
    assert!(matches!(unknown, RebuildError::Writer(WriteError::Unknown)), "{unknown}");
    let (running, _) = blocking(running, |running| running.rate(2)).await;
    assert_eq!((running.views(), running.writer.forgotten(), running.live.edition()), (0, Some(1), 1));
    running.stop();
}

#[tokio::test]
async fn a_log_that_cannot_be_read_is_no_mistake_of_who_asks() {
    let (running, viewed) = watched(|disk| Failing::on(disk, true)).await;
    let refused = running.writer.forget(vec![viewed]).await.unwrap_err();
    assert!(matches!(refused, RebuildError::Writer(WriteError::ReadOnly(_))), "{refused}");
    assert_eq!((running.views(), running.writer.forgotten()), (1, Some(0)));
    running.stop();
}

#[tokio::test]
async fn an_undo_that_was_looked_up_before_something_was_forgotten_is_refused() {
    let (running, viewed) = watched(|disk| Box::new(disk)).await;
    let looked_up = async |running: &Running| {
        let Past { before, after, events, forgotten } = running.writer.feed().past(viewed).await.unwrap().unwrap();
        let undo = Undo { batch: viewed, only: None, before, after, events, forgotten };
        let id = CommandId::default();
        Request { command: Command::Undo(Box::new(undo)), cause: Cause::Viewer, actor: Actor(9), id }
    };
    let early = looked_up(&running).await;
    let (running, ()) = blocking(running, move |running| running.redact(viewed)).await;
    let late = looked_up(&running).await;
    for request in [early.clone(), late] {
        assert!(matches!(running.writer.submit(request).await, Err(WriteError::Outdated)));
    }
    assert_eq!(running.writer.forget(vec![viewed]).await.unwrap(), 0);
    assert!(matches!(running.writer.submit(early).await, Err(WriteError::Outdated)));
    let now = looked_up(&running).await;
    assert!(matches!(running.writer.submit(now).await, Err(WriteError::Rejected(_))), "nobody knows what it was");
    running.stop();
}
