//! After a start from a checkpoint: reading what the start did not, at low priority, while everything goes on.

use super::Message;
use events::log::{Finding, LogReader};
use std::sync::Arc;
use std::sync::mpsc::SyncSender;
use std::thread::JoinHandle;

/// The lowest priority there is.
const NICE: i32 = 19;

/// Reads the whole log behind `reader` on a thread of its own and tells the writer's thread if it cannot be trusted.
/// Ends when the log is closed.
pub(super) fn read_all(reader: Arc<dyn LogReader>, writer: SyncSender<Message>) -> std::io::Result<JoinHandle<()>> {
    std::thread::Builder::new().name("log-audit".into()).spawn(move || {
        // Of this thread and those it starts, not of the program.
        if let Err(error) = rustix::process::nice(NICE) {
            tracing::debug!(%error, "the log is read at ordinary priority");
        }
        let audit = loop {
            let audit = reader.audit(&mut |_| (), &|_| true);
            // Only what is erased meanwhile keeps it from finishing while the log is open.
            if audit.finished || reader.read(0, 0).is_err() {
                break audit;
            }
        };
        for finding in &audit.findings {
            tracing::error!(error = finding as &dyn std::error::Error, "the log is damaged");
        }
        match audit.findings.first() {
            Some(first) => drop(writer.send(Message::Distrust(reason(first)))),
            None if audit.finished => tracing::info!(events = audit.events, "all of the log was read and is whole"),
            None => {}
        }
    })
}

fn reason(finding: &Finding) -> String {
    format!("the log is damaged: {finding}. {}", finding.advice().trim_end_matches('.'))
}
