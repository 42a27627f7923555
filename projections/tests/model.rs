//! The same knowledge in the simplest form that works: plain maps, and everything computed when asked.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use events::event::{Favorite, Playback, Rating, Tag, Video, View};
use events::{Event, Fingerprint, MediaPath, Recorded};
use projections::{Filter, List, Order, Query, Sort};

#[derive(Clone, Debug, Default)]
pub(crate) struct Entry {
    path: String,
    added_at_ms: i64,
    size_bytes: u64,
    fingerprint: Option<Fingerprint>,
    duration_ms: Option<u64>,
    present: bool,
    forgotten: bool,
    stars: Option<u8>,
    favorited_at_ms: Option<i64>,
    imported: u64,
    started: u64,
    last_viewed_at_ms: Option<i64>,
    paused_at_ms: Option<i64>,
    finished: bool,
    pub(crate) tags: BTreeSet<String>,
}

/// The knowledge that lists are made of.
#[derive(Clone, Debug, Default)]
pub(crate) struct Model {
    pos: u64,
    pub(crate) videos: BTreeMap<u32, Entry>,
}

impl Model {
    pub(crate) fn apply(&mut self, recorded: &Recorded) {
        if recorded.pos <= self.pos {
            return;
        }
        self.pos = recorded.pos;
        match &recorded.event {
            Event::Video(Video::Found { video, root, path, size_bytes, fingerprint, added_at_ms, .. }) => {
                if video.get() as usize == self.videos.len() + 1 {
                    let (added_at_ms, size_bytes) = (*added_at_ms, *size_bytes);
                    let (path, present, fingerprint) = (text(path), !root.is_empty(), *fingerprint);
                    let entry = Entry { path, added_at_ms, size_bytes, present, fingerprint, ..Entry::default() };
                    self.videos.insert(video.get(), entry);
                }
            }
            Event::Tag(Tag::Renamed { from, to } | Tag::Merged { from, into: to }) => {
                for entry in self.videos.values_mut() {
                    if entry.tags.remove(&from.key()) {
                        entry.tags.insert(to.key());
                    }
                }
            }
            event @ (Event::Video(_)
            | Event::Rating(_)
            | Event::Favorite(_)
            | Event::View(_)
            | Event::Playback(_)
            | Event::Tag(_)
            | Event::Playlist(_)
            | Event::Thumbnail(_)
            | Event::Import(_)
            | Event::Maintenance(_)
            | Event::Image(_)
            | Event::Group(_)
            | Event::Redacted(_)) => {
                let entry = event.video().and_then(|video| self.videos.get_mut(&video.get()));
                let remembered = matches!(event, Event::Video(Video::Remembered { .. }));
                if let Some(entry) = entry.filter(|entry| !entry.forgotten || remembered) {
                    entry.apply(event, recorded.occurred_at_ms);
                }
            }
        }
    }

    /// The whole list, without regard to pages.
    pub(crate) fn list(&self, query: &Query) -> List {
        let mut listed: Vec<(u32, &Entry)> = self.videos.iter().map(|(number, entry)| (*number, entry)).collect();
        listed.retain(|(_, entry)| entry.passes(&query.filter));
        let words = positive_words(query);
        let best_first = query.sort == Sort::Relevance && words.is_some();
        listed.sort_by_cached_key(|(number, entry)| {
            let rank = words.as_ref().filter(|_| best_first).map(|words| Reverse(entry.rank(words)));
            let title = (best_first || query.sort == Sort::Title).then(|| chunks(&entry.title()));
            (rank, entry.value(query.sort), title, entry.added_at_ms, *number)
        });
        if best_first == (query.order == Order::Ascending) {
            listed.reverse();
        }
        // Stable: videos without a value go to the end and stay in their order.
        listed.sort_by_key(|(_, entry)| entry.unknown(query.sort));
        List {
            ids: listed.iter().map(|(number, _)| crate::story::id(*number)).collect(),
            total: listed.len(),
            page: 1,
            pages: 1,
            duration_ms: listed.iter().filter_map(|(_, entry)| entry.duration_ms).sum(),
            size_bytes: listed.iter().map(|(_, entry)| entry.size_bytes).sum(),
        }
    }

