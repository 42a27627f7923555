//! Checks the library folders of the configuration, once, at the start.
//!
//! A folder that is not there *now* is not a mistake: disks are unplugged. One that was never there is.

use events::RootPath;
use projections::State;
use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

/// What is wrong with the library folders. The text says which and what to do.
#[derive(Debug, thiserror::Error)]
pub enum RootsError {
    /// A folder that does not exist and of which nothing is known either.
    #[error("the library folder {} does not exist", .0.display())]
    NeverThere(PathBuf),
    /// The same for the image folder.
    #[error("the image folder {} does not exist", .0.display())]
    NoImages(PathBuf),
    /// A file.
    #[error("{} is a file; name the folder it is in", .0.display())]
    NotAFolder(PathBuf),
    /// A path that cannot be made absolute.
    #[error("the library folder {} cannot be used", path.display())]
    Unusable {
        /// As given.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Twice the same folder.
    #[error("the library folders {} and {} are the same; leave one out", first.display(), second.display())]
    Same {
        /// As given.
        first: PathBuf,
        /// As given.
        second: PathBuf,
    },
    /// A folder inside another.
    #[error("the library folder {} is inside {}, which is read with everything in it; leave it out", inner.display(), outer.display())]
    Inside {
        /// As given.
        inner: PathBuf,
        /// As given.
        outer: PathBuf,
    },
}

/// The library folders as absolute paths, in the order given.
///
/// They are made absolute without following links, so that a folder keeps its name whether or not
/// the disk behind it is connected; whether two of them overlap is asked of the real paths.
///
/// # Errors
/// [`RootsError`] for the first folder that cannot be meant that way.
pub fn check(given: &[PathBuf], state: &State) -> Result<Vec<RootPath>, RootsError> {
    let mut roots: Vec<RootPath> = Vec::new();
    let mut real: Vec<PathBuf> = Vec::new();
    for path in given {
        let unusable = |source| RootsError::Unusable { path: path.clone(), source };
        let absolute = absolute(path).map_err(unusable)?;
        let root = RootPath::new(&absolute);
        match fs::metadata(&absolute) {
            Ok(metadata) if !metadata.is_dir() => return Err(RootsError::NotAFolder(path.clone())),
            Err(error) if error.kind() == io::ErrorKind::NotFound && state.videos().in_root(&root).next().is_none() => {
                return Err(RootsError::NeverThere(path.clone()));
            }
            Ok(_) | Err(_) => {}
        }
        roots.push(root);
        real.push(fs::canonicalize(&absolute).unwrap_or(absolute));
    }
    for (index, (first, real_first)) in given.iter().zip(&real).enumerate() {
        for (second, real_second) in given.iter().zip(&real).skip(index + 1) {
            refuse_overlap((first, real_first), (second, real_second))?;
        }
    }
    Ok(roots)
}

/// The image folder as an absolute path. It may lie anywhere, also in a library folder: no file is both.
///
/// # Errors
/// [`RootsError`] when it cannot be meant that way.
pub fn check_images(given: &Path, state: &State) -> Result<RootPath, RootsError> {
    let unusable = |source| RootsError::Unusable { path: given.to_owned(), source };
    let root = RootPath::new(absolute(given).map_err(unusable)?);
    match fs::metadata(root.as_path()) {
        Ok(metadata) if !metadata.is_dir() => Err(RootsError::NotAFolder(given.to_owned())),
        Err(error)
            if error.kind() == io::ErrorKind::NotFound && !state.images().iter().any(|image| *image.root == root) =>
        {
            Err(RootsError::NoImages(given.to_owned()))
        }
        Ok(_) | Err(_) => Ok(root),
    }
}

fn refuse_overlap(a: (&PathBuf, &PathBuf), b: (&PathBuf, &PathBuf)) -> Result<(), RootsError> {
    if a.1 == b.1 {
        return Err(RootsError::Same { first: a.0.clone(), second: b.0.clone() });
    }
    for (outer, inner) in [(a, b), (b, a)] {
        if inner.1.starts_with(outer.1) {
            return Err(RootsError::Inside { inner: inner.0.clone(), outer: outer.0.clone() });
        }
    }
    Ok(())
}

/// The absolute path without `.` and doubled or trailing slashes. Only `..` needs the disk: what it
/// means depends on links.
fn absolute(path: &Path) -> io::Result<PathBuf> {
    let absolute: PathBuf = std::path::absolute(path)?.components().collect();
    if absolute.components().any(|part| part == Component::ParentDir) {
        fs::canonicalize(&absolute)
    } else {
        Ok(absolute)
    }
}
