//! Finished pages, so that a page nobody changed is not drawn or compressed again.
//!
//! A page is kept under its canonical URL with the digest of what it shows and the position of the log at which
//! that was last true. A newer position does not throw it away: the caller works out afresh what the page should
//! show, which is cheap, and only a different digest draws it again. Nothing expires by time and nothing has to
//! be invalidated, so a page from here never differs from one drawn now.
//!
//! Whoever finds no page that is true makes it, once for all who ask for it meanwhile ([`super::flights`]).

use super::flights::{Flight, Flights, Landing, Turn};
use super::packed::{Effort, Packed};
use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Response};
use quick_cache::sync::Cache;
use quick_cache::{DefaultHashBuilder, Lifecycle, Weighter};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Room for pages unless told otherwise: about five hundred large ones.
pub const CAPACITY_BYTES: u64 = 64 * 1024 * 1024;

/// How many pages of usual size fit into that; what the cache makes room for at first.
const PAGES_EXPECTED: usize = 1024;

/// The forms of a page beside the plain one, each about as large as the others, and room for what is around them.
const FORMS: usize = 4;

/// What a form takes of the plain page, one part in so many, as long as none has been made.
const PACKED_PART: usize = 6;

/// The finished pages.
pub struct PageCache {
    pages: Cache<Box<str>, Arc<Page>, Weight, DefaultHashBuilder, Leaving>,
    hits: AtomicU64,
    proven: AtomicU64,
    misses: AtomicU64,
    waits: AtomicU64,
    evictions: AtomicU64,
    flights: Flights,
}

/// How the cache has done since start. What was asked for is `hits`, `proven`, `misses` and `waits` together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Answered without looking at what the page shows.
    pub hits: u64,
    /// Answered after the page turned out to show the same as before.
    pub proven: u64,
    /// Pages drawn, because they were new, changed or evicted.
    pub misses: u64,
    /// Answered with what somebody else made meanwhile.
    pub waits: u64,
    /// Pages thrown out to make room.
    pub evictions: u64,
    /// Pages held.
    pub pages: u64,
    /// The room they take, with an allowance for compressed forms that nobody has asked for yet.
    pub size_bytes: u64,
    /// The room they may take.
    pub max_bytes: u64,
}

impl Counts {
    /// What was asked for and did not have to be made: who waits for what somebody else makes has nothing made.
    #[must_use]
    pub fn at_hand(&self) -> u64 {
        self.hits.saturating_add(self.proven).saturating_add(self.waits)
    }
}

/// One finished page in every encoding asked for so far.
pub struct Page {
    digest: u128,
    /// The newest position at which the page is known to be true.
    pos: AtomicU64,
    bytes: Packed,
    /// What it counts in the cache. It stays the same, whatever forms come.
    weight_bytes: u64,
}

/// What to do for a page.
pub(crate) enum Step<'a> {
    /// Nothing: it is at hand.
    Send(Arc<Page>),
    /// Make it; the others wait.
    Make(Making<'a>),
    /// Wait until somebody else has made it, and ask again.
    Wait(Landing),
}

/// The right to make a page. Without a page when it is dropped, the next one makes it.
pub(crate) struct Making<'a> {
    cache: &'a PageCache,
    url: &'a str,
    pos: u64,
    /// Dropped last: who waited finds the page.
    _flight: Flight<'a>,
}

impl Default for PageCache {
    fn default() -> Self {
        Self::new(CAPACITY_BYTES)
    }
}

impl PageCache {
    /// An empty cache that holds at most `capacity_bytes`.
    #[must_use]
    pub fn new(capacity_bytes: u64) -> Self {
        let pages = Cache::with(PAGES_EXPECTED, capacity_bytes, Weight, DefaultHashBuilder::default(), Leaving);
        let (hits, proven, misses, waits, evictions, flights) = Default::default();
        Self { pages, hits, proven, misses, waits, evictions, flights }
    }

