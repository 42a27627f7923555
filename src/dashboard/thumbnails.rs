//! The card of the pictures: how many there are, how long they take, and which could not be made, by reason.

use super::traffic::Figures;
use crate::metrics::Report;
use crate::pages::title;
use crate::status::WorkersStatus;
use crate::thumbnails::Store;
use crate::web::time::Time;
use events::VideoId;
use projections::{State, Tally, Thumbnail};
use serde::Serialize;
use std::cmp::Reverse;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// How many videos without a cover are named, in all; `/thumbnails` has the rest.
const NAMED_MAX: usize = 200;
/// How many reasons are told apart. All that is rarer is one more, without a reason of its own.
const REASONS_MAX: usize = 12;

/// The pictures made of videos.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, ToSchema)]
#[schema(as = ThumbnailsCard)]
pub struct Card {
    /// How many videos are there.
    #[schema(example = 312)]
    pub videos: u64,
    /// How many of them have a cover.
    #[schema(example = 300)]
    pub made: u64,
    /// How many covers are to be made.
    #[schema(example = 0)]
    pub pending: u64,
    /// How many storyboards are to be made.
    #[schema(example = 0)]
    pub storyboards_pending: u64,
    /// How long all of that will take, going by how long it took so far; null while there is nothing to go by.
    #[schema(example = 0)]
    pub remaining_ms: Option<u64>,
    /// Why none can be made at the moment.
    #[schema(example = json!(null))]
    pub trouble: Option<String>,
    /// How many make them.
    #[schema(example = 2)]
    pub workers: usize,
    /// How many of those are at work right now.
    #[schema(example = 0)]
    pub working: usize,
    /// What the pictures take on the disk.
    #[schema(example = 31_000_000)]
    pub stored_bytes: u64,
    /// What they may take.
    #[schema(example = 8_589_934_592_u64)]
    pub stored_max_bytes: u64,
    /// How many were deleted since the start to make room for others.
    #[schema(example = 0)]
    pub evicted: u64,
    /// How many videos are there whose cover could not be made.
    #[schema(example = 12)]
    pub failed: u64,
    /// Those by reason, the most frequent first.
    pub reasons: Vec<Reason>,
    /// Of how much use each decoder was, by name.
    pub decoders: Vec<Decoder>,
    /// How long each of these took in the window, in the same order.
    pub timings: Vec<Timing>,
}

/// Why covers could not be made.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, ToSchema)]
pub struct Reason {
    /// In words; null for all reasons that are too rare to stand alone.
    #[schema(example = "moov atom missing")]
    pub reason: Option<String>,
    /// Of how many videos.
    #[schema(example = 12)]
    pub videos: u64,
    /// The last of them, at most 200 over all reasons.
    pub named: Vec<Failure>,
}

/// A video without a cover.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, ToSchema)]
pub struct Failure {
    /// Its number.
    #[schema(example = 42)]
    pub video: u32,
    /// Its title.
    #[schema(example = "Tide pool")]
    pub title: String,
    /// What could not be done.
    #[schema(example = "read")]
    pub stage: String,
    /// Why.
    #[schema(example = "moov atom missing")]
    pub reason: String,
    /// How often that was tried.
    #[schema(example = 1)]
    pub tries: u32,
    /// When last.
    pub failed_at: Time,
}

/// How long a decoder took to make pictures of a file.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, ToSchema)]
pub struct Timing {
    /// Its name.
    #[schema(example = "openh264")]
    pub decoder: String,
    /// How many covers and storyboards it made in the window, and how long they took.
    pub figures: Figures,
}

/// Of how much use a decoder was.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, ToSchema)]
pub struct Decoder {
    /// Its name.
    #[schema(example = "openh264")]
    pub name: String,
    /// How many covers it made.
    #[schema(example = 300)]
    pub covers: u64,
    /// How long one took on average; null before the first.
    #[schema(example = 45)]
    pub cover_average_ms: Option<u64>,
    /// How many storyboards it made.
    #[schema(example = 300)]
    pub storyboards: u64,
    /// How long one took on average; null before the first.
    #[schema(example = 700)]
    pub storyboard_average_ms: Option<u64>,
    /// How often it failed.
    #[schema(example = 12)]
    pub failures: u64,
}

