//! axum's extractors with our own error pages: handlers use these instead of `axum::extract::{Path, Query}` and
//! `axum::{Form, Json}`.

use super::error::WebError;
use axum::extract::{FromRequest, FromRequestParts, RawPathParams};
use axum::http::request::Parts;
use events::VideoId;

/// The parts of the path; 400 or 404 when they are not what the handler takes.
#[derive(Clone, Copy, Debug, FromRequestParts)]
#[from_request(via(axum::extract::Path), rejection(WebError))]
pub struct Path<T>(pub T);

/// The query; 400 when it is not what the handler takes.
#[derive(Clone, Copy, Debug, FromRequestParts)]
#[from_request(via(axum::extract::Query), rejection(WebError))]
pub struct Query<T>(pub T);

/// The fields of a form; 400, 413, 415 or 422 when they are not what the handler takes.
#[derive(Clone, Copy, Debug, FromRequest)]
#[from_request(via(axum::Form), rejection(WebError))]
pub struct Form<T>(pub T);

/// A JSON body; 400, 413, 415 or 422 when it is not what the handler takes.
#[derive(Clone, Copy, Debug, FromRequest)]
#[from_request(via(axum::Json), rejection(WebError))]
pub struct Json<T>(pub T);

/// The video that the `{id}` of the path names; 404 when it cannot be the id of one.
#[derive(Clone, Copy, Debug)]
pub struct Video(pub VideoId);

impl<S: Send + Sync> FromRequestParts<S> for Video {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, WebError> {
        let parameters = RawPathParams::from_request_parts(parts, state).await.map_err(WebError::internal)?;
        let id = parameters.iter().find_map(|(name, value)| (name == "id").then_some(value)).unwrap_or_default();
        id.parse().map(Self).map_err(|_| WebError::not_found(format!("There is no video {id:?}: an id is a number.")))
    }
}
