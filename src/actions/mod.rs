//! POST → command → answer, one file per noun. A form is answered with 303 back to the page it came
//! from, a script (`Accept: application/json`) with what is now known about the video.
//!
//! Nothing is decided here and no page is drawn.

pub mod admin;
pub mod carry;
pub mod device;
pub mod edit;
pub mod enter;
pub mod favorite;
pub mod forget;
pub mod group;
pub mod image;
pub mod playback;
pub mod playlist;
pub mod rating;
pub mod tag;
pub mod tag_rename;
pub mod thumbnail;
pub mod undo;
pub mod view;

use crate::decide::{Command, Rejected};
use crate::moments::PastError;
use crate::web::error::WebError;
use crate::web::extract::{self, AT};
use crate::web::human::sentence;
use crate::web::visit::Visit;
use crate::writer::{RebuildError, Receipt, Request, WriteError, Writer};
use axum::Json;
use axum::extract::FromRequestParts;
use axum::http::header::{ACCEPT, REFERER};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use events::values::Invalid;
use events::{Cause, CommandId, Pos, VideoId};
use projections::{Live, State};
use serde::Serialize;
use utoipa::ToSchema;

/// The longest idempotency key accepted, in bytes.
const KEY_BYTES_MAX: usize = 255;

/// Who asks, how often the same thing, and where the answer should lead.
pub struct Asker {
    visit: Visit,
    key: Option<Vec<u8>>,
    json: bool,
    back: Option<String>,
    cause: Cause,
}

impl<S: Send + Sync> FromRequestParts<S> for Asker {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, WebError> {
        let visit = Visit::from_request_parts(parts, state).await?;
        if extract::parameter(parts.uri.query(), AT).is_some() {
            let why = "What is over cannot be changed. Without it the library is changed as it is now.";
            return Err(WebError::bad_parameter(AT, why));
        }
        let key = parts.headers.get("idempotency-key").map(|key| key.as_bytes().to_vec());
        if key.as_ref().is_some_and(|key| key.is_empty() || key.len() > KEY_BYTES_MAX) {
            return Err(WebError::bad_input(format!("An idempotency key has 1 to {KEY_BYTES_MAX} bytes.")));
        }
        let accept = parts.headers.get(ACCEPT).and_then(|accept| accept.to_str().ok());
        let json = accept.is_some_and(|accept| accept.contains("application/json"));
        Ok(Self { visit, key, json, back: page_before(&parts.headers), cause: Cause::Viewer })
    }
}

/// The page a form was sent from, as a path on this server.
fn page_before(headers: &HeaderMap) -> Option<String> {
    let referer: Uri = headers.get(REFERER)?.to_str().ok()?.parse().ok()?;
    let path = referer.path_and_query()?.as_str();
    // `//host` would lead elsewhere.
    (path.starts_with('/') && !path.starts_with("//")).then(|| path.to_owned())
}

impl Asker {
    /// Carries out `command` on `video`, then answers with what is known of it.
    async fn carry_out(
        self,
        writer: &Writer,
        live: &Live,
        video: VideoId,
        command: Command,
    ) -> Result<Response, WebError> {
        let receipt = self.submit(writer, command).await?;
        if self.json {
            return Ok(Json(Known::of(&live.snapshot(), video, receipt.first)).into_response());
        }
        Ok(self.lead_back_to(video))
    }

    /// The answer to a form about `video`: 303 to it on the page it came from, so that a long list is not left from its
    /// start again.
    fn lead_back_to(&self, video: VideoId) -> Response {
        self.lead_back(&format!("/watch/{video}"), &format!("v{video}"))
    }

    /// The same, as a program that came by the API.
    #[must_use]
    pub(crate) fn of_program(self) -> Self {
        Self { cause: Cause::Api, ..self }
    }

    /// Carries out `command`, whatever it is about.
    pub(crate) async fn submit(&self, writer: &Writer, command: Command) -> Result<Receipt, WebError> {
        Ok(writer.submit(self.request(command)).await?)
    }

    /// Carries out `command`, which was worked out from what is known now: what was `asked` for names the request, so
    /// that it is the same request when it comes again and something else is known.
    pub(crate) async fn submit_as(&self, writer: &Writer, command: Command, asked: &str) -> Result<Receipt, WebError> {
        Ok(writer.submit(Request { id: self.id(asked), ..self.request(command) }).await?)
    }

    /// Whether the answer is for a script.
    #[must_use]
    pub fn wants_json(&self) -> bool {
        self.json
    }

    /// The answer to a form: 303 to the page it came from (`otherwise` where that is not known), at the
    /// element `fragment`; none if that is empty.
    pub(crate) fn lead_back(&self, otherwise: &str, fragment: &str) -> Response {
        let back = self.back.as_deref().unwrap_or(otherwise);
        let hash = if fragment.is_empty() { "" } else { "#" };
        Redirect::to(&format!("{back}{hash}{fragment}")).into_response()
    }

