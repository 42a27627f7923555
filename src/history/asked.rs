//! What an address of the history asks for: which changes, and which part of them.
//!
//! What makes no sense is said beside its field, and then nothing is looked for.

use super::kind::Kind;
use events::{Actor, Cause, Pos, VideoId};
use jiff::civil::Date;
use projections::State;
use serde::Serialize;

/// How many parameters are looked at, and how many characters of what somebody typed.
const PARAMETERS_MAX: usize = 24;
const TEXT_MAX: usize = 200;

/// How many entries a page has, unless the address says.
const LIMIT: usize = 40;
const LIMIT_MAX: usize = 200;

/// What to look for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Filter {
    pub(super) video: Option<VideoId>,
    pub(super) kind: Kind,
    pub(super) cause: Option<Cause>,
    pub(super) device: Option<Actor>,
    pub(super) day: Option<Date>,
    /// In lower case; empty for anything.
    pub(super) text: String,
}

/// Which part of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Part {
    /// The newest.
    #[default]
    Newest,
    /// What is older than this position.
    Before(Pos),
    /// What is next newer than this position.
    After(Pos),
}

/// A whole address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Asked {
    pub(super) filter: Filter,
    pub(super) part: Part,
    pub(super) limit: usize,
    /// What was typed, for the form.
    pub(super) typed: Typed,
    pub(super) wrong: Wrong,
}

/// What was typed into the fields that can be wrong.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize)]
pub(super) struct Typed {
    pub(super) video: String,
    pub(super) day: String,
    pub(super) q: String,
}

/// Why a field makes no sense; all empty if everything does.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize)]
pub(super) struct Wrong {
    pub(super) video: Option<String>,
    pub(super) kind: Option<String>,
    pub(super) cause: Option<String>,
    pub(super) device: Option<String>,
    pub(super) day: Option<String>,
    pub(super) part: Option<String>,
}

impl Asked {
    /// What the `query` of an address asks of a library of which `state` is known.
    pub(super) fn read(query: Option<&str>, state: &State) -> Self {
        let mut asked = Self {
            filter: Filter::default(),
            part: Part::Newest,
            limit: LIMIT,
            typed: Typed::default(),
            wrong: Wrong::default(),
        };
        for (name, value) in form_urlencoded::parse(query.unwrap_or_default().as_bytes()).take(PARAMETERS_MAX) {
            let value: String = value.trim().chars().take(TEXT_MAX).collect();
            // A field of a form that was left empty asks for nothing.
            if !value.is_empty() {
                asked.take(&name, value, state);
            }
        }
        asked
    }

    fn take(&mut self, name: &str, value: String, state: &State) {
        let (filter, wrong) = (&mut self.filter, &mut self.wrong);
        match name {
            "video" => {
                (filter.video, wrong.video) = split(video(&value, state));
                self.typed.video = value;
            }
            "kind" => {
                let kind = Kind::parse(&value).ok_or_else(|| format!("“{value}” is no kind of change."));
                (filter.kind, wrong.kind) = kind.map_or_else(|why| (Kind::Changes, Some(why)), |kind| (kind, None));
            }
            "cause" => {
                let cause = Cause::ALL.into_iter().find(|cause| cause.name() == value);
                (filter.cause, wrong.cause) = split(cause.ok_or_else(|| format!("Nothing is done by “{value}”.")));
            }
            "device" => {
                let device = value.parse().map(Actor);
                (filter.device, wrong.device) = split(device.map_err(|_| "A device is a number.".to_owned()));
            }
            "day" => {
                let day = value.parse::<Date>();
                (filter.day, wrong.day) = split(day.map_err(|_| "A day is written as 2026-11-28.".to_owned()));
                self.typed.day = value;
            }
            "q" => {
                filter.text = value.to_lowercase();
                self.typed.q = value;
            }
            "before" | "after" => {
                let place = if name == "before" { Part::Before } else { Part::After };
                let pos = value.parse().map(place).map_err(|_| "An entry of the history is a number.".to_owned());
                (self.part, wrong.part) = pos.map_or_else(|why| (Part::Newest, Some(why)), |part| (part, None));
            }
            "limit" => self.limit = value.parse().unwrap_or(LIMIT).clamp(1, LIMIT_MAX),
            _ => {}
        }
    }

