//! Moments as answers have them: ms since the epoch inside, RFC 3339 outside. What people read is in [`super::human`].

use jiff::Timestamp;
use serde::{Serialize, Serializer};
use utoipa::ToSchema;

/// A moment, RFC 3339 in UTC with milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, ToSchema)]
#[schema(value_type = String, format = DateTime, example = "2026-01-02T03:04:05.006Z")]
pub struct Time(
    /// ms since the epoch.
    pub i64,
);

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // No calendar has a time beyond these; a file system may claim one.
        let end = if self.0 < 0 { Timestamp::MIN } else { Timestamp::MAX };
        let at = Timestamp::from_millisecond(self.0).unwrap_or(end);
        serializer.collect_str(&at.strftime("%Y-%m-%dT%H:%M:%S.%3fZ"))
    }
}

/// The ms since the epoch of a moment that was written by [`Time`]; 0 for what no calendar has.
#[must_use]
pub fn ms(written: &str) -> i64 {
    written.parse().map_or(0, Timestamp::as_millisecond)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn every_time_can_be_written() {
        let texts = [0, 1_767_323_045_006, i64::MAX, i64::MIN].map(|at_ms| serde_json::to_value(Time(at_ms)).unwrap());
        assert_eq!(texts[0], "1970-01-01T00:00:00.000Z");
        assert_eq!(texts[1], "2026-01-02T03:04:05.006Z");
        assert!(texts[2].as_str().unwrap().starts_with("9999-12-3") && texts[3].as_str().unwrap().starts_with('-'));
        assert_eq!(ms(texts[1].as_str().unwrap()), 1_767_323_045_006);
        assert_eq!(ms("yesterday"), 0);
    }
}
