//! `/admin`: looking after the gallery. Everything here needs a connection from the machine itself or the token of the
//! server (`crate::web::guard`).

use super::answer::{self, Time};
use super::client::{Body, Client};
use crate::actions::admin::{by, folder, unknown};
use crate::admin::{Admin, Wish};
use crate::names::Names;
use crate::status::jobs::{Job as Known, Outcome};
use crate::web::error::WebError;
use crate::web::extract::Path;
use axum::Json;
use axum::extract::{FromRef, State};
use axum::http::header::LOCATION;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use events::{Actor, Pos};
use serde::{Deserialize, Serialize};
use tokio::task::spawn_blocking;
use tools::verify::Finding;
use utoipa::ToSchema;

/// How many viewings can be erased at once.
const ERASED_MAX: usize = 10_000;

/// What looking after the gallery needs.
#[derive(Clone, FromRef)]
pub(super) struct Care {
    admin: Admin,
    names: Names,
}

impl Care {
    pub(super) fn new(admin: Admin, names: Names) -> Self {
        Self { admin, names }
    }
}

/// A job of the administration.
#[derive(Serialize, ToSchema)]
pub(super) struct Job {
    /// Its number, from 1 since the server began.
    #[schema(example = 1)]
    id: u64,
    /// What is done: `verify`, `rebuild`, `prune`, `prune-dry-run`, `rescan`, `accept-missing`, `backup`, `export-tables`,
    /// `export-legacy`, `import-dry-run` or `import`.
    #[schema(example = "verify")]
    kind: &'static str,
    /// What it is done with, if that can be one of several, such as a library folder; null for all of them.
    #[schema(example = json!(null))]
    about: Option<String>,
    /// `running`, `done` (all is well), `failed` (something is wrong, or it could not be done) or `cancelled`.
    #[schema(example = "done")]
    state: &'static str,
    /// How much is done, mostly in events.
    #[schema(example = 4711)]
    done: u64,
    /// How much there is to do; 0 while nobody knows.
    #[schema(example = 4711)]
    total: u64,
    /// How long it will still take, going by how long it took so far; null while nobody knows, and at the end.
    #[schema(example = json!(null))]
    remaining_ms: Option<u64>,
    /// When it began.
    started_at: Time,
    /// When it ended; null until then.
    ended_at: Option<Time>,
    /// What came of it, in a sentence; null until then.
    #[schema(example = "What was shown is what the log says.")]
    summary: Option<String>,
    /// Numbers and digests with their names.
    #[schema(example = json!([{"name": "Events", "value": "4711"}]))]
    facts: Vec<Fact>,
    /// The exit code of the same command of the tools; 0 when all is well.
    #[schema(example = 0)]
    code: u8,
    /// What is wrong, the first few.
    #[schema(example = json!([]))]
    troubles: Vec<Trouble>,
    /// How many more are wrong.
    #[schema(example = 0)]
    more_troubles: u64,
    /// What the same command of the tools prints with `--json`; null for what is no such command, and when it found nothing
    /// out.
    #[schema(value_type = Option<Object>, example = json!({"events": 4711, "digest": "00f1e2d3c4b5a697", "checkpoints": []}))]
    report: Option<serde_json::Value>,
}

/// Something that is wrong.
#[derive(Serialize, ToSchema)]
pub(super) struct Trouble {
    /// The exit code of the tools that stands for it; 0 for what is only worth knowing.
    #[schema(example = 87)]
    code: u8,
    /// What it is.
    #[schema(example = "HEAD is damaged")]
    what: String,
    /// What to do about it, in a sentence; empty if there is nothing to say.
    #[schema(example = "Restore the log from a backup.")]
    advice: String,
}

/// A number or a digest that a job came to.
#[derive(Serialize, ToSchema)]
pub(super) struct Fact {
    /// What it is.
    #[schema(example = "Events")]
    name: &'static str,
    /// The number or the digest.
    #[schema(example = "4711")]
    value: String,
}

impl Job {
    fn of(job: Known) -> Self {
        let remaining_ms = job.left_ms();
        let summary = job.outcome.as_ref().map(|outcome| outcome.summary.clone());
        let Outcome { facts, code, troubles, more_troubles, report, .. } = job.outcome.unwrap_or_default();
        Self {
            id: job.id,
            kind: job.kind.name(),
            about: job.about,
            state: job.state.name(),
            done: job.done,
            total: job.total,
            remaining_ms,
            started_at: Time(job.started_at_ms),
            ended_at: job.ended_at_ms.map(Time),
            summary,
            facts: facts.into_iter().map(|(name, value)| Fact { name, value }).collect(),
            code,
            troubles: troubles
                .into_iter()
                .map(|Finding { code, what, advice }| Trouble { code, what, advice })
                .collect(),
            more_troubles,
            report,
        }
    }
}

