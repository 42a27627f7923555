//! What an undo would do, in words: how much goes back, how much stays and why, what never goes back, and the first of
//! them one by one. Plain values, for the page and for programs.

use crate::decide::Undo;
use crate::decide::undo::preview::{Fact, Never, Noun, Preview, Stays, Step, Why};
use crate::web::human::{clock, count, grouped, iso, plain, tag_url};
use events::event::{Tag, Thumbnail, Video};
use events::{Event, Pos, Recorded, Stars, VideoId};
use projections::{Presence, Progress, State};
use serde::Serialize;
use tools::sentence::occasion;

/// How many facts are listed one by one, of those that go back and of those that stay.
const LINES_MAX: usize = 100;

/// How many of the latest events about a video are looked through for the one that is in the way.
pub(crate) const LATEST_MAX: usize = 32;

/// What an undo would do.
#[derive(Debug, PartialEq, Eq, Hash, Serialize)]
pub(crate) struct Lines {
    /// What is to be taken back.
    pub(crate) batch: Pos,
    /// The one event of it; `None` for all.
    pub(crate) pos: Option<Pos>,
    /// What it was, in a few words.
    pub(crate) what: String,
    /// When it was written, ms since the epoch.
    pub(crate) recorded_at_ms: i64,
    /// How many events it has.
    pub(crate) events: u64,
    /// What it took back itself, if it is an undo; else 0.
    pub(crate) undoes: Pos,
    /// How many facts go back.
    pub(crate) back: u64,
    /// The first of them.
    pub(crate) back_lines: Vec<Line>,
    /// How many facts stay.
    pub(crate) stays: u64,
    /// The first of them.
    pub(crate) stays_lines: Vec<Line>,
    /// How many facts are as before already.
    pub(crate) already: u64,
    /// What is never taken back and why, in sentences.
    pub(crate) never: Vec<String>,
}

/// One fact.
#[derive(Debug, PartialEq, Eq, Hash, Serialize)]
pub(crate) struct Line {
    /// What it is about, by name.
    pub(crate) about: String,
    /// The address of that, if it has one.
    pub(crate) page: Option<String>,
    /// Which fact.
    pub(crate) fact: String,
    /// What it is.
    pub(crate) from: Value,
    /// What it would be.
    pub(crate) to: Value,
    /// Why it stays; empty if it goes.
    pub(crate) why: &'static str,
    /// The position of the event that is in the way, if it is known.
    pub(crate) changed_by: Option<Pos>,
    /// When that was, ms since the epoch.
    pub(crate) changed_at_ms: Option<i64>,
}

/// What a fact is or was.
#[derive(Debug, PartialEq, Eq, Hash, Serialize)]
pub(crate) struct Value {
    /// In words.
    pub(crate) text: String,
    /// The same as a time, ms since the epoch, if it is one.
    pub(crate) at_ms: Option<i64>,
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self { text: text.to_owned(), at_ms: None }
    }
}

impl Lines {
    /// What taking `undo` back would do now, when `state` is known. `latest` finds the last [`LATEST_MAX`] events about
    /// a video, newest first: where something is in the way, they say what.
    pub(crate) fn of(undo: &Undo, state: &State, latest: &dyn Fn(VideoId) -> Vec<Recorded>) -> Self {
        let Preview { back, stays, already, never } = undo.preview(state);
        let end = undo.events.last().map_or(undo.batch, |last| last.pos);
        let line = |step: &Step| Line::of(step, state, undo);
        let stays_line = |stays: &Stays| {
            let since = (stays.why == Why::ChangedSince).then(|| changed_by(&stays.step, end, latest)).flatten();
            let (changed_by, changed_at_ms) = since.unzip();
            Line { why: why(stays.why), changed_by, changed_at_ms, ..line(&stays.step) }
        };
        let first = undo.events.first();
        Self {
            batch: undo.batch,
            pos: undo.only,
            what: first.map_or_else(String::new, occasion),
            recorded_at_ms: first.map_or(0, |first| first.recorded_at_ms),
            events: undo.events.len() as u64,
            undoes: first.map_or(0, |first| first.caused_by),
            back: back.len() as u64,
            back_lines: back.iter().take(LINES_MAX).map(line).collect(),
            stays: stays.len() as u64,
            stays_lines: stays.iter().take(LINES_MAX).map(stays_line).collect(),
            already,
            never: sentences(never),
        }
    }
}

