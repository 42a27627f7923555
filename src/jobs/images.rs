//! Keeps what is known about the image folder in line with the disk: watch, read, submit.
//!
//! A smaller sister of [`super::library`]: one folder, and no look into the files. What a scan means is
//! decided in `decide::image`.

use super::scan::{self, Listing, ScanError};
use super::watch::{self, Watch};
use super::{Bell, Failed, Job, Jobs, Pause};
use crate::decide::image::Scan;
use crate::decide::{self, Asked, Command, Rejected};
use crate::writer::{Request, WriteError, Writer};
use events::{Actor, Cause, CommandId, RootPath};
use projections::Live;
use std::io;
use std::time::{Duration, Instant};

/// How often the folder is read although nothing was reported.
const PERIOD: Duration = Duration::from_secs(300);
/// The same where changes may go unreported, or the folder could not be read or was not believed.
const RETRY: Duration = Duration::from_secs(30);
/// How many times as long as a scan took it is not repeated, although something changed.
const REST_PER_SCAN: u32 = 4;

/// The image folder, and what its job needs.
#[derive(Clone)]
pub struct ImageFolder {
    /// Where it is.
    pub root: RootPath,
    /// What is known.
    pub live: Live,
    /// Where scans are submitted.
    pub writer: Writer,
    /// The time, ms since the epoch.
    pub clock: fn() -> i64,
    /// What is missing at the first look is really gone.
    pub accept_missing: bool,
}

impl ImageFolder {
    /// Starts the job.
    ///
    /// # Errors
    /// When the operating system has no thread for it.
    pub fn start(&self, jobs: &mut Jobs) -> io::Result<()> {
        let (bell, folder) = (Bell::default(), self.clone());
        let own = bell.clone();
        jobs.spawn("images", bell, move || ImageJob::new(folder.clone(), own.clone()))
    }
}

/// The job of the image folder.
pub struct ImageJob {
    folder: ImageFolder,
    bell: Bell,
    watch: Option<Watch>,
    /// What was last said about the folder, so that it is said once.
    said: Option<String>,
}

impl Job for ImageJob {
    fn step(&mut self) -> Result<Pause, Failed> {
        // Watch first, then read: a change in between rings the bell.
        let watched = self.watch();
        let started = Instant::now();
        let listing = match scan::images(self.folder.root.as_path(), &|| self.bell.stopped()) {
            Ok(listing) => listing,
            Err(ScanError::Stopped) => return Ok(Pause { rest: Duration::ZERO, at_most: Duration::ZERO }),
            Err(error) => {
                self.watch = None;
                self.say(&error.to_string());
                return Ok(Pause { rest: Duration::ZERO, at_most: RETRY });
            }
        };
        let rest = started.elapsed() * REST_PER_SCAN;
        let at_most = if watched { PERIOD } else { RETRY };
        match self.submit(listing) {
            Ok(said) => {
                self.folder.accept_missing = false;
                self.say(&said);
                Ok(Pause { rest, at_most })
            }
            Err(WriteError::Rejected(rejected)) => {
                self.say(&rejected.to_string());
                Ok(Pause { rest, at_most: RETRY })
            }
            Err(error) => Err(Failed(error.to_string())),
        }
    }
}

impl ImageJob {
    /// The job of `folder`, woken by `bell`.
    #[must_use]
    pub fn new(folder: ImageFolder, bell: Bell) -> Self {
        Self { folder, bell, watch: None, said: None }
    }

    /// Sees to it that the folder is watched; false where changes may go unreported.
    fn watch(&mut self) -> bool {
        let root = self.folder.root.as_path();
        if self.watch.as_ref().is_none_or(|watch| !watch.still_at(root)) {
            self.watch = Watch::start(root, scan::image, self.bell.clone(), watch::DEBOUNCE).ok();
        }
        self.watch.as_ref().is_some_and(|watch| watch.trouble().is_none())
    }

    /// Brings what is known in line with the listing; returns what cannot be read, in words.
    fn submit(&self, listing: Listing) -> Result<String, WriteError> {
        let ImageFolder { root, live, writer, clock, accept_missing } = &self.folder;
        let said: Vec<String> = listing.troubles.iter().take(3).map(ToString::to_string).collect();
        let command = Command::ScannedImages(Scan {
            root: root.clone(),
            files: listing.files,
            unreadable: listing.troubles.into_iter().map(|trouble| trouble.path).collect(),
            accept_missing: *accept_missing,
        });
        let asked = Asked { now_ms: clock(), actor: Actor::default() };
        // Deciding here first spares the writer the scans that change nothing, which is nearly all.
        let decided = decide::decide(&live.snapshot(), &command, asked).map_err(|error: Rejected| error)?;
        if !decided.events.is_empty() {
            let (cause, actor, id) = (Cause::Scan, Actor::default(), CommandId::default());
            let receipt = writer.submit_blocking(Request { command, cause, actor, id })?;
            tracing::info!(root = %root.as_path().display(), events = receipt.events, "the image gallery changed");
        }
        Ok(said.join("; "))
    }

    /// Logs what is wrong with the folder when it changes; nothing is the empty text.
    fn say(&mut self, what: &str) {
        if self.said.as_deref() == Some(what) {
            return;
        }
        let root = self.folder.root.as_path().display();
        if !what.is_empty() {
            tracing::warn!(%root, reason = what, "the image folder is left as it was, or not all of it can be read");
        } else if self.said.is_some() {
            tracing::info!(%root, "the image folder is read");
        }
        self.said = Some(what.to_owned());
    }
}
