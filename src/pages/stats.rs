//! `GET /history/stats`: what was watched when, and what most; `?last=30` days, `365` days or `all`.
//!
//! Days are those where the library stands. What is drawn here also stands in tables below, so that nothing needs a
//! pointer to be read.

mod days;
mod of_video;
#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests;

pub(super) use self::of_video::OfVideo;

use self::days::{Runs, Unit, day_of, day_of_hour};
use super::Pages;
use super::chart::{self, Bar, Chart};
use super::parts::title;
use crate::clock;
use crate::web::error::WebError;
use crate::web::extract::parameter;
use crate::web::human::{count, grouped, span};
use axum::extract::{Request, State};
use axum::response::Response;
use events::VideoId;
use jiff::tz::TimeZone;
use projections::{Presence, State as Known, Sum, Watched};
use serde::Serialize;
use std::cmp::Reverse;

/// How many videos and tags are named in each list.
const NAMED: usize = 10;
/// How many weeks a year has on the calendar.
const YEAR_WEEKS: usize = 53;
/// A minute and an hour, in ms.
const MINUTE_MS: u64 = 60_000;
const HOUR_MS: u64 = 60 * MINUTE_MS;

/// The statistics of the library.
///
/// # Errors
/// None but our own failures.
pub async fn show(State(pages): State<Pages>, request: Request) -> Result<Response, WebError> {
    let last = Last::read(request.uri().query());
    let (now_ms, zone) = (clock::now_ms(), clock::zone());
    pages.show(&request, last.url(), "stats.html", |state| Ok(Stats::of(state, last, now_ms, &zone))).await
}

/// How far back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Last {
    Month,
    Year,
    Ever,
}

impl Last {
    fn read(query: Option<&str>) -> Self {
        match parameter(query, "last").as_deref() {
            Some("365") => Self::Year,
            Some("all") => Self::Ever,
            Some(_) | None => Self::Month,
        }
    }

    fn url(self) -> &'static str {
        match self {
            Self::Month => "/history/stats",
            Self::Year => "/history/stats?last=365",
            Self::Ever => "/history/stats?last=all",
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Month => "30 days",
            Self::Year => "A year",
            Self::Ever => "All time",
        }
    }

    fn runs(self, state: &Known, now_ms: i64, zone: &TimeZone) -> Runs {
        let today = day_of(now_ms, zone);
        match self {
            Self::Month => Runs::last(30, Unit::Day, today, zone),
            Self::Year => Runs::last(52, Unit::Week, today, zone),
            Self::Ever => {
                let first = state.watched_span().map_or(today, |(first, _)| day_of_hour(first, zone));
                Runs::all(first, today, zone)
            }
        }
    }
}

#[derive(Debug, PartialEq, Eq, Hash, Serialize)]
struct Stats {
    title: &'static str,
    section: &'static str,
    q: &'static str,
    lasts: [Choice; 3],
    views: u64,
    watched_ms: u64,
    videos: u64,
    per: &'static str,
    charts: Vec<Panel>,
    most_watched: Vec<Named>,
    tags: Vec<Named>,
    rerated: Vec<Named>,
}

/// A way to look.
#[derive(Debug, PartialEq, Eq, Hash, Serialize)]
struct Choice {
    name: &'static str,
    href: &'static str,
    current: bool,
}

/// A chart with what it says.
#[derive(Debug, PartialEq, Eq, Hash, Serialize)]
pub(super) struct Panel {
    /// The name of the chart, for addresses within the page.
    id: &'static str,
    title: String,
    /// What it shows, in a sentence.
    about: String,
    chart: Chart,
    /// What the column of values is called.
    column: &'static str,
    /// Its values in words.
    rows: Vec<(String, String)>,
    /// What its shades stand for, from nothing to most.
    shades: Vec<String>,
}

/// A video or a tag, and how much there is of it.
#[derive(Debug, PartialEq, Eq, Hash, Serialize)]
struct Named {
    name: String,
    href: String,
    number: u64,
    watched_ms: u64,
}

