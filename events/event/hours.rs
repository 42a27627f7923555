//! Views by the hour: what is kept of many views of one video that were rolled up into one event.
//!
//! Which views are old enough for that is not decided here.

use crate::values::Invalid;

/// How many views began within one hour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct HourCount {
    /// The hour, counted from the Unix epoch, UTC.
    pub hour: u32,
    /// How many views, at least one.
    pub count: u32,
}

impl HourCount {
    /// Milliseconds in an hour.
    pub const MS: i64 = 3_600_000;

    /// The hour a time lies in; the first or the last there is for times beyond them.
    #[must_use]
    pub fn hour_of(at_ms: i64) -> u32 {
        u32::try_from(at_ms.div_euclid(Self::MS).max(0)).unwrap_or(u32::MAX)
    }

    /// Whether these can be the hours of one event: there are some, they ascend, and each has views.
    ///
    /// # Errors
    /// [`Invalid::Hours`] if not.
    pub(crate) fn check(hours: &[Self]) -> Result<(), Invalid> {
        let ascending = hours.iter().zip(hours.iter().skip(1)).all(|(before, after)| before.hour < after.hour);
        let counted = !hours.is_empty() && hours.iter().all(|hour| hour.count > 0);
        if ascending && counted { Ok(()) } else { Err(Invalid::Hours) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_lies_in_an_hour() {
        let hours = [-1, 0, 3_599_999, 3_600_000].map(HourCount::hour_of);
        assert_eq!(hours, [0, 0, 0, 1]);
        assert_eq!([i64::MIN, i64::MAX].map(HourCount::hour_of), [0, u32::MAX]);
    }

    #[test]
    fn hours_ascend_and_have_views() {
        let check = |hours: &[(u32, u32)]| {
            let hours: Vec<_> = hours.iter().map(|&(hour, count)| HourCount { hour, count }).collect();
            HourCount::check(&hours)
        };
        assert_eq!(check(&[(0, 1), (5, 9)]), Ok(()));
        for wrong in [&[][..], &[(3, 0)], &[(3, 1), (3, 1)], &[(4, 1), (3, 1)]] {
            assert_eq!(check(wrong), Err(Invalid::Hours), "{wrong:?}");
        }
    }
}
