//! Looks at what others count, once a second, so that every minute ends in time. A job like any other, but that it looks at
//! no disk.

use super::{Failed, Job, Pause};
use crate::metrics::{Levels, Metrics};
use std::sync::Arc;
use std::time::Duration;

/// How often it looks. What is there only for a shorter time is mostly not seen.
const EVERY: Duration = Duration::from_secs(1);

/// The job.
#[derive(Clone)]
pub struct Numbers {
    /// What is ticked.
    pub metrics: Metrics,
    /// Says what others have counted by now.
    pub levels: Arc<dyn Fn() -> Levels + Send + Sync>,
}

impl Job for Numbers {
    fn step(&mut self) -> Result<Pause, Failed> {
        self.metrics.tick((self.levels)());
        Ok(Pause { rest: EVERY, at_most: EVERY })
    }
}
