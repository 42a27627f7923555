//! One worker: a thread with a child process of its own.
//!
//! A file that cannot be opened right now is no failure of the file: nothing is reported, and it is looked at again later.

use super::next::{Situation, Work};
use super::reporter::UNREPORTED_MAX;
use super::{Claim, Desk, Workshop, lock, outcome};
use crate::decide::thumbnail::{Outcome, Work as Report};
use crate::decoder::{Allowance, Decoder, Failure, Stage, Task, Unmade};
use crate::files;
use crate::jobs::scan::modified_at_ms;
use crate::jobs::{Bell, Failed, Job, Pause};
use crate::status::{RootState, RootStatus};
use crate::thumbnails::failures::Line;
use crate::thumbnails::wanted::Wish;
use crate::thumbnails::{Form, Picture};
use crate::web::human::size;
use events::values::ContentId;
use events::{RootPath, VideoId};
use projections::{State, Thumbnail, Video};
use std::fs::File;
use std::os::unix::fs::MetadataExt as _;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// How often a worker looks whether there is something to do.
const PERIOD: Duration = Duration::from_secs(1);
/// How long a file that could not be opened, or changed meanwhile, is left alone.
const LEFT_ALONE: Duration = Duration::from_secs(30);
/// How long one is left alone whose look-through was ended from outside.
const LEFT_ALONE_LONG: Duration = Duration::from_secs(600);
/// A pause after a file that was not at hand.
const BREATH: Duration = Duration::from_millis(100);
/// A worker with nothing to do ends its child after this.
const IDLE: Duration = Duration::from_secs(20);
/// How often it is looked whether the files of all covers are still there.
const LOOKED_AFTER: Duration = Duration::from_secs(600);
/// Below this much free space no pictures are made, or below a tenth of a small disk: twice what the log needs, which is on
/// the same disk and matters more.
const FREE_MIN_BYTES: u64 = 1 << 30;

/// One worker, and its child process.
pub(super) struct Worker {
    workshop: Workshop,
    desk: Arc<Mutex<Desk>>,
    bell: Bell,
    /// Says that there is something to report.
    reports: Bell,
    number: usize,
    decoder: Decoder,
    worked_at: Instant,
}

impl Job for Worker {
    fn step(&mut self) -> Result<Pause, Failed> {
        let Workshop { live, workers, streaming, .. } = &self.workshop;
        // Whoever watches has the machine; one worker goes on with what others wait for.
        let streaming = streaming();
        if streaming && self.number > 0 {
            return Ok(Pause { rest: Duration::ZERO, at_most: PERIOD });
        }
        // Not the one that is there for those who wait, if there is another.
        if self.number + 1 == workers.now().total {
            self.look_after_files();
        }
        let room = self.room(&live.snapshot());
        let claim = self.claim(!streaming, room.is_ok());
        let trouble = lock(&self.desk).unreported.clone().or(room.err());
        self.workshop.workers.update(|workers| workers.trouble = trouble);
        let Some(claim) = claim else {
            self.wait_for_reports();
            if self.worked_at.elapsed() > IDLE {
                self.decoder.rest();
            }
            return Ok(Pause { rest: Duration::ZERO, at_most: PERIOD });
        };
        self.worked_at = Instant::now();
        let done = self.work(claim.work);
        if let Err(failed) = &done {
            self.workshop.workers.update(|workers| workers.trouble = Some(failed.to_string()));
            // Whatever is wrong, the next one looks at another file first.
            self.leave_alone(claim.work.video(), LEFT_ALONE);
        }
        // A disk that was taken away has thousands of files that cannot be opened.
        let rest = if done? { Duration::ZERO } else { BREATH };
        Ok(Pause { rest, at_most: rest })
    }
}

impl Worker {
    pub(super) fn new(workshop: Workshop, desk: Arc<Mutex<Desk>>, bell: Bell, reports: Bell, number: usize) -> Self {
        let decoder = Decoder::new(&workshop.decoder, Allowance::default());
        Self { workshop, desk, bell, reports, number, decoder, worked_at: Instant::now() }
    }

