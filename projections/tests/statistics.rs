//! When what was watched: on plain values, and the same from views that were rolled up.

use std::collections::{BTreeMap, BTreeSet};

use events::event::{HourCount, Playback, Tag, View};
use events::{Actor, Cause, Event, Recorded, VideoId};
use projections::{Hour, State, Sum};
use proptest::prelude::*;

use crate::story::{
    self, found, given, id, probed, rated, recorded, tag, tagged, then, unrated, vanished, watched, withdrawn,
};
use crate::stream::{history, seeds};

const HOUR_MS: i64 = HourCount::MS;

/// The state after this happened at that time as well.
fn at(state: State, at_ms: i64, cause: Cause, event: Event) -> State {
    let mut next = state;
    let pos = next.pos() + 1;
    next.apply(&Recorded { occurred_at_ms: at_ms, cause, ..recorded(pos, event) });
    assert_eq!(next.check(), BTreeSet::new());
    next
}

fn viewed_at(state: State, number: u32, at_ms: i64) -> State {
    at(state, at_ms, Cause::Viewer, watched(number))
}

fn paused_at(state: State, at_ms: i64, position_ms: u64) -> State {
    at(state, at_ms, Cause::Viewer, Event::Playback(Playback::Paused { video: id(1), position_ms }))
}

fn hour(hour: u32, views: u32, watched_ms: u32) -> Hour {
    Hour { hour, views, watched_ms }
}

#[test]
fn views_are_counted_by_the_hour_whenever_they_are_learned_of() {
    let mut state = given([found(1, "a.mp4"), found(2, "b.mp4")]);
    for (number, at_ms) in [(1, 5 * HOUR_MS), (1, 6 * HOUR_MS - 1), (1, 9 * HOUR_MS), (1, 2 * HOUR_MS), (2, -1)] {
        state = viewed_at(state, number, at_ms);
    }
    let hours = |number: u32| state.statistics().hours(id(number));
    assert_eq!(hours(1), [hour(2, 1, 0), hour(5, 2, 0), hour(9, 1, 0)]);
    assert_eq!(hours(2), [hour(0, 1, 0)]);
    assert_eq!(hours(3), []);
    assert_eq!(state.watched_span(), Some((0, 9)));
    assert_eq!(given([found(1, "a.mp4")]).watched_span(), None);
}

#[test]
fn an_hour_whose_views_were_all_taken_back_is_none() {
    let state = given([found(1, "a.mp4")]);
    let state = viewed_at(viewed_at(state, 1, 5 * HOUR_MS), 1, 9 * HOUR_MS);
    let hours = |state: &State| state.statistics().hours(id(1)).to_vec();
    let state = then(state, [withdrawn(1, 1, Some(7 * HOUR_MS), None)]);
    assert_eq!(hours(&state), [hour(5, 1, 0), hour(9, 1, 0)], "nothing was watched then");
    let state = then(state, [withdrawn(1, 1, Some(5 * HOUR_MS), None)]);
    assert_eq!(hours(&state), [hour(9, 1, 0)]);
    let state = then(state, [withdrawn(1, 1, Some(9 * HOUR_MS), None)]);
    assert_eq!(hours(&state), []);
    assert_eq!(state.watched_span(), None);
}

#[test]
fn watching_is_going_forward_in_the_time_that_passed() {
    let begun = given([found(1, "a.mp4"), probed(1, 100_000)]);
    let watched = |state: &State| state.statistics().hours(id(1)).iter().map(|hour| hour.watched_ms).sum::<u32>();
    let begun = paused_at(begun, 1_000_000, 15_000);
    assert_eq!(watched(&begun), 0, "nobody knows when it began");
    let on = paused_at(begun.clone(), 1_015_000, 30_000);
    assert_eq!(watched(&on), 15_000);
    assert_eq!(watched(&paused_at(begun.clone(), 1_015_000, 90_000)), 15_000, "a skip is not watching");
    assert_eq!(watched(&paused_at(begun.clone(), 1_015_000, 18_000)), 3_000, "it stood still for a while");
    assert_eq!(watched(&paused_at(begun.clone(), 1_015_000, 2_000)), 0, "back is not watching");
    assert_eq!(watched(&paused_at(begun.clone(), 900_000, 30_000)), 0, "a clock that went back");
    assert_eq!(watched(&paused_at(begun, 90_000_000, 15_000_000)), 120_000, "a day later, further on");
    let finished =
        |state: State, at_ms| at(state, at_ms, Cause::Viewer, Event::Playback(Playback::Finished { video: id(1) }));
    let ended = finished(paused_at(on.clone(), 1_085_000, 95_000), 1_090_000);
    assert_eq!(watched(&ended), 15_000 + 65_000 + 5_000, "to its end");
    assert_eq!(watched(&paused_at(ended, 2_000_000, 14_000)), 85_000 + 14_000, "again, from the beginning");
    let taken_back = Event::Playback(Playback::Paused { video: id(1), position_ms: 60_000 });
    assert_eq!(watched(&at(on, 1_045_000, Cause::Undo, taken_back)), 15_000, "an undo is not watching");
    let unknown = paused_at(given([found(1, "a.mp4")]), 1_000, 5_000);
    assert_eq!(watched(&finished(unknown, 9_000)), 0, "a film of unknown length");
}

