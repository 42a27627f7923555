//! From a listening socket to a service, and back out in under a second.
//!
//! The number of open connections, the time a client may take to send its headers and their size are bounded. At
//! shutdown no connection is accepted any more, idle ones close at once, the others may finish what they are doing for
//! [`DRAIN`], and then are cut: a browser with a paused video would keep the process alive for hours otherwise.

use super::edge::Edge;
use axum::body::Body;
use axum::http::{Request, Response};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::Service;

/// How long open connections may go on after the order to stop.
const DRAIN: Duration = Duration::from_millis(800);

/// How many connections may be open; further ones wait in the kernel's queue. A browser opens up to six.
const MAX_CONNECTIONS: usize = 1024;

/// How long a client may take to send the head of its request; an idle connection is closed after the same time.
const HEAD_TIMEOUT: Duration = Duration::from_secs(30);

/// How much of a connection hyper may keep in memory, either way: the largest head of a request, in bytes (431 beyond it),
/// and what must go out before a body is asked for more. Hundreds of paused videos cost this much each.
const MAX_BUFFER_BYTES: usize = 16 * 1024;

/// How long to wait when the process has run out of file descriptors.
const ACCEPT_AGAIN: Duration = Duration::from_millis(50);

/// Serves `edge` on `listener` until `shutdown` is ready, and returns when the last connection has ended.
pub async fn serve<S>(listener: TcpListener, edge: Edge<S>, shutdown: impl Future<Output = ()>)
where
    S: Service<Request<Body>, Response = Response<Body>, Error = Infallible, Future: Send>
        + Clone
        + Send
        + Sync
        + 'static,
{
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HEAD_TIMEOUT).max_buf_size(MAX_BUFFER_BYTES);
    let (open, stop) = (TaskTracker::new(), CancellationToken::new());
    let places = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    let mut shutdown = pin!(shutdown);
    loop {
        let next = async {
            // The semaphore is never closed, so there is always a place to wait for.
            let place = Arc::clone(&places).acquire_owned().await;
            (accept(&listener).await, place)
        };
        let ((stream, peer), place) = tokio::select! {
            biased;
            () = &mut shutdown => break,
            next = next => next,
        };
        let connection =
            http.serve_connection(TokioIo::new(stream), PerConnection(edge.for_peer(peer.ip().to_canonical())));
        let stop = stop.child_token();
        open.spawn(async move {
            drain(connection, stop).await;
            drop(place);
        });
    }
    drop(listener);
    stop.cancel();
    open.close();
    open.wait().await;
}

/// The next connection. A failed one is the client's loss; a lack of descriptors passes when others close.
async fn accept(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => {
                if let Err(error) = stream.set_nodelay(true) {
                    tracing::debug!(%peer, %error, "connection without nodelay");
                }
                return (stream, peer);
            }
            Err(error) if error.kind() == std::io::ErrorKind::ConnectionAborted => {}
            Err(error) => {
                tracing::warn!(%error, "no connection can be accepted right now");
                tokio::time::sleep(ACCEPT_AGAIN).await;
            }
        }
    }
}

/// Runs a connection to its end, or after `stop` to the end of the drain time.
async fn drain<S>(connection: http1::Connection<TokioIo<TcpStream>, PerConnection<Edge<S>>>, stop: CancellationToken)
where
    S: Service<Request<Body>, Response = Response<Body>, Error = Infallible> + Clone,
{
    let mut connection = pin!(connection);
    let ended = tokio::select! {
        biased;
        ended = connection.as_mut() => ended,
        () = stop.cancelled() => {
            connection.as_mut().graceful_shutdown();
            tokio::time::timeout(DRAIN, connection).await.unwrap_or(Ok(()))
        }
    };
    if let Err(error) = ended {
        tracing::debug!(error = &error as &dyn std::error::Error, "connection ended early");
    }
}

/// hyper's view of a tower service: called through a shared reference.
struct PerConnection<S>(S);

impl<S> hyper::service::Service<Request<Incoming>> for PerConnection<S>
where
    S: Service<Request<Body>, Response = Response<Body>, Error = Infallible> + Clone,
{
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = S::Future;

    fn call(&self, request: Request<Incoming>) -> S::Future {
        // The router and the edge are always ready.
        self.0.clone().call(request.map(Body::new))
    }
}
