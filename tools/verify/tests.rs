//! Real data folders, damaged in every way: each is noticed, with a code and a sentence, and none is changed.

use super::{Report, child, verify};
use crate::progress::Quiet;
use crate::source::Source;
use crate::{exit_code, open::Library, rebuild, seed};
use events::log::{Checkpoints, EventLog as _};
use projections::{SCHEMA, State};
use std::collections::BTreeMap;
use std::env;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

const ME: &str = "verify::tests::the_child_of_these_tests";

/// Runs this test program again as the child that verifies `data`.
pub(crate) fn me(data: &Path) -> anyhow::Result<Command> {
    let mut command = Command::new("sh");
    // Less memory than a damaged length asks for, more than anything else needs.
    command.args(["-c", "ulimit -v 8000000; exec \"$0\" \"$@\""]).arg(env::current_exe()?);
    command.args(["--exact", ME, "--nocapture"]).env("VERIFY_DATA", data);
    Ok(command)
}

#[test]
fn the_child_of_these_tests() {
    if let Some(data) = env::var_os("VERIFY_DATA") {
        super::scan::run(data.as_ref(), &mut std::io::stdout()).unwrap();
    }
}

fn seeded(data: &Path) -> Library {
    let args = seed::Args { videos: 5, events: 30, seed: 1, files: None, json: false };
    seed::run(&args, data, &mut Vec::new()).unwrap();
    let mut library = Library::open(data, &mut |_| {}).unwrap();
    // Some events in the journal, too.
    for _ in 0..3 {
        let head = library.log.head();
        let mut record = library.log.reader().read(head.pos - 1, 1).unwrap().remove(0);
        record.pos += 1;
        record.batch = record.pos;
        library.log.append(&[record]).unwrap();
    }
    drop(library);
    Library::open(data, &mut |_| {}).unwrap()
}

pub(crate) fn checked(data: &Path) -> Report {
    verify(data, &me, &mut Quiet).unwrap()
}

/// A file up to its last byte that is not zero, and how long it is: journals are mostly holes.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Content {
    pub(crate) bytes: Vec<u8>,
    pub(crate) len: u64,
}

impl Content {
    pub(crate) fn write(&self, path: &Path) {
        fs::write(path, &self.bytes).unwrap();
        File::options().write(true).open(path).unwrap().set_len(self.len).unwrap();
    }
}

/// Every file below `folder`.
pub(crate) fn files(folder: &Path) -> BTreeMap<PathBuf, Content> {
    let mut files = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(inside) = folders.pop() {
        for entry in fs::read_dir(inside).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let mut bytes = fs::read(&path).unwrap();
                let len = bytes.len() as u64;
                bytes.truncate(bytes.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1));
                files.insert(path, Content { bytes, len });
            }
        }
    }
    files
}

#[test]
fn a_whole_log_is_proved_and_not_touched() {
    let data = tempfile::tempdir().unwrap();
    let library = seeded(data.path());
    let (head, digest) = (library.log.head(), library.state.digest());
    let error = verify(data.path(), &me, &mut Quiet).unwrap_err();
    assert_eq!(exit_code(&error), 75, "{error:#}");
    drop(library);
    let report = checked(data.path());
    assert_eq!(report.findings, []);
    assert_eq!(report.events, head.pos);
    assert_eq!(report.chain, events::hex::write(&head.chain));
    assert_eq!(report.digest, super::digest(digest));
}

#[test]
fn verifying_changes_no_file() {
    let data = tempfile::tempdir().unwrap();
    drop(seeded(data.path()));
    let before = files(data.path());
    assert_eq!(checked(data.path()).findings, []);
    assert_eq!(files(data.path()), before);
    // What the storage engine would take for the torn end of its journal, and cut off.
    let journal = before.keys().find(|path| path.extension().is_some_and(|end| end == "jnl")).unwrap();
    fs::write(journal, &before[journal].bytes[..200]).unwrap();
    let before = files(data.path());
    let report = checked(data.path());
    assert_eq!(report.findings[0].code, 80, "{report}");
    assert_eq!(files(data.path()), before);
}

