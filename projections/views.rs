//! How often each video was watched. Totals of imports do not add up: the largest stands, and views
//! that began here are added to it. What was taken back is known too, so that it is taken back once.

use events::event::View as Happened;
use events::{Actor, Recorded, VideoId};
use imbl::OrdMap;

use crate::bytes::{Decoder, Encoder};
use crate::column::Column;

/// How often a video was watched.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Viewed {
    /// Views in all.
    pub count: u64,
    /// How many of them another program had counted.
    pub imported: u64,
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
    /// How many of the views that began at one moment count no more: few, and so no column.
    withdrawn: OrdMap<(VideoId, i64), u64>,
}

impl Views {
    /// How often this video was watched.
    #[must_use]
    pub fn get(&self, video: VideoId) -> Viewed {
        let Counts { imported, started, last_viewed_at_ms, last_actor } =
            self.counts.get(video).copied().unwrap_or_default();
        Viewed { count: imported.saturating_add(started), imported, last_viewed_at_ms, last_actor }
    }

    /// How many of the views of this video that began at `viewed_at_ms` (ms since the epoch) were taken back.
    #[must_use]
    pub fn withdrawn(&self, video: VideoId, viewed_at_ms: i64) -> u64 {
        self.withdrawn.get(&(video, viewed_at_ms)).copied().unwrap_or(0)
    }

    /// How many views of this video began here.
    pub(crate) fn started(&self, video: VideoId) -> u64 {
        self.counts.get(video).map_or(0, |counts| counts.started)
    }

    pub(crate) fn apply(&mut self, happened: &Happened, recorded: &Recorded) {
        match happened {
            Happened::Started { video } => {
                // One that was taken back and happens again at the same moment is the same one.
                self.withdraw(*video, recorded.occurred_at_ms, |views| views.saturating_sub(1));
                self.counts.update(*video, |counts| {
                    let at_ms = Some(recorded.occurred_at_ms);
                    counts.started = counts.started.saturating_add(1);
                    // A view may be recorded late; it is the last one only if it happened last.
                    if at_ms >= counts.last_viewed_at_ms {
                        counts.last_viewed_at_ms = at_ms;
                        counts.last_actor = Some(recorded.actor);
                    }
                });
            }
            Happened::Counted { video, total, last_viewed_at_ms } => self.counts.update(*video, |counts| {
                counts.imported = counts.imported.max(*total);
                counts.last_viewed_at_ms = counts.last_viewed_at_ms.max(*last_viewed_at_ms);
            }),
            Happened::Withdrawn { video, views, viewed_at_ms, last_viewed_at_ms } => {
                if let Some(at_ms) = viewed_at_ms {
                    self.withdraw(*video, *at_ms, |before| before.saturating_add(*views));
                }
                self.counts.update(*video, |counts| {
                    let of = if viewed_at_ms.is_some() { &mut counts.started } else { &mut counts.imported };
                    *of = of.saturating_sub(*views);
                    if counts.last_viewed_at_ms != *last_viewed_at_ms {
                        counts.last_viewed_at_ms = *last_viewed_at_ms;
                        counts.last_actor = None;
                    }
                });
            }
            Happened::RolledUp { video, hours, last_viewed_at_ms } => self.counts.update(*video, |counts| {
                let views = hours.iter().map(|hour| u64::from(hour.count)).fold(0, u64::saturating_add);
                counts.started = counts.started.saturating_add(views);
                if Some(*last_viewed_at_ms) >= counts.last_viewed_at_ms {
                    counts.last_viewed_at_ms = Some(*last_viewed_at_ms);
                    counts.last_actor = None;
                }
            }),
        }
    }

    /// Changes how many views of one moment are taken back.
    fn withdraw(&mut self, video: VideoId, viewed_at_ms: i64, change: impl FnOnce(u64) -> u64) {
        let moment = (video, viewed_at_ms);
        let before = self.withdrawn.get(&moment).copied().unwrap_or(0);
        match change(before) {
            0 if before == 0 => {}
            0 => drop(self.withdrawn.remove(&moment)),
            views => drop(self.withdrawn.insert(moment, views)),
        }
    }

    pub(crate) fn encode(&self, into: &mut Encoder) {
        let Self { counts, withdrawn } = self;
        counts.encode(into, |into, counts| {
            let Counts { imported, started, last_viewed_at_ms, last_actor } = *counts;
            into.number(imported);
            into.number(started);
            into.option(last_viewed_at_ms, Encoder::time);
            into.option(last_actor, |into, actor| into.number(actor.0));
        });
        into.number(withdrawn.len() as u64);
        for ((video, at_ms), views) in withdrawn {
            into.number(video.get());
            into.time(*at_ms);
            into.number(*views);
        }
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
        let withdrawn = from.list(|from| {
            let moment = (VideoId::new(from.number()?).ok()?, from.time()?);
            Some((moment, from.number::<u64>()?))
        })?;
        Some(Self { counts, withdrawn })
    }
}
