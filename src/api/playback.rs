//! `/videos/{id}/playback`: where to go on watching.

use super::client::{Body, Client};
use crate::actions::playback::{self, Fields};
use crate::web::error::WebError;
use crate::web::extract::{Form, Video};
use crate::writer::Writer;
use axum::extract::State;
use axum::http::StatusCode;
use projections::Live;

/// Remember where playing stopped
///
/// For all devices. Answered before it is on disk; `progress` of the video shows it afterwards.
#[utoipa::path(
    put, path = "/videos/{id}/playback", operation_id = "rememberPlayback", tag = "playback", request_body = Fields,
    params(("id" = u32, Path, description = "The number of a video", example = 1)),
    responses((status = 202, description = "It will be written")),
)]
pub(super) async fn remember(
    State(writer): State<Writer>,
    State(live): State<Live>,
    Video(id): Video,
    Client(asker): Client,
    Body(fields): Body<Fields>,
) -> Result<StatusCode, WebError> {
    playback::remember(State(writer), State(live), Video(id), asker, Form(fields)).await
}
