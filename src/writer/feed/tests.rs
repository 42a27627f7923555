//! Following along from every position, at every speed, and looking back.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use super::super::given::Given;
use super::super::{Request, Writer, WriterThread};
use super::{EVENTS_MAX, Subscription};
use crate::decide::given::{found, video};
use crate::decide::{Change, Command, Edit};
use crate::metrics::WriterMetrics;
use events::log::memory::{Fault, MemoryDisk};
use events::{Actor, Cause, CommandId, Pos, Stars};
use std::task::Poll;

/// A writer of a library of this many videos, which are one batch.
fn running(videos: u32) -> (MemoryDisk, Writer, WriterThread) {
    let events = (1..=videos).map(|number| found(number, &format!("{number}.mp4")));
    let Given { writer, thread, disk, .. } = Given::after(events);
    (disk, writer, thread)
}

fn request(videos: impl IntoIterator<Item = u32>, change: Change) -> Request {
    let edit = Edit { videos: videos.into_iter().map(video).collect(), change, only_if: None };
    Request { command: Command::Edit(edit), cause: Cause::Viewer, actor: Actor(9), id: CommandId::default() }
}

fn rate(videos: impl IntoIterator<Item = u32>, stars: u8) -> Request {
    request(videos, Change::Rate(Stars::new(stars).unwrap()))
}

/// Everything up to `end`: the positions, and the batch of every part it came in.
async fn read_to(subscription: &mut Subscription, end: Pos) -> (Vec<Pos>, Vec<Pos>) {
    let (mut positions, mut batches) = (Vec::new(), Vec::new());
    while positions.last() != Some(&end) {
        let run = subscription.next().await.unwrap().unwrap();
        assert!(run.len() <= 256 && run.iter().all(|recorded| recorded.batch == run.first().unwrap().batch));
        batches.push(run.first().unwrap().batch);
        positions.extend(run.iter().map(|recorded| recorded.pos));
    }
    (positions, batches)
}

#[tokio::test]
async fn from_every_position_everything_comes_once_and_in_order() {
    let (_disk, writer, thread) = running(3);
    for stars in 1..=5 {
        writer.submit(rate(1..=3, stars)).await.unwrap();
    }
    let end = writer.feed().head();
    assert_eq!(end, 18);
    for after in 0..end {
        let (positions, batches) = read_to(&mut writer.feed().subscribe(after), end).await;
        assert!(positions.into_iter().eq(after + 1..=end), "after {after}");
        assert!(batches.is_sorted());
    }
    thread.stop();
}

#[tokio::test]
async fn what_is_no_longer_held_comes_from_the_log_in_parts() {
    let (_disk, writer, thread) = running(600);
    let end = 600 * 10;
    let mut slow = writer.feed().subscribe(0);
    for stars in [1, 2, 3, 4, 5, 1, 2, 3, 4] {
        writer.submit(rate(1..=600, stars)).await.unwrap();
    }
    assert!(writer.feed().held().events.len() == EVENTS_MAX && end > EVENTS_MAX as u64);
    let (positions, _) = read_to(&mut slow, end).await;
    assert!(positions.into_iter().eq(1..=end));
    thread.stop();
}

#[tokio::test]
async fn what_comes_later_wakes_whoever_waits() {
    let (_disk, writer, thread) = running(1);
    let mut waiting = writer.feed().subscribe(1);
    {
        let mut next = std::pin::pin!(waiting.next());
        assert!(matches!(
            std::future::poll_fn(|context| Poll::Ready(next.as_mut().poll(context))).await,
            Poll::Pending
        ));
        writer.submit(rate([1], 4)).await.unwrap();
        assert_eq!(next.await.unwrap().unwrap().first().unwrap().pos, 2);
    }
    writer.feed().end();
    assert!(waiting.next().await.unwrap().is_none());
    thread.stop();
}

#[tokio::test]
async fn a_log_that_was_opened_again_goes_on_without_a_gap() {
    let (disk, writer, thread) = running(2);
    let mut following = writer.feed().subscribe(0);
    disk.plan(Some(Fault::Stored));
    writer.submit(rate([1], 4)).await.unwrap_err();
    writer.submit(rate([2], 4)).await.unwrap();
    let (positions, _) = read_to(&mut following, 4).await;
    assert_eq!(positions, [1, 2, 3, 4]);
    assert!(writer.feed().past(3).await.unwrap().is_some(), "the reader is that of the log as it is open now");
    thread.stop();
}

#[tokio::test]
async fn looking_back_shows_what_was_known_then() {
    let (disk, writer, thread) = running(600);
    for stars in [1, 2, 3, 4, 5] {
        writer.submit(rate(1..=600, stars)).await.unwrap();
    }
    thread.stop();
    // Opened again, nothing is held: the same questions go to the log.
    let (again, thread, _) = Writer::start(Box::new(disk), || 1_000, WriterMetrics::default()).unwrap();
    for (batch, before) in [(601, None), (2401, Some(3))] {
        let past = again.feed().past(batch).await.unwrap().unwrap();
        let stars = |state: &projections::State| state.ratings().get(video(600)).map(|rated| rated.stars.get());
        assert_eq!((past.before.pos(), past.after.pos(), past.events.len()), (batch - 1, batch + 599, 600));
        assert_eq!((stars(&past.before), stars(&past.after)), (before, Some(before.unwrap_or(0) + 1)));
        assert_eq!((past.before.anomalies(), past.before.check()), (0, Default::default()));
    }
    for batch in [0, 2, 602, 3601] {
        assert!(again.feed().past(batch).await.unwrap().is_none(), "no batch begins at {batch}");
    }
    for (pos, batch) in [(0, None), (2, Some(1)), (600, Some(1)), (601, Some(601)), (602, Some(601)), (3601, None)] {
        assert_eq!(again.feed().batch_of(pos).await.unwrap(), batch, "{pos}");
    }
    thread.stop();
}

#[tokio::test]
async fn recent_batches_are_looked_back_to_from_what_is_held() {
    let (disk, writer, thread) = running(3);
    let feed = writer.feed();
    for stars in 1..=3 {
        writer.submit(rate(1..=3, stars)).await.unwrap();
    }
    let past = feed.past(7).await.unwrap().unwrap();
    let mut replayed = projections::State::default();
    feed.reader().read(0, 6).unwrap().iter().for_each(|recorded| replayed.apply(recorded));
    assert_eq!(past.before.digest(), replayed.digest());
    thread.stop();
    drop(disk);
}
