//! Random histories of a disk, with scans in between, against a model that follows contents naively.

use super::*;
use proptest::prelude::*;
use proptest::sample::Index;
use std::collections::{BTreeMap, BTreeSet};

/// What somebody does to the disk.
#[derive(Clone, Debug)]
enum Act {
    Create(u8),
    Rename(Index, u8),
    RenameFolder(u8, u8),
    Modify(Index),
    Delete(Index),
    /// Gets a deleted file back, at the place it had.
    Restore(Index),
    Copy(Index, u8),
    Scan,
}

/// Few places, so that they are used again and again.
fn path(number: u8) -> String {
    format!("{}/{}.mp4", number / 4 % 3, number % 4)
}

#[derive(Default)]
struct Disk {
    files: BTreeMap<String, u64>,
    trash: BTreeMap<u64, String>,
    contents: u64,
}

impl Disk {
    fn act(&mut self, act: &Act) {
        let chosen = |which: &Index| self.files.keys().nth(which.index(self.files.len().max(1))).cloned();
        match act {
            Act::Create(at) => self.create(path(*at)),
            Act::Modify(which) => {
                if let Some(path) = chosen(which) {
                    self.create(path);
                }
            }
            Act::Rename(which, to) => {
                if let Some(from) = chosen(which) {
                    self.rename(&from, path(*to));
                }
            }
            Act::RenameFolder(from, to) => {
                let prefix = format!("{}/", from % 3);
                let inside: Vec<String> = self.files.keys().filter(|path| path.starts_with(&prefix)).cloned().collect();
                for path in inside {
                    self.rename(&path, path.replacen(&prefix, &format!("{}/", to % 5), 1));
                }
            }
            Act::Delete(which) => {
                if let Some((path, content)) = chosen(which).and_then(|path| self.files.remove_entry(&path)) {
                    self.trash.insert(content, path);
                }
            }
            Act::Restore(which) => {
                let content = self.trash.keys().nth(which.index(self.trash.len().max(1))).copied();
                if let Some((content, path)) = content.and_then(|content| self.trash.remove_entry(&content)) {
                    self.files.entry(path).or_insert(content);
                }
            }
            Act::Copy(which, to) => {
                if let Some(content) = chosen(which).and_then(|path| self.files.get(&path).copied()) {
                    self.files.entry(path(*to)).or_insert(content);
                }
            }
            Act::Scan => {}
        }
    }

    fn create(&mut self, path: String) {
        self.contents += 1;
        self.files.insert(path, self.contents);
    }

    fn rename(&mut self, from: &str, to: String) {
        if let Some(content) = self.files.remove(from) {
            self.files.insert(to, content);
        }
    }

    fn scan(&self) -> Scan {
        let files: Vec<File> = self.files.iter().map(|(path, content)| file(path, *content)).collect();
        Scan { accept_missing: true, ..scan(&files) }
    }
}

/// Who is where, as somebody with perfect memory for contents would say. Needs contents to be unique.
#[derive(Default)]
struct Model {
    content: BTreeMap<u32, u64>,
    place: BTreeMap<u32, String>,
    present: BTreeSet<u32>,
}

impl Model {
    fn look(&mut self, disk: &Disk) {
        let on_disk: BTreeSet<u64> = disk.files.values().copied().collect();
        let mut present = BTreeSet::new();
        let mut strangers = Vec::new();
        for (path, content) in &disk.files {
            match self.content.iter().find(|(_, known)| *known == content).map(|(id, _)| *id) {
                Some(id) => {
                    self.place.insert(id, path.clone());
                    present.insert(id);
                }
                None => strangers.push((path, *content)),
            }
        }
        for (path, content) in strangers {
            let was_here = |id: &&u32| {
                self.place.get(id) == Some(path)
                    && !self.content.get(id).is_some_and(|content| on_disk.contains(content))
            };
            let owner =
                self.content.keys().filter(was_here).min_by_key(|id| (!self.present.contains(id), **id)).copied();
            let id = owner.unwrap_or(u32::try_from(self.content.len()).unwrap() + 1);
            self.content.insert(id, content);
            self.place.insert(id, path.clone());
            present.insert(id);
        }
        self.present = present;
    }

