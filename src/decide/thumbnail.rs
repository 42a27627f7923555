//! Rules for what is known of a file from the inside and for the pictures made of it: what a worker found out counts as
//! long as the file is still the one it looked at, and a person may choose the cover.

use super::{Decision, Rejected, known};
use events::event::{Captions, Chapter, Details, SheetLayout, Thumbnail, Video};
use events::values::{ContentId, Preview};
use events::{Event, Fingerprint, VideoId};
use projections::{State, Video as KnownVideo};
use projections::{Storyboard, Thumbnail as Known};
use std::collections::BTreeSet;

/// How long a text from a file or a decoder may be, in characters.
const MAX_CHARS: usize = 300;
/// How many chapters or captions of one file are kept ...
const MAX_PARTS: usize = 500;
/// ... and how many bytes they may take in all: an event has at most 64 KiB.
const MAX_PARTS_BYTES: usize = 32 << 10;

/// What a worker found out about a file, or made of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Work {
    /// Which video.
    pub video: VideoId,
    /// The content it looked at.
    pub content: Option<Fingerprint>,
    /// Where in the film people wanted the cover from when it began, in ms.
    pub chosen_ms: Option<u64>,
    /// What came of it.
    pub outcome: Outcome,
}

/// What came of looking at a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is known from the inside.
    Probed {
        /// Playing time.
        duration_ms: u64,
        /// Displayed width in pixels.
        width: u32,
        /// Displayed height in pixels.
        height: u32,
        /// RFC 6381 codec string of the picture, empty if there is none.
        video_codec: String,
        /// RFC 6381 codec string of the sound, empty if there is none.
        audio_codec: String,
        /// The finer facts.
        details: Details,
    },
    /// There is a cover now.
    Cover {
        /// Its address.
        id: ContentId,
        /// Where in the film it is.
        position_ms: u64,
        /// What stands for it until it is there.
        preview: Preview,
        /// What decoded it.
        decoder: String,
        /// How long that took.
        took_ms: u64,
    },
    /// There is a storyboard now.
    Storyboard {
        /// The address of the sheet.
        id: ContentId,
        /// What is where on it.
        layout: SheetLayout,
        /// What decoded it.
        decoder: String,
        /// How long that took.
        took_ms: u64,
    },
    /// It could not be read, or no cover made.
    NoCover {
        /// How far it got.
        stage: String,
        /// Why, in words.
        reason: String,
        /// What tried.
        decoder: String,
    },
    /// No storyboard could be made.
    NoStoryboard {
        /// Why, in words.
        reason: String,
        /// What tried.
        decoder: String,
    },
}

/// What `works`, each on another video, lead to.
pub(super) fn done(state: &State, works: &[Work]) -> Vec<Event> {
    works.iter().filter_map(|work| one_done(state, work)).collect()
}

/// What one piece of work leads to. Nothing where the video was forgotten meanwhile, or its file is another one by now: its
/// pictures are to be made anew anyway.
fn one_done(state: &State, work: &Work) -> Option<Event> {
    if state.videos().get(work.video).is_none_or(|file| file.fingerprint != work.content) {
        return None;
    }
    let video = work.video;
    let pictures = state.thumbnails();
    let about_cover = matches!(work.outcome, Outcome::Cover { .. } | Outcome::NoCover { .. });
    if about_cover && pictures.chosen_ms(video) != work.chosen_ms {
        // People want another one by now, and it is still to be made.
        return None;
    }
    let event = match &work.outcome {
        Outcome::Probed { duration_ms, width, height, video_codec, audio_codec, details } => {
            if !state.videos().unprobed().contains(video.get()) {
                return None;
            }
            let (video_codec, audio_codec) = (short(video_codec), short(audio_codec));
            let (duration_ms, width, height, details) = (*duration_ms, *width, *height, bounded(details));
            Event::Video(Video::Probed { video, duration_ms, width, height, video_codec, audio_codec, details })
        }
        Outcome::Cover { id, position_ms, preview, decoder, took_ms } => {
            let same = pictures.cover(video).is_some_and(|cover| cover.id == *id);
            if same && !pictures.pending().contains(video.get()) {
                return None;
            }
            let (cover, decoder) = (*id, short(decoder));
            let (position_ms, preview, took_ms) = (*position_ms, *preview, *took_ms);
            Event::Thumbnail(Thumbnail::Made { video, cover, decoder, position_ms, preview, took_ms })
        }
        Outcome::Storyboard { id, layout, decoder, took_ms } => {
            if pictures.sheet(video).is_some_and(|sheet| sheet.id == *id) {
                return None;
            }
            let (sheet, layout, decoder, took_ms) = (*id, *layout, short(decoder), *took_ms);
            Event::Thumbnail(Thumbnail::StoryboardMade { video, sheet, layout, decoder, took_ms })
        }
        Outcome::NoCover { stage, reason, decoder } => {
            let made = matches!(pictures.get(video), Known::Made(_));
            let waiting = pictures.pending().contains(video.get()) || state.videos().unprobed().contains(video.get());
            if made && !waiting {
                // Its file was lost and cannot be made again: what is known of it is as true as before.
                return None;
            }
            let (stage, reason, decoder) = (short(stage), short(reason), short(decoder));
            Event::Thumbnail(Thumbnail::Failed { video, stage, reason, decoder })
        }
        Outcome::NoStoryboard { reason, decoder } => {
            let (reason, decoder) = (short(reason), short(decoder));
            Event::Thumbnail(Thumbnail::StoryboardFailed { video, reason, decoder })
        }
    };
    Some(event)
}

