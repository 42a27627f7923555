//! Playlists: made, named, deleted; entries put in, moved and taken out.
//!
//! | address | fields |
//! |---|---|
//! | `POST /playlists` | `name`, `description`?, `video` as often as there are videos |
//! | `POST /playlists/{id}` | `name`?, `description`? |
//! | `POST /playlists/{id}/delete` | – |
//! | `POST /playlists/{id}/items/{item}/move` | `index`, from 0 |
//! | `POST /playlists/{id}/items/{item}/remove` | – |
//! | `POST /videos/{id}/playlists` | `playlist`, an id, or `name`, for a new one |

use super::Asker;
use crate::decide::{Change, Command, Edit};
use crate::web::error::WebError;
use crate::web::extract::{Form, Path, Video};
use crate::writer::Writer;
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use events::values::ItemId;
use events::{PlaylistId, PlaylistName, Pos, VideoId};
use projections::{Live, Playlist};
use serde::{Deserialize, Serialize};

/// A form whose fields may come more than once.
type Fields = Form<Vec<(String, String)>>;

/// The answer to a script.
#[derive(Serialize)]
struct Listed {
    id: u32,
    /// Empty when the playlist is no more.
    name: String,
    /// How many entries it has.
    videos: usize,
    /// How many videos could not be put in.
    skipped: u64,
    /// What to take back with `POST /undo`; 0 when nothing was changed.
    batch: Pos,
}

/// Makes a playlist and leads to it.
///
/// # Errors
/// 400 without a name, 404 when videos are sent of which none exists, 409 when the name is taken, 503 when nothing can
/// be written.
pub async fn create(
    State(writer): State<Writer>,
    State(live): State<Live>,
    asker: Asker,
    Form(fields): Fields,
) -> Result<Response, WebError> {
    let name = PlaylistName::new(field(&fields, "name").unwrap_or_default())?;
    let description = field(&fields, "description").map(written).unwrap_or_default();
    let videos = fields.iter().filter(|(field, _)| field == "video").map(|(_, id)| id.parse());
    let videos: Vec<VideoId> = videos.collect::<Result<_, _>>()?;
    let command = Command::CreatePlaylist { name: name.clone(), description, videos };
    let receipt = asker.submit(&writer, command).await?;
    let id = called(&live, &name)?;
    if asker.wants_json() {
        return Ok(listed(&live, id, receipt.skipped, receipt.first));
    }
    Ok(Redirect::to(&format!("/playlists/{id}")).into_response())
}

/// Changes what a playlist is called or what it is about.
///
/// # Errors
/// 400 for an impossible name, 404 for an unknown playlist, 409 when the name is taken, 503 when nothing can be written.
pub async fn edit(
    State(writer): State<Writer>,
    State(live): State<Live>,
    Path(id): Path<String>,
    asker: Asker,
    Form(fields): Fields,
) -> Result<Response, WebError> {
    let playlist = playlist(&id)?;
    let name = field(&fields, "name").map(PlaylistName::new).transpose()?;
    let description = field(&fields, "description").map(written);
    let receipt = asker.submit(&writer, Command::EditPlaylist { playlist, name, description }).await?;
    Ok(answer(&live, &asker, playlist, receipt.first, ""))
}

/// Deletes a playlist and leads to the others. Its videos stay.
///
/// # Errors
/// 404 for an unknown playlist, 503 when nothing can be written.
pub async fn delete(
    State(writer): State<Writer>,
    State(live): State<Live>,
    Path(id): Path<String>,
    asker: Asker,
) -> Result<Response, WebError> {
    let playlist = playlist(&id)?;
    let receipt = asker.submit(&writer, Command::DeletePlaylist { playlist }).await?;
    if asker.wants_json() {
        return Ok(listed(&live, playlist, 0, receipt.first));
    }
    Ok(Redirect::to("/playlists").into_response())
}

/// Where an entry is to stand.
#[derive(Deserialize)]
pub struct Place {
    index: u32,
}

