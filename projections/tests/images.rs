//! Images and their groups: identity, presence, hearts, order, and what does not fit.

use std::collections::{BTreeMap, BTreeSet};

use events::event::{Group, Image};
use events::{Event, GroupId, GroupName, GroupSlug, ImageId, RootPath};
use projections::{Anomaly, Shown, State};
use proptest::prelude::*;

use crate::story::*;
use crate::stream::{history, seeds};

fn image(number: u32) -> ImageId {
    ImageId::new(number).unwrap()
}

fn group(number: u32) -> GroupId {
    GroupId::new(number).unwrap()
}

fn seen(number: u32, at: &str) -> Event {
    seen_in(number, RootPath::new("/images"), at)
}

fn seen_in(number: u32, root: RootPath, at: &str) -> Event {
    let (image, path) = (image(number), path(at));
    Event::Image(Image::Found { image, root, path, size_bytes: 7, modified_at_ms: 5, added_at_ms: 3 })
}

fn gone(number: u32) -> Event {
    Event::Image(Image::Vanished { image: image(number) })
}

fn back(number: u32, at: &str) -> Event {
    let (image, root, path) = (image(number), RootPath::new("/images"), path(at));
    Event::Image(Image::Returned { image, root, path, size_bytes: 8, modified_at_ms: 6 })
}

fn moved(number: u32, to: &str) -> Event {
    Event::Image(Image::Moved { image: image(number), root: RootPath::new("/images"), path: path(to) })
}

fn favored(number: u32) -> Event {
    Event::Image(Image::Favored { image: image(number) })
}

fn made(number: u32, name: &str, slug: &str) -> Event {
    let (name, slug) = (GroupName::new(name).unwrap(), GroupSlug::new(slug).unwrap());
    Event::Group(Group::Created { group: group(number), name, slug })
}

fn put(into: u32, number: u32) -> Event {
    Event::Group(Group::ImageAdded { group: group(into), image: image(number) })
}

fn taken(from: u32, number: u32) -> Event {
    Event::Group(Group::ImageRemoved { group: group(from), image: image(number) })
}

fn cover(of: u32, number: u32) -> Event {
    Event::Group(Group::CoverSet { group: group(of), image: image(number) })
}

fn deleted(number: u32) -> Event {
    Event::Group(Group::Deleted { group: group(number) })
}

fn listed(state: &State, shown: Shown) -> Vec<u32> {
    state.image_list(shown, 1, 100).ids.iter().map(|image| image.get()).collect()
}

fn three() -> State {
    given([seen(1, "IMG 2.jpg"), seen(2, "IMG 10.jpg"), seen(3, "img 1.png")])
}

#[test]
fn images_are_listed_by_name_the_last_first() {
    let state = three();
    assert_eq!(listed(&state, Shown::All), [2, 1, 3]);
    let page = state.image_list(Shown::All, 9, 2);
    assert_eq!((page.ids, page.total, page.page, page.pages), (vec![image(3)], 3, 2, 2));
    assert_eq!(state.images().next_id(), Some(image(4)));
}

#[test]
fn a_missing_image_is_hidden_and_keeps_everything() {
    let state = then(three(), [favored(1), made(1, "A", "a"), put(1, 1), cover(1, 1), gone(1), gone(1)]);
    assert_eq!((listed(&state, Shown::All), listed(&state, Shown::Favorites)), (vec![2, 3], vec![]));
    assert_eq!(state.images().get(image(1)).unwrap().missing_since_ms, Some(at(8)));
    let state = then(state, [back(1, "2/IMG 2.jpg")]);
    assert_eq!((listed(&state, Shown::Favorites), listed(&state, Shown::Loose)), (vec![1], vec![2, 3]));
    let known = state.images().get(image(1)).unwrap();
    assert_eq!((known.name().as_str(), known.size_bytes, known.favored_at_ms), ("2/IMG 2.jpg", 8, Some(at(4))));
    assert_eq!(state.groups().get(group(1)).unwrap().cover, Some(image(1)));
}

