//! What went wrong with a request, once, for every handler: [`WebError`].
//!
//! A handler returns it with `?`; the edge turns it into a page or `application/problem+json` (RFC 9457) and
//! logs it, because only the edge knows what the client understands and the id of the request. There is one
//! `From` for each cause: those of axum are here, those of the program's own layers stand beside them.
//!
//! Only [`WebError::detail`] is shown. What is given as the source goes to the log and nowhere else.

use axum::body::Body;
use axum::extract::multipart::MultipartRejection;
use axum::extract::rejection::{FormRejection, JsonRejection, PathRejection, QueryRejection};
use axum::http::header::{ACCEPT, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode};
use axum::response::IntoResponse;
use std::borrow::Cow;
use std::error::Error;
use std::fmt::Write as _;
use std::sync::Arc;

/// A request that was not fulfilled.
#[derive(Clone, Debug)]
pub struct WebError {
    status: StatusCode,
    detail: Option<Cow<'static, str>>,
    field: Option<Cow<'static, str>>,
    retry_after_s: Option<u32>,
    source: Option<Arc<dyn Error + Send + Sync>>,
}

impl WebError {
    /// The answer with this status and the standard words for it.
    #[must_use]
    pub fn new(status: StatusCode) -> Self {
        Self { status, detail: None, field: None, retry_after_s: None, source: None }
    }

    /// There is nothing at this address. `what` is missing, as a sentence.
    #[must_use]
    pub fn not_found(what: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::NOT_FOUND).with_detail(what)
    }

    /// The client sent something that makes no sense. `why`, as a sentence.
    #[must_use]
    pub fn bad_input(why: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::BAD_REQUEST).with_detail(why)
    }

    /// The parameter `name` of the address makes no sense. `why`, as a sentence.
    #[must_use]
    pub fn bad_parameter(name: impl Into<Cow<'static, str>>, why: impl AsRef<str>) -> Self {
        let name = name.into();
        let detail = format!("The parameter `{name}` makes no sense. {}", why.as_ref());
        Self { field: Some(name), ..Self::bad_input(detail) }
    }

    /// Our own failure: 500, and `source` with all its causes in the log.
    #[must_use]
    pub fn internal(source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR).with_source(source)
    }

    /// Not now: 503. `why`, as a sentence, and when it is worth asking again.
    #[must_use]
    pub fn unavailable(why: impl Into<Cow<'static, str>>, retry_after_s: u32) -> Self {
        let error = Self::new(StatusCode::SERVICE_UNAVAILABLE).with_detail(why);
        Self { retry_after_s: Some(retry_after_s), ..error }
    }

    /// With a sentence for the person who asked.
    #[must_use]
    pub fn with_detail(mut self, detail: impl Into<Cow<'static, str>>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// With the cause, for the log.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.source = Some(source.into().into());
        self
    }

    /// The status of the answer.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The sentence for the person who asked.
    #[must_use]
    pub fn detail(&self) -> Option<&str> {
        self.detail.as_deref()
    }

    /// With the name of the parameter or field that is wrong.
    #[must_use]
    pub fn with_field(mut self, name: impl Into<Cow<'static, str>>) -> Self {
        self.field = Some(name.into());
        self
    }

    /// The parameter or field that is wrong.
    #[must_use]
    pub fn field(&self) -> Option<&str> {
        self.field.as_deref()
    }

    /// The causes, outermost first, for the log; empty when there is nothing to add to the status.
    #[must_use]
    pub fn causes(&self) -> String {
        let mut text = String::new();
        let mut next: Option<&dyn Error> = self.source.as_ref().map(|source| source.as_ref() as &dyn Error);
        while let Some(cause) = next {
            let separator = if text.is_empty() { "" } else { ": " };
            let _: std::fmt::Result = write!(text, "{separator}{cause}");
            next = cause.source();
        }
        text
    }
}

impl IntoResponse for WebError {
    /// A response that carries the error to the edge, which writes the page.
    fn into_response(self) -> Response<Body> {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = self.status;
        response.extensions_mut().insert(self);
        response
    }
}

macro_rules! from_rejection {
    ($($rejection:ty),*) => {$(
        impl From<$rejection> for WebError {
            /// axum's own text says which field is wrong and why, and nothing about us.
            fn from(rejection: $rejection) -> Self {
                Self::new(rejection.status()).with_detail(rejection.body_text())
            }
        }
    )*};
}

from_rejection!(FormRejection, JsonRejection, MultipartRejection, PathRejection, QueryRejection);

/// What an error page shows; the fields of the template `error.html`.
#[derive(Clone, Debug, serde::Serialize)]
pub struct ErrorView {
    /// The status code.
    pub status: u16,
    /// What happened, in a few words.
    pub title: &'static str,
    /// What happened, in a sentence.
    pub message: String,
    /// What to do about it.
    pub hint: &'static str,
    /// What to look for in the log.
    pub request_id: String,
    /// The ways on, if a page of an earlier moment was asked for.
    pub earlier: Option<Earlier>,
}

/// Where to go on from a page of an earlier moment that could not be shown.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Earlier {
    /// The same page as it is now.
    pub now: String,
    /// The library at that moment, if there is such a moment.
    pub then: Option<String>,
}