/// Puts an entry elsewhere; beyond the end is the end.
///
/// # Errors
/// 404 for an unknown playlist or entry, 422 without an index, 503 when nothing can be written.
pub async fn move_item(
    State(writer): State<Writer>,
    State(live): State<Live>,
    Path((id, item)): Path<(String, String)>,
    asker: Asker,
    Form(Place { index }): Form<Place>,
) -> Result<Response, WebError> {
    let (playlist, item) = (playlist(&id)?, entry(&item)?);
    let receipt = asker.submit(&writer, Command::MoveItem { playlist, item, index }).await?;
    Ok(answer(&live, &asker, playlist, receipt.first, &format!("pos-{index}")))
}

/// Takes an entry out.
///
/// # Errors
/// 404 for an unknown playlist or entry, 503 when nothing can be written.
pub async fn remove_item(
    State(writer): State<Writer>,
    State(live): State<Live>,
    Path((id, item)): Path<(String, String)>,
    asker: Asker,
) -> Result<Response, WebError> {
    let (playlist, item) = (playlist(&id)?, entry(&item)?);
    let receipt = asker.submit(&writer, Command::RemoveItem { playlist, item }).await?;
    Ok(answer(&live, &asker, playlist, receipt.first, "entries"))
}

/// Puts a video at the end of a playlist, which is made for it if it is named and not numbered.
///
/// # Errors
/// 400 unless exactly one of the fields is sent with a value, 404 for an unknown video or playlist, 409 when the name is
/// taken or the playlist is full, 503 when nothing can be written.
pub async fn add_video(
    State(writer): State<Writer>,
    State(live): State<Live>,
    Video(video): Video,
    asker: Asker,
    Form(fields): Fields,
) -> Result<Response, WebError> {
    let given = |name| field(&fields, name).map(str::trim).filter(|value| !value.is_empty());
    let (playlist, receipt) = match (given("playlist"), given("name")) {
        (Some(id), None) => {
            let playlist = playlist(id)?;
            let edit = Edit::one(video, Change::AddToPlaylist(playlist));
            (playlist, asker.submit(&writer, Command::Edit(edit)).await?)
        }
        (None, Some(name)) => {
            let (name, videos) = (PlaylistName::new(name)?, vec![video]);
            let command = Command::CreatePlaylist { name: name.clone(), description: String::new(), videos };
            let receipt = asker.submit(&writer, command).await?;
            (called(&live, &name)?, receipt)
        }
        (None, None) | (Some(_), Some(_)) => {
            return Err(WebError::bad_input("Choose a playlist, or give the name of a new one; not both."));
        }
    };
    if asker.wants_json() {
        return Ok(listed(&live, playlist, receipt.skipped, receipt.first));
    }
    Ok(asker.lead_back(&format!("/watch/{video}"), &format!("v{video}")))
}

fn answer(live: &Live, asker: &Asker, playlist: PlaylistId, batch: Pos, fragment: &str) -> Response {
    if asker.wants_json() {
        return listed(live, playlist, 0, batch);
    }
    asker.lead_back(&format!("/playlists/{playlist}"), fragment)
}

fn listed(live: &Live, playlist: PlaylistId, skipped: u64, batch: Pos) -> Response {
    let state = live.snapshot();
    let list = state.playlists().get(playlist);
    let name = list.map(|list| list.name.as_str().to_owned()).unwrap_or_default();
    let videos = list.map_or(0, |list| list.items.len());
    Json(Listed { id: playlist.get(), name, videos, skipped, batch }).into_response()
}

fn field<'a>(fields: &'a [(String, String)], name: &str) -> Option<&'a str> {
    fields.iter().find(|(field, _)| field == name).map(|(_, value)| value.as_str())
}

/// Browsers send the line breaks of a text as CR LF.
fn written(text: &str) -> String {
    text.replace("\r\n", "\n").trim().to_owned()
}

/// The playlist that has just been given this name.
fn called(live: &Live, name: &PlaylistName) -> Result<PlaylistId, WebError> {
    let state = live.snapshot();
    let found = state.playlists().iter().find(|list: &&Playlist| list.name == *name).map(|list| list.id);
    found.ok_or_else(|| WebError::not_found("The playlist was made, and then renamed or deleted by somebody else."))
}

fn playlist(id: &str) -> Result<PlaylistId, WebError> {
    id.parse().map_err(|_| WebError::not_found(format!("There is no playlist {id:?}: an id is a number.")))
}

fn entry(item: &str) -> Result<ItemId, WebError> {
    item.parse().map_err(|_| WebError::not_found(format!("There is no entry {item:?}: an id is a number.")))
}
