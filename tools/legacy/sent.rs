//! Files of the old program on their way to a server: taken up here, sent by whoever can, and read there.

#[cfg(test)]
mod tests;

use super::find::{What, below, find, is_video, written_at_ms};
use super::{Kind, Legacy, Origin, Source, database, files, text};
use anyhow::{Context as _, anyhow, bail};
use std::ffi::OsStr;
use std::fs;
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

/// How many files are sent at once, at most: sidecars are many ...
pub const SENT_MAX: usize = 20_000;

/// ... and how many bytes. A real database has half a megabyte, the other files tens of kilobytes each.
pub const SENT_BYTES_MAX: usize = 64 << 20;

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

/// Takes up the files of the old program at `place`, and the sidecars there and in `video_folders`. What cannot be taken up
/// is noted.
///
/// # Errors
/// [`super::NothingFound`], none of the files can be taken up, or they are too many or too large.
pub fn gather(place: &Path, video_folders: &[PathBuf]) -> anyhow::Result<Gathered> {
    let mut gathered = Gathered::default();
    for (file, what) in find(place, video_folders, &mut gathered.notes)? {
        match take_up(place, &file, &what) {
            Ok(taken) => gathered.files.push(taken),
            Err(error) => gathered.notes.push(format!("{} was not sent: {error:#}", file.display())),
        }
    }
    let bytes: usize = gathered.files.iter().map(|file| file.bytes.len()).sum();
    if gathered.files.len() > SENT_MAX || bytes > SENT_BYTES_MAX {
        let (count, most) = (gathered.files.len(), SENT_BYTES_MAX >> 20);
        bail!(
            "{count} files with {bytes} bytes are more than the {SENT_MAX} files or {most} MiB that a server takes at once: \
             import them one by one, or into the folder of the stopped server"
        );
    }
    if gathered.files.is_empty() {
        bail!("nothing can be sent: {}", gathered.notes.join("; "));
    }
    Ok(gathered)
}

fn take_up(place: &Path, file: &Path, what: &What) -> anyhow::Result<Sent<Vec<u8>>> {
    let mut name = below(place, file).to_owned();
    if let What::Sidecar(video) = what {
        // Which video it is of, the server cannot look around to see.
        name.set_file_name(OsStr::from_bytes(&[video, &b".json"[..]].concat()));
    }
    let name = name.into_os_string().into_string();
    let name = name.map_err(|_| anyhow!("its name is no text; import it on the folder of the stopped server"))?;
    if name.contains(['"', '\\']) || name.contains(char::is_control) {
        bail!("its name has letters that a form cannot carry; import it on the folder of the stopped server");
    }
    let metadata = fs::metadata(file).context("it cannot be read")?;
    if !metadata.is_file() {
        bail!("it is not a regular file");
    }
    let bytes = match what {
        What::Database => database::whole(file),
        What::Json(_) | What::Sidecar(_) => fs::read(file).map_err(anyhow::Error::from),
    };
    Ok(Sent { name, written_at_ms: written_at_ms(file), bytes: bytes.context("it cannot be read")? })
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
        match sidecar_of(name).or_else(|| What::of(name)) {
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
                Ok((_folder, file)) => database::read(&mut source, &file),
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

/// A database is read from a file, and from what lies beside that: so in a folder of its own, which goes when it is dropped.
fn put_down(bytes: &[u8]) -> std::io::Result<(tempfile::TempDir, PathBuf)> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("sent.db");
    fs::write(&file, bytes)?;
    Ok((folder, file))
}
