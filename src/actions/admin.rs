//! `POST /admin/jobs`, field `kind` and what that needs: has the gallery verified, rebuilt, pruned, its folders looked at;
//! `POST /admin/jobs/{id}/cancel` cancels that. Both lead back to the page that shows how it goes. Files that come and go
//! are in `carry`; the way in, in `enter`. Who may is up to `crate::web::guard`.

use super::Asker;
use crate::admin::{Admin, By, StartError, Wish};
use crate::status::jobs::KEPT;
use crate::web::error::WebError;
use crate::web::extract::{Form, Path};
use crate::web::human::sentence;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use events::RootPath;
use serde::Deserialize;

/// What a form can ask for.
const KINDS: &str = "verify, rebuild, prune, prune-dry-run, rescan, accept-missing, import";

/// The form.
#[derive(Deserialize)]
pub struct Fields {
    kind: String,
    /// A library folder, for those that are about one.
    folder: Option<String>,
    /// The job that said what files would bring.
    preview: Option<u64>,
}

impl From<StartError> for WebError {
    fn from(error: StartError) -> Self {
        match &error {
            StartError::Ended => Self::unavailable("The server is shutting down.", 5),
            StartError::Thread(_) | StartError::Runtime(_) => {
                Self::unavailable("The system allows no further thread.", 60).with_source(error)
            }
            StartError::NoSuchFolder(_) => Self::not_found(sentence(&error.to_string())),
            StartError::NothingMissing(_)
            | StartError::BeingSent(_)
            | StartError::BeingRead(_)
            | StartError::NothingRead(_) => Self::new(StatusCode::CONFLICT).with_detail(sentence(&error.to_string())),
        }
    }
}

/// There is no such job.
pub(crate) fn unknown(id: u64) -> WebError {
    WebError::not_found(format!("There is no job {id}. Jobs are kept until the server ends, the last {KEPT} of them."))
}

/// The library folder that a form or a program calls so.
pub(crate) fn folder(admin: &Admin, name: &str) -> Result<RootPath, WebError> {
    let roots = admin.ground().library.roots();
    let found = roots.into_iter().find(|status| status.root.as_path().to_string_lossy() == name);
    Ok(found.map(|status| status.root).ok_or_else(|| StartError::NoSuchFolder(name.to_owned()))?)
}

/// Starts a job, or leads to the one that does the same already.
///
/// # Errors
/// 400 for a kind that is none, 404 for a folder that is none, 409 for what makes no sense at the moment, 503 when the server
/// ends.
pub async fn start(State(admin): State<Admin>, asker: Asker, Form(fields): Form<Fields>) -> Result<Response, WebError> {
    let about = fields.folder.as_deref().filter(|name| !name.is_empty());
    let about = about.map(|name| folder(&admin, name)).transpose()?;
    let wish = match fields.kind.as_str() {
        "verify" => Wish::Verify,
        "rebuild" => Wish::Rebuild,
        "prune" => Wish::Prune { dry_run: false },
        "prune-dry-run" => Wish::Prune { dry_run: true },
        "rescan" => Wish::Rescan(about),
        "accept-missing" => {
            Wish::AcceptMissing(about.ok_or_else(|| WebError::bad_parameter("folder", "Name the library folder."))?)
        }
        "import" => Wish::Import(
            fields.preview.ok_or_else(|| WebError::bad_parameter("preview", "Name the job that read it."))?,
        ),
        _ => return Err(WebError::bad_parameter("kind", format!("It is one of {KINDS}."))),
    };
    let id = admin.start(wish, by(&asker))?;
    Ok(asker.lead_back("/admin", &format!("job-{id}")))
}

/// On whose behalf a job is done.
pub(crate) fn by(asker: &Asker) -> By {
    By { cause: asker.cause, actor: asker.visit.actor }
}

/// Cancels a job.
///
/// # Errors
/// 404 if there is none with this number.
pub async fn cancel(State(admin): State<Admin>, Path(id): Path<u64>, asker: Asker) -> Result<Response, WebError> {
    admin.cancel(id).ok_or_else(|| unknown(id))?;
    Ok(asker.lead_back("/admin", &format!("job-{id}")))
}
