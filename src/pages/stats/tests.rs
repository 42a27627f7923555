//! What the page of statistics shows of given events.

use super::*;
use crate::pages::samples::{after, forgotten, found, id, rated, tagged};
use events::event::{Playback, View};
use events::{Actor, Cause, CommandId, Event, Recorded};

const DAY_MS: i64 = 86_400_000;
/// Noon of 28 November 2026, UTC.
const NOW_MS: i64 = 1_795_867_200_000;

fn happened_at(mut state: Known, at_ms: i64, event: Event) -> Known {
    let pos = state.pos() + 1;
    let (cause, actor, command_id) = (Cause::Viewer, Actor(7), CommandId { key: pos, body: pos });
    let (recorded_at_ms, occurred_at_ms) = (at_ms, at_ms);
    state.apply(&Recorded {
        pos,
        recorded_at_ms,
        occurred_at_ms,
        batch: pos,
        cause,
        actor,
        command_id,
        caused_by: 0,
        event,
    });
    state
}

/// The state after a view of this video began then.
pub(super) fn viewed_at(state: Known, number: u32, at_ms: i64) -> Known {
    happened_at(state, at_ms, Event::View(View::Started { video: id(number) }))
}

fn page(state: &Known, last: Last) -> Stats {
    Stats::of(state, last, NOW_MS, &TimeZone::UTC)
}

fn named(rows: &[Named]) -> Vec<(&str, u64)> {
    rows.iter().map(|row| (row.name.as_str(), row.number)).collect()
}

#[test]
fn views_are_counted_within_the_time_asked_for() {
    let mut state = after(&[found(1, "a.mp4"), found(2, "b.mp4"), tagged(1, "sea"), tagged(2, "sea")]);
    for (number, days_ago) in [(1, 0), (1, 0), (2, 29), (2, 30), (2, 300), (2, 4_000), (1, -400)] {
        state = viewed_at(state, number, NOW_MS - days_ago * DAY_MS);
    }
    let month = page(&state, Last::Month);
    assert_eq!((month.views, month.videos, month.per), (3, 2, "day"));
    assert_eq!((named(&month.most_watched), named(&month.tags)), (vec![("a", 2), ("b", 1)], vec![("sea", 3)]));
    let views = month.charts.first().unwrap();
    assert_eq!(views.about, "3 views in all; the most in one day was 2 views (Sat 28 Nov 2026).");
    let rows = [("Sat 28 Nov 2026", "2 views"), ("Fri 30 Oct 2026", "1 view")];
    assert_eq!(views.rows, rows.map(|(when, value)| (when.to_owned(), value.to_owned())));
    let year = page(&state, Last::Year);
    assert_eq!((year.views, year.per), (5, "week"));
    let ever = page(&state, Last::Ever);
    assert_eq!((ever.views, ever.per), (6, "year"), "but not what is still to come");
    assert_eq!(named(&ever.most_watched), [("b", 4), ("a", 2)]);
    let [_, days] = month.charts.as_slice() else { unreachable!("two charts") };
    assert!(days.about.starts_with("Something was watched on 4 days."), "{}", days.about);
    assert_eq!(days.rows.len(), 4, "the calendar shows a year, whatever is asked for");
}

#[test]
fn time_is_what_was_watched() {
    let mut state = after(&[found(1, "a.mp4")]);
    for minute in 0..=90 {
        let event = Event::Playback(Playback::Paused { video: id(1), position_ms: minute * MINUTE_MS });
        state = happened_at(state, NOW_MS + i64::try_from(minute * MINUTE_MS).unwrap(), event);
    }
    let month = page(&state, Last::Month);
    assert_eq!((month.watched_ms, month.views), (90 * MINUTE_MS, 0));
    let [times, year] = month.charts.as_slice() else { unreachable!("two charts") };
    assert_eq!(year.about, "Nothing was watched in this year.");
    assert_eq!(times.about, "1 h 30 min in all; the most in one day was 1 h 30 min (Sat 28 Nov 2026).");
    assert!(times.chart.wide.elements.contains(">100 min<"), "one unit for all lines");
}

#[test]
fn who_changes_their_mind_is_named_and_who_is_gone_is_not() {
    let mut events = vec![found(1, "a.mp4"), found(2, "b.mp4"), found(3, "c.mp4")];
    events.extend([rated(1, 3), rated(1, 4), rated(2, 5), rated(3, 1), rated(3, 2), rated(3, 3)]);
    let state = viewed_at(after(&events), 3, NOW_MS);
    assert_eq!(named(&page(&state, Last::Month).rerated), [("c", 3), ("a", 2)]);
    events.push(forgotten(3));
    let gone = page(&after(&events), Last::Month);
    assert_eq!((named(&gone.rerated), gone.most_watched.len()), (vec![("a", 2)], 0));
}

#[test]
fn without_views_there_is_nothing_to_draw() {
    let page = page(&after(&[found(1, "a.mp4")]), Last::Ever);
    assert_eq!((page.charts.len(), page.views, page.most_watched.len()), (0, 0, 0));
    assert_eq!(page.lasts.iter().map(|last| last.current).collect::<Vec<_>>(), [false, false, true]);
}

#[test]
fn any_address_means_a_time() {
    let read = |query| Last::read(Some(query));
    assert_eq!((read("last=365"), read("last=all"), read("a=b&last=365")), (Last::Year, Last::Ever, Last::Year));
    assert_eq!([read(""), read("last="), read("last=1e9")], [Last::Month; 3]);
}

#[test]
fn shades_say_what_they_stand_for() {
    assert_eq!(shades(8), ["0", "1–2", "3–4", "5–6", "7–8"]);
    assert_eq!(shades(2), ["0", "1", "–", "2", "–"]);
    assert_eq!(shades(0), ["0", "–", "–", "–", "–"]);
}
