//! Which videos have a cover and a storyboard, and where making one failed. What is neither is work to be done: this
//! projection is the queue.
//!
//! When to try again is not decided here; the job that tries knows its patience.

mod encoding;

use std::collections::BTreeMap;
use std::sync::Arc;

use events::event::{SheetLayout, Thumbnail as Happened};
use events::values::{ContentId, Preview};
use events::{Recorded, VideoId};
use roaring::RoaringBitmap;

use crate::bits::mark;
use crate::bytes::{Decoder, Encoder};
use crate::column::Column;

/// What became of the cover of a video.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Thumbnail {
    /// Nobody has tried yet, or the file has other content since.
    #[default]
    Missing,
    /// There is one.
    Made(Arc<Cover>),
    /// It could not be made.
    Failed(Arc<Failure>),
}

/// The cover of a video.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cover {
    /// The address of the picture.
    pub id: ContentId,
    /// Where in the film it is, in ms.
    pub position_ms: u64,
    /// What stands for it until it is there.
    pub preview: Preview,
}

/// Why there is no cover.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// How often it failed in a row.
    pub tries: u32,
    /// How far it got the last time: `open`, `probe`, `decode`, `encode` or `store`.
    pub stage: String,
    /// Why it failed the last time, in words.
    pub reason: String,
    /// What tried the last time.
    pub decoder: String,
    /// When it failed the last time, ms since the epoch.
    pub failed_at_ms: i64,
}

/// What became of the small pictures from all over a film.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Storyboard {
    /// Nobody has tried yet, or the file has other content since.
    #[default]
    Missing,
    /// There is one.
    Made(Arc<Sheet>),
    /// It could not be made.
    Failed,
}

/// One picture of many small ones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sheet {
    /// The address of the picture.
    pub id: ContentId,
    /// What is where on it.
    pub layout: SheetLayout,
}

/// How often one decoder was of use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Covers it made.
    pub covers: u64,
    /// How long those took in all, in ms.
    pub covers_ms: u64,
    /// Storyboards it made.
    pub storyboards: u64,
    /// How long those took in all, in ms.
    pub storyboards_ms: u64,
    /// How often it failed.
    pub failures: u64,
}

/// What is known about the pictures of one video.
#[derive(Clone, Debug, Default, PartialEq)]
struct Pictures {
    thumbnail: Thumbnail,
    storyboard: Storyboard,
    chosen_ms: Option<u64>,
    /// People want another cover than the one there is.
    due: bool,
}

/// The facts about pictures.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct ThumbnailFacts {
    of: Column<Pictures>,
    made: Arc<RoaringBitmap>,
    failed: Arc<RoaringBitmap>,
    due: Arc<RoaringBitmap>,
    /// The videos whose storyboard was made or cannot be.
    storyboards: Arc<RoaringBitmap>,
    tallies: Arc<BTreeMap<String, Tally>>,
}

impl ThumbnailFacts {
    pub(crate) fn apply(&mut self, happened: &Happened, recorded: &Recorded) {
        let video = happened.video();
        match happened {
            Happened::Made { video: _, cover, decoder, position_ms, preview, took_ms } => {
                self.tally(decoder, |tally| {
                    (tally.covers, tally.covers_ms) = (tally.covers + 1, tally.covers_ms.saturating_add(*took_ms))
                });
                let cover = Cover { id: *cover, position_ms: *position_ms, preview: *preview };
                self.update(video, |known| {
                    known.thumbnail = Thumbnail::Made(Arc::new(cover));
                    known.due = false;
                });
            }
            Happened::Failed { video: _, stage, reason, decoder } => {
                self.tally(decoder, |tally| tally.failures += 1);
                let (stage, reason, decoder) = (stage.clone(), reason.clone(), decoder.clone());
                let failed_at_ms = recorded.occurred_at_ms;
                self.update(video, |known| {
                    let tries = match &known.thumbnail {
                        // A cover that is there is better than none, even where people want another one.
                        Thumbnail::Made(_) => return known.due = false,
                        Thumbnail::Failed(failure) => failure.tries.saturating_add(1),
                        Thumbnail::Missing => 1,
                    };
                    known.thumbnail =
                        Thumbnail::Failed(Arc::new(Failure { tries, stage, reason, decoder, failed_at_ms }));
                });
            }
            Happened::StoryboardMade { video: _, sheet, layout, decoder, took_ms } => {
                self.tally(decoder, |tally| {
                    tally.storyboards += 1;
                    tally.storyboards_ms = tally.storyboards_ms.saturating_add(*took_ms);
                });
                let sheet = Sheet { id: *sheet, layout: *layout };
                self.update(video, |known| known.storyboard = Storyboard::Made(Arc::new(sheet)));
            }
            Happened::StoryboardFailed { video: _, reason: _, decoder } => {
                self.tally(decoder, |tally| tally.failures += 1);
                self.update(video, |known| known.storyboard = Storyboard::Failed);
            }
            Happened::Chosen { video: _, position_ms } => self.choose(video, Some(*position_ms)),
            Happened::Automatic { video: _ } => self.choose(video, None),
            Happened::Retried { video: _ } => self.update(video, |known| {
                if matches!(known.thumbnail, Thumbnail::Failed(_)) {
                    known.thumbnail = Thumbnail::Missing;
                }
                if known.storyboard == Storyboard::Failed {
                    known.storyboard = Storyboard::Missing;
                }
            }),
        }
    }

