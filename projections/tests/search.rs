//! Search: what matches, and what comes first.

use projections::{Filter, Now, Query, Search, Sort, State};

use crate::story::*;

fn found_by(state: &State, typed: &str) -> Vec<u32> {
    let filter = Filter { search: Some(Search::parse(typed, Now::default())), ..Filter::default() };
    let list = state.list(&Query { filter, sort: Sort::Relevance, ..Query::default() });
    list.ids.iter().map(|video| video.get()).collect()
}

#[test]
fn all_words_must_be_found_somewhere() {
    let state =
        given([found(1, "Beach/Été à la plage.mp4"), found(2, "sun.mkv"), tagged(2, "Plage"), tagged(1, "soleil")]);
    assert_eq!(found_by(&state, "ete PLAGE"), [1]);
    assert_eq!(found_by(&state, "plage"), [1, 2]);
    assert_eq!(found_by(&state, "beach soleil"), [1], "one in the folder, one in a tag");
    assert_eq!(found_by(&state, "plage nowhere"), [0; 0]);
    assert_eq!(found_by(&state, "  "), [2, 1], "no word is no limit");
}

#[test]
fn short_words_and_other_scripts_are_found() {
    let state = given([found(1, "夏祭り.mp4"), found(2, "ab.mp4"), found(3, "b.webm")]);
    assert_eq!(found_by(&state, "夏"), [1]);
    assert_eq!(found_by(&state, "祭り"), [1]);
    assert_eq!(found_by(&state, "b"), [2, 3]);
    assert_eq!(found_by(&state, "m4"), [0; 0]);
    assert_eq!(found_by(&state, "ab.mp4"), [2], "across the end of the title");
}

#[test]
fn phrases_stay_together_and_minus_excludes() {
    let state =
        given([found(1, "big red car.mp4"), found(2, "red big car.mp4"), found(3, "car.mp4"), tagged(3, "red")]);
    assert_eq!(found_by(&state, "\"red car\""), [1]);
    assert_eq!(found_by(&state, "car -big"), [3]);
    assert_eq!(found_by(&state, "car -\"big red\" -#red"), [2]);
    assert_eq!(found_by(&state, "-big"), [3]);
    assert_eq!(found_by(&state, "\"big red"), [1], "a quote that is not closed");
    assert_eq!(found_by(&state, "car - red"), found_by(&state, "- red car"), "a lonely minus is a word");
    assert_eq!(found_by(&state, "\"\" -\"\" car").len(), 3, "empty phrases ask for nothing");
}

#[test]
fn a_hash_begins_a_tag() {
    let state = given([found(1, "a.mp4"), found(2, "b.mp4"), tagged(1, "art"), tagged(2, "party")]);
    assert_eq!(found_by(&state, "#art"), [1]);
    assert_eq!(found_by(&state, "art"), [1, 2]);
}

#[test]
fn the_best_comes_first() {
    let state = given([
        found(1, "z/other.mp4"),
        found(2, "summer rain/y.mp4"),
        found(3, "rain in summer.mp4"),
        found(4, "the summer rain.mp4"),
        found(5, "a summer rain.mp4"),
        found(6, "rain/summer.mp4"),
        tagged(1, "summer rain"),
        tagged(6, "rain"),
    ]);
    assert_eq!(found_by(&state, "summer rain"), [5, 4, 3, 6, 2, 1]);
}

#[test]
fn a_moved_video_is_found_by_its_new_name_only() {
    let state = given([found(1, "first.mp4"), found(2, "second.mp4"), moved(1, "a much longer third name.mp4")]);
    assert_eq!(found_by(&state, "first"), [0; 0]);
    assert_eq!(found_by(&state, "third"), [1]);
    assert_eq!(found_by(&state, "second"), [2], "its neighbour is where it was");
    let state = then(state, [forgotten(1)]);
    assert_eq!(found_by(&state, "third"), [0; 0]);
    assert_eq!(found_by(&state, "second"), [2]);
}

#[test]
fn anything_typed_means_something() {
    let state = given([found(1, "a.mp4")]);
    for typed in ["\"", "-", "--", "-\"", "\"\"", "\u{0}", "\u{ff}", "#", "%_*?[", "\u{301}"] {
        found_by(&state, typed);
    }
    found_by(&state, &"word ".repeat(10_000));
    found_by(&state, &"x".repeat(1_000_000));
    assert!(Search::parse("\u{301}", Now::default()).is_empty(), "an accent alone is nothing");
}
