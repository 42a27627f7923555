//! Every number there is, in the order it is shown.

mod gallery;
mod machine;
mod pictures;
mod requests;

use super::Family;

/// All of them.
pub fn families() -> impl Iterator<Item = &'static Family> {
    [requests::FAMILIES, gallery::FAMILIES, pictures::FAMILIES, machine::FAMILIES].into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use super::super::Kind;
    use super::families;
    use std::collections::BTreeSet;

    /// What <https://prometheus.io/docs/practices/naming/> asks for.
    #[test]
    fn names_say_whose_they_are_and_in_which_unit() {
        let mut names = BTreeSet::new();
        for family in families() {
            let name = family.name;
            assert!(names.insert(name), "{name} is there twice");
            assert!(name.starts_with("lvs_") || name.starts_with("process_"), "{name}: whose is it?");
            assert!(name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'), "{name}");
            assert_eq!(name.ends_with("_total"), family.kind == Kind::Counter, "{name}: `_total` is for counters");
            assert!(family.kind != Kind::Histogram || name.ends_with("_seconds"), "{name}: in which unit?");
            assert!(family.help.ends_with('.') && !family.help.contains('|'), "{name}: {}", family.help);
            assert!(!name.contains("_ms") && !name.contains("_us"), "{name}: seconds, please");
        }
    }
}
