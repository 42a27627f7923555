//! The rules, one by one: given a library, when the disk looks like this, then that happened.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod folders;
mod histories;
mod loss;

use super::*;
use events::event::Rating;
use events::{Actor, Cause, CommandId, Recorded, Stars};

pub(super) const NOW_MS: i64 = 1_000_000;

/// A library and the disk under it.
#[derive(Default)]
pub(super) struct Library {
    pub(super) state: State,
}

impl Library {
    /// A library that knows the files of `/videos` from an earlier scan.
    pub(super) fn given(files: &[File]) -> Self {
        let mut library = Self::default();
        library.scan(scan(files)).unwrap();
        library
    }

    /// What a scan leads to; it becomes known.
    pub(super) fn scan(&mut self, scan: Scan) -> Result<Vec<Event>, Rejected> {
        let events = decide(&self.state, &scan, NOW_MS)?;
        events.iter().for_each(|event| self.happened(event.clone()));
        Ok(events)
    }

    pub(super) fn happened(&mut self, event: Event) {
        let pos = self.state.pos() + 1;
        let recorded = Recorded {
            pos,
            recorded_at_ms: NOW_MS,
            occurred_at_ms: NOW_MS,
            batch: pos,
            cause: Cause::Scan,
            actor: Actor(0),
            command_id: CommandId::default(),
            caused_by: 0,
            event,
        };
        self.state.apply(&recorded);
    }

    pub(super) fn rate(&mut self, number: u32) {
        self.happened(Event::Rating(Rating::Given { video: id(number), stars: Stars::new(5).unwrap() }));
    }

    /// Data of a file that another program knew.
    fn imported(&mut self, path: &str) -> VideoId {
        let video = self.state.videos().next_id().unwrap();
        self.happened(Event::Video(VideoEvent::Found {
            video,
            root: RootPath::default(),
            path: place(path),
            size_bytes: 0,
            modified_at_ms: 0,
            fingerprint: None,
            added_at_ms: 5,
        }));
        video
    }
}

pub(super) fn id(number: u32) -> VideoId {
    VideoId::new(number).unwrap()
}

pub(super) fn place(path: &str) -> MediaPath {
    MediaPath::new(path).unwrap()
}

pub(super) fn print(content: u64) -> Fingerprint {
    Fingerprint { size_bytes: content, hash: u128::from(content) }
}

/// A file with the content of this number, which is also its size; 0 is an empty file.
pub(super) fn file(path: &str, content: u64) -> File {
    File { path: place(path), size_bytes: content, modified_at_ms: 7, content: Some(print(content)) }
}

/// So many files with contents from `first` on.
pub(super) fn files(folder: &str, first: u64, count: u64) -> Vec<File> {
    (first..first + count).map(|content| file(&format!("{folder}{content:03}.mp4"), content)).collect()
}

pub(super) fn scan_of(root: &str, files: &[File]) -> Scan {
    Scan {
        root: RootPath::new(root),
        roots: vec![RootPath::new("/videos"), RootPath::new("/more")],
        files: files.to_vec(),
        unreadable: Vec::new(),
        gone: Vec::new(),
        accept_missing: false,
    }
}

pub(super) fn scan(files: &[File]) -> Scan {
    scan_of("/videos", files)
}

/// What a scan led to, short enough to compare.
pub(super) fn said(events: &[Event]) -> Vec<String> {
    let place = |root: &RootPath, path: &MediaPath| root.as_path().join(path.as_path()).display().to_string();
    let word = |event: &VideoEvent| match event {
        VideoEvent::Found { video, root, path, .. } => format!("found {video} {}", place(root, path)),
        VideoEvent::Moved { video, root, path, .. } => format!("moved {video} {}", place(root, path)),
        VideoEvent::Returned { video, root, path, .. } => format!("returned {video} {}", place(root, path)),
        VideoEvent::Changed { video, size_bytes, .. } => format!("changed {video} to {size_bytes}"),
        VideoEvent::Vanished { video } => format!("vanished {video}"),
        VideoEvent::Probed { .. }
        | VideoEvent::Dated { .. }
        | VideoEvent::Forgotten { .. }
        | VideoEvent::Remembered { .. } => format!("{event:?}"),
    };
    let words = |event: &Event| if let Event::Video(event) = event { word(event) } else { format!("{event:?}") };
    events.iter().map(words).collect()
}

