//! The two parts of what a server keeps beside its log: the window of requests it remembers, and what is known. The
//! first is the server's own; what is known is also compared by `rebuild`. As bytes: the length of the window (u64le), the
//! window, the state. Where they are kept, and whether to believe them, is for `events::log::checkpoint`.

/// Both parts as they are kept.
#[must_use]
pub fn join(window: &[u8], state: &[u8]) -> Vec<u8> {
    [&(window.len() as u64).to_le_bytes()[..], window, state].concat()
}

/// The window of requests and the state in `kept`; nothing if it does not have the two parts.
#[must_use]
pub fn split(kept: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = kept.split_first_chunk()?;
    rest.split_at_checked(usize::try_from(u64::from_le_bytes(*length)).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_come_back_as_they_were_and_garbage_has_none() {
        assert_eq!(split(&join(b"window", b"state")), Some((&b"window"[..], &b"state"[..])));
        assert_eq!(split(&join(b"", b"")), Some((&b""[..], &b""[..])));
        for garbage in [&b""[..], b"1234567", &u64::MAX.to_le_bytes(), &[9, 0, 0, 0, 0, 0, 0, 0, 1]] {
            assert_eq!(split(garbage), None);
        }
    }
}
