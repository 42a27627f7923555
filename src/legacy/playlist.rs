//! Playlists: `/api/playlists` and what is below it, with file names in the place of ids of videos.
//!
//! The old program put videos that do not exist into lists that do not exist, and lost the place 0. Here both are 404, and
//! a place is what one counts from 0. Taking away what is not there is done already, and answered so. `duration` was
//! always null, for want of knowing; here it is told in seconds as soon as the file was looked into.

use super::answer::{self, Fields, Refusal, fresh};
use super::cache::seconds;
use super::{Legacy, names};
use crate::actions::Asker;
use crate::decide::{Change, Command, Edit, Rejected};
use crate::web::error::WebError;
use crate::web::extract::{Path, Query};
use crate::writer::{Receipt, WriteError};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use events::values::ItemId;
use events::{PlaylistId, PlaylistName};
use jiff::Timestamp;
use projections::{Item, Playlist, Presence, State as Known};
use serde::Deserialize;
use serde_json::{Value, json};

/// `GET /api/playlists`: all lists by name, letter by letter.
pub(super) async fn all(State(legacy): State<Legacy>) -> Response {
    let state = legacy.snapshot();
    let mut lists: Vec<&Playlist> = state.playlists().iter().collect();
    lists.sort_by(|a, b| a.name.cmp(&b.name));
    let described = |list: &Playlist| {
        json!({
            "id": list.id.get(),
            "name": list.name.as_str(),
            "description": list.description,
            "created_at": date(list.created_at_ms),
            "item_count": list.items.len(),
        })
    };
    let lists: Vec<Value> = lists.into_iter().map(described).collect();
    fresh(json!({ "success": true, "playlists": lists }))
}

/// `POST /api/playlists`: a new list.
///
/// # Errors
/// 400 `Name is required` or `Playlist name must be unique.`, or why it cannot be a name; 503.
pub(super) async fn create(State(legacy): State<Legacy>, asker: Asker, fields: Fields) -> Result<Response, Refusal> {
    let name = fields.text("name").ok_or_else(|| Refusal::bad("Name is required").unsuccessful())?;
    let name = PlaylistName::new(name).map_err(|invalid| Refusal::from(WebError::from(invalid)).unsuccessful())?;
    let description = fields.text("description").unwrap_or_default().trim().to_owned();
    let command = Command::CreatePlaylist { name: name.clone(), description: description.clone(), videos: Vec::new() };
    let created = legacy.carry_out(&asker, command).await;
    created.map_err(|error| {
        let taken = matches!(error, WriteError::Rejected(Rejected::PlaylistExists(_)));
        if taken { Refusal::bad("Playlist name must be unique.").unsuccessful() } else { refused(error) }
    })?;
    let state = legacy.snapshot();
    let id = state.playlists().iter().rev().find(|list| list.name == name).map(|list| list.id.get());
    let body = json!({ "success": true, "playlist_id": id, "name": name.as_str(), "description": description });
    Ok((StatusCode::CREATED, Json(body)).into_response())
}

/// `GET /api/playlists/{id}`: a list with what is in it. Videos that somebody said are gone for good are left out.
///
/// # Errors
/// 404 `Playlist not found.`
pub(super) async fn show(State(legacy): State<Legacy>, Path(id): Path<String>) -> Result<Response, Refusal> {
    let state = legacy.snapshot();
    let list = known(&state, &id)?;
    let item = |(position, item): (usize, &Item)| {
        let video = state.videos().get(item.video).filter(|video| video.presence != Presence::Forgotten)?;
        Some(json!({
            "video_filename": names::name(video),
            "position": position,
            "duration": video.duration_ms.map(seconds_of),
            "added_date": seconds(video.added_at_ms),
        }))
    };
    let items: Vec<Value> = list.items.iter().enumerate().filter_map(item).collect();
    Ok(fresh(json!({
        "success": true,
        "id": list.id.get(),
        "name": list.name.as_str(),
        "description": list.description,
        "created_at": date(list.created_at_ms),
        "items": items,
    })))
}

/// `DELETE /api/playlists/{id}`: no such list from now on.
///
/// # Errors
/// 503.
pub(super) async fn delete(
    State(legacy): State<Legacy>,
    Path(id): Path<String>,
    asker: Asker,
) -> Result<Response, Refusal> {
    if let Ok(playlist) = id.parse() {
        gone(legacy.carry_out(&asker, Command::DeletePlaylist { playlist }).await)?;
    }
    Ok(done("Playlist deleted.".to_owned()))
}

