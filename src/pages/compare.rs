//! `GET /history/compare?from=&to=`: what differs between two moments, or between one and now.

use super::Pages;
use super::parts::title;
use super::when::When;
use crate::clock;
use crate::web::error::WebError;
use crate::web::extract::parameter;
use crate::web::human::{count, day};
use axum::extract::{Request, State};
use axum::response::Response;
use events::{Stars, TagName, VideoId};
use projections::{Difference, Part, Relisted, Retagged, State as Known};
use serde::Serialize;
use std::borrow::Cow;

/// How many changes of a kind are shown; the others are counted.
const SHOWN_MAX: usize = 100;
/// How many tags of a video are named.
const TAGS_MAX: usize = 12;
const DAY_MS: i64 = 86_400_000;
/// What is offered to compare with now: how many days ago, and what people call that.
const AGO: [(i64, &str); 4] = [(1, "Yesterday"), (7, "A week ago"), (30, "A month ago"), (365, "A year ago")];

/// Compares the moments that the address names, or asks for them.
///
/// # Errors
/// 400 for a moment that makes no sense, 503 when it cannot be looked up.
pub async fn show(State(pages): State<Pages>, request: Request) -> Result<Response, WebError> {
    // Whoever waits must not hold on to the request, whose body belongs to one thread at a time.
    let [from, to] = ["from", "to"].map(|name| parameter(request.uri().query(), name).map(Cow::into_owned));
    let Some(from) = from else {
        return pages.show(&request, "/history/compare", "compare.html", |_| Ok(Compare::asking())).await;
    };
    let from = When::named(&pages, "from", &from).await?;
    let to = match to {
        Some(to) => When::named(&pages, "to", &to).await?,
        None => When::now(&pages),
    };
    // Whoever says them the other way round means the same.
    let (from, to) = if from.state().pos() <= to.state().pos() { (from, to) } else { (to, from) };
    let difference = pages.0.moments.difference(from.known(), to.known(), SHOWN_MAX).await?;
    let url = format!("/history/compare#{}@{}-{}@{}", from.name(), from.state().pos(), to.name(), to.state().pos());
    pages.show(&request, &url, "compare.html", |_| Ok(Compare::of(&from, &to, &difference))).await
}

/// The page.
#[derive(Debug, PartialEq, Eq, Hash, Serialize)]
struct Compare {
    title: &'static str,
    section: &'static str,
    q: &'static str,
    /// The days in the form.
    from: String,
    to: String,
    offers: Vec<Offer>,
    /// The two moments, when they were said.
    sides: Option<[Side; 2]>,
    groups: Vec<Group>,
}

/// A moment to begin with.
#[derive(Debug, PartialEq, Eq, Hash, Serialize)]
struct Offer {
    name: &'static str,
    href: String,
}

/// One of the two moments.
#[derive(Debug, PartialEq, Eq, Hash, Serialize)]
struct Side {
    words: String,
    pos: u64,
    /// The library at that moment.
    href: String,
}

/// All changes of one kind.
#[derive(Debug, PartialEq, Eq, Hash, Serialize)]
struct Group {
    /// What the page jumps to it by.
    name: &'static str,
    title: &'static str,
    /// How many there are, in words.
    total: String,
    rows: Vec<Row>,
    /// How many are not shown.
    more: usize,
}

/// One change.
#[derive(Debug, PartialEq, Eq, Hash, Serialize)]
struct Row {
    title: String,
    change: String,
    /// Where it can be looked at as it was before and after, if it was there.
    before: Option<String>,
    after: Option<String>,
}

impl Compare {
    fn asking() -> Self {
        let ago = |(days, name): (i64, &'static str)| {
            let from = day(clock::now_ms() - days * DAY_MS, &clock::zone());
            Offer { name, href: format!("/history/compare?from={from}") }
        };
        Self {
            title: "Compare",
            section: "history",
            q: "",
            from: String::new(),
            to: String::new(),
            offers: AGO.map(ago).into(),
            sides: None,
            groups: Vec::new(),
        }
    }

    fn of(from: &When, to: &When, difference: &Difference) -> Self {
        let form = |when: &When| when.past().map_or_else(String::new, |past| day(past.at_ms, &clock::zone()));
        let rows = Rows { from, to };
        Self {
            from: form(from),
            to: form(to),
            sides: Some([Side::of(from), Side::of(to)]),
            groups: rows.groups(difference).into_iter().filter(|group| !group.rows.is_empty()).collect(),
            ..Self::asking()
        }
    }
}

