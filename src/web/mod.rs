//! The edge: everything between a socket and a handler, and nothing about videos.
//!
//! In the order a request meets them: [`server`] accepts connections and ends them, [`edge`] checks the request and counts
//! its answer by its [`route`] ([`origin`] says who may ask, [`visit`] who is asking, [`guard`] who may look after the
//! gallery), [`extract`] reads what handlers need, and [`error`] turns failures into pages. [`assets`] are the files of
//! `static/`. Pages are drawn in `turns` with [`templates`], in the words of [`human`], and kept in the [`page_cache`];
//! [`phases`] are how long that took, which `sending` tells of those that were slow. A [`time`] is a moment as answers have it. Long
//! answers are bodies of `pieces`.

pub mod assets;
pub mod edge;
mod encoding;
pub mod error;
pub mod extract;
mod flights;
pub mod guard;
pub mod human;
pub mod origin;
pub(crate) mod packed;
pub mod page_cache;
pub mod phases;
pub(crate) mod pieces;
pub mod route;
mod sending;
pub mod server;
mod span;
pub mod templates;
pub mod time;
pub(crate) mod turns;
pub mod visit;