/// Given these files, when the disk holds those, then this is said.
fn check(given: &[File], when: &[File], then: &[&str]) {
    let mut library = Library::given(given);
    let events = library.scan(scan(when)).unwrap();
    assert_eq!(said(&events), then);
    assert_eq!(library.scan(scan(when)), Ok(Vec::new()), "a second look must find nothing");
    assert_eq!(library.state.anomalies(), 0);
}

#[test]
fn the_first_look_at_a_collection_keeps_its_dates() {
    let mut library = Library::default();
    let mut future = file("b.mp4", 2);
    future.modified_at_ms = NOW_MS * 2;
    library.scan(scan(&[future, file("a.mp4", 1)])).unwrap();
    library.scan(scan(&[file("b.mp4", 2), file("a.mp4", 1), file("c.mp4", 3)])).unwrap();
    let added = |number| library.state.videos().get(id(number)).unwrap().added_at_ms;
    assert_eq!([added(1), added(2), added(3)], [7, NOW_MS, NOW_MS]);
}

#[test]
fn new_files_are_found_in_order_of_their_path() {
    check(&[], &[file("b.mp4", 2), file("a.mp4", 1)], &["found 1 /videos/a.mp4", "found 2 /videos/b.mp4"]);
}

#[test]
fn a_renamed_file_is_the_same_video() {
    check(&[file("a.mp4", 1)], &[file("b.mp4", 1)], &["moved 1 /videos/b.mp4"]);
}

#[test]
fn a_renamed_folder_moves_everything_in_it() {
    let moved = ["moved 1 /videos/new/001.mp4", "moved 2 /videos/new/002.mp4", "moved 3 /videos/new/003.mp4"];
    check(&files("old/", 1, 3), &files("new/", 1, 3), &moved);
}

#[test]
fn files_that_swap_names_keep_their_identities() {
    let given = [file("a.mp4", 1), file("b.mp4", 2)];
    check(&given, &[file("a.mp4", 2), file("b.mp4", 1)], &["moved 1 /videos/b.mp4", "moved 2 /videos/a.mp4"]);
}

#[test]
fn a_name_that_goes_from_hand_to_hand_confuses_nobody() {
    let given = [file("1.mp4", 1), file("2.mp4", 2)];
    check(&given, &[file("2.mp4", 1), file("3.mp4", 2)], &["moved 1 /videos/2.mp4", "moved 2 /videos/3.mp4"]);
}

#[test]
fn a_replaced_file_is_the_same_video_with_other_content() {
    check(&[file("a.mp4", 1)], &[file("a.mp4", 2)], &["changed 1 to 2"]);
}

#[test]
fn a_touched_file_is_noted_once() {
    let touched = File { modified_at_ms: 8, ..file("a.mp4", 1) };
    check(&[file("a.mp4", 1)], &[touched], &["changed 1 to 1"]);
}

#[test]
fn a_replaced_file_whose_old_content_moved_on_is_new() {
    let when = [file("a.mp4", 2), file("old/a.mp4", 1)];
    check(&[file("a.mp4", 1)], &when, &["moved 1 /videos/old/a.mp4", "found 2 /videos/a.mp4"]);
}

#[test]
fn a_deleted_file_vanishes() {
    check(&[file("a.mp4", 1), file("b.mp4", 2)], &[file("b.mp4", 2)], &["vanished 1"]);
}

#[test]
fn a_copy_never_takes_the_identity_of_a_file_that_is_there() {
    check(&[file("b.mp4", 1)], &[file("a.mp4", 1), file("b.mp4", 1)], &["found 2 /videos/a.mp4"]);
}

#[test]
fn a_file_that_was_moved_and_copied_prefers_its_name() {
    let when = [file("x/z.mp4", 1), file("y/a.mp4", 1)];
    check(&[file("a.mp4", 1)], &when, &["moved 1 /videos/y/a.mp4", "found 2 /videos/x/z.mp4"]);
}

#[test]
fn copies_that_move_together_keep_their_names() {
    let given = [file("old/a.mp4", 1), file("old/b.mp4", 1)];
    let when = [file("new/b.mp4", 1), file("new/a.mp4", 1)];
    check(&given, &when, &["moved 1 /videos/new/a.mp4", "moved 2 /videos/new/b.mp4"]);
}

