//! `/playlists`: ordered lists of videos that people keep.

use super::answer::{self, Time};
use super::client::Parameters;
use super::video::Video;
use crate::web::error::WebError;
use crate::web::extract::Path;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use events::PlaylistId;
use projections::Live;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Items on a page unless the address says otherwise.
const PER_PAGE: usize = 100;
/// The most items on a page.
const PER_PAGE_MAX: usize = 500;

/// A playlist without its videos.
#[derive(Serialize, ToSchema)]
pub(super) struct Playlist {
    /// Its number: given once, never given to another.
    #[schema(example = 3)]
    id: u32,
    /// Unique, whatever the case.
    #[schema(example = "Evening")]
    name: String,
    /// What its owner says about it; may be empty.
    #[schema(example = "Slow and quiet")]
    description: String,
    /// How many items it has.
    #[schema(example = 12)]
    items: usize,
    /// When it was made.
    created_at: Time,
    /// When it was last changed.
    changed_at: Time,
    /// The address of its page.
    #[schema(example = "/playlists/3")]
    page: String,
}

impl Playlist {
    pub(super) fn of(list: &projections::Playlist) -> Self {
        Self {
            id: list.id.get(),
            name: list.name.as_str().to_owned(),
            description: list.description.clone(),
            items: list.items.len(),
            created_at: Time(list.created_at_ms),
            changed_at: Time(list.changed_at_ms),
            page: format!("/playlists/{}", list.id),
        }
    }
}

/// Every playlist.
#[derive(Serialize, ToSchema)]
pub(super) struct PlaylistList {
    /// The oldest first.
    playlists: Vec<Playlist>,
}

/// One place in a playlist. The same video may have several.
#[derive(Serialize, ToSchema)]
pub(super) struct Item {
    /// Its number within the playlist, which stays when it moves.
    #[schema(example = 7)]
    item: u32,
    /// Its place, from 0.
    #[schema(example = 0)]
    index: usize,
    /// The video; null when it was forgotten for good.
    video: Option<Video>,
}

/// A playlist and a page of its items.
#[derive(Serialize, ToSchema)]
pub(super) struct PlaylistPage {
    /// The playlist.
    playlist: Playlist,
    /// The items of this page, in order.
    items: Vec<Item>,
    /// Which page this is.
    #[schema(example = 1)]
    page: usize,
    /// How many pages there are, at least 1.
    #[schema(example = 1)]
    pages: usize,
}

/// Which page of the items.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct Place {
    /// Which page, from 1 to the last.
    #[param(minimum = 1, example = 1)]
    page: Option<usize>,
    /// How many items a page has; 100 unless said.
    #[param(minimum = 1, maximum = 500, example = 100)]
    per_page: Option<usize>,
}

/// List playlists
///
/// All of them, without their videos.
#[utoipa::path(
    get, path = "/playlists", operation_id = "listPlaylists", tag = "playlists",
    responses((status = 200, description = "All playlists", body = PlaylistList)),
)]
pub(super) async fn all(State(live): State<Live>, headers: HeaderMap) -> Result<Response, WebError> {
    let playlists = live.snapshot().playlists().iter().map(Playlist::of).collect();
    answer::json(&headers, &PlaylistList { playlists })
}

/// The playlist that the path names; 404 when it cannot be the id of one.
pub(super) fn named(id: &str) -> Result<PlaylistId, WebError> {
    id.parse().map_err(|_| WebError::not_found(format!("There is no playlist {id:?}: an id is a number.")))
}

/// Get a playlist
///
/// The playlist and a page of its items.
#[utoipa::path(
    get, path = "/playlists/{id}", operation_id = "getPlaylist", tag = "playlists",
    params(("id" = u32, Path, description = "The number of a playlist", example = 1), Place),
    responses((status = 200, description = "The playlist", body = PlaylistPage)),
)]
pub(super) async fn show(
    State(live): State<Live>,
    Path(id): Path<String>,
    Parameters(place): Parameters<Place>,
    headers: HeaderMap,
) -> Result<Response, WebError> {
    let id = named(&id)?;
    let state = live.snapshot();
    let list = state.playlists().get(id).ok_or_else(|| WebError::not_found(format!("There is no playlist {id}.")))?;
    let per_page = place.per_page.unwrap_or(PER_PAGE);
    if !(1..=PER_PAGE_MAX).contains(&per_page) {
        return Err(WebError::bad_parameter("per_page", format!("It is a whole number from 1 to {PER_PAGE_MAX}.")));
    }
    let pages = list.items.len().div_ceil(per_page).max(1);
    let page = place.page.unwrap_or(1);
    if !(1..=pages).contains(&page) {
        return Err(WebError::bad_parameter("page", format!("The pages of this playlist are 1 to {pages}.")));
    }
    let numbered = list.items.iter().enumerate().skip((page - 1) * per_page).take(per_page);
    let item = |(index, item): (usize, &projections::Item)| Item {
        item: item.id.get(),
        index,
        video: Video::known(&state, item.video),
    };
    let items = numbered.map(item).collect();
    answer::json(&headers, &PlaylistPage { playlist: Playlist::of(list), items, page, pages })
}