impl Stats {
    fn of(state: &Known, last: Last, now_ms: i64, zone: &TimeZone) -> Self {
        let runs = last.runs(state, now_ms, zone);
        let watched = state.watched_within(runs.hours());
        let per = runs.unit.name();
        let choice = |other: Last| Choice { name: other.name(), href: other.url(), current: other == last };
        let mut charts = Vec::new();
        charts.extend((watched.all.views > 0).then(|| views(&runs, &watched)));
        charts.extend((watched.all.watched_ms > 0).then(|| times(&runs, &watched)));
        charts.extend((!charts.is_empty()).then(|| year(state, now_ms, zone)));
        Self {
            title: "Statistics",
            section: "history",
            q: "",
            lasts: [Last::Month, Last::Year, Last::Ever].map(choice),
            views: watched.all.views,
            watched_ms: watched.all.watched_ms,
            videos: watched.videos.len() as u64,
            per,
            charts,
            most_watched: most_watched(state, &watched),
            tags: tags(state, &watched),
            rerated: rerated(state),
        }
    }
}

/// What fell into each run.
fn sums<'a>(runs: &'a Runs, watched: &'a Watched) -> impl Iterator<Item = Sum> + 'a {
    runs.runs.iter().map(|run| {
        let place = |hour: u32| hour.saturating_sub(watched.first_hour) as usize;
        let hours = watched.hours.get(place(run.hours.start)..place(run.hours.end)).unwrap_or_default();
        hours.iter().fold(Sum::default(), |sum, hour| Sum {
            views: sum.views.saturating_add(hour.views),
            watched_ms: sum.watched_ms.saturating_add(hour.watched_ms),
        })
    })
}

fn bars(runs: &Runs, values: impl Iterator<Item = u64>) -> Vec<Bar> {
    runs.runs.iter().zip(values).map(|(run, value)| Bar { name: run.short(runs.unit), value }).collect()
}

/// What each run has, the newest first; runs with nothing are left out.
fn rows(runs: &Runs, values: &[Bar], say: impl Fn(u64) -> String) -> Vec<(String, String)> {
    let rows = runs.runs.iter().zip(values).rev().filter(|(_, bar)| bar.value > 0);
    rows.map(|(run, bar)| (run.long(runs.unit), say(bar.value))).collect()
}

fn views(runs: &Runs, watched: &Watched) -> Panel {
    let bars = bars(runs, sums(runs, watched).map(|sum| sum.views));
    let per = runs.unit.name();
    Panel {
        id: "views",
        title: format!("Views per {per}"),
        about: about(runs, &bars, |value| count(value, "view")),
        chart: chart::bars(&bars, 1, grouped),
        column: "Views",
        rows: rows(runs, &bars, |value| count(value, "view")),
        shades: Vec::new(),
    }
}

fn times(runs: &Runs, watched: &Watched) -> Panel {
    let bars = bars(runs, sums(runs, watched).map(|sum| sum.watched_ms));
    let per = runs.unit.name();
    // An hour is easier to read than sixty minutes, as soon as there are some.
    let most = bars.iter().map(|bar| bar.value).max().unwrap_or(0);
    let (step, unit) = if most > 2 * HOUR_MS { (HOUR_MS, "h") } else { (MINUTE_MS, "min") };
    let say = |ms: u64| if ms == 0 { "0".to_owned() } else { format!("{} {unit}", grouped((ms + step / 2) / step)) };
    Panel {
        id: "times",
        title: format!("Time watched per {per}"),
        about: about(runs, &bars, span),
        chart: chart::bars(&bars, step, say),
        column: "Time watched",
        rows: rows(runs, &bars, span),
        shades: Vec::new(),
    }
}

fn about(runs: &Runs, bars: &[Bar], say: impl Fn(u64) -> String) -> String {
    let all = bars.iter().fold(0_u64, |sum, bar| sum.saturating_add(bar.value));
    let most = runs.runs.iter().zip(bars).max_by_key(|(_, bar)| bar.value).filter(|(_, bar)| bar.value > 0);
    match most {
        Some((run, bar)) => {
            let (per, when) = (runs.unit.name(), run.long(runs.unit));
            format!("{} in all; the most in one {per} was {} ({when}).", say(all), say(bar.value))
        }
        None => "Nothing.".to_owned(),
    }
}

