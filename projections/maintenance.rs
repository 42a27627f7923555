//! When the log was last verified, and how that ended.
//!
//! Not what else was done to look after the gallery: that is only told in its history.

use events::Recorded;
use events::event::Maintenance as Happened;

use crate::bytes::{Decoder, Encoder};

/// How a verification is called in the log.
const VERIFY: &str = "verify";

/// A verification that came to an end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verified {
    /// When, ms since the epoch.
    pub at_ms: i64,
    /// Whether everything was as it was written.
    pub whole: bool,
}

/// What is known of looking after the gallery.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Maintenance {
    verified: Option<Verified>,
}

impl Maintenance {
    /// The last verification that came to an end.
    #[must_use]
    pub fn verified(&self) -> Option<Verified> {
        self.verified
    }

    pub(crate) fn apply(&mut self, happened: &Happened, recorded: &Recorded) {
        let (task, whole) = match happened {
            Happened::Done { task, .. } => (task, true),
            Happened::Failed { task, .. } => (task, false),
            Happened::Cancelled { .. } => return,
        };
        if task == VERIFY {
            self.verified = Some(Verified { at_ms: recorded.occurred_at_ms, whole });
        }
    }

    pub(crate) fn encode(&self, into: &mut Encoder) {
        let Self { verified } = self;
        into.option(*verified, |into, Verified { at_ms, whole }| {
            into.time(at_ms);
            into.number(u64::from(whole));
        });
    }

    pub(crate) fn decode(from: &mut Decoder<'_>) -> Option<Self> {
        let verified = from.option(|from| Some(Verified { at_ms: from.time()?, whole: from.flag()? }))?;
        Some(Self { verified })
    }
}
