//! Frozen shapes of the brackets around imported data.

use super::kind::{Newest, Shape, shape};
use crate::event::{Event, Import};
use crate::values::Invalid;

shape! {
    /// An import began.
    StartedV1 = 901 v 1 { source: String }
}

shape! {
    /// An import ended.
    FinishedV1 = 902 v 1 { accepted: u64, unchanged: u64, rejected: u64 }
}

impl Shape for StartedV1 {
    fn event(self) -> Result<Event, Invalid> {
        Ok(Event::Import(Import::Started { source: self.source }))
    }
}

impl Shape for FinishedV1 {
    fn event(self) -> Result<Event, Invalid> {
        Ok(Event::Import(Import::Finished {
            accepted: self.accepted,
            unchanged: self.unchanged,
            rejected: self.rejected,
        }))
    }
}

/// The newest shape of `event`.
pub(super) fn freeze(event: &Import) -> Box<dyn Newest> {
    match event {
        Import::Started { source } => Box::new(StartedV1 { source: source.clone() }),
        Import::Finished { accepted, unchanged, rejected } => {
            Box::new(FinishedV1 { accepted: *accepted, unchanged: *unchanged, rejected: *rejected })
        }
    }
}
