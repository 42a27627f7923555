//! `tools export`: everything there is to know, in a form that other programs read: as text, event by event
//! (`jsonl`, whose last line is a `seal`), as tables (`sqlite`), or as the files of the old program (`legacy`).

mod jsonl;
mod legacy;
pub(crate) mod seal;
mod sqlite;

pub use jsonl::write as write_jsonl;
pub use legacy::{Left, LegacyFile, Written, files as legacy_files, write as write_legacy};
pub use sqlite::{Tables, write as write_sqlite};

use crate::moment::Moment;
use crate::progress::Progress;
use crate::report;
use crate::source::Source;
use anyhow::bail;
use events::Pos;
use jiff::tz::TimeZone;
use std::io::Write;
use std::path::PathBuf;

/// What `tools export` can be told.
#[derive(Clone, Debug, Default, clap::Args)]
#[command(after_help = "Examples:\n  \
    tools export > gallery.jsonl\n  \
    tools export --after 120000 >> gallery.jsonl     what was added since\n  \
    tools export --sqlite gallery.db --as-of 2026-05-01\n\n\
    The last line of a text export vouches for the lines before it; `tools restore` and `tools repair` look at it. For \
    backups there is `tools backup`, which is faster and smaller.")]
pub struct Args {
    /// Print one JSON object for each event, and a last line that vouches for them; the default.
    #[arg(long)]
    pub jsonl: bool,
    /// Write ratings.json, views.json, tags.json and favorites.json of the old program to DIR.
    #[arg(long, value_name = "DIR", conflicts_with = "jsonl")]
    pub legacy: Option<PathBuf>,
    /// Write a new SQLite database with tables of videos, ratings, tags, favorites, views, playlists and events.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["jsonl", "legacy"])]
    pub sqlite: Option<PathBuf>,
    /// Only what stands after this position, to be put behind an older text export.
    #[arg(long, value_name = "POS", default_value_t = 0, conflicts_with_all = ["legacy", "sqlite"])]
    pub after: Pos,
    /// As it was after this position, day (all of it) or time, such as 120000, 2026-05-01 or "2026-05-01 18:30".
    #[arg(long, value_name = "MOMENT")]
    pub as_of: Option<String>,
    /// Print what was written as JSON; a text export is JSON already.
    #[arg(long)]
    pub json: bool,
}

/// Writes what `args` ask for of `source`; moments are read in `zone`.
///
/// # Errors
/// A moment the log does not have, a record that cannot be read, those of `out`, or a file that cannot be written or is
/// there already.
pub fn carry_out(
    args: &Args,
    source: &Source,
    zone: &TimeZone,
    progress: &mut dyn Progress,
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    let moment = args.as_of.as_deref().map(|text| Moment::parse(text, zone)).transpose()?;
    let through = source.end(moment, zone)?;
    if args.after > through {
        bail!("there is nothing after position {}: the export would end at {through}", args.after);
    }
    match (&args.legacy, &args.sqlite) {
        (Some(folder), _) => {
            let state = source.state_at(through, progress)?;
            report::tell(&write_legacy(&state, folder)?, args.json, out)
        }
        (None, Some(file)) => report::tell(&write_sqlite(source, through, file, progress)?, args.json, out),
        (None, None) => write_jsonl(source, args.after, through, progress, out),
    }
}
