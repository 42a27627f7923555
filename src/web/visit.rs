//! Who is asking: the device that a change is noted under.
//!
//! A browser gets a random number as a cookie with the answer to its first write, and keeps it for as long as it
//! comes back. It tells devices apart in the history; it proves nothing, so nothing may be permitted because of it, but to
//! forget what was watched on that device, and its name. Reads neither need nor get it: a page is the same for everyone and
//! stays cacheable.

use super::error::WebError;
use super::origin::from_browser;
use axum::extract::FromRequestParts;
use axum::http::header::COOKIE;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue};
use events::Actor;
use std::hash::{BuildHasher, RandomState};
use std::net::IpAddr;

/// The cookie's name. Cookies are shared by all ports of a machine, hence not just `device`.
const NAME: &str = "lvs_device";

/// Programs that keep no cookie, all together.
const NAMELESS: Actor = Actor(1);

/// Who sends a write. Handlers take it as an argument; the edge has put it there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Visit {
    /// The device.
    pub actor: Actor,
    /// Where the connection comes from; nothing in tests that open none.
    pub peer: Option<IpAddr>,
}

impl Visit {
    /// The visit that a write with these `headers` is.
    pub(super) fn of_write(headers: &HeaderMap, peer: Option<IpAddr>) -> Self {
        let actor = known(headers).unwrap_or_else(|| if from_browser(headers) { invent() } else { NAMELESS });
        Self { actor, peer }
    }

    /// The cookie to send back, renewed with every write so that it lives as long as the device comes back.
    /// 400 days is the longest life browsers allow.
    pub(super) fn cookie(self) -> Option<HeaderValue> {
        let Actor(number) = self.actor;
        let text = format!("{NAME}={number}; Path=/; Max-Age=34560000; HttpOnly; SameSite=Lax");
        HeaderValue::from_maybe_shared(text).ok().filter(|_| self.actor != NAMELESS)
    }
}

/// The device that a request with these `headers` comes from; nothing if it was never given a number.
#[must_use]
pub fn device(headers: &HeaderMap) -> Option<Actor> {
    known(headers)
}

impl<S: Sync> FromRequestParts<S> for Visit {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, WebError> {
        // Only a write passes the edge with a visit; a read that wants one is a mistake in the router.
        parts.extensions.get::<Self>().copied().ok_or_else(|| WebError::internal("a read asked who is writing"))
    }
}

/// What a request with these `headers` has in the cookie called `wanted`.
pub(super) fn cookie<'a>(headers: &'a HeaderMap, wanted: &str) -> Option<&'a str> {
    let cookies = headers.get_all(COOKIE).iter().filter_map(|cookies| cookies.to_str().ok());
    let mut pairs = cookies.flat_map(|cookies| cookies.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == wanted).map(|(_, value)| value)
}

/// The device of the cookie, if there is a valid one.
fn known(headers: &HeaderMap) -> Option<Actor> {
    let number = cookie(headers, NAME)?;
    number.parse().ok().map(Actor).filter(|actor| *actor > NAMELESS)
}

/// A new device's number. The standard library's hasher is seeded by the operating system.
fn invent() -> Actor {
    let random = RandomState::new().hash_one(NAME).to_le_bytes();
    let [a, b, c, d, ..] = random;
    Actor(u32::from_le_bytes([a, b, c, d]).max(NAMELESS.0 + 1))
}
