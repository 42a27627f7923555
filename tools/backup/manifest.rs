//! `manifest.jsonl`: which segments make up a backup, a line each, and a last line that vouches for them.
//!
//! ```text
//! {"format":1,"log":"00f1…","redactions":0,"redactions_known":0}
//! {"first":1,"last":120000,"bytes":8112345,"sha256":"…","chain":"…","recorded_at_ms":1767225600000}
//! {"sha256":"…"}
//! ```

use super::segment;
use crate::{Refusal, hashed};
use anyhow::Context as _;
use events::log::{Head, LogId};
use events::{Pos, hex};
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

/// The name of the file.
pub(super) const NAME: &str = "manifest.jsonl";

/// More is no manifest: this is enough for a run each hour of ten years.
const MAX_BYTES: u64 = 32 << 20;
const FORMAT: u32 = 1;

/// What belongs to a backup.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Manifest {
    /// The identity of the log that was backed up last.
    pub(super) log: String,
    /// How often something had been erased from that log when the first segment of it was made.
    pub(super) redactions: u64,
    /// How often something had been erased from it when it was backed up last.
    pub(super) redactions_known: u64,
    /// Without gaps from position 1.
    pub(super) segments: Vec<Segment>,
}

/// One file with records.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Segment {
    /// The position of its first record.
    pub(super) first: Pos,
    /// That of its last.
    pub(super) last: Pos,
    /// The size of the file.
    pub(super) bytes: u64,
    /// The SHA-256 of the file, in hexadecimal digits.
    pub(super) sha256: String,
    /// The hash chain after its last record, in hexadecimal digits.
    pub(super) chain: String,
    /// When the last record was written.
    pub(super) recorded_at_ms: i64,
}

impl Segment {
    /// The name of the file.
    pub(super) fn file(&self) -> String {
        segment::name(self.first, self.last)
    }

    /// Where the log ended after it.
    fn head(&self) -> Option<Head> {
        let chain = hex::read(&self.chain)?;
        Some(Head { pos: self.last, chain, recorded_at_ms: self.recorded_at_ms })
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct First {
    format: u32,
    log: String,
    #[serde(default)]
    redactions: u64,
    #[serde(default)]
    redactions_known: u64,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Last {
    sha256: String,
}

impl Manifest {
    /// Reads the manifest in `folder`; `None` if there is none.
    pub(super) fn read(folder: &Path) -> anyhow::Result<Option<Self>> {
        let place = folder.join(NAME);
        let mut text = Vec::new();
        match File::open(&place) {
            Ok(file) => file.take(MAX_BYTES + 1).read_to_end(&mut text)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error).with_context(|| format!("failed to open {}", place.display())),
        };
        let text = String::from_utf8(text).unwrap_or_default();
        match Self::parse(&text) {
            Some(manifest) => Ok(Some(manifest)),
            None => Err(Refusal::BadInput(format!(
                "{} is damaged, or of a newer version; use another backup, and begin a new one in another folder",
                place.display()
            ))
            .into()),
        }
    }

    fn parse(text: &str) -> Option<Self> {
        let body = text.strip_suffix('\n')?;
        let (body, last) = body.rsplit_once('\n')?;
        let last: Last = serde_json::from_str(last).ok()?;
        if last.sha256 != hashed::sha256(body) {
            return None;
        }
        let mut lines = body.lines();
        let first: First = serde_json::from_str(lines.next()?).ok()?;
        let segments: Vec<Segment> = lines.map(serde_json::from_str).collect::<Result<_, _>>().ok()?;
        let mut next = 1;
        for segment in &segments {
            if segment.first != next || segment.last < segment.first || segment.head().is_none() {
                return None;
            }
            next = segment.last.checked_add(1)?;
        }
        let First { format, log, redactions, redactions_known } = first;
        (format == FORMAT).then_some(Self { log, redactions, redactions_known, segments })
    }

    /// Puts the manifest into `folder`, in place of the one before it.
    pub(super) fn write(&self, folder: &Path) -> anyhow::Result<()> {
        let Self { log, redactions, redactions_known, .. } = self.clone();
        let mut lines = vec![serde_json::to_string(&First { format: FORMAT, log, redactions, redactions_known })?];
        for segment in &self.segments {
            lines.push(serde_json::to_string(segment)?);
        }
        let body = lines.join("\n");
        let last = serde_json::to_string(&Last { sha256: hashed::sha256(&body) })?;
        hashed::write_whole(folder, NAME, |file| writeln!(file, "{body}\n{last}"))
            .with_context(|| format!("failed to write {}", folder.join(NAME).display()))
    }

    /// Notes that the log `id`, from which something was erased `redactions` times, is backed up.
    pub(super) fn note(&mut self, id: LogId, redactions: u64) {
        if self.log != id.to_string() {
            // A log that was made of this backup began with what is in it.
            (self.log, self.redactions) = (id.to_string(), 0);
        }
        self.redactions_known = redactions;
    }

    /// Whether it may tell of what was erased from its log since it was begun.
    pub(super) fn tells_forgotten(&self) -> bool {
        self.redactions_known > self.redactions
    }

    /// Where the backup ends.
    pub(super) fn end(&self) -> Head {
        self.segments.last().and_then(Segment::head).unwrap_or_default()
    }

    /// Where the log ended before `segment`.
    pub(super) fn before(&self, segment: &Segment) -> Head {
        let before = self.segments.iter().take_while(|other| other.first < segment.first).last();
        before.and_then(Segment::head).unwrap_or_default()
    }
}
