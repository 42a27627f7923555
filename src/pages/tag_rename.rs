//! `GET /tags/rename?from=&to=`: what would happen to which videos if a tag had another name. Changes nothing.

use super::Pages;
use crate::web::error::WebError;
use crate::web::extract::Query;
use axum::extract::{Request, State};
use axum::response::Response;
use events::TagName;
use projections::TagId;
use serde::{Deserialize, Serialize};

/// The names.
#[derive(Deserialize)]
pub struct Names {
    from: String,
    #[serde(default)]
    to: String,
}

/// The form, and what it would lead to.
///
/// # Errors
/// 400 for an address without a tag, 404 when no video has that tag.
pub async fn show(
    State(pages): State<Pages>,
    Query(names): Query<Names>,
    request: Request,
) -> Result<Response, WebError> {
    let url = request.uri().path_and_query().map_or("/tags/rename", axum::http::uri::PathAndQuery::as_str);
    pages
        .show(&request, url, "tag_rename.html", |state| {
            let gone = || WebError::not_found("No video has this tag any more. It may have been renamed.");
            let tag = state.tags().find(&names.from).ok_or_else(gone)?;
            Ok(Preview::of(state, tag, names.to.trim()))
        })
        .await
}

/// The page.
#[derive(Debug, PartialEq, Eq, Hash, Serialize)]
struct Preview {
    title: String,
    section: &'static str,
    q: &'static str,
    /// The tag as it is written.
    from: String,
    /// What was typed.
    to: String,
    /// How many videos have it.
    videos: u64,
    outcome: Outcome,
}

/// What would happen.
#[derive(Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Outcome {
    /// No name was typed yet.
    Ask,
    /// No tag can have that name.
    Impossible { why: String },
    /// It is called that.
    Same,
    /// It is written otherwise, and stays the same tag.
    Spelling { to: String },
    /// It gets a name that no tag has.
    Rename { to: String },
    /// Its videos get a tag that others have.
    Merge { into: String, videos: u64, both: u64 },
}

impl Preview {
    fn of(state: &projections::State, tag: TagId, typed: &str) -> Self {
        let from = state.tags().name(tag).map(TagName::as_str).unwrap_or_default().to_owned();
        let outcome = if typed.is_empty() { Outcome::Ask } else { Outcome::of(state, tag, typed) };
        Self {
            title: format!("Rename #{from}"),
            section: "tags",
            q: "",
            from,
            to: typed.to_owned(),
            videos: having(state, [tag]),
            outcome,
        }
    }
}

impl Outcome {
    fn of(state: &projections::State, tag: TagId, typed: &str) -> Self {
        let to = match TagName::new(typed) {
            Ok(to) => to,
            Err(why) => return Self::Impossible { why: why.to_string() },
        };
        let tags = state.tags();
        match tags.find(to.as_str()) {
            None => Self::Rename { to: to.to_string() },
            Some(other) if other != tag => Self::Merge {
                into: tags.name(other).unwrap_or(&to).to_string(),
                videos: having(state, [other]),
                both: having(state, [tag, other]),
            },
            Some(_) if tags.name(tag) == Some(&to) => Self::Same,
            Some(_) => Self::Spelling { to: to.to_string() },
        }
    }
}

/// How many videos have all these tags; those that are missing count, because they are changed as well.
fn having<const N: usize>(state: &projections::State, tags: [TagId; N]) -> u64 {
    let (present, missing) = (state.videos().present(), state.videos().missing());
    let sets = tags.iter().filter_map(|tag| state.tags().videos(*tag));
    let all = sets.fold(present | missing, |all, set| all & set);
    all.len()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::super::samples::{after, found, tagged, vanished};
    use super::*;

    fn outcome(to: &str) -> (u64, Outcome) {
        let state = after(&[
            found(1, "a.mp4"),
            found(2, "b.mp4"),
            found(3, "c.mp4"),
            tagged(1, "Sea"),
            tagged(2, "Sea"),
            tagged(2, "Ocean"),
            tagged(3, "Ocean"),
            vanished(2),
        ]);
        let preview = Preview::of(&state, state.tags().find("#sea").unwrap(), to);
        assert_eq!(preview.from, "Sea");
        (preview.videos, preview.outcome)
    }

    #[test]
    fn every_outcome_is_told_before_it_happens() {
        let merge = Outcome::Merge { into: "Ocean".to_owned(), videos: 2, both: 1 };
        assert_eq!(outcome("#OCEAN"), (2, merge), "missing videos count");
        assert_eq!(outcome("Lake / pond").1, Outcome::Rename { to: "Lake / pond".to_owned() });
        assert_eq!(outcome("SEA").1, Outcome::Spelling { to: "SEA".to_owned() });
        assert_eq!(outcome("Sea").1, Outcome::Same);
        assert_eq!(outcome("").1, Outcome::Ask);
        assert!(matches!(outcome("#").1, Outcome::Impossible { .. }));
        assert!(matches!(outcome(&"x".repeat(101)).1, Outcome::Impossible { .. }));
    }
}
