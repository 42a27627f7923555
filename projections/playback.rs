//! Where to go on watching each video, shared by all devices.

use events::event::Playback as Happened;
use events::{Recorded, VideoId};

use crate::column::Column;
use crate::digest::Digest;

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
}

impl Playback {
    /// How far somebody got with this video; `None` if nobody stopped or finished it.
    #[must_use]
    pub fn get(&self, video: VideoId) -> Option<Progress> {
        self.progress.get(video).copied().flatten()
    }

    pub(crate) fn apply(&mut self, happened: &Happened, recorded: &Recorded) {
        let at_ms = recorded.occurred_at_ms;
        let (video, now) = match happened {
            Happened::Paused { video, position_ms } => (*video, Progress::Paused { position_ms: *position_ms, at_ms }),
            Happened::Finished { video } => (*video, Progress::Finished { at_ms }),
        };
        self.progress.update(video, |progress| *progress = Some(now));
    }

    pub(crate) fn digest(&self, into: &mut Digest) {
        let Self { progress } = self;
        for (video, progress) in progress.iter() {
            into.number(u64::from(video.get()));
            match *progress {
                Some(Progress::Paused { position_ms, at_ms }) => {
                    into.number(1);
                    into.number(position_ms);
                    into.time(at_ms);
                }
                Some(Progress::Finished { at_ms }) => {
                    into.number(2);
                    into.time(at_ms);
                }
                None => into.number(0),
            }
        }
    }
}
