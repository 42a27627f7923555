//! What every request passes on its way in and every answer on its way out, around the whole router.
//!
//! One hand-written service without boxed futures, because it stands before pages that are answered in a few
//! microseconds. In: length of the address, [`HostNames`], origin and number of writes, the [`Visit`]. Out: a request
//! id, security headers, error pages, a log line. A panic in a handler becomes a 500, not a dead connection.
//!
//! Reads have no time limit and nothing is compressed here: both would harm the streaming of videos.

use super::error::{Earlier, ErrorPage, WebError, answer, wants_html};
use super::extract::{AT, parameter, without};
use super::guard::Peer;
use super::human::at_moment;
use super::origin::{HostNames, check_write, only_reads};
use super::phases::Phases;
use super::route;
use super::sending::{self, Answered};
use super::span;
use super::visit::Visit;
use crate::metrics::{Metrics, RouteId};
use axum::body::Body;
use axum::http::header::{self, HeaderName};
use axum::http::{HeaderValue, Method, Request, Response, StatusCode, Uri};
use axum::response::IntoResponse;
use std::convert::Infallible;
use std::hash::{BuildHasher, RandomState};
use std::net::IpAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Sleep;
use tower::Service;
use tracing::Span;

/// The longest address with its query, in bytes. The gallery's own stay far below it.
const MAX_URI_BYTES: usize = 8 * 1024;

/// How many writes may be under way at once; more are told to come back. Each waits for one fsync, shared with others.
const MAX_WRITES: usize = 512;

/// How long a write may take with the arrival of its body; a client that stalls would keep one of [`MAX_WRITES`] for good.
const WRITE_TIME: Duration = Duration::from_secs(30);

/// What a request counts as whose client left before there was an answer; nobody ever sees it.
const CLIENT_LEFT: u16 = 499;

/// Sent with every answer. Nothing is loaded from elsewhere, nothing inline runs, no other site may embed anything. A film
/// that is taken piece by piece is a `blob:` to the browser.
/// There is no `Cross-Origin-Opener-Policy`: over plain HTTP browsers ignore it, with a complaint on their console.
const SECURITY: [(HeaderName, HeaderValue); 4] = [
    (
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self' blob:; connect-src 'self'; \
             manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
        ),
    ),
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::REFERRER_POLICY, HeaderValue::from_static("same-origin")),
    (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
];

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The edge around an `inner` service.
#[derive(Clone)]
pub struct Edge<S> {
    shared: Arc<Shared>,
    peer: Option<IpAddr>,
    inner: S,
}

struct Shared {
    names: HostNames,
    page: Box<ErrorPage>,
    writes: Arc<Semaphore>,
    next_id: AtomicU64,
    metrics: Option<Metrics>,
}

impl<S> Edge<S> {
    /// An edge that answers to these `names`, shows failures on this `page`, and has every answer counted by the `metrics`.
    pub fn new(inner: S, names: HostNames, page: Box<ErrorPage>, metrics: Option<Metrics>) -> Self {
        // The upper half is random, so that ids of two runs do not meet in one log.
        let next_id = AtomicU64::new(RandomState::new().hash_one("run") & !u64::from(u32::MAX));
        let shared = Shared { names, page, writes: Arc::new(Semaphore::new(MAX_WRITES)), next_id, metrics };
        Self { shared: Arc::new(shared), peer: None, inner }
    }

    /// The same edge for the requests of one connection.
    #[must_use]
    pub fn for_peer(&self, peer: IpAddr) -> Self
    where
        S: Clone,
    {
        Self { peer: Some(peer), ..self.clone() }
    }

