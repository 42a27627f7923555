//! The language of the search box: what each part of it asks, and what is said about what was not understood.

use projections::{Filter, LANGUAGE, Now, Query, Search, State};
use proptest::prelude::*;

use crate::story::*;

/// Noon of the first of June 2026 in UTC, and a wall clock that shows two in the afternoon.
const NOW: Now = Now { at_ms: 1_780_315_200_000, offset_ms: 7_200_000 };
const DAY_MS: i64 = 86_400_000;

fn library() -> State {
    given([
        found(1, "amber tide.mp4"),
        found(2, "amber storm.mp4"),
        found(3, "Re:Zero 01.mkv"),
        found(4, "now or never (live).mp4"),
        found(5, "gone.mp4"),
        probed(1, 90_000),
        probed(2, 600_000),
        rated(1, 5),
        rated(2, 3),
        watched(2),
        liked(3),
        tagged(1, "Deep Sea"),
        tagged(2, "été"),
        dated(1, NOW.at_ms - 3 * DAY_MS),
        dated(2, NOW.at_ms - 40 * DAY_MS),
        dated(3, NOW.at_ms - 400 * DAY_MS),
        dated(4, NOW.at_ms - 6 * 3_600_000),
        vanished(5),
    ])
}

fn found_by(state: &State, typed: &str) -> Vec<u32> {
    let filter = Filter { search: Some(Search::parse(typed, NOW)), ..Filter::default() };
    state.filtered(&filter).iter().collect()
}

/// What was not understood: the text and what is said about it.
fn slips(typed: &str) -> Vec<(String, String, String)> {
    let search = Search::parse(typed, NOW);
    search
        .slips()
        .iter()
        .map(|slip| (typed[slip.span.clone()].into(), slip.message.clone(), slip.hint.clone()))
        .collect()
}

#[test]
fn each_qualifier_asks_for_its_fact() {
    let state = library();
    for (typed, expected) in [
        ("tag:\"deep sea\"", &[1][..]),
        ("tag:“Deep Sea”", &[1]),
        ("tag:#ete", &[2]),
        ("tag:ÉTÉ", &[2]),
        ("tag:deep", &[]),
        ("rating:>=4", &[1]),
        ("Rating:2..4", &[2]),
        ("rating:none", &[3, 4]),
        ("rating:0", &[3, 4]),
        ("duration:<10m", &[1]),
        ("duration:1:30", &[1]),
        ("duration:10m", &[2]),
        ("-duration:<10m", &[2, 3, 4]),
        ("views:0", &[1, 3, 4]),
        ("views:>0", &[2]),
        ("added:<7d", &[1, 4]),
        ("added:30d..1y", &[2]),
        ("added:>1y", &[3]),
        ("added:today", &[4]),
        ("added:2026-05", &[1]),
        ("added:>=2026-05-29", &[1, 4]),
        ("added:2025", &[3]),
        ("size:>250b", &[3, 4]),
        ("is:favorite", &[3]),
        ("is:favourite", &[3]),
        ("is:watched", &[2]),
        ("is:unwatched", &[1, 3, 4]),
        ("is:missing", &[5]),
        ("-is:missing", &[1, 2, 3, 4]),
        ("is:missing or is:favorite", &[3, 5]),
        ("is:untagged rating:none", &[3, 4]),
    ] {
        assert_eq!(found_by(&state, typed), expected, "{typed}");
        assert_eq!(slips(typed), [], "{typed}");
    }
}

#[test]
fn or_binds_less_than_standing_side_by_side_and_brackets_group() {
    let state = library();
    for (typed, expected) in [
        ("tide OR storm", &[1, 2][..]),
        ("amber tide or re:zero", &[1, 3]),
        ("amber (tide or zero)", &[1]),
        ("amber -(tide or zero)", &[2]),
        ("amber -(tide zero)", &[1, 2]),
        ("(rating:5 or (is:favorite 01)) -storm", &[1, 3]),
        ("\"now or never\"", &[4]),
        ("never (live)", &[4]),
        ("(live).mp4", &[4]),
        ("(never (live))", &[4]),
        ("(never never(live))", &[]),
        ("order or", &[]),
    ] {
        assert_eq!(found_by(&state, typed), expected, "{typed}");
    }
}

