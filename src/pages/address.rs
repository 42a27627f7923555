//! The address of a list: everything a person chose about it, in its URL.
//!
//! Read tolerantly, because people edit addresses and keep old ones: what makes no sense counts as not said.
//! Written canonically: defaults are left out and the order is fixed, so that one view has one address.

use super::when::When;
use crate::clock;
use crate::web::human::segment;
use events::TagName;
use form_urlencoded::Serializer;
use projections::{Now, Order, Search, Sort};
use std::borrow::Cow;

/// Cards on a page unless the address says otherwise.
pub(super) const PER_PAGE: usize = 60;
/// The most cards on a page.
pub(crate) const PER_PAGE_MAX: usize = 120;
/// The longest search, in characters; what is beyond is not read.
pub(crate) const SEARCH_CHARS_MAX: usize = Search::MAX_CHARS;
/// How many tags an address can ask for at once.
pub(crate) const TAGS_MAX: usize = 16;
/// How long a page that depends on the time is kept.
const MINUTE_MS: i64 = 60_000;
/// How many parameters are looked at.
const PARAMETERS_MAX: usize = 64;

/// How a sort is called in addresses and on its chip. The first name is the one we write; the others are
/// those of the program before this one.
pub(crate) const SORTS: &[(Sort, &str, &[&str])] = &[
    (Sort::Relevance, "Relevance", &["relevance"]),
    (Sort::Added, "Added", &["added", "date", "added_date"]),
    (Sort::Title, "Title", &["title", "filename"]),
    (Sort::Rating, "Rating", &["rating"]),
    (Sort::Views, "Views", &["views"]),
    (Sort::Duration, "Duration", &["duration"]),
    (Sort::Size, "Size", &["size"]),
    (Sort::LastViewed, "Last watched", &["watched"]),
    (Sort::Random, "Random", &["random"]),
];

/// What the cards of a list look like.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) enum Layout {
    /// Large covers side by side.
    #[default]
    Grid,
    /// One below the other, with more facts.
    List,
}

impl Layout {
    /// Its name in addresses, and that of its icon.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Grid => "grid",
            Self::List => "list",
        }
    }
}

/// What an address says beyond its path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Address {
    /// Words to search for.
    pub(super) q: String,
    /// Tags that every video must have.
    pub(crate) tags: Vec<TagName>,
    /// What to sort by.
    pub(crate) sort: Sort,
    /// Which end comes first.
    pub(crate) order: Order,
    /// Which random order; `None` when nobody chose one yet.
    pub(crate) seed: Option<u64>,
    /// Which page, from 1; may be beyond the last.
    pub(crate) page: usize,
    /// How many cards a page has.
    pub(crate) per_page: usize,
    /// What the cards look like; `view` in the address.
    pub(super) layout: Layout,
    /// The sort of the list when the address says nothing.
    usual: Sort,
    /// The minute that the search is asked in; always the same if it finds the same at any time.
    now: Now,
}

/// The order in which people mostly want to see things sorted like this.
fn usual_order(sort: Sort) -> Order {
    if sort == Sort::Title { Order::Ascending } else { Order::Descending }
}

impl Address {
    /// The address without any choice, of a list that is usually sorted by `usual`.
    pub(super) fn usual(usual: Sort) -> Self {
        Self {
            q: String::new(),
            tags: Vec::new(),
            sort: usual,
            order: usual_order(usual),
            seed: None,
            page: 1,
            per_page: PER_PAGE,
            layout: Layout::default(),
            usual,
            now: Now::default(),
        }
    }

    /// What this `query` says about a list that is usually sorted by `usual`.
    pub(crate) fn read(query: Option<&str>, usual: Sort) -> Self {
        let mut address = Self::usual(usual);
        let mut order = None;
        for (name, value) in form_urlencoded::parse(query.unwrap_or_default().as_bytes()).take(PARAMETERS_MAX) {
            match &*name {
                "q" => address.q = value.trim().chars().take(SEARCH_CHARS_MAX).collect(),
                "tag" => address.add_tag(&value),
                "sort" => address.sort = sort_called(&value).unwrap_or(usual),
                "order" => order = order_called(&value),
                "seed" => address.seed = value.parse().ok(),
                "page" => address.page = clamped(&value, 1, usize::MAX),
                "view" => address.layout = if value == "list" { Layout::List } else { Layout::Grid },
                "per_page" => address.per_page = clamped(&value, PER_PAGE, PER_PAGE_MAX),
                _ => {}
            }
        }
        address.now = Self::minute(&address.q, clock::now_ms());
        address.order = order.unwrap_or(usual_order(address.sort));
        if address.sort == Sort::Random {
            address.order = usual_order(Sort::Random);
        } else {
            address.seed = None;
        }
        address
    }

