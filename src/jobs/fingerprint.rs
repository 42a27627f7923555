//! What a file's content looks like, from at most three short reads.
//!
//! Good enough to recognise a renamed file, far too little to prove two files equal: whoever needs
//! proof must compare every byte.

use events::Fingerprint;
use std::io::{self, Read, Seek, SeekFrom};
use xxhash_rust::xxh3::xxh3_128;

/// How much is read at the head, in the middle and at the tail, in bytes.
const SAMPLE_BYTES: usize = 64 * 1024;

/// The room one reader needs; made once a thread and used for file after file.
pub struct Buffer(Vec<u8>);

impl Default for Buffer {
    fn default() -> Self {
        Self(Vec::with_capacity(3 * SAMPLE_BYTES))
    }
}

/// The fingerprint of a file of `size_bytes`, or `None` when it turns out to have another size:
/// somebody is still writing to it.
///
/// # Errors
/// Whatever reading the file fails with.
pub fn of(file: &mut (impl Read + Seek), size_bytes: u64, buffer: &mut Buffer) -> io::Result<Option<Fingerprint>> {
    let sample = SAMPLE_BYTES as u64;
    let bytes = &mut buffer.0;
    bytes.clear();
    if size_bytes <= 3 * sample {
        // One byte more than expected, so that a file which grew is noticed.
        file.take(size_bytes + 1).read_to_end(bytes)?;
        if bytes.len() as u64 != size_bytes {
            return Ok(None);
        }
    } else {
        for start in [0, (size_bytes - sample) / 2, size_bytes - sample] {
            file.seek(SeekFrom::Start(start))?;
            if file.take(sample).read_to_end(bytes)? != SAMPLE_BYTES {
                return Ok(None);
            }
        }
        if file.seek(SeekFrom::End(0))? != size_bytes {
            return Ok(None);
        }
    }
    Ok(Some(Fingerprint { size_bytes, hash: xxh3_128(bytes) }))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;
    use std::io::Cursor;

    fn of_bytes(bytes: &[u8]) -> Fingerprint {
        of(&mut Cursor::new(bytes), bytes.len() as u64, &mut Buffer::default()).unwrap().unwrap()
    }

    #[test]
    fn a_small_file_is_hashed_whole() {
        for len in [0, 1, SAMPLE_BYTES, SAMPLE_BYTES + 1, 3 * SAMPLE_BYTES] {
            let bytes = vec![7; len];
            assert_eq!(of_bytes(&bytes), Fingerprint { size_bytes: len as u64, hash: xxh3_128(&bytes) });
        }
    }

    #[test]
    fn every_sampled_byte_of_a_large_file_counts() {
        let len = 10 * SAMPLE_BYTES;
        let plain = of_bytes(&vec![0; len]);
        let middle = (len - SAMPLE_BYTES) / 2;
        for place in [0, SAMPLE_BYTES - 1, middle, middle + SAMPLE_BYTES - 1, len - SAMPLE_BYTES, len - 1] {
            let mut bytes = vec![0; len];
            *bytes.get_mut(place).unwrap() = 1;
            assert_ne!(of_bytes(&bytes), plain, "byte {place} does not count");
        }
    }

    #[test]
    fn files_that_differ_in_size_only_differ() {
        assert_ne!(of_bytes(&vec![0; 10 * SAMPLE_BYTES]), of_bytes(&vec![0; 10 * SAMPLE_BYTES + 1]));
    }

    #[test]
    fn a_file_with_another_size_than_expected_has_no_fingerprint_yet() {
        let bytes = vec![0; 5 * SAMPLE_BYTES];
        for expected in [0, 1, bytes.len() as u64 - 1, bytes.len() as u64 + 1, bytes.len() as u64 * 2] {
            let found = of(&mut Cursor::new(&bytes), expected, &mut Buffer::default()).unwrap();
            assert_eq!(found, None, "expected {expected} bytes");
        }
    }

    #[test]
    fn one_buffer_serves_many_files() {
        let mut buffer = Buffer::default();
        let large = vec![1; 5 * SAMPLE_BYTES];
        of(&mut Cursor::new(&large), large.len() as u64, &mut buffer).unwrap();
        assert_eq!(of(&mut Cursor::new(b"abc"), 3, &mut buffer).unwrap(), Some(of_bytes(b"abc")));
    }
}