#[test]
fn a_word_with_a_colon_is_a_word() {
    assert_eq!(found_by(&library(), "re:zero"), [3]);
    for typed in
        ["re:zero", "http://x", ":)", "12:30", "a:b:c", ":", "side:b -title:x"].map(|typed| (typed, slips(typed)))
    {
        let expected = usize::from(typed.0.starts_with("side"));
        assert_eq!(typed.1.len(), expected, "{typed:?}");
    }
    let [(part, message, hint)] = &slips("amber raiting:4")[..] else { panic!("one slip") };
    assert_eq!((part.as_str(), hint.as_str()), ("raiting:", "Did you mean rating:?"));
    assert!(message.contains("looked for as a word"), "{message}");
    assert_eq!(slips("stars:4")[0].2, "Did you mean rating:?");
    assert_eq!(slips("favorite:yes")[0].2, "Did you mean is:favorite?");
}

#[test]
fn a_slip_is_explained_where_it_is_and_the_rest_is_understood() {
    let state = library();
    for (typed, part, message, expected) in [
        ("storm rating:9", "9", "“9” is not a number of stars.", &[2][..]),
        ("storm rating:>=4x", ">=4x", "“>=4x” is not a number of stars.", &[2]),
        ("storm tag:", "tag:", "Nothing stands behind “tag:”.", &[2]),
        ("storm -is:green", "green", "“green” is not something a video can be.", &[2]),
        ("storm duration:<10", "<10", "“<10” is not a playing time.", &[2]),
        (
            "storm added:<99999999999999999999d",
            "<99999999999999999999d",
            "“<99999999999999999999d” is not an age or a date.",
            &[2],
        ),
        ("storm \"amber", "\"amber", "This quote is not closed.", &[2]),
        ("tag:\"deep sea", "\"deep sea", "This quote is not closed.", &[1]),
        ("storm ()", "()", "Nothing is between these brackets.", &[2]),
        ("(storm", "(", "This bracket is not closed.", &[2]),
        ("or storm", "or", "Nothing stands before this “or”.", &[2]),
        ("storm or", "or", "Nothing stands behind this “or”.", &[2]),
    ] {
        let said = slips(typed);
        assert_eq!(said.len(), 1, "{typed}: {said:?}");
        assert_eq!((said[0].0.as_str(), said[0].1.as_str()), (part, message), "{typed}");
        assert!(said[0].2.ends_with('.'), "{said:?}");
        assert_eq!(found_by(&state, typed), expected, "{typed}");
    }
}

#[test]
fn what_asks_for_nothing_finds_everything() {
    let state = library();
    for typed in ["", " ", "()", "tag:", "rating:9", "or or or", "\"\"", "(((())))", "is:", "tag:\"\"", "\u{301}"] {
        assert!(Search::parse(typed, NOW).is_empty(), "{typed}");
        assert_eq!(found_by(&state, typed), [1, 2, 3, 4], "{typed}");
    }
}

#[test]
fn a_qualifier_can_be_taken_away() {
    let without = |typed: &str| -> Vec<(String, String)> {
        Search::parse(typed, NOW).qualifiers().map(|(part, rest)| (part.to_owned(), rest)).collect()
    };
    let pair = |part: &str, rest: &str| (part.to_owned(), rest.to_owned());
    assert_eq!(
        without("amber -rating:5 tide tag:\"deep sea\""),
        [pair("-rating:5", "amber tide tag:\"deep sea\""), pair("tag:\"deep sea\"", "amber -rating:5 tide")]
    );
    assert_eq!(without("is:rated"), [pair("is:rated", "")]);
    assert_eq!(without("is:rated or amber"), [], "one of several is not in the way");
    assert_eq!(without("(is:rated amber)"), []);
    let unqualified = |typed: &str| Search::parse(typed, NOW).unqualified();
    assert_eq!(unqualified("amber -rating:5  tide tag:\"deep sea\""), "amber tide");
    assert_eq!(unqualified("is:rated"), "");
    assert_eq!(unqualified(" a or is:rated "), "(a or is:rated)");
}

