//! Which library folders a configuration may name.

use super::*;
use local_video_server::jobs::roots;
use std::os::unix::fs::symlink;
use std::path::Path;

fn refused(paths: &[PathBuf]) -> String {
    roots::check(paths, &State::default()).unwrap_err().to_string()
}

#[test]
fn folders_are_made_absolute_and_keep_their_order() {
    let dir = tempfile::tempdir().unwrap();
    let (b, a) = (dir.path().join("b"), dir.path().join("a"));
    fs::create_dir(&a).unwrap();
    fs::create_dir(&b).unwrap();
    let given = [b.join("./"), dir.path().join("b/../a/")];
    let real_a = fs::canonicalize(&a).unwrap();
    assert_eq!(roots::check(&given, &State::default()).unwrap(), [RootPath::new(b), RootPath::new(real_a)]);
    let relative = roots::check(&[PathBuf::from("src")], &State::default()).unwrap();
    assert_eq!(relative, [RootPath::new(std::env::current_dir().unwrap().join("src"))]);
}

#[test]
fn a_file_is_not_a_library() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("a.mp4");
    fs::write(&file, b"one").unwrap();
    assert_eq!(refused(std::slice::from_ref(&file)), format!("{} is a file; name the folder it is in", file.display()));
}

#[test]
fn folders_that_overlap_are_refused_also_behind_links() {
    let dir = tempfile::tempdir().unwrap();
    let (outer, inner) = (dir.path().join("outer"), dir.path().join("outer/inner"));
    fs::create_dir_all(&inner).unwrap();
    let link = dir.path().join("link");
    symlink(&inner, &link).unwrap();
    for (first, second, word) in [
        (&outer, &outer, "are the same"),
        (&outer, &inner, "is inside"),
        (&link, &outer, "is inside"),
        (&inner, &link, "are the same"),
    ] {
        let said = refused(&[first.clone(), second.clone()]);
        assert!(said.contains(word), "{said}");
    }
    assert!(roots::check(&[outer, dir.path().join("outer-too")], &State::default()).is_err(), "it does not exist");
}

#[test]
fn a_folder_that_is_not_there_is_a_mistake_only_if_it_never_was() {
    let mut shelf = Shelf::new();
    shelf.write("videos/a.mp4", b"one");
    shelf.look();
    let root = shelf.at("videos");
    fs::remove_dir_all(&root).unwrap();
    assert_eq!(roots::check(std::slice::from_ref(&root), &shelf.state()).unwrap(), [RootPath::new(&root)]);
    let never = Path::new("/never/there").to_path_buf();
    assert_eq!(refused(&[never]), "the library folder /never/there does not exist");
}
