//! `/videos/{id}/thumbnail`: the pictures made of one video.

use super::answer::{self, Time};
use super::client::{Body, Client};
use super::video;
use crate::actions::Known;
use crate::actions::thumbnail::{Retried, choose_cover, retry_one};
use crate::thumbnails::wanted::Wanted;
use crate::thumbnails::{Form, address};
use crate::web::error::WebError;
use crate::web::extract::Video;
use crate::writer::Writer;
use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use events::VideoId;
use projections::{Failure, Live, Storyboard as Board, Thumbnail as Became};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What became of the pictures of a video.
#[derive(Serialize, ToSchema)]
pub(super) struct Thumbnail {
    /// `pending`, `made` or `failed`.
    #[schema(example = "made")]
    state: &'static str,
    /// The cover; null until it is made.
    cover: Option<Cover>,
    /// Why it could not be made; null unless `failed`.
    failure: Option<Failed>,
    /// Where in the film a person wants the cover from; null where the program chooses.
    #[schema(example = 61_500)]
    chosen_ms: Option<u64>,
    /// `pending`, `made` or `failed`.
    #[schema(example = "made")]
    storyboard_state: &'static str,
    /// The small pictures for scrubbing; null until they are made.
    storyboard: Option<Storyboard>,
}

/// The cover of a video. The addresses name the content and can be kept for ever.
#[derive(Serialize, ToSchema)]
pub(super) struct Cover {
    /// Names what is on it.
    #[schema(example = "0123456789abcdef0123456789abcdef")]
    id: String,
    /// At most 1,280 pixels wide.
    #[schema(example = "/thumbnails/42/0123456789abcdef0123456789abcdef/poster.jpg")]
    poster: String,
    /// At most 640 pixels wide.
    #[schema(example = "/thumbnails/42/0123456789abcdef0123456789abcdef/640.jpg")]
    large: String,
    /// At most 320 pixels wide.
    #[schema(example = "/thumbnails/42/0123456789abcdef0123456789abcdef/320.jpg")]
    small: String,
    /// Where in the film it is.
    #[schema(example = 61_500)]
    position_ms: u64,
    /// The colour that is seen from afar.
    #[schema(example = "#3a5f8c")]
    colour: String,
}

impl Cover {
    /// The cover of this video, if there is one.
    pub(super) fn of(state: &projections::State, video: VideoId) -> Option<Self> {
        let cover = state.thumbnails().cover(video)?;
        let at = address(video, cover.id);
        let form = |form: Form| format!("{at}/{}.jpg", form.name());
        let [red, green, blue] = cover.preview.colour;
        Some(Self {
            id: format!("{:032x}", cover.id.0),
            poster: form(Form::Poster),
            large: form(Form::Large),
            small: form(Form::Small),
            position_ms: cover.position_ms,
            colour: format!("#{red:02x}{green:02x}{blue:02x}"),
        })
    }
}

/// Why a cover could not be made.
#[derive(Serialize, ToSchema)]
pub(super) struct Failed {
    /// How far it got: `open`, `probe`, `decode`, `encode` or `store`.
    #[schema(example = "decode")]
    stage: String,
    /// Why it got no further.
    #[schema(example = "the file ends in the middle of a frame")]
    reason: String,
    /// What tried.
    #[schema(example = "h264")]
    decoder: String,
    /// How often it failed in a row.
    #[schema(example = 1)]
    tries: u32,
    /// When it failed the last time.
    failed_at: Time,
}

impl Failed {
    pub(super) fn of(failure: &Failure) -> Self {
        let Failure { tries, stage, reason, decoder, failed_at_ms } = failure;
        let (stage, reason, decoder) = (stage.clone(), reason.clone(), decoder.clone());
        Self { stage, reason, decoder, tries: *tries, failed_at: Time(*failed_at_ms) }
    }
}

/// One picture of many small ones from all over the film, row by row.
#[derive(Serialize, ToSchema)]
pub(super) struct Storyboard {
    /// The picture; its address names the content and can be kept for ever.
    #[schema(example = "/thumbnails/42/0123456789abcdef0123456789abcdef/sheet.jpg")]
    sheet: String,
    /// The same as an index that players know, WebVTT.
    #[schema(example = "/thumbnails/42/storyboard.vtt")]
    index: String,
    /// How many small pictures there are.
    #[schema(example = 100)]
    tiles: u16,
    /// How many stand in a row.
    #[schema(example = 10)]
    columns: u16,
    /// Width of one in pixels.
    #[schema(example = 160)]
    tile_width: u16,
    /// Height of one in pixels.
    #[schema(example = 90)]
    tile_height: u16,
    /// How much of the film one stands for.
    #[schema(example = 7_540)]
    interval_ms: u32,
}

