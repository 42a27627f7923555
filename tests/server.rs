//! From the socket to the router and to the end of the process, over real connections.

use crate::support::spawn;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::routing::get;
use local_video_server::web::edge::Edge;
use local_video_server::web::error::plain_page;
use local_video_server::web::origin::HostNames;
use local_video_server::web::server;
use std::net::SocketAddr;
use std::process::{Command, Stdio};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::Instant;

/// A body without end, like a video nobody finishes watching.
struct Endless;

impl http_body::Body for Endless {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<http_body::Frame<Bytes>, Self::Error>>> {
        std::task::Poll::Ready(Some(Ok(http_body::Frame::data(Bytes::from_static(&[7; 65536])))))
    }
}

/// A server on a free port, the way to stop it, and its end.
async fn start() -> (SocketAddr, oneshot::Sender<()>, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
    let at = listener.local_addr().expect("a listener has an address");
    let router = Router::new().route("/", get(async || "hello")).route("/video", get(async || Body::new(Endless)));
    let edge = Edge::new(router, HostNames::default(), Box::new(plain_page), None);
    let (stop, stopped) = oneshot::channel::<()>();
    let shutdown = async move {
        // An error means that the test dropped the sender, which is an order to stop as well.
        let _: Result<(), oneshot::error::RecvError> = stopped.await;
    };
    (at, stop, tokio::spawn(server::serve(listener, edge, shutdown)))
}

async fn ask(at: SocketAddr, path: &str) -> TcpStream {
    let mut stream = TcpStream::connect(at).await.expect("the server accepts");
    let request = format!("GET {path} HTTP/1.1\r\nhost: localhost\r\n\r\n");
    stream.write_all(request.as_bytes()).await.expect("the server reads");
    let mut head = [0; 15];
    stream.read_exact(&mut head).await.expect("the server answers");
    assert_eq!(&head, b"HTTP/1.1 200 OK");
    stream
}

// Time is paused: it moves only when everything waits, so these tests take no time and depend on none.

#[tokio::test(start_paused = true)]
async fn shutdown_cuts_slow_readers_in_under_a_second() {
    let (at, stop, served) = start().await;
    let _slow = [ask(at, "/video").await, ask(at, "/video").await];
    let started = Instant::now();
    stop.send(()).expect("the server waits for the order");
    served.await.expect("the server does not panic");
    assert!(started.elapsed() < Duration::from_secs(1), "{:?}", started.elapsed());
    assert!(
        started.elapsed() >= Duration::from_millis(500),
        "open transfers get a chance to end: {:?}",
        started.elapsed()
    );
    assert!(TcpStream::connect(at).await.is_err(), "nobody listens any more");
}

#[tokio::test(start_paused = true)]
async fn shutdown_closes_idle_connections_at_once() {
    let (at, stop, served) = start().await;
    let mut idle = ask(at, "/").await;
    let started = Instant::now();
    stop.send(()).expect("the server waits for the order");
    served.await.expect("the server does not panic");
    assert!(started.elapsed() < Duration::from_millis(50), "{:?}", started.elapsed());
    let mut rest = Vec::new();
    idle.read_to_end(&mut rest).await.expect("the connection ends in order");
    assert!(rest.ends_with(b"hello"));
}

#[tokio::test(start_paused = true)]
async fn a_client_that_never_finishes_its_head_is_cut() {
    let (at, _stop, _served) = start().await;
    let mut stream = TcpStream::connect(at).await.expect("the server accepts");
    stream.write_all(b"GET / HTTP/1.1\r\nhost: loc").await.expect("the server reads");
    let started = Instant::now();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.expect("the server ends the connection");
    assert!(started.elapsed() <= Duration::from_secs(31), "{:?}", started.elapsed());
}

#[tokio::test]
async fn a_huge_head_is_refused() {
    let (at, _stop, _served) = start().await;
    let mut stream = TcpStream::connect(at).await.expect("the server accepts");
    let request = format!("GET / HTTP/1.1\r\nhost: localhost\r\nx: {}\r\n\r\n", "y".repeat(100_000));
    // The server may answer and close before it has read everything.
    let _: std::io::Result<()> = stream.write_all(request.as_bytes()).await;
    let mut head = [0; 12];
    stream.read_exact(&mut head).await.expect("the server answers");
    assert_eq!(&head, b"HTTP/1.1 431");
}

/// The program itself, told `arguments` and nothing by the environment.
fn program(arguments: &[&str]) -> Command {
    let mut program = Command::new(env!("CARGO_BIN_EXE_local-video-server"));
    program.args(arguments).env_clear().stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    program
}

#[test]
fn the_program_explains_why_it_does_not_start() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let port = taken.local_addr().expect("a listener has an address").port().to_string();
    for (arguments, code, says) in [
        (vec!["--prot", "1"], 2, "--port"),
        (vec!["--data", "x", "--log", "a=b=c"], 2, "--log a=b=c"),
        (vec!["."], 2, "--data"),
        (vec!["--data", "x", "--port", port.as_str()], 71, "--port"),
        (vec!["--help"], 0, ""),
    ] {
        let ended = spawn(&mut program(&arguments)).wait_with_output().expect("it ends");
        let text = String::from_utf8_lossy(&ended.stderr);
        assert_eq!(ended.status.code(), Some(code), "{arguments:?}: {text}");
        assert!(text.contains(says), "{arguments:?}: {text}");
    }
}
