//! Images of a folder that changes, as plain values.

use super::super::given::state;
use super::*;
use events::event::Image as Happened;

const ROOT: &str = "/images";

fn image(number: u32) -> ImageId {
    ImageId::new(number).unwrap()
}

fn path(path: &str) -> MediaPath {
    MediaPath::new(path).unwrap()
}

fn file(at: &str, size_bytes: u64) -> File {
    File { path: path(at), size_bytes, modified_at_ms: 100, content: None }
}

fn scan(files: Vec<File>) -> Scan {
    Scan { root: RootPath::new(ROOT), files, unreadable: vec![], accept_missing: false }
}

fn found_in(root: &str, number: u32, at: &str, size_bytes: u64) -> Event {
    let (image, root, path) = (image(number), RootPath::new(root), path(at));
    Event::Image(Happened::Found { image, root, path, size_bytes, modified_at_ms: 100, added_at_ms: 100 })
}

fn found(number: u32, at: &str, size_bytes: u64) -> Event {
    found_in(ROOT, number, at, size_bytes)
}

fn vanished(number: u32) -> Event {
    Event::Image(Happened::Vanished { image: image(number) })
}

fn moved(number: u32, to: &str) -> Event {
    Event::Image(Happened::Moved { image: image(number), root: RootPath::new(ROOT), path: path(to) })
}

fn returned(number: u32, at: &str, size_bytes: u64) -> Event {
    let (image, root, path) = (image(number), RootPath::new(ROOT), path(at));
    Event::Image(Happened::Returned { image, root, path, size_bytes, modified_at_ms: 100 })
}

/// What a scan of these files leads to after these events; also that looking again leads to nothing.
fn look(given: &[Event], scan: &Scan) -> Vec<Event> {
    let events = scanned(&state(given.to_vec()), scan, 500).unwrap();
    let after = state(given.iter().chain(&events).cloned());
    assert_eq!(after.anomalies(), 0);
    assert_eq!(scanned(&after, scan, 600), Ok(vec![]), "a second look finds nothing new");
    events
}

#[test]
fn the_first_look_dates_images_by_their_files_and_later_ones_by_the_clock() {
    assert_eq!(look(&[], &scan(vec![file("a.jpg", 1)])), [found(1, "a.jpg", 1)]);
    let later = look(&[found(1, "a.jpg", 1)], &scan(vec![file("a.jpg", 1), file("b.jpg", 2)]));
    let [Event::Image(Happened::Found { added_at_ms, .. })] = later.as_slice() else { unreachable!("{later:?}") };
    assert_eq!(*added_at_ms, 500);
}

#[test]
fn what_goes_is_missing_and_comes_back_with_its_number() {
    let known = [found(1, "a.jpg", 1), found(2, "b.jpg", 2)];
    assert_eq!(look(&known, &scan(vec![file("b.jpg", 2)])), [vanished(1)]);
    let gone = [found(1, "a.jpg", 1), found(2, "b.jpg", 2), vanished(1)];
    let back = scan(vec![file("a.jpg", 9), file("b.jpg", 2)]);
    assert_eq!(look(&gone, &back), [returned(1, "a.jpg", 9)]);
}

#[test]
fn a_renamed_or_moved_image_keeps_its_number() {
    let known = [found(1, "a.jpg", 1), found(2, "b.jpg", 2)];
    let files = vec![file("2024/a.jpg", 1), file("c.jpg", 2)];
    assert_eq!(look(&known, &scan(files)), [moved(1, "2024/a.jpg"), moved(2, "c.jpg")]);
}

#[test]
fn two_that_could_be_meant_are_one_too_many() {
    let known = [found(1, "a.jpg", 1), found(2, "b.jpg", 1)];
    let events = look(&known, &scan(vec![file("c.jpg", 1), file("d.jpg", 7)]));
    assert_eq!(events.iter().filter(|event| [vanished(1), vanished(2)].contains(event)).count(), 2, "{events:?}");
}

#[test]
fn other_content_at_the_same_place_is_the_same_image() {
    let changed = Event::Image(Happened::Changed { image: image(1), size_bytes: 8, modified_at_ms: 100 });
    assert_eq!(look(&[found(1, "a.jpg", 1)], &scan(vec![file("a.jpg", 8)])), [changed]);
}

#[test]
fn a_record_finds_its_file_by_name_if_only_one_has_it() {
    let record = [found_in("", 1, "a.jpg", 0)];
    assert_eq!(look(&record, &scan(vec![file("2024/a.jpg", 3)])), [returned(1, "2024/a.jpg", 3)]);
    let two = look(&record, &scan(vec![file("x/a.jpg", 3), file("y/a.jpg", 4)]));
    assert_eq!(two.len(), 2, "both are new: {two:?}");
    let exact = look(&record, &scan(vec![file("a.jpg", 3), file("y/a.jpg", 4)]));
    assert!(exact.contains(&returned(1, "a.jpg", 3)), "{exact:?}");
}

#[test]
fn an_empty_folder_writes_nothing_until_a_person_says_so() {
    let known = state([found(1, "a.jpg", 1)]);
    assert_eq!(scanned(&known, &scan(vec![]), 500), Err(Rejected::ImageFolderEmpty { known: 1 }));
    let accepted = Scan { accept_missing: true, ..scan(vec![]) };
    assert_eq!(scanned(&known, &accepted, 500), Ok(vec![vanished(1)]));
    assert_eq!(scanned(&state([]), &scan(vec![]), 500), Ok(vec![]));
}

#[test]
fn nothing_is_concluded_about_what_cannot_be_read() {
    let known = [found(1, "x/a.jpg", 1), found(2, "b.jpg", 2)];
    let partly = Scan { unreadable: vec!["x".into()], ..scan(vec![file("b.jpg", 2)]) };
    assert_eq!(look(&known, &partly), []);
}

#[test]
fn another_folder_with_the_same_images_takes_their_numbers() {
    let known = [found_in("/old", 1, "a.jpg", 1), found_in("/old", 2, "b.jpg", 2)];
    assert_eq!(look(&known, &scan(vec![file("a.jpg", 1)])), [vanished(2), moved(1, "a.jpg")]);
}

#[test]
fn images_of_a_former_folder_are_missing_once_the_new_one_is_believed() {
    let known = [found_in("/old", 1, "x/a.jpg", 1)];
    let refused = Err(Rejected::ImageFolderEmpty { known: 1 });
    assert_eq!(scanned(&state(known.clone()), &scan(vec![]), 500), refused, "an empty folder is not believed");
    let events = look(&known, &Scan { unreadable: vec!["x".into()], ..scan(vec![file("b.jpg", 2)]) });
    assert_eq!(events.first(), Some(&vanished(1)), "what cannot be read is not in the former folder");
    let back = Scan { root: RootPath::new("/old"), ..scan(vec![file("x/a.jpg", 1)]) };
    let returns = look(&[known.to_vec(), events].concat(), &back);
    assert!(matches!(returns.as_slice(), [.., Event::Image(Happened::Returned { image, .. })] if image.get() == 1));
}

#[test]
fn hearts_are_set_once() {
    let known =
        state([found(1, "a.jpg", 1), found(2, "b.jpg", 2), Event::Image(Happened::Favored { image: image(1) })]);
    let decided = favor(&known, &[image(1), image(2), image(2), image(9)], true).unwrap();
    assert_eq!((decided.events, decided.skipped), (vec![Event::Image(Happened::Favored { image: image(2) })], 1));
    assert_eq!(favor(&known, &[image(9)], true), Err(Rejected::NoSuchImage(image(9))));
}