    /// Stopped in the middle and there, the last stopped first.
    pub(crate) fn in_progress(&self) -> Vec<u32> {
        let mut paused: Vec<_> = self.videos.iter().filter(|(_, entry)| entry.present).collect();
        paused.retain(|(_, entry)| entry.paused_at_ms.is_some());
        paused.sort_by_key(|(number, entry)| Reverse((entry.paused_at_ms, entry.added_at_ms, **number)));
        paused.into_iter().map(|(number, _)| *number).collect()
    }

    /// Seen, if only the end of it.
    pub(crate) fn watched(&self, video: u32) -> bool {
        let counts = |entry: &Entry| !entry.forgotten && (entry.imported + entry.started > 0 || entry.finished);
        self.videos.get(&video).is_some_and(counts)
    }

    /// Others with a tag in common: most in common, best rated, title, date, number.
    pub(crate) fn related(&self, video: u32, max: usize) -> Vec<u32> {
        let Some(this) = self.videos.get(&video) else { return Vec::new() };
        let shared = |entry: &Entry| entry.tags.intersection(&this.tags).count();
        let others =
            self.videos.iter().filter(|(number, entry)| **number != video && entry.present && shared(entry) > 0);
        let mut others: Vec<(u32, &Entry)> = others.map(|(number, entry)| (*number, entry)).collect();
        others.sort_by(|(a, one), (b, two)| {
            (shared(two), two.stars)
                .cmp(&(shared(one), one.stars))
                .then(chunks(&one.title()).cmp(&chunks(&two.title())))
                .then((one.added_at_ms, a).cmp(&(two.added_at_ms, b)))
        });
        others.into_iter().take(max).map(|(number, _)| number).collect()
    }
}

fn positive_words(query: &Query) -> Option<Vec<String>> {
    let words: Vec<String> = match query.filter.search.as_ref()?.typed() {
        typed if asked(typed).is_some() => Vec::new(),
        typed => terms(typed).into_iter().filter(|(negated, _)| !negated).map(|(_, word)| word).collect(),
    };
    (!words.is_empty()).then_some(words)
}

type Holds = fn(&Entry) -> bool;

/// What one of the searches for facts asks of a video.
fn asked(typed: &str) -> Option<Holds> {
    QUESTIONS.iter().find(|(question, _)| *question == typed).map(|(_, holds)| *holds)
}

/// Searches for facts; words are in [`crate::ways::SEARCHES`].
pub(crate) const QUESTIONS: &[(&str, Holds)] = &[
    ("tag:art", |entry| entry.tags.contains("art")),
    ("-TAG:\"Ete\"", |entry| !entry.tags.contains("été")),
    ("rating:2..3", |entry| matches!(entry.stars, Some(2 | 3))),
    ("rating:>=4 or is:favorite", |entry| entry.stars >= Some(4) || entry.favorited_at_ms.is_some()),
    ("rating:none", |entry| entry.stars.is_none()),
    ("duration:<1s", |entry| entry.duration_ms.is_some_and(|duration_ms| duration_ms < 1_000)),
    ("-duration:>=0s", |entry| entry.duration_ms.is_none()),
    ("views:0", |entry| entry.imported + entry.started == 0),
    ("views:<=2", |entry| entry.imported + entry.started <= 2),
    ("views:2..4", |entry| (2..=4).contains(&(entry.imported + entry.started))),
    ("size:>10b", |entry| entry.size_bytes > 10),
    ("size:10b", |entry| entry.size_bytes == 10),
    ("added:1970-01-01", |_| true),
    ("added:<1970", |_| false),
    ("is:watched", |entry| entry.imported + entry.started > 0 || entry.finished),
    ("-(is:watched -is:rated)", |entry| {
        !(entry.imported + entry.started > 0 || entry.finished) || entry.stars.is_some()
    }),
    ("is:untagged", |entry| entry.tags.is_empty()),
    ("is:missing", |entry| !entry.present),
    ("is:missing or is:rated", |entry| !entry.present || entry.stars.is_some()),
    ("(is:tagged or views:>0) -(is:favorite or rating:<=3)", |entry| {
        (!entry.tags.is_empty() || entry.imported + entry.started > 0)
            && entry.favorited_at_ms.is_none()
            && entry.stars.is_none_or(|stars| stars > 3)
    }),
];

