//! Which records of other programs are in the log already, forever, and which imports there were.
//!
//! Not the idempotency of requests: that is the writer's, and it forgets.

use events::event::Import as Happened;
use events::{Cause, CommandId, Recorded};
use imbl::{HashSet, Vector};

use crate::anomaly::Anomaly;
use crate::bytes::{Decoder, Encoder};

/// One import.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// Where the data came from, as a person would name it.
    pub source: String,
    /// When it began, ms since the epoch.
    pub started_at_ms: i64,
    /// How it ended; `None` if the log ends within it.
    pub outcome: Option<Outcome>,
}

/// What became of the entries of an import.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Entries that became events.
    pub accepted: u64,
    /// Entries that were known already.
    pub unchanged: u64,
    /// Entries that were refused.
    pub rejected: u64,
}

/// All imports.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Imports {
    records: HashSet<CommandId>,
    runs: Vector<Run>,
}

impl Imports {
    /// True if the record of another program with this key became an event.
    #[must_use]
    pub fn contains(&self, record: CommandId) -> bool {
        self.records.contains(&record)
    }

    /// The imports there were, oldest first.
    pub fn runs(&self) -> impl Iterator<Item = &Run> {
        self.runs.iter()
    }

    /// Remembers the key of an imported event. A record without key (0) cannot be recognised again.
    pub(crate) fn remember(&mut self, recorded: &Recorded) {
        if recorded.cause == Cause::Import && recorded.command_id.key != 0 {
            self.records.insert(recorded.command_id);
        }
    }

    pub(crate) fn apply(&mut self, happened: &Happened, recorded: &Recorded) -> Result<(), Anomaly> {
        match happened {
            Happened::Started { source } => {
                let run = Run { source: source.clone(), started_at_ms: recorded.occurred_at_ms, outcome: None };
                self.runs.push_back(run);
            }
            Happened::Finished { accepted, unchanged, rejected } => {
                let run = self.runs.back_mut().filter(|run| run.outcome.is_none()).ok_or(Anomaly::UnpairedImport)?;
                let (accepted, unchanged, rejected) = (*accepted, *unchanged, *rejected);
                run.outcome = Some(Outcome { accepted, unchanged, rejected });
            }
        }
        Ok(())
    }

    pub(crate) fn encode(&self, into: &mut Encoder) {
        let Self { records, runs } = self;
        let mut records: Vec<CommandId> = records.iter().copied().collect();
        records.sort_unstable();
        into.list(records.into_iter(), |into, CommandId { key, body }| {
            into.fixed(&key.to_le_bytes());
            into.fixed(&body.to_le_bytes());
        });
        into.list(runs.iter(), |into, Run { source, started_at_ms, outcome }| {
            into.bytes(source.as_bytes());
            into.time(*started_at_ms);
            into.option(*outcome, |into, Outcome { accepted, unchanged, rejected }| {
                into.number(accepted);
                into.number(unchanged);
                into.number(rejected);
            });
        });
    }

    pub(crate) fn decode(from: &mut Decoder<'_>) -> Option<Self> {
        let records = from.list(|from| {
            let (key, body) = (from.fixed()?, from.fixed()?);
            Some(CommandId { key: u64::from_le_bytes(key), body: u64::from_le_bytes(body) })
        })?;
        let runs = from.list(|from| {
            let (source, started_at_ms) = (from.text()?.into(), from.time()?);
            let outcome = from.option(|from| {
                let (accepted, unchanged, rejected) = (from.number()?, from.number()?, from.number()?);
                Some(Outcome { accepted, unchanged, rejected })
            })?;
            Some(Run { source, started_at_ms, outcome })
        })?;
        Some(Self { records, runs })
    }
}
