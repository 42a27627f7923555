//! The parts of the program, put together once, and taken apart again at the end.

use crate::clock;
use crate::config::Settings;
use crate::router::{Health, Parts};
use crate::web::assets::Assets;
use crate::writer::{Status, Writer, WriterThread};
use events::log::OpenError;
use events::log::fjall::{LogFolder, Options};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The program, open.
pub struct App {
    /// What its handlers are given.
    pub parts: Parts,
    /// What there was to tell at the start.
    pub opened: Opened,
    writer_thread: WriterThread,
}

/// What the program found when it started.
#[derive(Clone, Copy, Debug, Default)]
pub struct Opened {
    /// How many videos are in the library.
    pub videos: u64,
    /// How long it took to open the log and compute what is known.
    pub took: Duration,
}

/// Why the program cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The log cannot be opened, or cannot be trusted.
    #[error(transparent)]
    Log(#[from] OpenError),
}

impl StartError {
    /// The exit code of the process for this reason.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Log(error) => error.exit_code(),
        }
    }
}

impl App {
    /// Opens the log, computes what is known, and starts the writer and the jobs.
    ///
    /// # Errors
    /// [`StartError`].
    pub fn open(settings: &Settings) -> Result<Self, StartError> {
        let started = Instant::now();
        let log = LogFolder { folder: settings.data.clone(), options: Options::default() };
        let (writer, writer_thread, live) = Writer::start(Box::new(log), clock::now_ms)?;
        let opened = Opened { videos: live.snapshot().videos().present().len(), took: started.elapsed() };
        let health = health(writer.clone());
        let parts = Parts { assets: Assets::load(), health, live, writer };
        Ok(Self { parts, opened, writer_thread })
    }

    /// Ends the jobs and the writer; what was acknowledged is on disk already.
    pub fn close(self) {
        self.writer_thread.stop();
    }
}

fn health(writer: Writer) -> Health {
    Health(Arc::new(move || match writer.status() {
        Status::Writing => None,
        Status::Recovering(reason) => Some(format!("Nothing can be changed at the moment: {reason}.")),
        Status::Stopped => Some("The server is shutting down.".to_owned()),
    }))
}
