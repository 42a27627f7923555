//! A library of several folders: what moves between them, and copies that outlive their original.

use super::*;

fn said_in(library: &mut Library, scan: Scan) -> Vec<String> {
    said(&library.scan(scan).unwrap())
}

/// `a.mp4` and two others in `/videos`, nothing in `/more`.
fn one_of_three() -> Library {
    let mut library = Library::given(&[file("a.mp4", 1), file("b.mp4", 2), file("c.mp4", 3)]);
    library.rate(1);
    library
}

fn rest() -> Scan {
    scan(&[file("b.mp4", 2), file("c.mp4", 3)])
}

#[test]
fn a_move_to_another_folder_is_seen_from_the_side_it_left() {
    let mut library = one_of_three();
    assert_eq!(said_in(&mut library, rest()), ["vanished 1"]);
    assert_eq!(said_in(&mut library, scan_of("/more", &[file("x.mp4", 1)])), ["returned 1 /more/x.mp4"]);
    assert_eq!(said_in(&mut library, rest()), [""; 0]);
}

#[test]
fn a_move_to_another_folder_is_seen_from_the_side_it_reached() {
    let mut library = one_of_three();
    let reached = Scan { gone: vec![id(1)], ..scan_of("/more", &[file("x.mp4", 1)]) };
    assert_eq!(said_in(&mut library, reached), ["moved 1 /more/x.mp4"]);
    assert_eq!(said_in(&mut library, rest()), [""; 0]);
}

#[test]
fn a_copy_in_another_folder_is_a_video_of_its_own() {
    let mut library = one_of_three();
    assert_eq!(said_in(&mut library, scan_of("/more", &[file("a.mp4", 1)])), ["found 4 /more/a.mp4"]);
}

#[test]
fn the_same_place_in_another_folder_is_another_place() {
    let mut library = one_of_three();
    assert_eq!(said_in(&mut library, scan_of("/more", &[file("a.mp4", 9)])), ["found 4 /more/a.mp4"]);
}

#[test]
fn a_folder_that_is_configured_under_another_path_takes_its_videos_along() {
    let mut library = one_of_three();
    let files = [file("a.mp4", 1), file("b.mp4", 2), file("c.mp4", 3)];
    let elsewhere = Scan { roots: vec![RootPath::new("/new")], ..scan_of("/new", &files) };
    let moved = ["moved 1 /new/a.mp4", "moved 2 /new/b.mp4", "moved 3 /new/c.mp4"];
    assert_eq!(said_in(&mut library, elsewhere.clone()), moved);
    assert_eq!(said_in(&mut library, elsewhere), [""; 0]);
}

#[test]
fn a_folder_that_is_no_longer_configured_stays_until_a_person_gives_it_up() {
    let mut library = one_of_three();
    let elsewhere = Scan { roots: vec![RootPath::new("/more")], ..scan_of("/more", &[file("a.mp4", 1)]) };
    assert_eq!(said_in(&mut library, elsewhere.clone()), ["moved 1 /more/a.mp4"]);
    let accepted = Scan { accept_missing: true, ..elsewhere.clone() };
    assert_eq!(said_in(&mut library, accepted.clone()), ["vanished 2", "vanished 3"]);
    assert_eq!(said_in(&mut library, accepted), [""; 0]);
}

#[test]
fn another_folder_that_is_not_looked_at_keeps_its_videos() {
    let mut library = one_of_three();
    assert_eq!(said_in(&mut library, scan_of("/more", &[])), [""; 0]);
}

#[test]
fn a_copy_nobody_used_takes_over_when_its_original_is_deleted() {
    let mut library = one_of_three();
    library.scan(scan_of("/more", &[file("copy.mp4", 1)])).unwrap();
    assert_eq!(said_in(&mut library, rest()), ["vanished 4", "moved 1 /more/copy.mp4"]);
    assert_eq!(said_in(&mut library, rest()), [""; 0]);
    assert_eq!(said_in(&mut library, scan_of("/more", &[file("copy.mp4", 1)])), [""; 0]);

    assert_eq!(library.state.videos().by_place(&RootPath::new("/more"), &place("copy.mp4")), Some(id(1)));
    let next = scan_of("/more", &[file("copy.mp4", 1), file("again.mp4", 1)]);
    assert_eq!(said_in(&mut library, next), ["returned 4 /more/again.mp4"]);
}

#[test]
fn a_copy_that_somebody_used_stays_itself() {
    let mut library = one_of_three();
    library.scan(scan_of("/more", &[file("copy.mp4", 1)])).unwrap();
    library.rate(4);
    assert_eq!(said_in(&mut library, rest()), ["vanished 1"]);
}

#[test]
fn copies_that_take_over_are_not_missing() {
    let mut library = Library::given(&files("", 1, 10));
    library.scan(scan_of("/more", &files("", 1, 10))).unwrap();
    let events = library.scan(scan(&files("", 10, 1))).unwrap();
    assert_eq!(events.len(), 18);
    assert_eq!(library.state.videos().present().len(), 11);
}
