//! Addresses with file names in them, and the few without anything behind them.
//!
//! Redirects are temporary: a name can mean another video tomorrow, and browsers keep permanent redirects for good. The
//! bytes of `/video/` are sent at once, by the same code as those of `/media/`: the statuses stay what players and scripts
//! of the old program know, and a seek is one request. The old program sent any file of the disk here; what the name is
//! looked up in is the snapshot, so `..` leads nowhere.

use super::{Legacy, names};
use crate::media;
use crate::pages::watch as page;
use crate::pages::when::When;
use crate::web::error::WebError;
use crate::web::extract::{self, Path};
use axum::Json;
use axum::extract::{Request, State};
use axum::http::header::{CACHE_CONTROL, LOCATION};
use axum::http::{HeaderMap, HeaderValue, Method, Response as Answer, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use events::{PlaylistId, VideoId};
use percent_encoding::percent_decode_str;
use serde_json::json;

/// `GET /watch/{name}`: on to the page of that video, with what stood behind the `?`. What is a number is an id, and the
/// page itself: names of videos have an extension.
///
/// # Errors
/// 404 when no video is called so, or those of the page.
pub(super) async fn watch(State(legacy): State<Legacy>, when: When, request: Request) -> Result<Response, WebError> {
    let name = request.uri().path().strip_prefix("/watch/").unwrap_or_default();
    if let Ok(video) = name.parse::<VideoId>() {
        return page::show(State(legacy.0.pages.clone()), extract::Video(video), when, request).await;
    }
    let video = named(&legacy, name)?;
    Ok(lead_to(&format!("/watch/{video}"), request.uri().query()))
}

/// `GET /video/{name}`: the bytes of that video, or the part of them that was asked for.
///
/// # Errors
/// 404 when no video is called so, or those of [`media::video::video`].
pub(super) async fn video(
    State(legacy): State<Legacy>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Answer<axum::body::Body>, WebError> {
    let video = named(&legacy, uri.path().strip_prefix("/video/").unwrap_or_default())?;
    let address: Uri = format!("/media/{video}/x").parse().map_err(WebError::internal)?;
    media::video::video(State(legacy.0.media.clone()), method, address, headers).await
}

/// `GET /playlist/{id}`: on to the page of that list. A `#pos-3` goes along by itself: browsers keep it.
///
/// # Errors
/// 404 when there is no such list.
pub(super) async fn playlist(
    State(legacy): State<Legacy>,
    Path(id): Path<String>,
    uri: Uri,
) -> Result<Response, WebError> {
    let state = legacy.snapshot();
    let known = id.parse().ok().filter(|id: &PlaylistId| state.playlists().get(*id).is_some());
    let id = known.ok_or_else(|| WebError::not_found("There is no playlist at this address."))?;
    Ok(lead_to(&format!("/playlists/{id}"), uri.query()))
}

/// `GET /ping`: whether anybody is there.
pub(super) async fn ping() -> Response {
    Json(json!({ "message": "Server is reachable", "status": "ok" })).into_response()
}

/// The video that the rest of a path names.
fn named(legacy: &Legacy, encoded: &str) -> Result<VideoId, WebError> {
    let name = percent_decode_str(encoded).decode_utf8_lossy();
    names::find(&legacy.snapshot(), &name).ok_or_else(|| WebError::not_found("There is no video of this name."))
}

/// The answer that leads to `path`, with the same `query`.
pub(super) fn lead_to(path: &str, query: Option<&str>) -> Response {
    let target = query.map_or_else(|| path.to_owned(), |query| format!("{path}?{query}"));
    (StatusCode::TEMPORARY_REDIRECT, [(CACHE_CONTROL, HeaderValue::from_static("no-store"))], [(LOCATION, target)])
        .into_response()
}
