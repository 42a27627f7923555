//! The videos in every order that lists can have, kept sorted so that a page is a walk.
//!
//! Not a place that filters: that is `query`, with bitmaps.

use std::ops::RangeInclusive;
use std::sync::Arc;

use events::VideoId;
use imbl::OrdSet;
use roaring::RoaringBitmap;

use crate::keys::Keys;

/// Where a video stands: by value, then by the date it was added, then by identity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Key<V> {
    pub(crate) value: V,
    pub(crate) added_at_ms: i64,
    pub(crate) video: VideoId,
}

impl<V> Key<V> {
    /// Before all videos with this value that were added at this time or later.
    fn first(value: V, added_at_ms: i64) -> Self {
        Self { value, added_at_ms, video: VideoId::MIN }
    }

    /// Behind all videos with this value that were added up to this time.
    fn last(value: V, added_at_ms: i64) -> Self {
        Self { value, added_at_ms, video: VideoId::MAX }
    }
}

/// The videos that have a value, in ascending order of it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Sorted<V: Ord + Clone> {
    set: OrdSet<Key<V>>,
    known: Arc<RoaringBitmap>,
}

impl<V: Ord + Clone> Sorted<V> {
    fn build(keys: impl Iterator<Item = Key<V>>) -> Self {
        let mut sorted: Vec<Key<V>> = keys.collect();
        let known = sorted.iter().map(|key| key.video.get()).collect();
        sorted.sort_unstable();
        Self { set: sorted.into_iter().collect(), known: Arc::new(known) }
    }

    fn update(&mut self, before: Option<Key<V>>, after: Option<Key<V>>) {
        if before == after {
            return;
        }
        let (had, has) = (before.is_some(), after.as_ref().map(|key| key.video));
        if let Some(before) = before {
            self.set.remove(&before);
            if has.is_none() {
                Arc::make_mut(&mut self.known).remove(before.video.get());
            }
        }
        if let Some(after) = after {
            if !had {
                Arc::make_mut(&mut self.known).insert(after.video.get());
            }
            self.set.insert(after);
        }
    }

    /// How many videos have a value.
    pub(crate) fn len(&self) -> usize {
        self.set.len()
    }

    /// The videos that have a value.
    pub(crate) fn known(&self) -> &RoaringBitmap {
        &self.known
    }

    /// The videos whose value is in this range, in ascending order of it.
    pub(crate) fn within(&self, range: &RangeInclusive<V>) -> impl Iterator<Item = VideoId> + use<'_, V> {
        let from = Key::first(range.start().clone(), i64::MIN);
        let to = Key::last(range.end().clone(), i64::MAX);
        self.set.range::<_, Key<V>>(from..=to).map(|key| key.video)
    }

    /// The videos that come before this place, in ascending order.
    pub(crate) fn before(&self, place: &Key<V>) -> impl Iterator<Item = VideoId> {
        self.set.range::<_, Key<V>>(..place).map(|key| key.video)
    }

    /// The videos that have a value, in ascending order of it.
    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = VideoId> {
        self.set.iter().map(|key| key.video)
    }
}

impl Sorted<()> {
    /// The videos that were added in this range of time.
    pub(crate) fn added_within(&self, range: &RangeInclusive<i64>) -> impl Iterator<Item = VideoId> + use<'_> {
        let (from, to) = (Key::first((), *range.start()), Key::last((), *range.end()));
        self.set.range::<_, Key<()>>(from..=to).map(|key| key.video)
    }
}

impl<V: Ord + Clone> Default for Sorted<V> {
    fn default() -> Self {
        Self { set: OrdSet::new(), known: Arc::default() }
    }
}

/// Every order there is, but the random one, which needs no memory.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Orders {
    pub(crate) added: Sorted<()>,
    pub(crate) title: Sorted<Arc<[u8]>>,
    pub(crate) rating: Sorted<u8>,
    pub(crate) views: Sorted<u64>,
    pub(crate) size: Sorted<u64>,
    pub(crate) duration: Sorted<u64>,
    pub(crate) last_viewed: Sorted<i64>,
    pub(crate) favorited: Sorted<i64>,
    pub(crate) paused: Sorted<i64>,
}

impl Orders {
    pub(crate) fn build(all: &[Keys]) -> Self {
        Self {
            added: Sorted::build(all.iter().filter_map(Keys::added)),
            title: Sorted::build(all.iter().filter_map(Keys::title)),
            rating: Sorted::build(all.iter().filter_map(Keys::rating)),
            views: Sorted::build(all.iter().filter_map(Keys::views)),
            size: Sorted::build(all.iter().filter_map(Keys::size)),
            duration: Sorted::build(all.iter().filter_map(Keys::duration)),
            last_viewed: Sorted::build(all.iter().filter_map(Keys::last_viewed)),
            favorited: Sorted::build(all.iter().filter_map(Keys::favorited)),
            paused: Sorted::build(all.iter().filter_map(Keys::paused)),
        }
    }

    pub(crate) fn update(&mut self, before: Option<&Keys>, after: Option<&Keys>) {
        let Self { added, title, rating, views, size, duration, last_viewed, favorited, paused } = self;
        added.update(before.and_then(Keys::added), after.and_then(Keys::added));
        title.update(before.and_then(Keys::title), after.and_then(Keys::title));
        rating.update(before.and_then(Keys::rating), after.and_then(Keys::rating));
        views.update(before.and_then(Keys::views), after.and_then(Keys::views));
        size.update(before.and_then(Keys::size), after.and_then(Keys::size));
        duration.update(before.and_then(Keys::duration), after.and_then(Keys::duration));
        last_viewed.update(before.and_then(Keys::last_viewed), after.and_then(Keys::last_viewed));
        favorited.update(before.and_then(Keys::favorited), after.and_then(Keys::favorited));
        paused.update(before.and_then(Keys::paused), after.and_then(Keys::paused));
    }
}
