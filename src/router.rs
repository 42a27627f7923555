//! Every address of the gallery, and nothing else. What surrounds them all is in [`crate::web::edge`].
//!
//! [`Parts`] is what handlers can be given. Each group of addresses gets only the parts it needs: a page gets none that
//! could write, and so it cannot. It is also cheaper, because axum copies what a group gets for every request.

use crate::actions;
use crate::admin::Admin;
use crate::api;
use crate::dashboard::{self, Thresholds};
use crate::history::{self, History};
use crate::jobs::library::Wishes;
use crate::legacy::{self, Legacy};
use crate::media::{self, Media};
use crate::metrics::Metrics;
use crate::names::Names;
use crate::pages::{
    Pages, browse, compare, images, playlist, playlists, random, selection, stats, suggest, tag_rename, tags,
};
use crate::scrape;
use crate::status::storage::Storage;
use crate::status::{Health, LibraryStatus, Workers};
use crate::thumbnails::wanted::Wanted;
use crate::web::assets::{Assets, Keep};
use crate::web::edge::Edge;
use crate::web::error::WebError;
use crate::web::extract::Path;
use crate::web::guard::{self, Guard};
use crate::web::origin::HostNames;
use crate::web::route::NoteRoute;
use crate::writer::Writer;
use axum::Router;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, FromRef, State};
use axum::http::{HeaderMap, Response};
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};
use projections::Live;
use std::sync::Arc;

/// What handlers can be given.
#[derive(Clone)]
pub struct Parts {
    /// What looks after the gallery.
    pub admin: Admin,
    /// The files of `static/`.
    pub assets: Assets,
    /// Who may look after the gallery.
    pub guard: Guard,
    /// Whether all is well.
    pub health: Health,
    /// How the library folders are doing.
    pub library: LibraryStatus,
    /// What is known.
    pub live: Live,
    /// What is known, as pages.
    pub pages: Pages,
    /// The bytes of videos, and pictures of them.
    pub media: Media,
    /// What is counted of all this.
    pub metrics: Metrics,
    /// What people call the devices.
    pub names: Names,
    /// From when on something is slow or fails too often.
    pub thresholds: Thresholds,
    /// How much room the data folder takes.
    pub storage: Storage,
    /// The only door to the log.
    pub writer: Writer,
    /// How the making of pictures goes.
    pub workers: Workers,
    /// What can be asked of the library folders.
    pub folders: Arc<[Wishes]>,
}

/// The largest body of a write, in bytes. A form of this gallery has a few hundred.
const MAX_BODY_BYTES: usize = 64 * 1024;

/// The largest body of a write that names many videos, in bytes: ten thousand of them, and more.
const MAX_LIST_BYTES: usize = 1024 * 1024;

/// The whole gallery as one service, which answers to these `names`.
#[must_use]
pub fn gallery(parts: Parts, names: HostNames) -> Edge<Router> {
    let Parts { admin, assets, guard, health, library, live, pages, media, names: devices, .. } = parts;
    let Parts { storage, thresholds, writer, workers, folders, metrics, .. } = parts;
    let errors = pages.clone();
    let wanted = media.wanted().clone();
    let sources = dashboard::Sources {
        live: live.clone(),
        pages: pages.clone(),
        library: library.clone(),
        workers: workers.clone(),
        store: media.store().clone(),
        board: admin.board().clone(),
        storage,
        traffic: media.traffic().clone(),
        guard: guard.clone(),
        metrics: metrics.clone(),
        thresholds,
        writer: writer.clone(),
    };
    let api = api::Parts {
        admin: admin.clone(),
        cards: sources.clone(),
        names: devices.clone(),
        guard: guard.clone(),
        live: live.clone(),
        pages: pages.clone(),
        library: library.clone(),
        health: health.clone(),
        writer: writer.clone(),
        wanted: wanted.clone(),
        workers: workers.clone(),
        store: media.store().clone(),
    };
    let legacy = Legacy::new(live.clone(), pages.clone(), media.clone(), writer.clone(), folders);
    let history =
        History { live: live.clone(), pages: pages.clone(), feed: writer.feed().clone(), names: devices.clone() };
    let router = reads(pages)
        .merge(care(admin).layer(from_fn_with_state(guard.clone(), guard::check)))
        .route("/admin", get(dashboard::show).with_state(sources.clone()))
        .route("/metrics", get(scrape::show).with_state(sources.clone()))
        .merge(history::router(history, guard.clone()))
        .route("/admin/token", post(actions::enter::enter).with_state(guard.clone()))
        .merge(api::router(api))
        .merge(bytes(media))
        .merge(files(assets))
        .merge(Router::new().route("/readyz", get(ready)).with_state(health))
        .route("/healthz", get(async || "ok\n"))
        .merge(writes(Doors { live, writer, wanted, names: devices, guard }))
        .merge(legacy::router(legacy, sources))
        .layer(NoteRoute(metrics.clone()));
    Edge::new(router, names, Box::new(move |view| errors.error(view)), Some(metrics))
}

/// Addresses that only look.
fn reads(pages: Pages) -> Router {
    Router::new()
        .route("/", get(browse::home))
        .route("/favorites", get(browse::favorites))
        .route("/popular", get(browse::popular))
        .route("/best-of", get(browse::best_of))
        .route("/search", get(browse::search))
        .route("/suggest", get(suggest::show))
        .route("/tags", get(tags::show))
        .route("/tags/rename", get(tag_rename::show))
        .route("/tag/{tag}", get(browse::tag))
        .route("/playlists", get(playlists::show))
        .route("/playlists/{id}", get(playlist::show))
        .route("/images", get(images::show))
        .route("/images/favorites", get(images::favorites))
        .route("/images/groups/{group}", get(images::group))
        .route("/history/compare", get(compare::show))
        .route("/history/stats", get(stats::show))
        .route("/random", get(random::go))
        .route("/select", get(selection::list))
        .route("/selection", post(selection::summary).layer(DefaultBodyLimit::max(MAX_LIST_BYTES)))
        .with_state(pages)
}