    fn choose(&mut self, video: VideoId, position_ms: Option<u64>) {
        self.update(video, |known| {
            known.chosen_ms = position_ms;
            known.due = matches!(known.thumbnail, Thumbnail::Made(_));
            // Who wants another picture wants it tried.
            if matches!(known.thumbnail, Thumbnail::Failed(_)) {
                known.thumbnail = Thumbnail::Missing;
            }
        });
    }

    /// Whether there is a cover.
    pub(crate) fn made(&self, video: VideoId) -> bool {
        self.made.contains(video.get())
    }

    /// The file has other content: its pictures show something else.
    pub(crate) fn outdate(&mut self, video: VideoId) {
        if self.of.get(video).is_some_and(|known| *known != Pictures::default()) {
            self.update(video, |known| *known = Pictures::default());
        }
    }

    fn tally(&mut self, decoder: &str, change: impl FnOnce(&mut Tally)) {
        let tallies = Arc::make_mut(&mut self.tallies);
        match tallies.get_mut(decoder) {
            Some(tally) => change(tally),
            None => change(tallies.entry(decoder.to_owned()).or_default()),
        }
    }

    fn update(&mut self, video: VideoId, change: impl FnOnce(&mut Pictures)) {
        let Self { of, made, failed, due, storyboards, tallies: _ } = self;
        of.update(video, |known| {
            change(known);
            mark(made, video.get(), matches!(known.thumbnail, Thumbnail::Made(_)));
            mark(failed, video.get(), matches!(known.thumbnail, Thumbnail::Failed(_)));
            mark(due, video.get(), known.due);
            mark(storyboards, video.get(), known.storyboard != Storyboard::Missing);
        });
    }

    pub(crate) fn encode(&self, into: &mut Encoder) {
        // The bitmaps say the same as the column.
        let Self { of, made: _, failed: _, due: _, storyboards: _, tallies } = self;
        of.encode(into, |into, Pictures { thumbnail, storyboard, chosen_ms, due }| {
            encoding::encode_thumbnail(thumbnail, into);
            encoding::encode_storyboard(storyboard, into);
            into.option(*chosen_ms, Encoder::number);
            into.number(u64::from(*due));
        });
        into.list(tallies.iter(), |into, (decoder, tally)| {
            let Tally { covers, covers_ms, storyboards, storyboards_ms, failures } = tally;
            into.bytes(decoder.as_bytes());
            [covers, covers_ms, storyboards, storyboards_ms, failures]
                .into_iter()
                .for_each(|number| into.number(*number));
        });
    }

    pub(crate) fn decode(from: &mut Decoder<'_>, videos: usize) -> Option<Self> {
        let of = Column::decode(from, videos, |from| {
            Some(Pictures {
                thumbnail: encoding::decode_thumbnail(from)?,
                storyboard: encoding::decode_storyboard(from)?,
                chosen_ms: from.option(Decoder::number)?,
                due: from.flag()?,
            })
        })?;
        let tallies: BTreeMap<String, Tally> = from.list(|from| {
            let tally = |from: &mut Decoder<'_>| {
                Some(Tally {
                    covers: from.number()?,
                    covers_ms: from.number()?,
                    storyboards: from.number()?,
                    storyboards_ms: from.number()?,
                    failures: from.number()?,
                })
            };
            Some((from.text()?.to_owned(), tally(from)?))
        })?;
        let [made, failed, due, storyboards] = sets(&of).map(Arc::new);
        Some(Self { of, made, failed, due, storyboards, tallies: Arc::new(tallies) })
    }

    /// True if the bitmaps say the same as the column.
    pub(crate) fn consistent(&self) -> bool {
        let Self { of, made, failed, due, storyboards, tallies: _ } = self;
        sets(of) == [made, failed, due, storyboards].map(|set| (**set).clone())
    }
}

