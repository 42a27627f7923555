//! What answers of the API have in common: JSON with a tag that says whether it changed, and the kinds that clients take.

use crate::web::error::WebError;
use crate::web::packed::client_has;
pub(super) use crate::web::time::Time;
use axum::Json;
use axum::body::Body;
use axum::extract::Request;
use axum::http::header::{ACCEPT, CACHE_CONTROL, CONTENT_TYPE, ETAG};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::Serialize;

/// `body` as JSON; 304 when the client has it already.
pub(super) fn json(headers: &HeaderMap, body: &impl Serialize) -> Result<Response, WebError> {
    let bytes = serde_json::to_vec(body).map_err(WebError::internal)?;
    let etag = format!("W/\"{:032x}\"", xxhash_rust::xxh3::xxh3_128(&bytes));
    conditional(headers, &etag, bytes)
}

/// `body` as JSON, whose state is named by `etag`; 304 when the client has that state already.
pub(super) fn tagged(headers: &HeaderMap, etag: &str, body: &impl Serialize) -> Result<Response, WebError> {
    conditional(headers, etag, serde_json::to_vec(body).map_err(WebError::internal)?)
}

/// What became of a change: `body` as JSON, and the name of the state there is now.
pub(super) fn changed(etag: &str, body: &impl Serialize) -> Result<Response, WebError> {
    let etag = HeaderValue::from_str(etag).map_err(WebError::internal)?;
    Ok(([(ETAG, etag)], Json(body)).into_response())
}

fn conditional(headers: &HeaderMap, etag: &str, bytes: Vec<u8>) -> Result<Response, WebError> {
    let etag = HeaderValue::from_str(etag).map_err(WebError::internal)?;
    let known = client_has(headers, &etag);
    let mut response = if known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        ([(CONTENT_TYPE, HeaderValue::from_static("application/json"))], Body::from(bytes)).into_response()
    };
    response.headers_mut().insert(ETAG, etag);
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    Ok(response)
}

/// Passes the request on if its client takes answers of this `kind`; 406 if not.
pub(super) async fn only(kind: &'static str, request: Request, next: Next) -> Response {
    if takes(request.headers(), kind) {
        return next.run(request).await;
    }
    let why = format!("This address answers with {kind}, which the Accept header of the request leaves out.");
    WebError::new(StatusCode::NOT_ACCEPTABLE).with_detail(why).into_response()
}

/// Whether `Accept` has room for `kind`. A client that names nothing takes anything.
fn takes(headers: &HeaderMap, kind: &str) -> bool {
    let mut ranges = headers
        .get_all(ACCEPT)
        .iter()
        .filter_map(|accept| accept.to_str().ok())
        .flat_map(|accept| accept.split(','))
        .map(|range| range.split(';').map(str::trim))
        .peekable();
    let group = kind.split('/').next().unwrap_or_default();
    ranges.peek().is_none()
        || ranges.any(|mut range| {
            let named = range.next().unwrap_or_default();
            let fits = named == "*/*" || named == kind || named.strip_suffix("/*") == Some(group);
            fits && !range.any(|weight| matches!(weight, "q=0" | "q=0.0" | "q=0.00" | "q=0.000"))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_client_says_which_kinds_it_takes() {
        for (accept, expected) in [
            (None, true),
            (Some("*/*"), true),
            (Some("application/*;q=0.5"), true),
            (Some("text/html, application/json"), true),
            (Some("text/html,*/*;q=0.8"), true),
            (Some("text/html"), false),
            (Some("application/json;q=0"), false),
            (Some("application/jsonx"), false),
        ] {
            let headers = accept.map(|accept| (ACCEPT, HeaderValue::from_static(accept))).into_iter().collect();
            assert_eq!(takes(&headers, "application/json"), expected, "{accept:?}");
        }
    }
}
