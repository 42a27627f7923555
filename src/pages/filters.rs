//! What narrows a list down: the filters in force, each with the list without it, and the menu of filters to add.
//!
//! There is one filter language, that of the search box. The menu only writes its words for people who do not know them.

use super::address::Address;
use super::parts::TagCount;
use super::place::Place;
use projections::{Search, State};
use serde::Serialize;

/// How many tags the menu offers.
const MENU_TAGS: usize = 12;

/// A heading of the menu with its words: the word, what it is called there, and what it is called alone.
struct Group {
    name: &'static str,
    /// Of words that begin like this, a list has one at most; empty when they can be combined.
    one_of: &'static str,
    words: &'static [(&'static str, &'static str, &'static str)],
}

const MENU: &[Group] = &[
    Group {
        name: "Show only",
        one_of: "",
        words: &[
            ("is:favorite", "Favorites", "Favorites"),
            ("is:unwatched", "Unwatched", "Unwatched"),
            ("is:missing", "Missing files", "Missing files"),
        ],
    },
    Group {
        name: "Rating",
        one_of: "rating:",
        words: &[
            ("rating:5", "5 ★", "5 stars"),
            ("rating:>=4", "4 ★ or more", "4 stars or more"),
            ("rating:>=3", "3 ★ or more", "3 stars or more"),
        ],
    },
    Group {
        name: "Length",
        one_of: "duration:",
        words: &[
            ("duration:<10m", "Under 10 min", "Under 10 min"),
            ("duration:>=10m", "10 min or more", "10 min or more"),
            ("duration:>=1h", "1 h or more", "1 h or more"),
        ],
    },
    Group {
        name: "Added",
        one_of: "added:",
        words: &[
            ("added:<7d", "This week", "Added this week"),
            ("added:<30d", "These 30 days", "Added these 30 days"),
            ("added:<365d", "This year", "Added this year"),
        ],
    },
];

/// Something that narrows the list down, and the list without it.
#[derive(Debug, PartialEq, Eq, Hash, Serialize)]
pub(super) struct FilterChip {
    pub(super) name: String,
    pub(super) href: String,
}

/// A heading of the menu with its choices.
#[derive(Debug, PartialEq, Eq, Hash, Serialize)]
pub(super) struct Choices {
    name: &'static str,
    choices: Vec<Choice>,
}

/// A word of the menu: the list with it, or without it where it is in force.
#[derive(Debug, PartialEq, Eq, Hash, Serialize)]
pub(super) struct Choice {
    name: String,
    href: String,
    active: bool,
}

/// The filters in force: each qualifier of the search, and on a list that is not a search its words.
pub(super) fn chips(place: &Place, address: &Address, path: &str) -> Vec<FilterChip> {
    let chip = |name, without: Address| FilterChip { name, href: without.url(path).into_owned() };
    let search = address.search();
    let (words, named) = (search.unqualified(), named(&search));
    let mut chips = Vec::new();
    if *place != Place::Search && !words.is_empty() {
        chips.push(chip(format!("“{words}”"), address.searching(named.join(" "))));
    }
    let name = |part: &str| called(part).map_or_else(|| part.to_owned(), str::to_owned);
    chips.extend(search.qualifiers().map(|(part, rest)| chip(name(part), address.searching(rest))));
    chips.extend(address.tags.iter().map(|tag| chip(format!("#{tag}"), address.without_tag(tag))));
    chips
}

/// The list without any of [`chips`].
pub(super) fn wider(place: &Place, address: &Address) -> Address {
    let q = if *place == Place::Search { address.search().unqualified() } else { String::new() };
    address.searching(q).without_tags()
}

/// The qualifiers of a search as they were typed.
fn named(search: &Search) -> Vec<&str> {
    search.qualifiers().map(|(part, _)| part).collect()
}

