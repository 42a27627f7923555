//! What is known as the four JSON files of the old program.

use crate::Refusal;
use crate::hashed::sync_folder_of;
use crate::report::count;
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
        let files =
            self.files.iter().map(|(file, videos)| format!("{}: {}", file.display(), count(*videos as u64, "video")));
        let left = |left: &Left| format!("left out: {}: its name cannot be written there", left.path);
        f.write_str(&files.chain(self.left_out.iter().map(left)).collect::<Vec<_>>().join("\n"))
    }
}

/// One of the four files.
pub struct LegacyFile {
    /// Its name.
    pub name: &'static str,
    /// Of how many videos it speaks.
    pub videos: usize,
    /// What it says.
    pub value: Value,
}

/// What `state` knows, as the four files ratings.json, views.json, tags.json and favorites.json; and the videos that are in
/// none of them.
#[must_use]
pub fn files(state: &State) -> ([LegacyFile; 4], Vec<Left>) {
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
    let keyed =
        |name, object: Map<String, Value>| LegacyFile { name, videos: object.len(), value: Value::Object(object) };
    let listed = LegacyFile { name: "favorites.json", videos: count, value: json!({ "favorites": favorites }) };
    let files = [keyed("ratings.json", ratings), keyed("views.json", views), keyed("tags.json", tags), listed];
    let left = |video: &Video| Left { video: video.id.get(), path: video.path.as_path().display().to_string() };
    (files, left_out.into_iter().map(left).collect())
}

/// Writes the four files into `folder`, which is made if it is missing. Overwrites nothing.
///
/// # Errors
/// A file that is there already or cannot be written; files before it are written then.
pub fn write(state: &State, folder: &Path) -> anyhow::Result<Written> {
    fs::create_dir_all(folder).with_context(|| format!("failed to make {}", folder.display()))?;
    let (files, left_out) = files(state);
    let mut written = Written { left_out, ..Written::default() };
    for LegacyFile { name, videos, value } in files {
        let file = folder.join(name);
        write_one(&file, &value)?;
        written.files.push((file, videos));
    }
    Ok(written)
}

fn write_one(file: &Path, value: &Value) -> anyhow::Result<()> {
    let written = File::create_new(file).and_then(|mut opened| {
        serde_json::to_writer_pretty(&mut opened, value)?;
        opened.sync_all()?;
        sync_folder_of(file)
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
