//! `POST /videos/{id}/favorite`, field `favorite`: `true` or `false`.
//!
//! The wish is named, not toggled, so that a request sent twice means the same as once.

use super::Asker;
use crate::decide::{Change, Command, Edit};
use crate::web::error::WebError;
use crate::web::extract::{Form, Video};
use crate::writer::Writer;
use axum::extract::State;
use axum::response::Response;
use projections::Live;
use serde::Deserialize;

/// The form.
#[derive(Deserialize)]
pub struct Fields {
    favorite: bool,
}

/// Sets or removes the heart.
///
/// # Errors
/// 400 unless `true` or `false`, 404 for an unknown video, 503 when nothing can be written.
pub async fn set(
    State(writer): State<Writer>,
    State(live): State<Live>,
    Video(video): Video,
    asker: Asker,
    Form(fields): Form<Fields>,
) -> Result<Response, WebError> {
    let change = if fields.favorite { Change::AddFavorite } else { Change::RemoveFavorite };
    asker.carry_out(&writer, &live, video, Command::Edit(Edit::one(video, change))).await
}