/// A person wants the picture at `position_ms` as the cover; `None` leaves the choice to the program again.
pub(super) fn choose(state: &State, video: VideoId, position_ms: Option<u64>) -> Result<Vec<Event>, Rejected> {
    known(state, video)?;
    let longest = state.videos().get(video).and_then(duration_ms);
    let position_ms = position_ms.map(|at| longest.map_or(at, |longest| at.min(longest)));
    if state.thumbnails().chosen_ms(video) == position_ms {
        return Ok(vec![]);
    }
    let event = match position_ms {
        Some(position_ms) => Thumbnail::Chosen { video, position_ms },
        None => Thumbnail::Automatic { video },
    };
    Ok(vec![Event::Thumbnail(event)])
}

/// A person wants what failed to be tried again; those of `videos` where nothing failed are skipped.
pub(super) fn retry(state: &State, videos: &[VideoId]) -> Decision {
    let pictures = state.thumbnails();
    let failed = |video: &VideoId| {
        *pictures.storyboard(*video) == Storyboard::Failed || matches!(pictures.get(*video), Known::Failed(_))
    };
    let asked: BTreeSet<VideoId> = videos.iter().copied().collect();
    let again: Vec<VideoId> = asked.iter().copied().filter(failed).collect();
    let skipped = (asked.len() - again.len()) as u64;
    let events = again.into_iter().map(|video| Event::Thumbnail(Thumbnail::Retried { video })).collect();
    Decision { events, skipped, ..Decision::default() }
}

fn duration_ms(video: &KnownVideo) -> Option<u64> {
    video.duration_ms.filter(|duration_ms| *duration_ms > 0)
}

/// What a file says about itself, as far as anybody wants to read it.
fn bounded(details: &Details) -> Details {
    let mut left = MAX_PARTS_BYTES;
    // Besides its texts, each takes a few numbers.
    let mut fits = |texts: usize| left.checked_sub(texts + 16).inspect(|rest| left = *rest).is_some();
    let words = |words: &Captions| Captions {
        track: words.track,
        language: short(&words.language),
        title: short(&words.title),
    };
    let chapter = |chapter: &Chapter| Chapter { start_ms: chapter.start_ms, title: short(&chapter.title) };
    let captions = details.captions.iter().take(MAX_PARTS).map(words);
    let captions = captions.take_while(|words| fits(words.language.len() + words.title.len())).collect();
    let chapters = details.chapters.iter().take(MAX_PARTS).map(chapter);
    let chapters = chapters.take_while(|chapter| fits(chapter.title.len())).collect();
    Details { chapters, captions, ..details.clone() }
}

