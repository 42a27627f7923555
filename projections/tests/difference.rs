//! What differs between two moments: nothing from a moment to itself, and as much as leads from one to the other.

use std::collections::{BTreeMap, BTreeSet};

use events::event::Playlist;
use events::values::ItemId;
use events::{Event, PlaylistId, PlaylistName, Stars, VideoId};
use projections::{Added, Difference, Presence, Relisted, Removed, Rerated, Retagged, Rewatched, State};
use proptest::prelude::*;

use crate::story::*;
use crate::stream::{history, seeds};

fn all(before: &State, after: &State) -> Difference {
    Difference::between(before, after, usize::MAX)
}

#[test]
fn each_kind_of_change_is_named() {
    let before = given([
        found(1, "a"),
        found(2, "b"),
        found(3, "c"),
        found(4, "d"),
        vanished(3),
        rated(1, 5),
        rated(2, 3),
        tagged(1, "sea"),
        tagged(2, "Sea"),
        watched(1),
    ]);
    let after = then(
        before.clone(),
        [
            found(5, "e"),
            returned(3, "c", content(3)),
            vanished(4),
            forgotten(2),
            rated(1, 2),
            rated(5, 1),
            untagged(1, "sea"),
            tagged(1, "calm"),
            tagged(5, "sea"),
            watched(1),
            watched(5),
            watched(5),
        ],
    );
    let difference = all(&before, &after);
    let came = |number, returned| Added { video: id(number), returned };
    assert_eq!(difference.added.first, [came(5, false), came(3, true)]);
    let went = |number, forgotten| Removed { video: id(number), forgotten };
    assert_eq!(difference.removed.first, [went(4, false), went(2, true)]);
    let rerated = |number, before, after: Option<u8>| Rerated { video: id(number), before, after: after.map(stars) };
    assert_eq!(difference.rerated.first, [rerated(1, Some(stars(5)), Some(2)), rerated(5, None, Some(1))]);
    let retagged = |number, added: &[&str], removed: &[&str]| {
        let [added, removed] = [added, removed].map(|names| names.iter().map(|name| tag(name)).collect());
        Retagged { video: id(number), added, removed }
    };
    assert_eq!(difference.retagged.first, [retagged(1, &["calm"], &["sea"]), retagged(5, &["sea"], &[])]);
    let seen = |number, views| Rewatched { video: id(number), views };
    assert_eq!(difference.watched.first, [seen(5, 2), seen(1, 1)]);
    let few = Difference::between(&before, &after, 1);
    assert_eq!((few.watched.total, few.watched.first), (2, vec![seen(5, 2)]), "a list has a bound and a number");
}

#[test]
fn playlists_are_made_changed_and_deleted() {
    let list = |number| PlaylistId::new(number).unwrap();
    let name = |text: &str| PlaylistName::new(text).unwrap();
    let created = |number, text: &str| Event::Playlist(Playlist::Created { playlist: list(number), name: name(text) });
    let item = |number| ItemId::new(number).unwrap();
    let listed = |number, entry| {
        Event::Playlist(Playlist::ItemAdded { playlist: list(number), item: item(entry), video: id(1) })
    };
    let before =
        given([found(1, "a"), created(1, "One"), created(2, "Two"), created(3, "Same"), listed(1, 1), listed(1, 2)]);
    let after = then(
        before.clone(),
        [
            created(4, "Four"),
            listed(4, 1),
            Event::Playlist(Playlist::Deleted { playlist: list(2) }),
            Event::Playlist(Playlist::Renamed { playlist: list(1), name: name("Uno") }),
            Event::Playlist(Playlist::ItemRemoved { playlist: list(1), item: item(1) }),
            listed(1, 3),
            listed(1, 4),
            // Changed and changed back is no difference.
            Event::Playlist(Playlist::Renamed { playlist: list(3), name: name("Other") }),
            listed(3, 1),
            Event::Playlist(Playlist::ItemRemoved { playlist: list(3), item: item(1) }),
            Event::Playlist(Playlist::Renamed { playlist: list(3), name: name("Same") }),
        ],
    );
    let relisted = |number, before: Option<&str>, after: Option<&str>, added, removed| Relisted {
        playlist: list(number),
        before: before.map(name),
        after: after.map(name),
        added,
        removed,
    };
    let expected = [
        relisted(1, Some("One"), Some("Uno"), 2, 1),
        relisted(2, Some("Two"), None, 0, 0),
        relisted(4, None, Some("Four"), 1, 0),
    ];
    assert_eq!(all(&before, &after).relisted.first, expected);
}

/// What people think of each video, as far as a difference is about it.
#[derive(Clone, Debug, Default, PartialEq)]
struct Opinion {
    stars: Option<Stars>,
    favorite: bool,
    views: u64,
    tags: BTreeSet<String>,
    there: bool,
}

fn opinions(state: &State) -> BTreeMap<VideoId, Opinion> {
    let opinion = |video: VideoId| Opinion {
        stars: state.ratings().get(video).map(|rated| rated.stars),
        favorite: state.favorites().contains(video),
        views: state.views().get(video).count,
        tags: state.tags().of(video).into_iter().map(|tag| tag.key()).collect(),
        there: state.videos().get(video).is_some_and(|video| video.presence == Presence::Present),
    };
    state.videos().iter().map(|video| (video.id, opinion(video.id))).collect()
}

fn applied(events: &[events::Recorded]) -> State {
    let mut state = State::default();
    events.iter().for_each(|recorded| state.apply(recorded));
    state
}

proptest! {
    #[test]
    fn from_a_moment_to_itself_nothing_differs(seeds in seeds(120)) {
        let state = applied(&history(&seeds, 12));
        let nothing = all(&State::default(), &State::default());
        prop_assert_eq!(all(&state, &state), nothing);
    }

    #[test]
    fn what_differs_leads_from_one_moment_to_the_other(seeds in seeds(200), part in 0_usize..200) {
        let events = history(&seeds, 12);
        let (before, after) = (applied(&events[..part.min(events.len())]), applied(&events));
        let difference = all(&before, &after);
        let mut reached = opinions(&before);
        for Added { video, .. } in difference.added.first {
            reached.entry(video).or_default().there = true;
        }
        for video in after.videos().iter() {
            reached.entry(video.id).or_default();
        }
        for Removed { video, .. } in difference.removed.first {
            reached.get_mut(&video).unwrap().there = false;
        }
        for Rerated { video, before, after } in difference.rerated.first {
            let opinion = reached.get_mut(&video).unwrap();
            prop_assert_eq!(opinion.stars, before);
            opinion.stars = after;
        }
        for Retagged { video, added, removed } in difference.retagged.first {
            let tags = &mut reached.get_mut(&video).unwrap().tags;
            for tag in removed {
                prop_assert!(tags.remove(&tag.key()));
            }
            for tag in added {
                prop_assert!(tags.insert(tag.key()));
            }
        }
        for video in difference.loved.first {
            reached.get_mut(&video).unwrap().favorite = true;
        }
        for video in difference.unloved.first {
            reached.get_mut(&video).unwrap().favorite = false;
        }
        for Rewatched { video, views } in difference.watched.first {
            reached.get_mut(&video).unwrap().views += views;
        }
        let there = opinions(&after);
        for (video, opinion) in &mut reached {
            // Views that were taken back are nothing that was watched.
            opinion.views = opinion.views.min(there[video].views);
        }
        prop_assert_eq!(reached, there);
    }
}
