//! The lists there are: what is in each, how it is usually sorted, and what it says when nothing is in it.
//!
//! A new list is a variant here and a route.

use super::address::Address;
use super::parts::Empty;
use crate::web::human::{count, segment};
use events::{Stars, TagName};
use percent_encoding::percent_decode_str;
use projections::{Filter, Query, Sort};

/// The best are the videos with at least this many stars.
const BEST_STARS: u8 = 4;

/// One of the lists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Home,
    Favorites,
    Popular,
    BestOf,
    Tag(TagName),
    Search,
}

impl Place {
    /// Where this list is.
    pub(crate) fn path(&self) -> String {
        match self {
            Self::Home => "/".to_owned(),
            Self::Favorites => "/favorites".to_owned(),
            Self::Popular => "/popular".to_owned(),
            Self::BestOf => "/best-of".to_owned(),
            Self::Tag(tag) => format!("/tag/{}", segment(tag.as_str())),
            Self::Search => "/search".to_owned(),
        }
    }

    /// What `address` asks of this list.
    pub(crate) fn query(&self, address: &Address) -> Query {
        Query {
            filter: self.filter(address),
            sort: address.sort,
            order: address.order,
            seed: address.seed.unwrap_or_default(),
            page: address.page,
            per_page: address.per_page,
        }
    }

    pub(crate) fn usual_sort(&self) -> Sort {
        match self {
            Self::Home | Self::Favorites | Self::Tag(_) => Sort::Added,
            Self::Popular => Sort::Views,
            Self::BestOf => Sort::Rating,
            Self::Search => Sort::Relevance,
        }
    }

    /// Which entry of the navigation is lit.
    pub(super) fn section(&self) -> &'static str {
        match self {
            Self::Home => "home",
            Self::Favorites => "favorites",
            Self::Popular => "popular",
            Self::BestOf => "best-of",
            Self::Tag(_) => "tags",
            Self::Search => "search",
        }
    }

    pub(crate) fn heading(&self, address: &Address) -> String {
        match self {
            Self::Home => "All videos".to_owned(),
            Self::Favorites => "Favorites".to_owned(),
            Self::Popular => "Popular".to_owned(),
            Self::BestOf => "Best of".to_owned(),
            Self::Tag(tag) => format!("#{tag}"),
            Self::Search if address.q.is_empty() => "Search".to_owned(),
            Self::Search => format!("“{}”", address.q),
        }
    }

    pub(super) fn filter(&self, address: &Address) -> Filter {
        let filter = Filter {
            search: Some(address.search()).filter(|search| !search.is_empty()),
            tags: address.tags.clone(),
            ..Filter::default()
        };
        match self {
            Self::Home | Self::Popular | Self::Search => filter,
            Self::Favorites => Filter { favorite: Some(true), ..filter },
            Self::BestOf => Filter { stars_min: Stars::new(BEST_STARS).ok(), ..filter },
            Self::Tag(tag) => Filter { tags: address.tags.iter().chain([tag]).cloned().collect(), ..filter },
        }
    }

    /// Why there is nothing here although nobody narrowed it down, and what to do about it.
    pub(super) fn empty(&self, folders: &[String], missing: u64, scanning: bool) -> Empty {
        let all = Some("/".to_owned());
        let (icon, title, text) = match self {
            Self::Home if scanning => return looking(folders),
            Self::Home | Self::Popular => return no_videos(folders, missing),
            Self::Favorites => ("heart", "No favorites yet", "Press the heart on any video and it is kept here."),
            Self::BestOf => {
                ("star", "Nothing rated four or five yet", "Give a video four or five stars and it appears here.")
            }
            Self::Tag(_) => {
                ("tag", "No video has this tag", "The tag may have been removed, or its videos are missing right now.")
            }
            Self::Search => (
                "search",
                "What are you looking for?",
                "Type words of a title, a file name or a tag. A video must have all of them.",
            ),
        };
        Empty {
            icon,
            title: title.to_owned(),
            text: text.to_owned(),
            href: all,
            action: "Browse all videos",
            ..Empty::default()
        }
    }
}

/// The list that the `from` of a link names, and what its address says; nothing for what is not the address of one
/// of our lists, so that it is safe to lead people there.
pub(crate) fn parse_from(from: &str) -> Option<(Place, Address)> {
    let (path, query) = from.split_once('?').map_or((from, None), |(path, query)| (path, Some(query)));
    let place = match path {
        "/" => Place::Home,
        "/favorites" => Place::Favorites,
        "/popular" => Place::Popular,
        "/best-of" => Place::BestOf,
        "/search" => Place::Search,
        _ => Place::Tag(tag_at(path)?),
    };
    let address = Address::read(query, place.usual_sort());
    Some((place, address))
}

/// The tag whose page is at this path.
fn tag_at(path: &str) -> Option<TagName> {
    let name = path.strip_prefix("/tag/").filter(|name| !name.contains('/'))?;
    TagName::new(&percent_decode_str(name).decode_utf8().ok()?).ok()
}

fn looking(folders: &[String]) -> Empty {
    Empty {
        icon: "search",
        title: "Looking through the library".to_owned(),
        text: "Nothing found so far. Videos appear here as soon as they are found.".to_owned(),
        folders: folders.to_vec(),
        ..Empty::default()
    }
}

fn no_videos(folders: &[String], missing: u64) -> Empty {
    let (title, text) = if missing > 0 {
        let text = format!("Nothing is lost ({} known), but no file is there right now.", count(missing, "video"));
        ("Every video is missing", text)
    } else if folders.is_empty() {
        ("No library folder", "Start the server with the folder of your videos: local-video-server FOLDER".to_owned())
    } else {
        ("No videos yet", "Put video files into the library folder; they appear here by themselves.".to_owned())
    };
    Empty { icon: "film", title: title.to_owned(), text, folders: folders.to_vec(), ..Empty::default() }
}

/// Why there is nothing in the list at `path` with what was asked for.
pub(super) fn nothing_found(path: &str) -> Empty {
    Empty {
        icon: "search",
        title: "Nothing matches".to_owned(),
        text: "A video must have every word and every tag asked for, in its title, its file name or its tags."
            .to_owned(),
        href: Some(path.to_owned()),
        action: if path == "/" { "Browse all videos" } else { "Show the whole list" },
        ..Empty::default()
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn the_list_a_link_came_from_is_one_of_ours_or_none() {
        let tag = Place::Tag(TagName::new("a/b é").unwrap());
        for place in [Place::Home, Place::Favorites, Place::Popular, Place::BestOf, Place::Search, tag] {
            let from = format!("{}?q=x&sort=views&page=2", place.path());
            let (again, address) = parse_from(&from).unwrap();
            assert_eq!((&again, address.q.as_str(), address.sort), (&place, "x", Sort::Views));
            assert_eq!(parse_from(&place.path()).unwrap().1, Address::usual(place.usual_sort()));
        }
        let strangers = [
            "",
            "favorites",
            "//evil.example/",
            "https://evil.example/",
            "/watch/1",
            "/tag/",
            "/tag/a/b",
            "/tag/%FF",
            "/\\evil",
        ];
        for stranger in strangers {
            assert_eq!(parse_from(stranger), None, "{stranger}");
        }
    }
}