/// Writes an error page as HTML.
pub type ErrorPage = dyn Fn(&ErrorView) -> String + Send + Sync;

/// The answer to `error` that the client of this `path` and these request `headers` understands. Headers that
/// the handler gave the `failed` response (`Allow`, `Content-Range`) are kept.
pub(super) fn answer(
    error: &WebError,
    failed: Response<Body>,
    wants_html: bool,
    request_id: String,
    earlier: Option<Earlier>,
    page: &ErrorPage,
) -> Response<Body> {
    let (title, message, hint) = words(error.status);
    let message = error.detail.as_deref().unwrap_or(message).to_owned();
    let view = ErrorView { status: error.status.as_u16(), title, message, hint, request_id, earlier };
    let (kind, body) = if wants_html {
        ("text/html; charset=utf-8", page(&view))
    } else {
        ("application/problem+json", problem(&view, error.field()))
    };
    let (mut parts, _) = failed.into_parts();
    parts.headers.remove(CONTENT_LENGTH);
    parts.headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    parts.headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Some(seconds) = error.retry_after_s {
        parts.headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    Response::from_parts(parts, Body::from(body))
}

/// Whether to answer with a page: browsers say they take HTML; programs and the API get JSON.
pub(super) fn wants_html(path: &str, headers: &HeaderMap) -> bool {
    !path.starts_with("/api/")
        && headers
            .get(ACCEPT)
            .and_then(|accept| accept.to_str().ok())
            .is_some_and(|accept| accept.contains("text/html"))
}

fn problem(view: &ErrorView, field: Option<&str>) -> String {
    let mut problem = serde_json::json!({
        "type": "about:blank",
        "title": view.title,
        "status": view.status,
        "detail": view.message,
        "request_id": view.request_id,
    });
    if let (Some(members), Some(field)) = (problem.as_object_mut(), field) {
        members.insert("field".to_owned(), field.into());
    }
    problem.to_string()
}

/// The page when there are no templates: the same facts, plainly.
#[must_use]
pub fn plain_page(view: &ErrorView) -> String {
    let ErrorView { status, title, message, hint, request_id, earlier: _ } = view;
    let message = message.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>{title}</title><h1>{title}</h1><p>{message}</p><p>{hint}</p><p><a href=\"/\">To the gallery</a></p>\
         <p><small>{status} · request {request_id}</small></p></html>"
    )
}

/// The standard words for a status: title, sentence, hint.
fn words(status: StatusCode) -> (&'static str, &'static str, &'static str) {
    match status {
        StatusCode::BAD_REQUEST => {
            ("That did not make sense", "A part of the request could not be read.", "Go back and try again.")
        }
        StatusCode::UNAUTHORIZED => ("Not for everybody", "It needs the token.", "Do it on the server's machine."),
        StatusCode::FORBIDDEN => (
            "Not allowed from there",
            "Changes are only taken from this gallery's own pages.",
            "Open the gallery and try again there.",
        ),
        StatusCode::NOT_FOUND => {
            ("Nothing here", "There is no page at this address.", "It may have been renamed; the search finds it.")
        }
        StatusCode::METHOD_NOT_ALLOWED => (
            "Not possible here",
            "This address does not take that kind of request.",
            "Open the gallery and start there.",
        ),
        StatusCode::NOT_ACCEPTABLE => (
            "No such form",
            "This address does not answer in a form that the request takes.",
            "Open the gallery and start there.",
        ),
        StatusCode::CONFLICT => (
            "That does not fit",
            "What is there already stands in the way of this.",
            "Load the page again to see what is there.",
        ),
        StatusCode::PRECONDITION_FAILED => (
            "Changed by somebody else",
            "Somebody else changed this after it was loaded, so nothing was changed now.",
            "Load it again, then make the change once more.",
        ),
        StatusCode::PAYLOAD_TOO_LARGE => {
            ("Too much at once", "The request is larger than this address takes.", "Send less at a time.")
        }
        StatusCode::URI_TOO_LONG => (
            "Address too long",
            "The address is longer than any of this gallery.",
            "Shorten the search or the list of filters.",
        ),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => (
            "Format not understood",
            "The content type of the request is not one this address takes.",
            "Send a form or JSON.",
        ),
        StatusCode::RANGE_NOT_SATISFIABLE => {
            ("Beyond the end", "The part that was asked for lies beyond the end of the file.", "Load the page again.")
        }
        StatusCode::MISDIRECTED_REQUEST => (
            "Unknown server name",
            "This server does not answer to the name in the address.",
            "Use its IP address, or start it with --host-name and this name.",
        ),
        StatusCode::UNPROCESSABLE_ENTITY => {
            ("That did not make sense", "A value in the request is not possible.", "Go back and try again.")
        }
        StatusCode::SERVICE_UNAVAILABLE => ("Busy", "The server cannot do this right now.", "Try again in a moment."),
        status if status.is_server_error() => (
            "Something broke",
            "The server failed at this; nothing that was saved before is lost.",
            "Try again; if it stays, look for the request in the log.",
        ),
        _ => ("Not possible", "The server did not accept this request.", "Open the gallery and start there."),
    }
}
