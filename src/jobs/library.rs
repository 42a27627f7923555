//! Keeps what is known about one library folder in line with the disk: watch, scan, submit, report.
//!
//! Each folder is a job of its own, so that a slow network mount holds up no other. What a scan means
//! is decided in `decide::library`; how the folder is read is in [`scan`].

use super::mount;
use super::scan::{self, Listing, ScanError};
use super::watch::{self, Watch};
use super::{Bell, Failed, Job, Jobs, Pause};
use crate::decide::library::{File, Scan};
use crate::decide::{self, Asked, Command, Rejected};
use crate::status::{LibraryStatus, RootState, RootStatus, Watching};
use crate::writer::{Request, WriteError, Writer};
use events::{Actor, Cause, CommandId, Fingerprint, MediaPath, RootPath, VideoId};
use projections::Video;
use projections::{Live, State};
use std::collections::HashMap;
use std::fs;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// How often a folder is read although nothing was reported.
const PERIOD_WATCHED: Duration = Duration::from_secs(300);
/// The same where changes may go unreported.
const PERIOD_POLLED: Duration = Duration::from_secs(30);
/// How soon a folder that could not be read, or was not believed, is looked at again.
const RETRY: Duration = Duration::from_secs(30);
/// How many times as long as a scan took it is not repeated, although something changed ...
const REST_PER_SCAN: u32 = 4;
/// ... and if nothing did: a slow disk is read less often.
const PAUSE_PER_SCAN: u32 = 20;
/// How many troubles are reported in words.
const EXAMPLES_MAX: usize = 5;

/// What all folders of a library share.
#[derive(Clone)]
pub struct Library {
    /// All its folders.
    pub roots: Vec<RootPath>,
    /// What is known.
    pub live: Live,
    /// Where scans are submitted.
    pub writer: Writer,
    /// Where results are reported.
    pub status: LibraryStatus,
    /// The time, ms since the epoch.
    pub clock: fn() -> i64,
}

impl Library {
    /// Starts a job for each folder; returns what to ask of each, in the order of the folders.
    ///
    /// `accept_missing` says that whatever is missing at the first look is really gone.
    ///
    /// # Errors
    /// When the operating system has no thread for it.
    pub fn start(&self, jobs: &mut Jobs, accept_missing: bool) -> io::Result<Vec<Wishes>> {
        let mut all = Vec::new();
        for root in &self.roots {
            let wishes = Wishes::default();
            if accept_missing {
                wishes.accept_missing();
            }
            let (root, library, own) = (root.clone(), self.clone(), wishes.clone());
            let make = move || Folder::new(root.clone(), library.clone(), own.clone(), watch);
            jobs.spawn("library", wishes.bell.clone(), make)?;
            all.push(wishes);
        }
        Ok(all)
    }
}

/// How others ask something of a folder. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Wishes {
    /// Wakes the folder's job.
    pub bell: Bell,
    accept_missing: Arc<AtomicBool>,
    /// How often a look was wished for.
    looks: Arc<AtomicU64>,
}

impl Wishes {
    /// A person says that whatever is missing now is really gone: the next look is believed. Gives back the same as
    /// [`Wishes::look`].
    pub fn accept_missing(&self) -> u64 {
        // IMPORTANT: before the look is wished for, or one that answers the wish may not know of this.
        self.accept_missing.store(true, Ordering::SeqCst);
        self.look()
    }

    /// Wishes for a look; gives back what [`RootStatus::answered`] will be, or more, when it is over.
    pub fn look(&self) -> u64 {
        let number = self.looks.fetch_add(1, Ordering::SeqCst) + 1;
        self.bell.ring();
        number
    }
}

/// The job of one folder.
pub struct Folder {
    root: RootPath,
    library: Library,
    wishes: Wishes,
    start_watch: StartWatch,
    watch: Option<Watch>,
    /// When the folder could last not be watched, and why: trying walks through all of it.
    unwatched: Option<(Instant, String)>,
    /// The files of a scan that was not written, so that trying again does not read them all again.
    unwritten: HashMap<MediaPath, File>,
}

/// How a folder is watched; tests bring their own.
pub type StartWatch = fn(&RootPath, &Bell) -> Result<Watch, String>;

/// Watches the folder with the operating system's help.
///
/// # Errors
/// Why that is not possible, in words.
pub fn watch(root: &RootPath, bell: &Bell) -> Result<Watch, String> {
    Watch::start(root.as_path(), scan::video, bell.clone(), watch::DEBOUNCE)
}