/// The jobs of the administration.
#[derive(Serialize, ToSchema)]
pub(super) struct Jobs {
    /// Those that run and the last ones that have ended, newest first.
    jobs: Vec<Job>,
}

/// The answer to the wish for a job: where to look how it is doing.
pub(super) fn started(admin: &Admin, client: Client, wish: Wish) -> Result<Response, WebError> {
    let id = admin.start(wish, by(&client.0))?;
    let job = admin.board().get(id).ok_or_else(|| unknown(id))?;
    Ok((StatusCode::ACCEPTED, [(LOCATION, format!("/api/v1/admin/jobs/{id}"))], Json(Job::of(job))).into_response())
}

/// List jobs
///
/// Those that run and the last ones that have ended, newest first. They are kept until the server ends.
#[utoipa::path(
    get, path = "/admin/jobs", operation_id = "listJobs", tag = "admin",
    responses((status = 200, description = "The jobs", body = Jobs)),
)]
pub(super) async fn jobs(State(admin): State<Admin>, headers: HeaderMap) -> Result<Response, WebError> {
    answer::json(&headers, &Jobs { jobs: admin.board().all().into_iter().map(Job::of).collect() })
}

/// Get a job
///
/// How far it is, and in the end what came of it.
#[utoipa::path(
    get, path = "/admin/jobs/{id}", operation_id = "getJob", tag = "admin",
    params(("id" = u64, Path, description = "The number of the job", example = 1)),
    responses((status = 200, description = "The job as it is", body = Job)),
)]
pub(super) async fn job(
    State(admin): State<Admin>,
    Path(id): Path<u64>,
    headers: HeaderMap,
) -> Result<Response, WebError> {
    answer::json(&headers, &Job::of(admin.board().get(id).ok_or_else(|| unknown(id))?))
}

/// Cancel a job
///
/// It ends soon after, having changed nothing, but that pictures which were pruned until then are gone. A job that has ended stays as it is.
#[utoipa::path(
    delete, path = "/admin/jobs/{id}", operation_id = "cancelJob", tag = "admin",
    params(("id" = u64, Path, description = "The number of the job", example = 1)),
    responses((status = 200, description = "The job as it is", body = Job)),
)]
pub(super) async fn cancel(
    State(admin): State<Admin>,
    Path(id): Path<u64>,
    _client: Client,
) -> Result<Json<Job>, WebError> {
    admin.cancel(id).map(|job| Json(Job::of(job))).ok_or_else(|| unknown(id))
}

/// Verify the log
///
/// Reads every event, the hash chain and the index of events by video, and compares what they come to with what is shown.
/// A job; if one of this kind runs already, the answer is that one.
#[utoipa::path(
    post, path = "/admin/verify", operation_id = "verify", tag = "admin",
    responses((status = 202, description = "The job; `Location` says where to look after it", body = Job)),
)]
pub(super) async fn verify(State(admin): State<Admin>, client: Client) -> Result<Response, WebError> {
    started(&admin, client, Wish::Verify)
}

/// How to prune.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Pruning {
    /// Whether to only say what would be done.
    #[schema(example = true)]
    dry_run: bool,
}

/// Prune pictures
///
/// Deletes the pictures that no video has any more, and puts those of forgotten videos aside. A job; if one of this kind
/// runs already, the answer is that one.
#[utoipa::path(
    post, path = "/admin/prune", operation_id = "prune", tag = "admin", request_body = Pruning,
    responses((status = 202, description = "The job; `Location` says where to look after it", body = Job)),
)]
pub(super) async fn prune(
    State(admin): State<Admin>,
    client: Client,
    Body(Pruning { dry_run }): Body<Pruning>,
) -> Result<Response, WebError> {
    started(&admin, client, Wish::Prune { dry_run })
}

/// Which library folders to look at.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Looking {
    /// The folder, as `/status` names it; all of them unless said.
    #[serde(default)]
    #[schema(example = json!(null))]
    folder: Option<String>,
}

/// Look at library folders again
///
/// Reads them from end to end, as soon as they have rested from the last time. A job that ends when they were read; if the
/// same runs already, the answer is that one.
#[utoipa::path(
    post, path = "/admin/rescan", operation_id = "rescan", tag = "admin", request_body = Looking,
    responses(
        (status = 202, description = "The job; `Location` says where to look after it", body = Job),
        (status = 404, description = "There is no such folder"),
    ),
)]
pub(super) async fn rescan(
    State(admin): State<Admin>,
    client: Client,
    Body(Looking { folder: name }): Body<Looking>,
) -> Result<Response, WebError> {
    let root = name.map(|name| folder(&admin, &name)).transpose()?;
    started(&admin, client, Wish::Rescan(root))
}

