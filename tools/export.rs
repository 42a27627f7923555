//! `tools export`: the whole log as text, or what is known as the files of the old program.

use crate::open::{self, Library};
use anyhow::Context as _;
use events::{VideoId, jsonl};
use projections::{Presence, State, Video};
use serde_json::{Map, Value, json};
use std::collections::HashSet;
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

/// What `tools export` can be told.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct Args {
    /// Only what stands after this position: the new part of a regular backup.
    #[arg(long, value_name = "POS", default_value_t = 0)]
    pub after: u64,
    /// Instead write ratings.json, views.json, tags.json and favorites.json of the old program to DIR.
    #[arg(long, value_name = "DIR", conflicts_with = "after")]
    pub legacy: Option<PathBuf>,
}

/// Runs the command on the data folder `data`.
///
/// # Errors
/// What [`crate::exit_code`] knows about the log, those of `out`, or a file that cannot be written or is
/// there already.
pub fn run(args: &Args, data: &Path, out: &mut dyn Write) -> anyhow::Result<()> {
    let library = Library::open_existing(data)?;
    match &args.legacy {
        Some(folder) => legacy_files(&library.state, folder, out),
        None => open::each(&library.log, |record| {
            if record.pos > args.after {
                writeln!(out, "{}", jsonl::write(record)?)?;
            }
            Ok(())
        }),
    }
}

fn legacy_files(state: &State, folder: &Path, out: &mut dyn Write) -> anyhow::Result<()> {
    fs::create_dir_all(folder).with_context(|| format!("failed to make {}", folder.display()))?;
    let Named { videos, left_out } = named(state);
    let mut favorites: Vec<(i64, &String)> =
        videos.iter().filter_map(|(name, video)| Some((state.favorites().added_at_ms(*video)?, name))).collect();
    favorites.sort();
    let favorites: Vec<&String> = favorites.into_iter().map(|(_, name)| name).collect();
    let count = favorites.len();
    let object = |fact: &dyn Fn(VideoId) -> Option<Value>| -> Map<String, Value> {
        videos.iter().filter_map(|(name, video)| Some((name.clone(), fact(*video)?))).collect()
    };
    let ratings = object(&|video| Some(json!(state.ratings().get(video)?.stars.get())));
    let views = object(&|video| Some(state.views().get(video).count).filter(|count| *count > 0).map(Value::from));
    let tags = object(&|video| {
        let tags: Vec<String> = state.tags().of(video).into_iter().map(|tag| format!("#{tag}")).collect();
        (!tags.is_empty()).then(|| json!(tags))
    });
    let files = [
        ("ratings.json", ratings.len(), Value::Object(ratings)),
        ("views.json", views.len(), Value::Object(views)),
        ("tags.json", tags.len(), Value::Object(tags)),
        ("favorites.json", count, json!({ "favorites": favorites })),
    ];
    for (name, entries, value) in files {
        let file = folder.join(name);
        let written = File::create_new(&file).and_then(|mut opened| {
            serde_json::to_writer_pretty(&mut opened, &value)?;
            opened.sync_all()
        });
        written.with_context(|| format!("failed to write {}", file.display()))?;
        writeln!(out, "{}: {entries} videos", file.display())?;
    }
    for video in left_out {
        writeln!(out, "left out: {}: its name cannot be written there", video.path.as_path().display())?;
    }
    Ok(())
}

/// The videos with the names the old program would have for them.
struct Named<'a> {
    videos: Vec<(String, VideoId)>,
    /// Those whose name is not UTF-8, or is taken by a video of another folder.
    left_out: Vec<&'a Video>,
}

fn named(state: &State) -> Named<'_> {
    let mut taken = HashSet::new();
    let mut named = Named { videos: Vec::new(), left_out: Vec::new() };
    let mut videos: Vec<&Video> = state.videos().iter().filter(|video| video.presence != Presence::Forgotten).collect();
    // The file that is there has the better claim to a name.
    videos.sort_by_key(|video| (!video.present(), video.id));
    for video in videos {
        match video.path.as_path().to_str() {
            Some(name) if taken.insert(name) => named.videos.push((name.to_owned(), video.id)),
            Some(_) | None => named.left_out.push(video),
        }
    }
    named
}
