//! Reads one folder from end to end: which video files (or images) are in it, and what they look like.
//!
//! Only looks; what it means is decided in `decide::library` and `decide::image`. The only file that
//! names jwalk, which walks the tree.
//!
//! Symbolic links: a link to a file inside the folder is followed, unless that file is listed under
//! its own name anyway. Links to folders are not followed: inside the root, what they lead to is
//! listed under its own name, so nothing is missed and no cycle can arise; outside, it is not ours.

use super::fingerprint;
use crate::decide::library::File;
use events::container;
use events::{Fingerprint, MediaPath};
use jwalk::{DirEntry, Parallelism, WalkDirGeneric};
use std::collections::HashSet;
use std::fmt;
use std::fs::{self, Metadata};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTimeError, UNIX_EPOCH};

/// Reading two files at once keeps a disk busy without taking it away from somebody who is watching.
const THREADS: usize = 2;

/// A file that changed less than this ago may still be growing; it is left for the next scan.
pub const SETTLE: Duration = Duration::from_secs(2);

/// Folders of file systems and NAS boxes that hold no videos of the person.
const FOLDERS_OF_SYSTEMS: &[&str] =
    &["lost+found", "@eaDir", "#recycle", "#snapshot", "$RECYCLE.BIN", "System Volume Information"];

/// A library folder as it is on disk.
#[derive(Debug, Default)]
pub struct Listing {
    /// The video files, by path.
    pub files: Vec<File>,
    /// What could not be read; folders among it hide what is in them.
    pub troubles: Vec<Trouble>,
    /// How many files may still be growing and are to be looked at again soon.
    pub unsettled: usize,
}

/// Something in the folder that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// Where it is below the library folder; empty for the folder itself.
    pub path: PathBuf,
    /// True if files may be hidden behind it.
    pub folder: bool,
    /// What is wrong with it.
    pub reason: String,
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path.display(), self.reason)
    }
}

/// Why a folder could not be read from end to end.
#[derive(Debug, thiserror::Error)]
pub enum ScanError {
    /// There is nothing in its place.
    #[error("the folder is not there")]
    NotThere,
    /// It may not be read, or the disk fails. Why, in the words of the operating system.
    #[error("the folder cannot be read: {0}")]
    Refused(String),
    /// There is something else in its place.
    #[error("this is a file, not a folder")]
    NotAFolder,
    /// The program is ending.
    #[error("the scan was interrupted")]
    Stopped,
}

impl ScanError {
    fn of(error: &io::Error) -> Self {
        if error.kind() == io::ErrorKind::NotFound { Self::NotThere } else { Self::Refused(plain(error)) }
    }
}

/// What a scan is told besides the folder.
pub struct Asked<'a> {
    /// The content of the file at this path, if it is known to be unchanged from its size and
    /// modification time. Such a file is not opened.
    pub known: &'a dyn Fn(&MediaPath, u64, i64) -> Option<Fingerprint>,
    /// Files that changed at or after this time, ms since the epoch, are left for the next scan.
    pub settled_before_ms: i64,
    /// The time, ms since the epoch.
    pub now_ms: i64,
    /// True when the scan is to be given up.
    pub stopped: &'a (dyn Fn() -> bool + Sync),
}

/// Reads the library folder `root`.
///
/// # Errors
/// [`ScanError`] when the folder itself cannot be read; trouble further down is in the listing.
pub fn list(root: &Path, asked: &Asked<'_>) -> Result<Listing, ScanError> {
    let root = real(root)?;
    let mut listing = walk(&root, video, asked.stopped)?;
    look_into(&root, &mut listing, asked)?;
    Ok(listing)
}

/// Reads the image folder `root`: where the images are, without a look into them.
///
/// # Errors
/// [`ScanError`] as for [`list`].
pub fn images(root: &Path, stopped: &(dyn Fn() -> bool + Sync)) -> Result<Listing, ScanError> {
    walk(&real(root)?, image, stopped)
}

/// The folder itself, if there is one.
fn real(root: &Path) -> Result<PathBuf, ScanError> {
    let root = fs::canonicalize(root).map_err(|error| ScanError::of(&error))?;
    if fs::metadata(&root).map_err(|error| ScanError::of(&error))?.is_dir() {
        Ok(root)
    } else {
        Err(ScanError::NotAFolder)
    }
}

