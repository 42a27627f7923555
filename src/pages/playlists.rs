//! `GET /playlists`: every playlist, as a page, and as JSON for the dialog that puts a video into one.

use super::Pages;
use super::address::Address;
use super::parts::{Card, Empty, Pager};
use super::when::When;
use crate::web::error::WebError;
use axum::Json;
use axum::extract::{Request, State};
use axum::http::header::{ACCEPT, CACHE_CONTROL, VARY};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse, Response};
use events::{PlaylistName, VideoId};
use projections::{Item, Playlist, Sort};
use serde::Serialize;

/// How many playlists a page shows.
const PER_PAGE: usize = 60;
/// How many covers stand for a playlist.
const COVERS: usize = 4;
/// Of a playlist with more entries the hub does not say how long it plays: adding that up would take longer than
/// drawing the page.
const ENTRIES_ADDED_UP: usize = 2000;

/// All playlists, the one changed last first. For `Accept: application/json` their names, and with `?video=` whether
/// that video is in them.
///
/// # Errors
/// 400 for a moment that makes no sense.
pub async fn show(State(pages): State<Pages>, when: When, request: Request) -> Result<Response, WebError> {
    let query = request.uri().query();
    if wants_json(request.headers()) {
        return Ok(names(when.state(), video_in(query)));
    }
    let wanted = Address::read(query, Sort::Added).page;
    let address = Address::usual(Sort::Added).on_page(wanted);
    pages
        .show_at(&when, &request, &address.url("/playlists"), "playlists.html", |state| Ok(Hub::of(state, wanted)))
        .await
}

fn wants_json(headers: &HeaderMap) -> bool {
    let accept = headers.get(ACCEPT).and_then(|accept| accept.to_str().ok());
    accept.is_some_and(|accept| accept.contains("application/json"))
}

fn video_in(query: Option<&str>) -> Option<VideoId> {
    let mut fields = form_urlencoded::parse(query.unwrap_or_default().as_bytes());
    fields.find(|(name, _)| name == "video")?.1.parse().ok()
}

/// What the dialog shows of a playlist.
#[derive(Serialize)]
struct Name {
    id: u32,
    name: String,
    videos: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    has: Option<bool>,
}

#[derive(Serialize)]
struct Names {
    playlists: Vec<Name>,
}

/// Page and JSON share an address, so the JSON is not kept: Back must not show it in place of the page.
fn names(state: &projections::State, video: Option<VideoId>) -> Response {
    let name = |list: &Playlist| Name {
        id: list.id.get(),
        name: list.name.as_str().to_owned(),
        videos: list.items.len(),
        has: video.map(|video| list.items.iter().any(|item| item.video == video)),
    };
    let playlists = newest_first(state).into_iter().map(name).collect();
    let headers = [(CACHE_CONTROL, HeaderValue::from_static("no-store")), (VARY, HeaderValue::from_static("accept"))];
    (headers, Json(Names { playlists })).into_response()
}

/// How many playlists a form offers to choose from.
const CHOICES: usize = 200;

/// A playlist to choose.
#[derive(Debug, PartialEq, Eq, Hash, Serialize)]
pub(super) struct Choice {
    id: u32,
    name: String,
}

/// The playlists that a video can be put into without scripts: those changed last.
pub(super) fn choices(state: &projections::State) -> Vec<Choice> {
    let lists = newest_first(state).into_iter().take(CHOICES);
    lists.map(|list| Choice { id: list.id.get(), name: list.name.as_str().to_owned() }).collect()
}

fn newest_first(state: &projections::State) -> Vec<&Playlist> {
    let mut lists: Vec<&Playlist> = state.playlists().iter().rev().collect();
    lists.sort_by_key(|list| std::cmp::Reverse(list.changed_at_ms));
    lists
}

/// The page.
#[derive(Debug, PartialEq, Eq, Hash, Serialize)]
struct Hub {
    title: &'static str,
    section: &'static str,
    q: &'static str,
    total: usize,
    lists: Vec<Entry>,
    pager: Option<Pager>,
    name_max: usize,
    empty: Empty,
}

/// A playlist on it.
#[derive(Debug, PartialEq, Eq, Hash, Serialize)]
struct Entry {
    id: u32,
    name: String,
    description: String,
    covers: Vec<Card>,
    count: usize,
    missing: usize,
    duration_ms: u64,
    changed_at_ms: i64,
}

