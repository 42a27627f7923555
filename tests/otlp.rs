//! Spans of requests arrive where the environment says (only with the feature `otlp`).

use crate::support::spawn;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Stdio};

/// Takes one request of an exporter: its first line, and its body.
fn taken(stream: &TcpStream) -> (String, Vec<u8>) {
    let mut reader = BufReader::new(stream);
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).expect("a line");
        if line.trim().is_empty() {
            break;
        }
        lines.push(line.trim().to_lowercase());
    }
    let length = lines.iter().find_map(|line| line.strip_prefix("content-length: ")).expect("a length");
    let mut body = vec![0; length.parse().expect("a number")];
    reader.read_exact(&mut body).expect("a body");
    (&mut &*stream).write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").expect("an answer");
    (lines.remove(0), body)
}

#[test]
fn a_span_of_a_request_arrives_at_the_collector() {
    let collector = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let endpoint = format!("http://{}", collector.local_addr().expect("an address"));
    let data = tempfile::tempdir().expect("a temporary folder");
    let mut command = Command::new(env!("CARGO_BIN_EXE_local-video-server"));
    command.args(["serve", "--port", "0", "--data"]).arg(data.path()).env("OTEL_EXPORTER_OTLP_ENDPOINT", &endpoint);
    let mut server = spawn(command.stdout(Stdio::piped()));
    let mut greeting = BufReader::new(server.stdout.take().expect("it is piped"));
    let address = loop {
        let mut line = String::new();
        assert!(greeting.read_line(&mut line).expect("a line") > 0, "the server ended");
        if let Some((_, rest)) = line.split_once("http://") {
            break rest.trim().trim_end_matches('/').to_owned();
        }
    };
    let mut client = TcpStream::connect(&address).expect("the server listens");
    write!(client, "GET /watch/7 HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n").expect("it is sent");
    let mut answer = String::new();
    client.read_to_string(&mut answer).expect("an answer");
    let id = answer.lines().find_map(|line| line.strip_prefix("x-request-id: ")).expect("every answer has a number");
    let (stream, _) = collector.accept().expect("the exporter connects");
    let (first, body) = taken(&stream);
    assert_eq!(first, "post /v1/traces http/1.1");
    let body = String::from_utf8_lossy(&body);
    for part in ["local-video-server", "/watch/{id}", "http.route", "http.response.status_code", id.trim()] {
        assert!(body.contains(part), "{part} is not in {body}");
    }
    server.kill().expect("it is killed");
    server.wait().expect("it ends");
}
