//! Which library a page shows: the one that is, or with `?at=` the one that was.
//!
//! The only place that reads `at`. A page is a function of what is known, and does not notice the difference; what surrounds it
//! says that it is of the past, and every link on it stays there. What a video plays is never of the past: its file is the
//! one there is today.

use super::Pages;
use crate::clock;
use crate::moments::PastError;
use crate::web::error::WebError;
use crate::web::extract::AT;
use crate::web::{extract, human, templates};
use axum::extract::{FromRef, FromRequestParts};
use axum::http::request::Parts;
use events::Pos;
use projections::State;
use std::sync::Arc;
use tools::moment::Moment;

/// What can be said, for whoever said something else.
const FORMS: &str = "It is a day (2026-10-01), a time (2026-10-01T12:00) or the number of a change (4711).";

/// What was known at the moment that the address asks for.
pub struct When {
    known: Arc<State>,
    /// How often what is known had been computed anew.
    edition: u64,
    past: Option<Box<Past>>,
}

/// A moment that is over.
#[derive(Clone, Debug)]
pub(crate) struct Past {
    /// How addresses name it.
    pub(crate) at: String,
    /// The last change that had happened; 0 before the first.
    pub(crate) pos: Pos,
    /// When it was, ms since the epoch.
    pub(crate) at_ms: i64,
    /// When it was, in words that follow "as it was".
    pub(crate) words: String,
    /// What is known now.
    live: Arc<State>,
}

impl When {
    /// The present.
    pub(crate) fn now(pages: &Pages) -> Self {
        // In this order: a state is at least as new as its edition says.
        let edition = pages.0.live.edition();
        Self { known: pages.0.live.snapshot(), edition, past: None }
    }

    /// The moment that `text` names, seen from now.
    ///
    /// # Errors
    /// 400 for what names no moment or one that is still to come, 503 when it cannot be looked up.
    pub(crate) async fn named(pages: &Pages, name: &'static str, text: &str) -> Result<Self, WebError> {
        let (zone, edition) = (clock::zone(), pages.0.live.edition());
        let moment = Moment::parse(text, &zone).map_err(|_| WebError::bad_parameter(name, FORMS))?;
        let (live, now_ms) = (pages.0.live.snapshot(), clock::now_ms());
        let begins_at_ms = moment.begins_at_ms(&zone).unwrap_or(i64::MIN);
        if begins_at_ms > now_ms.max(live.recorded_at_ms()) {
            return Err(WebError::bad_parameter(name, "That is still to come."));
        }
        let failed = |error| refused(name, error);
        let (moments, ends_at_ms) = (&pages.0.moments, moment.ends_at_ms(&zone));
        let pos = match (moment, ends_at_ms) {
            (Moment::Position(pos), _) => pos,
            (_, at_ms) => moments.position(at_ms.unwrap_or(now_ms)).await.map_err(failed)?,
        };
        let known = moments.after(pos).await.map_err(failed)?;
        let at_ms = ends_at_ms.map_or(known.recorded_at_ms(), |at_ms| at_ms.min(now_ms));
        let words = match moment {
            Moment::Day(_) => format!("on {}", human::date(begins_at_ms, &zone)),
            Moment::Time(_) => format!("on {}", human::moment(at_ms, &zone)),
            Moment::Position(0) => "before its first change".to_owned(),
            Moment::Position(_) => format!("on {}", human::moment(at_ms, &zone)),
        };
        let past = Past { at: moment.to_string(), pos, at_ms, words, live };
        Ok(Self { known, edition, past: Some(Box::new(past)) })
    }

    /// What the page at this canonical `url` is kept under: it is another at each moment and, as it says how late one can
    /// look, each day; and a position of another edition says nothing about this one.
    pub(super) fn kept_as(&self, url: &str, today: &str) -> String {
        match (self.edition, self.past()) {
            (edition, None) => format!("{edition}:{today}:{url}"),
            (edition, Some(past)) => format!("{edition}:{today}:{url}#{}@{}", past.at, past.pos),
        }
    }

    /// What was known, to keep.
    pub(crate) fn known(&self) -> Arc<State> {
        Arc::clone(&self.known)
    }

    /// How addresses name it; nothing for now.
    pub(crate) fn name(&self) -> &str {
        self.past().map_or("", |past| &past.at)
    }

    /// What was known.
    pub(crate) fn state(&self) -> &State {
        &self.known
    }

    /// What is known now.
    pub(crate) fn live(&self) -> &State {
        self.past.as_ref().map_or(&self.known, |past| &past.live)
    }

    /// The moment, if it is over.
    pub(crate) fn past(&self) -> Option<&Past> {
        self.past.as_deref()
    }

    /// What time it was, ms since the epoch.
    pub(crate) fn now_ms(&self) -> i64 {
        self.past.as_ref().map_or_else(clock::now_ms, |past| past.at_ms)
    }

    /// The address `url` of this gallery, at the same moment.
    pub(crate) fn then(&self, url: String) -> String {
        match self.past() {
            Some(past) => human::at_moment(&url, &past.at),
            None => url,
        }
    }
}

impl Past {
    /// When it was, in words that end a sentence.
    pub(super) fn spoken(&self) -> String {
        format!("in the library as it was {}", self.words)
    }

    /// What surrounds the page at this canonical `url`, which is of this moment.
    pub(super) fn frame(&self, url: &str) -> templates::Past {
        // What follows is for the cache.
        let now = url.split_once('#').map_or(url, |(address, _)| address);
        let (path, query) = now.split_once('?').unwrap_or((now, ""));
        templates::Past {
            at: self.at.clone(),
            words: self.words.clone(),
            pos: self.pos,
            day: human::day(self.at_ms, &clock::zone()),
            now: now.to_owned(),
            path: path.to_owned(),
            fields: form_urlencoded::parse(query.as_bytes()).into_owned().collect(),
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for When
where
    Pages: FromRef<S>,
{
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, WebError> {
        let pages = Pages::from_ref(state);
        match extract::parameter(parts.uri.query(), AT) {
            None => Ok(Self::now(&pages)),
            Some(text) => Self::named(&pages, AT, &text).await,
        }
    }
}

fn refused(name: &'static str, error: PastError) -> WebError {
    match error {
        PastError::ToCome { head, .. } => {
            let last = human::grouped(head);
            WebError::bad_parameter(name, format!("That change is still to come; the last one is {last}."))
        }
        PastError::Busy | PastError::Log(_) => error.into(),
    }
}