    /// Whether anything is narrowed down.
    pub(super) fn narrows(&self) -> bool {
        self.filter != Filter::default()
    }

    /// The address of another part of the same.
    pub(super) fn url(&self, part: Part) -> String {
        let limit = (self.limit != LIMIT).then_some(self.limit);
        self.filter.url("/history", part, limit)
    }
}

impl Filter {
    /// The address below which this is found.
    pub(super) fn url(&self, path: &str, part: Part, limit: Option<usize>) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        let mut say = |name: &str, value: Option<String>| {
            if let Some(value) = value {
                query.append_pair(name, &value);
            }
        };
        say("video", self.video.map(|video| video.to_string()));
        say("kind", (self.kind != Kind::Changes).then(|| self.kind.words().0.to_owned()));
        say("cause", self.cause.map(|cause| cause.name().to_owned()));
        say("device", self.device.map(|device| device.0.to_string()));
        say("day", self.day.map(|day| day.to_string()));
        say("q", (!self.text.is_empty()).then(|| self.text.clone()));
        match part {
            Part::Newest => {}
            Part::Before(pos) => say("before", Some(pos.to_string())),
            Part::After(pos) => say("after", Some(pos.to_string())),
        }
        say("limit", limit.map(|limit| limit.to_string()));
        let query = query.finish();
        if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
    }
}

fn split<T>(read: Result<T, String>) -> (Option<T>, Option<String>) {
    read.map_or_else(|why| (None, Some(why)), |value| (Some(value), None))
}

/// The video of this number, or whose file has this name.
fn video(text: &str, state: &State) -> Result<VideoId, String> {
    let videos = state.videos();
    if let Ok(video) = text.parse::<VideoId>() {
        return videos.get(video).map(|video| video.id).ok_or_else(|| format!("There is no video {video}."));
    }
    let named = videos.by_file_name(text);
    match (named.first(), named.len()) {
        (Some(video), 1) => Ok(*video),
        (_, 0) => Err(format!("No file is called “{text}”; give its whole name, or the number of the video.")),
        (_, count) => Err(format!("{count} files are called “{text}”; give the number of the video.")),
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;
    use crate::decide::given::{found, state, video};

    fn library() -> State {
        state([found(1, "sea.mp4"), found(2, "a/sky.mp4"), found(3, "b/sky.mp4")])
    }

    fn asked(query: &str) -> Asked {
        Asked::read(Some(query), &library())
    }

    #[test]
    fn an_address_is_read_and_written_alike() {
        for url in [
            "/history",
            "/history?video=1&kind=ratings&cause=viewer&device=7&day=2026-11-28&q=a+%26+b&before=12",
            "/history?kind=everything&after=3&limit=8",
        ] {
            let asked = asked(url.split_once('?').map_or("", |(_, query)| query));
            assert_eq!((asked.url(asked.part).as_str(), &asked.wrong), (url, &Wrong::default()));
        }
        assert_eq!(asked("kind=changes&q=&day=+&limit=0&x=y").url(Part::Newest), "/history?limit=1");
        assert_eq!(asked("video=sea.mp4").filter.video, Some(video(1)));
        assert!(!asked("before=3").narrows() && asked("q=x").narrows());
    }

    #[test]
    fn what_makes_no_sense_is_said_at_its_field() {
        let asked = asked("video=sky.mp4&kind=stars&cause=god&device=tv&day=28.11.2026&before=x");
        let Wrong { video, kind, cause, device, day, part } = asked.wrong;
        assert_eq!(video.unwrap(), "2 files are called “sky.mp4”; give the number of the video.");
        assert_eq!(day.unwrap(), "A day is written as 2026-11-28.");
        assert!(kind.is_some() && cause.is_some() && device.is_some() && part.is_some());
        assert_eq!((asked.typed.day.as_str(), asked.filter), ("28.11.2026", Filter::default()));
    }

    #[test]
    fn no_address_is_too_odd() {
        for odd in ["%FF", "&&=", "video=0", "video=99999999999", "day=2026-02-30", "before=-1", "q=%00", "limit=x"] {
            let _: String = asked(odd).url(Part::Newest);
        }
        assert_eq!(asked(&format!("q={}", "x".repeat(9_000))).filter.text.len(), TEXT_MAX);
    }
}
