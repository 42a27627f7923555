//! `POST /import/browser`: takes over what a browser remembered for the old program, where each video was left and what
//! was played last. Not one of its addresses: the home page offers to send this, once.
//!
//! `{"positions": [{"name": "x.mp4", "seconds": 12.5}], "played": [{"name": "x.mp4", "at_ms": 1700000000000}]}`. A record
//! that cannot be read or names no video is counted, and keeps nothing else from being taken over.

use super::{Legacy, names};
use crate::actions::Asker;
use crate::clock;
use crate::decide::{BrowserData, Command};
use crate::web::error::WebError;
use crate::web::extract::Json;
use crate::writer::Request;
use axum::extract::State;
use axum::http::StatusCode;
use events::{Cause, Pos};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The largest body, in bytes.
pub(super) const BODY_BYTES_MAX: usize = 1024 * 1024;
/// The most records in one request.
const RECORDS_MAX: usize = 5000;
/// No video is longer, in seconds: about four months.
const SECONDS_MAX: f64 = 1e7;

/// What a browser sends.
#[derive(Deserialize)]
pub(super) struct Sent {
    #[serde(default)]
    positions: Vec<Value>,
    #[serde(default)]
    played: Vec<Value>,
}

#[derive(Deserialize)]
struct Position {
    name: String,
    seconds: f64,
}

#[derive(Deserialize)]
struct Played {
    name: String,
    at_ms: i64,
}

/// What became of it.
#[derive(Serialize)]
pub(super) struct Taken {
    /// What to take back with `POST /undo`; 0 when nothing was changed.
    batch: Pos,
    /// Records that are taken over.
    accepted: u64,
    /// Records of which the gallery knows as much or more.
    unchanged: u64,
    /// Records that name no video.
    unknown: u64,
    /// Records that cannot be read.
    unreadable: u64,
}

/// Takes it over, as far as it is not known better.
///
/// # Errors
/// 400 and 422 for what is no such JSON, 413 for more than [`RECORDS_MAX`] records, 503 when nothing can be written.
pub(super) async fn take(
    State(legacy): State<Legacy>,
    asker: Asker,
    Json(sent): Json<Sent>,
) -> Result<axum::Json<Taken>, WebError> {
    if sent.positions.len() + sent.played.len() > RECORDS_MAX {
        let detail = format!("At most {RECORDS_MAX} records are taken at once.");
        return Err(WebError::new(StatusCode::PAYLOAD_TOO_LARGE).with_detail(detail));
    }
    let (data, unreadable) = read(&legacy.snapshot(), sent, clock::now_ms());
    let known = (data.positions.len() + data.played.len()) as u64;
    let unknown = data.unknown;
    let request = Request { cause: Cause::Import, ..asker.request(Command::ImportBrowser(data)) };
    let receipt = legacy.0.writer.submit(request).await?;
    // The first and the last event of an import say that it begins and ends.
    let accepted = receipt.events.saturating_sub(2);
    let unchanged = known.saturating_sub(accepted);
    Ok(axum::Json(Taken { batch: receipt.first, accepted, unchanged, unknown, unreadable }))
}

/// What was sent, by video; and how many records cannot be read. Nothing was played in the future.
fn read(state: &projections::State, sent: Sent, now_ms: i64) -> (BrowserData, u64) {
    let (mut data, mut unreadable) = (BrowserData::default(), 0);
    for record in sent.positions {
        match parsed::<Position>(record).and_then(|it| Some((it.name, milliseconds(it.seconds)?))) {
            Some((name, position_ms)) => match names::find(state, &name) {
                Some(video) => data.positions.push((video, position_ms)),
                None => data.unknown += 1,
            },
            None => unreadable += 1,
        }
    }
    for record in sent.played {
        match parsed::<Played>(record).filter(|it| it.at_ms > 0) {
            Some(it) => match names::find(state, &it.name) {
                Some(video) => data.played.push((video, it.at_ms.min(now_ms))),
                None => data.unknown += 1,
            },
            None => unreadable += 1,
        }
    }
    (data, unreadable)
}

fn parsed<T: DeserializeOwned>(record: Value) -> Option<T> {
    serde_json::from_value(record).ok()
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked to be from 0 to 10^10")]
fn milliseconds(seconds: f64) -> Option<u64> {
    (0.0..=SECONDS_MAX).contains(&seconds).then(|| (seconds * 1000.0).round() as u64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decide::given::{found, state, video};
    use serde_json::json;

    #[test]
    fn names_become_videos_and_the_rest_is_counted() {
        let state = state([found(1, "It's 100% #1 & more.mp4"), found(2, "sub/two.mp4")]);
        let sent = Sent {
            positions: vec![
                json!({"name": "It's 100% #1 & more.mp4", "seconds": 12.5}),
                json!({"name": "two.mp4", "seconds": 3}),
                json!({"name": "gone.mp4", "seconds": 3}),
                json!({"name": "two.mp4", "seconds": -1}),
                json!({"name": "two.mp4", "seconds": 1e300}),
                json!({"name": "two.mp4", "seconds": null}),
                json!({"seconds": 3}),
                json!("junk"),
                json!(null),
            ],
            played: vec![
                json!({"name": "sub/two.mp4", "at_ms": 5000}),
                json!({"name": "two.mp4", "at_ms": 9_000_000}),
                json!({"name": "../two.mp4", "at_ms": 1}),
                json!({"name": "two.mp4", "at_ms": 0}),
                json!({"name": "two.mp4", "at_ms": "yesterday"}),
            ],
        };
        let (data, unreadable) = read(&state, sent, 8000);
        assert_eq!(data.positions, [(video(1), 12_500), (video(2), 3000)]);
        assert_eq!(data.played, [(video(2), 5000), (video(2), 8000)], "a clock that is ahead");
        assert_eq!((data.unknown, unreadable), (2, 8));
    }
}
