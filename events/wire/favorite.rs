//! Frozen shapes of the events of the heart.

use super::kind::{Newest, Shape, shape};
use crate::event::{Event, Favorite};
use crate::values::{Invalid, VideoId};

shape! {
    /// It is a favourite from now on.
    AddedV1 = 301 v 1 { video: u32 }
}

shape! {
    /// It is no longer a favourite.
    RemovedV1 = 302 v 1 { video: u32 }
}

impl Shape for AddedV1 {
    fn event(self) -> Result<Event, Invalid> {
        Ok(Event::Favorite(Favorite::Added { video: VideoId::new(self.video)? }))
    }
}

impl Shape for RemovedV1 {
    fn event(self) -> Result<Event, Invalid> {
        Ok(Event::Favorite(Favorite::Removed { video: VideoId::new(self.video)? }))
    }
}

/// The newest shape of `event`.
pub(super) fn freeze(event: &Favorite) -> Box<dyn Newest> {
    match event {
        Favorite::Added { video } => Box::new(AddedV1 { video: video.get() }),
        Favorite::Removed { video } => Box::new(RemovedV1 { video: video.get() }),
    }
}