    fn shown(&self) -> BTreeMap<u32, (String, u64)> {
        let known = |id: &u32| (*id, (self.place.get(id).unwrap().clone(), *self.content.get(id).unwrap()));
        self.present.iter().map(known).collect()
    }
}

fn acts(copies: bool) -> impl Strategy<Value = Vec<Act>> {
    let act = prop_oneof![
        4 => any::<u8>().prop_map(Act::Create),
        4 => (any::<Index>(), any::<u8>()).prop_map(|(which, to)| Act::Rename(which, to)),
        2 => (any::<u8>(), any::<u8>()).prop_map(|(from, to)| Act::RenameFolder(from, to)),
        2 => any::<Index>().prop_map(Act::Modify),
        3 => any::<Index>().prop_map(Act::Delete),
        2 => any::<Index>().prop_map(Act::Restore),
        if copies { 3 } else { 0 } => (any::<Index>(), any::<u8>()).prop_map(|(which, to)| Act::Copy(which, to)),
        6 => Just(Act::Scan),
    ];
    proptest::collection::vec(act, 1..60)
}

/// Scans, twice; returns what was found for the first time.
fn look(library: &mut Library, disk: &Disk) -> Vec<VideoId> {
    let known = library.state.videos().len();
    let events = library.scan(disk.scan()).unwrap();
    assert_eq!(library.scan(disk.scan()), Ok(Vec::new()), "a second look must find nothing");
    assert_eq!(library.state.anomalies(), 0);
    let found =
        |event: &Event| if let Event::Video(VideoEvent::Found { video, .. }) = event { Some(*video) } else { None };
    let found: Vec<VideoId> = events.iter().filter_map(found).collect();
    let numbers: Vec<usize> = found.iter().map(|id| id.get() as usize).collect();
    assert_eq!(numbers, (known + 1..=known + found.len()).collect::<Vec<_>>(), "numbers are given once, in order");
    found
}

/// Everything present, by id: where, and which content.
fn shown(library: &Library) -> BTreeMap<u32, (String, u64)> {
    let present = library.state.videos().iter().filter(|video| video.present());
    present.map(|video| (video.id.get(), (video.path.as_path().display().to_string(), video.size_bytes))).collect()
}

proptest! {
    #[test]
    fn identity_follows_content_then_place(acts in acts(false)) {
        let (mut disk, mut model, mut library) = (Disk::default(), Model::default(), Library::default());
        for act in acts.iter().chain([&Act::Scan]) {
            disk.act(act);
            if !matches!(act, Act::Scan) {
                continue;
            }
            for id in look(&mut library, &disk) {
                library.rate(id.get());
            }
            model.look(&disk);
            prop_assert_eq!(shown(&library), model.shown());
        }
        for video in library.state.videos().iter() {
            prop_assert!(library.state.ratings().get(video.id).is_some());
        }
    }

    #[test]
    fn a_rated_content_that_is_on_disk_is_shown_with_its_rating(acts in acts(true)) {
        let (mut disk, mut library) = (Disk::default(), Library::default());
        for act in acts.iter().chain([&Act::Scan]) {
            disk.act(act);
            if !matches!(act, Act::Scan) {
                continue;
            }
            let rated = |library: &Library, shown: bool| -> BTreeSet<u64> {
                let videos = library.state.videos().iter().filter(|video| video.present() || !shown);
                videos.filter(|video| library.state.ratings().get(video.id).is_some()).map(|video| video.size_bytes).collect()
            };
            let before = rated(&library, false);
            let found = look(&mut library, &disk);
            // Content that a rated video no longer has because its file was replaced has no rating any more.
            let kept = rated(&library, false);
            let on_disk: BTreeSet<u64> = disk.files.values().copied().collect();
            let due: BTreeSet<u64> = before.intersection(&kept).copied().filter(|content| on_disk.contains(content)).collect();
            prop_assert!(due.is_subset(&rated(&library, true)), "{:?} of {:?}", rated(&library, true), due);

            let files: Vec<String> = disk.files.iter().map(|(path, content)| format!("{path} {content}")).collect();
            let cards: BTreeSet<String> = shown(&library).into_values().map(|(path, content)| format!("{path} {content}")).collect();
            prop_assert_eq!(cards, files.into_iter().collect::<BTreeSet<_>>(), "one card for each file");
            for id in found.iter().step_by(2) {
                library.rate(id.get());
            }
        }
    }
}
