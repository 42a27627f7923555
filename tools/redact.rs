//! `tools redact`: forgets what somebody watched, or what a device is called, for good. All else stays, and the
//! hash chain still proves it.

use crate::devices::Devices;
use crate::open::Library;
use crate::progress::Progress;
use crate::report::{self, count};
use crate::source::Source;
use anyhow::bail;
use events::log::EventLog as _;
use events::{Actor, Pos};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::io::Write;
use std::path::Path;

/// What `tools redact` can be told.
#[derive(Clone, Debug, Default, clap::Args)]
#[command(
    group = clap::ArgGroup::new("what").required(true).multiple(true).args(["device", "viewing"]),
    after_help = "Examples:\n  \
    tools redact --device 3                erases the name of the device; its number says nothing by itself\n  \
    tools redact --device 3 --viewings     and everything it watched\n  \
    tools redact --viewing 4711            erases one viewing, at this position of the log\n\n\
    With a viewing goes what took it back and brought it back, and where the device stopped in it. This cannot be taken \
    back. When, and by which device, stays in the log; what was watched does not, and view counts are lower. Views that \
    were imported, or rolled up by `compact`, cannot be told apart any more and stay. Backups and exports made before, \
    and old logs beside this one, still have it: make new ones, and delete those."
)]
pub struct Args {
    /// Forget the name of this device: its number, as `tools log` shows it.
    #[arg(long, value_name = "N")]
    pub device: Option<u32>,
    /// Also forget everything this device watched, and where it stopped.
    #[arg(long, requires = "device")]
    pub viewings: bool,
    /// Forget what was watched at this position of the log; can be given several times.
    #[arg(long, value_name = "POS")]
    pub viewing: Vec<Pos>,
    /// Print what was forgotten as JSON.
    #[arg(long)]
    pub json: bool,
}

/// What was forgotten.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Forgotten {
    /// How many events say nothing any more that did before.
    pub events: u64,
    /// Whether a device had a name and has none now.
    pub name: bool,
}

impl fmt::Display for Forgotten {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let events = count(self.events, "event");
        match (self.events, self.name) {
            (0, false) => write!(f, "There was nothing to forget."),
            (0, true) => write!(f, "Forgot the name of the device."),
            (_, false) => write!(f, "Forgot what {events} said; older backups and exports still have it."),
            (_, true) => {
                write!(f, "Forgot the name of the device and what {events} said; older backups still have it.")
            }
        }
    }
}

/// Runs the command on the data folder `data`.
///
/// # Errors
/// A position that is no viewing, what [`crate::exit_code`] knows about the log, or those of `out`.
pub fn run(args: &Args, data: &Path, progress: &mut dyn Progress, out: &mut dyn Write) -> anyhow::Result<()> {
    let mut library = Library::open_existing(data, progress)?;
    let positions = positions(args, &library.source(), progress)?;
    let events = library.log.redact(&positions)? as u64;
    let name = match args.device {
        Some(device) => Devices::load(data).forget(Actor(device))?,
        None => false,
    };
    conclude(&Forgotten { events, name }, args.json, out)
}

/// Prints what was `forgotten`.
///
/// # Errors
/// Those of `out`.
pub fn conclude(forgotten: &Forgotten, json: bool, out: &mut dyn Write) -> anyhow::Result<()> {
    report::tell(forgotten, json, out)
}

/// The positions of what `args` wants forgotten.
///
/// # Errors
/// Device 0, which is none, a position that the log does not have, a record that cannot be read, or [`crate::progress::Cancelled`].
pub fn positions(args: &Args, source: &Source, progress: &mut dyn Progress) -> anyhow::Result<Vec<Pos>> {
    if args.device == Some(0) {
        bail!(
            "0 is no device: it stands for imports, tools and the gallery itself; `tools log` shows the numbers of devices"
        );
    }
    let mut positions = args.viewing.clone();
    if let Some(pos) = positions.iter().find(|pos| **pos == 0 || **pos > source.head.pos) {
        bail!("there is no position {pos}: the log ends at {}", source.head.pos);
    }
    if let (Some(device), true) = (args.device, args.viewings) {
        progress.begin("looking for what the device watched", source.head.pos);
        source.each(0, source.head.pos, progress, |record| {
            if record.event.can_be_redacted() && record.actor == Actor(device) {
                positions.push(record.pos);
            }
            Ok(())
        })?;
    }
    Ok(positions)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;
    use crate::devices::DeviceName;
    use crate::progress::Quiet;
    use crate::seed;
    use events::log::LogReader;
    use std::sync::Arc;

    fn redact(data: &Path, args: Args) -> anyhow::Result<String> {
        let mut out = Vec::new();
        run(&args, data, &mut Quiet, &mut out)?;
        Ok(String::from_utf8(out).unwrap())
    }

    fn watched_by(reader: &Arc<dyn LogReader>, device: u32) -> Vec<Pos> {
        let records = reader.read(0, 9_999).unwrap().into_iter();
        let watched = records.filter(|record| record.event.can_be_redacted() && record.actor == Actor(device));
        watched.map(|record| record.pos).collect()
    }

    #[test]
    fn a_viewing_a_device_and_its_name_are_forgotten_and_the_chain_still_stands() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path();
        seed::run(&seed::Args { videos: 20, events: 500, seed: 1, files: None, json: false }, data, &mut Vec::new())
            .unwrap();
        let name = DeviceName::new("Living room TV").unwrap();
        Devices::load(data).rename(Actor(3), &name, 1).unwrap();
        let library = Library::open(data, &mut |_| {}).unwrap();
        let (head, reader) = (library.log.head(), library.log.reader());
        let (by_three, by_four) = (watched_by(&reader, 3), watched_by(&reader, 4));
        assert!(by_three.len() > 9 && by_four.len() > 9);
        let first = *by_four.first().unwrap();
        drop((library, reader));

        let one = Args { viewing: vec![first], ..Args::default() };
        assert!(redact(data, one.clone()).unwrap().starts_with("Forgot what "));
        assert_eq!(redact(data, one).unwrap(), "There was nothing to forget.\n");
        let device = Args { device: Some(3), ..Args::default() };
        assert_eq!(redact(data, device.clone()).unwrap(), "Forgot the name of the device.\n");
        assert_eq!(Devices::load(data).name_of(Actor(3)), None);
        let all = Args { viewings: true, ..device };
        assert!(redact(data, all).unwrap().starts_with(&format!("Forgot what {} events said", by_three.len())));

        let library = Library::open(data, &mut |_| {}).unwrap();
        assert_eq!(library.log.head(), head);
        let reader = library.log.reader();
        assert_eq!(watched_by(&reader, 3), Vec::<Pos>::new());
        // With the viewing went where it was stopped, and no other viewing.
        let left = watched_by(&reader, 4);
        assert!(!left.contains(&first) && left.len() + 9 > by_four.len(), "{left:?} of {by_four:?}");
        drop((library, reader));
        let nobody = Args { device: Some(0), viewings: true, ..Args::default() };
        assert!(redact(data, nobody).unwrap_err().to_string().contains("0 is no device"));
        let refused = |pos| redact(data, Args { viewing: vec![pos], ..Args::default() }).unwrap_err().to_string();
        assert!(refused(1).contains("is no viewing"), "{}", refused(1));
        assert!(refused(head.pos + 1).contains("there is no position"), "{}", refused(head.pos + 1));
    }
}
