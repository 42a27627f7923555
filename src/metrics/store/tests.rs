//! What becomes of the kept numbers when the file, the disk or the clock are not as they should be.

use super::super::minute::Name;
use super::super::tally::Cell;
use super::*;

/// A minute of so many routes, each with so many different times.
fn busy(routes: usize, times: i32) -> Minute {
    let cell = Cell::default();
    (0..times).for_each(|step| cell.add_answer(200, 1.0e8_f64.powf(f64::from(step) / f64::from(times)) as u64));
    let tally = cell.load().since_start();
    let mut minute = Minute::default();
    for route in 0..routes {
        let name = format!("/some/route/{{id}}/{route}");
        minute.put(Name { method: "GET", name: name.as_str().into() }, tally.clone());
    }
    minute
}

fn rows(store: &Store) -> i64 {
    store.rows.as_ref().unwrap().query_row("SELECT count(*) FROM kept", [], |row| row.get(0)).unwrap()
}

#[test]
fn on_a_full_disk_minutes_wait_for_room() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = Store::open(folder.path());
    let pages = |store: &Store, pages: u32| {
        store.rows.as_ref().unwrap().execute_batch(&format!("PRAGMA max_page_count = {pages};")).unwrap();
    };
    store.write(0, &busy(5, 2_000), 0);
    // To the database a disk that is full and a file that may not grow are the same failure.
    pages(&store, 1);
    for minute in 1..=9 {
        store.write(minute * MINUTE_MS, &busy(5, 2_000), minute * MINUTE_MS);
    }
    assert_eq!((store.kept().waiting, store.kept().trouble.as_deref()), (9, Some("the disk is full")));
    assert_eq!(store.waiting().len(), 9);
    pages(&store, MAX_PAGES);
    store.write(10 * MINUTE_MS, &busy(5, 2_000), 10 * MINUTE_MS);
    assert_eq!((store.kept().waiting, store.kept().trouble), (0, None));
    let mut minutes = Vec::new();
    store.read(Window::Hour, 0, i64::MAX, |at_ms, _| minutes.push(at_ms / MINUTE_MS));
    assert_eq!(minutes, (0..=10).collect::<Vec<_>>());
}

#[test]
fn a_year_of_a_busy_server_fits() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = Store::open(folder.path());
    let (hour_ms, minute) = (60 * MINUTE_MS, busy(20, 60));
    // A day is its first minute but for the last month, where an hour is: all rows are as long as if it were busy always.
    let hours = (0..368 * 24).step_by(24).chain(368 * 24..400 * 24);
    for at_ms in hours.map(|hour| hour * hour_ms) {
        store.write(at_ms, &minute, at_ms);
    }
    let kept = store.kept();
    assert!(kept.size_bytes <= 10_000_000 && kept.trouble.is_none(), "{kept:?}");
    let mut hours = 0;
    store.read(Window::Month, 370 * 24 * hour_ms, i64::MAX, |_, _| hours += 1);
    assert_eq!((hours, kept.oldest_ms), (30 * 24, Some(0)));
}

#[test]
fn a_server_that_is_too_busy_is_remembered_for_less_long() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = Store::open(folder.path());
    let (day_ms, minute) = (24 * 60 * MINUTE_MS, busy(140, 2_000));
    for day in 0..50 {
        store.write(day * day_ms, &minute, day * day_ms);
        let kept = store.kept();
        assert!(kept.size_bytes <= 10_000_000 && kept.trouble.is_none(), "{day}: {kept:?}");
    }
    let mut newest = None;
    store.read(Window::Day, 0, i64::MAX, |at_ms, _| newest = Some(at_ms));
    assert_eq!(newest, Some(49 * day_ms));
    assert!(rows(&store) < 4 * 50);
}

#[test]
fn rows_are_kept_by_number_and_those_of_the_future_go_first() {
    let mut store = Store::in_memory();
    let far_ms = 10_000 * 24 * 60 * MINUTE_MS;
    for minute in 0..500 {
        store.write(far_ms + minute * MINUTE_MS, &busy(1, 1), far_ms + minute * MINUTE_MS);
    }
    for minute in 0..100 {
        store.write(minute * MINUTE_MS, &busy(1, 1), minute * MINUTE_MS);
    }
    let mut minutes = Vec::new();
    store.read(Window::Hour, 0, i64::MAX, |at_ms, _| minutes.push(at_ms / MINUTE_MS));
    let (now, future): (Vec<_>, Vec<_>) = minutes.into_iter().partition(|minute| *minute < 1_000);
    assert_eq!(now, (0..100).collect::<Vec<_>>());
    assert_eq!(future.len(), 21);
}
