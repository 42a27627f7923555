//! However a state is built, it is the same, and it says what the model says.

use std::collections::BTreeSet;

use events::{Recorded, VideoId};
use projections::{Filter, List, Neighbours, Now, Order, Query, Replay, Search, Sort, State};
use proptest::prelude::*;

use crate::model::{Model, QUESTIONS};
use crate::story::{id, stars, tag};
use crate::stream::{TAGS, history, seeds};

/// Words that are searched for in the tests. What else can be asked is in [`crate::model::QUESTIONS`].
pub(crate) const SEARCHES: [&str; 14] = [
    "",
    "a",
    "al",
    "alpha",
    "PLAGE",
    "art",
    "#art",
    "mp4",
    "-art",
    "heart beat",
    "beat heart",
    "alpha -10",
    "夏",
    "e/p",
];

fn searching(typed: &str) -> Filter {
    let search = Search::parse(typed, Now::default());
    assert_eq!(search.slips(), [], "{typed}");
    Filter { search: Some(search), ..Filter::default() }
}

fn filters() -> Vec<Filter> {
    let any = Filter::default;
    let mut filters = vec![
        any(),
        Filter { missing: true, ..any() },
        Filter { favorite: Some(true), ..any() },
        Filter { favorite: Some(false), rated: Some(true), ..any() },
        Filter { rated: Some(false), ..any() },
        Filter { stars_min: Some(stars(3)), ..any() },
        Filter { viewed: Some(true), ..any() },
        Filter { viewed: Some(false), missing: true, ..any() },
        Filter { tags: vec![tag("unheard of")], ..any() },
        Filter { tags: vec![tag("art"), tag("x")], ..any() },
    ];
    filters.extend(TAGS.iter().map(|name| Filter { tags: vec![tag(name)], ..any() }));
    filters.extend(SEARCHES.iter().map(|typed| searching(typed)));
    filters.extend(QUESTIONS.iter().map(|(typed, _)| searching(typed)));
    filters.push(Filter { missing: true, ..searching("a") });
    filters.push(Filter { missing: true, ..searching("is:missing") });
    filters
}

fn applied(events: &[Recorded]) -> State {
    let mut state = State::default();
    events.iter().for_each(|recorded| state.apply(recorded));
    state
}

/// Compares every page of every list with the model.
fn assert_lists(state: &State, model: &Model, filters: impl IntoIterator<Item = Filter>, per_page: usize) {
    for filter in filters {
        for sort in Sort::ALL {
            for order in [Order::Ascending, Order::Descending] {
                let query = Query { filter: filter.clone(), sort, order, seed: 3, page: 1, per_page };
                assert_pages(state, &model.list(&query), &query);
            }
        }
    }
}

fn assert_pages(state: &State, whole: &List, first: &Query) {
    let pages = whole.total.div_ceil(first.per_page).max(1);
    let mut listed = Vec::new();
    for page in 1..=pages {
        let query = Query { page, ..first.clone() };
        let list = state.list(&query);
        assert_eq!((list.page, list.pages, list.total), (page, pages, whole.total), "{query:?}");
        assert_eq!((list.duration_ms, list.size_bytes), (whole.duration_ms, whole.size_bytes), "{query:?}");
        let full = page < pages || whole.total.is_multiple_of(first.per_page) && whole.total > 0;
        assert_eq!(list.ids.len(), if full { first.per_page } else { whole.total % first.per_page }, "{query:?}");
        listed.extend(list.ids);
    }
    let beyond = state.list(&Query { page: pages + 7, ..first.clone() });
    assert_eq!(beyond, state.list(&Query { page: pages, ..first.clone() }), "beyond the end is the last page");
    assert_neighbours(state, &listed, first);
    if first.sort == Sort::Random {
        // The model knows no seeds: each video comes once, and the other direction is the mirror image.
        let back = if first.order == Order::Ascending { Order::Descending } else { Order::Ascending };
        let mut mirrored = state.list(&Query { order: back, per_page: usize::MAX, ..first.clone() }).ids;
        mirrored.reverse();
        assert_eq!(listed, mirrored, "{first:?}");
        listed.sort_unstable();
        assert!(listed.iter().eq(whole.ids.iter().collect::<BTreeSet<_>>()), "{first:?}");
    } else {
        assert_eq!(listed, whole.ids, "{first:?}");
    }
}