    /// What is known of the request before anything is done for it, or why nothing will be.
    fn admit(&self, request: &mut Request<Body>, exchange: &mut Exchange) -> Result<(), WebError> {
        if request.uri().path_and_query().is_some_and(|whole| whole.as_str().len() > MAX_URI_BYTES) {
            return Err(WebError::new(StatusCode::URI_TOO_LONG));
        }
        request.extensions_mut().insert(Peer(self.peer));
        let authority = self.shared.names.check(request.version(), request.uri(), request.headers())?;
        if only_reads(request.method()) {
            return Ok(());
        }
        check_write(authority, request.headers())?;
        let permit = Arc::clone(&self.shared.writes).try_acquire_owned();
        exchange.permit = Some(permit.map_err(|_| WebError::unavailable("Too many changes arrive at once.", 1))?);
        let visit = Visit::of_write(request.headers(), self.peer);
        exchange.cookie = visit.cookie();
        request.extensions_mut().insert(visit);
        Ok(())
    }
}

impl<S> Service<Request<Body>> for Edge<S>
where
    S: Service<Request<Body>, Response = Response<Body>, Error = Infallible>,
{
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Answering<S::Future>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, mut request: Request<Body>) -> Self::Future {
        let mut exchange = Exchange {
            id: self.shared.next_id.fetch_add(1, Ordering::Relaxed),
            shared: Arc::clone(&self.shared),
            method: request.method().clone(),
            uri: request.uri().clone(),
            wants_html: wants_html(request.uri().path(), request.headers()),
            started: Instant::now(),
            route: RouteId::NONE,
            span: Span::none(),
            permit: None,
            cookie: None,
        };
        exchange.span = span::begin(exchange.id, &exchange.method);
        let step = match self.admit(&mut request, &mut exchange) {
            Ok(()) => {
                let deadline = exchange.permit.as_ref().map(|_| Box::pin(tokio::time::sleep(WRITE_TIME)));
                let answer = exchange.span.in_scope(|| self.inner.call(request));
                exchange.note_route();
                Step::Asked { answer, deadline }
            }
            Err(error) => Step::Refused { error: Some(error) },
        };
        Answering { step, exchange: Some(exchange) }
    }
}

pin_project_lite::pin_project! {
    /// An answer on its way.
    pub struct Answering<F> {
        #[pin]
        step: Step<F>,
        exchange: Option<Exchange>,
    }

    impl<F> PinnedDrop for Answering<F> {
        fn drop(this: Pin<&mut Self>) {
            if let Some(exchange) = this.project().exchange.take() {
                exchange.count(CLIENT_LEFT);
            }
        }
    }
}

pin_project_lite::pin_project! {
    #[project = StepProjection]
    enum Step<F> {
        Refused { error: Option<WebError> },
        Asked { #[pin] answer: F, deadline: Option<Pin<Box<Sleep>>> },
    }
}

impl<F: Future<Output = Result<Response<Body>, Infallible>>> Future for Answering<F> {
    type Output = Result<Response<Body>, Infallible>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let response = match this.step.project() {
            StepProjection::Refused { error } => {
                error.take().unwrap_or_else(|| WebError::new(StatusCode::INTERNAL_SERVER_ERROR)).into_response()
            }
            // The panic hook has logged the panic; the handler's state is dropped with the future and seen by nobody.
            StepProjection::Asked { answer, deadline } => {
                let inside = this.exchange.as_ref().map(|exchange| exchange.span.enter());
                let polled = catch_unwind(AssertUnwindSafe(|| answer.poll(context)));
                drop(inside);
                if let Some(exchange) = this.exchange {
                    exchange.note_route();
                }
                match polled {
                    Ok(Poll::Ready(answer)) => answer?,
                    Ok(Poll::Pending) => match deadline {
                        Some(deadline) => {
                            ready!(deadline.as_mut().poll(context));
                            let why = "The change did not end in time; it may or may not have been saved.";
                            WebError::unavailable(why, 1).into_response()
                        }
                        None => return Poll::Pending,
                    },
                    Err(_) => {
                        this.exchange.as_ref().and_then(Exchange::metrics).inspect(|metrics| metrics.panicked());
                        WebError::new(StatusCode::INTERNAL_SERVER_ERROR).into_response()
                    }
                }
            }
        };
        match this.exchange.take() {
            Some(exchange) => Poll::Ready(Ok(exchange.finish(response))),
            None => Poll::Pending,
        }
    }
}

