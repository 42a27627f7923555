//! What was watched within some span of time: by the hour, by video and by tag.
//!
//! Answers only; what is known is `statistics`.

use std::ops::Range;

use events::VideoId;

use crate::state::State;
use crate::tags::TagId;

/// The longest span that is told hour by hour: a hundred years.
const MOST_HOURS: u32 = 24 * 366 * 100;

/// How much was watched.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Sum {
    /// How many views began.
    pub views: u64,
    /// For how long, in ms.
    pub watched_ms: u64,
}

impl Sum {
    fn add(&mut self, other: Self) {
        self.views = self.views.saturating_add(other.views);
        self.watched_ms = self.watched_ms.saturating_add(other.watched_ms);
    }
}

/// What was watched within a span of time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Watched {
    /// Everything together.
    pub all: Sum,
    /// The first hour of the span, counted from the Unix epoch, UTC.
    pub first_hour: u32,
    /// Hour by hour, from the first.
    pub hours: Vec<Sum>,
    /// The videos that were watched, in order of identity; also those that are gone.
    pub videos: Vec<(VideoId, Sum)>,
    /// The tags of those that are there, in no order that people know.
    pub tags: Vec<(TagId, Sum)>,
}

impl State {
    /// The first and the last hour in which something was watched, counted from the Unix epoch, UTC; `None` if nothing
    /// ever was.
    #[must_use]
    pub fn watched_span(&self) -> Option<(u32, u32)> {
        let spans = self.facts.statistics.watched().filter_map(|(_, hours)| hours.first().zip(hours.last()));
        spans.map(|(first, last)| (first.hour, last.hour)).reduce(|one, other| (one.0.min(other.0), one.1.max(other.1)))
    }

    /// What was watched within these hours, counted from the Unix epoch, UTC; of more than a hundred years the last.
    /// Takes a few milliseconds for a million views.
    #[must_use]
    pub fn watched_within(&self, span: Range<u32>) -> Watched {
        let first_hour = span.start.max(span.end.saturating_sub(MOST_HOURS));
        let mut watched = Watched { first_hour, ..Watched::default() };
        watched.hours.resize(span.end.saturating_sub(first_hour) as usize, Sum::default());
        let mut by_number = vec![Sum::default(); self.videos().len()];
        for (video, hours) in self.facts.statistics.watched() {
            let (_, hours) = hours.split_at(hours.partition_point(|hour| hour.hour < first_hour));
            let mut sum = Sum::default();
            for hour in hours.iter().take_while(|hour| hour.hour < span.end) {
                let of_hour = Sum { views: hour.views.into(), watched_ms: hour.watched_ms.into() };
                sum.add(of_hour);
                let place = watched.hours.get_mut((hour.hour - first_hour) as usize);
                place.into_iter().for_each(|known| known.add(of_hour));
            }
            if sum != Sum::default() {
                watched.all.add(sum);
                watched.videos.push((video, sum));
                by_number.get_mut(video.get() as usize - 1).into_iter().for_each(|known| *known = sum);
            }
        }
        watched.tags = self.by_tag(&by_number);
        watched
    }

    fn by_tag(&self, by_number: &[Sum]) -> Vec<(TagId, Sum)> {
        let present = self.index.present();
        let sums = self.facts.tags.sets().map(|(tag, videos)| {
            let mut sum = Sum::default();
            let there = videos.iter().filter(|number| present.contains(*number));
            there.filter_map(|number| by_number.get(number as usize - 1)).for_each(|one| sum.add(*one));
            (tag, sum)
        });
        sums.filter(|(_, sum)| *sum != Sum::default()).collect()
    }
}
