//! GET → snapshot → view model → template, one file per page.
//!
//! A page is a function of (snapshot, URL): its view model is plain values, worked out without lock, disk or
//! clock, and what it looks like is in `templates/`. [`Pages`] holds nothing that can write. Answers go through
//! the page cache, which draws a page again only when its view model is another.

pub(crate) mod address;
pub mod admin;
pub mod browse;
mod filters;
pub mod images;
mod notices;
mod parts;
mod picture;
pub(crate) mod place;
pub mod playlist;
pub mod playlists;
pub mod random;
#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod samples;
mod search_help;
pub mod selection;
mod shelves;
pub mod suggest;
pub mod tag_rename;
pub mod tags;
pub mod watch;

pub(crate) use parts::{Empty, title};

use crate::status::LibraryStatus;
use crate::web::error::{ErrorView, WebError};
use crate::web::page_cache::{self, Counts, PageCache};
use crate::web::templates::{Frame, Templates};
use axum::extract::Request;
use axum::response::Response;
use projections::{Live, State};
use serde::Serialize;
use std::borrow::Cow;
use std::hash::{Hash, Hasher};
use std::path::Path;
use std::sync::Arc;
use xxhash_rust::xxh3::Xxh3Default;

/// The read side: all that a page can get hold of. Cloning is cheap.
#[derive(Clone)]
pub struct Pages(Arc<Shared>);

struct Shared {
    live: Live,
    templates: Templates,
    cache: PageCache,
    folders: Vec<String>,
    library: LibraryStatus,
    /// The image folder; without it there is a gallery of images only when images are known.
    images: Option<String>,
    /// Whether this machine can make videos anew for browsers that cannot play them.
    converts: bool,
}

impl Pages {
    /// Pages of what is `live`. The folders of the `library` and that of the `images` are named where there is nothing
    /// else to show. `converts` says whether this machine can make videos anew for browsers that cannot play them.
    #[must_use]
    pub fn new(
        live: Live,
        templates: Templates,
        cache: PageCache,
        library: LibraryStatus,
        images: Option<&Path>,
        converts: bool,
    ) -> Self {
        let images = images.map(|folder| folder.display().to_string());
        let folders = library.roots().iter().map(|root| root.root.as_path().display().to_string()).collect();
        Self(Arc::new(Shared { live, templates, cache, folders, library, images, converts }))
    }

    /// The page for a request that failed.
    #[must_use]
    pub fn error(&self, view: &ErrorView) -> String {
        self.0.templates.error_page(view)
    }

    /// How often a finished page was at hand.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.0.cache.counts()
    }

    /// Answers `request` with the page at the canonical `url`, whose view model is worked out by `build`.
    pub(crate) fn show<Page: Hash + Serialize>(
        &self,
        request: &Request,
        url: &str,
        template: &str,
        build: impl FnOnce(&State) -> Result<Page, WebError>,
    ) -> Result<Response, WebError> {
        let edition = self.0.live.edition();
        let state = self.0.live.snapshot();
        let pos = state.pos();
        // A position of another edition says nothing about this one.
        let url = &*if edition == 0 { Cow::Borrowed(url) } else { Cow::Owned(format!("{edition}:{url}")) };
        if let Some(page) = self.0.cache.current(url, pos) {
            return Ok(page.answer(request.headers()));
        }
        let page = build(&state)?;
        let images = self.0.images.is_some() || !state.images().is_empty();
        let frame = Frame { images, converts: self.0.converts };
        let digest = self.digest(&page, frame);
        if let Some(page) = self.0.cache.proven(url, pos, digest) {
            return Ok(page.answer(request.headers()));
        }
        let html = self.0.templates.render_in(template, &page, frame).map_err(WebError::internal)?;
        Ok(self.0.cache.keep(url, pos, digest, html).answer(request.headers()))
    }

    /// Answers `request` with a `page` that shows more than what is known, such as the log or the time, and so is not kept.
    pub(crate) fn draw<Page: Hash + Serialize>(
        &self,
        request: &Request,
        template: &str,
        page: &Page,
    ) -> Result<Response, WebError> {
        let state = self.0.live.snapshot();
        let images = self.0.images.is_some() || !state.images().is_empty();
        let frame = Frame { images, converts: self.0.converts };
        let html = self.0.templates.render_in(template, page, frame).map_err(WebError::internal)?;
        Ok(page_cache::Page::new(state.pos(), self.digest(page, frame), html).answer(request.headers()))
    }

    /// Two pages with the same digest look the same.
    fn digest(&self, page: &impl Hash, frame: Frame) -> u128 {
        let mut hasher = Xxh3Default::new();
        hasher.write_u64(self.0.templates.edition());
        frame.hash(&mut hasher);
        page.hash(&mut hasher);
        hasher.digest128()
    }
}
