//! What the program says about itself while it runs: log lines on the standard error output.
//!
//! Lines of libraries that use the `log` crate (the storage engine) arrive here as well. Not a place for
//! numbers: those are counted where they happen.

use std::io::IsTerminal;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::util::SubscriberInitExt;

/// Why logging cannot start.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    /// The filter is not one.
    #[error("--log {filter}: write a level like `info`, or a filter like `info,local_video_server=debug`")]
    Filter {
        /// What was given.
        filter: String,
        /// Why it was not understood.
        source: tracing_subscriber::filter::ParseError,
    },
    /// Something else has taken the place already.
    #[error("logging is already set up in this process")]
    Taken(#[source] tracing_subscriber::util::TryInitError),
}

/// Starts logging for the whole process, with one JSON object per line or lines for people. Panics of any thread become log lines too.
///
/// # Errors
/// [`TelemetryError`].
pub fn start(json: bool, filter: &str) -> Result<(), TelemetryError> {
    let filter =
        EnvFilter::try_new(filter).map_err(|source| TelemetryError::Filter { filter: filter.to_owned(), source })?;
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let started = if json {
        lines.json().flatten_event(true).finish().try_init()
    } else {
        lines.with_ansi(std::io::stderr().is_terminal()).finish().try_init()
    };
    started.map_err(TelemetryError::Taken)?;
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        let message = panic.payload_as_str().unwrap_or("a panic without a message");
        let thread = std::thread::current().name().unwrap_or("unnamed").to_owned();
        tracing::error!(place, thread, "panicked: {message}");
    }));
    Ok(())
}
