//! A moment of the past as people name it: a day, a time, or the number of a change.
//!
//! What was known then is not looked up here.

use events::Pos;
use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use std::fmt::{self, Display};

/// What can be named. Written out it is what [`Moment::parse`] reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Moment {
    /// Right after the change at this position; 0 is before the first.
    Position(Pos),
    /// The end of this day.
    Day(Date),
    /// This time.
    Time(Timestamp),
}

/// A text that names no moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a moment is a day (2026-10-01), a time (2026-10-01T12:00), or the number of a change (4711)")]
pub struct NotAMoment;

impl Moment {
    /// The moment that `text` names: `2026-10-01`, `2026-10-01T12:00` with or without seconds and zone, `4711` or
    /// `@4711`. Times without a zone are those of `zone`. A space counts as the `T` or the `+` that it was typed for.
    ///
    /// # Errors
    /// [`NotAMoment`] for anything else.
    pub fn parse(text: &str, zone: &TimeZone) -> Result<Self, NotAMoment> {
        let text = text.trim();
        let number = text.strip_prefix('@').unwrap_or(text);
        if !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()) {
            return number.parse().map(Self::Position).map_err(|_| NotAMoment);
        }
        // The day is what everything else begins with; it has ten bytes, all of them ASCII.
        let (day, rest) = text.split_at_checked(10).ok_or(NotAMoment)?;
        let date: Date = day.parse().map_err(|_| NotAMoment)?;
        if rest.is_empty() {
            return Ok(Self::Day(date));
        }
        let time = rest.strip_prefix(['T', 't', ' ']).ok_or(NotAMoment)?.replace(' ', "+");
        let whole = format!("{day}T{time}");
        let at = whole.parse::<Timestamp>().ok();
        let zoned = || whole.parse::<DateTime>().ok()?.to_zoned(zone.clone()).ok();
        // What says its zone is not read once more without it.
        let local = time.bytes().all(|byte| byte.is_ascii_digit() || byte == b':' || byte == b'.');
        let at = at.or_else(|| Some(zoned()?.timestamp()).filter(|_| local));
        at.map(Self::Time).ok_or(NotAMoment)
    }

    /// The last millisecond that belongs to it, ms since the epoch; `None` for a position, whose time the log knows.
    #[must_use]
    pub fn ends_at_ms(self, zone: &TimeZone) -> Option<i64> {
        match self {
            Self::Position(_) => None,
            Self::Time(at) => Some(at.as_millisecond()),
            Self::Day(day) => Some(day.tomorrow().map_or(i64::MAX, |next| begin_ms(next, zone).saturating_sub(1))),
        }
    }

    /// The first millisecond that belongs to it, ms since the epoch; `None` for a position.
    #[must_use]
    pub fn begins_at_ms(self, zone: &TimeZone) -> Option<i64> {
        match self {
            Self::Position(_) => None,
            Self::Time(at) => Some(at.as_millisecond()),
            Self::Day(day) => Some(begin_ms(day, zone)),
        }
    }
}

/// When this day begins in `zone`, ms since the epoch. Days at the ends of the calendar, which have no time, are far off.
fn begin_ms(day: Date, zone: &TimeZone) -> i64 {
    let far = if day.year() > 0 { i64::MAX } else { i64::MIN };
    day.to_zoned(zone.clone()).map_or(far, |begin| begin.timestamp().as_millisecond())
}

impl Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Position(pos) => pos.fmt(f),
            Self::Day(day) => day.fmt(f),
            Self::Time(at) => at.fmt(f),
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;
    use jiff::tz::Offset;

    fn zone() -> TimeZone {
        TimeZone::fixed(Offset::constant(2))
    }

    fn read(text: &str) -> String {
        Moment::parse(text, &zone()).map_or_else(|_| "none".to_owned(), |moment| moment.to_string())
    }

    #[test]
    fn moments_are_read_as_people_write_them() {
        for (text, expected) in [
            ("4711", "4711"),
            ("@4711", "4711"),
            ("0", "0"),
            ("18446744073709551615", "18446744073709551615"),
            ("2026-10-01", "2026-10-01"),
            (" 2026-10-01 ", "2026-10-01"),
            ("2026-10-01T12:00", "2026-10-01T10:00:00Z"),
            ("2026-10-01 12:00:30", "2026-10-01T10:00:30Z"),
            ("2026-10-01T12:00Z", "2026-10-01T12:00:00Z"),
            ("2026-10-01t12:00:00+01:00", "2026-10-01T11:00:00Z"),
            ("2026-10-01T12:00 01:00", "2026-10-01T11:00:00Z"),
            ("2026-10-01T12:00:00.250Z", "2026-10-01T12:00:00.25Z"),
        ] {
            assert_eq!(read(text), expected, "{text}");
            assert_eq!(read(&read(text)), expected, "{text}: what is written is read again");
        }
        for text in [
            "",
            "@",
            "-1",
            "18446744073709551616",
            "yesterday",
            "2026-10",
            "2026-13-01",
            "2026-02-30",
            "2026-10-01T",
            "2026-10-01T25:00",
            "2026-10-01x12:00",
            "2026-10-01T12:00+99:99",
            "2026-10-01T12:00[Europe/Berlin]",
            "ééééé",
            "éééééé-01",
        ] {
            assert_eq!(read(text), "none", "{text}");
        }
    }

    #[test]
    fn a_day_lasts_until_its_end_where_the_library_stands() {
        let day = Moment::parse("1970-01-02", &zone()).unwrap();
        assert_eq!(day.begins_at_ms(&zone()), Some(22 * 3_600_000));
        assert_eq!(day.ends_at_ms(&zone()), Some(46 * 3_600_000 - 1));
        let last = Moment::parse("9999-12-31", &zone()).unwrap();
        assert_eq!(last.ends_at_ms(&zone()), Some(i64::MAX));
        let utc = Moment::parse("9999-12-31", &TimeZone::UTC).unwrap();
        assert_eq!(utc.begins_at_ms(&TimeZone::UTC), Some(i64::MAX), "no clock goes that far");
        assert_eq!(Moment::Position(3).ends_at_ms(&zone()), None);
    }
}
