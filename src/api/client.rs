//! What handlers read from a request: who asks, what the client saw before, and parameters and a body that are taken
//! strictly.

use crate::actions::Asker;
use crate::decide::revision::Revision;
use crate::web::error::WebError;
use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{FromRequest, FromRequestParts, Query, Request};
use axum::http::StatusCode;
use axum::http::header::IF_MATCH;
use axum::http::request::Parts;
use events::values::Invalid;
use serde::de::DeserializeOwned;

/// The program that asks.
pub(super) struct Client(pub(super) Asker);

impl<S: Send + Sync> FromRequestParts<S> for Client {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, WebError> {
        let asker = Asker::from_request_parts(parts, state).await?;
        Ok(Self(asker.of_program()))
    }
}

/// What the client saw of what it changes, as it says in `If-Match`.
#[derive(Debug)]
pub(super) enum Seen {
    /// It does not say, or it does not mind (`*`).
    Anything,
    /// One of these.
    One(Vec<Revision>),
}

impl<S: Sync> FromRequestParts<S> for Seen {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, WebError> {
        let lists = parts.headers.get_all(IF_MATCH).iter().map(|list| list.to_str().unwrap_or_default());
        let tags: Vec<&str> = lists.flat_map(|list| list.split(',')).map(str::trim).collect();
        if tags.is_empty() || tags.contains(&"*") {
            return Ok(Self::Anything);
        }
        // Weak tags never match here (RFC 9110): a change needs to know exactly what was seen.
        let bare = |tag: &&str| tag.strip_prefix('"').and_then(|tag| tag.strip_suffix('"')).and_then(Revision::parse);
        Ok(Self::One(tags.iter().filter_map(bare).collect()))
    }
}

impl Seen {
    /// The revision that a change depends on when `now` is the current one; `None` if it depends on none.
    ///
    /// # Errors
    /// 412 when the client names only what was never one.
    pub(super) fn only_if(&self, now: Revision) -> Result<Option<Revision>, WebError> {
        match self {
            Self::Anything => Ok(None),
            Self::One(seen) if seen.contains(&now) => Ok(Some(now)),
            // The writer says no; or yes, if it is the same request again that made the change.
            Self::One(seen) => seen.first().copied().map(Some).ok_or_else(|| {
                let why = "If-Match names nothing that this address ever gave out as an ETag.";
                WebError::new(StatusCode::PRECONDITION_FAILED).with_detail(why)
            }),
        }
    }
}

/// The tag of a revision, as `ETag` has it.
pub(super) fn etag(revision: Revision) -> String {
    format!("\"{revision}\"")
}

/// A JSON body that has exactly the fields that the handler takes.
pub(super) struct Body<T>(pub(super) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = WebError;

    async fn from_request(request: Request, state: &S) -> Result<Self, WebError> {
        match Json::<T>::from_request(request, state).await {
            Ok(Json(body)) => Ok(Self(body)),
            Err(JsonRejection::JsonDataError(error)) => Err(misfit(error.status(), "body does", &error.body_text())),
            Err(other) => Err(other.into()),
        }
    }
}

/// The parameters of an address, exactly those that the handler takes.
pub(super) struct Parameters<T>(pub(super) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Parameters<T> {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, WebError> {
        match Query::<T>::from_request_parts(parts, state).await {
            Ok(Query(parameters)) => Ok(Self(parameters)),
            Err(error) => Err(misfit(error.status(), "parameters do", &error.body_text())),
        }
    }
}

/// A `part` of the request that can be read, but is not what the handler takes; `text` is how axum says it.
fn misfit(status: StatusCode, part: &str, text: &str) -> WebError {
    let why = text.split_once(": ").filter(|(before, _)| before.starts_with("Failed to")).map_or(text, |(_, why)| why);
    let error = WebError::new(status).with_detail(format!("The {part} not fit: {why}."));
    let quoted = ["unknown field `", "missing field `", "duplicate field `"];
    let named = quoted.iter().find_map(|words| why.split_once(words)?.1.split('`').next());
    let path = why.split_once(": ").map(|(path, _)| path).filter(|path| !path.contains(' '));
    match named.or(path) {
        Some(field) => error.with_field(field.to_owned()),
        None => error,
    }
}

/// The value of the field `name`; 422 when it is not possible.
pub(super) fn value<T>(name: &'static str, value: Result<T, Invalid>) -> Result<T, WebError> {
    value.map_err(|why| {
        let why = format!("The field `{name}` is not possible: {why}.");
        WebError::new(StatusCode::UNPROCESSABLE_ENTITY).with_detail(why).with_field(name)
    })
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;
    use axum::body::Body as Bytes;
    use axum::http::HeaderValue;

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only whether it can be read matters")]
    struct Fields {
        stars: u8,
        tags: Option<Vec<String>>,
    }

    async fn read(body: &'static str) -> WebError {
        let request = Request::builder().header("content-type", "application/json").body(Bytes::from(body)).unwrap();
        Body::<Fields>::from_request(request, &()).await.map(|body| body.0).unwrap_err()
    }

    #[tokio::test]
    async fn what_does_not_fit_is_named() {
        for (body, status, field) in [
            (r#"{"stars":"x"}"#, 422, Some("stars")),
            (r#"{"stars":999}"#, 422, Some("stars")),
            (r#"{"stars":4,"star":4}"#, 422, Some("star")),
            (r#"{"stars":4,"stars":5}"#, 422, Some("stars")),
            (r#"{"stars":4,"tags":["a",7]}"#, 422, Some("tags[1]")),
            ("{}", 422, Some("stars")),
            ("[]", 422, None),
            ("{", 400, None),
            ("", 400, None),
        ] {
            let error = read(body).await;
            assert_eq!((error.status().as_u16(), error.field()), (status, field), "{body}: {error:?}");
        }
    }

    #[tokio::test]
    async fn only_exact_tags_count_as_seen() {
        let one = Revision::parse("0123456789abcdef").unwrap();
        let two = Revision::parse("fedcba9876543210").unwrap();
        let seen = async |text: Option<&'static str>| {
            let mut parts = Request::new(()).into_parts().0;
            parts.headers.extend(text.map(|text| (IF_MATCH, HeaderValue::from_static(text))));
            Seen::from_request_parts(&mut parts, &()).await.unwrap().only_if(one)
        };
        assert_eq!(seen(None).await.unwrap(), None);
        assert_eq!(seen(Some("*")).await.unwrap(), None);
        assert_eq!(seen(Some("\"fedcba9876543210\", \"0123456789abcdef\"")).await.unwrap(), Some(one));
        assert_eq!(seen(Some("\"fedcba9876543210\"")).await.unwrap(), Some(two));
        for never in ["W/\"0123456789abcdef\"", "0123456789abcdef", "\"abc\"", "\"\""] {
            assert_eq!(seen(Some(never)).await.unwrap_err().status().as_u16(), 412, "{never}");
        }
    }
}
