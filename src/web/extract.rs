//! axum's extractors with our own error pages: handlers use these instead of `axum::extract::{Path, Query}` and
//! `axum::{Form, Json}`.

use super::error::WebError;
use axum::extract::{FromRequest, FromRequestParts};

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
