//! GET → snapshot → view model → template, one file per page.
//!
//! A page is a function of (snapshot, URL): its view model is plain values, worked out without lock, disk or
//! clock, and what it looks like is in `templates/`. [`Pages`] holds nothing that can write. Answers go through
//! the page cache, which draws a page again only when its view model is another, and for all who ask for it at once.

pub(crate) mod address;
pub mod browse;
pub(crate) mod chart;
pub mod compare;
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
pub mod stats;
pub mod suggest;
pub mod tag_rename;
pub mod tags;
pub mod watch;
pub(crate) mod when;

pub(crate) use parts::{Empty, title};

use self::when::When;
use crate::clock;
use crate::moments::Moments;
use crate::status::LibraryStatus;
use crate::web::error::{ErrorView, WebError};
use crate::web::human;
use crate::web::page_cache::{self, Counts, Making, PageCache, Step};
use crate::web::phases::{Phases, Stopwatch};
use crate::web::templates::{self, Frame, Templates};
use crate::web::turns::Turns;
use axum::extract::Request;
use axum::http::HeaderMap;
use axum::response::Response;
use projections::{Live, State};
use serde::Serialize;
use std::hash::{Hash, Hasher};
use std::path::Path;
use std::sync::Arc;
use xxhash_rust::xxh3::Xxh3Default;

/// The read side: all that a page can get hold of. Cloning is cheap.
#[derive(Clone)]
pub struct Pages(Arc<Shared>);

struct Shared {
    live: Live,
    moments: Moments,
    templates: Templates,
    cache: PageCache,
    turns: Turns,
    folders: Vec<String>,
    library: LibraryStatus,
    /// The image folder; without it there is a gallery of images only when images are known.
    images: Option<String>,
    /// Whether this machine can make videos anew for browsers that cannot play them.
    converts: bool,
}

/// What a page is drawn with.
struct Drawing<'a> {
    template: &'a str,
    frame: Frame,
    /// Those of the request.
    headers: &'a HeaderMap,
    /// What was done for it so far.
    phases: Phases,
}

impl Pages {
    /// Pages of what is `live`, and of what was known at earlier `moments`. The folders of the `library` and that of the
    /// `images` are named where there is nothing else to show. `converts` says whether this machine can make videos anew for browsers that cannot play them.
    #[must_use]
    pub fn new(
        live: Live,
        moments: Moments,
        templates: Templates,
        cache: PageCache,
        library: LibraryStatus,
        images: Option<&Path>,
        converts: bool,
    ) -> Self {
        let images = images.map(|folder| folder.display().to_string());
        let folders = library.roots().iter().map(|root| root.root.as_path().display().to_string()).collect();
        let turns = Turns::default();
        Self(Arc::new(Shared { live, moments, templates, cache, turns, folders, library, images, converts }))
    }

    /// The page for a request that failed.
    #[must_use]
    pub fn error(&self, view: &ErrorView) -> String {
        self.0.templates.error_page(view, self.frame(&self.0.live.snapshot(), None))
    }