#[test]
fn only_times_depend_on_the_time() {
    for (typed, depends) in [
        ("added:<7d", true),
        ("-(added:today)", true),
        ("added:2026-01", true),
        ("a views:0", false),
        ("added:x", false),
    ] {
        assert_eq!(Search::parse(typed, NOW).depends_on_time(), depends, "{typed}");
    }
}

#[test]
fn long_searches_are_cut_and_it_is_said() {
    let words = "word ".repeat(40);
    assert_eq!(slips(&words).len(), 1);
    assert_eq!(slips(&words)[0].1, "Only the first 16 words are looked for.");
    let letters = "é".repeat(100_000);
    assert_eq!(slips(&letters)[0].1, "Only the first 256 characters are read.");
    assert_eq!(Search::parse(&letters, NOW).typed().chars().count(), 256);
    assert!(Search::parse(&"(".repeat(256), NOW).slips().len() <= 8);
}

#[test]
fn what_the_help_shows_is_understood() {
    for example in LANGUAGE {
        assert_eq!(slips(example.typed), [], "{}", example.typed);
        assert!(!Search::parse(example.typed, NOW).is_empty(), "{}", example.typed);
        // Further examples in the explanation, up to what is not one.
        for also in example.finds.split([' ', ',', ';']).filter(|word| word.contains(':') && !word.ends_with(':')) {
            assert_eq!(slips(also).len(), usize::from(also.starts_with("tag:\"")), "{also}");
        }
    }
}

/// Texts made of what the language is made of, and of anything else.
fn texts() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("\"".to_owned()),
        Just("(".to_owned()),
        Just(")".to_owned()),
        Just("-".to_owned()),
        Just(" ".to_owned()),
        Just(" or ".to_owned()),
        Just("“".to_owned()),
        Just("שלום".to_owned()),
        Just("🎬".to_owned()),
        "(tag|rating|duration|views|added|size|is|raiting|re):[<>=.]{0,2}[0-9a-z.:-]{0,6}",
        "[a-z]{1,5}",
        "\\PC{0,4}",
        any::<String>(),
    ];
    prop::collection::vec(piece, 0..14).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_means_something(typed in texts()) {
        let search = Search::parse(&typed, NOW);
        for slip in search.slips() {
            prop_assert!(!slip.span.is_empty());
            prop_assert!(search.typed().get(slip.span.clone()).is_some(), "{slip:?}");
            prop_assert!(!slip.message.is_empty() && !slip.hint.is_empty());
        }
        prop_assert!(typed.starts_with(search.typed()));
        for (part, rest) in search.qualifiers() {
            prop_assert!(part.len() < search.typed().len() || rest.is_empty());
        }
    }

    #[test]
    fn any_search_finds_some_of_what_there_is(typed in texts()) {
        let state = library();
        let filter = Filter { search: Some(Search::parse(&typed, NOW)), ..Filter::default() };
        let found = state.filtered(&filter);
        prop_assert!(found.is_subset(&(state.videos().present() | state.videos().missing())));
        let list = state.list(&Query { filter: filter.clone(), sort: projections::Sort::Relevance, ..Query::default() });
        prop_assert_eq!(list.total as u64, found.len());
        let none = Filter { search: Some(Search::parse(&format!("({typed}) zzz"), NOW)), ..filter };
        if let Some(corrected) = state.corrected(&none) {
            prop_assert_eq!(corrected.search, Search::parse(&corrected.used, NOW));
        }
    }
}
