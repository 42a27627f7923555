//! The history as pages: who changed what, when, from what to what. Read from the log, a bounded way, newest first.
//!
//! Nothing is decided here, and nothing is changed: what can be taken back or forgotten is so in `actions`, and the pages that
//! ask first are here.
//!
//! Modules in reading order: `asked` is what an address asks for, `kind` the kinds of changes there are for people, `look`
//! goes through the log, `back` tells what was taken back, `known` finds what was before, `entry` makes lines of it; `list`,
//! `one`, `export` and `undo` are the pages; `devices` and `forget` are about who it was, and about forgetting.

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
mod one;
#[cfg(test)]
mod tests;
pub(crate) mod undo;

use crate::names::Names;
use crate::pages::Pages;
use crate::web::guard::Guard;
use crate::writer::Feed;
use axum::Router;
use axum::extract::FromRef;
use axum::routing::get;
use projections::Live;

/// What the pages of the history are made of. Cheap to clone.
#[derive(Clone)]
pub struct History {
    /// What is known today.
    pub live: Live,
    /// What draws pages.
    pub pages: Pages,
    /// The way to what was written.
    pub feed: Feed,
    /// What people call the devices.
    pub names: Names,
}

/// What the pages need that ask whether to forget something.
#[derive(Clone, FromRef)]
struct Questions {
    history: History,
    guard: Guard,
}

/// Every page of the history. Whether to forget something is only asked whom `guard` or its cookie lets.
pub fn router(history: History, guard: Guard) -> Router {
    Router::new()
        .route("/history/devices/{device}/forget", get(devices::ask))
        .route("/history/{pos}/forget", get(forget::ask))
        .with_state(Questions { history: history.clone(), guard })
        .route("/history", get(list::show))
        .route("/history/{pos}", get(one::show))
        .route("/history/export.jsonl", get(export::json_lines))
        .route("/history/export.csv", get(export::csv))
        .route("/history/devices", get(devices::show))
        .route("/undo/{batch}", get(undo::show))
        .with_state(history)
}