/// The filters there are to choose from.
pub(super) fn menu(state: &State, address: &Address, path: &str) -> Vec<Choices> {
    let group = |group: &Group| {
        let choices = group.words.iter().map(|(word, name, _)| choice(address, path, group.one_of, word, name));
        Choices { name: group.name, choices: choices.collect() }
    };
    let tag = |tag: TagCount| {
        let active = address.tags.iter().any(|chosen| chosen.as_str() == tag.name);
        let wanted = events::TagName::new(&tag.name).ok().filter(|_| !active);
        let href = wanted.map(|name| address.with_tag(name).url(path).into_owned())?;
        Some(Choice { name: tag.name, href, active })
    };
    let tags = TagCount::all(state.tags().popular(MENU_TAGS)).into_iter().filter_map(tag).collect();
    let with_tags = Choices { name: "With the tag", choices: tags };
    MENU.iter().map(group).chain(Some(with_tags).filter(|tags| !tags.choices.is_empty())).collect()
}

fn choice(address: &Address, path: &str, one_of: &str, word: &str, name: &str) -> Choice {
    let search = address.search();
    let active = named(&search).contains(&word);
    let others = |known: &&str| *known != word && (one_of.is_empty() || !known.starts_with(one_of));
    let kept = named(&search).into_iter().filter(others).chain(Some(word).filter(|_| !active));
    let q = std::iter::once(&*search.unqualified()).chain(kept).collect::<Vec<_>>().join(" ");
    let href = address.searching(q.trim().to_owned()).url(path).into_owned();
    Choice { name: name.to_owned(), href, active }
}

/// What a word of the menu is called when it stands alone.
fn called(word: &str) -> Option<&'static str> {
    MENU.iter()
        .flat_map(|group| group.words)
        .find(|(known, ..)| known.eq_ignore_ascii_case(word))
        .map(|(.., name)| *name)
}

#[cfg(test)]
mod tests {
    use super::super::samples::{after, found, tagged};
    use super::*;
    use projections::Sort;

    fn address(query: &str) -> Address {
        Address::read(Some(query), Sort::Added)
    }

    #[test]
    fn each_filter_is_a_chip_that_takes_it_away() {
        let shown = |place: &Place, query: &str| -> Vec<(String, String)> {
            chips(place, &address(query), "/").into_iter().map(|chip| (chip.name, chip.href)).collect()
        };
        let of = |name: &str, href: &str| (name.to_owned(), href.to_owned());
        let q = "q=%22a+b%22+is:favorite&tag=sea";
        let all = [
            of("“\"a b\"”", "/?q=is%3Afavorite&tag=sea"),
            of("Favorites", "/?q=%22a+b%22&tag=sea"),
            of("#sea", "/?q=%22a+b%22+is%3Afavorite"),
        ];
        assert_eq!(shown(&Place::Home, q), all);
        assert_eq!(shown(&Place::Search, q), all[1..]);
        assert_eq!(shown(&Place::Home, "q=a+or+b"), [of("“(a or b)”", "/")]);
        assert_eq!(shown(&Place::Search, "q=x+-rating:2..3"), [of("-rating:2..3", "/?q=x")]);
        assert_eq!(wider(&Place::Search, &address(q)).url("/"), "/?q=%22a+b%22");
        assert_eq!(wider(&Place::Home, &address(q)).url("/"), "/");
    }

    #[test]
    fn the_menu_adds_takes_away_and_exchanges_words() {
        let state = after(&[found(1, "a.mp4"), tagged(1, "sea"), tagged(1, "sun")]);
        let menu = menu(&state, &address("q=x+rating:5&tag=sun&page=3"), "/");
        let href = |name: &str| {
            let choice = menu.iter().flat_map(|group| &group.choices).find(|choice| choice.name == name);
            choice.map_or_else(String::new, |choice| format!("{}{}", if choice.active { "*" } else { "" }, choice.href))
        };
        assert_eq!(href("Unwatched"), "/?q=x+rating%3A5+is%3Aunwatched&tag=sun");
        assert_eq!(href("5 ★"), "*/?q=x&tag=sun");
        assert_eq!(href("4 ★ or more"), "/?q=x+rating%3A%3E%3D4&tag=sun");
        assert_eq!(href("sea"), "/?q=x+rating%3A5&tag=sun&tag=sea");
        assert_eq!(href("sun"), "");
        let either = choice(&address("q=a+or+b"), "/", "", "is:favorite", "Favorites");
        assert_eq!(either.href, "/?q=%28a+or+b%29+is%3Afavorite");
    }
}
