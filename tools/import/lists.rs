//! The rules for playlists.
//!
//! A list is made once. What was put into it in the old program since is added; a list of the same name
//! that somebody made here, or an imported one that was renamed or deleted here, is left alone.

use super::keys;
use super::plan::Planner;
use super::report::{Kept, Outcome};
use crate::legacy::{Kind, List};
use events::event::Playlist;
use events::values::ItemId;
use events::{CommandId, Event, MediaPath, PlaylistId, PlaylistName};
use projections::State;
use std::collections::HashMap;

/// Plans all playlists. Runs after the videos, so that most of them have their numbers.
pub(super) fn plan(planner: &mut Planner<'_>) {
    let legacy = planner.legacy;
    let mut next = planner.state.playlists().next_id();
    let mut open: HashMap<PlaylistName, Open> = HashMap::new();
    for list in &legacy.lists {
        let key = keys::playlist(&list.name);
        let here = find(planner.state, &list.name);
        if open.contains_key(&list.name) {
            planner.report.count(Kind::Playlist, Outcome::Unchanged);
        } else if planner.is_written(key) {
            planner.report.count(Kind::Playlist, Outcome::Unchanged);
            open.extend(here.map(|here| (list.name.clone(), here)));
        } else if here.is_some() {
            keep(planner, list);
            continue;
        } else if let Some(playlist) = next {
            create(planner, list, playlist, key);
            open.insert(list.name.clone(), Open { playlist, next_item: 1 });
            next = playlist.get().checked_add(1).and_then(|number| PlaylistId::new(number).ok());
        }
        fill(planner, list, open.get_mut(&list.name));
    }
}

/// A list that takes more items.
struct Open {
    playlist: PlaylistId,
    next_item: u32,
}

fn find(state: &State, name: &PlaylistName) -> Option<Open> {
    let list = state.playlists().iter().find(|list| list.name == *name)?;
    Some(Open { playlist: list.id, next_item: list.next_item()?.get() })
}

fn create(planner: &mut Planner<'_>, list: &List, playlist: PlaylistId, key: CommandId) {
    let name = list.name.clone();
    planner.write(key, list.created_at_ms, Event::Playlist(Playlist::Created { playlist, name }));
    if !list.description.is_empty() {
        let description = list.description.clone();
        planner.write(key, list.created_at_ms, Event::Playlist(Playlist::Described { playlist, description }));
    }
    planner.report.count(Kind::Playlist, Outcome::Accepted);
}

fn keep(planner: &mut Planner<'_>, list: &List) {
    planner.report.count(Kind::Playlist, Outcome::Kept);
    for _ in &list.items {
        planner.report.count(Kind::PlaylistItem, Outcome::Kept);
    }
    let reason = "somebody here made a playlist of this name, which is left as it is".to_owned();
    let file = planner.file(list.source);
    planner.report.kept.push(Kept { file, key: list.name.as_str().to_owned(), reason });
}

/// Adds the items that were never added before; `open` is `None` when the list was given up here.
fn fill(planner: &mut Planner<'_>, list: &List, mut open: Option<&mut Open>) {
    let mut seen: HashMap<&MediaPath, usize> = HashMap::new();
    for name in &list.items {
        let nth = seen.entry(name).or_default();
        let key = keys::item(&list.name, name, *nth);
        *nth += 1;
        let outcome = match &mut open {
            _ if planner.is_written(key) => Outcome::Unchanged,
            None => Outcome::Kept,
            Some(open) => match add(planner, list, name, key, open) {
                Ok(()) => Outcome::Accepted,
                Err(reason) => {
                    planner.reject(Kind::PlaylistItem, list.source, name, &reason);
                    continue;
                }
            },
        };
        planner.report.count(Kind::PlaylistItem, outcome);
    }
}

fn add(
    planner: &mut Planner<'_>,
    list: &List,
    name: &MediaPath,
    key: CommandId,
    open: &mut Open,
) -> Result<(), String> {
    let slot = planner.slot_of_name.get(name).copied().unwrap_or(usize::MAX);
    let video = planner.video(slot, None, None).ok_or_else(|| planner.unclear(slot))?;
    let item = ItemId::new(open.next_item).map_err(|invalid| invalid.to_string())?;
    open.next_item = open.next_item.saturating_add(1);
    let added = Playlist::ItemAdded { playlist: open.playlist, item, video };
    planner.write(key, list.created_at_ms, Event::Playlist(added));
    Ok(())
}
