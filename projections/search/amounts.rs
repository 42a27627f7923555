//! What stands behind a colon: numbers, playing times, sizes and dates, compared or as a range, in any of the ways
//! people write them.
//!
//! Everything is a range of whole numbers in the end. Not a place that knows which qualifiers there are.

use std::ops::RangeInclusive;

use super::Now;

const SECOND_MS: u64 = 1_000;
const MINUTE_MS: u64 = 60 * SECOND_MS;
const HOUR_MS: u64 = 60 * MINUTE_MS;
const DAY_MS: i64 = 24 * 3_600 * 1_000;

/// An amount as written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Amount<T> {
    least: T,
    /// The last value that shows as this amount: `>` begins behind it, and `<=` ends with it.
    same: T,
    /// The last value that it stands for when nothing compares it: `10m` is everything below eleven minutes.
    most: T,
}

impl<T: Copy> Amount<T> {
    fn exactly(value: T) -> Self {
        Self { least: value, same: value, most: value }
    }
}

/// A whole number with a smallest and a largest.
pub(super) trait Whole: Copy + Ord {
    const LEAST: Self;
    const MOST: Self;
    fn next(self) -> Option<Self>;
    fn before(self) -> Option<Self>;
}

macro_rules! whole {
    ($($number:ty),*) => {$(
        impl Whole for $number {
            const LEAST: Self = <$number>::MIN;
            const MOST: Self = <$number>::MAX;
            fn next(self) -> Option<Self> {
                self.checked_add(1)
            }
            fn before(self) -> Option<Self> {
                self.checked_sub(1)
            }
        }
    )*};
}

whole!(u64, i64);

/// How an amount is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sign {
    AtLeast,
    AtMost,
    MoreThan,
    LessThan,
    Like,
}

/// The sign a text begins with, and the rest.
fn sign(text: &str) -> (Sign, &str) {
    const SIGNS: [(&str, Sign); 7] = [
        (">=", Sign::AtLeast),
        ("<=", Sign::AtMost),
        ("≥", Sign::AtLeast),
        ("≤", Sign::AtMost),
        (">", Sign::MoreThan),
        ("<", Sign::LessThan),
        ("=", Sign::Like),
    ];
    let found = SIGNS.iter().find_map(|(written, sign)| Some((*sign, text.strip_prefix(written)?)));
    found.unwrap_or((Sign::Like, text))
}

/// The range that `>=a`, `<a`, `a..b`, `a..` or `a` means, where `read` reads one amount. `None` if it means nothing,
/// or nothing could be in it.
fn range<T: Whole>(text: &str, read: impl Fn(&str) -> Option<Amount<T>>) -> Option<RangeInclusive<T>> {
    let found = match text.split_once("..") {
        Some(("", "")) => return None,
        Some((from, "")) => read(from)?.least..=T::MOST,
        Some(("", to)) => T::LEAST..=read(to)?.same,
        Some((from, to)) => read(from)?.least..=read(to)?.same,
        None => {
            let (sign, text) = sign(text);
            let amount = read(text)?;
            match sign {
                Sign::AtLeast => amount.least..=T::MOST,
                Sign::MoreThan => amount.same.next()?..=T::MOST,
                Sign::AtMost => T::LEAST..=amount.same,
                Sign::LessThan => T::LEAST..=amount.least.before()?,
                Sign::Like => amount.least..=amount.most,
            }
        }
    };
    (!found.is_empty()).then_some(found)
}

/// Whole numbers: `3`, `>10`, `2..4`.
pub(super) fn numbers(text: &str) -> Option<RangeInclusive<u64>> {
    range(text, |text| whole(text).map(Amount::exactly))
}

/// Playing times in ms: `90s`, `<10m`, `1h30m`, `>=1:30`. Parts of a second do not count, as they do not show.
pub(super) fn durations_ms(text: &str) -> Option<RangeInclusive<u64>> {
    range(text, |text| {
        let (least, unit_ms) = if text.contains(':') { (clock_ms(text)?, SECOND_MS) } else { span_ms(text)? };
        let end = |length: u64| least.saturating_add(length.max(SECOND_MS) - 1);
        Some(Amount { least, same: end(SECOND_MS), most: end(unit_ms) })
    })
}

/// Sizes in bytes, in the decimal units that pages show: `>1gb`, `500mb..1.5gb`.
pub(super) fn sizes_bytes(text: &str) -> Option<RangeInclusive<u64>> {
    range(text, |text| {
        let (value, written, rest) = decimal(text)?;
        let unit = match rest.to_ascii_lowercase().as_str() {
            "b" => 1,
            "k" | "kb" => 1_000,
            "m" | "mb" => 1_000_000,
            "g" | "gb" => 1_000_000_000,
            "t" | "tb" => 1_000_000_000_000,
            _ => return None,
        };
        let least = times(value, unit)?;
        let most = least.saturating_add((unit / written).max(1) - 1);
        Some(Amount { least, same: least, most })
    })
}

