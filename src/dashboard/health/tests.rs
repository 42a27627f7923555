//! What is said of cards that are not as they should be.

use super::Card;
use crate::dashboard::folders::{self, Folder};
use crate::dashboard::thumbnails::{self, Reason};
use crate::dashboard::traffic;
use crate::dashboard::writer::Verified;
use crate::dashboard::{Cards, Level, Thresholds, caches, process, projection, storage, streams, writer};
use crate::metrics::{self, Report, RouteFigures, Window};
use crate::status::{RootState, RootStatus, Watching};
use crate::web::page_cache::Counts;
use crate::web::time::Time;
use events::RootPath;

/// Cards on which all is well.
fn well() -> Cards {
    Cards { writer: writer::Card { state: "writing", ..writer::Card::default() }, ..Cards::default() }
}

/// What is said: kind, level, and the words.
fn said(cards: &Cards) -> Vec<(&'static str, Level, String)> {
    Card::of(cards).issues.into_iter().map(|issue| (issue.kind, issue.level, issue.what)).collect()
}

fn only(cards: &Cards, kind: &str, level: Level, what: &str) {
    assert_eq!(said(cards), [(kind, level, what.to_owned())]);
    for issue in Card::of(cards).issues {
        assert!(issue.advice.ends_with('.') && issue.show.unwrap().starts_with("/admin#"), "{kind}");
    }
}

#[test]
fn where_all_is_well_nothing_is_said() {
    assert_eq!(Card::of(&well()), Card::default());
}

#[test]
fn thumbnails_that_failed_are_said_by_reason_and_can_be_tried_again() {
    let reason = |reason: Option<&str>, videos| Reason { reason: reason.map(Into::into), videos, named: Vec::new() };
    let reasons = vec![reason(Some("moov atom missing"), 12), reason(Some("no key frame"), 1), reason(None, 3)];
    let cards = Cards { thumbnails: thumbnails::Card { failed: 16, reasons, ..Default::default() }, ..well() };
    let issues = Card::of(&cards).issues;
    let told: Vec<_> = issues.iter().map(|issue| (issue.what.as_str(), issue.show.as_deref().unwrap())).collect();
    assert_eq!(
        told,
        [
            ("12 thumbnails failed: moov atom missing.", "/admin#failed-1"),
            ("1 thumbnail failed: no key frame.", "/admin#failed-2"),
            ("3 thumbnails failed: other reasons.", "/admin#failed-3"),
        ]
    );
    let retried: Vec<_> = issues.iter().map(|issue| issue.retry.as_deref()).collect();
    assert_eq!(retried, [Some("moov atom missing"), Some("no key frame"), None]);
}

#[test]
fn however_many_reasons_there_are_the_list_stays_short() {
    let reason = |number: u32| Reason { reason: Some(format!("{number}")), videos: 1, named: Vec::new() };
    let card = thumbnails::Card { reasons: (0..100).map(reason).collect(), ..Default::default() };
    assert_eq!(Card::of(&Cards { thumbnails: card, ..well() }).issues.len(), 5);
}

#[test]
fn pictures_that_cannot_be_made_or_have_no_room_are_said() {
    let trouble = Some("the decoder ends at once".to_owned());
    let card = thumbnails::Card { trouble, ..Default::default() };
    let what = "No pictures can be made: the decoder ends at once.";
    only(&Cards { thumbnails: card, ..well() }, "thumbnails-stopped", Level::Bad, what);
    let card = thumbnails::Card {
        evicted: 1_200,
        stored_bytes: 8_000_000_000,
        stored_max_bytes: 8_500_000_000,
        ..Default::default()
    };
    let what = "1,200 pictures had to go for others: they fill the 8.5 GB they may take.";
    only(&Cards { thumbnails: card, ..well() }, "thumbnails-full", Level::Warn, what);
}

fn root(state: RootState, watching: Watching, trouble: Option<&str>) -> folders::Card {
    let status = RootStatus {
        root: RootPath::new("/srv/films"),
        state,
        last_scan_at_ms: None,
        files: 3,
        took_ms: 1,
        troubles: trouble.map_or(0, |_| 7),
        trouble_examples: trouble.into_iter().map(Into::into).collect(),
        watching,
        last_event_at_ms: None,
        mount: None,
        changes: 0,
        answered: 0,
    };
    folders::Card { folders: vec![Folder::of(status)] }
}

#[test]
fn folders_are_named_with_what_is_wrong() {
    let polled = || Watching::Polling("the system allows no more watched folders".to_owned());
    let why = || "permission denied".to_owned();
    for (folders, kind, level, what) in [
        (
            root(RootState::Unreadable(why()), polled(), None),
            "folder-unreadable",
            Level::Bad,
            "/srv/films cannot be read: permission denied.",
        ),
        (
            root(RootState::Refused("all of 300 videos are missing".into()), Watching::Events, None),
            "folder-refused",
            Level::Bad,
            "/srv/films is shown as it was: all of 300 videos are missing.",
        ),
        (
            root(RootState::Refused("it is empty; is the disk connected?".into()), Watching::Events, None),
            "folder-refused",
            Level::Bad,
            "/srv/films is shown as it was: it is empty; is the disk connected?",
        ),
        (
            root(RootState::Unwritten(why()), Watching::Events, None),
            "folder-unwritten",
            Level::Bad,
            "What was found in /srv/films could not be written down: permission denied.",
        ),
        (
            root(RootState::Ok, polled(), None),
            "folder-unwatched",
            Level::Warn,
            "Changes in /srv/films are noticed late: the system allows no more watched folders.",
        ),
        (
            root(RootState::Ok, Watching::Events, Some("a/b: permission denied")),
            "files-unreadable",
            Level::Warn,
            "In /srv/films, 7 things cannot be read, such as a/b: permission denied.",
        ),
    ] {
        only(&Cards { folders, ..well() }, kind, level, what);
    }
    let scanning = root(RootState::Scanning, polled(), None);
    assert_eq!(said(&Cards { folders: scanning, ..well() }), [], "the first look is no trouble");
}

