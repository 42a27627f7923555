//! Where to go on watching each video, shared by all devices.

use events::event::Playback as Happened;
use events::{Recorded, VideoId};
use roaring::RoaringBitmap;
use std::sync::Arc;

use crate::bits::{decode_set, encode_set};
use crate::bytes::{Decoder, Encoder};
use crate::column::Column;

/// How far somebody got with a video.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// Playing stopped in the middle.
    Paused {
        /// How far in.
        position_ms: u64,
        /// When it stopped, ms since the epoch.
        at_ms: i64,
    },
    /// It was watched to the end.
    Finished {
        /// When it ended, ms since the epoch.
        at_ms: i64,
    },
}

/// The progress of all videos.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Playback {
    progress: Column<Option<Progress>>,
    /// Watched to the end at least once, whatever happened since.
    finished: Arc<RoaringBitmap>,
}

impl Playback {
    /// How far somebody got with this video; `None` if nobody stopped or finished it.
    #[must_use]
    pub fn get(&self, video: VideoId) -> Option<Progress> {
        self.progress.get(video).copied().flatten()
    }

    /// Where to go on with this video, in ms; 0 to begin.
    #[must_use]
    pub fn resume_ms(&self, video: VideoId) -> u64 {
        match self.get(video) {
            Some(Progress::Paused { position_ms, .. }) => position_ms,
            Some(Progress::Finished { .. }) | None => 0,
        }
    }

    /// Whether somebody ever watched this video to its end.
    #[must_use]
    pub fn finished(&self, video: VideoId) -> bool {
        self.finished.contains(video.get())
    }

    /// When playing stopped in the middle, if that is where it stands.
    pub(crate) fn paused_at_ms(&self, video: VideoId) -> Option<i64> {
        match self.get(video) {
            // At 0 it has not begun: that is how a first pause is taken back.
            Some(Progress::Paused { position_ms, at_ms }) if position_ms > 0 => Some(at_ms),
            Some(Progress::Paused { .. } | Progress::Finished { .. }) | None => None,
        }
    }

    pub(crate) fn apply(&mut self, happened: &Happened, recorded: &Recorded) {
        let at_ms = recorded.occurred_at_ms;
        let (video, now) = match happened {
            Happened::Paused { video, position_ms } => (*video, Progress::Paused { position_ms: *position_ms, at_ms }),
            Happened::Finished { video } => (*video, Progress::Finished { at_ms }),
        };
        self.progress.update(video, |progress| *progress = Some(now));
        if matches!(now, Progress::Finished { .. }) && !self.finished(video) {
            Arc::make_mut(&mut self.finished).insert(video.get());
        }
    }

    pub(crate) fn encode(&self, into: &mut Encoder) {
        let Self { progress, finished } = self;
        progress.encode(into, |into, progress| match *progress {
            Some(Progress::Paused { position_ms, at_ms }) => {
                into.number(1_u64);
                into.number(position_ms);
                into.time(at_ms);
            }
            Some(Progress::Finished { at_ms }) => {
                into.number(2_u64);
                into.time(at_ms);
            }
            None => into.number(0_u64),
        });
        encode_set(finished, into);
    }

    pub(crate) fn decode(from: &mut Decoder<'_>, videos: usize) -> Option<Self> {
        let progress = Column::decode(from, videos, |from| match from.number::<u64>()? {
            1 => Some(Some(Progress::Paused { position_ms: from.number()?, at_ms: from.time()? })),
            2 => Some(Some(Progress::Finished { at_ms: from.time()? })),
            _ => None,
        })?;
        Some(Self { progress, finished: Arc::new(decode_set(from, videos)?) })
    }
}