/// One request and its answer, as far as the edge is concerned.
struct Exchange {
    id: u64,
    shared: Arc<Shared>,
    method: Method,
    uri: Uri,
    wants_html: bool,
    started: Instant,
    route: RouteId,
    span: Span,
    permit: Option<OwnedSemaphorePermit>,
    cookie: Option<HeaderValue>,
}

impl Exchange {
    /// The ways on from a page of an earlier moment that ends in this `status`.
    fn earlier(&self, status: StatusCode) -> Option<Earlier> {
        let at = parameter(self.uri.query(), AT).filter(|_| only_reads(&self.method))?;
        let then = (status == StatusCode::NOT_FOUND).then(|| at_moment("/", &at));
        Some(Earlier { now: without(&self.uri, AT), then })
    }

    fn metrics(&self) -> Option<&Metrics> {
        self.shared.metrics.as_ref()
    }

    /// Remembers the route, if one was taken since this was last called.
    fn note_route(&mut self) {
        self.route = route::taken().unwrap_or(self.route);
    }

    /// Counts how it ended, and says how long that took.
    fn count(&self, status: u16) -> Duration {
        let taken = self.started.elapsed();
        if let Some(metrics) = self.metrics() {
            metrics.answered(self.route, &self.method, status, taken);
            span::end(&self.span, status, || metrics.pattern(self.route));
        }
        taken
    }

    fn finish(mut self, mut response: Response<Body>) -> Response<Body> {
        drop(self.permit.take());
        let id = id_text(self.id);
        let status = response.status();
        let taken = self.count(status.as_u16());
        if status.is_client_error() || status.is_server_error() {
            let error = response.extensions_mut().remove::<WebError>().or_else(|| unexplained(&response));
            self.log(status, taken, error.as_ref().map(WebError::causes).unwrap_or_default());
            if let Some(error) = error {
                let id = String::from_utf8_lossy(&id).into_owned();
                let earlier = self.earlier(status);
                response = answer(&error, response, self.wants_html, id, earlier, &self.shared.page);
            }
        } else {
            self.log(status, taken, String::new());
        }
        let headers = response.headers_mut();
        headers.reserve(SECURITY.len() + 2);
        for (name, value) in SECURITY {
            headers.insert(name, value);
        }
        if let Ok(id) = HeaderValue::from_bytes(&id) {
            headers.insert(REQUEST_ID, id);
        }
        if let Some(cookie) = self.cookie {
            headers.append(header::SET_COOKIE, cookie);
        }
        if !status.is_server_error() && sending::noteworthy(&response, taken) {
            let (method, path) = (self.method, self.uri.path().to_owned());
            let phases = response.extensions().get::<Phases>().copied();
            return sending::tell_of(response, Answered { id: self.id, method, path, status, taken, phases });
        }
        response
    }

    /// One line per request. Only failures of ours are worth one in normal times, and slow answers: see [`sending`].
    fn log(&self, status: StatusCode, taken: Duration, cause: String) {
        let (id, method, path, status, taken_us) =
            (format_args!("{:016x}", self.id), &self.method, self.uri.path(), status.as_u16(), taken.as_micros());
        if status >= 500 && status != 503 {
            tracing::error!(%id, %method, path, status, taken_us, cause, "request failed");
        } else if status == 503 {
            tracing::warn!(%id, %method, path, status, taken_us, cause, "request put off");
        } else {
            tracing::debug!(%id, %method, path, status, taken_us, cause, "request");
        }
    }
}

/// The error of a failed response that nobody explained: axum's own 404 and 405, a bare status of a handler. JSON and
/// other bodies that a handler wrote on purpose are left alone.
fn unexplained(response: &Response<Body>) -> Option<WebError> {
    let kind = response.headers().get(header::CONTENT_TYPE);
    kind.is_none_or(|kind| kind.as_bytes().starts_with(b"text/plain")).then(|| WebError::new(response.status()))
}

fn id_text(id: u64) -> [u8; 16] {
    let mut rest = id;
    let mut text = [b'0'; 16];
    for digit in text.iter_mut().rev() {
        *digit = b"0123456789abcdef".get((rest & 15) as usize).copied().unwrap_or(b'0');
        rest >>= 4;
    }
    text
}
