//! `GET /undo/{batch}`: what taking a change back would do, before it is done, and what was done, after it. With `pos`, one
//! part of the change. Changes nothing.
//!
//! For it the log is read and replayed. Programs get the same as values.

use super::History;
use crate::actions::undo::lines::{LATEST_MAX, Lines};
use crate::actions::undo::look_back;
use crate::decide::Rejected;
use crate::web::error::WebError;
use crate::web::extract::{Path, Query};
use crate::writer::{Feed, WriteError};
use axum::extract::{Request, State as Given};
use axum::response::{IntoResponse, Redirect, Response};
use events::Pos;
use events::log::LogReader;
use projections::State;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Which part, and whether it is said as done.
#[derive(Deserialize)]
pub(super) struct Part {
    pos: Option<Pos>,
    /// How much stayed when this, an undo, was done just now.
    stayed: Option<u64>,
}

#[derive(Hash, Serialize)]
struct Page {
    title: &'static str,
    section: &'static str,
    q: &'static str,
    /// How much stayed, if the page is the answer to an undo.
    stayed: Option<u64>,
    undo: Lines,
}

/// The page. A position in the middle of a change leads to the page of that part of it.
///
/// # Errors
/// 400 for what is not a position, 404 if there is no such change, 503 when the log cannot be read.
pub(super) async fn show(
    Given(history): Given<History>,
    Path(batch): Path<Pos>,
    Query(Part { pos, stayed }): Query<Part>,
    request: Request,
) -> Result<Response, WebError> {
    let undo = match preview(&history.feed, history.live.snapshot(), batch, pos).await? {
        Ok(undo) => undo,
        Err(Rejected::InsideBatch { pos, batch }) => {
            return Ok(Redirect::to(&format!("/undo/{batch}?pos={pos}")).into_response());
        }
        Err(other) => return Err(WriteError::Rejected(other).into()),
    };
    let stayed = stayed.filter(|_| undo.undoes > 0);
    let title = if stayed.is_some() { "Taken back" } else { "Take back" };
    history.pages.draw(&request, "undo.html", &Page { title, section: "history", q: "", stayed, undo }).await
}

/// What taking `batch` back would do to what is known in `state`, or its event at `pos`.
///
/// # Errors
/// 503 when the log cannot be read. Inside: why there is no such change.
pub(crate) async fn preview(
    feed: &Feed,
    state: Arc<State>,
    batch: Pos,
    pos: Option<Pos>,
) -> Result<Result<Lines, Rejected>, WebError> {
    let undo = match look_back(feed, batch, pos).await? {
        Ok(undo) => undo,
        Err(rejected) => return Ok(Err(rejected)),
    };
    // An import of a hundred thousand facts takes its time.
    let lines = feed.reading(move |reader: &dyn LogReader| {
        // A log that cannot be read at the moment has nothing to say here, and the rest stands all the same.
        let latest = |video| reader.read_video(video, Pos::MAX, LATEST_MAX).unwrap_or_default();
        Ok(Lines::of(&undo, &state, &latest))
    });
    Ok(Ok(lines.await?))
}
