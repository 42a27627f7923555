//! How often each video was watched. Totals of imports do not add up: the largest stands, and views
//! that began here are added to it.

use events::event::View as Happened;
use events::{Actor, Recorded, VideoId};

use crate::bytes::{Decoder, Encoder};
use crate::column::Column;

/// How often a video was watched.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Viewed {
    /// Views in all.
    pub count: u64,
    /// When it was last watched, ms since the epoch; `None` if never, or only at an unknown time.
    pub last_viewed_at_ms: Option<i64>,
    /// The device of the last view that began here; `None` before there was one.
    pub last_actor: Option<Actor>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Counts {
    imported: u64,
    started: u64,
    last_viewed_at_ms: Option<i64>,
    last_actor: Option<Actor>,
}

/// All views.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Views {
    counts: Column<Counts>,
}

impl Views {
    /// How often this video was watched.
    #[must_use]
    pub fn get(&self, video: VideoId) -> Viewed {
        let Counts { imported, started, last_viewed_at_ms, last_actor } =
            self.counts.get(video).copied().unwrap_or_default();
        Viewed { count: imported.saturating_add(started), last_viewed_at_ms, last_actor }
    }

    pub(crate) fn apply(&mut self, happened: &Happened, recorded: &Recorded) {
        match happened {
            Happened::Started { video } => self.counts.update(*video, |counts| {
                let at_ms = Some(recorded.occurred_at_ms);
                counts.started += 1;
                // A view may be recorded late; it is the last one only if it happened last.
                if at_ms >= counts.last_viewed_at_ms {
                    counts.last_viewed_at_ms = at_ms;
                    counts.last_actor = Some(recorded.actor);
                }
            }),
            Happened::Counted { video, total, last_viewed_at_ms } => self.counts.update(*video, |counts| {
                counts.imported = counts.imported.max(*total);
                counts.last_viewed_at_ms = counts.last_viewed_at_ms.max(*last_viewed_at_ms);
            }),
        }
    }

    pub(crate) fn encode(&self, into: &mut Encoder) {
        let Self { counts } = self;
        counts.encode(into, |into, counts| {
            let Counts { imported, started, last_viewed_at_ms, last_actor } = *counts;
            into.number(imported);
            into.number(started);
            into.option(last_viewed_at_ms, Encoder::time);
            into.option(last_actor, |into, actor| into.number(actor.0));
        });
    }

    pub(crate) fn decode(from: &mut Decoder<'_>, videos: usize) -> Option<Self> {
        let counts = Column::decode(from, videos, |from| {
            Some(Counts {
                imported: from.number()?,
                started: from.number()?,
                last_viewed_at_ms: from.option(Decoder::time)?,
                last_actor: from.option(Decoder::number)?.map(Actor),
            })
        })?;
        Some(Self { counts })
    }
}
