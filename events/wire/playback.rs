//! Frozen shapes of the events of the resume position.

use super::kind::{Newest, Shape, shape};
use crate::event::{Event, Playback};
use crate::values::{Invalid, VideoId};

shape! {
    /// Playing stopped here for now.
    PausedV1 = 501 v 1 { video: u32, position_ms: u64 }
}

shape! {
    /// It was watched to the end.
    FinishedV1 = 502 v 1 { video: u32 }
}

impl Shape for PausedV1 {
    fn event(self) -> Result<Event, Invalid> {
        Ok(Event::Playback(Playback::Paused { video: VideoId::new(self.video)?, position_ms: self.position_ms }))
    }
}

impl Shape for FinishedV1 {
    fn event(self) -> Result<Event, Invalid> {
        Ok(Event::Playback(Playback::Finished { video: VideoId::new(self.video)? }))
    }
}

/// The newest shape of `event`.
pub(super) fn freeze(event: &Playback) -> Box<dyn Newest> {
    match event {
        Playback::Paused { video, position_ms } => Box::new(PausedV1 { video: video.get(), position_ms: *position_ms }),
        Playback::Finished { video } => Box::new(FinishedV1 { video: video.get() }),
    }
}
