//! `tools rebuild`: computes everything that is known from the log alone, and compares it with what the checkpoints say.
//!
//! A checkpoint that says something else is deleted, with the others: the next start reads the whole log and makes
//! new ones. So are those that are damaged or of no use any more, which is no fault. (A running server shows what it computed anew, too; that is not done here.)

use crate::open::open_log;
use crate::progress::Progress;
use crate::report::{self, count};
use crate::{Refusal, kept};
use anyhow::Context as _;
use events::Pos;
use events::log::{Checkpoint, Checkpoints, EventLog as _};
use projections::{Replay, SCHEMA, State};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;
use std::io::Write;
use std::path::Path;

/// What `tools rebuild` can be told.
#[derive(Clone, Debug, Default, clap::Args)]
#[command(after_help = "Examples:\n  \
    tools rebuild\n  \
    tools --server http://127.0.0.1:5000 rebuild     while the server goes on serving\n\n\
    Nothing in the log is changed. Code 89 at the end says that a checkpoint was wrong, which is a fault of this program or \
    of the memory: report it.")]
pub struct Args {
    /// Print the digests as JSON.
    #[arg(long)]
    pub json: bool,
}

/// What was computed, and what the checkpoints said.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rebuilt {
    /// How many events there are.
    pub events: Pos,
    /// The digest of everything known at the end, in hexadecimal digits.
    pub digest: String,
    /// The checkpoints that this version can use, the newest first.
    pub checkpoints: Vec<Compared>,
    /// How many others were deleted: damaged, or of no use any more.
    pub deleted: usize,
}

/// A checkpoint beside what the log says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Compared {
    /// How far it reaches.
    pub position: Pos,
    /// The digest of what it says, in hexadecimal digits; `None` when nobody can tell what it says.
    pub digest: Option<String>,
    /// The digest of what the log says, at that position; `None` when the log ends before it.
    pub digest_of_log: Option<String>,
}

impl Compared {
    fn same(&self) -> bool {
        self.digest.is_some() && self.digest == self.digest_of_log
    }
}

impl Rebuilt {
    /// Whether every checkpoint says what the log says.
    #[must_use]
    pub fn same(&self) -> bool {
        self.checkpoints.iter().all(Compared::same)
    }
}

impl fmt::Display for Rebuilt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Computed from {}: digest {}.", count(self.events, "event"), self.digest)?;
        for compared in &self.checkpoints {
            let Compared { position, digest, digest_of_log } = compared;
            let says = |digest: &Option<String>| digest.clone().unwrap_or_else(|| "nothing".to_owned());
            let verdict = if compared.same() { "the same" } else { "NOT THE SAME; it was deleted" };
            let (said, found) = (says(digest), says(digest_of_log));
            write!(f, "\nCheckpoint at {position}: it says {said}, the log says {found}: {verdict}.")?;
        }
        if self.deleted > 0 {
            write!(f, "\n{} that nobody can use: deleted.", count(self.deleted as u64, "checkpoint"))?;
        }
        Ok(())
    }
}

/// Runs the command on the data folder `data`.
///
/// # Errors
/// [`Refusal::Derived`] when a checkpoint was wrong, what [`crate::exit_code`] knows about the log, or those of `out`.
pub fn run(args: &Args, data: &Path, progress: &mut dyn Progress, out: &mut dyn Write) -> anyhow::Result<()> {
    conclude(&rebuild(data, progress)?, args.json, out)
}

/// Prints what was `rebuilt`, and ends as that asks for.
///
/// # Errors
/// [`Refusal::Derived`] when a checkpoint was wrong, or those of `out`.
pub fn conclude(rebuilt: &Rebuilt, json: bool, out: &mut dyn Write) -> anyhow::Result<()> {
    report::tell(rebuilt, json, out)?;
    if rebuilt.same() {
        return Ok(());
    }
    let text = "a checkpoint did not say what the log says; the next start reads the whole log. Check the memory of this \
                machine, and report it";
    Err(Refusal::Derived(text.to_owned()).into())
}

