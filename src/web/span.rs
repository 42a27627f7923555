//! A span for each request, for those who follow requests over many programs (OpenTelemetry). Unless somebody collects
//! spans, it is nothing and costs a look at one number.
//!
//! Not a log: what is worth a line has one. The telemetry knows these spans by the name of this module.

use axum::http::Method;
use std::sync::Arc;
use tracing::Span;
use tracing::field::Empty;

/// The span of a request with this number. Its fields have the names that OpenTelemetry gives them.
pub(super) fn begin(id: u64, method: &Method) -> Span {
    let span = tracing::debug_span!(
        "request",
        id = Empty,
        otel.kind = "server",
        otel.name = Empty,
        otel.status_code = Empty,
        http.request.method = Empty,
        http.route = Empty,
        http.response.status_code = Empty,
    );
    if !span.is_disabled() {
        span.record("id", format_args!("{id:016x}"));
        span.record("http.request.method", method.as_str());
        // It can be given only now; the route is not known yet.
        span.record("otel.name", method.as_str());
    }
    span
}

/// Says how it was answered, and by which `route`.
pub(super) fn end(span: &Span, status: u16, route: impl FnOnce() -> Option<Arc<str>>) {
    if span.is_disabled() {
        return;
    }
    if let Some(route) = route() {
        span.record("http.route", &*route);
    }
    span.record("http.response.status_code", status);
    if status >= 500 {
        span.record("otel.status_code", "error");
    }
}