/// The bytes of videos and images, the captions beside videos, and the pictures made of them.
fn bytes(media: Media) -> Router {
    Router::new()
        .route("/media/{id}/{name}", get(media::video::video))
        .route("/media/{id}/remux.mp4", get(media::remux::film))
        .route("/media/{id}/sound.mp3", get(media::remux::sound))
        .route("/media/{id}/transcode.mp4", get(media::transcode::film))
        .route("/media/{id}/captions", get(media::captions::list))
        .route("/media/{id}/captions/{file}", get(media::captions::track))
        .route("/images/{id}/{name}", get(media::image::image))
        .route("/thumbnails/{id}/{file}", get(media::thumbnail::current))
        .route("/thumbnails/{id}/{hash}/{file}", get(media::thumbnail::picture))
        .route("/thumbnails/wanted", post(media::thumbnail::wanted).layer(DefaultBodyLimit::max(MAX_BODY_BYTES)))
        .with_state(media)
}

/// Files that pages are made of.
fn files(assets: Assets) -> Router {
    Router::new().route("/static/{fingerprint}/{*name}", get(asset)).route("/favicon.ico", get(icon)).with_state(assets)
}

/// What a change needs: the way in, and a look at what became of it.
#[derive(Clone, FromRef)]
struct Doors {
    live: Live,
    writer: Writer,
    wanted: Wanted,
    names: Names,
    guard: Guard,
}

/// Addresses that change something.
fn writes(doors: Doors) -> Router {
    Router::new()
        .route("/videos/{id}/rating", post(actions::rating::give))
        .route("/videos/{id}/favorite", post(actions::favorite::set))
        .route("/videos/{id}/tags", post(actions::tag::edit))
        .route("/videos/{id}/view", post(actions::view::start))
        .route("/videos/{id}/playback", post(actions::playback::remember))
        .route("/videos/{id}/playlists", post(actions::playlist::add_video))
        .route("/videos/{id}/thumbnail", post(actions::thumbnail::choose))
        .route("/videos/{id}/thumbnail/retry", post(actions::thumbnail::retry))
        .route("/thumbnails/retry", post(actions::thumbnail::retry_all))
        .route("/playlists/{id}", post(actions::playlist::edit))
        .route("/playlists/{id}/delete", post(actions::playlist::delete))
        .route("/playlists/{id}/items/{item}/move", post(actions::playlist::move_item))
        .route("/playlists/{id}/items/{item}/remove", post(actions::playlist::remove_item))
        .route("/tags/rename", post(actions::tag_rename::rename))
        .route("/images/{id}/favorite", post(actions::image::favor))
        .route("/images/groups/{group}/rename", post(actions::group::rename))
        .route("/images/groups/{group}/cover", post(actions::group::cover))
        .route("/images/groups/{group}/delete", post(actions::group::delete))
        .route("/history/devices", post(actions::device::name_own))
        .route("/history/devices/{device}", post(actions::device::rename))
        .route("/history/devices/{device}/forget", post(actions::device::forget))
        .route("/history/{pos}/forget", post(actions::forget::forget))
        .route("/undo", post(actions::undo::undo))
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .route("/images/groups", post(actions::group::create).layer(DefaultBodyLimit::max(MAX_LIST_BYTES)))
        .route("/images/group", post(actions::group::add).layer(DefaultBodyLimit::max(MAX_LIST_BYTES)))
        .route(
            "/images/groups/{group}/remove",
            post(actions::group::remove).layer(DefaultBodyLimit::max(MAX_LIST_BYTES)),
        )
        .route("/edits", post(actions::edit::carry_out).layer(DefaultBodyLimit::max(MAX_LIST_BYTES)))
        .route("/playlists", post(actions::playlist::create).layer(DefaultBodyLimit::max(MAX_LIST_BYTES)))
        .with_state(doors)
}

/// Addresses of forms that look after the gallery; they are guarded. Trying pictures and folders again is not: it costs
/// little, changes nothing that anybody said, and whoever misses a picture may ask for it.
fn care(admin: Admin) -> Router {
    Router::new()
        .route("/admin/jobs", post(actions::admin::start))
        .route("/admin/jobs/{id}/cancel", post(actions::admin::cancel))
        .route("/admin/downloads", post(actions::carry::send))
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .route(
            "/admin/import",
            post(actions::carry::import).layer(DefaultBodyLimit::max(actions::carry::UPLOAD_BYTES_MAX)),
        )
        .with_state(admin)
}

async fn asset(
    State(assets): State<Assets>,
    Path((fingerprint, name)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response<Body>, WebError> {
    assets.fingerprinted(&fingerprint, &name, &headers)
}

/// Browsers ask for this name on their own; they take an SVG.
async fn icon(State(assets): State<Assets>, headers: HeaderMap) -> Result<Response<Body>, WebError> {
    assets.get("favicon.svg", &headers, Keep::Day)
}

/// Whether the gallery does all of its work, for whoever watches over it.
async fn ready(State(health): State<Health>) -> Result<&'static str, WebError> {
    match health.trouble() {
        None => Ok("ready\n"),
        Some(why) => Err(WebError::unavailable(why, 5)),
    }
}
