//! `/tags`: the words in use, and what they are called.

use super::answer;
use super::client::{Body, Client, Parameters, value};
use crate::decide::Command;
use crate::pages::when::When;
use crate::web::error::WebError;
use crate::web::extract::Path;
use crate::writer::Writer;
use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use events::{Pos, TagName};
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
    /// The moment that the tags are of: a day (its end), a time, or the number of a change. Now unless said.
    #[param(example = "2026-10-01")]
    #[expect(dead_code, reason = "read where everything else that has a moment reads it")]
    at: Option<String>,
}

/// Suggest tags
///
/// The 20 tags most likely meant by what was typed so far.
#[utoipa::path(
    get, path = "/tags/suggest", operation_id = "suggestTags", tag = "tags", params(Typed),
    responses((status = 200, description = "The most likely tag first", body = TagList)),
)]
pub(super) async fn suggest(
    Parameters(typed): Parameters<Typed>,
    when: When,
    headers: HeaderMap,
) -> Result<Response, WebError> {
    answer::json(&headers, &TagList { tags: Tag::all(when.state().tags().suggest(&typed.q, SUGGESTIONS)) })
}

/// Another name for a tag.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewName {
    /// Not that of another tag; another spelling of its own is fine.
    #[schema(example = "Ocean")]
    name: String,
}

/// A tag that takes the videos of another.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Target {
    /// Its name; if there is no such tag, it becomes the new name.
    #[schema(example = "Ocean")]
    into: String,
}

/// What became of a tag.
#[derive(Serialize, ToSchema)]
pub(super) struct TagChanged {
    /// As it is now.
    tag: Tag,
    /// What to take back with an undo; 0 when nothing was changed.
    #[schema(value_type = u64, example = 4711)]
    batch: Pos,
}

/// Rename a tag
///
/// On every video. To the name of another tag it cannot be renamed, only merged.
#[utoipa::path(
    patch, path = "/tags/{tag}", operation_id = "renameTag", tag = "tags", request_body = NewName,
    params(("tag" = String, Path, description = "The name of a tag, in any case", example = "Sea")),
    responses(
        (status = 200, description = "The tag as it is now", body = TagChanged),
        (status = 409, description = "Another tag has this name; the two can be merged"),
    ),
)]
pub(super) async fn rename(
    State(writer): State<Writer>,
    State(live): State<Live>,
    Path(tag): Path<String>,
    client: Client,
    Body(NewName { name }): Body<NewName>,
) -> Result<Json<TagChanged>, WebError> {
    let (from, to) = (named(&tag)?, value("name", TagName::new(&name))?);
    let receipt = client.0.submit(&writer, Command::RenameTag { from, to: to.clone() }).await?;
    Ok(Json(changed(&live, &to, receipt.first)))
}

/// Merge two tags
///
/// Gives all videos of the tag another tag instead. What was merged can be undone, but no longer be told apart.
#[utoipa::path(
    post, path = "/tags/{tag}/merge", operation_id = "mergeTags", tag = "tags", request_body = Target,
    params(("tag" = String, Path, description = "The name of the tag that is to go, in any case", example = "Sea")),
    responses((status = 200, description = "The tag that is left, as it is now", body = TagChanged)),
)]
pub(super) async fn merge(
    State(writer): State<Writer>,
    State(live): State<Live>,
    Path(tag): Path<String>,
    client: Client,
    Body(Target { into }): Body<Target>,
) -> Result<Json<TagChanged>, WebError> {
    let (from, into) = (named(&tag)?, value("into", TagName::new(&into))?);
    let receipt = client.0.submit(&writer, Command::MergeTags { from, into: into.clone() }).await?;
    Ok(Json(changed(&live, &into, receipt.first)))
}

/// The tag that the path names; 404 when no tag can have that name.
fn named(name: &str) -> Result<TagName, WebError> {
    TagName::new(name).map_err(|why| WebError::not_found(format!("No tag has this name: {why}.")))
}

fn changed(live: &Live, name: &TagName, batch: Pos) -> TagChanged {
    let state = live.snapshot();
    let tags = state.tags();
    let found = tags.find(name.as_str());
    let spelling = found.and_then(|tag| tags.name(tag)).unwrap_or(name).as_str().to_owned();
    TagChanged { tag: Tag { name: spelling, videos: found.map_or(0, |tag| tags.count(tag)) }, batch }
}
