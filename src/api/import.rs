//! `/admin/import`: bringing in what the program before this one knew, for programs; the form for people is in
//! `crate::actions::carry`. What is brought in, is decided in `tools::import`.

use super::admin::{Job, started};
use super::client::{Body, Client};
use crate::actions::carry;
use crate::admin::{Admin, Wish};
use crate::web::error::WebError;
use crate::web::extract::Files;
use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use utoipa::ToSchema;

/// Files of the program before this one.
#[derive(ToSchema)]
pub(super) struct OldFiles {
    /// Each with its name, which says what it is: `video_metadata.db`, one of `ratings.json`, `views.json`, `tags.json` and
    /// `favorites.json`, or tags beside a video (`NAME.mp4.json`). A `Last-Modified` of a part is when the file was last
    /// written, which dates what has no date of its own.
    #[schema(format = Binary)]
    #[expect(dead_code, reason = "it only describes the form")]
    files: Vec<String>,
}

/// Look what files of the old program would bring
///
/// Reads them, and what lies beside the videos of the library, and says what would become of each entry. Nothing is written;
/// that is for `/admin/import`. A job; its `report` is what `tools import --dry-run --json` prints, with the first 2,000 of
/// each list.
#[utoipa::path(
    post, path = "/admin/import/preview", operation_id = "previewImport", tag = "admin",
    request_body(content = OldFiles, content_type = "multipart/form-data"),
    responses(
        (status = 202, description = "The job; `Location` says where to look after it", body = Job),
        (status = 409, description = "Other files are being read"),
        (status = 413, description = "More than 64 MiB, or more than 20,000 files"),
    ),
)]
pub(super) async fn preview(
    State(admin): State<Admin>,
    client: Client,
    Files(sent): Files,
) -> Result<Response, WebError> {
    started(&admin, client, Wish::PreviewImport(carry::upload(sent).await?))
}

/// What to bring in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Importing {
    /// The number of the job that said what it would be.
    #[schema(example = 1)]
    preview: u64,
}

/// Bring in what files of the old program say
///
/// Those that a job has read (`/admin/import/preview`), as one change that can be undone, and what somebody has decided here
/// stays. The files that were sent last are at hand until they were brought in. A job; its `report` is what
/// `tools import --json` prints, with the first 2,000 of each list.
#[utoipa::path(
    post, path = "/admin/import", operation_id = "import", tag = "admin", request_body = Importing,
    responses(
        (status = 202, description = "The job; `Location` says where to look after it", body = Job),
        (status = 409, description = "What this job has read is no longer at hand"),
    ),
)]
pub(super) async fn import(
    State(admin): State<Admin>,
    client: Client,
    Body(Importing { preview }): Body<Importing>,
) -> Result<Response, WebError> {
    started(&admin, client, Wish::Import(preview))
}
