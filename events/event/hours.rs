//! Views by the hour: what is kept of many views of one video that were rolled up into one event.
//!
//! Which views are old enough for that is not decided here.

use super::View;
use crate::values::{Invalid, VideoId};
use std::collections::BTreeMap;

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

impl View {
    /// The views of `video` that began at these times (ms since the epoch, in any order) as one event; `None` if there
    /// are none. What is known after it is what is known after them, but for which device the last one came from.
    #[must_use]
    pub fn roll_up(video: VideoId, began_at_ms: &[i64]) -> Option<Self> {
        let last_viewed_at_ms = *began_at_ms.iter().max()?;
        let mut hours = BTreeMap::<u32, u32>::new();
        for at_ms in began_at_ms {
            let count = hours.entry(HourCount::hour_of(*at_ms)).or_default();
            *count = count.saturating_add(1);
        }
        let hours = hours.into_iter().map(|(hour, count)| HourCount { hour, count }).collect();
        Some(Self::RolledUp { video, hours, last_viewed_at_ms })
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn views_are_counted_by_the_hour() {
        let video = VideoId::new(7).unwrap();
        let hours = |hours: &[(u32, u32)]| hours.iter().map(|&(hour, count)| HourCount { hour, count }).collect();
        let views = [3_600_000, 7_199_999, 10, -5, 7_200_000];
        assert_eq!(
            View::roll_up(video, &views),
            Some(View::RolledUp { video, hours: hours(&[(0, 2), (1, 2), (2, 1)]), last_viewed_at_ms: 7_200_000 })
        );
        assert_eq!(View::roll_up(video, &[]), None);
        assert_eq!(HourCount::hour_of(i64::MAX), u32::MAX);
        assert_eq!(HourCount::hour_of(i64::MIN), 0);
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