    /// Now and then, looks whether the files of covers are still there, and counts how much room they take.
    fn look_after_files(&self) {
        let Workshop { live, store, clock, .. } = &self.workshop;
        let mut desk = lock(&self.desk);
        if desk.looked_at.is_some_and(|at| at.elapsed() < LOOKED_AFTER) {
            return;
        }
        desk.looked_at = Some(Instant::now());
        drop(desk);
        store.count(clock());
        // Where there is no room for all, what had to go is made again for those who ask for it, and not for its own sake.
        if store.evicted() > 0 || store.bytes() > store.max_bytes() / 10 * 8 {
            return;
        }
        let state = live.snapshot();
        let present = state.videos().present();
        let covers = state.thumbnails().covers().filter(|(video, _)| present.contains(video.get()));
        let lost = covers.take_while(|_| !self.bell.stopped()).filter(|(_, cover)| self.gone(cover.id));
        let lost = lost.map(|(video, _)| video).collect();
        lock(&self.desk).lost = lost;
    }

    /// Whether a cover is not there in all its forms.
    fn gone(&self, cover: ContentId) -> bool {
        Form::COVERS.iter().any(|form| !self.workshop.store.has(Picture { id: cover, form: *form }))
    }

    /// There may be more to do once it is known what was done.
    fn wait_for_reports(&self) {
        let mut desk = lock(&self.desk);
        if !desk.finished.is_empty() {
            desk.idle = true;
            self.reports.ring();
        }
    }

    /// Takes the next piece of work, if there is one.
    pub(super) fn claim(&self, quiet: bool, room: bool) -> Option<Claim> {
        let Workshop { live, store, wanted, library, workers, clock, .. } = &self.workshop;
        let wishes = wanted.wishes();
        let mut desk = lock(&self.desk);
        if desk.finished.len() >= UNREPORTED_MAX {
            return None;
        }
        // What was reported before it was taken off the desk is in here.
        let state = live.snapshot();
        desk.left_alone.retain(|_, until| *until > Instant::now());
        // Who waits for a cover that was made has found its file gone.
        for wish in &wishes {
            if let Wish::Cover(video) = wish
                && let Some(cover) = state.thumbnails().cover(*video)
                && self.gone(cover.id)
            {
                desk.lost.insert(*video);
            }
        }
        let roots = library.roots();
        let readable = |root: &RootStatus| root.state == RootState::Ok;
        let at_hand: Vec<&RootPath> = roots.iter().filter(|root| readable(root)).map(|root| &root.root).collect();
        let sheet = |video| state.thumbnails().sheet(video).map(|sheet| Picture { id: sheet.id, form: Form::Sheet });
        let situation = Situation {
            state: &state,
            wishes: &wishes,
            lost: &desk.lost,
            sheet_lost: &|video| sheet(video).is_some_and(|sheet| !store.has(sheet)),
            at_hand: &|root| at_hand.contains(&root),
            taken: &|video| desk.holds(video),
            room,
            quiet,
            now_ms: clock(),
        };
        let work = situation.next()?;
        desk.claimed.insert(work.video());
        workers.update(|workers| workers.working += 1);
        Some(Claim { work, desk: Arc::clone(&self.desk), workers: workers.clone() })
    }

    /// Does one piece of work; false if the file was not at hand. An error is about the machine, not about the file.
    fn work(&mut self, work: Work) -> Result<bool, Failed> {
        let state = self.workshop.live.snapshot();
        let Some(video) = state.videos().get(work.video()) else { return Ok(true) };
        let Some((file, before)) = open(video) else {
            self.leave_alone(video.id, LEFT_ALONE);
            return Ok(false);
        };
        let started = Instant::now();
        let chosen_ms = state.thumbnails().chosen_ms(video.id);
        let task = match work {
            Work::Probe(_) => Task::Probe,
            Work::Cover(_) => Task::Cover { at_ms: chosen_ms },
            Work::Storyboard(_) => Task::Storyboard,
        };
        let bell = self.bell.clone();
        let made = self.decoder.make(&file, task, &|| bell.stopped());
        let took_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        // What was made of a file that changed under our hands belongs to no file.
        if facts(&file) != Some(before) {
            self.leave_alone(video.id, LEFT_ALONE);
            return Ok(true);
        }
        let outcome = match made {
            Ok(made) => outcome::stored(&self.workshop.store, &self.workshop.metrics, made, took_ms)
                .map_err(|error| Failed(format!("no picture can be stored: {error}")))?,
            Err(Unmade::Failed(failure)) => {
                self.note(work, &state, video, &failure, took_ms);
                // What is written down is not tried again by itself; this is not.
                if failure.stage == Stage::Open || made_again(work, &state) {
                    self.leave_alone(video.id, LEFT_ALONE);
                }
                // A disk that gives no bytes says nothing about the film.
                if failure.stage == Stage::Open {
                    return Ok(true);
                }
                of_failure(work, failure)
            }
            Err(Unmade::Interrupted(reason)) => {
                let failure = Failure { stage: Stage::Decode, reason, decoder: String::new() };
                self.note(work, &state, video, &failure, took_ms);
                self.leave_alone(video.id, LEFT_ALONE_LONG);
                return Ok(true);
            }
            Err(Unmade::Stopped) => return Ok(true),
            Err(refused @ Unmade::NoDecoder(_)) => return Err(Failed(refused.to_string())),
        };
        let report = Report { video: video.id, content: video.fingerprint, chosen_ms, outcome };
        lock(&self.desk).finished.insert(video.id, (work, report));
        self.reports.ring();
        Ok(true)
    }

