//! When each video was watched, hour by hour and for how long, and how often its stars changed.
//!
//! Only what happened here is counted: what another program had counted has no hour (`views` knows it), and positions
//! that were imported or taken back were not watched. Hours are those of UTC; which day an hour belongs to is for
//! whoever shows it. What was watched in some span of time is asked in `watched`.

use std::sync::Arc;

use events::event::{HourCount, Playback, View};
use events::{Cause, Recorded, Stars, VideoId};

use crate::bytes::{Decoder, Encoder};
use crate::column::Column;
use crate::playback::Progress;
use crate::views::Views;

/// Reports of a position that are further apart in time do not follow each other; players report every 15 seconds.
const FOLLOWED_MS: u64 = 120_000;

/// What was watched of one video within one hour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Hour {
    /// The hour, counted from the Unix epoch, UTC.
    pub hour: u32,
    /// How many views began.
    pub views: u32,
    /// How long it was watched, in ms.
    pub watched_ms: u32,
}

type Hours = Option<Arc<Vec<Hour>>>;

/// All statistics.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Statistics {
    hours: Column<Hours>,
    rating_changes: Column<u32>,
}

impl Statistics {
    /// The hours in which this video was watched, ascending.
    #[must_use]
    pub fn hours(&self, video: VideoId) -> &[Hour] {
        self.hours.get(video).and_then(Option::as_deref).map_or(&[], Vec::as_slice)
    }

    /// How often the stars of this video became others than they were, the first time included.
    #[must_use]
    pub fn rating_changes(&self, video: VideoId) -> u32 {
        self.rating_changes.get(video).copied().unwrap_or_default()
    }

    /// All videos that were ever watched here, each with its hours, in order of identity; also missing and forgotten
    /// ones.
    pub fn watched(&self) -> impl Iterator<Item = (VideoId, &[Hour])> {
        self.hours.iter().filter_map(|(video, hours)| Some((video, hours.as_deref()?.as_slice())))
    }

    /// All videos that ever had stars, each with how often they changed, in order of identity; also missing and
    /// forgotten ones.
    pub fn rated(&self) -> impl Iterator<Item = (VideoId, u32)> {
        self.rating_changes.iter().map(|(video, changes)| (video, *changes))
    }

    /// Learns that a video has these stars now, where it had those before.
    pub(crate) fn rate(&mut self, video: VideoId, before: Option<Stars>, now: Option<Stars>) {
        if before != now {
            self.rating_changes.update(video, |changes| *changes = changes.saturating_add(1));
        }
    }

    /// Learns of views.
    pub(crate) fn view(&mut self, happened: &View, recorded: &Recorded) {
        match happened {
            View::Started { video } => self.viewed(*video, HourCount::hour_of(recorded.occurred_at_ms), 1),
            View::RolledUp { video, hours, last_viewed_at_ms: _ } => {
                hours.iter().for_each(|HourCount { hour, count }| self.viewed(*video, *hour, *count));
            }
            View::Withdrawn { video, views, viewed_at_ms: Some(at_ms), last_viewed_at_ms: _ } => {
                self.withdrawn(*video, HourCount::hour_of(*at_ms), u32::try_from(*views).unwrap_or(u32::MAX));
            }
            View::Counted { .. } | View::Withdrawn { viewed_at_ms: None, .. } => {}
        }
    }

    fn viewed(&mut self, video: VideoId, hour: u32, count: u32) {
        self.within(video, hour, |hour| hour.views = hour.views.saturating_add(count));
    }

    fn withdrawn(&mut self, video: VideoId, hour: u32, views: u32) {
        self.within(video, hour, |hour| hour.views = hour.views.saturating_sub(views));
    }

