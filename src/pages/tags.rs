//! `GET /tags`: every tag there is.

use super::Pages;
use super::parts::Empty;
use super::when::When;
use crate::web::error::WebError;
use crate::web::human::segment;
use axum::extract::{Request, State};
use axum::response::Response;
use events::TagName;
use serde::Serialize;
use std::collections::BTreeSet;

/// How many tags a page shows; the filter reaches the others.
const SHOWN_MAX: usize = 2000;
/// How many parameters are looked at.
const PARAMETERS_MAX: usize = 16;
/// Tags that start with no letter stand under this sign.
const NO_LETTER: &str = "#";

/// All tags, or those that `?q=` is part of: by their first letter, or with `?sort=videos` the most used first.
///
/// # Errors
/// 400 for a moment that makes no sense.
pub async fn show(State(pages): State<Pages>, when: When, request: Request) -> Result<Response, WebError> {
    let wanted = Wanted::read(request.uri().query());
    pages.show_at(&when, &request, &wanted.url(), "tags.html", |state| Ok(Tags::of(state, &wanted))).await
}

/// What the address asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Wanted {
    q: String,
    by_use: bool,
}

impl Wanted {
    fn read(query: Option<&str>) -> Self {
        let mut wanted = Self::default();
        for (name, value) in form_urlencoded::parse(query.unwrap_or_default().as_bytes()).take(PARAMETERS_MAX) {
            match &*name {
                "q" => wanted.q = value.trim().chars().take(TagName::MAX_CHARS).collect(),
                "sort" => wanted.by_use = value == "videos",
                _ => {}
            }
        }
        wanted
    }

    fn url(&self) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        if !self.q.is_empty() {
            query.append_pair("q", &self.q);
        }
        if self.by_use {
            query.append_pair("sort", "videos");
        }
        let query = query.finish();
        if query.is_empty() { "/tags".to_owned() } else { format!("/tags?{query}") }
    }
}

#[derive(Debug, PartialEq, Eq, Hash, Serialize)]
struct Tags {
    title: &'static str,
    section: &'static str,
    q: &'static str,
    /// What the tags shown have in them; empty for all.
    filter: String,
    by_use: bool,
    sorts: [Chip; 2],
    /// How many tags there are.
    total: u64,
    /// How many of them fit the filter.
    fitting: usize,
    /// How many of those are not shown.
    left_out: u64,
    groups: Vec<Group>,
    name_max: usize,
    empty: Empty,
}

/// A way to sort.
#[derive(Debug, PartialEq, Eq, Hash, Serialize)]
struct Chip {
    name: &'static str,
    href: String,
    active: bool,
}

#[derive(Debug, PartialEq, Eq, Hash, Serialize)]
struct Group {
    /// Empty where the order is not that of the alphabet.
    letter: String,
    tags: Vec<Entry>,
}

#[derive(Debug, PartialEq, Eq, Hash, Serialize)]
struct Entry {
    name: String,
    videos: u64,
    rename: String,
}

impl Entry {
    fn new(name: &TagName, videos: u64) -> Self {
        Self { name: name.as_str().to_owned(), videos, rename: rename_of(name) }
    }
}

/// Where a tag gets another name.
pub(super) fn rename_of(tag: &TagName) -> String {
    format!("/tags/rename?from={}", segment(tag.as_str()))
}

impl Tags {
    fn of(state: &projections::State, wanted: &Wanted) -> Self {
        let tags = state.tags();
        let mut all = if wanted.by_use { tags.popular(usize::MAX) } else { tags.all() };
        let total = all.len() as u64;
        if !wanted.q.is_empty() {
            let fitting: BTreeSet<_> = tags.suggest(&wanted.q, usize::MAX).into_iter().map(|(name, _)| name).collect();
            all.retain(|(name, _)| fitting.contains(name));
        }
        let fitting = all.len();
        let sort = |name, by_use| Chip {
            name,
            href: Wanted { by_use, ..wanted.clone() }.url(),
            active: by_use == wanted.by_use,
        };
        Self {
            title: "Tags",
            section: "tags",
            q: "",
            filter: wanted.q.clone(),
            by_use: wanted.by_use,
            sorts: [sort("Name", false), sort("Videos", true)],
            total,
            fitting,
            left_out: fitting.saturating_sub(SHOWN_MAX) as u64,
            groups: if wanted.by_use { one_group(all) } else { by_letter(all) },
            name_max: TagName::MAX_CHARS,
            empty: empty(total),
        }
    }
}

