//! A hash over facts in a defined order: equal for equal knowledge, however it was come by.
//!
//! Not for safety against forgery: the chain of the log is.

use xxhash_rust::xxh3::Xxh3;

/// What facts are written into. Every value has a fixed length or is preceded by its length, so that
/// different facts never give the same bytes.
pub(crate) struct Digest(Xxh3);

impl Digest {
    pub(crate) fn new() -> Self {
        Self(Xxh3::new())
    }

    pub(crate) fn number(&mut self, number: u64) {
        self.0.update(&number.to_le_bytes());
    }

    pub(crate) fn time(&mut self, at_ms: i64) {
        self.0.update(&at_ms.to_le_bytes());
    }

    pub(crate) fn bytes(&mut self, bytes: &[u8]) {
        self.number(bytes.len() as u64);
        self.0.update(bytes);
    }

    pub(crate) fn option<T>(&mut self, value: Option<T>, write: impl FnOnce(&mut Self, T)) {
        self.number(u64::from(value.is_some()));
        if let Some(value) = value {
            write(self, value);
        }
    }

    pub(crate) fn finish(&self) -> u64 {
        self.0.digest()
    }
}
