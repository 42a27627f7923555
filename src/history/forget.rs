//! `GET /history/{pos}/forget`: the question whether to forget one viewing, or a place in a video, for good.

use super::History;
use super::entry::{Line, Shown, Who};
use super::list::today;
use crate::actions::forget::{Forgetter, forgettable};
use crate::web::error::WebError;
use crate::web::extract::Path;
use crate::web::guard::Guard;
use axum::extract::{Request, State as Given};
use axum::response::Response;
use events::Event;
use events::log::LogReader;
use serde::Serialize;

/// The question.
///
/// # Errors
/// 404 when there is no such entry, 409 when it is no viewing, 403 when it is none of this device, 503 when the log cannot be
/// read.
pub(super) async fn ask(
    Given(history): Given<History>,
    Given(guard): Given<Guard>,
    Path(pos): Path<String>,
    request: Request,
) -> Result<Response, WebError> {
    let recorded = forgettable(&history.feed, &pos, Forgetter::of(&guard, &request)).await?;
    let state = history.live.snapshot();
    let told = history.clone();
    let work = move |reader: &dyn LogReader| {
        let known = today(&state).before(reader, &[&recorded], &[])?;
        let words = Shown { known: &known, state: &state, names: &told.names, now_ms: 0 };
        let video = recorded.event.video().map(|video| video.get());
        let (entry, who) = (words.line(&recorded, false), Who::of(&recorded, &told.names));
        let viewing = matches!(recorded.event, Event::View(_));
        let title = if viewing { "Forget a viewing" } else { "Forget where somebody stopped" };
        Ok(Page { title, section: "history", q: "", entry, at_ms: recorded.recorded_at_ms, who, video, viewing })
    };
    let page = history.feed.reading(work).await?;
    history.pages.draw(&request, "history_forget.html", &page).await
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