fn one_group(all: Vec<(&TagName, u64)>) -> Vec<Group> {
    let tags: Vec<Entry> = all.into_iter().take(SHOWN_MAX).map(|(name, videos)| Entry::new(name, videos)).collect();
    if tags.is_empty() { Vec::new() } else { vec![Group { letter: String::new(), tags }] }
}

fn by_letter(mut all: Vec<(&TagName, u64)>) -> Vec<Group> {
    // Stable: within a letter the order of the projection stays. Letters first, the rest at the end.
    all.sort_by_cached_key(|(name, _)| (letter(name.as_str()) == NO_LETTER, letter(name.as_str())));
    let mut groups: Vec<Group> = Vec::new();
    for (name, videos) in all.into_iter().take(SHOWN_MAX) {
        let letter = letter(name.as_str());
        let tag = Entry::new(name, videos);
        match groups.last_mut().filter(|group| group.letter == letter) {
            Some(group) => group.tags.push(tag),
            None => groups.push(Group { letter, tags: vec![tag] }),
        }
    }
    groups
}

/// The heading a tag of this name stands under.
fn letter(name: &str) -> String {
    let first = name.chars().next().filter(|first| first.is_alphabetic());
    first.map_or_else(|| NO_LETTER.to_owned(), |first| first.to_uppercase().collect())
}

fn empty(total: u64) -> Empty {
    let (icon, title, text, href, action) = if total == 0 {
        (
            "tag",
            "No tags yet",
            "Open a video and give it a tag; every tag in use is listed here.",
            "/",
            "Browse all videos",
        )
    } else {
        let text = "Case and accents make no difference; a part of the tag is enough.";
        ("search", "No tag has that in it", text, "/tags", "Show all tags")
    };
    let (title, text, href) = (title.to_owned(), text.to_owned(), Some(href.to_owned()));
    Empty { icon, title, text, href, action, ..Empty::default() }
}

#[cfg(test)]
mod tests {
    use super::super::samples::{after, found, tagged};
    use super::*;
    use projections::State;

    fn library() -> State {
        let mut events = vec![found(1, "a.mp4"), found(2, "b.mp4"), tagged(2, "salt")];
        events.extend(["2024", "sea", "Amber", "salt", "ähre"].map(|tag| tagged(1, tag)));
        after(&events)
    }

    fn page(state: &State, query: &str) -> Tags {
        Tags::of(state, &Wanted::read(Some(query)))
    }

    fn names(page: &Tags) -> Vec<&str> {
        page.groups.iter().flat_map(|group| &group.tags).map(|tag| tag.name.as_str()).collect()
    }

    #[test]
    fn tags_stand_under_their_first_letter_and_the_rest_at_the_end() {
        let page = page(&library(), "");
        let groups: Vec<_> = page.groups.iter().map(|group| (group.letter.as_str(), group.tags.len())).collect();
        assert_eq!(groups, [("A", 1), ("S", 2), ("Ä", 1), ("#", 1)]);
        assert_eq!((page.total, page.fitting, page.left_out), (5, 5, 0));
        assert!(Tags::of(&State::default(), &Wanted::default()).groups.is_empty());
    }

    #[test]
    fn they_can_be_sorted_by_use_and_narrowed_down() {
        let state = library();
        let most = page(&state, "sort=videos");
        assert_eq!((names(&most).first(), most.groups.len()), (Some(&"salt"), 1));
        assert_eq!(names(&page(&state, "q=%23A")), ["Amber", "salt", "sea", "ähre"]);
        assert_eq!(names(&page(&state, "q=AHRE&sort=name")), ["ähre"]);
        let nothing = page(&state, "q=zzz&sort=videos");
        assert_eq!((nothing.fitting, nothing.groups.len(), nothing.empty.action), (0, 0, "Show all tags"));
    }

    #[test]
    fn addresses_are_canonical() {
        let url = |query: &str| Wanted::read(Some(query)).url();
        assert_eq!([url("").as_str(), &url("sort=nonsense&page=4"), &url("q=++")], ["/tags"; 3]);
        assert_eq!(url("sort=videos&q=a%2Fb"), "/tags?q=a%2Fb&sort=videos");
        assert_eq!(Wanted::read(Some(&format!("q={}", "x".repeat(100_000)))).q.len(), TagName::MAX_CHARS);
    }

    #[test]
    fn too_many_tags_are_left_out_and_counted() {
        let mut events = vec![];
        for video in 1..=11 {
            events.push(found(video, &format!("{video}.mp4")));
            events.extend((0..200).map(|number| tagged(video, &format!("t{video} {number}"))));
        }
        let page = page(&after(&events), "");
        assert_eq!((page.total, names(&page).len(), page.left_out), (2200, SHOWN_MAX, 200));
    }
}
