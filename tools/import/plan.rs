//! What an import would write: the rules by which old records become events. Pure, a sibling of `decide`.
//!
//! Of several records about one fact the best source wins (database, JSON, sidecar), the largest count
//! of views, and all tags together. What somebody here decided is kept. A record that is in the log
//! already is never written again. Every entry gets exactly one [`Outcome`].

use super::keys;
use super::matching::{self, Meaning};
use super::past::{Past, Touch};
use super::report::{Kept, Outcome, Report};
use super::{groups, lists, videos};
use crate::legacy::{Fact, Kind, Legacy, Record, Reject};
use events::event::{Import, Video};
use events::{CommandId, Event, MediaPath, RootPath, VideoId};
use projections::State;
use std::collections::{HashMap, HashSet};
use unicode_normalization::UnicodeNormalization;

/// An event to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planned {
    /// When it happened, ms since the epoch.
    pub occurred_at_ms: i64,
    /// The key of the record it comes from.
    pub command_id: CommandId,
    /// The event.
    pub event: Event,
}

/// What an import would write, and why not more.
#[derive(Debug, Default)]
pub struct Plan {
    /// The events, bracketed by `Import::Started` and `Import::Finished`; none if there is nothing new.
    pub events: Vec<Planned>,
    /// What becomes of every entry.
    pub report: Report,
}

/// Plans the import of `legacy` into a library that is `state` and has `past`. `now_ms` is the time of
/// the import.
#[must_use]
pub fn plan(state: &State, past: &Past, legacy: &Legacy, now_ms: i64) -> Plan {
    let mut planner = Planner {
        state,
        past,
        legacy,
        now_ms,
        slots: Vec::new(),
        slot_of_name: HashMap::new(),
        next_video: state.videos().next_id().map_or(u32::MAX, VideoId::get),
        written: HashSet::new(),
        events: Vec::new(),
        report: Report::about(legacy),
    };
    planner.group();
    for index in 0..planner.slots.len() {
        videos::plan(&mut planner, index);
    }
    lists::plan(&mut planner);
    groups::plan(&mut planner);
    planner.finish()
}

/// Why a video is not taken in when four billion are.
const NO_NUMBERS: &str = "there are no more numbers for videos";

/// All records about one video.
pub(super) struct Slot {
    pub(super) name: MediaPath,
    pub(super) target: Target,
    /// Indexes into [`Legacy::records`], best source first.
    pub(super) records: Vec<usize>,
}

/// The video a slot is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Target {
    Known(VideoId),
    /// Not known; it gets a number with its first event.
    New,
    /// Nobody can tell which, and why.
    Unclear(String),
}

/// A plan in the making.
pub(super) struct Planner<'a> {
    pub(super) state: &'a State,
    pub(super) past: &'a Past,
    pub(super) legacy: &'a Legacy,
    pub(super) now_ms: i64,
    pub(super) slots: Vec<Slot>,
    pub(super) slot_of_name: HashMap<MediaPath, usize>,
    next_video: u32,
    /// The keys of the records that become events.
    written: HashSet<CommandId>,
    pub(super) events: Vec<Planned>,
    pub(super) report: Report,
}

impl<'a> Planner<'a> {
    /// Finds the video of every name, and brings together what is about the same one.
    fn group(&mut self) {
        let mut sizes: HashMap<&MediaPath, u64> = HashMap::new();
        for record in &self.legacy.records {
            if let Fact::Known { size_bytes: Some(size_bytes), .. } = record.fact {
                sizes.entry(&record.name).or_insert(size_bytes);
            }
        }
        let mut by_video: HashMap<VideoId, usize> = HashMap::new();
        let mut by_new_name: HashMap<Vec<u8>, usize> = HashMap::new();
        let of_records = self.legacy.records.iter().enumerate().map(|(index, record)| (&record.name, Some(index)));
        let of_lists = self.legacy.lists.iter().flat_map(|list| list.items.iter().map(|name| (name, None)));
        for (name, record) in of_records.chain(of_lists) {
            let slot = match self.slot_of_name.get(name) {
                Some(slot) => *slot,
                None => {
                    let next = self.slots.len();
                    let (target, slot) = match matching::meaning(self.state, name, sizes.get(name).copied()) {
                        Meaning::Video(video) => (Target::Known(video), *by_video.entry(video).or_insert(next)),
                        Meaning::Nothing => (Target::New, *by_new_name.entry(normalised(name)).or_insert(next)),
                        Meaning::Unclear(reason) => (Target::Unclear(reason), next),
                    };
                    if slot == next {
                        self.slots.push(Slot { name: name.clone(), target, records: Vec::new() });
                    }
                    self.slot_of_name.insert(name.clone(), slot);
                    slot
                }
            };
            if let Some(slot) = self.slots.get_mut(slot) {
                slot.records.extend(record);
            }
        }
    }

