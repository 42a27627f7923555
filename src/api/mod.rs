//! `/api/v1`: all of the gallery for programs, and `/api/docs`, which describes it.
//!
//! Each handler carries its own description, so that an address and its document are one thing and cannot disagree. What
//! holds for all of them (problems, keys, sizes) is written once, in [`document`]. A handler reads the request, asks the
//! snapshot or sends the same command as the forms of `actions`, and answers JSON; nothing is decided here.
//!
//! In reading order: `client`, `answer` and `list` are what handlers share; then a file for each noun; `document` and
//! `docs`.

mod admin;
mod answer;
mod cards;
mod carry;
mod client;
mod docs;
mod document;
mod edit;
mod events;
mod favorite;
mod import;
mod list;
mod log;
mod playback;
mod playlist;
mod playlist_change;
mod rating;
mod status;
mod tag;
mod tags_of;
mod thumbnail;
mod thumbnails;
mod undo;
mod video;
mod view;

use crate::admin::Admin;
use crate::dashboard::Sources;
use crate::names::Names;
use crate::pages::Pages;
use crate::status::{Health, LibraryStatus, Workers};
use crate::thumbnails::Store;
use crate::thumbnails::wanted::Wanted;
use crate::web::guard::{self, Guard};
use crate::writer::Writer;
use axum::Router;
use axum::extract::{DefaultBodyLimit, FromRef, Request};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::routing::get;
use projections::Live;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The largest body of a change, in bytes: ten thousand numbers of videos, and room.
const BODY_BYTES_MAX: usize = 1024 * 1024;

/// What the API can be given.
pub struct Parts {
    /// What looks after the gallery.
    pub admin: Admin,
    /// How all of it is going.
    pub cards: Sources,
    /// What people call the devices.
    pub names: Names,
    /// Who may ask for that.
    pub guard: Guard,
    /// What is known.
    pub live: Live,
    /// The pages, of which the document is one.
    pub pages: Pages,
    /// How the library folders are doing.
    pub library: LibraryStatus,
    /// Whether all is well.
    pub health: Health,
    /// The only door to the log.
    pub writer: Writer,
    /// The pictures that somebody waits for.
    pub wanted: Wanted,
    /// How the making of pictures goes.
    pub workers: Workers,
    /// The pictures as files.
    pub store: Store,
}

/// What reading needs.
#[derive(Clone, FromRef)]
struct Reads {
    live: Live,
    pages: Pages,
    library: LibraryStatus,
    health: Health,
    workers: Workers,
    store: Store,
}

/// What a change needs: the way in, and a look at what became of it.
#[derive(Clone, FromRef)]
struct Writes {
    live: Live,
    writer: Writer,
    wanted: Wanted,
}

/// Every address of the API and of its document.
pub fn router(parts: Parts) -> Router {
    let Parts { admin, cards, names, guard, live, pages, library, health, writer, wanted, workers, store } = parts;
    let feed = writer.feed().clone();
    let streams = events::Streams::new(feed.clone(), live.clone());
    let reads = reads().with_state(Reads { live: live.clone(), pages: pages.clone(), library, health, workers, store });
    let writes = writes().with_state(Writes { live, writer, wanted });
    let cards = cards::router().with_state(cards);
    let care_state = admin::Care::new(admin, names);
    let guarded = || from_fn_with_state(guard.clone(), guard::check);
    let care = care().with_state(care_state.clone()).layer(guarded());
    let frames = OpenApiRouter::default().routes(routes!(carry::frames)).with_state(care_state).layer(guarded());
    let all = answering("application/json", reads.merge(writes).merge(cards).merge(care))
        .merge(answering(
            "text/event-stream",
            OpenApiRouter::default().routes(routes!(events::follow)).with_state(streams),
        ))
        .merge(answering("application/x-ndjson", OpenApiRouter::default().routes(routes!(log::read)).with_state(feed)));
    let all = all.merge(answering("application/octet-stream", frames));
    let (router, api) = OpenApiRouter::with_openapi(document::frame()).nest("/api/v1", all).split_for_parts();
    let described = docs::Described::new(document::finished(api), pages);
    let document = Router::new()
        .route("/api/v1/openapi.json", get(docs::json))
        .route("/api/docs", get(docs::show))
        .with_state(described);
    router.merge(document)
}

/// These addresses for clients that take answers of this `kind`.
fn answering(kind: &'static str, addresses: OpenApiRouter) -> OpenApiRouter {
    addresses.layer(from_fn(move |request: Request, next: Next| answer::only(kind, request, next)))
}

/// Addresses that only look.
fn reads() -> OpenApiRouter<Reads> {
    OpenApiRouter::default()
        .routes(routes!(video::list))
        .routes(routes!(video::show))
        .routes(routes!(video::related))
        .routes(routes!(tag::all))
        .routes(routes!(tag::suggest))
        .routes(routes!(playlist::all))
        .routes(routes!(playlist::show))
        .routes(routes!(rating::show))
        .routes(routes!(tags_of::show))
        .routes(routes!(thumbnail::show))
        .routes(routes!(thumbnails::show))
        .routes(routes!(status::show))
}

/// Addresses that change something.
fn writes() -> OpenApiRouter<Writes> {
    OpenApiRouter::default()
        .routes(routes!(rating::give, rating::clear))
        .routes(routes!(favorite::add, favorite::remove))
        .routes(routes!(tags_of::replace, tags_of::change))
        .routes(routes!(thumbnail::choose, thumbnail::release))
        .routes(routes!(thumbnail::retry))
        .routes(routes!(thumbnails::retry))
        .routes(routes!(view::start))
        .routes(routes!(tag::rename))
        .routes(routes!(tag::merge))
        .routes(routes!(playlist_change::create))
        .routes(routes!(playlist_change::edit, playlist_change::delete))
        .routes(routes!(playlist_change::add))
        .routes(routes!(playlist_change::move_item, playlist_change::remove_item))
        .routes(routes!(playback::remember))
        .routes(routes!(edit::edit))
        .routes(routes!(undo::undo))
        .routes(routes!(undo::preview))
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
}

/// Addresses that take files.
fn uploads() -> OpenApiRouter<admin::Care> {
    OpenApiRouter::default()
        .routes(routes!(import::preview))
        .layer(DefaultBodyLimit::max(crate::actions::carry::UPLOAD_BYTES_MAX))
}

/// Addresses for whoever looks after the gallery.
fn care() -> OpenApiRouter<admin::Care> {
    OpenApiRouter::default()
        .routes(routes!(admin::jobs))
        .routes(routes!(admin::job, admin::cancel))
        .routes(routes!(admin::verify))
        .routes(routes!(admin::rebuild))
        .routes(routes!(admin::prune))
        .routes(routes!(admin::rescan))
        .routes(routes!(admin::accept_missing))
        .routes(routes!(admin::redact))
        .routes(routes!(import::import))
        .routes(routes!(carry::end))
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .merge(uploads())
}
