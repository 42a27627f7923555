//! Which videos have a cover, and where making one failed. What is neither is work to be done: this
//! projection is the queue.
//!
//! When to try again is not decided here; the job that tries knows its patience.

use std::sync::Arc;

use events::event::Thumbnail as Happened;
use events::values::ContentId;
use events::{Recorded, VideoId};
use roaring::RoaringBitmap;

use crate::column::Column;
use crate::digest::Digest;

/// What became of the cover of a video.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Thumbnail {
    /// Nobody has tried yet, or the file has other content since.
    #[default]
    Missing,
    /// There is one.
    Made {
        /// The address of the picture.
        cover: ContentId,
    },
    /// It could not be made.
    Failed(Arc<Failure>),
}

/// Why there is no cover.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// How often it failed in a row.
    pub tries: u32,
    /// How far it got the last time: `probe`, `decode`, `encode` or `store`.
    pub stage: String,
    /// Why it failed the last time, in words.
    pub reason: String,
    /// What tried the last time.
    pub decoder: String,
    /// When it failed the last time, ms since the epoch.
    pub failed_at_ms: i64,
}

/// The facts about covers.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct ThumbnailFacts {
    of: Column<Thumbnail>,
    made: Arc<RoaringBitmap>,
    failed: Arc<RoaringBitmap>,
}

impl ThumbnailFacts {
    pub(crate) fn apply(&mut self, happened: &Happened, recorded: &Recorded) {
        match happened {
            Happened::Made { video, cover, decoder: _ } => self.set(*video, Thumbnail::Made { cover: *cover }),
            Happened::Failed { video, stage, reason, decoder } => {
                let tries = match self.of.get(*video) {
                    Some(Thumbnail::Failed(failure)) => failure.tries.saturating_add(1),
                    Some(Thumbnail::Missing | Thumbnail::Made { .. }) | None => 1,
                };
                let (stage, reason, decoder) = (stage.clone(), reason.clone(), decoder.clone());
                let failure = Failure { tries, stage, reason, decoder, failed_at_ms: recorded.occurred_at_ms };
                self.set(*video, Thumbnail::Failed(Arc::new(failure)));
            }
        }
    }

    /// The file has other content: its cover shows something else.
    pub(crate) fn outdate(&mut self, video: VideoId) {
        if self.of.get(video).is_some_and(|thumbnail| *thumbnail != Thumbnail::Missing) {
            self.set(video, Thumbnail::Missing);
        }
    }

    fn set(&mut self, video: VideoId, thumbnail: Thumbnail) {
        mark(&mut self.made, video, matches!(thumbnail, Thumbnail::Made { .. }));
        mark(&mut self.failed, video, matches!(thumbnail, Thumbnail::Failed(_)));
        self.of.update(video, |known| *known = thumbnail);
    }

    pub(crate) fn digest(&self, into: &mut Digest) {
        // The bitmaps say the same as the column.
        let Self { of, made: _, failed: _ } = self;
        for (video, thumbnail) in of.iter() {
            into.number(u64::from(video.get()));
            match thumbnail {
                Thumbnail::Missing => into.number(0),
                Thumbnail::Made { cover } => {
                    into.number(1);
                    into.bytes(&cover.0.to_le_bytes());
                }
                Thumbnail::Failed(failure) => {
                    let Failure { tries, stage, reason, decoder, failed_at_ms } = &**failure;
                    into.number(2);
                    into.number(u64::from(*tries));
                    into.bytes(stage.as_bytes());
                    into.bytes(reason.as_bytes());
                    into.bytes(decoder.as_bytes());
                    into.time(*failed_at_ms);
                }
            }
        }
    }

    /// True if the bitmaps say the same as the column.
    pub(crate) fn consistent(&self) -> bool {
        let Self { of, made, failed } = self;
        let with = |test: fn(&Thumbnail) -> bool| -> RoaringBitmap {
            of.iter().filter(|(_, thumbnail)| test(thumbnail)).map(|(video, _)| video.get()).collect()
        };
        with(|thumbnail| matches!(thumbnail, Thumbnail::Made { .. })) == **made
            && with(|thumbnail| matches!(thumbnail, Thumbnail::Failed(_))) == **failed
    }
}

fn mark(set: &mut Arc<RoaringBitmap>, video: VideoId, member: bool) {
    if set.contains(video.get()) == member {
        return;
    }
    let set = Arc::make_mut(set);
    if member {
        set.insert(video.get());
    } else {
        set.remove(video.get());
    }
}

/// Everything to ask about covers.
#[derive(Clone, Copy, Debug)]
pub struct Thumbnails<'a> {
    pub(crate) facts: &'a ThumbnailFacts,
    pub(crate) present: &'a RoaringBitmap,
}

impl<'a> Thumbnails<'a> {
    /// What became of the cover of this video.
    #[must_use]
    pub fn get(self, video: VideoId) -> &'a Thumbnail {
        self.facts.of.get(video).unwrap_or(&Thumbnail::Missing)
    }

    /// The address of the cover of this video, if there is one.
    #[must_use]
    pub fn cover(self, video: VideoId) -> Option<ContentId> {
        match self.get(video) {
            Thumbnail::Made { cover } => Some(*cover),
            Thumbnail::Missing | Thumbnail::Failed(_) => None,
        }
    }

    /// The videos that are there and whose cover nobody has tried to make.
    #[must_use]
    pub fn pending(self) -> RoaringBitmap {
        self.present - &*self.facts.made - &*self.facts.failed
    }

    /// The videos that are there and whose cover could not be made.
    #[must_use]
    pub fn failed(self) -> RoaringBitmap {
        self.present & &*self.facts.failed
    }

    /// How many videos that are there have a cover.
    #[must_use]
    pub fn made(self) -> u64 {
        self.present.intersection_len(&self.facts.made)
    }
}
