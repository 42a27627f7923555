//! `GET /history`: the log as people read it, narrowed down by what the address says.

use super::History;
use super::asked::{Asked, Filter, Part, Typed, Wrong};
use super::back::{Undos, later};
use super::entry::{Group, Shown};
use super::kind::{Kind, cause_name};
use super::known::Known;
use super::look::{Bounds, Looked, Wanted, look};
use crate::clock;
use crate::pages::{Empty, title};
use crate::web::error::WebError;
use axum::extract::{Request, State as Given};
use axum::http::StatusCode;
use axum::response::Response;
use events::log::{LogReader, ReadError};
use events::{Cause, Recorded};
use projections::State;
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;
use tools::moment::Moment;

/// The page.
///
/// # Errors
/// 503 when the log cannot be read. What the address asks for and cannot be meant is said on the page, which then is a 400.
pub(super) async fn show(Given(history): Given<History>, request: Request) -> Result<Response, WebError> {
    let state = history.live.snapshot();
    let asked = Asked::read(request.uri().query(), &state);
    let sound = asked.wrong == Wrong::default();
    let (looked, groups) = if sound { history.found(&asked, &state).await? } else { Default::default() };
    let page = Page::of(&history, &state, asked, &looked, groups);
    let mut answer = history.pages.draw(&request, "history.html", &page).await?;
    if !sound && answer.status() == StatusCode::OK {
        *answer.status_mut() = StatusCode::BAD_REQUEST;
    }
    Ok(answer)
}

impl History {
    /// What is asked for, as it was found and as it is shown.
    async fn found(&self, asked: &Asked, state: &Arc<State>) -> Result<(Looked, Vec<Group>), WebError> {
        let bounds = self.bounds(&asked.filter).await?;
        let (history, state, asked) = (self.clone(), Arc::clone(state), asked.clone());
        let now_ms = clock::now_ms();
        let work = move |reader: &dyn LogReader| {
            let (looked, undos) = search(reader, &today(&state), &asked, bounds)?;
            let shown: Vec<&Recorded> = looked.found.iter().flat_map(|found| found.first.iter().rev()).collect();
            let known = today(&state).before(reader, &shown, &looked.past)?;
            let groups = Shown { known: &known, state: &state, names: &history.names, now_ms }.groups(&looked, &undos);
            Ok((looked, groups))
        };
        Ok(self.feed.reading(work).await?)
    }

    /// Where to look for it: all of the log, or a day of it.
    pub(super) async fn bounds(&self, filter: &Filter) -> Result<Bounds, WebError> {
        let feed = &self.feed;
        let Some(day) = filter.day.map(Moment::Day) else { return Ok(Bounds { above: 0, below: feed.head() + 1 }) };
        let zone = clock::zone();
        let begins_at_ms = day.begins_at_ms(&zone).unwrap_or(i64::MIN);
        let ends_at_ms = day.ends_at_ms(&zone).unwrap_or(i64::MAX);
        let above = feed.moments().position(begins_at_ms.saturating_sub(1)).await?;
        let last = feed.moments().position(ends_at_ms).await?;
        Ok(Bounds { above, below: last + 1 })
    }
}

/// Nothing but what is known today.
pub(super) fn today(state: &Arc<State>) -> Known {
    Known::today(Arc::clone(state), clock::zone())
}

fn search(reader: &dyn LogReader, today: &Known, asked: &Asked, bounds: Bounds) -> Result<(Looked, Undos), ReadError> {
    let says = |recorded: &Recorded, text: &str| today.says(recorded, text);
    let wanted = Wanted { filter: &asked.filter, says: &says, most: asked.filter.most() };
    let looked = look(reader, wanted, asked.part, bounds, asked.limit)?;
    // What was taken back may be in force again by something newer than what is shown.
    let newer = looked.newer.filter(|_| !looked.answers.is_empty());
    let later = newer.map_or_else(|| Ok(Vec::new()), |pos| later(reader, wanted, pos))?;
    let undos = Undos::of(later.iter().chain(&looked.answers));
    Ok((looked, undos))
}

#[derive(Debug, PartialEq, Eq, Hash, Serialize)]
struct Page {
    title: &'static str,
    section: &'static str,
    q: &'static str,
    /// The video whose history it is.
    video: Option<Subject>,
    kinds: Vec<Choice>,
    causes: Vec<Choice>,
    devices: Vec<Choice>,
    typed: Typed,
    wrong: Wrong,
    narrows: bool,
    groups: Vec<Group>,
    stopped: Option<Stopped>,
    newest: Option<String>,
    newer: Option<String>,
    older: Option<String>,
    /// What was asked for makes sense.
    sound: bool,
    json_lines: String,
    csv: String,
    /// What this list hides, with a way to see it.
    everything: Option<String>,
    empty: Empty,
}

