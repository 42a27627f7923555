//! What a client saw of something, as one number: a change can be made to depend on it, so that two
//! people do not overwrite each other unseen. Computed from what is known, never stored.

use super::{Change, Edit, Rejected, known};
use events::{PlaylistId, VideoId};
use projections::State;
use std::fmt;
use xxhash_rust::xxh3::Xxh3;

/// A fingerprint of what is known of something. Shown as 16 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Revision(u64);

impl Revision {
    /// The revision written as `text`; `None` unless it is 16 hexadecimal digits.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.len() == 16 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        digits.then(|| u64::from_str_radix(text, 16).ok()).flatten().map(Self)
    }

    fn of<'a>(noun: &str, number: u32, words: impl Iterator<Item = &'a str>) -> Self {
        let mut hash = Xxh3::new();
        hash.update(noun.as_bytes());
        hash.update(&number.to_le_bytes());
        for word in words {
            hash.update(word.as_bytes());
            // No word holds this byte, so two words are not one.
            hash.update(&[0]);
        }
        Self(hash.digest())
    }
}

impl fmt::Display for Revision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// The stars of a video, or that it has none.
#[must_use]
pub fn rating(state: &State, video: VideoId) -> Revision {
    let stars = state.ratings().get(video).map(|rated| rated.stars.get().to_string());
    Revision::of("rating", video.get(), stars.as_deref().into_iter())
}

/// Whether a video is a favourite.
#[must_use]
pub fn favorite(state: &State, video: VideoId) -> Revision {
    Revision::of("favorite", video.get(), state.favorites().contains(video).then_some("yes").into_iter())
}

/// The tags of a video, in their spelling.
#[must_use]
pub fn tags(state: &State, video: VideoId) -> Revision {
    Revision::of("tags", video.get(), state.tags().of(video).into_iter().map(|tag| tag.as_str()))
}

/// The name, description and entries of a playlist.
#[must_use]
pub fn playlist(state: &State, playlist: PlaylistId) -> Revision {
    let list = state.playlists().get(playlist);
    let items = list.into_iter().flat_map(|list| list.items.iter().map(|item| item.id.to_string()));
    let items: Vec<String> = items.collect();
    let texts = list.into_iter().flat_map(|list| [list.name.as_str(), list.description.as_str()]);
    Revision::of("playlist", playlist.get(), texts.chain(items.iter().map(String::as_str)))
}

/// Refuses an edit of something that is not as it was `seen`. What does not exist is left to the rules.
pub(super) fn check(state: &State, edit: &Edit, seen: Revision) -> Result<(), Rejected> {
    let now = |video| match &edit.change {
        Change::Rate(_) | Change::ClearRating => rating(state, video),
        Change::AddFavorite | Change::RemoveFavorite => favorite(state, video),
        Change::Tag { .. } => tags(state, video),
        Change::AddToPlaylist(list) => playlist(state, *list),
    };
    let changed = |video: &&VideoId| known(state, **video).is_ok() && now(**video) != seen;
    if edit.videos.iter().find(changed).is_some() { Err(Rejected::Changed) } else { Ok(()) }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::super::given::{found, state, video};
    use super::*;
    use events::event::{Favorite, Playlist, Rating, Tag};
    use events::{Event, PlaylistName, Stars, TagName};

    #[test]
    fn a_revision_changes_with_what_it_is_of_and_with_nothing_else() {
        let stars = Event::Rating(Rating::Given { video: video(1), stars: Stars::new(3).unwrap() });
        let heart = Event::Favorite(Favorite::Added { video: video(1) });
        let tag = |name: &str| Event::Tag(Tag::Added { video: video(1), tag: TagName::new(name).unwrap() });
        let plain = state([found(1, "a.mp4")]);
        let all = |state: &State| [rating(state, video(1)), favorite(state, video(1)), tags(state, video(1))];
        let changed = |events: Vec<Event>| {
            let after = state(std::iter::once(found(1, "a.mp4")).chain(events));
            let pairs = all(&plain).into_iter().zip(all(&after));
            pairs.map(|(before, after)| before != after).collect::<Vec<_>>()
        };
        assert_eq!(changed(vec![stars]), [true, false, false]);
        assert_eq!(changed(vec![heart]), [false, true, false]);
        assert_eq!(changed(vec![tag("sea")]), [false, false, true]);
        let tagged = |one, two| state([found(1, "a.mp4"), tag(one), tag(two)]);
        assert_ne!(all(&tagged("ab", "c")), all(&tagged("a", "bc")));
    }

    #[test]
    fn a_list_is_another_when_its_name_is() {
        let list = PlaylistId::new(1).unwrap();
        let named =
            |name| Event::Playlist(Playlist::Created { playlist: list, name: PlaylistName::new(name).unwrap() });
        assert_ne!(playlist(&state([named("a")]), list), playlist(&state([named("b")]), list));
        assert_eq!(playlist(&state([named("a")]), list), playlist(&state([named("a")]), list));
    }

    #[test]
    fn it_is_written_and_read_back() {
        let revision = rating(&state([]), video(1));
        assert_eq!(Revision::parse(&revision.to_string()), Some(revision));
        for text in ["", "x", "+23456789abcdef0", "0123456789abcdef0"] {
            assert_eq!(Revision::parse(text), None, "{text:?}");
        }
    }
}
