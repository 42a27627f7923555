//! The files of `static/`, part of the program: compressed once at start, answered from memory.
//!
//! Their addresses carry one fingerprint of the whole folder, `/static/<fingerprint>/app.css`. A browser may keep them
//! for a year, a new version of the program has new addresses, and files may name one another relatively.

use super::error::WebError;
use axum::body::Body;
use axum::http::header::{ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY};
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode};
use bytes::Bytes;
use std::collections::BTreeMap;
use std::io::Write as _;
use std::sync::Arc;

#[derive(rust_embed::Embed)]
#[folder = "static/"]
struct Files;

/// The files, ready to be sent.
#[derive(Clone)]
pub struct Assets(Arc<Inner>);

struct Inner {
    fingerprint: String,
    files: BTreeMap<String, Asset>,
}

struct Asset {
    content_type: HeaderValue,
    etag: HeaderValue,
    plain: Bytes,
    brotli: Option<Bytes>,
    gzip: Option<Bytes>,
}

/// How long a browser may keep an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    /// For good: the address names the content.
    Forever,
    /// For a day: the address is fixed by custom, as that of the icon.
    Day,
}

impl Keep {
    fn header(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::Forever => "public, max-age=31536000, immutable",
            Self::Day => "public, max-age=86400",
        })
    }
}

impl Assets {
    /// Reads and compresses the files.
    #[must_use]
    pub fn load() -> Self {
        let mut all = xxhash_rust::xxh3::Xxh3::new();
        let mut files = BTreeMap::new();
        let mut names: Vec<_> = Files::iter().collect();
        names.sort_unstable();
        for name in names {
            if let Some(file) = Files::get(&name) {
                all.update(name.as_bytes());
                all.update(&file.data);
                files.insert(name.to_string(), Asset::new(&name, file.data.into_owned()));
            }
        }
        Self(Arc::new(Inner { fingerprint: format!("{:016x}", all.digest()), files }))
    }

    /// The address of the file called `name` in `static/`, if there is one.
    #[must_use]
    pub fn url(&self, name: &str) -> Option<String> {
        self.0.files.contains_key(name).then(|| format!("/static/{}/{name}", self.0.fingerprint))
    }

    /// The file `name` asked for under this `fingerprint`.
    ///
    /// # Errors
    /// 404 for unknown files, and for the fingerprint of another version.
    pub fn fingerprinted(
        &self,
        fingerprint: &str,
        name: &str,
        headers: &HeaderMap,
    ) -> Result<Response<Body>, WebError> {
        if fingerprint != self.0.fingerprint {
            return Err(WebError::not_found(
                "This file belongs to another version of the gallery; load the page again.",
            ));
        }
        self.get(name, headers, Keep::Forever)
    }

    /// The file `name`, in the best encoding the client takes.
    ///
    /// # Errors
    /// 404 for unknown files.
    pub fn get(&self, name: &str, headers: &HeaderMap, keep: Keep) -> Result<Response<Body>, WebError> {
        let asset = self.0.files.get(name).ok_or_else(|| WebError::not_found("There is no such file."))?;
        Ok(asset.answer(headers, keep))
    }
}

impl Asset {
    fn new(name: &str, plain: Vec<u8>) -> Self {
        let (kind, compressible) = content_type(name);
        let smaller = |packed: Vec<u8>| (compressible && packed.len() < plain.len()).then(|| Bytes::from(packed));
        let etag = format!("\"{:016x}\"", xxhash_rust::xxh3::xxh3_64(&plain));
        Self {
            content_type: HeaderValue::from_static(kind),
            etag: HeaderValue::from_maybe_shared(etag).unwrap_or(HeaderValue::from_static("\"\"")),
            brotli: smaller(brotli(&plain)),
            gzip: smaller(gzip(&plain)),
            plain: Bytes::from(plain),
        }
    }

    fn answer(&self, request: &HeaderMap, keep: Keep) -> Response<Body> {
        let accepted = request.get(ACCEPT_ENCODING).and_then(|accepted| accepted.to_str().ok()).unwrap_or_default();
        let accepts = |encoding: &str| accepted.split(',').any(|offer| offer.trim().eq_ignore_ascii_case(encoding));
        let (encoding, bytes) = match (&self.brotli, &self.gzip) {
            (Some(bytes), _) if accepts("br") => (Some("br"), bytes),
            (_, Some(bytes)) if accepts("gzip") => (Some("gzip"), bytes),
            _ => (None, &self.plain),
        };
        let known = request.get(IF_NONE_MATCH).is_some_and(|tag| tag == self.etag);
        let mut response = Response::new(if known { Body::empty() } else { Body::from(bytes.clone()) });
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, self.content_type.clone());
        headers.insert(CACHE_CONTROL, keep.header());
        headers.insert(ETAG, self.etag.clone());
        headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
        if let Some(encoding) = encoding {
            headers.insert(CONTENT_ENCODING, HeaderValue::from_static(encoding));
        }
        if known {
            *response.status_mut() = StatusCode::NOT_MODIFIED;
        }
        response
    }
}

/// The content type of a file in `static/` by its ending, and whether compressing it is worth while.
fn content_type(name: &str) -> (&'static str, bool) {
    match name.rsplit_once('.').map_or("", |(_, ending)| ending) {
        "css" => ("text/css; charset=utf-8", true),
        "js" => ("text/javascript; charset=utf-8", true),
        "svg" => ("image/svg+xml", true),
        "webmanifest" => ("application/manifest+json", true),
        "txt" => ("text/plain; charset=utf-8", true),
        "png" => ("image/png", false),
        "woff2" => ("font/woff2", false),
        _ => ("application/octet-stream", false),
    }
}

/// Brotli at the highest level that still takes only milliseconds for our files.
fn brotli(plain: &[u8]) -> Vec<u8> {
    let mut packed = brotli::CompressorWriter::new(Vec::new(), 4096, 9, 22);
    match packed.write_all(plain) {
        Ok(()) => packed.into_inner(),
        // Writing to memory does not fail; if it did, the plain bytes are sent.
        Err(_) => plain.to_vec(),
    }
}

fn gzip(plain: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    packed.write_all(plain).and_then(|()| packed.finish()).unwrap_or_else(|_| plain.to_vec())
}
