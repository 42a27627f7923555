//! What is known as the four JSON files of the old program.

use crate::Refusal;
use anyhow::Context as _;
use events::VideoId;
use projections::{Presence, State, Video};
use serde::Serialize;
use serde_json::{Map, Value, json};
use std::collections::HashSet;
use std::fmt;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

/// What was written.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Written {
    /// The files, and how many videos each speaks of.
    pub files: Vec<(PathBuf, usize)>,
    /// The videos that are in none of them.
    pub left_out: Vec<Left>,
}

/// A video whose name cannot be written in such files.
#[derive(Clone, Debug, Serialize)]
pub struct Left {
    /// Its number.
    pub video: u32,
    /// Its path in its library folder, as far as it is text.
    pub path: String,
}

impl fmt::Display for Written {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let files = self.files.iter().map(|(file, videos)| format!("{}: {videos} videos", file.display()));
        let left = |left: &Left| format!("left out: {}: its name cannot be written there", left.path);
        f.write_str(&files.chain(self.left_out.iter().map(left)).collect::<Vec<_>>().join("\n"))
    }
}

/// Writes ratings.json, views.json, tags.json and favorites.json of what `state` knows into `folder`, which is
/// made if it is missing. Overwrites nothing.
///
/// # Errors
/// A file that is there already or cannot be written; files before it are written then.
pub fn write(state: &State, folder: &Path) -> anyhow::Result<Written> {
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
    let mut written = Written::default();
    for (name, entries, value) in [
        ("ratings.json", ratings.len(), Value::Object(ratings)),
        ("views.json", views.len(), Value::Object(views)),
        ("tags.json", tags.len(), Value::Object(tags)),
        ("favorites.json", count, json!({ "favorites": favorites })),
    ] {
        let file = folder.join(name);
        write_one(&file, &value)?;
        written.files.push((file, entries));
    }
    let left = |video: &Video| Left { video: video.id.get(), path: video.path.as_path().display().to_string() };
    written.left_out.extend(left_out.into_iter().map(left));
    Ok(written)
}

fn write_one(file: &Path, value: &Value) -> anyhow::Result<()> {
    let written = File::create_new(file).and_then(|mut opened| {
        serde_json::to_writer_pretty(&mut opened, value)?;
        opened.sync_all()
    });
    match written {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            let text = format!("{} is there already; nothing is overwritten, name another folder", file.display());
            Err(Refusal::InTheWay(text).into())
        }
        written => written.with_context(|| format!("failed to write {}", file.display())),
    }
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
