//! Videos, ratings, favourites, views, playback, covers and imports: what is known after which events.

use events::event::{Import, Maintenance, Playback, SheetLayout, Thumbnail as Picture};
use events::values::{ContentId, Preview};
use events::{Cause, Event, RootPath};
use projections::{Anomaly, Presence, Progress, Query, State, Tally, Thumbnail, Verified};

use crate::story::*;

fn listed(state: &State) -> Vec<u32> {
    let mut ids: Vec<u32> = state.list(&Query::default()).ids.iter().map(|video| video.get()).collect();
    ids.sort_unstable();
    ids
}

#[test]
fn a_found_video_is_known_by_place_content_and_name() {
    let state = given([found(1, "a/Été.mp4"), found(2, "b/Été.mp4"), found(3, "ÉTÉ.MP4")]);
    let videos = state.videos();
    assert_eq!(videos.get(id(1)).unwrap().title(), "Été");
    assert_eq!(videos.by_place(&root(), &path("a/Été.mp4")), Some(id(1)));
    assert_eq!(videos.by_place(&RootPath::new("/other"), &path("a/Été.mp4")), None);
    assert_eq!(videos.by_fingerprint(&content(2).unwrap()), ids(&[2]));
    assert_eq!(videos.by_file_name("Été.mp4"), ids(&[1, 2]));
    assert_eq!(videos.by_folded_name("e\u{301}t\u{e9}.MP4"), ids(&[1, 2, 3]));
    assert_eq!(videos.in_root(&root()).collect::<Vec<_>>(), ids(&[1, 2, 3]));
    assert_eq!(videos.next_id(), Some(id(4)));
    assert_eq!(videos.get(id(4)), None);
}

#[test]
fn a_move_keeps_everything_and_frees_the_old_place() {
    let state = given([found(1, "a.mp4"), probed(1, 9), rated(1, 4), tagged(1, "x"), moved(1, "b/c.mp4")]);
    let videos = state.videos();
    assert_eq!(videos.by_place(&root(), &path("a.mp4")), None);
    assert_eq!(videos.by_place(&root(), &path("b/c.mp4")), Some(id(1)));
    assert_eq!(videos.by_file_name("a.mp4"), []);
    assert_eq!(videos.get(id(1)).unwrap().title(), "c");
    assert_eq!(videos.get(id(1)).unwrap().duration_ms, Some(9));
    assert_eq!(state.ratings().get(id(1)).unwrap().stars, stars(4));
    assert_eq!(state.tags().of(id(1)), [&tag("x")]);
}

#[test]
fn a_vanished_video_is_hidden_and_returns_with_everything() {
    let before = given([found(1, "a.mp4"), found(2, "b.mp4"), rated(1, 5), liked(1), tagged(1, "x"), watched(1)]);
    let state = then(before, [vanished(1)]);
    assert_eq!(listed(&state), [2]);
    assert_eq!(state.videos().get(id(1)).unwrap().presence, Presence::Missing { since_ms: at(7) });
    assert_eq!(state.videos().missing().iter().collect::<Vec<_>>(), [1]);
    assert_eq!(state.videos().by_place(&root(), &path("a.mp4")), Some(id(1)));
    assert_eq!(state.tags().all(), []);
    let again = then(state.clone(), [vanished(1)]);
    assert_eq!(
        again.videos().get(id(1)).unwrap().presence,
        Presence::Missing { since_ms: at(7) },
        "the first time counts"
    );
    let state = then(state, [returned(1, "c.mp4", content(1))]);
    assert_eq!(listed(&state), [1, 2]);
    assert_eq!(state.ratings().get(id(1)).unwrap().stars, stars(5));
    assert!(state.favorites().contains(id(1)));
    assert_eq!(state.views().get(id(1)).count, 1);
    assert_eq!(state.tags().all(), [(&tag("x"), 1)]);
}

#[test]
fn a_record_without_a_file_is_missing_until_the_file_turns_up() {
    let state = given([found_in(1, RootPath::default(), "a.mp4"), rated(1, 3)]);
    assert_eq!(listed(&state), [0; 0]);
    assert_eq!(state.videos().by_place(&RootPath::default(), &path("a.mp4")), Some(id(1)));
    let state = then(state, [returned(1, "sub/a.mp4", content(7))]);
    assert_eq!(listed(&state), [1]);
    assert_eq!(state.videos().by_place(&root(), &path("sub/a.mp4")), Some(id(1)));
    assert_eq!(state.ratings().get(id(1)).unwrap().stars, stars(3));
}

