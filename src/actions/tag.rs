//! `POST /videos/{id}/tags`, one of the fields `add` and `remove`: the name of a tag.

use super::Asker;
use crate::decide::{Change, Command, Edit};
use crate::web::error::WebError;
use crate::web::extract::{Form, Video};
use crate::writer::Writer;
use axum::extract::State;
use axum::response::Response;
use events::TagName;
use projections::Live;
use serde::Deserialize;

/// The form.
#[derive(Deserialize)]
pub struct Fields {
    add: Option<String>,
    remove: Option<String>,
}

/// Attaches a tag to a video or takes one off.
///
/// # Errors
/// 400 for a name that cannot be a tag, or unless exactly one field is sent; 404 for an unknown video;
/// 409 when the video has as many tags as it may have; 503 when nothing can be written.
pub async fn edit(
    State(writer): State<Writer>,
    State(live): State<Live>,
    Video(video): Video,
    asker: Asker,
    Form(fields): Form<Fields>,
) -> Result<Response, WebError> {
    let (add, remove) = match (fields.add, fields.remove) {
        (Some(tag), None) => (vec![TagName::new(&tag)?], vec![]),
        (None, Some(tag)) => (vec![], vec![TagName::new(&tag)?]),
        (None, None) | (Some(_), Some(_)) => {
            return Err(WebError::bad_input("Send one of the fields `add` and `remove`, with the name of a tag."));
        }
    };
    let edit = Edit::one(video, Change::Tag { add, remove });
    asker.carry_out(&writer, &live, video, Command::Edit(edit)).await
}