/// What the bitmaps are of this column: made, failed, due, storyboards.
fn sets(of: &Column<Pictures>) -> [RoaringBitmap; 4] {
    let with = |test: fn(&Pictures) -> bool| -> RoaringBitmap {
        of.iter().filter(|(_, known)| test(known)).map(|(video, _)| video.get()).collect()
    };
    [
        with(|known| matches!(known.thumbnail, Thumbnail::Made(_))),
        with(|known| matches!(known.thumbnail, Thumbnail::Failed(_))),
        with(|known| known.due),
        with(|known| known.storyboard != Storyboard::Missing),
    ]
}

/// Everything to ask about pictures.
#[derive(Clone, Copy, Debug)]
pub struct Thumbnails<'a> {
    pub(crate) facts: &'a ThumbnailFacts,
    pub(crate) present: &'a RoaringBitmap,
}

impl<'a> Thumbnails<'a> {
    /// What became of the cover of this video.
    #[must_use]
    pub fn get(self, video: VideoId) -> &'a Thumbnail {
        self.facts.of.get(video).map_or(&Thumbnail::Missing, |known| &known.thumbnail)
    }

    /// The cover of this video, if there is one.
    #[must_use]
    pub fn cover(self, video: VideoId) -> Option<&'a Cover> {
        match self.get(video) {
            Thumbnail::Made(cover) => Some(cover),
            Thumbnail::Missing | Thumbnail::Failed(_) => None,
        }
    }

    /// What became of the storyboard of this video.
    #[must_use]
    pub fn storyboard(self, video: VideoId) -> &'a Storyboard {
        self.facts.of.get(video).map_or(&Storyboard::Missing, |known| &known.storyboard)
    }

    /// The storyboard of this video, if there is one.
    #[must_use]
    pub fn sheet(self, video: VideoId) -> Option<&'a Sheet> {
        match self.storyboard(video) {
            Storyboard::Made(sheet) => Some(sheet),
            Storyboard::Missing | Storyboard::Failed => None,
        }
    }

    /// Where in the film people want the cover from, in ms; `None` where the program chooses.
    #[must_use]
    pub fn chosen_ms(self, video: VideoId) -> Option<u64> {
        self.facts.of.get(video).and_then(|known| known.chosen_ms)
    }

    /// The videos that are there and whose cover is to be made: nobody has tried, or people want another one.
    #[must_use]
    pub fn pending(self) -> RoaringBitmap {
        let ThumbnailFacts { made, failed, due, .. } = self.facts;
        (self.present - &**made - &**failed) | (self.present & &**due)
    }

    /// The videos that are there and whose cover could not be made.
    #[must_use]
    pub fn failed(self) -> RoaringBitmap {
        self.present & &*self.facts.failed
    }

    /// How many videos that are there have a cover.
    #[must_use]
    pub fn made(self) -> u64 {
        self.present.intersection_len(&self.facts.made)
    }

    /// The videos that are there, have a cover, and whose storyboard nobody has tried to make.
    #[must_use]
    pub fn pending_storyboards(self) -> RoaringBitmap {
        (self.present & &*self.facts.made) - &*self.facts.storyboards
    }

    /// Every cover there is, also of videos that are missing, in order of video.
    pub fn covers(self) -> impl Iterator<Item = (VideoId, &'a Cover)> {
        let numbers = self.facts.made.iter().filter_map(|number| VideoId::new(number).ok());
        numbers.filter_map(move |video| Some((video, self.cover(video)?)))
    }

    /// How much work is left, in ms of one worker, going by how long such work took so far; `None` while nothing was made
    /// to go by.
    #[must_use]
    pub fn left_ms(self) -> Option<u64> {
        let all = self.facts.tallies.values();
        let sum = |part: fn(&Tally) -> u64| all.clone().map(part).fold(0, u64::saturating_add);
        let left = |count: u64, made: u64, took_ms: u64| match count {
            0 => Some(0),
            _ => Some(count.saturating_mul(took_ms.checked_div(made)?)),
        };
        let covers = left(self.pending().len(), sum(|tally| tally.covers), sum(|tally| tally.covers_ms))?;
        let storyboards = self.pending_storyboards().len();
        let storyboards = left(storyboards, sum(|tally| tally.storyboards), sum(|tally| tally.storyboards_ms))?;
        Some(covers.saturating_add(storyboards))
    }

    /// How often each decoder was of use, by name.
    #[must_use]
    pub fn tallies(self) -> &'a BTreeMap<String, Tally> {
        &self.facts.tallies
    }
}
