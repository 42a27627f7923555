//! Any moment is what replay gives, one replay serves all who ask, and memory has a bound.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use super::{Moments, PastError, Places, WAITING_MAX};
use events::event::{Favorite, Rating, Video, View};
use events::log::{Audit, Head, LogReader, Pace, ReadError};
use events::{Actor, Cause, CommandId, Event, MediaPath, Pos, Recorded, RootPath, Stars, VideoId};
use projections::State;
use proptest::prelude::*;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex};

/// A log in memory that counts what is asked of it, and can be kept from answering.
#[derive(Default)]
struct Log {
    events: Vec<Recorded>,
    reads: AtomicU64,
    read: AtomicU64,
    shut: Mutex<bool>,
    opened: Condvar,
    broken: bool,
}

impl Log {
    fn shut(&self, shut: bool) {
        *self.shut.lock().unwrap() = shut;
        self.opened.notify_all();
    }

    /// How often it was read, and how many events.
    fn counts(&self) -> (u64, u64) {
        (self.reads.load(Ordering::SeqCst), self.read.load(Ordering::SeqCst))
    }
}

impl LogReader for Log {
    fn read(&self, after: Pos, max: usize) -> Result<Vec<Recorded>, ReadError> {
        drop(self.opened.wait_while(self.shut.lock().unwrap(), |shut| *shut).unwrap());
        if self.broken {
            return Err(ReadError::Missing { pos: after + 1 });
        }
        let run: Vec<Recorded> =
            self.events.iter().filter(|recorded| recorded.pos > after).take(max).cloned().collect();
        self.reads.fetch_add(1, Ordering::SeqCst);
        self.read.fetch_add(run.len() as u64, Ordering::SeqCst);
        Ok(run)
    }

    fn audit(&self, _: &mut dyn FnMut(Recorded), _: &Pace<'_>) -> Audit {
        let (head, findings) = (Head::default(), Vec::new());
        Audit { head, events: 0, findings, more_findings: 0, finished: false }
    }

    fn frames(&self, _: Pos, _: usize) -> Result<Vec<(Pos, Vec<u8>)>, ReadError> {
        Ok(Vec::new())
    }

    fn read_video(&self, _: VideoId, _: Pos, _: usize) -> Result<Vec<Recorded>, ReadError> {
        Ok(Vec::new())
    }
}

fn id(number: u64) -> VideoId {
    VideoId::new(u32::try_from(number).unwrap()).unwrap()
}

/// An event for each position: fifty videos turn up, and then something happens to one of them.
fn event(pos: Pos) -> Event {
    let video = id(1 + pos % 50);
    match pos {
        1..=50 => Event::Video(Video::Found {
            video: id(pos),
            root: RootPath::new("/lib"),
            path: MediaPath::new(format!("{pos}.mp4")).unwrap(),
            size_bytes: pos,
            modified_at_ms: 0,
            fingerprint: None,
            added_at_ms: 0,
        }),
        _ if pos.is_multiple_of(7) => Event::Favorite(Favorite::Added { video }),
        _ if pos.is_multiple_of(3) => Event::View(View::Started { video }),
        _ => {
            let stars = Stars::new(1 + u8::try_from(pos % 5).unwrap()).unwrap();
            Event::Rating(Rating::Given { video, stars })
        }
    }
}

fn recorded(pos: Pos, recorded_at_ms: i64) -> Recorded {
    Recorded {
        pos,
        recorded_at_ms,
        occurred_at_ms: recorded_at_ms,
        batch: pos,
        cause: Cause::Viewer,
        actor: Actor(1),
        command_id: CommandId::default(),
        caused_by: 0,
        event: event(pos),
    }
}

/// A log of so many events, ten milliseconds apart.
fn log(events: u64) -> Log {
    let events = (1..=events).map(|pos| recorded(pos, i64::try_from(pos).unwrap() * 10)).collect();
    Log { events, ..Log::default() }
}

fn replayed(log: &Log, pos: Pos) -> State {
    let mut state = State::default();
    log.events.iter().take_while(|recorded| recorded.pos <= pos).for_each(|recorded| state.apply(recorded));
    state
}

/// The moments of this log, of whose states only the last is at hand.
fn moments(log: &Arc<Log>) -> Moments {
    let head = log.events.last().map_or(0, |last| last.pos);
    Moments::new(Arc::clone(log) as Arc<dyn LogReader>, Arc::new(replayed(log, head)), Places::new(4))
}

