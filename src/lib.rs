//! The program around the log and what is known from it. A map of this folder, from the outside in:
//!
//! [`config`] says what was asked for, [`app`] puts the parts together, [`router`] lists every address, [`web`] is what
//! stands between a socket and a handler. [`pages`] answer a GET, [`media`] sends the bytes of videos, [`actions`] turn
//! a POST into a command, [`api`] does both for programs and [`legacy`] for those of the gallery before this one, [`writer`]
//! is the only door to the log, [`decide`] the rules behind it, [`moments`] knows what was known before, [`history`] shows
//! what happened and what taking it back would do; [`dashboard`] shows how all of that is going. [`admin`] verifies and
//! rebuilds while the gallery is in use. [`metrics`] is what is counted and timed of all that. [`jobs`] keep the library in
//! line with the disk and say in [`status`] how that goes; [`decoder`] looks into video files, in a process of its own, and
//! [`thumbnails`] are the pictures made of them, as files. `files` opens what is in a library folder, and [`names`] are what
//! people call the devices. [`remote`] is the tools on a server that runs. [`scrape`] tells Prometheus how all that does,
//! [`telemetry`] writes log lines, [`banner`] the greeting at the start.

pub mod actions;
pub mod admin;
pub mod api;
pub mod app;
pub mod banner;
pub mod clock;
pub mod config;
pub mod dashboard;
pub mod decide;
pub mod decoder;
mod files;
pub mod history;
pub mod jobs;
pub mod legacy;
pub mod media;
pub mod metrics;
pub mod moments;
pub mod names;
pub mod pages;
pub mod remote;
pub mod router;
pub mod scrape;
pub mod status;
pub mod telemetry;
pub mod thumbnails;
pub mod web;
pub mod writer;

use app::{App, StartError};
use config::Settings;
use std::io::Write;
use tokio::net::TcpListener;
use web::origin::HostNames;

/// Why the gallery could not be opened or announced.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// A part of the program cannot start.
    #[error(transparent)]
    Start(#[from] StartError),
    /// The listener has no address, or the greeting could not be written.
    #[error("the gallery is open, but cannot say where")]
    Announce(#[from] std::io::Error),
}

/// Opens the gallery, says so on `out`, and serves it on `listener` until `shutdown`; returns within a second of it.
///
/// # Errors
/// [`ServeError`].
pub async fn serve(
    settings: Settings,
    listener: TcpListener,
    out: &mut (dyn Write + Send),
    shutdown: impl Future<Output = ()>,
) -> Result<(), ServeError> {
    let app = App::open(&settings)?;
    let machine = rustix::system::uname();
    let names = HostNames::new(&machine.nodename().to_string_lossy(), &settings.host_name);
    banner::write(out, &settings.data, listener.local_addr()?, app.opened, app.token.as_deref())?;
    let feed = app.parts.writer.feed().clone();
    let shutdown = async move {
        shutdown.await;
        // Those who follow along would hold the server up until they are cut off.
        feed.end();
    };
    web::server::serve(listener, router::gallery(app.parts.clone(), names), shutdown).await;
    app.close();
    Ok(())
}
