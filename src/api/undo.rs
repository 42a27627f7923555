//! `/undo`: taking a change back, and what that would do.

use super::answer::{self, Time};
use super::client::{Body, Client, Parameters};
use crate::actions::undo::lines::{self, Lines};
use crate::actions::undo::{Undone, take_back};
use crate::history;
use crate::web::error::WebError;
use crate::web::extract::Path;
use crate::writer::{WriteError, Writer};
use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use events::Pos;
use projections::Live;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// What to take back.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Wish {
    /// The `batch` that the change was answered with.
    #[schema(value_type = u64, example = 7)]
    batch: Pos,
    /// The position of the one event of it that is to be taken back; all of them unless it is said.
    #[schema(value_type = Option<u64>, example = json!(null))]
    pos: Option<Pos>,
}

/// Undo a change
///
/// Takes a batch back, or one event of it, as far as nobody has changed the same again since. An undo can be undone. What
/// the disk said is never taken back.
#[utoipa::path(
    post, path = "/undo", operation_id = "undo", tag = "edits", request_body = Wish,
    responses(
        (status = 200, description = "What was taken back", body = Undone),
        (status = 404, description = "No change has this batch; if it is a position inside of one, it says of which"),
        (status = 409, description = "Nothing of it is left to undo; it says why"),
    ),
)]
pub(super) async fn undo(
    State(writer): State<Writer>,
    client: Client,
    Body(wish): Body<Wish>,
) -> Result<Json<Undone>, WebError> {
    take_back(&writer, &client.0, wish.batch, wish.pos).await.map(Json)
}

/// Which part of the change.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct Part {
    /// The position of one event of it; all of them unless it is said.
    #[param(value_type = Option<u64>, example = json!(null))]
    pos: Option<Pos>,
}

/// What an undo would do.
#[derive(Serialize, ToSchema)]
pub(super) struct Preview {
    /// What is to be taken back.
    #[schema(value_type = u64, example = 7)]
    batch: Pos,
    /// The position of the one event of it; null for all of them.
    #[schema(value_type = Option<u64>, example = json!(null))]
    pos: Option<Pos>,
    /// What it was.
    #[schema(example = "Import of ratings.json")]
    what: String,
    /// When it was written.
    recorded_at: Time,
    /// How many events it has.
    #[schema(example = 900)]
    events: u64,
    /// How many facts go back to what they were.
    #[schema(example = 297)]
    goes_back: u64,
    /// The first hundred of them.
    goes_back_lines: Vec<Line>,
    /// How many facts stay as they are.
    #[schema(example = 3)]
    stays: u64,
    /// The first hundred of them.
    stays_lines: Vec<Line>,
    /// How many facts are as they were before already.
    #[schema(example = 0)]
    already: u64,
    /// What is never taken back and why, in sentences.
    #[schema(example = json!(["12 facts about files of videos: a look at the folders would find the same again."]))]
    never: Vec<String>,
}

/// One fact.
#[derive(Serialize, ToSchema)]
pub(super) struct Line {
    /// What it is about, by name.
    #[schema(example = "Tide pool")]
    about: String,
    /// The address of that, if it has one.
    #[schema(example = "/watch/42")]
    page: Option<String>,
    /// Which fact.
    #[schema(example = "Views")]
    fact: String,
    /// What it is.
    #[schema(example = "12")]
    from: String,
    /// What it would be.
    #[schema(example = "3")]
    to: String,
    /// Why it stays; null if it goes back.
    #[schema(example = json!(null))]
    why: Option<&'static str>,
    /// The position of the event that is in the way, if it is known.
    #[schema(value_type = Option<u64>, example = json!(null))]
    changed_by: Option<Pos>,
    /// When that was written.
    changed_at: Option<Time>,
}

impl From<lines::Line> for Line {
    fn from(line: lines::Line) -> Self {
        let lines::Line { about, page, fact, from, to, why, changed_by, changed_at_ms } = line;
        let why = (!why.is_empty()).then_some(why);
        Self { about, page, fact, from: from.text, to: to.text, why, changed_by, changed_at: changed_at_ms.map(Time) }
    }
}

impl From<Lines> for Preview {
    fn from(undo: Lines) -> Self {
        let Lines { batch, pos, what, recorded_at_ms, events, undoes: _, back, back_lines, .. } = undo;
        Self {
            batch,
            pos,
            what,
            recorded_at: Time(recorded_at_ms),
            events,
            goes_back: back,
            goes_back_lines: back_lines.into_iter().map(Line::from).collect(),
            stays: undo.stays,
            stays_lines: undo.stays_lines.into_iter().map(Line::from).collect(),
            already: undo.already,
            never: undo.never,
        }
    }
}

/// Preview an undo
///
/// What taking a batch back, or one event of it, would do now: the same code decides both. Nothing is changed.
#[utoipa::path(
    get, path = "/undo/{batch}", operation_id = "previewUndo", tag = "edits",
    params(("batch" = u64, Path, description = "The `batch` that the change was answered with", example = 1), Part),
    responses(
        (status = 200, description = "What it would do", body = Preview),
        (status = 404, description = "No change has this batch; if it is a position inside of one, it says of which"),
    ),
)]
pub(super) async fn preview(
    State(writer): State<Writer>,
    State(live): State<Live>,
    Path(batch): Path<Pos>,
    Parameters(Part { pos }): Parameters<Part>,
    headers: HeaderMap,
) -> Result<Response, WebError> {
    let undo = history::undo::preview(writer.feed(), live.snapshot(), batch, pos).await?;
    answer::json(&headers, &Preview::from(undo.map_err(WriteError::Rejected)?))
}