/// The one video that is meant.
#[derive(Debug, PartialEq, Eq, Hash, Serialize)]
struct Subject {
    id: u32,
    title: String,
    /// The same without it.
    all: String,
}

#[derive(Debug, PartialEq, Eq, Hash, Serialize)]
struct Choice {
    value: String,
    name: String,
    chosen: bool,
}

/// The look ended before there was enough.
#[derive(Debug, PartialEq, Eq, Hash, Serialize)]
struct Stopped {
    read: u64,
    /// It went towards what is newer.
    forward: bool,
    until_ms: i64,
    href: String,
}

impl Page {
    fn of(history: &History, state: &State, asked: Asked, looked: &Looked, groups: Vec<Group>) -> Self {
        let older = asked.url(Part::Before(match asked.part {
            Part::After(pos) => pos.saturating_add(1),
            Part::Newest | Part::Before(_) => looked.reached,
        }));
        let newer = looked.newer.map(|pos| asked.url(Part::After(pos)));
        let forward = matches!(asked.part, Part::After(_));
        let filter = &asked.filter;
        let narrowed = asked.narrows() || asked.wrong != Wrong::default();
        let video = filter.video.and_then(|video| state.videos().get(video));
        let sound = asked.wrong == Wrong::default();
        Self {
            title: "History",
            section: "history",
            q: "",
            video: video.map(|video| Subject {
                id: video.id.get(),
                title: title(video),
                all: Filter { video: None, ..filter.clone() }.url("/history", Part::Newest, None),
            }),
            kinds: Kind::ALL.map(|kind| choice(kind.words(), kind == filter.kind)).into(),
            causes: Cause::ALL.map(|it| choice((it.name(), cause_name(it)), filter.cause == Some(it))).into(),
            devices: devices(history, filter, &groups),
            narrows: narrowed,
            older: (looked.more && (forward || !looked.stopped)).then(|| older.clone()),
            stopped: looked.stopped.then(|| Stopped {
                read: looked.read as u64,
                forward,
                until_ms: looked.reached_at_ms.unwrap_or_default(),
                href: newer.clone().filter(|_| forward).unwrap_or(older),
            }),
            newest: (asked.part != Part::Newest).then(|| asked.url(Part::Newest)),
            newer: newer.filter(|_| !(forward && looked.stopped)),
            sound,
            json_lines: filter.url("/history/export.jsonl", Part::Newest, None),
            csv: filter.url("/history/export.csv", Part::Newest, None),
            everything: (filter.kind == Kind::Changes && sound)
                .then(|| Filter { kind: Kind::Everything, ..filter.clone() }.url("/history", Part::Newest, None)),
            empty: empty(narrowed, sound),
            typed: asked.typed,
            wrong: asked.wrong,
            groups,
        }
    }
}

fn choice((value, name): (&str, &str), chosen: bool) -> Choice {
    Choice { value: value.to_owned(), name: name.to_owned(), chosen }
}

/// The devices to choose from: those with a name, and those on the page.
fn devices(history: &History, filter: &Filter, groups: &[Group]) -> Vec<Choice> {
    let mut known: BTreeMap<String, String> = BTreeMap::new();
    for device in history.names.all() {
        known.insert(device.number.to_string(), device.name);
    }
    let shown = groups.iter().filter_map(|group| group.who.device.as_ref());
    let shown = shown.filter_map(|(name, href)| Some((href.rsplit_once('=')?.1.to_owned(), name.clone())));
    known.extend(shown);
    if let Some(device) = filter.device {
        known.insert(device.0.to_string(), history.names.called(device));
    }
    let chosen = filter.device.map(|device| device.0.to_string());
    let mut all: Vec<Choice> = known
        .into_iter()
        .map(|(value, name)| Choice { chosen: chosen.as_ref() == Some(&value), value, name })
        .collect();
    all.sort_by(|one, other| one.name.cmp(&other.name));
    all
}

fn empty(narrowed: bool, sound: bool) -> Empty {
    let (icon, title, text, href, action) = if !sound {
        ("warn", "Nothing was looked up", "Correct what is marked above.", "/history", "Show the whole history")
    } else if narrowed {
        let text = "No change fits all of what is asked for above.";
        ("search", "Nothing like that was found", text, "/history", "Show the whole history")
    } else {
        let text = "Every rating, tag, favorite and view is written down from the first one on, and found here.";
        ("history", "Nothing has happened yet", text, "/", "Browse all videos")
    };
    let (title, text, href) = (title.to_owned(), text.to_owned(), Some(href.to_owned()));
    Empty { icon, title, text, href, action, ..Empty::default() }
}
