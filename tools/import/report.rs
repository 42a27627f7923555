//! What became of every entry of an import, for people and as JSON.

use crate::legacy::{Kind, Legacy, Reject, Sort};
use crate::report::count;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io::{self, Write};

/// What became of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// It became an event.
    Accepted,
    /// It says what is known already.
    Unchanged,
    /// Somebody here decided otherwise, and that stands.
    Kept,
    /// A better source says otherwise.
    Overruled,
    /// It makes no sense, or nobody can tell which video it means.
    Rejected,
}

/// How many entries of one kind came to what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Became an event.
    pub accepted: u64,
    /// Known already.
    pub unchanged: u64,
    /// Somebody here decided otherwise.
    pub kept: u64,
    /// A better source says otherwise.
    pub overruled: u64,
    /// Refused; each is in [`Report::rejects`].
    pub rejected: u64,
}

impl Counts {
    /// All entries.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.accepted + self.unchanged + self.kept + self.overruled + self.rejected
    }

    fn add(&mut self, outcome: Outcome) {
        *match outcome {
            Outcome::Accepted => &mut self.accepted,
            Outcome::Unchanged => &mut self.unchanged,
            Outcome::Kept => &mut self.kept,
            Outcome::Overruled => &mut self.overruled,
            Outcome::Rejected => &mut self.rejected,
        } += 1;
    }
}

/// An entry that was left alone because somebody here decided otherwise.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// The file it stands in.
    pub file: String,
    /// The file name it is about.
    pub key: String,
    /// What it says, and what stands.
    pub reason: String,
}

/// How many files are named: they stand in an event, too.
const NAMED_MAX: usize = 50;

/// What became of an import, or would.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// Per kind of entry.
    pub counts: BTreeMap<Kind, Counts>,
    /// Videos that are known from now on although no file of theirs was found yet.
    pub missing_videos: u64,
    /// Entries left alone because of a decision made here.
    pub kept: Vec<Kept>,
    /// Entries refused.
    pub rejects: Vec<Reject>,
    /// How the files were read.
    pub notes: Vec<String>,
    /// The files: databases and JSON files by name, sidecars by number.
    pub sources: Vec<String>,
}

impl Report {
    /// An empty report about `legacy`, with what could not even be read counted already.
    pub(super) fn about(legacy: &Legacy) -> Self {
        let named = legacy.sources.iter().filter(|source| source.sort != Sort::Sidecar);
        let named: Vec<&str> = named.map(|source| source.file.as_str()).collect();
        let sidecars = legacy.sources.len() - named.len();
        let mut sources: Vec<String> = named.iter().take(NAMED_MAX).map(|file| (*file).to_owned()).collect();
        if named.len() > NAMED_MAX {
            sources.push(format!("{} more", count((named.len() - NAMED_MAX) as u64, "file")));
        }
        if sidecars > 0 {
            sources.push(count(sidecars as u64, "sidecar"));
        }
        let mut report = Self { notes: legacy.notes.clone(), sources, ..Self::default() };
        for reject in &legacy.rejects {
            report.reject(reject.clone());
        }
        report
    }

    pub(super) fn count(&mut self, kind: Kind, outcome: Outcome) {
        self.counts.entry(kind).or_default().add(outcome);
    }

    pub(super) fn reject(&mut self, reject: Reject) {
        self.count(reject.kind, Outcome::Rejected);
        self.rejects.push(reject);
    }

    /// The same with at most so many entries of each list one by one, and how many more there are.
    #[must_use]
    pub fn shortened(mut self, most: usize) -> Self {
        let lists = [("kept", self.kept.len()), ("refused", self.rejects.len()), ("noted", self.notes.len())];
        self.kept.truncate(most);
        self.rejects.truncate(most);
        self.notes.truncate(most);
        let left = lists.into_iter().filter(|(_, length)| *length > most);
        self.notes.extend(left.map(|(what, length)| format!("{} more were {what} and are not listed", length - most)));
        self
    }

