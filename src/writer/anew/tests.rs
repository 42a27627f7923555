//! Computing anew and forgetting, while everything goes on.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use super::super::{Message, Request, WriteError, Writer, WriterThread};
use super::{AnewError, Erasure, FEW};
use crate::decide::given::{found, recorded, video};
use crate::decide::{Change, Command, Edit};
use events::log::EventLog as _;
use events::log::memory::MemoryDisk;
use events::{Actor, Cause, CommandId, Event, Pos, Stars};
use projections::{Live, State};

struct Running {
    disk: MemoryDisk,
    writer: Writer,
    thread: WriterThread,
    live: Live,
}

impl Running {
    /// A writer of a library of this many videos.
    fn of(videos: u32) -> Self {
        let disk = MemoryDisk::new();
        let found = |number: u32| recorded(u64::from(number), found(number, &format!("{number}.mp4")));
        disk.open(&mut |_| ()).unwrap().append(&(1..=videos).map(found).collect::<Vec<_>>()).unwrap();
        let (writer, thread, live) = Writer::start(Box::new(disk.clone()), || 1_000_000).unwrap();
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
    fn erase(&self, pos: Pos) {
        let (answer, answered) = tokio::sync::oneshot::channel();
        self.writer.send(Message::Erase(Erasure { positions: vec![pos], answer })).unwrap();
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
        assert!(matches!(refused, AnewError::Writer(WriteError::NotErasable(_))), "{refused}");
    }
    assert!(matches!(running.event(viewed), Event::View(_)));
    assert_eq!((running.views(), running.live.edition()), (1, 0));
    running.stop();
}

#[test]
fn what_is_changed_meanwhile_is_there_afterwards() {
    let running = Running::of(MANY);
    let mut changes = 0;
    let anew = running.writer.compute_anew(&mut |reached, head| {
        assert!(reached <= head);
        changes += 1;
        running.rate(u8::try_from(changes % 5).unwrap() + 1);
        true
    });
    let anew = anew.unwrap();
    assert!(changes > 0);
    assert_eq!((anew.pos, anew.digest_before), (u64::from(MANY) + changes, anew.digest_now));
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
    let anew = running.writer.compute_anew(&mut |reached, head| {
        runs += u64::from(reached == head);
        if std::mem::take(&mut first) {
            running.erase(viewed);
        }
        true
    });
    assert_eq!((runs, running.views()), (2, 0), "what was read before is not used");
    assert_ne!(anew.unwrap().digest_before, running.live.snapshot().digest());
    running.stop();
}

#[test]
fn it_can_be_called_off() {
    let running = Running::of(MANY);
    let shown = running.live.snapshot();
    assert!(matches!(running.writer.compute_anew(&mut |_, _| false), Err(AnewError::CalledOff)));
    assert_eq!((running.live.edition(), running.live.snapshot().digest()), (0, shown.digest()));
    running.stop();
}
