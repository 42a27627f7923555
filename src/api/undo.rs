//! `/undo`: taking a change back.

use super::client::{Body, Client};
use crate::actions::undo::{Undone, take_back};
use crate::web::error::WebError;
use crate::writer::Writer;
use axum::Json;
use axum::extract::State;
use events::Pos;
use serde::Deserialize;
use utoipa::ToSchema;

/// What to take back.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Wish {
    /// The `batch` that the change was answered with.
    #[schema(value_type = u64, example = 7)]
    batch: Pos,
}

/// Undo a change
///
/// Takes a batch back, as far as nobody has changed the same again since. An undo can be undone.
#[utoipa::path(
    post, path = "/undo", operation_id = "undo", tag = "edits", request_body = Wish,
    responses(
        (status = 200, description = "What was taken back", body = Undone),
        (status = 404, description = "No change has this batch"),
        (status = 409, description = "Nothing of it is left to undo"),
    ),
)]
pub(super) async fn undo(
    State(writer): State<Writer>,
    client: Client,
    Body(wish): Body<Wish>,
) -> Result<Json<Undone>, WebError> {
    take_back(&writer, &client.0, wish.batch).await.map(Json)
}
