//! `POST /videos/{id}/rating`, field `stars`: 1 to 5, or 0 (or nothing) to take the rating away.

use super::Asker;
use crate::decide::{Change, Command, Edit};
use crate::web::error::WebError;
use crate::web::extract::{Form, Video};
use crate::writer::Writer;
use axum::extract::State;
use axum::response::Response;
use events::Stars;
use events::values::Invalid;
use projections::Live;
use serde::Deserialize;

/// The form.
#[derive(Deserialize)]
pub struct Fields {
    #[serde(default)]
    stars: String,
}

/// Gives or clears a rating.
///
/// # Errors
/// 400 for anything but 0 to 5 stars, 404 for an unknown video, 503 when nothing can be written.
pub async fn give(
    State(writer): State<Writer>,
    State(live): State<Live>,
    Video(video): Video,
    asker: Asker,
    Form(fields): Form<Fields>,
) -> Result<Response, WebError> {
    let change = match fields.stars.trim() {
        "" | "0" => Change::ClearRating,
        stars => Change::Rate(stars.parse().map_err(|_| Invalid::Stars).and_then(Stars::new)?),
    };
    asker.carry_out(&writer, &live, video, Command::Edit(Edit::one(video, change))).await
}