/// The terms of a search without quotes.
fn terms(typed: &str) -> Vec<(bool, String)> {
    typed.split_whitespace().map(|word| (word.starts_with('-'), fold(word.trim_start_matches('-')))).collect()
}

impl Entry {
    fn apply(&mut self, event: &Event, occurred_at_ms: i64) {
        match event {
            Event::Video(Video::Probed { duration_ms, .. }) => self.duration_ms = Some(*duration_ms),
            Event::Video(Video::Moved { path, .. }) => (self.path, self.present) = (text(path), true),
            Event::Video(Video::Changed { size_bytes, fingerprint, .. }) => self.content(*size_bytes, *fingerprint),
            Event::Video(Video::Vanished { .. }) => self.present = false,
            Event::Video(Video::Returned { path, size_bytes, fingerprint, .. }) => {
                (self.path, self.present) = (text(path), true);
                self.content(*size_bytes, *fingerprint);
            }
            Event::Video(Video::Dated { added_at_ms, .. }) => self.added_at_ms = *added_at_ms,
            Event::Video(Video::Forgotten { .. }) => (self.present, self.forgotten) = (false, true),
            Event::Video(Video::Remembered { .. }) => self.forgotten = false,
            Event::Rating(Rating::Given { stars, .. }) => self.stars = Some(stars.get()),
            Event::Rating(Rating::Cleared { .. }) => self.stars = None,
            Event::Favorite(Favorite::Added { .. }) => {
                self.favorited_at_ms = self.favorited_at_ms.or(Some(occurred_at_ms));
            }
            Event::Favorite(Favorite::Removed { .. }) => self.favorited_at_ms = None,
            Event::View(View::Started { .. }) => {
                self.started += 1;
                self.last_viewed_at_ms = self.last_viewed_at_ms.max(Some(occurred_at_ms));
            }
            Event::View(View::Counted { total, last_viewed_at_ms, .. }) => {
                self.imported = self.imported.max(*total);
                self.last_viewed_at_ms = self.last_viewed_at_ms.max(*last_viewed_at_ms);
            }
            Event::View(View::Withdrawn { views, viewed_at_ms, last_viewed_at_ms, .. }) => {
                let of = if viewed_at_ms.is_some() { &mut self.started } else { &mut self.imported };
                *of = of.saturating_sub(*views);
                self.last_viewed_at_ms = *last_viewed_at_ms;
            }
            Event::View(View::RolledUp { hours, last_viewed_at_ms, .. }) => {
                self.started += hours.iter().map(|hour| u64::from(hour.count)).sum::<u64>();
                self.last_viewed_at_ms = self.last_viewed_at_ms.max(Some(*last_viewed_at_ms));
            }
            Event::Playback(Playback::Paused { position_ms, .. }) => {
                self.paused_at_ms = (*position_ms > 0).then_some(occurred_at_ms);
            }
            Event::Playback(Playback::Finished { .. }) => (self.paused_at_ms, self.finished) = (None, true),
            Event::Tag(Tag::Added { tag, .. }) => drop(self.tags.insert(tag.key())),
            Event::Tag(Tag::Removed { tag, .. }) => drop(self.tags.remove(&tag.key())),
            Event::Video(Video::Found { .. })
            | Event::Tag(Tag::Renamed { .. } | Tag::Merged { .. })
            | Event::Playlist(_)
            | Event::Thumbnail(_)
            | Event::Import(_)
            | Event::Maintenance(_)
            | Event::Image(_)
            | Event::Group(_)
            | Event::Redacted(_) => {}
        }
    }

