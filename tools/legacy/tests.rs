//! Old files in every state of repair: what is read, what is refused, and what is said about it.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use super::{Fact, Kind, Legacy, NothingFound, Record, Sort, read};
use crate::samples::{NOW_MS, OLD_SCHEMA};
use rusqlite::Connection;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::net::UnixListener;
use std::path::Path;
use tempfile::TempDir;

pub(super) fn folder(files: &[(&str, &[u8])]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        let file = folder.path().join(name);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, bytes).unwrap();
    }
    folder
}

fn legacy(files: &[(&str, &[u8])]) -> Legacy {
    read(folder(files).path(), &[], NOW_MS).unwrap()
}

/// The facts in short: `a.mp4 3★`, `a.mp4 7×`, `a.mp4 #x`, `a.mp4 ♥`.
pub(super) fn facts(legacy: &Legacy) -> Vec<String> {
    let short = |record: &Record| {
        let fact = match &record.fact {
            Fact::Known { added_at_ms, size_bytes } => format!("{added_at_ms:?} {size_bytes:?}"),
            Fact::Rated(stars) => format!("{}★", stars.get()),
            Fact::Viewed { total, .. } => format!("{total}×"),
            Fact::Tagged(tag) => format!("#{tag}"),
            Fact::Favorite => "♥".to_owned(),
        };
        format!("{} {fact}", record.name.as_path().display())
    };
    legacy.records.iter().map(short).collect()
}

/// File, key and reason of what was refused.
pub(super) fn rejects(legacy: &Legacy) -> Vec<String> {
    legacy.rejects.iter().map(|reject| format!("{}: {}: {}", reject.file, reject.key, reject.reason)).collect()
}

