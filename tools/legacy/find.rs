//! Which files of a folder are the old catalogue, and reading them in the order they are believed. Those that were sent
//! from elsewhere are in `sent`.

use super::{Fact, Kind, Legacy, Origin, Reject, Sort, Source, database, files};
use crate::progress::Progress;
use events::container;
use events::values::MediaPath;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

/// The folder holds nothing the importer knows.
#[derive(Debug, thiserror::Error)]
#[error(
    "nothing to import in {}: looked for video_metadata.db, ratings.json, views.json, tags.json and favorites.json there and in data/, and for sidecars (NAME.mp4.json) there and in videos/", .0.display()
)]
pub struct NothingFound(pub PathBuf);

/// At most this many sidecars are read from one folder.
const MAX_SIDECARS: usize = 200_000;

/// What a file of the old program is.
pub(super) enum What {
    /// The SQLite database.
    Database,
    /// One of the four JSON files.
    Json(files::Reader),
    /// Tags beside the video called so.
    Sidecar(Vec<u8>),
}

impl What {
    /// What the file called `name` is by that name, if it is a database or one of the four.
    pub(super) fn of(name: &str) -> Option<Self> {
        match files::reader(name) {
            Some(reader) => Some(Self::Json(reader)),
            None => name.ends_with(".db").then_some(Self::Database),
        }
    }

    pub(super) fn sort(&self) -> Sort {
        match self {
            Self::Database => Sort::Database,
            Self::Json(_) => Sort::Json,
            Self::Sidecar(_) => Sort::Sidecar,
        }
    }
}

/// Reads the old catalogue at `place`: the old program's folder, or a single file of it. Sidecars are
/// also looked for in `video_folders`. `now_ms` is the time of the import: later times are mistakes.
///
/// # Errors
/// [`NothingFound`] if there is no such folder or nothing known in it. A file that is there but cannot
/// be read is a reject, not an error.
pub fn read(place: &Path, video_folders: &[PathBuf], now_ms: i64) -> Result<Legacy, NothingFound> {
    let mut legacy = Legacy::default();
    for (file, what) in find(place, video_folders, &mut legacy.notes)? {
        read_file(place, &file, what, &mut legacy, now_ms);
    }
    Ok(legacy)
}

/// Adds what sidecars in these folders say to what was read elsewhere. What was read before, perhaps of the same files, is
/// not said again.
///
/// # Errors
/// It is called off.
pub fn read_beside(
    video_folders: &[PathBuf],
    legacy: &mut Legacy,
    now_ms: i64,
    progress: &mut dyn Progress,
) -> anyhow::Result<()> {
    let mut known: HashSet<(MediaPath, Fact)> =
        legacy.records.iter().map(|record| (record.name.clone(), record.fact.clone())).collect();
    let mut refused: HashSet<Reject> = legacy.rejects.iter().cloned().collect();
    for folder in video_folders {
        let found = sidecars_in(folder, &mut legacy.notes);
        progress.begin("reading sidecars", found.len() as u64);
        for (number, (file, what)) in (0..).zip(found) {
            progress.reached(number)?;
            let (records, rejects) = (legacy.records.len(), legacy.rejects.len());
            read_file(folder, &file, what, legacy, now_ms);
            let (said, bad) = (legacy.records.split_off(records), legacy.rejects.split_off(rejects));
            let came = said.len() + bad.len();
            legacy.records.extend(said.into_iter().filter(|new| known.insert((new.name.clone(), new.fact.clone()))));
            legacy.rejects.extend(bad.into_iter().filter(|new| refused.insert(new.clone())));
            // A file that says nothing else is none of the sources.
            if came > 0 && (legacy.records.len(), legacy.rejects.len()) == (records, rejects) {
                legacy.sources.pop();
            }
        }
    }
    Ok(())
}

