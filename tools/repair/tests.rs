//! Damaged data folders and what becomes of them: whole again, or told what would be lost. Never silently less.

use super::{Args, Repaired, repair, salvage};
use crate::progress::Quiet;
use crate::{backup, exit_code, export, open::Library, seed};
use events::Recorded;
use events::log::EventLog as _;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const ME: &str = "repair::tests::the_child_of_these_tests";

fn me(data: &Path, file: &Path) -> anyhow::Result<Command> {
    let mut command = Command::new("sh");
    command.args(["-c", "ulimit -v 8000000; exec \"$0\" \"$@\""]).arg(env::current_exe()?);
    command.args(["--exact", ME, "--nocapture"]).env("SALVAGE_DATA", data).env("SALVAGE_FILE", file);
    Ok(command)
}

#[test]
fn the_child_of_these_tests() {
    if let (Some(data), Some(file)) = (env::var_os("SALVAGE_DATA"), env::var_os("SALVAGE_FILE")) {
        salvage::run(data.as_ref(), file.as_ref(), &mut std::io::stdout()).unwrap();
    }
}

/// A library of 40 events in tables and 4 in the journal, with a backup and an export of the first 42.
pub(super) struct Place {
    pub(super) folder: tempfile::TempDir,
    pub(super) events: Vec<Recorded>,
}

impl Place {
    pub(super) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        let args = seed::Args { videos: 5, events: 30, seed: 1, files: None, json: false };
        seed::run(&args, &data, &mut Vec::new()).unwrap();
        let mut library = Library::open(&data, &mut |_| {}).unwrap();
        for nth in 0..4 {
            if nth == 2 {
                let source = library.source();
                backup::make(&source, &folder.path().join("backup"), &mut Quiet).unwrap();
                let mut file = fs::File::create(folder.path().join("export")).unwrap();
                export::write_jsonl(&source, 0, 42, &mut Quiet, &mut file).unwrap();
            }
            append(&mut library);
        }
        let events = library.log.reader().read(0, 99).unwrap();
        assert_eq!(events.len(), 44);
        Self { folder, events }
    }

    pub(super) fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn file(&self, end: &str) -> PathBuf {
        let mut folders = vec![self.data()];
        while let Some(inside) = folders.pop() {
            for entry in fs::read_dir(inside).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.to_str().unwrap().ends_with(end) {
                    return path;
                }
            }
        }
        unreachable!("no file {end}")
    }

    pub(super) fn repair(&self, from: Option<&str>, accept_loss: bool) -> anyhow::Result<Repaired> {
        let from_export = from.map(|name| self.folder.path().join(name));
        repair(&Args { from_export, accept_loss, ..Args::default() }, &self.data(), &me, &mut Quiet)
    }

    /// What the log has now.
    pub(super) fn now(&self) -> Vec<Recorded> {
        Library::open(&self.data(), &mut |_| {}).unwrap().log.reader().read(0, 99).unwrap()
    }
}

fn append(library: &mut Library) {
    let head = library.log.head();
    let mut record = library.log.reader().read(head.pos - 1, 1).unwrap().remove(0);
    record.pos += 1;
    record.batch = record.pos;
    library.log.append(&[record]).unwrap();
}

#[test]
fn a_whole_log_is_left_alone() {
    let place = Place::new();
    let done = place.repair(Some("backup"), true).unwrap();
    assert_eq!(done, Repaired::default());
    assert!(done.to_string().contains("nothing to repair"));
    assert_eq!(place.now(), place.events);
    assert!(!place.data().join("log.1").try_exists().unwrap());
}

#[test]
fn what_a_torn_journal_lost_is_told_and_only_given_up_when_that_is_accepted() {
    let place = Place::new();
    let journal = place.file(".jnl");
    let bytes = fs::read(&journal).unwrap();
    fs::write(&journal, &bytes[..0]).unwrap();
    let told = place.repair(None, false).unwrap();
    assert_eq!((told.code, told.readable, told.known, told.events), (80, 40, Some(44), None), "{told}");
    assert!(told.to_string().contains("Lost: 4 events (positions 41 to 44)"), "{told}");
    for export in ["backup", "export"] {
        let told = place.repair(Some(export), false).unwrap();
        assert!(told.to_string().contains("Lost: 2 events (positions 43 to 44)"), "{told}");
        assert_eq!(told.events, None);
    }
    assert_eq!(fs::read(&journal).unwrap(), &bytes[..0], "nothing was changed");
    let done = place.repair(Some("export"), true).unwrap();
    assert_eq!(done.events, Some(42));
    assert_eq!(place.now(), place.events[..42]);
    assert!(done.kept.unwrap().join("HEAD").try_exists().unwrap());
}

