//! The importer against old catalogues that no program ever wrote: nothing panics, every entry is
//! accounted for, and importing twice is importing once.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

use super::{Past, batch, plan};
use crate::legacy::{self, Legacy};
use crate::samples::{Library, NOW_MS};
use events::event::{Favorite, Rating, Tag};
use events::{Cause, Event, Stars, TagName};
use proptest::prelude::*;
use serde_json::Value;
use std::fs;

/// Names that are fine, equal but for case or normalisation, in folders, or no names at all.
fn name() -> impl Strategy<Value = String> {
    let picked = [
        "a.mp4",
        "A.mp4",
        "a.MP4",
        "b.webm",
        "sub/a.mp4",
        "é.mp4",
        "e\u{301}.mp4",
        "É.mp4",
        "new.mkv",
        "NEW.mkv",
        "../x.mp4",
        "",
        "/a.mp4",
        "main.py",
        "c:\\x.mp4",
        "a\nb.mp4",
    ];
    prop_oneof![8 => prop::sample::select(picked.to_vec()).prop_map(str::to_owned), 1 => ".{0,12}"]
}

fn scalar() -> impl Strategy<Value = Value> {
    prop_oneof![
        5 => (-1..8_i64).prop_map(Value::from),
        1 => any::<f64>().prop_map(Value::from),
        1 => any::<bool>().prop_map(Value::from),
        1 => Just(Value::Null),
        2 => prop::sample::select(&["#x", "X", " x ", "##y", "#", "", "3", "a\u{0}b"][..]).prop_map(Value::from),
        1 => ".{0,8}".prop_map(Value::from),
    ]
}

fn value() -> impl Strategy<Value = Value> {
    prop_oneof![3 => scalar(), 2 => prop::collection::vec(scalar(), 0..5).prop_map(Value::from)]
}

type Entries = Vec<(String, Value)>;

fn entries() -> impl Strategy<Value = Entries> {
    prop::collection::vec((name(), value()), 0..12)
}

/// The object as text, with duplicate keys, which a `Value` cannot have.
fn object(entries: &Entries) -> String {
    let pairs: Vec<String> =
        entries.iter().map(|(key, value)| format!("{}: {value}", Value::from(key.as_str()))).collect();
    format!("{{{}}}", pairs.join(", "))
}

fn read(files: &[(&str, &[u8])]) -> Legacy {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        fs::write(folder.path().join(name), bytes).unwrap();
    }
    legacy::read(folder.path(), &[], NOW_MS).unwrap()
}

/// Imports, checks the report against the entries, and returns how many events were written.
fn import(library: &mut Library, legacy: &Legacy) -> usize {
    let mut past = Past::default();
    library.records.iter().for_each(|record| past.fold(record));
    let plan = plan(&library.state, &past, legacy, NOW_MS);
    assert_eq!(plan.report.total().total(), legacy.entries() as u64);
    let batch = batch(&library.state, &plan, NOW_MS);
    let written = batch.len();
    library.take(batch);
    assert_eq!(library.state.anomalies(), 0, "{:?}", library.state.first_anomaly());
    written
}

fn library() -> Library {
    Library::of(&["a.mp4", "b.webm", "sub/B.webm", "x/twin.mp4", "y/twin.mp4", "É.mp4"])
}

/// Somebody rates, tags and takes hearts away.
fn live(library: &mut Library, choices: &[(usize, u8)]) {
    let videos: Vec<_> = library.state.videos().iter().map(|video| video.id).collect();
    for (pick, what) in choices {
        let video = videos[pick % videos.len()];
        let tag = TagName::new("x").unwrap();
        library.happen(
            Cause::Viewer,
            match what % 5 {
                0 => Event::Rating(Rating::Given { video, stars: Stars::new(5).unwrap() }),
                1 => Event::Rating(Rating::Cleared { video }),
                2 => Event::Favorite(Favorite::Removed { video }),
                3 => Event::Tag(Tag::Removed { video, tag }),
                _ => Event::Tag(Tag::Renamed { from: tag, to: TagName::new("y").unwrap() }),
            },
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_entry_has_one_outcome_and_the_second_import_writes_nothing(
        ratings in entries(),
        views in entries(),
        tags in entries(),
        hearts in prop::collection::vec(prop_oneof![name().prop_map(Value::from), scalar()], 0..8),
        choices in prop::collection::vec((any::<usize>(), any::<u8>()), 0..6),
    ) {
        let texts = [object(&ratings), object(&views), object(&tags), Value::from(hearts.clone()).to_string()];
        let files = ["ratings.json", "views.json", "tags.json", "favorites.json"];
        let files: Vec<(&str, &[u8])> = files.into_iter().zip(texts.iter().map(String::as_bytes)).collect();
        let legacy = read(&files);
        let in_tags: usize = tags.iter().map(|(_, value)| value.as_array().map_or(1, Vec::len)).sum();
        prop_assert_eq!(legacy.entries(), ratings.len() + views.len() + in_tags + hearts.len());

        let mut library = library();
        // A tag must have been seen before it can be renamed.
        import(&mut library, &read(&[("tags.json", br##"{"a.mp4": ["#x"]}"##)]));
        import(&mut library, &legacy);
        prop_assert_eq!(import(&mut library, &legacy), 0);
        live(&mut library, &choices);
        let before = library.state.digest();
        prop_assert_eq!(import(&mut library, &legacy), 0);
        prop_assert_eq!(library.state.digest(), before);
    }

    #[test]
    fn a_file_cut_anywhere_or_full_of_junk_is_only_reported(
        ratings in entries(),
        cut in any::<prop::sample::Index>(),
        flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
        junk in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        let mut text = object(&ratings).into_bytes();
        for (place, byte) in flips {
            let place = place.index(text.len());
            text[place] = byte;
        }
        let cut = cut.index(text.len() + 1);
        let legacy = read(&[("ratings.json", &text[..cut]), ("tags.json", &junk), ("video_metadata.db", &junk)]);
        let mut library = library();
        import(&mut library, &legacy);
        prop_assert_eq!(import(&mut library, &legacy), 0);
    }
}
