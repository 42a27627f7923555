//! Days, weeks, months and years where the library stands, as runs of hours of UTC.
//!
//! An hour belongs to the day in which it begins there; where clocks are half an hour off, so are days.

use events::event::HourCount;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp, ToSpan as _};
use std::ops::Range;

/// Beyond so many months, years are shown.
const MONTHS_MAX: usize = 48;

/// How much time a bar stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    Day,
    Week,
    Month,
    Year,
}

impl Unit {
    /// As it follows "per".
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
            Self::Year => "year",
        }
    }

    fn span(self, count: i64) -> Span {
        match self {
            Self::Day => count.days(),
            Self::Week => count.weeks(),
            Self::Month => count.months(),
            Self::Year => count.years(),
        }
    }

    /// The first day of the one that `date` is in.
    fn first(self, date: Date) -> Date {
        match self {
            Self::Day => date,
            Self::Week => date.saturating_sub(i64::from(date.weekday().to_monday_zero_offset()).days()),
            Self::Month => date.first_of_month(),
            Self::Year => date.first_of_year(),
        }
    }
}

/// A day, or a run of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Run {
    /// Its first day.
    pub(super) first: Date,
    /// The hours that begin in it.
    pub(super) hours: Range<u32>,
}

impl Run {
    /// What stands below a bar.
    pub(super) fn short(&self, unit: Unit) -> String {
        let format = match unit {
            Unit::Day | Unit::Week => "%-d %b",
            Unit::Month => "%b ’%y",
            Unit::Year => "%Y",
        };
        self.first.strftime(format).to_string()
    }

    /// What stands in a table.
    pub(super) fn long(&self, unit: Unit) -> String {
        let format = match unit {
            Unit::Day => "%a %-d %b %Y",
            Unit::Week => "Week of %-d %b %Y",
            Unit::Month => "%B %Y",
            Unit::Year => "%Y",
        };
        self.first.strftime(format).to_string()
    }
}

/// Time, cut into runs of one unit, oldest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Runs {
    pub(super) unit: Unit,
    pub(super) runs: Vec<Run>,
}

impl Runs {
    /// The last `count` of this unit, the one that `today` is in included.
    pub(super) fn last(count: usize, unit: Unit, today: Date, zone: &TimeZone) -> Self {
        let (now, count) = (unit.first(today), i64::try_from(count).unwrap_or(0));
        let first_of = |back: i64| now.saturating_sub(unit.span(back));
        let runs = (0..count).rev().map(|back| Run {
            first: first_of(back),
            hours: first_hour(first_of(back), zone)..first_hour(first_of(back - 1), zone),
        });
        Self { unit, runs: runs.collect() }
    }

    /// All months from `first` to `today`, or all years if those are too many.
    pub(super) fn all(first: Date, today: Date, zone: &TimeZone) -> Self {
        let months = |date: Date| i64::from(date.year()) * 12 + i64::from(date.month());
        let between = |from: i64, to: i64| usize::try_from(to - from).unwrap_or(0) + 1;
        let count = between(months(first), months(today));
        if count <= MONTHS_MAX {
            return Self::last(count, Unit::Month, today, zone);
        }
        Self::last(between(first.year().into(), today.year().into()), Unit::Year, today, zone)
    }

    /// All hours of all runs.
    pub(super) fn hours(&self) -> Range<u32> {
        let hours = |run: Option<&Run>| run.map(|run| run.hours.clone()).unwrap_or_default();
        hours(self.runs.first()).start..hours(self.runs.last()).end
    }
}

/// The day that it is at this time; the first there is for a time no calendar has.
pub(super) fn day_of(at_ms: i64, zone: &TimeZone) -> Date {
    Timestamp::from_millisecond(at_ms).map_or(Date::MIN, |at| at.to_zoned(zone.clone()).date())
}

/// The day an hour of UTC belongs to.
pub(super) fn day_of_hour(hour: u32, zone: &TimeZone) -> Date {
    day_of(i64::from(hour) * HourCount::MS, zone)
}

/// The first hour that begins on this day or after it.
fn first_hour(day: Date, zone: &TimeZone) -> u32 {
    let begins = day.to_zoned(zone.clone()).map_or(0, |zoned| zoned.timestamp().as_millisecond());
    HourCount::hour_of(begins.saturating_add(HourCount::MS - 1))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;
    use jiff::civil::date;

    /// Berlin, by its rule.
    fn zone() -> TimeZone {
        TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").unwrap()
    }

    fn first(runs: &Runs) -> Vec<Date> {
        runs.runs.iter().map(|run| run.first).collect()
    }

    #[test]
    fn days_have_their_own_hours_where_the_library_stands() {
        // On 29 March 2026 the clocks go forward, so that day has 23 hours.
        let days = Runs::last(3, Unit::Day, date(2026, 3, 30), &zone());
        assert_eq!(days.runs.iter().map(|run| run.hours.len()).collect::<Vec<_>>(), [24, 23, 24]);
        let run = days.runs.first().unwrap();
        assert_eq!((run.first, run.short(Unit::Day).as_str()), (date(2026, 3, 28), "28 Mar"));
        let midnight: Timestamp = "2026-03-27T23:00:00Z".parse().unwrap();
        assert_eq!(run.hours.start, HourCount::hour_of(midnight.as_millisecond()));
        assert_eq!(day_of(midnight.as_millisecond(), &zone()), date(2026, 3, 28));
        assert_eq!(day_of_hour(run.hours.start, &zone()), date(2026, 3, 28));
        assert_eq!(days.hours().len(), 71);
        let half_an_hour_off = TimeZone::posix("IST-5:30").unwrap();
        assert_eq!(Runs::last(1, Unit::Day, date(2026, 3, 30), &half_an_hour_off).hours().len(), 24);
    }

    #[test]
    fn weeks_begin_on_monday_and_months_on_the_first() {
        let weeks = Runs::last(2, Unit::Week, date(2026, 11, 28), &zone());
        assert_eq!(first(&weeks), [date(2026, 11, 16), date(2026, 11, 23)]);
        assert_eq!(weeks.runs.first().unwrap().long(Unit::Week), "Week of 16 Nov 2026");
        let months = Runs::last(2, Unit::Month, date(2026, 3, 31), &zone());
        assert_eq!(first(&months), [date(2026, 2, 1), date(2026, 3, 1)]);
    }

    #[test]
    fn all_time_is_months_and_then_years() {
        let all = |first| Runs::all(first, date(2026, 11, 28), &zone());
        assert_eq!((all(date(2026, 11, 1)).unit, all(date(2026, 11, 1)).runs.len()), (Unit::Month, 1));
        assert_eq!(all(date(2022, 12, 1)).runs.len(), 48);
        assert_eq!((all(date(2022, 11, 1)).unit, all(date(2022, 11, 1)).runs.len()), (Unit::Year, 5));
        assert_eq!(all(date(1970, 1, 1)).runs.len(), 57);
        assert_eq!(all(date(2030, 1, 1)).runs.len(), 1, "a clock that was ahead");
    }
}
