//! Rules for playlists. Names differ by more than case; the same video may stand in a list twice.

use super::{Decision, Rejected, is_known};
use events::event::Playlist;
use events::values::ItemId;
use events::{Event, PlaylistId, PlaylistName, VideoId};
use projections::State;

/// More entries than this in one list, or more lists, are a mistake of some script.
const ITEMS_MAX: usize = 10_000;
const PLAYLISTS_MAX: usize = 10_000;

/// The longest description, in characters.
const DESCRIPTION_CHARS_MAX: usize = 5_000;

/// Makes a list with these `videos` in it.
pub(super) fn create(
    state: &State,
    name: &PlaylistName,
    description: &str,
    videos: &[VideoId],
) -> Result<Decision, Rejected> {
    unused(state, name, None)?;
    short(description)?;
    let next = state.playlists().next_id().filter(|_| !full(state));
    let playlist = next.ok_or(Rejected::TooManyPlaylists { limit: PLAYLISTS_MAX })?;
    let mut events = vec![Playlist::Created { playlist, name: name.clone() }];
    if !description.is_empty() {
        events.push(Playlist::Described { playlist, description: description.to_owned() });
    }
    let (items, skipped) = items(state, playlist, (ItemId::new(1).ok(), ITEMS_MAX), videos)?;
    events.extend(items);
    Ok(Decision { skipped, ..Decision::from(events.into_iter().map(Event::Playlist).collect::<Vec<_>>()) })
}

/// Changes the name or the description of a list, where they are given.
pub(super) fn edit(
    state: &State,
    playlist: PlaylistId,
    name: Option<&PlaylistName>,
    description: Option<&str>,
) -> Result<Vec<Event>, Rejected> {
    let list = get(state, playlist)?;
    let mut events = Vec::new();
    if let Some(name) = name.filter(|name| **name != list.name) {
        unused(state, name, Some(playlist))?;
        events.push(Event::Playlist(Playlist::Renamed { playlist, name: name.clone() }));
    }
    if let Some(description) = description.filter(|description| **description != *list.description) {
        short(description)?;
        let description = description.to_owned();
        events.push(Event::Playlist(Playlist::Described { playlist, description }));
    }
    Ok(events)
}

/// Deletes a list.
pub(super) fn delete(state: &State, playlist: PlaylistId) -> Result<Vec<Event>, Rejected> {
    get(state, playlist)?;
    Ok(vec![Event::Playlist(Playlist::Deleted { playlist })])
}

/// Puts `videos` at the end of a list.
pub(super) fn add(state: &State, playlist: PlaylistId, videos: &[VideoId]) -> Result<Decision, Rejected> {
    let list = get(state, playlist)?;
    let room = (list.next_item(), ITEMS_MAX.saturating_sub(list.items.len()));
    let (items, skipped) = items(state, playlist, room, videos)?;
    Ok(Decision { skipped, ..Decision::from(items.into_iter().map(Event::Playlist).collect::<Vec<_>>()) })
}

/// Puts an entry elsewhere in its list; beyond the end is the end.
pub(super) fn move_item(state: &State, playlist: PlaylistId, item: ItemId, index: u32) -> Result<Vec<Event>, Rejected> {
    let list = get(state, playlist)?;
    let position = list.items.iter().position(|known| known.id == item).ok_or(Rejected::NoSuchItem(item))?;
    let last = u32::try_from(list.items.len().saturating_sub(1)).unwrap_or(u32::MAX);
    let index = index.min(last);
    if position == index as usize {
        return Ok(vec![]);
    }
    Ok(vec![Event::Playlist(Playlist::ItemMoved { playlist, item, index })])
}

/// Takes an entry out of its list.
pub(super) fn remove_item(state: &State, playlist: PlaylistId, item: ItemId) -> Result<Vec<Event>, Rejected> {
    let known = get(state, playlist)?.items.iter().any(|known| known.id == item);
    if known {
        Ok(vec![Event::Playlist(Playlist::ItemRemoved { playlist, item })])
    } else {
        Err(Rejected::NoSuchItem(item))
    }
}

