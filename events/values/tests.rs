//! What makes a value valid.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use super::{Invalid, MediaPath, PlaylistName, Stars, TagName, VideoId};
use proptest::prelude::*;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Component, Path};

proptest! {
    #[test]
    fn a_name_is_stable(text in "[# \\u{2000}\\u{301}e]{0,4}\\PC{0,9}[# ]{0,2}") {
        if let Ok(tag) = TagName::new(&text) {
            prop_assert!(!tag.as_str().starts_with('#'));
            prop_assert_eq!(TagName::new(tag.as_str()), Ok(tag.clone()));
        }
        if let Ok(name) = PlaylistName::new(&text) {
            prop_assert_eq!(PlaylistName::new(name.as_str()), Ok(name.clone()));
        }
    }
}

#[test]
fn stars_are_one_to_five() {
    let valid: Vec<_> = (0..=u8::MAX).filter_map(|stars| Stars::new(stars).ok()).map(Stars::get).collect();
    assert_eq!(valid, [1, 2, 3, 4, 5]);
}

#[test]
fn an_id_is_a_number_from_one() {
    assert_eq!("4294967295".parse::<VideoId>().unwrap().get(), u32::MAX);
    for text in ["0", "-1", "4294967296", "", " 1", "1.0", "x"] {
        assert_eq!(text.parse::<VideoId>(), Err(Invalid::Id), "{text:?}");
    }
}

#[test]
fn a_tag_is_what_people_meant() {
    let tag = |text: &str| TagName::new(text).map(|tag| tag.to_string());
    assert_eq!(tag("  ##cats "), Ok("cats".into()));
    assert_eq!(tag("# #C#"), Ok("C#".into()));
    assert_eq!(tag("e\u{301}"), Ok("\u{e9}".into()), "NFC");
    assert_eq!(TagName::new("Straße").unwrap().key(), TagName::new("STRAßE").unwrap().key());
    for empty in ["", "  ", "#", " # # "] {
        assert_eq!(tag(empty), Err(Invalid::TagEmpty), "{empty:?}");
    }
    for control in ["a\nb", "a\0", "\u{85}x\u{9f}y"] {
        assert_eq!(tag(control), Err(Invalid::Control), "{control:?}");
    }
    assert_eq!(tag(&"ß".repeat(100)), Ok("ß".repeat(100)));
    assert_eq!(tag(&"ß".repeat(101)), Err(Invalid::TagTooLong));
    assert_eq!(tag(&"x".repeat(1 << 20)), Err(Invalid::TagTooLong));
}

#[test]
fn a_playlist_has_a_name() {
    let name = |text: &str| PlaylistName::new(text).map(|name| name.as_str().to_owned());
    assert_eq!(name(" Watch later "), Ok("Watch later".into()));
    assert_eq!(name(" "), Err(Invalid::PlaylistNameEmpty));
    assert_eq!(name("a\tb"), Err(Invalid::Control));
    assert_eq!(name(&"x".repeat(201)), Err(Invalid::PlaylistNameTooLong));
}

#[test]
fn a_path_stays_below_its_folder_and_has_one_spelling() {
    for valid in ["a", "a/b.mp4", "...", "..a/b..", " ", "a\nb", "#?%&\"'"] {
        assert_eq!(MediaPath::new(valid).unwrap().as_path(), Path::new(valid));
    }
    assert!(MediaPath::new(OsStr::from_bytes(b"caf\xe9.mp4")).is_ok());
    for invalid in ["", "/", "/a", ".", "..", "a/..", "../a", "a/../b", "./a", "a/./b", "a//b", "a/", "a\0b"] {
        assert_eq!(MediaPath::new(invalid), Err(Invalid::Path), "{invalid:?}");
    }
    assert!(MediaPath::new("x".repeat(4096)).is_ok());
    assert_eq!(MediaPath::new("x".repeat(4097)), Err(Invalid::Path));
}

#[test]
fn a_path_is_plain_in_the_eyes_of_the_standard_library_too() {
    let parts = ["a", ".", "..", "", "/", "b.c", "\u{e9}"];
    for one in parts {
        for two in parts {
            for three in parts {
                let text = [one, two, three].join("/");
                let path = Path::new(&text);
                let plain = path.components().all(|part| matches!(part, Component::Normal(_)));
                let exact = path.components().collect::<std::path::PathBuf>().as_os_str() == path.as_os_str();
                assert_eq!(MediaPath::new(path).is_ok(), plain && exact && !text.is_empty(), "{text:?}");
            }
        }
    }
}

#[test]
fn a_path_has_a_name_a_title_and_an_extension() {
    let path = MediaPath::new("Season 1/The.End.MP4").unwrap();
    assert_eq!(
        (path.file_name(), path.title(), path.extension()),
        ("The.End.MP4".into(), "The.End".into(), "mp4".into())
    );
    let bare = MediaPath::new(OsStr::from_bytes(b"\xff")).unwrap();
    assert_eq!((bare.title(), bare.extension()), ("\u{fffd}".into(), String::new()));
}
