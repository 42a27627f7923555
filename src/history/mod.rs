//! The history as pages: who changed what, when, from what to what. Read from the log, a bounded way, newest first.
//!
//! Nothing is decided here and nothing is kept but the names of devices. What can be taken back is taken back elsewhere;
//! what can be forgotten is handed to the writer.
//!
//! Modules in reading order: `asked` is what an address asks for, `kind` the kinds of changes there are for people, `look`
//! goes through the log, `back` tells what was taken back, `known` finds what was before, `entry` makes lines of it; `list`, `one` and `export` are the pages;
//! `names`, `devices` and `forget` are about who it was, and about forgetting.

mod asked;
mod back;
mod devices;
mod entry;
mod export;
mod forget;
mod kind;
mod known;
mod list;
mod look;
mod names;
mod one;
#[cfg(test)]
mod tests;

pub use names::Names;

use crate::pages::Pages;
use crate::web::guard::Guard;
use crate::writer::Writer;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use jiff::tz::TimeZone;
use projections::Live;

/// The largest body of a write, in bytes: a name.
const BODY_BYTES_MAX: usize = 4 * 1024;

/// What the pages of the history are made of. Cheap to clone.
#[derive(Clone)]
pub struct History {
    /// What is known today.
    pub live: Live,
    /// What draws pages.
    pub pages: Pages,
    /// The way to the log.
    pub writer: Writer,
    /// What people call the devices.
    pub names: Names,
    /// Who may look after the gallery, and so forget what other devices watched.
    pub guard: Guard,
    /// Where the days of the library begin.
    pub zone: TimeZone,
    /// The time, in ms since the epoch.
    pub clock: fn() -> i64,
}

/// Every address of the history that is answered here.
pub fn router(history: History) -> Router {
    Router::new()
        .route("/history", get(list::show))
        .route("/history/{pos}", get(one::show))
        .route("/history/export.jsonl", get(export::json_lines))
        .route("/history/export.csv", get(export::csv))
        .route("/history/devices", get(devices::show).post(devices::name_own))
        .route("/history/devices/{device}", post(devices::rename))
        .route("/history/devices/{device}/forget", get(devices::ask).post(devices::forget))
        .route("/history/{pos}/forget", get(forget::ask).post(forget::forget))
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .with_state(history)
}
