//! From the bytes of an old file to text and numbers, as forgiving as is unambiguous.
//!
//! Nothing here knows what the values mean; it only knows how differently the same value can be
//! written by editors, shells and twenty years of JSON libraries.

use serde_json::Value;

/// The text of a file, and what had to be done to read it, if anything.
pub(super) fn decode(bytes: &[u8]) -> (String, Option<&'static str>) {
    if let Some(rest) = bytes.strip_prefix(b"\xEF\xBB\xBF") {
        let (text, note) = decode(rest);
        return (text, note.or(Some("began with a byte order mark, which was skipped")));
    }
    if let Some(rest) = bytes.strip_prefix(b"\xFF\xFE") {
        return (utf16(rest, u16::from_le_bytes), Some("is UTF-16 and was converted"));
    }
    if let Some(rest) = bytes.strip_prefix(b"\xFE\xFF") {
        return (utf16(rest, u16::from_be_bytes), Some("is UTF-16 and was converted"));
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => (text.to_owned(), None),
        Err(_) => (
            bytes.iter().copied().map(char::from).collect(),
            Some("is not UTF-8 and was read as Latin-1; look for odd letters in names"),
        ),
    }
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> String {
    let (pairs, _) = bytes.as_chunks::<2>();
    char::decode_utf16(pairs.iter().copied().map(unit))
        .map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER))
        .collect()
}

/// Undoes Python's `surrogateescape`: a byte that was not UTF-8 was written as U+DC80 to U+DCFF, which
/// reaches us as the three bytes `ED B2..B3 80..BF`. Real text never contains them.
pub(super) fn unescape_surrogates(text: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    loop {
        match rest {
            [0xED, high @ 0xB2..=0xB3, low @ 0x80..=0xBF, tail @ ..] => {
                bytes.push(0x80 | ((high & 1) << 6) | (low & 0x3F));
                rest = tail;
            }
            [byte, tail @ ..] => {
                bytes.push(*byte);
                rest = tail;
            }
            [] => return bytes,
        }
    }
}

/// A whole number, also when it is written `3.0` or `"3"`. Anything else is not one: `4.9`, `true`.
pub(super) fn whole_number(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => number.as_i64().or_else(|| whole(number.as_f64()?)),
        Value::String(text) => whole_text(text),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

/// [`whole_number`] of a text.
pub(super) fn whole_text(text: &str) -> Option<i64> {
    let text = text.trim();
    text.parse().ok().or_else(|| whole(text.parse().ok()?))
}

/// [`whole_number`] of a float; beyond 2^53 floats have gaps and are refused.
pub(super) fn whole(number: f64) -> Option<i64> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    #[expect(clippy::cast_possible_truncation, reason = "the range was just checked")]
    (number.fract() == 0.0 && number.abs() < EXACT).then_some(number as i64)
}

/// At most `max_chars` of a foreign text, on one line, for a report.
pub(super) fn excerpt(text: &str, max_chars: usize) -> String {
    let mut short: String = text.chars().take(max_chars).map(|c| if c.is_control() { '\u{FFFD}' } else { c }).collect();
    if text.chars().nth(max_chars).is_some() {
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn text_is_read_in_every_encoding_old_files_come_in() {
        assert_eq!(decode(b"{}"), ("{}".to_owned(), None));
        let (text, note) = decode(b"\xEF\xBB\xBF{\"a\": 1}");
        assert_eq!(text, "{\"a\": 1}");
        assert!(note.is_some_and(|note| note.contains("byte order mark")));
        let (text, note) = decode(b"{\"caf\xE9.mp4\": 3}");
        assert_eq!(text, "{\"café.mp4\": 3}");
        assert!(note.is_some_and(|note| note.contains("Latin-1")));
        assert_eq!(decode(b"\xFF\xFE{\0}\0").0, "{}");
        assert_eq!(decode(b"\xFE\xFF\0{\0}").0, "{}");
    }

    #[test]
    fn escaped_bytes_become_the_bytes_they_were() {
        assert_eq!(unescape_surrogates("é.mp4".as_bytes()), "é.mp4".as_bytes());
        assert_eq!(unescape_surrogates(b"x\xED\xB2\x80y\xED\xB3\xBF\xED\xB3\xA9"), b"x\x80y\xFF\xE9");
        assert_eq!(unescape_surrogates(b"\xED\xB2"), b"\xED\xB2");
    }

    #[test]
    fn numbers_are_whole_or_nothing() {
        for three in [json!(3), json!(3.0), json!("3"), json!(" 3.0 "), json!(3e0)] {
            assert_eq!(whole_number(&three), Some(3), "{three}");
        }
        for other in [
            json!(4.9),
            json!(true),
            json!(null),
            json!("three"),
            json!(""),
            json!([3]),
            json!({}),
            json!(1e300),
            json!("NaN"),
        ] {
            assert_eq!(whole_number(&other), None, "{other}");
        }
        assert_eq!(whole_number(&json!(-1)), Some(-1));
    }

    #[test]
    fn an_excerpt_is_short_and_on_one_line() {
        assert_eq!(excerpt("a\nb", 60), "a\u{FFFD}b");
        assert_eq!(excerpt(&"x".repeat(99), 60).chars().count(), 61);
    }
}
