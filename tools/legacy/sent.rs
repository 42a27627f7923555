//! Files of the old program on their way to a server: taken up here, sent by whoever can, and read there.

use super::find::{What, below, find, is_video, written_at_ms};
use super::{Kind, Legacy, Origin, Source, database, files, text};
use anyhow::Context as _;
use std::fs;
use std::io::Write as _;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

/// A file that somebody sent, or is about to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent<B> {
    /// Its name, with what it was called below the folder of the old program if that is known. What the file is, it says.
    pub name: String,
    /// When it was last written, ms since the epoch, if that is known.
    pub written_at_ms: Option<i64>,
    /// What is in it.
    pub bytes: B,
}

/// What there is to send.
#[derive(Debug, Default)]
pub struct Gathered {
    /// The files.
    pub files: Vec<Sent<Vec<u8>>>,
    /// What was left out, in words.
    pub notes: Vec<String>,
}

/// None of the files is one that the importer knows.
#[derive(Debug, thiserror::Error)]
#[error(
    "none of the files is a database (video_metadata.db), is called ratings.json, views.json, tags.json or favorites.json, or is a sidecar (NAME.mp4.json)"
)]
pub struct NothingSent;

/// Takes up the files of the old program at `place`, and the sidecars there and in `video_folders`.
///
/// # Errors
/// [`super::NothingFound`]; a file that cannot be read, or is larger than any of the old program.
pub fn gather(place: &Path, video_folders: &[PathBuf]) -> anyhow::Result<Gathered> {
    let mut gathered = Gathered::default();
    for (file, what) in find(place, video_folders, &mut gathered.notes)? {
        // A sidecar says which video it is of, which may take a look around it to see.
        let name = match &what {
            What::Sidecar(video) => {
                let beside = below(place, &file).with_file_name(std::ffi::OsStr::from_bytes(video));
                format!("{}.json", beside.display())
            }
            What::Database | What::Json(_) => below(place, &file).display().to_string(),
        };
        if below(place, &file).to_str().is_none() {
            gathered.notes.push(format!("{name} is not sent: its name is no text; import it on the stopped server"));
            continue;
        }
        let unread = || format!("{} cannot be read", file.display());
        if fs::metadata(&file).with_context(unread)?.len() > files::MAX_BYTES {
            anyhow::bail!("{} is larger than {} bytes", file.display(), files::MAX_BYTES);
        }
        let bytes = match what {
            What::Database => database::whole(&file).with_context(unread)?,
            What::Json(_) | What::Sidecar(_) => fs::read(&file).with_context(unread)?,
        };
        gathered.files.push(Sent { name, written_at_ms: written_at_ms(&file), bytes });
    }
    Ok(gathered)
}

/// What files of the old program say that somebody sent, the most trusted first. `now_ms` is the time of the import.
///
/// # Errors
/// [`NothingSent`] if none of them is one. One of several that is none is a reject.
pub fn read_sent<B: AsRef<[u8]>>(sent: &[Sent<B>], now_ms: i64) -> Result<Legacy, NothingSent> {
    let mut legacy = Legacy::default();
    let mut known: Vec<(What, &str, &Sent<B>)> = Vec::new();
    let mut unknown = Vec::new();
    for file in sent {
        // Some browsers say where a file was.
        let name = file.name.rsplit(['/', '\\']).next().unwrap_or_default();
        match What::of(name).or_else(|| sidecar_of(name)) {
            Some(what) => known.push((what, name, file)),
            None => unknown.push(name),
        }
    }
    if known.is_empty() {
        return Err(NothingSent);
    }
    known.sort_by_key(|(what, ..)| what.sort());
    for (what, name, file) in known {
        let origin = Origin { file: text::excerpt(name, 200), sort: what.sort() };
        let mut source = Source::begin(&mut legacy, origin, file.written_at_ms.unwrap_or(now_ms), now_ms);
        let bytes = file.bytes.as_ref();
        match what {
            What::Json(reader) => files::read_bytes(&mut source, bytes, reader),
            What::Sidecar(video) => files::read_sidecar_bytes(&mut source, bytes, &video),
            What::Database => match put_down(bytes) {
                Ok(file) => database::read(&mut source, file.path()),
                Err(error) => source.reject(Kind::File, b"", format!("cannot be put on the disk to be read: {error}")),
            },
        }
    }
    for name in unknown {
        let file = text::excerpt(name, 200);
        let reason = "is no file of the old program".to_owned();
        legacy.rejects.push(super::Reject { file, key: String::new(), reason, kind: Kind::File });
    }
    Ok(legacy)
}

/// What the file called `name` is if it is a sidecar: tags beside the video that its name says.
fn sidecar_of(name: &str) -> Option<What> {
    let video = name.strip_suffix(".json")?.as_bytes();
    is_video(video).then(|| What::Sidecar(video.to_vec()))
}

/// A database is read from a file.
fn put_down(bytes: &[u8]) -> std::io::Result<tempfile::NamedTempFile> {
    let mut file = tempfile::NamedTempFile::new()?;
    file.write_all(bytes)?;
    Ok(file)
}