#[test]
fn empty_files_are_told_apart_by_place_only() {
    let given = [file("a.mp4", 0), file("b.mp4", 1)];
    check(&given, &[file("b.mp4", 1), file("c.mp4", 0)], &["vanished 1", "found 3 /videos/c.mp4"]);
}

#[test]
fn a_file_that_is_there_again_returns_with_everything_it_had() {
    for (restored, said_then) in [
        (file("a.mp4", 1), "returned 1 /videos/a.mp4"),
        (file("sub/other.mp4", 1), "returned 1 /videos/sub/other.mp4"),
        (file("a.mp4", 9), "returned 1 /videos/a.mp4"),
    ] {
        let mut library = Library::given(&[file("a.mp4", 1), file("b.mp4", 2)]);
        library.rate(1);
        library.scan(scan(&[file("b.mp4", 2)])).unwrap();
        let events = library.scan(scan(&[file("b.mp4", 2), restored])).unwrap();
        assert_eq!(said(&events), [said_then]);
        assert!(library.state.ratings().get(id(1)).is_some());
    }
}

#[test]
fn of_two_missing_copies_the_one_with_the_name_returns() {
    let rest = file("b.mp4", 2);
    let mut library = Library::given(&[file("x.mp4", 1), file("y.mp4", 1), rest.clone()]);
    library.scan(scan(std::slice::from_ref(&rest))).unwrap();
    let events = library.scan(scan(&[rest, file("sub/y.mp4", 1)])).unwrap();
    assert_eq!(said(&events), ["returned 3 /videos/sub/y.mp4"]);
}

#[test]
fn a_forgotten_video_stays_forgotten() {
    let mut library = Library::given(&[file("a.mp4", 1)]);
    library.happened(Event::Video(VideoEvent::Forgotten { video: id(1) }));
    let events = library.scan(scan(&[file("a.mp4", 1)])).unwrap();
    assert_eq!(said(&events), ["found 2 /videos/a.mp4"]);
}

#[test]
fn what_cannot_be_read_keeps_its_place() {
    let locked = |path| File { content: None, modified_at_ms: 99, ..file(path, 1) };
    check(&[file("a.mp4", 1)], &[locked("a.mp4")], &[]);
    check(&[file("a.mp4", 1)], &[file("a.mp4", 1), locked("new.mp4")], &[]);

    let mut library = Library::given(&[file("a.mp4", 1), file("sub/b.mp4", 2), file("subway.mp4", 3)]);
    let hidden = Scan { unreadable: vec!["sub".into()], ..scan(&[file("a.mp4", 1)]) };
    assert_eq!(said(&library.scan(hidden).unwrap()), ["vanished 3"]);
}

#[test]
fn a_record_attaches_to_its_file_when_it_turns_up() {
    for (path, found) in [("a.mp4", "a.mp4"), ("a.mp4", "sub/a.mp4"), ("CAFE\u{301}.mp4", "sub/caf\u{e9}.MP4")] {
        let mut library = Library::default();
        library.imported(path);
        let events = library.scan(scan(&[file(found, 1), file("z.mp4", 2)])).unwrap();
        assert_eq!(said(&events), [format!("returned 1 /videos/{found}"), "found 2 /videos/z.mp4".into()]);
        assert_eq!(library.scan(scan(&[file(found, 1), file("z.mp4", 2)])), Ok(Vec::new()));
    }
}

#[test]
fn a_record_with_two_candidates_waits() {
    let mut library = Library::default();
    library.imported("a.mp4");
    let events = library.scan(scan(&[file("x/A.mp4", 1), file("y/A.mp4", 2)])).unwrap();
    assert_eq!(said(&events), ["found 2 /videos/x/A.mp4", "found 3 /videos/y/A.mp4"]);

    let mut library = Library::default();
    library.imported("a.MP4");
    library.imported("A.mp4");
    let events = library.scan(scan(&[file("a.mp4", 1)])).unwrap();
    assert_eq!(said(&events), ["found 3 /videos/a.mp4"]);
}

#[test]
fn the_exact_name_goes_before_a_similar_one() {
    let mut library = Library::default();
    library.imported("A.mp4");
    library.imported("a.mp4");
    let events = library.scan(scan(&[file("sub/a.mp4", 1)])).unwrap();
    assert_eq!(said(&events), ["returned 2 /videos/sub/a.mp4"]);
}
