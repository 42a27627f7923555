//! What a look at the image folder means, and the hearts of images.
//!
//! Identity follows the place first, then name, size and time of the last change, then (for records that
//! were imported before their file turned up) the name. Two that could be meant are one too many: such an
//! image goes missing, and what is there is new. Nothing here reads the disk.

use super::library::File;
use super::{Decision, Rejected};
use events::event::Image as ImageEvent;
use events::{Event, ImageId, MediaPath, RootPath};
use projections::{Image, State};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::hash::Hash;
use std::path::{Path, PathBuf};

/// The image folder as it is on disk now, read from end to end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scan {
    /// The folder that was read.
    pub root: RootPath,
    /// The images in it; what they look like is not compared.
    pub files: Vec<File>,
    /// What could not be read, relative to the root: nothing is concluded about it.
    pub unreadable: Vec<PathBuf>,
    /// A person has said that whatever is missing is really gone.
    pub accept_missing: bool,
}

/// The events that bring what is known about the image folder in line with the disk; none if it is already.
pub(super) fn scanned(state: &State, scan: &Scan, now_ms: i64) -> Result<Vec<Event>, Rejected> {
    let mut search = Search::of(state, scan);
    search.run(scan);
    // Losing sight of an image is harmless; a folder that is empty all of a sudden is a disk that is not connected.
    let known = search.displaced.len() + search.elsewhere.len();
    if scan.files.is_empty() && known > 0 && !scan.accept_missing {
        return Err(Rejected::ImageFolderEmpty { known });
    }
    // Nobody looks into a former folder any more: what is not in this one is missing.
    let gone = search.displaced.iter().chain(&search.elsewhere);
    let mut events: Vec<ImageEvent> = gone.map(|image| ImageEvent::Vanished { image: image.id }).collect();
    search.found.sort_by_key(|(image, _)| image.id);
    events.extend(search.found.iter().filter_map(|(image, file)| fact(scan, image, file)));
    // Only a log with four thousand million images has no next number; then nothing more is found.
    let first = state.images().next_id().map_or(u32::MAX, ImageId::get);
    for (image, file) in (first..u32::MAX).filter_map(|number| ImageId::new(number).ok()).zip(search.files.values()) {
        events.push(ImageEvent::Found {
            image,
            root: scan.root.clone(),
            path: file.path.clone(),
            size_bytes: file.size_bytes,
            modified_at_ms: file.modified_at_ms,
            // A collection that existed before the gallery keeps its own order by age.
            added_at_ms: if search.first_look { file.modified_at_ms.min(now_ms) } else { now_ms },
        });
    }
    Ok(events.into_iter().map(Event::Image).collect())
}

/// Who is who.
struct Search<'a> {
    /// Files that are nobody we know so far, by path.
    files: BTreeMap<&'a [u8], &'a File>,
    /// Images of this folder that were there and have no file so far.
    displaced: Vec<&'a Image>,
    /// Images that were there in a former folder and have no file so far.
    elsewhere: Vec<&'a Image>,
    /// Images that have been missing for a while.
    missing: Vec<&'a Image>,
    /// Records that never had a file.
    records: Vec<&'a Image>,
    found: Vec<(&'a Image, &'a File)>,
    /// True when no image was ever known in this folder.
    first_look: bool,
}

impl<'a> Search<'a> {
    fn of(state: &'a State, scan: &'a Scan) -> Self {
        // By its folders, up to the whole root: there may be as many troubles as images.
        let troubles: HashSet<&Path> = scan.unreadable.iter().map(PathBuf::as_path).collect();
        let readable = |path: &MediaPath| !path.as_path().ancestors().any(|part| troubles.contains(part));
        let files = scan.files.iter().filter(|file| readable(&file.path));
        let mut search = Self {
            files: files.map(|file| (bytes(&file.path), file)).collect(),
            displaced: Vec::new(),
            elsewhere: Vec::new(),
            missing: Vec::new(),
            records: Vec::new(),
            found: Vec::new(),
            first_look: true,
        };
        for image in state.images().iter() {
            let here = *image.root == scan.root;
            search.first_look &= !here;
            if !image.present() {
                let list = if image.root.is_empty() { &mut search.records } else { &mut search.missing };
                list.push(image);
            } else if !here {
                search.elsewhere.push(image);
            } else if let Some(file) = search.files.remove(bytes(&image.path)) {
                search.found.push((image, file));
            } else if readable(&image.path) {
                search.displaced.push(image);
            }
        }
        search
    }