impl Line {
    fn of(step: &Step, state: &State, undo: &Undo) -> Self {
        let (about, page) = about(&step.of, state, undo);
        let (fact, from, to) = words(step);
        Self { about, page, fact, from, to, why: "", changed_by: None, changed_at_ms: None }
    }
}

/// What a fact is about: its name and its address.
fn about(noun: &Noun, state: &State, undo: &Undo) -> (String, Option<String>) {
    match noun {
        Noun::Video(video) => {
            let known = state.videos().get(*video).or_else(|| undo.after.videos().get(*video));
            let title = known.map_or_else(|| format!("Video {video}"), |known| plain(&known.title()));
            let there = known.is_some_and(|known| known.presence != Presence::Forgotten);
            (title, there.then(|| format!("/watch/{video}")))
        }
        Noun::Tag(tag) => (format!("#{tag}"), Some(tag_url(tag.as_str()))),
        Noun::Playlist(name) => (name.as_str().to_owned(), None),
        Noun::Image(image) => {
            let known = state.images().get(*image);
            (known.map_or_else(|| format!("Image {image}"), projections::Image::name), None)
        }
        Noun::Group(name) => (name.as_str().to_owned(), None),
    }
}

/// Which fact it is, what it is now, and what it would be.
fn words(step: &Step) -> (String, Value, Value) {
    let yes = |yes: bool| Value::from(if yes { "yes" } else { "no" });
    let number = |number: u64| Value::from(grouped(number).as_str());
    let named = |fact: &str, from: Value, to: Value| (fact.to_owned(), from, to);
    match &step.fact {
        Fact::Exists { to } => {
            let (fact, there, gone) = match step.of {
                Noun::Video(_) => ("In the library", "as missing", "no longer"),
                Noun::Playlist(_) => ("Playlist", "there", "deleted"),
                Noun::Group(_) => ("Group", "there", "deleted"),
                Noun::Tag(_) | Noun::Image(_) => ("It", "there", "gone"),
            };
            let (from, to) = if *to { (gone, there) } else { (there, gone) };
            named(fact, from.into(), to.into())
        }
        Fact::Name { from, to } => named("Name", from.as_str().into(), to.as_str().into()),
        Fact::Description => named("Description", "as it is".into(), "as it was".into()),
        Fact::Entries { from, to } => {
            let fact = if let Noun::Group(_) = step.of { "Images" } else { "Entries" };
            named(fact, number(*from as u64), number(*to as u64))
        }
        Fact::Rating { from, to } => named("Rating", stars(*from), stars(*to)),
        Fact::Favorite { to } => named("Favorite", yes(!*to), yes(*to)),
        Fact::Progress { from, to } => named("Left at", progress(*from), progress(*to)),
        Fact::Views { from, to } => named("Views", number(*from), number(*to)),
        Fact::LastViewed { from, to } => named("Last watched", time(*from, "never"), time(*to, "never")),
        Fact::Cover { from, to } => {
            let group = matches!(step.of, Noun::Group(_));
            let cover = |cover: &Option<u64>| match cover {
                Some(image) if group => Value::from(format!("image {image}").as_str()),
                Some(at_ms) => Value::from(format!("at {}", clock(*at_ms)).as_str()),
                None => "chosen by the program".into(),
            };
            named("Cover", cover(from), cover(to))
        }
        Fact::Added { from_ms, to_ms } => named("Added", time(Some(*from_ms), ""), time(Some(*to_ms), "")),
        Fact::Tagged { tag, to } => (format!("Tag #{tag}"), yes(!*to), yes(*to)),
    }
}

