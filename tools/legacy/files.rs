//! The JSON files of the old program: `ratings.json`, `views.json`, `tags.json`, `favorites.json` in all
//! its forms, and the sidecars beside videos.
//!
//! A key that stands in a file twice: of ratings the last valid one counts, as it did for the old
//! program; views, tags and favourites go by their own rule (largest count, union).

use super::json::{self, Document, Entry, Shape};
use super::{Fact, Kind, Source, text};
use events::values::{Stars, TagName};
use serde_json::Value;
use serde_json::value::RawValue;
use std::collections::HashSet;
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// The largest file that is read, in bytes. The real ones have tens of kilobytes.
pub(super) const MAX_BYTES: u64 = 64 << 20;
/// No video was ever watched more often than this.
const MAX_VIEWS: i64 = 1_000_000_000;

/// The names of the four files.
pub(super) const NAMES: [&str; 4] = ["ratings.json", "views.json", "tags.json", "favorites.json"];

/// Takes over what a document says.
pub(super) type Reader = fn(&mut Source<'_>, Shape);

/// How to read the file called `name`: by its first word, so that `ratings.2024.json` and `ratings (1).json` are known as well.
pub(super) fn reader(name: &str) -> Option<Reader> {
    let word = name.strip_suffix(".json")?.split(['.', '-', ' ']).next()?;
    match word {
        "ratings" => Some(ratings),
        "views" => Some(views),
        "tags" => Some(tags),
        "favorites" => Some(favorites),
        _ => None,
    }
}

/// Reads `file` with `reader`.
pub(super) fn read(source: &mut Source<'_>, file: &Path, reader: Reader) {
    if let Some(document) = open(source, file) {
        reader(source, document.shape);
    }
}

/// Reads what was in a file with `reader`.
pub(super) fn read_bytes(source: &mut Source<'_>, bytes: &[u8], reader: Reader) {
    if let Some(document) = understood(source, bytes) {
        reader(source, document.shape);
    }
}

/// Reads the sidecar `file` of the video called `video`.
pub(super) fn read_sidecar(source: &mut Source<'_>, file: &Path, video: &[u8]) {
    if let Some(document) = open(source, file) {
        sidecar(source, document, video);
    }
}

/// Reads what was in the sidecar of the video called `video`.
pub(super) fn read_sidecar_bytes(source: &mut Source<'_>, bytes: &[u8], video: &[u8]) {
    if let Some(document) = understood(source, bytes) {
        sidecar(source, document, video);
    }
}

fn sidecar(source: &mut Source<'_>, document: Document, video: &[u8]) {
    let Shape::Object(entries) = document.shape else {
        return source.reject(Kind::File, b"", "a sidecar is an object with a list of tags");
    };
    // Its other keys (title, labels guessed by a machine) say nothing the name does not.
    if let Some(entry) = entries.into_iter().rev().find(|entry| entry.key == b"tags") {
        tags_of(source, video, &entry.value);
    }
}

/// The document in `file`, its damage reported; `None` if there is nothing to read.
fn open(source: &mut Source<'_>, file: &Path) -> Option<Document> {
    let mut bytes = Vec::new();
    match File::open(file).and_then(|file| file.take(MAX_BYTES + 1).read_to_end(&mut bytes)) {
        Err(error) => {
            source.reject(Kind::File, b"", format!("cannot be read: {error}"));
            return None;
        }
        Ok(read) if read as u64 > MAX_BYTES => {
            source.reject(Kind::File, b"", format!("is larger than {MAX_BYTES} bytes"));
            return None;
        }
        Ok(_) => {}
    }
    understood(source, &bytes)
}

/// The document that these bytes are, its damage reported; `None` if there is nothing to read.
fn understood(source: &mut Source<'_>, bytes: &[u8]) -> Option<Document> {
    let (text, note) = text::decode(bytes);
    if let Some(note) = note {
        source.note(note);
    }
    if text.trim().is_empty() {
        source.reject(Kind::File, b"", "the file is empty");
        return None;
    }
    let document = json::read(&text);
    if let Some(broken) = &document.broken {
        let last = broken.last_key.as_deref().map(String::from_utf8_lossy);
        let last = last.map_or(String::new(), |key| format!(", at {}", text::excerpt(&key, 200)));
        let reason = format!("{}; what stands before it was read", broken.reason);
        source.reject(Kind::File, format!("{}{last}", broken.place).as_bytes(), reason);
    }
    Some(document)
}

/// The entries of an object keyed by file name; anything else is refused.
fn by_name(source: &mut Source<'_>, shape: Shape) -> Vec<Entry> {
    match shape {
        Shape::Object(entries) => {
            let mut seen = HashSet::new();
            for entry in entries.iter().filter(|entry| !seen.insert(&entry.key)) {
                source.note(&format!("names {} twice", text::excerpt(&String::from_utf8_lossy(&entry.key), 200)));
            }
            entries
        }
        Shape::List(_) => {
            source.reject(Kind::File, b"", "expected an object of file names, found a list");
            Vec::new()
        }
        // What is no document at all has been reported as damage.
        Shape::Other => Vec::new(),
    }
}

fn ratings(source: &mut Source<'_>, shape: Shape) {
    let mut later = HashSet::new();
    let mut taken = Vec::new();
    for entry in by_name(source, shape).into_iter().rev() {
        match stars(&entry.value) {
            Ok(_) if later.contains(&entry.key) => {
                source.reject(Kind::Rating, &entry.key, "the same name stands again further down, and that one counts");
            }
            Ok(stars) => {
                later.insert(entry.key.clone());
                taken.push((entry.key, stars));
            }
            Err(reason) => source.reject(Kind::Rating, &entry.key, reason),
        }
    }
    for (name, stars) in taken.into_iter().rev() {
        source.take(&name, Fact::Rated(stars), None);
    }
}

fn views(source: &mut Source<'_>, shape: Shape) {
    for entry in by_name(source, shape) {
        match value(&entry.value).and_then(|value| views_of(text::whole_number(&value), entry.value.get())) {
            Ok(total) => source.take(&entry.key, Fact::Viewed { total, last_viewed_at_ms: None }, None),
            Err(reason) => source.reject(Kind::Views, &entry.key, reason),
        }
    }
}

fn tags(source: &mut Source<'_>, shape: Shape) {
    for entry in by_name(source, shape) {
        tags_of(source, &entry.key, &entry.value);
    }
}

fn tags_of(source: &mut Source<'_>, name: &[u8], list: &RawValue) {
    let Ok(values) = serde_json::from_str::<Vec<Box<RawValue>>>(list.get()) else {
        return source.reject(Kind::Tag, name, format!("expected a list of tags, found {}", shown(list)));
    };
    for value in values {
        match tag(&value) {
            Ok(tag) => source.take(name, Fact::Tagged(tag), None),
            Err(reason) => source.reject(Kind::Tag, name, format!("tag {}: {reason}", shown(&value))),
        }
    }
}

/// `{}`, `{"favorites": […]}` or a bare list.
fn favorites(source: &mut Source<'_>, shape: Shape) {
    let names = match shape {
        Shape::List(names) => names,
        Shape::Object(entries) => {
            let mut names = Vec::new();
            for entry in entries {
                match serde_json::from_str::<Vec<Box<RawValue>>>(entry.value.get()) {
                    Ok(list) if entry.key == b"favorites" => names.extend(list),
                    Ok(_) | Err(_) => {
                        source.reject(Kind::Favorite, &entry.key, "expected a list of file names under \"favorites\"");
                    }
                }
            }
            names
        }
        Shape::Other => Vec::new(),
    };
    // The order of the list is the order in which the hearts were given; that is all it knows of time.
    let count = i64::try_from(names.len()).unwrap_or(i64::MAX);
    let first_at_ms = source.written_at_ms.saturating_sub(count);
    for (at_ms, value) in (first_at_ms..).zip(names) {
        match json::text_bytes(&value) {
            Some(name) => source.take_estimated(&name, Fact::Favorite, at_ms),
            None => source.reject(Kind::Favorite, shown(&value).as_bytes(), "expected a file name"),
        }
    }
}

fn value(raw: &RawValue) -> Result<Value, String> {
    serde_json::from_str(raw.get()).map_err(|_| format!("cannot make sense of {}", shown(raw)))
}

fn stars(raw: &RawValue) -> Result<Stars, String> {
    stars_of(text::whole_number(&value(raw)?), raw.get())
}

/// The stars a number means; `found` is what was written.
pub(super) fn stars_of(number: Option<i64>, found: &str) -> Result<Stars, String> {
    let stars = number.and_then(|number| u8::try_from(number).ok()).and_then(|stars| Stars::new(stars).ok());
    stars.ok_or_else(|| format!("a rating is a whole number from 1 to 5, not {}", text::excerpt(found, 60)))
}

/// The views a number means; `found` is what was written.
pub(super) fn views_of(number: Option<i64>, found: &str) -> Result<u64, String> {
    let total = number.filter(|total| (0..=MAX_VIEWS).contains(total)).and_then(|total| u64::try_from(total).ok());
    total.ok_or_else(|| format!("views are a whole number from 0 to {MAX_VIEWS}, not {}", text::excerpt(found, 60)))
}

/// A tag; numbers are taken as text.
fn tag(raw: &RawValue) -> Result<TagName, String> {
    match value(raw)? {
        Value::String(text) => TagName::new(&text).map_err(|invalid| invalid.to_string()),
        Value::Number(number) => TagName::new(&number.to_string()).map_err(|invalid| invalid.to_string()),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => Err("expected a text".to_owned()),
    }
}

fn shown(raw: &RawValue) -> String {
    text::excerpt(raw.get(), 60)
}