    /// Learns how far somebody got, having been so far `before`. A video that was watched to its end ends after
    /// `duration_ms`, if that is known.
    ///
    /// Somebody who was at one place and is further on now has watched what is between them, but not for longer than
    /// the time that passed meanwhile: who skips has not watched. It counts for the hour of the later report. Nothing
    /// is counted up to the first report of all, so a film of a few seconds counts for nothing.
    pub(crate) fn play(
        &mut self,
        happened: &Playback,
        before: Option<Progress>,
        duration_ms: Option<u64>,
        recorded: &Recorded,
    ) {
        let (video, to_ms) = match happened {
            Playback::Paused { video, position_ms } => (*video, Some(*position_ms)),
            Playback::Finished { video } => (*video, duration_ms),
        };
        let (from_ms, since_ms) = match before {
            Some(Progress::Paused { position_ms, at_ms }) => (position_ms, at_ms),
            Some(Progress::Finished { at_ms }) => (0, at_ms),
            None => return,
        };
        if !matches!(recorded.cause, Cause::Viewer | Cause::Api) {
            return;
        }
        let passed_ms = u64::try_from(recorded.occurred_at_ms.saturating_sub(since_ms)).unwrap_or(0);
        let moved_ms = to_ms.unwrap_or(0).saturating_sub(from_ms);
        let watched_ms = u32::try_from(moved_ms.min(passed_ms).min(FOLLOWED_MS)).unwrap_or(u32::MAX);
        if watched_ms > 0 {
            let hour = HourCount::hour_of(recorded.occurred_at_ms);
            self.within(video, hour, |hour| hour.watched_ms = hour.watched_ms.saturating_add(watched_ms));
        }
    }

    /// Changes what is known of one hour of a video. An hour in which nothing was watched is not kept.
    fn within(&mut self, video: VideoId, hour: u32, change: impl FnOnce(&mut Hour)) {
        self.hours.update(video, |known| {
            // Most videos are watched in few hours, and room for one is half of what comes of itself.
            let hours = Arc::make_mut(known.get_or_insert_with(|| Arc::new(Vec::with_capacity(1))));
            // Nearly always the last one, or one behind it.
            let behind = hours.last().is_none_or(|last| last.hour < hour);
            let place = if behind { hours.len() } else { hours.partition_point(|known| known.hour < hour) };
            if hours.get(place).is_none_or(|known| known.hour != hour) {
                hours.insert(place, Hour { hour, ..Hour::default() });
            }
            if let Some(hour) = hours.get_mut(place) {
                change(hour);
                if (hour.views, hour.watched_ms) == (0, 0) {
                    hours.remove(place);
                }
            }
            if hours.is_empty() {
                *known = None;
            }
        });
    }

    /// True if the hours ascend and have the views that began here. They have more where more were taken back of an hour
    /// than it had.
    pub(crate) fn consistent(&self, views: &Views) -> bool {
        let ascending = |hours: &[Hour]| hours.iter().zip(hours.iter().skip(1)).all(|(one, next)| one.hour < next.hour);
        let began = |hours: &[Hour]| hours.iter().map(|hour| u64::from(hour.views)).fold(0, u64::saturating_add);
        self.watched().all(|(video, hours)| ascending(hours) && began(hours) >= views.started(video))
    }

    pub(crate) fn encode(&self, into: &mut Encoder) {
        let Self { hours, rating_changes } = self;
        hours.encode(into, |into, hours| {
            let mut last = 0;
            let hours = hours.as_deref().map_or(&[][..], Vec::as_slice);
            into.list(hours.iter(), |into, Hour { hour, views, watched_ms }| {
                into.number(hour - last);
                into.number(*views);
                into.number(*watched_ms);
                last = *hour;
            });
        });
        rating_changes.encode(into, |into, changes| into.number(*changes));
    }

    pub(crate) fn decode(from: &mut Decoder<'_>, videos: usize) -> Option<Self> {
        let hours = Column::decode(from, videos, |from| {
            let mut last = 0_u32;
            let hours: Vec<Hour> = from.list(|from| {
                last = last.checked_add(from.number()?)?;
                Some(Hour { hour: last, views: from.number()?, watched_ms: from.number()? })
            })?;
            Some(Some(Arc::new(hours)))
        })?;
        Some(Self { hours, rating_changes: Column::decode(from, videos, |from| from.number())? })
    }
}
