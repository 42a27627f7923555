//! `/history/devices`: the devices that changes came from, and what people call them.

use super::History;
use super::names::Names;
use crate::web::error::WebError;
use crate::web::extract::{Form, Path};
use crate::web::human::ago;
use crate::web::visit::{self, Visit};
use axum::extract::{Request, State as Given};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use events::log::{LogReader, ReadError};
use events::{Actor, Pos};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use tokio::task::spawn_blocking;
use tools::devices::{DeviceName, DevicesError};

/// How many of the last entries of the log are looked through, and how many at once.
const READ_MAX: u64 = 50_000;
const RUN: u64 = 2_048;

/// The page.
///
/// # Errors
/// 503 when the log cannot be read.
pub(super) async fn show(Given(history): Given<History>, request: Request) -> Result<Response, WebError> {
    let page = history.devices(visit::device(request.headers())).await?;
    history.pages.draw(&request, "devices.html", &page)
}

/// The question whether to forget what a device is called.
///
/// # Errors
/// 404 for a device without a name.
pub(super) async fn ask(
    Given(history): Given<History>,
    Path(device): Path<String>,
    request: Request,
) -> Result<Response, WebError> {
    let device = parse(&device)?;
    let name = history.names.name_of(device).ok_or_else(nameless)?;
    let page = Question { title: "Forget a device", section: "history", q: "", number: device.0, name };
    history.pages.draw(&request, "device_forget.html", &page)
}

/// A name.
#[derive(Deserialize)]
pub(super) struct Fields {
    name: String,
}

/// Names the device that asks.
///
/// # Errors
/// 400 for what cannot be a name, 409 when there are too many or the file of names is damaged, 503 when it cannot be written.
pub(super) async fn name_own(
    Given(history): Given<History>,
    visit: Visit,
    Form(Fields { name }): Form<Fields>,
) -> Result<Response, WebError> {
    history.rename(visit.actor, &name).await
}

/// Names another device.
///
/// # Errors
/// As for naming one's own; 404 for what is no number of a device, or of one that nothing is known of; 503 when the log cannot be
/// read.
pub(super) async fn rename(
    Given(history): Given<History>,
    Path(device): Path<String>,
    visit: Visit,
    Form(Fields { name }): Form<Fields>,
) -> Result<Response, WebError> {
    let device = parse(&device)?;
    // Whoever asks is known, and so is what has a name; that programs get none is said of the name.
    let known = device == visit.actor || device.0 <= 1 || history.names.name_of(device).is_some();
    if !known && !history.seen().await?.contains_key(&device) {
        return Err(WebError::not_found("None of the last changes came from this device, so it cannot be named."));
    }
    history.rename(device, &name).await
}

/// Erases the name of a device.
///
/// # Errors
/// 404 for a device without a name; as for naming one.
pub(super) async fn forget(Given(history): Given<History>, Path(device): Path<String>) -> Result<Response, WebError> {
    let (device, names) = (parse(&device)?, history.names.clone());
    let had = in_peace(move || names.forget(device)).await?;
    if had { Ok(Redirect::to("/history/devices").into_response()) } else { Err(nameless()) }
}

fn parse(device: &str) -> Result<Actor, WebError> {
    device.parse().map(Actor).map_err(|_| WebError::not_found("A device is a number."))
}

fn nameless() -> WebError {
    WebError::not_found("This device has no name that could be forgotten.")
}

/// Does what waits for the disk where waiting is allowed.
async fn in_peace<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, DevicesError> + Send + 'static,
) -> Result<T, WebError> {
    spawn_blocking(work).await.map_err(WebError::internal)?.map_err(|error| {
        let status = match &error {
            DevicesError::Name => StatusCode::BAD_REQUEST,
            DevicesError::NoDevice | DevicesError::TooMany | DevicesError::Damaged { .. } => StatusCode::CONFLICT,
            DevicesError::Write { .. } => StatusCode::SERVICE_UNAVAILABLE,
        };
        let detail = format!("{}.", super::entry::upper_first(&error.to_string()));
        WebError::new(status).with_detail(detail).with_source(error)
    })
}

