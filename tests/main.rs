//! The integration tests, linked into one program: every file in this folder is a module here.
#![expect(clippy::expect_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod actions;
mod admin;
mod api;
mod assets;
mod care;
mod crash;
mod dashboard;
mod decoder;
mod dependencies;
mod documents;
mod edge;
mod history;
mod images;
mod import_browser;
mod legacy;
mod live;
mod maintenance;
mod media;
mod numbers;
mod operators;
#[cfg(feature = "otlp")]
mod otlp;
mod page_cache;
mod pages;
mod past;
mod pictures;
mod playlists;
mod process;
mod remote;
mod scan;
mod search;
mod selection;
mod server;
mod settings;
mod support;
mod tags;
mod thumbnails;
mod tidy;
mod undo;
