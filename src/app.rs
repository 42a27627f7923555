//! The parts of the program, put together once, and taken apart again at the end.

use crate::admin::{Admin, AskFolder, Ground};
use crate::banner::Opened;
use crate::clock;
use crate::config::Settings;
use crate::dashboard::Thresholds;
use crate::decoder::transcode::Transcoder;
use crate::jobs::images::ImageFolder;
use crate::jobs::library::{Library, Wishes};
use crate::jobs::numbers::Numbers;
use crate::jobs::room::Room;
use crate::jobs::roots::{self, RootsError};
use crate::jobs::thumbnails::Workshop;
use crate::jobs::{Bell, Jobs};
use crate::media::Media;
use crate::media::traffic::Traffic;
use crate::metrics::{Levels, Metrics};
use crate::names::Names;
use crate::pages::Pages;
use crate::router::Parts;
use crate::status::storage::Storage;
use crate::status::{Health, LibraryStatus, Workers};
use crate::thumbnails::Store;
use crate::thumbnails::failures::Failures;
use crate::thumbnails::wanted::Wanted;
use crate::web::assets::Assets;
use crate::web::guard::{self, Guard};
use crate::web::page_cache::PageCache;
use crate::web::templates::{TemplateError, Templates};
use crate::writer::{Status, Writer, WriterThread};
use events::RootPath;
use events::log::OpenError;
use events::log::fjall::{LogFolder, Options};
use projections::State;
use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How long jobs may take to end. A thread that hangs in a dead network mount ends with the program.
const JOBS_PATIENCE: Duration = Duration::from_millis(150);

/// Somebody is watching if something was sent within this time: a player takes a piece of film every few seconds.
const WATCHED: Duration = Duration::from_secs(15);

/// The program, open.
pub struct App {
    /// What its handlers are given.
    pub parts: Parts,
    /// What there was to tell at the start.
    pub opened: Opened,
    /// The token that was made to look after the server from other machines; nothing when one was set.
    pub token: Option<String>,
    jobs: Jobs,
    writer_thread: WriterThread,
}

