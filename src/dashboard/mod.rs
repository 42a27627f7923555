//! The dashboard, `GET /admin`: whether people wait, what is cached, what the workers do and how big things are, for
//! whoever looks after the gallery.
//!
//! A card is a file: a plain value made of what the owner of the facts says when it is asked, with a template of its own in
//! `templates/admin/` and the same value as JSON at `/api/v1/admin/<card>`. Nothing is measured, kept or changed here.
//! In reading order: [`health`] says in words what is wrong on the cards after it; `jobs` and `care` are what can be asked for.

pub mod caches;
mod care;
pub mod folders;
pub mod health;
mod jobs;
pub mod projection;
pub mod storage;
pub mod streams;
pub mod thumbnails;
pub mod writer;

use self::care::Care;
use self::jobs::Line;
use crate::media::traffic::Traffic;
use crate::pages::Pages;
use crate::status::jobs::JobBoard;
use crate::status::storage::Storage;
use crate::status::{LibraryStatus, Workers};
use crate::thumbnails::Store;
use crate::web::error::WebError;
use crate::web::guard::Guard;
use crate::writer::Writer;
use axum::extract::{Request, State};
use axum::response::Response;
use projections::Live;
use serde::Serialize;
use utoipa::ToSchema;

/// Whom the dashboard asks. Cheap to clone.
#[derive(Clone)]
pub struct Sources {
    /// What is known.
    pub live: Live,
    /// What draws pages.
    pub pages: Pages,
    /// How the library folders are doing.
    pub library: LibraryStatus,
    /// How the making of pictures goes.
    pub workers: Workers,
    /// The pictures as files.
    pub store: Store,
    /// What was done for whoever looks after the gallery.
    pub board: JobBoard,
    /// How much room the data folder takes.
    pub storage: Storage,
    /// What is being sent.
    pub traffic: Traffic,
    /// Who may ask for something.
    pub guard: Guard,
    /// Whether changes are taken.
    pub writer: Writer,
}

/// How well something is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// All is well.
    #[default]
    Good,
    /// Somebody may want to look.
    Warn,
    /// Somebody has to look.
    Bad,
}

/// Every card, as it is at one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize)]
pub struct Cards {
    /// The writer and its log.
    pub writer: writer::Card,
    /// What is known.
    pub projection: projection::Card,
    /// What is kept in memory.
    pub caches: caches::Card,
    /// The pictures.
    pub thumbnails: thumbnails::Card,
    /// The library folders.
    pub folders: folders::Card,
    /// How big things are.
    pub storage: storage::Card,
    /// What is being sent.
    pub streams: streams::Card,
}

impl Sources {
    /// Every card.
    #[must_use]
    pub fn cards(&self) -> Cards {
        let (state, measured) = (self.live.snapshot(), self.storage.now());
        let (feed, jobs) = (self.writer.feed(), self.board.all());
        Cards {
            writer: writer::Card::of(&self.writer, &state, &measured, &jobs),
            projection: projection::Card::of(&state, feed.head(), &measured),
            caches: caches::Card::of(self.pages.counts()),
            thumbnails: thumbnails::Card::of(&state, self.workers.now(), &self.store),
            folders: folders::Card::of(self.library.roots()),
            storage: storage::Card::of(&state, &measured, &self.store),
            streams: streams::Card::of(&self.traffic, feed.followers()),
        }
    }
}

/// What the page shows.
#[derive(Debug, PartialEq, Eq, Hash, Serialize)]
struct Dashboard {
    title: &'static str,
    section: &'static str,
    q: &'static str,
    /// Something is going on, so it is worth looking again soon.
    busy: bool,
    health: health::Card,
    cards: Cards,
    care: Care,
    jobs: Vec<Line>,
}

/// Shows how it goes.
///
/// # Errors
/// None but our own failures.
pub async fn show(State(sources): State<Sources>, request: Request) -> Result<Response, WebError> {
    let cards = sources.cards();
    let jobs: Vec<Line> = Line::all(&sources.board.all());
    let pending = cards.thumbnails.pending + cards.thumbnails.storyboards_pending;
    let page = Dashboard {
        title: "Admin",
        section: "admin",
        q: "",
        busy: pending > 0 || jobs.iter().any(|job| job.running),
        health: health::Card::of(&cards),
        cards,
        care: Care::of(&sources.library.roots(), sources.guard.lets_through(&request)),
        jobs,
    };
    sources.pages.draw(&request, "admin.html", &page)
}
