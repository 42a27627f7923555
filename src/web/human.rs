//! Numbers, times and names as people and addresses take them. Pure functions from values to text.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// Everything but the letters, digits and signs that mean themselves anywhere in a URL.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// `1 view`, `12,345 views`: the noun gets a plain English plural.
#[must_use]
pub fn count(number: u64, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{} {noun}{plural}", grouped(number))
}

/// The text with a capital letter first.
#[must_use]
pub fn capitalised(text: &str) -> String {
    let mut rest = text.chars();
    rest.next().map_or_else(String::new, |first| first.to_uppercase().chain(rest).collect())
}

/// The sentence that a fragment such as the text of an error becomes: `no such tag` → `No such tag.`
#[must_use]
pub fn sentence(fragment: &str) -> String {
    ended(&capitalised(fragment))
}

/// The fragment with a full stop, unless it asks something: the end of a sentence.
#[must_use]
pub fn ended(fragment: &str) -> String {
    let asks = fragment.is_empty() || fragment.ends_with(['.', '?', '!']);
    format!("{fragment}{}", if asks { "" } else { "." })
}

/// The number with a comma between thousands.
#[must_use]
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Bytes in the decimal units that disks are sold in: `512 B`, `1.4 MB`, `320 GB`.
#[must_use]
pub fn size(bytes: u64) -> String {
    const UNITS: [(&str, u64); 4] =
        [("TB", 1_000_000_000_000), ("GB", 1_000_000_000), ("MB", 1_000_000), ("kB", 1_000)];
    let Some((unit, scale)) = UNITS.into_iter().find(|(_, scale)| bytes >= *scale) else {
        return format!("{bytes} B");
    };
    let tenths = bytes / (scale / 10);
    if tenths < 100 {
        format!("{}.{} {unit}", tenths / 10, tenths % 10)
    } else {
        format!("{} {unit}", grouped(tenths / 10))
    }
}

/// A playing time as players show it: `0:07`, `12:34`, `1:02:03`.
#[must_use]
pub fn clock(duration_ms: u64) -> String {
    let seconds = duration_ms / 1000;
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
}

/// How long something took, in µs, with as many digits as matter: `< 0.1 ms`, `0.4 ms`, `12 ms`, `1.2 s`.
#[must_use]
pub fn took(duration_us: u64) -> String {
    let tenths = |of: u64| format!("{}.{}", of / 10, of % 10);
    match duration_us {
        0 => "0 ms".to_owned(),
        1..100 => "< 0.1 ms".to_owned(),
        100..10_000 => format!("{} ms", tenths(duration_us / 100)),
        10_000..1_000_000 => format!("{} ms", duration_us / 1000),
        1_000_000..10_000_000 => format!("{} s", tenths(duration_us / 100_000)),
        _ => format!("{} s", grouped(duration_us / 1_000_000)),
    }
}

/// A share of the whole, in percent: `0 %`, `0.4 %`, `93 %`. What is little is not called nothing, nor what is nearly all
/// all of it.
#[must_use]
pub fn percent(part: u64, whole: u64) -> String {
    let (part, whole) = (u128::from(part.min(whole)), u128::from(whole));
    match part * 1000 / whole.max(1) {
        _ if part == 0 => "0 %".to_owned(),
        0 => "< 0.1 %".to_owned(),
        tenths if tenths < 100 => format!("{}.{} %", tenths / 10, tenths % 10),
        tenths => format!("{} %", tenths / 10),
    }
}

/// A long time in words: `45 s`, `12 min`, `3 h 20 min`.
#[must_use]
pub fn span(duration_ms: u64) -> String {
    let minutes = duration_ms / 60_000;
    match (minutes / 60, minutes % 60) {
        (0, 0) => format!("{} s", duration_ms / 1000),
        (0, minutes) => format!("{minutes} min"),
        (hours, _) if hours >= 100 => format!("{} h", grouped(hours)),
        (hours, 0) => format!("{hours} h"),
        (hours, minutes) => format!("{hours} h {minutes} min"),
    }
}

/// A day where the library stands: `22 Nov 2026`. Empty for a time no calendar has.
#[must_use]
pub fn date(at_ms: i64, zone: &TimeZone) -> String {
    let Ok(at) = Timestamp::from_millisecond(at_ms) else { return String::new() };
    at.to_zoned(zone.clone()).strftime("%-d %b %Y").to_string()
}

/// A moment where the library stands: `22 Nov 2026, 14:03:22`. Empty for a time no calendar has.
#[must_use]
pub fn moment(at_ms: i64, zone: &TimeZone) -> String {
    let Ok(at) = Timestamp::from_millisecond(at_ms) else { return String::new() };
    at.to_zoned(zone.clone()).strftime("%-d %b %Y, %H:%M:%S").to_string()
}

/// How long ago that was, seen from `now_ms`: `just now`, `5 minutes ago`, `3 months ago`.
#[must_use]
pub fn ago(at_ms: i64, now_ms: i64) -> String {
    const UNITS: [(&str, u64); 5] =
        [("year", 31_557_600), ("month", 2_629_800), ("day", 86_400), ("hour", 3_600), ("minute", 60)];
    let seconds = u64::try_from(now_ms.saturating_sub(at_ms) / 1000).unwrap_or(0);
    let unit = UNITS.into_iter().find(|(_, scale)| seconds >= *scale);
    unit.map_or_else(|| "just now".to_owned(), |(unit, scale)| format!("{} ago", count(seconds / scale, unit)))
}

/// A day where the library stands, for machines: `2026-11-22`. Empty for a time no calendar has.
#[must_use]
pub fn day(at_ms: i64, zone: &TimeZone) -> String {
    let Ok(at) = Timestamp::from_millisecond(at_ms) else { return String::new() };
    at.to_zoned(zone.clone()).strftime("%F").to_string()
}

