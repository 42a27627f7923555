//! A page out of a list that consists of bands: sets of videos one after the other, each in one order.
//!
//! Every list is that: by rating, for example, is the rated ones by stars and then the unrated ones by
//! date. Which bands a list has is not known here.

use std::borrow::Cow;
use std::ops::Range;

use events::VideoId;
use roaring::RoaringBitmap;

use crate::bits::Bits;
use crate::keys::Keys;
use crate::orders::{Key, Sorted};
use crate::shuffle::Shuffle;
use crate::state::State;

/// The order of one band.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Along<'a> {
    Added,
    Title,
    Rating,
    Views,
    Size,
    Duration,
    LastViewed,
    Favorited,
    Shuffled(&'a Shuffle),
}

/// Videos that stand together. All of them must be known to the order they are listed in.
#[derive(Clone, Debug)]
pub(crate) struct Band<'a> {
    pub(crate) videos: Cow<'a, RoaringBitmap>,
    pub(crate) along: Along<'a>,
    pub(crate) backwards: bool,
}

/// More members to pass than this are worth making [`Bits`].
const MANY: usize = 2_000;

/// Walks an order past `skip` members of a set and takes the next ones.
fn take(videos: &RoaringBitmap, mut order: impl Iterator<Item = u32>, skip: usize, wanted: usize) -> Vec<VideoId> {
    let mut left = skip;
    if left > MANY {
        let bits = Bits::of(videos);
        let mut to_pass = left as u64;
        while to_pass > 0 {
            let Some(number) = order.next() else { break };
            // Counting instead of branching: whether the next one is a member cannot be foreseen.
            to_pass -= bits.has(number);
        }
        left = 0;
    }
    let members = order.filter(|number| videos.contains(*number)).skip(left);
    members.filter_map(|number| VideoId::new(number).ok()).take(wanted).collect()
}

/// How many to skip, how many to take, and whether from behind.
fn nearer_end(length: usize, places: &Range<usize>) -> (usize, usize, bool) {
    let behind = length.saturating_sub(places.end);
    match behind < places.start {
        true => (behind, places.len(), true),
        false => (places.start, places.len(), false),
    }
}

/// Looking at one more video in an order, against fetching the key of a video and sorting by it.
pub(crate) const STEPS_PER_SORTED: usize = 8;

