//! What is counted is exact enough, is merged without loss, and is still there afterwards.

use super::minute::{Minute, Name};
use super::sketch::{Counting, Sketch};
use super::store::Store;
use super::sums::Sums;
use super::tally::{Cell, Counted, Tally};
use super::window::{Gauges, MINUTE_MS, Window};
use super::{Levels, Metrics, RouteId};
use axum::http::{Method, StatusCode};
use proptest::collection::vec;
use proptest::prelude::*;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

/// Some day at noon.
const NOON_MS: i64 = 1_700_000_000_000 - 1_700_000_000_000 % (24 * 60 * MINUTE_MS) + 12 * 60 * MINUTE_MS;

thread_local! {
    static NOW: AtomicI64 = const { AtomicI64::new(NOON_MS) };
}

/// A clock of this test alone: it runs on a thread of its own.
fn clock() -> i64 {
    NOW.with(|now| now.load(Ordering::Relaxed))
}

fn set_clock(now_ms: i64) {
    NOW.with(|now| now.store(now_ms, Ordering::Relaxed));
}

/// Numbers of noon.
fn counting() -> Metrics {
    set_clock(NOON_MS);
    Metrics::new(clock)
}

/// The same, kept in this folder.
fn kept_in(folder: &Path) -> Metrics {
    set_clock(NOON_MS);
    Metrics::open(folder, clock)
}

fn tally(values: &[u64]) -> Tally {
    let cell = Cell::default();
    values.iter().for_each(|value| cell.add_answer(200, *value));
    cell.load().since(&Counted::default(), cell.max())
}

fn minute(name: &str, values: &[u64]) -> Minute {
    let mut minute = Minute { gauges: Gauges { events: 1, rss_bytes: 5, ..Gauges::default() }, ..Minute::default() };
    minute.put(Name { method: "GET", name: name.into() }, tally(values));
    minute
}

/// The value that so many of a hundred are at most.
fn exact(sorted: &[u64], percent: usize) -> u64 {
    let rank = (sorted.len() * percent).div_ceil(100).max(1);
    sorted[rank - 1]
}

fn close(found: u64, exact: u64) -> bool {
    found.abs_diff(exact) as f64 <= exact as f64 * 0.032
}

/// Times as they are: mostly short, now and then very long.
fn times() -> impl Strategy<Value = Vec<u64>> {
    vec(prop_oneof![0..100_u64, 100..20_000_u64, 20_000..(1_u64 << 27) - 1], 1..400)
}

proptest! {
    #[test]
    fn percentiles_are_near_the_true_ones(mut times in times()) {
        let figures = tally(&times).figures();
        times.sort_unstable();
        for (found, percent) in [(figures.p50_us, 50), (figures.p95_us, 95), (figures.p99_us, 99)] {
            prop_assert!(close(found, exact(&times, percent)), "{percent}: {found}, {}", exact(&times, percent));
        }
        prop_assert_eq!(figures.max_us, times[times.len() - 1]);
        prop_assert_eq!(figures.mean_us, times.iter().sum::<u64>() / times.len() as u64);
        prop_assert_eq!(figures.requests, times.len() as u64);
    }

    #[test]
    fn merged_is_the_same_as_counted_together(one in times(), other in times()) {
        let mut merged = tally(&one);
        merged.merge(&tally(&other));
        prop_assert_eq!(merged, tally(&[one, other].concat()));
    }

    #[test]
    fn what_is_kept_is_what_was_counted(one in times(), other in times()) {
        let mut minute = minute("/watch/{id}", &one);
        minute.put(Name { method: "", name: "commit".into() }, tally(&other));
        let bytes = minute.encode();
        prop_assert_eq!(Minute::decode(&bytes), Some(minute));
        // Cut short, it is not believed.
        prop_assert_eq!(Minute::decode(&bytes[..bytes.len() - 1]), None);
    }

    #[test]
    fn no_bytes_are_too_strange(bytes in vec(any::<u8>(), 0..300), at in 0..300_usize, value in any::<u8>()) {
        let _ = Minute::decode(&bytes);
        let mut ours = minute("/", &[1, 2, 3_000]).encode();
        let at = at % ours.len();
        ours[at] = value;
        let _ = Minute::decode(&ours);
    }

}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// However minutes are cut, an hour says the same.
    #[test]
    fn a_roll_up_is_what_would_have_been_counted_directly(minutes in vec((0..60_i64, times()), 1..12)) {
        let mut store = Store::in_memory();
        for (number, times) in &minutes {
            store.write(NOON_MS + number * MINUTE_MS, &minute("/", times), NOON_MS);
        }
        let mut hour = Minute::default();
        store.read(Window::Month, NOON_MS, NOON_MS + 1, |_, kept| hour.merge(kept));
        let all: Vec<u64> = minutes.iter().flat_map(|(_, times)| times.iter().copied()).collect();
        prop_assert_eq!(hour.tallies.into_values().next(), Some(tally(&all)));
        prop_assert_eq!(hour.gauges.events, minutes.len() as u64);
    }
}

