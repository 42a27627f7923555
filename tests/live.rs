//! Following along: what a stream of changes brings, wherever it begins and whatever happens to it.

use crate::support::child::{Folders, PATIENCE, Server};
use crate::support::{TestApp, found, request};
use axum::body::Body;
use axum::http::{Method, StatusCode};
use http_body::Body as _;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::pin::Pin;

const EVENTS: &str = "/api/v1/events";

/// An open stream.
struct Stream(Body);

impl Stream {
    async fn open(gallery: &TestApp, address: &str, headers: &[(&str, &str)]) -> Self {
        let answer = gallery.begin(request(Method::GET, address, headers, "")).await;
        assert_eq!(answer.status(), StatusCode::OK);
        let header = |name| answer.headers().get(name).map_or("", |value| value.to_str().expect("text"));
        assert_eq!((header("content-type"), header("cache-control")), ("text/event-stream", "no-store"));
        assert_eq!(header("content-encoding"), "");
        let mut stream = Self(answer.into_body());
        assert!(stream.chunk().await.starts_with("retry: "));
        stream
    }

    async fn after(gallery: &TestApp, pos: u64) -> Self {
        Self::open(gallery, EVENTS, &[("last-event-id", &pos.to_string())]).await
    }

    async fn chunk(&mut self) -> String {
        let frame = std::future::poll_fn(|context| Pin::new(&mut self.0).poll_frame(context)).await;
        let frame = frame.expect("the stream goes on").expect("no error");
        String::from_utf8(frame.into_data().expect("data").to_vec()).expect("text")
    }

    /// The next message: its id and its data.
    async fn message(&mut self) -> (u64, Value) {
        let chunk = self.chunk().await;
        let field = |name: &str| chunk.lines().find_map(|line| line.strip_prefix(name)).expect(name).to_owned();
        assert_eq!(field("event: "), "change");
        let data: Value = serde_json::from_str(&field("data: ")).expect("JSON");
        (field("id: ").parse().expect("a position"), data)
    }

    /// The positions of all events up to `end`.
    async fn positions(&mut self, end: u64) -> Vec<u64> {
        let mut positions = Vec::new();
        while positions.last() != Some(&end) {
            let (id, data) = self.message().await;
            let events = data["events"].as_array().expect("events");
            assert!(events.len() <= 256);
            positions.extend(events.iter().map(|event| event["pos"].as_u64().expect("a position")));
            assert_eq!(positions.last(), Some(&id));
        }
        positions
    }
}

fn gallery() -> TestApp {
    TestApp::given([found(1, "one.mp4"), found(2, "two.mp4")])
}

#[tokio::test]
async fn a_change_is_told_with_what_is_known_now() {
    let gallery = gallery();
    let mut stream = Stream::after(&gallery, 2).await;
    gallery.post("/videos/1/tags", "add=Sea").await;
    gallery.post("/videos/1/rating", "stars=4").await;
    let (id, data) = stream.message().await;
    assert_eq!((id, &data["batch"], &data["cause"]), (3, &json!(3), &json!("viewer")));
    assert_eq!(data["events"], json!([{"pos": 3, "kind": "tag.added", "video": 1}]));
    let known = json!([{"video": 1, "stars": 4, "favorite": false, "views": 0, "tags": ["Sea"], "duration_ms": null,
        "cover": null, "storyboard": false}]);
    assert_eq!(data["videos"], known, "also what came later is known already");
    assert_eq!(stream.message().await.1["videos"], known);
    gallery.close();
}

#[tokio::test]
async fn a_stream_goes_on_where_it_was_also_after_a_restart() {
    let mut gallery = gallery();
    for stars in 1..=5 {
        gallery.post("/videos/1/rating", &format!("stars={stars}")).await;
    }
    for _ in 0..2 {
        let end = gallery.state().pos();
        for after in 0..end {
            let mut stream = Stream::after(&gallery, after).await;
            assert_eq!(stream.positions(end).await, (after + 1..=end).collect::<Vec<_>>());
            if after == end - 1 {
                gallery.post("/videos/2/favorite", &format!("favorite={}", end == 7)).await;
                assert_eq!(stream.positions(end + 1).await, [end + 1], "and then what comes");
            }
        }
        gallery = gallery.restart();
    }
    gallery.close();
}