/// In which library folder what is missing is gone.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Believing {
    /// The folder, as `/status` names it.
    #[schema(example = "/srv/videos")]
    folder: String,
}

/// Believe that what is missing is gone
///
/// For a library folder in which so much is missing that it was left as it was: looks at it once more, and believes what is
/// missing then. Nothing that is known of a video is lost; it is shown again when its file is there again. A job; if the same
/// runs already, the answer is that one.
#[utoipa::path(
    post, path = "/admin/accept-missing", operation_id = "acceptMissing", tag = "admin", request_body = Believing,
    responses(
        (status = 202, description = "The job; `Location` says where to look after it", body = Job),
        (status = 404, description = "There is no such folder"),
        (status = 409, description = "Nothing is missing there that was not believed"),
    ),
)]
pub(super) async fn accept_missing(
    State(admin): State<Admin>,
    client: Client,
    Body(Believing { folder: name }): Body<Believing>,
) -> Result<Response, WebError> {
    let root = folder(&admin, &name)?;
    started(&admin, client, Wish::AcceptMissing(root))
}

/// What to erase for good.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Erasing {
    /// The positions of viewings and of places in videos where somebody stopped, at most 10,000. With a viewing goes what
    /// took it back and brought it back, and where the same device stopped in it.
    #[serde(default)]
    #[schema(value_type = Vec<u64>, example = json!([12]))]
    viewings: Vec<Pos>,
    /// The number of a device whose name is erased; never 0, which is none.
    #[schema(example = 7)]
    device: Option<u32>,
}

/// What was erased.
#[derive(Serialize, ToSchema)]
pub(super) struct Erased {
    /// How many events had not been erased before.
    #[schema(example = 1)]
    events: usize,
    /// Whether the device had a name.
    #[schema(example = false)]
    name: bool,
}

/// Erase viewings and names
///
/// Erases for good what was watched, from the log and from all that is made of it, and what a device is called. That
/// something was watched stays in the log, and the hash chain goes on to verify. It cannot be taken back. No page and no
/// export of the history says any more what it was; whoever reads the log itself, its files, a backup or `/log`, can still
/// find out by trying which video fits the hash that is left.
#[utoipa::path(
    post, path = "/admin/redact", operation_id = "redact", tag = "admin", request_body = Erasing,
    responses(
        (status = 200, description = "What was erased", body = Erased),
        (status = 409, description = "One of these cannot be erased: only viewings and places in videos can; nothing was"),
        (status = 422, description = "Too many at once, or 0 as a device; nothing was erased"),
    ),
)]
pub(super) async fn redact(
    State(care): State<Care>,
    _client: Client,
    Body(erasing): Body<Erasing>,
) -> Result<Json<Erased>, WebError> {
    let Erasing { viewings, device } = erasing;
    if viewings.len() > ERASED_MAX {
        let why = format!("At most {ERASED_MAX} viewings can be erased at once.");
        return Err(WebError::new(StatusCode::UNPROCESSABLE_ENTITY).with_detail(why).with_field("viewings"));
    }
    if device == Some(0) {
        let why = "0 is no device: it stands for imports, tools and the gallery itself.";
        return Err(WebError::new(StatusCode::UNPROCESSABLE_ENTITY).with_detail(why).with_field("device"));
    }
    let writer = &care.admin.ground().writer;
    let events = match viewings.is_empty() {
        true => 0,
        false => writer.forget(viewings).await?,
    };
    let name = match device {
        None => false,
        Some(number) => {
            let forget = move || care.names.forget(Actor(number));
            let forgotten = spawn_blocking(forget).await.map_err(WebError::internal)?;
            forgotten.map_err(|error| WebError::unavailable("The name could not be erased.", 10).with_source(error))?
        }
    };
    tracing::info!(events, name, "viewings or a name were erased");
    Ok(Json(Erased { events, name }))
}

/// Rebuild what is known
///
/// Computes everything from the log anew while the gallery is in use, compares it with what is shown, and shows it from
/// then on. A job; if one of this kind runs already, the answer is that one.
#[utoipa::path(
    post, path = "/admin/rebuild", operation_id = "rebuild", tag = "admin",
    responses((status = 202, description = "The job; `Location` says where to look after it", body = Job)),
)]
pub(super) async fn rebuild(State(admin): State<Admin>, client: Client) -> Result<Response, WebError> {
    started(&admin, client, Wish::Rebuild)
}
