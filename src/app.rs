//! The parts of the program, put together once, and taken apart again at the end.

use crate::clock;
use crate::config::Settings;
use crate::media::Media;
use crate::media::traffic::Traffic;
use crate::pages::Pages;
use crate::router::{Health, Parts};
use crate::web::assets::Assets;
use crate::web::page_cache::PageCache;
use crate::web::templates::{TemplateError, Templates};
use crate::writer::{Status, Writer, WriterThread};
use events::log::OpenError;
use events::log::fjall::{LogFolder, Options};
use jiff::tz::TimeZone;
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
    /// The program was built with a broken template.
    #[error(transparent)]
    Templates(#[from] TemplateError),
}

impl StartError {
    /// The exit code of the process for this reason.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Log(error) => error.exit_code(),
            Self::Templates(_) => 70,
        }
    }

    /// What the operator can do about it.
    #[must_use]
    pub fn advice(&self) -> &'static str {
        match self {
            Self::Log(error) => error.advice(),
            Self::Templates(_) => "This program is broken; please report it with the message above.",
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
        let assets = Assets::load();
        let templates = Templates::new(TimeZone::system(), assets.clone())?;
        let pages = Pages::new(live.clone(), templates, PageCache::default(), &settings.folders);
        let media = Media::new(live.clone(), Traffic::default());
        let parts = Parts { assets, health, live, media, pages, writer };
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
