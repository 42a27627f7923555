//! What differs between two moments of one library: a pure function of two states.
//!
//! Who changed what, and how often on the way, is in the log and not here: what was changed and changed back is no difference.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use events::{PlaylistId, PlaylistName, Stars, TagName, VideoId};
use imbl::Vector;

use crate::playlists::{Item, Playlist};
use crate::state::State;
use crate::video::Presence;

/// A part of a difference: how much there is of it, and the first few.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part<T> {
    /// How many there are.
    pub total: usize,
    /// The first of them.
    pub first: Vec<T>,
}

impl<T> Part<T> {
    fn of(all: Vec<T>, limit: usize) -> Self {
        let (total, mut first) = (all.len(), all);
        first.truncate(limit);
        Self { total, first }
    }
}

/// A video that is there and was not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Added {
    /// Which.
    pub video: VideoId,
    /// It was known before, and missing.
    pub returned: bool,
}

/// A video that was there and is not, or was missing and is gone for good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Removed {
    /// Which.
    pub video: VideoId,
    /// Somebody said that it is gone for good.
    pub forgotten: bool,
}

/// A video with other stars than before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rerated {
    /// Which.
    pub video: VideoId,
    /// What it had; `None` for no rating.
    pub before: Option<Stars>,
    /// What it has.
    pub after: Option<Stars>,
}

/// A video with other tags than before. Another spelling of the same tag is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Retagged {
    /// Which.
    pub video: VideoId,
    /// Tags that it has and had not, alphabetically.
    pub added: Vec<TagName>,
    /// Tags that it had and has not, alphabetically.
    pub removed: Vec<TagName>,
}

/// A video that was watched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rewatched {
    /// Which.
    pub video: VideoId,
    /// How many views more it has.
    pub views: u64,
}

/// A playlist that is another than before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Relisted {
    /// Which.
    pub playlist: PlaylistId,
    /// Its name before; `None` if there was no such list.
    pub before: Option<PlaylistName>,
    /// Its name after; `None` if there is no such list any more.
    pub after: Option<PlaylistName>,
    /// Entries that it has and had not.
    pub added: usize,
    /// Entries that it had and has not.
    pub removed: usize,
}

/// What differs between two moments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Videos that came, the last one first.
    pub added: Part<Added>,
    /// Videos that went, the last one first.
    pub removed: Part<Removed>,
    /// Other stars, the largest change first.
    pub rerated: Part<Rerated>,
    /// Other tags, in order of identity.
    pub retagged: Part<Retagged>,
    /// Videos that got a heart.
    pub loved: Part<VideoId>,
    /// Videos that lost it.
    pub unloved: Part<VideoId>,
    /// Other playlists, in order of identity.
    pub relisted: Part<Relisted>,
    /// What was watched, the most watched first.
    pub watched: Part<Rewatched>,
}

impl Difference {
    /// What is known `after` and was not known `before`, two moments of the same log in this order; of each kind the first
    /// `limit`.
    #[must_use]
    pub fn between(before: &State, after: &State, limit: usize) -> Self {
        let (mut added, mut removed, mut rerated, mut retagged) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let (mut loved, mut unloved, mut watched) = (Vec::new(), Vec::new(), Vec::new());
        let known = before.videos().len().max(after.videos().len());
        for video in (1..=u32::try_from(known).unwrap_or(u32::MAX)).filter_map(State::numbered) {
            let presence = |state: &State| state.videos().get(video).map(|known| known.presence);
            let (was, is) = (presence(before), presence(after));
            added.extend(came(was, is).map(|returned| Added { video, returned }));
            removed.extend(went(was, is).map(|forgotten| Removed { video, forgotten }));
            let stars = |state: &State| state.ratings().get(video).map(|rated| rated.stars);
            let (old, new) = (stars(before), stars(after));
            rerated.extend((old != new).then_some(Rerated { video, before: old, after: new }));
            retagged.extend(retagging(before, after, video));
            match (before.favorites().contains(video), after.favorites().contains(video)) {
                (false, true) => loved.push(video),
                (true, false) => unloved.push(video),
                (true, true) | (false, false) => {}
            }
            let views = after.views().get(video).count.saturating_sub(before.views().get(video).count);
            watched.extend((views > 0).then_some(Rewatched { video, views }));
        }
        added.reverse();
        removed.reverse();
        rerated.sort_by_key(|change| Reverse(number(change.before).abs_diff(number(change.after))));
        watched.sort_by_key(|watched| Reverse(watched.views));
        Self {
            added: Part::of(added, limit),
            removed: Part::of(removed, limit),
            rerated: Part::of(rerated, limit),
            retagged: Part::of(retagged, limit),
            loved: Part::of(loved, limit),
            unloved: Part::of(unloved, limit),
            relisted: Part::of(relisting(before, after), limit),
            watched: Part::of(watched, limit),
        }
    }
}

