//! What people call the devices that changes come from: a file beside the log, `devices.json`.
//!
//! The log knows a device as a number that says nothing. Its name is kept here, where it can be changed and erased, and
//! nothing is computed from it. Who may change it is not decided here.

use crate::hashed::write_whole;
use events::Actor;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

/// The file in the data folder.
pub const FILE: &str = "devices.json";

/// How many devices can have a name, and how many bytes of file are read: room for those, and more.
const DEVICES_MAX: usize = 1000;
const BYTES_MAX: u64 = 1024 * 1024;

/// A name as people see it: trimmed, 1 to 60 characters, on one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceName(String);

impl DeviceName {
    /// The longest name, in characters.
    pub const MAX_CHARS: usize = 60;

    /// The name written as `text`.
    ///
    /// # Errors
    /// [`DevicesError::Name`] when it is empty, too long, or holds control characters.
    pub fn new(text: &str) -> Result<Self, DevicesError> {
        let name = text.trim();
        let fits = !name.is_empty() && name.chars().take(Self::MAX_CHARS + 1).count() <= Self::MAX_CHARS;
        if fits && !name.chars().any(char::is_control) { Ok(Self(name.to_owned())) } else { Err(DevicesError::Name) }
    }

    /// The name as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Why a name was not changed.
#[derive(Debug, thiserror::Error)]
pub enum DevicesError {
    /// Not a name.
    #[error("a name has 1 to {} characters on one line", DeviceName::MAX_CHARS)]
    Name,
    /// The number stands for no single device.
    #[error("only a device of its own can have a name")]
    NoDevice,
    /// No more names.
    #[error("at most {DEVICES_MAX} devices can have a name; forget one first")]
    TooMany,
    /// The file is there, but nobody can tell what it says. It is left as it is.
    #[error("{} cannot be understood ({why}); repair it or take it away, then start again", .file.display())]
    Damaged {
        /// The file.
        file: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// The file cannot be written.
    #[error("failed to write {}", .file.display())]
    Write {
        /// The file.
        file: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
}

/// A device with a name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Device {
    /// The number it has in the log.
    pub number: u32,
    /// What people call it.
    pub name: String,
    /// When it got this name, ms since the epoch.
    pub named_at_ms: i64,
}

/// What the file holds.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    devices: Vec<Device>,
}

/// The names that there are.
#[derive(Debug)]
pub struct Devices {
    file: PathBuf,
    names: BTreeMap<u32, Device>,
    /// Why the file was not understood. Nothing is written over it.
    damaged: Option<String>,
}

impl Devices {
    /// The names kept in the data folder `data`; none if there is no file yet. A file that cannot be understood is left alone:
    /// see [`Devices::trouble`].
    #[must_use]
    pub fn load(data: &Path) -> Self {
        let file = data.join(FILE);
        match read(&file) {
            Ok(names) => Self { file, names, damaged: None },
            Err(why) => Self { file, names: BTreeMap::new(), damaged: Some(why) },
        }
    }

    /// Why there are no names although there is a file.
    ///
    /// # Errors
    /// [`DevicesError::Damaged`].
    pub fn trouble(&self) -> Result<(), DevicesError> {
        match &self.damaged {
            None => Ok(()),
            Some(why) => Err(DevicesError::Damaged { file: self.file.clone(), why: why.clone() }),
        }
    }

    /// The name of this device, if it has one.
    #[must_use]
    pub fn name_of(&self, device: Actor) -> Option<&str> {
        self.names.get(&device.0).map(|device| &*device.name)
    }

    /// All devices that have a name, by number.
    pub fn iter(&self) -> impl Iterator<Item = &Device> {
        self.names.values()
    }

    /// Gives the device this name, at the time `now_ms` (ms since the epoch). When this returns `Ok`, it is on disk.
    ///
    /// # Errors
    /// [`DevicesError`]; the name is then what it was.
    pub fn rename(&mut self, device: Actor, name: &DeviceName, now_ms: i64) -> Result<(), DevicesError> {
        // 0 is the program itself, 1 all programs that keep no cookie.
        if device.0 < 2 {
            return Err(DevicesError::NoDevice);
        }
        let mut names = self.names.clone();
        names.insert(device.0, Device { number: device.0, name: name.0.clone(), named_at_ms: now_ms });
        if names.len() > DEVICES_MAX {
            return Err(DevicesError::TooMany);
        }
        self.keep(names)
    }

    /// Erases the name of the device; false if it had none. When this returns `Ok`, it is gone from the disk.
    ///
    /// # Errors
    /// [`DevicesError`]; the name is then what it was.
    pub fn forget(&mut self, device: Actor) -> Result<bool, DevicesError> {
        self.trouble()?;
        let mut names = self.names.clone();
        if names.remove(&device.0).is_none() {
            return Ok(false);
        }
        self.keep(names).map(|()| true)
    }

