//! Hands in what the workers have found out and made: the first at once, and what comes soon after it together.
//!
//! Each report that is published has every page drawn anew that somebody looks at. While a thousand covers are made, people
//! wait less if that happens a few times a second and not fifty times.
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
use std::time::Duration;

/// How long reports are gathered after some were handed in.
const GATHERED: Duration = Duration::from_millis(250);
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
}

impl Job for Reporter {
    fn step(&mut self) -> Result<Pause, Failed> {
        let gathered: Vec<(Work, Report)> = lock(&self.desk).finished.values().cloned().collect();
        if gathered.is_empty() {
            return Ok(Pause { rest: Duration::ZERO, at_most: PERIOD });
        }
        let (works, reports): (Vec<Work>, Vec<Report>) = gathered.into_iter().unzip();
        let reported = self.report(reports);
        let mut desk = lock(&self.desk);
        desk.unreported = reported.as_ref().err().map(ToString::to_string);
        reported?;
        for work in works {
            desk.finished.remove(&work.video());
            self.fulfilled(&mut desk, work);
        }
        drop(desk);
        self.bells.iter().for_each(Bell::ring);
        Ok(Pause { rest: GATHERED, at_most: PERIOD })
    }
}

impl Reporter {
    pub(super) fn new(workshop: Workshop, desk: Arc<Mutex<Desk>>, bells: Vec<Bell>) -> Self {
        Self { workshop, desk, bells }
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

    /// Nobody has to wait for this any more.
    fn fulfilled(&self, desk: &mut Desk, work: Work) {
        match work {
            Work::Probe(_) => {}
            Work::Cover(video) => {
                desk.lost.remove(&video);
                self.workshop.wanted.done(Wish::Cover(video));
            }
            Work::Storyboard(video) => self.workshop.wanted.done(Wish::Storyboard(video)),
        }
    }
}
