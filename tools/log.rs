//! `tools log`: who did what when, from the log itself.

use crate::import;
use crate::moment::Moment;
use crate::progress::Progress;
use crate::report::{count, local};
use crate::sentence::{Memory, Sentence};
use crate::source::Source;
use anyhow::{anyhow, bail};
use events::{Actor, Cause, Pos, Recorded, VideoId, jsonl, wire};
use jiff::tz::TimeZone;
use std::collections::VecDeque;
use std::io::Write;
use std::num::NonZeroUsize;

/// What `tools log` can be told.
#[derive(Clone, Debug, Default, clap::Args)]
#[command(after_help = "Examples:\n  \
    tools log --video 42                        why does this video have two stars?\n  \
    tools log --kind rating --since 2026-05-01  who rated what this May?\n  \
    tools log --device 3 --text \"blue\" --limit 20")]
pub struct Args {
    /// Only what happened to this video: its number, or the name of its file.
    #[arg(long, value_name = "ID|NAME")]
    pub video: Option<String>,
    /// Only this kind of event, such as `rating` or `rating.given`; can be given several times.
    #[arg(long, value_name = "KIND")]
    pub kind: Vec<String>,
    /// Only what came in this way: viewer, api, scan, worker, import, undo or tool; can be given several times.
    #[arg(long, value_name = "CAUSE")]
    pub cause: Vec<String>,
    /// Only what this device did: its number, as `tools log` shows it; 0 for what no device asked for.
    #[arg(long, value_name = "N")]
    pub device: Option<u32>,
    /// Only what was written down at this day or time or later, such as 2026-05-01 or "2026-05-01 18:30".
    #[arg(long, value_name = "MOMENT")]
    pub since: Option<String>,
    /// Only what was written down until this day (all of it), time or position.
    #[arg(long, value_name = "MOMENT")]
    pub until: Option<String>,
    /// Only lines with these words in their sentence, in capitals or not.
    #[arg(long, value_name = "WORDS")]
    pub text: Option<String>,
    /// Only what stands after this position; 0 for everything.
    #[arg(long, value_name = "POS")]
    pub after: Option<Pos>,
    /// At most this many: the first with --after, else the last.
    #[arg(long, value_name = "N")]
    pub limit: Option<NonZeroUsize>,
    /// Print one JSON object per line, as `tools export --jsonl` does.
    #[arg(long)]
    pub json: bool,
}

/// Prints what `args` asks for; times are shown in the zone `zone`.
///
/// # Errors
/// An argument that means nothing, a record that cannot be read, those of `out`, or
/// [`crate::progress::Cancelled`].
pub fn show(
    args: &Args,
    source: &Source,
    zone: &TimeZone,
    progress: &mut dyn Progress,
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    let wanted = Wanted::of(args, source, zone)?;
    let limit = args.limit.map_or(usize::MAX, NonZeroUsize::get);
    let first = args.after.is_some();
    let mut memory = Memory::new(zone.clone());
    // Only the last lines: kept until the end is known. Otherwise printed as they come.
    let mut last = VecDeque::new();
    let mut printed = 0;
    progress.begin("reading the log", wanted.until);
    source.each(0, wanted.until, progress, |record| {
        if wanted.has(record) && (!first || printed < limit) && wanted.says(&memory, record) {
            printed += 1;
            let line = if args.json { jsonl::write(record)? } else { line(&memory, record, zone) };
            if first || args.limit.is_none() {
                writeln!(out, "{line}")?;
            } else {
                if last.len() == limit {
                    last.pop_front();
                }
                last.push_back(line);
            }
        }
        memory.fold(record);
        Ok(())
    })?;
    last.iter().try_for_each(|line| writeln!(out, "{line}"))?;
    Ok(())
}

/// Which records are asked for.
struct Wanted {
    after: Pos,
    until: Pos,
    device: Option<Actor>,
    /// In small letters.
    text: Option<String>,
    video: Option<VideoId>,
    kinds: Vec<String>,
    causes: Vec<Cause>,
}

