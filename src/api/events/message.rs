//! Messages of the stream of changes, each written once for all who get it.

use super::super::video::Progress;
use crate::thumbnails::address;
use bytes::Bytes;
use events::wire::kind_name;
use events::{Pos, Recorded, VideoId};
use projections::{Live, State};
use serde::Serialize;
use std::collections::{BTreeSet, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use utoipa::ToSchema;

/// How many messages are held for those who come for them a little later.
const HELD_MAX: usize = 64;

/// A change, or a part of a long one.
#[derive(Serialize, ToSchema)]
pub(super) struct Change {
    /// The position of the last event of this message.
    #[schema(value_type = u64, example = 4712)]
    pos: Pos,
    /// Which change, for undoing it.
    #[schema(value_type = u64, example = 4712)]
    batch: Pos,
    /// `viewer`, `api`, `scan`, `worker`, `import`, `undo` or `tool`.
    #[schema(example = "viewer")]
    cause: &'static str,
    /// What happened, in order.
    events: Vec<Happened>,
    /// What is known now of the videos it touched.
    videos: Vec<Touched>,
}

/// One event, as far as a page needs to know.
#[derive(Serialize, ToSchema)]
pub(super) struct Happened {
    /// Its position.
    #[schema(value_type = u64, example = 4712)]
    pos: Pos,
    /// What happened.
    #[schema(example = "rating.given")]
    kind: &'static str,
    /// The video it is about, if it is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false, example = 42)]
    video: Option<u32>,
}

/// What people know of a video.
#[derive(Serialize, ToSchema)]
pub(super) struct Touched {
    /// Which video.
    #[schema(example = 42)]
    video: u32,
    /// 1 to 5; null without a rating.
    #[schema(example = 4)]
    stars: Option<u8>,
    /// Whether it is a favourite.
    #[schema(example = true)]
    favorite: bool,
    /// How often it was watched.
    #[schema(example = 7)]
    views: u64,
    /// Its tags, in alphabetical order.
    #[schema(example = json!(["calm"]))]
    tags: Vec<String>,
    /// How long it plays; null until the file was looked into.
    #[schema(example = 754_000)]
    duration_ms: Option<u64>,
    /// The address of its cover, to which `/320.jpg`, `/640.jpg` or `/poster.jpg` is added; null until it is made.
    #[schema(example = "/thumbnails/42/0123456789abcdef0123456789abcdef")]
    cover: Option<String>,
    /// Whether there are small pictures of it for scrubbing.
    #[schema(example = true)]
    storyboard: bool,
    /// How far somebody got with it, if somebody stopped or finished.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false)]
    progress: Option<Progress>,
}

impl Change {
    fn of(state: &State, run: &[Arc<Recorded>]) -> Option<Self> {
        let (first, last) = (run.first()?, run.last()?);
        let happened = |recorded: &Arc<Recorded>| Happened {
            pos: recorded.pos,
            kind: kind_name(&recorded.event),
            video: recorded.event.video().map(VideoId::get),
        };
        let videos: BTreeSet<VideoId> = run.iter().filter_map(|recorded| recorded.event.video()).collect();
        Some(Self {
            pos: last.pos,
            batch: first.batch,
            cause: first.cause.name(),
            events: run.iter().map(happened).collect(),
            videos: videos.into_iter().map(|video| Touched::of(state, video)).collect(),
        })
    }
}

impl Touched {
    fn of(state: &State, video: VideoId) -> Self {
        Self {
            video: video.get(),
            stars: state.ratings().get(video).map(|rated| rated.stars.get()),
            favorite: state.favorites().contains(video),
            views: state.views().get(video).count,
            tags: state.tags().of(video).iter().map(|tag| tag.as_str().to_owned()).collect(),
            duration_ms: state.videos().get(video).and_then(|video| video.duration_ms),
            cover: state.thumbnails().cover(video).map(|cover| address(video, cover.id)),
            storyboard: state.thumbnails().sheet(video).is_some(),
            progress: state.playback().get(video).map(Progress::of),
        }
    }
}

/// The last messages, by the positions of their first and last event.
pub(super) struct Messages {
    live: Live,
    held: Mutex<VecDeque<(Pos, Pos, Bytes)>>,
}

impl Messages {
    pub(super) fn new(live: Live) -> Self {
        Self { live, held: Mutex::default() }
    }

    /// The message about `run`, the consecutive events of one batch.
    pub(super) fn of(&self, run: &[Arc<Recorded>]) -> Bytes {
        let (Some(first), Some(last)) = (run.first(), run.last()) else { return Bytes::new() };
        // Held while it is written, so that of many who want it at once one writes and the others wait.
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((.., bytes)) = held.iter().rev().find(|known| (known.0, known.1) == (first.pos, last.pos)) {
            return bytes.clone();
        }
        let bytes = written(&self.live.snapshot(), run);
        if held.len() == HELD_MAX {
            held.pop_front();
        }
        held.push_back((first.pos, last.pos, bytes.clone()));
        bytes
    }
}

fn written(state: &State, run: &[Arc<Recorded>]) -> Bytes {
    let change = Change::of(state, run);
    // Numbers and texts always have a place in JSON; a line break in a text is escaped there.
    let json = change.as_ref().and_then(|change| serde_json::to_string(change).ok()).unwrap_or_default();
    let pos = change.map_or(0, |change| change.pos);
    Bytes::from(format!("id: {pos}\nevent: change\ndata: {json}\n\n"))
}
