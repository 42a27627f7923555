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
pub mod points;
pub mod process;
pub mod projection;
mod show;
pub mod storage;
pub mod streams;
pub mod thumbnails;
pub mod traffic;
pub mod writer;

pub use self::show::{show, window};

use crate::media::traffic::Traffic;
use crate::metrics::{self, Metrics, Report, Window};
use crate::pages::Pages;
use crate::status::jobs::JobBoard;
use crate::status::storage::Storage;
use crate::status::{LibraryStatus, Workers};
use crate::thumbnails::Store;
use crate::web::guard::Guard;
use crate::writer::Writer;
use projections::Live;
use serde::Serialize;
use std::sync::Arc;
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
    /// What was counted.
    pub metrics: Metrics,
    /// From when on something is slow or fails too often.
    pub thresholds: Thresholds,
}

/// From when on something is slow or fails too often; more than this.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Thresholds {
    /// A 95th percentile that is worth a warning, in ms.
    pub warn_p95_ms: u64,
    /// One that is poor, in ms.
    pub poor_p95_ms: u64,
    /// A share of errors that is worth a warning, in percent.
    pub warn_errors_percent: u64,
    /// One that is poor, in percent.
    pub poor_errors_percent: u64,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self { warn_p95_ms: 250, poor_p95_ms: 500, warn_errors_percent: 2, poor_errors_percent: 5 }
    }
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
    /// The requests of a window.
    pub traffic: traffic::Card,
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
    /// What the program takes of the machine.
    pub process: process::Card,
    /// What is being sent.
    pub streams: streams::Card,
}

impl Sources {
    /// What was counted in a window.
    pub async fn report(&self, window: Window) -> Arc<Report> {
        self.metrics.window(window).await
    }

    /// Every card; that of the traffic is of this report.
    #[must_use]
    pub fn cards(&self, report: &Report) -> Cards {
        let (state, measured) = (self.live.snapshot(), self.storage.now());
        let (feed, jobs) = (self.writer.feed(), self.board.all());
        Cards {
            traffic: traffic::Card::of(report, self.thresholds),
            writer: writer::Card::of(&self.writer, &self.metrics.writer_figures(), &state, &measured, &jobs),
            projection: projection::Card::of(&state, feed.head(), &measured),
            caches: caches::Card::of(self.pages.counts()),
            thumbnails: thumbnails::Card::of(&state, self.workers.now(), &self.store, report),
            folders: folders::Card::of(self.library.roots()),
            storage: storage::Card::of(&state, &measured, &self.store, self.metrics.kept()),
            process: process::Card::of(metrics::process::now()),
            streams: streams::Card::of(&self.traffic, feed.followers()),
        }
    }
}
