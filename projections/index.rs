//! Everything that makes questions fast and says nothing new: sets, orders, lookup tables, sums.
//!
//! The index is a pure function of the facts: [`Index::build`] makes it from all of them,
//! [`Index::update`] follows one video from before an event to after it, and both must agree.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;
use std::sync::Arc;

use events::Stars;
use roaring::{MultiOps, RoaringBitmap};

use crate::column::Column;
use crate::keys::Keys;
use crate::lookups::Lookups;
use crate::orders::Orders;
use crate::texts::Texts;

/// Playing time and size of one or many videos.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Extent {
    pub(crate) duration_ms: u64,
    pub(crate) size_bytes: u64,
}

impl Extent {
    fn of(keys: &Keys) -> Self {
        Self { duration_ms: keys.video.duration_ms.unwrap_or(0), size_bytes: keys.video.size_bytes }
    }

    // Wrapping, so that nonsense lengths cannot make a sum depend on the order of events.
    pub(crate) fn plus(self, other: Self) -> Self {
        Self {
            duration_ms: self.duration_ms.wrapping_add(other.duration_ms),
            size_bytes: self.size_bytes.wrapping_add(other.size_bytes),
        }
    }

    pub(crate) fn minus(self, other: Self) -> Self {
        Self {
            duration_ms: self.duration_ms.wrapping_sub(other.duration_ms),
            size_bytes: self.size_bytes.wrapping_sub(other.size_bytes),
        }
    }
}

type Marked = Arc<RoaringBitmap>;

/// All indexes.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Index {
    present: Marked,
    missing: Marked,
    viewed: Marked,
    watched: Marked,
    stars: [Marked; 5],
    extents: Column<Extent>,
    /// The sum over all videos that are there.
    pub(crate) present_extent: Extent,
    pub(crate) orders: Orders,
    pub(crate) lookups: Lookups,
    pub(crate) texts: Texts,
}

impl Index {
    /// The index of these videos.
    pub(crate) fn build(all: &[Keys]) -> Self {
        std::thread::scope(|scope| {
            // Sorting is half of the work. Where no thread is to be had, it is done here.
            let sorting = std::thread::Builder::new().name("sort".into()).spawn_scoped(scope, || Orders::build(all));
            let mut index = Self { lookups: Lookups::build(all), texts: Texts::build(all), ..Self::default() };
            for keys in all {
                index.mark(None, Some(keys));
            }
            let sorted = sorting.ok().and_then(|thread| thread.join().ok());
            index.orders = sorted.unwrap_or_else(|| Orders::build(all));
            index
        })
    }

    /// Follows one video from before an event (`None` if there was none) to after it (`None` if it is
    /// forgotten).
    pub(crate) fn update(&mut self, before: Option<&Keys>, after: Option<&Keys>) {
        self.mark(before, after);
        self.orders.update(before, after);
        self.lookups.update(before, after);
        self.texts.update(before, after);
    }

    fn mark(&mut self, before: Option<&Keys>, after: Option<&Keys>) {
        let Some(number) = after.or(before).map(Keys::number) else { return };
        let mark = |set: &mut Marked, test: &dyn Fn(&Keys) -> bool| {
            set_member(set, number, before.is_some_and(test), after.is_some_and(test));
        };
        mark(&mut self.present, &|keys| !keys.missing());
        mark(&mut self.missing, &Keys::missing);
        mark(&mut self.viewed, &|keys| keys.views > 0);
        mark(&mut self.watched, &Keys::watched);
        for (set, stars) in self.stars.iter_mut().zip(1..) {
            mark(set, &|keys| keys.stars.is_some_and(|given| given.get() == stars));
        }
        let extent = |keys: Option<&Keys>| keys.map(Extent::of).unwrap_or_default();
        if let Some(video) = after.or(before).map(|keys| keys.video.id)
            && extent(before) != extent(after)
        {
            self.extents.update(video, |known| *known = extent(after));
        }
        let present = |keys: Option<&Keys>| extent(keys.filter(|keys| !keys.missing()));
        self.present_extent = self.present_extent.minus(present(before)).plus(present(after));
    }

    pub(crate) fn present(&self) -> &RoaringBitmap {
        &self.present
    }

    pub(crate) fn missing(&self) -> &RoaringBitmap {
        &self.missing
    }

    pub(crate) fn viewed(&self) -> &RoaringBitmap {
        &self.viewed
    }

    /// The videos that somebody began to watch or got to the end of.
    pub(crate) fn watched(&self) -> &RoaringBitmap {
        &self.watched
    }

    /// The videos with exactly this rating.
    pub(crate) fn rated(&self, stars: Stars) -> &RoaringBitmap {
        let [one, two, three, four, five] = &self.stars;
        match stars.get() {
            1 => one,
            2 => two,
            3 => three,
            4 => four,
            _ => five,
        }
    }

    /// The videos with so many stars.
    pub(crate) fn rated_in(&self, stars: &RangeInclusive<u64>) -> RoaringBitmap {
        let sets = self.stars.iter().zip(1..).filter(|(_, number)| stars.contains(number));
        sets.map(|(set, _)| &**set).union()
    }

    /// The names of the parts in which two indexes differ.
    pub(crate) fn differences(&self, other: &Self) -> BTreeSet<&'static str> {
        let Self { present, missing, viewed, watched, stars, extents, present_extent, orders, lookups, texts } = self;
        let parts = [
            ("present", *present == other.present),
            ("missing", *missing == other.missing),
            ("viewed", *viewed == other.viewed),
            ("watched", *watched == other.watched),
            ("stars", *stars == other.stars),
            ("extents", *extents == other.extents && *present_extent == other.present_extent),
            ("orders", *orders == other.orders),
            ("lookups", *lookups == other.lookups),
            ("texts", *texts == other.texts),
        ];
        parts.into_iter().filter(|(_, same)| !same).map(|(part, _)| part).collect()
    }

    /// Playing time and size of these videos.
    pub(crate) fn extent(&self, videos: &RoaringBitmap) -> Extent {
        self.extents.along(videos.iter()).fold(Extent::default(), Extent::plus)
    }
}

fn set_member(set: &mut Marked, number: u32, was: bool, is: bool) {
    if was == is {
        return;
    }
    let set = Arc::make_mut(set);
    if is {
        set.insert(number);
    } else {
        set.remove(number);
    }
}
