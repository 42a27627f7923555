//! Finished pages, so that a page nobody changed is not drawn or compressed again.
//!
//! A page is kept under its canonical URL with the digest of what it shows and the position of the log at which
//! that was last true. A newer position does not throw it away: the caller works out afresh what the page should
//! show, which is cheap, and only a different digest draws it again. Nothing expires by time and nothing has to
//! be invalidated, so a page from here never differs from one drawn now.
//!
//! Not single-flight: drawing neither waits nor sleeps, so at most one copy for each worker thread is drawn in vain.

use axum::body::Body;
use axum::http::header::{ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY};
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode};
use bytes::Bytes;
use quick_cache::sync::Cache;
use quick_cache::{DefaultHashBuilder, Lifecycle, Weighter};
use std::io::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

/// Room for pages unless told otherwise: about a thousand different ones.
pub const CAPACITY_BYTES: u64 = 64 * 1024 * 1024;

/// How many pages of usual size fit into that; what the cache makes room for at first.
const PAGES_EXPECTED: usize = 1024;

/// Brotli's effort, 0 to 11: 5 is within 5 % of the best for a tenth of the time.
const BROTLI_QUALITY: i32 = 5;

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
    etag: HeaderValue,
    plain: Bytes,
    gzip: OnceLock<Bytes>,
    brotli: OnceLock<Bytes>,
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
        (url.len() + page.plain.len() + page.plain.len() / 2 + size_of::<Page>()) as u64
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
        // Weak, because one tag stands for all encodings of the page.
        let etag = HeaderValue::from_maybe_shared(format!("W/\"{digest:032x}\""))
            .unwrap_or(HeaderValue::from_static("W/\"\""));
        Self {
            digest,
            pos: AtomicU64::new(pos),
            etag,
            plain: html.into(),
            gzip: OnceLock::new(),
            brotli: OnceLock::new(),
        }
    }

    /// The answer to a request with these `headers`: 304 if the client has this page already.
    #[must_use]
    pub fn answer(&self, headers: &HeaderMap) -> Response<Body> {
        let known = headers.get_all(IF_NONE_MATCH).iter().any(|tags| names(tags, &self.etag));
        let (encoding, body) = self.body(headers);
        let mut response = Response::new(if known { Body::empty() } else { Body::from(body) });
        let answer = response.headers_mut();
        answer.reserve(12);
        answer.insert(ETAG, self.etag.clone());
        answer.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
        answer.insert(VARY, HeaderValue::from_static("accept-encoding"));
        if known {
            *response.status_mut() = StatusCode::NOT_MODIFIED;
            return response;
        }
        answer.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
        if let Some(encoding) = encoding {
            answer.insert(CONTENT_ENCODING, HeaderValue::from_static(encoding));
        }
        response
    }

    /// The smallest form of the page that the client takes, compressed the first time somebody asks for it.
    fn body(&self, headers: &HeaderMap) -> (Option<&'static str>, Bytes) {
        let accepted = headers.get(ACCEPT_ENCODING).map_or(&[][..], HeaderValue::as_bytes);
        if accepts(accepted, "br") {
            (Some("br"), self.brotli.get_or_init(|| brotli(&self.plain)).clone())
        } else if accepts(accepted, "gzip") {
            (Some("gzip"), self.gzip.get_or_init(|| gzip(&self.plain)).clone())
        } else {
            (None, self.plain.clone())
        }
    }
}

/// Whether the list `tags` of `If-None-Match` has `etag`, compared weakly, or is `*`.
fn names(tags: &HeaderValue, etag: &HeaderValue) -> bool {
    let strong = etag.as_bytes().strip_prefix(b"W/").unwrap_or_default();
    let mut listed = tags.as_bytes().split(|byte| *byte == b',').map(<[u8]>::trim_ascii);
    listed.any(|tag| tag == b"*" || tag.strip_prefix(b"W/").unwrap_or(tag) == strong)
}

/// Whether `Accept-Encoding` lists `encoding` with a weight above 0.
fn accepts(list: &[u8], encoding: &str) -> bool {
    list.split(|byte| *byte == b',').any(|entry| {
        let mut parts = entry.split(|byte| *byte == b';').map(<[u8]>::trim_ascii);
        let named = parts.next().is_some_and(|name| name.eq_ignore_ascii_case(encoding.as_bytes()));
        named && !parts.any(|weight| matches!(weight, b"q=0" | b"q=0.0" | b"q=0.00" | b"q=0.000"))
    })
}

fn brotli(plain: &[u8]) -> Bytes {
    let mut packed = Vec::with_capacity(plain.len() / 4);
    let effort =
        brotli::enc::BrotliEncoderParams { quality: BROTLI_QUALITY, size_hint: plain.len(), ..Default::default() };
    // Writing into memory does not fail.
    let _: std::io::Result<usize> = brotli::BrotliCompress(&mut &*plain, &mut packed, &effort);
    packed.into()
}

fn gzip(plain: &[u8]) -> Bytes {
    let mut packed = flate2::write::GzEncoder::new(Vec::with_capacity(plain.len() / 4), flate2::Compression::default());
    // Writing into memory does not fail.
    let _: std::io::Result<()> = packed.write_all(plain);
    packed.finish().unwrap_or_default().into()
}