/// Computes and compares; deletes the checkpoints that cannot be used, and all of them when one is wrong.
pub(crate) fn rebuild(data: &Path, progress: &mut dyn Progress) -> anyhow::Result<Rebuilt> {
    let checkpoints: Vec<Checkpoint> = Checkpoints::new(data, SCHEMA).newest_first().collect();
    let mut digests: BTreeMap<Pos, Option<String>> =
        checkpoints.iter().map(|checkpoint| (checkpoint.stamp.head.pos, None)).collect();
    let mut replay = State::replay();
    let log = open_log(data, "computing what is known", progress, &mut |record| {
        replay.fold(record);
        if let Some(digest) = digests.get_mut(&record.pos) {
            *digest = Some(report::digest(replay.digest()));
        }
    })?;
    let compared = |checkpoint: &Checkpoint| Compared {
        position: checkpoint.stamp.head.pos,
        digest: state_in(&checkpoint.bytes).map(|state| report::digest(state.digest())),
        digest_of_log: digests.get(&checkpoint.stamp.head.pos).cloned().flatten(),
    };
    // Those of the log before it was replaced, or from before something was erased, are of no use, and not wrong.
    let stamp = log.stamp();
    let current = |checkpoint: &&Checkpoint| checkpoint.stamp.same_log(&stamp);
    let mut rebuilt = Rebuilt {
        events: log.head().pos,
        digest: report::digest(replay.digest()),
        checkpoints: checkpoints.iter().filter(current).map(compared).collect(),
        deleted: 0,
    };
    let kept = Checkpoints::new(data, SCHEMA);
    rebuilt.deleted = match rebuilt.same() {
        true => kept.delete_unusable(&stamp),
        false => kept.delete().map(|()| 0),
    }
    .context("failed to delete checkpoints")?;
    Ok(rebuilt)
}

/// The state in what a server keeps.
pub(crate) fn state_in(kept: &[u8]) -> Option<Replay> {
    let (_, state) = kept::split(kept)?;
    Replay::restore(state)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;
    use crate::open::Library;
    use crate::progress::Quiet;
    use crate::{exit_code, seed};
    use events::log::Stamp;

    /// What a server would keep of `state`.
    fn kept(state: &State) -> Vec<u8> {
        kept::join(&[0; 7], &state.checkpoint())
    }

    fn seeded(data: &Path) -> (Stamp, State) {
        seed::run(&seed::Args { videos: 20, events: 300, seed: 1, files: None, json: false }, data, &mut Vec::new())
            .unwrap();
        let library = Library::open(data, &mut |_| {}).unwrap();
        (library.log.stamp(), (*library.state).clone())
    }

    #[test]
    fn a_checkpoint_that_says_what_the_log_says_stays_and_another_goes() {
        let data = tempfile::tempdir().unwrap();
        let (stamp, state) = seeded(data.path());
        let checkpoints = Checkpoints::new(data.path(), SCHEMA);
        checkpoints.keep(&stamp, &kept(&state)).unwrap();
        let rebuilt = rebuild(data.path(), &mut Quiet).unwrap();
        assert!(rebuilt.same() && rebuilt.checkpoints.len() == 1, "{rebuilt}");
        assert_eq!((rebuilt.events, rebuilt.digest), (stamp.head.pos, report::digest(state.digest())));
        assert_eq!(checkpoints.newest_first().count(), 1);

        let wrong: [Vec<u8>; 2] = [kept(&State::default()), vec![1; 40]];
        for bytes in wrong {
            checkpoints.keep(&stamp, &bytes).unwrap();
            let mut out = Vec::new();
            let error = run(&Args::default(), data.path(), &mut Quiet, &mut out).unwrap_err();
            assert_eq!(exit_code(&error), 89, "{error:#}");
            assert!(String::from_utf8(out).unwrap().contains("NOT THE SAME"));
            assert_eq!(checkpoints.newest_first().count(), 0);
        }
        run(&Args::default(), data.path(), &mut Quiet, &mut Vec::new()).unwrap();
    }
}
