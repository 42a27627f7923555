//! A state as bytes, and back: so that a start need not read the log from its beginning.
//!
//! The bytes are the facts alone, and [`State::digest`] is a hash of just these bytes; indexes are built again. Bytes
//! are taken for a state only if that state would write the very same bytes, so whatever is restored has the digest of
//! what was kept. Not the file, nor the proof that a checkpoint belongs to a log: that is the `events::log` module.
//! Not a format for other programs or versions: [`SCHEMA`] says who can read it.

use crate::bytes::{self, Decoder, Encoder};
use crate::state::{Replay, State};

/// A hash of the sources that decide what events mean and how facts are written. A checkpoint that was made with
/// another one is of no use.
pub const SCHEMA: [u8; 32] = *include_bytes!(concat!(env!("OUT_DIR"), "/schema"));

impl State {
    /// Everything known, as bytes for [`Replay::restore`]. About 250 bytes for a video.
    #[must_use]
    pub fn checkpoint(&self) -> Vec<u8> {
        let mut into = Encoder::keeping();
        self.encode(&mut into);
        into.into_bytes()
    }
}

impl Replay {
    /// Goes on from the state that gave these bytes; `None` if none did. Whatever the bytes are, it takes no more
    /// memory than a state of so many bytes may need.
    #[must_use]
    pub fn restore(checkpoint: &[u8]) -> Option<Self> {
        let mut from = Decoder::new(checkpoint);
        let replay = Self::decode(&mut from)?;
        (from.finished() && replay.digest() == bytes::digest(checkpoint)).then_some(replay)
    }
}
