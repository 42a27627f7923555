//! HTTP/1.1 over one kept connection, in the fewest lines: what a browser would send, and nothing clever.
//!
//! Every failure of the connection is an error of the call; nothing is tried again.

use super::child::PATIENCE;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};

/// An open connection.
pub(crate) struct Client {
    stream: BufReader<TcpStream>,
    host: SocketAddr,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: String,
}

impl Client {
    pub(crate) fn connect(host: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(host)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_nodelay(true)?;
        Ok(Self { stream: BufReader::new(stream), host })
    }

    pub(crate) fn get(&mut self, path: &str) -> io::Result<Answer> {
        self.ask(&format!("GET {path} HTTP/1.1\r\nHost: {}\r\n\r\n", self.host))
    }

    /// Sends `form` (already encoded) as a script of our pages would, under an idempotency key.
    pub(crate) fn post(&mut self, path: &str, key: &str, form: &str) -> io::Result<Answer> {
        let host = self.host;
        let length = form.len();
        self.ask(&format!(
            "POST {path} HTTP/1.1\r\nHost: {host}\r\nAccept: application/json\r\nIdempotency-Key: {key}\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\n\r\n{form}"
        ))
    }

    /// Sends `json` as a program would.
    pub(crate) fn post_json(&mut self, path: &str, json: &str) -> io::Result<Answer> {
        let (host, length) = (self.host, json.len());
        self.ask(&format!(
            "POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{json}"
        ))
    }

    /// Begins to follow the changes of the gallery; from here on this connection is good for [`Client::change`] only.
    pub(crate) fn follow(mut self) -> io::Result<Self> {
        let request = format!("GET /api/v1/events HTTP/1.1\r\nHost: {}\r\n\r\n", self.host);
        self.stream.get_mut().write_all(request.as_bytes())?;
        while !self.line()?.is_empty() {}
        Ok(self)
    }

    /// Waits for the next change, whatever it is.
    pub(crate) fn change(&mut self) -> io::Result<()> {
        while !self.line()?.starts_with("data:") {}
        Ok(())
    }

    fn ask(&mut self, request: &str) -> io::Result<Answer> {
        self.stream.get_mut().write_all(request.as_bytes())?;
        let status = self.line()?;
        let status = status.split(' ').nth(1).and_then(|code| code.parse().ok()).ok_or(io::ErrorKind::InvalidData)?;
        let mut length = 0;
        loop {
            let header = self.line()?.to_ascii_lowercase();
            if header.is_empty() {
                break;
            }
            if let Some(value) = header.strip_prefix("content-length:") {
                length = value.trim().parse().map_err(|_| io::ErrorKind::InvalidData)?;
            }
        }
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body)?;
        Ok(Answer { status, body: String::from_utf8_lossy(&body).into_owned() })
    }

    fn line(&mut self) -> io::Result<String> {
        let mut line = String::new();
        if self.stream.read_line(&mut line)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(line.trim_end().to_owned())
    }
}
