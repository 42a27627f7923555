//! What is known of one video: when it was watched, for how long, and how often it was rated.

use super::days::{Run, Runs, Unit, day_of_hour};
use super::{Panel, about, bars, rows};
use crate::pages::chart;
use crate::web::human::{count, grouped};
use events::VideoId;
use jiff::tz::TimeZone;
use projections::State;
use serde::Serialize;

/// How many months are shown.
const MONTHS: usize = 12;

/// The numbers of a video.
#[derive(Debug, PartialEq, Eq, Hash, Serialize)]
pub(in crate::pages) struct OfVideo {
    /// For how long it was watched here.
    watched_ms: u64,
    /// How often its stars changed.
    rating_changes: u64,
    /// Views by the month, for the year up to the last one that began here; `None` if none did.
    months: Option<Panel>,
}

impl OfVideo {
    /// What is known of `video`, in months of this `zone`.
    pub(in crate::pages) fn of(state: &State, video: VideoId, zone: &TimeZone) -> Self {
        let hours = state.statistics().hours(video);
        let last = hours.iter().rfind(|hour| hour.views > 0);
        let months = last.map(|last| {
            let runs = Runs::last(MONTHS, Unit::Month, day_of_hour(last.hour, zone), zone);
            let views = |run: &Run| {
                let within = hours.iter().filter(|hour| run.hours.contains(&hour.hour));
                within.map(|hour| u64::from(hour.views)).fold(0, u64::saturating_add)
            };
            let bars = bars(&runs, runs.runs.iter().map(views));
            Panel {
                id: "months",
                title: "Views per month".to_owned(),
                about: about(&runs, &bars, |value| count(value, "view")),
                chart: chart::bars(&bars, 1, grouped),
                column: "Views",
                rows: rows(&runs, &bars, |value| count(value, "view")),
                shades: Vec::new(),
            }
        });
        let watched_ms = hours.iter().map(|hour| u64::from(hour.watched_ms)).fold(0, u64::saturating_add);
        Self { watched_ms, rating_changes: state.statistics().rating_changes(video).into(), months }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::super::tests::viewed_at;
    use super::*;
    use crate::pages::samples::{after, found, id, rated};

    #[test]
    fn months_are_those_up_to_the_last_view() {
        let seconds = |text: &str| text.parse::<jiff::Timestamp>().unwrap().as_millisecond();
        let mut state = after(&[found(1, "a.mp4"), found(2, "b.mp4"), rated(1, 2), rated(1, 5)]);
        for at in ["2024-01-05T10:00:00Z", "2026-03-31T23:30:00Z", "2026-03-01T10:00:00Z"] {
            state = viewed_at(state, 1, seconds(at));
        }
        let plus_one = TimeZone::posix("CET-1").unwrap();
        let numbers = OfVideo::of(&state, id(1), &plus_one);
        let months = numbers.months.unwrap();
        let views = |count: &str| format!("{count} view{}", if count == "1" { "" } else { "s" });
        assert_eq!(
            months.rows,
            [("April 2026".to_owned(), views("1")), ("March 2026".to_owned(), views("1"))],
            "midnight is where the library stands, and 2024 is long ago"
        );
        assert_eq!(numbers.rating_changes, 2);
        let none = OfVideo::of(&state, id(2), &plus_one);
        assert_eq!((none.months, none.watched_ms, none.rating_changes), (None, 0, 0));
    }
}