/// Whether files with this extension are looked for.
pub type Wanted = fn(&str) -> bool;

/// Whether files with this extension are videos.
#[must_use]
pub fn video(extension: &str) -> bool {
    container::by_extension(extension).is_some()
}

/// Whether files with this extension are images.
#[must_use]
pub fn image(extension: &str) -> bool {
    container::image_type(extension).is_some()
}

/// What the walk attaches to an entry.
#[derive(Debug, Default)]
enum Note {
    #[default]
    Nothing,
    File {
        size_bytes: u64,
        modified_at_ms: i64,
        /// For a link, the real path of the file it leads to.
        target: Option<PathBuf>,
    },
    Unreadable(String),
}

type Walk = ((), Note);

fn walk(root: &Path, wanted: Wanted, stopped: &(dyn Fn() -> bool + Sync)) -> Result<Listing, ScanError> {
    let walk = WalkDirGeneric::<Walk>::new(root)
        .skip_hidden(true)
        .follow_links(false)
        .parallelism(Parallelism::RayonNewPool(THREADS))
        .process_read_dir(move |depth, _, (), children| {
            if depth.is_some() {
                children.retain_mut(|child| child.as_mut().map_or(true, |child| keep(child, wanted)));
            }
        });

    let mut listing = Listing::default();
    let mut links: Vec<(File, PathBuf)> = Vec::new();
    for entry in walk {
        if stopped() {
            return Err(ScanError::Stopped);
        }
        let mut entry = match entry {
            Ok(entry) => entry,
            // An entry that cannot be told from its neighbours makes its whole folder unsure.
            Err(error) => {
                let folder = error.path().and_then(Path::parent).and_then(|path| path.strip_prefix(root).ok());
                let path = folder.unwrap_or(Path::new("")).to_path_buf();
                listing.troubles.push(Trouble { path, folder: true, reason: error.to_string() });
                continue;
            }
        };
        if let Some(error) = entry.read_children_error.take() {
            let error = error.into_io_error().unwrap_or_else(|| io::Error::other("the folder cannot be listed"));
            if entry.depth == 0 {
                return Err(ScanError::of(&error));
            }
            let path = below(root, &entry.path());
            listing.troubles.push(Trouble { path, folder: true, reason: plain(&error) });
        }
        note(root, &entry.path(), std::mem::take(&mut entry.client_state), &mut listing, &mut links);
    }
    // What a link leads to is part of the library if it is in it, and not listed under its own name.
    if !links.is_empty() {
        let real: HashSet<&Path> = listing.files.iter().map(|file| file.path.as_path()).collect();
        links.retain(|(_, target)| target.strip_prefix(root).is_ok_and(|target| !real.contains(target)));
    }
    listing.files.extend(links.into_iter().map(|(file, _)| file));
    let bytes = |file: &File| file.path.as_path().as_os_str().as_encoded_bytes().to_owned();
    listing.files.sort_by_cached_key(bytes);
    Ok(listing)
}

/// Whether the walk goes on with an entry; files are measured on the way, on the walk's own threads.
fn keep(entry: &mut DirEntry<Walk>, wanted: Wanted) -> bool {
    let name = entry.file_name();
    if entry.file_type().is_dir() {
        return !FOLDERS_OF_SYSTEMS.iter().any(|system| name == *system);
    }
    let extension = Path::new(name).extension().unwrap_or_default();
    if !wanted(&extension.to_string_lossy()) {
        return false;
    }
    let path = entry.path();
    let (target, metadata) = if entry.file_type().is_symlink() {
        match fs::canonicalize(&path) {
            Ok(target) => (Some(target), fs::metadata(&path)),
            // It leads nowhere, or in a circle.
            Err(_) => return false,
        }
    } else if entry.file_type().is_file() {
        (None, fs::symlink_metadata(&path))
    } else {
        return false;
    };
    entry.client_state = match metadata {
        Ok(metadata) if metadata.is_file() => {
            Note::File { size_bytes: metadata.len(), modified_at_ms: modified_at_ms(&metadata), target }
        }
        Ok(_) => return false,
        // It was deleted between being listed and being measured.
        Err(error) if error.kind() == io::ErrorKind::NotFound => return false,
        Err(error) => Note::Unreadable(plain(&error)),
    };
    true
}