    /// The video of a slot; a new one is found (and missing) from now on. `None` when its name is
    /// unclear, or when there are no more numbers.
    pub(super) fn video(&mut self, slot: usize, key: Option<CommandId>, added_at_ms: Option<i64>) -> Option<VideoId> {
        let slot = self.slots.get_mut(slot)?;
        match slot.target {
            Target::Known(video) => return Some(video),
            Target::Unclear(_) => return None,
            Target::New => {}
        }
        let video = VideoId::new(self.next_video).ok()?;
        self.next_video = self.next_video.checked_add(1)?;
        slot.target = Target::Known(video);
        let added_at_ms = added_at_ms.unwrap_or(self.now_ms);
        let key = key.unwrap_or_else(|| keys::video(&slot.name, None));
        let found = Video::Found {
            video,
            root: RootPath::default(),
            path: slot.name.clone(),
            size_bytes: 0,
            modified_at_ms: 0,
            fingerprint: None,
            added_at_ms,
        };
        self.report.missing_videos += 1;
        self.write(key, added_at_ms, Event::Video(found));
        self.write(key, self.now_ms, Event::Video(Video::Vanished { video }));
        Some(video)
    }

    /// Why [`Planner::video`] gave no video.
    pub(super) fn unclear(&self, slot: usize) -> String {
        match self.slots.get(slot).map(|slot| &slot.target) {
            Some(Target::Unclear(reason)) => reason.clone(),
            Some(Target::Known(_) | Target::New) | None => NO_NUMBERS.to_owned(),
        }
    }

    pub(super) fn write(&mut self, command_id: CommandId, occurred_at_ms: i64, event: Event) {
        self.written.insert(command_id);
        self.events.push(Planned { occurred_at_ms, command_id, event });
    }

    /// True if the record with this key is in the log, or will be.
    pub(super) fn is_written(&self, key: CommandId) -> bool {
        self.state.imports().contains(key) || self.written.contains(&key)
    }

    /// True if somebody here decided this about `video`.
    pub(super) fn touched(&self, touch: &Touch, video: Option<VideoId>) -> bool {
        video.is_some_and(|video| self.past.touched(touch, video))
    }

    pub(super) fn count(&mut self, record: &Record, outcome: Outcome) {
        self.report.count(record.fact.kind(), outcome);
    }

    pub(super) fn keep(&mut self, record: &Record, reason: String) {
        self.count(record, Outcome::Kept);
        let (file, key) = (self.file(record.source), record.name.as_path().display().to_string());
        self.report.kept.push(Kept { file, key, reason });
    }

    pub(super) fn reject(&mut self, kind: Kind, source: usize, key: &MediaPath, reason: &str) {
        let (file, key) = (self.file(source), key.as_path().display().to_string());
        self.report.reject(Reject { file, key, reason: reason.to_owned(), kind });
    }

    pub(super) fn file(&self, source: usize) -> String {
        self.legacy.sources.get(source).map_or(String::new(), |source| source.file.clone())
    }

    fn finish(self) -> Plan {
        let Self { mut events, report, now_ms, .. } = self;
        if !events.is_empty() {
            let total = report.total();
            // One key for both brackets, made of all the keys between them.
            let keys: Vec<u8> = events.iter().flat_map(|planned| planned.command_id.body.to_le_bytes()).collect();
            let command_id = CommandId::new(b"legacy\0import", &keys);
            let bracket = |import| Planned { occurred_at_ms: now_ms, command_id, event: Event::Import(import) };
            events.insert(0, bracket(Import::Started { source: report.sources.join(", ") }));
            events.push(bracket(Import::Finished {
                accepted: total.accepted,
                unchanged: total.unchanged + total.kept + total.overruled,
                rejected: total.rejected,
            }));
        }
        Plan { events, report }
    }
}

/// What makes two names of unknown files the same: one catalogue may have been written on a machine
/// that composes letters, the other on one that does not. Case tells files apart.
fn normalised(name: &MediaPath) -> Vec<u8> {
    match name.as_path().to_str() {
        Some(text) => text.nfc().collect::<String>().into_bytes(),
        None => name.as_path().as_os_str().as_encoded_bytes().to_vec(),
    }
}
