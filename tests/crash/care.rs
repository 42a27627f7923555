//! What whoever looks after the gallery does again and again until it is killed: forgets viewings, or has what is known
//! computed anew.

use super::{Chance, Stored};
use crate::support::child::{Folders, Server};
use crate::support::closing_a_log;
use crate::support::http::Client;
use events::event::{Playback, View};
use events::log::EventLog as _;
use events::log::fjall::{FjallLog, Options};
use events::{Actor, Cause, CommandId, Event, Pos, Recorded, VideoId};
use projections::Progress;
use std::collections::BTreeSet;
use std::io;
use std::net::SocketAddr;
use std::sync::mpsc::Sender;

/// How often the video was watched. More events than what is computed anew in one go.
const SITTINGS: u64 = 1_200;

pub(super) enum Care {
    Nothing,
    Forgetting(Sittings),
    Rebuilding,
}

impl Care {
    pub(super) fn is_taken(&self) -> bool {
        match self {
            Self::Nothing => false,
            Self::Forgetting(_) | Self::Rebuilding => true,
        }
    }

    /// Works until the server is gone, and reports each thing that was done.
    pub(super) fn run(mut self, address: SocketAddr, chance: &mut Chance, done: &Sender<()>) -> Self {
        let Ok(mut http) = Client::connect(address) else { return self };
        loop {
            let outcome = match &mut self {
                Self::Nothing => return self,
                Self::Rebuilding => rebuild(&mut http),
                Self::Forgetting(sittings) => sittings.forget_one(&mut http, chance),
            };
            if outcome.is_err() {
                return self;
            }
            // Nobody waits any more once the server is being killed.
            let _ = done.send(());
        }
    }

    /// Compares with what the log holds.
    pub(super) fn check(&mut self, stored: &Stored) {
        if let Self::Forgetting(sittings) = self {
            sittings.check(stored);
        }
    }

    /// Compares with what is shown.
    pub(super) fn look(&self, server: &Server) {
        let Self::Forgetting(sittings) = self else { return };
        let answer = server.client().get("/api/v1/videos/1").expect("an answer");
        let video: serde_json::Value = serde_json::from_str(&answer.body).expect("JSON");
        let shown = (video["views"].as_u64(), video["progress"]["position_ms"].as_u64());
        assert_eq!(shown, (Some(sittings.left.len() as u64), sittings.stopped_at()), "{video}");
    }
}

/// Has everything computed anew, and waits for it.
fn rebuild(http: &mut Client) -> io::Result<()> {
    let answer = http.post("/admin/jobs", "care", "kind=rebuild")?;
    assert!([200, 303].contains(&answer.status), "{answer:?}");
    loop {
        let answer = http.get("/api/v1/admin/jobs")?;
        let jobs: serde_json::Value = serde_json::from_str(&answer.body).expect("JSON");
        let newest = &jobs["jobs"][0];
        if newest["state"] != "running" {
            assert_eq!(newest["state"], "done", "{newest}");
            return Ok(());
        }
    }
}

/// Viewings of the first video. Each is followed by where it was stopped, which goes with it.
pub(super) struct Sittings {
    all: Vec<Pos>,
    /// Those that nobody has forgotten.
    left: BTreeSet<Pos>,
    /// The one that was to be forgotten when the server was killed.
    open: Option<Pos>,
    /// How many forgettings were acknowledged.
    pub(super) forgotten: u64,
}

impl Sittings {
    /// Adds them to the log of a library, which no server has open.
    pub(super) fn in_log(folders: &Folders) -> Self {
        let _closing = closing_a_log();
        let mut log = FjallLog::open(&folders.data, &Options::default(), &mut |_| ()).expect("the log");
        let video = VideoId::new(1).expect("from 1");
        let first = log.head().pos + 1;
        let record = |pos: Pos| Recorded {
            pos,
            recorded_at_ms: log.head().recorded_at_ms,
            // The later, the further on in the log; all of them long ago.
            occurred_at_ms: i64::try_from(pos).expect("few"),
            batch: pos,
            cause: Cause::Viewer,
            actor: Actor(4711),
            command_id: CommandId::default(),
            caused_by: 0,
            event: match (pos - first).is_multiple_of(2) {
                true => Event::View(View::Started { video }),
                false => Event::Playback(Playback::Paused { video, position_ms: pos }),
            },
        };
        let records: Vec<Recorded> = (first..first + 2 * SITTINGS).map(record).collect();
        log.append(&records).expect("they are stored");
        let all: Vec<Pos> = (first..first + 2 * SITTINGS).step_by(2).collect();
        Self { left: all.iter().copied().collect(), all, open: None, forgotten: 0 }
    }

    /// Forgets one of them: the last, which is shown, or any other.
    fn forget_one(&mut self, http: &mut Client, chance: &mut Chance) -> io::Result<()> {
        let skipped = if chance.below(2) == 0 { 0 } else { chance.below(self.left.len() as u64) };
        let skipped = usize::try_from(skipped).expect("few");
        let sitting = self.left.iter().rev().nth(skipped).copied().expect("some are left");
        self.open = Some(sitting);
        let answer = http.post(&format!("/history/{sitting}/forget"), "care", "")?;
        assert!([200, 303].contains(&answer.status), "{sitting} was not forgotten: {answer:?}");
        self.left.remove(&sitting);
        self.open = None;
        self.forgotten += 1;
        Ok(())
    }

    fn check(&mut self, Stored { state, redacted, .. }: &Stored) {
        for sitting in &self.all {
            let gone = redacted.contains(sitting);
            assert_eq!(gone, redacted.contains(&(sitting + 1)), "{sitting} is forgotten by half");
            if gone && self.open == Some(*sitting) {
                self.left.remove(sitting);
            }
            assert_eq!(gone, !self.left.contains(sitting), "{sitting} is forgotten or not, and should be the other");
        }
        self.open = None;
        let video = VideoId::new(1).expect("from 1");
        assert_eq!(state.views().get(video).count, self.left.len() as u64);
        let stopped_at = match state.playback().get(video) {
            Some(Progress::Paused { position_ms, .. }) => Some(position_ms),
            Some(Progress::Finished { .. }) | None => None,
        };
        assert_eq!(stopped_at, self.stopped_at());
    }

    /// Where in the film the last one was stopped, in ms.
    fn stopped_at(&self) -> Option<u64> {
        self.left.last().map(|sitting| sitting + 1)
    }
}
