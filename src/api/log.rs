//! `GET /log`: the log itself, one JSON object per line, for incremental backup and audits.
//!
//! Read piece by piece as the client takes it: a slow one holds no more than one piece, and the writer waits for nobody.

use super::client::Parameters;
use crate::web::error::WebError;
use crate::writer::Feed;
use axum::body::Body;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use events::{Pos, jsonl};
use http_body::Frame;
use serde::Deserialize;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use tokio::task::{JoinHandle, spawn_blocking};
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
    let mut lines = Lines { feed, after, until, first: None, reading: None };
    // What goes wrong at once can still be said.
    let first = lines.read().await.map_err(io::Error::other).flatten();
    let first =
        first.map_err(|why| WebError::unavailable("The log cannot be read at the moment.", 2).with_source(why))?;
    lines.first = Some(first);
    let headers = [(CONTENT_TYPE, "application/x-ndjson"), (CACHE_CONTROL, "no-store")];
    Ok((headers, Body::new(lines)).into_response())
}

/// Some lines, and the position of the last event they reach.
type Piece = (Bytes, Pos);

/// The lines of the events after one position up to another.
struct Lines {
    feed: Feed,
    after: Pos,
    until: Pos,
    first: Option<Piece>,
    reading: Option<JoinHandle<io::Result<Piece>>>,
}

impl Lines {
    /// Starts to read the next piece where waiting is allowed.
    fn read(&self) -> JoinHandle<io::Result<Piece>> {
        // Anew each time: a log that was opened again in between has another reader.
        let (reader, after, until) = (self.feed.reader(), self.after, self.until);
        spawn_blocking(move || {
            let count = usize::try_from((until - after).min(PIECE)).unwrap_or(usize::MAX);
            let mut lines = String::new();
            let mut reached = until;
            let events = reader.read(after, count).map_err(io::Error::other)?;
            for event in events.iter().take_while(|event| event.pos <= until) {
                lines.push_str(&jsonl::write(event).map_err(io::Error::other)?);
                lines.push('\n');
                reached = event.pos;
            }
            Ok((lines.into(), reached))
        })
    }

    fn poll_piece(&mut self, context: &mut Context<'_>) -> Poll<io::Result<Piece>> {
        if let Some(first) = self.first.take() {
            return Poll::Ready(Ok(first));
        }
        let mut reading = self.reading.take().unwrap_or_else(|| self.read());
        match Pin::new(&mut reading).poll(context) {
            Poll::Ready(piece) => Poll::Ready(piece.map_err(io::Error::other).flatten()),
            Poll::Pending => {
                self.reading = Some(reading);
                Poll::Pending
            }
        }
    }
}

impl http_body::Body for Lines {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        if self.after >= self.until {
            return Poll::Ready(None);
        }
        match ready!(self.poll_piece(context)) {
            Ok((lines, reached)) => {
                self.after = reached;
                Poll::Ready(Some(Ok(Frame::data(lines))))
            }
            Err(error) => {
                tracing::warn!(after = self.after, %error, "the log could not be sent to its end");
                self.until = self.after;
                Poll::Ready(Some(Err(error)))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.after >= self.until
    }
}
