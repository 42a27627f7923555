//! `POST /videos/{id}/playback`, one of the fields `position_ms` (playing stopped there) and `finished=true`.
//! Answered like a view, with 202 before it is on disk, because pages send it while they are being left.

use super::Asker;
use crate::decide::{Command, Rejected};
use crate::web::error::WebError;
use crate::web::extract::{Form, Video};
use crate::writer::{WriteError, Writer};
use axum::extract::State;
use axum::http::StatusCode;
use projections::Live;
use serde::Deserialize;
use utoipa::ToSchema;

/// Where playing stopped: one of `position_ms` and `finished`.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Playback, example = json!({"position_ms": 61_500}))]
pub struct Fields {
    /// How far in.
    #[schema(nullable = false)]
    position_ms: Option<u64>,
    /// True when it was watched to the end.
    #[serde(default)]
    finished: bool,
}

/// Remembers where somebody stopped.
///
/// # Errors
/// 400 unless exactly one of the fields is sent, 404 for an unknown video, 503 when too much is waiting.
pub async fn remember(
    State(writer): State<Writer>,
    State(live): State<Live>,
    Video(video): Video,
    asker: Asker,
    Form(fields): Form<Fields>,
) -> Result<StatusCode, WebError> {
    let command = match (fields.position_ms, fields.finished) {
        (Some(position_ms), false) => Command::Pause { video, position_ms },
        (None, true) => Command::Finish { video },
        (Some(_), true) | (None, false) => {
            return Err(WebError::bad_input("Send one of the fields `position_ms` and `finished=true`."));
        }
    };
    if live.snapshot().videos().get(video).is_none() {
        return Err(WriteError::Rejected(Rejected::NoSuchVideo(video)).into());
    }
    writer.submit_detached(asker.request(command))?;
    Ok(StatusCode::ACCEPTED)
}
