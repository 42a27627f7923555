//! The rules of the import, on whole catalogues: what is written, what is not, and that nothing is lost
//! between the two.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

use super::{Counts, Past, Report, batch, plan};
use crate::legacy::{self, Kind, Legacy};
use crate::samples::{self, Library, NOW_MS};
use events::event::{Favorite, Import, Playlist, Rating, Tag, Video, View};
use events::{Cause, Event, MediaPath, PlaylistId, PlaylistName, Stars, TagName};
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

/// Imports `legacy` into `library`; returns how many events that made, and the report.
pub(super) fn import(library: &mut Library, legacy: &Legacy) -> (usize, Report) {
    let mut past = Past::default();
    library.records.iter().for_each(|record| past.fold(record));
    let plan = plan(&library.state, &past, legacy, NOW_MS);
    let batch = batch(&library.state, &plan, NOW_MS);
    let written = batch.len();
    library.take(batch);
    assert_eq!(library.state.anomalies(), 0, "{:?}", library.state.first_anomaly());
    assert_eq!(plan.report.total().total(), legacy.entries() as u64, "every entry has one outcome");
    (written, plan.report)
}

pub(super) fn read(folder: &Path) -> Legacy {
    legacy::read(folder, &[], NOW_MS).unwrap()
}

fn catalogue(files: &[(&str, &str)]) -> Legacy {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        fs::write(folder.path().join(name), text).unwrap();
    }
    read(folder.path())
}

pub(super) fn counts(accepted: u64, unchanged: u64, kept: u64, overruled: u64, rejected: u64) -> Counts {
    Counts { accepted, unchanged, kept, overruled, rejected }
}

fn tag(name: &str) -> TagName {
    TagName::new(name).unwrap()
}

#[test]
fn the_json_files_of_the_fixtures_come_in_whole_and_once() {
    let folder = tempfile::tempdir().unwrap();
    samples::write_json_files(folder.path());
    let legacy = read(folder.path());
    let on_disk: Vec<&str> = samples::ON_DISK.lines().collect();
    let mut library = Library::of(&on_disk);
    assert_eq!(on_disk.len(), 333);

    let (written, report) = import(&mut library, &legacy);
    assert_eq!(report.counts[&Kind::Rating], counts(297, 0, 0, 0, 0));
    assert_eq!(report.counts[&Kind::Views], counts(265, 0, 0, 0, 0));
    // 947 in tags.json; of the 15 in sidecars one is there already and one stands there twice.
    assert_eq!(report.counts[&Kind::Tag], counts(947 + 13, 2, 0, 0, 0));
    assert_eq!(report.counts[&Kind::Favorite], counts(25, 0, 0, 0, 0));
    assert_eq!(report.missing_videos, 18);
    assert_eq!(written, 297 + 265 + 960 + 25 + 2 * 18 + 2);
    assert_eq!(library.state.videos().len(), 333 + 18);

    let (written, report) = import(&mut library, &legacy);
    assert_eq!((written, report.total()), (0, counts(0, 297 + 265 + 962 + 25, 0, 0, 0)));
}

#[test]
fn the_database_of_the_fixtures_comes_in_beside_the_json_files() {
    let folder = tempfile::tempdir().unwrap();
    samples::write_json_files(folder.path());
    fs::create_dir(folder.path().join("data")).unwrap();
    samples::write_database(&folder.path().join("data/video_metadata.db"));
    let legacy = read(folder.path());
    let on_disk: Vec<&str> = samples::ON_DISK.lines().collect();
    let mut library = Library::of(&on_disk);

    let (written, report) = import(&mut library, &legacy);
    assert_eq!(report.counts[&Kind::Video], counts(634, 0, 0, 0, 0));
    assert_eq!(report.counts[&Kind::Rating], counts(607 + 297, 0, 0, 0, 0));
    assert_eq!(report.counts[&Kind::Views], counts(630 + 265, 0, 0, 0, 0));
    assert_eq!(report.counts[&Kind::Tag], counts(1391 + 960, 2, 0, 0, 0));
    assert_eq!(report.counts[&Kind::Favorite], counts(50, 0, 0, 0, 0));
    assert_eq!(report.missing_videos, 742 + 18);
    assert_eq!(written, 904 + 895 + 2351 + 50 + 2 * 760 + 2);

    assert_eq!(import(&mut library, &legacy).0, 0);
}

