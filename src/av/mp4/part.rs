//! A piece of the head of a film that stays in memory, without being copied: tables of long films have many megabytes.

use std::sync::Arc;

/// Bytes within others.
#[derive(Clone, Default)]
pub(super) struct Part {
    whole: Arc<Vec<u8>>,
    from: usize,
    len: usize,
}

impl Part {
    /// Bytes that are in `whole`; none if they are not.
    pub(super) fn of(whole: &Arc<Vec<u8>>, part: &[u8]) -> Self {
        let from = part.as_ptr().addr().checked_sub(whole.as_ptr().addr());
        match from.filter(|from| from.checked_add(part.len()).is_some_and(|end| end <= whole.len())) {
            Some(from) => Self { whole: Arc::clone(whole), from, len: part.len() },
            None => Self::default(),
        }
    }

    /// The bytes.
    pub(super) fn bytes(&self) -> &[u8] {
        self.whole.get(self.from..self.from + self.len).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_found_again_and_nothing_else() {
        let whole = Arc::new(vec![1, 2, 3, 4]);
        assert_eq!(Part::of(&whole, whole.get(1..3).unwrap_or_default()).bytes(), [2, 3]);
        assert_eq!(Part::of(&whole, whole.get(4..).unwrap_or_default()).bytes(), []);
        assert_eq!(Part::of(&whole, &[2, 3]).bytes(), [], "the same numbers elsewhere");
    }
}
