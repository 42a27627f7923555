//! Smaller logs that say the same.

use super::{Compacted, before, plan, run};
use crate::compact::Args;
use crate::history::History;
use crate::open::Library;
use crate::progress::Quiet;
use crate::report::rfc3339;
use crate::seed;
use events::event::{Rating, Video, View};
use events::log::EventLog as _;
use events::log::fjall::FjallLog;
use events::{Actor, Cause, Event, MediaPath, Recorded, RootPath, Stars, VideoId};
use jiff::tz::TimeZone;
use proptest::prelude::*;
use std::path::Path;

const DAY_MS: i64 = 86_400_000;

fn video(number: u32) -> VideoId {
    VideoId::new(number).unwrap()
}

fn load(data: &Path, events: &[(i64, Event)], caused_by: &[(usize, u64)]) -> Library {
    let mut history = History::default();
    FjallLog::load(data, |push| {
        events.iter().enumerate().try_for_each(|(index, (at_ms, event))| {
            let mut record = history.happen(*at_ms, Cause::Viewer, Actor(1), event.clone());
            record.caused_by = caused_by.iter().find(|(at, _)| *at == index).map_or(0, |(_, pos)| *pos);
            push(record)
        })
    })
    .unwrap();
    Library::open(data, &mut |_| {}).unwrap()
}

fn found(number: u32) -> Event {
    Event::Video(Video::Found {
        video: video(number),
        root: RootPath::new("/films"),
        path: MediaPath::new(format!("{number}.mp4")).unwrap(),
        size_bytes: 1,
        modified_at_ms: 1,
        fingerprint: None,
        added_at_ms: 1,
    })
}

fn viewed(number: u32) -> Event {
    Event::View(View::Started { video: video(number) })
}

fn rated(number: u32, stars: u8) -> Event {
    Event::Rating(Rating::Given { video: video(number), stars: Stars::new(stars).unwrap() })
}

fn compact(data: &Path, older_than: &str, now_ms: i64) -> Compacted {
    let args = Args { older_than: older_than.into(), dry_run: false, json: false };
    let library = Library::open(data, &mut |_| {}).unwrap();
    let before_ms = before(older_than, now_ms, &TimeZone::UTC).unwrap();
    let planned = plan(&library.source(), before_ms, &mut Quiet).unwrap();
    drop(library);
    run(&args, data, now_ms, &TimeZone::UTC, &mut Quiet, &mut Vec::new()).unwrap();
    planned
}

fn events(data: &Path) -> Vec<Recorded> {
    Library::open(data, &mut |_| {}).unwrap().log.reader().read(0, 9_999).unwrap()
}

#[test]
fn old_views_become_one_event_for_each_video_and_all_else_stays() {
    let data = tempfile::tempdir().unwrap();
    let story = [
        (0, found(1)),
        (0, found(2)),
        (DAY_MS, viewed(1)),
        (DAY_MS + 1, viewed(1)),
        (2 * DAY_MS, rated(1, 4)),
        (3 * DAY_MS, viewed(2)),
        (4 * DAY_MS, viewed(2)),
        // This one answers the rating, and that one a view, which therefore stays.
        (5 * DAY_MS, rated(1, 2)),
        (50 * DAY_MS, viewed(1)),
        (51 * DAY_MS, rated(2, 5)),
    ];
    let library = load(data.path(), &story, &[(7, 5), (9, 6)]);
    let old = library.state.clone();
    drop(library);
    let done = compact(data.path(), "30d", 60 * DAY_MS);
    assert_eq!((done.before, done.after, done.views, done.rolled_up), (10, 9, 3, 2));
    let now = events(data.path());
    let kinds: Vec<_> = now.iter().map(|record| events::wire::kind_name(&record.event)).collect();
    assert_eq!(
        kinds,
        [
            "video.found",
            "video.found",
            "rating.given",
            "view.started",
            "rating.given",
            "view.rolled_up",
            "view.rolled_up",
            "view.started",
            "rating.given"
        ]
    );
    assert_eq!(now.iter().map(|record| record.batch).collect::<Vec<_>>(), [1, 2, 3, 4, 5, 6, 6, 8, 9]);
    assert_eq!((now[4].caused_by, now[8].caused_by), (3, 4), "what answers another event still does");
    let library = Library::open(data.path(), &mut |_| {}).unwrap();
    assert_eq!(library.state.views().get(video(1)).count, old.views().get(video(1)).count);
    assert!(data.path().join("log.1").try_exists().unwrap());
    drop(library);

    let again = compact(data.path(), "30d", 60 * DAY_MS);
    assert_eq!((again.before, again.after), (9, 9), "there is nothing left to do");
    assert!(!data.path().join("log.2").try_exists().unwrap());
}