    /// Writes the names beside the file, and only then in its place.
    fn keep(&mut self, names: BTreeMap<u32, Device>) -> Result<(), DevicesError> {
        self.trouble()?;
        let failed = |source| DevicesError::Write { file: self.file.clone(), source };
        let stored = Stored { devices: names.values().cloned().collect() };
        let text = serde_json::to_vec_pretty(&stored).map_err(|error| failed(error.into()))?;
        let folder = self.file.parent().unwrap_or(Path::new(""));
        write_whole(folder, FILE, |file| file.write_all(&text)).map_err(failed)?;
        self.names = names;
        Ok(())
    }
}

fn read(file: &Path) -> Result<BTreeMap<u32, Device>, String> {
    let opened = match File::open(file) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(BTreeMap::new()),
        opened => opened.map_err(|error| error.to_string())?,
    };
    let mut bytes = Vec::new();
    opened.take(BYTES_MAX + 1).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
    if bytes.len() as u64 > BYTES_MAX {
        return Err("it is too large".to_owned());
    }
    let Stored { devices } = serde_json::from_slice(&bytes).map_err(|error| error.to_string())?;
    if devices.len() > DEVICES_MAX {
        return Err(format!("it names more than {DEVICES_MAX} devices"));
    }
    if devices.iter().any(|device| DeviceName::new(&device.name).is_err()) {
        return Err("it holds what cannot be a name".to_owned());
    }
    Ok(devices.into_iter().map(|device| (device.number, device)).collect())
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;
    use std::fs;

    fn name(text: &str) -> DeviceName {
        DeviceName::new(text).unwrap()
    }

    #[test]
    fn names_are_kept_changed_and_erased() {
        let data = tempfile::tempdir().unwrap();
        let mut devices = Devices::load(data.path());
        assert_eq!((devices.name_of(Actor(7)), devices.iter().count()), (None, 0));
        devices.rename(Actor(7), &name(" Living room TV "), 1).unwrap();
        devices.rename(Actor(9), &name("Phone \u{1F4F1}"), 2).unwrap();
        devices.rename(Actor(7), &name("TV"), 3).unwrap();
        let mut again = Devices::load(data.path());
        assert_eq!((again.name_of(Actor(7)), again.name_of(Actor(9))), (Some("TV"), Some("Phone \u{1F4F1}")));
        assert!(again.forget(Actor(7)).unwrap() && !again.forget(Actor(7)).unwrap());
        let text = fs::read_to_string(data.path().join(FILE)).unwrap();
        assert!(!text.contains("TV") && text.contains("Phone"), "{text}");
        assert_eq!(Devices::load(data.path()).iter().map(|device| device.number).collect::<Vec<_>>(), [9]);
        assert_eq!(fs::read_dir(data.path()).unwrap().count(), 1, "nothing is left beside it");
    }

    #[test]
    fn what_cannot_be_a_name_is_refused() {
        for wrong in ["", "  ", "a\nb", "a\u{7}", &"x".repeat(61)] {
            assert!(DeviceName::new(wrong).is_err(), "{wrong:?}");
        }
        assert_eq!(name(&"é".repeat(60)).as_str().chars().count(), 60);
        let data = tempfile::tempdir().unwrap();
        let mut devices = Devices::load(data.path());
        for nobody in [0, 1] {
            assert!(matches!(devices.rename(Actor(nobody), &name("a"), 0), Err(DevicesError::NoDevice)));
        }
        assert!(!data.path().join(FILE).is_file());
    }

    #[test]
    fn there_are_only_so_many() {
        let data = tempfile::tempdir().unwrap();
        let devices = (2..2 + 1000).map(|number| Device { number, name: "x".to_owned(), named_at_ms: 0 }).collect();
        fs::write(data.path().join(FILE), serde_json::to_vec(&Stored { devices }).unwrap()).unwrap();
        let mut devices = Devices::load(data.path());
        assert!(matches!(devices.rename(Actor(1), &name("a"), 0), Err(DevicesError::NoDevice)));
        assert!(matches!(devices.rename(Actor(5000), &name("a"), 0), Err(DevicesError::TooMany)));
        devices.rename(Actor(5), &name("a"), 0).unwrap();
        assert!(devices.forget(Actor(6)).unwrap());
        devices.rename(Actor(5000), &name("a"), 0).unwrap();
    }

    #[test]
    fn a_file_that_nobody_understands_is_left_as_it_is() {
        let long = format!(r#"{{"devices":[{{"number":7,"name":"{}","named_at_ms":0}}]}}"#, "x".repeat(61));
        for text in ["", "{", "[]", r#"{"devices":[{"number":7}]}"#, &long, &" ".repeat(2_000_000)] {
            let data = tempfile::tempdir().unwrap();
            fs::write(data.path().join(FILE), text).unwrap();
            let mut devices = Devices::load(data.path());
            assert!(devices.trouble().is_err() && devices.name_of(Actor(7)).is_none());
            let refused = devices.rename(Actor(7), &name("a"), 0).unwrap_err();
            assert!(refused.to_string().contains("repair it or take it away"), "{refused}");
            assert!(matches!(devices.forget(Actor(7)), Err(DevicesError::Damaged { .. })));
            assert_eq!(fs::read_to_string(data.path().join(FILE)).unwrap(), text);
        }
    }

    #[test]
    fn a_name_that_cannot_be_written_is_not_known_either() {
        let data = tempfile::tempdir().unwrap();
        let mut devices = Devices::load(data.path());
        fs::create_dir(data.path().join(".devices.json.unfinished")).unwrap();
        assert!(matches!(devices.rename(Actor(7), &name("a"), 0), Err(DevicesError::Write { .. })));
        assert_eq!(devices.name_of(Actor(7)), None);
    }
}
