//! Points in time as the old program wrote them: SQLite texts without a zone (UTC), floats of seconds,
//! and what people's own scripts put there instead.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

/// The start of 1990: an earlier date is a clock that was never set.
const EARLIEST_MS: i64 = 631_152_000_000;

/// The text as ms since the epoch: `2025-06-30 10:33:19`, RFC 3339, a bare date, or a number of seconds.
/// `None` if it is none of these, or lies before 1990 or after `now_ms`.
pub(super) fn from_text(text: &str, now_ms: i64) -> Option<i64> {
    let text = text.trim();
    if let Ok(number) = text.parse::<f64>() {
        return from_number(number, now_ms);
    }
    let moment = text
        .parse::<Timestamp>()
        .or_else(|_| utc(text.parse::<DateTime>()))
        .or_else(|_| utc(text.parse::<Date>().map(|date| date.at(0, 0, 0, 0))));
    plausible(moment.ok()?.as_millisecond(), now_ms)
}

fn utc(time: Result<DateTime, jiff::Error>) -> Result<Timestamp, jiff::Error> {
    Ok(time?.to_zoned(TimeZone::UTC)?.timestamp())
}

/// The number as ms since the epoch: seconds, or milliseconds where seconds would be absurd.
/// `None` if it lies before 1990 or after `now_ms`.
pub(super) fn from_number(number: f64, now_ms: i64) -> Option<i64> {
    const ABSURD_SECONDS: f64 = 1e11;
    if !number.is_finite() || number.abs() > 1e15 {
        return None;
    }
    let ms = if number.abs() >= ABSURD_SECONDS { number } else { number * 1000.0 };
    #[expect(clippy::cast_possible_truncation, reason = "the range was just checked")]
    plausible(ms.round() as i64, now_ms)
}

fn plausible(ms: i64, now_ms: i64) -> Option<i64> {
    (EARLIEST_MS..=now_ms).contains(&ms).then_some(ms)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW_MS: i64 = 1_800_000_000_000;

    #[test]
    fn every_way_to_write_a_time_is_understood() {
        for text in [
            "2025-06-30 10:33:19",
            "2025-06-30T10:33:19",
            "2025-06-30T12:33:19+02:00",
            "2025-06-30 10:33:19Z",
            " 1751279599 ",
            "1751279599000",
        ] {
            assert_eq!(from_text(text, NOW_MS), Some(1_751_279_599_000), "{text}");
        }
        assert_eq!(from_text("2025-06-30 10:33:19.250", NOW_MS), Some(1_751_279_599_250));
        assert_eq!(from_text("2025-06-30", NOW_MS), Some(1_751_241_600_000));
        assert_eq!(from_number(1_750_015_875.241_313, NOW_MS), Some(1_750_015_875_241));
    }

    #[test]
    fn nonsense_and_impossible_times_are_none() {
        for text in [
            "",
            "yesterday",
            "2025-13-01 00:00:00",
            "0",
            "-5",
            "1970-01-01 00:00:00",
            "2999-01-01 00:00:00",
            "NaN",
            "inf",
            "1e308",
        ] {
            assert_eq!(from_text(text, NOW_MS), None, "{text}");
        }
    }
}
