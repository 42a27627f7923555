//! The pictures made of videos, as files below the data folder, and what pages wish to see first.
//!
//! A file is named by the hash of what is in it, so it never changes and may be kept for ever; which video has which
//! picture is known from the log. All of it can be deleted at any time and is made again, but for the covers of videos
//! that are missing. Who makes pictures and who sends them is not known here.

pub mod failures;
pub mod placeholder;
mod read;
mod space;
pub mod wanted;

use events::VideoId;
use events::values::ContentId;
use std::fmt;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

/// The forms a picture is kept in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Form {
    /// A cover for a player: at most 1,280 pixels wide.
    Poster,
    /// A cover for a large card: at most 640 pixels wide.
    Large,
    /// A cover for a small card: at most 320 pixels wide.
    Small,
    /// All the small pictures of a storyboard.
    Sheet,
}

impl Form {
    /// The forms of one cover.
    pub const COVERS: [Self; 3] = [Self::Poster, Self::Large, Self::Small];

    /// The name of the form in addresses, such as `640` in `/thumbnails/7/…/640.jpg`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Poster => "poster",
            Self::Large => "640",
            Self::Small => "320",
            Self::Sheet => "sheet",
        }
    }

    /// The form with this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        [Self::Poster, Self::Large, Self::Small, Self::Sheet].into_iter().find(|form| form.name() == name)
    }
}

/// One file of the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Picture {
    /// The address of the picture.
    pub id: ContentId,
    /// In which form.
    pub form: Form,
}

/// Where a picture of a video is on this server, but for its form: `/thumbnails/7/<hash>`, to which `/640.jpg` is added. The
/// hash alone says which picture; the video is there to know what to make when the file is gone.
#[must_use]
pub fn address(video: VideoId, id: ContentId) -> String {
    format!("/thumbnails/{video}/{:032x}", id.0)
}

impl fmt::Display for Picture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}-{}.jpg", self.id.0, self.form.name())
    }
}

/// The folder with the pictures. Cheap to clone; all clones count together.
#[derive(Clone, Debug)]
pub struct Store(Arc<Inside>);

#[derive(Debug)]
struct Inside {
    folder: PathBuf,
    /// How many bytes the files may take in all.
    max_bytes: u64,
    /// How many they take, as far as is known.
    bytes: AtomicU64,
    /// How many were deleted for others to have room.
    evicted: AtomicU64,
    /// Held by whoever makes room.
    making_room: Mutex<()>,
    /// A number for the name of the next unfinished file.
    next: AtomicU64,
}

impl Store {
    /// The pictures in `folder`, which is made when the first is put there. They shall take at most `max_bytes`.
    #[must_use]
    pub fn new(folder: &Path, max_bytes: u64) -> Self {
        let (folder, bytes) = (folder.to_owned(), AtomicU64::new(0));
        Self(Arc::new(Inside {
            folder,
            max_bytes,
            bytes,
            evicted: AtomicU64::new(0),
            making_room: Mutex::default(),
            next: AtomicU64::new(0),
        }))
    }

    /// The folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.0.folder
    }

    /// How many bytes the pictures take.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.0.bytes.load(Ordering::Relaxed)
    }

    /// How many bytes they may take.
    #[must_use]
    pub fn max_bytes(&self) -> u64 {
        self.0.max_bytes
    }

    /// How many files were deleted since the start for others to have room.
    #[must_use]
    pub fn evicted(&self) -> u64 {
        self.0.evicted.load(Ordering::Relaxed)
    }

    /// Where a picture is, if it is there. Two levels of folders, so that none gets too full.
    #[must_use]
    pub fn path(&self, picture: Picture) -> PathBuf {
        let name = picture.to_string();
        let level = |from| name.get(from..from + 2).unwrap_or_default();
        self.0.folder.join(level(0)).join(level(2)).join(&name)
    }

    /// Whether a picture is there.
    #[must_use]
    pub fn has(&self, picture: Picture) -> bool {
        self.path(picture).try_exists().unwrap_or(false)
    }

    /// Puts a picture in its place, whole or not at all.
    ///
    /// # Errors
    /// Whatever the disk says; then nothing is left behind.
    pub fn put(&self, picture: Picture, bytes: &[u8]) -> io::Result<()> {
        let path = self.path(picture);
        let folder = path.parent().unwrap_or(&self.0.folder);
        fs::create_dir_all(folder)?;
        let replaced = fs::metadata(&path).map_or(0, |file| file.len());
        let unfinished = folder.join(format!("{picture}.{}{UNFINISHED}", self.0.next.fetch_add(1, Ordering::Relaxed)));
        // Not synced: a file that a power cut left half-written is found when it is sent, and made again.
        let written = File::create(&unfinished).and_then(|mut file| file.write_all(bytes));
        if let Err(error) = written.and_then(|()| fs::rename(&unfinished, &path)) {
            // What matters is why it could not be written.
            let _ = fs::remove_file(&unfinished);
            return Err(error);
        }
        self.0.bytes.fetch_add(bytes.len() as u64, Ordering::Relaxed);
        self.forget(replaced);
        Ok(())
    }

    /// Notes that so many bytes are no longer taken.
    fn forget(&self, bytes: u64) {
        // A file may have been deleted by somebody else before it was counted.
        let less = |taken: u64| Some(taken.saturating_sub(bytes));
        let _ = self.0.bytes.fetch_update(Ordering::Relaxed, Ordering::Relaxed, less);
    }
}

/// How the name of a file ends that is being written.
const UNFINISHED: &str = ".unfinished";

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    const COVER: Picture = Picture { id: ContentId(0x00ab_cdef << 96), form: Form::Large };

    #[test]
    fn a_picture_is_found_under_its_hash_in_two_levels() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::new(&folder.path().join("thumbnails"), 1_000);
        assert!(!store.has(COVER));
        store.put(COVER, b"jpeg").unwrap();
        assert_eq!(store.path(COVER), store.folder().join("00/ab/00abcdef000000000000000000000000-640.jpg"));
        assert_eq!(fs::read(store.path(COVER)).unwrap(), b"jpeg");
        store.put(COVER, b"jpegs").unwrap();
        assert_eq!((store.has(COVER), store.bytes()), (true, 5));
    }

    #[test]
    fn the_folder_may_be_deleted_at_any_time() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::new(folder.path(), 1_000);
        store.put(COVER, b"jpeg").unwrap();
        fs::remove_dir_all(folder.path().join("00")).unwrap();
        assert!(!store.has(COVER));
        store.put(COVER, b"jpeg").unwrap();
        assert!(store.has(COVER));
    }

    #[test]
    fn what_cannot_be_written_leaves_nothing_behind() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::new(folder.path(), 1_000);
        // A folder in the place of the file lets the last step fail.
        fs::create_dir_all(store.path(COVER).join("x")).unwrap();
        assert!(store.put(COVER, b"jpeg").is_err());
        let left: Vec<_> = fs::read_dir(folder.path().join("00/ab")).unwrap().collect();
        assert_eq!(left.len(), 1);
    }

    #[test]
    fn a_form_is_found_by_its_name() {
        for form in [Form::Poster, Form::Large, Form::Small, Form::Sheet] {
            assert_eq!(Form::named(form.name()), Some(form));
        }
        assert_eq!(Form::named("../poster"), None);
    }
}
