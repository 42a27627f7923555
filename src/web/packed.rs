//! Bytes that are sent many times, in every encoding that clients take, and the answer that carries them.
//!
//! Compressed when the first client asks for an encoding, and never again. What the bytes are, and how long they stay
//! true, is for [`super::assets`] and [`super::page_cache`] to know.

use axum::body::Body;
use axum::http::header::{ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY};
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode};
use bytes::Bytes;
use std::io::Write;
use std::sync::OnceLock;

/// How hard to compress.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Effort {
    /// Not at all: pictures and fonts are compressed already.
    None,
    /// Within 5 % of the best for a tenth of the time: pages, which change.
    Quick,
    /// The best that takes milliseconds: files that never change.
    Thorough,
}

/// The bytes and their headers.
pub(crate) struct Packed {
    content_type: HeaderValue,
    etag: HeaderValue,
    effort: Effort,
    plain: Bytes,
    gzip: OnceLock<Bytes>,
    brotli: OnceLock<Bytes>,
}

impl Packed {
    /// The bytes `plain`, which have this `digest`.
    pub(crate) fn new(plain: Bytes, digest: u128, content_type: &'static str, effort: Effort) -> Self {
        // Weak, because one tag stands for all encodings.
        let etag = HeaderValue::from_maybe_shared(format!("W/\"{digest:032x}\""));
        Self {
            content_type: HeaderValue::from_static(content_type),
            etag: etag.unwrap_or(HeaderValue::from_static("W/\"\"")),
            effort,
            plain,
            gzip: OnceLock::new(),
            brotli: OnceLock::new(),
        }
    }

    /// How many bytes there are before compression.
    pub(super) fn size_bytes(&self) -> usize {
        self.plain.len()
    }

    /// The answer to a request with these `headers`: 304 if the client has the bytes already. Kept as `cache` says.
    pub(crate) fn answer(&self, headers: &HeaderMap, cache: HeaderValue) -> Response<Body> {
        let known = client_has(headers, &self.etag);
        let (encoding, body) = if known { (None, Bytes::new()) } else { self.body(headers) };
        let mut response = Response::new(Body::from(body));
        let answer = response.headers_mut();
        answer.reserve(12);
        answer.insert(ETAG, self.etag.clone());
        answer.insert(CACHE_CONTROL, cache);
        answer.insert(VARY, HeaderValue::from_static("accept-encoding"));
        if known {
            *response.status_mut() = StatusCode::NOT_MODIFIED;
            return response;
        }
        answer.insert(CONTENT_TYPE, self.content_type.clone());
        if let Some(encoding) = encoding {
            answer.insert(CONTENT_ENCODING, HeaderValue::from_static(encoding));
        }
        response
    }

    /// The smallest form that the client takes.
    fn body(&self, headers: &HeaderMap) -> (Option<&'static str>, Bytes) {
        let accepted = headers.get(ACCEPT_ENCODING).map_or(&[][..], HeaderValue::as_bytes);
        let (encoding, packed) = if self.effort == Effort::None {
            (None, &self.plain)
        } else if accepts(accepted, "br") {
            (Some("br"), self.brotli.get_or_init(|| brotli(&self.plain, self.effort)))
        } else if accepts(accepted, "gzip") {
            (Some("gzip"), self.gzip.get_or_init(|| gzip(&self.plain)))
        } else {
            (None, &self.plain)
        };
        if packed.len() < self.plain.len() { (encoding, packed.clone()) } else { (None, self.plain.clone()) }
    }
}

/// Whether the client that sent these `headers` has what is named by `etag`.
pub(crate) fn client_has(headers: &HeaderMap, etag: &HeaderValue) -> bool {
    headers.get_all(IF_NONE_MATCH).iter().any(|tags| names(tags, etag))
}

/// Whether the list `tags` of `If-None-Match` has `etag`, compared weakly, or is `*`.
fn names(tags: &HeaderValue, etag: &HeaderValue) -> bool {
    let strong = etag.as_bytes().strip_prefix(b"W/").unwrap_or(etag.as_bytes());
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

fn brotli(plain: &[u8], effort: Effort) -> Bytes {
    let quality = if effort == Effort::Thorough { 9 } else { 5 };
    let effort = brotli::enc::BrotliEncoderParams { quality, size_hint: plain.len(), ..Default::default() };
    let mut packed = Vec::with_capacity(plain.len() / 4);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_client_says_which_encodings_it_takes() {
        for (list, br, gzip) in [
            ("gzip, deflate, br", true, true),
            ("BR;q=0.1", true, false),
            ("br;q=0, gzip; q=1", false, true),
            ("brotli, x-gzip", false, false),
            ("", false, false),
        ] {
            assert_eq!((accepts(list.as_bytes(), "br"), accepts(list.as_bytes(), "gzip")), (br, gzip), "{list}");
        }
    }

    #[test]
    fn a_known_tag_is_recognised_in_any_list() {
        let etag = HeaderValue::from_static("W/\"ab\"");
        let known = |tags| names(&HeaderValue::from_static(tags), &etag);
        assert!(known("W/\"ab\"") && known("\"ab\"") && known("\"x\" , W/\"ab\"") && known("*"));
        assert!(!known("") && !known("\"abc\"") && !known("ab") && !known("W/\"ba\""));
    }
}