/// The videos at these places of the bands.
pub(crate) fn slice(state: &State, bands: &[Band<'_>], places: Range<usize>) -> Vec<VideoId> {
    let mut found = Vec::new();
    let mut passed = 0;
    for band in bands {
        let length = usize::try_from(band.videos.len()).unwrap_or(usize::MAX);
        let from = places.start.saturating_sub(passed).min(length);
        let to = places.end.saturating_sub(passed).min(length);
        if from < to {
            found.extend(band.slice(state, length, from..to));
        }
        passed += length;
    }
    found
}

/// The place of a video in the bands, counted from 0; `None` if it is in none.
pub(crate) fn place(state: &State, bands: &[Band<'_>], video: VideoId) -> Option<usize> {
    let mut passed = 0;
    for band in bands {
        let length = usize::try_from(band.videos.len()).unwrap_or(usize::MAX);
        if band.videos.contains(video.get()) {
            return Some(passed + band.place(state, length, video)?);
        }
        passed += length;
    }
    None
}

impl Band<'_> {
    fn place(&self, state: &State, length: usize, video: VideoId) -> Option<usize> {
        let orders = &state.index.orders;
        let before = match self.along {
            Along::Added => self.before(state, &orders.added, Keys::added, video),
            Along::Title => self.before(state, &orders.title, Keys::title, video),
            Along::Rating => self.before(state, &orders.rating, Keys::rating, video),
            Along::Views => self.before(state, &orders.views, Keys::views, video),
            Along::Size => self.before(state, &orders.size, Keys::size, video),
            Along::Duration => self.before(state, &orders.duration, Keys::duration, video),
            Along::LastViewed => self.before(state, &orders.last_viewed, Keys::last_viewed, video),
            Along::Favorited => self.before(state, &orders.favorited, Keys::favorited, video),
            Along::Shuffled(shuffle) => {
                let own = shuffle.place(video.get());
                Some(self.videos.iter().filter(|number| shuffle.place(*number) < own).count())
            }
        }?;
        if self.backwards { length.checked_sub(before + 1) } else { Some(before) }
    }

    /// How many of the band come before this video in an order.
    fn before<V: Ord + Clone>(
        &self,
        state: &State,
        order: &Sorted<V>,
        key: fn(&Keys) -> Option<Key<V>>,
        video: VideoId,
    ) -> Option<usize> {
        let key = |number| key(&state.facts.keys(VideoId::new(number).ok()?)?);
        let own = key(video.get())?;
        let few = usize::try_from(self.videos.len()).unwrap_or(usize::MAX).saturating_mul(STEPS_PER_SORTED);
        if few < order.len() {
            return Some(self.videos.iter().filter_map(key).filter(|other| *other < own).count());
        }
        let bits = Bits::of(&self.videos);
        let before: u64 = order.before(&own).map(|video| bits.has(video.get())).sum();
        usize::try_from(before).ok()
    }

    fn slice(&self, state: &State, length: usize, places: Range<usize>) -> Vec<VideoId> {
        let orders = &state.index.orders;
        match self.along {
            Along::Added => self.of(state, &orders.added, Keys::added, length, places),
            Along::Title => self.of(state, &orders.title, Keys::title, length, places),
            Along::Rating => self.of(state, &orders.rating, Keys::rating, length, places),
            Along::Views => self.of(state, &orders.views, Keys::views, length, places),
            Along::Size => self.of(state, &orders.size, Keys::size, length, places),
            Along::Duration => self.of(state, &orders.duration, Keys::duration, length, places),
            Along::LastViewed => self.of(state, &orders.last_viewed, Keys::last_viewed, length, places),
            Along::Favorited => self.of(state, &orders.favorited, Keys::favorited, length, places),
            Along::Shuffled(shuffle) => self.shuffled(shuffle, length, places),
        }
    }

    fn of<V: Ord + Clone>(
        &self,
        state: &State,
        order: &Sorted<V>,
        key: fn(&Keys) -> Option<Key<V>>,
        length: usize,
        places: Range<usize>,
    ) -> Vec<VideoId> {
        if self.quicker_sorted(order.len(), length, &places) {
            let key = |number| key(&state.facts.keys(VideoId::new(number).ok()?)?);
            return self.sorted(key, places).into_iter().map(|key| key.video).collect();
        }
        if order.len() == length {
            return self.walk_all(order.iter(), length, places);
        }
        self.walk(order.iter().map(VideoId::get), length, places)
    }

    fn shuffled(&self, shuffle: &Shuffle, length: usize, places: Range<usize>) -> Vec<VideoId> {
        if self.quicker_sorted(shuffle.places() as usize, length, &places) {
            let sorted = self.sorted(|number| Some((shuffle.place(number), number)), places);
            return sorted.into_iter().filter_map(|(_, number)| VideoId::new(number).ok()).collect();
        }
        self.walk((0..shuffle.places()).map(|place| shuffle.number(place)), length, places)
    }

    /// True if sorting the band is less work than walking to its place in an order of so many.
    fn quicker_sorted(&self, ordered: usize, length: usize, places: &Range<usize>) -> bool {
        let wanted = places.end.min(length - places.start);
        wanted.saturating_mul(ordered) / length.max(1) > length.saturating_mul(STEPS_PER_SORTED)
    }

    /// Takes the places out of the band by sorting no more of it than needed.
    fn sorted<K: Ord>(&self, key: impl Fn(u32) -> Option<K>, places: Range<usize>) -> Vec<K> {
        let mut keys: Vec<K> = self.videos.iter().filter_map(key).collect();
        let places = self.forwards(keys.len(), places);
        if places.end < keys.len() {
            keys.select_nth_unstable(places.end);
            keys.truncate(places.end);
        }
        keys.sort_unstable();
        let mut page: Vec<K> = keys.drain(places.start.min(keys.len())..).collect();
        if self.backwards {
            page.reverse();
        }
        page
    }

    /// Takes the places out of an order of exactly this band.
    fn walk_all(
        &self,
        order: impl DoubleEndedIterator<Item = VideoId>,
        length: usize,
        places: Range<usize>,
    ) -> Vec<VideoId> {
        let places = self.forwards(length, places);
        let (skip, wanted, from_behind) = nearer_end(length, &places);
        let page = match from_behind {
            true => order.rev().skip(skip).take(wanted).collect(),
            false => order.skip(skip).take(wanted).collect(),
        };
        self.turned(page, from_behind)
    }

    /// Takes the places out of an order of more than this band.
    fn walk(&self, order: impl DoubleEndedIterator<Item = u32>, length: usize, places: Range<usize>) -> Vec<VideoId> {
        let places = self.forwards(length, places);
        let (skip, wanted, from_behind) = nearer_end(length, &places);
        let page = match from_behind {
            true => take(&self.videos, order.rev(), skip, wanted),
            false => take(&self.videos, order, skip, wanted),
        };
        self.turned(page, from_behind)
    }

    fn turned(&self, mut page: Vec<VideoId>, from_behind: bool) -> Vec<VideoId> {
        if from_behind != self.backwards {
            page.reverse();
        }
        page
    }

    /// The same places counted in ascending order.
    fn forwards(&self, length: usize, places: Range<usize>) -> Range<usize> {
        match self.backwards {
            true => length.saturating_sub(places.end)..length.saturating_sub(places.start),
            false => places,
        }
    }
}
