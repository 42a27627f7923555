//! Sets of numbers: one with a bit for every number, quicker to ask and to fill in any order than a compressed one, and
//! how a compressed one that is shared is changed.

use std::sync::Arc;

use events::VideoId;
use roaring::RoaringBitmap;

use crate::bytes::{Decoder, Encoder};

/// Makes `number` a member of a shared set or not; a set that is right already is not copied.
pub(crate) fn mark(set: &mut Arc<RoaringBitmap>, number: u32, member: bool) {
    if set.contains(number) == member {
        return;
    }
    let set = Arc::make_mut(set);
    if member {
        set.insert(number);
    } else {
        set.remove(number);
    }
}

/// Writes a set: how many, and how far each is from the one before.
pub(crate) fn encode_set(set: &RoaringBitmap, into: &mut Encoder) {
    into.number(set.len());
    let mut last = 0;
    for number in set {
        into.number(number - last);
        last = number;
    }
}

/// Reads what [`encode_set`] wrote of numbers from 1 to `most`.
pub(crate) fn decode_set(from: &mut Decoder<'_>, most: usize) -> Option<RoaringBitmap> {
    let mut last = 0_u32;
    let mut set = RoaringBitmap::new();
    for _ in 0..from.count()? {
        last = last.checked_add(from.number()?)?;
        if last == 0 || last as usize > most || set.try_push(last).is_err() {
            return None;
        }
    }
    Some(set)
}

/// The set.
#[derive(Debug)]
pub(crate) struct Bits(Vec<u64>);

impl Bits {
    /// The members of a compressed set.
    pub(crate) fn of(videos: &RoaringBitmap) -> Self {
        let mut bits = Self(vec![0u64; videos.max().map_or(0, |largest| largest as usize / 64 + 1)]);
        videos.iter().for_each(|number| bits.add(number));
        bits
    }

    /// These videos, in any order, as a compressed set; none of them may be beyond `largest`.
    pub(crate) fn gather(videos: impl Iterator<Item = VideoId>, largest: u32) -> RoaringBitmap {
        let mut bits = Self(vec![0u64; largest as usize / 64 + 1]);
        videos.for_each(|video| bits.add(video.get()));
        let bytes: Vec<u8> = bits.0.into_iter().flat_map(u64::to_le_bytes).collect();
        RoaringBitmap::from_lsb0_bytes(0, &bytes)
    }

    fn add(&mut self, number: u32) {
        if let Some(word) = self.0.get_mut(number as usize / 64) {
            *word |= 1 << (number % 64);
        }
    }

    /// 1 if the number is a member, 0 if not.
    pub(crate) fn has(&self, number: u32) -> u64 {
        self.0.get(number as usize / 64).map_or(0, |word| word >> (number % 64) & 1)
    }
}