#[test]
fn a_writer_that_does_not_write_is_the_worst() {
    let reason = Some("no space left on device".to_owned());
    let recovering =
        writer::Card { state: "recovering", level: Level::Bad, reason: reason.clone(), ..Default::default() };
    let what = "Nothing can be changed at the moment: no space left on device.";
    only(&Cards { writer: recovering.clone(), ..well() }, "writer-recovering", Level::Bad, what);
    let full = writer::Card { state: "full", ..recovering.clone() };
    let what = "The last change was refused: no space left on device.";
    only(&Cards { writer: full, ..well() }, "log-full", Level::Bad, what);
    let damaged = writer::Card { state: "damaged", ..recovering.clone() };
    let what = "Nothing is written any more: no space left on device.";
    only(&Cards { writer: damaged, ..well() }, "log-damaged", Level::Bad, what);
    let unwatched = root(RootState::Ok, Watching::Polling("it is far away".into()), None);
    let both = Card::of(&Cards { folders: unwatched, writer: recovering, ..well() });
    let kinds: Vec<_> = both.issues.iter().map(|issue| issue.kind).collect();
    assert_eq!((both.level, kinds), (Level::Bad, vec!["writer-recovering", "folder-unwatched"]));
    let verified = Some(Verified { at: Time(0), whole: false });
    let cards = Cards { writer: writer::Card { verified, ..well().writer }, ..well() };
    only(&cards, "verification-failed", Level::Bad, "The last verification found something wrong.");
}

#[test]
fn the_disk_and_what_is_kept_on_it_are_said() {
    let full = storage::Card {
        level: Level::Warn,
        free_bytes: Some(1_500_000_000),
        disk_bytes: Some(250_000_000_000),
        ..Default::default()
    };
    let what = "The disk of the data folder is nearly full: 1.5 GB of 250 GB are free.";
    only(&Cards { storage: full, ..well() }, "disk-full", Level::Warn, what);
    let unkept = storage::Card { numbers_trouble: Some("the file is read-only".into()), ..Default::default() };
    let what = "The numbers of this page cannot be kept: the file is read-only.";
    only(&Cards { storage: unkept, ..well() }, "numbers-not-kept", Level::Warn, what);
}

#[test]
fn what_makes_no_sense_what_is_crowded_and_what_is_at_hand_too_seldom_is_said() {
    let projection = projection::Card { anomalies: 2, first_anomaly: Some(77), ..Default::default() };
    let what = "2 events in the log made no sense, the first at position 77.";
    only(&Cards { projection, ..well() }, "anomalies", Level::Bad, what);
    let caches = caches::Card::of(Counts { hits: 100, misses: 900, ..Counts::default() });
    let what = "Only 10 % of what was asked of the cache of pages was at hand.";
    only(&Cards { caches, ..well() }, "cache-misses", Level::Warn, what);
    let fresh = caches::Card::of(Counts { misses: 30, ..Counts::default() });
    assert_eq!(said(&Cards { caches: fresh, ..well() }), [], "the first pages are always drawn");
    let streams = streams::Card { open: 240, max: 256, ..Default::default() };
    only(&Cards { streams, ..well() }, "streams-full", Level::Warn, "240 of 256 places for streams are taken.");
    let process = process::Card::of(metrics::Process { open_files: 900, open_files_max: 1_024, ..Default::default() });
    let what = "900 of 1,024 files and connections are open that there may be.";
    only(&Cards { process, ..well() }, "files-full", Level::Warn, what);
}

/// The traffic of routes with so many requests, errors, and a 95th percentile in ms.
fn traffic(total: (u64, u64, u64), routes: &[(&str, u64, u64, u64)]) -> Cards {
    let figures = |(requests, errors, p95_ms): (u64, u64, u64)| metrics::Figures {
        requests,
        errors,
        p95_us: p95_ms * 1000,
        ..metrics::Figures::default()
    };
    let route = |(route, requests, errors, p95_ms): &(&str, u64, u64, u64)| RouteFigures {
        method: "GET",
        route: (*route).into(),
        figures: figures((*requests, *errors, *p95_ms)),
        points: vec![0],
    };
    let report = Report {
        window: Window::Hour,
        from_ms: 0,
        to_ms: 3_600_000,
        total: figures(total),
        routes: routes.iter().map(route).collect(),
        timings: Vec::new(),
        points: Vec::new(),
    };
    Cards { traffic: traffic::Card::of(&report, Thresholds::default()), ..well() }
}

#[test]
fn routes_that_are_slow_or_fail_are_named() {
    let cards = traffic((1_000, 30, 300), &[("/", 400, 0, 20), ("/watch/{id}", 300, 30, 80), ("/search", 300, 0, 640)]);
    assert_eq!(
        said(&cards),
        [
            ("errors", Level::Bad, "GET /watch/{id}: 10 % of the answers were errors of the server.".to_owned()),
            ("slow", Level::Bad, "GET /search: 5 of 100 answers took longer than 640 ms to begin.".to_owned()),
        ]
    );
    let cards = traffic((1_000, 0, 300), &[("/", 19, 0, 900), ("/tags", 19, 0, 900)]);
    let what = "All requests together: 5 of 100 answers took longer than 300 ms to begin.";
    only(&cards, "slow", Level::Warn, what);
    let many: Vec<_> = (0..50).map(|_| ("/tags", 30, 0, 300)).collect();
    assert_eq!(said(&traffic((1_500, 0, 300), &many)).len(), 3, "the worst few");
}
