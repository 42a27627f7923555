//! From three bytes of folded text to the videos whose path contains them.
//!
//! An index of candidates: a longer word needs a look at the text itself.

use std::collections::HashMap;
use std::ops::RangeInclusive;
use std::sync::Arc;

use imbl::OrdMap;
use roaring::{MultiOps, RoaringBitmap};

use crate::keys::Keys;

/// The index. Each text counts as if two zero bytes followed it, so that a word of one or two bytes at
/// the end of a text begins a trigram, too.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Trigrams(OrdMap<u32, Arc<RoaringBitmap>>);

/// The trigrams of these bytes, one after the other.
fn windows(bytes: impl Iterator<Item = u8>) -> impl Iterator<Item = u32> {
    let slide = |window: &mut u32, byte| {
        *window = (*window << 8 | u32::from(byte)) & 0xFF_FFFF;
        Some(*window)
    };
    bytes.scan(0, slide).skip(2)
}

/// The distinct trigrams of a text.
fn trigrams(text: &str) -> Vec<u32> {
    let mut all: Vec<u32> = windows(text.bytes().chain([0, 0])).collect();
    all.sort_unstable();
    all.dedup();
    all
}

impl Trigrams {
    pub(crate) fn build(all: &[Keys]) -> Self {
        let mut index: HashMap<u32, RoaringBitmap> = HashMap::new();
        for keys in all {
            for trigram in trigrams(keys.video.text.path()) {
                index.entry(trigram).or_default().insert(keys.number());
            }
        }
        let mut sorted: Vec<_> = index.into_iter().map(|(trigram, videos)| (trigram, Arc::new(videos))).collect();
        sorted.sort_unstable_by_key(|(trigram, _)| *trigram);
        Self(sorted.into_iter().collect())
    }

    pub(crate) fn update(&mut self, before: Option<&Keys>, after: Option<&Keys>) {
        let text = |keys: Option<&Keys>| keys.map(|keys| (keys.number(), trigrams(keys.video.text.path())));
        let unchanged = before.zip(after).is_some_and(|(before, after)| {
            Arc::ptr_eq(&before.video, &after.video) || before.video.text == after.video.text
        });
        if unchanged {
            return;
        }
        if let Some((video, old)) = text(before) {
            for trigram in old {
                self.remove(trigram, video);
            }
        }
        if let Some((video, new)) = text(after) {
            for trigram in new {
                let videos = self.0.entry(trigram).or_default();
                Arc::make_mut(videos).insert(video);
            }
        }
    }

    fn remove(&mut self, trigram: u32, video: u32) {
        let Some(videos) = self.0.get_mut(&trigram) else { return };
        let videos = Arc::make_mut(videos);
        videos.remove(video);
        if videos.is_empty() {
            self.0.remove(&trigram);
        }
    }

    /// Narrows `videos` to those whose path may contain this folded word. True if it certainly does
    /// in all that are left.
    pub(crate) fn narrow(&self, videos: &mut RoaringBitmap, word: &str) -> bool {
        match *word.as_bytes() {
            [] => {}
            [only] => *videos &= self.beginning(only, 0..=0xFF),
            [first, second] => *videos &= self.beginning(first, second..=second),
            _ => {
                let found: Option<Vec<_>> = windows(word.bytes()).map(|trigram| self.0.get(&trigram)).collect();
                let mut found = found.unwrap_or_default();
                if found.is_empty() {
                    videos.clear();
                }
                found.sort_unstable_by_key(|some| some.len());
                for some in found {
                    *videos &= &**some;
                }
                return word.len() == 3;
            }
        }
        true
    }

    /// The videos with a trigram that begins with these bytes.
    fn beginning(&self, first: u8, second: RangeInclusive<u8>) -> RoaringBitmap {
        let low = u32::from(first) << 16 | u32::from(*second.start()) << 8;
        let high = u32::from(first) << 16 | u32::from(*second.end()) << 8 | 0xFF;
        self.0.range(low..=high).map(|(_, videos)| &**videos).union()
    }
}
