//! `/edits`: the same change of many videos at once.

use super::client::{Body, Client};
use crate::actions::edit::{Edited, Fields, edit_all};
use crate::web::error::WebError;
use crate::writer::Writer;
use axum::Json;
use axum::extract::State;

/// Change many videos
///
/// One batch that is stored whole or not at all, and undone whole. Videos times tags may be at most 100,000.
#[utoipa::path(
    post, path = "/edits", operation_id = "editVideos", tag = "edits", request_body = Fields,
    responses(
        (status = 200, description = "What became of it", body = Edited),
        (status = 404, description = "None of the videos exists, or no such playlist"),
        (status = 409, description = "None of the videos can take it"),
    ),
)]
pub(super) async fn edit(
    State(writer): State<Writer>,
    client: Client,
    Body(fields): Body<Fields>,
) -> Result<Json<Edited>, WebError> {
    edit_all(&writer, &client.0, fields).await.map(Json)
}
