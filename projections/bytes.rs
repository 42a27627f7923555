//! Facts as bytes in a defined order: the same for the same knowledge, however it was come by.
//!
//! What is written is hashed on the way ([`State::digest`](crate::State::digest)) or kept
//! ([`State::checkpoint`](crate::State::checkpoint)), so that the two cannot speak of different facts. What is read may
//! be anything: nothing here panics, and no number that was read decides how much memory is taken.
//! Not for safety against forgery: the chain of the log is.

use xxhash_rust::xxh3::Xxh3;

/// How much is gathered before it is hashed; many small pieces would cost more.
const GATHERED_BYTES: usize = 1 << 16;

/// What facts are written into. Every value says where it ends, so that different facts never give the same bytes.
pub(crate) struct Encoder {
    bytes: Vec<u8>,
    hash: Option<Box<Xxh3>>,
}

impl Encoder {
    /// Keeps the bytes.
    pub(crate) fn keeping() -> Self {
        Self { bytes: Vec::new(), hash: None }
    }

    /// Keeps only a hash of them.
    pub(crate) fn hashing() -> Self {
        Self { bytes: Vec::with_capacity(GATHERED_BYTES + 1024), hash: Some(Box::new(Xxh3::new())) }
    }

    /// A number: seven bits a byte, the lowest first, the top bit set in all but the last.
    pub(crate) fn number(&mut self, number: impl Into<u64>) {
        let mut rest: u64 = number.into();
        while rest >= 0x80 {
            self.bytes.push(low_byte(rest) | 0x80);
            rest >>= 7;
        }
        self.bytes.push(low_byte(rest));
        self.flush();
    }

    /// A number that is below 0 as likely as above.
    pub(crate) fn time(&mut self, at_ms: i64) {
        self.number((at_ms.cast_unsigned() << 1) ^ (at_ms >> 63).cast_unsigned());
    }

    /// Bytes of any length.
    pub(crate) fn bytes(&mut self, bytes: &[u8]) {
        self.number(bytes.len() as u64);
        self.fixed(bytes);
    }

    /// Bytes whose length the reader knows.
    pub(crate) fn fixed(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
        self.flush();
    }

    pub(crate) fn option<T>(&mut self, value: Option<T>, write: impl FnOnce(&mut Self, T)) {
        self.number(u64::from(value.is_some()));
        if let Some(value) = value {
            write(self, value);
        }
    }

    pub(crate) fn list<T>(&mut self, values: impl ExactSizeIterator<Item = T>, mut write: impl FnMut(&mut Self, T)) {
        self.number(values.len() as u64);
        for value in values {
            write(self, value);
        }
    }

    fn flush(&mut self) {
        if self.bytes.len() >= GATHERED_BYTES
            && let Some(hash) = &mut self.hash
        {
            hash.update(&self.bytes);
            self.bytes.clear();
        }
    }

    /// The bytes kept.
    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    /// The hash of the bytes written.
    pub(crate) fn digest(self) -> u64 {
        match self.hash {
            Some(mut hash) => {
                hash.update(&self.bytes);
                hash.digest()
            }
            None => digest(&self.bytes),
        }
    }
}

#[expect(clippy::cast_possible_truncation, reason = "the low byte is wanted")]
fn low_byte(number: u64) -> u8 {
    number as u8
}

/// The hash of bytes that were kept.
pub(crate) fn digest(bytes: &[u8]) -> u64 {
    xxhash_rust::xxh3::xxh3_64(bytes)
}

/// What facts are read from. Every question is answered with `None` where the bytes end or make no sense.
pub(crate) struct Decoder<'a>(&'a [u8]);

