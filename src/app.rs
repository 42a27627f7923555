//! The parts of the program, put together once: everything a handler can be given.
//!
//! Handlers take the parts they need with `State<Part>`; which part they take says what they can do.

use crate::config::Settings;
use crate::web::assets::Assets;
use axum::extract::FromRef;
use std::time::{Duration, Instant};

/// The parts.
#[derive(Clone, FromRef)]
pub struct App {
    /// The files of `static/`.
    pub assets: Assets,
    /// What there was to tell at the start.
    pub opened: Opened,
}

/// What the program found when it started.
#[derive(Clone, Copy, Debug, Default)]
pub struct Opened {
    /// How many videos are in the library.
    pub videos: usize,
    /// How long it took to open the log and compute what is known.
    pub took: Duration,
}

/// Why the program cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {}

impl StartError {
    /// The exit code of the process for this reason.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match *self {}
    }
}

impl App {
    /// Opens the log, computes what is known, and starts the writer and the jobs.
    ///
    /// # Errors
    /// [`StartError`].
    pub fn open(settings: &Settings) -> Result<Self, StartError> {
        let started = Instant::now();
        let _ = settings;
        let assets = Assets::load();
        Ok(Self { assets, opened: Opened { videos: 0, took: started.elapsed() } })
    }

    /// Why the gallery cannot do all of its work right now; nothing when it can.
    #[must_use]
    pub fn impaired(&self) -> Option<String> {
        None
    }

    /// Ends the writer and the jobs; what was acknowledged is on disk already.
    pub fn close(self) {}
}
