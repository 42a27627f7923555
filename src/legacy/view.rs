//! Views: `POST /view` by file name, and `GET /get_views`, the counts of all videos.
//!
//! The old program lost views of names with `'` or `&` on its own pages, and counted every reload; here a device that
//! starts the same video again within half a minute is the same viewing.

use super::answer::{Fields, Refusal, fresh};
use super::{Legacy, names};
use crate::actions::Asker;
use crate::decide::Command;
use axum::extract::State;
use axum::response::Response;
use projections::{Presence, Video};
use serde_json::{Map, Value, json};

/// `POST /view`: counts a view, and says how many there are.
///
/// # Errors
/// Those of [`Fields::video`], 503.
pub(super) async fn count(State(legacy): State<Legacy>, asker: Asker, fields: Fields) -> Result<Response, Refusal> {
    let video = fields.video(&legacy.snapshot())?;
    legacy.carry_out(&asker, Command::StartView { video }).await?;
    let views = legacy.snapshot().views().get(video).count;
    Ok(fresh(json!({ "success": true, "views": views })))
}

/// `GET /get_views`: by file name, of all videos that were ever watched.
pub(super) async fn all(State(legacy): State<Legacy>) -> Response {
    let state = legacy.snapshot();
    let mut counts = Map::new();
    let known = |video: &&Video| video.presence != Presence::Forgotten;
    let (present, missing): (Vec<_>, Vec<_>) = state.videos().iter().filter(known).partition(|video| video.present());
    for video in present.into_iter().chain(missing) {
        let views = state.views().get(video.id).count;
        if views > 0 {
            // Of two with one name, the one that the name leads to.
            counts.entry(names::name(video)).or_insert_with(|| views.into());
        }
    }
    fresh(Value::Object(counts))
}
