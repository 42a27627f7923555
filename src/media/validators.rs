//! Whether the client already has what it asks for: entity tags, dates, and the conditions built on them (RFC 9110,
//! sections 8.8 and 13).
//!
//! The tag is strong: it is made of the size and the time of the last change in nanoseconds, and a different content has
//! a different one unless somebody sets a file's time back on purpose. The inode is left out, because some network and
//! union file systems give the same file a new number every time it is opened, and then no seek would ever continue.

use axum::http::header::{IF_MATCH, IF_MODIFIED_SINCE, IF_NONE_MATCH, IF_RANGE, IF_UNMODIFIED_SINCE};
use axum::http::{HeaderMap, HeaderName};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The last second of the year 9999, beyond which an HTTP date cannot go.
const LAST_DATE_S: u64 = 253_402_300_799;

/// What tells one state of a file from another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Validators {
    /// The strong entity tag, with its quotes.
    pub(super) etag: String,
    /// The time of the last change in whole seconds, unless HTTP cannot say it or it is still to come.
    pub modified: Option<SystemTime>,
    /// Whether `modified` is long enough ago that no other content can have the same date.
    settled: bool,
}

/// What the conditions of a request say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Go on.
    Proceed,
    /// The client has it already: 304.
    NotModified,
    /// The client wants to continue something that is gone: 412.
    Failed,
}

impl Validators {
    /// The validators of a file with this size and this time of the last change, at the time `now_ms`.
    #[must_use]
    pub(super) fn new(size_bytes: u64, modified_s: i64, modified_ns: i64, now_ms: i64) -> Self {
        let etag = format!("\"{size_bytes:x}-{modified_s:x}.{modified_ns:x}\"");
        let age_s = (now_ms / 1000).saturating_sub(modified_s);
        let seconds = u64::try_from(modified_s).ok().filter(|seconds| *seconds <= LAST_DATE_S && age_s >= 0);
        let modified = seconds.map(|seconds| UNIX_EPOCH + Duration::from_secs(seconds));
        let settled = age_s > 1;
        Self { etag, modified, settled }
    }

    /// What the preconditions among `headers` say, in the order of RFC 9110, 13.2.2.
    #[must_use]
    pub(super) fn judge(&self, headers: &HeaderMap) -> Verdict {
        if headers.contains_key(IF_MATCH) {
            if !self.listed(headers, &IF_MATCH, Comparison::Strong) {
                return Verdict::Failed;
            }
        } else if let (Some(since), Some(modified)) = (date(headers, &IF_UNMODIFIED_SINCE), self.modified)
            && modified > since
        {
            return Verdict::Failed;
        }
        let known = if headers.contains_key(IF_NONE_MATCH) {
            self.listed(headers, &IF_NONE_MATCH, Comparison::Weak)
        } else {
            let since = date(headers, &IF_MODIFIED_SINCE);
            since.zip(self.modified).is_some_and(|(since, modified)| modified <= since)
        };
        if known { Verdict::NotModified } else { Verdict::Proceed }
    }

    /// Whether a `Range` header counts: there is no `If-Range`, or it names exactly this state of the file.
    #[must_use]
    pub(super) fn range_counts(&self, headers: &HeaderMap) -> bool {
        if !headers.contains_key(IF_RANGE) {
            return true;
        }
        let Some(text) = headers.get(IF_RANGE).and_then(|value| value.to_str().ok()) else { return false };
        if text.contains('"') {
            return text.trim() == self.etag;
        }
        let asked = httpdate::parse_http_date(text).ok();
        self.settled && asked.is_some() && asked == self.modified
    }

    /// Whether the list of tags in the header `name` has this file's, or is `*`.
    fn listed(&self, headers: &HeaderMap, name: &HeaderName, comparison: Comparison) -> bool {
        let lines = headers.get_all(name).iter().filter_map(|line| line.to_str().ok());
        lines.flat_map(tags).any(|tag| {
            let tag = match comparison {
                Comparison::Strong => tag,
                Comparison::Weak => tag.strip_prefix("W/").unwrap_or(tag),
            };
            tag == "*" || tag == self.etag
        })
    }
}

/// How entity tags are compared (RFC 9110, 8.8.3.2).
#[derive(Clone, Copy)]
enum Comparison {
    /// A weak tag equals nothing.
    Strong,
    /// A weak tag equals the strong one.
    Weak,
}

/// The elements of a list. A foreign tag with a comma in it falls apart, into pieces that equal no tag of ours.
fn tags(line: &str) -> impl Iterator<Item = &str> {
    line.split(',').map(str::trim)
}

/// The date in the header `name`, if there is one and only one, and it is a date.
fn date(headers: &HeaderMap, name: &HeaderName) -> Option<SystemTime> {
    let mut lines = headers.get_all(name).iter();
    let (line, None) = (lines.next()?, lines.next()) else { return None };
    httpdate::parse_http_date(line.to_str().ok()?).ok()
}