impl Hub {
    fn of(state: &projections::State, wanted: usize) -> Self {
        let lists = newest_first(state);
        let (total, pages) = (lists.len(), lists.len().div_ceil(PER_PAGE).max(1));
        let page = wanted.clamp(1, pages);
        let shown = lists.into_iter().skip((page - 1) * PER_PAGE).take(PER_PAGE);
        let empty = Empty {
            icon: "playlist",
            title: "No playlists yet".to_owned(),
            text: "Make one here, then put videos into it from their cards or pages.".to_owned(),
            href: Some("/".to_owned()),
            action: "Browse all videos",
            ..Empty::default()
        };
        Self {
            title: "Playlists",
            section: "playlists",
            q: "",
            total,
            lists: shown.map(|list| Entry::of(state, list)).collect(),
            pager: Pager::of(&Address::usual(Sort::Added), "/playlists", page, pages),
            name_max: PlaylistName::MAX_CHARS,
            empty,
        }
    }
}

impl Entry {
    fn of(state: &projections::State, list: &Playlist) -> Self {
        let short = list.items.len() <= ENTRIES_ADDED_UP;
        let extent = if short { Extent::of(state, list) } else { Extent::default() };
        let covers = list.items.iter().filter_map(|item| state.videos().get(item.video)).take(COVERS);
        Self {
            id: list.id.get(),
            name: list.name.as_str().to_owned(),
            description: list.description.clone(),
            covers: covers.map(|video| Card::of(state, video)).collect(),
            count: list.items.len(),
            missing: extent.missing,
            duration_ms: extent.duration_ms,
            changed_at_ms: list.changed_at_ms,
        }
    }
}

/// How much there is to watch in a playlist.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Extent {
    /// How many entries have no file right now.
    pub(super) missing: usize,
    /// Playing time of the others, as far as known.
    pub(super) duration_ms: u64,
}

impl Extent {
    pub(super) fn of(state: &projections::State, list: &Playlist) -> Self {
        let videos = |item: &Item| state.videos().get(item.video).filter(|video| video.present());
        list.items.iter().map(videos).fold(Self::default(), |sum, video| match video {
            None => Self { missing: sum.missing + 1, ..sum },
            Some(video) => {
                Self { duration_ms: sum.duration_ms.saturating_add(video.duration_ms.unwrap_or_default()), ..sum }
            }
        })
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::super::samples::{after, found, id, listed, playlist, probed, vanished};
    use super::*;
    use projections::State;

    fn names_of(hub: &Hub) -> Vec<&str> {
        hub.lists.iter().map(|entry| entry.name.as_str()).collect()
    }

    #[test]
    fn the_one_changed_last_comes_first() {
        let state = after(&[found(1, "a.mp4"), playlist(1, "One"), playlist(2, "Two"), listed(1, 1, 1)]);
        let hub = Hub::of(&state, 1);
        assert_eq!(names_of(&hub), ["One", "Two"]);
        assert_eq!((hub.total, hub.pager), (2, None));
    }

    #[test]
    fn an_entry_shows_four_covers_and_adds_up_what_is_there() {
        let mut events = vec![playlist(1, "Evening")];
        for number in 1..=6 {
            let file = format!("{number}.mp4");
            events.extend([found(number, &file), probed(number, 10_000), listed(1, number, number)]);
        }
        events.push(vanished(2));
        let state = after(&events);
        let hub = Hub::of(&state, 1);
        let entry = hub.lists.first().unwrap();
        assert_eq!(entry.covers.iter().map(|card| card.id).collect::<Vec<_>>(), [1, 2, 3, 4]);
        assert_eq!((entry.count, entry.missing, entry.duration_ms), (6, 1, 50_000));
    }

    #[test]
    fn many_playlists_have_pages() {
        let events: Vec<_> = (1..=61).map(|number| playlist(number, &format!("List {number}"))).collect();
        let state = after(&events);
        assert_eq!(names_of(&Hub::of(&state, 2)), ["List 1"]);
        assert_eq!(names_of(&Hub::of(&state, 99)), ["List 1"], "beyond the end is the last page");
        let pager = Hub::of(&state, 1).pager.unwrap();
        assert_eq!(pager.next.as_deref(), Some("/playlists?page=2"));
        assert!(Hub::of(&State::default(), 1).lists.is_empty());
    }

    #[test]
    fn the_dialog_asks_whether_a_video_is_in_them() {
        assert_eq!(video_in(Some("a=b&video=7")), Some(id(7)));
        assert_eq!([video_in(None), video_in(Some("video=0")), video_in(Some("video=x"))], [None; 3]);
    }
}
