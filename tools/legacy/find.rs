//! Which files of a folder are the old catalogue, and reading them in the order they are believed.

use super::{Kind, Legacy, Origin, Sort, Source, database, files, text};
use events::container;
use std::collections::{BTreeMap, HashMap};
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

/// None of the files is one that the importer knows.
#[derive(Debug, thiserror::Error)]
#[error("none of the files is called ratings.json, views.json, tags.json or favorites.json")]
pub struct NothingSent;

/// At most this many sidecars are read from one folder.
const MAX_SIDECARS: usize = 200_000;

/// Reads the old catalogue at `place`: the old program's folder, or a single file of it. Sidecars are
/// also looked for in `video_folders`. `now_ms` is the time of the import: later times are mistakes.
///
/// # Errors
/// [`NothingFound`] if there is no such folder or nothing known in it. A file that is there but cannot
/// be read is a reject, not an error.
pub fn read(place: &Path, video_folders: &[PathBuf], now_ms: i64) -> Result<Legacy, NothingFound> {
    let mut legacy = Legacy::default();
    if place.is_file() {
        read_file(place, place, &mut legacy, now_ms);
    } else {
        let nested = place.join("data");
        let folders = [nested.as_path(), place];
        for name in std::iter::once("video_metadata.db").chain(files::NAMES) {
            for file in folders.map(|folder| folder.join(name)) {
                if fs::symlink_metadata(&file).is_ok() {
                    read_file(place, &file, &mut legacy, now_ms);
                }
            }
        }
    }
    let beside = place.join("videos");
    let mut seen = Vec::new();
    for folder in [place, beside.as_path()].into_iter().chain(video_folders.iter().map(PathBuf::as_path)) {
        let Ok(folder) = folder.canonicalize() else { continue };
        if !seen.contains(&folder) {
            read_sidecars(place, &folder, &mut legacy, now_ms);
            seen.push(folder);
        }
    }
    if legacy.sources.is_empty() { Err(NothingFound(place.to_owned())) } else { Ok(legacy) }
}

/// What JSON files of the old program say that somebody sent, each with its name. `now_ms` is the time of the import.
///
/// # Errors
/// [`NothingSent`] if none of them is one. One of several that is none is a reject.
pub fn read_sent(files: &[(String, impl AsRef<[u8]>)], now_ms: i64) -> Result<Legacy, NothingSent> {
    let mut legacy = Legacy::default();
    let mut known = 0;
    for (name, bytes) in files {
        // Some browsers say where a file was.
        let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
        let origin = Origin { file: text::excerpt(name, 200), sort: Sort::Json };
        let mut source = Source::begin(&mut legacy, origin, now_ms, now_ms);
        match files::reader(name) {
            Some(reader) => {
                known += 1;
                files::read_bytes(&mut source, bytes.as_ref(), reader);
            }
            None => source.reject(Kind::File, b"", "is none of the four files"),
        }
    }
    if known > 0 { Ok(legacy) } else { Err(NothingSent) }
}

/// Reads one file as what its name says it is; other files are left alone.
fn read_file(place: &Path, file: &Path, legacy: &mut Legacy, now_ms: i64) {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let reader = files::reader(&name);
    let sort = match reader {
        Some(_) => Sort::Json,
        None if name.ends_with(".db") => Sort::Database,
        None => return,
    };
    let mut source = begin(place, file, sort, legacy, now_ms);
    match (fs::metadata(file), reader) {
        (Ok(metadata), _) if !metadata.is_file() => source.reject(Kind::File, b"", "is not a regular file"),
        (Ok(_), Some(reader)) => files::read(&mut source, file, reader),
        (Ok(_), None) => database::read(&mut source, file),
        (Err(error), _) => source.reject(Kind::File, b"", format!("cannot be read: {error}")),
    }
}

fn read_sidecars(place: &Path, folder: &Path, legacy: &mut Legacy, now_ms: i64) {
    let sidecars = sidecars(folder);
    if sidecars.len() > MAX_SIDECARS {
        legacy.notes.push(format!("{} has more than {MAX_SIDECARS} sidecars; the rest was not read", folder.display()));
    }
    for (file, video) in sidecars.into_iter().take(MAX_SIDECARS) {
        let file = folder.join(file);
        files::read_sidecar(&mut begin(place, &file, Sort::Sidecar, legacy, now_ms), &file, &video);
    }
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

fn is_video(name: &[u8]) -> bool {
    let extension = Path::new(OsStr::from_bytes(name)).extension().unwrap_or_default();
    container::by_extension(&extension.to_string_lossy()).is_some()
}

fn begin<'a>(place: &Path, file: &Path, sort: Sort, legacy: &'a mut Legacy, now_ms: i64) -> Source<'a> {
    let below = file.strip_prefix(place).ok().filter(|path| !path.as_os_str().is_empty());
    let shown = below.unwrap_or_else(|| Path::new(file.file_name().unwrap_or(file.as_os_str())));
    let written = fs::metadata(file).and_then(|metadata| metadata.modified()).ok();
    let written_at_ms = written
        .and_then(|time| time.duration_since(UNIX_EPOCH).ok())
        .and_then(|since| i64::try_from(since.as_millis()).ok())
        .unwrap_or(now_ms);
    Source::begin(legacy, Origin { file: shown.display().to_string(), sort }, written_at_ms, now_ms)
}
