//! `POST /videos/{id}/views`: somebody began to watch.

use super::client::Client;
use crate::actions;
use crate::web::error::WebError;
use crate::web::extract::Video;
use crate::writer::Writer;
use axum::extract::State;
use axum::http::StatusCode;
use projections::Live;

/// Count a view
///
/// Answered before it is on disk. A view within 30 seconds of the last one from the same device does not count again.
#[utoipa::path(
    post, path = "/videos/{id}/views", operation_id = "countView", tag = "playback",
    params(("id" = u32, Path, description = "The number of a video", example = 1)),
    responses((status = 202, description = "It will be written")),
)]
pub(super) async fn start(
    State(writer): State<Writer>,
    State(live): State<Live>,
    Video(id): Video,
    Client(asker): Client,
) -> Result<StatusCode, WebError> {
    actions::view::start(State(writer), State(live), Video(id), asker).await
}
