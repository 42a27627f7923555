//! Hashes the sources of the vocabulary and of the fold, and the versions of what they are built on, so that a
//! checkpoint is used only by a program that would have come to the same facts.
//!
//! Not a version number: any change of these files, even of a comment, costs one full replay at the next start.

use std::env;
use std::fs;
use std::io::{Error, Result};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

/// What is looked at, from this folder.
const SOURCES: [&str; 3] = ["../Cargo.lock", "../events", "."];

/// Folders that say nothing about facts.
const LEFT_OUT: [&str; 2] = ["tests", "benches"];

fn main() -> Result<()> {
    let mut files = Vec::new();
    for source in SOURCES {
        collect(Path::new(source), &mut files)?;
    }
    files.sort();
    let mut hash = Sha256::new();
    for file in &files {
        let bytes = fs::read(file)?;
        for part in [file.as_os_str().as_encoded_bytes(), &bytes] {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
        }
        println!("cargo::rerun-if-changed={}", file.display());
    }
    let folder = env::var_os("OUT_DIR").ok_or_else(|| Error::other("Cargo did not say where to write"))?;
    fs::write(Path::new(&folder).join("schema"), hash.finalize())
}

/// The sources at or below `path`.
fn collect(path: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    if !path.is_dir() {
        let source = path.extension().is_some_and(|extension| extension == "rs" || extension == "lock");
        files.extend(source.then(|| path.to_owned()));
        return Ok(());
    }
    for entry in fs::read_dir(path)? {
        let entry = entry?;
        if !LEFT_OUT.iter().any(|name| entry.file_name() == *name) {
            collect(&entry.path(), files)?;
        }
    }
    Ok(())
}
