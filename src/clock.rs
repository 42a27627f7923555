//! The one place that looks at the clock. Rules and projections are given the time instead.

/// The time in ms since the Unix epoch, UTC.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "this is the edge where the time is read")]
pub fn now_ms() -> i64 {
    jiff::Timestamp::now().as_millisecond()
}

/// The time zone of the library: that of this machine.
#[must_use]
pub fn zone() -> jiff::tz::TimeZone {
    jiff::tz::TimeZone::system()
}

/// How far the clocks on the wall are ahead of UTC at this time, in ms: where the library stands, and 0 for a time no
/// calendar has.
#[must_use]
pub fn offset_ms(at_ms: i64) -> i64 {
    let at = jiff::Timestamp::from_millisecond(at_ms);
    at.map_or(0, |at| i64::from(zone().to_offset(at).seconds()) * 1000)
}
