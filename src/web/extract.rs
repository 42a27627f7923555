//! axum's extractors with our own error pages: handlers use these instead of `axum::extract::{Path, Query}` and
//! `axum::{Form, Json}`.

use super::error::WebError;
use axum::extract::{FromRequest, FromRequestParts, Multipart, RawPathParams, Request};
use axum::http::Uri;
use axum::http::request::Parts;
use events::VideoId;
use std::borrow::Cow;

/// The parameter that names the moment which an address is about; without it that is now.
pub const AT: &str = "at";

/// How many parameters of an address are looked at.
const PARAMETERS_MAX: usize = 64;

/// The parts of the path; 400 or 404 when they are not what the handler takes.
#[derive(Clone, Copy, Debug, FromRequestParts)]
#[from_request(via(axum::extract::Path), rejection(WebError))]
pub struct Path<T>(pub T);

/// The query; 400 when it is not what the handler takes.
#[derive(Clone, Copy, Debug, FromRequestParts)]
#[from_request(via(axum::extract::Query), rejection(WebError))]
pub struct Query<T>(pub T);

/// The fields of a form; 400, 413, 415 or 422 when they are not what the handler takes.
#[derive(Clone, Copy, Debug, FromRequest)]
#[from_request(via(axum::Form), rejection(WebError))]
pub struct Form<T>(pub T);

/// A JSON body; 400, 413, 415 or 422 when it is not what the handler takes.
#[derive(Clone, Copy, Debug, FromRequest)]
#[from_request(via(axum::Json), rejection(WebError))]
pub struct Json<T>(pub T);

/// The files of a form, one after the other; 400 when there is none.
#[derive(Debug)]
pub struct Files(pub Multipart);

impl<S: Send + Sync> FromRequest<S> for Files {
    type Rejection = WebError;

    async fn from_request(request: Request, state: &S) -> Result<Self, WebError> {
        Ok(Self(Multipart::from_request(request, state).await?))
    }
}

/// The video that the `{id}` of the path names; 404 when it cannot be the id of one.
#[derive(Clone, Copy, Debug)]
pub struct Video(pub VideoId);

impl<S: Send + Sync> FromRequestParts<S> for Video {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, WebError> {
        let parameters = RawPathParams::from_request_parts(parts, state).await.map_err(WebError::internal)?;
        let id = parameters.iter().find_map(|(name, value)| (name == "id").then_some(value)).unwrap_or_default();
        id.parse().map(Self).map_err(|_| WebError::not_found(format!("There is no video {id:?}: an id is a number.")))
    }
}

/// What this `query` says of the parameter `name`, if anything.
#[must_use]
pub fn parameter<'a>(query: Option<&'a str>, name: &str) -> Option<Cow<'a, str>> {
    // Most addresses say nothing of it, and are not taken apart to find that out.
    let query = query.filter(|query| query.contains(name))?;
    let mut parameters = form_urlencoded::parse(query.as_bytes()).take(PARAMETERS_MAX);
    parameters.find(|(known, value)| known == name && !value.trim().is_empty()).map(|(_, value)| value)
}

/// The address at `uri` without the parameter `name`.
#[must_use]
pub fn without(uri: &Uri, name: &str) -> String {
    let parameters = form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()).take(PARAMETERS_MAX);
    let others = parameters.filter(|(known, _)| known != name);
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(others).finish();
    if query.is_empty() { uri.path().to_owned() } else { format!("{}?{query}", uri.path()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_is_read_once_and_nothing_is_nothing() {
        let said = |query| parameter(Some(query), AT).map(Cow::into_owned);
        assert_eq!(said("q=at&at=2026-10-01&at=7"), Some("2026-10-01".to_owned()));
        assert_eq!(said("at=2026-10-01T12%3A00%2B02%3A00"), Some("2026-10-01T12:00+02:00".to_owned()));
        for nothing in ["", "at=", "at=+&q=at", "cat=7", "q=at"] {
            assert_eq!(said(nothing), None, "{nothing}");
        }
        assert_eq!(parameter(None, AT), None);
    }

    #[test]
    fn an_address_loses_a_parameter_and_nothing_else() {
        for (address, rest) in [
            ("/?at=7", "/"),
            ("/search?q=a+b%26&at=7&tag=at&at=9", "/search?q=a+b%26&tag=at"),
            ("/tag/a%2Fb", "/tag/a%2Fb"),
        ] {
            assert_eq!(without(&Uri::from_static(address), AT), rest);
        }
    }
}
