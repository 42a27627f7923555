//! Every kind of damage to every file of a small data folder, one at a time: what is known stays the same, or the
//! damage is noticed with a code and a sentence and repaired from a backup. Never silently shorter or different.
//!
//! Bytes are sampled; `SWEEP=all` takes every one, which needs some minutes. The damage is seen by the commands; that
//! the log itself refuses it is tested where the log is.

use super::tests::Place;
use crate::verify::tests::{Content, checked, files};
use crate::{backup, open::Library, progress::Quiet};
use events::log::{Checkpoints, EventLog as _};
use projections::SCHEMA;
use std::fs;
use std::path::Path;

/// How many bytes of a file are changed, one after the other.
const FLIPS: usize = 2;

/// The damaged forms of a file; `None` is a file that is gone.
fn damages(path: &Path, whole: &Content) -> Vec<Option<Content>> {
    let all = std::env::var_os("SWEEP").is_some_and(|value| value == "all");
    let bytes = whole.bytes.len();
    // The end of a journal is what a crash leaves behind; its beginning is what counts.
    let step = if all { 1 } else { (bytes / FLIPS).max(1) };
    let flipped = (bytes / FLIPS / 2 * usize::from(!all)..bytes).step_by(step).map(|at| {
        let mut content = whole.clone();
        content.bytes[at] ^= 1 << (at % 8);
        Some(content)
    });
    let half = Content { bytes: whole.bytes[..bytes / 2].to_vec(), len: (bytes / 2) as u64 };
    let empty = Content { bytes: Vec::new(), len: 0 };
    assert!(path.is_file());
    flipped.chain([None, Some(half), Some(empty)]).collect()
}

#[test]
fn every_damage_is_noticed_and_repaired_from_a_backup() {
    let place = Place::new();
    let data = place.data();
    let library = Library::open(&data, &mut |_| {}).unwrap();
    backup::make(&library.source(), &place.folder.path().join("backup"), &mut Quiet).unwrap();
    Checkpoints::new(&data, SCHEMA).keep(&library.log.stamp(), b"whatever is known").unwrap();
    drop(library);
    let whole = checked(&data);
    assert_eq!((&whole.findings[..], whole.events), (&[][..], 44));
    let image = files(&data);
    let (mut harmless, mut repaired) = (0, 0);
    for (path, content) in &image {
        for (number, damage) in damages(path, content).into_iter().enumerate() {
            let what = format!("{}, damage {number}", path.display());
            match damage {
                None => fs::remove_file(path).unwrap(),
                Some(damage) => damage.write(path),
            }
            let report = checked(&data);
            for finding in &report.findings {
                assert!((74..=89).contains(&finding.code) && finding.advice.ends_with('.'), "{what}: {report}");
            }
            if report.findings.iter().all(|finding| finding.code == 89) {
                // Nothing is lost; a checkpoint at most is not used.
                assert_eq!((report.events, &report.chain, &report.digest), (44, &whole.chain, &whole.digest), "{what}");
                harmless += 1;
            } else {
                let done = place.repair(Some("backup"), false).unwrap();
                assert_eq!((done.events, done.code), (Some(44), report.findings[0].code), "{what}: {done}");
                repaired += 1;
            }
            assert!(place.now() == place.events, "{what}");
            fs::remove_dir_all(&data).unwrap();
            for (path, content) in &image {
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                content.write(path);
            }
        }
    }
    assert!(harmless > 5 && repaired > 30, "{harmless} harmless, {repaired} repaired");
}
