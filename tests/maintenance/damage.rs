//! What an operator relies on: whatever happens to a file of a data folder, of a backup or of an export is noticed, with an
//! exit code and a sentence that says what to do, and costs nothing that can still be had.

use crate::support::child::{Folders, PATIENCE, Server, refused};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::Instant;

/// What a log is made whole with.
const BACKUP: &str = "make the log whole with `tools repair` and the newest backup or export";
const DISK: &str = "see what `tools repair` can save, with the newest backup";

/// A library that was in use, what `tools verify` says of it, and a backup of it. Its data folder has everything one can
/// have: records in tables and in the journal, anchors, a checkpoint.
struct Library {
    folders: Folders,
    whole: String,
    backup: PathBuf,
}

impl Library {
    fn with(events: u32) -> Self {
        let folders = Folders::with(0);
        done(&folders, &format!("seed --videos 20 --events {events}"));
        let server = Server::on(&folders, 20);
        let rated = server.client().post("/videos/1/rating", "the last", "stars=3").expect("an answer");
        assert_eq!(rated.status, 200);
        assert!(server.terminate().success());
        let backup = folders.data.with_file_name("backup");
        done(&folders, &format!("backup {}", backup.display()));
        let whole = done(&folders, "verify");
        assert!(whole.starts_with(&format!("{} events, all of them", events + 41)), "{whole}");
        Self { folders, whole, backup }
    }

    /// A copy of the data, and what `damage` made of it.
    fn damaged(&self, damage: impl FnOnce(&Path)) -> Folders {
        let copy = self.folders.copied();
        damage(&copy.data);
        copy
    }

    /// Puts a file of this library into another one.
    fn lend(&self, file: &str, data: &Path) {
        fs::copy(self.folders.data.join(file), data.join(file)).expect("a file");
    }

    /// Makes the log in a damaged `copy` whole from the backup.
    fn mend(&self, copy: &Folders) {
        let said = done(copy, &format!("repair --from-export {}", self.backup.display()));
        assert!(said.contains("the damaged one is kept in"), "{said}");
        assert_eq!(done(copy, "verify"), self.whole, "the same chain and the same digest");
    }
}

/// What `tools LINE` says, which does what it should.
fn done(folders: &Folders, line: &str) -> String {
    let (code, said) = folders.tools(line);
    assert_eq!(code, 0, "{line}: {said}");
    said
}

/// That `tools LINE` ends with this code and these words.
fn refuses(folders: &Folders, line: &str, code: i32, words: &[&str]) {
    let (ended, said) = folders.tools(line);
    assert_eq!(ended, code, "{line}: {said}");
    words.iter().for_each(|words| assert!(said.contains(words), "{line}: {words}: {said}"));
}

/// Every file below `folder`, in order.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    let mut found: Vec<PathBuf> =
        entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect();
    found.sort();
    found
}

/// The one file below `folder` whose name ends in `.EXTENSION`.
fn only(folder: &Path, extension: &str) -> PathBuf {
    let found = files(folder).into_iter().filter(|path| path.extension().is_some_and(|end| end == extension));
    let found: Vec<PathBuf> = found.collect();
    assert_eq!(found.len(), 1, "{found:?}");
    found[0].clone()
}

/// Where the records are: the largest file of the log.
fn records(data: &Path) -> PathBuf {
    let size = |path: &PathBuf| path.metadata().expect("a file").len();
    files(&data.join("log")).into_iter().max_by_key(size).expect("a file")
}

/// Flips one bit in each place.
fn flip(file: &Path, places: &[usize]) {
    let mut bytes = fs::read(file).expect("a file");
    places.iter().for_each(|at| bytes[*at] ^= 0x40);
    fs::write(file, bytes).expect("it is writable");
}

/// Cuts some bytes off.
fn cut(file: &Path, bytes: u64) {
    let file = File::options().write(true).open(file).expect("a file");
    let length = file.metadata().expect("a file").len();
    file.set_len(length - bytes).expect("it can be cut");
}

fn half(file: &Path) -> usize {
    usize::try_from(file.metadata().expect("a file").len() / 2).expect("small")
}

/// What is done to a folder.
type Damage<'a> = &'a dyn Fn(&Path);

