//! Tags: one identity for all spellings, counts of what is there, renaming and merging as one event.

use projections::{Anomaly, State};

use crate::story::*;

fn all(state: &State) -> Vec<(&str, u64)> {
    state.tags().all().into_iter().map(|(tag, count)| (tag.as_str(), count)).collect()
}

fn of(state: &State, number: u32) -> Vec<&str> {
    state.tags().of(id(number)).into_iter().map(|tag| tag.as_str()).collect()
}

#[test]
fn the_first_spelling_is_shown() {
    let state =
        given([found(1, "a"), found(2, "b"), tagged(1, "Art"), tagged(2, "aRT"), tagged(2, "Zoo"), tagged(1, "Éa")]);
    assert_eq!(all(&state), [("Art", 2), ("Éa", 1), ("Zoo", 1)]);
    assert_eq!(of(&state, 2), ["Art", "Zoo"]);
    assert!(state.tags().has(id(2), &tag("ART")));
    assert_eq!(state.tags().find("#art"), state.tags().find("Art"));
    assert!(state.tags().find("none").is_none());
}

#[test]
fn a_tag_nobody_uses_any_more_forgets_its_spelling() {
    let state = given([found(1, "a"), tagged(1, "arT"), untagged(1, "ART"), untagged(1, "never"), untagged(1, "art")]);
    assert_eq!(all(&state), []);
    assert!(state.tags().find("art").is_none());
    let state = then(state, [tagged(1, "Art")]);
    assert_eq!(all(&state), [("Art", 1)]);
    assert_eq!(state.anomalies(), 0);
}

#[test]
fn missing_videos_do_not_count_but_keep_their_tags() {
    let state = given([found(1, "a"), found(2, "b"), tagged(1, "x"), tagged(2, "x"), tagged(2, "y"), vanished(2)]);
    assert_eq!(all(&state), [("x", 1)]);
    assert_eq!(of(&state, 2), ["x", "y"]);
    assert_eq!(state.tags().count(state.tags().find("x").unwrap()), 1);
    assert!(state.tags().find("y").is_some(), "somebody missing has it");
}

#[test]
fn renaming_takes_the_videos_along() {
    let state = given([found(1, "a"), found(2, "b"), tagged(1, "old"), tagged(2, "Old"), tag_renamed("OLD", "New")]);
    assert_eq!(all(&state), [("New", 2)]);
    assert_eq!(of(&state, 1), ["New"]);
    assert!(state.tags().find("old").is_none());
    let state = then(state, [tag_renamed("new", "nEW")]);
    assert_eq!(all(&state), [("nEW", 2)], "another spelling of the same tag");
    let state = then(state, [tagged(1, "old")]);
    assert_eq!(all(&state), [("nEW", 2), ("old", 1)], "the old name is free again");
}

#[test]
fn renaming_to_a_name_in_use_is_merging() {
    let given_both = || given([found(1, "a"), found(2, "b"), tagged(1, "x"), tagged(1, "Y"), tagged(2, "x")]);
    for event in [tag_renamed("x", "y"), tag_merged("x", "y")] {
        let state = then(given_both(), [event]);
        assert_eq!(all(&state), [("Y", 2)]);
        assert_eq!((of(&state, 1), of(&state, 2)), (vec!["Y"], vec!["Y"]));
    }
    let state = then(given_both(), [tag_merged("x", "X"), tag_merged("unknown", "x")]);
    assert_eq!(all(&state), [("x", 2), ("Y", 1)]);
    assert_eq!(state.first_anomaly(), Some((7, Anomaly::UnknownTag)));
}

#[test]
fn popular_tags_come_by_number_and_then_by_name() {
    let state = given([found(1, "a"), found(2, "b"), tagged(1, "z"), tagged(2, "z"), tagged(1, "b"), tagged(1, "A")]);
    let names = |tags: Vec<(&events::TagName, u64)>| tags.iter().map(|(tag, _)| tag.to_string()).collect::<Vec<_>>();
    assert_eq!(names(state.tags().popular(9)), ["z", "A", "b"]);
    for limit in 0..=3 {
        assert_eq!(names(state.tags().popular(limit)), ["z", "A", "b"][..limit], "{limit}");
    }
}

#[test]
fn suggestions_begin_with_what_was_typed_before_they_contain_it() {
    let tags = ["party", "Art", "heart", "Ärtner"];
    let state = given(
        [found(1, "a"), found(2, "b")].into_iter().chain(tags.map(|name| tagged(1, name))).chain([tagged(2, "heart")]),
    );
    let suggest =
        |typed: &str| state.tags().suggest(typed, 3).iter().map(|(tag, _)| tag.to_string()).collect::<Vec<_>>();
    assert_eq!(suggest("#aRT"), ["Art", "Ärtner", "heart"]);
    assert_eq!(suggest("x"), [""; 0]);
    assert_eq!(suggest(""), ["heart", "Art", "Ärtner"]);
}