    /// How to get the page at `url` that is true at `pos`, or newer; `waited` is whether this was asked before.
    pub(crate) fn step<'a>(&'a self, url: &'a str, pos: u64, waited: bool) -> Step<'a> {
        let count = if waited { &self.waits } else { &self.hits };
        let current = || {
            let page = self.pages.get(url).filter(|page| page.pos.load(Ordering::Relaxed) >= pos)?;
            count.fetch_add(1, Ordering::Relaxed);
            Some(page)
        };
        if let Some(page) = current() {
            return Step::Send(page);
        }
        match self.flights.join(url) {
            Turn::Theirs(landing) => Step::Wait(landing),
            // Somebody may have made it just before.
            Turn::Mine(flight) => {
                current().map_or(Step::Make(Making { cache: self, url, pos, _flight: flight }), Step::Send)
            }
        }
    }

    /// How it has done.
    #[must_use]
    pub fn counts(&self) -> Counts {
        Counts {
            hits: self.hits.load(Ordering::Relaxed),
            proven: self.proven.load(Ordering::Relaxed),
            misses: self.misses.load(Ordering::Relaxed),
            waits: self.waits.load(Ordering::Relaxed),
            evictions: self.evictions.load(Ordering::Relaxed),
            pages: self.pages.len() as u64,
            size_bytes: self.pages.weight(),
            max_bytes: self.pages.capacity(),
        }
    }
}

impl Making<'_> {
    /// The page that was kept, if it shows what has this `digest`; then that is true now.
    pub(crate) fn proven(&self, digest: u128) -> Option<Arc<Page>> {
        let page = self.cache.pages.get(self.url).filter(|page| page.digest == digest)?;
        page.pos.fetch_max(self.pos, Ordering::Relaxed);
        self.cache.proven.fetch_add(1, Ordering::Relaxed);
        Some(page)
    }

    /// Keeps the page that was drawn, in the form that a request with these `headers` gets.
    pub(crate) fn keep(self, digest: u128, html: String, headers: &HeaderMap) -> Arc<Page> {
        let page = Arc::new(Page::new(self.pos, digest, html, headers));
        self.cache.misses.fetch_add(1, Ordering::Relaxed);
        let mut left = Vec::new();
        self.cache.pages.insert_with_lifecycle(self.url.into(), Arc::clone(&page), &mut left);
        // The same page as it was until now leaves as well, but for no want of room.
        let replaced = |(url, old): &&(Box<str>, Arc<Page>)| **url == *self.url && !Arc::ptr_eq(old, &page);
        let evicted = left.len() - left.iter().filter(replaced).count();
        self.cache.evictions.fetch_add(evicted as u64, Ordering::Relaxed);
        page
    }
}

/// Weighs a page in bytes.
#[derive(Clone)]
struct Weight;

impl Weighter<Box<str>, Arc<Page>> for Weight {
    fn weight(&self, url: &Box<str>, page: &Arc<Page>) -> u64 {
        url.len() as u64 + page.weight_bytes
    }
}

/// Notes which pages leave the cache when another one comes.
#[derive(Clone)]
struct Leaving;

impl Lifecycle<Box<str>, Arc<Page>> for Leaving {
    type RequestState = Vec<(Box<str>, Arc<Page>)>;

    fn on_evict(&self, left: &mut Self::RequestState, url: Box<str>, page: Arc<Page>) {
        left.push((url, page));
    }
}

impl Page {
    /// The page that shows what has this `digest`, and is true at `pos`; in the form that a request with these `headers` gets.
    pub(crate) fn new(pos: u64, digest: u128, html: String, headers: &HeaderMap) -> Self {
        let bytes = Packed::new(html.into(), digest, "text/html; charset=utf-8", Effort::Quick);
        bytes.prepare(headers);
        let plain = bytes.plain_bytes();
        let form = match bytes.held_bytes() - plain {
            0 => plain / PACKED_PART,
            packed => packed,
        };
        let weight_bytes = (plain + FORMS * form + size_of::<Self>()) as u64;
        Self { digest, pos: AtomicU64::new(pos), bytes, weight_bytes }
    }

    /// The answer to a request with these `headers`: 304 if the client has this page already.
    #[must_use]
    pub fn answer(&self, headers: &HeaderMap) -> Response<Body> {
        self.bytes.answer(headers, HeaderValue::from_static("private, no-cache"))
    }
}