impl Job for Folder {
    fn step(&mut self) -> Result<Pause, Failed> {
        let looks = self.wishes.looks.load(Ordering::SeqCst);
        // What a person accepts is what is missing now, not what may go missing some day.
        let accept_missing = self.wishes.accept_missing.swap(false, Ordering::SeqCst);
        // Watch first, then read: a change in between rings the bell.
        let watching = self.watch();
        let started = Instant::now();
        let known = self.library.live.snapshot();
        let here = here(&known, &self.root);
        let listing = match self.read(&here) {
            Ok(listing) => listing,
            Err(ScanError::Stopped) => return Ok(Pause { rest: Duration::ZERO, at_most: Duration::ZERO }),
            Err(error) => {
                (self.watch, self.unwatched) = (None, None);
                self.report(|status| {
                    status.state = RootState::Unreadable(error.to_string());
                    (status.changes, status.answered) = (0, looks);
                    status.mount = mount::of(status.root.as_path());
                });
                return Ok(Pause { rest: Duration::ZERO, at_most: RETRY });
            }
        };
        let took = started.elapsed();
        let now_ms = (self.library.clock)();
        let (unsettled, files) = (listing.unsettled, listing.files.len());
        let examples: Vec<String> = listing.troubles.iter().take(EXAMPLES_MAX).map(ToString::to_string).collect();
        let troubles = listing.troubles.len();
        let polled = watching != Watching::Events;
        let since_ms = self.watch.as_ref().and_then(Watch::last_event).map(|at| at.elapsed().as_millis());
        let last_event_at_ms = since_ms.map(|since_ms| now_ms - i64::try_from(since_ms).unwrap_or(i64::MAX));

        let scan = self.scan(listing, &here, &known, accept_missing);
        let outcome = self.submit(scan, &known, now_ms);
        let state = match &outcome {
            Ok(_) => RootState::Ok,
            Err(Unbelieved::Refused(reason)) => RootState::Refused(reason.clone()),
            Err(Unbelieved::Unwritten(reason)) => RootState::Unwritten(reason.clone()),
        };
        self.report(|status| {
            *status = RootStatus {
                root: status.root.clone(),
                state,
                last_scan_at_ms: Some(now_ms),
                files,
                took_ms: u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
                troubles,
                trouble_examples: examples,
                watching,
                last_event_at_ms,
                mount: mount::of(status.root.as_path()),
                changes: *outcome.as_ref().unwrap_or(&0),
                answered: looks,
            };
        });
        match outcome {
            Err(Unbelieved::Unwritten(reason)) => {
                self.wishes.accept_missing.fetch_or(accept_missing, Ordering::SeqCst);
                Err(Failed(reason))
            }
            Err(Unbelieved::Refused(_)) => Ok(pause(took, RETRY)),
            Ok(_) if unsettled > 0 => Ok(Pause { at_most: scan::SETTLE, ..pause(took, scan::SETTLE) }),
            Ok(_) => Ok(pause(took, if polled { PERIOD_POLLED } else { PERIOD_WATCHED })),
        }
    }
}

/// How long to wait after a scan that took so long, if it were quick.
fn pause(took: Duration, period: Duration) -> Pause {
    Pause { rest: took * REST_PER_SCAN, at_most: period.max(took * PAUSE_PER_SCAN) }
}

/// Why a scan changed nothing although it should have.
enum Unbelieved {
    /// Too much is missing.
    Refused(String),
    /// The log takes nothing now.
    Unwritten(String),
}

impl Folder {
    /// The job that keeps the folder `root` of `library`.
    #[must_use]
    pub fn new(root: RootPath, library: Library, wishes: Wishes, start_watch: StartWatch) -> Self {
        Self { root, library, wishes, start_watch, watch: None, unwatched: None, unwritten: HashMap::new() }
    }

    /// Sees to it that the folder is watched, and says how well.
    fn watch(&mut self) -> Watching {
        if self.watch.as_ref().is_some_and(|watch| !watch.still_at(self.root.as_path())) {
            self.watch = None;
        }
        if self.watch.is_none() {
            if let Some((_, reason)) = self.unwatched.as_ref().filter(|(at, _)| at.elapsed() < PERIOD_WATCHED) {
                return Watching::Polling(reason.clone());
            }
            match (self.start_watch)(&self.root, &self.wishes.bell) {
                Ok(watch) => self.watch = Some(watch),
                Err(reason) => {
                    self.unwatched = Some((Instant::now(), reason.clone()));
                    return Watching::Polling(reason);
                }
            }
        }
        self.watch.as_ref().and_then(Watch::trouble).map_or(Watching::Events, Watching::Polling)
    }

    fn read(&self, here: &Here<'_>) -> Result<Listing, ScanError> {
        let unchanged = |path: &MediaPath, size_bytes: u64, modified_at_ms: i64| -> Option<Fingerprint> {
            let video = here.get(bytes(path)).map(|video| (video.size_bytes, video.modified_at_ms, video.fingerprint));
            let file = self.unwritten.get(path).map(|file| (file.size_bytes, file.modified_at_ms, file.content));
            [video, file].into_iter().flatten().find(|known| (known.0, known.1) == (size_bytes, modified_at_ms))?.2
        };
        let now_ms = (self.library.clock)();
        // In a folder nobody has seen before there is nothing to confuse a growing file with.
        let settle_ms = if here.is_empty() { -1 } else { i64::try_from(scan::SETTLE.as_millis()).unwrap_or(i64::MAX) };
        let bell = &self.wishes.bell;
        scan::list(
            self.root.as_path(),
            &scan::Asked {
                known: &unchanged,
                settled_before_ms: now_ms - settle_ms,
                now_ms,
                stopped: &|| bell.stopped(),
            },
        )
    }

