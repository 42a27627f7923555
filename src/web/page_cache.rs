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

/// The finished pages. Cloning shares them.
#[derive(Clone)]
pub struct PageCache(Arc<Shared>);

struct Shared {
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
        Self(Arc::new(Shared { pages, hits, proven, misses, evictions }))
    }

    /// The page at `url` if it is known to be true at `pos`. It may be newer than that.
    #[must_use]
    pub fn current(&self, url: &str, pos: u64) -> Option<Arc<Page>> {
        let page = self.0.pages.get(url).filter(|page| page.pos.load(Ordering::Relaxed) >= pos)?;
        self.0.hits.fetch_add(1, Ordering::Relaxed);
        Some(page)
    }

    /// The page at `url` if it shows what has this `digest`, which is true at `pos`.
    #[must_use]
    pub fn proven(&self, url: &str, pos: u64, digest: u128) -> Option<Arc<Page>> {
        let page = self.0.pages.get(url).filter(|page| page.digest == digest)?;
        page.pos.fetch_max(pos, Ordering::Relaxed);
        self.0.proven.fetch_add(1, Ordering::Relaxed);
        Some(page)
    }

    /// Keeps the page drawn for `url`.
    pub fn keep(&self, url: &str, pos: u64, digest: u128, html: String) -> Arc<Page> {
        let page = Arc::new(Page::new(pos, digest, html));
        self.0.misses.fetch_add(1, Ordering::Relaxed);
        self.0.pages.insert(url.into(), Arc::clone(&page));
        page
    }

    /// How it has done.
    #[must_use]
    pub fn counts(&self) -> Counts {
        let shared = &self.0;
        Counts {
            hits: shared.hits.load(Ordering::Relaxed),
            proven: shared.proven.load(Ordering::Relaxed),
            misses: shared.misses.load(Ordering::Relaxed),
            evictions: shared.evictions.load(Ordering::Relaxed),
            pages: shared.pages.len() as u64,
            size_bytes: shared.pages.weight(),
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
    fn new(pos: u64, digest: u128, html: String) -> Self {
        let bytes = Packed::new(html.into(), digest, "text/html; charset=utf-8", Effort::Quick);
        Self { digest, pos: AtomicU64::new(pos), bytes }
    }

    /// The answer to a request with these `headers`: 304 if the client has this page already.
    #[must_use]
    pub fn answer(&self, headers: &HeaderMap) -> Response<Body> {
        self.bytes.answer(headers, HeaderValue::from_static("private, no-cache"))
    }
}
