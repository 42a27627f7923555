//! Taking changes of groups of images back: whether a group exists, its name, its cover, what is in it.
//!
//! Identities are never used twice, so a group that comes back has a new one, at its old address if that is free.

use super::preview::{Fact, Noun, Step, Why};
use super::{Back, Recorded, Undoes};
use crate::decide::group::full;
use events::event::Group as Happened;
use events::{Event, GroupId, ImageId};
use projections::Group;
use std::collections::{BTreeSet, HashSet};

pub(super) fn take_back(back: &mut Back<'_>, events: &[Recorded]) {
    let touched: BTreeSet<GroupId> = events.iter().filter_map(group_of).collect();
    let mut next = back.now.groups().next_id();
    for id in touched {
        let states = [back.before, back.after, back.now].map(|state| state.groups().get(id));
        match back.undoes(states, same, exists) {
            Some(Undoes::Making { after, now }) => created(back, after, now),
            Some(Undoes::Deleting { before }) => {
                if let Some(fresh) = next
                    && deleted(back, before, fresh)
                {
                    next = fresh.get().checked_add(1).and_then(|number| GroupId::new(number).ok());
                }
            }
            Some(Undoes::Changing(states)) => changed(back, states),
            None => {}
        }
    }
}

fn group_of(recorded: &Recorded) -> Option<GroupId> {
    if let Event::Group(happened) = &recorded.event { Some(happened.group()) } else { None }
}

fn exists(group: &Group, to: bool) -> Step {
    Step { of: Noun::Group(group.name.clone()), fact: Fact::Exists { to } }
}

fn same(one: &Group, other: &Group) -> bool {
    one.name == other.name && one.images == other.images && face(one) == face(other)
}

/// The image that people see in place of the group.
fn face(group: &Group) -> Option<ImageId> {
    group.cover.or_else(|| group.images.front().copied())
}

/// A group that the batch made goes again, unless somebody has worked on it.
fn created(back: &mut Back<'_>, after: &Group, now: &Group) {
    let step = exists(now, false);
    if same(after, now) {
        back.goes(step);
        back.happens(Event::Group(Happened::Deleted { group: now.id }), None);
    } else {
        back.stays(step, Why::ChangedSince);
    }
}

/// A group that the batch deleted is made again as `group`, unless another has its address by now: that may be itself,
/// made again already.
fn deleted(back: &mut Back<'_>, before: &Group, group: GroupId) -> bool {
    let step = exists(before, true);
    let taken = back.now.groups().by_slug(&before.slug).is_some();
    if taken || full(back.now) {
        back.stays(step, if taken { Why::NameTaken } else { Why::Full });
        return false;
    }
    back.goes(step);
    let (name, slug) = (before.name.clone(), before.slug.clone());
    back.happens(Event::Group(Happened::Created { group, name, slug }), Some(before.created_at_ms));
    let changed_at_ms = Some(before.changed_at_ms);
    for image in &before.images {
        back.happens(Event::Group(Happened::ImageAdded { group, image: *image }), changed_at_ms);
    }
    if let Some(image) = before.cover {
        back.happens(Event::Group(Happened::CoverSet { group, image }), changed_at_ms);
    }
    true
}

fn changed(back: &mut Back<'_>, [before, after, now]: [&Group; 3]) {
    let group = now.id;
    let step = |fact| Step { of: Noun::Group(now.name.clone()), fact };
    let name = || step(Fact::Name { from: now.name.as_str().to_owned(), to: before.name.as_str().to_owned() });
    if back.returns([&before.name, &after.name, &now.name], name) {
        let name = before.name.clone();
        back.happens(Event::Group(Happened::Renamed { group, name }), None);
    }
    let (out, anew) = images(back, [before, after, now]);
    for image in now.images.iter().filter(|image| out.contains(*image)) {
        back.happens(Event::Group(Happened::ImageRemoved { group, image: *image }), None);
    }
    for image in &anew {
        back.happens(Event::Group(Happened::ImageAdded { group, image: *image }), None);
    }
    let stays = now.images.iter().copied().filter(|image| !out.contains(image));
    let then: Vec<ImageId> = stays.chain(anew).collect();
    cover(back, [before, after, now], (now.cover.filter(|image| !out.contains(image)), &then));
}

/// The images that are taken out of a group, and those that are put in at its end.
fn images(back: &mut Back<'_>, [before, after, now]: [&Group; 3]) -> (HashSet<ImageId>, Vec<ImageId>) {
    let step = |to| Step { of: Noun::Group(now.name.clone()), fact: Fact::Entries { from: now.images.len(), to } };
    if before.images != after.images && now.images != before.images && now.images != after.images {
        // It was worked on since: what the batch put into it can go, the rest would get into the way.
        let held = |group: &Group| group.images.iter().copied().collect::<HashSet<ImageId>>();
        let [old, new, left] = [before, after, now].map(held);
        let out: HashSet<ImageId> = new.difference(&old).copied().filter(|image| left.contains(image)).collect();
        if !out.is_empty() {
            back.goes(step(now.images.len() - out.len()));
        }
        if !old.is_subset(&new) {
            back.stays(step(before.images.len()), Why::ChangedSince);
        }
        return (out, Vec::new());
    }
    if !back.returns([&before.images, &after.images, &now.images], || step(before.images.len())) {
        return (HashSet::new(), Vec::new());
    }
    // Images come in at the end, so what does not stand in the old order from the start comes in anew.
    let mut wanted = before.images.iter().copied().peekable();
    let out = now.images.iter().copied().filter(|image| wanted.next_if_eq(image).is_none()).collect();
    (out, wanted.collect())
}

/// Lets the old image stand for the group again, if it is in it; `then` are its images, `kept` the one that was chosen.
fn cover(back: &mut Back<'_>, [before, after, now]: [&Group; 3], (kept, then): (Option<ImageId>, &[ImageId])) {
    let [was, became, is] = [before, after, now].map(face);
    let number = |image: Option<ImageId>| image.map(|image| u64::from(image.get()));
    let fact = Fact::Cover { from: number(is), to: number(was) };
    let returns = was.is_some_and(|image| then.contains(&image))
        && back.returns([&was, &became, &is], || Step { of: Noun::Group(now.name.clone()), fact });
    let wanted = if returns { was } else { is };
    if let Some(image) = wanted.filter(|image| then.contains(image))
        && kept.or(then.first().copied()) != wanted
    {
        back.happens(Event::Group(Happened::CoverSet { group: now.id, image }), None);
    }
}
