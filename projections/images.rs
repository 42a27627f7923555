//! Which images there are: identity, place, whether they are there, and which are favourites.
//!
//! Not which groups they are in: that is `image_groups`.

use std::ops::Bound;
use std::sync::Arc;

use events::event::Image as Happened;
use events::{ImageId, MediaPath, Recorded, RootPath};
use imbl::{OrdSet, Vector};
use roaring::RoaringBitmap;

use crate::anomaly::Anomaly;
use crate::bits::mark;
use crate::bytes::{Decoder, Encoder};
use crate::text::title_key;
use crate::video::decode_path;

/// One image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Image {
    /// Its identity.
    pub id: ImageId,
    /// The image folder it is (or was last) in; empty while no file was ever seen.
    pub root: Arc<RootPath>,
    /// Where it is (or was last) below that folder.
    pub path: MediaPath,
    /// Size of the file.
    pub size_bytes: u64,
    /// Modification time of the file, ms since the epoch.
    pub modified_at_ms: i64,
    /// The date shown as "added", ms since the epoch.
    pub added_at_ms: i64,
    /// Since when the file is missing, ms since the epoch; `None` while it is there.
    pub missing_since_ms: Option<i64>,
    /// When it became a favourite, ms since the epoch; `None` if it is not one.
    pub favored_at_ms: Option<i64>,
}

impl Image {
    /// True while the file is there.
    #[must_use]
    pub fn present(&self) -> bool {
        self.missing_since_ms.is_none()
    }

    /// The name people know it by: its path below the image folder, U+FFFD for bytes that are not UTF-8.
    #[must_use]
    pub fn name(&self) -> String {
        self.path.as_path().to_string_lossy().into_owned()
    }

    fn number(&self) -> u32 {
        self.id.get()
    }
}

/// What images are ordered by: their name, with numbers by value, then their identity.
type Key = (Arc<[u8]>, ImageId);

/// All images.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Images {
    list: Vector<Arc<Image>>,
    /// Each image folder ever seen, once.
    roots: OrdSet<Arc<RootPath>>,
    index: Index,
}

/// What makes questions fast and says nothing new.
#[derive(Clone, Debug, Default, PartialEq)]
struct Index {
    present: Arc<RoaringBitmap>,
    favored: Arc<RoaringBitmap>,
    /// Those that are there, by name.
    order: OrdSet<Key>,
    /// All, by file name.
    names: OrdSet<(String, ImageId)>,
}

impl Index {
    fn update(&mut self, before: Option<&Image>, after: &Image) {
        mark(&mut self.present, after.number(), after.present());
        mark(&mut self.favored, after.number(), after.favored_at_ms.is_some());
        let moved = before.is_none_or(|before| before.path != after.path);
        if let Some(before) = before.filter(|_| moved) {
            self.order.remove(&key(before));
            self.names.remove(&(before.path.file_name(), before.id));
        }
        if moved {
            self.names.insert((after.path.file_name(), after.id));
        }
        if after.present() {
            self.order.insert(key(after));
        } else {
            self.order.remove(&key(after));
        }
    }
}

fn key(image: &Image) -> Key {
    (title_key(&image.path), image.id)
}

impl Images {
    /// The image with this identity; also one that is missing.
    #[must_use]
    pub fn get(&self, image: ImageId) -> Option<&Image> {
        self.list.get(image.get() as usize - 1).map(|image| &**image)
    }

    /// All images ever found, in order of identity; also missing ones.
    pub fn iter(&self) -> impl Iterator<Item = &Image> {
        self.list.iter().map(|image| &**image)
    }

    /// How many images were ever found.
    #[must_use]
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// True if no image was ever found.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// The images whose file is there.
    #[must_use]
    pub fn present(&self) -> &RoaringBitmap {
        &self.index.present
    }

    /// The favourites, also missing ones.
    #[must_use]
    pub fn favored(&self) -> &RoaringBitmap {
        &self.index.favored
    }

    /// The images whose file is there, by name, with numbers by value.
    pub fn by_name(&self) -> impl DoubleEndedIterator<Item = &Image> {
        self.index.order.iter().filter_map(|(_, image)| self.get(*image))
    }

