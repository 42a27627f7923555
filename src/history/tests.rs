//! Looking through a log: nothing twice, nothing left out, and never further than the bound.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use super::asked::{Filter, Part};
use super::back::Undos;
use super::kind::Kind;
use super::known::Known;
use super::look::{Bounds, Looked, READ_MAX, Wanted, look};
use crate::decide::given::{found, recorded, state, video};
use crate::moments::PastError;
use crate::web::error::WebError;
use crate::writer::RebuildError;
use axum::http::StatusCode;
use events::event::{Playlist, Rating, Tag, Video, View};
use events::log::{Audit, Head, LogReader, Pace, ReadError};
use events::values::ItemId;
use events::{
    Actor, Cause, Event, MediaPath, PlaylistId, PlaylistName, Pos, Recorded, RootPath, Stars, TagName, VideoId,
};
use jiff::tz::TimeZone;
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A log in memory that counts what is read of it.
#[derive(Default)]
struct Log {
    records: Vec<Recorded>,
    read: AtomicUsize,
}

impl Log {
    /// Appends a batch of these events, by this device and door.
    fn batch(&mut self, cause: Cause, device: u32, events: impl IntoIterator<Item = Event>) -> Pos {
        let batch = self.records.len() as Pos + 1;
        for event in events {
            let pos = self.records.len() as Pos + 1;
            self.records.push(Recorded { batch, cause, actor: Actor(device), ..recorded(pos, event) });
        }
        batch
    }

    fn person(&mut self, event: Event) -> Pos {
        self.batch(Cause::Viewer, 7, [event])
    }

    fn head(&self) -> Pos {
        self.records.len() as Pos
    }

    fn look(&self, filter: &Filter, part: Part, limit: usize) -> Looked {
        self.look_so_far(filter, part, limit, filter.most())
    }

    /// Reads no more than `most` records.
    fn look_so_far(&self, filter: &Filter, part: Part, limit: usize, most: usize) -> Looked {
        self.read.store(0, Ordering::Relaxed);
        let today = self.today();
        let says = |recorded: &Recorded, text: &str| today.says(recorded, text);
        let bounds = Bounds { above: 0, below: self.head() + 1 };
        look(self, Wanted { filter, says: &says, most }, part, bounds, limit).unwrap()
    }

    fn today(&self) -> Known {
        let events = self.records.iter().map(|recorded| recorded.event.clone());
        Known::today(Arc::new(state(events)), TimeZone::UTC)
    }

    /// Takes `back` back by these events.
    fn undo(&mut self, back: Pos, events: impl IntoIterator<Item = Event>) -> Pos {
        let batch = self.batch(Cause::Undo, 7, events);
        self.records.iter_mut().filter(|it| it.batch == batch).for_each(|it| it.caused_by = back);
        batch
    }

    /// What took back the change at this position, if it was.
    fn what_took_back(&self, pos: Pos) -> Option<Pos> {
        let everything = self.look(&only(Kind::Everything), Part::Newest, usize::MAX);
        Undos::of(&everything.answers).what_took_back(self.records.iter().find(|it| it.pos == pos).unwrap())
    }

    /// The sentences about the records at these positions, newest first.
    fn told(&self, positions: &[Pos]) -> Vec<String> {
        let shown: Vec<&Recorded> = self.records.iter().rev().filter(|it| positions.contains(&it.pos)).collect();
        let known = self.today().before(self, &shown, &[]).unwrap();
        shown.iter().map(|recorded| known.sentence(recorded).to_string()).collect()
    }
}

impl LogReader for Log {
    fn read(&self, after: Pos, max: usize) -> Result<Vec<Recorded>, ReadError> {
        let from = usize::try_from(after).unwrap();
        let run: Vec<Recorded> = self.records.iter().skip(from).take(max).cloned().collect();
        self.read.fetch_add(run.len(), Ordering::Relaxed);
        Ok(run)
    }