fn year(state: &Known, now_ms: i64, zone: &TimeZone) -> Panel {
    let today = day_of(now_ms, zone);
    let weeks = Runs::last(YEAR_WEEKS, Unit::Week, today, zone);
    let first = weeks.runs.first().map_or(today, |week| week.first);
    let days = usize::try_from(first.until(today).map_or(0, |between| between.get_days())).unwrap_or(0) + 1;
    let days = Runs::last(days, Unit::Day, today, zone);
    let watched = state.watched_within(days.hours());
    let bars = bars(&days, sums(&days, &watched).map(|sum| sum.views));
    let mut months = Vec::new();
    for (week, run) in weeks.runs.iter().enumerate() {
        // A month stands above the first week that begins in it.
        if week == 0 || run.first.day() <= 7 {
            months.push((week, run.first.strftime("%b").to_string()));
        }
    }
    // Two names beside each other would run into each other.
    if months.get(1).is_some_and(|(week, _)| *week < 3) {
        months.remove(0);
    }
    let most = bars.iter().map(|bar| bar.value).max().unwrap_or(0);
    let values: Vec<u64> = bars.iter().map(|bar| bar.value).collect();
    let active = values.iter().filter(|value| **value > 0).count() as u64;
    Panel {
        id: "year",
        title: "The year, day by day".to_owned(),
        about: match active {
            0 => "Nothing was watched in this year.".to_owned(),
            _ => {
                let most = about(&days, &bars, |value| count(value, "view"));
                format!("Something was watched on {}. {most}", count(active, "day"))
            }
        },
        chart: chart::calendar(&values, &months),
        column: "Views",
        rows: rows(&days, &bars, |value| count(value, "view")),
        shades: shades(most),
    }
}

/// What the shades of a calendar stand for, in numbers of views.
fn shades(most: u64) -> Vec<String> {
    let mut from = 1;
    let mut shades = vec!["0".to_owned()];
    for to in chart::shades(most) {
        shades.push(match from {
            from if from > to => "–".to_owned(),
            from if from == to => grouped(to),
            from => format!("{}–{}", grouped(from), grouped(to)),
        });
        from = to + 1;
    }
    shades
}

/// A video by its title, unless it is gone for good.
fn named(state: &Known, video: VideoId, number: u64, watched_ms: u64) -> Option<Named> {
    let video = state.videos().get(video).filter(|video| video.presence != Presence::Forgotten)?;
    Some(Named { name: title(video), href: format!("/watch/{}", video.id), number, watched_ms })
}

fn most_watched(state: &Known, watched: &Watched) -> Vec<Named> {
    let mut videos = watched.videos.clone();
    videos.sort_by_key(|(video, sum)| (Reverse((sum.views, sum.watched_ms)), *video));
    let named = videos.into_iter().filter_map(|(video, sum)| named(state, video, sum.views, sum.watched_ms));
    named.take(NAMED).collect()
}

fn tags(state: &Known, watched: &Watched) -> Vec<Named> {
    let mut tags: Vec<_> = watched.tags.iter().filter_map(|(tag, sum)| Some((state.tags().name(*tag)?, sum))).collect();
    tags.sort_by_key(|(name, sum)| (Reverse((sum.views, sum.watched_ms)), *name));
    let named = tags.into_iter().map(|(name, sum)| Named {
        name: name.as_str().to_owned(),
        href: crate::web::human::tag_url(name.as_str()),
        number: sum.views,
        watched_ms: sum.watched_ms,
    });
    named.take(NAMED).collect()
}

/// The videos whose stars changed most often, ever. A first rating is no change of mind.
fn rerated(state: &Known) -> Vec<Named> {
    let mut videos: Vec<_> = state.statistics().rated().filter(|(_, changes)| *changes > 1).collect();
    videos.sort_by_key(|(video, changes)| (Reverse(*changes), *video));
    videos.into_iter().filter_map(|(video, changes)| named(state, video, changes.into(), 0)).take(NAMED).collect()
}