#[test]
fn the_video_that_is_there_wins_a_place() {
    let state = given([found(1, "a.mp4"), vanished(1), found(2, "a.mp4"), vanished(2)]);
    assert_eq!(state.videos().by_place(&root(), &path("a.mp4")), Some(id(2)), "the last one of the missing");
    let state = then(state, [returned(1, "a.mp4", content(1))]);
    assert_eq!(state.videos().by_place(&root(), &path("a.mp4")), Some(id(1)), "the one that is there");
}

#[test]
fn a_forgotten_video_is_gone_for_good_and_its_number_too() {
    let state = given([found(1, "a.mp4"), tagged(1, "x"), liked(1), rated(1, 5), found(2, "b.mp4"), forgotten(1)]);
    assert_eq!(listed(&state), [2]);
    assert!(state.videos().missing().is_empty());
    assert_eq!(state.videos().by_place(&root(), &path("a.mp4")), None);
    assert_eq!(state.videos().by_fingerprint(&content(1).unwrap()), []);
    assert_eq!(state.tags().all(), []);
    assert_eq!(state.videos().next_id(), Some(id(3)));
    let state = then(state, [returned(1, "a.mp4", None), rated(1, 2), found(1, "a.mp4"), found(3, "a.mp4")]);
    assert_eq!(listed(&state), [2, 3]);
    assert_eq!(state.anomalies(), 3);
    assert_eq!(state.first_anomaly(), Some((7, Anomaly::ForgottenVideo)));
}

#[test]
fn a_remembered_video_is_missing_with_all_it_had_and_comes_back_with_its_file() {
    let state = given([found(1, "a.mp4"), tagged(1, "x"), liked(1), forgotten(1), remembered(1), remembered(1)]);
    assert_eq!((state.anomalies(), state.check()), (0, Default::default()));
    assert_eq!(state.videos().missing().iter().collect::<Vec<_>>(), [1]);
    assert_eq!(state.videos().get(id(1)).unwrap().presence, Presence::Missing { since_ms: at(5) });
    let state = then(state, [rated(1, 2), returned(1, "a.mp4", None)]);
    assert_eq!((listed(&state), state.anomalies()), (vec![1], 0));
    assert!(state.favorites().contains(id(1)) && state.tags().has(id(1), &tag("x")));
    assert_eq!(given([remembered(1)]).first_anomaly(), Some((1, Anomaly::UnknownVideo)));
}

#[test]
fn other_content_needs_another_probe_and_cover() {
    let state = given([found(1, "a.mp4"), probed(1, 9), made_cover(3), changed(1, content(1))]);
    assert_eq!(state.videos().get(id(1)).unwrap().duration_ms, Some(9), "only the date of the file changed");
    assert_eq!(state.thumbnails().cover(id(1)).map(|cover| cover.id), Some(ContentId(3)));
    for unlike in [content(2), None] {
        let state = then(state.clone(), [changed(1, unlike)]);
        let video = state.videos().get(id(1)).unwrap();
        assert_eq!((video.duration_ms, video.width, &*video.video_codec), (None, 0, ""));
        assert_eq!(state.thumbnails().cover(id(1)), None);
        assert_eq!(state.thumbnails().pending().iter().collect::<Vec<_>>(), [1]);
    }
}

fn made_cover(cover: u128) -> Event {
    let (preview, decoder) = (Preview::default(), "h264".to_owned());
    let cover = ContentId(cover);
    Event::Thumbnail(Picture::Made { video: id(1), cover, decoder, position_ms: 5, preview, took_ms: 40 })
}

fn made_sheet() -> Event {
    let (layout, decoder) = (SheetLayout::default(), "h264".to_owned());
    Event::Thumbnail(Picture::StoryboardMade { video: id(1), sheet: ContentId(9), layout, decoder, took_ms: 400 })
}

#[test]
fn covers_are_pending_made_or_failed() {
    let failed = || {
        let (stage, reason, decoder) = ("decode".into(), "no keyframe".into(), "h264".into());
        Event::Thumbnail(Picture::Failed { video: id(2), stage, reason, decoder })
    };
    let state = given([
        found(1, "a"),
        found(2, "b"),
        found(3, "c"),
        found(4, "d"),
        vanished(4),
        made_cover(3),
        failed(),
        failed(),
    ]);
    let thumbnails = state.thumbnails();
    assert_eq!(thumbnails.pending().iter().collect::<Vec<_>>(), [3]);
    assert_eq!(thumbnails.failed().iter().collect::<Vec<_>>(), [2]);
    assert_eq!(thumbnails.made(), 1);
    let Thumbnail::Failed(failure) = thumbnails.get(id(2)) else { panic!("{:?}", thumbnails.get(id(2))) };
    assert_eq!((failure.tries, failure.stage.as_str(), failure.failed_at_ms), (2, "decode", at(8)));
}

