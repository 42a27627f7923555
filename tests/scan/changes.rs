//! What people do to files in the ordinary course of a library's life.

use super::*;

#[test]
fn files_in_nested_folders_are_found_once() {
    let mut shelf = Shelf::new();
    shelf.write("videos/b.mp4", b"b");
    shelf.write("videos/deep/er/a.webm", b"a");
    shelf.write("videos/notes.txt", b"not a video");
    shelf.look();
    assert_eq!(shelf.shown(), ["1 videos/b.mp4", "2 videos/deep/er/a.webm"]);
    let status = shelf.status("videos");
    assert_eq!((status.state, status.files, status.last_scan_at_ms), (RootState::Ok, 2, Some(NOW_MS)));
    shelf.assert_settled();
}

#[test]
fn a_rating_follows_its_file_through_renames_moves_and_folder_renames() {
    let mut shelf = Shelf::new();
    shelf.write("videos/a.mp4", b"one");
    shelf.write("videos/b.mp4", b"two");
    shelf.look();
    shelf.rate(1);
    for (from, to) in [
        ("videos/a.mp4", "videos/c.mp4"),
        ("videos/c.mp4", "videos/sub/c.mp4"),
        ("videos/sub", "videos/other"),
        ("videos/other/c.mp4", "videos/b2.mp4"),
    ] {
        shelf.rename(from, to);
        shelf.look();
        let status = shelf.status("videos");
        assert_eq!((status.state, status.files), (RootState::Ok, 2), "after {from} -> {to}");
    }
    assert_eq!(shelf.shown(), ["1 videos/b2.mp4", "2 videos/b.mp4"]);
    assert_eq!(shelf.stars(1), Some(5));
    shelf.assert_settled();
}

#[test]
fn a_replaced_file_keeps_its_rating() {
    let mut shelf = Shelf::new();
    shelf.write("videos/a.mp4", b"one");
    shelf.look();
    shelf.rate(1);
    shelf.write("videos/a.mp4", b"a better cut");
    shelf.look();
    assert_eq!(shelf.shown(), ["1 videos/a.mp4"]);
    assert_eq!(shelf.state().videos().get(VideoId::new(1).unwrap()).unwrap().size_bytes, 12);
    assert_eq!(shelf.stars(1), Some(5));
    shelf.assert_settled();
}

#[test]
fn a_deleted_file_returns_with_its_rating() {
    let mut shelf = Shelf::new();
    shelf.write("videos/a.mp4", b"one");
    shelf.write("videos/b.mp4", b"two");
    shelf.look();
    shelf.rate(1);
    shelf.delete("videos/a.mp4");
    shelf.look();
    assert_eq!(shelf.shown(), ["2 videos/b.mp4"]);
    shelf.write("videos/restored/from backup.mp4", b"one");
    shelf.look();
    assert_eq!(shelf.shown(), ["1 videos/restored/from backup.mp4", "2 videos/b.mp4"]);
    assert_eq!(shelf.stars(1), Some(5));
}

#[test]
fn a_file_that_moves_to_another_folder_stays_itself_whichever_side_is_seen_first() {
    for order in [["from", "to"], ["to", "from"]] {
        let mut shelf = Shelf::of(&order);
        shelf.write("from/a.mp4", b"one");
        shelf.write("from/b.mp4", b"two");
        shelf.look();
        shelf.rate(1);
        shelf.rename("from/a.mp4", "to/sub/a.mp4");
        shelf.look();
        assert_eq!(shelf.shown(), ["1 to/sub/a.mp4", "2 from/b.mp4"], "seen in the order {order:?}");
        assert_eq!(shelf.state().videos().len(), 2, "it was never taken for a new one");
        assert_eq!(shelf.stars(1), Some(5));
        shelf.assert_settled();
    }
}

#[test]
fn a_copy_on_another_disk_takes_over_when_the_old_file_is_deleted() {
    let mut shelf = Shelf::of(&["old", "new"]);
    shelf.write("old/a.mp4", b"one");
    shelf.write("old/b.mp4", b"two");
    shelf.look();
    shelf.rate(1);
    shelf.write("new/a.mp4", b"one");
    shelf.look();
    assert_eq!(shelf.shown(), ["1 old/a.mp4", "2 old/b.mp4", "3 new/a.mp4"]);
    shelf.delete("old/a.mp4");
    shelf.look();
    assert_eq!(shelf.shown(), ["1 new/a.mp4", "2 old/b.mp4"]);
    assert_eq!(shelf.stars(1), Some(5));
    shelf.assert_settled();
}

#[test]
fn an_unchanged_file_is_not_opened_again() {
    let mut shelf = Shelf::new();
    shelf.write("videos/a.mp4", b"one");
    shelf.set_modified("videos/a.mp4", 1_000);
    shelf.look();
    // Other bytes of the same size under the same date can only be noticed by opening the file.
    shelf.write("videos/a.mp4", b"eno");
    shelf.set_modified("videos/a.mp4", 1_000);
    shelf.assert_settled();
    shelf.set_modified("videos/a.mp4", 2_000);
    let before = shelf.state().pos();
    shelf.look();
    assert_eq!(shelf.state().pos(), before + 1);
}

#[test]
fn a_file_that_is_still_being_written_is_left_for_the_next_look() {
    let mut shelf = Shelf::new();
    shelf.write("videos/a.mp4", b"one");
    shelf.look();
    shelf.write("videos/b.mp4", b"half of it");
    shelf.set_modified("videos/b.mp4", NOW_MS - 1_000);
    assert!(shelf.look() <= Duration::from_secs(2), "it is looked at again soon");
    assert_eq!(shelf.shown(), ["1 videos/a.mp4"]);
    shelf.set_modified("videos/b.mp4", NOW_MS - 3_000);
    shelf.look();
    assert_eq!(shelf.shown(), ["1 videos/a.mp4", "2 videos/b.mp4"]);
}

#[test]
fn a_file_from_the_future_is_not_waited_for() {
    let mut shelf = Shelf::new();
    shelf.write("videos/a.mp4", b"one");
    shelf.look();
    shelf.write("videos/b.mp4", b"two");
    shelf.set_modified("videos/b.mp4", NOW_MS + 86_400_000);
    shelf.look();
    assert_eq!(shelf.shown(), ["1 videos/a.mp4", "2 videos/b.mp4"]);
}
