//! Finished pages, so that a page nobody changed is not drawn or compressed again.
//!
//! A page is kept under its canonical URL with the digest of what it shows and the position of the log at which
//! that was last true. A newer position does not throw it away: the caller works out afresh what the page should
//! show, which is cheap, and only a different digest draws it again. Nothing expires by time and nothing has to
//! be invalidated, so a page from here never differs from one drawn now.
//!
//! Not single-flight: drawing neither waits nor sleeps, so at most one copy for each worker thread is drawn in vain.

use super::packed::{Effort, Packed};
use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Response};
use quick_cache::sync::Cache;
use quick_cache::{DefaultHashBuilder, Lifecycle, Weighter};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Room for pages unless told otherwise: about a thousand different ones.
pub const CAPACITY_BYTES: u64 = 64 * 1024 * 1024;

/// How many pages of usual size fit into that; what the cache makes room for at first.
const PAGES_EXPECTED: usize = 1024;

/// The finished pages.
pub struct PageCache {
    pages: Cache<Box<str>, Arc<Page>, Weight, DefaultHashBuilder, CountEvictions>,
    hits: AtomicU64,
    proven: AtomicU64,
    misses: AtomicU64,
    evictions: Arc<AtomicU64>,
}

/// How the cache has done since start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Answered without looking at what the page shows.
    pub hits: u64,
    /// Answered after the page turned out to show the same as before.
    pub proven: u64,
    /// Pages drawn, because they were new, changed or evicted.
    pub misses: u64,
    /// Pages thrown out to make room.
    pub evictions: u64,
    /// Pages held.
    pub pages: u64,
    /// The room they take, with an allowance for their compressed forms.
    pub size_bytes: u64,
    /// The room they may take.
    pub max_bytes: u64,
}

/// One finished page in every encoding asked for so far.
pub struct Page {
    digest: u128,
    /// The newest position at which the page is known to be true.
    pos: AtomicU64,
    bytes: Packed,
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
        let evictions = Arc::new(AtomicU64::new(0));
        let lifecycle = CountEvictions(Arc::clone(&evictions));
        let pages = Cache::with(PAGES_EXPECTED, capacity_bytes, Weight, DefaultHashBuilder::default(), lifecycle);
        let (hits, proven, misses) = Default::default();
        Self { pages, hits, proven, misses, evictions }
    }

    /// The page at `url` if it is known to be true at `pos`. It may be newer than that.
    #[must_use]
    pub fn current(&self, url: &str, pos: u64) -> Option<Arc<Page>> {
        let page = self.pages.get(url).filter(|page| page.pos.load(Ordering::Relaxed) >= pos)?;
        self.hits.fetch_add(1, Ordering::Relaxed);
        Some(page)
    }

    /// The page at `url` if it shows what has this `digest`, which is true at `pos`.
    #[must_use]
    pub fn proven(&self, url: &str, pos: u64, digest: u128) -> Option<Arc<Page>> {
        let page = self.pages.get(url).filter(|page| page.digest == digest)?;
        page.pos.fetch_max(pos, Ordering::Relaxed);
        self.proven.fetch_add(1, Ordering::Relaxed);
        Some(page)
    }

    /// Keeps the page drawn for `url`.
    pub fn keep(&self, url: &str, pos: u64, digest: u128, html: String) -> Arc<Page> {
        let page = Arc::new(Page::new(pos, digest, html));
        self.misses.fetch_add(1, Ordering::Relaxed);
        self.pages.insert(url.into(), Arc::clone(&page));
        page
    }

    /// How it has done.
    #[must_use]
    pub fn counts(&self) -> Counts {
        Counts {
            hits: self.hits.load(Ordering::Relaxed),
            proven: self.proven.load(Ordering::Relaxed),
            misses: self.misses.load(Ordering::Relaxed),
            evictions: self.evictions.load(Ordering::Relaxed),
            pages: self.pages.len() as u64,
            size_bytes: self.pages.weight(),
            max_bytes: self.pages.capacity(),
        }
    }
}

/// Weighs a page in bytes. The compressed forms come later and are a fraction of the plain one.
#[derive(Clone)]
struct Weight;

impl Weighter<Box<str>, Arc<Page>> for Weight {
    fn weight(&self, url: &Box<str>, page: &Arc<Page>) -> u64 {
        (url.len() + page.bytes.size_bytes() * 3 / 2 + size_of::<Page>()) as u64
    }
}

#[derive(Clone)]
struct CountEvictions(Arc<AtomicU64>);

impl Lifecycle<Box<str>, Arc<Page>> for CountEvictions {
    type RequestState = ();

    fn on_evict(&self, _: &mut (), _: Box<str>, _: Arc<Page>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

impl Page {
    /// The page that shows what has this `digest`, and is true at `pos`.
    pub(crate) fn new(pos: u64, digest: u128, html: String) -> Self {
        let bytes = Packed::new(html.into(), digest, "text/html; charset=utf-8", Effort::Quick);
        Self { digest, pos: AtomicU64::new(pos), bytes }
    }

    /// The answer to a request with these `headers`: 304 if the client has this page already.
    #[must_use]
    pub fn answer(&self, headers: &HeaderMap) -> Response<Body> {
        self.bytes.answer(headers, HeaderValue::from_static("private, no-cache"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_current_up_to_the_position_it_was_proven_at() {
        let cache = PageCache::default();
        assert!(cache.current("/", 1).is_none());
        cache.keep("/", 5, 77, "five".to_owned());
        assert!(cache.current("/", 4).is_some() && cache.current("/", 5).is_some(), "newer is as good");
        assert!(cache.current("/", 6).is_none() && cache.proven("/", 6, 78).is_none());
        assert!(cache.proven("/", 6, 77).is_some() && cache.current("/", 6).is_some());
        assert!(cache.proven("/", 2, 77).is_some() && cache.current("/", 6).is_some(), "never goes back");
        let Counts { hits, proven, misses, evictions, pages, .. } = cache.counts();
        assert_eq!((hits, proven, misses, evictions, pages), (4, 2, 1, 0, 1));
    }

    #[test]
    fn old_pages_make_room_for_new_ones() {
        let cache = PageCache::new(100_000);
        for number in 0..1000_u64 {
            cache.keep(&format!("/{number}"), number, number.into(), "x".repeat(1000));
        }
        let counts = cache.counts();
        assert!(counts.size_bytes <= 100_000 && counts.pages > 10, "{counts:?}");
        assert_eq!(counts.evictions + counts.pages, 1000);
    }
}
