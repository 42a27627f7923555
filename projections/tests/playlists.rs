//! Playlists: order, identity of entries, and what does not fit.

use events::event::Playlist;
use events::values::ItemId;
use events::{Event, PlaylistId, PlaylistName};
use projections::{Anomaly, State};

use crate::story::*;

fn list() -> PlaylistId {
    PlaylistId::new(1).unwrap()
}

fn item(number: u32) -> ItemId {
    ItemId::new(number).unwrap()
}

fn name(name: &str) -> PlaylistName {
    PlaylistName::new(name).unwrap()
}

fn created(number: u32) -> Event {
    Event::Playlist(Playlist::Created { playlist: PlaylistId::new(number).unwrap(), name: name("evening") })
}

fn added(entry: u32, video: u32) -> Event {
    Event::Playlist(Playlist::ItemAdded { playlist: list(), item: item(entry), video: id(video) })
}

fn removed(entry: u32) -> Event {
    Event::Playlist(Playlist::ItemRemoved { playlist: list(), item: item(entry) })
}

fn placed(entry: u32, index: u32) -> Event {
    Event::Playlist(Playlist::ItemMoved { playlist: list(), item: item(entry), index })
}

fn entries(state: &State) -> Vec<(u32, u32)> {
    let list = state.playlists().get(list()).unwrap();
    list.items.iter().map(|item| (item.id.get(), item.video.get())).collect()
}

fn three() -> State {
    given([found(1, "a"), found(2, "b"), created(1), added(1, 1), added(2, 2), added(3, 1)])
}

#[test]
fn entries_stand_in_order_and_a_video_may_stand_twice() {
    let state = three();
    assert_eq!(entries(&state), [(1, 1), (2, 2), (3, 1)]);
    let playlist = state.playlists().get(list()).unwrap();
    assert_eq!((playlist.created_at_ms, playlist.changed_at_ms), (at(3), at(6)));
    assert_eq!((playlist.next_item(), state.playlists().next_id()), (Some(item(4)), PlaylistId::new(2).ok()));
}

#[test]
fn entries_move_and_go() {
    assert_eq!(entries(&then(three(), [placed(3, 0)])), [(3, 1), (1, 1), (2, 2)]);
    assert_eq!(entries(&then(three(), [placed(1, 1)])), [(2, 2), (1, 1), (3, 1)]);
    assert_eq!(entries(&then(three(), [placed(1, 99)])), [(2, 2), (3, 1), (1, 1)], "beyond the end is the end");
    let state = then(three(), [removed(3), removed(3), added(3, 2), placed(3, 0)]);
    assert_eq!(entries(&state), [(1, 1), (2, 2)]);
    assert_eq!((state.anomalies(), state.first_anomaly()), (3, Some((8, Anomaly::UnknownItem))));
}

#[test]
fn lists_are_renamed_described_and_deleted() {
    let renamed = Event::Playlist(Playlist::Renamed { playlist: list(), name: name("morning") });
    let described = Event::Playlist(Playlist::Described { playlist: list(), description: "early".into() });
    let state = then(three(), [renamed.clone(), described]);
    let playlist = state.playlists().get(list()).unwrap();
    assert_eq!((playlist.name.as_str(), playlist.description.as_str()), ("morning", "early"));
    let deleted = Event::Playlist(Playlist::Deleted { playlist: list() });
    let state = then(state, [deleted.clone(), deleted, renamed, added(4, 1), created(1), created(2)]);
    assert_eq!(state.playlists().iter().map(|list| list.id.get()).collect::<Vec<_>>(), [2], "numbers are never reused");
    assert_eq!(state.anomalies(), 4);
}

#[test]
fn an_entry_stays_while_its_video_is_missing() {
    assert_eq!(entries(&then(three(), [vanished(1)])), [(1, 1), (2, 2), (3, 1)]);
    let state = then(three(), [added(4, 77)]);
    assert_eq!((entries(&state).len(), state.first_anomaly()), (3, Some((7, Anomaly::UnknownVideo))));
}
