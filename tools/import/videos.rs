//! The rules for what is said about one video: date, rating, views, tags, heart.

use super::keys;
use super::past::Touch;
use super::plan::{Planner, Target};
use super::report::Outcome;
use crate::legacy::{Fact, Record};
use events::event::{Favorite, Rating, Tag, Video, View};
use events::{CommandId, Event, TagName, VideoId};
use std::collections::HashSet;

/// Plans everything that is said about the video of `slot`.
pub(super) fn plan(planner: &mut Planner<'_>, slot: usize) {
    let legacy = planner.legacy;
    let Some(about) = planner.slots.get(slot) else { return };
    let records: Vec<&Record> = about.records.iter().filter_map(|index| legacy.records.get(*index)).collect();
    if let Target::Unclear(reason) = &about.target {
        let reason = reason.clone();
        for record in records {
            planner.reject(record.fact.kind(), record.source, &record.name, &reason);
        }
        return;
    }
    let mut one = OneVideo { planner, slot, tags: HashSet::new(), heart: false };
    one.date(&records);
    one.rating(&records);
    one.views(&records);
    for record in records {
        match &record.fact {
            Fact::Tagged(tag) => one.tag(record, tag),
            Fact::Favorite => one.favorite(record),
            Fact::Known { .. } | Fact::Rated(_) | Fact::Viewed { .. } => {}
        }
    }
}

struct OneVideo<'a, 'b> {
    planner: &'b mut Planner<'a>,
    slot: usize,
    /// The tags planned so far, by their keys: two old names may mean this one video.
    tags: HashSet<String>,
    heart: bool,
}

impl OneVideo<'_, '_> {
    /// The video, if it has a number already.
    fn known(&self) -> Option<VideoId> {
        match self.planner.slots.get(self.slot)?.target {
            Target::Known(video) => Some(video),
            Target::New | Target::Unclear(_) => None,
        }
    }

    fn accept(&mut self, record: &Record, key: CommandId, event: impl FnOnce(VideoId) -> Event) {
        match self.planner.video(self.slot, None, None) {
            Some(video) => {
                self.planner.count(record, Outcome::Accepted);
                self.planner.write(key, record.at_ms, event(video));
            }
            None => self.refuse(record),
        }
    }

    fn refuse(&mut self, record: &Record) {
        let reason = self.planner.unclear(self.slot);
        self.planner.reject(record.fact.kind(), record.source, &record.name, &reason);
    }

