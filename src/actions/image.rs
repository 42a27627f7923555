//! `POST /images/{id}/favorite`, field `favorite`: `true` or `false`.

use super::Asker;
use crate::decide::Command;
use crate::web::error::WebError;
use crate::web::extract::{Form, Path};
use crate::writer::Writer;
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use events::{ImageId, Pos};
use projections::Live;
use serde::{Deserialize, Serialize};

/// The form.
#[derive(Deserialize)]
pub struct Fields {
    favorite: bool,
}

/// What a script is told.
#[derive(Serialize)]
struct Known {
    image: u32,
    favorite: bool,
    /// Where in the log it was noted; 0 when nothing was changed.
    batch: Pos,
}

/// Sets or removes the heart of an image.
///
/// # Errors
/// 400 unless `true` or `false`, 404 for an unknown image, 503 when nothing can be written.
pub async fn favor(
    State(writer): State<Writer>,
    State(live): State<Live>,
    Path(id): Path<String>,
    asker: Asker,
    Form(fields): Form<Fields>,
) -> Result<Response, WebError> {
    let image = image(&id)?;
    let command = Command::FavorImages { images: vec![image], favored: fields.favorite };
    let batch = asker.submit(&writer, command).await?.first;
    if asker.wants_json() {
        let state = live.snapshot();
        let favorite = state.images().get(image).is_some_and(|image| image.favored_at_ms.is_some());
        return Ok(Json(Known { image: image.get(), favorite, batch }).into_response());
    }
    Ok(asker.lead_back("/images", &format!("i{image}")))
}

/// The image that an address or a form names.
pub(super) fn image(id: &str) -> Result<ImageId, WebError> {
    id.parse().map_err(|_| WebError::not_found(format!("There is no image {id:?}: an id is a number.")))
}
