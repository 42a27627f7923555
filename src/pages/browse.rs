//! Home, favorites, popular, best of, a tag, and search: one page with different queries.
//!
//! Which lists there are is in [`super::place`].

use super::Pages;
use super::address::{Address, Layout, SORTS, can_flip};
use super::filters::{self, Choices, FilterChip};
use super::notices::{Notices, Trouble};
use super::parts::{Card, Empty, Pager};
use super::place::{Place, nothing_found};
use super::random;
use super::search_help::SearchHelp;
use super::shelves::{self, Shelf};
use super::when::When;
use crate::status::LibraryStatus;
use crate::web::error::WebError;
use crate::web::extract::Path;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Redirect, Response};
use events::TagName;
use projections::{Corrected, List, Order, Sort};
use serde::Serialize;
use std::hash::Hash;
use xxhash_rust::xxh3::Xxh3Default;

/// How many cards on a page are offered.
const LENGTHS: [usize; 3] = [30, 60, 120];

/// `GET /`: everything.
///
/// # Errors
/// 400 for a moment that makes no sense.
pub async fn home(State(pages): State<Pages>, when: When, request: Request) -> Result<Response, WebError> {
    pages.list(&Place::Home, &when, &request).await
}

/// `GET /favorites`: videos with a heart.
///
/// # Errors
/// 400 for a moment that makes no sense.
pub async fn favorites(State(pages): State<Pages>, when: When, request: Request) -> Result<Response, WebError> {
    pages.list(&Place::Favorites, &when, &request).await
}

/// `GET /popular`: most watched first.
///
/// # Errors
/// 400 for a moment that makes no sense.
pub async fn popular(State(pages): State<Pages>, when: When, request: Request) -> Result<Response, WebError> {
    pages.list(&Place::Popular, &when, &request).await
}

/// `GET /best-of`: rated four or five.
///
/// # Errors
/// 400 for a moment that makes no sense.
pub async fn best_of(State(pages): State<Pages>, when: When, request: Request) -> Result<Response, WebError> {
    pages.list(&Place::BestOf, &when, &request).await
}

/// `GET /tag/{tag}`: videos with this tag; with or without `#`, in any case.
///
/// # Errors
/// 404 when no tag can have that name.
pub async fn tag(
    State(pages): State<Pages>,
    Path(name): Path<String>,
    when: When,
    request: Request,
) -> Result<Response, WebError> {
    let tag = TagName::new(&name).map_err(|why| WebError::not_found(format!("No tag has this name: {why}.")))?;
    pages.list(&Place::Tag(tag), &when, &request).await
}

/// `GET /search?q=`: videos whose title, file name and tags have all the words.
///
/// # Errors
/// 400 for a moment that makes no sense.
pub async fn search(State(pages): State<Pages>, when: When, request: Request) -> Result<Response, WebError> {
    pages.list(&Place::Search, &when, &request).await
}

impl Pages {
    fn list(&self, place: &Place, when: &When, request: &Request) -> impl Future<Output = Result<Response, WebError>> {
        let (query, path, headers) = (request.uri().query(), request.uri().path(), request.headers());
        async move {
            let address = Address::read(query, place.usual_sort()).seen_at(when);
            if address.sort == Sort::Random && address.seed.is_none() {
                // Every order has an address of its own, so that paging, Back and a copied link keep it.
                let dealt = address.shuffled(random::seed()).url(path).into_owned();
                return Ok(Redirect::to(&when.then(dealt)).into_response());
            }
            let url = address.url(path);
            let url = address.kept_as(&url);
            let beside = Beside::at(when, place, &self.0.folders, &self.0.library);
            // What home shows beside the list is neither in the snapshot nor in the address.
            let url = if *place == Place::Home { format!("{url}#{:x}", beside.key()).into() } else { url };
            let build = |state: &projections::State| Ok(Browse::of(state, place, &address, path, &beside));
            self.answer(when, headers, &url, "browse.html", build).await
        }
    }
}

/// What a list page depends on beside the snapshot and its address.
#[derive(Debug, Default, Hash)]
struct Beside<'a> {
    folders: &'a [String],
    notices: Notices,
    day: u64,
}