#[test]
fn a_backup_fills_what_cannot_be_read_any_more() {
    let place = Place::new();
    // Everything in the tables is gone; nobody can tell how far it went without HEAD.
    fs::remove_dir_all(place.data().join("log")).unwrap();
    let told = place.repair(None, false).unwrap();
    assert_eq!((told.code, told.readable, told.known), (81, 0, None), "{told}");
    let done = place.repair(Some("backup"), false).unwrap();
    assert_eq!(done.events, Some(42), "{done}");
    assert_eq!(place.now(), place.events[..42]);
}

#[test]
fn records_are_kept_when_only_what_stands_beside_them_is_damaged() {
    let other_id = format!("{:032x}\n", 7);
    for (name, content, code) in
        [("log/HEAD", "", 87), ("log/anchors.bin", &*"7".repeat(99), 87), ("LOG_ID", &other_id, 82)]
    {
        let place = Place::new();
        fs::write(place.data().join(name), content).unwrap();
        let done = place.repair(None, true).unwrap();
        assert_eq!((done.code, done.events), (code, Some(44)), "{name}: {done}");
        assert_eq!(place.now(), place.events, "{name}");
    }
}

#[test]
fn an_export_of_another_library_is_refused() {
    let (place, other) = (Place::new(), tempfile::tempdir().unwrap());
    let args = seed::Args { videos: 5, events: 60, seed: 2, files: None, json: false };
    seed::run(&args, other.path(), &mut Vec::new()).unwrap();
    let library = Library::open(other.path(), &mut |_| {}).unwrap();
    backup::make(&library.source(), &place.folder.path().join("foreign"), &mut Quiet).unwrap();
    fs::write(place.file(".jnl"), "").unwrap();
    let error = place.repair(Some("foreign"), false).unwrap_err();
    assert_eq!(exit_code(&error), 65, "{error:#}");
    assert!(error.to_string().contains("of another library"), "{error:#}");
    fs::write(place.folder.path().join("cut"), "{}\n").unwrap();
    assert_eq!(exit_code(&place.repair(Some("cut"), true).unwrap_err()), 65);
    assert_eq!(exit_code(&place.repair(Some("nothing"), true).unwrap_err()), 66);
    assert!(!place.data().join("log.1").try_exists().unwrap());
}

#[test]
fn what_was_forgotten_and_may_come_back_is_told() {
    for from in ["backup", "export"] {
        let place = Place::new();
        let mut library = Library::open(&place.data(), &mut |_| {}).unwrap();
        let viewing = place.events.iter().find(|record| record.event.can_be_redacted()).unwrap();
        library.log.redact(&[viewing.pos]).unwrap();
        append(&mut library);
        drop(library);
        fs::remove_dir_all(place.data().join("log/fjall")).unwrap();
        let told = place.repair(Some(from), false).unwrap();
        assert!(told.tells_forgotten && told.to_string().contains("Forget them again."), "{from}: {told}");
    }
}

#[test]
fn folders_that_an_ended_command_left_are_taken_away() {
    let place = Place::new();
    let left = [".repair-a1b2c3", ".verify-a1b2c3"].map(|name| place.data().join(name));
    for folder in &left {
        fs::create_dir_all(folder.join("log/fjall")).unwrap();
        fs::write(folder.join("log/HEAD"), "").unwrap();
    }
    // Not while another has the log open: it may be that other's.
    let library = Library::open(&place.data(), &mut |_| {}).unwrap();
    assert_eq!(exit_code(&place.repair(None, false).unwrap_err()), 75);
    assert!(left.iter().all(|folder| folder.try_exists().unwrap()));
    drop(library);
    place.repair(None, false).unwrap();
    assert!(left.iter().all(|folder| !folder.try_exists().unwrap()));
}