fn number(stars: Option<Stars>) -> u8 {
    stars.map_or(0, Stars::get)
}

/// Whether a video came, and if so whether it came back.
fn came(was: Option<Presence>, is: Option<Presence>) -> Option<bool> {
    (is == Some(Presence::Present) && was != Some(Presence::Present)).then_some(was.is_some())
}

/// Whether a video went, and if so whether for good.
fn went(was: Option<Presence>, is: Option<Presence>) -> Option<bool> {
    let forgotten = is == Some(Presence::Forgotten);
    match was? {
        Presence::Present => (is != Some(Presence::Present)).then_some(forgotten),
        Presence::Missing { .. } => forgotten.then_some(true),
        Presence::Forgotten => None,
    }
}

fn retagging(before: &State, after: &State, video: VideoId) -> Option<Retagged> {
    // Of one log, the same tags have the same numbers, and most videos have the tags that they had.
    if before.tags().ids_of(video) == after.tags().ids_of(video) {
        return None;
    }
    let (old, new) = (before.tags().of(video), after.tags().of(video));
    let only = |these: &[&TagName], others: &[&TagName]| -> Vec<TagName> {
        let others: BTreeSet<String> = others.iter().map(|tag| tag.key()).collect();
        these.iter().filter(|tag| !others.contains(&tag.key())).map(|tag| (*tag).clone()).collect()
    };
    let (added, removed) = (only(&new, &old), only(&old, &new));
    (!added.is_empty() || !removed.is_empty()).then_some(Retagged { video, added, removed })
}

fn relisting(before: &State, after: &State) -> Vec<Relisted> {
    let mut lists: BTreeMap<PlaylistId, (Option<&Playlist>, Option<&Playlist>)> = BTreeMap::new();
    before.playlists().iter().for_each(|list| lists.entry(list.id).or_default().0 = Some(list));
    after.playlists().iter().for_each(|list| lists.entry(list.id).or_default().1 = Some(list));
    let other = |(playlist, (old, new)): (PlaylistId, (Option<&Playlist>, Option<&Playlist>))| {
        let name = |list: Option<&Playlist>| list.map(|list| list.name.clone());
        (shown(old) != shown(new)).then(|| Relisted {
            playlist,
            before: name(old),
            after: name(new),
            added: entries_only(new, old),
            removed: entries_only(old, new),
        })
    };
    lists.into_iter().filter_map(other).collect()
}

/// What people see of a list: not when it was changed, nor which entry comes next.
fn shown(list: Option<&Playlist>) -> Option<(&PlaylistName, &str, &Vector<Item>)> {
    list.map(|Playlist { name, description, items, .. }| (name, description.as_str(), items))
}

/// How many entries these have that the others have not.
fn entries_only(these: Option<&Playlist>, others: Option<&Playlist>) -> usize {
    let ids = |list: Option<&Playlist>| -> BTreeSet<u32> {
        list.into_iter().flat_map(|list| list.items.iter().map(|Item { id, .. }| id.get())).collect()
    };
    ids(these).difference(&ids(others)).count()
}
