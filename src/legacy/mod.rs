//! The addresses of the program before this one, for the bookmarks and scripts of those who used it.
//!
//! The same fields and statuses as there, but where they were wrong; each file says what is different, and
//! `docs/LEGACY.md` has it on one page. They lead to the same commands and the same snapshot as everything else: there is
//! nothing here that a page or a native address does not do as well.
//!
//! Modules in reading order: `addresses` is the list, `names` finds the video of a file name, `answer` has the bodies of
//! requests and refusals; then a file for each noun.

pub mod addresses;
mod answer;
mod cache;
mod cors;
mod favorite;
mod images;
mod import_browser;
mod limit;
mod names;
mod performance;
mod playlist;
mod rating;
mod redirect;
mod tag;
mod view;

use crate::actions::Asker;
use crate::dashboard::Sources;
use crate::decide::Command;
use crate::jobs::library::Wishes;
use crate::media::Media;
use crate::pages::Pages;
use crate::writer::{Receipt, WriteError, Writer};
use axum::Router;
use axum::extract::{DefaultBodyLimit, FromRef};
use axum::routing::{delete, get, post, put};
use events::VideoId;
use limit::Limit;
use names::Hashes;
use projections::{Live, State};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::task::spawn_blocking;

/// The largest body of a write, in bytes. A name has at most 4,096.
const MAX_BODY_BYTES: usize = 64 * 1024;

/// All that the old addresses need. Cheap to clone.
#[derive(Clone)]
pub struct Legacy(Arc<Parts>);

/// What [`Legacy`] is made of.
struct Parts {
    live: Live,
    pages: Pages,
    media: Media,
    writer: Writer,
    folders: Arc<[Wishes]>,
    hashes: Arc<Mutex<Hashes>>,
    ratings: Limit,
}

impl FromRef<Legacy> for Pages {
    fn from_ref(legacy: &Legacy) -> Self {
        legacy.0.pages.clone()
    }
}

/// Every old address that is answered here, with numbers from the `sources` of the dashboard; `addresses` has those as well that pages answer under the same name.
pub fn router(legacy: Legacy, sources: Sources) -> Router {
    let writes = Router::new()
        .route("/rate", post(rating::rate))
        .route("/api/ratings/{hash}", get(rating::show).post(rating::give).options(rating::allow))
        .route("/view", post(view::count))
        .route("/tag", post(tag::add))
        .route("/delete_tag", post(tag::remove))
        .route("/favorite", post(favorite::toggle))
        .route("/api/playlists", get(playlist::all).post(playlist::create))
        .route("/api/playlists/{id}", get(playlist::show).delete(playlist::delete))
        .route("/api/playlists/{id}/add", post(playlist::add))
        .route("/api/playlists/{id}/items/{*name}", delete(playlist::remove))
        .merge(images())
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES));
    Router::new()
        .route("/watch/{id}", get(redirect::watch))
        .route("/watch/{id}/{*rest}", get(redirect::watch))
        .route("/video/{*name}", get(redirect::video))
        .route("/playlist/{id}", get(redirect::playlist))
        .route("/ping", get(redirect::ping))
        .route("/get_views", get(view::all))
        .route("/api/tags/popular", get(tag::popular))
        .route("/api/tags/video", get(tag::of_video))
        .route("/admin/cache/status", get(cache::status))
        .route("/admin/cache/refresh", post(cache::refresh))
        .route("/admin/metadata/prune", post(cache::prune))
        .route(
            "/import/browser",
            post(import_browser::take).layer(DefaultBodyLimit::max(import_browser::BODY_BYTES_MAX)),
        )
        .merge(writes)
        .with_state(legacy)
        .merge(performance::router(sources))
}

/// Those of the image gallery.
fn images() -> Router<Legacy> {
    Router::new()
        .route("/gallery", get(images::gallery))
        .route("/gallery/groups/{slug}", get(images::group_page))
        .route("/gallery/image/{*name}", get(images::bytes))
        .route("/api/gallery", get(images::all))
        .route("/api/gallery/groups", get(images::groups).post(images::create))
        .route("/api/gallery/groups/{id}", put(images::edit).delete(images::delete))
        .route("/api/gallery/groups/{id}/images", post(images::add))
        .route("/api/gallery/groups/{id}/images/{*name}", delete(images::remove))
        .route("/api/gallery/groups/{id}/items/{item}", delete(images::remove_item))
        .route("/api/gallery/images/{*rest}", get(images::groups_of))
}

impl Legacy {
    /// The old addresses of what is `live`. Whoever asks for a new look at the `folders` wakes their jobs.
    #[must_use]
    pub fn new(live: Live, pages: Pages, media: Media, writer: Writer, folders: Arc<[Wishes]>) -> Self {
        let (hashes, ratings) = Default::default();
        Self(Arc::new(Parts { live, pages, media, writer, folders, hashes, ratings }))
    }

    fn snapshot(&self) -> Arc<State> {
        self.0.live.snapshot()
    }

    /// Carries out `command` for whoever asks, and waits until everybody can see it.
    async fn carry_out(&self, asker: &Asker, command: Command) -> Result<Receipt, WriteError> {
        self.0.writer.submit(asker.request(command)).await
    }

    /// The video whose name has this `media_hash`.
    async fn hashed(&self, hash: String) -> Option<VideoId> {
        let (hashes, state) = (Arc::clone(&self.0.hashes), self.snapshot());
        let looked_up = spawn_blocking(move || {
            // Whoever panicked with it left hints, and hints are checked.
            hashes.lock().unwrap_or_else(PoisonError::into_inner).find(&state, &hash)
        });
        looked_up.await.ok().flatten()
    }
}
