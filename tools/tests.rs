//! The commands as they are run: arguments in, text out, on real data folders.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

use crate::samples::{self, NOW_MS};
use crate::{Command, exit_code, run};
use clap::Parser;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

#[derive(Parser)]
#[command(no_binary_name = true)]
struct Line {
    #[command(subcommand)]
    command: Command,
}

struct Place {
    folder: TempDir,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("old")).unwrap();
        Self { folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn old(&self, name: &str, text: &str) {
        fs::write(self.path("old").join(name), text).unwrap();
    }

    /// What the command prints; `$` in front of an argument stands for the folder.
    fn run(&self, data: &str, line: &str) -> anyhow::Result<String> {
        let below = |word: &str| match word.strip_prefix('$') {
            Some(name) => self.path(name).display().to_string(),
            None => word.to_owned(),
        };
        let command = Line::parse_from(line.split(' ').map(below)).command;
        let mut out = Vec::new();
        run(&command, &self.path(data), NOW_MS, &mut out)?;
        Ok(String::from_utf8(out).unwrap())
    }

    fn lines(&self, data: &str, line: &str) -> Vec<String> {
        self.run(data, line).unwrap().lines().map(str::to_owned).collect()
    }
}

fn two_ratings() -> Place {
    let place = Place::new();
    place.old("ratings.json", r#"{"Sea.mp4": 3, "../x.mp4": 4, "Sky.mp4": 5}"#);
    place.old("favorites.json", r#"["Sea.mp4"]"#);
    place.run("data", "import $old").unwrap();
    place
}

#[test]
fn a_dry_run_says_what_would_be_written_and_makes_nothing() {
    let place = Place::new();
    place.old("ratings.json", r#"{"Sea.mp4": 3}"#);
    let lines = place.lines("data", "import $old --dry-run");
    assert!(lines.contains(&"would write: “Sea” was rated ★★★".to_owned()), "{lines:?}");
    assert!(lines.last().unwrap().contains("it would be 5 events in one batch"), "{lines:?}");
    assert!(!place.path("data").try_exists().unwrap());
}

#[test]
fn an_import_reports_each_entry_it_refuses_and_a_second_one_writes_nothing() {
    let place = Place::new();
    place.old("ratings.json", r#"{"Sea.mp4": 3, "../x.mp4": 4}"#);
    let lines = place.lines("data", "import $old");
    assert!(lines.contains(
        &"rejected: ratings.json: ../x.mp4: the name leads out of the library folder, or is too long".to_owned()
    ));
    assert_eq!(lines.last().unwrap(), "Written: 5 events in one batch.");
    assert_eq!(place.lines("data", "import $old").last().unwrap(), "Nothing new; nothing was written.");

    let json: serde_json::Value = serde_json::from_str(&place.run("data", "import $old --json").unwrap()).unwrap();
    assert_eq!(json["events"], 0);
    assert_eq!(json["counts"]["ratings"]["unchanged"], 1);
    assert_eq!(json["rejects"][0]["key"], "../x.mp4");
}

#[test]
fn the_log_is_read_as_sentences_and_filtered() {
    let place = two_ratings();
    let all = place.lines("data", "log");
    assert_eq!(all.len(), 9);
    assert!(all.first().unwrap().ends_with("import: an import of ratings.json, favorites.json began"), "{all:?}");
    assert!(all.last().unwrap().ends_with("import: the import ended: 3 new, 0 known, 1 rejected"), "{all:?}");

    let of_sea = place.lines("data", "log --video sea --kind rating --kind favorite.added");
    assert_eq!(of_sea.len(), 2);
    assert!(of_sea.first().unwrap().contains("“Sea” was rated ★★★"));
    assert_eq!(place.lines("data", "log --video 1"), place.lines("data", "log --video Sea.mp4"));
    assert_eq!(place.lines("data", "log --limit 2"), all[7..]);
    assert_eq!(place.lines("data", "log --after 2 --limit 3"), all[2..5]);
    assert_eq!(place.lines("data", "log --cause viewer"), [""; 0]);
    let end = all.len();
    assert_eq!(place.lines("data", "log --text RATED"), place.lines("data", "log --kind rating"));
    assert_eq!(place.lines("data", "log --device 0").len(), end);
    assert_eq!(place.lines("data", "log --device 7"), [""; 0]);
    assert_eq!(place.lines("data", "log --until 4"), all[..4]);
    assert_eq!(place.lines("data", "log --since 1999-01-01 --until 2999-01-01").len(), end);
    assert_eq!(place.lines("data", "log --since 2999-01-01"), [""; 0]);
    for wrong in [
        "log --since 4",
        "log --since soon",
        "log --until 99",
        "log --kind stars",
        "log --cause god",
        "log --video 77",
        "log --video nobody",
    ] {
        assert!(place.run("data", wrong).is_err(), "{wrong}");
    }
}

#[test]
fn an_export_restores_to_the_same_log_also_piece_by_piece() {
    let place = two_ratings();
    let all = place.run("data", "export").unwrap();
    assert_eq!(all.lines().count(), 9 + 1);
    fs::write(place.path("all.jsonl"), &all).unwrap();
    let pieces = place.run("data", "export --as-of 4").unwrap() + &place.run("data", "export --after 4").unwrap();
    fs::write(place.path("pieces.jsonl"), pieces).unwrap();
    for file in ["all", "pieces"] {
        let said = place.run(file, &format!("restore ${file}.jsonl")).unwrap();
        assert!(said.starts_with("Restored 9 events; the hash chain ends with "), "{said}");
        let copy = place.run(file, "export").unwrap();
        let records = |text: &str| text.lines().take(9).map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(records(&copy), records(&all));
    }
    let said: serde_json::Value =
        serde_json::from_str(&place.run("json", "restore $all.jsonl --json").unwrap()).unwrap();
    let backup: serde_json::Value = serde_json::from_str(&place.run("data", "backup $kept --json").unwrap()).unwrap();
    assert_eq!((&said["events"], &said["chain"]), (&backup["through"], &backup["chain"]));

    let error = place.run("data", "restore $all.jsonl").unwrap_err();
    assert_eq!(exit_code(&error), 73, "{error:#}");
    assert!(error.to_string().contains("has a log with 9 events already"), "{error:#}");
}

#[test]
fn an_export_that_is_not_what_was_exported_is_refused() {
    let place = two_ratings();
    let all = place.run("data", "export").unwrap();
    let lines: Vec<&str> = all.split_inclusive('\n').collect();
    let rest = lines[4..].concat();
    let twice = [lines[0], &all].concat();
    for (text, says) in [
        (lines[..9].concat(), "does not end with the line that vouches for it"),
        (all[..all.len() / 2].to_owned(), "not a record"),
        (all.replace("\"stars\":3", "\"stars\":2"), "line 10: the lines before it are not those"),
        (all.replace("\"through\":9", "\"through\":8"), "line 10: the lines before it are not those"),
        (all.replace("\"through\":9", "\"through\":x"), "line 10: the seal is damaged"),
        (rest, "line 1: position 5 does not follow position 0"),
        (twice, "line 2: position 1 does not follow position 1"),
        ("{}\n".to_owned(), "line 1: not a record"),
        (String::new(), "does not end with the line"),
    ] {
        fs::write(place.path("bad.jsonl"), text).unwrap();
        let error = place.run("copy", "restore $bad.jsonl").unwrap_err();
        assert!(error.to_string().contains(says), "{error:#}");
        assert_eq!(exit_code(&error), 65, "{error:#}");
    }
    fs::write(place.path("bad.jsonl"), [0xff, b'\n']).unwrap();
    assert!(place.run("copy", "restore $bad.jsonl").unwrap_err().to_string().contains("it is not text"));
    fs::write(place.path("cut.jsonl"), lines[..4].concat()).unwrap();
    assert!(place.run("copy", "restore $cut.jsonl --unsealed").unwrap().starts_with("Restored 4 events"));
    assert_eq!(exit_code(&place.run("other", "restore $nothing.jsonl").unwrap_err()), 66);
}

#[test]
fn an_export_is_as_of_any_moment() {
    let place = two_ratings();
    place.old("ratings.json", r#"{"Sea.mp4": 1}"#);
    place.run("data", "import $old").unwrap();
    let end = place.lines("data", "log").len();
    assert!(end > 9);
    place.run("data", "export --legacy $then --as-of 9").unwrap();
    assert_eq!(read_json(&place.path("then/ratings.json")), serde_json::json!({"Sea.mp4": 3, "Sky.mp4": 5}));
    let error = place.run("data", "export --as-of 99").unwrap_err().to_string();
    assert!(error.contains("there is no position 99 yet: the log ends at"), "{error}");
    let error = place.run("data", "export --as-of 1999-01-01").unwrap_err().to_string();
    assert!(error.contains("nothing had happened by 1999-01-01"), "{error}");
    assert!(place.run("data", "export --as-of 2999-01-01").unwrap().contains(&format!("\"through\":{end}")));
    assert!(place.run("data", "export --as-of soon").unwrap_err().to_string().contains("a moment is a day"));
    assert!(place.run("data", "export --after 9 --as-of 4").unwrap_err().to_string().contains("nothing after"));
}

#[test]
fn an_export_can_be_asked_in_sql() {
    let place = two_ratings();
    place.old("views.json", r#"{"Sea.mp4": 7}"#);
    place.old("tags.json", r##"{"Sky.mp4": ["#blue", "#Big"]}"##);
    place.run("data", "import $old").unwrap();
    let said = place.run("data", "export --sqlite $gallery.db").unwrap();
    let database = rusqlite::Connection::open(place.path("gallery.db")).unwrap();
    let text = |sql: &str| database.query_row(sql, [], |row| row.get::<_, String>(0)).unwrap();
    assert_eq!(
        text("SELECT title || ' ' || stars FROM ratings JOIN videos ON id = video ORDER BY stars DESC"),
        "Sky 5"
    );
    assert_eq!(text("SELECT group_concat(tag, ' ') FROM tags"), "Big blue");
    assert_eq!(text("SELECT video || ' ' || count FROM views"), "1 7");
    assert_eq!(text("SELECT count(*) || ' ' || max(pos) FROM events"), {
        let end = place.lines("data", "log").len();
        format!("{end} {end}")
    });
    assert_eq!(text("SELECT data FROM events WHERE kind = 'rating.given' AND video = 1"), r#"{"video":1,"stars":3}"#);
    assert_eq!(text("SELECT date(recorded_at) FROM events WHERE pos = 1").len(), 10);
    assert!(said.contains("gallery.db: 2 videos"), "{said}");
    let error = place.run("data", "export --sqlite $gallery.db").unwrap_err();
    assert_eq!(exit_code(&error), 73, "{error:#}");
    assert_eq!(fs::read_dir(place.folder.path()).unwrap().count(), 3, "nothing unfinished is left");
}

#[test]
fn an_export_for_the_old_program_imports_to_the_same_facts() {
    let place = two_ratings();
    place.old("views.json", r#"{"Sea.mp4": 7}"#);
    place.old("tags.json", r##"{"Sky.mp4": ["#blue", "#Big"]}"##);
    place.run("data", "import $old").unwrap();
    place.run("data", "export --legacy $back").unwrap();
    assert_eq!(exit_code(&place.run("data", "export --legacy $back").unwrap_err()), 73, "nothing is overwritten");
    assert_eq!(read_json(&place.path("back/tags.json")), serde_json::json!({"Sky.mp4": ["#Big", "#blue"]}));
    assert_eq!(read_json(&place.path("back/favorites.json")), serde_json::json!({"favorites": ["Sea.mp4"]}));
    assert_eq!(place.lines("data", "import $back").last().unwrap(), "Nothing new; nothing was written.");
    assert_eq!(read_json(&place.path("back/ratings.json")), serde_json::json!({"Sea.mp4": 3, "Sky.mp4": 5}));
    assert_eq!(read_json(&place.path("back/views.json")), serde_json::json!({"Sea.mp4": 7}));
}

fn read_json(file: &Path) -> serde_json::Value {
    serde_json::from_slice(&fs::read(file).unwrap()).unwrap()
}

#[test]
fn a_command_that_cannot_begin_says_why_and_ends_with_its_own_code() {
    let place = Place::new();
    let failed = |data: &str, line: &str| {
        let error = place.run(data, line).unwrap_err();
        (exit_code(&error), format!("{error:#}"))
    };
    let (code, text) = failed("data", "log");
    assert_eq!(code, 66);
    assert!(text.contains("there is no log in") && text.contains("--data"), "{text}");
    assert!(!place.path("data").try_exists().unwrap());
    let (code, text) = failed("data", "import $old");
    assert_eq!((code, text.starts_with("nothing to import in")), (66, true), "{text}");

    place.old("ratings.json", "{}");
    let _server = crate::open::Library::open(&place.path("data"), &mut |_| {}).unwrap();
    for line in ["log", "export", "backup $kept", "import $old", "import $old --dry-run"] {
        let (code, text) = failed("data", line);
        assert_eq!(code, 75, "{text}");
        assert!(text.contains("in use by another server or tool") && text.contains("--server URL"), "{text}");
    }
}

#[test]
fn the_whole_fixture_catalogue_goes_through_a_real_log() {
    let place = Place::new();
    samples::write_json_files(&place.path("old"));
    samples::write_database(&place.path("old").join("video_metadata.db"));
    let lines = place.lines("data", "import $old");
    assert_eq!(lines.last().unwrap(), "Written: 6308 events in one batch.");
    assert_eq!(place.lines("data", "log").len(), 6308);
    assert_eq!(place.lines("data", "import $old").last().unwrap(), "Nothing new; nothing was written.");
}
