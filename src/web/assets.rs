//! The files of `static/`, part of the program and answered from memory.
//!
//! Their addresses carry one fingerprint of the whole folder, `/static/<fingerprint>/app.css`. A browser may keep them
//! for a year, a new version of the program has new addresses, and files may name one another relatively.

use super::error::WebError;
use super::packed::{Effort, Packed};
use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Response};
use bytes::Bytes;
use std::collections::BTreeMap;
use std::sync::Arc;
use xxhash_rust::xxh3::{Xxh3, xxh3_128};

#[derive(rust_embed::Embed)]
#[folder = "static/"]
struct Files;

/// The files, ready to be sent.
#[derive(Clone)]
pub struct Assets(Arc<Inner>);

struct Inner {
    fingerprint: String,
    files: BTreeMap<String, Packed>,
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
    /// Reads the files.
    #[must_use]
    pub fn load() -> Self {
        let mut all = Xxh3::new();
        let mut files = BTreeMap::new();
        let mut names: Vec<_> = Files::iter().collect();
        names.sort_unstable();
        for name in names {
            if let Some(file) = Files::get(&name) {
                all.update(name.as_bytes());
                all.update(&file.data);
                let (content_type, effort) = content_type(&name);
                let digest = xxh3_128(&file.data);
                let bytes = Bytes::from(file.data.into_owned());
                files.insert(name.to_string(), Packed::new(bytes, digest, content_type, effort));
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
        Ok(asset.answer(headers, keep.header()))
    }
}

/// The content type of a file in `static/` by its ending, and whether compressing it is worth while.
fn content_type(name: &str) -> (&'static str, Effort) {
    match name.rsplit_once('.').map_or("", |(_, ending)| ending) {
        "css" => ("text/css; charset=utf-8", Effort::Thorough),
        "js" => ("text/javascript; charset=utf-8", Effort::Thorough),
        "svg" => ("image/svg+xml", Effort::Thorough),
        "webmanifest" => ("application/manifest+json", Effort::Thorough),
        "txt" => ("text/plain; charset=utf-8", Effort::Thorough),
        "png" => ("image/png", Effort::None),
        "woff2" => ("font/woff2", Effort::None),
        _ => ("application/octet-stream", Effort::None),
    }
}
