//! Work in the background: each job is a thread that asks what is to be done, does it, and waits.
//!
//! Level-triggered: waking a job only says "look again". There is no queue, so nothing can be lost, and
//! a job that was asleep for a week finds the same work as one that was awake. A job that panics is made
//! anew, after a while, and that is logged once.

pub mod fingerprint;
pub mod images;
pub mod library;
mod mount;
pub mod numbers;
pub mod room;
pub mod roots;
pub mod scan;
pub mod thumbnails;
pub mod watch;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// The first wait after a failure; it doubles with every further one ...
const BACK_OFF_MIN: Duration = Duration::from_secs(1);
/// ... up to this.
const BACK_OFF_MAX: Duration = Duration::from_secs(300);

/// When a job looks again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pause {
    /// Not before, however often it is woken: what keeps a busy disk from being read all the time.
    pub rest: Duration,
    /// After this, if nobody woke it.
    pub at_most: Duration,
}

/// One kind of work. Tests call `step` themselves.
pub trait Job {
    /// Does what is to be done now, and says when to look again.
    ///
    /// # Errors
    /// [`Failed`] when the work could not be done; it is tried again after a while.
    fn step(&mut self) -> Result<Pause, Failed>;
}

/// Why a job did not get its work done.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Failed(pub String);

/// Wakes a job, or tells it to end. Cheap to clone; every clone is the same bell.
#[derive(Clone, Debug, Default)]
pub struct Bell(Arc<(Mutex<Rung>, Condvar)>);

#[derive(Debug, Default)]
struct Rung {
    wake: bool,
    stop: bool,
}

impl Bell {
    /// Says that there may be something to do. Rings that nobody heard yet count as one.
    pub fn ring(&self) {
        self.lock().wake = true;
        self.0.1.notify_all();
    }

    /// Says that it is time to end.
    pub fn stop(&self) {
        self.lock().stop = true;
        self.0.1.notify_all();
    }

    /// Whether it is time to end.
    #[must_use]
    pub fn stopped(&self) -> bool {
        self.lock().stop
    }

    /// Waits for a ring, the end, or until `timeout` has passed. True if somebody rang.
    #[must_use]
    pub fn wait(&self, timeout: Duration) -> bool {
        let rung = self.0.1.wait_timeout_while(self.lock(), timeout, |rung| !rung.wake && !rung.stop);
        let mut rung = rung.unwrap_or_else(PoisonError::into_inner).0;
        std::mem::take(&mut rung.wake)
    }

    /// Waits for the end, or until `timeout` has passed. True if it is time to end.
    #[must_use]
    pub fn wait_for_stop(&self, timeout: Duration) -> bool {
        let rung = self.0.1.wait_timeout_while(self.lock(), timeout, |rung| !rung.stop);
        rung.unwrap_or_else(PoisonError::into_inner).0.stop
    }

    fn lock(&self) -> MutexGuard<'_, Rung> {
        self.0.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The running jobs.
#[derive(Debug)]
pub struct Jobs {
    bells: Vec<Bell>,
    /// Every job's thread holds a clone of the sender; when the last is dropped, all have ended.
    running: Option<SyncSender<()>>,
    ended: Receiver<()>,
}

impl Default for Jobs {
    fn default() -> Self {
        let (running, ended) = sync_channel(0);
        Self { bells: Vec::new(), running: Some(running), ended }
    }
}

impl Jobs {
    /// Starts a job on its own thread; `bell` wakes it, and `make` makes it, again after a panic.
    ///
    /// # Errors
    /// When the operating system has no thread for it.
    pub fn spawn<J: Job>(
        &mut self,
        name: &str,
        bell: Bell,
        make: impl FnMut() -> J + Send + 'static,
    ) -> std::io::Result<()> {
        let running = self.running.clone();
        let (own_bell, own_name) = (bell.clone(), name.to_owned());
        std::thread::Builder::new().name(name.to_owned()).spawn(move || {
            supervise(&own_name, &own_bell, make);
            drop(running);
        })?;
        self.bells.push(bell);
        Ok(())
    }

    /// Tells all jobs to end and waits for them, at most for `patience`: a thread that hangs in a dead
    /// network mount cannot be woken, and ends with the program. True if all ended.
    #[must_use]
    pub fn stop(mut self, patience: Duration) -> bool {
        self.bells.iter().for_each(Bell::stop);
        self.running = None;
        matches!(self.ended.recv_timeout(patience), Err(RecvTimeoutError::Disconnected))
    }
}

/// Runs a job until its bell says stop.
fn supervise<J: Job>(name: &str, bell: &Bell, mut make: impl FnMut() -> J) {
    let mut job = make();
    let mut failures = 0;
    while !bell.stopped() {
        let failure = match catch_unwind(AssertUnwindSafe(|| job.step())) {
            Ok(Ok(pause)) => {
                if failures > 0 {
                    tracing::info!(job = name, failures, "the job works again");
                }
                failures = 0;
                if !bell.wait_for_stop(pause.rest) {
                    let _ = bell.wait(pause.at_most.saturating_sub(pause.rest));
                }
                continue;
            }
            Ok(Err(failed)) => failed.to_string(),
            Err(_) => {
                job = make();
                "it panicked".to_owned()
            }
        };
        if failures == 0 && !bell.stopped() {
            tracing::error!(job = name, failure, "the job failed and is tried again until it works");
        }
        failures += 1;
        let _ = bell.wait_for_stop(back_off(failures));
    }
}

/// How long to wait after this many failures in a row.
fn back_off(failures: u32) -> Duration {
    BACK_OFF_MIN.saturating_mul(1 << (failures.clamp(1, 16) - 1)).min(BACK_OFF_MAX)
}
