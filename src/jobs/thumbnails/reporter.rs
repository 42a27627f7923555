//! Hands in what the workers have found out and made: what somebody waits for as soon as may be, the rest together.
//!
//! What is published has every page drawn anew that somebody looks at. While a thousand covers are made that nobody waits
//! for, people wait less for pages if that happens every two seconds and not fifty times a second.
//!
//! What could not be stored stays on the desk and is handed in again; the workers go on for a while, and then wait.
//! What is on the desk when the program ends is lost, and made again after the next start.

use super::next::Work;
use super::{Desk, Workshop, lock};
use crate::decide::thumbnail::Work as Report;
use crate::decide::{self, Asked, Command};
use crate::jobs::{Bell, Failed, Job, Pause};
use crate::thumbnails::wanted::Wish;
use crate::writer::{Request, WriteError};
use events::{Actor, Cause, CommandId};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// How long reports are gathered after some were handed in, if somebody waits: who looks at a page for its covers, or a
/// worker that has nothing else to do ...
const GATHERED: Duration = Duration::from_millis(250);
/// ... and if nobody does.
const GATHERED_LONG: Duration = Duration::from_secs(2);
/// The reporter is rung when there is something, and looks by itself as seldom as this.
const PERIOD: Duration = Duration::from_secs(60);
/// With so many reports on the desk the workers wait: each is a file or three that nobody knows of yet.
pub(super) const UNREPORTED_MAX: usize = 256;

/// Hands in reports.
pub(super) struct Reporter {
    workshop: Workshop,
    desk: Arc<Mutex<Desk>>,
    /// Those of the workers: what was handed in leads to more work.
    bells: Vec<Bell>,
    /// When the last report was handed in, if the last one was.
    pub(super) reported_at: Option<Instant>,
}

impl Job for Reporter {
    fn step(&mut self) -> Result<Pause, Failed> {
        let gathered: Vec<(Work, Report)> = lock(&self.desk).finished.values().cloned().collect();
        if gathered.is_empty() {
            return Ok(Pause { rest: Duration::ZERO, at_most: PERIOD });
        }
        let (works, reports): (Vec<Work>, Vec<Report>) = gathered.into_iter().unzip();
        let left = self.reported_at.map_or(Duration::ZERO, |at| GATHERED_LONG.saturating_sub(at.elapsed()));
        if !left.is_zero() && !self.somebody_waits(&works) {
            return Ok(Pause { rest: GATHERED.min(left), at_most: left });
        }
        let reported = self.report(reports);
        self.reported_at = reported.is_ok().then(Instant::now);
        let mut desk = lock(&self.desk);
        desk.unreported = reported.as_ref().err().map(ToString::to_string);
        reported?;
        for work in works {
            desk.finished.remove(&work.video());
            self.fulfilled(&mut desk, work);
        }
        desk.idle = false;
        drop(desk);
        self.bells.iter().for_each(Bell::ring);
        Ok(Pause { rest: GATHERED, at_most: PERIOD })
    }
}

impl Reporter {
    pub(super) fn new(workshop: Workshop, desk: Arc<Mutex<Desk>>, bells: Vec<Bell>) -> Self {
        Self { workshop, desk, bells, reported_at: None }
    }

    /// Whether a person waits for one of these, or a worker for all of them.
    fn somebody_waits(&self, works: &[Work]) -> bool {
        let wishes = self.workshop.wanted.wishes();
        let wished = |work: &Work| match *work {
            Work::Probe(_) => false,
            Work::Cover(video) => wishes.contains(&Wish::Cover(video)),
            Work::Storyboard(video) => wishes.contains(&Wish::Storyboard(video)),
        };
        lock(&self.desk).idle || works.iter().any(wished)
    }

    fn report(&self, reports: Vec<Report>) -> Result<(), Failed> {
        let now_ms = (self.workshop.clock)();
        let command = Command::Work(reports);
        // Most of what is made is news; what is not must not wake the disk.
        let asked = Asked { now_ms, actor: Actor::default() };
        match decide::decide(&self.workshop.live.snapshot(), &command, asked) {
            Ok(decision) if decision.events.is_empty() => return Ok(()),
            Ok(_) | Err(_) => {}
        }
        let request = Request { command, cause: Cause::Worker, actor: Actor::default(), id: CommandId::default() };
        match self.workshop.writer.submit_blocking(request) {
            Ok(_) | Err(WriteError::Stopped) => Ok(()),
            Err(error) => Err(Failed(error.to_string())),
        }
    }

    /// Nobody has to wait for this any more, as far as it is there now.
    fn fulfilled(&self, desk: &mut Desk, work: Work) {
        match work {
            Work::Probe(_) => {}
            Work::Cover(video) => {
                desk.lost.remove(&video);
                // Somebody may have chosen another one meanwhile, and waits for that.
                if !self.workshop.live.snapshot().thumbnails().pending().contains(video.get()) {
                    self.workshop.wanted.done(Wish::Cover(video));
                }
            }
            Work::Storyboard(video) => self.workshop.wanted.done(Wish::Storyboard(video)),
        }
    }
}
