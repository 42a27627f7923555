//! Which devices changed something of late, by the last entries of the log. What people call them is in
//! [`crate::names`].

use super::Feed;
use crate::moments::PastError;
use events::log::{LogReader, ReadError};
use events::{Actor, Pos};
use std::collections::BTreeMap;

/// How many entries are read at once.
const RUN: usize = 2_048;

/// When each device changed something last, in ms since the epoch.
pub type Devices = BTreeMap<Actor, i64>;

impl Feed {
    /// How many of the last entries of the log are looked through for devices.
    pub const DEVICES_IN: u64 = 50_000;

    /// When each device changed something last, by the last [`Feed::DEVICES_IN`] entries of the log.
    ///
    /// # Errors
    /// [`PastError`] when the log cannot be read.
    pub async fn devices(&self) -> Result<Devices, PastError> {
        let head = self.head();
        self.reading(move |reader| devices(reader, head)).await
    }
}

fn devices(reader: &dyn LogReader, head: Pos) -> Result<Devices, ReadError> {
    let mut devices = Devices::new();
    let mut reached = head.saturating_sub(Feed::DEVICES_IN);
    while reached < head {
        let run = reader.read(reached, RUN)?;
        let Some(last) = run.last() else { break };
        reached = last.pos;
        devices.extend(run.iter().map(|recorded| (recorded.actor, recorded.recorded_at_ms)));
    }
    Ok(devices)
}