#[test]
fn a_seeded_library_says_the_same_in_fewer_events() {
    let data = tempfile::tempdir().unwrap();
    let args = seed::Args { videos: 40, events: 4_000, seed: 3, files: None, json: false };
    seed::run(&args, data.path(), &mut Vec::new()).unwrap();
    let now_ms = 1_767_225_600_000;
    let done = compact(data.path(), "1y", now_ms);
    assert!(done.after < done.before * 3 / 4, "{done:?}");
    assert_eq!(events(data.path()).len() as u64, done.after);
}

#[test]
fn a_time_that_means_nothing_is_refused() {
    let back = |text: &str| before(text, 1_767_225_600_000, &TimeZone::UTC).map(rfc3339);
    assert_eq!(back("1y").unwrap(), "2025-01-01T00:00:00Z");
    assert_eq!(back("18mo").unwrap(), "2024-07-01T00:00:00Z");
    assert_eq!(back("90d").unwrap(), "2025-10-03T00:00:00Z");
    for wrong in ["", "old", "-1y", "0d", "1", "999999y"] {
        assert!(back(wrong).unwrap_err().to_string().contains("is no time"), "{wrong}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Whatever happened, and wherever the line is drawn: the same is known, or nothing is done.
    #[test]
    fn what_is_known_stays_the_same(happened in prop::collection::vec((1_u32..4, 0_u8..6, 0_i64..40), 1..60), days in 1_u32..45) {
        let data = tempfile::tempdir().unwrap();
        let mut story: Vec<(i64, Event)> = (1..4).map(|number| (0, found(number))).collect();
        for (number, what, hour) in happened {
            let at_ms = story.last().unwrap().0 + hour * DAY_MS / 24;
            story.push((at_ms, if what == 0 { rated(number, 3) } else { viewed(number) }));
        }
        let end_ms = story.last().unwrap().0;
        let old = load(data.path(), &story, &[]).state.clone();
        let done = compact(data.path(), &format!("{days}d"), end_ms + DAY_MS);
        let new = Library::open(data.path(), &mut |_| {}).unwrap();
        prop_assert_eq!(new.state.pos(), done.after);
        for number in 1..4 {
            let (was, is) = (old.views().get(video(number)), new.state.views().get(video(number)));
            prop_assert_eq!((was.count, was.last_viewed_at_ms), (is.count, is.last_viewed_at_ms));
        }
    }
}

#[test]
fn a_view_that_was_taken_back_and_brought_back_can_still_be_forgotten() {
    let data = tempfile::tempdir().unwrap();
    let withdrawn = View::Withdrawn { video: video(1), views: 1, viewed_at_ms: Some(DAY_MS), last_viewed_at_ms: None };
    let story = [
        (0, found(1)),
        (DAY_MS, viewed(1)),
        (2 * DAY_MS, Event::View(withdrawn)),
        (DAY_MS, viewed(1)),
        (3 * DAY_MS, viewed(1)),
        (3 * DAY_MS + 1, viewed(1)),
    ];
    load(data.path(), &story, &[(2, 2), (3, 3)]);
    assert_eq!(compact(data.path(), "1d", 10 * DAY_MS).views, 2);
    let started = events(data.path()).into_iter().filter(|record| record.event == viewed(1));
    let started: Vec<_> = started.map(|record| (record.pos, record.occurred_at_ms)).collect();
    assert_eq!(started, [(2, DAY_MS), (4, DAY_MS)]);
    let mut library = Library::open(data.path(), &mut |_| {}).unwrap();
    assert_eq!(library.state.views().get(video(1)).count, 3);
    assert_eq!(library.log.redact(&[2]).unwrap(), 3);
    drop(library);
    assert_eq!(Library::open(data.path(), &mut |_| {}).unwrap().state.views().get(video(1)).count, 2);
}