fn note(root: &Path, path: &Path, note: Note, listing: &mut Listing, links: &mut Vec<(File, PathBuf)>) {
    let relative = below(root, path);
    let trouble = |path, reason| Trouble { path, folder: false, reason };
    match note {
        Note::Nothing => {}
        Note::Unreadable(reason) => {
            // Its size is unknown, but it is there: it keeps its place.
            if let Ok(path) = MediaPath::new(&relative) {
                listing.files.push(File { path, size_bytes: 0, modified_at_ms: 0, content: None });
            }
            listing.troubles.push(trouble(relative, reason));
        }
        Note::File { size_bytes, modified_at_ms, target } => match MediaPath::new(&relative) {
            Err(invalid) => listing.troubles.push(trouble(relative, invalid.to_string())),
            Ok(path) => {
                let file = File { path, size_bytes, modified_at_ms, content: None };
                match target {
                    None => listing.files.push(file),
                    Some(target) => links.push((file, target)),
                }
            }
        },
    }
}

/// Fills in the content of every file; opens only those that are new or changed.
fn look_into(root: &Path, listing: &mut Listing, asked: &Asked<'_>) -> Result<(), ScanError> {
    let unreadable: HashSet<PathBuf> = listing.troubles.iter().map(|trouble| trouble.path.clone()).collect();
    let mut unknown: Vec<&mut File> = Vec::new();
    for file in &mut listing.files {
        file.content = (asked.known)(&file.path, file.size_bytes, file.modified_at_ms);
        // A time in the future is a wrong clock, not a file that is being written.
        let may_grow = (asked.settled_before_ms..=asked.now_ms).contains(&file.modified_at_ms);
        if file.content.is_some() || unreadable.contains(file.path.as_path()) {
            continue;
        }
        if may_grow { listing.unsettled += 1 } else { unknown.push(file) }
    }

    let share = unknown.len().div_ceil(THREADS).max(1);
    let read: Vec<(usize, Vec<Trouble>)> = std::thread::scope(|scope| {
        let readers: Vec<_> =
            unknown.chunks_mut(share).map(|files| scope.spawn(|| fingerprints(root, files, asked.stopped))).collect();
        readers.into_iter().filter_map(|reader| reader.join().ok()).collect()
    });
    if (asked.stopped)() {
        return Err(ScanError::Stopped);
    }
    for (growing, troubles) in read {
        listing.unsettled += growing;
        listing.troubles.extend(troubles);
    }
    Ok(())
}

/// Reads `files`; returns how many are still growing, and which cannot be read.
fn fingerprints(root: &Path, files: &mut [&mut File], stopped: &dyn Fn() -> bool) -> (usize, Vec<Trouble>) {
    let mut buffer = fingerprint::Buffer::default();
    let mut growing = 0;
    let mut troubles = Vec::new();
    for file in files {
        if stopped() {
            break;
        }
        let path = file.path.as_path();
        let content = fs::File::open(root.join(path))
            .and_then(|mut open| fingerprint::of(&mut open, file.size_bytes, &mut buffer));
        match content {
            Ok(Some(content)) => file.content = Some(content),
            Ok(None) => growing += 1,
            Err(error) => troubles.push(Trouble { path: path.to_path_buf(), folder: false, reason: plain(&error) }),
        }
    }
    (growing, troubles)
}

/// A path below the root, relative to it.
fn below(root: &Path, path: &Path) -> PathBuf {
    path.strip_prefix(root).unwrap_or(path).to_path_buf()
}

/// An error in the words of the operating system, without its number.
fn plain(error: &io::Error) -> String {
    let text = error.to_string();
    text.split(" (os error").next().unwrap_or(&text).to_lowercase()
}

/// The modification time in ms since the epoch; negative before it, 0 where there is none.
pub(super) fn modified_at_ms(metadata: &Metadata) -> i64 {
    let ms = |duration: Duration| i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
    let modified = metadata.modified().unwrap_or(UNIX_EPOCH);
    modified.duration_since(UNIX_EPOCH).map_or_else(|before: SystemTimeError| -ms(before.duration()), ms)
}