#[test]
fn all_that_is_wrong_is_told_and_the_worst_first() {
    let data = tempfile::tempdir().unwrap();
    drop(seeded(data.path()));
    let before = files(data.path());
    fs::write(data.path().join("LOG_ID"), "no such name\n").unwrap();
    let journal = before.keys().find(|path| path.extension().is_some_and(|end| end == "jnl")).unwrap();
    fs::write(journal, &before[journal].bytes[..200]).unwrap();
    let report = checked(data.path());
    let codes: Vec<_> = report.findings.iter().map(|finding| finding.code).collect();
    assert_eq!(codes, [80, 87], "{report}");
    let text = report.to_string();
    assert!(text.contains("events are lost") && text.contains("it is not the identity of a log"), "{text}");
    assert!(text.contains(&data.path().join("LOG_ID").display().to_string()), "it is not about the copy: {text}");
    assert!(report.chain.is_empty() && report.events > 0, "{report:?}");
}

#[test]
fn a_child_that_ends_without_a_word_is_a_finding() {
    let data = tempfile::tempdir().unwrap();
    drop(seeded(data.path()));
    let dying = |_: &Path| {
        let mut command = Command::new("sh");
        command.args(["-c", "echo 'verify {\"read\":7}'; echo noise; kill -9 $$"]);
        Ok(command)
    };
    let report = verify(data.path(), &dying, &mut Quiet).unwrap();
    assert_eq!((report.findings[0].code, report.events), (74, 7));
    assert!(report.to_string().contains("ended the process"), "{report}");
    let left = fs::read_dir(data.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    assert!(!left.into_iter().any(|name| name.starts_with(".verify")));
    assert!(child::run(Command::new("/nowhere/at/all"), &mut Quiet).is_err());
}

#[test]
fn an_open_log_is_verified_while_it_is_used() {
    let data = tempfile::tempdir().unwrap();
    let library = seeded(data.path());
    let report = super::online(&library.source(), &mut Quiet).unwrap();
    assert_eq!(report.findings, []);
    assert_eq!((report.events, report.digest), (library.log.head().pos, super::digest(library.state.digest())));

    let other = Source { state: Arc::new(State::default()), ..library.source() };
    let report = super::online(&other, &mut Quiet).unwrap();
    assert_eq!((report.findings[0].code, report.findings.len()), (89, 1), "{report}");
    assert!(report.to_string().contains("not what the log says"), "{report}");
}

#[test]
fn a_damaged_checkpoint_is_noticed_and_a_whole_one_is_not() {
    let data = tempfile::tempdir().unwrap();
    let library = seeded(data.path());
    Checkpoints::new(data.path(), SCHEMA).keep(&library.log.stamp(), b"whatever is known").unwrap();
    drop(library);
    assert_eq!(checked(data.path()).findings, []);
    let file = fs::read_dir(data.path().join("checkpoints")).unwrap().next().unwrap().unwrap().path();
    let whole = fs::read(&file).unwrap();
    for at in [0, 50, whole.len() - 1] {
        let mut changed = whole.clone();
        changed[at] ^= 4;
        fs::write(&file, changed).unwrap();
        let report = checked(data.path());
        assert_eq!((report.findings[0].code, report.findings.len()), (89, 1), "{report}");
        assert!(report.to_string().contains("all of them as they were written"), "{report}");
    }
    let rebuilt = rebuild::rebuild(data.path(), &mut Quiet).unwrap();
    assert!(rebuilt.same() && rebuilt.deleted == 1, "{rebuilt}");
    assert_eq!(checked(data.path()).findings, [], "without one, nothing is missing");
    let other = [7; 32];
    let stamp = Library::open(data.path(), &mut |_| {}).unwrap().log.stamp();
    Checkpoints::new(data.path(), other).keep(&stamp, b"what another version knows").unwrap();
    assert_eq!(checked(data.path()).findings, [], "another version may have been here");
}
