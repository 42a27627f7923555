//! Tags: `POST /tag` and `/delete_tag` by file name, `GET /api/tags/popular` and `/api/tags/video`.
//!
//! Told with one `#` before each, as the old program stored them. Taken with or without: there, "dbl" did not delete
//! "#dbl". A tag that is no text is refused with 400; there, it was a 500.

use super::answer::{self, Fields, Refusal, fresh};
use super::{Legacy, names};
use crate::actions::Asker;
use crate::decide::{Change, Command, Edit};
use crate::web::error::WebError;
use crate::web::extract::Query;
use axum::extract::State;
use axum::response::Response;
use events::values::Invalid;
use events::{TagName, VideoId};
use projections::State as Known;
use serde::Deserialize;
use serde_json::json;

/// How many popular tags there are unless the address says otherwise, and at most.
const POPULAR: (i64, i64) = (50, 200);

/// `POST /tag`: attaches a tag; one that is attached in other letters already stays as it is.
///
/// # Errors
/// Those of [`Fields::video`], 400 `No tag provided`, or why it cannot be one; 409 for one too many, 503.
pub(super) async fn add(State(legacy): State<Legacy>, asker: Asker, fields: Fields) -> Result<Response, Refusal> {
    let video = fields.video(&legacy.snapshot())?;
    let change = Change::Tag { add: vec![tag(&fields)?], remove: Vec::new() };
    legacy.carry_out(&asker, Command::Edit(Edit::one(video, change))).await?;
    Ok(fresh(json!({ "success": true, "tags": tags(&legacy.snapshot(), video) })))
}

/// `POST /delete_tag`: takes a tag off.
///
/// # Errors
/// Those of [`Fields::video`], 400 `No tag provided`, 404 when the video has no tags, 503.
pub(super) async fn remove(State(legacy): State<Legacy>, asker: Asker, fields: Fields) -> Result<Response, Refusal> {
    let state = legacy.snapshot();
    let video = fields.video(&state)?;
    let tag = tag(&fields)?;
    if state.tags().of(video).is_empty() {
        return Err(Refusal::not_found("Video not found in tags"));
    }
    let change = Change::Tag { add: Vec::new(), remove: vec![tag] };
    legacy.carry_out(&asker, Command::Edit(Edit::one(video, change))).await?;
    Ok(fresh(json!({ "success": true, "tags": tags(&legacy.snapshot(), video) })))
}

/// What `GET /api/tags/popular` is asked.
#[derive(Deserialize)]
pub(super) struct Popular {
    limit: Option<String>,
}

/// `GET /api/tags/popular`: the most used first.
pub(super) async fn popular(State(legacy): State<Legacy>, Query(asked): Query<Popular>) -> Response {
    let (usual, max) = POPULAR;
    let limit = asked.limit.and_then(|limit| limit.trim().parse::<i64>().ok()).unwrap_or(usual).clamp(1, max);
    let state = legacy.snapshot();
    let counted = state.tags().popular(usize::try_from(limit).unwrap_or_default()).into_iter();
    let tags: Vec<_> = counted.map(|(tag, count)| json!({ "tag": format!("#{tag}"), "count": count })).collect();
    fresh(json!({ "tags": tags }))
}

/// What `GET /api/tags/video` is asked.
#[derive(Deserialize)]
pub(super) struct OfVideo {
    filename: Option<String>,
}

/// `GET /api/tags/video`: the tags of one video.
///
/// # Errors
/// 400 `Missing filename`, 404 `Video not found`.
pub(super) async fn of_video(State(legacy): State<Legacy>, Query(asked): Query<OfVideo>) -> Result<Response, Refusal> {
    let state = legacy.snapshot();
    let video = answer::video(&state, asked.filename.as_deref())?;
    Ok(fresh(json!({ "filename": names::of(&state, video), "tags": tags(&state, video) })))
}

fn tag(fields: &Fields) -> Result<TagName, Refusal> {
    let text = fields.text("tag").ok_or_else(|| Refusal::bad("No tag provided"))?;
    TagName::new(text).map_err(|invalid| {
        if invalid == Invalid::TagEmpty { Refusal::bad("No tag provided") } else { WebError::from(invalid).into() }
    })
}

fn tags(state: &Known, video: VideoId) -> Vec<String> {
    state.tags().of(video).into_iter().map(|tag| format!("#{tag}")).collect()
}
