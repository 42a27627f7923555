//! What is to be done next, given what is known: a pure question, asked again before each piece of work.
//!
//! What somebody waits for comes first; then what is quick and tells people most: how long films are, then what they look
//! like, the latest first. Storyboards are for quiet times.

use crate::thumbnails::wanted::Wish;
use events::{RootPath, VideoId};
use projections::{State, Storyboard, Thumbnail, Video};
use std::collections::BTreeSet;

/// After so many failures in a row nobody tries again, until the file changes or a person says so.
pub const TRIES_MAX: u32 = 3;

/// How long to wait after this many failures in a row, in ms: a minute, then a quarter of an hour.
fn back_off_ms(tries: u32) -> i64 {
    if tries < 2 { 60_000 } else { 900_000 }
}

/// One piece of work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Work {
    /// Look at a file from the inside.
    Probe(VideoId),
    /// Make its cover.
    Cover(VideoId),
    /// Make its storyboard.
    Storyboard(VideoId),
}

impl Work {
    /// The video it is about.
    #[must_use]
    pub fn video(self) -> VideoId {
        match self {
            Self::Probe(video) | Self::Cover(video) | Self::Storyboard(video) => video,
        }
    }

    /// Its name in `thumbnail_errors.jsonl`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Probe(_) => "probe",
            Self::Cover(_) => "cover",
            Self::Storyboard(_) => "storyboard",
        }
    }
}

/// What the question depends on.
pub struct Situation<'a> {
    /// What is known.
    pub state: &'a State,
    /// What somebody waits for, the latest wish first.
    pub wishes: &'a [Wish],
    /// Covers whose files were there and are gone, of videos that are there.
    pub lost: &'a BTreeSet<VideoId>,
    /// Whether the file of a storyboard that was made is gone.
    pub sheet_lost: &'a dyn Fn(VideoId) -> bool,
    /// Whether a library folder is as it is known to be; in one that cannot be read, or is not looked at, there is nothing
    /// to be done.
    pub at_hand: &'a dyn Fn(&RootPath) -> bool,
    /// Whether somebody works on a video already, or it cannot be worked on for now.
    pub taken: &'a dyn Fn(VideoId) -> bool,
    /// Whether there is room for pictures; looking into files needs none.
    pub room: bool,
    /// Whether there is time for what nobody waits for.
    pub quiet: bool,
    /// The time, ms since the epoch.
    pub now_ms: i64,
}

