//! `GET /random`: on to some video. The only page that is not a function of snapshot and URL.

use super::when::When;
use axum::http::header::{CACHE_CONTROL, LOCATION};
use axum::http::{HeaderValue, StatusCode};
use axum::response::IntoResponse;
use std::hash::{BuildHasher, RandomState};

/// Leads to a video, each as likely as the other; home when there is none.
pub async fn go(when: When) -> impl IntoResponse {
    let video = when.state().random(seed());
    let target = when.then(video.map_or_else(|| "/".to_owned(), |video| format!("/watch/{video}")));
    (StatusCode::FOUND, [(CACHE_CONTROL, HeaderValue::from_static("no-store"))], [(LOCATION, target)])
}

/// A number nobody can foresee, short enough to look well in an address.
pub(crate) fn seed() -> u64 {
    // The standard library's hasher is seeded by the operating system.
    RandomState::new().hash_one(()) % 1_000_000
}
