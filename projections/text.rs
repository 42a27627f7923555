//! How names are compared: without case and accents for search, and with numbers by value for sorting.
//!
//! Not a place for identity: names that fold alike are still different names.

use events::MediaPath;
use std::ops::Range;
use std::sync::Arc;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The text without case, accents and typographic variants. Works character by character, so that
/// the folded text of a whole contains the folded text of its parts.
pub(crate) fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let mut folded = String::with_capacity(text.len());
    for letter in text.nfkd().filter(|letter| !is_combining_mark(*letter)).flat_map(char::to_lowercase) {
        match letter {
            // Letters that people type without their stroke or ligature, and that NFKD keeps.
            'ß' => folded.push_str("ss"),
            'æ' => folded.push_str("ae"),
            'œ' => folded.push_str("oe"),
            'ø' => folded.push('o'),
            'ł' => folded.push('l'),
            'đ' | 'ð' => folded.push('d'),
            'ı' => folded.push('i'),
            'ς' => folded.push('σ'),
            other => folded.push(other),
        }
    }
    folded
}

/// The name with case and Unicode normalisation taken away, accents kept: what makes two file names
/// look the same to a careful person.
pub(crate) fn fold_name(name: &str) -> String {
    if name.is_ascii() {
        return name.to_ascii_lowercase();
    }
    name.nfc().flat_map(char::to_lowercase).nfc().collect()
}

/// Bytes that compare like the folded text, except that a run of digits compares by its value.
fn natural_key(folded: &str) -> Arc<[u8]> {
    let mut key = Vec::with_capacity(folded.len() + 6);
    let mut rest = folded.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        if !first.is_ascii_digit() {
            key.push(first);
            rest = tail;
            continue;
        }
        let end = rest.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(rest.len());
        let (run, after) = rest.split_at(end);
        let zeros = run.iter().position(|byte| *byte != b'0').unwrap_or(run.len());
        let (_, digits) = run.split_at(zeros);
        // Longer numbers are larger; numbers of one length compare digit by digit.
        key.push(b'0');
        key.extend_from_slice(&u16::try_from(digits.len()).unwrap_or(u16::MAX).to_be_bytes());
        key.extend_from_slice(digits);
        rest = after;
    }
    key.into()
}

/// The folded path of a video, and which part of it is the title.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Text {
    path: String,
    title: Range<usize>,
}

impl Text {
    pub(crate) fn of(path: &MediaPath) -> Self {
        let path = path.as_path();
        let mut folded = String::new();
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            folded.push_str(&fold(&folder.to_string_lossy()));
            folded.push('/');
        }
        let from = folded.len();
        folded.push_str(&fold(&path.file_stem().unwrap_or_default().to_string_lossy()));
        let title = from..folded.len();
        if let Some(extension) = path.extension() {
            folded.push('.');
            folded.push_str(&fold(&extension.to_string_lossy()));
        }
        Self { path: folded, title }
    }

    /// The folded path below the library folder.
    pub(crate) fn path(&self) -> &str {
        &self.path
    }

    /// Where in the folded path the title is.
    pub(crate) fn title_range(&self) -> Range<usize> {
        self.title.clone()
    }

    /// The folded title.
    pub(crate) fn title(&self) -> &str {
        self.path.get(self.title_range()).unwrap_or_default()
    }
}

/// What titles are sorted by.
pub(crate) fn title_key(path: &MediaPath) -> Arc<[u8]> {
    natural_key(Text::of(path).title())
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn case_accents_and_width_do_not_matter_to_search() {
        assert_eq!(fold("Éclair ＡＢＣ İstanbul"), "eclair abc istanbul");
        assert_eq!(fold("Straße ŁÓDŹ Ørsted ΟΔΟΣ"), "strasse lodz orsted οδοσ");
        assert_eq!(fold("e\u{301}t\u{e9}"), "ete");
    }

    #[test]
    fn names_keep_their_accents() {
        assert_eq!(fold_name("CAFE\u{301}.MP4"), fold_name("caf\u{e9}.mp4"));
        assert_ne!(fold_name("cafe.mp4"), fold_name("café.mp4"));
    }

    #[test]
    fn numbers_sort_by_value() {
        let sorted = ["", " x", "a", "a1", "a2", "a2b", "a10", "a010b", "a11", "a100", "a99999999999999999999", "b"];
        for (smaller, larger) in sorted.iter().zip(sorted.iter().skip(1)) {
            assert!(natural_key(smaller) < natural_key(larger), "{smaller:?} {larger:?}");
        }
        assert_eq!(natural_key("a007"), natural_key("a7"));
        assert!(natural_key("a0") < natural_key("a1"));
    }

    #[test]
    fn the_title_is_found_inside_the_folded_path() {
        let text = Text::of(&MediaPath::new("Fêtes/Été 2024.final.MP4").unwrap());
        assert_eq!(text.path(), "fetes/ete 2024.final.mp4");
        assert_eq!(text.title(), "ete 2024.final");
    }
}
