//! `GET /metrics`: how the gallery does, in numbers, for a Prometheus that asks every few seconds.
//!
//! Nothing is counted here. Each number is read where it is known, when it is asked for: from the snapshot, or from those
//! who count what they do. [`table`] says which numbers there are, and `docs/operators/METRICS.md` is made from it.
//!
//! Whoever may look at the gallery may read them: they name addresses by their patterns and folders by their numbers, and
//! neither a title, nor a path, nor a device.

mod table;
mod text;

use crate::clock;
use crate::dashboard::{Sources, storage, writer};
use crate::metrics::{Process, Totals, process};
use crate::status::jobs::Job;
use crate::status::{RootStatus, WorkersStatus};
use crate::thumbnails::Store;
use crate::web::page_cache::Counts;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use projections::State as Known;
use std::sync::Arc;
pub use table::families;
use text::Samples;

/// What kind of number it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It only grows, until the program starts again.
    Counter,
    /// It goes up and down.
    Gauge,
    /// How long something took, counted in steps.
    Histogram,
}

/// Numbers of one name, which differ in their labels.
pub struct Family {
    /// Its name, with its unit.
    pub name: &'static str,
    /// What kind of number it is.
    pub kind: Kind,
    /// What its numbers differ in.
    pub labels: &'static [&'static str],
    /// What it says, in a sentence.
    pub help: &'static str,
    read: fn(&Facts, &mut Samples<'_>),
}

/// What is known at one moment.
struct Facts {
    totals: Totals,
    process: Process,
    now_ms: i64,
    state: Arc<Known>,
    writer: writer::Card,
    storage: storage::Card,
    roots: Vec<RootStatus>,
    workers: WorkersStatus,
    pages: Counts,
    store: Store,
    open_streams: usize,
    sent_bytes: u64,
    followers: usize,
    jobs: Vec<Job>,
}

impl Facts {
    fn of(sources: &Sources) -> Self {
        let (state, measured, jobs) = (sources.live.snapshot(), sources.storage.now(), sources.board.all());
        Self {
            totals: sources.metrics.totals(),
            process: process::now(),
            now_ms: clock::now_ms(),
            writer: writer::Card::of(&sources.writer, &sources.metrics.writer_figures(), &state, &measured, &jobs),
            storage: storage::Card::of(&state, &measured, &sources.store, sources.metrics.kept()),
            state,
            roots: sources.library.roots(),
            workers: sources.workers.now(),
            pages: sources.pages.counts(),
            store: sources.store.clone(),
            open_streams: sources.traffic.open_streams(),
            sent_bytes: sources.traffic.sent_bytes(),
            followers: sources.writer.feed().followers(),
            jobs,
        }
    }
}

/// All numbers, as they are now.
pub async fn show(State(sources): State<Sources>) -> Response {
    let facts = Facts::of(&sources);
    let mut body = String::new();
    for family in families() {
        text::write(family, &mut body, |samples| (family.read)(&facts, samples));
    }
    ([(CONTENT_TYPE, text::CONTENT_TYPE), (CACHE_CONTROL, "no-store")], body).into_response()
}