    /// The counts of all kinds together.
    #[must_use]
    pub fn total(&self) -> Counts {
        self.counts.values().fold(Counts::default(), |sum, counts| Counts {
            accepted: sum.accepted + counts.accepted,
            unchanged: sum.unchanged + counts.unchanged,
            kept: sum.kept + counts.kept,
            overruled: sum.overruled + counts.overruled,
            rejected: sum.rejected + counts.rejected,
        })
    }

    /// Writes the report for people.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn print(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "Read {}.", self.sources.join(", "))?;
        writeln!(out)?;
        let heads = ["", "new", "known", "kept", "overruled", "rejected"];
        let [kind, new, known, kept, overruled, rejected] = heads;
        writeln!(out, "{kind:16}{new:>8}{known:>8}{kept:>8}{overruled:>11}{rejected:>10}")?;
        for kind in Kind::ALL {
            if let Some(counts) = self.counts.get(&kind) {
                print_line(out, kind.name(), counts)?;
            }
        }
        print_line(out, "all", &self.total())?;
        if self.missing_videos > 0 {
            writeln!(
                out,
                "\n{} videos are known without a file; each is attached when its file turns up.",
                self.missing_videos
            )?;
        }
        for note in &self.notes {
            writeln!(out, "note: {note}")?;
        }
        for Kept { file, key, reason } in &self.kept {
            writeln!(out, "kept: {file}: {key}: {reason}")?;
        }
        for Reject { file, key, reason, .. } in &self.rejects {
            let key = if key.is_empty() { String::new() } else { format!("{key}: ") };
            writeln!(out, "rejected: {file}: {key}{reason}")?;
        }
        Ok(())
    }
}

/// A report, as it is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// Whether nothing was written.
    pub dry_run: bool,
    /// How many events were written, or would be.
    pub events: usize,
    /// The counts of all kinds together.
    pub total: Counts,
    /// What became of each entry.
    #[serde(flatten)]
    pub report: Report,
}

impl Told {
    /// This report, of an import that came to so many events.
    #[must_use]
    pub fn new(report: &Report, events: usize, dry_run: bool) -> Self {
        Self { dry_run, events, total: report.total(), report: report.clone() }
    }
}

/// Says what became of an import: as one JSON object, or for people.
///
/// # Errors
/// Those of `out`.
pub fn conclude(told: &Told, json: bool, out: &mut dyn Write) -> anyhow::Result<()> {
    if json {
        serde_json::to_writer_pretty(&mut *out, told)?;
        writeln!(out)?;
        return Ok(());
    }
    told.report.print(out)?;
    let written = count(told.events as u64, "event");
    match (told.events, told.dry_run) {
        (0, _) => writeln!(out, "\nNothing new; nothing was written.")?,
        (_, true) => writeln!(out, "\nNothing was written; without --dry-run it would be {written} in one batch.")?,
        (_, false) => writeln!(out, "\nWritten: {written} in one batch.")?,
    }
    Ok(())
}

fn print_line(out: &mut dyn Write, name: &str, counts: &Counts) -> io::Result<()> {
    let Counts { accepted, unchanged, kept, overruled, rejected } = counts;
    writeln!(out, "{name:16}{accepted:>8}{unchanged:>8}{kept:>8}{overruled:>11}{rejected:>10}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_report_says_how_much_it_leaves_out() {
        let reject = |number: usize| {
            let (file, key) = ("ratings.json".to_owned(), number.to_string());
            Reject { file, key, reason: "no".to_owned(), kind: Kind::Rating }
        };
        let report = Report { rejects: (0..12).map(reject).collect(), ..Report::default() };
        assert_eq!(report.clone().shortened(12), report);
        let short = report.shortened(10);
        assert_eq!((short.rejects.len(), short.notes), (10, vec!["2 more were refused and are not listed".to_owned()]));
    }
}
