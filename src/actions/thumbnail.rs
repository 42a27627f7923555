//! `POST /videos/{id}/thumbnail`, one of the fields `position_ms` (the picture there becomes the cover) and `automatic=true`
//! (the program chooses again); `POST /videos/{id}/thumbnail/retry` and, for all videos, `POST /thumbnails/retry`: what could
//! not be made is tried again; with the field `reason`, what could not be made for that reason.
//!
//! Nobody waits here for a picture: it is made by a job, and shown when it is there.

use super::{Asker, Known};
use crate::decide::{Command, Rejected};
use crate::thumbnails::wanted::{Wanted, Wish};
use crate::web::error::WebError;
use crate::web::extract::{Form, Video};
use crate::writer::{WriteError, Writer};
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use events::{Pos, VideoId};
use projections::{Live, Storyboard, Thumbnail};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The form.
#[derive(Deserialize)]
pub struct Fields {
    position_ms: Option<u64>,
    #[serde(default)]
    automatic: bool,
}

/// The form that tries again.
#[derive(Deserialize)]
pub struct Retry {
    reason: Option<String>,
}

/// What is tried again.
#[derive(Serialize, ToSchema)]
pub(crate) struct Retried {
    /// Where in the log it was noted; 0 when nothing had failed.
    #[schema(value_type = u64, example = 4711)]
    batch: Pos,
    /// Of how many videos.
    #[schema(example = 3)]
    videos: u64,
}

/// Chooses the cover of a video.
///
/// # Errors
/// 400 unless exactly one of the fields is sent, 404 for an unknown video, 503 when nothing can be written.
pub async fn choose(
    State(writer): State<Writer>,
    State(live): State<Live>,
    State(wanted): State<Wanted>,
    Video(video): Video,
    asker: Asker,
    Form(fields): Form<Fields>,
) -> Result<Response, WebError> {
    let position_ms = match (fields.position_ms, fields.automatic) {
        (Some(position_ms), false) => Some(position_ms),
        (None, true) => None,
        (Some(_), true) | (None, false) => {
            return Err(WebError::bad_input("Send one of the fields `position_ms` and `automatic=true`."));
        }
    };
    let known = choose_cover((&writer, &live, &wanted), &asker, video, position_ms).await?;
    Ok(if asker.wants_json() { Json(known).into_response() } else { asker.lead_back_to(video) })
}

/// The same, whoever asks.
pub(crate) async fn choose_cover(
    doors: (&Writer, &Live, &Wanted),
    asker: &Asker,
    video: VideoId,
    position_ms: Option<u64>,
) -> Result<Known, WebError> {
    let (writer, live, wanted) = doors;
    let receipt = asker.submit(writer, Command::ChooseCover { video, position_ms }).await?;
    wanted.wish([Wish::Cover(video)].into_iter());
    Ok(Known::of(&live.snapshot(), video, receipt.first))
}

/// Tries again to make the pictures of one video.
///
/// # Errors
/// 404 for an unknown video, 503 when nothing can be written.
pub async fn retry(
    State(writer): State<Writer>,
    State(live): State<Live>,
    Video(video): Video,
    asker: Asker,
) -> Result<Response, WebError> {
    let retried = retry_one(&writer, &live, &asker, video).await?;
    Ok(if asker.wants_json() { Json(retried).into_response() } else { asker.lead_back_to(video) })
}

/// The same, whoever asks.
pub(crate) async fn retry_one(
    writer: &Writer,
    live: &Live,
    asker: &Asker,
    video: VideoId,
) -> Result<Retried, WebError> {
    if live.snapshot().videos().get(video).is_none() {
        return Err(WriteError::Rejected(Rejected::NoSuchVideo(video)).into());
    }
    let receipt = asker.submit(writer, Command::RetryThumbnails { videos: vec![video] }).await?;
    Ok(Retried { batch: receipt.first, videos: receipt.events })
}

/// Tries again to make every picture that could not be made, or every cover that could not be made for one reason.
///
/// # Errors
/// 503 when nothing can be written.
pub async fn retry_all(
    State(writer): State<Writer>,
    State(live): State<Live>,
    asker: Asker,
    Form(Retry { reason }): Form<Retry>,
) -> Result<Response, WebError> {
    let retried = retry_failed(&writer, &live, &asker, reason.as_deref()).await?;
    Ok(if asker.wants_json() { Json(retried).into_response() } else { asker.lead_back("/", "") })
}

/// The same, whoever asks.
pub(crate) async fn retry_failed(
    writer: &Writer,
    live: &Live,
    asker: &Asker,
    reason: Option<&str>,
) -> Result<Retried, WebError> {
    let videos = {
        let state = live.snapshot();
        let pictures = state.thumbnails();
        let covers = pictures.failed();
        let failed = |number: &u32, video: VideoId| match (reason, pictures.get(video)) {
            (None, _) => covers.contains(*number) || *pictures.storyboard(video) == Storyboard::Failed,
            (Some(reason), Thumbnail::Failed(failure)) => failure.reason == reason,
            (Some(_), Thumbnail::Missing | Thumbnail::Made(_)) => false,
        };
        let there = state.videos().present().iter();
        there.filter_map(|number| VideoId::new(number).ok().filter(|video| failed(&number, *video))).collect()
    };
    let asked = format!("retry thumbnails {reason:?}");
    let receipt = asker.submit_as(writer, Command::RetryThumbnails { videos }, &asked).await?;
    Ok(Retried { batch: receipt.first, videos: receipt.events })
}
