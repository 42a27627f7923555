//! Frozen shapes of the events of pictures.

use super::kind::{Newest, Shape, shape};
use super::words::Hash;
use crate::event::{Event, Thumbnail};
use crate::values::{Invalid, VideoId};

shape! {
    /// A cover exists under this content address.
    MadeV1 = 801 v 1 { video: u32, cover: Hash, decoder: String }
}

shape! {
    /// No cover could be made.
    FailedV1 = 802 v 1 { video: u32, stage: String, reason: String, decoder: String }
}

impl Shape for MadeV1 {
    fn event(self) -> Result<Event, Invalid> {
        let video = VideoId::new(self.video)?;
        Ok(Event::Thumbnail(Thumbnail::Made { video, cover: self.cover.into(), decoder: self.decoder }))
    }
}

impl Shape for FailedV1 {
    fn event(self) -> Result<Event, Invalid> {
        Ok(Event::Thumbnail(Thumbnail::Failed {
            video: VideoId::new(self.video)?,
            stage: self.stage,
            reason: self.reason,
            decoder: self.decoder,
        }))
    }
}

/// The newest shape of `event`.
pub(super) fn freeze(event: &Thumbnail) -> Box<dyn Newest> {
    match event {
        Thumbnail::Made { video, cover, decoder } => {
            Box::new(MadeV1 { video: video.get(), cover: (*cover).into(), decoder: decoder.clone() })
        }
        Thumbnail::Failed { video, stage, reason, decoder } => Box::new(FailedV1 {
            video: video.get(),
            stage: stage.clone(),
            reason: reason.clone(),
            decoder: decoder.clone(),
        }),
    }
}
