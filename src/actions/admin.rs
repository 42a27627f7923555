//! `POST /admin/jobs`, field `kind`: has the gallery verified, rebuilt or pruned; `POST /admin/jobs/{id}/cancel` calls that
//! off. Both lead back to the page that shows how it goes. Who may is up to `crate::web::guard`.

use super::Asker;
use crate::admin::{Admin, StartError};
use crate::status::jobs::JobKind;
use crate::web::error::WebError;
use crate::web::extract::{Form, Path};
use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;

/// The form.
#[derive(Deserialize)]
pub struct Fields {
    kind: String,
}

impl From<StartError> for WebError {
    fn from(error: StartError) -> Self {
        match error {
            StartError::Ended => Self::unavailable("The server is shutting down.", 5),
            StartError::Thread(_) => Self::unavailable("The system allows no further thread.", 60).with_source(error),
        }
    }
}

/// There is no such job.
pub(crate) fn unknown(id: u64) -> WebError {
    WebError::not_found(format!("There is no job {id}. Jobs are kept until the server ends, the last 20 of them."))
}

/// Starts a job, or leads to the one of this kind that runs.
///
/// # Errors
/// 400 for a kind that is none, 503 when the server ends.
pub async fn start(State(admin): State<Admin>, asker: Asker, Form(fields): Form<Fields>) -> Result<Response, WebError> {
    let kind = JobKind::ALL.into_iter().find(|kind| kind.name() == fields.kind);
    let kind = kind.ok_or_else(|| {
        let known = JobKind::ALL.map(JobKind::name).join(", ");
        WebError::bad_parameter("kind", format!("It is one of {known}."))
    })?;
    let id = admin.start(kind)?;
    Ok(asker.lead_back("/admin", &format!("job-{id}")))
}

/// Calls a job off.
///
/// # Errors
/// 404 if there is none with this number.
pub async fn cancel(State(admin): State<Admin>, Path(id): Path<u64>, asker: Asker) -> Result<Response, WebError> {
    admin.cancel(id).ok_or_else(|| unknown(id))?;
    Ok(asker.lead_back("/admin", &format!("job-{id}")))
}
