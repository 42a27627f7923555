//! `GET /history/{pos}`: one change, what belonged to it, what it takes back and what took it back.

use super::History;
use super::back::{Answer, Undos, next};
use super::entry::{Line, Shown, Who, heading};
use super::kind::{Kind, can_go_back, noun};
use super::list::today;
use super::look::{READ_MAX, end_of};
use crate::actions::forget::entry;
use crate::clock;
use crate::web::error::WebError;
use crate::web::extract::{Path, parameter};
use crate::web::human::ago;
use axum::extract::{Request, State as Given};
use axum::response::Response;
use events::log::{LogReader, ReadError};
use events::{Pos, Recorded};
use projections::State;
use serde::Serialize;
use std::sync::Arc;

/// How many changes of a batch a page shows.
const LINES: u64 = 100;

/// How many events of its video, from the newest on, are looked through for what took a change back.
const OF_VIDEO_MAX: usize = 500;

/// The page; of a batch with many changes the part that `?after=` says, or else the one that has this change.
///
/// # Errors
/// 404 when the log does not reach that far, 503 when it cannot be read.
pub(super) async fn show(
    Given(history): Given<History>,
    Path(pos): Path<String>,
    request: Request,
) -> Result<Response, WebError> {
    let recorded = entry(&history.feed, &pos).await?;
    let after = parameter(request.uri().query(), "after").and_then(|after| after.parse().ok());
    let state = history.live.snapshot();
    let told = history.clone();
    let work = move |reader: &dyn LogReader| Page::of(reader, &told, &state, recorded, after);
    let page = history.feed.reading(work).await?;
    history.pages.draw(&request, "history_entry.html", &page).await
}

#[derive(Debug, PartialEq, Eq, Hash, Serialize)]
struct Page {
    title: String,
    section: &'static str,
    q: &'static str,
    entry: Line,
    at_ms: i64,
    ago: String,
    who: Who,
    batch: Pos,
    /// What it is a part of; nothing if it is all there was.
    heading: Option<String>,
    lines: Vec<Line>,
    previous: Option<String>,
    next: Option<String>,
    /// Where all of it can be taken back.
    undo: Option<String>,
    answers: Option<Pos>,
    undone_by: Option<Pos>,
    /// Only so much was looked through for what took it back.
    looked_in_part: bool,
}

impl Page {
    fn of(
        reader: &dyn LogReader,
        history: &History,
        state: &Arc<State>,
        recorded: Recorded,
        after: Option<Pos>,
    ) -> Result<Self, ReadError> {
        let (batch, end) = (recorded.batch, end_of(reader, recorded.batch, recorded.pos)?);
        let size = end + 1 - batch;
        let asked = after.filter(|pos| (batch - 1..end).contains(pos));
        let start = asked.unwrap_or(batch - 1 + (recorded.pos - batch) / LINES * LINES);
        let count = usize::try_from(LINES.min(end - start)).unwrap_or(0);
        let run = reader.read(start, count)?;
        let first = reader.read(batch - 1, 1)?;
        let shown: Vec<&Recorded> = run.iter().rev().chain([&recorded]).collect();
        let known = today(state).before(reader, &newest_first(shown), &[])?;
        let now_ms = clock::now_ms();
        let words = Shown { known: &known, state, names: &history.names, now_ms };
        let (undone_by, looked_in_part) = undone_by(reader, &recorded, end)?;
        let entry = words.line(&recorded, true);
        let whole = size > 1;
        let part = |pos: Pos| format!("/history/{}?after={pos}", recorded.pos);
        Ok(Self {
            title: entry.pieces.iter().map(|piece| piece.text.as_str()).collect(),
            section: "history",
            q: "",
            at_ms: recorded.recorded_at_ms,
            ago: ago(recorded.recorded_at_ms, now_ms),
            who: Who::of(&recorded, &history.names),
            batch,
            heading: whole.then(|| heading(first.first().unwrap_or(&recorded), size, size)),
            lines: if whole { run.iter().map(|recorded| words.line(recorded, true)).collect() } else { Vec::new() },
            previous: (start >= batch).then(|| part(start.saturating_sub(LINES).max(batch - 1))),
            next: (start + LINES < end).then(|| part(start + LINES)),
            undo: (can_go_back(&recorded) || run.iter().any(can_go_back)).then(|| format!("/undo/{batch}")),
            answers: Some(recorded.caused_by).filter(|pos| *pos != 0),
            undone_by,
            looked_in_part,
            entry,
        })
    }
}

fn newest_first(mut records: Vec<&Recorded>) -> Vec<&Recorded> {
    records.sort_by_key(|recorded| std::cmp::Reverse(recorded.pos));
    records.dedup_by_key(|recorded| recorded.pos);
    records
}

/// The batch that took this back, alone or with all of its batch, whose last position is `end`; and whether it could be further
/// away than was looked.
fn undone_by(reader: &dyn LogReader, recorded: &Recorded, end: Pos) -> Result<(Option<Pos>, bool), ReadError> {
    // What is taken off a playlist again is no event of its video.
    if let Some(video) = recorded.event.video().filter(|_| noun(&recorded.event) != Kind::Playlists) {
        let newest = reader.read_video(video, Pos::MAX, OF_VIDEO_MAX)?;
        let covered = newest.last().is_none_or(|oldest| oldest.pos <= end);
        let answers = newest.into_iter().filter(|later| later.caused_by != 0);
        let answers: Vec<Answer> = answers.map(|recorded| Answer { recorded, whole: false }).collect();
        let by = Undos::of(&answers).what_took_back(recorded);
        // Whatever took it back happened to the same video.
        if by.is_some() || covered {
            return Ok((by, false));
        }
    }
    let (answers, to_the_end) = next(reader, end, READ_MAX)?;
    let by = Undos::of(&answers).what_took_back(recorded);
    Ok((by, by.is_none() && !to_the_end))
}