#[test]
fn a_damaged_file_of_the_log_is_noticed_by_the_tools_and_the_server_and_mended_from_a_backup() {
    let library = Library::with(8_300);
    let other = Library::with(300);
    let ways: [(&str, Damage<'_>, i32, &str, &str); 8] = [
        ("a bit in the journal", &|data| flip(&only(data, "jnl"), &[60]), 74, "cannot be read from the disk", DISK),
        ("a journal cut off", &|data| cut(&only(data, "jnl"), 1), 80, "it once reached 8341: events are lost", BACKUP),
        ("two bits in HEAD", &|data| flip(&data.join("log/HEAD"), &[40, 168]), 87, "HEAD is damaged: neither", BACKUP),
        ("HEAD cut off", &|data| cut(&data.join("log/HEAD"), 256), 87, "HEAD is damaged", BACKUP),
        ("a bit in anchors", &|data| flip(&data.join("log/anchors.bin"), &[20]), 87, "anchors.bin is damaged", BACKUP),
        ("a bit in LOG_ID", &|data| flip(&data.join("LOG_ID"), &[3]), 87, "LOG_ID is damaged", BACKUP),
        (
            "the LOG_ID of another library",
            &|data| other.lend("LOG_ID", data),
            82,
            "but this folder had log",
            "its files come from one and the same backup",
        ),
        (
            "the HEAD of another library",
            &|data| other.lend("log/HEAD", data),
            82,
            "but this folder had log",
            "its files come from one and the same backup",
        ),
    ];
    for (what, damage, code, words, advice) in ways {
        let copy = library.damaged(damage);
        refuses(&copy, "verify", code, &[words, advice]);
        let start = refused(copy.serve());
        let said = String::from_utf8_lossy(&start.stderr).into_owned();
        assert_eq!(start.status.code(), Some(code), "{what}: {said}");
        assert!(said.contains(words) && said.contains(advice), "{what}: {said}");
        library.mend(&copy);
    }
}

#[test]
fn a_server_that_finds_an_old_record_damaged_shows_what_it_knows_and_takes_no_change() {
    let library = Library::with(8_300);
    let copy = library.damaged(|data| flip(&records(data), &[half(&records(data))]));
    refuses(&copy, "verify", 74, &["cannot be read from the disk", DISK]);
    // What it needs for its pages is in the checkpoint, and the log is read while people watch.
    let server = Server::on(&copy, 20);
    let (mut client, started) = (server.client(), Instant::now());
    let trouble = loop {
        let ready = client.get("/readyz").expect("an answer");
        if ready.status != 200 {
            break ready;
        }
        assert!(started.elapsed() < PATIENCE, "it does not find out");
    };
    assert!(trouble.status == 503 && trouble.body.contains("the log is damaged"), "{trouble:?}");
    let rated = client.post("/videos/1/rating", "too late", "stars=5").expect("an answer");
    assert!(rated.status == 503 && rated.body.contains("the log is damaged"), "{rated:?}");
    assert_eq!(client.get("/watch/1").expect("an answer").status, 200);
    assert!(server.terminate().success());
    library.mend(&copy);
}

#[test]
fn each_file_of_a_data_folder_that_is_gone_is_noticed_or_made_again() {
    let library = Library::with(300);
    for gone in files(&library.folders.data) {
        let gone = gone.strip_prefix(&library.folders.data).expect("it is in there");
        let copy = library.damaged(|data| fs::remove_file(data.join(gone)).expect("a file"));
        let name = gone.file_name().and_then(|name| name.to_str()).expect("a plain name");
        let (code, said) = copy.tools("verify");
        if !gone.starts_with("log") {
            assert_eq!((code, &said), (0, &library.whole), "{name}: it is no part of the log, or said elsewhere too");
            assert!(Server::on(&copy, 20).terminate().success());
            let again = ["LOG_ID", "ckpt"].iter().any(|end| name.ends_with(end));
            assert!(!again || copy.data.join(gone).try_exists().unwrap_or(false), "{name} is made again");
            assert_eq!(done(&copy, "verify"), library.whole);
            continue;
        }
        match name {
            "HEAD" | "anchors.bin" => assert!(code == 81 && said.contains(&format!("{name} is missing")), "{said}"),
            _ => assert!([74, 80, 81].contains(&code), "{}: {code}: {said}", gone.display()),
        }
        assert!(said.contains(BACKUP) || said.contains(DISK), "{}: {said}", gone.display());
        assert_eq!(refused(copy.serve()).status.code(), Some(code), "{}", gone.display());
        library.mend(&copy);
    }
}

#[test]
fn a_damaged_checkpoint_is_noticed_and_costs_nothing() {
    let library = Library::with(300);
    let copy = library.damaged(|data| flip(&only(data, "ckpt"), &[half(&only(data, "ckpt"))]));
    refuses(&copy, "verify", 89, &[".ckpt is damaged", "nothing is lost", "341 events"]);
    assert!(Server::on(&copy, 20).terminate().success());
    assert_eq!(done(&copy, "verify"), library.whole, "another one was made");
}

#[test]
fn what_is_there_twice_is_lost_only_when_both_are() {
    let library = Library::with(300);
    let slots: [&[usize]; 2] = [&[40], &[168]];
    for places in slots {
        let copy = library.damaged(|data| flip(&data.join("log/HEAD"), places));
        assert_eq!(done(&copy, "verify"), library.whole, "the other slot says where the log ends");
    }
    refuses(&library.damaged(|data| flip(&data.join("log/HEAD"), &slots.concat())), "verify", 87, &["neither slot"]);
}

#[test]
fn a_backup_or_an_export_that_is_not_whole_is_refused_and_nothing_is_written() {
    let library = Library::with(300);
    let lines = done(&library.folders, "export");
    let (segment, manifest) = ("a backup's records", "manifest.jsonl");
    let ways: [(&str, Damage<'_>, &str); 5] = [
        ("cut off", &|kept| cut(&only(kept, "segment"), 1), "does not have the size that the manifest names"),
        (
            "a bit flips",
            &|kept| flip(&only(kept, "segment"), &[half(&only(kept, "segment"))]),
            "is damaged: the record",
        ),
        (segment, &|kept| fs::remove_file(only(kept, "segment")).expect("a file"), "is missing from the backup"),
        ("edited", &|kept| flip(&kept.join(manifest), &[30]), "manifest.jsonl is damaged, or of a newer version"),
        (manifest, &|kept| fs::remove_file(kept.join(manifest)).expect("a file"), "is no backup: it has no manifest"),
    ];
    for (what, damage, words) in ways {
        let kept = library.folders.data.with_file_name(format!("kept, {what}").replace(' ', "_"));
        fs::create_dir(&kept).expect("a folder");
        for file in files(&library.backup) {
            fs::copy(&file, kept.join(file.file_name().expect("a name"))).expect("a file");
        }
        damage(&kept);
        let (empty, kept) = (Folders::with(0), kept.display().to_string());
        refuses(&empty, &format!("restore {kept}"), 65, &[words]);
        refuses(&empty, "verify", 66, &["no log"]);
        // Nor is anything added to it, or made whole from it.
        let broken = library.damaged(|data| fs::remove_file(data.join("log/HEAD")).expect("a file"));
        refuses(&broken, &format!("repair --from-export {kept}"), 65, &[words]);
        refuses(&broken, "verify", 81, &["HEAD is missing"]);
    }
    for (what, text, words) in [
        ("cut off", lines[..lines.len() / 2].to_owned(), "line "),
        ("cut off after a line", lines.lines().take(9).map(|line| format!("{line}\n")).collect(), "it was cut off"),
        ("edited", lines.replacen("\"stars\":3", "\"stars\":4", 1), "are not those that were exported"),
    ] {
        let file = library.folders.data.with_file_name("export.jsonl");
        assert_ne!(text, lines, "{what}");
        fs::write(&file, text).expect("a file");
        let empty = Folders::with(0);
        refuses(&empty, &format!("restore {}", file.display()), 65, &["export.jsonl", words]);
        refuses(&empty, "verify", 66, &["no log"]);
    }
}

#[test]
fn what_is_of_another_library_or_in_the_way_is_left_as_it_is() {
    let (library, other) = (Library::with(300), Library::with(310));
    let foreign = other.backup.display();
    let copy = library.damaged(|_| ());
    refuses(&copy, &format!("backup {foreign}"), 65, &["it is of another library", "begin a new backup"]);
    refuses(&copy, &format!("restore {foreign}"), 73, &["has a log with 341 events already", "into another folder"]);
    refuses(&copy, &format!("backup {}", copy.data.display()), 73, &["is neither empty nor a backup"]);
    assert_eq!(done(&copy, "verify"), library.whole);
    fs::remove_file(copy.data.join("log/HEAD")).expect("a file");
    refuses(&copy, &format!("repair --from-export {foreign}"), 65, &["it is of another library"]);
    refuses(&copy, "verify", 81, &["HEAD is missing"]);
    library.mend(&copy);
    let restored = Folders::with(0);
    done(&restored, &format!("restore {foreign}"));
    assert_eq!(done(&restored, "verify"), other.whole, "and the backup is as it was");
}