/// Moments in ms since the epoch: ages as `<7d` (younger) or `>1y` (older), and days, months and years as
/// `2026-01-31`, `>=2026-01`, `2024..2026`.
pub(super) fn moments_ms(text: &str, now: Now) -> Option<RangeInclusive<i64>> {
    if let Some(dates) = range(text, |text| date(text, now)) {
        return Some(dates);
    }
    let ages = |text: &str| range(text, |text| age_ms(text).map(Amount::exactly));
    // An age alone is what is not older; `..` and signs say it themselves.
    let ages = match sign(text) {
        (Sign::Like, bare) if !bare.contains("..") => 0..=*ages(bare)?.end(),
        _ => ages(text)?,
    };
    let ago = |age_ms: u64| now.at_ms.saturating_sub_unsigned(age_ms);
    let newest = if *ages.start() == 0 { i64::MAX } else { ago(*ages.start()) };
    Some(ago(*ages.end())..=newest)
}

fn whole(text: &str) -> Option<u64> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

/// A number with at most three decimals: it in thousandths, how many of the last digit make a whole, and what follows.
fn decimal(text: &str) -> Option<(u64, u64, &str)> {
    let end = text.find(|letter: char| !letter.is_ascii_digit() && letter != '.').unwrap_or(text.len());
    let (number, rest) = text.split_at_checked(end)?;
    let (before, after) = number.split_once('.').unwrap_or((number, "0"));
    let decimals = if number.contains('.') { u32::try_from(after.len()).ok().filter(|count| *count <= 3)? } else { 0 };
    let padded = format!("{after:0<3}");
    let value = whole(before).filter(|_| !before.is_empty())?.checked_mul(1_000)?.checked_add(whole(&padded)?)?;
    Some((value, 10u64.pow(decimals), rest))
}

/// Thousandths of a unit.
fn times(thousandths: u64, unit: u64) -> Option<u64> {
    u64::try_from(u128::from(thousandths) * u128::from(unit) / 1_000).ok()
}

/// `1:30` or `1:02:03`.
fn clock_ms(text: &str) -> Option<u64> {
    let parts: Vec<&str> = text.split(':').collect();
    if parts.len() > 3 || parts.iter().any(|part| part.is_empty()) {
        return None;
    }
    let seconds = parts.iter().try_fold(0u64, |sum, part| sum.checked_mul(60)?.checked_add(whole(part)?))?;
    seconds.checked_mul(SECOND_MS)
}

/// `90s` or `1h30m`: how long, and the smallest unit that is written.
fn span_ms(text: &str) -> Option<(u64, u64)> {
    let (mut sum, mut smallest, mut rest) = (0u64, 0, text);
    while !rest.is_empty() {
        let (value, written, behind) = decimal(rest)?;
        let end = behind.find(|letter: char| !letter.is_ascii_alphabetic()).unwrap_or(behind.len());
        let (unit, after) = behind.split_at_checked(end)?;
        let unit = match unit.to_ascii_lowercase().as_str() {
            "s" | "sec" => SECOND_MS,
            "m" | "min" => MINUTE_MS,
            "h" => HOUR_MS,
            _ => return None,
        };
        sum = sum.checked_add(times(value, unit)?)?;
        (smallest, rest) = (unit / written, after);
    }
    (!text.is_empty()).then_some((sum, smallest))
}

/// `7d`: hours, days, weeks, months of 30 days and years of 365.
fn age_ms(text: &str) -> Option<u64> {
    let (value, _, unit) = decimal(text)?;
    let hours = match unit.to_ascii_lowercase().as_str() {
        "h" => 1,
        "d" => 24,
        "w" => 7 * 24,
        "m" => 30 * 24,
        "y" => 365 * 24,
        _ => return None,
    };
    times(value, hours * HOUR_MS)
}

/// `2026`, `2026-01`, `2026-01-31`, `today` or `yesterday`: from its first moment to its last.
fn date(text: &str, now: Now) -> Option<Amount<i64>> {
    let (first, after) = match text.to_ascii_lowercase().as_str() {
        "today" => (today(now), today(now) + 1),
        "yesterday" => (today(now) - 1, today(now)),
        _ => days(text)?,
    };
    let at_ms = |day: i64| day.checked_mul(DAY_MS)?.checked_sub(now.offset_ms);
    let last = at_ms(after)?.before()?;
    Some(Amount { least: at_ms(first)?, same: last, most: last })
}

fn today(now: Now) -> i64 {
    now.at_ms.saturating_add(now.offset_ms).div_euclid(DAY_MS)
}

/// The first day of a date, and the first one after it, in days since the epoch.
fn days(text: &str) -> Option<(i64, i64)> {
    let parts: Vec<&str> = text.split('-').collect();
    let part = |index: usize, digits: usize| {
        let part = parts.get(index).filter(|part| part.len() == digits)?;
        whole(part).and_then(|number| i64::try_from(number).ok())
    };
    let year = part(0, 4)?;
    if parts.len() == 1 {
        return Some((day_number(year, 1, 1), day_number(year + 1, 1, 1)));
    }
    let month = part(1, 2).filter(|month| (1..=12).contains(month))?;
    let (first, next) = (day_number(year, month, 1), day_number(year + month / 12, month % 12 + 1, 1));
    if parts.len() == 2 {
        return Some((first, next));
    }
    let day = first + part(2, 2).filter(|day| *day >= 1 && parts.len() == 3)? - 1;
    (day < next).then_some((day, day + 1))
}

