//! Bytes and lines of every stored shape, kept forever in `golden/`: a log written by any released
//! version is read as it was meant.
//!
//! To add the files of a new shape, add a case to `sample`, run the tests with `GOLDEN=write`, and
//! look at what was written. Existing files are never written again; `SUMS` notices if one changes.

use super::{decode, encode, kinds};
use crate::record::Recorded;
use crate::{hex, jsonl, sample};
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("golden")
}

fn unhex(text: &str) -> Vec<u8> {
    let digits = text.trim_end().as_bytes();
    digits.chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
}

/// All files but `SUMS`: name and content.
fn files() -> BTreeMap<String, String> {
    let entries = std::fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path());
    let named = entries.map(|path| (path.file_name().unwrap().to_str().unwrap().to_owned(), path));
    named
        .filter(|(name, _)| name != "SUMS")
        .map(|(name, path)| (name, std::fs::read_to_string(path).unwrap()))
        .collect()
}

/// The name of the files of a record, without their extension.
fn stem(case: &str, record: &Recorded) -> String {
    let newest = super::freeze(&record.event);
    let (kind, version) = super::find(kinds(), newest.kind(), newest.version()).unwrap();
    format!("{}-v{}-{case}", kind.name, version.number)
}

#[test]
fn every_golden_file_is_still_read_and_the_newest_still_written() {
    let files = files();
    for (name, text) in files.iter().filter(|(name, _)| name.ends_with(".hex")) {
        let stem = name.strip_suffix(".hex").unwrap();
        let [kind, version, _case] = stem.split('-').collect::<Vec<_>>().try_into().unwrap();
        let kind = kinds().iter().find(|known| known.name == kind).unwrap();
        let line = files[&format!("{stem}.jsonl")].trim_end();
        let expected = jsonl::read(line).unwrap();
        let bytes = unhex(text);
        assert_eq!(decode(expected.pos, &bytes), Ok(Some(expected.clone())), "{name}");
        if version == format!("v{}", kind.version().unwrap().number) {
            assert_eq!(hex::write(&encode(&expected).unwrap()), text.trim_end(), "{name}");
            assert_eq!(jsonl::write(&expected).unwrap(), line, "{name}");
        }
    }
}

#[test]
fn every_shape_has_golden_files() {
    let files = files();
    let found: BTreeSet<_> = files.keys().filter_map(|name| name.rsplit_once('-')).map(|(shape, _)| shape).collect();
    let shapes = kinds().iter().flat_map(|kind| kind.versions.iter().map(move |version| (kind.name, version.number)));
    let shapes: Vec<_> = shapes.map(|(kind, version)| format!("{kind}-v{version}")).collect();
    assert_eq!(found, shapes.iter().map(String::as_str).collect());
}

#[test]
fn every_case_has_golden_files() {
    for (case, record) in sample::cases() {
        let stem = stem(case, &record);
        let texts = [("hex", hex::write(&encode(&record).unwrap())), ("jsonl", jsonl::write(&record).unwrap())];
        for (extension, text) in texts {
            let path = folder().join(format!("{stem}.{extension}"));
            if !path.try_exists().unwrap() && std::env::var_os("GOLDEN").is_some_and(|value| value == "write") {
                std::fs::write(&path, text.clone() + "\n").unwrap();
            }
            let golden = std::fs::read_to_string(&path).unwrap_or_else(|_| panic!("{} is missing", path.display()));
            assert_eq!(golden.trim_end(), text, "{stem}");
        }
    }
}

#[test]
fn an_event_has_the_name_of_the_shape_it_is_stored_in() {
    for (case, record) in sample::cases() {
        let newest = super::freeze(&record.event);
        let (kind, _) = super::find(kinds(), newest.kind(), newest.version()).unwrap();
        assert_eq!(super::kind_name(&record.event), kind.name, "{case}");
    }
}

#[test]
fn no_golden_file_has_changed() {
    let sum = |(name, text): (&String, &String)| format!("{}  {name}\n", hex::write(&Sha256::digest(text)));
    let sums: String = files().iter().map(sum).collect();
    let path = folder().join("SUMS");
    if std::env::var_os("GOLDEN").is_some_and(|value| value == "write") {
        let known = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(known.lines().all(|line| sums.contains(line)), "a golden file has changed");
        std::fs::write(&path, &sums).unwrap();
    }
    assert_eq!(std::fs::read_to_string(&path).unwrap(), sums);
}

#[test]
fn the_table_is_in_order() {
    assert!(kinds().is_sorted_by(|one, next| one.number < next.number));
    let names: BTreeSet<_> = kinds().iter().map(|kind| kind.name).collect();
    assert_eq!(names.len(), kinds().len());
    for kind in kinds() {
        let versions: Vec<_> = kind.versions.iter().map(|version| version.number).collect();
        assert_eq!(versions, (1..=u8::try_from(versions.len()).unwrap()).collect::<Vec<_>>(), "{}", kind.name);
        assert!(kind.versions.iter().all(|version| version.about.ends_with('.') && !version.fields.is_empty()));
    }
}