fn stars(stars: Option<Stars>) -> Value {
    stars.map_or_else(|| "none".into(), |stars| "★".repeat(usize::from(stars.get())).as_str().into())
}

fn progress(progress: Option<Progress>) -> Value {
    match progress {
        Some(Progress::Paused { position_ms, .. }) => clock(position_ms).as_str().into(),
        Some(Progress::Finished { .. }) => "the end".into(),
        None => "the beginning".into(),
    }
}

fn time(at_ms: Option<i64>, never: &str) -> Value {
    at_ms.map_or_else(|| never.into(), |at_ms| Value { text: iso(at_ms), at_ms: Some(at_ms) })
}

fn why(why: Why) -> &'static str {
    match why {
        Why::ChangedSince => "It was changed again since.",
        Why::Forgotten => "The video is forgotten.",
        Why::FileFound => "Its file turned up since.",
        Why::NameTaken => "Another has its name by now.",
        Why::Full => "There is no room for it.",
    }
}

/// What is never taken back and why.
fn sentences(never: Never) -> Vec<String> {
    let Never { files, images, image_records, pictures, redacted, rolled_up, maintenance } = never;
    let all = [
        (files, "fact", "about files of videos: a look at the folders would find the same again."),
        (images, "fact", "about files of images: a look at the folder would find the same again."),
        (image_records, "image", "known without a file: nothing shows them, and they wait for their files."),
        (pictures, "note", "about pictures made of videos: they are made again where they are missing."),
        (maintenance, "task", "of maintenance: it is done."),
        (rolled_up, "row", "of old views that were rolled up: when each of them was is no longer known."),
        (redacted, "viewing", "that was erased: nobody knows what it said."),
    ];
    let said = all.iter().filter(|(number, ..)| *number > 0);
    said.map(|(number, noun, why)| format!("{} {why}", count(*number, noun))).collect()
}

/// The last event after position `end` that is about the same fact of the same video, and when it was written.
fn changed_by(step: &Step, end: Pos, latest: &dyn Fn(VideoId) -> Vec<Recorded>) -> Option<(Pos, i64)> {
    let Noun::Video(video) = step.of else { return None };
    let since = latest(video).into_iter().take_while(|recorded| recorded.pos > end);
    let mut same = since.filter(|recorded| concerns(&step.fact, &recorded.event));
    same.next().map(|recorded| (recorded.pos, recorded.recorded_at_ms))
}

/// Whether an event about the same video is about this fact.
fn concerns(fact: &Fact, event: &Event) -> bool {
    match event {
        Event::Rating(_) => matches!(fact, Fact::Rating { .. } | Fact::Exists { .. }),
        Event::Favorite(_) => matches!(fact, Fact::Favorite { .. } | Fact::Exists { .. }),
        Event::Playback(_) => matches!(fact, Fact::Progress { .. } | Fact::Exists { .. }),
        Event::View(_) => matches!(fact, Fact::Views { .. } | Fact::LastViewed { .. } | Fact::Exists { .. }),
        Event::Tag(Tag::Added { tag, .. } | Tag::Removed { tag, .. }) => {
            let same = matches!(fact, Fact::Tagged { tag: other, .. } if other.key() == tag.key());
            same || matches!(fact, Fact::Exists { .. })
        }
        Event::Thumbnail(Thumbnail::Chosen { .. } | Thumbnail::Automatic { .. }) => {
            matches!(fact, Fact::Cover { .. } | Fact::Exists { .. })
        }
        Event::Video(Video::Dated { .. }) => matches!(fact, Fact::Added { .. }),
        Event::Playlist(_) => matches!(fact, Fact::Exists { .. }),
        Event::Tag(_)
        | Event::Video(_)
        | Event::Thumbnail(_)
        | Event::Import(_)
        | Event::Maintenance(_)
        | Event::Image(_)
        | Event::Group(_)
        | Event::Redacted(_) => false,
    }
}
