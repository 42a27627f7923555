//! Lists: what is in them, in which order, and what they say about the whole.

use projections::{Filter, Order, Query, Sort};

use crate::story::*;

fn listed(state: &projections::State, sort: Sort, order: Order) -> Vec<u32> {
    let list = state.list(&Query { sort, order, ..Query::default() });
    list.ids.iter().map(|video| video.get()).collect()
}

#[test]
fn what_is_not_known_comes_last_in_both_directions() {
    let state = given([found(1, "a"), found(2, "b"), found(3, "c"), found(4, "d"), rated(2, 1), rated(3, 5)]);
    assert_eq!(listed(&state, Sort::Rating, Order::Descending), [3, 2, 4, 1]);
    assert_eq!(listed(&state, Sort::Rating, Order::Ascending), [2, 3, 1, 4]);
    let state = then(state, [watched(4), watched(1), probed(3, 7)]);
    assert_eq!(listed(&state, Sort::LastViewed, Order::Ascending), [4, 1, 2, 3]);
    assert_eq!(listed(&state, Sort::Duration, Order::Ascending), [3, 1, 2, 4]);
    assert_eq!(listed(&state, Sort::Views, Order::Ascending), [2, 3, 1, 4], "no views is a number");
}

#[test]
fn equals_are_ordered_by_the_date_they_were_added() {
    let state =
        given([found(1, "a"), found(2, "b"), found(3, "c"), dated(1, 90), rated(1, 4), rated(2, 4), rated(3, 4)]);
    assert_eq!(listed(&state, Sort::Added, Order::Descending), [1, 3, 2]);
    assert_eq!(listed(&state, Sort::Rating, Order::Descending), [1, 3, 2]);
    assert_eq!(listed(&state, Sort::Rating, Order::Ascending), [2, 3, 1]);
}

#[test]
fn titles_sort_as_people_do() {
    let names =
        ["Clip 10.mp4", "clip 2.mp4", "Éclair.mp4", "zoo/Apfel.mp4", "CLIP 1.mp4", "clip 2b.mp4", "eclipse.mp4"];
    let state = given((1..).zip(names).map(|(number, name)| found(number, name)));
    assert_eq!(listed(&state, Sort::Title, Order::Ascending), [4, 5, 2, 6, 1, 3, 7]);
}

#[test]
fn a_list_knows_how_long_and_how_large_it_is() {
    let state = given([
        found(1, "a"),
        found(2, "b"),
        found(3, "c"),
        probed(1, 10),
        probed(2, 20),
        probed(3, 40),
        liked(3),
        vanished(2),
    ]);
    let list = state.list(&Query { per_page: 1, ..Query::default() });
    assert_eq!((list.total, list.pages, list.duration_ms, list.size_bytes), (2, 2, 50, 400));
    let favorite =
        |favorite| Query { filter: Filter { favorite: Some(favorite), ..Filter::default() }, ..Query::default() };
    assert_eq!((state.list(&favorite(true)).duration_ms, state.list(&favorite(false)).duration_ms), (40, 10));
    let missing = Query { filter: Filter { missing: true, ..Filter::default() }, ..Query::default() };
    assert_eq!((state.list(&missing).ids, state.list(&missing).size_bytes), (ids(&[2]), 200));
}

#[test]
fn an_empty_list_has_one_page() {
    let list = given([]).list(&Query { page: 9, per_page: 0, ..Query::default() });
    assert_eq!((list.ids.len(), list.total, list.page, list.pages), (0, 0, 1, 1));
    assert_eq!(given([]).random(1), None);
    assert_eq!(given([]).related(id(1), 5), []);
}

#[test]
fn huge_numbers_are_only_numbers() {
    let state = given([
        found(1, "a"),
        found(2, "b"),
        probed(1, u64::MAX),
        probed(2, u64::MAX),
        counted(1, u64::MAX, None),
        watched(1),
    ]);
    assert_eq!(state.views().get(id(1)).count, u64::MAX);
    let query = Query { page: usize::MAX, per_page: usize::MAX, sort: Sort::Views, ..Query::default() };
    assert_eq!(state.list(&query).ids, ids(&[1, 2]));
    assert_eq!(state.list(&Query { page: usize::MAX, per_page: 1, ..query }).ids, ids(&[2]));
}

#[test]
fn a_seed_decides_the_random_order_and_a_new_video_leaves_it() {
    let all = |state: &projections::State, seed| {
        state.list(&Query { sort: Sort::Random, seed, per_page: 500, ..Query::default() }).ids
    };
    let state = given((1..=200).map(|number| found(number, "a")));
    assert_eq!(all(&state, 1), all(&state, 1));
    assert_ne!(all(&state, 1), all(&state, 2));
    let mut more = all(&then(state.clone(), [found(201, "b"), vanished(7)]), 1);
    more.retain(|video| *video != id(201));
    let mut before = all(&state, 1);
    before.retain(|video| *video != id(7));
    assert_eq!(before, more);
}

#[test]
fn random_picks_reach_every_video_that_is_there() {
    let state = given([found(1, "a"), found(2, "b"), found(3, "c"), vanished(2)]);
    let picked: std::collections::BTreeSet<_> = (0..64).filter_map(|seed| state.random(seed)).collect();
    assert_eq!(picked.into_iter().collect::<Vec<_>>(), ids(&[1, 3]));
    assert_eq!(state.random(5), state.random(5));
}

#[test]
fn related_videos_share_tags_and_are_well_rated() {
    let tags = [(1, "x"), (1, "y"), (2, "x"), (3, "x"), (3, "y"), (4, "Y"), (5, "z"), (6, "x"), (6, "y")];
    let state = given(
        (1..=6)
            .map(|number| found(number, ["e", "d", "c", "b", "a", "f"][number as usize - 1]))
            .chain(tags.map(|(video, name)| tagged(video, name))),
    );
    let related = |state: &projections::State| state.related(id(1), 9);
    assert_eq!(related(&state), ids(&[3, 6, 4, 2]), "two tags before one, then by title");
    let state = then(state, [rated(2, 1), rated(6, 5), vanished(3)]);
    assert_eq!(related(&state), ids(&[6, 2, 4]), "a rating before none");
    assert_eq!(state.related(id(1), 1), ids(&[6]));
    assert_eq!(state.related(id(5), 9), []);
}
