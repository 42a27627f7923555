//! Frozen shapes of the events of watching.

use super::kind::{Newest, Shape, shape};
use super::words::{HourCountV1, Time};
use crate::event::{Event, HourCount, View};
use crate::values::{Invalid, VideoId};

shape! {
    /// Playback began.
    StartedV1 = 401 v 1 { video: u32 }
}

shape! {
    /// Another program had counted this many views in all.
    CountedV1 = 402 v 1 { video: u32, total: u64, last_viewed_at: Option<Time> }
}

shape! {
    /// Views that were counted by mistake were taken back.
    WithdrawnV1 = 404 v 1 { video: u32, views: u64, viewed_at: Option<Time>, last_viewed_at: Option<Time> }
}

shape! {
    /// Many views that began here, long ago: how many in which hours since the epoch.
    RolledUpV1 = 403 v 1 { video: u32, hours: Vec<HourCountV1>, last_viewed_at: Time }
}

impl Shape for StartedV1 {
    fn event(self) -> Result<Event, Invalid> {
        Ok(Event::View(View::Started { video: VideoId::new(self.video)? }))
    }
}

impl Shape for CountedV1 {
    fn event(self) -> Result<Event, Invalid> {
        Ok(Event::View(View::Counted {
            video: VideoId::new(self.video)?,
            total: self.total,
            last_viewed_at_ms: self.last_viewed_at.map(|time| time.0),
        }))
    }
}

impl Shape for WithdrawnV1 {
    fn event(self) -> Result<Event, Invalid> {
        Ok(Event::View(View::Withdrawn {
            video: VideoId::new(self.video)?,
            views: self.views,
            viewed_at_ms: self.viewed_at.map(|time| time.0),
            last_viewed_at_ms: self.last_viewed_at.map(|time| time.0),
        }))
    }
}

impl Shape for RolledUpV1 {
    fn event(self) -> Result<Event, Invalid> {
        let hours: Vec<HourCount> = self.hours.into_iter().map(Into::into).collect();
        HourCount::check(&hours)?;
        let (video, last_viewed_at_ms) = (VideoId::new(self.video)?, self.last_viewed_at.0);
        Ok(Event::View(View::RolledUp { video, hours, last_viewed_at_ms }))
    }
}

/// The newest shape of `event`.
pub(super) fn freeze(event: &View) -> Box<dyn Newest> {
    match event {
        View::Started { video } => Box::new(StartedV1 { video: video.get() }),
        View::Counted { video, total, last_viewed_at_ms } => {
            Box::new(CountedV1 { video: video.get(), total: *total, last_viewed_at: last_viewed_at_ms.map(Time) })
        }
        View::Withdrawn { video, views, viewed_at_ms, last_viewed_at_ms } => Box::new(WithdrawnV1 {
            video: video.get(),
            views: *views,
            viewed_at: viewed_at_ms.map(Time),
            last_viewed_at: last_viewed_at_ms.map(Time),
        }),
        View::RolledUp { video, hours, last_viewed_at_ms } => Box::new(RolledUpV1 {
            video: video.get(),
            hours: hours.iter().map(Into::into).collect(),
            last_viewed_at: Time(*last_viewed_at_ms),
        }),
    }
}
