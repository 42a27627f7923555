//! `POST /undo`, field `batch`: takes a change back, as far as nobody has changed it again since.
//!
//! What was known before and after it is computed from the log; what of it can go back is decided by the
//! rules, like every change.

use super::Asker;
use crate::decide::{Command, Rejected, Undo};
use crate::web::error::WebError;
use crate::web::extract::Form;
use crate::writer::{Past, WriteError, Writer};
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use events::Pos;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

/// The form.
#[derive(Deserialize)]
pub struct Fields {
    batch: Pos,
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
    /// How many facts were changed again since, and stay.
    #[schema(example = 0)]
    skipped: u64,
    /// What was taken back.
    #[schema(value_type = u64, example = 4711)]
    undone: Pos,
}

/// Takes a batch back.
///
/// # Errors
/// 404 if there is no such batch, 409 if nothing of it is left to undo, 503 when the log cannot be read
/// or nothing can be written.
pub async fn undo(
    State(writer): State<Writer>,
    asker: Asker,
    Form(fields): Form<Fields>,
) -> Result<Response, WebError> {
    let undone = take_back(&writer, &asker, fields.batch).await?;
    Ok(if asker.wants_json() { Json(undone).into_response() } else { asker.lead_back("/", "") })
}

/// The same, whoever asks.
pub(crate) async fn take_back(writer: &Writer, asker: &Asker, batch: Pos) -> Result<Undone, WebError> {
    let past = writer
        .feed()
        .past(batch)
        .await
        .map_err(|error| WebError::unavailable("The log cannot be read at the moment.", 2).with_source(error))?;
    let Past { before, after, events } = past.ok_or(WriteError::Rejected(Rejected::NoSuchBatch(batch)))?;
    let states = [Arc::clone(&before), Arc::clone(&after)];
    let undo = Undo { batch, before, after, events };
    let receipt = asker.submit(writer, Command::Undo(Box::new(undo))).await;
    // States made for this take milliseconds to take apart.
    drop(tokio::task::spawn_blocking(move || drop(states)));
    let receipt = receipt?;
    Ok(Undone { batch: receipt.first, events: receipt.events, skipped: receipt.skipped, undone: batch })
}
