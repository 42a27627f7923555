//! Backups on real disks: equal to the last byte when whole, and never believed when not.

use super::{Backup, make};
use crate::progress::{Cancelled, Progress, Quiet};
use crate::seed;
use crate::{Refusal, exit_code, open::Library};
use events::event::Rating;
use events::log::EventLog as _;
use events::log::fjall::FjallLog;
use events::{Actor, Cause, CommandId, Event, Recorded, VideoId};
use std::fs;
use std::path::{Path, PathBuf};

fn seeded(folder: &Path, seed: u64) -> Library {
    let args = seed::Args { videos: 20, events: 160, seed, files: None, json: false };
    seed::run(&args, folder, &mut Vec::new()).unwrap();
    Library::open(folder, &mut |_| {}).unwrap()
}

/// Appends `count` events that clear ratings.
fn append(library: &mut Library, count: u64) {
    for _ in 0..count {
        let head = library.log.head();
        let event = Event::Rating(Rating::Cleared { video: VideoId::new(1).unwrap() });
        let record = Recorded {
            pos: head.pos + 1,
            recorded_at_ms: head.recorded_at_ms,
            occurred_at_ms: head.recorded_at_ms,
            batch: head.pos + 1,
            cause: Cause::Tool,
            actor: Actor(0),
            command_id: CommandId::default(),
            caused_by: 0,
            event,
        };
        library.log.append(&[record]).unwrap();
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

/// Restores `backup` into a new folder: the code of its refusal, or the log with its head.
fn restore(backup: &Path) -> Result<events::log::Head, u8> {
    let to = tempfile::tempdir().unwrap();
    let loaded =
        Backup::open(backup).and_then(|backup| FjallLog::load_frames(to.path(), |push| backup.read(&mut Quiet, push)));
    if let Err(error) = &loaded {
        assert!(!to.path().join("log").try_exists().unwrap(), "{error:#}");
    }
    loaded.map_err(|error| exit_code(&error))
}

#[test]
fn a_backup_grows_and_restores_to_the_same_chain() {
    let place = tempfile::tempdir().unwrap();
    let to = place.path().join("kept");
    let mut library = seeded(&place.path().join("data"), 1);
    for added in [200, 3, 0, 1] {
        append(&mut library, if added == 200 { 0 } else { added });
        let made = make(&library.source(), &to, &mut Quiet).unwrap();
        assert_eq!((made.added, made.through), (added, library.log.head().pos));
        assert_eq!(restore(&to), Ok(library.log.head()));
    }
    assert_eq!(files(&to).len(), 3 + 1, "a run without news writes no file");

    // A restored log goes on with the backup it came from.
    let copy = place.path().join("copy");
    FjallLog::load_frames(&copy, |push| Backup::open(&to).unwrap().read(&mut Quiet, push)).unwrap();
    let mut copy = Library::open(&copy, &mut |_| {}).unwrap();
    append(&mut copy, 2);
    assert_eq!(make(&copy.source(), &to, &mut Quiet).unwrap().added, 2);
    let error = make(&library.source(), &to, &mut Quiet).unwrap_err();
    assert!(error.to_string().contains("reaches to position 206, but the log ends at 204"), "{error:#}");
}

#[test]
fn a_folder_that_is_not_the_backup_of_this_log_is_left_alone() {
    let place = tempfile::tempdir().unwrap();
    let (to, junk) = (place.path().join("kept"), place.path().join("junk"));
    let library = seeded(&place.path().join("data"), 1);
    let mut other = seeded(&place.path().join("other"), 2);
    make(&library.source(), &to, &mut Quiet).unwrap();
    let before: Vec<_> = files(&to).iter().map(|file| fs::read(file).unwrap()).collect();
    for more in [0, 5] {
        append(&mut other, more);
        let error = make(&other.source(), &to, &mut Quiet).unwrap_err();
        assert!(error.to_string().contains("has other events at the same positions"), "{error:#}");
        assert_eq!(exit_code(&error), 65);
    }
    assert_eq!(files(&to).iter().map(|file| fs::read(file).unwrap()).collect::<Vec<_>>(), before);

    fs::create_dir(&junk).unwrap();
    fs::write(junk.join("letter.txt"), "").unwrap();
    let error = make(&library.source(), &junk, &mut Quiet).unwrap_err();
    assert!(error.to_string().contains("it has letter.txt and no manifest.jsonl"), "{error:#}");
    assert_eq!((exit_code(&error), files(&junk).len()), (73, 1));
    assert_eq!(restore(&junk), Err(65));
    let running = super::lock(&to).unwrap();
    assert!(make(&library.source(), &to, &mut Quiet).unwrap_err().to_string().contains("is running"));
    drop(running);
}

/// Stops at the second look.
struct Impatient(u32);

impl Progress for Impatient {
    fn begin(&mut self, _part: &str, _of: u64) {}

    fn reached(&mut self, _done: u64) -> Result<(), Cancelled> {
        self.0 += 1;
        if self.0 > 1 { Err(Cancelled) } else { Ok(()) }
    }
}

#[test]
fn a_run_that_is_called_off_leaves_the_backup_as_it_was() {
    let place = tempfile::tempdir().unwrap();
    let to = place.path().join("kept");
    let args = seed::Args { videos: 20, events: 9_000, seed: 1, files: None, json: false };
    seed::run(&args, place.path(), &mut Vec::new()).unwrap();
    let library = Library::open(place.path(), &mut |_| {}).unwrap();
    let error = make(&library.source(), &to, &mut Impatient(0)).unwrap_err();
    assert!(format!("{error:#}").contains("cancelled"), "{error:#}");
    assert_eq!(files(&to), [to.join("manifest.jsonl")]);
    assert_eq!(make(&library.source(), &to, &mut Quiet).unwrap().added, 9_040);
}

/// Every byte of a small backup is changed in turn (or, but for `SWEEP=all`, some of them), every file cut,
/// emptied and deleted: it is refused, by the next backup and by a restore.
#[test]
fn a_damaged_backup_is_refused() {
    let all = std::env::var_os("SWEEP").is_some_and(|value| value == "all");
    let place = tempfile::tempdir().unwrap();
    let to = place.path().join("kept");
    let mut library = seeded(&place.path().join("data"), 1);
    make(&library.source(), &to, &mut Quiet).unwrap();
    append(&mut library, 3);
    make(&library.source(), &to, &mut Quiet).unwrap();
    let source = library.source();
    let refused = |what: &str| {
        let error = make(&source, &to, &mut Quiet).map(|made| format!("{what}: {made}")).unwrap_err();
        let code = if what == "deleted manifest.jsonl" { 73 } else { 65 };
        assert_eq!(exit_code(&error), code, "{what}: {error:#}");
        assert!(error.is::<Refusal>());
        assert_eq!(restore(&to), Err(65), "{what}");
    };
    for file in files(&to) {
        let name = file.file_name().unwrap().to_str().unwrap().to_owned();
        let whole = fs::read(&file).unwrap();
        let step = if all { 1 } else { 97 };
        for at in (0..whole.len()).step_by(step) {
            let mut changed = whole.clone();
            changed[at] ^= 1 << (at % 8);
            fs::write(&file, changed).unwrap();
            refused(&format!("byte {at} of {name}"));
        }
        for cut in [0, 1, whole.len() / 2, whole.len() - 1] {
            fs::write(&file, &whole[..cut]).unwrap();
            refused(&format!("{cut} bytes of {name}"));
        }
        fs::write(&file, [&whole[..], b"\n"].concat()).unwrap();
        refused(&format!("one byte more in {name}"));
        fs::remove_file(&file).unwrap();
        refused(&format!("deleted {name}"));
        fs::write(&file, whole).unwrap();
    }
    assert_eq!(restore(&to), Ok(source.head));
    assert_eq!(make(&source, &to, &mut Quiet).unwrap().added, 0);
}

#[test]
fn what_a_killed_run_left_is_taken_away_and_nothing_else() {
    let place = tempfile::tempdir().unwrap();
    let to = place.path().join("kept");
    let library = seeded(&place.path().join("data"), 1);
    make(&library.source(), &to, &mut Quiet).unwrap();
    let whole = files(&to);
    for left in ["events-000000000201-000000000209.segment", ".events-000000000201-000000000300.segment.unfinished"] {
        fs::write(to.join(left), "half").unwrap();
    }
    fs::write(to.join("notes.txt"), "mine").unwrap();
    assert_eq!(make(&library.source(), &to, &mut Quiet).unwrap().added, 0);
    assert_eq!(files(&to), [&whole[..], &[to.join("notes.txt")]].concat());
    assert_eq!(restore(&to), Ok(library.log.head()));
}

#[test]
fn a_backup_that_tells_of_what_was_forgotten_since_is_told() {
    let place = tempfile::tempdir().unwrap();
    let (to, anew) = (place.path().join("kept"), place.path().join("anew"));
    let mut library = seeded(&place.path().join("data"), 1);
    assert!(!make(&library.source(), &to, &mut Quiet).unwrap().tells_forgotten);
    let viewing = library.log.reader().read(0, 999).unwrap().into_iter().find(|record| record.event.can_be_redacted());
    library.log.redact(&[viewing.unwrap().pos]).unwrap();
    let before = Backup::open(&to).unwrap();
    assert!(!before.is_outdated() && before.tells_forgotten(library.log.stamp().log, 1));
    for _ in 0..2 {
        let made = make(&library.source(), &to, &mut Quiet).unwrap();
        assert!(made.tells_forgotten && made.to_string().contains("delete this one"), "{made}");
    }
    assert!(Backup::open(&to).unwrap().is_outdated());
    let made = make(&library.source(), &anew, &mut Quiet).unwrap();
    assert!(!made.tells_forgotten && !Backup::open(&anew).unwrap().is_outdated(), "{made}");
    // What was made of the old one knows nothing of it.
    let copy = place.path().join("copy");
    FjallLog::load_frames(&copy, |push| Backup::open(&to).unwrap().read(&mut Quiet, push)).unwrap();
    let copy = Library::open(&copy, &mut |_| {}).unwrap();
    assert!(!make(&copy.source(), &to, &mut Quiet).unwrap().tells_forgotten);
}