#[cfg(test)]
#[expect(clippy::expect_used, reason = "a test fails by panicking")]
mod tests {
    use super::{Validators, Verdict};
    use axum::http::{HeaderMap, HeaderName, HeaderValue};
    use std::time::{Duration, SystemTime, UNIX_EPOCH};

    /// Sunday, 6 November 1994, 08:49:37 GMT.
    const CHANGED_S: i64 = 784_111_777;
    const CHANGED: &str = "Sun, 06 Nov 1994 08:49:37 GMT";
    const BEFORE: &str = "Sun, 06 Nov 1994 08:49:36 GMT";
    const AFTER: &str = "Sun, 06 Nov 1994 08:49:38 GMT";
    const NOW_MS: i64 = 1_000_000_000_000;
    const TAG: &str = "\"a-2ebc98a1.7\"";

    fn at(seconds: u64) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(seconds)
    }

    fn film() -> Validators {
        Validators::new(10, CHANGED_S, 7, NOW_MS)
    }

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let pairs = pairs.iter().map(|(name, value)| {
            (HeaderName::from_static(name), HeaderValue::from_str(value).expect("the value is ASCII"))
        });
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(name, value);
        }
        headers
    }

    #[test]
    fn the_tag_changes_with_size_and_time_of_change() {
        let tag = |size, seconds, nanos| Validators::new(size, seconds, nanos, NOW_MS).etag;
        assert_eq!(film().etag, TAG);
        for other in [tag(11, CHANGED_S, 7), tag(10, CHANGED_S + 1, 7), tag(10, CHANGED_S, 8), tag(10, -CHANGED_S, 7)] {
            assert_ne!(other, TAG);
        }
    }

    #[test]
    fn dates_http_cannot_say_are_left_out() {
        let modified = |seconds| Validators::new(1, seconds, 0, NOW_MS).modified;
        assert_eq!(modified(0), Some(at(0)));
        assert_eq!(modified(1_000_000_000), Some(at(1_000_000_000)));
        for unspeakable in [-1, i64::MIN, i64::MAX, 1_000_000_001, 253_402_300_800] {
            assert_eq!(modified(unspeakable), None, "{unspeakable}");
        }
    }

    #[test]
    fn conditions_are_judged_as_the_rfc_orders_them() {
        use Verdict::{Failed, NotModified, Proceed};
        let weak = format!("W/{TAG}");
        let list = format!("\"x\", {weak} ,\"y,z\"");
        for (given, expected) in [
            (vec![], Proceed),
            (vec![("if-none-match", TAG)], NotModified),
            (vec![("if-none-match", weak.as_str())], NotModified),
            (vec![("if-none-match", list.as_str())], NotModified),
            (vec![("if-none-match", "\"x\""), ("if-none-match", TAG)], NotModified),
            (vec![("if-none-match", "*")], NotModified),
            (vec![("if-none-match", "\"x\"")], Proceed),
            (vec![("if-none-match", "nonsense")], Proceed),
            (vec![("if-none-match", "\"x\""), ("if-modified-since", AFTER)], Proceed),
            (vec![("if-modified-since", CHANGED)], NotModified),
            (vec![("if-modified-since", AFTER)], NotModified),
            (vec![("if-modified-since", BEFORE)], Proceed),
            (vec![("if-modified-since", "yesterday")], Proceed),
            (vec![("if-modified-since", "Sunday, 06-Nov-94 08:49:37 GMT")], NotModified),
            (vec![("if-match", TAG)], Proceed),
            (vec![("if-match", "*")], Proceed),
            (vec![("if-match", weak.as_str())], Failed),
            (vec![("if-match", "\"x\"")], Failed),
            (vec![("if-match", "\"x\""), ("if-none-match", TAG)], Failed),
            (vec![("if-match", TAG), ("if-none-match", TAG)], NotModified),
            (vec![("if-unmodified-since", BEFORE)], Failed),
            (vec![("if-unmodified-since", CHANGED)], Proceed),
            (vec![("if-unmodified-since", "yesterday")], Proceed),
            (vec![("if-match", TAG), ("if-unmodified-since", BEFORE)], Proceed),
        ] {
            assert_eq!(film().judge(&headers(&given)), expected, "{given:?}");
        }
    }

    #[test]
    fn a_range_counts_only_for_exactly_this_file() {
        let weak = format!("W/{TAG}");
        for (value, expected) in [
            (TAG, true),
            (CHANGED, true),
            (weak.as_str(), false),
            ("\"x\"", false),
            ("*", false),
            (AFTER, false),
            (BEFORE, false),
            ("nonsense", false),
        ] {
            assert_eq!(film().range_counts(&headers(&[("if-range", value)])), expected, "{value}");
        }
        assert!(film().range_counts(&HeaderMap::new()));
    }

    #[test]
    fn a_date_that_another_change_could_still_share_continues_nothing() {
        let fresh = Validators::new(10, CHANGED_S, 7, 784_111_778_999);
        assert!(!fresh.range_counts(&headers(&[("if-range", CHANGED)])));
        assert!(fresh.range_counts(&headers(&[("if-range", TAG)])));
    }
}
