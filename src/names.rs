//! What people call the devices, for every request: read once at the start, written with each change.

use events::Actor;
use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};
use tools::devices::{Device, DeviceName, Devices, DevicesError};

/// The names. Cheap to clone.
#[derive(Clone)]
pub struct Names(Arc<RwLock<Devices>>);

impl Names {
    /// The names kept in the data folder `data`. A file that cannot be understood is left alone, and said so in the log.
    #[must_use]
    pub fn load(data: &Path) -> Self {
        let devices = Devices::load(data);
        if let Err(error) = devices.trouble() {
            tracing::warn!(error = &error as &dyn std::error::Error, "devices are shown without their names");
        }
        Self(Arc::new(RwLock::new(devices)))
    }

    /// What people call this device, or what stands for it.
    pub(crate) fn called(&self, device: Actor) -> String {
        match (device, self.name_of(device)) {
            (_, Some(name)) => name,
            (Actor(0), None) => "The program itself".to_owned(),
            (Actor(1), None) => "Programs".to_owned(),
            (Actor(number), None) => format!("Device {number}"),
        }
    }

    pub(crate) fn name_of(&self, device: Actor) -> Option<String> {
        self.read(|devices| devices.name_of(device).map(str::to_owned))
    }

    /// All devices that have a name.
    pub(crate) fn all(&self) -> Vec<Device> {
        self.read(|devices| devices.iter().cloned().collect())
    }

    /// Why names cannot be changed.
    pub(crate) fn trouble(&self) -> Option<String> {
        self.read(|devices| devices.trouble().err().map(|error| error.to_string()))
    }

    /// Gives a device a name. Blocking.
    pub(crate) fn rename(&self, device: Actor, name: &DeviceName, now_ms: i64) -> Result<(), DevicesError> {
        self.0.write().unwrap_or_else(PoisonError::into_inner).rename(device, name, now_ms)
    }

    /// Erases the name of a device. Blocking.
    pub(crate) fn forget(&self, device: Actor) -> Result<bool, DevicesError> {
        self.0.write().unwrap_or_else(PoisonError::into_inner).forget(device)
    }

    fn read<T>(&self, look: impl FnOnce(&Devices) -> T) -> T {
        look(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }
}
