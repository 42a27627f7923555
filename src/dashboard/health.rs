//! The card that an operator looks at first: what is not as it should be, in words, with what to do about it.
//!
//! Plain values in, plain values out: what is wrong is read off the other cards, and nothing is looked up.

mod issues;
#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests;

use super::{Cards, Level};
use serde::Serialize;
use utoipa::ToSchema;

/// Whether all is well.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, ToSchema)]
#[schema(as = HealthCard)]
pub struct Card {
    /// How well the gallery is: as the worst of its issues.
    pub level: Level,
    /// What is not as it should be, the worst first.
    pub issues: Vec<Issue>,
}

/// Something that is not as it should be.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, ToSchema)]
pub struct Issue {
    /// What kind of issue it is, for programs; never reworded.
    #[schema(example = "thumbnails-failed")]
    pub kind: &'static str,
    /// How bad it is.
    pub level: Level,
    /// What is so, in a sentence.
    #[schema(example = "12 thumbnails failed: moov atom missing.")]
    pub what: String,
    /// What to do about it, in a sentence or two.
    #[schema(example = "These files are broken or not finished: play one, and copy it anew.")]
    pub advice: String,
    /// Where to look at it.
    #[schema(example = "/admin#failed-1")]
    pub show: Option<String>,
    /// The reason why covers could not be made that can be made anew: `POST /thumbnails/retry` with this field `reason`.
    #[schema(example = "moov atom missing")]
    pub retry: Option<String>,
}

impl Card {
    /// What the other cards say that is not as it should be.
    #[must_use]
    pub fn of(cards: &Cards) -> Self {
        let mut issues = issues::all(cards);
        issues.sort_by_key(|issue| std::cmp::Reverse(issue.level));
        let level = issues.iter().map(|issue| issue.level).max().unwrap_or_default();
        Self { level, issues }
    }
}

impl Issue {
    fn new(kind: &'static str, level: Level, what: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { kind, level, what: what.into(), advice: advice.into(), show: None, retry: None }
    }

    /// With where to look at it.
    fn shown_at(mut self, address: impl Into<String>) -> Self {
        self.show = Some(address.into());
        self
    }

    /// With where to look at it, unless that is known better already.
    fn or_shown_at(mut self, address: &str) -> Self {
        self.show.get_or_insert_with(|| address.to_owned());
        self
    }
}
