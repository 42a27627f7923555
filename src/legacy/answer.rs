//! The bodies the old program took and gave: JSON objects, and JSON for refusals too, `{"error": "…"}`.
//!
//! It answered bad requests with HTML pages, or with 500. Here every one is a 4xx with a reason as JSON.

use super::names;
use crate::web::error::WebError;
use crate::writer::WriteError;
use axum::Json;
use axum::extract::FromRequest;
use axum::http::header::{CACHE_CONTROL, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use events::VideoId;
use projections::State;
use serde_json::{Map, Value, json};

/// When it is worth asking again after a 503, in seconds.
const RETRY_AFTER_S: u64 = 5;

/// A request that was not fulfilled, as the old program would have said it.
#[derive(Clone, Debug)]
pub(super) struct Refusal {
    status: StatusCode,
    error: String,
    detail: Option<String>,
    retry_after_s: Option<u64>,
    says_success: bool,
}

impl Refusal {
    /// `{"error": error}` with this status.
    pub(super) fn new(status: StatusCode, error: impl Into<String>) -> Self {
        Self { status, error: error.into(), detail: None, retry_after_s: None, says_success: false }
    }

    /// The client sent something that makes no sense.
    pub(super) fn bad(error: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, error)
    }

    /// There is no such thing.
    pub(super) fn not_found(error: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, error)
    }

    /// With a second field that explains more.
    pub(super) fn with_detail(self, detail: impl Into<String>) -> Self {
        Self { detail: Some(detail.into()), ..self }
    }

    /// With the time after which it is worth asking again.
    pub(super) fn with_retry(self, seconds: u64) -> Self {
        Self { retry_after_s: Some(seconds), ..self }
    }

    /// With `"success": false`, as the addresses of playlists have it.
    pub(super) fn unsuccessful(self) -> Self {
        Self { says_success: true, ..self }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut body = json!({ "error": self.error });
        if let (Some(detail), Some(body)) = (self.detail, body.as_object_mut()) {
            body.insert("detail".to_owned(), Value::String(detail));
        }
        if let (true, Some(body)) = (self.says_success, body.as_object_mut()) {
            body.insert("success".to_owned(), Value::Bool(false));
        }
        let mut response = (self.status, Json(body)).into_response();
        response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(seconds) = self.retry_after_s {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

impl From<WebError> for Refusal {
    fn from(error: WebError) -> Self {
        let status = error.status();
        let words = error.detail().or(status.canonical_reason()).unwrap_or_default();
        let refusal = Self::new(status, words);
        if status == StatusCode::SERVICE_UNAVAILABLE { refusal.with_retry(RETRY_AFTER_S) } else { refusal }
    }
}

impl From<WriteError> for Refusal {
    fn from(error: WriteError) -> Self {
        WebError::from(error).into()
    }
}

/// The fields of a JSON body. What is not an object has no fields.
#[derive(Clone, Debug, Default)]
pub(super) struct Fields(Map<String, Value>);

impl<S: Send + Sync> FromRequest<S> for Fields {
    type Rejection = Refusal;

    async fn from_request(request: axum::extract::Request, state: &S) -> Result<Self, Refusal> {
        match Json::<Value>::from_request(request, state).await {
            Ok(Json(Value::Object(fields))) => Ok(Self(fields)),
            Ok(Json(_)) => Ok(Self::default()),
            Err(rejection) => Err(Refusal::new(rejection.status(), rejection.body_text())),
        }
    }
}

impl Fields {
    /// A field, whatever it holds.
    pub(super) fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// The text of a field, if there is more in it than blanks.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name)?.as_str().filter(|text| !text.trim().is_empty())
    }

    /// The video that the field `filename` names: the check before each of the old program's writes.
    ///
    /// # Errors
    /// 400 `Missing filename`, 404 `Video not found`.
    pub(super) fn video(&self, state: &State) -> Result<VideoId, Refusal> {
        video(state, self.text("filename"))
    }
}

/// The video with this name, if there is a name.
///
/// # Errors
/// 400 `Missing filename`, 404 `Video not found`.
pub(super) fn video(state: &State, name: Option<&str>) -> Result<VideoId, Refusal> {
    let name = name.filter(|name| !name.trim().is_empty()).ok_or_else(|| Refusal::bad("Missing filename"))?;
    names::find(state, name).ok_or_else(|| Refusal::not_found("Video not found"))
}

/// An answer about what is known now, which nobody may keep without asking again.
pub(super) fn fresh(body: Value) -> Response {
    let mut response = Json(body).into_response();
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    response
}
