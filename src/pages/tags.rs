//! `GET /tags`: every tag there is.

use super::Pages;
use super::parts::{Empty, TagCount};
use crate::web::error::WebError;
use axum::extract::{Request, State};
use axum::response::Response;
use serde::Serialize;

/// Tags that start with no letter stand under this sign.
const NO_LETTER: &str = "#";

/// All tags by their first letter.
///
/// # Errors
/// None but our own failures.
pub async fn show(State(pages): State<Pages>, request: Request) -> Result<Response, WebError> {
    pages.show(&request, request.uri().path(), "tags.html", |state| Ok(Tags::of(state)))
}

#[derive(Debug, PartialEq, Eq, Hash, Serialize)]
struct Tags {
    title: &'static str,
    section: &'static str,
    q: &'static str,
    total: usize,
    groups: Vec<Group>,
    empty: Empty,
}

#[derive(Debug, PartialEq, Eq, Hash, Serialize)]
struct Group {
    letter: String,
    tags: Vec<TagCount>,
}

impl Tags {
    fn of(state: &projections::State) -> Self {
        let mut all = TagCount::all(state.tags().all());
        let total = all.len();
        // Stable: within a letter the order of the projection stays. Letters first, the rest at the end.
        all.sort_by_cached_key(|tag| (letter(&tag.name) == NO_LETTER, letter(&tag.name)));
        let mut groups: Vec<Group> = Vec::new();
        for tag in all {
            let letter = letter(&tag.name);
            match groups.last_mut().filter(|group| group.letter == letter) {
                Some(group) => group.tags.push(tag),
                None => groups.push(Group { letter, tags: vec![tag] }),
            }
        }
        let empty = Empty {
            icon: "tag",
            title: "No tags yet".to_owned(),
            text: "Open a video and give it a tag; every tag in use is listed here.".to_owned(),
            href: Some("/".to_owned()),
            action: "Browse all videos",
            ..Empty::default()
        };
        Self { title: "Tags", section: "tags", q: "", total, groups, empty }
    }
}

/// The heading a tag of this name stands under.
fn letter(name: &str) -> String {
    let first = name.chars().next().filter(|first| first.is_alphabetic());
    first.map_or_else(|| NO_LETTER.to_owned(), |first| first.to_uppercase().collect())
}

#[cfg(test)]
mod tests {
    use super::super::samples::{after, found, tagged};
    use super::*;
    use projections::State;

    #[test]
    fn tags_stand_under_their_first_letter_and_the_rest_at_the_end() {
        let state = after(&[
            found(1, "a.mp4"),
            tagged(1, "2024"),
            tagged(1, "sea"),
            tagged(1, "Amber"),
            tagged(1, "salt"),
            tagged(1, "ähre"),
        ]);
        let page = Tags::of(&state);
        let groups: Vec<_> = page.groups.iter().map(|group| (group.letter.as_str(), group.tags.len())).collect();
        assert_eq!(groups, [("A", 1), ("S", 2), ("Ä", 1), ("#", 1)]);
        assert_eq!(page.total, 5);
        assert!(Tags::of(&State::default()).groups.is_empty());
    }
}