    fn audit(&self, _: &mut dyn FnMut(Recorded), _: &Pace<'_>) -> Audit {
        let (head, findings) = (Head::default(), Vec::new());
        Audit { head, events: 0, findings, more_findings: 0, finished: false }
    }

    fn frames(&self, _: Pos, _: usize) -> Result<Vec<(Pos, Vec<u8>)>, ReadError> {
        Ok(Vec::new())
    }

    fn read_video(&self, video: VideoId, before: Pos, max: usize) -> Result<Vec<Recorded>, ReadError> {
        let of_it = |it: &&Recorded| it.pos < before && it.event.video() == Some(video);
        let run: Vec<Recorded> = self.records.iter().rev().filter(of_it).take(max).cloned().collect();
        self.read.fetch_add(run.len(), Ordering::Relaxed);
        Ok(run)
    }
}

fn rated(number: u32, stars: u8) -> Event {
    Event::Rating(Rating::Given { video: video(number), stars: Stars::new(stars).unwrap() })
}

fn cleared(number: u32) -> Event {
    Event::Rating(Rating::Cleared { video: video(number) })
}

fn viewed(number: u32) -> Event {
    Event::View(View::Started { video: video(number) })
}

fn tagged(number: u32, tag: &str) -> Event {
    Event::Tag(Tag::Added { video: video(number), tag: TagName::new(tag).unwrap() })
}

fn only(kind: Kind) -> Filter {
    Filter { kind, ..Filter::default() }
}

/// The batches found, and how much of each fits.
fn batches(looked: &Looked) -> Vec<(Pos, u64, u64)> {
    looked.found.iter().map(|found| (found.batch, found.fitting, found.size)).collect()
}

#[test]
fn a_batch_is_one_entry_with_its_first_changes() {
    let mut log = Log::default();
    log.batch(Cause::Scan, 0, (1..=9).map(|number| found(number, &format!("{number}.mp4"))));
    log.person(rated(1, 2));
    log.person(viewed(1));
    log.batch(Cause::Worker, 0, [tagged(2, "a"), tagged(3, "a")]);
    let looked = log.look(&Filter::default(), Part::Newest, 40);
    assert_eq!(batches(&looked), [(10, 1, 1), (1, 9, 9)], "watching and background work are not among the changes");
    assert_eq!(looked.found.last().unwrap().first.iter().map(|it| it.pos).collect::<Vec<_>>(), [1, 2, 3, 4, 5, 6]);
    assert_eq!((looked.more, looked.stopped, looked.reached), (false, false, 1));
    assert_eq!(batches(&log.look(&only(Kind::Everything), Part::Newest, 40)).len(), 4);
    assert_eq!(batches(&log.look(&only(Kind::Watching), Part::Newest, 40)), [(11, 1, 1)]);
    let of_one = Filter { video: Some(video(1)), ..only(Kind::Everything) };
    assert_eq!(batches(&log.look(&of_one, Part::Newest, 40)), [(11, 1, 0), (10, 1, 0), (1, 1, 0)]);
    let text = Filter { text: "★★".to_owned(), ..Filter::default() };
    assert_eq!(batches(&log.look(&text, Part::Newest, 40)), [(10, 1, 1)]);
    let device = Filter { device: Some(Actor(7)), ..Filter::default() };
    assert_eq!(batches(&log.look(&device, Part::Newest, 40)), [(10, 1, 1)]);
    let cause = Filter { cause: Some(Cause::Scan), ..Filter::default() };
    assert_eq!(batches(&log.look(&cause, Part::Newest, 40)), [(1, 9, 9)]);
}

