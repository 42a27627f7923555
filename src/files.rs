//! From a place in the library to an open file, and no other way.
//!
//! The place comes from what is known about the video, never from an address, and [`MediaPath`] has no `..`. What is left
//! are symbolic links: a link may be followed as long as it stays inside the library folder, which is also the rule of
//! the scan. The file is opened first and judged afterwards, by what the kernel says about the open descriptor
//! (`/proc/self/fd`, `fstat`): whoever exchanges a link in between only changes which file is judged. The bytes that are
//! served come from the same descriptor.

use events::{MediaPath, RootPath};
use rustix::fs::OFlags;
use std::fs::{File, OpenOptions};
use std::io;
use std::os::fd::AsRawFd;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// A video file, open for reading.
#[derive(Debug)]
pub(crate) struct Opened {
    /// The file itself. Whatever takes its name later, this stays the same file.
    pub(crate) file: File,
    /// Its size in bytes when it was opened.
    pub(crate) size_bytes: u64,
    /// The time of its last change in seconds since the epoch.
    pub(crate) modified_s: i64,
    /// The nanoseconds of that second.
    pub(crate) modified_ns: i64,
}

/// Why a file cannot be served.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OpenError {
    /// The library folder itself cannot be found, so nothing can be said about the file.
    #[error("failed to reach the library folder {root}")]
    Folder {
        /// The folder.
        root: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// There is no such file.
    #[error("failed to find {path}")]
    Missing {
        /// The file.
        path: PathBuf,
    },
    /// The file is not inside the library folder: a link leads out.
    #[error("{path} leads out of its library folder")]
    Outside {
        /// The file.
        path: PathBuf,
    },
    /// There is a folder, a pipe or a device.
    #[error("{path} is not a regular file")]
    NotAFile {
        /// What is there.
        path: PathBuf,
    },
    /// The system does not let us read it.
    #[error("failed to read {path}")]
    Forbidden {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The disk or the system failed.
    #[error("failed to open {path}")]
    Failed {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

/// Opens the file at `path` in the library folder `root`. Blocks: a disk may have to wake up.
///
/// # Errors
/// [`OpenError`].
pub(crate) fn open(root: &RootPath, path: &MediaPath) -> Result<Opened, OpenError> {
    let path = root.as_path().join(path.as_path());
    // A pipe would wait for a writer, and a terminal become ours, before it can be refused.
    let flags = OFlags::NONBLOCK | OFlags::NOCTTY;
    let file = OpenOptions::new().read(true).custom_flags(flags.bits().cast_signed()).open(&path);
    // After the attempt, so that a drive that mounts itself when it is used is there.
    let folder = root.as_path().canonicalize();
    let folder = folder.map_err(|source| OpenError::Folder { root: root.as_path().to_owned(), source })?;
    let file = file.map_err(|source| refused(path.clone(), source))?;
    let failed = |source| OpenError::Failed { path: path.clone(), source };
    let place = std::fs::read_link(Path::new("/proc/self/fd").join(file.as_raw_fd().to_string())).map_err(failed)?;
    if !place.starts_with(&folder) {
        return Err(OpenError::Outside { path });
    }
    let facts = file.metadata().map_err(failed)?;
    if !facts.is_file() {
        return Err(OpenError::NotAFile { path });
    }
    Ok(Opened { size_bytes: facts.len(), modified_s: facts.mtime(), modified_ns: facts.mtime_nsec(), file })
}

/// What a failed `open` means.
fn refused(path: PathBuf, source: io::Error) -> OpenError {
    use rustix::io::Errno;
    match Errno::from_io_error(&source) {
        // A loop of links and a folder that became a file are ways not to be there. ENXIO is a socket.
        Some(Errno::NOENT | Errno::NOTDIR | Errno::LOOP | Errno::NAMETOOLONG) => OpenError::Missing { path },
        Some(Errno::NXIO | Errno::NODEV) => OpenError::NotAFile { path },
        Some(Errno::ACCESS | Errno::PERM) => OpenError::Forbidden { path, source },
        _ => OpenError::Failed { path, source },
    }
}
