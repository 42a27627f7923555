//! Says in the log which answers were slow, and which part of each: waiting, working it out, drawing, packing, sending.
//!
//! How long sending takes is known when the body has ended, so the line is written then. Only the bodies of answers that were
//! slow to come, or are big, are watched; videos are not, because a player takes them as it needs them.

use super::phases::Phases;
use axum::body::{Body, Bytes, HttpBody};
use axum::http::{HeaderMap, Method, Response, StatusCode, header};
use http_body::{Frame, SizeHint};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

/// From here on an answer is slow enough for a line in the log: people notice that they wait.
const SLOW: Duration = Duration::from_millis(500);

/// From here on a body may be slow to send although it was quick to make, in bytes.
const BIG_BYTES: u64 = 256 * 1024;

/// How much of a body is handed on at once, in bytes: when the last piece is asked for, most of the others are gone.
const PIECE_BYTES: usize = 64 * 1024;

/// An answer that is about to be sent.
pub(super) struct Answered {
    pub(super) id: u64,
    pub(super) method: Method,
    pub(super) path: String,
    pub(super) status: StatusCode,
    /// From the arrival of the request until now.
    pub(super) taken: Duration,
    pub(super) phases: Option<Phases>,
}

/// Whether there is something to tell of this answer, now or when it was sent.
pub(super) fn noteworthy(response: &Response<Body>, taken: Duration) -> bool {
    taken >= SLOW || (response.body().size_hint().lower() >= BIG_BYTES && ends_soon(response.headers()))
}

/// The same response, of which is told when it was sent, or now, if that may take as long as people look.
pub(super) fn tell_of(response: Response<Body>, answered: Answered) -> Response<Body> {
    if ends_soon(response.headers()) {
        return response.map(|inner| Body::new(Sending { inner, rest: Bytes::new(), answered, begun: Instant::now() }));
    }
    tell(&answered, None);
    response
}

/// Whether it is a page or an answer for a program, and not a video or a stream of events.
fn ends_soon(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).map(header::HeaderValue::as_bytes).unwrap_or_default();
    ["text/html", "text/csv", "application/json"].iter().any(|known| kind.starts_with(known.as_bytes()))
}

/// A body that is being sent.
struct Sending {
    inner: Body,
    /// What was taken from it and not handed on.
    rest: Bytes,
    answered: Answered,
    begun: Instant,
}

impl HttpBody for Sending {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        if self.rest.is_empty() {
            let frame = std::task::ready!(Pin::new(&mut self.inner).poll_frame(context));
            match frame.map(|frame| frame.map(Frame::into_data)) {
                Some(Ok(Ok(data))) => self.rest = data,
                Some(Ok(Err(other))) => return Poll::Ready(Some(Ok(other))),
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => return Poll::Ready(None),
            }
        }
        let length = self.rest.len().min(PIECE_BYTES);
        Poll::Ready(Some(Ok(Frame::data(self.rest.split_to(length)))))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty() && self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let (inner, rest) = (self.inner.size_hint(), self.rest.len() as u64);
        let mut hint = SizeHint::new();
        hint.set_lower(inner.lower().saturating_add(rest));
        if let Some(upper) = inner.upper() {
            hint.set_upper(upper.saturating_add(rest));
        }
        hint
    }
}

impl Drop for Sending {
    fn drop(&mut self) {
        tell(&self.answered, Some((self.begun.elapsed(), self.is_end_stream())));
    }
}

