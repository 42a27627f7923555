//! `GET /playlists/{id}`: one playlist: its entries in order, and a player that goes through them.

use super::Pages;
use super::address::Address;
use super::parts::{Card, Empty, File, Pager};
use super::playlists::Extent;
use super::when::When;
use crate::web::error::WebError;
use crate::web::extract::Path;
use crate::web::human::segment;
use axum::extract::{Request, State};
use axum::response::Response;
use events::{PlaylistId, PlaylistName};
use projections::{Presence, Sort};
use serde::Serialize;

/// How many entries a page shows; the player walks from page to page.
const PER_PAGE: usize = 200;

/// The page of a playlist. `?page=` is which part of a long one.
///
/// # Errors
/// 404 when there is no playlist with this id.
pub async fn show(
    State(pages): State<Pages>,
    Path(id): Path<String>,
    when: When,
    request: Request,
) -> Result<Response, WebError> {
    let gone = || match when.past() {
        Some(past) => WebError::not_found(format!("There was no such playlist {}.", past.spoken())),
        None => WebError::not_found("There is no playlist at this address. It may have been deleted."),
    };
    let id: PlaylistId = id.parse().map_err(|_| gone())?;
    let wanted = Address::read(request.uri().query(), Sort::Added).page;
    let path = format!("/playlists/{id}");
    let url = Address::usual(Sort::Added).on_page(wanted).url(&path).into_owned();
    pages
        .show_at(&when, &request, &url, "playlist.html", |state| {
            state.playlists().get(id).map(|list| Show::of(state, list, wanted)).ok_or_else(gone)
        })
        .await
}

/// The page.
#[derive(Debug, PartialEq, Eq, Hash, Serialize)]
struct Show {
    title: String,
    section: &'static str,
    q: &'static str,
    id: u32,
    description: String,
    total: usize,
    missing: usize,
    duration_ms: u64,
    created_at_ms: i64,
    page: usize,
    pages: usize,
    per_page: usize,
    pager: Option<Pager>,
    entries: Vec<Entry>,
    /// Which of `entries` the player begins with.
    first: Option<usize>,
    name_max: usize,
    empty: Empty,
}

/// One place in the playlist.
#[derive(Debug, PartialEq, Eq, Hash, Serialize)]
struct Entry {
    /// Identity of the entry; the video may stand in the list twice.
    item: u32,
    /// From 0, as in the address `#pos-0`.
    index: usize,
    card: Card,
    /// Its file, while that is there.
    file: Option<File>,
    /// Its page, with this playlist to go on with; none for a video that is gone for good.
    watch: Option<String>,
    /// Why it cannot be played, in a word.
    gone: Option<&'static str>,
    /// Where somebody stopped; 0 to begin.
    resume_ms: u64,
}

impl Show {
    fn of(state: &projections::State, list: &projections::Playlist, wanted: usize) -> Self {
        let pages = list.items.len().div_ceil(PER_PAGE).max(1);
        let page = wanted.clamp(1, pages);
        let path = format!("/playlists/{}", list.id);
        let Extent { missing, duration_ms } = Extent::of(state, list);
        let from = (page - 1) * PER_PAGE;
        let shown = list.items.iter().enumerate().skip(from).take(PER_PAGE);
        let entries: Vec<Entry> = shown.filter_map(|(index, item)| Entry::of(state, &path, index, item)).collect();
        let empty = Empty {
            icon: "playlist",
            title: "Nothing in here yet".to_owned(),
            text: "Put videos into this playlist from their cards or pages; they play one after the other.".to_owned(),
            href: Some("/".to_owned()),
            action: "Browse all videos",
            ..Empty::default()
        };
        Self {
            title: list.name.as_str().to_owned(),
            section: "playlists",
            q: "",
            id: list.id.get(),
            description: list.description.clone(),
            total: list.items.len(),
            missing,
            duration_ms,
            created_at_ms: list.created_at_ms,
            page,
            pages,
            per_page: PER_PAGE,
            pager: Pager::of(&Address::usual(Sort::Added), &path, page, pages),
            first: entries.iter().position(|entry| entry.file.is_some()),
            entries,
            name_max: PlaylistName::MAX_CHARS,
            empty,
        }
    }
}

impl Entry {
    /// Nothing only for a video that was never found, which no log of ours has.
    fn of(state: &projections::State, path: &str, index: usize, item: &projections::Item) -> Option<Self> {
        let video = state.videos().get(item.video)?;
        let gone = match video.presence {
            Presence::Present => None,
            Presence::Missing { .. } => Some("missing"),
            Presence::Forgotten => Some("removed"),
        };
        let watch = format!("/watch/{}?from={}&item={}", video.id, segment(path), item.id);
        Some(Self {
            item: item.id.get(),
            index,
            card: Card::of(state, video),
            file: gone.is_none().then(|| File::of(video)),
            watch: (video.presence != Presence::Forgotten).then_some(watch),
            gone,
            resume_ms: state.playback().resume_ms(video.id),
        })
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::super::samples::{after, forgotten, found, listed, playlist, vanished};
    use super::*;

    fn page(events: &[events::Event], wanted: usize) -> Show {
        let state = after(events);
        let list = state.playlists().iter().next().unwrap();
        Show::of(&state, list, wanted)
    }

    #[test]
    fn entries_stand_in_order_and_know_where_they_play() {
        let events = [found(1, "a #1.mp4"), found(2, "b.mp4"), playlist(1, "P"), listed(1, 1, 2), listed(1, 2, 1)];
        let show = page(&events, 1);
        let played: Vec<_> = show.entries.iter().map(|entry| entry.file.as_ref().unwrap().media.as_str()).collect();
        assert_eq!(played, ["/media/2/b.mp4", "/media/1/a%20%231.mp4"]);
        let watch: Vec<_> = show.entries.iter().map(|entry| entry.watch.as_deref().unwrap()).collect();
        assert_eq!(watch, ["/watch/2?from=%2Fplaylists%2F1&item=1", "/watch/1?from=%2Fplaylists%2F1&item=2"]);
    }

    #[test]
    fn what_cannot_be_played_is_shown_and_passed_over() {
        let mut events = vec![playlist(1, "P")];
        for number in 1..=3 {
            events.extend([found(number, &format!("{number}.mp4")), listed(1, number, number)]);
        }
        events.extend([vanished(1), vanished(2), forgotten(2)]);
        let show = page(&events, 1);
        assert_eq!(
            show.entries.iter().map(|entry| entry.gone).collect::<Vec<_>>(),
            [Some("missing"), Some("removed"), None]
        );
        assert_eq!((show.first, show.missing), (Some(2), 2));
        assert_eq!(show.entries.iter().filter(|entry| entry.watch.is_none()).count(), 1);
    }

    #[test]
    fn a_long_playlist_has_pages() {
        let mut events = vec![found(1, "a.mp4"), playlist(1, "P")];
        events.extend((1..=201).map(|item| listed(1, item, 1)));
        assert_eq!(page(&events, 1).entries.len(), 200);
        let last = page(&events, 1_000_000_000);
        assert_eq!(last.entries.iter().map(|entry| (entry.index, entry.item)).collect::<Vec<_>>(), [(200, 201)]);
        assert_eq!((last.page, last.pages, last.total), (2, 2, 201));
        assert_eq!(last.pager.unwrap().previous.as_deref(), Some("/playlists/1"));
    }

    #[test]
    fn an_empty_playlist_plays_nothing() {
        let show = page(&[playlist(1, "P")], 1);
        assert_eq!((show.total, show.first, show.entries.len(), show.pager), (0, None, 0, None));
    }
}
