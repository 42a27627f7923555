//! What is sent of the old program's files says what they say where they are.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use super::super::tests::{facts, folder, rejects};
use super::super::{Legacy, read, read_beside};
use super::{Gathered, Sent, gather, read_sent};
use crate::progress::Quiet;
use crate::samples::{NOW_MS, OLD_SCHEMA, write_database, write_json_files};
use rusqlite::Connection;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::net::UnixListener;

#[test]
fn what_is_sent_says_what_the_folder_says() {
    let folder = tempfile::tempdir().unwrap();
    write_json_files(folder.path());
    fs::create_dir(folder.path().join("data")).unwrap();
    write_database(&folder.path().join("data/video_metadata.db"));
    let short = folder.path().join("videos").join("A sidecar with the bare name");
    fs::write(short.with_extension("mkv"), "").unwrap();
    fs::write(short.with_extension("json"), r#"{"tags": ["lake"]}"#).unwrap();
    let here = read(folder.path(), &[], NOW_MS).unwrap();
    let mut gathered = gather(folder.path(), &[]).unwrap();
    assert_eq!(gathered.notes, Vec::<String>::new());
    gathered.files.reverse();
    let mut there = read_sent(&gathered.files, NOW_MS).unwrap();
    assert_eq!(facts(&there).len(), facts(&here).len());
    let sorts = |legacy: &Legacy| legacy.sources.iter().map(|source| source.sort).collect::<Vec<_>>();
    assert_eq!(sorts(&there), sorts(&here), "the most trusted first, in whichever order they came");
    let said = |legacy: &Legacy| {
        let said = legacy.records.iter().map(|record| format!("{:?} {} {:?}", record.name, record.at_ms, record.fact));
        let mut said: Vec<String> = said.collect();
        said.sort();
        said
    };
    assert_eq!(said(&there), said(&here));
    assert!(facts(&there).contains(&"A sidecar with the bare name.mkv #lake".to_owned()));

    let beside = tempfile::tempdir().unwrap();
    fs::write(beside.path().join("z.mp4.json"), r#"{"tags": ["sea"]}"#).unwrap();
    let before = there.sources.len();
    let folders = [beside.path().to_owned(), "/nonexistent".into(), folder.path().join("videos")];
    read_beside(&folders, &mut there, NOW_MS, &mut Quiet).unwrap();
    assert_eq!(facts(&there).last().unwrap(), "z.mp4 #sea");
    assert_eq!(
        (there.sources.len(), facts(&there).len()),
        (before + 1, facts(&here).len() + 1),
        "the others are known"
    );
}

#[test]
fn a_database_with_unfinished_changes_is_sent_whole() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("video_metadata.db");
    let connection = Connection::open(&file).unwrap();
    connection.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(())).unwrap();
    connection.execute_batch(OLD_SCHEMA).unwrap();
    connection.execute("INSERT INTO favorites (filename) VALUES ('a.mp4')", []).unwrap();
    let gathered = gather(folder.path(), &[]).unwrap();
    drop(connection);
    let there = read_sent(&gathered.files, NOW_MS).unwrap();
    assert!(facts(&there).contains(&"a.mp4 ♥".to_owned()), "{there:?}");
}

#[test]
fn what_cannot_be_sent_is_noted_and_the_rest_is_sent() {
    let folder = folder(&[("ratings.json", b"{}"), ("a.mp4.json", b"{}")]);
    let _socket = UnixListener::bind(folder.path().join("views.json")).unwrap();
    fs::write(folder.path().join("a \"film\".mp4.json"), "{}").unwrap();
    let odd = folder.path().join(std::ffi::OsStr::from_bytes(b"\xff.mp4.json"));
    fs::write(odd, "{}").unwrap();
    let Gathered { files, notes } = gather(folder.path(), &[]).unwrap();
    assert_eq!(files.iter().map(|file| file.name.as_str()).collect::<Vec<_>>(), ["ratings.json", "a.mp4.json"]);
    assert!(notes.iter().any(|note| note.contains("views.json was not sent: it is not a regular file")), "{notes:?}");
    assert!(notes.iter().any(|note| note.contains("its name is no text")), "{notes:?}");
    assert!(notes.iter().any(|note| note.contains("letters that a form cannot carry")), "{notes:?}");
    fs::remove_file(folder.path().join("ratings.json")).unwrap();
    fs::remove_file(folder.path().join("a.mp4.json")).unwrap();
    let nothing = gather(folder.path(), &[]).unwrap_err().to_string();
    assert!(nothing.starts_with("nothing can be sent: "), "{nothing}");
}

#[test]
fn what_is_no_file_of_the_old_program_is_said_to_be_none() {
    let sent = |name: &str, bytes: &[u8]| Sent { name: name.to_owned(), written_at_ms: None, bytes: bytes.to_vec() };
    assert!(read_sent(&[sent("holiday.jpg", b"x"), sent("holiday.json", b"{}")], NOW_MS).is_err());
    let sidecar = br#"{"tags": ["lake"]}"#;
    let legacy = read_sent(&[sent("views from a train.mp4.json", sidecar), sent("tags.mp4.json", sidecar)], NOW_MS);
    assert_eq!(facts(&legacy.unwrap()), ["views from a train.mp4 #lake", "tags.mp4 #lake"], "by the video beside it");
    let legacy = read_sent(&[sent("../x.db", b"no database"), sent("..", b"")], NOW_MS).unwrap();
    let refused = rejects(&legacy);
    assert!(refused.iter().any(|reject| reject.starts_with("x.db: ")), "{refused:?}");
    assert!(refused.contains(&"..: : is no file of the old program".to_owned()), "{refused:?}");
}