#[test]
fn a_record_without_a_file_waits_for_one() {
    let state = given([seen_in(1, RootPath::default(), "a.jpg")]);
    assert_eq!((listed(&state, Shown::All), state.images().len()), (vec![], 1));
    assert_eq!(listed(&then(state, [back(1, "a.jpg")]), Shown::All), [1]);
}

#[test]
fn an_image_is_meant_by_its_path_or_by_a_name_only_it_has() {
    let state = given([seen(1, "a.jpg"), seen(2, "x/a.jpg"), seen(3, "x/b.jpg"), gone(1)]);
    let meant = |at: &str| state.images().meant_by(&path(at)).map(|image| image.id.get());
    assert_eq!((meant("a.jpg"), meant("x/a.jpg"), meant("y/a.jpg")), (Some(1), Some(2), None));
    assert_eq!((meant("b.jpg"), meant("B.jpg")), (Some(3), None));
    let state = then(state, [moved(3, "c.jpg")]);
    assert_eq!(state.images().meant_by(&path("b.jpg")), None);
    assert_eq!(listed(&state, Shown::All), [3, 2]);
}

#[test]
fn a_group_has_images_in_order_and_a_cover_among_them() {
    let state = then(three(), [made(1, "A", "a"), put(1, 3), put(1, 1), cover(1, 1), made(2, "B", "b"), put(2, 1)]);
    let known = state.groups().get(group(1)).unwrap();
    assert_eq!(
        (known.images.iter().copied().collect::<Vec<_>>(), known.cover),
        (vec![image(3), image(1)], Some(image(1)))
    );
    assert_eq!((known.created_at_ms, known.changed_at_ms), (at(4), at(7)));
    assert_eq!(state.groups().of(image(1)).map(|group| group.id.get()).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(listed(&state, Shown::Loose), [2]);
    let state = then(state, [taken(1, 1), deleted(2)]);
    assert_eq!((state.groups().get(group(1)).unwrap().cover, state.groups().len()), (None, 1));
    assert_eq!(listed(&state, Shown::Loose), [2, 1]);
}

#[test]
fn the_address_of_a_group_stays_when_it_is_renamed_and_is_free_when_it_is_deleted() {
    let renamed = Event::Group(Group::Renamed { group: group(1), name: GroupName::new("New").unwrap() });
    let state = then(three(), [made(1, "Old", "old"), renamed]);
    let slug = GroupSlug::new("old").unwrap();
    assert_eq!(state.groups().by_slug(&slug).unwrap().name.as_str(), "New");
    let state = then(state, [deleted(1), made(2, "Old", "old")]);
    assert_eq!(state.groups().by_slug(&slug).unwrap().id, group(2), "numbers are never reused");
    assert_eq!(state.anomalies(), 0);
}

#[test]
fn what_does_not_fit_is_counted() {
    for (events, anomaly) in [
        (vec![seen(5, "x")], Anomaly::ImageNumber),
        (vec![favored(4)], Anomaly::UnknownImage),
        (vec![made(2, "A", "a")], Anomaly::GroupNumber),
        (vec![made(1, "A", "a"), made(2, "A", "a")], Anomaly::GroupSlug),
        (vec![put(1, 1)], Anomaly::UnknownGroup),
        (vec![made(1, "A", "a"), put(1, 4)], Anomaly::UnknownImage),
        (vec![made(1, "A", "a"), put(1, 1), put(1, 1)], Anomaly::GroupMember),
        (vec![made(1, "A", "a"), cover(1, 1)], Anomaly::GroupMember),
        (vec![made(1, "A", "a"), taken(1, 1)], Anomaly::GroupMember),
        (vec![deleted(1)], Anomaly::UnknownGroup),
    ] {
        let pos = 3 + events.len() as u64;
        let state = then(three(), events.clone());
        assert_eq!((state.anomalies(), state.first_anomaly()), (1, Some((pos, anomaly))), "{events:?}");
    }
}

/// The same knowledge as plain maps.
#[derive(Default)]
struct Model {
    /// Path, there, favourite.
    images: BTreeMap<u32, (String, bool, bool)>,
    groups: BTreeMap<u32, Vec<u32>>,
    slugs: BTreeMap<u32, String>,
    last: u32,
}

impl Model {
    fn image(&mut self, event: &Image) {
        let text = |path: &events::MediaPath| path.as_path().to_str().unwrap().to_owned();
        let image = event.image();
        if let Image::Found { root, path, .. } = event {
            if image.get() as usize == self.images.len() + 1 {
                self.images.insert(image.get(), (text(path), !root.is_empty(), false));
            }
            return;
        }
        let Some(known) = self.images.get_mut(&image.get()) else { return };
        match event {
            Image::Moved { path, .. } | Image::Returned { path, .. } => (known.0, known.1) = (text(path), true),
            Image::Vanished { .. } => known.1 = false,
            Image::Favored { .. } => known.2 = true,
            Image::Unfavored { .. } => known.2 = false,
            Image::Found { .. } | Image::Changed { .. } => {}
        }
    }

    fn group(&mut self, event: &Group) {
        match event {
            Group::Created { group, slug, .. } => {
                let free = !self.slugs.values().any(|taken| taken == slug.as_str());
                if group.get() == self.last + 1 && free {
                    self.last += 1;
                    self.groups.insert(self.last, Vec::new());
                    self.slugs.insert(self.last, slug.as_str().to_owned());
                }
            }
            Group::ImageAdded { group, image } if self.images.contains_key(&image.get()) => {
                if let Some(images) = self.groups.get_mut(&group.get()).filter(|images| !images.contains(&image.get()))
                {
                    images.push(image.get());
                }
            }
            Group::ImageRemoved { group, image } => {
                if let Some(images) = self.groups.get_mut(&group.get()) {
                    images.retain(|other| *other != image.get());
                }
            }
            Group::Deleted { group } => {
                self.groups.remove(&group.get());
                self.slugs.remove(&group.get());
            }
            Group::Renamed { .. } | Group::CoverSet { .. } | Group::ImageAdded { .. } => {}
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn images_and_groups_are_those_of_the_model(seeds in seeds(400)) {
        let (mut state, mut model, mut pos) = (State::default(), Model::default(), 0);
        for recorded in history(&seeds, 12) {
            state.apply(&recorded);
            if recorded.pos > pos
                && let Event::Image(event) = &recorded.event
            {
                model.image(event);
            }
            if recorded.pos > pos
                && let Event::Group(event) = &recorded.event
            {
                model.group(event);
            }
            pos = pos.max(recorded.pos);
        }
        let grouped: BTreeSet<u32> = model.groups.values().flatten().copied().collect();
        let of = |test: &dyn Fn(u32, bool) -> bool| -> BTreeSet<u32> {
            let there = model.images.iter().filter(|(_, known)| known.1);
            there.filter(|(number, known)| test(**number, known.2)).map(|(number, _)| *number).collect()
        };
        let set = |shown| listed(&state, shown).into_iter().collect::<BTreeSet<u32>>();
        prop_assert_eq!(set(Shown::All), of(&|_, _| true));
        prop_assert_eq!(set(Shown::Favorites), of(&|_, favored| favored));
        prop_assert_eq!(set(Shown::Loose), of(&|number, _| !grouped.contains(&number)));
        for (number, (path, ..)) in &model.images {
            prop_assert_eq!(&state.images().get(image(*number)).unwrap().name(), path);
        }
        let groups: BTreeMap<u32, Vec<u32>> = state.groups().iter()
            .map(|group| (group.id.get(), group.images.iter().map(|image| image.get()).collect())).collect();
        prop_assert_eq!(groups, model.groups);
        prop_assert_eq!(state.check(), BTreeSet::new());
    }
}