impl Card {
    /// The card of what is known, of those who make pictures, of where these are kept, and of how long that took.
    #[must_use]
    pub fn of(state: &State, workers: WorkersStatus, store: &Store, report: &Report) -> Self {
        let pictures = state.thumbnails();
        let failed = pictures.failed();
        let decoders = Decoder::all(state);
        let timing = |decoder: &Decoder| Timing {
            decoder: decoder.name.clone(),
            figures: Figures::of(&report.pictures(&decoder.name)),
        };
        let hands = workers.total.max(1) as u64;
        Self {
            videos: state.videos().present().len(),
            made: pictures.made(),
            pending: pictures.pending().len(),
            storyboards_pending: pictures.pending_storyboards().len(),
            remaining_ms: pictures.left_ms().map(|left_ms| left_ms / hands),
            trouble: workers.trouble,
            workers: workers.total,
            working: workers.working,
            stored_bytes: store.bytes(),
            stored_max_bytes: store.max_bytes(),
            evicted: store.evicted(),
            failed: failed.len(),
            reasons: reasons(failed.iter().rev().filter_map(|video| Failure::of(state, video))),
            timings: decoders.iter().map(timing).collect(),
            decoders,
        }
    }
}

impl Decoder {
    /// Every one that was ever of use, by name.
    #[must_use]
    pub fn all(state: &State) -> Vec<Self> {
        let of = |(name, tally): (&String, &Tally)| {
            let Tally { covers, covers_ms, storyboards, storyboards_ms, failures } = *tally;
            Self {
                name: name.clone(),
                covers,
                cover_average_ms: covers_ms.checked_div(covers),
                storyboards,
                storyboard_average_ms: storyboards_ms.checked_div(storyboards),
                failures,
            }
        };
        state.thumbnails().tallies().iter().map(of).collect()
    }
}

/// These failures, the last ones first, by reason.
fn reasons(failures: impl Iterator<Item = Failure>) -> Vec<Reason> {
    let mut by_reason: BTreeMap<String, Reason> = BTreeMap::new();
    for (at, failure) in failures.enumerate() {
        let fresh = || Reason { reason: Some(failure.reason.clone()), videos: 0, named: Vec::new() };
        let group = by_reason.entry(failure.reason.clone()).or_insert_with(fresh);
        group.videos += 1;
        if at < NAMED_MAX {
            group.named.push(failure);
        }
    }
    let mut reasons: Vec<Reason> = by_reason.into_values().collect();
    reasons.sort_by_key(|group| Reverse(group.videos));
    if reasons.len() > REASONS_MAX {
        let rare = reasons.split_off(REASONS_MAX - 1);
        let videos = rare.iter().map(|group| group.videos).sum();
        reasons.push(Reason { reason: None, videos, named: rare.into_iter().flat_map(|group| group.named).collect() });
    }
    reasons
}

impl Failure {
    fn of(state: &State, number: u32) -> Option<Self> {
        let video = VideoId::new(number).ok()?;
        match state.thumbnails().get(video) {
            Thumbnail::Failed(failure) => Some(Self {
                video: number,
                title: title(state.videos().get(video)?),
                stage: failure.stage.clone(),
                reason: failure.reason.clone(),
                tries: failure.tries,
                failed_at: Time(failure.failed_at_ms),
            }),
            Thumbnail::Missing | Thumbnail::Made(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failure(video: u32, reason: &str) -> Failure {
        let (title, stage, reason) = ("A".to_owned(), "read".to_owned(), reason.to_owned());
        Failure { video, title, stage, reason, tries: 1, failed_at: Time(0) }
    }

    #[test]
    fn failures_are_grouped_by_reason_the_most_frequent_first() {
        let failures = (0..300).map(|video| failure(video, if video % 3 == 0 { "no index" } else { "no key frame" }));
        let groups = reasons(failures);
        let told: Vec<_> = groups.iter().map(|group| (group.reason.as_deref(), group.videos)).collect();
        assert_eq!(told, [(Some("no key frame"), 200), (Some("no index"), 100)]);
        assert_eq!(groups.iter().map(|group| group.named.len()).sum::<usize>(), NAMED_MAX);
    }

    #[test]
    fn however_many_reasons_there_are_few_are_shown_and_no_video_is_left_out() {
        let groups = reasons((0..1_000).map(|video| failure(video, &format!("at byte {video}"))));
        assert_eq!(groups.len(), REASONS_MAX);
        assert_eq!(groups.iter().map(|group| group.videos).sum::<u64>(), 1_000);
        assert_eq!(groups.last().map(|group| group.reason.as_deref()), Some(None));
        assert!(reasons(std::iter::empty()).is_empty());
    }
}