/// The same moment for machines, RFC 3339 in UTC. Empty for a time no calendar has.
#[must_use]
pub fn iso(at_ms: i64) -> String {
    Timestamp::from_millisecond(at_ms).map(|at| at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()).unwrap_or_default()
}

/// A title as people would have written it: file names that have underscores for spaces get the spaces.
#[must_use]
pub fn plain(title: &str) -> String {
    if title.contains(char::is_whitespace) { title.to_owned() } else { title.replace('_', " ").trim().to_owned() }
}

/// `text` as one segment of a path.
#[must_use]
pub fn segment(text: &str) -> String {
    utf8_percent_encode(text, ENCODED).to_string()
}

/// The page of the tag with this name. Browsers resolve `.` and `..` away however they are written, so
/// tags of that name are asked for as a filter.
#[must_use]
pub fn tag_url(tag: &str) -> String {
    if tag == "." || tag == ".." { format!("/?tag={tag}") } else { format!("/tag/{}", segment(tag)) }
}

/// The address `url` of this gallery at an earlier moment, which addresses call `at`.
#[must_use]
pub fn at_moment(url: &str, at: &str) -> String {
    let (address, fragment) = url.split_once('#').map_or((url, None), |(address, fragment)| (address, Some(fragment)));
    let sign = if address.contains('?') { '&' } else { '?' };
    let fragment = fragment.map_or_else(String::new, |fragment| format!("#{fragment}"));
    format!("{address}{sign}at={}{fragment}", segment(at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fragment_becomes_one_sentence() {
        assert_eq!(sentence("no such tag"), "No such tag.");
        assert_eq!(sentence("it is empty; is the disk connected?"), "It is empty; is the disk connected?");
        assert_eq!([ended("a"), ended("a."), ended("a!"), ended("")], ["a.", "a.", "a!", ""]);
    }

    #[test]
    fn numbers_read_well() {
        assert_eq!(
            ["1 view", "0 views", "12,345 views"],
            [count(1, "view"), count(0, "view"), count(12_345, "view")].each_ref().map(String::as_str)
        );
        assert_eq!(
            ["999", "1,000", "1,234,567"],
            [grouped(999), grouped(1000), grouped(1_234_567)].each_ref().map(String::as_str)
        );
        assert_eq!(size(999), "999 B");
        assert_eq!(size(1_449_000), "1.4 MB");
        assert_eq!(size(320_500_000_000), "320 GB");
        assert_eq!(size(u64::MAX), "18,446,744 TB");
    }

    #[test]
    fn short_times_and_shares_read_well() {
        let told = [0, 40, 440, 9_999, 12_600, 999_999, 1_250_000, 12_000_000, 3_600_000_000].map(took);
        let expected = ["0 ms", "< 0.1 ms", "0.4 ms", "9.9 ms", "12 ms", "999 ms", "1.2 s", "12 s", "3,600 s"];
        assert_eq!(told.each_ref().map(String::as_str), expected);
        let told = [(0, 0), (0, 9), (1, 9_000), (4, 1_000), (99, 1_000), (999, 1_000), (9, 9), (u64::MAX, 1)];
        let told = told.map(|(part, whole)| percent(part, whole));
        let expected = ["0 %", "0 %", "< 0.1 %", "0.4 %", "9.9 %", "99 %", "100 %", "100 %"];
        assert_eq!(told.each_ref().map(String::as_str), expected);
    }

    #[test]
    fn times_read_well() {
        assert_eq!(
            [clock(7_400), clock(754_000), clock(3_723_000)].each_ref().map(String::as_str),
            ["0:07", "12:34", "1:02:03"]
        );
        let spans = [45_000, 754_000, 7_200_000, 12_000_000, 400 * 3_600_000].map(span);
        assert_eq!(spans.each_ref().map(String::as_str), ["45 s", "12 min", "2 h", "3 h 20 min", "400 h"]);
        assert_eq!(date(0, &TimeZone::UTC), "1 Jan 1970");
        assert_eq!(date(i64::MAX, &TimeZone::UTC), "");
        assert_eq!(iso(1_000), "1970-01-01T00:00:01Z");
        assert_eq!(moment(3_723_000, &TimeZone::UTC), "1 Jan 1970, 01:02:03");
        assert_eq!(moment(i64::MIN, &TimeZone::UTC), "");
        let told = [0, 59_999, 60_000, 7_300_000, 90_000_000, 5_300_000_000, i64::MAX].map(|now_ms| ago(0, now_ms));
        assert_eq!(
            told.each_ref().map(String::as_str),
            [
                "just now",
                "just now",
                "1 minute ago",
                "2 hours ago",
                "1 day ago",
                "2 months ago",
                "292,271,023 years ago"
            ]
        );
        assert_eq!(ago(5, 0), "just now", "a clock may have been put back");
    }

    #[test]
    fn an_address_can_be_that_of_an_earlier_moment() {
        let then = |url| at_moment(url, "2026-10-01T10:00:00Z");
        assert_eq!(then("/"), "/?at=2026-10-01T10%3A00%3A00Z");
        assert_eq!(then("/?q=a#v7"), "/?q=a&at=2026-10-01T10%3A00%3A00Z#v7");
        assert_eq!(at_moment("/watch/1#related", "7"), "/watch/1?at=7#related");
    }

    #[test]
    fn any_tag_has_an_address() {
        assert_eq!(tag_url("a/b c?#%\"é"), "/tag/a%2Fb%20c%3F%23%25%22%C3%A9");
        assert_eq!(tag_url(".."), "/?tag=..");
    }
}