impl Situation<'_> {
    /// What is to be done next, if anything.
    #[must_use]
    pub fn next(&self) -> Option<Work> {
        let pictures = self.state.thumbnails();
        let unprobed = || {
            let unprobed = self.state.videos().unprobed() - pictures.failed();
            self.latest(unprobed.iter(), Work::Probe)
        };
        if !self.room {
            return unprobed();
        }
        let pending = pictures.pending();
        let wished = self.wishes.iter().filter_map(|wish| self.wished(*wish, &|video| pending.contains(video.get())));
        let due = || self.latest(pictures.failed().iter().filter(|number| self.due(*number)), Work::Cover);
        let lost = || self.lost.iter().copied().map(Work::Cover).find(|work| self.free(*work));
        wished
            .into_iter()
            .find(|work| self.free(*work))
            .or_else(unprobed)
            .or_else(|| self.latest(pending.iter(), Work::Cover))
            .or_else(due)
            .or_else(lost)
            .or_else(|| {
                if self.quiet { self.latest(pictures.pending_storyboards().iter(), Work::Storyboard) } else { None }
            })
    }

    /// What a wish leads to; nothing where it is fulfilled or cannot be.
    fn wished(&self, wish: Wish, pending: &dyn Fn(VideoId) -> bool) -> Option<Work> {
        let pictures = self.state.thumbnails();
        match wish {
            Wish::Cover(video) => {
                let wanted = pending(video) || self.lost.contains(&video);
                wanted.then_some(Work::Cover(video))
            }
            Wish::Storyboard(video) => {
                let wanted = match pictures.storyboard(video) {
                    Storyboard::Missing => matches!(pictures.get(video), Thumbnail::Made(_)),
                    Storyboard::Made(_) => (self.sheet_lost)(video),
                    Storyboard::Failed => false,
                };
                wanted.then_some(Work::Storyboard(video))
            }
        }
    }

    /// Whether the cover of this video failed and is to be tried again by now.
    fn due(&self, number: u32) -> bool {
        match VideoId::new(number).ok().map(|video| self.state.thumbnails().get(video)) {
            Some(Thumbnail::Failed(failure)) => {
                failure.tries < TRIES_MAX && failure.failed_at_ms + back_off_ms(failure.tries) <= self.now_ms
            }
            Some(Thumbnail::Missing | Thumbnail::Made(_)) | None => false,
        }
    }

    /// The same work on the latest of `videos` that can be worked on.
    fn latest(&self, videos: impl DoubleEndedIterator<Item = u32>, work: fn(VideoId) -> Work) -> Option<Work> {
        videos.rev().filter_map(|number| VideoId::new(number).ok()).map(work).find(|work| self.free(*work))
    }

    /// Whether a file can be worked on: it is there, it rests, and nobody else works on it.
    fn free(&self, work: Work) -> bool {
        let video = self.state.videos().get(work.video());
        let ready = |video: &Video| video.present() && video.fingerprint.is_some() && (self.at_hand)(&video.root);
        video.is_some_and(ready) && !(self.taken)(work.video())
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;
    use events::event::{Details, Thumbnail as Picture, Video as File};
    use events::values::{ContentId, Preview};
    use events::{Actor, Cause, CommandId, Event, Fingerprint, MediaPath, Recorded, RootPath};

    const NOW_MS: i64 = 10_000_000;

    fn id(number: u32) -> VideoId {
        VideoId::new(number).unwrap()
    }

    fn found(number: u32) -> Event {
        Event::Video(File::Found {
            video: id(number),
            root: RootPath::new("/videos"),
            path: MediaPath::new(format!("{number}.mp4")).unwrap(),
            size_bytes: 1,
            modified_at_ms: 0,
            fingerprint: Some(Fingerprint { size_bytes: 1, hash: u128::from(number) }),
            added_at_ms: 0,
        })
    }

    fn probed(number: u32) -> Event {
        let (video_codec, audio_codec, details) = ("avc1".into(), String::new(), Details::default());
        let (width, height, duration_ms) = (16, 9, 1_000);
        Event::Video(File::Probed { video: id(number), duration_ms, width, height, video_codec, audio_codec, details })
    }

    fn made(number: u32) -> Event {
        let (cover, preview, decoder) = (ContentId(1), Preview::default(), "h264".into());
        Event::Thumbnail(Picture::Made { video: id(number), cover, decoder, position_ms: 0, preview, took_ms: 1 })
    }

    fn failed(number: u32) -> Event {
        let (stage, reason, decoder) = ("decode".into(), "broken".into(), "h264".into());
        Event::Thumbnail(Picture::Failed { video: id(number), stage, reason, decoder })
    }

    fn state(events: impl IntoIterator<Item = Event>) -> State {
        let mut state = State::default();
        for (pos, event) in (1..).zip(events) {
            state.apply(&Recorded {
                pos,
                recorded_at_ms: NOW_MS,
                occurred_at_ms: NOW_MS,
                batch: pos,
                cause: Cause::Worker,
                actor: Actor(0),
                command_id: CommandId::default(),
                caused_by: 0,
                event,
            });
        }
        state
    }

    fn next(state: &State, wishes: &[Wish]) -> Option<Work> {
        at(state, wishes, NOW_MS, true)
    }

    fn at(state: &State, wishes: &[Wish], now_ms: i64, quiet: bool) -> Option<Work> {
        let lost = BTreeSet::new();
        let (sheet_lost, taken, at_hand) = (|_| false, |_| false, |root: &RootPath| *root == RootPath::new("/videos"));
        Situation {
            state,
            wishes,
            lost: &lost,
            sheet_lost: &sheet_lost,
            at_hand: &at_hand,
            taken: &taken,
            room: true,
            quiet,
            now_ms,
        }
        .next()
    }

    #[test]
    fn lengths_come_first_then_covers_then_storyboards_and_the_latest_before_others() {
        let mut events = vec![found(1), found(2)];
        assert_eq!(next(&state(events.clone()), &[]), Some(Work::Probe(id(2))));
        events.extend([probed(2), probed(1)]);
        assert_eq!(next(&state(events.clone()), &[]), Some(Work::Cover(id(2))));
        events.extend([made(2), made(1)]);
        assert_eq!(next(&state(events.clone()), &[]), Some(Work::Storyboard(id(2))));
        assert_eq!(at(&state(events), &[], NOW_MS, false), None, "nobody waits for it");
        assert_eq!(next(&State::default(), &[]), None);
    }

    #[test]
    fn without_room_files_are_still_looked_into() {
        let known = state([found(1), found(2), probed(2)]);
        let (lost, no, at_hand) = (BTreeSet::new(), |_| false, |_: &RootPath| true);
        let (wishes, state) = ([Wish::Cover(id(2))], &known);
        let situation = Situation {
            state,
            wishes: &wishes,
            lost: &lost,
            sheet_lost: &no,
            at_hand: &at_hand,
            taken: &no,
            room: false,
            quiet: true,
            now_ms: NOW_MS,
        };
        assert_eq!(situation.next(), Some(Work::Probe(id(1))));
    }

    #[test]
    fn what_somebody_waits_for_comes_before_all_else() {
        let known = state([found(1), found(2), found(3), probed(1), made(1)]);
        assert_eq!(next(&known, &[Wish::Cover(id(2))]), Some(Work::Cover(id(2))));
        assert_eq!(next(&known, &[Wish::Cover(id(1)), Wish::Storyboard(id(1))]), Some(Work::Storyboard(id(1))));
        assert_eq!(next(&known, &[Wish::Storyboard(id(9))]), Some(Work::Probe(id(3))));
    }

    #[test]
    fn a_failure_is_tried_again_later_and_not_for_ever() {
        let mut events = vec![found(1), failed(1)];
        let when = |events: &[Event], later_ms| at(&state(events.to_vec()), &[], NOW_MS + later_ms, true);
        assert_eq!((when(&events, 59_999), when(&events, 60_000)), (None, Some(Work::Cover(id(1)))));
        events.push(failed(1));
        assert_eq!((when(&events, 899_999), when(&events, 900_000)), (None, Some(Work::Cover(id(1)))));
        events.push(failed(1));
        assert_eq!(when(&events, i64::from(u32::MAX)), None);
        events.push(Event::Thumbnail(Picture::Retried { video: id(1) }));
        assert!(when(&events, 0).is_some(), "a person says so");
    }

    #[test]
    fn what_was_lost_is_made_again_and_at_once_if_somebody_waits() {
        let known = state([found(1), found(2), probed(1), made(1)]);
        let lost = BTreeSet::from([id(1)]);
        let (sheet_lost, taken, at_hand) = (|_| false, |video| video == id(2), |_: &RootPath| true);
        let ask = |wishes: &[Wish]| {
            let situation = Situation {
                state: &known,
                wishes,
                lost: &lost,
                sheet_lost: &sheet_lost,
                at_hand: &at_hand,
                taken: &taken,
                room: true,
                quiet: true,
                now_ms: NOW_MS,
            };
            situation.next()
        };
        assert_eq!(ask(&[]), Some(Work::Cover(id(1))), "the other one is taken");
        assert_eq!(ask(&[Wish::Cover(id(1))]), Some(Work::Cover(id(1))));
    }

    #[test]
    fn nobody_tries_the_files_of_a_folder_that_cannot_be_read() {
        let (video, root, modified_at_ms) = (id(1), RootPath::new("/elsewhere"), 0);
        let path = MediaPath::new("1.mp4").unwrap();
        let moved = Event::Video(File::Moved { video, root, path, modified_at_ms });
        assert_eq!(next(&state([found(1), found(2), moved]), &[Wish::Cover(id(1))]), Some(Work::Probe(id(2))));
    }

    #[test]
    fn a_file_that_is_away_or_still_growing_is_left_alone() {
        let growing = Event::Video(File::Changed { video: id(1), size_bytes: 2, modified_at_ms: 0, fingerprint: None });
        assert_eq!(next(&state([found(1), growing]), &[Wish::Cover(id(1))]), None);
        assert_eq!(next(&state([found(1), Event::Video(File::Vanished { video: id(1) })]), &[]), None);
    }
}
