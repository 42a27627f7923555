//! Frozen shapes of the events of a video.

use super::kind::{Newest, Shape, shape};
use super::words::{CaptionsV1, ChapterV1, FingerprintV1, RawPath, Time};
use crate::event::{Details, Event, Video};
use crate::values::{Invalid, VideoId};

shape! {
    /// First sight of a file, or of a record of a file that is not there yet.
    FoundV1 = 101 v 1 {
        video: u32,
        root: RawPath,
        path: RawPath,
        size_bytes: u64,
        modified_at: Time,
        fingerprint: Option<FingerprintV1>,
        added_at: Time,
    }
}

shape! {
    /// The file was read and is known from the inside.
    ProbedV1 = 102 v 1 {
        video: u32,
        duration_ms: u64,
        width: u32,
        height: u32,
        video_codec: String,
        audio_codec: String,
    }
}

shape! {
    /// The file was read and is known from the inside, to its chapters and captions.
    ProbedV2 = 102 v 2 {
        video: u32,
        duration_ms: u64,
        width: u32,
        height: u32,
        video_codec: String,
        audio_codec: String,
        frame_rate_mhz: u32,
        bit_rate: u64,
        created_at: Option<Time>,
        chapters: Vec<ChapterV1>,
        captions: Vec<CaptionsV1>,
    }
}

shape! {
    /// The same content is now somewhere else.
    MovedV1 = 103 v 1 { video: u32, root: RawPath, path: RawPath, modified_at: Time }
}

shape! {
    /// The same place now holds other content.
    ChangedV1 = 104 v 1 { video: u32, size_bytes: u64, modified_at: Time, fingerprint: Option<FingerprintV1> }
}

shape! {
    /// The file is no longer there.
    VanishedV1 = 105 v 1 { video: u32 }
}

shape! {
    /// The file is there again, or the file of an imported record turned up.
    ReturnedV1 = 106 v 1 {
        video: u32,
        root: RawPath,
        path: RawPath,
        size_bytes: u64,
        modified_at: Time,
        fingerprint: Option<FingerprintV1>,
    }
}

shape! {
    /// The date shown as "added" was learned from an older catalogue.
    DatedV1 = 107 v 1 { video: u32, added_at: Time }
}

shape! {
    /// A person said that this video is gone for good.
    ForgottenV1 = 108 v 1 { video: u32 }
}

shape! {
    /// A video that was forgotten is known again.
    RememberedV1 = 109 v 1 { video: u32 }
}

impl Shape for FoundV1 {
    fn event(self) -> Result<Event, Invalid> {
        Ok(Event::Video(Video::Found {
            video: VideoId::new(self.video)?,
            root: self.root.root(),
            path: self.path.media()?,
            size_bytes: self.size_bytes,
            modified_at_ms: self.modified_at.0,
            fingerprint: self.fingerprint.map(Into::into),
            added_at_ms: self.added_at.0,
        }))
    }
}

impl Shape for ProbedV1 {
    fn event(self) -> Result<Event, Invalid> {
        let Self { video, duration_ms, width, height, video_codec, audio_codec } = self;
        let (chapters, captions) = (Vec::new(), Vec::new());
        let (frame_rate_mhz, bit_rate, created_at) = (0, 0, None);
        let next = ProbedV2 {
            video,
            duration_ms,
            width,
            height,
            video_codec,
            audio_codec,
            frame_rate_mhz,
            bit_rate,
            created_at,
            chapters,
            captions,
        };
        next.event()
    }
}

impl Shape for ProbedV2 {
    fn event(self) -> Result<Event, Invalid> {
        Ok(Event::Video(Video::Probed {
            video: VideoId::new(self.video)?,
            duration_ms: self.duration_ms,
            width: self.width,
            height: self.height,
            video_codec: self.video_codec,
            audio_codec: self.audio_codec,
            details: Details {
                frame_rate_mhz: self.frame_rate_mhz,
                bit_rate: self.bit_rate,
                created_at_ms: self.created_at.map(|at| at.0),
                chapters: self.chapters.into_iter().map(Into::into).collect(),
                captions: self.captions.into_iter().map(Into::into).collect(),
            },
        }))
    }
}