impl<'a> Beside<'a> {
    fn at(when: &When, place: &Place, folders: &'a [String], library: &LibraryStatus) -> Self {
        if *place != Place::Home {
            return Self { folders, ..Self::default() };
        }
        let day = shelves::day(when.now_ms());
        // How the folders are doing today says nothing about then.
        let notices = if when.past().is_some() { Notices::default() } else { Notices::now(library) };
        Self { folders, notices, day }
    }
}

impl Beside<'_> {
    /// Another when anything here is.
    fn key(&self) -> u64 {
        let mut hasher = Xxh3Default::new();
        self.hash(&mut hasher);
        hasher.digest()
    }
}

/// What a list page shows.
#[derive(Debug, PartialEq, Eq, Hash, Serialize)]
struct Browse {
    title: String,
    section: &'static str,
    q: String,
    heading: String,
    /// Where the tag of this list gets another name.
    rename: Option<String>,
    total: usize,
    size_bytes: u64,
    duration_ms: u64,
    page: usize,
    pages: usize,
    sorts: Vec<Chip>,
    filters: Vec<FilterChip>,
    clear: Option<String>,
    menu: Vec<Choices>,
    layout: &'static str,
    layouts: Vec<Chip>,
    lengths: Vec<Length>,
    /// Where this list is, and the rest of its address as the fields of a form that adds something to it.
    path: String,
    fields: Vec<(&'static str, String)>,
    /// The folders are being read for the first time; there may be more than is known.
    scanning: bool,
    troubles: Vec<Trouble>,
    shelves: Vec<Shelf>,
    search: Option<SearchHelp>,
    cards: Vec<Card>,
    pager: Option<Pager>,
    empty: Option<Empty>,
}

/// A way to sort.
#[derive(Debug, PartialEq, Eq, Hash, Serialize)]
struct Chip {
    name: &'static str,
    href: String,
    active: bool,
    icon: Option<&'static str>,
    hint: &'static str,
}

/// So many cards on a page.
#[derive(Debug, PartialEq, Eq, Hash, Serialize)]
struct Length {
    per_page: usize,
    href: String,
    active: bool,
}

impl Browse {
    fn of(state: &projections::State, place: &Place, address: &Address, path: &str, beside: &Beside<'_>) -> Self {
        let idle = *place == Place::Search && address.q.is_empty() && address.tags.is_empty();
        let typed = address;
        let mut list = if idle { List::default() } else { state.list(&place.query(typed)) };
        let corrected = (list.total == 0).then(|| state.corrected(&place.filter(typed))).flatten();
        // From here on it is the list of what was probably meant, whose pages and neighbours there are.
        let used = corrected.as_ref().map(|corrected| typed.meaning(corrected.used.clone()));
        let address = used.as_ref().unwrap_or(typed);
        if used.is_some() {
            list = state.list(&place.query(address));
        }
        let search = search_help(place, typed, path, corrected.as_ref(), idle);
        let filters = filters::chips(place, address, path);
        let wider = filters::wider(place, address).url(path).into_owned();
        let empty = list.ids.is_empty().then(|| match &*filters {
            [] if *place == Place::Search && !idle => nothing_found("/"),
            [] => place.empty(beside.folders, state.videos().missing().len(), beside.notices.scanning),
            _ => nothing_found(&wider),
        });
        let heading = place.heading(typed);
        Self {
            title: heading.clone(),
            section: place.section(),
            q: if *place == Place::Search { typed.q.clone() } else { String::new() },
            heading,
            rename: if let Place::Tag(tag) = place { Some(super::tags::rename_of(tag)) } else { None },
            total: list.total,
            size_bytes: list.size_bytes,
            duration_ms: list.duration_ms,
            page: list.page,
            pages: list.pages,
            sorts: sorts(place, address, path),
            clear: (filters.len() > 1).then_some(wider),
            filters,
            menu: filters::menu(state, address, path),
            layout: address.layout.name(),
            layouts: layouts(address, path),
            lengths: lengths(address, path),
            fields: address.list_fields(),
            path: path.to_owned(),
            scanning: beside.notices.scanning,
            troubles: beside.notices.troubles.clone(),
            shelves: shelves::above(state, place, address, beside.day),
            search,
            cards: Card::listed(state, &list.ids, &address.to_from(path), address.layout),
            pager: Pager::of(address, path, list.page, list.pages),
            empty,
        }
    }
}

fn search_help(
    place: &Place,
    address: &Address,
    path: &str,
    corrected: Option<&Corrected>,
    idle: bool,
) -> Option<SearchHelp> {
    let help = SearchHelp::about(address, path, corrected);
    let help = if *place == Place::Search { help.with_language(address, path, idle) } else { help };
    Some(help).filter(|help| !help.is_empty())
}

fn sorts(place: &Place, address: &Address, path: &str) -> Vec<Chip> {
    let offered = SORTS.iter().filter(|(sort, ..)| *sort != Sort::Relevance || *place == Place::Search);
    let chip = |(sort, name, _): &(Sort, &'static str, _)| {
        let active = address.sort == *sort;
        let (icon, hint) = match (active, address.order) {
            (true, _) if *sort == Sort::Random => (Some("dice"), "shuffle again"),
            (true, Order::Ascending) if can_flip(*sort) => (Some("up"), "ascending, turn round"),
            (true, Order::Descending) if can_flip(*sort) => (Some("down"), "descending, turn round"),
            (_, Order::Ascending | Order::Descending) => (None, ""),
        };
        Chip { name, href: address.sorted_by(*sort).url(path).into_owned(), active, icon, hint }
    };
    offered.map(chip).collect()
}

fn lengths(address: &Address, path: &str) -> Vec<Length> {
    let length = |per_page| Length {
        per_page,
        href: address.by(per_page).url(path).into_owned(),
        active: address.per_page == per_page,
    };
    LENGTHS.map(length).into()
}

fn layouts(address: &Address, path: &str) -> Vec<Chip> {
    let chip = |(layout, name): (Layout, &'static str)| {
        let href = address.laid_out(layout).url(path).into_owned();
        Chip { name, href, active: address.layout == layout, icon: Some(layout.name()), hint: "" }
    };
    [(Layout::Grid, "Grid"), (Layout::List, "List")].map(chip).into()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]
mod tests {
    use super::super::samples::{after, found, loved, rated, tagged, vanished, viewed};
    use super::*;
    use projections::State;

