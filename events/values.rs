//! The words events are made of. Each can only exist valid, so a check is written once, here.
//!
//! Not a place for facts about values (how often a tag is used): those are projections.

use std::fmt;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use unicode_normalization::UnicodeNormalization;

/// Why a value was refused. The text fits after "failed to read the …:".
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Invalid {
    /// Not a number of stars.
    #[error("stars must be a whole number from 1 to 5")]
    Stars,
    /// A tag without any text.
    #[error("a tag needs at least one letter, digit or sign besides #")]
    TagEmpty,
    /// A tag beyond the limit.
    #[error("a tag may have at most {} characters", TagName::MAX_CHARS)]
    TagTooLong,
    /// Something invisible in a name.
    #[error("control characters and line breaks are not allowed")]
    Control,
    /// A list without a name.
    #[error("a playlist needs a name")]
    PlaylistNameEmpty,
    /// A list name beyond the limit.
    #[error("a playlist name may have at most {} characters", PlaylistName::MAX_CHARS)]
    PlaylistNameTooLong,
    /// A path that is empty, absolute, or climbs out of its folder.
    #[error("a path must be relative, not empty, at most {} bytes, and without `.` or `..`", MediaPath::MAX_BYTES)]
    Path,
    /// Not an identity.
    #[error("an id is a whole number from 1 to 4294967295")]
    Id,
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(std::num::NonZeroU32);

        impl $name {
            /// The identity with this number.
            ///
            /// # Errors
            /// [`Invalid::Id`] for 0.
            pub fn new(number: u32) -> Result<Self, Invalid> {
                std::num::NonZeroU32::new(number).map(Self).ok_or(Invalid::Id)
            }

            /// Its number, from 1.
            #[must_use]
            pub fn get(self) -> u32 {
                self.0.get()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = Invalid;

            fn from_str(text: &str) -> Result<Self, Invalid> {
                text.parse().map_err(|_| Invalid::Id).and_then(Self::new)
            }
        }
    };
}

id! {
    /// A video: dense, from 1, given in order of first sight, never reused.
    VideoId
}
id! {
    /// A playlist: dense, from 1, never reused.
    PlaylistId
}
id! {
    /// An entry of one playlist: from 1, never reused within its list.
    ItemId
}

/// The device that asked for something: an opaque number. Its name is kept outside the log, so that
/// it can be erased. 0 is the program itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Actor(pub u32);

/// A rating, 1 to 5.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Stars(u8);

impl Stars {
    /// That many stars.
    ///
    /// # Errors
    /// [`Invalid::Stars`] unless 1 to 5.
    pub fn new(stars: u8) -> Result<Self, Invalid> {
        if (1..=5).contains(&stars) { Ok(Self(stars)) } else { Err(Invalid::Stars) }
    }

    /// How many, 1 to 5.
    #[must_use]
    pub fn get(self) -> u8 {
        self.0
    }
}

/// A tag as people wrote it: trimmed, without leading `#`, NFC, at most 100 characters.
///
/// Two names are the same tag when their [`TagName::key`]s are equal.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TagName(String);

impl TagName {
    /// The longest tag, in characters after normalisation.
    pub const MAX_CHARS: usize = 100;

    /// The tag written as `text`.
    ///
    /// # Errors
    /// [`Invalid`] when nothing is left of it, it is too long, or it holds control characters.
    pub fn new(text: &str) -> Result<Self, Invalid> {
        // IMPORTANT: what comes out must go in again unchanged, or a stored tag could not be read back.
        let bare = text.trim_start_matches(|sign: char| sign == '#' || sign.is_whitespace()).trim_end();
        let name: String = bare.nfc().take(Self::MAX_CHARS + 1).collect();
        if name.is_empty() {
            return Err(Invalid::TagEmpty);
        }
        if name.chars().count() > Self::MAX_CHARS {
            return Err(Invalid::TagTooLong);
        }
        if name.chars().any(char::is_control) {
            return Err(Invalid::Control);
        }
        Ok(Self(name))
    }

