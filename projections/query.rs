//! The one way every list asks: which videos, in which order, which page of them.
//!
//! A filter is bitmap algebra. An order is walked where it is kept, or the matches are sorted where
//! they are few. What a page looks like is not known here.

use std::borrow::Cow;

use events::{Stars, TagName, VideoId};
use roaring::RoaringBitmap;

use crate::bands::{Along, Band, slice};
use crate::index::Extent;
use crate::search::{Look, Search};
use crate::shuffle::Shuffle;
use crate::state::State;

/// Which videos a list shows. Everything that is set must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// What was typed into the search box.
    pub search: Option<Search>,
    /// Tags that a video must all have.
    pub tags: Vec<TagName>,
    /// Only favourites, or only others.
    pub favorite: Option<bool>,
    /// Only rated ones, or only unrated ones.
    pub rated: Option<bool>,
    /// At least so many stars.
    pub stars_min: Option<Stars>,
    /// Only videos watched at least once, or only others.
    pub viewed: Option<bool>,
    /// Videos whose file is missing, instead of those that are there.
    pub missing: bool,
}

/// What a list is ordered by. Ties are ordered by the date added, then by identity. Videos without
/// a value (not rated, length not known, never watched, not a favourite) come last in both directions,
/// by the date added.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Sort {
    /// The date added.
    #[default]
    Added,
    /// The title, without case and accents, numbers by value.
    Title,
    /// The stars.
    Rating,
    /// How often it was watched; never is 0.
    Views,
    /// The size of the file.
    Size,
    /// The playing time.
    Duration,
    /// When it was last watched.
    LastViewed,
    /// When it became a favourite.
    FavoritedAt,
    /// An order that [`Query::seed`] decides, the same on every page.
    Random,
    /// How well it fits the search; descending is the best first, and titles ascend within equals.
    /// Without words to look for it is the date added.
    Relevance,
}

impl Sort {
    /// Every sort, in the order people are offered them.
    pub const ALL: [Self; 10] = [
        Self::Added,
        Self::Rating,
        Self::Views,
        Self::Title,
        Self::Duration,
        Self::Size,
        Self::LastViewed,
        Self::FavoritedAt,
        Self::Random,
        Self::Relevance,
    ];
}

/// Up or down.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Order {
    /// The smallest first.
    Ascending,
    /// The largest first.
    #[default]
    Descending,
}

/// One page of one list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    /// Which videos.
    pub filter: Filter,
    /// Ordered by what.
    pub sort: Sort,
    /// In which direction.
    pub order: Order,
    /// Decides the random order.
    pub seed: u64,
    /// Which page, from 1. Beyond the end is the last one.
    pub page: usize,
    /// How many videos a page has; 0 counts as 1.
    pub per_page: usize,
}

impl Default for Query {
    fn default() -> Self {
        let (filter, sort, order) = (Filter::default(), Sort::default(), Order::default());
        Self { filter, sort, order, seed: 0, page: 1, per_page: 60 }
    }
}

/// The answer to a [`Query`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct List {
    /// The videos of this page, in order.
    pub ids: Vec<VideoId>,
    /// How many videos the whole list has.
    pub total: usize,
    /// The page this is, from 1.
    pub page: usize,
    /// How many pages there are, at least 1.
    pub pages: usize,
    /// Playing time of the whole list, as far as known.
    pub duration_ms: u64,
    /// Size of the whole list.
    pub size_bytes: u64,
}

impl State {
    /// The page that `query` asks for.
    #[must_use]
    pub fn list(&self, query: &Query) -> List {
        let mut look = Look::at(self);
        let videos = self.looked(&query.filter, &mut look);
        let total = usize::try_from(videos.len()).unwrap_or(usize::MAX);
        let per_page = query.per_page.max(1);
        let pages = total.div_ceil(per_page).max(1);
        let page = query.page.clamp(1, pages);
        let from = (page - 1).saturating_mul(per_page);
        let Extent { duration_ms, size_bytes } = self.extent(&videos);
        let ids = self.ordered(query, &mut look, &videos, from..from.saturating_add(per_page).min(total));
        List { ids, total, page, pages, duration_ms, size_bytes }
    }

