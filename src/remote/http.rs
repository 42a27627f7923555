//! Asking a server: plain HTTP/1.1, one request at a time, each with its own connection and an end to its patience.

use anyhow::{Context as _, anyhow, bail};
use axum::body::{Body, to_bytes};
use bytes::Bytes;
use hyper::client::conn::http1;
use hyper::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HOST};
use hyper::{Method, Request, Uri};
use hyper_util::rt::TokioIo;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::runtime::Runtime;
use tokio::time::timeout;

/// How long a server may take to be reached, and to answer.
const REACH: Duration = Duration::from_secs(10);
const ANSWER: Duration = Duration::from_secs(120);

/// The largest answer that is taken, in bytes. The server sends at most half of it.
const BYTES_MAX: usize = 16 * 1024 * 1024;

/// What is sent with a request, and what it is; nothing by default.
#[derive(Debug, Default)]
pub(super) struct Sent {
    pub(super) bytes: Bytes,
    pub(super) kind: Option<String>,
}

impl Sent {
    /// This JSON.
    pub(super) fn json(text: String) -> Self {
        Self { bytes: text.into(), kind: Some("application/json".to_owned()) }
    }
}

/// A server somewhere.
pub(super) struct Http {
    host: String,
    port: u16,
    authority: String,
    token: Option<String>,
    /// What requests run on.
    pub(super) runtime: Runtime,
}

impl Http {
    /// The server at `url`, such as `http://192.168.1.7:5000`, which is shown this `token`.
    pub(super) fn new(url: &str, token: Option<&str>) -> anyhow::Result<Self> {
        let wrong = || anyhow!("`{url}` is no address of a server; it is written like http://192.168.1.7:5000");
        let uri: Uri = url.parse().map_err(|_| wrong())?;
        if uri.scheme_str() == Some("https") {
            bail!("the tools speak plain HTTP only; ask the server itself, or through a tunnel (ssh -L)");
        }
        let authority = uri.authority().filter(|_| uri.scheme_str() == Some("http")).ok_or_else(wrong)?;
        if !matches!(uri.path_and_query().map_or("/", |path| path.as_str()), "" | "/") {
            return Err(wrong());
        }
        let host = authority.host().trim_start_matches('[').trim_end_matches(']').to_owned();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let token = token.map(str::to_owned);
        Ok(Self { host, port: authority.port_u16().unwrap_or(80), authority: authority.to_string(), token, runtime })
    }

    /// What a GET of `path` answers with.
    pub(super) fn get(&self, path: &str) -> anyhow::Result<Bytes> {
        self.ask(Method::GET, path, Sent::default())
    }

    /// What a POST of this to `path` answers with.
    pub(super) fn post(&self, path: &str, body: Sent) -> anyhow::Result<Bytes> {
        self.ask(Method::POST, path, body)
    }

    fn ask(&self, method: Method, path: &str, body: Sent) -> anyhow::Result<Bytes> {
        let server = &self.authority;
        let asked = async {
            let stream = timeout(REACH, TcpStream::connect((self.host.as_str(), self.port))).await;
            let stream = stream.map_err(|_| std::io::Error::from(std::io::ErrorKind::TimedOut)).flatten();
            let stream = stream.with_context(|| format!("the server at {server} cannot be reached"))?;
            let answered = timeout(ANSWER, self.exchange(stream, method, path, body)).await;
            answered.with_context(|| format!("the server at {server} does not answer"))?
        };
        self.runtime.block_on(asked)
    }

    async fn exchange(&self, stream: TcpStream, method: Method, path: &str, body: Sent) -> anyhow::Result<Bytes> {
        let (mut requests, connection) = http1::handshake(TokioIo::new(stream)).await?;
        // It ends with the answer, or with the runtime.
        tokio::spawn(connection);
        let mut request = Request::builder().method(method).uri(path).header(HOST, &self.authority);
        request = request.header(ACCEPT, "application/json, application/octet-stream");
        if let Some(token) = &self.token {
            request = request.header(AUTHORIZATION, format!("Bearer {token}"));
        }
        if let Some(kind) = body.kind {
            request = request.header(CONTENT_TYPE, kind);
        }
        let answer = requests.send_request(request.body(Body::from(body.bytes))?).await;
        let answer = answer.with_context(|| format!("the server at {} gives no answer to {path}", self.authority))?;
        let status = answer.status();
        let body = to_bytes(Body::new(answer.into_body()), BYTES_MAX).await.with_context(|| {
            format!("the answer to {path} was cut off, or is longer than any of a gallery of this version")
        })?;
        if status.is_success() {
            return Ok(body);
        }
        // The server says what is wrong in a sentence.
        let problem: serde_json::Value = serde_json::from_slice(&body).unwrap_or_default();
        match problem.get("detail").and_then(serde_json::Value::as_str) {
            Some(detail) => bail!("the server says ({}): {detail}", status.as_u16()),
            None => bail!("the server answers {path} with {status}; is it a gallery of this version?"),
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_taken_or_said_to_be_none() {
        for url in ["http://127.0.0.1:5000", "http://[::1]:5000/", "http://attic.local"] {
            assert!(Http::new(url, None).is_ok(), "{url}");
        }
        for url in
            ["", "127.0.0.1:5000", "https://attic.local", "ftp://attic", "http://attic/admin", "http://", "/data"]
        {
            let why = Http::new(url, None).map(drop).unwrap_err().to_string();
            assert!(why.contains("http://") || why.contains("plain HTTP"), "{url}: {why}");
        }
        assert_eq!(Http::new("http://[::1]:7", None).unwrap().host, "::1");
    }
}
