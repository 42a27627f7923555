//! When nothing is found: what was probably meant.

use projections::{Corrected, Filter, Now, Search, State};

use crate::story::*;

fn library() -> State {
    given([
        found(1, "Amber Tide.mp4"),
        found(2, "amber_storm 2024.mp4"),
        found(3, "Ambler.mp4"),
        found(4, "sub/Marina Öresund.mkv"),
        found(5, "Привет мир.mp4"),
        found(6, "Velvet.mp4"),
        tagged(1, "Deep Sea"),
        tagged(2, "lighthouse"),
        tagged(6, "harbor"),
        vanished(6),
    ])
}

fn meant(state: &State, typed: &str) -> Option<String> {
    let filter = Filter { search: Some(Search::parse(typed, Now::default())), ..Filter::default() };
    assert!(state.filtered(&filter).is_empty(), "{typed} finds something");
    let Corrected { typed: said, used, search } = state.corrected(&filter)?;
    assert_eq!((said.as_str(), search.typed()), (typed, used.as_str()));
    assert!(!state.filtered(&Filter { search: Some(search), ..filter }).is_empty(), "{used}");
    Some(used)
}

#[test]
fn the_closest_and_most_common_word_is_meant() {
    let state = library();
    for (typed, used) in [
        ("ambar", "amber"),
        ("abmer", "amber"),
        ("Ambr", "amber"),
        ("ambar tide", "amber tide"),
        ("\"ambar tyde\" -zzz", "\"amber tide\" -zzz"),
        ("lihgthuose", "lighthouse"),
        ("tag:lighthose", "tag:lighthouse"),
        ("amber tag:deepsea", "amber tag:\"deep sea\""),
        ("tag:\"deep see\"", "tag:\"deep sea\""),
        ("maryna oresond", "marina oresund"),
        ("приветт", "привет"),
        ("zzz or storn", "zzz or storm"),
    ] {
        assert_eq!(meant(&state, typed).as_deref(), Some(used), "{typed}");
    }
}

#[test]
fn nothing_is_guessed_from_little_or_to_no_avail() {
    let state = library();
    for typed in ["zzzzzz", "tdei", "amber rating:5", "20245", "tide storm", "velvat", "rating:4"] {
        assert_eq!(meant(&state, typed), None, "{typed}");
    }
    assert_eq!(meant(&given([]), "amber"), None);
}
