//! Stars: `POST /rate` by file name, and `/api/ratings/{media_hash}`.
//!
//! As before, except that requests are counted by the machine they come from, not by what they say about it, and that
//! other sites' pages are told apart by parsed addresses ([`super::cors`]).

use super::answer::{Fields, Refusal, fresh};
use super::{Legacy, cors, limit};
use crate::actions::Asker;
use crate::decide::{Change, Command, Edit};
use crate::web::extract::Path;
use crate::web::visit::Visit;
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use events::{Stars, VideoId};
use serde_json::{Number, Value, json};
use std::time::Instant;

/// `POST /rate`: the stars of a video, written in any way that Python's `int()` takes.
///
/// # Errors
/// Those of [`Fields::video`], 400 `Invalid rating`, 503.
pub(super) async fn rate(State(legacy): State<Legacy>, asker: Asker, fields: Fields) -> Result<Response, Refusal> {
    let video = fields.video(&legacy.snapshot())?;
    let stars = fields.get("rating").and_then(truncated).and_then(stars);
    let stars = stars.ok_or_else(|| Refusal::bad("Invalid rating"))?;
    legacy.carry_out(&asker, Command::Edit(Edit::one(video, Change::Rate(stars)))).await?;
    Ok(fresh(json!({ "success": true, "rating": stars.get() })))
}

/// `GET /api/ratings/{hash}`: the one rating there is, as an average of none or one.
pub(super) async fn show(State(legacy): State<Legacy>, Path(hash): Path<String>, headers: HeaderMap) -> Response {
    let found = hashed(&legacy, hash).await;
    cors::allow(&headers, found.map_or_else(Refusal::into_response, |video| fresh(summary(&legacy, video))))
}

/// `POST /api/ratings/{hash}`: the field `value`, 1 to 5.
pub(super) async fn give(
    State(legacy): State<Legacy>,
    Path(hash): Path<String>,
    headers: HeaderMap,
    visit: Visit,
    asker: Asker,
    fields: Result<Fields, Refusal>,
) -> Response {
    let given = async {
        legacy.0.ratings.count(visit.peer, Instant::now()).map_err(too_often)?;
        let value = fields?.get("value").ok_or("it is missing").and_then(exact);
        let stars = value.and_then(|value| stars(value).ok_or("it must be from 1 to 5"));
        let stars = stars.map_err(|why| Refusal::bad("Invalid rating value").with_detail(format!("value: {why}")))?;
        let video = hashed(&legacy, hash).await?;
        legacy.carry_out(&asker, Command::Edit(Edit::one(video, Change::Rate(stars)))).await?;
        Ok((StatusCode::CREATED, Json(summary(&legacy, video))).into_response())
    };
    cors::allow(&headers, given.await.unwrap_or_else(Refusal::into_response))
}

/// `OPTIONS /api/ratings/{hash}`: what a browser asks before it lets another page of the house ask.
pub(super) async fn allow(headers: HeaderMap) -> Response {
    cors::allow(&headers, StatusCode::NO_CONTENT.into_response())
}

async fn hashed(legacy: &Legacy, hash: String) -> Result<VideoId, Refusal> {
    let found = legacy.hashed(hash.clone()).await;
    found.ok_or_else(|| Refusal::not_found(format!("No video found for hash: {hash}")))
}

fn summary(legacy: &Legacy, video: VideoId) -> Value {
    let stars = legacy.snapshot().ratings().get(video).map(|rated| rated.stars.get());
    json!({
        "average": f64::from(stars.unwrap_or(0)),
        "count": u8::from(stars.is_some()),
        "user": stars.map(|stars| json!({ "value": stars })),
    })
}

fn too_often(seconds: u64) -> Refusal {
    let (max, window) = (limit::MAX, limit::WINDOW.as_secs());
    let detail = format!("Max {max} requests per {window} seconds. Reset in {seconds}s");
    Refusal::new(StatusCode::TOO_MANY_REQUESTS, "Rate limit exceeded").with_detail(detail).with_retry(seconds)
}

fn stars(number: i64) -> Option<Stars> {
    u8::try_from(number).ok().and_then(|number| Stars::new(number).ok())
}

/// What Python's `int()` makes of a value: what is behind the point is cut off, text must be a whole number.
fn truncated(value: &Value) -> Option<i64> {
    match value {
        Value::Bool(yes) => Some(i64::from(*yes)),
        Value::Number(number) => number.as_i64().or_else(|| number.as_f64().and_then(cut)),
        Value::String(text) => text.trim().parse().ok(),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// A whole number, also one written as text, or with nothing behind its point.
fn exact(value: &Value) -> Result<i64, &'static str> {
    let whole = |number: &Number| number.as_f64().is_none_or(|number| number.fract() == 0.0);
    let whole = value.as_number().is_none_or(whole);
    truncated(value).filter(|_| whole).ok_or("it must be a whole number")
}

/// The whole part of a number of which only the small ones matter.
#[expect(clippy::cast_possible_truncation, reason = "it was compared with both ends")]
fn cut(number: f64) -> Option<i64> {
    (-1e9..=1e9).contains(&number).then_some(number as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_are_read_as_the_old_program_read_them() {
        for (value, lax, strict) in [
            (json!(3), Some(3), Some(3)),
            (json!("3"), Some(3), Some(3)),
            (json!(" 4 "), Some(4), Some(4)),
            (json!(4.9), Some(4), None),
            (json!(4.0), Some(4), Some(4)),
            (json!(true), Some(1), Some(1)),
            (json!("4.0"), None, None),
            (json!(0), None, None),
            (json!(6), None, None),
            (json!(-1), None, None),
            (json!(1e300), None, None),
            (json!(u64::MAX), None, None),
            (json!("five"), None, None),
            (json!(null), None, None),
            (json!([3]), None, None),
            (json!({"value": 3}), None, None),
        ] {
            assert_eq!(truncated(&value).and_then(stars).map(Stars::get), lax, "/rate {value}");
            assert_eq!(exact(&value).ok().and_then(stars).map(Stars::get), strict, "/api/ratings {value}");
        }
    }
}