impl<'a> Decoder<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// True if all was read.
    pub(crate) fn finished(&self) -> bool {
        self.0.is_empty()
    }

    fn byte(&mut self) -> Option<u8> {
        let (byte, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*byte)
    }

    /// A number that fits what it is wanted for.
    pub(crate) fn number<T: TryFrom<u64>>(&mut self) -> Option<T> {
        let mut number = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            let bits = u64::from(byte & 0x7F);
            if bits.leading_zeros() < shift {
                return None;
            }
            number |= bits << shift;
            if byte & 0x80 == 0 {
                return T::try_from(number).ok();
            }
        }
        None
    }

    pub(crate) fn time(&mut self) -> Option<i64> {
        let number: u64 = self.number()?;
        Some((number >> 1).cast_signed() ^ -(number & 1).cast_signed())
    }

    pub(crate) fn flag(&mut self) -> Option<bool> {
        match self.number::<u64>()? {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    }

    pub(crate) fn bytes(&mut self) -> Option<&'a [u8]> {
        let length = self.number()?;
        let (bytes, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(bytes)
    }

    pub(crate) fn text(&mut self) -> Option<&'a str> {
        std::str::from_utf8(self.bytes()?).ok()
    }

    pub(crate) fn fixed<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (bytes, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*bytes)
    }

    pub(crate) fn option<T>(&mut self, read: impl FnOnce(&mut Self) -> Option<T>) -> Option<Option<T>> {
        if self.flag()? { read(self).map(Some) } else { Some(None) }
    }

    /// How many things follow. Each takes at least a byte, so there are never more than there are bytes.
    pub(crate) fn count(&mut self) -> Option<usize> {
        self.number().filter(|count| *count <= self.0.len())
    }

    pub(crate) fn list<T, C: FromIterator<T>>(&mut self, mut read: impl FnMut(&mut Self) -> Option<T>) -> Option<C> {
        (0..self.count()?).map(|_| read(self)).collect()
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_written_can_be_read(numbers: Vec<u64>, at_ms: i64, text: String, perhaps: Option<u32>) {
            let write = |into: &mut Encoder| {
                into.list(numbers.iter(), |into, number| into.number(*number));
                into.time(at_ms);
                into.bytes(text.as_bytes());
                into.option(perhaps, |into, number| into.number(number));
                into.fixed(&[1, 2, 3]);
            };
            let (mut kept, mut hashed) = (Encoder::keeping(), Encoder::hashing());
            write(&mut kept);
            write(&mut hashed);
            let bytes = kept.into_bytes();
            prop_assert_eq!(hashed.digest(), digest(&bytes));
            let mut from = Decoder::new(&bytes);
            prop_assert_eq!(from.list::<u64, Vec<u64>>(Decoder::number), Some(numbers.clone()));
            prop_assert_eq!(from.time(), Some(at_ms));
            prop_assert_eq!(from.text(), Some(text.as_str()));
            prop_assert_eq!(from.option(Decoder::number), Some(perhaps));
            prop_assert_eq!(from.fixed(), Some([1, 2, 3]));
            prop_assert!(from.finished());
        }
    }

    #[test]
    fn much_is_hashed_as_it_comes() {
        let (mut kept, mut hashed) = (Encoder::keeping(), Encoder::hashing());
        for number in 0..200_000_u64 {
            kept.number(number);
            hashed.number(number);
        }
        let bytes = kept.into_bytes();
        assert_eq!(hashed.digest(), digest(&bytes));
        assert!(bytes.len() > GATHERED_BYTES * 2);
    }

    #[test]
    fn nonsense_is_nothing() {
        let read = |bytes: &[u8]| Decoder::new(bytes).number::<u64>();
        assert_eq!(read(&[0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01]), Some(u64::MAX));
        assert_eq!(read(&[0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x03]), None, "more than 64 bits");
        assert_eq!(read(&[0x80; 20]), None, "no end");
        assert_eq!(read(&[0x80]), None, "cut");
        assert_eq!(Decoder::new(&[0x80, 0x02]).number::<u8>(), None, "256 is no byte");
        assert_eq!(Decoder::new(&[9, 1]).bytes(), None);
        assert_eq!(Decoder::new(&[2, 1]).flag(), None);
        let many = [0xFF, 0xFF, 0xFF, 0xFF, 0x0F, 1, 2, 3];
        assert_eq!(Decoder::new(&many).list::<u64, Vec<u64>>(Decoder::number), None);
        assert_eq!(Decoder::new(&[1, 0xC3]).text(), None);
        assert_eq!(Decoder::new(&[1, 2]).fixed::<3>(), None);
        let mut at_the_end = Decoder::new(&[5]);
        assert_eq!(at_the_end.number::<u8>().unwrap(), 5);
        assert!(at_the_end.finished());
    }
}