/// The files of the old program at `place` and the sidecars there and in `video_folders`, the most trusted first; `notes`
/// is told what was left out.
pub(super) fn find(
    place: &Path,
    video_folders: &[PathBuf],
    notes: &mut Vec<String>,
) -> Result<Vec<(PathBuf, What)>, NothingFound> {
    let mut found = Vec::new();
    if place.is_file() {
        let what = What::of(&place.file_name().unwrap_or_default().to_string_lossy());
        found.extend(what.map(|what| (place.to_owned(), what)));
    } else {
        let nested = place.join("data");
        let folders = [nested.as_path(), place];
        for name in std::iter::once("video_metadata.db").chain(files::NAMES) {
            let there = folders.map(|folder| folder.join(name)).into_iter();
            let there = there.filter(|file| fs::symlink_metadata(file).is_ok());
            found.extend(there.filter_map(|file| Some((file, What::of(name)?))));
        }
    }
    let beside = place.join("videos");
    let mut seen = Vec::new();
    for folder in [place, beside.as_path()].into_iter().chain(video_folders.iter().map(PathBuf::as_path)) {
        let Ok(folder) = folder.canonicalize() else { continue };
        if !seen.contains(&folder) {
            found.extend(sidecars_in(&folder, notes));
            seen.push(folder);
        }
    }
    if found.is_empty() { Err(NothingFound(place.to_owned())) } else { Ok(found) }
}

/// Reads one file as what it is.
fn read_file(place: &Path, file: &Path, what: What, legacy: &mut Legacy, now_ms: i64) {
    let mut source = begin(place, file, what.sort(), legacy, now_ms);
    match (fs::metadata(file), what) {
        (Err(error), _) => source.reject(Kind::File, b"", format!("cannot be read: {error}")),
        (Ok(metadata), _) if !metadata.is_file() => source.reject(Kind::File, b"", "is not a regular file"),
        (Ok(_), What::Json(reader)) => files::read(&mut source, file, reader),
        (Ok(_), What::Database) => database::read(&mut source, file),
        (Ok(_), What::Sidecar(video)) => files::read_sidecar(&mut source, file, &video),
    }
}

fn sidecars_in(folder: &Path, notes: &mut Vec<String>) -> Vec<(PathBuf, What)> {
    let sidecars = sidecars(folder);
    if sidecars.len() > MAX_SIDECARS {
        notes.push(format!("{} has more than {MAX_SIDECARS} sidecars; the rest was not read", folder.display()));
    }
    let sidecars = sidecars.into_iter().take(MAX_SIDECARS);
    sidecars.map(|(file, video)| (folder.join(file), What::Sidecar(video))).collect()
}

/// The sidecars in `folder`, each with the name of its video, sorted: `NAME.mp4.json` always, and
/// `NAME.json` when exactly one video there is called NAME.
fn sidecars(folder: &Path) -> BTreeMap<OsString, Vec<u8>> {
    let mut videos_by_stem: HashMap<Vec<u8>, Vec<Vec<u8>>> = HashMap::new();
    let mut candidates = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name();
        if !entry.file_type().is_ok_and(|kind| kind.is_file() || kind.is_symlink()) {
            continue;
        }
        if let Some(stem) = name.as_bytes().strip_suffix(b".json") {
            candidates.push((name.clone(), stem.to_vec()));
        } else if is_video(name.as_bytes()) {
            let stem = Path::new(&name).file_stem().unwrap_or_default().as_bytes().to_vec();
            videos_by_stem.entry(stem).or_default().push(name.as_bytes().to_vec());
        }
    }
    let video_of = |stem: Vec<u8>| match videos_by_stem.get(&stem).map(Vec::as_slice) {
        _ if is_video(&stem) => Some(stem),
        Some([video]) => Some(video.clone()),
        Some(_) | None => None,
    };
    candidates.into_iter().filter_map(|(file, stem)| Some((file, video_of(stem)?))).collect()
}

pub(super) fn is_video(name: &[u8]) -> bool {
    let extension = Path::new(OsStr::from_bytes(name)).extension().unwrap_or_default();
    container::by_extension(&extension.to_string_lossy()).is_some()
}

fn begin<'a>(place: &Path, file: &Path, sort: Sort, legacy: &'a mut Legacy, now_ms: i64) -> Source<'a> {
    let shown = below(place, file);
    let written_at_ms = written_at_ms(file).unwrap_or(now_ms);
    Source::begin(legacy, Origin { file: shown.display().to_string(), sort }, written_at_ms, now_ms)
}

/// What `file` is called below `place`.
pub(super) fn below<'a>(place: &Path, file: &'a Path) -> &'a Path {
    let below = file.strip_prefix(place).ok().filter(|path| !path.as_os_str().is_empty());
    below.unwrap_or_else(|| Path::new(file.file_name().unwrap_or(file.as_os_str())))
}

/// When `file` was last written, ms since the epoch.
pub(super) fn written_at_ms(file: &Path) -> Option<i64> {
    let since = fs::metadata(file).and_then(|metadata| metadata.modified()).ok()?.duration_since(UNIX_EPOCH).ok()?;
    i64::try_from(since.as_millis()).ok()
}
