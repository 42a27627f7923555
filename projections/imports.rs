//! Which records of other programs are in the log already, forever, and which imports there were.
//!
//! Not the idempotency of requests: that is the writer's, and it forgets.

use events::event::Import as Happened;
use events::{Cause, CommandId, Recorded};
use imbl::{HashSet, Vector};

use crate::anomaly::Anomaly;
use crate::digest::Digest;

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

    pub(crate) fn digest(&self, into: &mut Digest) {
        let Self { records, runs } = self;
        let mut records: Vec<CommandId> = records.iter().copied().collect();
        records.sort_unstable();
        into.number(records.len() as u64);
        for CommandId { key, body } in records {
            into.number(key);
            into.number(body);
        }
        for Run { source, started_at_ms, outcome } in runs {
            into.bytes(source.as_bytes());
            into.time(*started_at_ms);
            into.option(*outcome, |into, Outcome { accepted, unchanged, rejected }| {
                into.number(accepted);
                into.number(unchanged);
                into.number(rejected);
            });
        }
    }
}
