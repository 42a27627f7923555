//! Frozen shapes of the events of a rating.

use super::kind::{Newest, Shape, shape};
use crate::event::{Event, Rating};
use crate::values::{Invalid, Stars, VideoId};

shape! {
    /// Stars were given.
    GivenV1 = 201 v 1 { video: u32, stars: u8 }
}

shape! {
    /// The rating was taken away.
    ClearedV1 = 202 v 1 { video: u32 }
}

impl Shape for GivenV1 {
    fn event(self) -> Result<Event, Invalid> {
        Ok(Event::Rating(Rating::Given { video: VideoId::new(self.video)?, stars: Stars::new(self.stars)? }))
    }
}

impl Shape for ClearedV1 {
    fn event(self) -> Result<Event, Invalid> {
        Ok(Event::Rating(Rating::Cleared { video: VideoId::new(self.video)? }))
    }
}

/// The newest shape of `event`.
pub(super) fn freeze(event: &Rating) -> Box<dyn Newest> {
    match event {
        Rating::Given { video, stars } => Box::new(GivenV1 { video: video.get(), stars: stars.get() }),
        Rating::Cleared { video } => Box::new(ClearedV1 { video: video.get() }),
    }
}