#[tokio::test]
async fn what_was_long_ago_comes_from_the_log_in_parts() {
    let gallery = TestApp::given((1..=5000).map(|number| found(number, &format!("{number}.mp4"))));
    let mut slow = Stream::open(&gallery, &format!("{EVENTS}?after=17"), &[]).await;
    for stars in 1..=3 {
        gallery.post("/videos/1/rating", &format!("stars={stars}")).await;
    }
    assert_eq!(slow.positions(5003).await, (18..=5003).collect::<Vec<_>>());
    gallery.close();
}

#[tokio::test]
async fn where_it_begins_is_said_clearly() {
    let gallery = gallery();
    let begin = async |address: &str, headers: &[(&str, &str)]| {
        gallery.begin(request(Method::GET, address, headers, "")).await.status()
    };
    assert_eq!(begin(EVENTS, &[("last-event-id", "x")]).await, StatusCode::BAD_REQUEST);
    assert_eq!(begin(&format!("{EVENTS}?after=-1"), &[]).await, StatusCode::BAD_REQUEST);
    assert_eq!(begin(EVENTS, &[("accept", "application/json")]).await, StatusCode::NOT_ACCEPTABLE);
    // Beyond the end is the end; the header wins over the address; without both, what was just now is told.
    let mut beyond = Stream::after(&gallery, 999).await;
    let mut both = Stream::open(&gallery, &format!("{EVENTS}?after=0"), &[("last-event-id", "1")]).await;
    gallery.post("/videos/1/rating", "stars=4").await;
    let mut neither = Stream::open(&gallery, EVENTS, &[]).await;
    assert_eq!(beyond.positions(3).await, [3]);
    assert_eq!(both.positions(3).await, [2, 3]);
    assert_eq!(neither.positions(3).await, [3]);
    gallery.close();
}

#[tokio::test]
async fn two_hundred_streams_are_told() {
    let gallery = gallery();
    let mut streams = Vec::new();
    for _ in 0..200 {
        streams.push(Stream::after(&gallery, 2).await);
    }
    gallery.post("/videos/2/rating", "stars=5").await;
    for stream in &mut streams {
        assert_eq!(stream.message().await.1["videos"][0]["stars"], 5);
    }
    gallery.close();
}

#[tokio::test(start_paused = true)]
async fn a_silent_stream_shows_that_it_lives() {
    let gallery = gallery();
    let mut stream = Stream::after(&gallery, 2).await;
    assert_eq!(stream.chunk().await, ":\n\n");
    assert_eq!(stream.chunk().await, ":\n\n");
    gallery.close();
}

/// Opens a stream on `server` and reads to the end of its first chunk.
fn connect(server: &Server) -> BufReader<TcpStream> {
    let mut socket = TcpStream::connect(server.address).expect("the server takes connections");
    socket.set_read_timeout(Some(PATIENCE)).expect("a timeout");
    write!(socket, "GET {EVENTS} HTTP/1.1\r\nHost: {}\r\n\r\n", server.address).expect("the request is sent");
    let mut lines = BufReader::new(socket);
    let mut line = String::new();
    while !line.starts_with("id: ") {
        line.clear();
        assert!(lines.read_line(&mut line).expect("the stream begins") > 0);
    }
    lines
}

#[test]
fn streams_are_bounded_and_end_with_the_server() {
    let server = Server::on(&Folders::with(1), 1);
    let mut streams: Vec<_> = (0..512).map(|_| connect(&server)).collect();
    let mut client = server.client();
    assert_eq!(client.get(EVENTS).expect("an answer").status, 503);
    assert_eq!(client.post("/videos/1/rating", "k", "stars=4").expect("an answer").status, 200);
    let mut told = String::new();
    for stream in &mut streams {
        while !told.starts_with("data: ") || !told.contains("\"stars\":4") {
            told.clear();
            assert!(stream.read_line(&mut told).expect("the stream goes on") > 0);
        }
        told.clear();
    }
    assert!(server.terminate().success());
    let mut last = streams.pop().expect("a stream");
    let mut rest = String::new();
    while last.read_line(&mut rest).expect("it ends as it should") > 0 {}
    assert!(rest.ends_with("\r\n0\r\n\r\n"), "it is not cut off: {rest:?}");
}