    /// `command` with its envelope.
    pub(crate) fn request(&self, command: Command) -> Request {
        let id = if self.key.is_some() { self.id(&format!("{command:?}")) } else { CommandId::default() };
        let cause = command.cause().unwrap_or(self.cause);
        Request { command, cause, actor: self.visit.actor, id }
    }

    /// The name of a request for what was `asked`.
    fn id(&self, asked: &str) -> CommandId {
        self.key.as_ref().map_or_else(CommandId::default, |key| CommandId::new(key, asked.as_bytes()))
    }
}

/// What people know of one video after `batch`: the answer to every action on it.
#[derive(Serialize, ToSchema)]
pub(crate) struct Known {
    /// Which video.
    #[schema(example = 42)]
    video: u32,
    /// 1 to 5, or null when it is not rated.
    #[schema(minimum = 1, maximum = 5, example = 4)]
    stars: Option<u8>,
    /// Whether it has a heart.
    favorite: bool,
    /// How often it was watched.
    #[schema(example = 7)]
    views: u64,
    /// Its tags, in alphabetical order.
    #[schema(example = json!(["calm", "sea"]))]
    tags: Vec<String>,
    /// What to take back with `POST /undo`; 0 when nothing was changed.
    #[schema(value_type = u64, example = 4711)]
    batch: Pos,
}

impl Known {
    pub(crate) fn of(state: &State, video: VideoId, batch: Pos) -> Self {
        Self {
            video: video.get(),
            stars: state.ratings().get(video).map(|rated| rated.stars.get()),
            favorite: state.favorites().contains(video),
            views: state.views().get(video).count,
            tags: state.tags().of(video).iter().map(|tag| tag.as_str().to_owned()).collect(),
            batch,
        }
    }
}

impl From<WriteError> for WebError {
    fn from(error: WriteError) -> Self {
        let detail = sentence(&error.to_string());
        match &error {
            WriteError::Rejected(rejected) => Self::new(status(rejected)).with_detail(detail),
            WriteError::KeyReused => Self::new(StatusCode::UNPROCESSABLE_ENTITY).with_detail(detail),
            WriteError::Overloaded | WriteError::Outdated => Self::unavailable(detail, 1),
            WriteError::Unknown => {
                Self::unavailable(format!("{detail} Send it again with the same Idempotency-Key to find out."), 2)
            }
            WriteError::ReadOnly(_) => Self::unavailable(detail, 10),
            WriteError::NotRedactable(_) => Self::new(StatusCode::CONFLICT).with_detail(detail),
            WriteError::Stopped => Self::unavailable(detail, 5),
        }
    }
}

impl From<RebuildError> for WebError {
    fn from(error: RebuildError) -> Self {
        match error {
            RebuildError::Writer(error) => error.into(),
            RebuildError::Cancelled => WriteError::Stopped.into(),
            RebuildError::Log(error) => PastError::from(error).into(),
        }
    }
}

impl From<PastError> for WebError {
    fn from(error: PastError) -> Self {
        match &error {
            PastError::ToCome { .. } => Self::not_found(sentence(&error.to_string())),
            PastError::Busy => Self::unavailable("Too many earlier moments are asked for at once.", 1),
            PastError::Log(_) => Self::unavailable("The log cannot be read at the moment.", 2).with_source(error),
        }
    }
}

fn status(rejected: &Rejected) -> StatusCode {
    match rejected {
        Rejected::NoSuchVideo(_)
        | Rejected::NoSuchTag(_)
        | Rejected::NoSuchPlaylist(_)
        | Rejected::NoSuchItem(_)
        | Rejected::NoSuchBatch(_)
        | Rejected::InsideBatch { .. }
        | Rejected::NotInBatch { .. }
        | Rejected::NoSuchImage(_)
        | Rejected::NoSuchGroup(_) => StatusCode::NOT_FOUND,
        Rejected::TagExists(_)
        | Rejected::PlaylistExists(_)
        | Rejected::TooManyTags { .. }
        | Rejected::PlaylistFull { .. }
        | Rejected::TooManyPlaylists { .. }
        | Rejected::NothingToUndo { .. }
        | Rejected::Library(_)
        | Rejected::ImageFolderEmpty { .. }
        | Rejected::GroupFull { .. }
        | Rejected::TooManyGroups { .. } => StatusCode::CONFLICT,
        Rejected::DescriptionTooLong { .. } => StatusCode::BAD_REQUEST,
        Rejected::Changed => StatusCode::PRECONDITION_FAILED,
    }
}

impl From<Invalid> for WebError {
    fn from(error: Invalid) -> Self {
        Self::bad_input(sentence(&error.to_string()))
    }
}
