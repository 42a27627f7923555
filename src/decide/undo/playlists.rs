//! Taking changes of playlists back: whether a list exists, its name, its description, what stands in it.
//!
//! Identities are never used twice, so a list or an entry that comes back has a new one.

use super::preview::{Fact, Noun, Step, Why};
use super::{Back, Undoes};
use crate::decide::playlist::{full, unused};
use events::event::Playlist as Happened;
use events::values::ItemId;
use events::{Event, PlaylistId, Recorded, VideoId};
use projections::{Item, Playlist};
use std::collections::{BTreeSet, HashMap, HashSet};

pub(super) fn take_back(back: &mut Back<'_>, events: &[Recorded]) {
    let touched: BTreeSet<PlaylistId> = events.iter().filter_map(list_of).collect();
    let mut next = back.now.playlists().next_id();
    for id in touched {
        let states = [back.before, back.after, back.now].map(|state| state.playlists().get(id));
        match back.undoes(states, same, exists) {
            Some(Undoes::Making { after, now }) => created(back, after, now),
            Some(Undoes::Deleting { before }) => {
                if let Some(fresh) = next
                    && deleted(back, before, fresh)
                {
                    next = fresh.get().checked_add(1).and_then(|number| PlaylistId::new(number).ok());
                }
            }
            Some(Undoes::Changing(states)) => changed(back, states),
            None => {}
        }
    }
}

fn list_of(recorded: &Recorded) -> Option<PlaylistId> {
    if let Event::Playlist(happened) = &recorded.event { Some(happened.playlist()) } else { None }
}

fn exists(list: &Playlist, to: bool) -> Step {
    Step { of: Noun::Playlist(list.name.clone()), fact: Fact::Exists { to } }
}

fn same(one: &Playlist, other: &Playlist) -> bool {
    one.name == other.name && one.description == other.description && one.items == other.items
}

/// A list that the batch made goes again, unless somebody has worked on it.
fn created(back: &mut Back<'_>, after: &Playlist, now: &Playlist) {
    let step = exists(now, false);
    if same(after, now) {
        back.goes(step);
        back.happens(Event::Playlist(Happened::Deleted { playlist: now.id }), None);
    } else {
        back.stays(step, Why::ChangedSince);
    }
}

/// A list that the batch deleted is made again as `playlist`, unless another has its name by now: that
/// may be itself, made again already.
fn deleted(back: &mut Back<'_>, before: &Playlist, playlist: PlaylistId) -> bool {
    let step = exists(before, true);
    let taken = unused(back.now, &before.name, None).is_err();
    if taken || full(back.now) {
        back.stays(step, if taken { Why::NameTaken } else { Why::Full });
        return false;
    }
    back.goes(step);
    let created = Happened::Created { playlist, name: before.name.clone() };
    back.happens(Event::Playlist(created), Some(before.created_at_ms));
    let changed_at_ms = Some(before.changed_at_ms);
    if !before.description.is_empty() {
        let description = before.description.clone();
        back.happens(Event::Playlist(Happened::Described { playlist, description }), changed_at_ms);
    }
    let videos: Vec<VideoId> = shown(before).into_iter().filter(|video| back.is_known(*video)).collect();
    for (number, video) in (1..).zip(videos) {
        let Ok(id) = ItemId::new(number) else { break };
        let added = Happened::ItemAdded { playlist, item: id, video };
        back.happens(Event::Playlist(added), changed_at_ms);
    }
    true
}