impl Wanted {
    fn of(args: &Args, source: &Source, zone: &TimeZone) -> anyhow::Result<Self> {
        let cause = |name: &String| {
            let known = Cause::ALL.map(Cause::name);
            let found = Cause::ALL.into_iter().find(|cause| cause.name() == name);
            found.ok_or_else(|| anyhow!("`{name}` is no cause; there are {}", known.join(", ")))
        };
        for kind in &args.kind {
            if !wire::kinds().iter().any(|known| is_kind(known.name, kind)) {
                let known: Vec<&str> = wire::kinds().iter().map(|kind| kind.name).collect();
                bail!("`{kind}` is no kind of event; there are {}", known.join(", "));
            }
        }
        let since = match args.since.as_deref().map(|text| Moment::parse(text, zone)).transpose()? {
            // What was written in the millisecond before is the last that is not wanted.
            Some(moment) => match moment.begins_at_ms(zone) {
                Some(at_ms) => source.position(at_ms.saturating_sub(1))?,
                None => bail!("--since names a day or a time; for a position there is --after"),
            },
            None => 0,
        };
        let until = args.until.as_deref().map(|text| Moment::parse(text, zone)).transpose()?;
        Ok(Self {
            after: args.after.unwrap_or(0).max(since),
            until: source.end(until, zone)?,
            device: args.device.map(Actor),
            text: args.text.as_ref().map(|text| text.to_lowercase()),
            video: args.video.as_deref().map(|text| video(source, text)).transpose()?,
            kinds: args.kind.clone(),
            causes: args.cause.iter().map(cause).collect::<Result<_, _>>()?,
        })
    }

    fn has(&self, record: &Recorded) -> bool {
        let name = wire::kind_name(&record.event);
        record.pos > self.after
            && self.video.is_none_or(|video| record.event.video() == Some(video))
            && (self.kinds.is_empty() || self.kinds.iter().any(|kind| is_kind(name, kind)))
            && (self.causes.is_empty() || self.causes.contains(&record.cause))
            && self.device.is_none_or(|device| record.actor == device)
    }

    /// Whether the sentence of `record` has the words asked for.
    fn says(&self, memory: &Memory, record: &Recorded) -> bool {
        let has =
            |text: &String| Sentence::of(&record.event, memory).to_string().to_lowercase().contains(text.as_str());
        self.text.as_ref().is_none_or(has)
    }
}

/// `rating.given` is a `rating.given` and a `rating`.
fn is_kind(name: &str, wanted: &str) -> bool {
    name == wanted || name.split_once('.').is_some_and(|(noun, _)| noun == wanted)
}

fn video(source: &Source, text: &str) -> anyhow::Result<VideoId> {
    if let Ok(video) = text.parse::<VideoId>() {
        return match source.state.videos().get(video) {
            Some(_) => Ok(video),
            None => {
                bail!("there is no video {video}: the log knows {}", count(source.state.videos().len() as u64, "video"))
            }
        };
    }
    import::named(&source.state, text)
}

fn line(memory: &Memory, record: &Recorded, zone: &TimeZone) -> String {
    let Recorded { pos, recorded_at_ms, occurred_at_ms, cause, actor, .. } = record;
    let who = match actor {
        Actor(0) => cause.name().to_owned(),
        Actor(number) => format!("{} (device {number})", cause.name()),
    };
    // What is written down much later than it happened came from somewhere else: show both times.
    let late = recorded_at_ms.abs_diff(*occurred_at_ms) >= 60_000;
    let happened = if late { format!(" (happened {})", local(*occurred_at_ms, zone)) } else { String::new() };
    format!("{pos:>7}  {}  {who}: {}{happened}", local(*recorded_at_ms, zone), Sentence::of(&record.event, memory))
}
