//! Changes as a page shows them: a group for each batch, a line for each change, links for what has a page.

use super::back::Undos;
use super::kind::{can_go_back, cause_name};
use super::known::Known;
use super::look::{Found, LINES_FEW, LINES_MAX, Looked};
use crate::names::Names;
use crate::web::human::{ago, capitalised, count, grouped, tag_url};
use events::{Actor, Cause, Pos, Recorded, Stars};
use projections::State;
use serde::Serialize;
use tools::sentence::{Part, Sentence, occasion};

/// What one batch did.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub(super) struct Group {
    pub(super) batch: Pos,
    /// What it was as a whole; nothing for a single change.
    pub(super) heading: Option<String>,
    pub(super) lines: Vec<Line>,
    /// How many changes there are that are not shown.
    pub(super) more: u64,
    /// The page with all of them.
    pub(super) href: String,
    pub(super) at_ms: i64,
    pub(super) ago: String,
    pub(super) who: Who,
    /// Where it can be taken back.
    pub(super) undo: Option<String>,
    /// The change that this one takes back.
    pub(super) answers: Option<Pos>,
    /// The change that took this one back, if it was come across.
    pub(super) undone_by: Option<Pos>,
    /// It took back some of it only.
    pub(super) in_part: bool,
    /// How many changes `undo` takes back, if that is more than are meant here.
    pub(super) undo_all: Option<u64>,
}

/// One change.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub(super) struct Line {
    pub(super) pos: Pos,
    pub(super) pieces: Vec<Piece>,
    /// When it happened, if that was long before it was written down.
    pub(super) happened_at_ms: Option<i64>,
    pub(super) undo: Option<String>,
    pub(super) forget: Option<String>,
}

/// Some words of a sentence.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub(super) struct Piece {
    pub(super) text: String,
    /// The page of what they name.
    pub(super) href: Option<String>,
    /// What to say instead of signs that say nothing aloud.
    pub(super) aloud: Option<String>,
}

/// Where a change came from.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub(super) struct Who {
    pub(super) cause: &'static str,
    /// The device, and where all its changes are.
    pub(super) device: Option<(String, String)>,
}

impl Who {
    pub(super) fn of(recorded: &Recorded, names: &Names) -> Self {
        let Actor(number) = recorded.actor;
        // The number that programs share is no device, and the cause says who it was.
        let device = (number > 1).then(|| (names.called(recorded.actor), format!("/history?device={number}")));
        let cause = if recorded.cause == Cause::Viewer && device.is_some() { "" } else { cause_name(recorded.cause) };
        Self { cause, device }
    }
}

/// What groups are made with.
pub(super) struct Shown<'a> {
    pub(super) known: &'a Known,
    pub(super) state: &'a State,
    pub(super) names: &'a Names,
    pub(super) now_ms: i64,
}

impl Shown<'_> {
    /// All that was found.
    pub(super) fn groups(&self, looked: &Looked, undos: &Undos) -> Vec<Group> {
        let group = |found: &Found| {
            let any = found.first.first()?;
            let back = found.first.iter().filter(|recorded| can_go_back(recorded));
            let by: Vec<Option<Pos>> = back.map(|recorded| undos.what_took_back(recorded)).collect();
            let undone_by = by.iter().flatten().copied().max();
            Some(Group { undone_by, in_part: by.contains(&None), ..self.group(found, any) })
        };
        looked.found.iter().filter_map(group).collect()
    }

    fn group(&self, found: &Found, any: &Recorded) -> Group {
        let few = if found.fitting > LINES_FEW as u64 { LINES_MAX } else { LINES_FEW };
        let single = found.size == 1 || (found.size == 0 && found.fitting == 1);
        let lines: Vec<Line> = found.first.iter().take(few).map(|recorded| self.line(recorded, !single)).collect();
        let back = found.first.iter().any(can_go_back);
        // Of one video only a part of a batch is seen, and only that part is offered.
        let undo = if found.size == 0 {
            lines.first().filter(|_| found.fitting == 1).map(|line| format!("/undo/{}?pos={}", found.batch, line.pos))
        } else {
            Some(format!("/undo/{}", found.batch))
        };
        Group {
            batch: found.batch,
            heading: (!single).then(|| heading(any, found.fitting, found.size)),
            more: found.fitting.saturating_sub(lines.len() as u64),
            lines,
            href: format!("/history/{}", if single { any.pos } else { found.batch }),
            at_ms: any.recorded_at_ms,
            ago: ago(any.recorded_at_ms, self.now_ms),
            who: Who::of(any, self.names),
            undo: undo.filter(|_| back),
            answers: Some(any.caused_by).filter(|pos| *pos != 0),
            undone_by: None,
            in_part: false,
            undo_all: (found.size > found.fitting).then_some(found.size),
        }
    }

    /// One change; `alone` it can be taken back where it is one of several.
    pub(super) fn line(&self, recorded: &Recorded, alone: bool) -> Line {
        let undo = || format!("/undo/{}?pos={}", recorded.batch, recorded.pos);
        let late = recorded.recorded_at_ms.abs_diff(recorded.occurred_at_ms) >= LATE_MS;
        Line {
            pos: recorded.pos,
            pieces: self.pieces(self.known.sentence(recorded)),
            happened_at_ms: late.then_some(recorded.occurred_at_ms),
            undo: (alone && can_go_back(recorded)).then(undo),
            forget: recorded.event.can_be_redacted().then(|| format!("/history/{}/forget", recorded.pos)),
        }
    }

    fn pieces(&self, sentence: Sentence) -> Vec<Piece> {
        let mut pieces: Vec<Piece> = sentence.parts.into_iter().map(|part| self.piece(part)).collect();
        if let Some(first) = pieces.first_mut().filter(|first| first.href.is_none()) {
            first.text = capitalised(&first.text);
        }
        pieces
    }

    fn piece(&self, part: Part) -> Piece {
        let text = part.to_string();
        let plain = |text| Piece { text, href: None, aloud: None };
        let linked = |href: Option<String>| Piece { text: text.clone(), href, aloud: None };
        match part {
            Part::Text(text) => plain(text),
            Part::Video(video, _) => linked(self.state.videos().get(video).map(|_| format!("/watch/{video}"))),
            Part::Tag(tag) => linked(self.state.tags().find(tag.as_str()).map(|_| tag_url(tag.as_str()))),
            Part::Playlist(playlist, _) => {
                linked(self.state.playlists().get(playlist).map(|_| format!("/playlists/{playlist}")))
            }
            Part::Group(group, _) => {
                linked(self.state.groups().get(group).map(|group| format!("/images/groups/{}", group.slug.as_str())))
            }
            Part::Image(..) => plain(text),
            Part::Stars { before, now } => Piece { aloud: Some(aloud(before, now)), ..plain(text) },
        }
    }
}

/// What is written down so much later than it happened came from somewhere else.
const LATE_MS: u64 = 60_000;

/// What a batch was as a whole, of which `fitting` changes are meant; `size` is 0 if that is not known.
pub(super) fn heading(any: &Recorded, fitting: u64, size: u64) -> String {
    let what = occasion(any);
    let changes = count(fitting, "change");
    if size > fitting { format!("{what}: {changes} of {}", grouped(size)) } else { format!("{what}: {changes}") }
}

fn aloud(before: Option<Stars>, now: Option<Stars>) -> String {
    let said = |stars: Option<Stars>| stars.map_or("no rating".to_owned(), |stars| count(stars.get().into(), "star"));
    match before {
        Some(_) => format!("from {} to {}", said(before), said(now)),
        None => said(now),
    }
}
