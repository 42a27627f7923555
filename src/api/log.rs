//! `GET /log`: the log itself, one JSON object per line, for incremental backup and audits.
//!
//! Read piece by piece as the client takes it: a slow one holds no more than one piece, and the writer waits for nobody.

use super::client::Parameters;
use crate::web::error::WebError;
use crate::web::pieces::{self, Piece};
use crate::writer::Feed;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use events::log::{LogReader, ReadError};
use events::{Pos, jsonl};
use serde::Deserialize;
use utoipa::IntoParams;

/// How many events are read at a time, about 200 kB of lines.
const PIECE: u64 = 1000;

/// Which part of the log.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct Part {
    /// The position of the last event that the client has; 0 for none. Not beyond the end: that would be another log.
    #[serde(default)]
    #[param(value_type = u64, example = 0)]
    after: Pos,
    /// How many events at most; all there are when the request arrives, unless said.
    #[param(minimum = 1, example = 1000)]
    limit: Option<u64>,
}

/// Read the log
///
/// JSON Lines, an event each, in order of position: everything this gallery is computed from. Ask again with the
/// position of the last line for what came since. An answer that breaks off ends without its last chunk, which HTTP
/// clients report as an error. `local-video-server tools restore` makes a log of
/// these lines again.
#[utoipa::path(
    get, path = "/log", operation_id = "readLog", tag = "gallery", params(Part),
    responses(
        (status = 200, description = "The events, one on each line", content_type = "application/x-ndjson", body = String,
            example = "{\"pos\":7,\"recorded_at\":\"2026-01-02T03:04:05.006Z\",\"occurred_at\":\"2026-01-02T03:04:05.006Z\",\
                       \"batch\":7,\"cause\":\"viewer\",\"actor\":1,\"command\":\"00000000000000010000000000000002\",\
                       \"caused_by\":0,\"kind\":\"rating.given\",\"v\":1,\"data\":{\"video\":42,\"stars\":4}}\n"),
        (status = 503, description = "The log cannot be read at the moment"),
    ),
)]
pub(super) async fn read(
    State(feed): State<Feed>,
    Parameters(Part { after, limit }): Parameters<Part>,
) -> Result<Response, WebError> {
    let head = feed.head();
    if after > head {
        return Err(WebError::bad_parameter("after", format!("This log ends at position {head}.")));
    }
    if limit == Some(0) {
        return Err(WebError::bad_parameter("limit", "It is a whole number from 1."));
    }
    let until = limit.map_or(head, |limit| after.saturating_add(limit).min(head));
    let piece = move |after: Pos| {
        let feed = feed.clone();
        async move { feed.reading(move |reader| lines(reader, after, until)).await }
    };
    let body = pieces::body(after, piece).await?;
    let headers = [(CONTENT_TYPE, "application/x-ndjson"), (CACHE_CONTROL, "no-store")];
    Ok((headers, body).into_response())
}

/// The lines of the events after one position up to another.
fn lines(reader: &dyn LogReader, after: Pos, until: Pos) -> Result<Piece, ReadError> {
    let count = usize::try_from((until - after).min(PIECE)).unwrap_or(usize::MAX);
    let events = reader.read(after, count)?;
    let mut lines = String::new();
    let mut reached = until;
    for event in events.iter().take_while(|event| event.pos <= until) {
        lines.push_str(&jsonl::write(event).map_err(|error| ReadError::Storage(error.into()))?);
        lines.push('\n');
        reached = event.pos;
    }
    Ok(Piece { bytes: lines.into(), next: (reached < until).then_some(reached) })
}
