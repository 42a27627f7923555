//! Hearts: `POST /favorite` turns the heart of a video, by file name.
//!
//! The old program read all hearts, changed one and wrote all, so that two people at once lost one of them. Here only the
//! one heart is written. Its list had no order; here whoever got a heart first is first.

use super::answer::{Fields, Refusal, fresh};
use super::{Legacy, names};
use crate::actions::Asker;
use crate::decide::{Change, Command, Edit};
use axum::extract::State;
use axum::response::Response;
use events::VideoId;
use projections::{Filter, State as Known};
use serde_json::json;
use std::borrow::Cow;

/// `POST /favorite`: gives a heart, or takes it away.
///
/// # Errors
/// Those of [`Fields::video`], 503.
pub(super) async fn toggle(State(legacy): State<Legacy>, asker: Asker, fields: Fields) -> Result<Response, Refusal> {
    let state = legacy.snapshot();
    let video = fields.video(&state)?;
    let change = if state.favorites().contains(video) { Change::RemoveFavorite } else { Change::AddFavorite };
    legacy.carry_out(&asker, Command::Edit(Edit::one(video, change))).await?;
    let state = legacy.snapshot();
    let favorites = favorites(&state);
    Ok(fresh(json!({ "success": true, "favorites": favorites, "is_favorite": state.favorites().contains(video) })))
}

/// The names of all favourites, also of those whose file is missing right now.
pub(super) fn favorites(state: &Known) -> Vec<Cow<'_, str>> {
    let with_heart = |missing| state.filtered(&Filter { favorite: Some(true), missing, ..Filter::default() });
    let (present, missing) = (with_heart(false), with_heart(true));
    let ids = present.iter().chain(missing.iter()).filter_map(|number| VideoId::new(number).ok());
    let mut ids: Vec<VideoId> = ids.collect();
    ids.sort_by_key(|video| (state.favorites().added_at_ms(*video), *video));
    ids.into_iter().map(|video| names::of(state, video)).collect()
}
