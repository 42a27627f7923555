//! `POST /videos/{id}/view`: playing began. Answered with 202 before it is on disk, because pages
//! send it while they are being left; it takes the same way to the log as everything else.

use super::Asker;
use crate::decide::{Command, Rejected};
use crate::web::error::WebError;
use crate::web::extract::Video;
use crate::writer::Writer;
use axum::extract::State;
use axum::http::StatusCode;
use projections::Live;

/// Counts a view.
///
/// # Errors
/// 404 for an unknown video, 503 when too much is waiting.
pub async fn start(
    State(writer): State<Writer>,
    State(live): State<Live>,
    Video(video): Video,
    asker: Asker,
) -> Result<StatusCode, WebError> {
    if live.snapshot().videos().get(video).is_none() {
        return Err(crate::writer::WriteError::Rejected(Rejected::NoSuchVideo(video)).into());
    }
    writer.submit_detached(asker.request(Command::StartView { video }))?;
    Ok(StatusCode::ACCEPTED)
}