    fn library() -> State {
        after(&[
            found(1, "Amber_Tide.mp4"),
            found(2, "sub/Cloud.webm"),
            found(3, "Dune.mkv"),
            found(4, "Gone.mp4"),
            rated(1, 5),
            rated(2, 3),
            loved(2),
            viewed(3),
            tagged(1, "sea"),
            tagged(3, "Sea"),
            vanished(4),
        ])
    }

    fn page(state: &State, place: &Place, path: &str, query: &str) -> Browse {
        let address = Address::read(Some(query), place.usual_sort());
        let beside = Beside { folders: &["/lib".to_owned()], day: 9, ..Beside::default() };
        Browse::of(state, place, &address, path, &beside)
    }

    fn ids(page: &Browse) -> Vec<u32> {
        page.cards.iter().map(|card| card.id).collect()
    }

    #[test]
    fn each_place_has_its_videos_in_its_usual_order() {
        let state = library();
        let shown = |place: &Place| ids(&page(&state, place, "/", ""));
        assert_eq!(shown(&Place::Home), [3, 2, 1]);
        assert_eq!(shown(&Place::Favorites), [2]);
        assert_eq!(shown(&Place::Popular), [3, 2, 1]);
        assert_eq!(shown(&Place::BestOf), [1]);
        assert_eq!(shown(&Place::Tag(TagName::new("#SEA").unwrap())), [3, 1]);
        assert!(shown(&Place::Search).is_empty());
    }

    #[test]
    fn the_address_narrows_sorts_and_pages() {
        let state = library();
        let shown = |query: &str| ids(&page(&state, &Place::Home, "/", query));
        assert_eq!(shown("sort=title"), [1, 2, 3]);
        assert_eq!(shown("order=asc"), [1, 2, 3]);
        assert_eq!(shown("per_page=2&page=2"), [1]);
        assert_eq!(shown("per_page=2&page=99"), [1]);
        assert_eq!(shown("tag=sea&q=dune"), [3]);
        assert_eq!(ids(&page(&state, &Place::Search, "/search", "q=amber tide")), [1]);
    }

