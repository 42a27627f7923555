//! Spans of requests, sent to a collector that speaks OTLP over plain HTTP. Only with the feature `otlp`, and only where
//! the environment names one: `OTEL_EXPORTER_OTLP_ENDPOINT`, or `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT` for the whole address.
//!
//! They are sent from a thread of their own, some at a time; what a collector does not take is lost, and nobody waits for
//! it. The client is our own: those that the exporter brings along speak TLS and what belongs to it, or need a runtime
//! where there is none.

use axum::body::to_bytes;
use bytes::Bytes;
use hyper::client::conn::http1;
use hyper::header::HOST;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use opentelemetry::trace::TracerProvider as _;
use opentelemetry_http::{HttpClient, HttpError};
use opentelemetry_otlp::{ExporterBuildError, SpanExporter, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::SdkTracerProvider;
use std::io;
use std::pin::Pin;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::runtime::Runtime;
use tokio::time::timeout;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::registry::LookupSpan;

/// The module that makes the spans of requests; no others are sent.
const SPANS: &str = "local_video_server::web::span";

/// Where the environment names a collector.
const ENDPOINTS: [&str; 2] = ["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"];

/// How long a collector may take for some spans.
const PATIENCE: Duration = Duration::from_secs(10);

/// The largest answer that is taken, in bytes.
const ANSWER_BYTES_MAX: usize = 64 * 1024;

/// Why spans cannot be sent.
#[derive(Debug, thiserror::Error)]
pub enum OtlpError {
    /// The environment says something that cannot be meant.
    #[error("no spans can be sent with these OTEL_ variables")]
    Environment(#[from] ExporterBuildError),
    /// The system refuses what it takes.
    #[error("the system has no means to send spans with")]
    System(#[from] io::Error),
}

/// Sends what is left when it is dropped.
pub(super) struct Sender(SdkTracerProvider);

impl Drop for Sender {
    fn drop(&mut self) {
        if let Err(error) = self.0.shutdown() {
            tracing::warn!(error = &error as &dyn std::error::Error, "the last spans were not sent");
        }
    }
}

/// Takes spans of requests and has them sent; nothing where no collector is named.
pub(super) fn layer<S>() -> Result<Option<(impl Layer<S>, Sender)>, OtlpError>
where
    S: tracing::Subscriber + for<'span> LookupSpan<'span>,
{
    if ENDPOINTS.iter().all(|name| std::env::var_os(name).is_none_or(|value| value.is_empty())) {
        return Ok(None);
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let exporter = SpanExporter::builder().with_http().with_http_client(Client { runtime }).build()?;
    let resource = Resource::builder().with_service_name(env!("CARGO_PKG_NAME")).build();
    let provider = SdkTracerProvider::builder().with_resource(resource).with_batch_exporter(exporter).build();
    let layer = tracing_opentelemetry::layer().with_tracer(provider.tracer(env!("CARGO_PKG_NAME")));
    let requests = Targets::new().with_target(SPANS, LevelFilter::DEBUG);
    Ok(Some((layer.with_filter(requests), Sender(provider))))
}

/// Sends on the thread it is called on, which is that of the exporter.
#[derive(Debug)]
struct Client {
    runtime: Runtime,
}

impl HttpClient for Client {
    fn send_bytes<'client, 'sent>(
        &'client self,
        request: Request<Bytes>,
    ) -> Pin<Box<dyn Future<Output = Result<Response<Bytes>, HttpError>> + Send + 'sent>>
    where
        'client: 'sent,
    {
        Box::pin(async { self.runtime.block_on(async { timeout(PATIENCE, send(request)).await? }) })
    }
}

async fn send(mut request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
    let uri = request.uri().clone();
    let (Some("http"), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
        return Err(format!("`{uri}` is no address of a collector: spans are sent over plain HTTP").into());
    };
    let host = authority.host().trim_start_matches('[').trim_end_matches(']');
    let stream = TcpStream::connect((host, authority.port_u16().unwrap_or(80))).await?;
    let (mut requests, connection) = http1::handshake(TokioIo::new(stream)).await?;
    let driven = tokio::spawn(connection);
    request.headers_mut().insert(HOST, authority.as_str().parse()?);
    *request.uri_mut() = uri.path_and_query().map_or("/", |path| path.as_str()).parse()?;
    let (parts, body) = requests.send_request(request.map(axum::body::Body::from)).await?.into_parts();
    let body = to_bytes(axum::body::Body::new(body), ANSWER_BYTES_MAX).await?;
    driven.abort();
    Ok(Response::from_parts(parts, body))
}