#[test]
fn a_long_batch_is_passed_over_unless_something_in_it_is_looked_for() {
    let mut log = Log::default();
    log.person(found(1, "a.mp4"));
    let import = log.batch(Cause::Import, 0, (0..30_000).map(|number| rated(1, 1 + u8::from(number == 3))));
    let looked = log.look(&Filter::default(), Part::Newest, 40);
    assert_eq!(batches(&looked), [(import, 30_000, 30_000), (1, 1, 1)]);
    assert!(log.read.load(Ordering::Relaxed) < 400 && !looked.more);

    let text = Filter { text: "★★".to_owned(), ..Filter::default() };
    let looked = log.look(&text, Part::Newest, 40);
    assert!(looked.found.is_empty() && looked.stopped && looked.more);
    assert_eq!(looked.read, READ_MAX);
    let further = log.look(&text, Part::Before(10_001), 40);
    assert_eq!(batches(&further), [(import, 1, 30_000)], "its size is known although the look began within it");
}

#[test]
fn what_was_taken_back_is_noticed_as_long_as_it_is() {
    let mut log = Log::default();
    log.person(found(1, "a.mp4"));
    let rated_at = log.person(rated(1, 2));
    assert_eq!(log.what_took_back(rated_at), None);
    let back = log.undo(rated_at, [cleared(1)]);
    assert_eq!(log.what_took_back(rated_at), Some(back));
    let forth = log.undo(back, [rated(1, 2)]);
    assert_eq!((log.what_took_back(rated_at), log.what_took_back(back)), (None, Some(forth)), "it is in force again");
    let again = log.undo(forth, [cleared(1)]);
    assert_eq!((log.what_took_back(rated_at), log.what_took_back(back)), (Some(back), None));
    assert_eq!(log.what_took_back(forth), Some(again));
}

#[test]
fn a_part_that_was_taken_back_is_not_the_whole() {
    let mut log = Log::default();
    let both = log.person(found(1, "a.mp4"));
    assert_eq!(both, 1);
    let both = log.batch(Cause::Viewer, 7, [rated(1, 2), rated(2, 2), tagged(1, "x")]);
    let part = log.undo(both, [cleared(1)]);
    let took_back = [both, both + 1, both + 2].map(|pos| log.what_took_back(pos));
    assert_eq!(took_back, [Some(part), None, None], "its first part has the number of the whole");
    let rest =
        log.undo(both, [cleared(2), Event::Tag(Tag::Removed { video: video(1), tag: TagName::new("X").unwrap() })]);
    assert_eq!([both + 1, both + 2].map(|pos| log.what_took_back(pos)), [Some(rest), Some(rest)]);

    let (playlist, item) = (PlaylistId::new(1).unwrap(), ItemId::new(1).unwrap());
    let added = log.person(Event::Playlist(Playlist::ItemAdded { playlist, item, video: video(1) }));
    let off = log.undo(added, [Event::Playlist(Playlist::ItemRemoved { playlist, item })]);
    let on = log.undo(off, [Event::Playlist(Playlist::ItemAdded { playlist, item, video: video(1) })]);
    assert_eq!((log.what_took_back(added), log.what_took_back(off)), (None, Some(on)));

    let import = log.batch(Cause::Import, 0, (0..2_000).map(|_| rated(1, 1)));
    let back = log.undo(import, (0..2_000).map(|_| cleared(1)));
    assert_eq!(log.what_took_back(import + 7), Some(back), "also where it was passed over");
}

#[test]
fn what_is_next_newer_is_found_however_much_is_newer_still() {
    let mut log = Log::default();
    log.person(found(1, "a.mp4"));
    let first = log.person(rated(1, 2));
    log.batch(Cause::Viewer, 7, (0..25_000).map(|_| viewed(2)));
    log.records.iter_mut().skip(2).for_each(|recorded| recorded.batch = recorded.pos);
    let next = log.person(rated(1, 3));
    let none = log.look(&only(Kind::Ratings), Part::After(first), 40);
    assert_eq!((none.found.len(), none.stopped, none.newer), (0, true, Some(first + READ_MAX as Pos)));
    let far = log.look(&only(Kind::Ratings), Part::After(first + 2 * READ_MAX as Pos), 40);
    assert_eq!((batches(&far), far.newer, far.more), (vec![(next, 1, 1)], None, true));
    let of_one = Filter { video: Some(video(2)), ..only(Kind::Watching) };
    let near = log.look(&of_one, Part::After(first + 9), 3);
    assert_eq!(near.found.iter().map(|found| found.batch).collect::<Vec<_>>(), [first + 12, first + 11, first + 10]);
    assert_eq!(near.newer, Some(first + 12));
}

