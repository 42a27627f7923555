//! `POST /undo`, fields `batch` and maybe `pos`: takes a change back, or one part of it, as far as nobody has changed it
//! again since. A form is led to the page that says what was done.
//!
//! What was known before and after it is computed from the log; what of it can go back is decided by the
//! rules, like every change. What it would do, in words, is in [`lines`].

pub(crate) mod lines;

use super::Asker;
use crate::decide::{Command, Rejected, Undo};
use crate::web::error::WebError;
use crate::web::extract::Form;
use crate::writer::{Feed, Past, WriteError, Writer};
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use events::Pos;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

/// The form.
#[derive(Deserialize)]
pub struct Fields {
    batch: Pos,
    pos: Option<Pos>,
}

/// What became of it.
#[derive(Serialize, ToSchema)]
pub(crate) struct Undone {
    /// The batch that took it back; undoing that brings the change back.
    #[schema(value_type = u64, example = 4712)]
    batch: Pos,
    /// How many events that are.
    #[schema(example = 3)]
    events: u64,
    /// How many facts stay as they are: most of them were changed again since.
    #[schema(example = 0)]
    skipped: u64,
    /// What was taken back.
    #[schema(value_type = u64, example = 4711)]
    undone: Pos,
}

/// Takes a batch back, or one event of it.
///
/// # Errors
/// 404 if there is no such batch, 409 if nothing of it is left to undo, 503 when the log cannot be read
/// or nothing can be written.
pub async fn undo(
    State(writer): State<Writer>,
    asker: Asker,
    Form(fields): Form<Fields>,
) -> Result<Response, WebError> {
    let undone = take_back(&writer, &asker, fields.batch, fields.pos).await?;
    if asker.wants_json() {
        return Ok(Json(undone).into_response());
    }
    Ok(Redirect::to(&format!("/undo/{}?stayed={}", undone.batch, undone.skipped)).into_response())
}

/// The same, whoever asks.
pub(crate) async fn take_back(
    writer: &Writer,
    asker: &Asker,
    batch: Pos,
    pos: Option<Pos>,
) -> Result<Undone, WebError> {
    let undo = look_back(writer.feed(), batch, pos).await?.map_err(WriteError::Rejected)?;
    let states = [Arc::clone(&undo.before), Arc::clone(&undo.after)];
    let receipt = asker.submit(writer, Command::Undo(Box::new(undo))).await;
    // States made for this take milliseconds to take apart.
    drop(tokio::task::spawn_blocking(move || drop(states)));
    let receipt = receipt?;
    let undone = pos.unwrap_or(batch);
    Ok(Undone { batch: receipt.first, events: receipt.events, skipped: receipt.skipped, undone })
}

/// What there is to take back in `batch`, or in its event at `pos`, and what was known around it.
///
/// # Errors
/// 503 when the log cannot be read. Inside: why there is no such change.
pub(crate) async fn look_back(feed: &Feed, batch: Pos, pos: Option<Pos>) -> Result<Result<Undo, Rejected>, WebError> {
    let Some(past) = feed.past(batch).await? else {
        return Ok(Err(match feed.batch_of(batch).await? {
            Some(of) => Rejected::InsideBatch { pos: batch, batch: of },
            None => Rejected::NoSuchBatch(batch),
        }));
    };
    let Past { before, after, events, forgotten } = past;
    let undo = Undo { batch, only: None, before, after, events, forgotten };
    let Some(pos) = pos else { return Ok(Ok(undo)) };
    let part = tokio::task::spawn_blocking(move || undo.only(pos)).await.map_err(WebError::internal)?;
    Ok(part.ok_or(Rejected::NotInBatch { pos, batch }))
}
