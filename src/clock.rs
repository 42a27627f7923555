//! The one place that looks at the clock. Rules and projections are given the time instead.

/// The time in ms since the Unix epoch, UTC.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "this is the edge where the time is read")]
pub fn now_ms() -> i64 {
    jiff::Timestamp::now().as_millisecond()
}