#[cfg(test)]
#[expect(clippy::panic, reason = "a test fails by panicking")]
mod tests {
    use super::*;
    use axum::http::header::ACCEPT_ENCODING;

    impl PageCache {
        fn making<'a>(&'a self, url: &'a str, pos: u64) -> Making<'a> {
            match self.step(url, pos, false) {
                Step::Make(making) => making,
                Step::Send(_) | Step::Wait(_) => panic!("{url} is not there"),
            }
        }

        fn is_current(&self, url: &str, pos: u64) -> bool {
            matches!(self.step(url, pos, false), Step::Send(_))
        }
    }

    #[test]
    fn a_page_is_current_up_to_the_position_it_was_proven_at() {
        let cache = PageCache::default();
        let none = HeaderMap::new();
        assert!(!cache.is_current("/", 1));
        cache.making("/", 5).keep(77, "five".to_owned(), &none);
        assert!(cache.is_current("/", 4) && cache.is_current("/", 5), "newer is as good");
        assert!(!cache.is_current("/", 6) && cache.making("/", 6).proven(78).is_none());
        assert!(cache.making("/", 6).proven(77).is_some() && cache.is_current("/", 6));
        let Counts { hits, proven, misses, waits, evictions, pages, .. } = cache.counts();
        assert_eq!((hits, proven, misses, waits, evictions, pages), (3, 1, 1, 0, 0, 1));
    }

    #[test]
    fn one_makes_a_page_and_the_others_wait_whatever_becomes_of_it() {
        let cache = PageCache::default();
        let making = cache.making("/", 5);
        assert!(matches!(cache.step("/", 5, false), Step::Wait(_)));
        assert!(matches!(cache.step("/tags", 5, false), Step::Make(_)), "another page is another matter");
        drop(making);
        let making = cache.making("/", 5);
        let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            let _making = making;
            panic!("the template is broken");
        }));
        assert!(panicked.is_err());
        cache.making("/", 5).keep(1, "page".to_owned(), &HeaderMap::new());
        assert!(cache.is_current("/", 5));
    }

    #[test]
    fn a_page_that_is_drawn_anew_was_not_thrown_out() {
        let cache = PageCache::default();
        for pos in 1..=3 {
            cache.making("/", pos).keep(pos.into(), "page ".repeat(pos as usize), &HeaderMap::new());
        }
        let Counts { misses, evictions, pages, .. } = cache.counts();
        assert_eq!((misses, evictions, pages), (3, 0, 1));
    }

    #[test]
    fn old_pages_make_room_for_new_ones() {
        let cache = PageCache::new(100_000);
        for number in 0..1000_u64 {
            cache.making(&format!("/{number}"), number).keep(number.into(), "x".repeat(1000), &HeaderMap::new());
        }
        let counts = cache.counts();
        assert!(counts.size_bytes <= 100_000 && counts.pages > 10, "{counts:?}");
        assert_eq!(counts.evictions + counts.pages, 1000);
    }

    /// Text of `words` different words, which compresses about as pages do.
    fn html(words: u64) -> String {
        let word = |number: u64| {
            format!("<li class=\"card\"><a href=\"/watch/{number}\">{:08x}</a></li>", number * 2_654_435_761)
        };
        (0..words).map(word).collect()
    }

    #[test]
    fn what_a_page_weighs_is_what_it_takes_once_all_forms_are_made() {
        for words in [1, 10, 100, 1000] {
            for first in ["gzip", "br", "zstd", "identity"] {
                let asked = |encoding| HeaderMap::from_iter([(ACCEPT_ENCODING, HeaderValue::from_static(encoding))]);
                let page = Page::new(1, 1, html(words), &asked(first));
                for encoding in ["gzip", "br", "zstd", "identity"] {
                    drop(page.answer(&asked(encoding)));
                }
                let held = page.bytes.held_bytes() as u64;
                assert!(held <= page.weight_bytes, "{words} words, {first} first: {held} of {}", page.weight_bytes);
                assert!(
                    page.weight_bytes < held * 2 + 1000,
                    "{words} words, {first} first: {held} of {}",
                    page.weight_bytes
                );
            }
        }
    }
}
