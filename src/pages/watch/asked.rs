//! The address of a video's page: the list the viewer came from, where to begin, and which page of related videos.
//!
//! Read tolerantly, as the addresses of lists are: what makes no sense counts as not said.

use crate::pages::address::Address;
use crate::pages::place::{Place, parse_from};
use crate::pages::when::When;
use crate::web::human::segment;
use events::values::ItemId;
use events::{PlaylistId, VideoId};
use projections::Sort;
use std::borrow::Cow;

/// How many parameters of an address are looked at.
const PARAMETERS_MAX: usize = 16;

/// What the address says beyond the video.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Asked {
    /// The list that the video is one of.
    pub(super) origin: Origin,
    /// Where to begin, in seconds.
    pub(super) start_s: Option<u32>,
    /// Which page of related videos, from 1; may be beyond the last.
    pub(super) page: usize,
}

/// Where the viewer came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// One of the lists, as it was filtered and sorted there.
    List(Place, Box<Address>),
    /// A playlist, and which of its entries; without it, the first with this video.
    Playlist(PlaylistId, Option<ItemId>),
}

impl Default for Asked {
    fn default() -> Self {
        let usual = Box::new(Address::usual(Sort::Added));
        Self { origin: Origin::List(Place::Home, usual), start_s: None, page: 1 }
    }
}

impl Asked {
    /// What this `query` says.
    pub(super) fn read(query: Option<&str>) -> Self {
        let mut asked = Self::default();
        let mut item = None;
        for (name, value) in form_urlencoded::parse(query.unwrap_or_default().as_bytes()).take(PARAMETERS_MAX) {
            match &*name {
                "t" => asked.start_s = seconds(&value),
                "page" => asked.page = value.parse().unwrap_or(1).max(1),
                "item" => item = value.parse().ok(),
                "from" => asked.origin = origin(&value).unwrap_or(asked.origin),
                _ => {}
            }
        }
        if let Origin::Playlist(_, known) = &mut asked.origin {
            *known = item;
        }
        asked
    }

    /// The same, seen from a moment that is over.
    pub(super) fn seen_at(mut self, when: &When) -> Self {
        if let Origin::List(_, address) = &mut self.origin {
            **address = (**address).clone().seen_at(when);
        }
        self
    }

    /// The canonical address of the page of the video `id`.
    pub(super) fn url(&self, id: VideoId) -> String {
        let mut url = self.origin.watch(id);
        let mut say = |name, value: String| {
            let sign = if url.contains('?') { '&' } else { '?' };
            url.push_str(&format!("{sign}{name}={value}"));
        };
        if self.page != 1 {
            say("page", self.page.to_string());
        }
        if let Some(seconds) = self.start_s {
            say("t", seconds.to_string());
        }
        url
    }

    /// What the page at this canonical `url` is kept under: its neighbours may be others in a minute.
    pub(super) fn kept_as<'a>(&self, url: &'a str) -> Cow<'a, str> {
        match &self.origin {
            Origin::List(_, address) => address.kept_as(url),
            Origin::Playlist(..) => Cow::Borrowed(url),
        }
    }

    /// The same page, beginning at this second.
    pub(super) fn from(&self, start_s: u32) -> Self {
        Self { start_s: Some(start_s), ..self.clone() }
    }

    /// The same page, with this page of related videos.
    pub(super) fn on_page(&self, page: usize) -> Self {
        Self { page, start_s: None, ..self.clone() }
    }
}

impl Origin {
    /// The page of another video of this list.
    pub(super) fn watch(&self, id: VideoId) -> String {
        match self {
            Self::List(place, address) => format!("/watch/{id}{}", address.to_from(&place.path())),
            Self::Playlist(playlist, item) => {
                let item = item.map_or_else(String::new, |item| format!("&item={item}"));
                format!("/watch/{id}?from={}{item}", segment(&format!("/playlists/{playlist}")))
            }
        }
    }
}

fn origin(from: &str) -> Option<Origin> {
    if let Some(id) = from.strip_prefix("/playlists/") {
        return id.parse().ok().map(|id: PlaylistId| Origin::Playlist(id, None));
    }
    parse_from(from).map(|(place, address)| Origin::List(place, Box::new(address)))
}

/// A time as people write it into an address: `90`, `90s`, `1m30s`, `1h2m`, in seconds.
fn seconds(text: &str) -> Option<u32> {
    let mut total: u32 = 0;
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(rest.len());
        let (digits, unit) = rest.split_at(end);
        let scale = match unit.chars().next() {
            Some('h' | 'H') => 3600,
            Some('m' | 'M') => 60,
            Some('s' | 'S') | None => 1,
            Some(_) => return None,
        };
        total = total.checked_add(digits.parse::<u32>().ok()?.checked_mul(scale)?)?;
        rest = unit.get(1..).unwrap_or_default();
    }
    (!text.is_empty()).then_some(total)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_people_write_them() {
        for (text, expected) in [("90", 90), ("90s", 90), ("1m30s", 90), ("1h2m", 3720), ("1H2M3", 3723), ("0", 0)] {
            assert_eq!(seconds(text), Some(expected), "{text}");
        }
        for text in ["", "x", "m", "-1", "1.5", "1x", "1h é", "99999999999", "4294967295h", "1m30é", "é"] {
            assert_eq!(seconds(text), None, "{text}");
        }
    }

    #[test]
    fn a_page_among_the_newest_is_not_kept_for_long() {
        let kept = |query: &str| Asked::read(Some(query)).kept_as("/watch/7").into_owned();
        assert!(kept("from=/search%3Fq%3Dadded:<7d").starts_with("/watch/7#"));
        for always in ["", "from=/search%3Fq%3Dsea", "from=/playlists/3"] {
            assert_eq!(kept(always), "/watch/7", "{always}");
        }
    }

    #[test]
    fn one_view_has_one_address() {
        for (query, url) in [
            ("", "/watch/7"),
            ("t=1m&x=1&t=2m", "/watch/7?t=120"),
            ("t=x&page=0&from=/watch/1&item=4", "/watch/7"),
            ("page=x&from=https://evil.example/", "/watch/7"),
            ("from=/&page=2", "/watch/7?page=2"),
            ("t=5&from=%2Ffavorites%3Fsort%3Dviews%26page%3D3", "/watch/7?from=%2Ffavorites%3Fsort%3Dviews&t=5"),
            ("item=4&from=/playlists/3", "/watch/7?from=%2Fplaylists%2F3&item=4"),
            ("from=/playlists/3&item=x", "/watch/7?from=%2Fplaylists%2F3"),
            ("from=/playlists/0", "/watch/7"),
            ("from=/tag/a%252Fb", "/watch/7?from=%2Ftag%2Fa%252Fb"),
        ] {
            let id = "7".parse().unwrap();
            let asked = Asked::read(Some(query));
            assert_eq!(asked.url(id), url, "{query}");
            let again = Asked::read(url.split_once('?').map(|(_, query)| query));
            assert_eq!(again.url(id), url, "{query}");
        }
    }
}
