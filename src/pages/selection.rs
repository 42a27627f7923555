//! What a script asks while somebody selects videos: which ones a whole list has, and what the selected have in common.
//!
//! Both only look. The second is a POST because thousands of numbers do not fit into an address.

use super::Pages;
use super::place::parse_from;
use crate::web::error::WebError;
use crate::web::extract::{Json, Query};
use axum::extract::State;
use axum::http::HeaderValue;
use axum::http::header::CACHE_CONTROL;
use axum::response::IntoResponse;
use events::VideoId;
use projections::Presence;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// How many videos can be selected at once.
const SELECTED_MAX: usize = 10_000;
/// No answer is kept by a browser.
const FRESH: [(axum::http::HeaderName, HeaderValue); 1] = [(CACHE_CONTROL, HeaderValue::from_static("no-store"))];

/// Which list.
#[derive(Deserialize)]
pub struct Asked {
    from: String,
}

/// The videos of a list.
#[derive(Serialize)]
struct Listed {
    videos: Vec<u32>,
    total: usize,
}

/// `GET /select?from=`: the videos of the list at that address, as many as can be selected, in its order.
///
/// # Errors
/// 400 when that is not the address of a list.
pub async fn list(State(pages): State<Pages>, Query(asked): Query<Asked>) -> Result<impl IntoResponse, WebError> {
    let unknown = || WebError::bad_input("`from` is the path and query of a list, such as /favorites?sort=views.");
    let (place, address) = parse_from(&asked.from).ok_or_else(unknown)?;
    let mut query = projections::Query { page: 1, per_page: SELECTED_MAX, ..place.query(&address) };
    let state = pages.0.live.snapshot();
    let mut list = state.list(&query);
    // The page of such a list shows what was probably meant.
    let corrected = (list.total == 0).then(|| state.corrected(&query.filter)).flatten();
    if let Some(meant) = corrected {
        query.filter.search = Some(meant.search);
        list = state.list(&query);
    }
    Ok((FRESH, axum::Json(Listed { videos: list.ids.iter().map(|id| id.get()).collect(), total: list.total })))
}

/// The selected videos.
#[derive(Deserialize)]
pub struct Selected {
    videos: Vec<u32>,
}

/// What they have in common.
#[derive(Debug, PartialEq, Eq, Serialize)]
struct Summary {
    /// How many of them are known.
    count: usize,
    /// Their tags, each with how many of them have it, the most common first.
    tags: Vec<Tagged>,
    /// How many have no stars, one star, and so on to five.
    stars: [usize; 6],
    favorites: usize,
}

#[derive(Debug, PartialEq, Eq, Serialize)]
struct Tagged {
    name: String,
    videos: usize,
}

/// `POST /selection`: what is known of the selected videos as a whole. Numbers of no video are left out.
///
/// # Errors
/// 400 when there are too many, 4xx when the body is not what it should be.
pub async fn summary(
    State(pages): State<Pages>,
    Json(selected): Json<Selected>,
) -> Result<impl IntoResponse, WebError> {
    if selected.videos.len() > SELECTED_MAX {
        return Err(WebError::bad_input(format!("At most {SELECTED_MAX} videos can be selected at once.")));
    }
    Ok((FRESH, axum::Json(Summary::of(&pages.0.live.snapshot(), selected.videos))))
}

impl Summary {
    fn of(state: &projections::State, videos: Vec<u32>) -> Self {
        let unique: BTreeSet<u32> = videos.into_iter().collect();
        let mut summary = Self { count: 0, tags: Vec::new(), stars: [0; 6], favorites: 0 };
        let mut tags: BTreeMap<&str, usize> = BTreeMap::new();
        for id in unique.into_iter().filter_map(|number| VideoId::new(number).ok()) {
            if state.videos().get(id).is_none_or(|video| video.presence == Presence::Forgotten) {
                continue;
            }
            summary.count += 1;
            summary.favorites += usize::from(state.favorites().contains(id));
            let stars = state.ratings().get(id).map_or(0, |rated| usize::from(rated.stars.get()));
            if let Some(rated) = summary.stars.get_mut(stars) {
                *rated += 1;
            }
            for tag in state.tags().of(id) {
                *tags.entry(tag.as_str()).or_default() += 1;
            }
        }
        summary.tags = tags.into_iter().map(|(name, videos)| Tagged { name: name.to_owned(), videos }).collect();
        summary.tags.sort_by_key(|tag| std::cmp::Reverse(tag.videos));
        summary
    }
}

#[cfg(test)]
mod tests {
    use super::super::samples::{after, found, loved, rated, tagged};
    use super::*;

    #[test]
    fn a_selection_is_summed_up_without_what_does_not_exist() {
        let state = after(&[
            found(1, "a.mp4"),
            found(2, "b.mp4"),
            found(3, "c.mp4"),
            rated(1, 4),
            loved(2),
            tagged(1, "sea"),
            tagged(2, "sea"),
            tagged(2, "calm"),
            tagged(3, "other"),
        ]);
        let tag = |name: &str, videos| Tagged { name: name.to_owned(), videos };
        let expected =
            Summary { count: 2, tags: vec![tag("sea", 2), tag("calm", 1)], stars: [1, 0, 0, 0, 1, 0], favorites: 1 };
        assert_eq!(Summary::of(&state, vec![2, 1, 1, 99, 0]), expected);
    }
}
