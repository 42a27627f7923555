//! `/tags`: the words in use.

use super::answer;
use crate::web::error::WebError;
use crate::web::extract::Query;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use events::TagName;
use projections::Live;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// How many tags are suggested.
const SUGGESTIONS: usize = 20;

/// A tag in use.
#[derive(Serialize, ToSchema)]
pub(super) struct Tag {
    /// Its name, without `#`.
    #[schema(example = "calm")]
    name: String,
    /// How many videos have it whose file is there.
    #[schema(example = 12)]
    videos: u64,
}

impl Tag {
    fn all(tags: Vec<(&TagName, u64)>) -> Vec<Self> {
        tags.into_iter().map(|(name, videos)| Self { name: name.as_str().to_owned(), videos }).collect()
    }
}

/// Tags, with the number of their videos.
#[derive(Serialize, ToSchema)]
pub(super) struct TagList {
    tags: Vec<Tag>,
}

/// List tags
///
/// Every tag in use, in alphabetical order.
#[utoipa::path(
    get, path = "/tags", operation_id = "listTags", tag = "tags",
    responses((status = 200, description = "All tags", body = TagList)),
)]
pub(super) async fn all(State(live): State<Live>, headers: HeaderMap) -> Result<Response, WebError> {
    answer::json(&headers, &TagList { tags: Tag::all(live.snapshot().tags().all()) })
}

/// What was typed so far.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct Typed {
    /// What was typed so far; nothing for the tags used most.
    #[serde(default)]
    #[param(example = "ca")]
    q: String,
}

/// Suggest tags
///
/// The 20 tags most likely meant by what was typed so far.
#[utoipa::path(
    get, path = "/tags/suggest", operation_id = "suggestTags", tag = "tags", params(Typed),
    responses((status = 200, description = "The most likely tag first", body = TagList)),
)]
pub(super) async fn suggest(
    State(live): State<Live>,
    Query(typed): Query<Typed>,
    headers: HeaderMap,
) -> Result<Response, WebError> {
    answer::json(&headers, &TagList { tags: Tag::all(live.snapshot().tags().suggest(&typed.q, SUGGESTIONS)) })
}
