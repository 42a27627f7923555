//! Which bytes a `Range` header asks for (RFC 9110, section 14).
//!
//! Only a single byte range is ever answered in part. Everything that may be ignored is ignored: an unknown unit, a
//! malformed header and a list of ranges get the whole file, as the RFC allows and players expect. Whether the header
//! applies at all (`GET` only, `If-Range`) is decided by the caller.

/// What to send of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Selection {
    /// All of it: 200.
    Whole,
    /// The bytes from `first` to `last`, both included, both inside the file: 206.
    Part {
        /// Offset of the first byte.
        first: u64,
        /// Offset of the last byte.
        last: u64,
    },
    /// Nothing, because the range begins beyond the end: 416.
    Beyond,
}

/// The bytes of a file of `size_bytes` that a `Range` header with this value selects.
#[must_use]
pub(super) fn select(header: &str, size_bytes: u64) -> Selection {
    let Some((unit, set)) = header.split_once('=') else { return Selection::Whole };
    if !unit.eq_ignore_ascii_case("bytes") {
        return Selection::Whole;
    }
    // Empty list elements do not count (RFC 9110, 5.6.1.2).
    let mut specs = set.split(',').map(|spec| spec.trim_matches([' ', '\t'])).filter(|spec| !spec.is_empty());
    match (specs.next(), specs.next()) {
        (Some(spec), None) => select_one(spec, size_bytes).unwrap_or(Selection::Whole),
        (_, Some(_)) | (None, None) => Selection::Whole,
    }
}

/// What `first-[last]` or `-suffix` selects; `None` when it is neither.
fn select_one(spec: &str, size_bytes: u64) -> Option<Selection> {
    let (first, last) = spec.split_once('-')?;
    if first.is_empty() {
        let suffix = number(last)?;
        return Some(match (suffix, size_bytes) {
            (0, _) => Selection::Beyond,
            // The suffix of an empty file is empty, which a Content-Range cannot say.
            (_, 0) => Selection::Whole,
            (suffix, size) => Selection::Part { first: size.saturating_sub(suffix), last: size - 1 },
        });
    }
    let first = number(first)?;
    let last = if last.is_empty() { u64::MAX } else { number(last)? };
    if last < first {
        return None;
    }
    if first >= size_bytes {
        return Some(Selection::Beyond);
    }
    Some(Selection::Part { first, last: last.min(size_bytes - 1) })
}

/// The number these digits write; one too large for a file is as good as the largest.
fn number(digits: &str) -> Option<u64> {
    let plain = !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit());
    plain.then(|| digits.parse().unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::{Selection, select};

    fn part(first: u64, last: u64) -> Selection {
        Selection::Part { first, last }
    }

    #[test]
    fn single_ranges_select_bytes_inside_the_file() {
        for (header, size_bytes, expected) in [
            ("bytes=0-0", 10, part(0, 0)),
            ("bytes=0-1", 10, part(0, 1)),
            ("bytes=3-", 10, part(3, 9)),
            ("bytes=0-", 10, part(0, 9)),
            ("bytes=9-9", 10, part(9, 9)),
            ("bytes=-1", 10, part(9, 9)),
            ("bytes=-10", 10, part(0, 9)),
            ("bytes=-11", 10, part(0, 9)),
            ("bytes=5-10", 10, part(5, 9)),
            ("bytes=5-99999999999999999999999", 10, part(5, 9)),
            ("bytes=-99999999999999999999999", 10, part(0, 9)),
            ("Bytes=0-1", 10, part(0, 1)),
            ("bytes= 0-1 ", 10, part(0, 1)),
            ("bytes=,0-1,", 10, part(0, 1)),
            ("bytes=007-008", 10, part(7, 8)),
            ("bytes=0-", u64::MAX, part(0, u64::MAX - 1)),
        ] {
            assert_eq!(select(header, size_bytes), expected, "{header} of {size_bytes}");
        }
    }

    #[test]
    fn a_range_that_begins_beyond_the_end_selects_nothing() {
        for (header, size_bytes) in [
            ("bytes=10-", 10),
            ("bytes=10-20", 10),
            ("bytes=99999999999999999999999-", 10),
            ("bytes=-0", 10),
            ("bytes=0-", 0),
            ("bytes=0-0", 0),
            ("bytes=-0", 0),
        ] {
            assert_eq!(select(header, size_bytes), Selection::Beyond, "{header} of {size_bytes}");
        }
    }

    #[test]
    fn what_may_be_ignored_gets_the_whole_file() {
        for (header, size_bytes) in [
            ("", 10),
            ("bytes", 10),
            ("bytes=", 10),
            ("bytes=,", 10),
            ("bytes=-", 10),
            ("bytes=5-2", 10),
            ("bytes=a-b", 10),
            ("bytes=1-b", 10),
            ("bytes=+1-2", 10),
            ("bytes=1 - 2", 10),
            ("bytes=--1", 10),
            ("bytes=1-2-3", 10),
            ("bytes=0x1-2", 10),
            ("bytes=٣-", 10),
            ("bytes:0-1", 10),
            ("bytes =0-1", 10),
            ("items=0-1", 10),
            ("bytes=0-1,5-6", 10),
            ("bytes=0-1,99-", 10),
            ("bytes=-5", 0),
        ] {
            assert_eq!(select(header, size_bytes), Selection::Whole, "{header} of {size_bytes}");
        }
    }
}