    /// The same list, seen from a moment that is over: what was new then was new.
    pub(crate) fn seen_at(mut self, when: &When) -> Self {
        if let Some(past) = when.past() {
            self.now = Self::minute(&self.q, past.at_ms);
        }
        self
    }

    /// The minute of this time, if it matters to this search.
    fn minute(q: &str, now_ms: i64) -> Now {
        if !Search::parse(q, Now::default()).depends_on_time() {
            return Now::default();
        }
        let at_ms = now_ms / MINUTE_MS * MINUTE_MS;
        Now { at_ms, offset_ms: clock::offset_ms(at_ms) }
    }

    /// What is searched for.
    pub(crate) fn search(&self) -> Search {
        Search::parse(&self.q, self.now)
    }

    /// What the page at this canonical `url` is kept under: one that shows the newest of a week is another in a minute.
    pub(super) fn kept_as<'a>(&self, url: &'a str) -> Cow<'a, str> {
        if self.now == Now::default() { Cow::Borrowed(url) } else { Cow::Owned(format!("{url}#{}", self.now.at_ms)) }
    }

    fn add_tag(&mut self, text: &str) {
        let Ok(tag) = TagName::new(text) else { return };
        if self.tags.len() < TAGS_MAX && self.tags.iter().all(|known| known.key() != tag.key()) {
            self.tags.push(tag);
        }
    }

    /// All that is not usual about the list, by name, in the order of the canonical URL.
    fn fields(&self) -> Vec<(&'static str, Cow<'_, str>)> {
        let mut fields: Vec<(&'static str, Cow<'_, str>)> = Vec::new();
        if !self.q.is_empty() {
            fields.push(("q", (&self.q).into()));
        }
        fields.extend(self.tags.iter().map(|tag| ("tag", tag.as_str().into())));
        if self.sort != self.usual {
            fields.push(("sort", name_of(self.sort).into()));
        }
        if self.order != usual_order(self.sort) {
            fields.push(("order", if self.order == Order::Ascending { "asc" } else { "desc" }.into()));
        }
        if let Some(seed) = self.seed {
            fields.push(("seed", seed.to_string().into()));
        }
        if self.layout != Layout::default() {
            fields.push(("view", self.layout.name().into()));
        }
        if self.per_page != PER_PAGE {
            fields.push(("per_page", self.per_page.to_string().into()));
        }
        if self.page != 1 {
            fields.push(("page", self.page.to_string().into()));
        }
        fields
    }

    /// The fields of a form that adds something to the address of the list.
    pub(super) fn list_fields(&self) -> Vec<(&'static str, String)> {
        self.on_page(1).fields().into_iter().map(|(name, value)| (name, value.into_owned())).collect()
    }

    /// The whole canonical URL, below `path`.
    pub(super) fn url<'a>(&self, path: &'a str) -> Cow<'a, str> {
        let query = Serializer::new(String::new()).extend_pairs(self.fields()).finish();
        if query.is_empty() { Cow::Borrowed(path) } else { Cow::Owned(format!("{path}?{query}")) }
    }

    /// What the links of this list's videos say about where they were found; empty for the usual list at `/`.
    /// The page is left out: it follows from the video.
    pub(super) fn to_from(&self, path: &str) -> String {
        match &*self.on_page(1).url(path) {
            "/" => String::new(),
            url => format!("?from={}", segment(url)),
        }
    }

    /// The same list, this page of it.
    pub(super) fn on_page(&self, page: usize) -> Self {
        Self { page, ..self.clone() }
    }

    /// The same list from its start, sorted by `sort`; the other way round if it is sorted so already.
    pub(super) fn sorted_by(&self, sort: Sort) -> Self {
        let flipped = if self.order == Order::Ascending { Order::Descending } else { Order::Ascending };
        let order = if self.sort == sort && can_flip(sort) { flipped } else { usual_order(sort) };
        Self { sort, order, seed: None, page: 1, ..self.clone() }
    }

    /// The same page of the list, looking like this.
    pub(super) fn laid_out(&self, layout: Layout) -> Self {
        Self { layout, ..self.clone() }
    }

    /// The same list in another random order.
    pub(super) fn shuffled(&self, seed: u64) -> Self {
        Self { seed: Some(seed), ..self.clone() }
    }

    /// The list without one of its tags.
    pub(super) fn without_tag(&self, tag: &TagName) -> Self {
        Self { tags: self.tags.iter().filter(|known| *known != tag).cloned().collect(), page: 1, ..self.clone() }
    }

    /// The list without any tag.
    pub(super) fn without_tags(&self) -> Self {
        Self { tags: Vec::new(), page: 1, ..self.clone() }
    }

    /// Whether this is where the whole list begins, however it is sorted and looks.
    pub(super) fn begins_whole(&self) -> bool {
        self.q.is_empty() && self.tags.is_empty() && self.page == 1
    }

    /// The list with one more tag.
    pub(super) fn with_tag(&self, tag: TagName) -> Self {
        let tags = self.tags.iter().cloned().chain([tag]).collect();
        Self { tags, page: 1, ..self.clone() }
    }

    /// The same page of the list of what was probably meant.
    pub(super) fn meaning(&self, q: String) -> Self {
        Self { q, ..self.clone() }
    }

    /// The list of what this search finds.
    pub(super) fn searching(&self, q: String) -> Self {
        Self { q, page: 1, ..self.clone() }
    }

    /// The list with so many cards on a page, from its start.
    pub(super) fn by(&self, per_page: usize) -> Self {
        Self { per_page, page: 1, ..self.clone() }
    }
}

