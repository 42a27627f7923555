//! The points of a window as lines: what each chart shows, in a picture, in a sentence, and with what its lines mean now.

use super::{Card, Point};
use crate::pages::chart::{self, Picture, Values};
use crate::web::human::{grouped, size, took};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;

/// The least difference that a scale tells: a tenth of a ms, and a MB.
const TENTH_MS: u64 = 100;
const MEGABYTE: u64 = 1_000_000;
const MINUTE_MS: i64 = 60_000;

/// A chart, drawn.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub(in crate::dashboard) struct Chart {
    /// Its name in addresses within the page.
    id: &'static str,
    title: String,
    /// What it shows, in a sentence.
    about: String,
    picture: Picture,
    lines: Vec<Line>,
}

/// A line of a chart.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
struct Line {
    name: &'static str,
    /// How it is drawn.
    class: &'static str,
    /// Its last value, in words.
    last: String,
}

/// What a chart is made of.
struct Plan<'a> {
    id: &'static str,
    title: String,
    lines: Vec<(&'static str, Values)>,
    step: u64,
    top: Option<u64>,
    say: &'a dyn Fn(u64) -> String,
}

/// Every chart of the page; times are those of this `zone`.
pub(in crate::dashboard) fn all(card: &Card, zone: &TimeZone) -> Vec<Chart> {
    let per = match card.step_ms / MINUTE_MS {
        1 => "a minute".to_owned(),
        minutes if minutes % 60 == 0 => format!("in {} hours", minutes / 60),
        minutes => format!("in {minutes} minutes"),
    };
    let marks = marks(card, zone);
    let values = |of: &dyn Fn(&Point) -> Option<u64>| -> Values {
        card.points.iter().map(|point| Some(point).filter(|point| point.running).and_then(of)).collect()
    };
    // How many there were in a step is known when it is over.
    let counts = |of: &dyn Fn(&Point) -> u64| -> Values {
        let mut counts = values(&|point| Some(of(point)));
        if counts.len() > 1 {
            counts.pop();
            counts.push(None);
        }
        counts
    };
    let timed = |of: &dyn Fn(&Point) -> u64| values(&|point| (point.figures.requests > 0).then(|| of(point)));
    let percent = |percent: u64| format!("{percent} %");
    let plan = |id, title: &str, lines, step, top, say| {
        Plan { id, title: title.to_owned(), lines, step, top, say }.draw(card, &marks, zone)
    };
    vec![
        plan(
            "latency",
            "Time until an answer begins",
            vec![
                ("p50", timed(&|point| point.figures.p50_us)),
                ("p95", timed(&|point| point.figures.p95_us)),
                ("p99", timed(&|point| point.figures.p99_us)),
            ],
            TENTH_MS,
            None,
            &took,
        ),
        plan(
            "requests",
            &format!("Requests {per}"),
            vec![
                ("requests", counts(&|point| point.figures.requests)),
                ("errors (5xx)", counts(&|point| point.figures.errors)),
            ],
            1,
            None,
            &grouped,
        ),
        plan("hits", "Pages at hand", vec![("hit rate", values(&Point::hit_percent))], 1, Some(100), &percent),
        plan("memory", "Memory", vec![("held", values(&|point| Some(point.rss_bytes)))], MEGABYTE, None, &size),
        plan("processor", "Processor", vec![("used", values(&|point| point.cpu_percent))], 1, None, &percent),
        plan(
            "events",
            &format!("Events written {per}"),
            vec![("events", counts(&|point| point.events))],
            1,
            None,
            &grouped,
        ),
    ]
}

impl Plan<'_> {
    fn draw(self, card: &Card, marks: &[(usize, String)], zone: &TimeZone) -> Chart {
        let Self { id, title, lines, step, top, say } = self;
        let most =
            lines.iter().flat_map(|(_, values)| values.iter().zip(&card.points)).max_by_key(|(value, _)| **value);
        let about = match most {
            Some((Some(most), point)) if *most > 0 => format!("At most {}, {}.", say(*most), when(card, point, zone)),
            Some(_) | None => "Nothing in this time.".to_owned(),
        };
        let (names, values): (Vec<_>, Vec<_>) = lines.into_iter().unzip();
        let last =
            |values: &Values| values.iter().rev().flatten().next().map_or_else(|| "–".to_owned(), |last| say(*last));
        let classes = ["first", "second", "third"];
        let line = |((name, class), values)| Line { name, class, last: last(values) };
        Chart {
            id,
            title,
            about,
            picture: chart::lines(&values, marks, step, top, say),
            lines: names.into_iter().zip(classes).zip(&values).map(line).collect(),
        }
    }
}

/// When a step was, in a few words.
fn when(card: &Card, point: &Point, zone: &TimeZone) -> String {
    let form = if card.step_ms < 15 * MINUTE_MS { "at %H:%M" } else { "on %-d %b at %H:%M" };
    written(point.at.0, form, zone)
}

/// When each step begins, in a few words.
pub(in crate::dashboard) fn names(card: &Card, zone: &TimeZone) -> Vec<String> {
    let form = if card.step_ms < 15 * MINUTE_MS { "%H:%M" } else { "%-d %b, %H:%M" };
    card.points.iter().map(|point| written(point.at.0, form, zone)).collect()
}

/// The names of some steps: those that begin at a round time.
fn marks(card: &Card, zone: &TimeZone) -> Vec<(usize, String)> {
    let (every_minutes, form) = match card.points.len() {
        0..=20 => (5, "%H:%M"),
        _ if card.step_ms <= MINUTE_MS => (15, "%H:%M"),
        _ if card.step_ms < 60 * MINUTE_MS => (360, "%H:%M"),
        _ => (7 * 24 * 60, "%-d %b"),
    };
    let round = |at_ms: i64| {
        let at = Timestamp::from_millisecond(at_ms).ok()?.to_zoned(zone.clone());
        let minutes = i64::from(at.hour()) * 60 + i64::from(at.minute());
        let days = i64::from(at.weekday().to_monday_zero_offset());
        // In steps of hours the first step of a Monday may begin some hours after midnight.
        let within = if every_minutes > 24 * 60 { (days * 24 * 60 + minutes) * MINUTE_MS } else { minutes * MINUTE_MS };
        Some(within % (every_minutes * MINUTE_MS) < card.step_ms)
    };
    let named = card.points.iter().enumerate().filter(|(_, point)| round(point.at.0) == Some(true));
    named.map(|(number, point)| (number, written(point.at.0, form, zone))).collect()
}

fn written(at_ms: i64, form: &str, zone: &TimeZone) -> String {
    Timestamp::from_millisecond(at_ms)
        .map(|at| at.to_zoned(zone.clone()).strftime(form).to_string())
        .unwrap_or_default()
}