/// The ends of the list and some places between, and a video that is not in it.
fn assert_neighbours(state: &State, listed: &[VideoId], query: &Query) {
    let total = listed.len();
    for index in (0..total).step_by(total / 4 + 1).chain(total.checked_sub(1)) {
        let previous = index.checked_sub(1).map(|before| listed[before]);
        let expected = Neighbours { previous, next: listed.get(index + 1).copied(), index, total };
        assert_eq!(state.neighbours(query, listed[index]), Some(expected), "{query:?}");
    }
    let other = state.videos().iter().map(|video| video.id).find(|video| !listed.contains(video));
    assert_eq!(other.and_then(|other| state.neighbours(query, other)), None, "{query:?}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_list_is_that_of_the_model(seeds in seeds(160), per_page in 1usize..7) {
        let events = history(&seeds, 12);
        let mut model = Model::default();
        events.iter().for_each(|recorded| model.apply(recorded));
        let state = applied(&events);
        assert_lists(&state, &model, filters(), per_page);
        let in_progress: Vec<u32> = state.in_progress(usize::MAX).iter().map(|video| video.get()).collect();
        prop_assert_eq!(in_progress, model.in_progress());
        for number in 0..14 {
            let related: Vec<u32> = state.related(id(number + 1), 5).iter().map(|video| video.get()).collect();
            prop_assert_eq!(related, model.related(number + 1, 5));
            prop_assert_eq!(state.watched(id(number + 1)), model.watched(number + 1));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn applied_replayed_and_resumed_are_the_same(seeds in seeds(200), cut in any::<prop::sample::Index>()) {
        let events = history(&seeds, 12);
        let state = applied(&events);
        prop_assert_eq!(state.check(), BTreeSet::new());
        let mut replay = State::replay();
        events.iter().for_each(|recorded| replay.fold(recorded));
        assert_same(&state, &replay.finish());
        let (head, tail) = events.split_at(cut.index(events.len() + 1));
        let mut resumed = Replay::from(applied(head));
        tail.iter().for_each(|recorded| resumed.fold(recorded));
        assert_same(&state, &resumed.finish());
        let mut replay = State::replay();
        head.iter().for_each(|recorded| replay.fold(recorded));
        let mut followed = replay.finish();
        tail.iter().for_each(|recorded| followed.apply(recorded));
        assert_same(&state, &followed);
    }

    #[test]
    fn an_old_state_stays_as_it_was(seeds in seeds(120), cut in any::<prop::sample::Index>()) {
        let events = history(&seeds, 12);
        let (head, tail) = events.split_at(cut.index(events.len() + 1));
        let old = applied(head);
        let digest = old.digest();
        let mut new = old.clone();
        tail.iter().for_each(|recorded| new.apply(recorded));
        prop_assert_eq!(old.digest(), digest);
        prop_assert_eq!(old.check(), BTreeSet::new());
        assert_same(&new, &applied(&events));
    }
}

/// Equal facts, equal indexes (each is right by `check`), equal counts of oddities.
fn assert_same(one: &State, other: &State) {
    assert_eq!(one.digest(), other.digest());
    assert_eq!(
        (one.pos(), one.anomalies(), one.first_anomaly()),
        (other.pos(), other.anomalies(), other.first_anomaly())
    );
    assert_eq!(other.check(), BTreeSet::new());
}

#[test]
fn large_libraries_are_listed_as_the_model_lists_them() {
    // Large enough that lists are walked from both ends, and that sets are sparse or dense.
    let seed = |number: u32| {
        let mixed = (u64::from(number) + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(23);
        let [kind, a, b, what, when, ..] = mixed.wrapping_mul(0xBF58_476D_1CE4_E5B9).to_be_bytes();
        (kind, u16::from_be_bytes([a, b]), what, when % 250)
    };
    let events = history(&(0..36_000).map(seed).collect::<Vec<_>>(), 5_000);
    let (state, mut model) = (applied(&events), Model::default());
    events.iter().for_each(|recorded| model.apply(recorded));
    assert_eq!(state.check(), BTreeSet::new());
    assert!(state.videos().present().len() > 2_500, "{} videos", state.videos().present().len());
    let any = Filter::default;
    let filters = [
        any(),
        Filter { favorite: Some(false), ..any() },
        Filter { missing: true, ..any() },
        Filter { tags: vec![tag("art")], ..any() },
        searching("alpha"),
        searching("views:<=2"),
        searching("size:>10b"),
    ];
    assert_lists(&state, &model, filters, 701);
}
