//! When a scan is not believed, and how a person says that it is right.

use super::*;

fn refused(library: &mut Library, scan: Scan) -> Refused {
    let before = library.state.pos();
    let rejected = library.scan(scan).unwrap_err();
    assert_eq!(library.state.pos(), before, "a refused scan writes nothing");
    if let Rejected::Library(refused) = rejected { Some(refused) } else { None }.unwrap()
}

#[test]
fn an_empty_folder_is_an_unplugged_disk_until_a_person_says_otherwise() {
    let mut library = Library::given(&[file("a.mp4", 1)]);
    assert_eq!(refused(&mut library, scan(&[])), Refused::Empty { known: 1 });

    let accepted = Scan { accept_missing: true, ..scan(&[]) };
    assert_eq!(said(&library.scan(accepted).unwrap()), ["vanished 1"]);
    assert_eq!(library.scan(scan(&[])), Ok(Vec::new()), "nothing more can vanish from it");
}

#[test]
fn an_empty_folder_of_which_nothing_is_known_is_just_empty() {
    assert_eq!(Library::default().scan(scan(&[])), Ok(Vec::new()));
}

#[test]
fn a_fifth_may_vanish_and_no_more() {
    let mut library = Library::given(&files("", 1, 30));
    assert_eq!(refused(&mut library, scan(&files("", 8, 23))), Refused::TooManyMissing { missing: 7, known: 30 });
    assert_eq!(library.scan(scan(&files("", 7, 24))).unwrap().len(), 6);
}

#[test]
fn a_refused_scan_does_not_even_add_what_is_new() {
    let mut library = Library::given(&files("", 1, 10));
    let mut rest = files("", 6, 5);
    rest.push(file("new.mp4", 99));
    assert_eq!(refused(&mut library, scan(&rest)), Refused::TooManyMissing { missing: 5, known: 10 });
    let accepted = Scan { accept_missing: true, ..scan(&rest) };
    assert_eq!(library.scan(accepted).unwrap().len(), 6);
}

#[test]
fn a_handful_may_vanish_from_a_small_library() {
    let mut library = Library::given(&files("", 1, 5));
    assert_eq!(library.scan(scan(&files("", 5, 1))).unwrap().len(), 4);
}

#[test]
fn what_moved_replaced_or_cannot_be_read_is_not_missing() {
    let mut library = Library::given(&files("", 1, 10));
    assert_eq!(library.scan(scan(&files("new/", 1, 10))).unwrap().len(), 10);

    let mut library = Library::given(&files("sub/", 1, 10));
    let hidden = Scan { unreadable: vec!["sub".into()], ..scan(&[]) };
    assert_eq!(library.scan(hidden), Ok(Vec::new()));
}

#[test]
fn an_unreadable_root_hides_everything() {
    let mut library = Library::given(&files("", 1, 10));
    let hidden = Scan { unreadable: vec!["".into()], ..scan(&files("", 1, 1)) };
    assert_eq!(library.scan(hidden), Ok(Vec::new()));
}