/// Writes the line, if all of it together was slow: with how long it was `sent`, and whether to the end.
fn tell(answered: &Answered, sent: Option<(Duration, bool)>) {
    if answered.taken + sent.map_or(Duration::ZERO, |(time, _)| time) < SLOW {
        return;
    }
    let Answered { id, method, path, status, taken, phases } = answered;
    let Phases { wait_us, snapshot_us, render_us, pack_us } = phases.unwrap_or_default();
    let (taken_us, send_us, whole) = (micros(*taken), sent.map(|(time, _)| micros(time)), sent.map(|(_, whole)| whole));
    // Before a page is worked out, its request can only have waited: for a thread, or for its body.
    let queue_us = phases.map(|_| taken_us.saturating_sub(wait_us + snapshot_us + render_us + pack_us));
    let (id, status) = (format_args!("{id:016x}"), status.as_u16());
    tracing::info!(
        %id, %method, path, status, taken_us, queue_us, wait_us, snapshot_us, render_us, pack_us, send_us, whole, "request was slow"
    );
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;
    use std::collections::BTreeMap;
    use std::sync::{Arc, Mutex};
    use tracing::field::{Field, Visit};
    use tracing::span;

    /// The fields of all lines that were written.
    type Lines = Arc<Mutex<Vec<BTreeMap<&'static str, String>>>>;

    /// A log that is read by a test.
    struct Log(Lines);

    #[derive(Default)]
    struct Line(BTreeMap<&'static str, String>);

    impl Visit for Line {
        fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
            self.0.insert(field.name(), format!("{value:?}"));
        }
    }

    impl tracing::Subscriber for Log {
        fn enabled(&self, _: &tracing::Metadata<'_>) -> bool {
            true
        }

        fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
            span::Id::from_u64(1)
        }

        fn record(&self, _: &span::Id, _: &span::Record<'_>) {}

        fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

        fn event(&self, event: &tracing::Event<'_>) {
            let mut line = Line::default();
            event.record(&mut line);
            self.0.lock().unwrap().push(line.0);
        }

        fn enter(&self, _: &span::Id) {}

        fn exit(&self, _: &span::Id) {}
    }

    fn answered(taken: Duration) -> Answered {
        let phases = Some(Phases { wait_us: 0, snapshot_us: 100_000, render_us: 250_000, pack_us: 50_000 });
        Answered { id: 7, method: Method::GET, path: "/".to_owned(), status: StatusCode::OK, taken, phases }
    }

    fn page(kind: &'static str, bytes: usize) -> Response<Body> {
        Response::builder().header(header::CONTENT_TYPE, kind).body(Body::from(vec![7; bytes])).unwrap()
    }

    /// The lines that are written while `act` is done.
    fn told(act: impl FnOnce()) -> Vec<BTreeMap<&'static str, String>> {
        let lines = Lines::default();
        tracing::subscriber::with_default(Log(Arc::clone(&lines)), act);
        std::mem::take(&mut *lines.lock().unwrap())
    }

    /// Takes a body to its end, and says how long its pieces were.
    fn pieces(response: Response<Body>) -> Vec<usize> {
        let (mut body, mut context) = (response.into_body(), Context::from_waker(std::task::Waker::noop()));
        let mut lengths = Vec::new();
        while let Poll::Ready(Some(Ok(frame))) = Pin::new(&mut body).poll_frame(&mut context) {
            lengths.push(frame.into_data().unwrap().len());
            let left: usize = 300_000 - lengths.iter().sum::<usize>();
            assert_eq!((body.size_hint().exact(), body.is_end_stream()), (Some(left as u64), left == 0));
        }
        lengths
    }

    #[test]
    fn a_slow_page_is_told_with_its_parts_when_it_was_sent() {
        let lines = told(|| {
            let response = tell_of(page("text/html; charset=utf-8", 300_000), answered(Duration::from_millis(700)));
            assert_eq!(pieces(response), [65_536, 65_536, 65_536, 65_536, 37_856]);
        });
        let [line] = lines.as_slice() else { unreachable!("one line: {lines:?}") };
        let field = |name: &str| line.get(name).map(String::as_str);
        let parts = ["taken_us", "queue_us", "snapshot_us", "render_us", "pack_us", "whole"].map(field);
        assert_eq!(parts, ["700000", "300000", "100000", "250000", "50000", "true"].map(Some), "{line:?}");
        assert!(field("send_us").is_some_and(|time| time.parse::<u64>().is_ok()), "{line:?}");
    }

    #[test]
    fn who_leaves_before_the_end_is_told_of() {
        let lines = told(|| drop(tell_of(page("text/html", 300_000), answered(SLOW))));
        assert_eq!(lines.first().and_then(|line| line.get("whole")).map(String::as_str), Some("false"), "{lines:?}");
    }

    #[test]
    fn what_is_quick_is_not_told_of_and_a_video_at_once() {
        let quick = Duration::from_millis(1);
        assert!(noteworthy(&page("text/html", 300_000), quick), "it may take long to send");
        assert!(!noteworthy(&page("text/html", 3_000), quick) && !noteworthy(&page("video/mp4", 300_000), quick));
        assert_eq!(told(|| drop(tell_of(page("application/json", 300_000), answered(quick)))), []);
        let mut held = None;
        let lines = told(|| held = Some(tell_of(page("video/mp4", 300_000), answered(SLOW))));
        assert_eq!(lines.len(), 1, "although it is not sent yet");
        assert_eq!(lines.first().and_then(|line| line.get("send_us")), None);
    }
}
