//! From a place, a content or a file name to videos: sets of (hash, video), small and quick to build.
//!
//! A hash is a hint: whoever looks something up compares with the facts.

use std::sync::Arc;

use events::{Fingerprint, MediaPath, RootPath, VideoId};
use imbl::OrdSet;
use xxhash_rust::xxh3::{Xxh3, xxh3_64};

use crate::keys::Keys;
use crate::text::fold_name;
use crate::video::Video;

#[derive(Clone, Debug, Default, PartialEq)]
struct Table(OrdSet<(u64, VideoId)>);

impl Table {
    fn build(all: &[Keys], hash: impl Fn(&Video) -> Option<u64>) -> Self {
        let mut entries: Vec<(u64, VideoId)> =
            all.iter().filter_map(|keys| Some((hash(&keys.video)?, keys.video.id))).collect();
        entries.sort_unstable();
        Self(entries.into_iter().collect())
    }

    fn update(&mut self, before: Option<&Video>, after: Option<&Video>, hash: impl Fn(&Video) -> Option<u64>) {
        let entry = |video: Option<&Video>| video.and_then(|video| Some((hash(video)?, video.id)));
        let (before, after) = (entry(before), entry(after));
        if before == after {
            return;
        }
        if let Some(before) = before {
            self.0.remove(&before);
        }
        if let Some(after) = after {
            self.0.insert(after);
        }
    }

    fn get(&self, hash: u64) -> impl Iterator<Item = VideoId> {
        // Videos are numbered from 1, so the entries of a hash lie together.
        let first = VideoId::new(1).ok().map(|video| (hash, video));
        let from = first.into_iter().flat_map(|first| self.0.range(first..));
        from.take_while(move |(other, _)| *other == hash).map(|(_, video)| *video)
    }
}

fn place(root: &RootPath, path: &MediaPath) -> u64 {
    let mut hash = Xxh3::new();
    hash.update(root.as_path().as_os_str().as_encoded_bytes());
    hash.update(&[0]);
    hash.update(path.as_path().as_os_str().as_encoded_bytes());
    hash.digest()
}

#[expect(clippy::cast_possible_truncation, reason = "half of a hash is a hash")]
fn content(fingerprint: &Fingerprint) -> u64 {
    fingerprint.hash as u64 ^ fingerprint.size_bytes
}

fn name(file_name: &str) -> u64 {
    xxh3_64(fold_name(file_name).as_bytes())
}

fn place_of(video: &Video) -> Option<u64> {
    Some(place(&video.root, &video.path))
}

fn content_of(video: &Video) -> Option<u64> {
    video.fingerprint.as_ref().map(content)
}

fn name_of(video: &Video) -> Option<u64> {
    Some(name(&video.path.file_name()))
}

/// All tables.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Lookups {
    places: Table,
    contents: Table,
    names: Table,
}

impl Lookups {
    pub(crate) fn build(all: &[Keys]) -> Self {
        Self {
            places: Table::build(all, place_of),
            contents: Table::build(all, content_of),
            names: Table::build(all, name_of),
        }
    }

    pub(crate) fn update(&mut self, before: Option<&Keys>, after: Option<&Keys>) {
        let (before, after) = (before.map(|keys| &keys.video), after.map(|keys| &keys.video));
        if before.zip(after).is_some_and(|(before, after)| Arc::ptr_eq(before, after)) {
            return;
        }
        let (before, after) = (before.map(|video| &**video), after.map(|video| &**video));
        let Self { places, contents, names } = self;
        places.update(before, after, place_of);
        contents.update(before, after, content_of);
        names.update(before, after, name_of);
    }

    pub(crate) fn at_place(&self, root: &RootPath, path: &MediaPath) -> impl Iterator<Item = VideoId> {
        self.places.get(place(root, path))
    }

    pub(crate) fn with_content(&self, fingerprint: &Fingerprint) -> impl Iterator<Item = VideoId> {
        self.contents.get(content(fingerprint))
    }

    /// The videos whose file may be called that but for case and normalisation: among them those that
    /// are called exactly that.
    pub(crate) fn named(&self, file_name: &str) -> impl Iterator<Item = VideoId> {
        self.names.get(name(file_name))
    }
}