#[test]
fn what_is_beyond_the_largest_bucket_is_in_it() {
    let figures = tally(&[u64::MAX, 5]).figures();
    assert_eq!((figures.requests, figures.max_us, figures.p50_us), (2, u64::MAX, 5));
    assert!(figures.p99_us >= 1 << 26, "{figures:?}");
}

#[test]
fn a_count_that_starts_again_at_zero_is_told_from_its_difference() {
    assert_eq!(Sketch::between(&[u32::MAX], &[2]).count(), 3);
    let counting = Counting::default();
    counting.add(7);
    assert_eq!(Sketch::between(&[], &counting.load()).filled().collect::<Vec<_>>(), [(7, 1)]);
}

#[test]
fn ten_thousand_addresses_are_no_new_names() {
    let metrics = counting();
    let ask = |route, method: &str, status: StatusCode| {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        metrics.answered(route, &method, status.as_u16(), Duration::from_micros(10));
    };
    for number in 0..10_000 {
        // The edge knows no pattern for these, and a method that nobody knows is answered with 405.
        ask(RouteId::NONE, "GET", StatusCode::NOT_FOUND);
        ask(metrics.route("/watch/{id}"), &format!("X{number}"), StatusCode::METHOD_NOT_ALLOWED);
        ask(metrics.route("/watch/{id}"), "HEAD", StatusCode::OK);
    }
    let totals = metrics.totals();
    let names: Vec<_> = totals.routes.iter().map(|route| (route.method, &*route.route, route.classes[3])).collect();
    assert_eq!(names, [("GET", "none", 10_000), ("other", "none", 10_000), ("GET", "/watch/{id}", 0)]);
}

#[test]
fn more_routes_than_there_is_room_for_are_counted_together() {
    let metrics = counting();
    let numbers: Vec<_> = (0..2_000).map(|number| metrics.route(&format!("/{number}"))).collect();
    assert_eq!(metrics.route("/7"), numbers[7], "a number stays");
    assert!(numbers.iter().filter(|number| **number == RouteId::NONE).count() >= 2_000 - 512);
}

#[test]
fn a_window_has_the_minutes_that_are_over_and_the_one_that_runs() {
    let metrics = counting();
    let answered = |status: StatusCode, taken_ms| {
        metrics.answered(metrics.route("/"), &Method::GET, status.as_u16(), Duration::from_millis(taken_ms));
    };
    metrics.tick(Levels { events: 100, ..Levels::default() });
    answered(StatusCode::OK, 10);
    answered(StatusCode::INTERNAL_SERVER_ERROR, 20);
    set_clock(NOON_MS + MINUTE_MS);
    metrics.tick(Levels { events: 107, streams: 3, ..Levels::default() });
    answered(StatusCode::NOT_FOUND, 500);
    for window in Window::ALL {
        let report = metrics.report(window);
        let total = &report.total;
        assert_eq!((total.requests, total.client_errors, total.errors), (3, 1, 1), "{window:?}");
        assert_eq!((total.max_us, report.routes.len(), &*report.routes[0].route), (500_000, 1, "/"));
        let steps = window.seconds() * 1000 / window.step_ms() + 1;
        assert_eq!((report.points.len() as i64, report.routes[0].points.len() as i64), (steps, steps));
        let events: u64 = report.points.iter().map(|point| point.gauges.events).sum();
        let streams = report.points.iter().map(|point| point.gauges.streams).max();
        assert_eq!((events, streams), (7, Some(3)), "what was before the first look is not of this window");
        assert_eq!(report.points.iter().map(|point| point.figures.requests).sum::<u64>(), 3);
        assert!(report.points.is_sorted_by_key(|point| point.at_ms));
    }
    let minutes = metrics.report(Window::FiveMinutes);
    let requests: Vec<_> = minutes.points.iter().map(|point| point.figures.requests).collect();
    assert_eq!(requests, [0, 0, 0, 0, 2, 1]);
    assert!(close(minutes.points[5].figures.p95_us, 500_000), "{minutes:?}");
    assert_eq!(minutes.routes[0].points[3], 0);
}

