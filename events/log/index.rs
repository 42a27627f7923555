//! The index of events by video: its keys, and a sum by which index and log are compared.
//!
//! A record of a kind that this version may pass over stands under video 0, as does one without a video.

use crate::record::Pos;

/// Bytes by which an event is found.
pub(super) type Key = [u8; 12];

/// The key of an event: video (u32 BE, 0 for none) ‖ position (u64 BE), so that the events of a video
/// lie together in order.
pub(super) fn key(video: u32, pos: Pos) -> Key {
    let mut key = [0; 12];
    let (front, back) = key.split_at_mut(4);
    front.copy_from_slice(&video.to_be_bytes());
    back.copy_from_slice(&pos.to_be_bytes());
    key
}

/// The position in a key.
pub(super) fn position(key: &[u8]) -> Option<Pos> {
    let (_, pos) = key.split_first_chunk::<4>()?;
    Some(Pos::from_be_bytes(pos.try_into().ok()?))
}

/// The number of the video in a key; 0 for none.
pub(super) fn video(key: &Key) -> u32 {
    key.first_chunk().map_or(0, |video| u32::from_be_bytes(*video))
}

/// A sum over keys that does not depend on their order: two sets with the same sum are the same, bar
/// an accident of one in 2⁶⁴.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Sum {
    keys: u64,
    hashes: u64,
}

impl Sum {
    /// Takes one more key in.
    pub(super) fn add(&mut self, key: &[u8]) {
        self.keys += 1;
        self.hashes = self.hashes.wrapping_add(xxhash_rust::xxh3::xxh3_64(key));
    }
}
