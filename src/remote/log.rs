//! The log of a server, read from afar: records as they are stored, so that their hash chain can be followed here.

use super::http::Http;
use anyhow::{Context as _, bail};
use events::log::{Audit, Chain, Finding, Head, LogReader, OpenError, Pace, ReadError};
use events::{Pos, Recorded, VideoId, hex, wire};
use projections::State;
use serde::Deserialize;
use std::collections::VecDeque;
use std::sync::Arc;
use tools::Source;
use tools::progress::Progress;

/// How many records are asked for at once, to look for those of a video.
const RUN: usize = 4096;

/// Where the log of a server ends, as it says.
#[derive(Deserialize)]
pub(super) struct End {
    log: String,
    position: Pos,
    chain: String,
    recorded_at_ms: i64,
    redactions: u64,
    /// The room it takes on the disk of the server.
    pub(super) bytes_on_disk: u64,
}

/// The log of a server, and where it ended when it was asked.
pub(super) fn open(http: &Arc<Http>) -> anyhow::Result<(Source, End)> {
    let end: End = serde_json::from_slice(&http.get("/api/v1/admin/log")?).context("the server answers otherwise")?;
    let Ok(id) = end.log.parse() else { bail!("`{}` is no identity of a log", end.log) };
    let chain = hex::read(&end.chain).with_context(|| format!("`{}` is no hash chain", end.chain))?;
    let head = Head { pos: end.position, chain, recorded_at_ms: end.recorded_at_ms };
    let reader: Arc<dyn LogReader> = Arc::new(Afar(Arc::clone(http)));
    Ok((Source { id, reader, state: Arc::default(), head, redactions: end.redactions }, end))
}

/// What is known after all that is in `source`, whose hash chain is verified on the way.
pub(super) fn learn(source: &Source, progress: &mut dyn Progress) -> anyhow::Result<Arc<State>> {
    progress.begin("reading the log of the server", source.head.pos);
    let (mut chain, mut replay) = (Chain::default(), State::replay());
    source.each_frame(0, source.head.pos, progress, |_, frame| {
        if let Some(record) = chain.add(frame)? {
            replay.fold(&record);
        }
        Ok(())
    })?;
    if (chain.head.pos, chain.head.chain) != (source.head.pos, source.head.chain) {
        bail!("what the server sent is not what its hash chain says; ask it to verify itself");
    }
    Ok(Arc::new(replay.finish()))
}

/// Reads the log of a server.
struct Afar(Arc<Http>);

impl LogReader for Afar {
    fn read(&self, after: Pos, max: usize) -> Result<Vec<Recorded>, ReadError> {
        let mut reached = after;
        loop {
            let frames = self.frames(reached, max)?;
            let Some((last, _)) = frames.last() else { return Ok(Vec::new()) };
            reached = *last;
            let mut records = Vec::with_capacity(frames.len());
            for (pos, frame) in &frames {
                let decoded = wire::decode(*pos, frame);
                let record = decoded.map_err(|error| ReadError::Damaged { pos: *pos, reason: error.to_string() })?;
                records.extend(record);
            }
            // Records of a newer version may be passed over; then the next ones are looked for.
            if !records.is_empty() {
                return Ok(records);
            }
        }
    }

    fn frames(&self, after: Pos, max: usize) -> Result<Vec<(Pos, Vec<u8>)>, ReadError> {
        let path = format!("/api/v1/admin/log/frames?after={after}&limit={max}");
        let body = self.0.get(&path).map_err(|error| ReadError::Storage(error.into()))?;
        taken_apart(&body, after).ok_or_else(|| ReadError::Storage("the server answers with no records".into()))
    }

    fn read_video(&self, video: VideoId, before: Pos, max: usize) -> Result<Vec<Recorded>, ReadError> {
        let (mut after, mut found) = (0, VecDeque::new());
        while after + 1 < before {
            let run = self.read(after, RUN)?;
            let Some(last) = run.last() else { break };
            after = last.pos;
            found.extend(run.into_iter().filter(|record| record.event.video() == Some(video) && record.pos < before));
            while found.len() > max {
                found.pop_front();
            }
        }
        Ok(found.into_iter().rev().collect())
    }

    /// Nobody asks: what is beside the records cannot be seen from here, and the server verifies itself.
    fn audit(&self, _each: &mut dyn FnMut(Recorded), _pace: &Pace<'_>) -> Audit {
        let elsewhere = OpenError::Storage("the log of a server is verified by the server".into());
        Audit { findings: vec![Finding::Log(elsewhere)], ..Audit::default() }
    }
}

/// The records in an answer, which must be the ones that follow `after`.
fn taken_apart(mut rest: &[u8], after: Pos) -> Option<Vec<(Pos, Vec<u8>)>> {
    let mut frames = Vec::new();
    while !rest.is_empty() {
        let (pos, more) = rest.split_first_chunk()?;
        let (length, more) = more.split_first_chunk()?;
        let (frame, more) = more.split_at_checked(usize::try_from(u32::from_le_bytes(*length)).ok()?)?;
        let pos = u64::from_le_bytes(*pos);
        if pos != after + 1 + frames.len() as u64 {
            return None;
        }
        frames.push((pos, frame.to_vec()));
        rest = more;
    }
    Some(frames)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    fn answer(frames: &[(u64, &[u8])]) -> Vec<u8> {
        let one = |(pos, frame): &(u64, &[u8])| {
            let length = u32::try_from(frame.len()).unwrap();
            [&pos.to_le_bytes()[..], &length.to_le_bytes(), frame].concat()
        };
        frames.iter().flat_map(one).collect()
    }

    #[test]
    fn an_answer_is_whole_and_without_a_gap_or_it_is_none() {
        let whole = answer(&[(8, b"one"), (9, b"")]);
        assert_eq!(taken_apart(&whole, 7).unwrap(), [(8, b"one".to_vec()), (9, Vec::new())]);
        assert_eq!(taken_apart(&[], 7).unwrap(), []);
        assert_eq!(taken_apart(&whole, 6), None, "a record is missing");
        assert_eq!(taken_apart(&answer(&[(8, b"one"), (8, b"one")]), 7), None);
        for length in (1..whole.len()).filter(|length| *length != 15) {
            assert_eq!(taken_apart(whole.get(..length).unwrap(), 7), None, "{length}");
        }
        let endless = [&8_u64.to_le_bytes()[..], &u32::MAX.to_le_bytes(), b"little"].concat();
        assert_eq!(taken_apart(&endless, 7), None);
    }
}
