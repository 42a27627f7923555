//! `/playlists`: making and changing them. Reading them is in [`super::playlist`].

use super::client::{Body, Client, value};
use super::playlist::{Playlist, named};
use crate::actions::edit::VIDEOS_MAX;
use crate::decide::{Change, Command, Edit};
use crate::web::error::WebError;
use crate::web::extract::Path;
use crate::writer::{Receipt, Writer};
use axum::Json;
use axum::extract::State;
use axum::http::header::LOCATION;
use axum::http::{HeaderName, StatusCode};
use events::event::Playlist as Happened;
use events::values::ItemId;
use events::{Event, PlaylistId, PlaylistName, Pos, VideoId};
use projections::Live;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A playlist to make.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewPlaylist {
    /// 1 to 200 characters; no other playlist may have it, whatever the case.
    #[schema(example = "Morning")]
    name: String,
    /// What it is about.
    #[serde(default)]
    #[schema(example = "Slow and quiet")]
    description: String,
    /// What stands in it from the start: numbers of videos, at most 10,000.
    #[serde(default)]
    #[schema(example = json!([1, 2]))]
    videos: Vec<u32>,
}

/// What to change about a playlist; what is left out stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PlaylistEdit {
    /// Its new name.
    #[schema(example = "Late evening")]
    name: Option<String>,
    /// Its new description.
    #[schema(example = "For rainy days")]
    description: Option<String>,
}

/// Videos to put at the end of a playlist.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewItems {
    /// Their numbers, in order; one that is in the list already is put in again.
    #[schema(example = json!([1, 2]))]
    videos: Vec<u32>,
}

/// Where an item is to stand.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Move {
    /// From 0; beyond the end is the end.
    #[schema(example = 0)]
    index: u32,
}

/// What became of a playlist.
#[derive(Serialize, ToSchema)]
pub(super) struct PlaylistChanged {
    /// As it is now; null when it is no more.
    playlist: Option<Playlist>,
    /// How many videos were left out, because they are unknown or the playlist is full.
    #[schema(example = 0)]
    skipped: u64,
    /// What to take back with an undo; 0 when nothing was changed.
    #[schema(value_type = u64, example = 4711)]
    batch: Pos,
}

impl PlaylistChanged {
    fn now(live: &Live, id: PlaylistId, receipt: Receipt) -> Self {
        let playlist = live.snapshot().playlists().get(id).map(Playlist::of);
        Self { playlist, skipped: receipt.skipped, batch: receipt.first }
    }
}

/// Make a playlist
///
/// With videos in it, if they are named.
#[utoipa::path(
    post, path = "/playlists", operation_id = "createPlaylist", tag = "playlists", request_body = NewPlaylist,
    responses(
        (status = 201, description = "It was made", body = PlaylistChanged,
            headers(("Location" = String, description = "The address of the playlist"))),
        (status = 404, description = "None of the videos exists"),
        (status = 409, description = "Another playlist has this name, or there are as many as there may be"),
    ),
)]
pub(super) async fn create(
    State(writer): State<Writer>,
    State(live): State<Live>,
    client: Client,
    Body(new): Body<NewPlaylist>,
) -> Result<(StatusCode, [(HeaderName, String); 1], Json<PlaylistChanged>), WebError> {
    let name = value("name", PlaylistName::new(&new.name))?;
    let command = Command::CreatePlaylist { name, description: new.description, videos: numbered(&new.videos)? };
    let receipt = client.0.submit(&writer, command).await?;
    let id = made(&writer, receipt.first).await?;
    let location = [(LOCATION, format!("/api/v1/playlists/{id}"))];
    Ok((StatusCode::CREATED, location, Json(PlaylistChanged::now(&live, id, receipt))))
}

/// Change a playlist
///
/// Its name, its description, or both.
#[utoipa::path(
    patch, path = "/playlists/{id}", operation_id = "editPlaylist", tag = "playlists", request_body = PlaylistEdit,
    params(("id" = u32, Path, description = "The number of a playlist", example = 1)),
    responses(
        (status = 200, description = "The playlist as it is now", body = PlaylistChanged),
        (status = 409, description = "Another playlist has this name"),
    ),
)]
pub(super) async fn edit(
    State(writer): State<Writer>,
    State(live): State<Live>,
    Path(id): Path<String>,
    client: Client,
    Body(edit): Body<PlaylistEdit>,
) -> Result<Json<PlaylistChanged>, WebError> {
    let playlist = named(&id)?;
    let name = edit.name.map(|name| value("name", PlaylistName::new(&name))).transpose()?;
    let command = Command::EditPlaylist { playlist, name, description: edit.description };
    let receipt = client.0.submit(&writer, command).await?;
    Ok(Json(PlaylistChanged::now(&live, playlist, receipt)))
}