#[test]
fn the_numbers_are_there_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let metrics = kept_in(folder.path());
    let timed = metrics.writer();
    for number in 0..50 {
        metrics.answered(metrics.route("/"), &Method::GET, 200, Duration::from_millis(number));
        timed.commit.record(1_000.0);
        if number == 30 {
            set_clock(NOON_MS + MINUTE_MS);
            metrics.tick(Levels::default());
        }
    }
    let before = metrics.report(Window::Hour);
    metrics.end();
    drop(metrics);
    for (later_ms, window) in [(1, Window::Hour), (1, Window::Day), (3 * 86_400_000, Window::Month)] {
        set_clock(NOON_MS + MINUTE_MS + later_ms);
        let report = Metrics::open(folder.path(), clock).report(window);
        assert_eq!((&report.total, &report.timings), (&before.total, &before.timings), "{window:?}");
    }
    assert_eq!(before.timing("writer_commit_us").requests, 50);
}

#[test]
fn a_window_that_was_asked_for_before_sees_what_came_since() {
    let metrics = counting();
    for minute in 0..200 {
        set_clock(NOON_MS + minute * MINUTE_MS);
        metrics.tick(Levels::default());
        metrics.answered(metrics.route("/"), &Method::GET, 200, Duration::from_micros(10));
        let sum = |window: Window| metrics.report(window).total.requests;
        let expected = u64::try_from(minute + 1).unwrap();
        assert_eq!([Window::Day, Window::Month].map(sum), [expected, expected]);
        assert_eq!(sum(Window::Hour), expected.min(61));
        assert_eq!(sum(Window::FiveMinutes), expected.min(6));
    }
}

#[test]
fn a_clock_that_jumps_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let metrics = kept_in(folder.path());
    let answer = || metrics.answered(metrics.route("/"), &Method::GET, 200, Duration::from_micros(10));
    // Back by an hour, to where there is something already, years ahead, to the year 1970, and to the truth.
    let hour_ms = 60 * MINUTE_MS;
    let jumps = [NOON_MS, NOON_MS - hour_ms, NOON_MS, NOON_MS + 3_000_000 * hour_ms, 5, NOON_MS, NOON_MS + hour_ms / 2];
    for now_ms in jumps {
        set_clock(now_ms);
        metrics.tick(Levels::default());
        answer();
    }
    let report = metrics.report(Window::Day);
    assert_eq!(report.total.requests, 5, "but for what was counted in other times");
    assert!(report.points.iter().all(|point| point.at_ms <= clock()));
    metrics.end();
    assert_eq!(Metrics::open(folder.path(), clock).report(Window::Day).total.requests, 5);
}

#[test]
fn a_damaged_file_is_put_aside_once() {
    for damage in ["nothing", "not a database", "scribble"] {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("numbers.sqlite");
        let mut store = Store::open(folder.path());
        for number in 0..200 {
            store.write(NOON_MS + number * MINUTE_MS, &minute("/", &[1, 20, 300, 4_000]), NOON_MS);
        }
        drop(store);
        let mut bytes = std::fs::read(&file).unwrap();
        match damage {
            "not a database" => bytes = b"this is a text, and a long one at that: ".repeat(200),
            "scribble" => bytes.iter_mut().skip(4096).step_by(97).for_each(|byte| *byte ^= 0x5a),
            _ => {}
        }
        std::fs::write(&file, &bytes).unwrap();
        let mut store = Store::open(folder.path());
        store.write(NOON_MS, &minute("/", &[5]), NOON_MS);
        let mut found = 0;
        store.read(Window::Month, NOON_MS, NOON_MS + 1, |_, hour| found += hour.tallies.len());
        assert_eq!((found, store.kept().trouble), (1, None), "{damage}");
        let aside = folder.path().join("numbers.sqlite.bad");
        assert_eq!(aside.try_exists().unwrap(), damage != "nothing", "{damage}");
    }
}

#[test]
fn what_cannot_be_written_waits_and_is_shown() {
    let folder = tempfile::tempdir().unwrap();
    let blocked = folder.path().join("numbers.sqlite");
    std::fs::create_dir(&blocked).unwrap();
    let metrics = kept_in(folder.path());
    for number in 0..20 {
        metrics.answered(metrics.route("/"), &Method::GET, 200, Duration::from_millis(number));
        set_clock(clock() + MINUTE_MS);
        metrics.tick(Levels::default());
        assert_eq!(metrics.report(Window::Day).total.requests, number + 1);
    }
    let kept = metrics.kept();
    assert_eq!(kept.waiting, 20);
    assert!(kept.trouble.is_some_and(|trouble| trouble.contains("unable to open")));
    std::fs::remove_dir(&blocked).unwrap();
    set_clock(clock() + MINUTE_MS);
    metrics.tick(Levels::default());
    let kept = metrics.kept();
    assert_eq!((kept.waiting, kept.trouble), (0, None));
    assert_eq!(metrics.report(Window::Day).total.requests, 20);
    assert_eq!(Metrics::open(folder.path(), clock).report(Window::Day).total.requests, 20);
}