#[test]
fn the_last_rating_stands() {
    let state = given([found(1, "a"), found(2, "b"), rated(1, 3), rated(1, 5), rated(2, 1), unrated(2), unrated(2)]);
    let rating = state.ratings().get(id(1)).unwrap();
    assert_eq!((rating.stars, rating.given_at_ms, rating.cause), (stars(5), at(4), Cause::Viewer));
    assert_eq!(state.ratings().get(id(2)), None);
    assert_eq!(state.anomalies(), 0);
}

#[test]
fn a_favorite_keeps_its_first_date() {
    let state = given([found(1, "a"), liked(1), liked(1)]);
    assert_eq!(state.favorites().added_at_ms(id(1)), Some(at(2)));
    let state = then(state, [unliked(1), unliked(1)]);
    assert!(!state.favorites().contains(id(1)));
    let state = then(state, [liked(1)]);
    assert_eq!(state.favorites().added_at_ms(id(1)), Some(at(6)));
}

#[test]
fn withdrawn_views_count_no_more_and_are_known_as_such() {
    let viewed = |state: &projections::State| {
        let viewed = state.views().get(id(1));
        (viewed.imported, viewed.count, viewed.last_viewed_at_ms, viewed.last_actor.is_some())
    };
    let state = given([found(1, "a"), counted(1, 10, Some(4)), watched(1), watched(1)]);
    assert_eq!(viewed(&state), (10, 12, Some(at(4)), true));
    let state = then(state, [withdrawn(1, 1, Some(at(3)), Some(at(4)))]);
    assert_eq!(viewed(&state), (10, 11, Some(at(4)), true), "the last one is still the last one");
    assert_eq!((state.views().withdrawn(id(1), at(3)), state.views().withdrawn(id(1), at(4))), (1, 0));
    let state = then(state, [withdrawn(1, 9, None, None)]);
    assert_eq!(viewed(&state), (1, 2, None, false));
    let (mut state, mut again) = (state, recorded(7, watched(1)));
    again.occurred_at_ms = at(3);
    state.apply(&again);
    assert_eq!((viewed(&state), state.views().withdrawn(id(1), at(3))), ((1, 3, Some(at(3)), true), 0));
    let state = then(state, [withdrawn(1, u64::MAX, Some(at(9)), None), withdrawn(1, u64::MAX, None, None)]);
    assert_eq!((viewed(&state), state.anomalies()), ((0, 0, None, false), 0), "more than there are is all of them");
}

#[test]
fn imported_view_counts_do_not_add_up_but_own_views_do() {
    let state = given([found(1, "a"), counted(1, 10, Some(4)), watched(1), counted(1, 7, None), watched(1)]);
    let viewed = state.views().get(id(1));
    assert_eq!((viewed.count, viewed.last_viewed_at_ms), (12, Some(at(5))));
    assert_eq!(viewed.last_actor.unwrap().0, 9);
    let state = then(state, [counted(1, 11, Some(at(99)))]);
    assert_eq!((state.views().get(id(1)).count, state.views().get(id(1)).last_viewed_at_ms), (13, Some(at(99))));
}

#[test]
fn playback_goes_on_where_it_stopped_last() {
    let paused = |position_ms| Event::Playback(Playback::Paused { video: id(1), position_ms });
    let state = given([found(1, "a"), paused(10), paused(20)]);
    assert_eq!(state.playback().get(id(1)), Some(Progress::Paused { position_ms: 20, at_ms: at(3) }));
    assert_eq!(state.in_progress(9), [id(1)]);
    assert_eq!(then(state.clone(), [paused(0)]).in_progress(9), [], "a pause that was taken back");
    let state = then(state, [Event::Playback(Playback::Finished { video: id(1) })]);
    assert_eq!(state.playback().get(id(1)), Some(Progress::Finished { at_ms: at(4) }));
}