fn changed(back: &mut Back<'_>, [before, after, now]: [&Playlist; 3]) {
    let playlist = now.id;
    let step = |fact| Step { of: Noun::Playlist(now.name.clone()), fact };
    let name = || step(Fact::Name { from: now.name.as_str().to_owned(), to: before.name.as_str().to_owned() });
    if before.name != after.name && unused(back.now, &before.name, Some(playlist)).is_err() {
        back.stays(name(), Why::NameTaken);
    } else if back.returns([&before.name, &after.name, &now.name], name) {
        let name = before.name.clone();
        back.happens(Event::Playlist(Happened::Renamed { playlist, name }), None);
    }
    let descriptions = [before, after, now].map(|list| &list.description);
    if back.returns(descriptions, || step(Fact::Description)) {
        let description = before.description.clone();
        back.happens(Event::Playlist(Happened::Described { playlist, description }), None);
    }
    if before.items == after.items {
        return;
    }
    if shown(before) == shown(now) {
        back.preview.already += 1;
        return;
    }
    let entries_become = |to| step(Fact::Entries { from: now.items.len(), to });
    if now.items == after.items {
        back.goes(entries_become(before.items.len()));
        entries(back, before, now);
        return;
    }
    // The list was worked on since: what the batch put into it can go, the rest would get into the way.
    let [old, new, left] =
        [before, after, now].map(|list| list.items.iter().map(|item| item.id).collect::<HashSet<_>>());
    let put_in = after.items.iter().map(|item| item.id).filter(|id| !old.contains(id) && left.contains(id));
    let put_in: Vec<ItemId> = put_in.collect();
    if !put_in.is_empty() {
        back.goes(entries_become(now.items.len() - put_in.len()));
    }
    for item in put_in {
        back.happens(Event::Playlist(Happened::ItemRemoved { playlist, item }), None);
    }
    let lost = before.items.iter().any(|item| !new.contains(&item.id));
    let kept = |list: &Playlist, in_both: &HashSet<ItemId>| -> Vec<ItemId> {
        list.items.iter().map(|item| item.id).filter(|id| in_both.contains(id)).collect()
    };
    if lost || kept(before, &new) != kept(after, &old) {
        back.stays(entries_become(before.items.len()), Why::ChangedSince);
    }
}

/// What people see of a list: the same videos in the same order.
fn shown(list: &Playlist) -> Vec<VideoId> {
    list.items.iter().map(|item| item.video).collect()
}

/// Brings the entries of `now` to what they were: takes out, puts in, moves.
fn entries(back: &mut Back<'_>, before: &Playlist, now: &Playlist) {
    let playlist = now.id;
    let known: HashSet<VideoId> = shown(before).into_iter().filter(|video| back.is_known(*video)).collect();
    let mut happens = |happened| back.happens(Event::Playlist(happened), None);
    let wanted: HashSet<ItemId> = before.items.iter().map(|item| item.id).collect();
    let (mut row, surplus): (Vec<Item>, Vec<Item>) =
        now.items.iter().copied().partition(|item| wanted.contains(&item.id));
    for item in surplus {
        happens(Happened::ItemRemoved { playlist, item: item.id });
    }
    let there: HashSet<ItemId> = row.iter().map(|item| item.id).collect();
    let mut next = now.next_item();
    let mut order: Vec<ItemId> = Vec::new();
    for item in &before.items {
        if there.contains(&item.id) {
            order.push(item.id);
        } else if let Some(fresh) = next.filter(|_| known.contains(&item.video)) {
            happens(Happened::ItemAdded { playlist, item: fresh, video: item.video });
            row.push(Item { id: fresh, video: item.video });
            order.push(fresh);
            next = fresh.get().checked_add(1).and_then(|number| ItemId::new(number).ok());
        }
    }
    for (item, index) in moves(row.iter().map(|item| item.id).collect(), &order) {
        happens(Happened::ItemMoved { playlist, item, index });
    }
}

/// How to bring `row` into `order`, entry by entry: a single entry that was moved goes back in one step.
fn moves(mut row: Vec<ItemId>, order: &[ItemId]) -> Vec<(ItemId, u32)> {
    let target: HashMap<ItemId, usize> = order.iter().enumerate().map(|(index, id)| (*id, index)).collect();
    let mut moves = Vec::new();
    for (index, wanted) in order.iter().enumerate() {
        let Some(found) = row.get(index).copied().filter(|found| found != wanted) else { continue };
        // If only this one is in the way, it goes; otherwise the wanted one comes.
        let (moved, to) = match target.get(&found) {
            Some(to) if row.get(index + 1) == Some(wanted) => (found, *to),
            Some(_) | None => (*wanted, index),
        };
        let Some(from) = row.iter().position(|id| *id == moved) else { continue };
        row.remove(from);
        row.insert(to.min(row.len()), moved);
        moves.push((moved, u32::try_from(to).unwrap_or(u32::MAX)));
    }
    moves
}
