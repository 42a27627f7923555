//! The hash chain over all records, and its milestones.

use super::open::OpenError;
use super::{Head, replay};
use crate::record::{Pos, Recorded};
use crate::wire::{self, WireError};

/// How many records lie between two anchors.
pub(super) const ANCHOR_EVERY: Pos = 4096;

/// The hash chain at a position that is a multiple of [`ANCHOR_EVERY`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Anchor {
    pub(super) pos: Pos,
    pub(super) chain: [u8; 32],
}

/// The chain while records are added to it.
#[derive(Clone, Debug, Default)]
pub struct Chain {
    /// The end so far.
    pub head: Head,
    /// The anchors passed on the way.
    pub(super) anchors: Vec<Anchor>,
}

impl Chain {
    /// The chain of a log that ends at `head`.
    #[must_use]
    pub fn from(head: Head) -> Self {
        Self { head, anchors: Vec::new() }
    }

    /// Adds the frame at the next position, as [`super::LogReader::frames`] gives it. Answers with its record;
    /// `None` for one that this version may pass over.
    ///
    /// # Errors
    /// [`OpenError::Damaged`] or [`OpenError::NewerVersion`] when it is not the frame of that record.
    pub fn add(&mut self, frame: &[u8]) -> Result<Option<Recorded>, OpenError> {
        let pos = self.head.pos + 1;
        let record = wire::decode(pos, frame).map_err(|error| replay::refuse(pos, &error))?;
        self.push(frame).map_err(|error| replay::refuse(pos, &error))?;
        if let Some(record) = &record {
            self.head.recorded_at_ms = record.recorded_at_ms;
        }
        Ok(record)
    }

    /// The same for a frame that was looked at already.
    pub(super) fn push(&mut self, frame: &[u8]) -> Result<(), WireError> {
        let pos = self.head.pos + 1;
        self.head.chain = wire::chain(&self.head.chain, pos, frame)?;
        self.head.pos = pos;
        if pos.is_multiple_of(ANCHOR_EVERY) {
            self.anchors.push(Anchor { pos, chain: self.head.chain });
        }
        Ok(())
    }
}