    /// The images whose file has exactly this name, in any folder, present or missing.
    pub fn named<'a>(&'a self, file_name: &str) -> impl Iterator<Item = &'a Image> {
        let file_name = file_name.to_owned();
        let first = ImageId::new(1).ok().map(|image| (file_name.clone(), image));
        let from = first.map_or(Bound::Unbounded, Bound::Included);
        let range = self.index.names.range((from, Bound::Unbounded));
        range.take_while(move |(name, _)| *name == file_name).filter_map(|(_, image)| self.get(*image))
    }

    /// The image people mean by this path: the one that is there at exactly this path, or else the only
    /// one of that name.
    #[must_use]
    pub fn meant_by(&self, path: &MediaPath) -> Option<&Image> {
        let named: Vec<&Image> = self.named(&path.file_name()).collect();
        let exact = named.iter().filter(|image| image.path == *path).max_by_key(|image| (image.present(), image.id));
        match (exact, named.as_slice()) {
            (Some(image), _) | (None, [image]) => Some(image),
            (None, _) => None,
        }
    }

    /// The identity of the next image to be found; `None` when four billion are used up.
    #[must_use]
    pub fn next_id(&self) -> Option<ImageId> {
        u32::try_from(self.len()).ok()?.checked_add(1).and_then(|number| ImageId::new(number).ok())
    }

    pub(crate) fn apply(&mut self, happened: &Happened, recorded: &Recorded) -> Result<(), Anomaly> {
        let at_ms = recorded.occurred_at_ms;
        match happened {
            Happened::Found { .. } => self.found(happened, at_ms),
            Happened::Changed { image, size_bytes, modified_at_ms } => self.change(*image, |known| {
                (known.size_bytes, known.modified_at_ms) = (*size_bytes, *modified_at_ms);
            }),
            Happened::Moved { image, root, path } => {
                let root = self.root(root);
                self.change(*image, |known| {
                    (known.root, known.path, known.missing_since_ms) = (root, path.clone(), None);
                })
            }
            Happened::Vanished { image } => {
                self.change(*image, |known| known.missing_since_ms = known.missing_since_ms.or(Some(at_ms)))
            }
            Happened::Returned { image, root, path, size_bytes, modified_at_ms } => {
                let root = self.root(root);
                self.change(*image, |known| {
                    (known.root, known.path, known.missing_since_ms) = (root, path.clone(), None);
                    (known.size_bytes, known.modified_at_ms) = (*size_bytes, *modified_at_ms);
                })
            }
            Happened::Favored { image } => {
                self.change(*image, |known| known.favored_at_ms = known.favored_at_ms.or(Some(at_ms)))
            }
            Happened::Unfavored { image } => self.change(*image, |known| known.favored_at_ms = None),
        }
    }

    fn found(&mut self, happened: &Happened, at_ms: i64) -> Result<(), Anomaly> {
        let Happened::Found { image, root, path, size_bytes, modified_at_ms, added_at_ms } = happened else {
            return Ok(());
        };
        if self.next_id() != Some(*image) {
            return Err(Anomaly::ImageNumber);
        }
        let found = Image {
            id: *image,
            root: self.root(root),
            path: path.clone(),
            size_bytes: *size_bytes,
            modified_at_ms: *modified_at_ms,
            added_at_ms: *added_at_ms,
            missing_since_ms: root.is_empty().then_some(at_ms),
            favored_at_ms: None,
        };
        self.index.update(None, &found);
        self.list.push_back(Arc::new(found));
        Ok(())
    }

    /// Changes what is known about an image, and keeps the index to it.
    fn change(&mut self, image: ImageId, change: impl FnOnce(&mut Image)) -> Result<(), Anomaly> {
        let known = self.list.get_mut(image.get() as usize - 1).ok_or(Anomaly::UnknownImage)?;
        let before = Arc::clone(known);
        change(Arc::make_mut(known));
        let after = Arc::clone(known);
        self.index.update(Some(&before), &after);
        Ok(())
    }

    fn root(&mut self, root: &RootPath) -> Arc<RootPath> {
        if let Some(known) = self.roots.get(root) {
            return Arc::clone(known);
        }
        let root = Arc::new(root.clone());
        self.roots.insert(Arc::clone(&root));
        root
    }

    /// True if the index says what the images say.
    pub(crate) fn consistent(&self) -> bool {
        let mut index = Index::default();
        self.iter().for_each(|image| index.update(None, image));
        index == self.index
    }

    pub(crate) fn encode(&self, into: &mut Encoder) {
        // The index and the folders hold nothing that the images do not.
        let Self { list, roots: _, index: _ } = self;
        into.list(list.iter(), |into, image| {
            // Its identity is its place among the others.
            let Image { id: _, root, path, size_bytes, modified_at_ms, added_at_ms, .. } = &**image;
            let Image { missing_since_ms, favored_at_ms, .. } = &**image;
            into.bytes(root.as_path().as_os_str().as_encoded_bytes());
            into.bytes(path.as_path().as_os_str().as_encoded_bytes());
            into.number(*size_bytes);
            into.time(*modified_at_ms);
            into.time(*added_at_ms);
            into.option(*missing_since_ms, Encoder::time);
            into.option(*favored_at_ms, Encoder::time);
        });
    }

    pub(crate) fn decode(from: &mut Decoder<'_>) -> Option<Self> {
        let mut images = Self::default();
        for number in 1..=u32::try_from(from.count()?).ok()? {
            let root = images.root(&RootPath::new(decode_path(from)?));
            let image = Image {
                id: ImageId::new(number).ok()?,
                root,
                path: MediaPath::new(decode_path(from)?).ok()?,
                size_bytes: from.number()?,
                modified_at_ms: from.time()?,
                added_at_ms: from.time()?,
                missing_since_ms: from.option(Decoder::time)?,
                favored_at_ms: from.option(Decoder::time)?,
            };
            images.index.update(None, &image);
            images.list.push_back(Arc::new(image));
        }
        Some(images)
    }
}
