//! Frozen shapes of what was done for whoever looks after the gallery.

use super::kind::{Newest, Shape, shape};
use crate::event::{Event, Maintenance};
use crate::values::Invalid;

shape! {
    /// A task of maintenance was done.
    DoneV1 = 1201 v 1 { task: String, summary: String }
}

shape! {
    /// A task of maintenance found something wrong, or could not be done.
    FailedV1 = 1202 v 1 { task: String, summary: String }
}

shape! {
    /// A task of maintenance was cancelled.
    CancelledV1 = 1203 v 1 { task: String, summary: String }
}

impl Shape for DoneV1 {
    fn event(self) -> Result<Event, Invalid> {
        Ok(Event::Maintenance(Maintenance::Done { task: self.task, summary: self.summary }))
    }
}

impl Shape for FailedV1 {
    fn event(self) -> Result<Event, Invalid> {
        Ok(Event::Maintenance(Maintenance::Failed { task: self.task, summary: self.summary }))
    }
}

impl Shape for CancelledV1 {
    fn event(self) -> Result<Event, Invalid> {
        Ok(Event::Maintenance(Maintenance::Cancelled { task: self.task, summary: self.summary }))
    }
}

/// The newest shape of `event`.
pub(super) fn freeze(event: &Maintenance) -> Box<dyn Newest> {
    match event.clone() {
        Maintenance::Done { task, summary } => Box::new(DoneV1 { task, summary }),
        Maintenance::Failed { task, summary } => Box::new(FailedV1 { task, summary }),
        Maintenance::Cancelled { task, summary } => Box::new(CancelledV1 { task, summary }),
    }
}
