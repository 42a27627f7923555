//! Disks that are not there, folders that cannot be read: nothing is written that is not known.

use super::*;
use rustix::fs::{Mode, OFlags, mkdirat, openat};
use std::os::unix::fs::PermissionsExt;

/// A library of three rated videos.
fn three() -> Shelf {
    let mut shelf = Shelf::new();
    for name in ["a", "b", "c"] {
        shelf.write(&format!("videos/{name}.mp4"), name.as_bytes());
    }
    shelf.look();
    (1..=3).for_each(|number| shelf.rate(number));
    shelf
}

/// A look that changes nothing, and what it reports.
fn unbelieved(shelf: &mut Shelf) -> RootState {
    let before = (shelf.state().pos(), shelf.shown());
    shelf.look();
    assert_eq!((shelf.state().pos(), shelf.shown()), before);
    shelf.status("videos").state
}

#[test]
fn an_empty_mount_point_changes_nothing_until_a_person_accepts_it() {
    let mut shelf = three();
    shelf.rename("videos", "unmounted");
    fs::create_dir(shelf.at("videos")).unwrap();
    let empty = "the folder is empty, but 3 videos are known in it; is the disk connected?";
    assert_eq!(unbelieved(&mut shelf), RootState::Refused(empty.into()));

    shelf.folders[0].1.accept_missing();
    shelf.look();
    assert_eq!((shelf.shown().len(), shelf.status("videos").state), (0, RootState::Ok));

    fs::remove_dir(shelf.at("videos")).unwrap();
    shelf.rename("unmounted", "videos");
    shelf.look();
    assert_eq!((shelf.shown().len(), shelf.stars(3)), (3, Some(5)));

    fs::remove_dir_all(shelf.at("videos")).unwrap();
    fs::create_dir(shelf.at("videos")).unwrap();
    assert_eq!(unbelieved(&mut shelf), RootState::Refused(empty.into()), "what is accepted once is accepted once");
}

#[test]
fn a_folder_that_is_gone_changes_nothing_and_recovers() {
    let mut shelf = three();
    shelf.rename("videos", "elsewhere");
    assert_eq!(unbelieved(&mut shelf), RootState::Unreadable("the folder is not there".into()));
    shelf.write("videos", b"a file in its place");
    assert_eq!(unbelieved(&mut shelf), RootState::Unreadable("this is a file, not a folder".into()));
    shelf.delete("videos");
    shelf.rename("elsewhere", "videos");
    assert_eq!(unbelieved(&mut shelf), RootState::Ok);
}

#[test]
fn many_missing_at_once_change_nothing() {
    let mut shelf = Shelf::new();
    (0..20).for_each(|number| shelf.write(&format!("videos/{number}.mp4"), &[number]));
    shelf.look();
    (0..10).for_each(|number| shelf.delete(&format!("videos/{number}.mp4")));
    let many = "10 of 20 videos are missing at once; is a disk not connected?";
    assert_eq!(unbelieved(&mut shelf), RootState::Refused(many.into()));
    (0..7).for_each(|number| shelf.write(&format!("videos/{number}.mp4"), &[number]));
    shelf.look();
    assert_eq!((shelf.shown().len(), shelf.status("videos").state), (17, RootState::Ok));
}

#[test]
fn a_folder_that_hangs_elsewhere_holds_up_no_other() {
    let mut shelf = Shelf::of(&["videos", "more"]);
    shelf.write("more/a.mp4", b"one");
    fs::remove_dir(shelf.at("videos")).unwrap();
    shelf.look();
    assert_eq!(shelf.shown(), ["1 more/a.mp4"]);
    assert_eq!(shelf.status("videos").state, RootState::Unreadable("the folder is not there".into()));
}

/// A chain of folders whose path is longer than the system takes in one piece.
fn too_deep(shelf: &Shelf) {
    let name = "d".repeat(250);
    let mut folder = openat(rustix::fs::CWD, shelf.at("videos"), OFlags::DIRECTORY, Mode::empty()).unwrap();
    for _ in 0..20 {
        mkdirat(&folder, &name, Mode::RWXU).unwrap();
        folder = openat(&folder, &name, OFlags::DIRECTORY, Mode::empty()).unwrap();
    }
}

#[test]
fn a_sub_folder_that_cannot_be_read_is_reported_and_hides_nothing() {
    let mut shelf = three();
    too_deep(&shelf);
    shelf.look();
    let status = shelf.status("videos");
    assert_eq!((status.state, status.files, status.troubles), (RootState::Ok, 3, 1));
    assert!(status.trouble_examples[0].ends_with(": file name too long"), "{:?}", status.trouble_examples);
}

/// Runs `work` as a user without rights; permissions do not stop the superuser.
fn without_rights<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    const NOBODY: u32 = 65_534;
    std::thread::scope(|scope| {
        let unprivileged = scope.spawn(|| {
            if rustix::process::geteuid().is_root() {
                rustix::thread::set_thread_uid(rustix::fs::Uid::from_raw(NOBODY)).unwrap();
            }
            work()
        });
        unprivileged.join().unwrap()
    })
}

#[test]
fn what_may_not_be_read_keeps_its_place_and_is_found_once_it_may() {
    let mut shelf = three();
    shelf.write("videos/locked/d.mp4", b"d");
    shelf.write("videos/e.mp4", b"e");
    fs::set_permissions(shelf.dir.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let allow = |shelf: &Shelf, path: &str, mode| {
        fs::set_permissions(shelf.at(path), fs::Permissions::from_mode(mode)).unwrap()
    };
    shelf.set_modified("videos/a.mp4", 1_000);
    allow(&shelf, "videos/locked", 0o000);
    allow(&shelf, "videos/e.mp4", 0o000);
    allow(&shelf, "videos/a.mp4", 0o000);
    without_rights(|| shelf.look());
    assert_eq!(shelf.shown().len(), 3);
    let mut troubles = shelf.status("videos").trouble_examples;
    troubles.sort();
    assert_eq!(troubles, ["a.mp4: permission denied", "e.mp4: permission denied", "locked: permission denied"]);

    allow(&shelf, "videos/locked", 0o755);
    allow(&shelf, "videos/e.mp4", 0o644);
    without_rights(|| shelf.look());
    assert_eq!(shelf.shown().len(), 5);
    allow(&shelf, "videos/locked", 0o000);
    without_rights(|| shelf.look());
    assert_eq!(shelf.shown().len(), 5, "what is behind a locked door is not missing");
}
