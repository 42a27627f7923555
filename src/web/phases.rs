//! How long the parts of an answer took. Whoever draws a page says it with the answer, and the edge has it for its log.
//!
//! Only what was done for this request: a page that was at hand has no phases, and costs no look at the clock.

use axum::body::Body;
use axum::http::Response;
use std::time::Instant;

/// The parts of an answer in µs, in the order they come; 0 for what was not done. An extension of the response.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Phases {
    /// Waiting for somebody else who was drawing the same page.
    pub wait_us: u64,
    /// Working out what the page shows, from the snapshot.
    pub snapshot_us: u64,
    /// Drawing it with its template.
    pub render_us: u64,
    /// Compressing it.
    pub pack_us: u64,
}

/// A watch that says how long it was since it was last asked.
pub(crate) struct Stopwatch(Instant);

impl Stopwatch {
    /// Begins now.
    pub(crate) fn start() -> Self {
        Self(Instant::now())
    }

    /// How long since the start or the last lap, in µs.
    pub(crate) fn lap_us(&mut self) -> u64 {
        let now = Instant::now();
        let taken = now.duration_since(std::mem::replace(&mut self.0, now));
        u64::try_from(taken.as_micros()).unwrap_or(u64::MAX)
    }
}

impl Phases {
    /// The `response` that took so long.
    pub(crate) fn said_with(self, mut response: Response<Body>) -> Response<Body> {
        response.extensions_mut().insert(self);
        response
    }
}
