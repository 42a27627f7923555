//! The identity of a log: 16 random bytes, given once, so that parts of different logs are never
//! taken for one.

use std::fmt;
use std::hash::{BuildHasher as _, RandomState};
use std::str::FromStr;

/// The identity of a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogId(pub [u8; 16]);

impl LogId {
    /// A new one. The keys of the standard library's hash maps come from the system's random source.
    pub(super) fn random() -> Self {
        let half = || u128::from(RandomState::new().hash_one(()));
        Self((half() << 64 | half()).to_be_bytes())
    }
}

/// 32 hexadecimal digits.
impl fmt::Display for LogId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", u128::from_be_bytes(self.0))
    }
}

impl FromStr for LogId {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let number = u128::from_str_radix(text, 16).map_err(|_| ())?;
        let id = Self(number.to_be_bytes());
        if id.to_string() == text { Ok(id) } else { Err(()) }
    }
}
