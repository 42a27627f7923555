//! From the bytes of a text file of unknown age to text: a mark at its start decides, then whether it is valid UTF-8, then
//! zeros in every second place, then what letters of which languages look likely.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_16BE, UTF_16LE};
use std::borrow::Cow;

/// How many bytes are looked at to guess.
const GUESSED_FROM_BYTES: usize = 256 * 1024;

/// What `bytes` say. What cannot be read becomes U+FFFD.
pub(super) fn text(bytes: &[u8]) -> Cow<'_, str> {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        return encoding.decode_without_bom_handling(bytes.get(mark..).unwrap_or_default()).0;
    }
    // Zeros are valid UTF-8, but no text has them.
    match std::str::from_utf8(bytes) {
        Ok(text) if !text.contains('\0') => Cow::Borrowed(text),
        _ => guessed(bytes).decode_without_bom_handling(bytes).0,
    }
}

fn guessed(bytes: &[u8]) -> &'static Encoding {
    let sample = bytes.get(..GUESSED_FROM_BYTES).unwrap_or(bytes);
    let zeros = |odd: usize| sample.iter().skip(odd).step_by(2).filter(|byte| **byte == 0).count();
    let (first, second) = (zeros(0), zeros(1));
    // Digits, spaces and line ends are there in any language, and half of each is zero.
    if first.max(second) * 8 > sample.len() {
        return if second > first { UTF_16LE } else { UTF_16BE };
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
    detector.feed(sample, true);
    detector.guess(None, Utf8Detection::Allow)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CUE: &str = "1\r\n00:00:01,000 --> 00:00:02,000\r\nGrüße aus Österreich, schön\r\n";

    fn utf16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(bytes).collect()
    }

    #[test]
    fn any_usual_encoding_is_read() {
        let marked = |mark: &[u8], rest: Vec<u8>| [mark.to_vec(), rest].concat();
        let windows = encoding_rs::WINDOWS_1252.encode(CUE).0.into_owned();
        for bytes in [
            CUE.as_bytes().to_vec(),
            marked(b"\xef\xbb\xbf", CUE.as_bytes().to_vec()),
            marked(b"\xff\xfe", utf16(CUE, u16::to_le_bytes)),
            marked(b"\xfe\xff", utf16(CUE, u16::to_be_bytes)),
            utf16(CUE, u16::to_le_bytes),
            utf16(CUE, u16::to_be_bytes),
            windows,
        ] {
            assert_eq!(text(&bytes), CUE, "{bytes:?}");
        }
        let russian = "00:00:01,000 --> 00:00:02,000\nДобрый вечер, дамы и господа. Как у вас дела?\n";
        assert_eq!(text(&encoding_rs::WINDOWS_1251.encode(russian).0), russian);
        let japanese = "00:00:01,000 --> 00:00:02,000\nこんばんは、お元気ですか。今日は良い天気です。\n";
        assert_eq!(text(&encoding_rs::SHIFT_JIS.encode(japanese).0), japanese);
    }

    #[test]
    fn what_is_no_text_is_read_as_something() {
        for bytes in [&b""[..], b"\0", b"\0\0\0\0", b"\xff", b"\xff\xfe\x00", b"\x80\x81\xfe\xff", &[0xd8; 999]] {
            let _: Cow<'_, str> = text(bytes);
        }
        assert_eq!(text(b""), "");
    }
}
