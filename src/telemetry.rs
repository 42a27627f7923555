//! What the program says about itself while it runs: log lines on the standard error output.
//!
//! With the feature `otlp`, spans of requests go to a collector as well, if the environment names one.
//!
//! Lines of libraries that use the `log` crate (the storage engine) arrive here as well. Not a place for
//! numbers: those are counted where they happen.

#[cfg(feature = "otlp")]
mod otlp;

use std::io::IsTerminal;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer, Registry};

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
    /// Spans are to be sent and cannot be.
    #[cfg(feature = "otlp")]
    #[error(transparent)]
    Spans(#[from] otlp::OtlpError),
}

/// What was started; ends, and sends what is left to send, when it is dropped.
#[derive(Default)]
#[must_use = "it ends when it is dropped"]
pub struct Telemetry {
    #[cfg(feature = "otlp")]
    _spans: Option<otlp::Sender>,
}

type Lines = Box<dyn Layer<Registry> + Send + Sync>;

/// Starts logging for the whole process, with one JSON object per line or lines for people. Panics of any thread become log lines too.
///
/// # Errors
/// [`TelemetryError`].
pub fn start(json: bool, filter: &str) -> Result<Telemetry, TelemetryError> {
    let filter =
        EnvFilter::try_new(filter).map_err(|source| TelemetryError::Filter { filter: filter.to_owned(), source })?;
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    let lines = if json {
        lines.json().flatten_event(true).with_filter(filter).boxed()
    } else {
        lines.with_ansi(std::io::stderr().is_terminal()).with_filter(filter).boxed()
    };
    let telemetry = start_with(lines)?;
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        let message = panic.payload_as_str().unwrap_or("a panic without a message");
        let thread = std::thread::current().name().unwrap_or("unnamed").to_owned();
        tracing::error!(place, thread, "panicked: {message}");
    }));
    Ok(telemetry)
}

#[cfg(not(feature = "otlp"))]
fn start_with(lines: Lines) -> Result<Telemetry, TelemetryError> {
    Registry::default().with(lines).try_init().map_err(TelemetryError::Taken)?;
    Ok(Telemetry::default())
}

#[cfg(feature = "otlp")]
fn start_with(lines: Lines) -> Result<Telemetry, TelemetryError> {
    let (spans, sender) = otlp::layer()?.unzip();
    Registry::default().with(lines).with(spans).try_init().map_err(TelemetryError::Taken)?;
    Ok(Telemetry { _spans: sender })
}
