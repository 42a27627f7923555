//! `GET /history/export.jsonl` and `.csv`: all that a filter finds, newest first, as it is read.
//!
//! Read piece by piece as the client takes it, so that neither a long history nor a slow client costs memory.

use super::History;
use super::asked::{Asked, Filter, Wrong};
use super::known::Known;
use super::list;
use super::look::{Bounds, Wanted, older};
use crate::web::error::WebError;
use crate::web::human::iso;
use crate::web::pieces::{self, Piece};
use axum::extract::{Request, State as Given};
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};
use events::log::{LogReader, ReadError};
use events::{Event, Pos, Recorded, jsonl, wire};
use projections::State;
use std::sync::Arc;

/// How many records are read for one piece at most.
const PIECE: usize = 1000;

/// The first line of a table.
const COLUMNS: [&str; 12] = [
    "position",
    "written",
    "happened",
    "cause",
    "device",
    "device name",
    "batch",
    "answers",
    "kind",
    "video",
    "title",
    "change",
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    JsonLines,
    Csv,
}

/// As lines of JSON, each as `tools export` writes it; only of what was erased nothing is left that could be tried out.
///
/// # Errors
/// 400 for what cannot be meant, 503 when the log cannot be read.
pub(super) async fn json_lines(Given(history): Given<History>, request: Request) -> Result<Response, WebError> {
    export(history, request.uri().query(), Form::JsonLines).await
}

/// As a table for a spreadsheet, with the sentences that people read.
///
/// # Errors
/// 400 for what cannot be meant, 503 when the log cannot be read.
pub(super) async fn csv(Given(history): Given<History>, request: Request) -> Result<Response, WebError> {
    export(history, request.uri().query(), Form::Csv).await
}

async fn export(history: History, query: Option<&str>, form: Form) -> Result<Response, WebError> {
    let state = history.live.snapshot();
    let asked = Asked::read(query, &state);
    if let Some(why) = first_of(asked.wrong) {
        return Err(WebError::bad_input(why));
    }
    let bounds = history.bounds(&asked.filter).await?;
    let feed = history.feed.clone();
    let work = Arc::new(Work { history, state, filter: asked.filter, bounds, form });
    let piece = move |before: Pos| {
        let (feed, work) = (feed.clone(), Arc::clone(&work));
        async move { feed.reading(move |reader| work.piece(reader, before)).await }
    };
    let body = pieces::body(bounds.below, piece).await?;
    let (kind, name) = match form {
        Form::JsonLines => ("application/x-ndjson", "attachment; filename=\"history.jsonl\""),
        Form::Csv => ("text/csv; charset=utf-8; header=present", "attachment; filename=\"history.csv\""),
    };
    let headers = [(CONTENT_TYPE, kind), (CACHE_CONTROL, "no-store"), (CONTENT_DISPOSITION, name)];
    Ok((headers, body).into_response())
}

fn first_of(wrong: Wrong) -> Option<String> {
    let Wrong { video, kind, cause, device, day, part } = wrong;
    video.or(kind).or(cause).or(device).or(day).or(part)
}

/// What is exported.
struct Work {
    history: History,
    state: Arc<State>,
    filter: Filter,
    bounds: Bounds,
    form: Form,
}

impl Work {
    /// The next lines, of what is older than `before`. Blocking.
    fn piece(&self, reader: &dyn LogReader, before: Pos) -> Result<Piece, ReadError> {
        let records = older(reader, &self.filter, self.bounds, before, PIECE)?;
        let today = list::today(&self.state);
        let says = |recorded: &Recorded, text: &str| today.says(recorded, text);
        let wanted = Wanted { filter: &self.filter, says: &says, most: PIECE };
        let fitting: Vec<&Recorded> = records.iter().filter(|recorded| wanted.fits(recorded)).collect();
        let bytes = match self.form {
            Form::JsonLines => json(&fitting)?,
            Form::Csv => {
                let past = if self.filter.video.is_some() { &*records } else { &[] };
                let known = list::today(&self.state).before(reader, &fitting, past)?;
                let begins = before == self.bounds.below;
                self.table(&known, &fitting, begins).map_err(|error| ReadError::Storage(error.into()))?
            }
        };
        let oldest = records.last().map(|oldest| oldest.pos);
        Ok(Piece { bytes: bytes.into(), next: oldest.filter(|pos| *pos > self.bounds.above + 1) })
    }

    /// These records as lines of a table; where it `begins`, below its head.
    fn table(&self, known: &Known, records: &[&Recorded], begins: bool) -> Result<Vec<u8>, csv::Error> {
        // Without the mark, spreadsheets take the letters for those of an old code page.
        let start = if begins { "\u{FEFF}".into() } else { Vec::new() };
        let mut table = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(start);
        if begins {
            table.write_record(COLUMNS)?;
        }
        for recorded in records {
            table.write_record(self.cells(known, recorded))?;
        }
        table.into_inner().map_err(|error| error.into_error().into())
    }

    fn cells(&self, known: &Known, recorded: &Recorded) -> [String; COLUMNS.len()] {
        let number = |number: u64| if number == 0 { String::new() } else { number.to_string() };
        let video = recorded.event.video();
        let title = video.and_then(|video| self.state.videos().get(video)).map(crate::pages::title);
        [
            recorded.pos.to_string(),
            iso(recorded.recorded_at_ms),
            iso(recorded.occurred_at_ms),
            recorded.cause.name().to_owned(),
            number(recorded.actor.0.into()),
            harmless(self.history.names.name_of(recorded.actor).unwrap_or_default()),
            recorded.batch.to_string(),
            number(recorded.caused_by),
            wire::kind_name(&recorded.event).to_owned(),
            video.map_or_else(String::new, |video| video.to_string()),
            harmless(title.unwrap_or_default()),
            harmless(known.sentence(recorded).to_string()),
        ]
    }
}

fn json(records: &[&Recorded]) -> Result<Vec<u8>, ReadError> {
    let mut lines = Vec::new();
    for recorded in records {
        let line = jsonl::write(recorded).map_err(|error| ReadError::Storage(error.into()))?;
        let line = if matches!(recorded.event, Event::Redacted(_)) { without_hashes(&line) } else { Ok(line) };
        lines.extend(line.map_err(|error| ReadError::Storage(error.into()))?.into_bytes());
        lines.push(b'\n');
    }
    Ok(lines)
}

/// The line of an erased record without what its content could be guessed from: the hash of the content, and that of the
/// command. Everybody in the network may download this, and there are only so many videos to try.
fn without_hashes(line: &str) -> serde_json::Result<String> {
    let mut line: serde_json::Map<String, serde_json::Value> = serde_json::from_str(line)?;
    line.insert("data".to_owned(), serde_json::json!({}));
    line.remove("command");
    serde_json::to_string(&line)
}

/// Spreadsheets take what begins with one of these signs for a formula, whatever the quotes around it.
fn harmless(text: String) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text }
}
