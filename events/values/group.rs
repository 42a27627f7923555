//! The words of a group of images: its name, and its part of addresses.

use super::{Invalid, name_of};

/// The name of a group of images: trimmed, NFC, 1 to 200 characters.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct GroupName(String);

impl GroupName {
    /// The longest name, in characters.
    pub const MAX_CHARS: usize = 200;

    /// The name written as `text`.
    ///
    /// # Errors
    /// [`Invalid`] when it is empty, too long, or holds control characters.
    pub fn new(text: &str) -> Result<Self, Invalid> {
        name_of(text, Self::MAX_CHARS, Invalid::GroupNameEmpty, Invalid::GroupNameTooLong).map(Self)
    }

    /// The name as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The part of an address that names a group, such as `summer-2024`: letters, digits, `-` and `_` of any
/// script. Given once, when the group is made, by the rule of [`GroupSlug::of`].
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct GroupSlug(String);

impl GroupSlug {
    /// The longest slug, in characters: a name in lower case and the number that tells it from others.
    pub const MAX_CHARS: usize = 640;

    /// The slug written as `text`.
    ///
    /// # Errors
    /// [`Invalid::GroupSlug`] when it is empty, too long, or holds anything but letters, digits, `-` and `_`.
    pub fn new(text: &str) -> Result<Self, Invalid> {
        let plain = |sign: char| sign.is_alphanumeric() || sign == '-' || sign == '_';
        if text.is_empty() || text.chars().count() > Self::MAX_CHARS || !text.chars().all(plain) {
            return Err(Invalid::GroupSlug);
        }
        Ok(Self(text.to_owned()))
    }

    /// The slug of a group called `name`, the first of `name`, `name-2`, `name-3`, … that is not `taken`.
    #[must_use]
    pub fn of(name: &GroupName, taken: impl Fn(&Self) -> bool) -> Self {
        let base = Self::base(name);
        let mut slug = Self(base.clone());
        let mut number = 1_u32;
        while taken(&slug) && number < u32::MAX {
            number += 1;
            slug = Self(format!("{base}-{number}"));
        }
        slug
    }

    /// Lower case; spaces and `_` become one `-`; what is neither letter, digit nor `-` goes.
    fn base(name: &GroupName) -> String {
        let mut base = String::with_capacity(name.0.len());
        let mut gap = false;
        for sign in name.0.to_lowercase().chars() {
            match sign {
                '_' => gap = true,
                space if space.is_whitespace() => gap = true,
                kept if kept.is_alphanumeric() || kept == '-' => {
                    if std::mem::take(&mut gap) {
                        base.push('-');
                    }
                    base.push(kept);
                }
                _ => {}
            }
        }
        let base = base.trim_matches('-');
        if base.is_empty() { "group".to_owned() } else { base.to_owned() }
    }

    /// The slug as it stands in addresses, before percent-encoding.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::{GroupName, GroupSlug, Invalid};
    use proptest::prelude::*;

    fn slug(name: &str, taken: &[&str]) -> String {
        let taken = |slug: &GroupSlug| taken.contains(&slug.as_str());
        GroupSlug::of(&GroupName::new(name).unwrap(), taken).as_str().to_owned()
    }

    #[test]
    fn a_slug_is_made_of_the_name_as_the_old_program_made_it() {
        for (name, expected) in [
            ("Summer 2024", "summer-2024"),
            ("  Köln __ & Bonn! ", "köln-bonn"),
            ("a - b", "a---b"),
            ("--x--", "x"),
            ("___", "group"),
            ("!?", "group"),
            ("夏祭り", "夏祭り"),
            ("a.b/c", "abc"),
        ] {
            assert_eq!(slug(name, &[]), expected, "{name}");
        }
    }

    #[test]
    fn a_taken_slug_gets_a_number() {
        assert_eq!(slug("Cats", &["cats"]), "cats-2");
        assert_eq!(slug("Cats", &["cats", "cats-2", "cats-3"]), "cats-4");
    }

    proptest! {
        #[test]
        fn every_name_has_a_slug_that_is_one(name in "\\PC{1,200}") {
            if let Ok(name) = GroupName::new(&name) {
                let slug = GroupSlug::of(&name, |slug| slug.as_str().len() < 3);
                prop_assert_eq!(GroupSlug::new(slug.as_str()), Ok(slug.clone()));
                prop_assert_eq!(GroupName::new(name.as_str()), Ok(name.clone()));
            }
        }
    }

    #[test]
    fn what_is_no_slug_is_refused() {
        for text in ["", "a b", "a/b", "a?", "..", &"x".repeat(641)] {
            assert_eq!(GroupSlug::new(text), Err(Invalid::GroupSlug), "{text:?}");
        }
    }
}
