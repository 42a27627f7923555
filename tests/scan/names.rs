//! Names and kinds of files that are legal on a disk and surprising in a program.

use super::*;
use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;
use std::os::unix::fs::symlink;

#[test]
fn every_legal_name_is_kept_byte_for_byte() {
    let mut shelf = Shelf::new();
    let mut names: Vec<OsString> =
        ["two\nlines.mp4", "quote\"'`.mp4", "#?%&+ .mp4", "emoji 🎬.mp4", "CAPITALS.MP4", " .mp4"]
            .map(OsString::from)
            .to_vec();
    names.push(OsString::from(format!("{}.mp4", "x".repeat(251))));
    names.push(OsString::from_vec(b"latin-\xe9.mp4".to_vec()));
    for name in &names {
        fs::write(shelf.at("videos").join(name), name.as_encoded_bytes()).unwrap();
    }
    shelf.look();
    let state = shelf.state();
    let mut found: Vec<OsString> = state.videos().iter().map(|video| video.path.as_path().into()).collect();
    found.sort();
    names.sort();
    assert_eq!(found, names);
    shelf.assert_settled();
}

#[test]
fn empty_files_are_videos_too() {
    let mut shelf = Shelf::new();
    shelf.write("videos/a.mp4", b"");
    shelf.write("videos/b.mp4", b"");
    shelf.look();
    assert_eq!(shelf.shown(), ["1 videos/a.mp4", "2 videos/b.mp4"]);
    shelf.assert_settled();
}

#[test]
fn hidden_files_and_folders_of_the_system_are_passed_over() {
    let mut shelf = Shelf::new();
    for path in [".hidden.mp4", ".cache/a.mp4", "sub/._b.mp4", "@eaDir/c.mp4", "lost+found/d.mp4", "$RECYCLE.BIN/e.mp4"]
    {
        shelf.write(&format!("videos/{path}"), b"x");
    }
    shelf.write("videos/shown.mp4", b"y");
    shelf.look();
    assert_eq!(shelf.shown(), ["1 videos/shown.mp4"]);
}

#[test]
fn what_is_named_like_a_video_and_is_none_is_passed_over() {
    let mut shelf = Shelf::new();
    shelf.write("videos/folder.mp4/inside.mp4", b"x");
    let socket = std::os::unix::net::UnixListener::bind(shelf.at("videos/socket.mp4")).unwrap();
    shelf.look();
    assert_eq!(shelf.shown(), ["1 videos/folder.mp4/inside.mp4"]);
    drop(socket);
}

#[test]
fn links_are_followed_inside_the_folder_only_and_never_in_circles() {
    let mut shelf = Shelf::new();
    shelf.write("outside/secret.mp4", b"secret");
    shelf.write("videos/sub/real.mp4", b"real");
    shelf.write("videos/.store/object", b"stored");
    let link = |target: &str, name: &str| symlink(shelf.at(target), shelf.at(name)).unwrap();
    link("outside/secret.mp4", "videos/out.mp4");
    link("outside", "videos/out");
    link("videos", "videos/sub/circle");
    link("videos/sub", "videos/again");
    link("videos/sub/real.mp4", "videos/twice.mp4");
    link("videos/.store/object", "videos/annexed.mp4");
    link("videos/nowhere.mp4", "videos/dangling.mp4");
    link("videos/self.mp4", "videos/self.mp4");
    shelf.look();
    assert_eq!(shelf.shown(), ["1 videos/annexed.mp4", "2 videos/sub/real.mp4"]);
    assert_eq!(shelf.status("videos").state, RootState::Ok);
    shelf.assert_settled();
}

#[test]
fn the_library_folder_itself_may_be_a_link() {
    let mut shelf = Shelf::new();
    shelf.write("disk/a.mp4", b"one");
    fs::remove_dir(shelf.at("videos")).unwrap();
    symlink(shelf.at("disk"), shelf.at("videos")).unwrap();
    shelf.look();
    assert_eq!(shelf.shown(), ["1 videos/a.mp4"]);
}