/// Whether a list sorted by this can be shown from its other end.
pub(super) fn can_flip(sort: Sort) -> bool {
    sort != Sort::Random && sort != Sort::Relevance
}

pub(crate) fn sort_called(name: &str) -> Option<Sort> {
    SORTS.iter().find(|(_, _, names)| names.contains(&name)).map(|(sort, ..)| *sort)
}

fn name_of(sort: Sort) -> &'static str {
    SORTS.iter().find(|(known, ..)| *known == sort).and_then(|(_, _, names)| names.first()).copied().unwrap_or("added")
}

pub(crate) fn order_called(name: &str) -> Option<Order> {
    match name {
        "asc" => Some(Order::Ascending),
        "desc" => Some(Order::Descending),
        _ => None,
    }
}

/// The whole number in `text` pulled into 1 to `max`; `usual` if there is none.
fn clamped(text: &str, usual: usize, max: usize) -> usize {
    text.parse::<i64>().map_or(usual, |number| usize::try_from(number).unwrap_or(0).clamp(1, max))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn canonical(query: &str) -> String {
        Address::read(Some(query), Sort::Added).url("/").into_owned()
    }

    #[test]
    fn what_makes_no_sense_counts_as_not_said() {
        for query in [
            "",
            "page=0",
            "page=x",
            "page=-3",
            "page=1e9",
            "per_page=x",
            "sort=zzz",
            "order=up",
            "seed=abc",
            "tag=%23",
            "q=%20",
            "&&=&==",
            "view=tiles",
        ] {
            assert_eq!(canonical(query), "/", "{query}");
        }
    }

    #[test]
    fn one_view_has_one_address() {
        assert_eq!(canonical("page=2&sort=title&q=+a%20b+"), "/?q=a+b&sort=title&page=2");
        assert_eq!(canonical("sort=date&order=desc&per_page=60&page=1&seed=3"), "/");
        assert_eq!(canonical("sort=filename&order=asc"), "/?sort=title");
        assert_eq!(canonical("per_page=-1"), "/?per_page=1");
        assert_eq!(canonical("per_page=9999"), "/?per_page=120");
        assert_eq!(canonical("tag=%23Sea&tag=sea&tag=sun"), "/?tag=Sea&tag=sun");
        assert_eq!(canonical("page=2&view=list&sort=duration"), "/?sort=duration&view=list&page=2");
        assert_eq!(canonical("sort=random&order=asc&seed=7"), "/?sort=random&seed=7");
    }

    #[test]
    fn reading_what_was_written_changes_nothing() {
        for query in [
            "q=%22%26%23&tag=a%2Fb&tag=%C3%A9",
            "sort=views&order=asc&page=12&per_page=7",
            "sort=random&seed=18446744073709551615",
        ] {
            let address = Address::read(Some(query), Sort::Added);
            let url = address.url("/x").into_owned();
            assert_eq!(Address::read(url.split_once('?').map(|(_, query)| query), Sort::Added), address);
        }
    }

    #[test]
    fn a_link_says_where_it_was_found_unless_that_goes_without_saying() {
        let from = |query: &str, path: &str| Address::read(Some(query), Sort::Added).to_from(path);
        assert_eq!(from("page=3", "/"), "");
        assert_eq!(from("page=3&sort=views", "/favorites"), "?from=%2Ffavorites%3Fsort%3Dviews");
        assert_eq!(from("q=a%26b", "/"), "?from=%2F%3Fq%3Da%2526b");
    }

    #[test]
    fn nothing_grows_without_bound() {
        let many = "tag=a&".repeat(10_000) + &format!("q={}", "x".repeat(100_000));
        assert!(canonical(&many).len() < 2_000);
        let words = format!("q={}", "x".repeat(100_000));
        assert_eq!(Address::read(Some(&words), Sort::Added).q.len(), SEARCH_CHARS_MAX);
    }
}
