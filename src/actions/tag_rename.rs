//! `POST /tags/rename`, fields `from`, `to` and `merge`: gives a tag another name on every video. To a name that another
//! tag has it does so only with `merge=true`, because that cannot be told apart afterwards.

use super::Asker;
use crate::decide::Command;
use crate::web::error::WebError;
use crate::web::extract::Form;
use crate::web::human::tag_url;
use crate::writer::Writer;
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use events::{Pos, TagName};
use projections::Live;
use serde::{Deserialize, Serialize};

/// The form.
#[derive(Deserialize)]
pub struct Fields {
    from: String,
    to: String,
    #[serde(default)]
    merge: bool,
}

/// The answer to a script.
#[derive(Serialize)]
struct Renamed {
    /// The tag as it is written now.
    tag: String,
    /// How many videos that are there have it now.
    videos: u64,
    /// What to take back with `POST /undo`; 0 when nothing was changed.
    batch: Pos,
}

/// Renames a tag, or merges it into another.
///
/// # Errors
/// 400 for a name that cannot be a tag, 404 when no video has the tag `from`, 409 when another tag is called `to` and
/// `merge` is not set, 503 when nothing can be written.
pub async fn rename(
    State(writer): State<Writer>,
    State(live): State<Live>,
    asker: Asker,
    Form(Fields { from, to, merge }): Form<Fields>,
) -> Result<Response, WebError> {
    let (from, to) = (TagName::new(&from)?, TagName::new(&to)?);
    let command =
        if merge { Command::MergeTags { from, into: to.clone() } } else { Command::RenameTag { from, to: to.clone() } };
    let receipt = asker.submit(&writer, command).await?;
    let state = live.snapshot();
    let tag = state.tags().find(to.as_str());
    let name = tag.and_then(|tag| state.tags().name(tag)).unwrap_or(&to).as_str();
    if asker.wants_json() {
        let videos = tag.map_or(0, |tag| state.tags().count(tag));
        return Ok(Json(Renamed { tag: name.to_owned(), videos, batch: receipt.first }).into_response());
    }
    Ok(Redirect::to(&tag_url(name)).into_response())
}