impl Storyboard {
    fn of(state: &projections::State, video: VideoId) -> Option<Self> {
        let sheet = state.thumbnails().sheet(video)?;
        let layout = sheet.layout;
        Some(Self {
            sheet: format!("{}/{}.jpg", address(video, sheet.id), Form::Sheet.name()),
            index: format!("/thumbnails/{video}/storyboard.vtt"),
            tiles: layout.tiles,
            columns: layout.columns,
            tile_width: layout.tile_width,
            tile_height: layout.tile_height,
            interval_ms: layout.interval_ms,
        })
    }
}

/// Where to take a cover from.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Choice {
    /// Where in the film; beyond its end is the end.
    #[schema(example = 61_500)]
    position_ms: u64,
}

/// Get the pictures of a video
///
/// Whether it has a cover and a storyboard, where they are, and why not if they could not be made.
#[utoipa::path(
    get, path = "/videos/{id}/thumbnail", operation_id = "getThumbnail", tag = "thumbnails",
    params(("id" = u32, Path, description = "The number of a video", example = 1)),
    responses((status = 200, description = "What became of its pictures", body = Thumbnail)),
)]
pub(super) async fn show(State(live): State<Live>, Video(id): Video, headers: HeaderMap) -> Result<Response, WebError> {
    let state = live.snapshot();
    video::Video::known(&state, id).ok_or_else(|| video::unknown(id))?;
    let pictures = state.thumbnails();
    let (name, failure) = match pictures.get(id) {
        Became::Missing => ("pending", None),
        Became::Made(_) => ("made", None),
        Became::Failed(failure) => ("failed", Some(Failed::of(failure))),
    };
    let storyboard_state = match pictures.storyboard(id) {
        Board::Missing => "pending",
        Board::Made(_) => "made",
        Board::Failed => "failed",
    };
    let thumbnail = Thumbnail {
        state: name,
        cover: Cover::of(&state, id),
        failure,
        chosen_ms: pictures.chosen_ms(id),
        storyboard_state,
        storyboard: Storyboard::of(&state, id),
    };
    answer::json(&headers, &thumbnail)
}

/// Choose the cover
///
/// Takes the picture at a place in the film as the cover. The cover there is stays until the new one is made.
#[utoipa::path(
    put, path = "/videos/{id}/thumbnail", operation_id = "chooseCover", tag = "thumbnails", request_body = Choice,
    params(("id" = u32, Path, description = "The number of a video", example = 1)),
    responses((status = 200, description = "What is known of the video now", body = Known)),
)]
pub(super) async fn choose(
    State(writer): State<Writer>,
    State(live): State<Live>,
    State(wanted): State<Wanted>,
    Video(id): Video,
    client: Client,
    Body(choice): Body<Choice>,
) -> Result<Json<Known>, WebError> {
    choose_cover((&writer, &live, &wanted), &client.0, id, Some(choice.position_ms)).await.map(Json)
}

/// Leave the cover to the program
///
/// Takes a choice back; the program chooses the cover again.
#[utoipa::path(
    delete, path = "/videos/{id}/thumbnail", operation_id = "releaseCover", tag = "thumbnails",
    params(("id" = u32, Path, description = "The number of a video", example = 1)),
    responses((status = 200, description = "What is known of the video now", body = Known)),
)]
pub(super) async fn release(
    State(writer): State<Writer>,
    State(live): State<Live>,
    State(wanted): State<Wanted>,
    Video(id): Video,
    client: Client,
) -> Result<Json<Known>, WebError> {
    choose_cover((&writer, &live, &wanted), &client.0, id, None).await.map(Json)
}

/// Retry the pictures of a video
///
/// Tries again to make what could not be made.
#[utoipa::path(
    post, path = "/videos/{id}/thumbnail/retry", operation_id = "retryThumbnail", tag = "thumbnails",
    params(("id" = u32, Path, description = "The number of a video", example = 1)),
    responses((status = 200, description = "What is tried again", body = Retried)),
)]
pub(super) async fn retry(
    State(writer): State<Writer>,
    State(live): State<Live>,
    Video(id): Video,
    client: Client,
) -> Result<Json<Retried>, WebError> {
    retry_one(&writer, &live, &client.0, id).await.map(Json)
}