    /// Counts the records that say the same as the one that won, or less.
    fn count_losers<'r>(&mut self, losers: impl Iterator<Item = &'r Record>, same: impl Fn(&Record) -> bool) {
        for record in losers {
            let outcome = if same(record) { Outcome::Unchanged } else { Outcome::Overruled };
            self.planner.count(record, outcome);
        }
    }

    fn date(&mut self, records: &[&Record]) {
        let added = |record: &Record| match record.fact {
            Fact::Known { added_at_ms, .. } => Some(added_at_ms),
            Fact::Rated(_) | Fact::Viewed { .. } | Fact::Tagged(_) | Fact::Favorite => None,
        };
        let rows: Vec<&&Record> = records.iter().filter(|record| added(record).is_some()).collect();
        let Some(best) = rows.iter().find(|row| added(row).flatten().is_some()).or(rows.first()) else { return };
        let added_at_ms = added(best).flatten();
        let key = keys::video(&best.name, added_at_ms);
        let shown =
            self.known().and_then(|video| self.planner.state.videos().get(video)).map(|video| video.added_at_ms);
        match (self.known(), added_at_ms) {
            _ if self.planner.is_written(key) => self.planner.count(best, Outcome::Unchanged),
            (Some(_), None) => self.planner.count(best, Outcome::Unchanged),
            (Some(_), _) if shown == added_at_ms => self.planner.count(best, Outcome::Unchanged),
            (Some(_), Some(added_at_ms)) => {
                self.accept(best, key, |video| Event::Video(Video::Dated { video, added_at_ms }));
            }
            (None, _) => match self.planner.video(self.slot, Some(key), added_at_ms) {
                Some(_) => self.planner.count(best, Outcome::Accepted),
                None => self.refuse(best),
            },
        }
        let losers = rows.iter().copied().filter(|row| !std::ptr::eq(**row, **best)).copied();
        self.count_losers(losers, |row| added(row).flatten().is_none_or(|other| Some(other) == added_at_ms));
    }

    fn rating(&mut self, records: &[&Record]) {
        let mut rated = records.iter().filter_map(|record| match record.fact {
            Fact::Rated(stars) => Some((*record, stars)),
            Fact::Known { .. } | Fact::Viewed { .. } | Fact::Tagged(_) | Fact::Favorite => None,
        });
        let Some((best, stars)) = rated.next() else { return };
        let key = keys::rating(&best.name, stars, best.dated.then_some(best.at_ms));
        let now = self.known().and_then(|video| self.planner.state.ratings().get(video));
        let touched = self.planner.touched(&Touch::Rating, self.known());
        let now_stars = now.map(|now| now.stars);
        if now_stars == Some(stars) {
            self.planner.count(best, Outcome::Unchanged);
        } else if touched {
            let here = now_stars.map_or("none".to_owned(), |stars| stars.get().to_string());
            self.planner.keep(best, format!("rating {}; here somebody chose {here}", stars.get()));
        } else if self.planner.is_written(key) {
            self.planner.count(best, Outcome::Unchanged);
        } else if self.known().is_some_and(|video| self.is_older(video, best)) {
            self.planner.count(best, Outcome::Overruled);
        } else {
            self.accept(best, key, |video| Event::Rating(Rating::Given { video, stars }));
        }
        let losers: Vec<&Record> = rated.map(|(record, _)| record).collect();
        self.count_losers(losers.into_iter(), |record| record.fact == Fact::Rated(stars));
    }

    /// True if an earlier import brought a rating with a later date than `record` has. A JSON file gives
    /// no dates; it never overrules a database.
    fn is_older(&self, video: VideoId, record: &Record) -> bool {
        let Some(now) = self.planner.state.ratings().get(video) else { return false };
        let dated = self.planner.is_written(keys::rating(&record.name, now.stars, Some(now.given_at_ms)));
        dated && (!record.dated || record.at_ms < now.given_at_ms)
    }

    fn views(&mut self, records: &[&Record]) {
        let viewed: Vec<(&Record, u64, Option<i64>)> = records
            .iter()
            .filter_map(|record| match record.fact {
                Fact::Viewed { total, last_viewed_at_ms } => Some((*record, total, last_viewed_at_ms)),
                Fact::Known { .. } | Fact::Rated(_) | Fact::Tagged(_) | Fact::Favorite => None,
            })
            .collect();
        // The first of the largest: `max_by_key` would return the last.
        let Some(&(best, total, _)) = viewed.iter().rev().max_by_key(|(_, total, _)| *total) else { return };
        let last_viewed_at_ms = viewed.iter().filter_map(|(_, _, last)| *last).max();
        let key = keys::views(&best.name, total, last_viewed_at_ms);
        let before = self.known().map(|video| self.planner.past.counted(video)).unwrap_or_default();
        let says_more = total > before.total || last_viewed_at_ms > before.last_viewed_at_ms;
        if self.planner.is_written(key) || !says_more {
            self.planner.count(best, Outcome::Unchanged);
        } else {
            self.accept(best, key, |video| Event::View(View::Counted { video, total, last_viewed_at_ms }));
        }
        let losers = viewed.iter().map(|(record, _, _)| *record).filter(|record| !std::ptr::eq(*record, best));
        self.count_losers(losers, |record| matches!(record.fact, Fact::Viewed { total: other, .. } if other == total));
    }

    fn tag(&mut self, record: &Record, written: &TagName) {
        let tag = self.planner.past.tag_today(written);
        let key = keys::tag(&record.name, written);
        let video = self.known();
        let has = video.is_some_and(|video| self.planner.state.tags().has(video, &tag));
        let touched = self.planner.touched(&Touch::Tag(tag.key()), video);
        if has || self.tags.contains(&tag.key()) {
            self.planner.count(record, Outcome::Unchanged);
        } else if touched {
            self.planner.keep(record, format!("tag {tag}; here somebody removed it"));
        } else if self.planner.is_written(key) {
            self.planner.count(record, Outcome::Unchanged);
        } else {
            self.tags.insert(tag.key());
            self.accept(record, key, |video| Event::Tag(Tag::Added { video, tag }));
        }
    }

    fn favorite(&mut self, record: &Record) {
        let key = keys::favorite(&record.name);
        let video = self.known();
        if self.heart || video.is_some_and(|video| self.planner.state.favorites().contains(video)) {
            self.planner.count(record, Outcome::Unchanged);
        } else if self.planner.touched(&Touch::Favorite, video) {
            self.planner.keep(record, "a favourite; here somebody took the heart away".to_owned());
        } else if self.planner.is_written(key) {
            self.planner.count(record, Outcome::Unchanged);
        } else {
            self.heart = true;
            self.accept(record, key, |video| Event::Favorite(Favorite::Added { video }));
        }
    }
}
