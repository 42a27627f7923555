//! `/videos/{id}/tags`: the tags of one video, all of them at once or some more and some less.

use super::answer;
use super::client::{Body, Client, Seen, etag, value};
use super::video;
use crate::actions::Known;
use crate::decide::{Change, Command, Edit, revision};
use crate::web::error::WebError;
use crate::web::extract::Video;
use crate::writer::Writer;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use events::{TagName, VideoId};
use projections::Live;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// More names than this in one request are a mistake of some script.
const NAMES_MAX: usize = 1000;

/// How often a list of tags is worked out again when others change it in between.
const TRIES: usize = 16;

/// All tags of a video.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct VideoTags {
    /// Names without `#`, at most 100 characters each. Upper and lower case are the same tag.
    #[schema(example = json!(["calm", "sea"]))]
    tags: Vec<String>,
}

/// Some tags more, some less.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TagChange {
    /// Tags to attach.
    #[serde(default)]
    #[schema(example = json!(["sea"]))]
    add: Vec<String>,
    /// Tags to take off; one that is named in both lists is attached.
    #[serde(default)]
    #[schema(example = json!(["lake"]))]
    remove: Vec<String>,
}

/// Get the tags of a video
///
/// Their `ETag` can be sent back as `If-Match` with a change.
#[utoipa::path(
    get, path = "/videos/{id}/tags", operation_id = "getVideoTags", tag = "tags",
    params(("id" = u32, Path, description = "The number of a video", example = 1)),
    responses((status = 200, description = "Its tags, in alphabetical order", body = VideoTags,
        headers(("ETag" = String, description = "Names these tags, for `If-Match`")))),
)]
pub(super) async fn show(State(live): State<Live>, Video(id): Video, headers: HeaderMap) -> Result<Response, WebError> {
    let state = live.snapshot();
    video::Video::known(&state, id).ok_or_else(|| video::unknown(id))?;
    let tags = state.tags().of(id).into_iter().map(|tag| tag.as_str().to_owned()).collect();
    answer::tagged(&headers, &etag(revision::tags(&state, id)), &VideoTags { tags })
}

/// Replace the tags of a video
///
/// It has exactly these afterwards. Without `If-Match`, what others change at the same time is overwritten.
#[utoipa::path(
    put, path = "/videos/{id}/tags", operation_id = "replaceVideoTags", tag = "tags", request_body = VideoTags,
    params(
        ("id" = u32, Path, description = "The number of a video", example = 1),
        ("If-Match" = Option<String>, Header, description = "Only if the tags still have this `ETag`"),
    ),
    responses(
        (status = 200, description = "What is known of the video now", body = Known,
            headers(("ETag" = String, description = "Names the new tags"))),
        (status = 409, description = "The video has as many tags as it may have"),
    ),
)]
pub(super) async fn replace(
    State(writer): State<Writer>,
    State(live): State<Live>,
    Video(id): Video,
    client: Client,
    seen: Seen,
    Body(wanted): Body<VideoTags>,
) -> Result<Response, WebError> {
    let wanted = names("tags", &wanted.tags)?;
    let asked = format!("the tags of {id} are to be {wanted:?}, if they are {seen:?}");
    for left in (0..TRIES).rev() {
        let state = live.snapshot();
        let now = revision::tags(&state, id);
        let seen = seen.only_if(now)?;
        // Worked out from these tags and no others, so it holds for them only.
        let edit = Edit { only_if: seen.or(Some(now)), ..Edit::one(id, difference(&state.tags().of(id), &wanted)) };
        match client.0.submit_as(&writer, Command::Edit(edit), &asked).await {
            Err(error) if error.status() == StatusCode::PRECONDITION_FAILED && seen.is_none() && left > 0 => {}
            Err(error) if error.status() == StatusCode::PRECONDITION_FAILED && seen.is_none() => {
                return Err(
                    WebError::unavailable("Others change these tags all the time.", 1).with_source(error.causes())
                );
            }
            outcome => return known(&live, id, outcome?.first),
        }
    }
    Err(WebError::unavailable("Others change these tags all the time.", 1))
}

/// Change the tags of a video
///
/// Attaches some and takes others off; the rest stays.
#[utoipa::path(
    patch, path = "/videos/{id}/tags", operation_id = "changeVideoTags", tag = "tags", request_body = TagChange,
    params(
        ("id" = u32, Path, description = "The number of a video", example = 1),
        ("If-Match" = Option<String>, Header, description = "Only if the tags still have this `ETag`"),
    ),
    responses(
        (status = 200, description = "What is known of the video now", body = Known,
            headers(("ETag" = String, description = "Names the new tags"))),
        (status = 409, description = "The video has as many tags as it may have"),
    ),
)]
pub(super) async fn change(
    State(writer): State<Writer>,
    State(live): State<Live>,
    Video(id): Video,
    client: Client,
    seen: Seen,
    Body(TagChange { add, remove }): Body<TagChange>,
) -> Result<Response, WebError> {
    let change = Change::Tag { add: names("add", &add)?, remove: names("remove", &remove)? };
    let only_if = seen.only_if(revision::tags(&live.snapshot(), id))?;
    let edit = Edit { only_if, ..Edit::one(id, change) };
    let receipt = client.0.submit(&writer, Command::Edit(edit)).await?;
    known(&live, id, receipt.first)
}

fn names(field: &'static str, names: &[String]) -> Result<Vec<TagName>, WebError> {
    if names.len() > NAMES_MAX {
        let why = format!("The field `{field}` names at most {NAMES_MAX} tags.");
        return Err(WebError::new(StatusCode::UNPROCESSABLE_ENTITY).with_detail(why).with_field(field));
    }
    names.iter().map(|name| value(field, TagName::new(name))).collect()
}

/// What turns the tags there are `now` into those `wanted`.
fn difference(now: &[&TagName], wanted: &[TagName]) -> Change {
    let has = |key: String| now.iter().any(|tag| tag.key() == key);
    let keeps = |key: String| wanted.iter().any(|tag| tag.key() == key);
    Change::Tag {
        add: wanted.iter().filter(|tag| !has(tag.key())).cloned().collect(),
        remove: now.iter().filter(|tag| !keeps(tag.key())).map(|tag| (*tag).clone()).collect(),
    }
}

fn known(live: &Live, id: VideoId, batch: events::Pos) -> Result<Response, WebError> {
    let state = live.snapshot();
    answer::changed(&etag(revision::tags(&state, id)), &Known::of(&state, id, batch))
}
