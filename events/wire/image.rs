//! Frozen shapes of the events of an image.

use super::kind::{Newest, Shape, shape};
use super::words::{RawPath, Time};
use crate::event::{Event, Image};
use crate::values::{ImageId, Invalid};

shape! {
    /// First sight of an image, or of a record of one that is not there yet.
    FoundV1 = 1001 v 1 {
        image: u32,
        root: RawPath,
        path: RawPath,
        size_bytes: u64,
        modified_at: Time,
        added_at: Time,
    }
}

shape! {
    /// The same place now holds another image.
    ChangedV1 = 1002 v 1 { image: u32, size_bytes: u64, modified_at: Time }
}

shape! {
    /// The same image is now somewhere else.
    MovedV1 = 1003 v 1 { image: u32, root: RawPath, path: RawPath }
}

shape! {
    /// The image is no longer there.
    VanishedV1 = 1004 v 1 { image: u32 }
}

shape! {
    /// The image is there again, or the file of an imported record turned up.
    ReturnedV1 = 1005 v 1 { image: u32, root: RawPath, path: RawPath, size_bytes: u64, modified_at: Time }
}

shape! {
    /// The image is a favourite from now on.
    FavoredV1 = 1006 v 1 { image: u32 }
}

shape! {
    /// The image is no longer a favourite.
    UnfavoredV1 = 1007 v 1 { image: u32 }
}

impl Shape for FoundV1 {
    fn event(self) -> Result<Event, Invalid> {
        Ok(Event::Image(Image::Found {
            image: ImageId::new(self.image)?,
            root: self.root.root(),
            path: self.path.media()?,
            size_bytes: self.size_bytes,
            modified_at_ms: self.modified_at.0,
            added_at_ms: self.added_at.0,
        }))
    }
}

impl Shape for ChangedV1 {
    fn event(self) -> Result<Event, Invalid> {
        let (image, modified_at_ms) = (ImageId::new(self.image)?, self.modified_at.0);
        Ok(Event::Image(Image::Changed { image, size_bytes: self.size_bytes, modified_at_ms }))
    }
}

impl Shape for MovedV1 {
    fn event(self) -> Result<Event, Invalid> {
        let image = ImageId::new(self.image)?;
        Ok(Event::Image(Image::Moved { image, root: self.root.root(), path: self.path.media()? }))
    }
}

impl Shape for VanishedV1 {
    fn event(self) -> Result<Event, Invalid> {
        Ok(Event::Image(Image::Vanished { image: ImageId::new(self.image)? }))
    }
}

impl Shape for ReturnedV1 {
    fn event(self) -> Result<Event, Invalid> {
        Ok(Event::Image(Image::Returned {
            image: ImageId::new(self.image)?,
            root: self.root.root(),
            path: self.path.media()?,
            size_bytes: self.size_bytes,
            modified_at_ms: self.modified_at.0,
        }))
    }
}

impl Shape for FavoredV1 {
    fn event(self) -> Result<Event, Invalid> {
        Ok(Event::Image(Image::Favored { image: ImageId::new(self.image)? }))
    }
}

impl Shape for UnfavoredV1 {
    fn event(self) -> Result<Event, Invalid> {
        Ok(Event::Image(Image::Unfavored { image: ImageId::new(self.image)? }))
    }
}

/// The newest shape of `event`.
pub(super) fn freeze(event: &Image) -> Box<dyn Newest> {
    match event {
        Image::Found { image, root, path, size_bytes, modified_at_ms, added_at_ms } => Box::new(FoundV1 {
            image: image.get(),
            root: root.into(),
            path: path.into(),
            size_bytes: *size_bytes,
            modified_at: Time(*modified_at_ms),
            added_at: Time(*added_at_ms),
        }),
        Image::Changed { image, size_bytes, modified_at_ms } => {
            Box::new(ChangedV1 { image: image.get(), size_bytes: *size_bytes, modified_at: Time(*modified_at_ms) })
        }
        Image::Moved { image, root, path } => {
            Box::new(MovedV1 { image: image.get(), root: root.into(), path: path.into() })
        }
        Image::Vanished { image } => Box::new(VanishedV1 { image: image.get() }),
        Image::Returned { image, root, path, size_bytes, modified_at_ms } => Box::new(ReturnedV1 {
            image: image.get(),
            root: root.into(),
            path: path.into(),
            size_bytes: *size_bytes,
            modified_at: Time(*modified_at_ms),
        }),
        Image::Favored { image } => Box::new(FavoredV1 { image: image.get() }),
        Image::Unfavored { image } => Box::new(UnfavoredV1 { image: image.get() }),
    }
}