/// Waits until `so` holds; other tasks go on meanwhile.
async fn until(so: impl Fn() -> bool) {
    while !so() {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn any_position_is_what_replay_gives() {
    let log = Arc::new(log(9_000));
    let moments = moments(&log);
    // From nothing by folding, from what is held by applying, backwards and forwards.
    for pos in [8_999, 0, 1, 50, 51, 1_999, 2_000, 4_096, 4_097, 8_193, 8_192, 9_000] {
        let state = moments.after(pos).await.unwrap();
        assert_eq!((state.pos(), state.digest()), (pos, replayed(&log, pos).digest()), "{pos}");
        assert_eq!(state.check(), Default::default(), "{pos}");
    }
    assert!(matches!(moments.after(9_001).await.unwrap_err(), PastError::ToCome { pos: 9_001, head: 9_000 }));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn wherever_it_begins_it_leads_to_the_same(asked in prop::collection::vec(0_u64..=5_000, 1..12)) {
        let log = Arc::new(log(5_000));
        let moments = moments(&log);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        for pos in asked {
            let state = runtime.block_on(moments.after(pos)).unwrap();
            prop_assert_eq!(state.digest(), replayed(&log, pos).digest());
        }
    }

    #[test]
    fn a_time_is_the_last_event_recorded_by_then(steps in prop::collection::vec(0_i64..3, 0..40), at_ms in -2_i64..60) {
        let mut now = 0;
        let events: Vec<Recorded> = (1..).zip(&steps).map(|(pos, step)| { now += step; recorded(pos, now) }).collect();
        let expected = events.iter().rev().find(|event| event.recorded_at_ms <= at_ms).map_or(0, |event| event.pos);
        let log = Arc::new(Log { events, ..Log::default() });
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        prop_assert_eq!(runtime.block_on(moments(&log).position(at_ms)).unwrap(), expected);
    }
}

#[tokio::test]
async fn a_time_takes_a_few_looks_at_single_events() {
    let log = Arc::new(log(100_000));
    let moments = moments(&log);
    assert_eq!(moments.position(345_678).await.unwrap(), 34_567);
    let (reads, read) = log.counts();
    assert!(reads <= 17 && read <= 17, "{reads} reads, {read} events");
    assert_eq!(moments.position(i64::MAX).await.unwrap(), 100_000);
    assert_eq!(log.counts(), (reads, read), "the present is known");
}

#[tokio::test]
async fn records_that_are_passed_over_change_nothing() {
    let mut log = log(6_000);
    log.events.retain(|recorded| !recorded.pos.is_multiple_of(100));
    let log = Arc::new(log);
    let moments = moments(&log);
    for pos in [100, 2_500, 4_200, 4_201] {
        assert_eq!(moments.after(pos).await.unwrap().digest(), replayed(&log, pos).digest(), "{pos}");
    }
    assert_eq!(moments.position(42_005).await.unwrap(), 4_199, "the one at 4200 is not there");
}

#[tokio::test]
async fn whoever_asks_for_the_same_moment_waits_for_the_same_replay() {
    let log = Arc::new(log(8_000));
    log.shut(true);
    let moments = moments(&log);
    let ask = || {
        let moments = moments.clone();
        tokio::spawn(async move { moments.after(7_000).await.unwrap() })
    };
    let asked: Vec<_> = (0..50).map(|_| ask()).collect();
    until(|| moments.held().waiting(7_000) == 50).await;
    log.shut(false);
    let mut states = Vec::new();
    for asker in asked {
        states.push(asker.await.unwrap());
    }
    let first = states.first().unwrap();
    assert!(states.iter().all(|state| Arc::ptr_eq(state, first)));
    assert_eq!(log.counts().1, 7_000, "the log was read once");
    moments.after(7_000).await.unwrap();
    assert_eq!(log.counts().1, 7_000, "and is not read for what is held");
}

#[tokio::test]
async fn too_many_moments_at_once_are_put_off_and_one_that_nobody_waits_for_is_not_made() {
    let log = Arc::new(log(8_000));
    log.shut(true);
    let moments = moments(&log);
    let ask = |pos| {
        let moments = moments.clone();
        tokio::spawn(async move { moments.after(pos).await })
    };
    let most = u64::try_from(WAITING_MAX).unwrap();
    let asked: Vec<_> = (1..=most).map(|number| ask(3_000 + number)).collect();
    until(|| (1..=most).all(|number| moments.held().waiting(3_000 + number) == 1)).await;
    assert!(matches!(ask(5_000).await.unwrap().unwrap_err(), PastError::Busy));
    for asker in asked {
        asker.abort();
        assert!(asker.await.unwrap_err().is_cancelled(), "it is gone, and not only told to go");
    }
    log.shut(false);
    until(|| moments.held().under_way() == 0).await;
    assert!(moments.held().positions().1.is_empty(), "nobody wanted any of them");
    assert_eq!(ask(5_000).await.unwrap().unwrap().pos(), 5_000, "and there is room again");
}

#[tokio::test]
async fn a_log_that_cannot_be_read_is_an_answer_and_is_asked_again() {
    let whole = Arc::new(log(4_000));
    let moments = moments(&whole);
    moments.reopened(Arc::new(Log { broken: true, ..Log::default() }));
    assert!(matches!(moments.after(3_000).await.unwrap_err(), PastError::Log(_)));
    assert!(matches!(moments.position(5).await.unwrap_err(), PastError::Log(_)));
    moments.reopened(Arc::clone(&whole) as Arc<dyn LogReader>);
    assert_eq!(moments.after(3_000).await.unwrap().pos(), 3_000);
}

#[tokio::test]
async fn the_states_that_were_used_last_are_held() {
    let log = Arc::new(log(400));
    let moments = moments(&log);
    for pos in 101..=116 {
        moments.after(pos).await.unwrap();
    }
    moments.after(101).await.unwrap();
    moments.after(200).await.unwrap();
    let (_, asked) = moments.held().positions();
    assert_eq!(asked, (103..=116).chain([101, 200]).collect::<Vec<_>>());
    for pos in 401..=480 {
        let mut state = State::clone(&moments.after(pos - 1).await.unwrap());
        state.apply(&recorded(pos, 9_000));
        moments.published(Arc::new(state));
    }
    assert_eq!(moments.held().positions().0, (417..=480).collect::<Vec<_>>(), "and so are those that were shown");
}

#[tokio::test(start_paused = true)]
async fn what_nobody_asks_for_any_more_is_let_go() {
    let log = Arc::new(log(400));
    let moments = moments(&log);
    let later = async || tokio::time::advance(super::IDLE).await;
    for pos in [100, 200] {
        moments.after(pos).await.unwrap();
        later().await;
        until(|| !moments.held().used()).await;
        assert_eq!(moments.held().positions().1, [pos], "it was used lately");
        later().await;
        until(|| moments.held().positions().1.is_empty()).await;
    }
}