/// `POST /api/playlists/{id}/add`: the video of the field `video_filename` at the end, also a second time.
///
/// # Errors
/// 400 `Missing filename`, 404 for an unknown video or list, 409 for a full one, 503.
pub(super) async fn add(
    State(legacy): State<Legacy>,
    Path(id): Path<String>,
    asker: Asker,
    fields: Fields,
) -> Result<Response, Refusal> {
    let state = legacy.snapshot();
    let playlist = known(&state, &id)?.id;
    let video = answer::video(&state, fields.text("video_filename")).map_err(Refusal::unsuccessful)?;
    let change = Change::AddToPlaylist(playlist);
    legacy.carry_out(&asker, Command::Edit(Edit::one(video, change))).await.map_err(refused)?;
    let state = legacy.snapshot();
    let items = state.playlists().get(playlist).map(|list| &list.items);
    let position = items.and_then(|items| items.iter().rposition(|item| item.video == video)).unwrap_or_default();
    Ok(done(format!("Added {} at position {position}.", names::of(&state, video))))
}

/// Which of several entries is meant.
#[derive(Deserialize)]
pub(super) struct Which {
    position: Option<String>,
}

/// `DELETE /api/playlists/{id}/items/{name}`: the entry of that video at `position`, or all of them.
///
/// # Errors
/// 400 when `position` is no number: the old program took all of them then. 404 for an unknown video or list, 503.
pub(super) async fn remove(
    State(legacy): State<Legacy>,
    Path((id, name)): Path<(String, String)>,
    Query(which): Query<Which>,
    asker: Asker,
) -> Result<Response, Refusal> {
    let state = legacy.snapshot();
    let list = known(&state, &id)?;
    let video = answer::video(&state, Some(&name)).map_err(Refusal::unsuccessful)?;
    let position = which.position.map(|text| text.trim().parse::<usize>()).transpose();
    let position = position.map_err(|_| Refusal::bad("position must be a number from 0").unsuccessful())?;
    let meant = |(place, item): &(usize, &Item)| item.video == video && position.is_none_or(|only| only == *place);
    let items: Vec<ItemId> = list.items.iter().enumerate().filter(meant).map(|(_, item)| item.id).collect();
    let playlist = list.id;
    for item in &items {
        gone(legacy.carry_out(&asker, Command::RemoveItem { playlist, item: *item }).await)?;
    }
    Ok(done(format!("Removed {} from the playlist ({} entries).", names::of(&state, video), items.len())))
}

/// The list with this id.
fn known<'a>(state: &'a Known, id: &str) -> Result<&'a Playlist, Refusal> {
    let list = id.parse::<PlaylistId>().ok().and_then(|id| state.playlists().get(id));
    list.ok_or_else(|| Refusal::not_found("Playlist not found.").unsuccessful())
}

/// What somebody else took away meanwhile is gone all the same.
fn gone(outcome: Result<Receipt, WriteError>) -> Result<(), Refusal> {
    let Err(error) = outcome else { return Ok(()) };
    match error {
        WriteError::Rejected(Rejected::NoSuchPlaylist(_) | Rejected::NoSuchItem(_)) => Ok(()),
        error @ (WriteError::Rejected(_)
        | WriteError::KeyReused
        | WriteError::Overloaded
        | WriteError::Unknown
        | WriteError::ReadOnly(_)
        | WriteError::NotRedactable(_)
        | WriteError::Outdated
        | WriteError::Stopped) => Err(refused(error)),
    }
}

fn refused(error: WriteError) -> Refusal {
    Refusal::from(error).unsuccessful()
}

fn done(message: String) -> Response {
    Json(json!({ "success": true, "message": message })).into_response()
}

/// A date as SQLite writes it.
pub(super) fn date(at_ms: i64) -> Option<String> {
    let at = Timestamp::from_millisecond(at_ms).ok()?;
    Some(at.strftime("%Y-%m-%d %H:%M:%S").to_string())
}

fn seconds_of(duration_ms: u64) -> f64 {
    seconds(i64::try_from(duration_ms).unwrap_or(i64::MAX))
}
