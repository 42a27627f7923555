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
    for wrong in ["log --kind stars", "log --cause god", "log --video 77", "log --video nobody"] {
        assert!(place.run("data", wrong).is_err(), "{wrong}");
    }
}

#[test]
fn an_export_restores_to_the_same_log_also_piece_by_piece() {
    let place = two_ratings();
    let all = place.run("data", "export").unwrap();
    let (first, rest): (Vec<&str>, Vec<&str>) = (all.lines().take(4).collect(), all.lines().skip(4).collect());
    fs::write(place.path("first.jsonl"), first.join("\n")).unwrap();
    fs::write(place.path("all.jsonl"), &all).unwrap();
    fs::write(place.path("rest.jsonl"), rest.join("\n")).unwrap();

    assert!(place.run("copy", "restore $rest.jsonl").unwrap_err().to_string().contains("does not continue the log"));
    assert_eq!(place.run("copy", "restore $first.jsonl").unwrap(), "Restored 4 events; the log has 4 now.\n");
    assert_eq!(place.run("copy", "restore $all.jsonl").unwrap(), "Restored 5 events; the log has 9 now.\n");
    assert_eq!(place.run("copy", "export").unwrap(), all);
    assert_eq!(place.run("copy", "export --after 4").unwrap(), rest.join("\n") + "\n");

    let other = all.replace("\"stars\":3", "\"stars\":2");
    fs::write(place.path("other.jsonl"), other).unwrap();
    assert!(format!("{:#}", place.run("copy", "restore $other.jsonl").unwrap_err()).contains("of another library"));
    fs::write(place.path("junk.jsonl"), "{}\n").unwrap();
    assert!(place.run("empty", "restore $junk.jsonl").unwrap_err().to_string().starts_with("line 1 of"));
}

#[test]
fn an_export_for_the_old_program_imports_to_the_same_facts() {
    let place = two_ratings();
    place.old("views.json", r#"{"Sea.mp4": 7}"#);
    place.old("tags.json", r##"{"Sky.mp4": ["#blue", "#Big"]}"##);
    place.run("data", "import $old").unwrap();
    place.run("data", "export --legacy $back").unwrap();
    assert!(place.run("data", "export --legacy $back").is_err(), "nothing is overwritten");
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
    for line in ["log", "export", "import $old", "import $old --dry-run"] {
        let (code, text) = failed("data", line);
        assert_eq!(code, 75, "{text}");
        assert!(text.contains("in use by another server or tool") && text.contains("Stop"), "{text}");
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
