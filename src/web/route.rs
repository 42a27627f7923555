//! Tells the edge which route of the router a request took.
//!
//! The router knows it only while it calls the route, and the edge has given the request away by then. Both happen while
//! the edge is being polled, on one thread, so a note that belongs to the thread is enough: nothing is allocated for it.

use crate::metrics::{Metrics, RouteId};
use axum::extract::{MatchedPath, Request};
use std::cell::Cell;
use std::task::{Context, Poll};
use tower::{Layer, Service};

thread_local! {
    static TAKEN: Cell<Option<RouteId>> = const { Cell::new(None) };
}

/// The route that was taken on this thread since this was last asked.
pub(super) fn taken() -> Option<RouteId> {
    TAKEN.take()
}

/// Around every route of a router: notes that it was taken.
#[derive(Clone)]
pub struct NoteRoute(pub Metrics);

impl<S> Layer<S> for NoteRoute {
    type Service = Noted<S>;

    fn layer(&self, inner: S) -> Noted<S> {
        Noted { metrics: self.0.clone(), inner }
    }
}

/// A route that says when it is taken.
#[derive(Clone)]
pub struct Noted<S> {
    metrics: Metrics,
    inner: S,
}

impl<S: Service<Request>> Service<Request> for Noted<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request) -> S::Future {
        let path = request.extensions().get::<MatchedPath>();
        TAKEN.set(Some(path.map_or(RouteId::NONE, |path| self.metrics.route(path.as_str()))));
        self.inner.call(request)
    }
}