#[test]
fn while_nothing_is_asked_for_nothing_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let metrics = kept_in(folder.path());
    for number in 1..=75 {
        set_clock(NOON_MS + number * MINUTE_MS);
        metrics.tick(Levels { live: 1, ..Levels::default() });
    }
    assert_eq!(metrics.kept().written_ms, Some(NOON_MS + 60 * MINUTE_MS));
    assert_eq!(metrics.kept().waiting, 15);
    let live =
        |metrics: &Metrics| metrics.report(Window::Hour).points.iter().map(|point| point.gauges.live).sum::<u64>();
    assert_eq!(live(&metrics), 60, "it is shown all the same");
    metrics.end();
    assert_eq!(live(&Metrics::open(folder.path(), clock)), 60, "and written at the end");
}

#[test]
fn what_waits_is_bounded() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("numbers.sqlite")).unwrap();
    let mut store = Store::open(folder.path());
    let times: Vec<u64> = (0..700).map(|step| 1.02_f64.powi(step) as u64).collect();
    for number in 0..3_000 {
        store.write(NOON_MS + number * MINUTE_MS, &minute("/", &times), NOON_MS);
    }
    let waiting: Vec<_> = store.waiting().collect();
    let bytes: usize = waiting.iter().map(|(_, minute)| minute.encode().len()).sum();
    assert!(waiting.len() <= 1_440 && bytes <= 1 << 19 && bytes > 1 << 18, "{} minutes, {bytes} bytes", waiting.len());
    assert_eq!(waiting.last().unwrap().0, NOON_MS + 2_999 * MINUTE_MS, "the newest stay");
}

#[test]
fn a_report_that_nothing_is_known_for_is_whole() {
    let report = Sums::new(Window::Day, NOON_MS).report(NOON_MS);
    assert_eq!((report.points.len(), report.routes.len(), report.total.requests), (97, 0, 0));
    let names: Vec<_> = Window::ALL.iter().map(|window| window.name().parse()).collect();
    assert_eq!(names, Window::ALL.map(Ok));
    assert!("2h".parse::<Window>().is_err_and(|why| why.contains("24h")));
}

#[test]
fn handles_count_under_their_names() {
    let metrics = counting();
    let (one, other) = (metrics.writer(), metrics.writer());
    one.queued.increment(3);
    other.queued.decrement(1);
    one.failures.increment(1);
    one.batch.record(4.0);
    other.batch.record(4.0);
    metrics.pictures("h264").record(5_000.0);
    let figures = metrics.writer_figures();
    assert_eq!((figures.queued, figures.failures, figures.batch.requests, figures.batch.max_us), (2, 1, 2, 4));
    let report = metrics.report(Window::FiveMinutes);
    let names: Vec<_> = report.timings.iter().map(|(name, _)| &**name).collect();
    assert_eq!(names, ["pictures_us{decoder=h264}", "writer_batch_requests"]);
    assert_eq!((report.pictures("h264").requests, report.pictures("ffmpeg").requests), (1, 0));
    assert_eq!(report.total.requests, 0, "these are no requests");
    let _: Arc<str> = Arc::clone(&report.timings[0].0);
}

#[test]
fn all_of_it_takes_at_most_eight_megabytes() {
    let metrics = counting();
    let busy = || {
        for route in 0..256 {
            let cell =
                metrics.0.cells.cell(metrics.route(&format!("/some/route/{{id}}/{route}")), &Method::GET).unwrap();
            (0..2_000).for_each(|step| cell.add_answer(200, 1.0094_f64.powi(step) as u64));
        }
    };
    for quarter in 0..4 {
        busy();
        set_clock(NOON_MS + quarter * 400 * MINUTE_MS);
        metrics.tick(Levels::default());
    }
    busy();
    for window in Window::ALL {
        assert!(!metrics.report(window).routes.is_empty());
    }
    let cells: usize = metrics.0.cells.all().map(|(.., cell)| size_of_val(&**cell) + cell.load().size_bytes()).sum();
    // SQLite keeps half a megabyte of pages, and what it needs to know of them; and as many minutes as may wait.
    let all = cells + metrics.book().size_bytes() + metrics.0.told.size_bytes() + 512 * 128 + 700_000 + (1 << 19);
    assert!((4_000_000..=8_000_000).contains(&all), "{all} bytes");
}
