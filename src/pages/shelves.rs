//! The shelves of home: a few videos of the whole library above the list, to go on with or to come across.
//!
//! Only on the first page of the whole list, and only those that show what the list below does not.

use super::address::Address;
use super::parts::Card;
use super::place::Place;
use projections::{Query, Sort, State};
use serde::Serialize;

/// How many videos are on a shelf at most.
const SHELF: usize = 12;
const DAY_MS: i64 = 86_400_000;

/// One shelf.
#[derive(Debug, PartialEq, Eq, Hash, Serialize)]
pub(super) struct Shelf {
    /// What the browser remembers it by when somebody folds it up.
    pub(super) name: &'static str,
    pub(super) title: &'static str,
    /// The whole list it begins, if there is one.
    pub(super) href: Option<String>,
    pub(super) cards: Vec<Card>,
}

/// Whether there can be shelves above the list of `place` at `address`.
pub(super) fn has_shelves(place: &Place, address: &Address) -> bool {
    *place == Place::Home && address.begins_whole()
}

/// The day of this moment, which decides the random pick.
pub(super) fn day(now_ms: i64) -> u64 {
    now_ms.div_euclid(DAY_MS).unsigned_abs()
}

/// The shelves above the list of `place` at `address`, with the random pick of this `day`.
pub(super) fn above(state: &State, place: &Place, address: &Address, day: u64) -> Vec<Shelf> {
    if !has_shelves(place, address) {
        return Vec::new();
    }
    let listed = |sort, seed| state.list(&Query { sort, seed, per_page: SHELF, ..Query::default() });
    let mut shelves = vec![Shelf {
        name: "continue",
        title: "Continue watching",
        href: None,
        cards: Card::all(state, &state.in_progress(SHELF)),
    }];
    let pick = listed(Sort::Random, day);
    // What a small library has is on the page anyway.
    let large = pick.total > 2 * SHELF;
    if address.sort != Sort::Added && large {
        let cards = Card::all(state, &listed(Sort::Added, 0).ids);
        shelves.push(Shelf { name: "recent", title: "Recently added", href: Some("/".to_owned()), cards });
    }
    if address.sort != Sort::Random && large {
        let from = Address::usual(Sort::Added).sorted_by(Sort::Random).shuffled(day);
        let cards = Card::listed(state, &pick.ids, &from.to_from("/"), address.layout);
        shelves.push(Shelf { name: "random", title: "Random pick", href: Some(from.url("/").into_owned()), cards });
    }
    shelves.retain(|shelf| !shelf.cards.is_empty());
    shelves
}

#[cfg(test)]
mod tests {
    use super::super::samples::{after, found, id};
    use super::*;
    use events::Event;
    use events::event::Playback;

    fn shown(state: &State, place: &Place, query: &str) -> Vec<(&'static str, usize)> {
        let address = Address::read(Some(query), place.usual_sort());
        above(state, place, &address, 9).iter().map(|shelf| (shelf.name, shelf.cards.len())).collect()
    }

    #[test]
    fn shelves_show_what_the_list_does_not_and_only_where_it_begins() {
        let files = |count| (1..=count).map(|number| found(number, &format!("{number}.mp4"))).collect::<Vec<Event>>();
        assert_eq!(shown(&after(&files(20)), &Place::Home, ""), [], "a small library is all on the page");
        let mut events = files(30);
        assert_eq!(shown(&after(&events), &Place::Home, ""), [("random", 12)]);
        events.push(Event::Playback(Playback::Paused { video: id(3), position_ms: 4_000 }));
        let state = after(&events);
        assert_eq!(shown(&state, &Place::Home, ""), [("continue", 1), ("random", 12)]);
        assert_eq!(shown(&state, &Place::Home, "sort=title"), [("continue", 1), ("recent", 12), ("random", 12)]);
        assert_eq!(shown(&state, &Place::Home, "sort=random&seed=4"), [("continue", 1), ("recent", 12)]);
        for elsewhere in ["page=2&per_page=5", "q=a", "tag=x"] {
            assert_eq!(shown(&state, &Place::Home, elsewhere), [], "{elsewhere}");
        }
        assert_eq!(shown(&state, &Place::Popular, ""), []);
    }
}