    /// The videos that pass a filter.
    #[must_use]
    pub fn filtered(&self, filter: &Filter) -> Cow<'_, RoaringBitmap> {
        self.looked(filter, &mut Look::at(self))
    }

    /// The videos that pass a filter; `look` remembers where its words were found.
    pub(crate) fn looked(&self, filter: &Filter, look: &mut Look<'_>) -> Cow<'_, RoaringBitmap> {
        let Filter { search, tags, favorite, rated, stars_min, viewed, missing } = filter;
        let index = &self.index;
        let mut videos = match search {
            _ if *missing => Cow::Borrowed(index.missing()),
            Some(search) if search.mentions_missing() => Cow::Owned(index.present() | index.missing()),
            Some(_) | None => Cow::Borrowed(index.present()),
        };
        let mut only = |set: &RoaringBitmap, inside: bool| {
            videos = Cow::Owned(if inside { &*videos & set } else { &*videos - set });
        };
        for tag in tags {
            let tagged = self.tags().find(tag.as_str()).and_then(|tag| self.tags().videos(tag));
            only(tagged.unwrap_or(&RoaringBitmap::new()), true);
        }
        if let Some(favorite) = favorite {
            only(index.orders.favorited.known(), *favorite);
        }
        if let Some(rated) = rated {
            only(index.orders.rating.known(), *rated);
        }
        if let Some(stars_min) = stars_min {
            let enough = (stars_min.get()..=5).filter_map(|stars| Stars::new(stars).ok());
            only(&enough.fold(RoaringBitmap::new(), |union, stars| union | index.rated(stars)), true);
        }
        if let Some(viewed) = viewed {
            only(index.viewed(), *viewed);
        }
        match search {
            Some(search) if !search.is_empty() => Cow::Owned(search.matches(look, &videos)),
            _ => videos,
        }
    }

    /// One of the videos that are there, decided by `seed`; `None` if there are none.
    #[must_use]
    pub fn random(&self, seed: u64) -> Option<VideoId> {
        let present = self.index.present();
        let place = crate::shuffle::mix(seed).checked_rem(present.len())?;
        present.select(u32::try_from(place).ok()?).and_then(Self::numbered)
    }

    fn extent(&self, videos: &RoaringBitmap) -> Extent {
        let (present, all) = (self.index.present(), self.index.present_extent);
        if 2 * videos.len() <= present.len() || !videos.is_subset(present) {
            return self.index.extent(videos);
        }
        // It is less work to add up what is left out.
        all.minus(self.index.extent(&(present - videos)))
    }

    fn ordered(
        &self,
        query: &Query,
        look: &mut Look<'_>,
        videos: &RoaringBitmap,
        places: std::ops::Range<usize>,
    ) -> Vec<VideoId> {
        let shuffle = Shuffle::new(query.seed, videos.max().unwrap_or(0));
        slice(self, &self.bands(query, look, videos, &shuffle), places)
    }

    /// The list of these videos as sets that stand one after the other.
    pub(crate) fn bands<'a>(
        &'a self,
        query: &Query,
        look: &mut Look<'_>,
        videos: &'a RoaringBitmap,
        shuffle: &'a Shuffle,
    ) -> Vec<Band<'a>> {
        let backwards = query.order == Order::Descending;
        let orders = &self.index.orders;
        let all = |along| vec![Band { videos: Cow::Borrowed(videos), along, backwards }];
        let known = |along, known: &RoaringBitmap| {
            let (with, without) = (Cow::Owned(videos & known), Cow::Owned(videos - known));
            vec![Band { videos: with, along, backwards }, Band { videos: without, along: Along::Added, backwards }]
        };
        match query.sort {
            Sort::Added => all(Along::Added),
            Sort::Title => all(Along::Title),
            Sort::Views => all(Along::Views),
            Sort::Size => all(Along::Size),
            Sort::Random => all(Along::Shuffled(shuffle)),
            Sort::Rating => known(Along::Rating, orders.rating.known()),
            Sort::Duration => known(Along::Duration, orders.duration.known()),
            Sort::LastViewed => known(Along::LastViewed, orders.last_viewed.known()),
            Sort::FavoritedAt => known(Along::Favorited, orders.favorited.known()),
            Sort::Relevance => match &query.filter.search {
                Some(search) if search.ranks() => relevance(search.ranked(look, videos), backwards),
                Some(_) | None => all(Along::Added),
            },
        }
    }
}

fn relevance(groups: Vec<RoaringBitmap>, best_first: bool) -> Vec<Band<'static>> {
    let band = |videos| Band { videos: Cow::Owned(videos), along: Along::Title, backwards: !best_first };
    let mut bands: Vec<Band<'static>> = groups.into_iter().map(band).collect();
    if !best_first {
        bands.reverse();
    }
    bands
}