/// Days from 1970-01-01 in the Gregorian calendar. Years begin with March here, so that the odd day comes last.
fn day_number(year: i64, month: i64, day: i64) -> i64 {
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let (century, of_month) = (year.div_euclid(100), (153 * month + 2) / 5);
    365 * year + year.div_euclid(4) - century + century.div_euclid(4) + of_month + day - 1 - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_compared_and_ranged() {
        assert_eq!(numbers("3"), Some(3..=3));
        assert_eq!(numbers("=3"), Some(3..=3));
        assert_eq!(numbers(">=3"), Some(3..=u64::MAX));
        assert_eq!(numbers("≥3"), numbers(">=3"));
        assert_eq!(numbers("<3"), Some(0..=2));
        assert_eq!(numbers("2..4"), Some(2..=4));
        assert_eq!(numbers("..4"), Some(0..=4));
        for wrong in ["", "..", "x", "-1", "+1", "4..2", "<0", ">18446744073709551615", "99999999999999999999", "1.5"] {
            assert_eq!(numbers(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn playing_times_are_whole_seconds() {
        assert_eq!(durations_ms("<10m"), Some(0..=599_999));
        assert_eq!(durations_ms("<=10m"), Some(0..=600_999));
        assert_eq!(durations_ms(">1:30"), Some(91_000..=u64::MAX));
        assert_eq!(durations_ms("1h30m"), Some(5_400_000..=5_459_999));
        assert_eq!(durations_ms("1:02:03"), Some(3_723_000..=3_723_999));
        assert_eq!(durations_ms("1.5h"), Some(5_400_000..=5_759_999));
        assert_eq!(durations_ms("5min..90MIN"), Some(300_000..=5_400_999));
        for wrong in ["10", "m", "1x", "1:", ":1", "1:2:3:4", "1.2345h", "<", "999999999999999h"] {
            assert_eq!(durations_ms(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn sizes_are_decimal() {
        assert_eq!(sizes_bytes(">1gb"), Some(1_000_000_001..=u64::MAX));
        assert_eq!(sizes_bytes("1GB"), Some(1_000_000_000..=1_999_999_999));
        assert_eq!(sizes_bytes("1.5gb"), Some(1_500_000_000..=1_599_999_999));
        assert_eq!(sizes_bytes("<=10b"), Some(0..=10));
        for wrong in ["1", "gb", "1..", "1pb", "99999999999tb"] {
            assert_eq!(sizes_bytes(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn days_are_those_of_the_calendar() {
        assert_eq!(days("1970-01-01"), Some((0, 1)));
        assert_eq!(days("2000-02-29"), Some((11_016, 11_017)));
        assert_eq!(days("2026-12"), Some((20_788, 20_819)));
        assert_eq!(days("2024").map(|(from, to)| to - from), Some(366));
        assert_eq!(days("1900").map(|(from, to)| to - from), Some(365));
        for wrong in ["26-01-01", "2026-13", "2026-00", "2026-02-29", "2026-1", "2026-01-00", "2026-01-01-01", "-", ""]
        {
            assert_eq!(days(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn ages_move_with_the_clock_and_dates_with_the_place() {
        let now = Now { at_ms: 1_000 * DAY_MS + 5, offset_ms: 0 };
        assert_eq!(moments_ms("<7d", now), Some(993 * DAY_MS + 6..=i64::MAX));
        assert_eq!(moments_ms("7d", now), Some(993 * DAY_MS + 5..=i64::MAX));
        assert_eq!(moments_ms(">1w", now), Some(i64::MIN..=993 * DAY_MS + 4));
        assert_eq!(moments_ms("1d..2d", now), Some(998 * DAY_MS + 5..=999 * DAY_MS + 5));
        assert_eq!(moments_ms("today", now), Some(1_000 * DAY_MS..=1_001 * DAY_MS - 1));
        let ahead = Now { offset_ms: 3_600_000, ..now };
        assert_eq!(moments_ms("1970-01", ahead), Some(-3_600_000..=31 * DAY_MS - 3_600_001));
        assert_eq!(moments_ms("<1971", now), Some(i64::MIN..=365 * DAY_MS - 1));
        assert_eq!(moments_ms("1970..1971", now), Some(0..=730 * DAY_MS - 1));
        assert_eq!(moments_ms("yesterday..today", now), Some(999 * DAY_MS..=1_001 * DAY_MS - 1));
        assert_eq!(moments_ms("<99999999d", now).map(|range| *range.end()), Some(i64::MAX));
        for wrong in ["", "7", "d", "<", "..", "7x", "2026-1", "<99999999999999999999y", "tomorrow"] {
            assert_eq!(moments_ms(wrong, now), None, "{wrong}");
        }
    }
}
