//! Frozen shapes of the events of tags.

use super::kind::{Newest, Shape, shape};
use crate::event::{Event, Tag};
use crate::values::{Invalid, TagName, VideoId};

shape! {
    /// A video got a tag.
    AddedV1 = 601 v 1 { video: u32, tag: String }
}

shape! {
    /// A video lost a tag.
    RemovedV1 = 602 v 1 { video: u32, tag: String }
}

shape! {
    /// A tag has another name from now on, on every video.
    RenamedV1 = 603 v 1 { from: String, to: String }
}

shape! {
    /// All videos of one tag have another tag from now on instead.
    MergedV1 = 604 v 1 { from: String, into: String }
}

impl Shape for AddedV1 {
    fn event(self) -> Result<Event, Invalid> {
        Ok(Event::Tag(Tag::Added { video: VideoId::new(self.video)?, tag: TagName::new(&self.tag)? }))
    }
}

impl Shape for RemovedV1 {
    fn event(self) -> Result<Event, Invalid> {
        Ok(Event::Tag(Tag::Removed { video: VideoId::new(self.video)?, tag: TagName::new(&self.tag)? }))
    }
}

impl Shape for RenamedV1 {
    fn event(self) -> Result<Event, Invalid> {
        Ok(Event::Tag(Tag::Renamed { from: TagName::new(&self.from)?, to: TagName::new(&self.to)? }))
    }
}

impl Shape for MergedV1 {
    fn event(self) -> Result<Event, Invalid> {
        Ok(Event::Tag(Tag::Merged { from: TagName::new(&self.from)?, into: TagName::new(&self.into)? }))
    }
}

/// The newest shape of `event`.
pub(super) fn freeze(event: &Tag) -> Box<dyn Newest> {
    match event {
        Tag::Added { video, tag } => Box::new(AddedV1 { video: video.get(), tag: tag.to_string() }),
        Tag::Removed { video, tag } => Box::new(RemovedV1 { video: video.get(), tag: tag.to_string() }),
        Tag::Renamed { from, to } => Box::new(RenamedV1 { from: from.to_string(), to: to.to_string() }),
        Tag::Merged { from, into } => Box::new(MergedV1 { from: from.to_string(), into: into.to_string() }),
    }
}
