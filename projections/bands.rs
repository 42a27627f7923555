//! A page out of a list that consists of bands: sets of videos one after the other, each in one order.
//!
//! Every list is that: by rating, for example, is the rated ones by stars and then the unrated ones by
//! date. Which bands a list has is not known here.

use std::borrow::Cow;
use std::ops::Range;

use events::VideoId;
use roaring::RoaringBitmap;

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

/// Looking at one more video in an order, against fetching the key of a video and sorting by it.
const STEPS_PER_SORTED: usize = 8;

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

impl Band<'_> {
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
        let key = |number| key(&state.facts.keys(VideoId::new(number).ok()?)?);
        if self.quicker_sorted(order.len(), length, &places) {
            return self.sorted(key, places).into_iter().map(|key| key.video).collect();
        }
        if order.len() == length {
            // All that have a place in this order.
            return self.walk(order.iter(), length, places);
        }
        self.walk(order.iter().filter(|video| self.videos.contains(video.get())), length, places)
    }

    fn shuffled(&self, shuffle: &Shuffle, length: usize, places: Range<usize>) -> Vec<VideoId> {
        if self.quicker_sorted(shuffle.places() as usize, length, &places) {
            let sorted = self.sorted(|number| Some((shuffle.place(number), number)), places);
            return sorted.into_iter().filter_map(|(_, number)| VideoId::new(number).ok()).collect();
        }
        let numbers = (0..shuffle.places()).map(|place| shuffle.number(place));
        let listed = numbers.filter(|number| self.videos.contains(*number));
        self.walk(listed.filter_map(|number| VideoId::new(number).ok()), length, places)
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

    /// Takes the places out of an order that lists exactly this band, walking from the nearer end.
    fn walk(
        &self,
        order: impl DoubleEndedIterator<Item = VideoId>,
        length: usize,
        places: Range<usize>,
    ) -> Vec<VideoId> {
        let places = self.forwards(length, places);
        let wanted = places.len();
        let from_behind = length - places.end < places.start;
        let mut page: Vec<VideoId> = match from_behind {
            true => order.rev().skip(length - places.end).take(wanted).collect(),
            false => order.skip(places.start).take(wanted).collect(),
        };
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