    /// A tag that cannot be, for tests of what then happens.
    #[cfg(test)]
    pub(crate) fn unchecked(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// The spelling shown to people, without `#`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What makes two tags the same: the lower-case name.
    #[must_use]
    pub fn key(&self) -> String {
        self.0.to_lowercase()
    }
}

impl fmt::Display for TagName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The name of a playlist: trimmed, NFC, 1 to 200 characters.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PlaylistName(String);

impl PlaylistName {
    /// The longest name, in characters.
    pub const MAX_CHARS: usize = 200;

    /// The name written as `text`.
    ///
    /// # Errors
    /// [`Invalid`] when it is empty, too long, or holds control characters.
    pub fn new(text: &str) -> Result<Self, Invalid> {
        let name: String = text.trim().nfc().take(Self::MAX_CHARS + 1).collect();
        if name.is_empty() {
            return Err(Invalid::PlaylistNameEmpty);
        }
        if name.chars().count() > Self::MAX_CHARS {
            return Err(Invalid::PlaylistNameTooLong);
        }
        if name.chars().any(char::is_control) {
            return Err(Invalid::Control);
        }
        Ok(Self(name))
    }

    /// The name as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A library folder: the absolute path given on the command line, byte for byte.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RootPath(PathBuf);

impl RootPath {
    /// The folder at `path`; an empty path means "no folder yet".
    #[must_use]
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self(path.into())
    }

    /// The folder on disk.
    #[must_use]
    pub fn as_path(&self) -> &Path {
        &self.0
    }

    /// True for a record whose file has not turned up yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.as_os_str().is_empty()
    }
}

/// Where a file is below its library folder: relative, without `.` or `..`, byte for byte as on disk.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MediaPath(PathBuf);

impl MediaPath {
    /// The longest path, in bytes (Linux `PATH_MAX`).
    pub const MAX_BYTES: usize = 4096;

    /// The relative path `path`.
    ///
    /// # Errors
    /// [`Invalid::Path`] when it is empty, absolute, too long, or has any component but plain names.
    pub fn new(path: impl Into<PathBuf>) -> Result<Self, Invalid> {
        let path = path.into();
        let bytes = path.as_os_str().as_bytes();
        // Every part a plain name. This leaves no second spelling of a path, such as `a//b`, `a/./b` or `a/`.
        let plain = |part: &[u8]| !matches!(part, b"" | b"." | b"..") && !part.contains(&0);
        if bytes.len() > Self::MAX_BYTES || !bytes.split(|byte| *byte == b'/').all(plain) {
            return Err(Invalid::Path);
        }
        Ok(Self(path))
    }

    /// The path below the library folder.
    #[must_use]
    pub fn as_path(&self) -> &Path {
        &self.0
    }

    /// The file's name as text; bytes that are not UTF-8 show as U+FFFD.
    #[must_use]
    pub fn file_name(&self) -> String {
        self.0.file_name().unwrap_or_default().to_string_lossy().into_owned()
    }

    /// The file's name without its extension: what the gallery shows as a title.
    #[must_use]
    pub fn title(&self) -> String {
        self.0.file_stem().unwrap_or_default().to_string_lossy().into_owned()
    }

    /// The extension in lower case, empty if there is none.
    #[must_use]
    pub fn extension(&self) -> String {
        self.0.extension().unwrap_or_default().to_string_lossy().to_ascii_lowercase()
    }
}

/// What a file's content looks like: its size and an xxh3-128 of its head, middle and tail (64 KiB
/// each, or all of it when it is smaller).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Fingerprint {
    /// Size of the file in bytes.
    pub size_bytes: u64,
    /// xxh3-128 over the sampled bytes.
    pub hash: u128,
}

/// The address of a picture: a hash of its bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ContentId(pub u128);

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
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
}