#[test]
fn imported_records_are_remembered_even_when_they_made_no_sense() {
    let mut state = given([found(1, "a")]);
    let mut import = |event, key| {
        let mut record = recorded(state.pos() + 1, event);
        (record.cause, record.command_id.key) = (Cause::Import, key);
        state.apply(&record);
        record.command_id
    };
    let first = import(Event::Import(Import::Started { source: "old".into() }), 100);
    let second = import(rated(1, 5), 101);
    let third = import(rated(50, 5), 102);
    let keyless = import(rated(1, 4), 0);
    let ended = Event::Import(Import::Finished { accepted: 2, unchanged: 1, rejected: 0 });
    import(ended.clone(), 103);
    import(ended, 104);
    for record in [first, second, third] {
        assert!(state.imports().contains(record));
    }
    assert!(!state.imports().contains(keyless));
    let runs: Vec<_> = state.imports().runs().collect();
    assert_eq!((runs.len(), runs[0].source.as_str(), runs[0].outcome.unwrap().accepted), (1, "old", 2));
    assert_eq!(state.anomalies(), 2, "an unknown video and an end without a beginning");
}

#[test]
fn the_last_verification_that_came_to_an_end_is_known() {
    let (task, other, summary) = ("verify".to_owned(), "rebuild".to_owned(), String::new);
    let mut state = given([]);
    assert_eq!(state.maintenance().verified(), None);
    for (event, expected) in [
        (Maintenance::Done { task: other.clone(), summary: summary() }, None),
        (Maintenance::Cancelled { task: task.clone(), summary: summary() }, None),
        (Maintenance::Done { task: task.clone(), summary: summary() }, Some((3, true))),
        (Maintenance::Failed { task: other, summary: summary() }, Some((3, true))),
        (Maintenance::Failed { task, summary: summary() }, Some((5, false))),
    ] {
        state.apply(&recorded(state.pos() + 1, Event::Maintenance(event)));
        let verified = state.maintenance().verified();
        assert_eq!(verified, expected.map(|(pos, whole)| Verified { at_ms: at(pos), whole }));
    }
}

#[test]
fn positions_come_once_and_gaps_are_noticed() {
    let mut state = given([found(1, "a"), rated(1, 1)]);
    state.apply(&recorded(2, rated(1, 2)));
    assert_eq!((state.ratings().get(id(1)).unwrap().stars, state.anomalies()), (stars(1), 1));
    state.apply(&recorded(9, rated(1, 3)));
    assert_eq!((state.ratings().get(id(1)).unwrap().stars, state.anomalies(), state.pos()), (stars(3), 2, 9));
    assert_eq!(state.recorded_at_ms(), at(9));
}

#[test]
fn what_is_unlike_has_another_digest() {
    let base = || vec![found(1, "a"), found(2, "b")];
    let stories = [
        vec![],
        base(),
        [base(), vec![rated(1, 1)]].concat(),
        [base(), vec![rated(2, 1)]].concat(),
        [base(), vec![liked(1)]].concat(),
        [base(), vec![watched(1)]].concat(),
        [base(), vec![tagged(1, "x")]].concat(),
        [base(), vec![tagged(1, "X")]].concat(),
        [base(), vec![dated(1, 70)]].concat(),
        [base(), vec![probed(1, 5)]].concat(),
        [base(), vec![rated(3, 1)]].concat(),
    ];
    let digests: std::collections::BTreeSet<u64> = stories.iter().map(|story| given(story.clone()).digest()).collect();
    assert_eq!(digests.len(), stories.len());
}

#[test]
fn another_cover_is_made_when_people_want_one_and_the_old_one_shown_until_then() {
    let pending = |state: &State| state.thumbnails().pending().iter().collect::<Vec<_>>();
    let cover = |state: &State| state.thumbnails().cover(id(1)).unwrap().id;
    let state = given([found(1, "a.mp4"), made_cover(3)]);
    assert_eq!((pending(&state), state.thumbnails().chosen_ms(id(1))), (vec![], None));
    let state = then(state, [Event::Thumbnail(Picture::Chosen { video: id(1), position_ms: 7_000 })]);
    assert_eq!((pending(&state), state.thumbnails().chosen_ms(id(1))), (vec![1], Some(7_000)));
    assert_eq!(cover(&state), ContentId(3));
    let state = then(state, [made_cover(4)]);
    assert_eq!((pending(&state), cover(&state)), (vec![], ContentId(4)));
    let state = then(state, [Event::Thumbnail(Picture::Automatic { video: id(1) })]);
    assert_eq!((pending(&state), state.thumbnails().chosen_ms(id(1))), (vec![1], None));
    let (stage, reason, decoder) = ("decode".into(), "no keyframe".into(), "h264".into());
    let state = then(state, [Event::Thumbnail(Picture::Failed { video: id(1), stage, reason, decoder })]);
    assert_eq!((pending(&state), cover(&state)), (vec![], ContentId(4)), "an old cover is better than none");
    let state = then(state, [changed(1, content(2))]);
    assert_eq!((pending(&state), state.thumbnails().cover(id(1))), (vec![1], None));
}

