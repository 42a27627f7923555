//! Frozen shapes of the events of pictures.

use super::kind::{Newest, Shape, shape};
use super::words::{Hash, PreviewV1, SheetLayoutV1};
use crate::event::{Event, Thumbnail};
use crate::values::{Invalid, Preview, VideoId};

shape! {
    /// A cover exists under this content address.
    MadeV1 = 801 v 1 { video: u32, cover: Hash, decoder: String }
}

shape! {
    /// A cover exists under this content address; where it is in the film, and what stands for it until it is there.
    MadeV2 = 801 v 2 { video: u32, cover: Hash, decoder: String, position_ms: u64, preview: PreviewV1, took_ms: u64 }
}

shape! {
    /// No cover could be made.
    FailedV1 = 802 v 1 { video: u32, stage: String, reason: String, decoder: String }
}

shape! {
    /// A sheet of small pictures from all over the film exists under this content address.
    StoryboardMadeV1 = 803 v 1 { video: u32, sheet: Hash, layout: SheetLayoutV1, decoder: String, took_ms: u64 }
}

shape! {
    /// No sheet of small pictures could be made.
    StoryboardFailedV1 = 804 v 1 { video: u32, reason: String, decoder: String }
}

shape! {
    /// A person wants the picture at this place as the cover.
    ChosenV1 = 805 v 1 { video: u32, position_ms: u64 }
}

shape! {
    /// A person wants the program to choose the cover again.
    AutomaticV1 = 806 v 1 { video: u32 }
}

shape! {
    /// A person wants what failed to be tried again.
    RetriedV1 = 807 v 1 { video: u32 }
}

impl Shape for MadeV1 {
    fn event(self) -> Result<Event, Invalid> {
        let Self { video, cover, decoder } = self;
        MadeV2 { video, cover, decoder, position_ms: 0, preview: Preview::default().into(), took_ms: 0 }.event()
    }
}

impl Shape for MadeV2 {
    fn event(self) -> Result<Event, Invalid> {
        Ok(Event::Thumbnail(Thumbnail::Made {
            video: VideoId::new(self.video)?,
            cover: self.cover.into(),
            decoder: self.decoder,
            position_ms: self.position_ms,
            preview: self.preview.into(),
            took_ms: self.took_ms,
        }))
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

impl Shape for StoryboardMadeV1 {
    fn event(self) -> Result<Event, Invalid> {
        Ok(Event::Thumbnail(Thumbnail::StoryboardMade {
            video: VideoId::new(self.video)?,
            sheet: self.sheet.into(),
            layout: self.layout.into(),
            decoder: self.decoder,
            took_ms: self.took_ms,
        }))
    }
}

impl Shape for StoryboardFailedV1 {
    fn event(self) -> Result<Event, Invalid> {
        let video = VideoId::new(self.video)?;
        let (reason, decoder) = (self.reason, self.decoder);
        Ok(Event::Thumbnail(Thumbnail::StoryboardFailed { video, reason, decoder }))
    }
}

impl Shape for ChosenV1 {
    fn event(self) -> Result<Event, Invalid> {
        let (video, position_ms) = (VideoId::new(self.video)?, self.position_ms);
        Ok(Event::Thumbnail(Thumbnail::Chosen { video, position_ms }))
    }
}

impl Shape for AutomaticV1 {
    fn event(self) -> Result<Event, Invalid> {
        Ok(Event::Thumbnail(Thumbnail::Automatic { video: VideoId::new(self.video)? }))
    }
}

impl Shape for RetriedV1 {
    fn event(self) -> Result<Event, Invalid> {
        Ok(Event::Thumbnail(Thumbnail::Retried { video: VideoId::new(self.video)? }))
    }
}

/// The newest shape of `event`.
pub(super) fn freeze(event: &Thumbnail) -> Box<dyn Newest> {
    let video = event.video().get();
    match event {
        Thumbnail::Made { video: _, cover, decoder, position_ms, preview, took_ms } => Box::new(MadeV2 {
            video,
            cover: (*cover).into(),
            decoder: decoder.clone(),
            position_ms: *position_ms,
            preview: (*preview).into(),
            took_ms: *took_ms,
        }),
        Thumbnail::Failed { video: _, stage, reason, decoder } => {
            Box::new(FailedV1 { video, stage: stage.clone(), reason: reason.clone(), decoder: decoder.clone() })
        }
        Thumbnail::StoryboardMade { video: _, sheet, layout, decoder, took_ms } => Box::new(StoryboardMadeV1 {
            video,
            sheet: (*sheet).into(),
            layout: layout.into(),
            decoder: decoder.clone(),
            took_ms: *took_ms,
        }),
        Thumbnail::StoryboardFailed { video: _, reason, decoder } => {
            Box::new(StoryboardFailedV1 { video, reason: reason.clone(), decoder: decoder.clone() })
        }
        Thumbnail::Chosen { video: _, position_ms } => Box::new(ChosenV1 { video, position_ms: *position_ms }),
        Thumbnail::Automatic { video: _ } => Box::new(AutomaticV1 { video }),
        Thumbnail::Retried { video: _ } => Box::new(RetriedV1 { video }),
    }
}