    fn content(&mut self, size_bytes: u64, fingerprint: Option<Fingerprint>) {
        if fingerprint.is_none() || fingerprint != self.fingerprint {
            self.duration_ms = None;
        }
        (self.size_bytes, self.fingerprint) = (size_bytes, fingerprint);
    }

    fn passes(&self, filter: &Filter) -> bool {
        let Filter { search, tags, favorite, rated, stars_min, viewed, missing } = filter;
        let typed = search.as_ref().map_or("", |search| search.typed());
        let anywhere = typed.contains("is:missing") && !*missing;
        !self.forgotten
            && (anywhere || self.present != *missing)
            && tags.iter().all(|tag| self.tags.contains(&tag.key()))
            && favorite.is_none_or(|wanted| wanted == self.favorited_at_ms.is_some())
            && rated.is_none_or(|wanted| wanted == self.stars.is_some())
            && stars_min.is_none_or(|least| self.stars.is_some_and(|stars| stars >= least.get()))
            && viewed.is_none_or(|wanted| wanted == (self.imported + self.started > 0))
            && asked(typed).map_or_else(|| self.has_words(typed), |holds| holds(self))
    }

    fn has_words(&self, typed: &str) -> bool {
        let found = |word: &String| fold(&self.path).contains(word) || self.tag_has(word);
        terms(typed).iter().all(|(negated, word)| *negated != found(word))
    }

    fn tag_has(&self, word: &str) -> bool {
        self.tags.iter().any(|tag| format!("#{}", fold(tag)).contains(word))
    }

    fn title(&self) -> String {
        let name = self.path.rsplit('/').next().unwrap_or_default();
        fold(name.rsplit_once('.').map_or(name, |(title, _)| title))
    }

    fn rank(&self, words: &[String]) -> (bool, bool, bool, usize, usize, usize) {
        let (title, path) = (self.title(), fold(&self.path));
        let in_title = words.iter().filter(|word| title.contains(*word)).count();
        let in_path = words.iter().filter(|word| path.contains(*word)).count();
        let in_tags = words.iter().filter(|word| self.tag_has(word)).count();
        let phrase = !words.is_empty() && title.contains(&words.join(" "));
        (phrase, in_title > 0, in_path > 0, in_title, in_path, in_tags)
    }

    fn value(&self, sort: Sort) -> i128 {
        match sort {
            Sort::Rating => i128::from(self.stars.unwrap_or(0)),
            Sort::Views => i128::from(self.imported + self.started),
            Sort::Size => i128::from(self.size_bytes),
            Sort::Duration => i128::from(self.duration_ms.unwrap_or(0)),
            Sort::LastViewed => i128::from(self.last_viewed_at_ms.unwrap_or(0)),
            Sort::FavoritedAt => i128::from(self.favorited_at_ms.unwrap_or(0)),
            Sort::Added | Sort::Title | Sort::Random | Sort::Relevance => 0,
        }
    }

    fn unknown(&self, sort: Sort) -> bool {
        match sort {
            Sort::Rating => self.stars.is_none(),
            Sort::Duration => self.duration_ms.is_none(),
            Sort::LastViewed => self.last_viewed_at_ms.is_none(),
            Sort::FavoritedAt => self.favorited_at_ms.is_none(),
            Sort::Added | Sort::Title | Sort::Views | Sort::Size | Sort::Random | Sort::Relevance => false,
        }
    }
}

fn text(path: &MediaPath) -> String {
    path.as_path().to_string_lossy().into_owned()
}

/// Only for the letters that occur in the made-up histories.
fn fold(text: &str) -> String {
    text.to_lowercase().replace('é', "e").replace('ß', "ss")
}

/// Letters as they are, and each number as a digit followed by its value.
fn chunks(text: &str) -> Vec<(char, u64)> {
    let mut chunks: Vec<(char, u64)> = Vec::new();
    let mut number = None;
    for letter in text.chars().chain(['\0']) {
        if let Some(digit) = letter.to_digit(10) {
            number = Some(number.unwrap_or(0) * 10 + u64::from(digit));
            continue;
        }
        chunks.extend(number.take().map(|value| ('0', value)));
        chunks.push((letter, 0));
    }
    chunks
}
