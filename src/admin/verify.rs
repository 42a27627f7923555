//! Proving that the log is whole while it is written: what `tools verify` finds out about a stopped server's, but for the
//! files of the storage engine, which it has open.
//!
//! Every record up to where the log ended at the start is read as it is stored: its checksum, that none is missing, the
//! hash chain up to the one that the writer goes on from, and that each can be read. What they come to is compared with
//! what is shown, and the index of events by video with them, in both directions.

use super::{Ground, Report, Stopped};
use crate::status::jobs::Outcome;
use anyhow::bail;
use events::log::{Chain, OpenError};
use events::{Pos, VideoId};
use projections::State;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use tools::Source;
use tools::progress::Progress as _;

/// How many events of a video are read at a time.
const RUN: usize = 1024;

/// The exit code of the tools for something made from the log that is wrong.
const DERIVED: u8 = 89;

/// The events about one video: how many, and their positions folded together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct About {
    events: u64,
    positions: u64,
}

impl About {
    fn add(&mut self, pos: Pos) {
        self.events += 1;
        self.positions = self.positions.wrapping_add(pos.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ pos);
    }
}

/// Does it.
pub(super) fn run(ground: &Ground, report: &mut Report<'_>) -> Result<Outcome, Stopped> {
    let source = ground.source().map_err(|error| Stopped::of_tools("The log could not be read.", &error))?;
    let verified = verify(&source, report).map_err(|error| {
        let code = error.downcast_ref::<OpenError>().map(OpenError::exit_code);
        match (Stopped::of_tools("The log cannot be trusted.", &error), code) {
            (Stopped::Failed(outcome), Some(code)) => Stopped::Failed(Outcome { code, ..outcome }),
            (stopped, _) => stopped,
        }
    })?;
    if verified.code == 0 { Ok(verified) } else { Err(Stopped::Failed(verified)) }
}

/// What is found out about `source`. An error is a log that is not whole.
fn verify(source: &Source, report: &mut Report<'_>) -> anyhow::Result<Outcome> {
    let end = source.head.pos;
    let (mut chain, mut replay) = (Chain::default(), State::replay());
    let mut videos: BTreeMap<VideoId, About> = BTreeMap::new();
    report.begin("reading the log", end);
    source.each_frame(0, end, report, |pos, frame| {
        if pos != chain.head.pos + 1 {
            bail!(OpenError::Gap { expected: chain.head.pos + 1, found: pos });
        }
        if let Some(record) = chain.add(frame)? {
            if let Some(video) = record.event.video() {
                videos.entry(video).or_default().add(pos);
            }
            replay.fold(&record);
        }
        Ok(())
    })?;
    if chain.head.pos != end || chain.head.chain != source.head.chain {
        bail!(OpenError::Chain { pos: end });
    }
    let state = replay.finish();
    let hex = chain.head.chain.iter().fold(String::new(), |mut text, byte| {
        let _: std::fmt::Result = write!(text, "{byte:02x}");
        text
    });
    let mut outcome = Outcome::new("Every event is as it was written, and what is shown is what they say.")
        .with("Events", end)
        .with("Chain", hex)
        .with("Digest", format!("{:016x}", state.digest()));
    index(source, &videos, report, &mut outcome)?;
    about_state(source, &state, &mut outcome);
    if outcome.code != 0 {
        outcome.summary = "Every event is as it was written, but something made of them is not right.".to_owned();
    }
    Ok(outcome)
}

/// Compares the index of events by video with the log, in both directions.
fn index(
    source: &Source,
    videos: &BTreeMap<VideoId, About>,
    report: &mut Report<'_>,
    outcome: &mut Outcome,
) -> anyhow::Result<()> {
    report.begin("reading the index", videos.len() as u64);
    // Videos nobody said anything about must not be in it either.
    let last = videos.keys().last().map_or(0, |last| last.get()).max(source.state.videos().len() as u32);
    for (done, number) in (1_u64..).zip(1..=last) {
        report.reached(done.min(videos.len() as u64))?;
        let Ok(video) = VideoId::new(number) else { continue };
        let mut found = About::default();
        let mut before = source.head.pos + 1;
        loop {
            let run = source.reader.read_video(video, before, RUN)?;
            run.iter().for_each(|record| found.add(record.pos));
            let Some(first) = run.last() else { break };
            before = first.pos;
        }
        if found != videos.get(&video).copied().unwrap_or_default() {
            let known = videos.get(&video).map_or(0, |about| about.events);
            let text = format!(
                "the index lists {} events of video {video}, the log has {known}. {}",
                found.events,
                OpenError::Index.advice()
            );
            outcome.note(OpenError::Index.exit_code(), text);
        }
    }
    Ok(())
}

/// What is wrong with what is known, though the log is whole: faults of a program or of the memory, not of a disk.
fn about_state(source: &Source, state: &State, outcome: &mut Outcome) {
    if state.digest() != source.state.digest() {
        let shown = source.state.digest();
        let text = format!("what is shown has the digest {shown:016x}. Rebuild it, check the memory, and report it.");
        outcome.note(DERIVED, text);
    }
    if let Some((pos, anomaly)) = state.first_anomaly() {
        let others = state.anomalies() - 1;
        let text = format!(
            "the event at position {pos} makes no sense ({anomaly:?}), and {others} others. It changes nothing; please report it."
        );
        outcome.note(DERIVED, text);
    }
    for part in state.check() {
        outcome.note(
            DERIVED,
            format!("what is computed twice about {part} differs. Please report it, with an export of the log."),
        );
    }
}