#[test]
fn ratings_count_where_the_stars_became_others() {
    let state =
        given([found(1, "a.mp4"), rated(1, 3), rated(1, 3), rated(1, 5), unrated(1), unrated(1), found(2, "b")]);
    assert_eq!(state.statistics().rating_changes(id(1)), 3);
    assert_eq!(state.statistics().rating_changes(id(2)), 0);
    assert_eq!(state.statistics().rated().collect::<Vec<_>>(), [(id(1), 3)]);
}

#[test]
fn a_span_of_time_is_summed_up_by_hour_video_and_tag() {
    let state = given([found(1, "a.mp4"), found(2, "b.mp4"), tagged(1, "art"), tagged(2, "art"), tagged(2, "x")]);
    let mut state = then(state, [found(3, "c.mp4"), tagged(3, "x"), vanished(3)]);
    for (number, at_hour) in [(1, 10), (1, 10), (2, 12), (3, 13), (1, 14)] {
        state = viewed_at(state, number, at_hour * HOUR_MS);
    }
    let views = |views| Sum { views, watched_ms: 0 };
    let span = state.watched_within(10..14);
    assert_eq!((span.all, span.first_hour), (views(4), 10));
    assert_eq!(span.hours, [views(2), views(0), views(1), views(1)]);
    assert_eq!(span.videos, [(id(1), views(2)), (id(2), views(1)), (id(3), views(1))]);
    let named = |name: &str| state.tags().find(name).unwrap();
    assert_eq!(span.tags, [(named("art"), views(3)), (named("x"), views(1))], "of those that are there");
    assert_eq!((state.watched_within(20..20).hours.len(), state.watched_within(20..20).all), (0, views(0)));
    let ever = state.watched_within(0..u32::MAX);
    assert_eq!((ever.hours.len(), ever.all), (24 * 366 * 100, views(0)), "of a long span the end");
}

/// The same history, in which the views before `cut` are few events. Views stay on their side of a withdrawal, and one
/// that says again what was taken back stays as it is.
fn rolled_up(events: &[Recorded], cut: usize) -> Vec<Recorded> {
    let mut state = State::default();
    let mut open = BTreeMap::<VideoId, (usize, Vec<i64>)>::new();
    let mut closed = Vec::new();
    let mut rolled_up = events.to_vec();
    for (index, recorded) in events.iter().enumerate() {
        let at_ms = recorded.occurred_at_ms;
        let count = |state: &State| recorded.event.video().map_or(0, |video| state.views().get(video).count);
        let (before, video) = (count(&state), recorded.event.video());
        let again = video.is_some_and(|video| state.views().withdrawn(video, at_ms) > 0);
        state.apply(recorded);
        if let Event::View(View::Started { video }) = recorded.event
            && index < cut
            && count(&state) > before
            && !again
        {
            let (last, began_at_ms) = open.entry(video).or_default();
            *last = index;
            began_at_ms.push(at_ms);
            // In its place something that changes nothing.
            rolled_up[index].event = Event::Tag(Tag::Removed { video, tag: tag("unheard of") });
        }
        if let Event::View(View::Withdrawn { video, .. }) = recorded.event {
            closed.extend(open.remove_entry(&video));
        }
    }
    for (video, (last, began_at_ms)) in closed.into_iter().chain(open) {
        rolled_up[last].event = story::rolled_up(video.get(), &began_at_ms);
    }
    rolled_up
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn rolled_up_views_are_the_views_they_were(seeds in seeds(250), cut in any::<prop::sample::Index>()) {
        // Hours apart, not seconds.
        let mut events = history(&seeds, 6);
        events.iter_mut().for_each(|recorded| recorded.occurred_at_ms *= 1_000);
        let applied = |events: &[Recorded]| {
            let mut state = State::default();
            events.iter().for_each(|recorded| state.apply(recorded));
            state
        };
        let (was, mut now) = (applied(&events), applied(&rolled_up(&events, cut.index(events.len() + 1))));
        prop_assert_eq!(now.check(), BTreeSet::new());
        for video in was.videos().iter().map(|video| video.id) {
            let facts = |state: &State| {
                let viewed = state.views().get(video);
                (viewed.count, viewed.last_viewed_at_ms, state.statistics().hours(video).to_vec())
            };
            prop_assert_eq!(facts(&was), facts(&now));
        }
        // But for the device of the last view, which the next one says again, all is the same.
        let mut then = was.clone();
        for video in was.videos().iter().filter(|video| video.presence != projections::Presence::Forgotten) {
            let pos = then.pos() + 1;
            let event = Event::View(View::Started { video: video.id });
            let last = Recorded { occurred_at_ms: i64::MAX, actor: Actor(1), ..recorded(pos, event) };
            then.apply(&last);
            now.apply(&last);
        }
        let devices_forgotten = was.videos().iter().any(|video| video.presence == projections::Presence::Forgotten);
        prop_assert!(devices_forgotten || then.digest() == now.digest());
    }
}
