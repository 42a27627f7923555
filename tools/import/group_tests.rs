//! Groups of images on whole catalogues.

use super::tests::{counts, import, read};
use crate::legacy::Kind;
use crate::samples::Library;
use events::event::{Group, Image};
use events::{Cause, Event, GroupId, GroupName, GroupSlug, ImageId};
use projections::State;
use std::fs;

/// A database with two groups, of which the first has a cover and one image twice; one entry is an orphan.
const GROUPS: &str = "CREATE TABLE gallery_groups (id INTEGER PRIMARY KEY, name TEXT, slug TEXT, cover_image TEXT, created_at TEXT);
    CREATE TABLE gallery_group_items (id INTEGER PRIMARY KEY, group_id INTEGER, image_path TEXT, position INTEGER);
    INSERT INTO gallery_groups VALUES (4, 'Renamed', 'summer', 'b.jpg', '2025-11-01 00:00:00'), (6, 'Mine', 'mine', NULL, NULL);
    INSERT INTO gallery_group_items (group_id, image_path, position) VALUES (4, 'b.jpg', 1), (4, 'a.jpg', 0), (4, 'a.jpg', 2), (6, 'a.jpg', 0), (9, 'a.jpg', 0);";

fn id(number: u32) -> GroupId {
    GroupId::new(number).unwrap()
}

/// The names of the images in a group.
fn names(state: &State, group: u32) -> Vec<String> {
    let group = state.groups().get(id(group)).unwrap();
    group.images.iter().map(|image| state.images().get(*image).unwrap().name()).collect()
}

#[test]
fn groups_come_in_once_with_their_address_and_never_into_groups_made_here() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("video_metadata.db");
    let database = rusqlite::Connection::open(&file).unwrap();
    database.execute_batch(GROUPS).unwrap();
    let mut library = Library::of(&[]);
    let (name, slug) = (GroupName::new("Mine").unwrap(), GroupSlug::new("mine").unwrap());
    library.happen(Cause::Viewer, Event::Group(Group::Created { group: id(1), name, slug }));

    let (_, report) = import(&mut library, &read(folder.path()));
    assert_eq!(report.counts[&Kind::Group], counts(1, 0, 1, 0, 0));
    assert_eq!(report.counts[&Kind::GroupImage], counts(2, 1, 1, 0, 1));
    assert_eq!(names(&library.state, 2), ["a.jpg", "b.jpg"]);
    let group = library.state.groups().get(id(2)).unwrap();
    let cover = group.cover.and_then(|image| library.state.images().get(image)).unwrap();
    assert_eq!((group.name.as_str(), group.slug.as_str(), cover.name()), ("Renamed", "summer", "b.jpg".to_owned()));
    assert!(library.state.images().present().is_empty(), "nobody has seen a file");
    assert_eq!(import(&mut library, &read(folder.path())).0, 0);

    let first = ImageId::new(1).unwrap();
    library.happen(Cause::Viewer, Event::Group(Group::ImageRemoved { group: id(2), image: first }));
    database.execute_batch("INSERT INTO gallery_group_items (group_id, image_path) VALUES (4, 'c.jpg')").unwrap();
    import(&mut library, &read(folder.path()));
    assert_eq!(names(&library.state, 2), ["b.jpg", "c.jpg"], "what was taken out here stays out");
    library.happen(Cause::Viewer, Event::Group(Group::Deleted { group: id(2) }));
    assert_eq!(import(&mut library, &read(folder.path())).0, 0);
    assert!(fs::metadata(file).is_ok());
    let found = |record: &&events::Recorded| matches!(record.event, Event::Image(Image::Found { .. }));
    assert_eq!(library.records.iter().filter(found).count(), 3);
}
