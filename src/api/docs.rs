//! `GET /api/v1/openapi.json`, the document, and `GET /api/docs`, the same for people.
//!
//! The page is drawn like every other page, from plain values that `reader` reads off the finished document.

mod example;
mod reader;

use crate::pages::Pages;
use crate::web::error::WebError;
use crate::web::packed::{Effort, Packed};
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::HOST;
use axum::http::{HeaderMap, HeaderValue, Response};
use reader::Docs;
use serde::Serialize;
use std::sync::Arc;
use utoipa::openapi::OpenApi;

/// The document, ready to be sent. Cloning is cheap.
#[derive(Clone)]
pub(super) struct Described {
    json: Arc<Packed>,
    docs: Arc<Docs>,
    pages: Pages,
}

impl Described {
    /// The document `api`, to be shown as one of the `pages`.
    pub(super) fn new(api: OpenApi, pages: Pages) -> Self {
        // A document of values that serde can write; `tests/api` reads it back.
        let document = serde_json::to_value(&api).unwrap_or_default();
        let bytes = serde_json::to_vec(&api).unwrap_or_default();
        let digest = xxhash_rust::xxh3::xxh3_128(&bytes);
        let json = Arc::new(Packed::new(bytes.into(), digest, "application/json", Effort::Quick));
        Self { json, docs: Arc::new(Docs::of(&document)), pages }
    }
}

/// The OpenAPI document.
pub(super) async fn json(State(described): State<Described>, headers: HeaderMap) -> Response<Body> {
    described.json.answer(&headers, HeaderValue::from_static("private, no-cache"))
}

#[derive(Hash, Serialize)]
struct Page {
    title: &'static str,
    section: &'static str,
    q: &'static str,
    /// Where this server was asked for, for the examples.
    server: String,
    docs: Arc<Docs>,
}

/// The document as a page.
pub(super) async fn show(
    State(described): State<Described>,
    request: Request,
) -> Result<axum::response::Response, WebError> {
    let host = request.headers().get(HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost");
    let server = format!("http://{host}");
    let url = format!("{server}/api/docs");
    described
        .pages
        .show(&request, &url, "docs.html", |_| {
            Ok(Page { title: "API", section: "docs", q: "", server, docs: Arc::clone(&described.docs) })
        })
        .await
}