/// Why the program cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The log cannot be opened, or cannot be trusted.
    #[error(transparent)]
    Log(#[from] OpenError),
    /// The library folders cannot be meant that way.
    #[error(transparent)]
    Roots(#[from] RootsError),
    /// The operating system refuses a thread.
    #[error("the system allows no further thread")]
    Thread(#[source] io::Error),
    /// The operating system has no randomness for a token.
    #[error("the system has no random numbers")]
    Random(#[source] io::Error),
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
            Self::Roots(_) => 66,
            Self::Thread(_) | Self::Random(_) => 71,
            Self::Templates(_) => 70,
        }
    }

    /// What the operator can do about it.
    #[must_use]
    pub fn advice(&self) -> &'static str {
        match self {
            Self::Log(error) => error.advice(),
            Self::Roots(_) => "Correct the folders on the command line, in LVS_FOLDERS or in the settings file.",
            Self::Thread(_) => "Raise the limit of processes and threads of this user.",
            Self::Random(_) => "Set a token with LVS_ADMIN_TOKEN.",
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
        let metrics = Metrics::new(clock::now_ms);
        let (writer, writer_thread, live) = Writer::start(Box::new(log), clock::now_ms, metrics.writer())?;
        // The folder is there now, and is nobody else's.
        metrics.keep_in(&settings.data);
        let roots = roots::check(&settings.folders, &live.snapshot())?;
        warn_of_other_roots(&roots, &live.snapshot());
        let images =
            settings.images.as_deref().map(|folder| roots::check_images(folder, &live.snapshot())).transpose()?;
        let opened = Opened { videos: live.snapshot().videos().present().len(), took: started.elapsed() };
        let health = health(writer.clone());
        let assets = Assets::load();
        let templates = Templates::new(clock::zone(), assets.clone())?;
        let status = LibraryStatus::new(&roots);
        let transcoder = Transcoder::find();
        let (moments, at) = (writer.feed().moments().clone(), images.as_ref().map(RootPath::as_path));
        let (kept, transcodes) = (PageCache::default(), transcoder.is_there());
        let pages = Pages::new(live.clone(), moments, templates, kept, status.clone(), at, transcodes);
        let traffic = Traffic::default();
        let counts = levels(&pages, &traffic, &writer);
        let store = Store::new(&settings.data.join("thumbnails"), settings.thumbnails_gib << 30);
        let (wanted, workers) = (Wanted::default(), Workers::default());
        let media = Media::new(live.clone(), traffic.clone(), store.clone(), wanted.clone(), transcoder);
        let workshop = Workshop {
            live: live.clone(),
            writer: writer.clone(),
            store,
            wanted,
            failures: Failures::new(&settings.data),
            library: status.clone(),
            workers: workers.clone(),
            streaming: Arc::new(move || traffic.sent_within(WATCHED)),
            decoder: settings.decoder.clone(),
            metrics: metrics.clone(),
            clock: clock::now_ms,
        };
        let library =
            Library { roots, live: live.clone(), writer: writer.clone(), status: status.clone(), clock: clock::now_ms };
        let mut jobs = Jobs::default();
        let folders = library.start(&mut jobs, settings.accept_missing).map_err(StartError::Thread)?.into();
        // Without a folder there is nobody to look at its files.
        if !settings.folders.is_empty() {
            workshop.start(&mut jobs).map_err(StartError::Thread)?;
        }
        let (numbers, storage) = (Numbers { metrics: metrics.clone(), levels: counts }, Storage::default());
        start_beside(&mut jobs, settings, &library, images, numbers, &storage).map_err(StartError::Thread)?;
        let (token, guard) = guard_of(settings)?;
        let names = Names::load(&settings.data);
        let parts = Parts {
            admin: admin(settings, &library, &folders),
            assets,
            guard,
            health,
            library: status,
            live,
            media,
            metrics,
            names,
            pages,
            storage,
            thresholds: thresholds(settings),
            writer,
            workers,
            folders,
        };
        Ok(Self { parts, opened, token, jobs, writer_thread })
    }

    /// Ends the jobs and the writer; what was acknowledged is on disk already.
    pub fn close(self) {
        self.parts.admin.end();
        if !self.jobs.stop(JOBS_PATIENCE) {
            tracing::warn!("a job did not end in time; it ends with the program");
        }
        self.writer_thread.stop();
        self.parts.metrics.end();
    }
}

/// From when on the dashboard calls something slow or failing.
fn thresholds(settings: &Settings) -> Thresholds {
    let Settings { warn_p95_ms, poor_p95_ms, warn_errors_percent, poor_errors_percent, .. } = *settings;
    Thresholds { warn_p95_ms, poor_p95_ms, warn_errors_percent, poor_errors_percent }
}

/// Who may look after the gallery, and the token that was made for that, if none was set.
fn guard_of(settings: &Settings) -> Result<(Option<String>, Guard), StartError> {
    if let Some(set) = &settings.admin_token {
        return Ok((None, Guard::token_only(set)));
    }
    let made = guard::token().map_err(StartError::Random)?;
    let guard = Guard::new(&made);
    Ok((Some(made), guard))
}

/// Starts what looks at images, counts, and measures how much room there is.
fn start_beside(
    jobs: &mut Jobs,
    settings: &Settings,
    library: &Library,
    images: Option<RootPath>,
    numbers: Numbers,
    storage: &Storage,
) -> io::Result<()> {
    jobs.spawn("numbers", Bell::default(), move || numbers.clone())?;
    if let Some(root) = images {
        let (live, writer, accept_missing) = (library.live.clone(), library.writer.clone(), settings.accept_missing);
        ImageFolder { root, live, writer, clock: clock::now_ms, accept_missing }.start(jobs)?;
    }
    Room { data: settings.data.clone(), storage: storage.clone(), clock: clock::now_ms }.start(jobs)
}

fn admin(settings: &Settings, library: &Library, folders: &Arc<[Wishes]>) -> Admin {
    Admin::new(Ground {
        live: library.live.clone(),
        writer: library.writer.clone(),
        data: settings.data.clone(),
        library: library.status.clone(),
        ask: asking(library.roots.clone(), Arc::clone(folders)),
        clock: clock::now_ms,
    })
}

/// Asks the folder with the same place among `roots`.
fn asking(roots: Vec<RootPath>, folders: Arc<[Wishes]>) -> AskFolder {
    Arc::new(move |root, accept_missing| {
        let wishes = folders.get(roots.iter().position(|known| known == root)?)?;
        Some(if accept_missing { wishes.accept_missing() } else { wishes.look() })
    })
}

/// Videos of folders that were not named this time stay as they are: nobody said that they are gone.
fn warn_of_other_roots(roots: &[RootPath], state: &State) {
    let mut elsewhere: BTreeMap<&Path, u64> = BTreeMap::new();
    for video in state.videos().iter().filter(|video| video.present() && !roots.contains(&video.root)) {
        *elsewhere.entry(video.root.as_path()).or_default() += 1;
    }
    for (root, videos) in elsewhere {
        let root = root.display();
        tracing::warn!(%root, videos, "a known library folder was not named; its videos are shown but not looked for");
    }
}

/// What others count, for the numbers that are kept.
fn levels(pages: &Pages, traffic: &Traffic, writer: &Writer) -> Arc<dyn Fn() -> Levels + Send + Sync> {
    let (pages, traffic, feed) = (pages.clone(), traffic.clone(), writer.feed().clone());
    Arc::new(move || {
        let counts = pages.counts();
        Levels {
            page_hits: counts.at_hand(),
            page_misses: counts.misses,
            events: feed.head(),
            sent_bytes: traffic.sent_bytes(),
            streams: traffic.open_streams() as u64,
            live: feed.followers() as u64,
        }
    })
}

fn health(writer: Writer) -> Health {
    Health(Arc::new(move || match writer.status() {
        Status::Writing => None,
        Status::Full(reason) => Some(format!("The last change was refused: {reason}.")),
        Status::Recovering(reason) | Status::Damaged(reason) => {
            Some(format!("Nothing can be changed at the moment: {reason}."))
        }
        Status::Stopped => Some("The server is shutting down.".to_owned()),
    }))
}