impl History {
    async fn rename(&self, device: Actor, name: &str) -> Result<Response, WebError> {
        let (names, name, now_ms) = (self.names.clone(), name.to_owned(), (self.clock)());
        in_peace(move || names.rename(device, &DeviceName::new(&name)?, now_ms)).await?;
        Ok(Redirect::to("/history/devices").into_response())
    }

    /// The page for whoever asks from this device.
    async fn devices(&self, own: Option<Actor>) -> Result<Page, WebError> {
        let (seen, head) = (self.seen().await?, self.writer.feed().head());
        let now_ms = (self.clock)();
        Ok(Page::of(&self.names, &seen, own, head, now_ms))
    }

    async fn seen(&self) -> Result<Seen, WebError> {
        let feed = self.writer.feed();
        let head = feed.head();
        Ok(feed.reading(move |reader| seen(reader, head)).await?)
    }
}

/// When each device changed something last, by the last entries of the log.
type Seen = BTreeMap<Actor, i64>;

fn seen(reader: &dyn LogReader, head: Pos) -> Result<Seen, ReadError> {
    let mut seen = Seen::new();
    let mut reached = head.saturating_sub(READ_MAX);
    while reached < head {
        let run = reader.read(reached, usize::try_from(RUN).unwrap_or(1))?;
        let Some(last) = run.last() else { break };
        reached = last.pos;
        seen.extend(run.iter().map(|recorded| (recorded.actor, recorded.recorded_at_ms)));
    }
    Ok(seen)
}

#[derive(Debug, PartialEq, Eq, Hash, Serialize)]
struct Page {
    title: &'static str,
    section: &'static str,
    q: &'static str,
    /// The name of the device that asks; empty if it has none.
    own: String,
    name_max: usize,
    devices: Vec<Entry>,
    /// How many of the last entries were looked through, if that is not all of them.
    looked: Option<u64>,
    trouble: Option<String>,
}

#[derive(Debug, PartialEq, Eq, Hash, Serialize)]
struct Entry {
    number: u32,
    called: String,
    /// What people called it; empty if nobody did.
    name: String,
    own: bool,
    /// Programs that keep no number are no single device.
    can_be_named: bool,
    last_at_ms: Option<i64>,
    ago: String,
    href: String,
}

#[derive(Debug, PartialEq, Eq, Hash, Serialize)]
struct Question {
    title: &'static str,
    section: &'static str,
    q: &'static str,
    number: u32,
    name: String,
}

impl Page {
    fn of(names: &Names, seen: &Seen, own: Option<Actor>, head: Pos, now_ms: i64) -> Self {
        let mut all: BTreeMap<Actor, Option<i64>> =
            seen.iter().filter(|(device, _)| device.0 > 0).map(|(device, at_ms)| (*device, Some(*at_ms))).collect();
        for named in names.all() {
            all.entry(Actor(named.number)).or_default();
        }
        let entry = |(device, last_at_ms): (Actor, Option<i64>)| Entry {
            number: device.0,
            called: names.called(device),
            name: names.name_of(device).unwrap_or_default(),
            own: own == Some(device),
            can_be_named: device.0 > 1,
            last_at_ms,
            ago: last_at_ms.map_or_else(String::new, |at_ms| ago(at_ms, now_ms)),
            href: format!("/history?device={}&kind=everything", device.0),
        };
        let mut devices: Vec<Entry> = all.into_iter().map(entry).collect();
        devices.sort_by_key(|entry| (!entry.own, std::cmp::Reverse(entry.last_at_ms), entry.number));
        Self {
            title: "Devices",
            section: "history",
            q: "",
            own: own.and_then(|device| names.name_of(device)).unwrap_or_default(),
            name_max: DeviceName::MAX_CHARS,
            devices,
            looked: (head > READ_MAX).then_some(READ_MAX),
            trouble: names.trouble(),
        }
    }
}
