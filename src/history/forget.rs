//! `/history/{pos}/forget`: one viewing, or a place in a video, forgotten for good. Asks first.

use super::History;
use super::entry::{Line, Shown, Who};
use crate::web::error::WebError;
use crate::web::extract::Path;
use crate::web::visit;
use axum::extract::{Request, State as Given};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use events::log::LogReader;
use events::{Actor, Event, Recorded};
use serde::Serialize;

/// The question.
///
/// # Errors
/// 404 when there is no such entry, 409 when it is no viewing, 403 when it is none of this device, 503 when the log cannot be
/// read.
pub(super) async fn ask(
    Given(history): Given<History>,
    Path(pos): Path<String>,
    request: Request,
) -> Result<Response, WebError> {
    let recorded = history.forgettable(&pos, Asker::of(&history, &request)).await?;
    let state = history.live.snapshot();
    let told = history.clone();
    let work = move |reader: &dyn LogReader| {
        let known = told.today(&state).before(reader, &[&recorded], &[])?;
        let words = Shown { known: &known, state: &state, names: &told.names, now_ms: 0 };
        let video = recorded.event.video().map(|video| video.get());
        let (entry, who) = (words.line(&recorded, false), Who::of(&recorded, &told.names));
        let viewing = matches!(recorded.event, Event::View(_));
        let title = if viewing { "Forget a viewing" } else { "Forget where somebody stopped" };
        Ok(Page { title, section: "history", q: "", entry, at_ms: recorded.recorded_at_ms, who, video, viewing })
    };
    let page = history.writer.feed().reading(work).await?;
    history.pages.draw(&request, "history_forget.html", &page)
}

/// Forgets it, and leads to what is left of the entry.
///
/// # Errors
/// 404 when there is no such entry, 409 when it is no viewing, 403 when it is none of this device, 503 when nothing can be
/// written or too many want something forgotten.
pub(super) async fn forget(
    Given(history): Given<History>,
    Path(pos): Path<String>,
    request: Request,
) -> Result<Response, WebError> {
    let Recorded { pos, .. } = history.forgettable(&pos, Asker::of(&history, &request)).await?;
    history.writer.forget(vec![pos]).await?;
    Ok(Redirect::to(&format!("/history/{pos}")).into_response())
}

/// Who wants something forgotten.
#[derive(Clone, Copy)]
struct Asker {
    /// The device, told by its cookie, which keeps from mistakes and not from lies.
    device: Option<Actor>,
    /// Whether it may look after the gallery.
    caretaker: bool,
}

impl Asker {
    fn of(history: &History, request: &Request) -> Self {
        Self { device: visit::device(request.headers()), caretaker: history.guard.lets_through(request) }
    }
}

impl History {
    /// The record at the position that an address calls `pos`, if `asker` may forget it. It cannot be taken back, so it is
    /// for the device that watched, and for whoever looks after the gallery.
    async fn forgettable(&self, pos: &str, asker: Asker) -> Result<Recorded, WebError> {
        let recorded = self.recorded(pos).await?;
        if !recorded.event.can_be_redacted() {
            let why =
                "Only a viewing and a place in a video can be forgotten. What was changed can be taken back instead.";
            return Err(WebError::new(StatusCode::CONFLICT).with_detail(why));
        }
        if asker.caretaker || asker.device == Some(recorded.actor) {
            return Ok(recorded);
        }
        let why = "This was watched on another device. It can be forgotten there, or by whoever looks after the gallery: at \
                   the machine of the server, or with its token.";
        Err(WebError::new(StatusCode::FORBIDDEN).with_detail(why))
    }
}

#[derive(Debug, PartialEq, Eq, Hash, Serialize)]
struct Page {
    title: &'static str,
    section: &'static str,
    q: &'static str,
    entry: Line,
    at_ms: i64,
    who: Who,
    video: Option<u32>,
    /// Whether it is a viewing, with which other events go.
    viewing: bool,
}
