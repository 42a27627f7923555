//! `/admin/log`: the log as it is stored, for the tools of another machine, which make backups and exports of it there. No
//! path of this machine is ever taken from a request: what is written, is written by whoever asks, where they are.

use super::admin::Care;
use super::answer::{self, Time};
use super::client::Parameters;
use crate::admin::Admin;
use crate::moments::PastError;
use crate::web::error::WebError;
use axum::extract::{FromRef as _, State};
use axum::http::HeaderMap;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use events::log::ReadError;
use events::{Pos, hex};
use serde::{Deserialize, Serialize};
use tokio::task::spawn_blocking;
use utoipa::{IntoParams, ToSchema};

/// How many records are sent at once, at most, and how many bytes of them: a record has at most 64 KiB.
const RECORDS_MAX: usize = 4096;
const BYTES_MAX: usize = 8 * 1024 * 1024;

/// Where the log ends.
#[derive(Serialize, ToSchema)]
pub(super) struct End {
    /// Which log it is.
    #[schema(example = "0f1e2d3c4b5a69788796a5b4c3d2e1f0")]
    log: String,
    /// The position of the last event.
    #[schema(value_type = u64, example = 4711)]
    position: Pos,
    /// The hash chain there, 64 hexadecimal digits.
    #[schema(example = "0000000000000000000000000000000000000000000000000000000000000000")]
    chain: String,
    /// When the last event was written, ms since the epoch.
    #[schema(example = 1_767_323_045_006_i64)]
    recorded_at_ms: i64,
    /// The same for people; null before the first.
    recorded_at: Option<Time>,
    /// How often something was erased from it.
    #[schema(example = 0)]
    redactions: u64,
    /// The room it takes on the disk.
    #[schema(example = 1_048_576)]
    bytes_on_disk: u64,
}

/// Get where the log ends
///
/// Which log it is, its last position, and the hash chain there.
#[utoipa::path(
    get, path = "/admin/log", operation_id = "getLogEnd", tag = "admin",
    responses(
        (status = 200, description = "Where it ends", body = End),
        (status = 503, description = "The log is not open at the moment"),
    ),
)]
pub(super) async fn end(State(care): State<Care>, headers: HeaderMap) -> Result<Response, WebError> {
    let ground = Admin::from_ref(&care).ground().clone();
    let look = move || anyhow::Ok((ground.source()?, tools::stats::on_disk(&ground.data.join("log"))?));
    let looked = spawn_blocking(look).await.map_err(WebError::internal)?;
    let (source, bytes_on_disk) = looked.map_err(|error| PastError::from(ReadError::Storage(error.into())))?;
    let chain = hex::write(&source.head.chain);
    let (position, recorded_at_ms) = (source.head.pos, source.head.recorded_at_ms);
    let recorded_at = (position > 0).then_some(Time(recorded_at_ms));
    let (log, redactions) = (source.id.to_string(), source.redactions);
    answer::json(&headers, &End { log, position, chain, recorded_at_ms, recorded_at, redactions, bytes_on_disk })
}

/// Which records.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct Part {
    /// The position of the last record that the client has; 0 for none. Not beyond the end: that would be another log.
    #[serde(default)]
    #[param(value_type = u64, example = 0)]
    after: Pos,
    /// How many at most; never more than 4096 or 8 MiB.
    #[param(minimum = 1, example = 4096)]
    limit: Option<usize>,
}

/// Read records as they are stored
///
/// Each as its position (8 bytes), its length (4 bytes, both little-endian) and its bytes, in order. An answer without any
/// is the end of the log. The bytes are what the hash chain is made of, so a backup of them can be proven.
#[utoipa::path(
    get, path = "/admin/log/frames", operation_id = "readFrames", tag = "admin", params(Part),
    responses(
        (status = 200, description = "The records", content_type = "application/octet-stream", body = Vec<u8>),
        (status = 503, description = "The log cannot be read at the moment"),
    ),
)]
pub(super) async fn frames(
    State(care): State<Care>,
    Parameters(Part { after, limit }): Parameters<Part>,
) -> Result<Response, WebError> {
    let admin = Admin::from_ref(&care);
    let feed = admin.ground().writer.feed();
    let head = feed.head();
    if after > head {
        return Err(WebError::bad_parameter("after", format!("This log ends at position {head}.")));
    }
    if limit == Some(0) {
        return Err(WebError::bad_parameter("limit", "It is a whole number from 1."));
    }
    let count = limit.unwrap_or(RECORDS_MAX).min(RECORDS_MAX);
    let frames = feed.reading(move |reader| reader.frames(after, count)).await?;
    let mut body = Vec::new();
    for (pos, frame) in frames.into_iter().filter(|(pos, _)| *pos <= head) {
        let length = u32::try_from(frame.len()).map_err(WebError::internal)?;
        body.extend(pos.to_le_bytes());
        body.extend(length.to_le_bytes());
        body.extend(frame);
        if body.len() >= BYTES_MAX {
            break;
        }
    }
    Ok(([(CONTENT_TYPE, "application/octet-stream"), (CACHE_CONTROL, "no-store")], body).into_response())
}