    /// Looks for the files of those that have none, from the surest sign to the weakest.
    fn run(&mut self, scan: &Scan) {
        let Self { files, displaced, elsewhere, missing, records, found, .. } = self;
        let name = |path: &MediaPath| path.file_name();
        let here = |image: &Image| (*image.root == scan.root).then(|| image.path.clone());
        pair(missing, files, found, here, |file| Some(file.path.clone()));
        let moved = |image: &Image| Some((image.path.clone(), image.size_bytes));
        pair(elsewhere, files, found, moved, |file| Some((file.path.clone(), file.size_bytes)));
        // Those who lose most by not finding their file choose first.
        for images in [displaced, elsewhere, missing] {
            let same = |image: &Image| Some((name(&image.path), telling(image.size_bytes, image.modified_at_ms)?));
            let file = |file: &File| Some((name(&file.path), telling(file.size_bytes, file.modified_at_ms)?));
            pair(images, files, found, same, file);
            let same = |image: &Image| telling(image.size_bytes, image.modified_at_ms);
            pair(images, files, found, same, |file| telling(file.size_bytes, file.modified_at_ms));
        }
        pair(records, files, found, |image| Some(image.path.clone()), |file| Some(file.path.clone()));
        pair(records, files, found, |image| Some(name(&image.path)), |file| Some(name(&file.path)));
    }
}

/// Pairs each image with the file of the same key, where neither could be confused with another.
fn pair<'a, K: Eq + Hash>(
    images: &mut Vec<&'a Image>,
    files: &mut BTreeMap<&'a [u8], &'a File>,
    found: &mut Vec<(&'a Image, &'a File)>,
    of_image: impl Fn(&Image) -> Option<K>,
    of_file: impl Fn(&File) -> Option<K>,
) {
    if images.is_empty() || files.is_empty() {
        return;
    }
    let mut free: HashMap<K, Vec<&'a File>> = HashMap::new();
    for file in files.values() {
        if let Some(key) = of_file(file) {
            free.entry(key).or_default().push(file);
        }
    }
    let mut asking: HashMap<K, usize> = HashMap::new();
    for key in images.iter().filter_map(|image| of_image(image)) {
        *asking.entry(key).or_default() += 1;
    }
    images.retain(|image| {
        let only = of_image(image).filter(|key| asking.get(key) == Some(&1)).and_then(|key| free.remove(&key));
        let Some([file]) = only.as_deref() else { return true };
        files.remove(bytes(&file.path));
        found.push((image, file));
        false
    });
}

/// A path to look up: comparing bytes is many times faster than comparing components.
fn bytes(path: &MediaPath) -> &[u8] {
    path.as_path().as_os_str().as_encoded_bytes()
}

/// What tells files apart without reading them: all empty files look the same.
fn telling(size_bytes: u64, modified_at_ms: i64) -> Option<(u64, i64)> {
    (size_bytes > 0).then_some((size_bytes, modified_at_ms))
}

/// What is to be said about an image whose file is `file`; nothing when all of it is known.
fn fact(scan: &Scan, image: &Image, file: &File) -> Option<ImageEvent> {
    let (id, root, path) = (image.id, scan.root.clone(), file.path.clone());
    let (size_bytes, modified_at_ms) = (file.size_bytes, file.modified_at_ms);
    if !image.present() {
        return Some(ImageEvent::Returned { image: id, root, path, size_bytes, modified_at_ms });
    }
    if *image.root != root || image.path != path {
        return Some(ImageEvent::Moved { image: id, root, path });
    }
    let seen = (image.size_bytes, image.modified_at_ms) == (size_bytes, modified_at_ms);
    (!seen).then_some(ImageEvent::Changed { image: id, size_bytes, modified_at_ms })
}

/// Sets or removes the heart of these images.
pub(super) fn favor(state: &State, images: &[ImageId], favored: bool) -> Result<Decision, Rejected> {
    let known: Vec<&Image> = images.iter().filter_map(|image| state.images().get(*image)).collect();
    if let (Some(first), true) = (images.first(), known.is_empty()) {
        return Err(Rejected::NoSuchImage(*first));
    }
    let skipped = (images.len() - known.len()) as u64;
    let mut other: Vec<ImageId> =
        known.iter().filter(|image| image.favored_at_ms.is_some() != favored).map(|image| image.id).collect();
    other.sort_unstable();
    other.dedup();
    let event = |image| if favored { ImageEvent::Favored { image } } else { ImageEvent::Unfavored { image } };
    let events: Vec<Event> = other.into_iter().map(|image| Event::Image(event(image))).collect();
    Ok(Decision { skipped, ..events.into() })
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests;