/// Entries for `videos` with identities from `first` on, as many as there is `room` for, and how many
/// videos were left out.
fn items(
    state: &State,
    playlist: PlaylistId,
    (first, room): (Option<ItemId>, usize),
    videos: &[VideoId],
) -> Result<(Vec<Playlist>, u64), Rejected> {
    let known = videos.iter().copied().filter(|video| is_known(state, *video));
    let ids = first.into_iter().flat_map(|first| first.get()..=u32::MAX).filter_map(|number| ItemId::new(number).ok());
    let items = known.clone().zip(ids).take(room).map(|(video, item)| Playlist::ItemAdded { playlist, item, video });
    let items: Vec<Playlist> = items.collect();
    match videos.first() {
        Some(video) if items.is_empty() => {
            let full = known.count() > 0;
            Err(if full { Rejected::PlaylistFull { limit: ITEMS_MAX } } else { Rejected::NoSuchVideo(*video) })
        }
        Some(_) | None => {
            let skipped = (videos.len() - items.len()) as u64;
            Ok((items, skipped))
        }
    }
}

fn get(state: &State, playlist: PlaylistId) -> Result<&projections::Playlist, Rejected> {
    state.playlists().get(playlist).ok_or(Rejected::NoSuchPlaylist(playlist))
}

/// True if there can be no further list.
pub(super) fn full(state: &State) -> bool {
    state.playlists().len() >= PLAYLISTS_MAX
}

/// Refuses a name that another list than `own` has, in whatever case.
pub(super) fn unused(state: &State, name: &PlaylistName, own: Option<PlaylistId>) -> Result<(), Rejected> {
    let folded = name.as_str().to_lowercase();
    let taken = |list: &&projections::Playlist| Some(list.id) != own && list.name.as_str().to_lowercase() == folded;
    match state.playlists().iter().find(taken) {
        Some(list) => Err(Rejected::PlaylistExists(list.name.clone())),
        None => Ok(()),
    }
}