#[test]
fn a_change_of_one_video_is_found_in_a_long_batch() {
    let mut log = Log::default();
    let import = log.batch(Cause::Import, 0, (1..=2_000).map(|number| rated(number, 3)));
    let of_one = Filter { video: Some(video(1_900)), ..Filter::default() };
    assert_eq!(batches(&log.look(&of_one, Part::Newest, 40)), [(import, 1, 0)]);
}

#[test]
fn what_was_before_is_found_however_far_back_within_the_bound() {
    let mut log = Log::default();
    log.person(found(1, "a.mp4"));
    log.person(rated(1, 5));
    log.batch(Cause::Viewer, 7, (0..600).map(|_| viewed(1)));
    let again = log.person(rated(1, 2));
    let moved = Video::Moved {
        video: video(1),
        root: RootPath::new("/videos"),
        path: MediaPath::new("b/a.mp4").unwrap(),
        modified_at_ms: 0,
    };
    let moved = log.person(Event::Video(moved));
    assert_eq!(log.told(&[again, moved]), ["“/videos/a.mp4” moved → “/videos/b/a.mp4”", "“a” was rated ★★★★★ → ★★"]);
    assert!(log.read.load(Ordering::Relaxed) < 1_500);
    log.batch(Cause::Viewer, 7, (0..700).map(|_| viewed(1)));
    let late = log.person(rated(1, 4));
    assert_eq!(log.told(&[late]), ["“a” was rated ★★★★"], "too far back to be looked for");
}

#[test]
fn lists_are_called_what_they_were_called_then() {
    let mut log = Log::default();
    log.person(found(1, "a.mp4"));
    let (playlist, item) = (PlaylistId::new(1).unwrap(), ItemId::new(1).unwrap());
    let name = |name| PlaylistName::new(name).unwrap();
    log.person(Event::Playlist(Playlist::Created { playlist, name: name("Evening") }));
    log.person(Event::Playlist(Playlist::ItemAdded { playlist, item, video: video(1) }));
    let renamed = log.person(Event::Playlist(Playlist::Renamed { playlist, name: name("Night") }));
    let removed = log.person(Event::Playlist(Playlist::ItemRemoved { playlist, item }));
    let said = ["“a” was taken off “Night”", "the playlist “Evening” → “Night”"];
    assert_eq!(log.told(&[renamed, removed]), said);
    let deleted = log.person(Event::Playlist(Playlist::Deleted { playlist }));
    assert_eq!(log.told(&[deleted]), ["the playlist “Night” was deleted"]);
}

