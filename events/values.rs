//! The words events are made of. Each can only exist valid, so a check is written once, here.
//!
//! Not a place for facts about values (how often a tag is used): those are projections.

mod group;
#[cfg(test)]
mod tests;

pub use group::{GroupName, GroupSlug};

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
    /// A group of images without a name.
    #[error("a group needs a name")]
    GroupNameEmpty,
    /// A group name beyond the limit.
    #[error("a group name may have at most {} characters", GroupName::MAX_CHARS)]
    GroupNameTooLong,
    /// Not a part of an address that a group can have.
    #[error("the address of a group has letters, digits, - and _ only")]
    GroupSlug,
    /// A path that is empty, absolute, or climbs out of its folder.
    #[error("a path must be relative, not empty, at most {} bytes, and without `.` or `..`", MediaPath::MAX_BYTES)]
    Path,
    /// Views that were not counted by the hour.
    #[error("the hours of rolled-up views must ascend, and each must have at least one view")]
    Hours,
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
            /// The first identity.
            pub const MIN: Self = Self(std::num::NonZeroU32::MIN);
            /// The last identity.
            pub const MAX: Self = Self(std::num::NonZeroU32::MAX);

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
id! {
    /// An image: dense, from 1, given in order of first sight, never reused.
    ImageId
}
id! {
    /// A group of images: dense, from 1, never reused.
    GroupId
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
        let name: String = match bare.is_ascii() && bare.len() <= Self::MAX_CHARS {
            // Nothing to compose, as in most tags, and every tag in the log comes by here.
            true => bare.to_owned(),
            false => bare.nfc().take(Self::MAX_CHARS + 1).collect(),
        };
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
        name_of(text, Self::MAX_CHARS, Invalid::PlaylistNameEmpty, Invalid::PlaylistNameTooLong).map(Self)
    }

    /// The name as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The name that people wrote as `text`: trimmed, NFC, 1 to `max_chars` characters.
fn name_of(text: &str, max_chars: usize, empty: Invalid, too_long: Invalid) -> Result<String, Invalid> {
    let name: String = text.trim().nfc().take(max_chars + 1).collect();
    if name.is_empty() {
        return Err(empty);
    }
    if name.chars().count() > max_chars {
        return Err(too_long);
    }
    if name.chars().any(char::is_control) {
        return Err(Invalid::Control);
    }
    Ok(name)
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

/// What stands for a picture until it is there: its main colour, and 4 × 3 pixels of it, as red, green and blue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Preview {
    /// The colour that is seen from afar.
    pub colour: [u8; 3],
    /// The pixels, row by row from the top.
    pub pixels: [u8; Self::BYTES],
}

impl Preview {
    /// How many pixels are in a row.
    pub const WIDTH: usize = 4;
    /// How many rows there are.
    pub const HEIGHT: usize = 3;
    /// How many bytes the pixels take.
    pub const BYTES: usize = Self::WIDTH * Self::HEIGHT * 3;
}

impl Default for Preview {
    /// Nothing is known of the picture.
    fn default() -> Self {
        Self { colour: [0; 3], pixels: [0; Self::BYTES] }
    }
}