fn short(description: &str) -> Result<(), Rejected> {
    let limit = DESCRIPTION_CHARS_MAX;
    if description.chars().count() > limit { Err(Rejected::DescriptionTooLong { limit }) } else { Ok(()) }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::super::given::{found, state, video};
    use super::*;

    fn name(text: &str) -> PlaylistName {
        PlaylistName::new(text).unwrap()
    }

    fn list(number: u32) -> PlaylistId {
        PlaylistId::new(number).unwrap()
    }

    fn item(number: u32) -> ItemId {
        ItemId::new(number).unwrap()
    }

    fn created(text: &str) -> Event {
        Event::Playlist(Playlist::Created { playlist: list(1), name: name(text) })
    }

    fn added(number: u32, of: u32) -> Event {
        Event::Playlist(Playlist::ItemAdded { playlist: list(1), item: item(number), video: video(of) })
    }

    /// Two videos, and the list "Later" with these events.
    fn later(events: impl IntoIterator<Item = Event>) -> State {
        state([found(1, "a.mp4"), found(2, "b.mp4"), created("Later")].into_iter().chain(events))
    }

    #[test]
    fn a_list_is_made_with_what_is_in_it() {
        let empty = state([found(1, "a.mp4")]);
        let videos = [video(1), video(9), video(1)];
        let described = Event::Playlist(Playlist::Described { playlist: list(1), description: "soon".into() });
        let events = vec![created("Later"), described, added(1, 1), added(2, 1)];
        assert_eq!(
            create(&empty, &name("Later"), "soon", &videos),
            Ok(Decision { events, skipped: 1, ..Decision::default() })
        );
        assert_eq!(create(&empty, &name("Later"), "", &[]), Ok(vec![created("Later")].into()));
        assert_eq!(create(&empty, &name("Later"), "", &[video(9)]), Err(Rejected::NoSuchVideo(video(9))));
        let long = "é".repeat(DESCRIPTION_CHARS_MAX + 1);
        let limit = DESCRIPTION_CHARS_MAX;
        assert_eq!(create(&empty, &name("Later"), &long, &[]), Err(Rejected::DescriptionTooLong { limit }));
    }

    #[test]
    fn names_differ_by_more_than_case() {
        let exists = Err(Rejected::PlaylistExists(name("Later")));
        assert_eq!(create(&later([]), &name("LATER"), "", &[]).map(|made| made.events), exists);
        let other = Event::Playlist(Playlist::Created { playlist: list(2), name: name("Now") });
        let two = later([other]);
        assert_eq!(edit(&two, list(2), Some(&name("later")), None), exists);
        let renamed = Event::Playlist(Playlist::Renamed { playlist: list(1), name: name("later") });
        assert_eq!(edit(&two, list(1), Some(&name("later")), None), Ok(vec![renamed]), "its own name is free");
        let deleted = later([Event::Playlist(Playlist::Deleted { playlist: list(1) })]);
        assert!(create(&deleted, &name("Later"), "", &[]).is_ok());
    }

    #[test]
    fn what_is_so_already_is_not_written_again() {
        assert_eq!(edit(&later([]), list(1), Some(&name("Later")), Some("")), Ok(vec![]));
        let described = Event::Playlist(Playlist::Described { playlist: list(1), description: "soon".into() });
        assert_eq!(edit(&later([]), list(1), None, Some("soon")), Ok(vec![described]));
        assert_eq!(edit(&later([]), list(9), None, None), Err(Rejected::NoSuchPlaylist(list(9))));
    }

    #[test]
    fn entries_are_numbered_on_even_when_some_were_taken_out() {
        let removed = Event::Playlist(Playlist::ItemRemoved { playlist: list(1), item: item(2) });
        let known = later([added(1, 1), added(2, 2), removed.clone()]);
        let decision = add(&known, list(1), &[video(2), video(9), video(2)]);
        assert_eq!(
            decision,
            Ok(Decision { events: vec![added(3, 2), added(4, 2)], skipped: 1, ..Decision::default() })
        );
        assert_eq!(add(&known, list(1), &[video(9)]), Err(Rejected::NoSuchVideo(video(9))));
        assert_eq!(add(&known, list(2), &[video(1)]), Err(Rejected::NoSuchPlaylist(list(2))));
        assert_eq!(remove_item(&known, list(1), item(2)), Err(Rejected::NoSuchItem(item(2))));
        assert_eq!(remove_item(&later([added(1, 1), added(2, 2)]), list(1), item(2)), Ok(vec![removed]));
    }

    #[test]
    fn a_list_is_bounded() {
        let limit = u32::try_from(ITEMS_MAX).unwrap();
        let almost = later((1..limit).map(|number| added(number, 1)));
        let last = Ok(Decision { events: vec![added(limit, 2)], skipped: 1, ..Decision::default() });
        assert_eq!(add(&almost, list(1), &[video(2), video(1)]), last);
        let full = later((1..=limit).map(|number| added(number, 1)));
        assert_eq!(add(&full, list(1), &[video(2)]), Err(Rejected::PlaylistFull { limit: ITEMS_MAX }));
    }

    #[test]
    fn an_entry_moves_to_where_it_is_not() {
        let three = later([added(1, 1), added(2, 2), added(3, 1)]);
        let moved = |index| Event::Playlist(Playlist::ItemMoved { playlist: list(1), item: item(1), index });
        assert_eq!(move_item(&three, list(1), item(1), 1), Ok(vec![moved(1)]));
        assert_eq!(move_item(&three, list(1), item(1), 99), Ok(vec![moved(2)]), "beyond the end is the end");
        assert_eq!(move_item(&three, list(1), item(1), 0), Ok(vec![]));
        assert_eq!(move_item(&three, list(1), item(9), 0), Err(Rejected::NoSuchItem(item(9))));
    }

    #[test]
    fn a_list_is_deleted_once() {
        let deleted = Event::Playlist(Playlist::Deleted { playlist: list(1) });
        assert_eq!(delete(&later([]), list(1)), Ok(vec![deleted.clone()]));
        assert_eq!(delete(&later([deleted]), list(1)), Err(Rejected::NoSuchPlaylist(list(1))));
    }
}