fn events() -> impl Strategy<Value = Vec<(Cause, Vec<Event>)>> {
    let event = prop_oneof![
        (1..4u32, 1..6u8).prop_map(|(number, stars)| rated(number, stars)),
        (1..4u32).prop_map(viewed),
        (1..4u32).prop_map(|number| tagged(number, "x")),
    ];
    let cause = prop_oneof![Just(Cause::Viewer), Just(Cause::Worker), Just(Cause::Import)];
    // Either so short that it is read through, or so long and even that it may be passed over.
    let short = prop::collection::vec(event.clone(), 1..4);
    let long = (event, 4..100usize).prop_map(|(event, size)| vec![event; size]);
    prop::collection::vec((cause, prop_oneof![4 => short, 1 => long]), 0..40)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// From page to page, older and newer again, everything that fits is seen once and in order, however little is read for each.
    #[test]
    fn paging_shows_everything_once(
        story in events(),
        limit in 1..7usize,
        most in 61..80usize,
        kind in prop::sample::select(Kind::ALL.to_vec()),
        of_one in any::<bool>(),
        cause in prop::option::of(Just(Cause::Viewer)),
        text in prop::sample::select(vec!["", "★★★", "a"]),
    ) {
        let mut log = Log::default();
        for (cause, events) in story {
            log.batch(cause, 7, events);
        }
        let filter = Filter { video: of_one.then(|| video(1)), cause, text: text.to_owned(), ..only(kind) };
        let today = log.today();
        let fits = |it: &&Recorded| {
            kind.has(it)
                && filter.video.is_none_or(|video| it.event.video() == Some(video))
                && cause.is_none_or(|cause| it.cause == cause)
                && (text.is_empty() || today.says(it, text))
        };
        let mut expected: Vec<Pos> = Vec::new();
        let mut counts: BTreeMap<Pos, u64> = BTreeMap::new();
        for recorded in log.records.iter().rev().filter(fits) {
            expected.push(recorded.batch);
            *counts.entry(recorded.batch).or_default() += 1;
        }
        expected.dedup();
        // A batch that is too long for one page may be seen in parts, one after the other.
        let seen = |pages: &[(Pos, u64)]| {
            let mut batches: Vec<Pos> = pages.iter().map(|(batch, _)| *batch).collect();
            batches.dedup();
            let mut seen: BTreeMap<Pos, u64> = BTreeMap::new();
            pages.iter().for_each(|(batch, fitting)| *seen.entry(*batch).or_default() += fitting);
            (batches, seen)
        };

        let (mut older, mut part) = (Vec::new(), Part::Newest);
        loop {
            let page = log.look_so_far(&filter, part, limit, most);
            prop_assert!(page.found.len() <= limit && page.read <= most + 64);
            older.extend(page.found.iter().map(|found| (found.batch, found.fitting)));
            if !page.more {
                break;
            }
            part = Part::Before(page.reached);
        }
        prop_assert_eq!(seen(&older), (expected.clone(), counts.clone()));

        let (mut newer, mut next) = (Vec::new(), Some(0));
        while let Some(after) = next {
            let page = log.look_so_far(&filter, Part::After(after), limit, most);
            prop_assert!(page.found.len() <= limit);
            prop_assert!(page.newer.is_none_or(|newer| newer > after), "it goes on from {after}: {page:?}");
            newer.extend(page.found.iter().rev().map(|found| (found.batch, found.fitting)));
            next = page.newer;
        }
        newer.reverse();
        prop_assert_eq!(seen(&newer), (expected, counts));
    }
}

#[test]
fn what_cannot_be_read_says_why_and_when_to_ask_again() {
    let said = |error: WebError| (error.status(), error.detail().unwrap_or_default().to_owned());
    let unreadable = "The log cannot be read at the moment.".to_owned();
    assert_eq!(said(PastError::from(ReadError::Closed).into()), (StatusCode::SERVICE_UNAVAILABLE, unreadable.clone()));
    assert_eq!(
        said(RebuildError::Log(ReadError::Closed).into()),
        (StatusCode::SERVICE_UNAVAILABLE, unreadable.clone())
    );
    let (status, why) = said(PastError::Busy.into());
    assert!(status == StatusCode::SERVICE_UNAVAILABLE && why != unreadable && why.contains("at once"), "{why}");
    let (status, why) = said(PastError::ToCome { pos: 7, head: 3 }.into());
    assert!(status == StatusCode::NOT_FOUND && why.contains("the last change is 3"), "{why}");
    let ended = said(RebuildError::Cancelled.into());
    assert_eq!(ended, (StatusCode::SERVICE_UNAVAILABLE, "The server is shutting down.".to_owned()));
}
