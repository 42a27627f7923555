//! The frozen forms of the values that are more than a number or a text. In exports they are written
//! for people: paths as text, times as RFC 3339, hashes in hexadecimal.

use crate::event::{Captions, Chapter, HourCount, SheetLayout};
use crate::hex;
use crate::values::{ContentId, Fingerprint, Invalid, MediaPath, Preview, RootPath};
use bincode::{Decode, Encode};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::ffi::OsStr;
use std::fmt::Write as _;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;

/// A path, byte for byte. As text, `%` and bytes that are not UTF-8 are written as `%XX`.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cfg_attr(test, derive(wincode::SchemaWrite, wincode::SchemaRead))]
pub(super) struct RawPath(Vec<u8>);

impl RawPath {
    pub(super) fn root(self) -> RootPath {
        RootPath::new(Path::new(OsStr::from_bytes(&self.0)))
    }

    pub(super) fn media(self) -> Result<MediaPath, Invalid> {
        MediaPath::new(Path::new(OsStr::from_bytes(&self.0)))
    }

    fn to_text(&self) -> String {
        let mut text = String::with_capacity(self.0.len());
        for chunk in self.0.utf8_chunks() {
            text.push_str(&chunk.valid().replace('%', "%25"));
            for byte in chunk.invalid() {
                // Writing to a String cannot fail.
                let _ = write!(text, "%{byte:02X}");
            }
        }
        text
    }

    fn from_text(text: &str) -> Option<Self> {
        let mut parts = text.split('%');
        let mut bytes = parts.next().unwrap_or_default().as_bytes().to_vec();
        for part in parts {
            let (digits, rest) = part.split_at_checked(2)?;
            let [byte] = hex::read(digits)?;
            bytes.push(byte);
            bytes.extend_from_slice(rest.as_bytes());
        }
        Some(Self(bytes))
    }
}

impl From<&RootPath> for RawPath {
    fn from(path: &RootPath) -> Self {
        Self(path.as_path().as_os_str().as_bytes().to_vec())
    }
}

impl From<&MediaPath> for RawPath {
    fn from(path: &MediaPath) -> Self {
        Self(path.as_path().as_os_str().as_bytes().to_vec())
    }
}

impl Serialize for RawPath {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.to_text())
    }
}

impl<'de> Deserialize<'de> for RawPath {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::from_text(&text)
            .ok_or_else(|| D::Error::custom("a % in a path must be followed by two hexadecimal digits"))
    }
}

/// Milliseconds since the epoch. As text RFC 3339 in UTC, or the bare number beyond the years ±9999.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cfg_attr(test, derive(wincode::SchemaWrite, wincode::SchemaRead))]
pub(crate) struct Time(pub(crate) i64);

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match jiff::Timestamp::from_millisecond(self.0) {
            Ok(time) => serializer.collect_str(&time),
            Err(_) => serializer.serialize_i64(self.0),
        }
    }
}

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Written {
            Text(String),
            Number(i64),
        }
        match Written::deserialize(deserializer)? {
            Written::Number(ms) => Ok(Self(ms)),
            Written::Text(text) => {
                text.parse::<jiff::Timestamp>().map(|time| Self(time.as_millisecond())).map_err(D::Error::custom)
            }
        }
    }
}

/// 128 bits of hash, most significant byte first. As text 32 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cfg_attr(test, derive(wincode::SchemaWrite, wincode::SchemaRead))]
pub(super) struct Hash([u8; 16]);

impl From<ContentId> for Hash {
    fn from(id: ContentId) -> Self {
        Self(id.0.to_be_bytes())
    }
}

impl From<Hash> for ContentId {
    fn from(hash: Hash) -> Self {
        Self(u128::from_be_bytes(hash.0))
    }
}

impl Serialize for Hash {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{:032x}", u128::from_be_bytes(self.0)))
    }
}

impl<'de> Deserialize<'de> for Hash {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let number = u128::from_str_radix(&text, 16).map_err(D::Error::custom)?;
        Ok(Self(number.to_be_bytes()))
    }
}

/// A fingerprint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(wincode::SchemaWrite, wincode::SchemaRead))]
pub(super) struct FingerprintV1 {
    size_bytes: u64,
    hash: Hash,
}

impl From<Fingerprint> for FingerprintV1 {
    fn from(fingerprint: Fingerprint) -> Self {
        Self { size_bytes: fingerprint.size_bytes, hash: Hash(fingerprint.hash.to_be_bytes()) }
    }
}

impl From<FingerprintV1> for Fingerprint {
    fn from(stored: FingerprintV1) -> Self {
        Self { size_bytes: stored.size_bytes, hash: u128::from_be_bytes(stored.hash.0) }
    }
}

/// Declares the frozen form of a value that is nothing but its fields.
macro_rules! word {
    ($(#[doc = $about:literal])+ $name:ident = $value:ident { $($field:ident: $type:ty),+ $(,)? }) => {
        $(#[doc = $about])+
        #[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
        #[serde(deny_unknown_fields)]
        #[cfg_attr(test, derive(wincode::SchemaWrite, wincode::SchemaRead))]
        pub(super) struct $name { $($field: $type),+ }

        impl From<&$value> for $name {
            fn from(value: &$value) -> Self {
                Self { $($field: value.$field.clone()),+ }
            }
        }

        impl From<$name> for $value {
            fn from(stored: $name) -> Self {
                Self { $($field: stored.$field),+ }
            }
        }
    };
}

word! {
    /// A chapter.
    ChapterV1 = Chapter { start_ms: u64, title: String }
}

word! {
    /// Captions inside of a file.
    CaptionsV1 = Captions { track: u32, language: String, title: String }
}

word! {
    /// How many views began within one hour.
    HourCountV1 = HourCount { hour: u32, count: u32 }
}

word! {
    /// What is where on a storyboard sheet.
    SheetLayoutV1 = SheetLayout { tiles: u16, columns: u16, tile_width: u16, tile_height: u16, interval_ms: u32 }
}

/// The main colour and the pixels of a small picture, three bytes each. As text hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cfg_attr(test, derive(wincode::SchemaWrite, wincode::SchemaRead))]
pub(super) struct PreviewV1([u8; 3 + Preview::BYTES]);

impl From<Preview> for PreviewV1 {
    fn from(preview: Preview) -> Self {
        let mut bytes = [0; 3 + Preview::BYTES];
        for (to, from) in bytes.iter_mut().zip(preview.colour.iter().chain(&preview.pixels)) {
            *to = *from;
        }
        Self(bytes)
    }
}

impl From<PreviewV1> for Preview {
    fn from(stored: PreviewV1) -> Self {
        let mut preview = Self::default();
        for (to, from) in preview.colour.iter_mut().chain(&mut preview.pixels).zip(stored.0) {
            *to = from;
        }
        preview
    }
}

impl Serialize for PreviewV1 {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&hex::write(&self.0))
    }
}

impl<'de> Deserialize<'de> for PreviewV1 {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let digits = 2 * (3 + Preview::BYTES);
        let bytes =
            hex::read(&text).ok_or_else(|| D::Error::custom(format!("a preview has {digits} hexadecimal digits")));
        bytes.map(Self)
    }
}
