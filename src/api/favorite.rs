//! `/videos/{id}/favorite`: the heart. There or not, so putting it there twice is once.

use super::client::Client;
use crate::actions::Known;
use crate::decide::{Change, Command, Edit};
use crate::web::error::WebError;
use crate::web::extract::Video;
use crate::writer::Writer;
use axum::Json;
use axum::extract::State;
use events::VideoId;
use projections::Live;

/// Add to favorites
///
/// Gives the video a heart; one that has it keeps it.
#[utoipa::path(
    put, path = "/videos/{id}/favorite", operation_id = "addFavorite", tag = "favorite",
    params(("id" = u32, Path, description = "The number of a video", example = 1)),
    responses((status = 200, description = "What is known of the video now", body = Known)),
)]
pub(super) async fn add(
    State(writer): State<Writer>,
    State(live): State<Live>,
    Video(id): Video,
    client: Client,
) -> Result<Json<Known>, WebError> {
    change(&writer, &live, id, &client, Change::AddFavorite).await
}

/// Remove from favorites
///
/// Takes the heart away; a video without one stays as it is.
#[utoipa::path(
    delete, path = "/videos/{id}/favorite", operation_id = "removeFavorite", tag = "favorite",
    params(("id" = u32, Path, description = "The number of a video", example = 1)),
    responses((status = 200, description = "What is known of the video now", body = Known)),
)]
pub(super) async fn remove(
    State(writer): State<Writer>,
    State(live): State<Live>,
    Video(id): Video,
    client: Client,
) -> Result<Json<Known>, WebError> {
    change(&writer, &live, id, &client, Change::RemoveFavorite).await
}

async fn change(
    writer: &Writer,
    live: &Live,
    id: VideoId,
    client: &Client,
    change: Change,
) -> Result<Json<Known>, WebError> {
    let receipt = client.0.submit(writer, Command::Edit(Edit::one(id, change))).await?;
    Ok(Json(Known::of(&live.snapshot(), id, receipt.first)))
}