impl Side {
    fn of(when: &When) -> Self {
        let words = when.past().map_or_else(|| "now".to_owned(), |past| past.words.clone());
        Self { words, pos: when.state().pos(), href: when.then("/".to_owned()) }
    }
}

/// What rows are made with.
struct Rows<'a> {
    from: &'a When,
    to: &'a When,
}

impl Rows<'_> {
    fn groups(&self, difference: &Difference) -> Vec<Group> {
        let Difference { added, removed, rerated, retagged, loved, unloved, relisted, watched } = difference;
        vec![
            group("added", "Added", "video", added, |added| {
                self.video(added.video, if added.returned { "came back" } else { "new" }.to_owned())
            }),
            group("removed", "Removed", "video", removed, |removed| {
                let how = if removed.forgotten { "gone for good" } else { "file missing" };
                self.video(removed.video, how.to_owned())
            }),
            group("rated", "Rated", "video", rerated, |rerated| {
                self.video(rerated.video, format!("{} → {}", stars(rerated.before), stars(rerated.after)))
            }),
            group("tagged", "Tagged", "video", retagged, |change| self.video(change.video, tags(change))),
            group("loved", "New favorites", "video", loved, |video| self.video(*video, "heart given".to_owned())),
            group("unloved", "No longer favorites", "video", unloved, |video| {
                self.video(*video, "heart taken back".to_owned())
            }),
            group("listed", "Playlists", "playlist", relisted, |list| self.playlist(list)),
            group("watched", "Most watched", "video", watched, |watched| {
                self.video(watched.video, count(watched.views, "view"))
            }),
        ]
    }

    fn video(&self, id: VideoId, change: String) -> Row {
        let page = |when: &When| {
            let video = when.state().videos().get(id)?;
            (video.presence != projections::Presence::Forgotten).then(|| when.then(format!("/watch/{id}")))
        };
        let name = |state: &Known| state.videos().get(id).map(title);
        let title = name(self.to.state()).or_else(|| name(self.from.state())).unwrap_or_default();
        Row { title, change, before: page(self.from), after: page(self.to) }
    }

    fn playlist(&self, list: &Relisted) -> Row {
        let Relisted { playlist, before, after, added, removed } = list;
        let mut changes: Vec<String> = Vec::new();
        changes.extend(match (before, after) {
            (None, Some(_)) => Some("new".to_owned()),
            (Some(_), None) => Some("deleted".to_owned()),
            (Some(old), Some(new)) if old != new => Some(format!("was called “{}”", old.as_str())),
            (Some(_), Some(_)) | (None, None) => None,
        });
        changes.extend((*added > 0).then(|| format!("+{added}")));
        // Of a list that is gone nobody needs to know how many entries went with it.
        changes.extend((*removed > 0 && after.is_some()).then(|| format!("−{removed}")));
        let change = if changes.is_empty() { "order or description".to_owned() } else { changes.join(", ") };
        let page = |when: &When| when.then(format!("/playlists/{playlist}"));
        let name = after.as_ref().or(before.as_ref());
        Row {
            title: name.map(|name| name.as_str().to_owned()).unwrap_or_default(),
            change,
            before: before.as_ref().map(|_| page(self.from)),
            after: after.as_ref().map(|_| page(self.to)),
        }
    }
}

fn group<T>(name: &'static str, title: &'static str, noun: &str, part: &Part<T>, row: impl Fn(&T) -> Row) -> Group {
    Group {
        name,
        title,
        total: count(part.total as u64, noun),
        rows: part.first.iter().map(row).collect(),
        more: part.total.saturating_sub(part.first.len()),
    }
}

fn stars(stars: Option<Stars>) -> String {
    stars.map_or_else(|| "not rated".to_owned(), |stars| format!("{} ★", stars.get()))
}

fn tags(change: &Retagged) -> String {
    let named =
        |sign: &'static str, tags: &[TagName]| tags.iter().map(move |tag| format!("{sign}{tag}")).collect::<Vec<_>>();
    let all: Vec<String> = named("+", &change.added).into_iter().chain(named("−", &change.removed)).collect();
    let more = all.len().saturating_sub(TAGS_MAX);
    let more = (more > 0).then(|| format!("and {more} more"));
    all.into_iter().take(TAGS_MAX).chain(more).collect::<Vec<_>>().join(", ")
}