/// A text on one line, without what a terminal would obey, and not for ever.
fn short(text: &str) -> String {
    let plain = text.chars().map(|letter| if letter.is_control() { ' ' } else { letter });
    plain.take(MAX_CHARS).collect::<String>().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::super::given::{found, state, video};
    use super::*;
    use std::slice::from_ref;

    fn work(outcome: Outcome) -> Work {
        Work { video: video(1), content: None, chosen_ms: None, outcome }
    }

    fn cover(id: u128) -> Work {
        let (preview, decoder) = (Preview::default(), "h264".to_owned());
        work(Outcome::Cover { id: ContentId(id), position_ms: 3_000, preview, decoder, took_ms: 9 })
    }

    fn failed() -> Work {
        let (stage, decoder) = ("decode".into(), "h264".into());
        work(Outcome::NoCover { stage, reason: "broken\nat \u{1b}[31m7".into(), decoder })
    }

    /// A video, and what came of this work on it.
    fn after(works: &[Work]) -> State {
        let mut events = vec![found(1, "a.mp4"), found(2, "b.mp4")];
        for work in works {
            events.extend(done(&state(events.clone()), from_ref(work)));
        }
        state(events)
    }

    #[test]
    fn what_was_made_of_a_file_that_is_another_one_by_now_is_forgotten() {
        let known = after(&[]);
        let other = Work { content: Some(Fingerprint { size_bytes: 1, hash: 2 }), ..cover(1) };
        let gone = Work { video: video(9), ..cover(1) };
        let second = Work { video: video(2), ..cover(2) };
        assert_eq!(done(&known, &[other.clone(), gone.clone()]), []);
        assert_eq!(done(&known, &[other, cover(1), gone, second]).len(), 2, "the others count");
    }

    #[test]
    fn the_same_cover_again_is_no_news_unless_somebody_waits_for_it() {
        assert_eq!(done(&after(&[cover(1)]), &[cover(1)]), []);
        assert_eq!(done(&after(&[cover(1)]), &[cover(2)]).len(), 1);
        let events = [found(1, "a.mp4")].into_iter().chain(done(&after(&[]), &[cover(1)]));
        let chosen = choose(&after(&[]), video(1), Some(4_000)).unwrap_or_default();
        let waiting = state(events.chain(chosen));
        assert_eq!(done(&waiting, &[cover(1)]), [], "it was begun before somebody chose another one");
        let wanted = Work { chosen_ms: Some(4_000), ..cover(1) };
        assert_eq!(done(&waiting, &[wanted]).len(), 1);
    }

    #[test]
    fn a_cover_that_was_lost_and_cannot_be_made_again_is_no_news() {
        let (video_codec, audio_codec, details) = (String::new(), String::new(), Details::default());
        let probed = Outcome::Probed { duration_ms: 1, width: 1, height: 1, video_codec, audio_codec, details };
        let mut known = after(&[cover(1)]);
        for event in done(&known, &[work(probed)]) {
            known.apply(&events::Recorded {
                cause: events::Cause::Worker,
                ..super::super::given::recorded(known.pos() + 1, event)
            });
        }
        assert_eq!(done(&known, &[failed()]), []);
    }

    #[test]
    fn what_a_file_says_about_itself_fits_into_an_event() {
        let chapter = |start_ms| Chapter { start_ms, title: "\u{10348}".repeat(200) };
        let words = |track| Captions { track, language: "x".repeat(300), title: "\u{10348}".repeat(200) };
        let chapters = (0..600).map(chapter).collect();
        let details = bounded(&Details { chapters, captions: (0..20).map(words).collect(), ..Details::default() });
        assert_eq!((details.captions.len(), details.chapters.len()), (20, 12));
        let (video_codec, audio_codec) = ("avc1".repeat(75), "mp4a".repeat(75));
        let (width, height, duration_ms) = (16, 9, 10_000);
        let outcome = Outcome::Probed { duration_ms, width, height, video_codec, audio_codec, details };
        let events = done(&after(&[]), &[work(outcome)]);
        let bytes = events.into_iter().map(|event| events::wire::encode(&super::super::given::recorded(3, event)));
        assert!(bytes.into_iter().all(|bytes| bytes.is_ok()));
    }

    #[test]
    fn a_reason_is_one_short_line() {
        let events = done(&after(&[]), &[failed()]);
        let [Event::Thumbnail(Thumbnail::Failed { reason, .. })] = events.as_slice() else {
            unreachable!("{events:?}")
        };
        assert_eq!(reason, "broken at  [31m7");
        assert_eq!(short(&"ß".repeat(1_000)).chars().count(), MAX_CHARS);
    }

    #[test]
    fn a_cover_is_chosen_once_and_never_beyond_the_end() {
        let (video_codec, audio_codec, details) = ("avc1".to_owned(), String::new(), Details::default());
        let (width, height, duration_ms) = (16, 9, 10_000);
        let probed = work(Outcome::Probed { duration_ms, width, height, video_codec, audio_codec, details });
        let known = after(&[probed]);
        let chosen = |position_ms| vec![Event::Thumbnail(Thumbnail::Chosen { video: video(1), position_ms })];
        assert_eq!(choose(&known, video(1), Some(4_000)), Ok(chosen(4_000)));
        assert_eq!(choose(&known, video(1), Some(u64::MAX)), Ok(chosen(10_000)));
        assert_eq!(choose(&known, video(1), None), Ok(vec![]), "the program chooses already");
        assert_eq!(choose(&known, video(9), None), Err(Rejected::NoSuchVideo(video(9))));
    }

    #[test]
    fn only_what_failed_is_tried_again() {
        let known = after(&[failed()]);
        let decision = retry(&known, &[video(1), video(2), video(1), video(9)]);
        assert_eq!(decision.events, [Event::Thumbnail(Thumbnail::Retried { video: video(1) })]);
        assert_eq!(decision.skipped, 2);
    }
}
