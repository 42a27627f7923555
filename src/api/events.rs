//! `/events`: what happens, as it happens, for pages and programs that stay open (server-sent events).
//!
//! A stream pulls from the feed of the writer when its client takes more, so a slow client costs nothing
//! but its place. Each message is written once and shared by all streams.

mod message;

use crate::clock;
use crate::web::error::WebError;
use crate::web::extract::Query;
use crate::writer::{Feed, Subscription};
use axum::body::Body;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use events::Pos;
use http_body::Frame;
use message::Messages;
use projections::Live;
use serde::Deserialize;
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use utoipa::IntoParams;

/// How many streams may be open; a browser needs one.
const STREAMS_MAX: usize = 512;

/// How long a stream is silent at most. Between the two, some device would take it for dead.
const BEAT: Duration = Duration::from_secs(15);

/// How long a client waits before it connects again, ms.
const RETRY_MS: u64 = 2_000;

/// A client that does not say where it was is told what changed so lately that the page it shows may
/// have been drawn before, ms.
const JUST_NOW_MS: i64 = 10_000;

/// What streams are made of.
#[derive(Clone)]
pub(super) struct Streams {
    feed: Feed,
    messages: Arc<Messages>,
    places: Arc<Semaphore>,
}

impl Streams {
    pub(super) fn new(feed: Feed, live: Live) -> Self {
        Self { feed, messages: Arc::new(Messages::new(live)), places: Arc::new(Semaphore::new(STREAMS_MAX)) }
    }
}

/// Where to begin.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct Begin {
    /// The position of the last event known; everything after it is sent. `Last-Event-ID` wins over it. Without either,
    /// the stream begins with what changed in the last ten seconds.
    #[param(value_type = Option<u64>, example = 4711)]
    after: Option<Pos>,
}

/// Follow changes
///
/// Server-sent events: for every change a message `change` whose `id` is the position of its last event. Its data names
/// the batch, its cause, the events (at most 256; longer batches come in several messages) and what is known *now* of the
/// videos they touched, so that a message received twice does no harm. No event is left out, however late a client
/// connects again. A position that does not exist yet, as after a backup was brought back, begins at the end.
#[utoipa::path(
    get, path = "/events", operation_id = "followChanges", tag = "gallery",
    params(Begin, ("Last-Event-ID" = Option<String>, Header, description = "The `id` of the last message received; browsers send it by themselves")),
    responses(
        (status = 200, description = "A stream that does not end", content_type = "text/event-stream", body = message::Change),
        (status = 503, description = "Too many streams are open"),
    ),
)]
pub(super) async fn follow(
    State(streams): State<Streams>,
    Query(begin): Query<Begin>,
    headers: HeaderMap,
) -> Result<Response, WebError> {
    let Streams { feed, messages, places } = streams;
    let place = places.try_acquire_owned();
    let place = place.map_err(|_| WebError::unavailable("Too many streams of changes are open.", 30))?;
    let wanted = match headers.get("last-event-id") {
        Some(id) => Some(position(id)?),
        None => begin.after,
    };
    let after = wanted.unwrap_or_else(|| feed.since(clock::now_ms() - JUST_NOW_MS)).min(feed.head());
    // Whoever is cut off before the first change knows where it was all the same.
    let hello = Bytes::from(format!("retry: {RETRY_MS}\nid: {after}\nevent: place\ndata: {after}\n\n"));
    let following = Following { subscription: feed.subscribe(after), messages, _place: place };
    let body = Body::new(Stream { hello: Some(hello), next: following.step() });
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static("text/event-stream")),
        (CACHE_CONTROL, HeaderValue::from_static("no-store")),
        // A proxy that collects answers before it passes them on would hold everything back.
        (HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no")),
    ];
    Ok((headers, body).into_response())
}

fn position(id: &HeaderValue) -> Result<Pos, WebError> {
    let number = id.to_str().ok().and_then(|text| text.trim().parse().ok());
    number.ok_or_else(|| WebError::bad_input("`Last-Event-ID` is the `id` of a message: a whole number."))
}

/// One client's place in what happens.
struct Following {
    subscription: Subscription,
    messages: Arc<Messages>,
    _place: OwnedSemaphorePermit,
}

type Step = Pin<Box<dyn Future<Output = Option<(Bytes, Following)>> + Send>>;

impl Following {
    /// What is sent next, and how it goes on; `None` when the stream is over.
    fn step(mut self) -> Step {
        Box::pin(async move {
            let run = tokio::select! {
                run = self.subscription.next() => run,
                () = tokio::time::sleep(BEAT) => return Some((Bytes::from_static(b":\n\n"), self)),
            };
            match run {
                Ok(run) => Some((self.messages.of(&run?), self)),
                Err(error) => {
                    // The client connects again, and by then the log may be open again.
                    tracing::debug!(error = &error as &dyn std::error::Error, "a stream of changes ends early");
                    None
                }
            }
        })
    }
}

/// The body of the answer.
struct Stream {
    hello: Option<Bytes>,
    next: Step,
}

impl http_body::Body for Stream {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if let Some(hello) = self.hello.take() {
            return Poll::Ready(Some(Ok(Frame::data(hello))));
        }
        let Some((bytes, following)) = ready!(self.next.as_mut().poll(context)) else {
            // Not to be asked again.
            self.next = Box::pin(std::future::ready(None));
            return Poll::Ready(None);
        };
        self.next = following.step();
        Poll::Ready(Some(Ok(Frame::data(bytes))))
    }
}