    fn scan(&self, listing: Listing, here: &Here<'_>, known: &State, accept_missing: bool) -> Scan {
        let others: Vec<&RootPath> = self.library.roots.iter().filter(|root| **root != self.root).collect();
        let unreadable = listing.troubles.into_iter().filter(|trouble| trouble.folder).map(|trouble| trouble.path);
        Scan {
            root: self.root.clone(),
            roots: self.library.roots.clone(),
            unreadable: unreadable.collect(),
            gone: gone(&others, &listing.files, here, known),
            files: listing.files,
            accept_missing,
        }
    }

    fn submit(&mut self, scan: Scan, known: &State, now_ms: i64) -> Result<u64, Unbelieved> {
        // Deciding here first spares the writer the scans that change nothing, which is nearly all.
        let command = Command::Scanned(scan);
        let outcome = match decide::decide(known, &command, Asked { now_ms, actor: Actor::default() }) {
            Ok(decision) if decision.events.is_empty() => Ok(0),
            Err(rejected) => Err(WriteError::Rejected(rejected)),
            Ok(_) => {
                let request = Request {
                    command: command.clone(),
                    cause: Cause::Scan,
                    actor: Actor::default(),
                    id: CommandId::default(),
                };
                self.library.writer.submit_blocking(request).map(|receipt| receipt.events)
            }
        };
        match outcome {
            Ok(events) => {
                if events > 0 {
                    tracing::info!(root = %self.root.as_path().display(), events, "the library changed");
                }
                self.unwritten.clear();
                Ok(events)
            }
            Err(error) => {
                if let Command::Scanned(scan) = command {
                    self.unwritten = scan.files.into_iter().map(|file| (file.path.clone(), file)).collect();
                }
                let reason = error.to_string();
                let refused = matches!(error, WriteError::Rejected(Rejected::Library(_)));
                Err(if refused { Unbelieved::Refused(reason) } else { Unbelieved::Unwritten(reason) })
            }
        }
    }

    fn report(&self, change: impl FnOnce(&mut RootStatus)) {
        let root = self.root.as_path().display();
        self.library.status.update(&self.root, |status| {
            let (before, examples_before) = (status.state.clone(), status.trouble_examples.clone());
            change(status);
            if status.troubles > 0 && status.trouble_examples != examples_before {
                let examples = status.trouble_examples.join("; ");
                tracing::warn!(%root, troubles = status.troubles, examples, "some of the library folder cannot be read");
            }
            match &status.state {
                state if *state == before => {}
                RootState::Scanning | RootState::Unwritten(_) => {}
                RootState::Ok => {
                    tracing::info!(%root, files = status.files, took_ms = status.took_ms, "the library folder is read")
                }
                RootState::Refused(reason) => tracing::warn!(%root, reason, "the library folder is left as it was"),
                RootState::Unreadable(reason) => tracing::warn!(%root, reason, "the library folder cannot be read"),
            }
        });
    }
}

/// A path to look up: hashing bytes is many times faster than hashing components.
fn bytes(path: &MediaPath) -> &[u8] {
    path.as_path().as_os_str().as_encoded_bytes()
}

/// What is known of one folder, by place.
type Here<'a> = HashMap<&'a [u8], &'a Video>;

/// What is known of the folder; of several videos that were at one place, the one that is there.
fn here<'a>(known: &'a State, root: &RootPath) -> Here<'a> {
    let mut videos: Vec<&Video> = known.videos().in_root(root).filter_map(|video| known.videos().get(video)).collect();
    videos.sort_by_key(|video| video.present());
    videos.into_iter().map(|video| (bytes(&video.path), video)).collect()
}

/// Videos of the library's other folders whose content turned up here and whose own file is no longer
/// where it was. Only a file's place is asked about, and only in a folder that has not lost everything.
fn gone(others: &[&RootPath], files: &[File], here: &Here<'_>, known: &State) -> Vec<VideoId> {
    let mut gone = Vec::new();
    for file in files.iter().filter(|file| file.size_bytes > 0) {
        let Some(content) = file.content else { continue };
        if here.get(bytes(&file.path)).is_some_and(|video| video.fingerprint == file.content) {
            continue;
        }
        for video in known.videos().by_fingerprint(&content).into_iter().filter_map(|id| known.videos().get(id)) {
            if video.present() && others.contains(&&*video.root) && left(&video.root, &video.path) {
                gone.push(video.id);
            }
        }
    }
    gone
}

fn left(root: &RootPath, path: &MediaPath) -> bool {
    let file = fs::symlink_metadata(root.as_path().join(path.as_path()));
    let folder_has_files = || fs::read_dir(root.as_path()).is_ok_and(|mut entries| entries.next().is_some());
    file.is_err_and(|error| error.kind() == io::ErrorKind::NotFound) && folder_has_files()
}