    /// Keeps the store from running over; says why no pictures can be made if the disk does.
    fn room(&self, state: &State) -> Result<(), String> {
        let Workshop { store, clock, .. } = &self.workshop;
        if store.full() {
            // Those could not be made again.
            let missing = state.videos().missing();
            let kept = state.thumbnails().covers().filter(|(video, _)| missing.contains(video.get()));
            store.make_room(&kept.map(|(_, cover)| cover.id).collect(), clock());
        }
        let disk = store.folder().ancestors().find_map(|folder| rustix::fs::statvfs(folder).ok());
        let Some(disk) = disk else { return Ok(()) };
        let free = disk.f_bavail.saturating_mul(disk.f_frsize);
        if free < FREE_MIN_BYTES.min(disk.f_blocks.saturating_mul(disk.f_frsize) / 10) {
            let free = size(free);
            return Err(format!("only {free} are free on the disk of the data folder, too little for pictures"));
        }
        Ok(())
    }

    fn leave_alone(&self, video: VideoId, time: Duration) {
        lock(&self.desk).left_alone.insert(video, Instant::now() + time);
    }

    /// Notes a failure for people.
    fn note(&self, work: Work, state: &State, video: &Video, failure: &Failure, took_ms: u64) {
        let before = match state.thumbnails().get(video.id) {
            Thumbnail::Failed(failure) => failure.tries,
            Thumbnail::Missing | Thumbnail::Made(_) => 0,
        };
        let line = Line {
            at: jiff::Timestamp::from_millisecond((self.workshop.clock)()).unwrap_or_default().to_string(),
            video: video.id.get(),
            path: video.path.as_path().display().to_string(),
            task: work.name(),
            stage: failure.stage.name(),
            reason: failure.reason.clone(),
            decoder: failure.decoder.clone(),
            tries: before + 1,
            took_ms,
        };
        if let Err(error) = self.workshop.failures.note(&line) {
            tracing::warn!(%error, "failed to write thumbnail_errors.jsonl");
        }
    }
}

/// Whether this makes a cover again whose file was lost: it stays known when that fails.
fn made_again(work: Work, state: &State) -> bool {
    let Work::Cover(video) = work else { return false };
    let pictures = state.thumbnails();
    matches!(pictures.get(video), Thumbnail::Made(_)) && !pictures.pending().contains(video.get())
}

/// What a failure means.
fn of_failure(work: Work, failure: Failure) -> Outcome {
    let Failure { stage, reason, decoder } = failure;
    let decoder = if decoder.is_empty() { "none".to_owned() } else { decoder };
    match work {
        Work::Probe(_) | Work::Cover(_) => Outcome::NoCover { stage: stage.name().to_owned(), reason, decoder },
        Work::Storyboard(_) => Outcome::NoStoryboard { reason, decoder },
    }
}

/// The file of a video, open, and what tells whether it is still the same; nothing where it cannot be opened now, or is
/// not the one that the scan has seen: it will be, after the next.
fn open(video: &Video) -> Option<(File, (u64, i64, i64))> {
    let file = files::open(&video.root, &video.path).ok()?.file;
    let seen = file.metadata().ok().map(|facts| (facts.len(), modified_at_ms(&facts)));
    if seen != Some((video.size_bytes, video.modified_at_ms)) {
        return None;
    }
    let facts = facts(&file)?;
    Some((file, facts))
}

/// Size and time of the last change.
fn facts(file: &File) -> Option<(u64, i64, i64)> {
    file.metadata().ok().map(|facts| (facts.len(), facts.mtime(), facts.mtime_nsec()))
}
