//! `GET /undo/{batch}`: what taking a change back would do, before it is done, and what was done, after it. With `pos`, one
//! part of the change. Changes nothing.
//!
//! A page that knows the past, which the pages do not: the log is read and replayed for it.

use crate::actions::undo::lines::{LATEST_MAX, Lines};
use crate::actions::undo::look_back;
use crate::decide::Rejected;
use crate::pages::Pages;
use crate::web::error::WebError;
use crate::web::extract::{Path, Query};
use crate::writer::{Feed, WriteError};
use axum::extract::{FromRef, Request, State};
use axum::response::{IntoResponse, Redirect, Response};
use events::Pos;
use serde::{Deserialize, Serialize};

/// What the page needs.
#[derive(Clone, FromRef)]
pub struct Sources {
    /// What is known, as pages.
    pub pages: Pages,
    /// What was known.
    pub feed: Feed,
}

/// Which part, and whether it is said as done.
#[derive(Deserialize)]
pub struct Part {
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
pub async fn show(
    State(Sources { pages, feed }): State<Sources>,
    Path(batch): Path<Pos>,
    Query(Part { pos, stayed }): Query<Part>,
    request: Request,
) -> Result<Response, WebError> {
    let undo = match look_back(&feed, batch, pos).await? {
        Ok(undo) => undo,
        Err(Rejected::InsideBatch { pos, batch }) => {
            return Ok(Redirect::to(&format!("/undo/{batch}?pos={pos}")).into_response());
        }
        Err(other) => return Err(WriteError::Rejected(other).into()),
    };
    let stayed = stayed.filter(|_| undo.events.first().is_some_and(|first| first.caused_by > 0));
    let title = if stayed.is_some() { "Taken back" } else { "Take back" };
    let part = |name: &str, number: Option<u64>| number.map_or_else(String::new, |number| format!("&{name}={number}"));
    let url = format!("/undo/{batch}?{}{}", part("pos", pos), part("stayed", stayed));
    // An import of a hundred thousand facts takes its time.
    let shown = tokio::task::spawn_blocking(move || {
        let reader = feed.reader();
        // A log that cannot be read at the moment has nothing to say here, and the rest stands all the same.
        let latest = |video| reader.read_video(video, Pos::MAX, LATEST_MAX).unwrap_or_default();
        pages.show(&request, &url, "undo.html", |state| {
            let undo = Lines::of(&undo, state, &latest);
            Ok(Page { title, section: "history", q: "", stayed, undo })
        })
    });
    shown.await.map_err(WebError::internal)?
}
