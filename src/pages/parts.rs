//! View models that several pages share: the card of a video, the pager, and what stands where nothing is.

use super::address::Address;
use events::VideoId;
use projections::{State, Video};
use serde::Serialize;

/// How many tags a card shows.
const CARD_TAGS: usize = 3;
/// How many colours placeholders have; the classes `h0` and so on in `app.css`.
const HUES: u32 = 24;

/// A video in a list.
#[derive(Debug, PartialEq, Eq, Hash, Serialize)]
pub(super) struct Card {
    pub(super) id: u32,
    pub(super) title: String,
    pub(super) initials: String,
    pub(super) hue: u32,
    /// 0 for not rated.
    pub(super) stars: u8,
    pub(super) favorite: bool,
    pub(super) views: u64,
    pub(super) tags: Vec<String>,
    pub(super) more_tags: usize,
    pub(super) duration_ms: Option<u64>,
}

impl Card {
    pub(super) fn of(state: &State, video: &Video) -> Self {
        let tags = state.tags().of(video.id);
        let title = title(video);
        Self {
            id: video.id.get(),
            initials: initials(&title),
            title,
            hue: hue(video.id),
            stars: state.ratings().get(video.id).map_or(0, |rated| rated.stars.get()),
            favorite: state.favorites().contains(video.id),
            views: state.views().get(video.id).count,
            more_tags: tags.len().saturating_sub(CARD_TAGS),
            tags: tags.into_iter().take(CARD_TAGS).map(|tag| tag.as_str().to_owned()).collect(),
            duration_ms: video.duration_ms,
        }
    }

    /// The cards of these videos.
    pub(super) fn all(state: &State, ids: &[VideoId]) -> Vec<Self> {
        ids.iter().filter_map(|id| state.videos().get(*id)).map(|video| Self::of(state, video)).collect()
    }
}

/// The title as people would have written it: file names that have underscores for spaces get the spaces.
pub(super) fn title(video: &Video) -> String {
    let title = video.title();
    if title.contains(char::is_whitespace) { title.into_owned() } else { title.replace('_', " ").trim().to_owned() }
}

/// The first letters or digits of the first two words, for the placeholder; empty if there are none.
fn initials(title: &str) -> String {
    let words = title.split(|letter: char| !letter.is_alphanumeric()).filter_map(|word| word.chars().next());
    words.take(2).flat_map(char::to_uppercase).collect()
}

/// Neighbours get colours far apart: 13 steps of 24 reach every colour and never one close by.
fn hue(video: VideoId) -> u32 {
    (video.get() % HUES) * 13 % HUES
}

/// A tag and how many videos have it.
#[derive(Debug, PartialEq, Eq, Hash, Serialize)]
pub(super) struct TagCount {
    pub(super) name: String,
    pub(super) videos: u64,
}

impl TagCount {
    pub(super) fn all(tags: Vec<(&events::TagName, u64)>) -> Vec<Self> {
        tags.into_iter().map(|(name, videos)| Self { name: name.as_str().to_owned(), videos }).collect()
    }
}

/// Where the other pages of a list are.
#[derive(Debug, PartialEq, Eq, Hash, Serialize)]
pub(super) struct Pager {
    pub(super) previous: Option<String>,
    pub(super) links: Vec<PageLink>,
    pub(super) next: Option<String>,
}

/// One page of a list.
#[derive(Debug, PartialEq, Eq, Hash, Serialize)]
pub(super) struct PageLink {
    pub(super) page: usize,
    pub(super) href: String,
    pub(super) current: bool,
    /// Pages before this one are left out.
    pub(super) gap: bool,
}

impl Pager {
    /// The pager of the list at `path` on this `page` of `pages`; nothing when there is only one.
    pub(super) fn of(address: &Address, path: &str, page: usize, pages: usize) -> Option<Self> {
        if pages < 2 {
            return None;
        }
        let href = |page| address.on_page(page).url(path).into_owned();
        let near = page.saturating_sub(1).max(1)..=(page + 1).min(pages);
        let mut links: Vec<PageLink> = Vec::new();
        for number in std::iter::once(1).chain(near).chain([pages]) {
            let last = links.last().map_or(0, |link| link.page);
            if number > last {
                links.push(PageLink {
                    page: number,
                    href: href(number),
                    current: number == page,
                    gap: number > last + 1,
                });
            }
        }
        Some(Self { previous: (page > 1).then(|| href(page - 1)), links, next: (page < pages).then(|| href(page + 1)) })
    }
}

/// What a list says when there is nothing in it: why, and what to do next.
#[derive(Debug, Default, PartialEq, Eq, Hash, Serialize)]
pub(super) struct Empty {
    pub(super) icon: &'static str,
    pub(super) title: String,
    pub(super) text: String,
    pub(super) folders: Vec<String>,
    pub(super) href: Option<String>,
    pub(super) action: &'static str,
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;
    use projections::Sort;

    #[test]
    fn initials_are_of_the_first_two_words() {
        let of = ["Amber - Cloud 30", "#1 (best)", "東京 夜景", "émile", "🎬", ""].map(initials);
        assert_eq!(of.each_ref().map(String::as_str), ["AC", "1B", "東夜", "É", "", ""]);
    }

    #[test]
    fn every_hue_is_used_and_neighbours_differ() {
        let hues: Vec<u32> = (1..=HUES).map(|id| hue(VideoId::new(id).unwrap())).collect();
        let mut sorted = hues.clone();
        sorted.sort_unstable();
        assert_eq!(sorted, (0..HUES).collect::<Vec<_>>());
        assert!(hues.iter().zip(hues.iter().skip(1)).all(|(one, next)| one.abs_diff(*next) > 5));
    }

    fn shape(page: usize, pages: usize) -> String {
        let pager = Pager::of(&Address::usual(Sort::Added), "/", page, pages).unwrap();
        let numbers = pager.links.iter().map(|link| {
            let gap = if link.gap { "… " } else { "" };
            let number = link.page;
            if link.current { format!("{gap}[{number}]") } else { format!("{gap}{number}") }
        });
        numbers.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn the_pager_names_both_ends_and_the_neighbours() {
        assert!(Pager::of(&Address::usual(Sort::Added), "/", 1, 1).is_none());
        assert_eq!(shape(1, 2), "[1] 2");
        assert_eq!(shape(1, 20), "[1] 2 … 20");
        assert_eq!(shape(7, 20), "1 … 6 [7] 8 … 20");
        assert_eq!(shape(20, 20), "1 … 19 [20]");
    }

    #[test]
    fn the_pager_keeps_what_was_chosen() {
        let address = Address::read(Some("sort=title&q=a"), Sort::Added);
        let pager = Pager::of(&address, "/tag/x", 2, 3).unwrap();
        assert_eq!(pager.previous.as_deref(), Some("/tag/x?q=a&sort=title"));
        assert_eq!(pager.next.as_deref(), Some("/tag/x?q=a&sort=title&page=3"));
    }
}
