//! The hash chain over all records, and its milestones.

use super::Head;
use crate::record::Pos;
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
#[derive(Default)]
pub(super) struct Chain {
    /// The end so far.
    pub(super) head: Head,
    /// The anchors passed on the way.
    pub(super) anchors: Vec<Anchor>,
}

impl Chain {
    /// The chain of a log that ends at `head`.
    pub(super) fn from(head: Head) -> Self {
        Self { head, anchors: Vec::new() }
    }

    /// Adds the frame at the position after the last one.
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
