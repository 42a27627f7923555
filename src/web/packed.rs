//! Bytes that are sent many times, in every encoding that clients take, and the answer that carries them.
//!
//! Compressed when the first client asks for an encoding, and never again. What the bytes are, and how long they stay
//! true, is for [`super::assets`] and [`super::page_cache`] to know.

use super::encoding::{Accepted, Encoding};
use super::error::WebError;
use axum::body::Body;
use axum::http::header::{CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY};
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode};
use axum::response::IntoResponse;
use bytes::Bytes;
use std::io::Write;
use std::sync::OnceLock;

/// How hard to compress.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Effort {
    /// Not at all: pictures and fonts are compressed already.
    None,
    /// Where another step would cost more time than the bytes it saves are worth in a house: pages, which change.
    Quick,
    /// The best that takes milliseconds: files that never change.
    Thorough,
}

impl Effort {
    /// The encodings there are, the best first: for a page the one that is there soonest, for a file the smallest.
    fn offered(self) -> &'static [Encoding] {
        match self {
            Self::None => &[Encoding::Identity],
            Self::Quick => &[Encoding::Zstd, Encoding::Brotli, Encoding::Gzip, Encoding::Identity],
            Self::Thorough => &[Encoding::Brotli, Encoding::Zstd, Encoding::Gzip, Encoding::Identity],
        }
    }
}

/// The bytes and their headers.
pub(crate) struct Packed {
    content_type: HeaderValue,
    etag: HeaderValue,
    effort: Effort,
    plain: Bytes,
    zstd: OnceLock<Bytes>,
    brotli: OnceLock<Bytes>,
    gzip: OnceLock<Bytes>,
}

impl Packed {
    /// The bytes `plain`, which have this `digest`.
    pub(crate) fn new(plain: Bytes, digest: u128, content_type: &'static str, effort: Effort) -> Self {
        // Weak, because one tag stands for all encodings.
        let etag = HeaderValue::from_maybe_shared(format!("W/\"{digest:032x}\""));
        let (zstd, brotli, gzip) = Default::default();
        Self {
            content_type: HeaderValue::from_static(content_type),
            etag: etag.unwrap_or(HeaderValue::from_static("W/\"\"")),
            effort,
            plain,
            zstd,
            brotli,
            gzip,
        }
    }

    /// How many bytes there are before compression.
    pub(super) fn plain_bytes(&self) -> usize {
        self.plain.len()
    }

    /// How many bytes are held by now, in all forms.
    pub(super) fn held_bytes(&self) -> usize {
        let packed = [&self.zstd, &self.brotli, &self.gzip].into_iter().filter_map(OnceLock::get);
        self.plain.len() + packed.map(Bytes::len).sum::<usize>()
    }

    /// Makes the form that a request with these `headers` gets, if it gets one.
    pub(super) fn prepare(&self, headers: &HeaderMap) {
        if !client_has(headers, &self.etag) {
            self.body(headers);
        }
    }

    /// The answer to a request with these `headers`: 304 if the client has the bytes already, 406 if it takes no form that
    /// there is. Kept as `cache` says.
    pub(crate) fn answer(&self, headers: &HeaderMap, cache: HeaderValue) -> Response<Body> {
        let known = client_has(headers, &self.etag);
        let sent = if known { Some((Encoding::Identity, Bytes::new())) } else { self.body(headers) };
        let Some((encoding, body)) = sent else {
            return WebError::new(StatusCode::NOT_ACCEPTABLE).with_detail(NO_ENCODING).into_response();
        };
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
        if encoding != Encoding::Identity {
            answer.insert(CONTENT_ENCODING, HeaderValue::from_static(encoding.name()));
        }
        response
    }

    /// The form that the client wants most, if there is one that it takes.
    fn body(&self, headers: &HeaderMap) -> Option<(Encoding, Bytes)> {
        let accepted = Accepted::read(headers);
        let best = accepted.best(self.effort.offered())?;
        let packed = match best {
            Encoding::Zstd => self.zstd.get_or_init(|| zstd(&self.plain, self.effort)),
            Encoding::Brotli => self.brotli.get_or_init(|| brotli(&self.plain, self.effort)),
            Encoding::Gzip => self.gzip.get_or_init(|| gzip(&self.plain, self.effort)),
            Encoding::Identity => &self.plain,
        };
        let larger = packed.len() >= self.plain.len() && accepted.takes(Encoding::Identity);
        Some(if larger { (Encoding::Identity, self.plain.clone()) } else { (best, packed.clone()) })
    }
}

/// For a client that takes nothing that there is.
const NO_ENCODING: &str =
    "It is sent as it is, or compressed with zstd, brotli or gzip, and this client takes none of them.";

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

fn zstd(plain: &[u8], effort: Effort) -> Bytes {
    let level = if effort == Effort::Thorough { 12 } else { 3 };
    // It fails when there is no memory to be had, and then the bytes go as they are.
    zstd::bulk::compress(plain, level).map_or_else(|_| Bytes::copy_from_slice(plain), Bytes::from)
}

fn brotli(plain: &[u8], effort: Effort) -> Bytes {
    let quality = if effort == Effort::Thorough { 9 } else { 5 };
    let effort = brotli::enc::BrotliEncoderParams { quality, size_hint: plain.len(), ..Default::default() };
    let mut packed = Vec::with_capacity(plain.len() / 4);
    // Writing into memory does not fail.
    let _: std::io::Result<usize> = brotli::BrotliCompress(&mut &*plain, &mut packed, &effort);
    packed.into()
}

fn gzip(plain: &[u8], effort: Effort) -> Bytes {
    let level = flate2::Compression::new(if effort == Effort::Thorough { 9 } else { 4 });
    let mut packed = flate2::write::GzEncoder::new(Vec::with_capacity(plain.len() / 4), level);
    // Writing into memory does not fail.
    let _: std::io::Result<()> = packed.write_all(plain);
    packed.finish().unwrap_or_default().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_known_tag_is_recognised_in_any_list() {
        let etag = HeaderValue::from_static("W/\"ab\"");
        let known = |tags| names(&HeaderValue::from_static(tags), &etag);
        assert!(known("W/\"ab\"") && known("\"ab\"") && known("\"x\" , W/\"ab\"") && known("*"));
        assert!(!known("") && !known("\"abc\"") && !known("ab") && !known("W/\"ba\""));
    }
}
