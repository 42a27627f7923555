//! Who may ask: the defence against DNS rebinding and against other sites' pages.
//!
//! A page of a foreign site can make a browser send requests here, but it cannot choose the `Host`, `Origin` and
//! `Sec-Fetch-Site` headers. Programs that are no browsers send none of the last two and are let in: they act for
//! the person who runs them. Not a login.

use super::error::WebError;
use axum::http::header::{HOST, ORIGIN};
use axum::http::{HeaderMap, Method, StatusCode, Uri, Version};
use std::net::IpAddr;

/// The names this server answers to. Every IP address, `localhost`, and names below `localhost` always count.
#[derive(Clone, Debug, Default)]
pub struct HostNames(Vec<String>);

impl HostNames {
    /// This `machine`'s name, with and without its domain and `.local`, and the `further` ones the operator gave.
    #[must_use]
    pub fn new(machine: &str, further: &[String]) -> Self {
        let short = machine.split('.').next().unwrap_or_default();
        let own = [machine.to_owned(), short.to_owned(), format!("{short}.local")];
        let names = own.into_iter().filter(|_| !short.is_empty()).chain(further.iter().cloned());
        Self(names.map(|name| name.trim_end_matches('.').to_owned()).collect())
    }

    fn answers_to(&self, name: &str) -> bool {
        let name = name.strip_suffix('.').unwrap_or(name);
        name.parse::<IpAddr>().is_ok()
            || is_localhost(name)
            || self.0.iter().any(|known| known.eq_ignore_ascii_case(name))
    }

    /// The host and port the request was sent to, if this server answers to it. Nothing for HTTP/1.0 without `Host`.
    ///
    /// # Errors
    /// 400 when HTTP/1.1 comes without a readable `Host`, 421 when the name is not one of ours.
    pub(super) fn check<'a>(
        &self,
        version: Version,
        uri: &'a Uri,
        headers: &'a HeaderMap,
    ) -> Result<Option<&'a str>, WebError> {
        let header = headers.get(HOST).and_then(|host| host.to_str().ok());
        let Some(authority) = uri.authority().map(axum::http::uri::Authority::as_str).or(header) else {
            return if version < Version::HTTP_11 && !headers.contains_key(HOST) {
                Ok(None)
            } else {
                Err(WebError::bad_input("The request does not say which host it is for."))
            };
        };
        let name = name_of(authority);
        if self.answers_to(name) {
            return Ok(Some(authority));
        }
        let detail = format!("This server does not answer to the name “{name}”.");
        Err(WebError::new(StatusCode::MISDIRECTED_REQUEST).with_detail(detail))
    }
}

/// Whether a `name` is `localhost` or below it.
fn is_localhost(name: &str) -> bool {
    name.eq_ignore_ascii_case("localhost")
        || name
            .len()
            .checked_sub(".localhost".len())
            .and_then(|at| name.get(at..))
            .is_some_and(|end| end.eq_ignore_ascii_case(".localhost"))
}

/// The name in `name:port` or `[address]:port`.
fn name_of(authority: &str) -> &str {
    match authority.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((address, _)) => address,
        None => authority.rsplit_once(':').map_or(authority, |(name, _)| name),
    }
}

/// Whether a request with this `method` only looks.
pub(super) fn only_reads(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

/// Lets a write through that comes from our own pages or from a program.
///
/// # Errors
/// 403 when a browser says that another site's page sent it.
pub(super) fn check_write(authority: Option<&str>, headers: &HeaderMap) -> Result<(), WebError> {
    let own = if let Some(site) = headers.get("sec-fetch-site") {
        site == "same-origin" || site == "none"
    } else if let Some(origin) = headers.get(ORIGIN) {
        let origin = origin.to_str().ok().and_then(|origin| origin.split_once("://"));
        origin.zip(authority).is_some_and(|((_, from), to)| from.eq_ignore_ascii_case(to))
    } else {
        true
    };
    if own { Ok(()) } else { Err(WebError::new(StatusCode::FORBIDDEN)) }
}

/// Whether a browser says that a page of another site sent this, be it only to look.
pub(super) fn from_another_site(headers: &HeaderMap) -> bool {
    headers.get("sec-fetch-site").is_some_and(|site| site != "same-origin" && site != "none")
}

/// Whether a request was sent to a name that a machine has for itself.
pub(super) fn to_this_machine(uri: &Uri, headers: &HeaderMap) -> bool {
    let header = headers.get(HOST).and_then(|host| host.to_str().ok());
    let authority = uri.authority().map(axum::http::uri::Authority::as_str).or(header);
    authority.map(name_of).is_some_and(|name| match name.parse::<IpAddr>() {
        Ok(address) => address.to_canonical().is_loopback(),
        Err(_) => is_localhost(name.strip_suffix('.').unwrap_or(name)),
    })
}

/// Whether a browser sent this; only browsers have something to keep a cookie in.
pub(super) fn from_browser(headers: &HeaderMap) -> bool {
    headers.contains_key(ORIGIN) || headers.contains_key("sec-fetch-site")
}
