//! Reports on a log in memory: when they are handed in, and that none is lost.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use super::next::Work;
use super::reporter::{Reporter, UNREPORTED_MAX};
use super::worker::Worker;
use super::{Desk, Workshop, lock};
use crate::decide::Command;
use crate::decide::given::video;
use crate::decide::thumbnail::{Outcome, Work as Report};
use crate::jobs::{Bell, Job as _};
use crate::metrics::Metrics;
use crate::status::{LibraryStatus, RootState, Workers};
use crate::thumbnails::Store;
use crate::thumbnails::failures::Failures;
use crate::thumbnails::wanted::{Wanted, Wish};
use crate::writer::{self, Request};
use events::event::Video;
use events::values::{ContentId, Preview};
use events::{Actor, Cause, CommandId, Event, Fingerprint, MediaPath, RootPath};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// A workshop with three videos, of whose folder a scan says that it is well.
struct Given {
    library: writer::given::Given,
    workshop: Workshop,
    desk: Arc<Mutex<Desk>>,
    reporter: Reporter,
    /// That of a worker.
    bell: Bell,
    _data: TempDir,
}

/// What is in the file of a video.
fn content(number: u32) -> Fingerprint {
    Fingerprint { size_bytes: 1, hash: number.into() }
}

fn given() -> Given {
    let data = tempfile::tempdir().unwrap();
    let event = |number: u32| {
        Event::Video(Video::Found {
            video: video(number),
            root: RootPath::new("/videos"),
            path: MediaPath::new(format!("{number}.mp4")).unwrap(),
            size_bytes: 1,
            modified_at_ms: 0,
            fingerprint: Some(content(number)),
            added_at_ms: 0,
        })
    };
    let library = writer::given::Given::after([1, 2, 3].map(event));
    let root = RootPath::new("/videos");
    let status = LibraryStatus::new(std::slice::from_ref(&root));
    status.update(&root, |root| root.state = RootState::Ok);
    let workshop = Workshop {
        live: library.live.clone(),
        writer: library.writer.clone(),
        store: Store::new(data.path(), 1 << 30),
        wanted: Wanted::default(),
        failures: Failures::new(data.path()),
        library: status,
        workers: Workers::default(),
        streaming: Arc::new(|| false),
        decoder: "no decoder is started".into(),
        metrics: Metrics::new(|| 1_000),
        clock: || 1_000,
    };
    let (desk, bell) = (Arc::<Mutex<Desk>>::default(), Bell::default());
    let reporter = Reporter::new(workshop.clone(), Arc::clone(&desk), vec![bell.clone()]);
    Given { library, workshop, desk, reporter, bell, _data: data }
}

impl Given {
    /// A worker has made the cover of a video.
    fn finish(&self, number: u32) {
        let (preview, decoder) = (Preview::default(), "h264".to_owned());
        let id = ContentId(number.into());
        let outcome = Outcome::Cover { id, position_ms: 3_000, preview, decoder, took_ms: 9 };
        let report = Report { video: video(number), content: Some(content(number)), chosen_ms: None, outcome };
        lock(&self.desk).finished.insert(video(number), (Work::Cover(video(number)), report));
    }

    /// Which videos have a cover, and after how many events.
    fn known(&self) -> (Vec<u32>, u64) {
        let state = self.workshop.live.snapshot();
        (state.thumbnails().covers().map(|(video, _)| video.get()).collect(), state.pos())
    }

    /// What a worker would do next.
    fn next(&self) -> Option<Work> {
        self.worker().claim(true, true).map(|claim| claim.work)
    }

    fn worker(&self) -> Worker {
        Worker::new(self.workshop.clone(), Arc::clone(&self.desk), self.bell.clone(), Bell::default(), 0)
    }
}