    /// How often a finished page was at hand.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.0.cache.counts()
    }

    /// Answers `request` with the page at the canonical `url`, whose view model is worked out by `build` from what is known
    /// now.
    pub(crate) fn show<Page: Hash + Serialize>(
        &self,
        request: &Request,
        url: &str,
        template: &str,
        build: impl FnOnce(&State) -> Result<Page, WebError> + Send,
    ) -> impl Future<Output = Result<Response, WebError>> {
        let headers = request.headers();
        async move { self.answer(&When::now(self), headers, url, template, build).await }
    }

    /// The same of what was known at some moment.
    pub(crate) fn show_at<Page: Hash + Serialize>(
        &self,
        when: &When,
        request: &Request,
        url: &str,
        template: &str,
        build: impl FnOnce(&State) -> Result<Page, WebError> + Send,
    ) -> impl Future<Output = Result<Response, WebError>> {
        // Whoever waits must not hold on to the request, whose body belongs to one thread at a time.
        self.answer(when, request.headers(), url, template, build)
    }

    /// Does `work` that takes about as long as drawing a page, when it is its turn.
    pub(crate) async fn in_turn<T>(&self, work: impl FnOnce() -> T) -> T {
        self.0.turns.take(work).await
    }

    /// The page if it is at hand; else it is made when it is its turn, or by somebody else, who is waited for.
    async fn answer<Page: Hash + Serialize>(
        &self,
        when: &When,
        headers: &HeaderMap,
        url: &str,
        template: &str,
        build: impl FnOnce(&State) -> Result<Page, WebError> + Send,
    ) -> Result<Response, WebError> {
        let mut newer = None;
        let mut waiting: Option<Stopwatch> = None;
        loop {
            let when = newer.as_ref().unwrap_or(when);
            let frame = self.frame(when.live(), when.past().map(|past| past.frame(url)));
            let kept_as = when.kept_as(url, &frame.today);
            // Of a page of the past, what can be played is known now.
            let step = self.0.cache.step(&kept_as, when.live().pos(), waiting.is_some());
            let waited = |mut watch: Stopwatch| Phases { wait_us: watch.lap_us(), ..Phases::default() };
            match step {
                Step::Send(page) => {
                    let answer = page.answer(headers);
                    return Ok(match waiting {
                        Some(watch) => waited(watch).said_with(answer),
                        None => answer,
                    });
                }
                Step::Make(making) => {
                    let drawing = Drawing { template, frame, headers, phases: waiting.map(waited).unwrap_or_default() };
                    return self.0.turns.take(|| self.make(making, drawing, || build(when.state()))).await;
                }
                Step::Wait(landing) => {
                    waiting.get_or_insert_with(Stopwatch::start);
                    landing.landed().await;
                }
            }
            if when.past().is_none() {
                // Whoever waited is content with what is known now; then at most two are waited for, whatever happens meanwhile.
                newer = Some(When::now(self));
            }
        }
    }

    /// Makes the page and answers with it.
    fn make<Page: Hash + Serialize>(
        &self,
        making: Making<'_>,
        drawing: Drawing<'_>,
        build: impl FnOnce() -> Result<Page, WebError>,
    ) -> Result<Response, WebError> {
        let Drawing { template, frame, headers, mut phases } = drawing;
        let mut watch = Stopwatch::start();
        let page = build()?;
        let digest = self.digest(&page, &frame);
        phases.snapshot_us = watch.lap_us();
        let page = match making.proven(digest) {
            Some(page) => page,
            None => {
                let html = self.0.templates.render_in(template, &page, frame).map_err(WebError::internal)?;
                phases.render_us = watch.lap_us();
                making.keep(digest, html, headers)
            }
        };
        let answer = page.answer(headers);
        phases.pack_us = watch.lap_us();
        Ok(phases.said_with(answer))
    }

    /// Answers `request` with a `page` that shows more than what is known, such as the log or the time, and so is not kept.
    pub(crate) fn draw<Page: Hash + Serialize + Sync>(
        &self,
        request: &Request,
        template: &str,
        page: &Page,
    ) -> impl Future<Output = Result<Response, WebError>> {
        // Whoever waits must not hold on to the request, whose body belongs to one thread at a time.
        let headers = request.headers();
        async move { self.0.turns.take(|| self.draw_now(headers, template, page)).await }
    }

    fn draw_now<Page: Hash + Serialize>(
        &self,
        headers: &HeaderMap,
        template: &str,
        page: &Page,
    ) -> Result<Response, WebError> {
        let mut watch = Stopwatch::start();
        let state = self.0.live.snapshot();
        let frame = self.frame(&state, None);
        let digest = self.digest(page, &frame);
        let snapshot_us = watch.lap_us();
        let html = self.0.templates.render_in(template, page, frame).map_err(WebError::internal)?;
        let render_us = watch.lap_us();
        let answer = page_cache::Page::new(state.pos(), digest, html, headers).answer(headers);
        Ok(Phases { snapshot_us, render_us, pack_us: watch.lap_us(), ..Phases::default() }.said_with(answer))
    }

    /// What surrounds a page while this is known: of the present, or of the `past`.
    fn frame(&self, known: &State, past: Option<templates::Past>) -> Frame {
        let images = self.0.images.is_some() || !known.images().is_empty();
        let today = human::day(clock::now_ms(), &clock::zone());
        Frame { images, converts: self.0.converts, today, past }
    }

    /// Two pages with the same digest look the same.
    fn digest(&self, page: &impl Hash, frame: &Frame) -> u128 {
        let mut hasher = Xxh3Default::new();
        hasher.write_u64(self.0.templates.edition());
        frame.hash(&mut hasher);
        page.hash(&mut hasher);
        hasher.digest128()
    }
}
