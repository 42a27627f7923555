//! Bytes as hexadecimal digits, and back. Not numbers, which the standard library writes and reads.

/// Two lower-case digits for each of `bytes`.
#[must_use]
pub fn write(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(2 * bytes.len());
    text.extend(bytes.iter().flat_map(|byte| [byte >> 4, byte & 0xf].map(digit)));
    text
}

/// One digit, of a number below 16.
fn digit(number: u8) -> char {
    char::from(if number < 10 { b'0' + number } else { b'a' - 10 + number })
}

/// The `N` bytes that `text` says with two digits each. `None` if it is longer, shorter, or anything else.
#[must_use]
pub fn read<const N: usize>(text: &str) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
        for digit in pair {
            *byte = *byte << 4 | u8::try_from(char::from(*digit).to_digit(16)?).ok()?;
        }
    }
    (text.len() == 2 * N).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let all: Vec<u8> = (0..=u8::MAX).collect();
        let text = write(&all);
        assert_eq!(text.get(..8), Some("00010203"));
        assert_eq!(text.get(508..), Some("feff"));
        assert_eq!(read::<256>(&text).map(Vec::from), Some(all));
        assert_eq!(read(&text.to_uppercase()), read::<256>(&text));
    }

    #[test]
    fn nothing_else_is_read() {
        assert_eq!(read("0aF0"), Some([0x0a, 0xf0]));
        for text in ["", "0", "00", "0aF", "0aF00", "0aF000", "0x0a", "+a+b", " a f", "0aé", "ﬀﬀ"] {
            assert_eq!(read::<2>(text), None, "{text}");
        }
        assert_eq!(read(""), Some([]));
    }
}