#[test]
fn what_lies_on_the_desk_is_handed_in_together_and_more_is_gathered_for_a_while() {
    let mut given = given();
    assert_eq!(
        given.reporter.step().unwrap().rest,
        Duration::ZERO,
        "there is nothing, and the first waits for nothing"
    );
    given.finish(1);
    given.finish(3);
    given.workshop.wanted.wish([Wish::Cover(video(1)), Wish::Cover(video(2))].into_iter());
    let pause = given.reporter.step().unwrap();
    assert!(pause.rest > Duration::ZERO, "others are on their way");
    assert_eq!(given.known(), (vec![1, 3], 5));
    assert_eq!(given.library.batches_after(3), [4, 4]);
    assert!(lock(&given.desk).finished.is_empty());
    assert_eq!(given.workshop.wanted.wishes(), [Wish::Cover(video(2))], "nobody waits for the first any more");
    assert!(given.bell.wait(Duration::ZERO), "the workers look what there is to do now");
    given.library.thread.stop();
}

#[test]
fn what_nobody_waits_for_is_gathered_longer_and_then_handed_in_together() {
    let mut given = given();
    // It was long ago, or just now, however busy this machine is.
    let now = Some(Instant::now() + Duration::from_secs(3_600));
    (1..=3).for_each(|number| given.finish(number));
    given.reporter.reported_at = now;
    let pause = given.reporter.step().unwrap();
    assert_eq!(given.known(), (vec![], 3));
    assert!(pause.at_most > pause.rest, "somebody may come meanwhile who waits");
    given.workshop.wanted.wish([Wish::Storyboard(video(2))].into_iter());
    given.reporter.step().unwrap();
    assert_eq!(given.known().1, 3, "that is not what was made");
    given.workshop.wanted.wish([Wish::Cover(video(2))].into_iter());
    given.reporter.step().unwrap();
    assert_eq!(given.known(), (vec![1, 2, 3], 6));

    (1..=3).for_each(|number| given.finish(number));
    given.reporter.reported_at = now;
    given.reporter.step().unwrap();
    assert_eq!(lock(&given.desk).finished.len(), 3, "nobody waits");
    given.worker().step().unwrap();
    given.reporter.step().unwrap();
    assert!(lock(&given.desk).finished.is_empty(), "a worker has nothing else to do");
    given.library.thread.stop();
}

#[test]
fn whoever_chose_another_cover_meanwhile_waits_for_that() {
    let mut given = given();
    given.finish(1);
    let command = Command::ChooseCover { video: video(1), position_ms: Some(7_000) };
    let (actor, id) = (Actor::default(), CommandId::default());
    given.workshop.writer.submit_blocking(Request { command, cause: Cause::Viewer, actor, id }).unwrap();
    given.workshop.wanted.wish([Wish::Cover(video(1))].into_iter());
    given.reporter.step().unwrap();
    assert_eq!((given.known().0, given.workshop.wanted.wishes()), (vec![], vec![Wish::Cover(video(1))]));
    given.library.thread.stop();
}

#[test]
fn what_could_not_be_stored_stays_on_the_desk_is_not_made_again_and_is_handed_in_later() {
    let mut given = given();
    (1..=3).for_each(|number| given.finish(number));
    given.library.fill_disk();
    given.reporter.step().unwrap_err();
    assert_eq!((given.known(), lock(&given.desk).finished.len()), ((vec![], 3), 3));
    assert!(lock(&given.desk).unreported.is_some());
    assert_eq!(given.next(), None, "all of it is made");
    given.reporter.step().unwrap();
    assert_eq!((given.known(), lock(&given.desk).finished.len()), ((vec![1, 2, 3], 6), 0));
    assert_eq!(lock(&given.desk).unreported, None);
    given.library.thread.stop();
}

#[test]
fn the_workers_wait_while_too_much_is_not_reported() {
    let given = given();
    assert_eq!(given.next(), Some(Work::Probe(video(3))));
    (10..).take(UNREPORTED_MAX).for_each(|number| given.finish(number));
    assert_eq!(given.next(), None);
    given.library.thread.stop();
}
