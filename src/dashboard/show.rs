//! `GET /admin?window=`: the page of the cards.

use super::care::Care;
use super::jobs::Line;
use super::points::{self, Chart};
use super::{Cards, Sources, health};
use crate::clock;
use crate::metrics::Window;
use crate::pages::chart::Picture;
use crate::web::error::WebError;
use crate::web::extract::parameter;
use axum::extract::{Request, State};
use axum::response::Response;
use serde::Serialize;

/// How far back the page looks unless it is told.
const USUAL: Window = Window::Hour;

/// The windows one can go to, with their names for people.
const WINDOWS: [(Window, &str); 4] = [
    (Window::QuarterHour, "15 minutes"),
    (Window::Hour, "1 hour"),
    (Window::Day, "24 hours"),
    (Window::Month, "30 days"),
];

/// What the page shows.
#[derive(Debug, PartialEq, Eq, Hash, Serialize)]
struct Dashboard {
    title: &'static str,
    section: &'static str,
    q: &'static str,
    /// Something is going on, so it is worth looking again soon.
    busy: bool,
    windows: [Choice; 4],
    health: health::Card,
    cards: Cards,
    charts: Vec<Chart>,
    points: points::Card,
    /// When each point is, in a few words.
    steps: Vec<String>,
    /// For each route of the traffic how it went, as a line.
    sparks: Vec<Picture>,
    care: Care,
    jobs: Vec<Line>,
}

/// A window to go to.
#[derive(Debug, PartialEq, Eq, Hash, Serialize)]
struct Choice {
    name: &'static str,
    href: String,
    current: bool,
}

/// The window of this name; the usual one where none is said.
///
/// # Errors
/// 400 for one that there is not.
pub fn window(name: Option<&str>) -> Result<Window, WebError> {
    let Some(name) = name else { return Ok(USUAL) };
    let known = Window::ALL.map(Window::name).join(", ");
    name.parse().map_err(|_: String| WebError::bad_parameter("window", format!("It is one of {known}.")))
}

/// Shows how it goes.
///
/// # Errors
/// 400 for a window that there is not.
pub async fn show(State(sources): State<Sources>, request: Request) -> Result<Response, WebError> {
    let window = window(parameter(request.uri().query(), "window").as_deref())?;
    let report = sources.report(window).await;
    let cards = sources.cards(&report);
    let (points, zone) = (points::Card::of(&report), clock::zone());
    let jobs: Vec<Line> = Line::all(&sources.board.all());
    let pending = cards.thumbnails.pending + cards.thumbnails.storyboards_pending;
    let choice = |(other, name): (Window, &'static str)| Choice {
        name,
        href: format!("/admin?window={}", other.name()),
        current: other == window,
    };
    let page = Dashboard {
        title: "Admin",
        section: "admin",
        q: "",
        busy: pending > 0 || jobs.iter().any(|job| job.running),
        windows: WINDOWS.map(choice),
        health: health::Card::of(&cards),
        charts: points::all(&points, &zone),
        steps: points::names(&points, &zone),
        points,
        sparks: cards.traffic.sparks(),
        cards,
        care: Care::of(&sources.library.roots(), sources.guard.lets_through(&request)),
        jobs,
    };
    sources.pages.draw(&request, "admin.html", &page).await
}
