//! What comes before and after a video, in the list the viewer came from.

use super::asked::Origin;
use crate::pages::address::Address;
use crate::pages::parts::title;
use crate::pages::place::Place;
use events::values::ItemId;
use events::{PlaylistId, VideoId};
use projections::{Neighbours, State};
use serde::Serialize;

/// Where a video stands in a list.
#[derive(Debug, PartialEq, Eq, Hash, Serialize)]
pub(super) struct Queue {
    name: String,
    /// The list, where the video is in it.
    href: String,
    /// Its place from 1; 0 if it is not in the list any more.
    place: usize,
    total: usize,
    previous: Option<Step>,
    next: Option<Step>,
}

/// The page of another video of the list.
#[derive(Debug, PartialEq, Eq, Hash, Serialize)]
struct Step {
    href: String,
    title: String,
}

impl Queue {
    /// Where this video stands in the list that the viewer came from; nothing if there is no such list.
    pub(super) fn of(state: &State, video: VideoId, origin: &Origin) -> Option<Self> {
        match origin {
            Origin::List(place, address) => Some(Self::list(state, video, place, address, origin)),
            Origin::Playlist(playlist, item) => Self::playlist(state, video, *playlist, *item),
        }
    }

    fn list(state: &State, video: VideoId, place: &Place, address: &Address, origin: &Origin) -> Self {
        let step = |id: Option<VideoId>| {
            let video = state.videos().get(id?)?;
            Some(Step { href: origin.watch(video.id), title: title(video) })
        };
        let (name, path) = (place.heading(address), place.path());
        let Some(Neighbours { previous, next, index, total }) = state.neighbours(&place.query(address), video) else {
            let href = address.on_page(1).url(&path).into_owned();
            return Self { name, href, place: 0, total: 0, previous: None, next: None };
        };
        let href = format!("{}#v{video}", address.on_page(index / address.per_page.max(1) + 1).url(&path));
        Self { name, href, place: index + 1, total, previous: step(previous), next: step(next) }
    }

    fn playlist(state: &State, video: VideoId, playlist: PlaylistId, item: Option<ItemId>) -> Option<Self> {
        let list = state.playlists().get(playlist)?;
        let own = list.items.iter().position(|entry| entry.video == video && item.is_none_or(|item| item == entry.id));
        let own = own.or_else(|| list.items.iter().position(|entry| entry.video == video));
        // Entries whose files are missing keep their places, and are passed over.
        let step = |place: usize| {
            let entry = list.items.get(place)?;
            let video = state.videos().get(entry.video).filter(|video| video.present())?;
            let href = Origin::Playlist(playlist, Some(entry.id)).watch(entry.video);
            Some(Step { href, title: title(video) })
        };
        let path = format!("/playlists/{playlist}");
        Some(Self {
            name: list.name.as_str().to_owned(),
            href: own.map_or_else(|| path.clone(), |place| format!("{path}#pos-{place}")),
            place: own.map_or(0, |place| place + 1),
            total: list.items.len(),
            previous: own.and_then(|own| (0..own).rev().find_map(step)),
            next: own.and_then(|own| (own + 1..list.items.len()).find_map(step)),
        })
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::super::asked::Asked;
    use super::*;
    use crate::pages::samples::{after, found, id, loved, vanished};
    use events::event::Playlist;
    use events::{Event, PlaylistName};

    fn library() -> State {
        let playlist = "1".parse().unwrap();
        let mut events: Vec<Event> = (1..=4).map(|number| found(number, &format!("film {number}.mp4"))).collect();
        events.extend([loved(1), loved(3)]);
        events.push(Event::Playlist(Playlist::Created { playlist, name: PlaylistName::new("Evening").unwrap() }));
        for (item, video) in (1..).zip([2, 4, 2, 1]) {
            let item = ItemId::new(item).unwrap();
            events.push(Event::Playlist(Playlist::ItemAdded { playlist, item, video: id(video) }));
        }
        events.push(vanished(4));
        after(&events)
    }

    fn shape(number: u32, query: &str) -> String {
        let asked = Asked::read(Some(query));
        let Some(queue) = Queue::of(&library(), id(number), &asked.origin) else { return "none".to_owned() };
        let step = |step: Option<Step>| step.map_or("-".to_owned(), |step| format!("{} ({})", step.href, step.title));
        let Queue { name, href, place, total, previous, next } = queue;
        format!("{place} of {total} in {name} {href}, {}, {}", step(previous), step(next))
    }

    #[test]
    fn without_a_list_it_is_the_usual_one() {
        assert_eq!(shape(2, ""), "2 of 3 in All videos /#v2, /watch/3 (film 3), /watch/1 (film 1)");
        assert_eq!(shape(3, "from=nonsense"), "1 of 3 in All videos /#v3, -, /watch/2 (film 2)");
        assert_eq!(shape(4, ""), "0 of 0 in All videos /, -, -", "what is missing stands in no list");
    }

    #[test]
    fn the_list_stays_with_its_filter_and_order() {
        let from = "from=%2Ffavorites%3Fsort%3Dtitle%26per_page%3D1";
        let expected = "1 of 2 in Favorites /favorites?sort=title&per_page=1#v1, -, \
                        /watch/3?from=%2Ffavorites%3Fsort%3Dtitle%26per_page%3D1 (film 3)";
        assert_eq!(shape(1, from), expected);
        assert!(shape(3, from).contains("/favorites?sort=title&per_page=1&page=2#v3"));
        assert_eq!(shape(2, "from=/favorites"), "0 of 0 in Favorites /favorites, -, -");
    }

    #[test]
    fn a_playlist_goes_on_from_the_entry_and_passes_over_what_is_missing() {
        let watch = |video, item| format!("/watch/{video}?from=%2Fplaylists%2F1&item={item} (film {video})");
        let expected = format!("1 of 4 in Evening /playlists/1#pos-0, -, {}", watch(2, 3));
        assert_eq!(shape(2, "from=/playlists/1&item=1"), expected);
        assert_eq!(shape(2, "from=/playlists/1"), expected, "without an entry it is the first");
        assert_eq!(shape(2, "from=/playlists/1&item=4"), expected, "an entry of another video counts as not said");
        let expected = format!("3 of 4 in Evening /playlists/1#pos-2, {}, {}", watch(2, 1), watch(1, 4));
        assert_eq!(shape(2, "from=/playlists/1&item=3"), expected);
        assert_eq!(shape(3, "from=/playlists/1"), "0 of 4 in Evening /playlists/1, -, -");
        assert_eq!(shape(1, "from=/playlists/2"), "none", "a playlist that was deleted");
    }
}
