//! `/videos/{id}/rating`: the stars of a video.

use super::answer::{self, Time};
use super::client::{Body, Client, Seen, etag, value};
use super::video;
use crate::actions::Known;
use crate::decide::{Change, Command, Edit, revision};
use crate::web::error::WebError;
use crate::web::extract::Video;
use crate::writer::Writer;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use events::{Stars, VideoId};
use projections::Live;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The stars of a video.
#[derive(Serialize, ToSchema)]
pub(super) struct Rating {
    /// 1 to 5, or null when it is not rated.
    #[schema(minimum = 1, maximum = 5, example = 4)]
    stars: Option<u8>,
    /// When they were given; null when it is not rated.
    given_at: Option<Time>,
}

/// Stars to give.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewRating {
    /// 1 to 5.
    #[schema(minimum = 1, maximum = 5, example = 4)]
    stars: u8,
}

/// Get the rating
///
/// Its `ETag` can be sent back as `If-Match` with a change.
#[utoipa::path(
    get, path = "/videos/{id}/rating", operation_id = "getRating", tag = "rating",
    params(("id" = u32, Path, description = "The number of a video", example = 1)),
    responses((status = 200, description = "The rating", body = Rating,
        headers(("ETag" = String, description = "Names this rating, for `If-Match`")))),
)]
pub(super) async fn show(State(live): State<Live>, Video(id): Video, headers: HeaderMap) -> Result<Response, WebError> {
    let state = live.snapshot();
    video::Video::known(&state, id).ok_or_else(|| video::unknown(id))?;
    let rated = state.ratings().get(id);
    let rating =
        Rating { stars: rated.map(|rated| rated.stars.get()), given_at: rated.map(|rated| Time(rated.given_at_ms)) };
    answer::tagged(&headers, &etag(revision::rating(&state, id)), &rating)
}

/// Rate a video
///
/// Gives it stars, whatever it had before.
#[utoipa::path(
    put, path = "/videos/{id}/rating", operation_id = "rateVideo", tag = "rating", request_body = NewRating,
    params(
        ("id" = u32, Path, description = "The number of a video", example = 1),
        ("If-Match" = Option<String>, Header, description = "Only if the rating still has this `ETag`"),
    ),
    responses((status = 200, description = "What is known of the video now", body = Known,
        headers(("ETag" = String, description = "Names the new rating")))),
)]
pub(super) async fn give(
    State(writer): State<Writer>,
    State(live): State<Live>,
    Video(id): Video,
    client: Client,
    seen: Seen,
    Body(rating): Body<NewRating>,
) -> Result<Response, WebError> {
    let stars = value("stars", Stars::new(rating.stars))?;
    change(&writer, &live, id, &client, &seen, Change::Rate(stars)).await
}

/// Clear the rating
///
/// Takes the stars away; a video without any stays as it is.
#[utoipa::path(
    delete, path = "/videos/{id}/rating", operation_id = "clearRating", tag = "rating",
    params(
        ("id" = u32, Path, description = "The number of a video", example = 1),
        ("If-Match" = Option<String>, Header, description = "Only if the rating still has this `ETag`"),
    ),
    responses((status = 200, description = "What is known of the video now", body = Known,
        headers(("ETag" = String, description = "Names the new rating")))),
)]
pub(super) async fn clear(
    State(writer): State<Writer>,
    State(live): State<Live>,
    Video(id): Video,
    client: Client,
    seen: Seen,
) -> Result<Response, WebError> {
    change(&writer, &live, id, &client, &seen, Change::ClearRating).await
}

async fn change(
    writer: &Writer,
    live: &Live,
    id: VideoId,
    client: &Client,
    seen: &Seen,
    change: Change,
) -> Result<Response, WebError> {
    let only_if = seen.only_if(revision::rating(&live.snapshot(), id))?;
    let edit = Edit { only_if, ..Edit::one(id, change) };
    let receipt = client.0.submit(writer, Command::Edit(edit)).await?;
    let state = live.snapshot();
    answer::changed(&etag(revision::rating(&state, id)), &Known::of(&state, id, receipt.first))
}