#[test]
fn a_storyboard_is_made_once_a_cover_is_there_and_what_failed_is_tried_again_when_somebody_says_so() {
    let pending = |state: &State| state.thumbnails().pending_storyboards().iter().collect::<Vec<_>>();
    let (reason, decoder) = ("no keyframe".to_owned(), "h264".to_owned());
    let failed = Event::Thumbnail(Picture::StoryboardFailed { video: id(1), reason, decoder });
    let retried = || Event::Thumbnail(Picture::Retried { video: id(1) });
    let state = given([found(1, "a.mp4")]);
    assert!(pending(&state).is_empty());
    let state = then(state, [made_cover(3)]);
    assert_eq!(pending(&state), [1]);
    let state = then(state, [failed]);
    assert_eq!((pending(&state), state.thumbnails().sheet(id(1))), (vec![], None));
    let state = then(state, [retried()]);
    assert_eq!((pending(&state), state.thumbnails().made()), (vec![1], 1), "the cover is kept");
    let state = then(state, [made_sheet(), retried()]);
    assert_eq!((pending(&state), state.thumbnails().sheet(id(1)).unwrap().id), (vec![], ContentId(9)));
    assert_eq!(state.thumbnails().left_ms(), Some(0));
    let more = then(state.clone(), [found(2, "b.mp4"), found(3, "c.mp4")]);
    assert_eq!(more.thumbnails().left_ms(), Some(2 * 40), "as long as the one before");
    assert_eq!(given([found(1, "a.mp4")]).thumbnails().left_ms(), None, "nobody knows yet");
    let tally = state.thumbnails().tallies()["h264"];
    let expected = Tally { covers: 1, covers_ms: 40, storyboards: 1, storyboards_ms: 400, failures: 1 };
    assert_eq!(tally, expected);
}

#[test]
fn only_what_this_program_read_itself_counts_as_probed() {
    let unprobed = |state: &State| state.videos().unprobed().iter().collect::<Vec<_>>();
    let state = given([found(1, "a.mp4"), found(2, "b.mp4"), probed(1, 9)]);
    assert_eq!(unprobed(&state), [1, 2], "an older catalogue said so");
    let mut state = state;
    state.apply(&events::Recorded { cause: Cause::Worker, ..recorded(state.pos() + 1, probed(1, 9)) });
    assert_eq!(unprobed(&state), [2]);
    assert_eq!(unprobed(&then(state, [changed(1, content(2))])), [1, 2]);
}

#[test]
fn a_file_that_shows_a_picture_and_cannot_be_probed_is_not_probed_for_ever() {
    let unprobed = |state: &State| state.videos().unprobed().iter().collect::<Vec<_>>();
    let failed = || {
        let (stage, reason, decoder) = ("probe".into(), "no film is that long".into(), "h264".into());
        Event::Thumbnail(Picture::Failed { video: id(1), stage, reason, decoder })
    };
    let state = given([found(1, "a.mp4"), failed(), made_cover(3)]);
    assert_eq!(unprobed(&state), [1], "it is worth another try");
    let state = then(state, [failed()]);
    assert!(unprobed(&state).is_empty());
    assert_eq!(unprobed(&then(state.clone(), [Event::Thumbnail(Picture::Retried { video: id(1) })])), [1]);
    assert_eq!(unprobed(&then(state, [changed(1, content(2))])), [1]);
}

#[test]
fn who_chooses_a_cover_where_none_could_be_made_has_it_tried() {
    let (stage, reason, decoder) = ("decode".into(), "no keyframe".into(), "h264".into());
    let failed = Event::Thumbnail(Picture::Failed { video: id(1), stage, reason, decoder });
    let state = given([found(1, "a.mp4"), failed]);
    assert!(state.thumbnails().pending().is_empty());
    let state = then(state, [Event::Thumbnail(Picture::Chosen { video: id(1), position_ms: 7_000 })]);
    assert!(state.thumbnails().pending().contains(1));
}