impl Shape for MovedV1 {
    fn event(self) -> Result<Event, Invalid> {
        Ok(Event::Video(Video::Moved {
            video: VideoId::new(self.video)?,
            root: self.root.root(),
            path: self.path.media()?,
            modified_at_ms: self.modified_at.0,
        }))
    }
}

impl Shape for ChangedV1 {
    fn event(self) -> Result<Event, Invalid> {
        Ok(Event::Video(Video::Changed {
            video: VideoId::new(self.video)?,
            size_bytes: self.size_bytes,
            modified_at_ms: self.modified_at.0,
            fingerprint: self.fingerprint.map(Into::into),
        }))
    }
}

impl Shape for VanishedV1 {
    fn event(self) -> Result<Event, Invalid> {
        Ok(Event::Video(Video::Vanished { video: VideoId::new(self.video)? }))
    }
}

impl Shape for ReturnedV1 {
    fn event(self) -> Result<Event, Invalid> {
        Ok(Event::Video(Video::Returned {
            video: VideoId::new(self.video)?,
            root: self.root.root(),
            path: self.path.media()?,
            size_bytes: self.size_bytes,
            modified_at_ms: self.modified_at.0,
            fingerprint: self.fingerprint.map(Into::into),
        }))
    }
}

impl Shape for DatedV1 {
    fn event(self) -> Result<Event, Invalid> {
        Ok(Event::Video(Video::Dated { video: VideoId::new(self.video)?, added_at_ms: self.added_at.0 }))
    }
}

impl Shape for ForgottenV1 {
    fn event(self) -> Result<Event, Invalid> {
        Ok(Event::Video(Video::Forgotten { video: VideoId::new(self.video)? }))
    }
}

impl Shape for RememberedV1 {
    fn event(self) -> Result<Event, Invalid> {
        Ok(Event::Video(Video::Remembered { video: VideoId::new(self.video)? }))
    }
}

/// The newest shape of `event`.
pub(super) fn freeze(event: &Video) -> Box<dyn Newest> {
    match event {
        Video::Found { video, root, path, size_bytes, modified_at_ms, fingerprint, added_at_ms } => Box::new(FoundV1 {
            video: video.get(),
            root: root.into(),
            path: path.into(),
            size_bytes: *size_bytes,
            modified_at: Time(*modified_at_ms),
            fingerprint: fingerprint.map(Into::into),
            added_at: Time(*added_at_ms),
        }),
        Video::Probed { video, duration_ms, width, height, video_codec, audio_codec, details } => Box::new(ProbedV2 {
            video: video.get(),
            duration_ms: *duration_ms,
            width: *width,
            height: *height,
            video_codec: video_codec.clone(),
            audio_codec: audio_codec.clone(),
            frame_rate_mhz: details.frame_rate_mhz,
            bit_rate: details.bit_rate,
            created_at: details.created_at_ms.map(Time),
            chapters: details.chapters.iter().map(Into::into).collect(),
            captions: details.captions.iter().map(Into::into).collect(),
        }),
        Video::Moved { video, root, path, modified_at_ms } => Box::new(MovedV1 {
            video: video.get(),
            root: root.into(),
            path: path.into(),
            modified_at: Time(*modified_at_ms),
        }),
        Video::Changed { video, size_bytes, modified_at_ms, fingerprint } => Box::new(ChangedV1 {
            video: video.get(),
            size_bytes: *size_bytes,
            modified_at: Time(*modified_at_ms),
            fingerprint: fingerprint.map(Into::into),
        }),
        Video::Vanished { video } => Box::new(VanishedV1 { video: video.get() }),
        Video::Returned { video, root, path, size_bytes, modified_at_ms, fingerprint } => Box::new(ReturnedV1 {
            video: video.get(),
            root: root.into(),
            path: path.into(),
            size_bytes: *size_bytes,
            modified_at: Time(*modified_at_ms),
            fingerprint: fingerprint.map(Into::into),
        }),
        Video::Dated { video, added_at_ms } => Box::new(DatedV1 { video: video.get(), added_at: Time(*added_at_ms) }),
        Video::Forgotten { video } => Box::new(ForgottenV1 { video: video.get() }),
        Video::Remembered { video } => Box::new(RememberedV1 { video: video.get() }),
    }
}