/// Delete a playlist
///
/// Its videos stay. An undo brings it back.
#[utoipa::path(
    delete, path = "/playlists/{id}", operation_id = "deletePlaylist", tag = "playlists",
    params(("id" = u32, Path, description = "The number of a playlist", example = 1)),
    responses((status = 200, description = "It is no more", body = PlaylistChanged)),
)]
pub(super) async fn delete(
    State(writer): State<Writer>,
    State(live): State<Live>,
    Path(id): Path<String>,
    client: Client,
) -> Result<Json<PlaylistChanged>, WebError> {
    let playlist = named(&id)?;
    let receipt = client.0.submit(&writer, Command::DeletePlaylist { playlist }).await?;
    Ok(Json(PlaylistChanged::now(&live, playlist, receipt)))
}

/// Add items
///
/// Puts videos at the end of a playlist, in this order.
#[utoipa::path(
    post, path = "/playlists/{id}/items", operation_id = "addItems", tag = "playlists", request_body = NewItems,
    params(("id" = u32, Path, description = "The number of a playlist", example = 1)),
    responses(
        (status = 200, description = "The playlist as it is now", body = PlaylistChanged),
        (status = 409, description = "The playlist has as many items as it may have"),
    ),
)]
pub(super) async fn add(
    State(writer): State<Writer>,
    State(live): State<Live>,
    Path(id): Path<String>,
    client: Client,
    Body(new): Body<NewItems>,
) -> Result<Json<PlaylistChanged>, WebError> {
    let playlist = named(&id)?;
    let edit = Edit { videos: numbered(&new.videos)?, change: Change::AddToPlaylist(playlist), only_if: None };
    let receipt = client.0.submit(&writer, Command::Edit(edit)).await?;
    Ok(Json(PlaylistChanged::now(&live, playlist, receipt)))
}

/// Move an item
///
/// Puts it elsewhere in its playlist.
#[utoipa::path(
    patch, path = "/playlists/{id}/items/{item}", operation_id = "moveItem", tag = "playlists", request_body = Move,
    params(
        ("id" = u32, Path, description = "The number of a playlist", example = 1),
        ("item" = u32, Path, description = "The number of an item in it", example = 3),
    ),
    responses((status = 200, description = "The playlist as it is now", body = PlaylistChanged)),
)]
pub(super) async fn move_item(
    State(writer): State<Writer>,
    State(live): State<Live>,
    Path((id, item)): Path<(String, String)>,
    client: Client,
    Body(Move { index }): Body<Move>,
) -> Result<Json<PlaylistChanged>, WebError> {
    let (playlist, item) = (named(&id)?, item_named(&item)?);
    let receipt = client.0.submit(&writer, Command::MoveItem { playlist, item, index }).await?;
    Ok(Json(PlaylistChanged::now(&live, playlist, receipt)))
}

/// Remove an item
///
/// Takes it out of its playlist; the video stays.
#[utoipa::path(
    delete, path = "/playlists/{id}/items/{item}", operation_id = "removeItem", tag = "playlists",
    params(
        ("id" = u32, Path, description = "The number of a playlist", example = 1),
        ("item" = u32, Path, description = "The number of an item in it", example = 3),
    ),
    responses((status = 200, description = "The playlist as it is now", body = PlaylistChanged)),
)]
pub(super) async fn remove_item(
    State(writer): State<Writer>,
    State(live): State<Live>,
    Path((id, item)): Path<(String, String)>,
    client: Client,
) -> Result<Json<PlaylistChanged>, WebError> {
    let (playlist, item) = (named(&id)?, item_named(&item)?);
    let receipt = client.0.submit(&writer, Command::RemoveItem { playlist, item }).await?;
    Ok(Json(PlaylistChanged::now(&live, playlist, receipt)))
}

fn item_named(item: &str) -> Result<ItemId, WebError> {
    item.parse().map_err(|_| WebError::not_found(format!("There is no item {item:?}: its id is a number.")))
}

/// The videos with these numbers.
fn numbered(videos: &[u32]) -> Result<Vec<VideoId>, WebError> {
    if videos.len() > VIDEOS_MAX {
        let why = format!("The field `videos` names at most {VIDEOS_MAX} at a time.");
        return Err(WebError::new(StatusCode::UNPROCESSABLE_ENTITY).with_detail(why).with_field("videos"));
    }
    videos.iter().map(|number| value("videos", VideoId::new(*number))).collect()
}

/// The playlist that was made by `batch`. The log knows it also when the request comes again and the playlist has
/// another name since.
async fn made(writer: &Writer, batch: Pos) -> Result<PlaylistId, WebError> {
    match writer.feed().recorded(batch).await?.map(|recorded| recorded.event) {
        Some(Event::Playlist(Happened::Created { playlist, .. })) => Ok(playlist),
        other => Err(WebError::internal(format!("position {batch} of the log makes no playlist, but is {other:?}"))),
    }
}