    #[test]
    fn a_card_says_what_is_known() {
        let state = library();
        let home = page(&state, &Place::Home, "/", "");
        let card = home.cards.last().unwrap();
        assert_eq!((card.title.as_str(), card.initials.as_str(), card.stars), ("Amber Tide", "AT", 5));
        assert_eq!((card.tags.as_slice(), card.more_tags, card.favorite), (["sea".to_owned()].as_slice(), 0, false));
        assert_eq!((home.total, home.size_bytes, home.pages, home.pager), (3, 6_000_000, 1, None));
    }

    #[test]
    fn the_active_sort_turns_round_and_random_is_dealt_anew() {
        let state = library();
        let hrefs = |query: &str| -> Vec<String> {
            let page = page(&state, &Place::Home, "/", query);
            page.sorts.into_iter().filter(|chip| chip.active).map(|chip| chip.href).collect()
        };
        assert_eq!(hrefs(""), ["/?order=asc"]);
        assert_eq!(hrefs("sort=title&page=3&tag=sea"), ["/?tag=sea&sort=title&order=desc"]);
        assert_eq!(hrefs("sort=random&seed=5"), ["/?sort=random"]);
    }

    #[test]
    fn filters_can_be_taken_away_one_by_one_and_all_at_once() {
        let state = library();
        let home = page(&state, &Place::Home, "/", "q=a&tag=sea&sort=views");
        let filters: Vec<_> = home.filters.iter().map(|chip| (chip.name.as_str(), chip.href.as_str())).collect();
        assert_eq!(filters, [("“a”", "/?tag=sea&sort=views"), ("#sea", "/?q=a&sort=views")]);
        assert_eq!(home.clear.as_deref(), Some("/?sort=views"));
        let search = page(&state, &Place::Search, "/search", "q=a&tag=sea&tag=sun");
        assert_eq!((search.q.as_str(), search.clear.as_deref()), ("a", Some("/search?q=a")));
    }

    #[test]
    fn where_nothing_matches_what_was_probably_meant_is_shown() {
        let state = library();
        let search = page(&state, &Place::Search, "/search", "q=ambar&sort=title");
        assert_eq!((ids(&search), search.q.as_str(), search.heading.as_str()), (vec![1], "ambar", "“ambar”"));
        assert_eq!(search.cards[0].href, "/watch/1?from=%2Fsearch%3Fq%3Damber%26sort%3Dtitle");
        assert!(search.empty.is_none());
        assert_eq!(ids(&page(&state, &Place::Favorites, "/favorites", "q=claud")), [2]);
        assert!(ids(&page(&state, &Place::Favorites, "/favorites", "q=ambar")).is_empty(), "only what is in the list");
        assert!(page(&state, &Place::Home, "/", "q=amber").search.is_none());
    }

    #[test]
    fn an_empty_list_says_why_and_what_to_do() {
        let (none, some) = (State::default(), library());
        let empty = |state: &State, place: &Place, query: &str| page(state, place, "/here", query).empty.unwrap();
        assert_eq!(empty(&none, &Place::Home, "").folders, ["/lib"]);
        let gone = after(&[found(1, "a.mp4"), vanished(1)]);
        assert_eq!(empty(&gone, &Place::Home, "").title, "Every video is missing");
        assert_eq!(empty(&none, &Place::Favorites, "").title, "No favorites yet");
        assert_eq!(empty(&some, &Place::Home, "q=zzz").href.as_deref(), Some("/here"));
        assert_eq!(empty(&some, &Place::Search, "").title, "What are you looking for?");
        assert_eq!(empty(&some, &Place::Search, "q=zzz").title, "Nothing matches");
        assert!(page(&some, &Place::Home, "/", "").empty.is_none());
        let notices = Notices { scanning: true, ..Notices::default() };
        let address = Address::usual(Sort::Added);
        let first = Browse::of(&none, &Place::Home, &address, "/", &Beside { notices, ..Beside::default() });
        assert_eq!((first.scanning, first.empty.unwrap().title.as_str()), (true, "Looking through the library"));
    }
}
