//! `/history/devices`: the devices that changes came from, and what people call them; and the question whether to forget
//! that. Naming them is an action.

use super::History;
use crate::actions::device::forgettable;
use crate::actions::forget::Forgetter;
use crate::clock;
use crate::names::Names;
use crate::web::error::WebError;
use crate::web::extract::Path;
use crate::web::guard::Guard;
use crate::web::human::ago;
use crate::web::visit;
use crate::writer::{Devices, Feed};
use axum::extract::{Request, State as Given};
use axum::response::Response;
use events::{Actor, Pos};
use serde::Serialize;
use std::collections::BTreeMap;
use tools::devices::DeviceName;

/// The page.
///
/// # Errors
/// 503 when the log cannot be read.
pub(super) async fn show(Given(history): Given<History>, request: Request) -> Result<Response, WebError> {
    let (devices, head) = (history.feed.devices().await?, history.feed.head());
    let page = Page::of(&history.names, &devices, visit::device(request.headers()), head, clock::now_ms());
    history.pages.draw(&request, "devices.html", &page).await
}

/// The question whether to forget what a device is called.
///
/// # Errors
/// 404 for a device without a name, 403 for the name of another device.
pub(super) async fn ask(
    Given(history): Given<History>,
    Given(guard): Given<Guard>,
    Path(device): Path<String>,
    request: Request,
) -> Result<Response, WebError> {
    let (device, name) = forgettable(&history.names, &device, Forgetter::of(&guard, &request))?;
    let page = Question { title: "Forget a device", section: "history", q: "", number: device.0, name };
    history.pages.draw(&request, "device_forget.html", &page).await
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
    fn of(names: &Names, seen: &Devices, own: Option<Actor>, head: Pos, now_ms: i64) -> Self {
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
            looked: (head > Feed::DEVICES_IN).then_some(Feed::DEVICES_IN),
            trouble: names.trouble(),
        }
    }
}