#[test]
fn one_import_is_one_batch_between_brackets() {
    let legacy = catalogue(&[("ratings.json", r#"{"a.mp4": 3, "b.mp4": 9}"#)]);
    let mut library = Library::of(&["a.mp4"]);
    import(&mut library, &legacy);
    let [_, started, rated, finished] = library.records.as_slice() else { unreachable!("{:?}", library.records) };
    assert_eq!(started.event, Event::Import(Import::Started { source: "ratings.json".to_owned() }));
    assert_eq!(
        rated.event,
        Event::Rating(Rating::Given { video: library.video("a.mp4"), stars: Stars::new(3).unwrap() })
    );
    assert_eq!(finished.event, Event::Import(Import::Finished { accepted: 1, unchanged: 0, rejected: 1 }));
    assert!([started, rated, finished].iter().all(|record| record.batch == 2 && record.cause == Cause::Import));
}

#[test]
fn the_database_is_believed_more_than_json_and_json_more_than_a_sidecar() {
    let folder = tempfile::tempdir().unwrap();
    let database = rusqlite::Connection::open(folder.path().join("video_metadata.db")).unwrap();
    database.execute_batch(samples::OLD_SCHEMA).unwrap();
    database
        .execute_batch(
            "INSERT INTO ratings VALUES ('a.mp4', 5, '2025-11-10 10:28:58');
             INSERT INTO views VALUES ('a.mp4', 4, '2025-11-11 13:13:30', NULL);
             INSERT INTO video_tags (filename, tag) VALUES ('a.mp4', '#Sea');",
        )
        .unwrap();
    drop(database);
    fs::write(folder.path().join("ratings.json"), r#"{"a.mp4": 2}"#).unwrap();
    fs::write(folder.path().join("views.json"), r#"{"a.mp4": 7}"#).unwrap();
    fs::write(folder.path().join("tags.json"), r##"{"a.mp4": ["#sea", "#Sky"]}"##).unwrap();
    fs::write(folder.path().join("a.mp4.json"), r#"{"tags": ["SEA", "sky", "sand"]}"#).unwrap();
    let mut library = Library::of(&["a.mp4"]);

    let (_, report) = import(&mut library, &read(folder.path()));
    let video = library.video("a.mp4");
    assert_eq!(library.state.ratings().get(video).unwrap().stars.get(), 5);
    assert_eq!(library.state.ratings().get(video).unwrap().given_at_ms, 1_762_770_538_000);
    assert_eq!(library.state.views().get(video).count, 7, "the larger count, not the sum");
    assert_eq!(library.state.views().get(video).last_viewed_at_ms, Some(1_762_866_810_000));
    let tags: Vec<&str> = library.state.tags().of(video).into_iter().map(TagName::as_str).collect();
    assert_eq!(tags, ["sand", "Sea", "Sky"]);
    assert_eq!(report.counts[&Kind::Rating], counts(1, 0, 0, 1, 0));
    assert_eq!(report.counts[&Kind::Views], counts(1, 0, 0, 1, 0));
    assert_eq!(report.counts[&Kind::Tag], counts(3, 3, 0, 0, 0));
}

#[test]
fn what_somebody_chose_here_stands() {
    let legacy = catalogue(&[
        ("ratings.json", r#"{"rated.mp4": 2, "cleared.mp4": 2, "same.mp4": 2}"#),
        ("tags.json", r##"{"rated.mp4": ["#gone", "#stays"]}"##),
        ("favorites.json", r#"["rated.mp4"]"#),
    ]);
    let mut library = Library::of(&["rated.mp4", "cleared.mp4", "same.mp4"]);
    import(&mut library, &legacy);
    let (rated, cleared, same) = (library.video("rated.mp4"), library.video("cleared.mp4"), library.video("same.mp4"));
    let stars = |stars| Stars::new(stars).unwrap();
    for event in [
        Event::Rating(Rating::Given { video: rated, stars: stars(5) }),
        Event::Rating(Rating::Cleared { video: cleared }),
        Event::Rating(Rating::Given { video: same, stars: stars(2) }),
        Event::Tag(Tag::Removed { video: rated, tag: tag("gone") }),
        Event::Favorite(Favorite::Removed { video: rated }),
    ] {
        library.happen(Cause::Viewer, event);
    }

    for again in [legacy, catalogue(&[("ratings.json", r#"{"rated.mp4": 3, "cleared.mp4": 4}"#)])] {
        assert_eq!(import(&mut library, &again).0, 0);
    }
    assert_eq!(library.state.ratings().get(rated).unwrap().stars, stars(5));
    assert_eq!(library.state.ratings().get(cleared), None);
    assert!(!library.state.favorites().contains(rated));
}

#[test]
fn what_was_kept_is_reported() {
    let legacy = catalogue(&[("ratings.json", r#"{"a.mp4": 2}"#), ("favorites.json", r#"{"favorites": ["a.mp4"]}"#)]);
    let mut library = Library::of(&["a.mp4"]);
    let video = library.video("a.mp4");
    library.happen(Cause::Viewer, Event::Rating(Rating::Given { video, stars: Stars::new(5).unwrap() }));
    let (_, report) = import(&mut library, &legacy);
    assert_eq!(report.counts[&Kind::Rating], counts(0, 0, 1, 0, 0));
    assert_eq!(report.counts[&Kind::Favorite], counts(1, 0, 0, 0, 0));
    let kept = &report.kept.first().unwrap();
    assert_eq!((kept.file.as_str(), kept.key.as_str()), ("ratings.json", "a.mp4"));
    assert_eq!(kept.reason, "rating 2; here somebody chose 5");
}

#[test]
fn views_here_are_added_to_the_largest_count_elsewhere() {
    let mut library = Library::of(&["a.mp4"]);
    let video = library.video("a.mp4");
    library.happen(Cause::Viewer, Event::View(View::Started { video }));
    for (text, count) in
        [(r#"{"a.mp4": 3}"#, 4), (r#"{"a.mp4": 2}"#, 4), (r#"{"a.mp4": 5}"#, 6), (r#"{"a.mp4": 0}"#, 6)]
    {
        import(&mut library, &catalogue(&[("views.json", text)]));
        assert_eq!(library.state.views().get(video).count, count, "{text}");
    }
}

#[test]
fn a_json_file_never_overrules_a_database_imported_before() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("video_metadata.db");
    let database = rusqlite::Connection::open(&file).unwrap();
    database.execute_batch(samples::OLD_SCHEMA).unwrap();
    database.execute_batch("INSERT INTO ratings VALUES ('a.mp4', 5, '2025-11-10 10:28:58')").unwrap();
    let mut library = Library::of(&["a.mp4"]);
    import(&mut library, &read(folder.path()));
    let (written, report) = import(&mut library, &catalogue(&[("ratings.json", r#"{"a.mp4": 2}"#)]));
    assert_eq!((written, report.counts[&Kind::Rating]), (0, counts(0, 0, 0, 1, 0)));

    database.execute_batch("UPDATE ratings SET rating = 4, updated_at = '2025-12-24 00:00:00'").unwrap();
    assert_eq!(import(&mut library, &read(folder.path())).0, 3, "a later rating of the same database is news");
    assert_eq!(library.state.ratings().get(library.video("a.mp4")).unwrap().stars.get(), 4);
}

#[test]
fn names_are_matched_exactly_then_alike_and_never_guessed() {
    let mut library =
        Library::of(&["Sub/Movie.mp4", "movie.mp4", "É.mp4", "x/twin.mp4", "y/twin.mp4", "top.mp4", "z/top.mp4"]);
    let legacy = catalogue(&[(
        "ratings.json",
        r#"{"Movie.mp4": 1, "movie.mp4": 2, "MOVIE.mp4": 3, "e\u0301.MP4": 4, "twin.mp4": 5, "top.mp4": 5, "x/twin.mp4": 3}"#,
    )]);
    let (_, report) = import(&mut library, &legacy);
    let stars = |path: &str| {
        let video = library.state.videos().iter().find(|video| video.path.as_path() == Path::new(path)).unwrap();
        library.state.ratings().get(video.id).map(|rated| rated.stars.get())
    };
    assert_eq!((stars("Sub/Movie.mp4"), stars("movie.mp4")), (Some(1), Some(2)));
    assert_eq!(stars("É.mp4"), Some(4));
    assert_eq!((stars("top.mp4"), stars("z/top.mp4")), (Some(5), None));
    assert_eq!((stars("x/twin.mp4"), stars("y/twin.mp4")), (Some(3), None));
    let refused: Vec<(&str, &str)> =
        report.rejects.iter().map(|reject| (reject.key.as_str(), reject.reason.as_str())).collect();
    assert_eq!(
        refused,
        [
            ("MOVIE.mp4", "2 videos could be meant: Sub/Movie.mp4, movie.mp4"),
            ("twin.mp4", "2 videos could be meant: x/twin.mp4, y/twin.mp4"),
        ]
    );
}

#[test]
fn two_old_names_of_one_video_make_one_set_of_facts() {
    let legacy = catalogue(&[
        ("tags.json", r##"{"A.mp4": ["#x"], "a.mp4": ["#X", "#y"]}"##),
        ("favorites.json", r#"["A.mp4", "a.mp4"]"#),
        ("ratings.json", r#"{"A.mp4": 3, "a.mp4": 4}"#),
    ]);
    let mut library = Library::of(&["a.MP4"]);
    let (_, report) = import(&mut library, &legacy);
    assert_eq!(report.counts[&Kind::Tag], counts(2, 1, 0, 0, 0));
    assert_eq!(report.counts[&Kind::Favorite], counts(1, 1, 0, 0, 0));
    assert_eq!(report.counts[&Kind::Rating], counts(1, 0, 0, 1, 0));
    assert_eq!(import(&mut library, &legacy).0, 0);
}

#[test]
fn records_of_unknown_files_wait_for_them_and_are_not_imported_twice_when_they_move() {
    let legacy = catalogue(&[("ratings.json", r#"{"later.mp4": 4}"#), ("favorites.json", r#"["later.mp4"]"#)]);
    let mut library = Library::default();
    let (_, report) = import(&mut library, &legacy);
    assert_eq!(report.missing_videos, 1);
    let video = library.video("later.mp4");
    let known = library.state.videos().get(video).unwrap();
    assert!(known.root.is_empty() && !known.present());
    let (root, path) = (events::RootPath::new("/videos"), events::MediaPath::new("sub/other.mp4").unwrap());
    let returned = Video::Returned { video, root, path, size_bytes: 1, modified_at_ms: 1, fingerprint: None };
    library.happen(Cause::Scan, Event::Video(returned));
    assert_eq!(import(&mut library, &legacy).0, 0);
    assert_eq!(library.state.videos().len(), 1);
}

#[test]
fn a_tag_renamed_here_is_imported_under_its_new_name() {
    let mut library = Library::of(&["a.mp4", "b.mp4"]);
    import(&mut library, &catalogue(&[("tags.json", r##"{"a.mp4": ["#sea"]}"##)]));
    library.happen(Cause::Viewer, Event::Tag(Tag::Renamed { from: tag("sea"), to: tag("ocean") }));
    let (_, report) = import(&mut library, &catalogue(&[("tags.json", r##"{"a.mp4": ["#sea"], "b.mp4": ["#Sea"]}"##)]));
    assert_eq!(report.counts[&Kind::Tag], counts(1, 1, 0, 0, 0));
    assert_eq!(library.state.tags().of(library.video("b.mp4")), [&tag("ocean")]);
}

#[test]
fn playlists_come_in_once_and_grow_but_never_into_lists_made_here() {
    let folder = tempfile::tempdir().unwrap();
    let database = rusqlite::Connection::open(folder.path().join("video_metadata.db")).unwrap();
    database
        .execute_batch(
            "CREATE TABLE playlists (id INTEGER PRIMARY KEY, name TEXT, description TEXT, created_at TEXT);
             CREATE TABLE playlist_items (id INTEGER PRIMARY KEY, playlist_id INTEGER, video_filename TEXT, position INTEGER);
             INSERT INTO playlists VALUES (1, 'Evening', 'slow', '2025-11-01 00:00:00'), (2, 'Mine', NULL, NULL);
             INSERT INTO playlist_items (playlist_id, video_filename, position) VALUES (1, 'b.mp4', 1), (1, 'a.mp4', 0), (1, 'a.mp4', 2), (2, 'a.mp4', 0), (1, 'gone.mp4', 3);",
        )
        .unwrap();
    let mut library = Library::of(&["a.mp4", "b.mp4"]);
    let name = |name| PlaylistName::new(name).unwrap();
    let first = PlaylistId::new(1).unwrap();
    library.happen(Cause::Viewer, Event::Playlist(Playlist::Created { playlist: first, name: name("Mine") }));

    let (_, report) = import(&mut library, &read(folder.path()));
    assert_eq!(report.counts[&Kind::Playlist], counts(1, 0, 1, 0, 0));
    assert_eq!(report.counts[&Kind::PlaylistItem], counts(4, 0, 1, 0, 0));
    let videos = |library: &Library| -> Vec<String> {
        let list = library.state.playlists().iter().find(|list| list.name == name("Evening")).unwrap();
        assert_eq!(list.description, "slow");
        list.items.iter().map(|item| library.state.videos().get(item.video).unwrap().path.file_name()).collect()
    };
    assert_eq!(videos(&library), ["a.mp4", "b.mp4", "a.mp4", "gone.mp4"]);
    assert_eq!(library.state.playlists().get(first).unwrap().items.len(), 0);
    assert_eq!(import(&mut library, &read(folder.path())).0, 0);

    database
        .execute_batch("INSERT INTO playlist_items (playlist_id, video_filename, position) VALUES (1, 'b.mp4', 4)")
        .unwrap();
    assert_eq!(import(&mut library, &read(folder.path())).0, 3);
    assert_eq!(videos(&library), ["a.mp4", "b.mp4", "a.mp4", "gone.mp4", "b.mp4"]);
    let second = PlaylistId::new(2).unwrap();
    library.happen(Cause::Viewer, Event::Playlist(Playlist::Deleted { playlist: second }));
    let (written, report) = import(&mut library, &read(folder.path()));
    assert_eq!((written, report.counts[&Kind::PlaylistItem]), (0, counts(0, 5, 1, 0, 0)));
}

#[test]
fn the_old_date_is_shown_and_the_old_size_tells_twins_apart() {
    let folder = tempfile::tempdir().unwrap();
    let database = rusqlite::Connection::open(folder.path().join("video_metadata.db")).unwrap();
    database.execute_batch(samples::OLD_SCHEMA).unwrap();
    database
        .execute_batch(
            "INSERT INTO videos VALUES ('a.mp4', 1750015875.241313, 77, NULL, NULL, NULL), ('new.mp4', 1750015875, NULL, NULL, NULL, NULL);
             INSERT INTO ratings VALUES ('a.mp4', 5, NULL);",
        )
        .unwrap();
    let mut library = Library::default();
    library.find("x/a.mp4", 1000);
    let twin = library.find("y/a.mp4", 77);
    assert_eq!(import(&mut library, &read(folder.path())).0, 2 + 1 + 1 + 2);
    let shown = |library: &Library, video| library.state.videos().get(video).unwrap().added_at_ms;
    assert_eq!(shown(&library, twin), 1_750_015_875_241);
    assert_eq!(library.state.ratings().get(twin).unwrap().stars.get(), 5);
    assert_eq!(shown(&library, library.video("new.mp4")), 1_750_015_875_000);
    assert_eq!(import(&mut library, &read(folder.path())).0, 0);
}

#[test]
fn a_name_that_is_not_utf8_finds_its_file() {
    let mut library = Library::default();
    let name = MediaPath::new(OsStr::from_bytes(b"caf\xE9.mp4")).unwrap();
    let video = library.find_path(name, 1000);
    library.find("caf\u{FFFD}.mp4", 1000);
    // As Python writes the name of such a file into JSON.
    let legacy = catalogue(&[("ratings.json", r#"{"caf\udce9.mp4": 4, "na\udcefve.mp4": 2}"#)]);
    let (_, report) = import(&mut library, &legacy);
    assert_eq!((report.total(), report.missing_videos), (counts(2, 0, 0, 0, 0), 1));
    assert_eq!(library.state.ratings().get(video).unwrap().stars.get(), 4);
    assert_eq!(import(&mut library, &legacy).0, 0);
}