#[test]
fn every_form_of_favorites_is_read_in_order() {
    let forms: [&[u8]; 5] = [
        br#"["b.mp4", "a.mp4"]"#,
        br#"{"favorites": ["b.mp4", "a.mp4"]}"#,
        b"{\r\n\t\"favorites\": [\r\n\t\t\"b.mp4\",\r\n\t\t\"a.mp4\"\r\n\t]\r\n}\r\n",
        b"\xEF\xBB\xBF[\"b.mp4\", \"a.mp4\"]",
        b"[\"b.mp4\", \"a.mp4\"",
    ];
    for form in forms {
        let legacy = legacy(&[("favorites.json", form)]);
        assert_eq!(facts(&legacy), ["b.mp4 ♥", "a.mp4 ♥"]);
        let times: Vec<i64> = legacy.records.iter().map(|record| record.at_ms).collect();
        assert!(times.is_sorted_by(|a, b| a < b), "the order of the list is the order of time");
    }
    for empty in [&b"{}"[..], b"[]", b"{\"favorites\": []}", b"{\n\t\"favorites\": []\n}"] {
        assert_eq!(legacy(&[("favorites.json", empty)]).entries(), 0);
    }
    let odd = legacy(&[("favorites.json", br#"{"favorites": ["a.mp4", 3, null], "hearts": ["b.mp4"], "x": 1}"#)]);
    assert_eq!(facts(&odd), ["a.mp4 ♥"]);
    assert_eq!(odd.rejects.len(), 4);
}

#[test]
fn values_are_taken_where_they_can_only_mean_one_thing() {
    let legacy = legacy(&[
        ("ratings.json", br#"{"a.mp4": 3.0, "b.mp4": "4", "c.mp4": 4.9, "d.mp4": true, "e.mp4": 0, "f.mp4": 6, "g.mp4": null, "h.mp4": [5], "i.mp4": 1e400}"#),
        ("views.json", br#"{"a.mp4": "7", "b.mp4": -1, "c.mp4": 99999999999999999999, "d.mp4": 0}"#),
        ("tags.json", br##"{"a.mp4": ["#x", " ##y z ", 2020, "", "#", null, ["n"]], "b.mp4": "#x", "c.mp4": []}"##),
    ]);
    assert_eq!(
        facts(&legacy),
        ["a.mp4 3★", "b.mp4 4★", "a.mp4 7×", "d.mp4 0×", "a.mp4 #x", "a.mp4 #y z", "a.mp4 #2020"]
    );
    let refused = rejects(&legacy);
    assert_eq!(refused.len(), 7 + 2 + 5);
    assert!(
        refused.contains(&"ratings.json: c.mp4: a rating is a whole number from 1 to 5, not 4.9".to_owned()),
        "{refused:#?}"
    );
    assert!(refused.contains(&"views.json: b.mp4: views are a whole number from 0 to 1000000000, not -1".to_owned()));
    assert!(refused.contains(&"tags.json: b.mp4: expected a list of tags, found \"#x\"".to_owned()));
    assert!(
        refused.contains(
            &"tags.json: a.mp4: tag \"#\": a tag needs at least one letter, digit or sign besides #".to_owned()
        )
    );
}

#[test]
fn a_name_that_leads_elsewhere_is_refused_with_its_file_and_key() {
    let legacy = legacy(&[(
        "ratings.json",
        br#"{"../x.mp4": 3, "": 3, "/etc/x.mp4": 3, "C:\\x.mp4": 3, "main.py": 3, "ok.mp4": 3}"#,
    )]);
    assert_eq!(facts(&legacy), ["ok.mp4 3★"]);
    assert_eq!(
        rejects(&legacy),
        [
            "ratings.json: ../x.mp4: the name leads out of the library folder, or is too long",
            "ratings.json: : the name is empty",
            "ratings.json: /etc/x.mp4: the name leads out of the library folder, or is too long",
            "ratings.json: C:\\x.mp4: the name leads out of the library folder",
            "ratings.json: main.py: this is not the name of a video file",
        ]
    );
}

#[test]
fn a_name_that_stands_twice_is_reported_and_each_kind_follows_its_rule() {
    let legacy = legacy(&[
        ("ratings.json", br#"{"a.mp4": 1, "b.mp4": 2, "a.mp4": 3, "b.mp4": "bad"}"#),
        ("views.json", br#"{"a.mp4": 9, "a.mp4": 3}"#),
        ("tags.json", br##"{"a.mp4": ["#x"], "a.mp4": ["#y"]}"##),
    ]);
    assert_eq!(facts(&legacy), ["b.mp4 2★", "a.mp4 3★", "a.mp4 9×", "a.mp4 3×", "a.mp4 #x", "a.mp4 #y"]);
    assert!(
        rejects(&legacy)
            .contains(&"ratings.json: a.mp4: the same name stands again further down, and that one counts".to_owned())
    );
    assert_eq!(legacy.rejects.len(), 2);
    assert!(legacy.notes.contains(&"views.json names a.mp4 twice".to_owned()), "{:?}", legacy.notes);
}

#[test]
fn damage_costs_an_entry_and_never_another_file() {
    let legacy = legacy(&[
        ("ratings.json", b"{\"a.mp4\": 3,\n\"b.mp4\": 4,\n\"c.mp4\": 5"),
        ("views.json", b"{\"caf\xE9.mp4\": 3}"),
        ("tags.json", b""),
        ("favorites.json", b"\"what\""),
        ("videos/a.mp4.json", b"{\"tags\": [\"x\"]}"),
    ]);
    assert_eq!(facts(&legacy), ["a.mp4 3★", "b.mp4 4★", "café.mp4 3×", "a.mp4 #x"]);
    let refused = rejects(&legacy);
    assert_eq!(refused.len(), 3, "{refused:#?}");
    assert!(
        refused.contains(
            &"ratings.json: line 3 column 10, at c.mp4: the file ends in the middle; what stands before it was read"
                .to_owned()
        ),
        "{refused:#?}"
    );
    assert!(refused.contains(&"tags.json: : the file is empty".to_owned()));
    assert!(legacy.notes.iter().any(|note| note.starts_with("views.json is not UTF-8 and was read as Latin-1")));
}

#[test]
fn sidecars_belong_to_the_video_beside_them() {
    let legacy = legacy(&[
        ("videos/a.mp4.json", br##"{"tags": ["x", "#Y"], "title": "a", "ai_labels": [1]}"##),
        ("videos/b.mkv", b""),
        ("videos/b.json", br#"{"tags": ["of b"]}"#),
        ("videos/c.mp4", b""),
        ("videos/c.webm", b""),
        ("videos/c.json", br#"{"tags": ["unclear"]}"#),
        ("videos/package.json", br#"{"tags": ["other"]}"#),
        ("videos/d.mp4.json", br#"["x"]"#),
        ("videos/e.mp4.json", br#"{"title": "no tags"}"#),
    ]);
    assert_eq!(facts(&legacy), ["a.mp4 #x", "a.mp4 #Y", "b.mkv #of b"]);
    assert_eq!(rejects(&legacy), ["videos/d.mp4.json: : a sidecar is an object with a list of tags"]);
}

#[test]
fn the_better_place_is_read_first_and_nothing_at_all_is_an_error() {
    let found =
        legacy(&[("ratings.json", b"{\"a.mp4\": 1}"), ("data/ratings.json", b"{\"a.mp4\": 2}"), ("a.mp4.json", b"{}")]);
    let sources: Vec<(&str, Sort)> = found.sources.iter().map(|origin| (origin.file.as_str(), origin.sort)).collect();
    assert_eq!(
        sources,
        [("data/ratings.json", Sort::Json), ("ratings.json", Sort::Json), ("a.mp4.json", Sort::Sidecar)]
    );
    let empty = tempfile::tempdir().unwrap();
    assert!(matches!(read(empty.path(), &[], NOW_MS), Err(NothingFound(_))));
    assert!(matches!(read(Path::new("/nonexistent"), &[], NOW_MS), Err(NothingFound(_))));
    let single = folder(&[("ratings.old.json", b"{\"a.mp4\": 1}"), ("views.json", b"{\"a.mp4\": 1}")]);
    assert_eq!(facts(&read(&single.path().join("ratings.old.json"), &[], NOW_MS).unwrap()), ["a.mp4 1★"]);
}

fn database(setup: &str) -> Legacy {
    let folder = tempfile::tempdir().unwrap();
    // A name that must be escaped in SQLite's file URIs.
    let file = folder.path().join("video #1?%41.db");
    Connection::open(&file).unwrap().execute_batch(setup).unwrap();
    let before = fs::read(&file).unwrap();
    let legacy = read(&file, &[], NOW_MS).unwrap();
    assert_eq!(fs::read(&file).unwrap(), before, "the old database is never changed");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "and nothing is left beside it");
    legacy
}

#[test]
fn both_schemas_of_the_database_are_read() {
    let rows = "INSERT INTO videos VALUES ('a.mp4', 1750015875.241313, 500, NULL, '2025-06-30 10:33:19', NULL);
        INSERT INTO videos VALUES ('b.mp4', 0, 0, NULL, '2025-06-30 10:33:19', NULL);
        INSERT INTO video_tags (filename, tag) VALUES ('a.mp4', '#Sea'), ('orphan.mp4', '#x');
        INSERT INTO favorites VALUES ('b.mp4', '2025-11-01 00:00:00'), ('a.mp4', '2025-10-01 00:00:00'), ('c.mp4', '2025-11-01 00:00:00');
        INSERT INTO gallery_groups (name, slug) VALUES ('g', 'g');";
    let old = database(&format!("{OLD_SCHEMA}{rows}"));
    let expected = [
        "a.mp4 Some(1750015875241) Some(500)",
        "b.mp4 Some(1751279599000) None",
        "a.mp4 #Sea",
        "orphan.mp4 #x",
        "a.mp4 ♥",
        "b.mp4 ♥",
        "c.mp4 ♥",
    ];
    assert_eq!(facts(&old), expected);
    assert_eq!(old.groups.iter().map(|group| group.name.as_str()).collect::<Vec<_>>(), ["g"]);
    let hearts: Vec<i64> =
        old.records.iter().filter(|record| record.fact == Fact::Favorite).map(|record| record.at_ms).collect();
    assert_eq!(hearts, [1_759_276_800_000, 1_761_955_200_000, 1_761_955_200_001]);

    let new = database(&format!(
        "{OLD_SCHEMA}{rows}
        CREATE TABLE playlists (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, description TEXT, created_at TIMESTAMP);
        CREATE TABLE playlist_items (id INTEGER PRIMARY KEY AUTOINCREMENT, playlist_id INTEGER, video_filename TEXT, position INTEGER);
        ALTER TABLE gallery_groups ADD COLUMN cover_image TEXT;
        INSERT INTO playlists VALUES (3, 'Evening', NULL, '2025-11-01 00:00:00'), (4, ' ', '', NULL);
        INSERT INTO playlist_items (playlist_id, video_filename, position) VALUES (3, 'b.mp4', 1), (3, 'a.mp4', 0), (3, 'a.mp4', 1), (9, 'a.mp4', 0), (3, '../x.mp4', 2);"
    ));
    assert_eq!(facts(&new), expected);
    let [list] = new.lists.as_slice() else { unreachable!("{:?}", new.lists) };
    let items: Vec<String> = list.items.iter().map(|name| name.as_path().display().to_string()).collect();
    assert_eq!(
        (list.name.as_str(), items),
        ("Evening", vec!["a.mp4".to_owned(), "b.mp4".to_owned(), "a.mp4".to_owned()])
    );
    let kinds: Vec<Kind> = new.rejects.iter().map(|reject| reject.kind).collect();
    assert_eq!(kinds, [Kind::Playlist, Kind::PlaylistItem, Kind::PlaylistItem]);
}

#[test]
fn cells_of_any_type_and_missing_columns_are_no_surprise() {
    let legacy = database(
        "CREATE TABLE ratings (filename, rating);
         INSERT INTO ratings VALUES ('a.mp4', '4'), ('b.mp4', 3.0), ('c.mp4', 2.5), (NULL, 3), ('d.mp4', NULL), (x'636166e92e6d7034', 5), (7, 5);
         CREATE TABLE views (filename, last_viewed);
         INSERT INTO views VALUES ('a.mp4', 'never');
         CREATE VIEW favorites AS SELECT 'view.mp4' AS filename;
         CREATE TABLE video_tags (tag);",
    );
    let names: Vec<Vec<u8>> =
        legacy.records.iter().map(|record| record.name.as_path().as_os_str().as_bytes().to_vec()).collect();
    assert_eq!(names, [b"a.mp4".to_vec(), b"b.mp4".to_vec(), b"caf\xE9.mp4".to_vec()]);
    assert_eq!(legacy.rejects.len(), 5, "{:#?}", legacy.rejects);
    assert!(legacy.records.iter().all(|record| !record.dated));
}

#[test]
fn what_is_no_database_is_refused_and_a_broken_one_is_read_as_far_as_it_goes() {
    let junk = legacy(&[("video_metadata.db", b"this is not a database, not by far, whatever its name may say")]);
    assert!(junk.records.is_empty() && !junk.rejects.is_empty());
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("video_metadata.db");
    crate::samples::write_database(&file);
    let mut bytes = fs::read(&file).unwrap();
    let half = bytes.len() / 2;
    bytes.iter_mut().skip(half).for_each(|byte| *byte = 0);
    fs::write(&file, bytes).unwrap();
    let broken = read(folder.path(), &[], NOW_MS).unwrap();
    assert!(!broken.records.is_empty());
    assert!(
        broken
            .rejects
            .iter()
            .any(|reject| reject.kind == Kind::File && reject.reason.contains("could not be read to the end"))
    );
}

#[test]
fn a_database_in_the_middle_of_a_change_is_completed_on_a_copy() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("video_metadata.db");
    let writer = Connection::open(&file).unwrap();
    writer.execute_batch("PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0;").unwrap();
    writer.execute_batch(&format!("{OLD_SCHEMA} INSERT INTO ratings VALUES ('a.mp4', 4, NULL);")).unwrap();
    let listing = || {
        let files = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap());
        let mut sizes: Vec<_> = files.map(|entry| (entry.file_name(), entry.metadata().unwrap().len())).collect();
        sizes.sort();
        sizes
    };
    let before = listing();
    let legacy = read(folder.path(), &[], NOW_MS).unwrap();
    assert_eq!(facts(&legacy), ["a.mp4 4★"]);
    assert!(legacy.notes.iter().any(|note| note.contains("a copy was completed and read")), "{:?}", legacy.notes);
    assert_eq!(listing(), before);
    drop(writer);
}

#[test]
fn what_is_no_regular_file_is_never_opened() {
    let folder = folder(&[("views.json", b"{}")]);
    fs::create_dir(folder.path().join("ratings.json")).unwrap();
    fs::create_dir(folder.path().join("x.mp4.json")).unwrap();
    std::os::unix::fs::symlink("nowhere", folder.path().join("tags.json")).unwrap();
    let _socket = UnixListener::bind(folder.path().join("video_metadata.db")).unwrap();
    let refused = rejects(&read(folder.path(), &[], NOW_MS).unwrap());
    assert_eq!(refused.len(), 3, "{refused:?}");
    assert_eq!(refused.first().unwrap(), "video_metadata.db: : is not a regular file");
    assert_eq!(refused.last().unwrap(), "tags.json: : cannot be read: No such file or directory (os error 2)");
}

#[test]
fn a_kind_has_one_name() {
    for kind in Kind::ALL {
        assert_eq!(serde_json::to_value(kind).unwrap(), kind.name().replace(' ', "_"));
    }
}
