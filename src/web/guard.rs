//! Who may look after the gallery: verify it, compute it anew, carry it away, erase from it.
//!
//! Everybody in the network may watch and change, because every change can be taken back; what costs the whole machine
//! minutes, or cannot be taken back, is for whoever sits at it or knows its token. "At it" is a connection from the
//! loopback address that nobody passed on: a proxy on this machine looks like this machine, so a request that shows a trace
//! of one, or that was sent to another name than this machine has for itself, needs the token like any other. A proxy that
//! leaves no trace cannot be told apart; so once somebody has set a token, everybody needs it, also at this machine.
//! A browser, which cannot send a token with a form, is given a cookie for it once: with what the token leads to, but not the
//! token itself, for no other site's forms (`SameSite=Strict`) and for no script. Cookies are shared by all ports of a
//! machine, so another server there could be sent it, too.
//!
//! `origin` has let the request through before; it is no defence against programs of other users of this machine.

use super::error::WebError;
use super::origin::{from_another_site, to_this_machine};
use super::visit::cookie;
use axum::extract::{Request, State};
use axum::http::header::{AUTHORIZATION, FORWARDED, VIA, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Version};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use events::hex;
use sha2::{Digest as _, Sha256};
use std::net::IpAddr;

/// How many random bytes a token is made of; it is written with two letters for each.
const TOKEN_BYTES: usize = 16;

/// The cookie's name. Cookies are shared by all ports of a machine, hence not just `token`.
const COOKIE_NAME: &str = "lvs_admin";

/// Headers that proxies add, beside `Via` and `Forwarded`.
const PASSED_ON: [&str; 7] = [
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-proto",
    "x-forwarded-server",
    "x-real-ip",
    "cf-connecting-ip",
    "true-client-ip",
];

/// The other end of the connection a request came by; nothing in tests that open none. The edge puts it there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peer(pub Option<IpAddr>);

/// Knows the token without holding it. Cheap to clone.
#[derive(Clone)]
pub struct Guard {
    digest: [u8; 32],
    /// The digest of what browsers have in their cookie.
    cookie_digest: [u8; 32],
    /// Whoever sits at this machine needs the token, too.
    everywhere: bool,
}

/// Why a request is not let through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Refusal {
    /// It comes from elsewhere and brings no token.
    NoToken,
    /// The token it brings is another one.
    WrongToken,
    /// A page of another site sent it.
    OtherSite,
}

impl Guard {
    /// A guard that lets whoever sits at this machine through, and this `token`.
    #[must_use]
    pub fn new(token: &str) -> Self {
        let cookie_digest = Sha256::digest(in_cookie(token)).into();
        Self { digest: Sha256::digest(token).into(), cookie_digest, everywhere: false }
    }

    /// A guard that lets nothing through but this `token`, which somebody has set.
    #[must_use]
    pub fn token_only(token: &str) -> Self {
        Self { everywhere: true, ..Self::new(token) }
    }

    /// Whether whoever sends this `request` may look after the gallery.
    #[must_use]
    pub fn lets_through(&self, request: &Request) -> bool {
        self.check(request).is_ok()
    }

    fn check(&self, request: &Request) -> Result<(), Refusal> {
        let headers = request.headers();
        if from_another_site(headers) {
            return Err(Refusal::OtherSite);
        }
        match headers.get(AUTHORIZATION) {
            // A token that is sent has to be right, wherever it comes from: who sends one wants to know.
            Some(sent) if self.knows(sent) => Ok(()),
            Some(_) => Err(Refusal::WrongToken),
            None if self.knows_cookie(headers) => Ok(()),
            None if !self.everywhere && at_this_machine(request) => Ok(()),
            None => Err(Refusal::NoToken),
        }
    }

    fn knows(&self, sent: &HeaderValue) -> bool {
        let Some((scheme, token)) = sent.as_bytes().split_at_checked("Bearer ".len()) else { return false };
        scheme.eq_ignore_ascii_case(b"Bearer ") && self.is_token(token.trim_ascii())
    }

    /// How long this takes says nothing about the token: digests are compared, which nobody can choose.
    fn is_token(&self, token: &[u8]) -> bool {
        self.digest == <[u8; 32]>::from(Sha256::digest(token))
    }

    /// A cookie of another token is none: it may be from before the last start.
    fn knows_cookie(&self, headers: &HeaderMap) -> bool {
        let sent = cookie(headers, COOKIE_NAME);
        sent.is_some_and(|sent| self.cookie_digest == <[u8; 32]>::from(Sha256::digest(sent)))
    }

    /// The cookie to send to a browser that has sent this `token`, until the browser is closed; nothing if it is another one.
    #[must_use]
    pub fn cookie_for(&self, token: &str) -> Option<HeaderValue> {
        let token = token.trim();
        let text = format!("{COOKIE_NAME}={}; Path=/; HttpOnly; SameSite=Strict", in_cookie(token));
        HeaderValue::from_maybe_shared(text).ok().filter(|_| self.is_token(token.as_bytes()))
    }
}

/// What a browser has in its cookie instead of the token.
fn in_cookie(token: &str) -> String {
    hex::write(&<[u8; 32]>::from(Sha256::digest(format!("{COOKIE_NAME}\0{token}"))))
}

/// A token nobody can guess.
///
/// # Errors
/// Those of the operating system, which has no randomness to give.
pub fn token() -> std::io::Result<String> {
    let mut bytes = [0; TOKEN_BYTES];
    let mut filled = 0;
    while let Some(rest) = bytes.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        filled += rustix::rand::getrandom(rest, rustix::rand::GetRandomFlags::empty())?;
    }
    Ok(hex::write(&bytes))
}

/// Whether whoever asks sits at this machine.
fn at_this_machine(request: &Request) -> bool {
    let Some(Peer(Some(peer))) = request.extensions().get::<Peer>() else { return false };
    peer.to_canonical().is_loopback()
        && to_this_machine(request.uri(), request.headers())
        && !passed_on(request.version(), request.headers())
}

/// Whether a request shows a trace of a proxy. Some leave none but the oldest version of HTTP.
fn passed_on(version: Version, headers: &HeaderMap) -> bool {
    version < Version::HTTP_11
        || headers.contains_key(VIA)
        || headers.contains_key(FORWARDED)
        || PASSED_ON.iter().any(|name| headers.contains_key(*name))
}

/// Passes a request on that may look after the gallery; 401 or 403, and a line in the log, if it may not.
pub async fn check(State(guard): State<Guard>, request: Request, next: Next) -> Response {
    let Err(refusal) = guard.check(&request) else { return next.run(request).await };
    let peer = request.extensions().get::<Peer>().and_then(|peer| peer.0);
    tracing::warn!(?peer, method = %request.method(), path = request.uri().path(), ?refusal, "administration refused");
    match refusal {
        Refusal::NoToken => {
            let why = if guard.everywhere {
                "This is for whoever sends the token that this server was given with --admin-token: `Authorization: Bearer \
                 TOKEN`, or once on the page /admin. While one is set, it is asked for at the machine of the server, too."
            } else {
                "This is for whoever sits at the machine of the server, at http://localhost, or sends its token: \
                 `Authorization: Bearer TOKEN`, or once on the page /admin. The server prints the token at its start when \
                 it listens on the network, and takes another one with --admin-token."
            };
            let mut answer = WebError::new(StatusCode::UNAUTHORIZED).with_detail(why).into_response();
            answer.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"administration\""));
            answer
        }
        Refusal::WrongToken => {
            let why = "That is not the token of this server. Unless it was set with --admin-token, the server makes a new \
                       one at each start, and prints it then.";
            WebError::new(StatusCode::FORBIDDEN).with_detail(why).into_response()
        }
        Refusal::OtherSite => {
            let why = "A page of another site sent this. Open the gallery and start there.";
            WebError::new(StatusCode::FORBIDDEN).with_detail(why).into_response()
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;
    use axum::body::Body;

    const TOKEN: &str = "0123456789abcdef";

    /// What becomes of a request from `peer` to `host` with these `headers`.
    fn asked(peer: Option<&str>, host: &str, headers: &[(&str, &str)]) -> Result<(), Refusal> {
        let request = Request::builder().header("host", host);
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        let mut request = request.body(Body::empty()).unwrap();
        request.extensions_mut().insert(Peer(peer.map(|peer| peer.parse().unwrap())));
        Guard::new(TOKEN).check(&request)
    }

    #[test]
    fn who_sits_at_the_machine_needs_no_token() {
        for (peer, host) in [
            ("127.0.0.1", "localhost:5000"),
            ("127.8.9.1", "127.0.0.1:5000"),
            ("::1", "[::1]:5000"),
            ("::ffff:127.0.0.1", "gallery.localhost"),
        ] {
            assert_eq!(asked(Some(peer), host, &[]), Ok(()), "{peer} {host}");
        }
        for peer in [Some("192.168.1.7"), Some("::ffff:192.168.1.7"), Some("fe80::1"), Some("10.0.0.1"), None] {
            assert_eq!(asked(peer, "localhost", &[]), Err(Refusal::NoToken), "{peer:?}");
        }
    }

    #[test]
    fn what_was_passed_on_is_not_from_this_machine() {
        for (name, value) in [
            ("x-forwarded-for", "127.0.0.1"),
            ("forwarded", "for=127.0.0.1"),
            ("via", "1.1 proxy"),
            ("x-real-ip", "127.0.0.1"),
            ("X-Forwarded-Proto", "https"),
        ] {
            assert_eq!(asked(Some("127.0.0.1"), "localhost", &[(name, value)]), Err(Refusal::NoToken), "{name}");
        }
        for host in ["gallery.example", "192.168.1.7:5000", "127.0.0.1.evil.example", ""] {
            assert_eq!(asked(Some("127.0.0.1"), host, &[]), Err(Refusal::NoToken), "{host}");
        }
        let old = Request::builder().version(Version::HTTP_10).header("host", "localhost");
        let mut old = old.body(Body::empty()).unwrap();
        old.extensions_mut().insert(Peer(Some([127, 0, 0, 1].into())));
        assert_eq!(Guard::new(TOKEN).check(&old), Err(Refusal::NoToken));
    }

    #[test]
    fn the_token_counts_from_everywhere_and_no_other_does() {
        let bearer = |token: &str| format!("Bearer {token}");
        for sent in [bearer(TOKEN), format!("bearer  {TOKEN} ")] {
            let headers = [("authorization", sent.as_str()), ("x-forwarded-for", "1.2.3.4")];
            assert_eq!(asked(Some("192.168.1.7"), "gallery.example", &headers), Ok(()), "{sent}");
        }
        let longer = bearer(&format!("{TOKEN}0"));
        for sent in ["", "Bearer", "Bearer ", "Bearer 0123456789abcdee", "Basic 0123456789abcdef", TOKEN, &longer] {
            for peer in ["192.168.1.7", "127.0.0.1"] {
                let answer = asked(Some(peer), "localhost", &[("authorization", sent)]);
                assert_eq!(answer, Err(Refusal::WrongToken), "{peer} {sent}");
            }
        }
    }

    #[test]
    fn a_token_that_was_set_is_asked_for_at_the_machine_too() {
        let asked = |token: Option<&str>| {
            let request = Request::builder().header("host", "localhost");
            let request = token.into_iter().fold(request, |request, token| request.header("authorization", token));
            let mut request = request.body(Body::empty()).unwrap();
            request.extensions_mut().insert(Peer(Some([127, 0, 0, 1].into())));
            Guard::token_only(TOKEN).check(&request)
        };
        assert_eq!(asked(None), Err(Refusal::NoToken));
        assert_eq!(asked(Some(&format!("Bearer {TOKEN}"))), Ok(()));
    }

    #[test]
    fn a_browser_that_sent_the_token_once_is_let_through_and_its_cookie_is_not_the_token() {
        let guard = Guard::token_only(TOKEN);
        assert_eq!(guard.cookie_for("another token"), None);
        assert_eq!(guard.cookie_for(""), None);
        let given = guard.cookie_for(&format!(" {TOKEN}\n")).unwrap();
        let given = given.to_str().unwrap();
        let (pair, attributes) = given.split_once(';').unwrap();
        assert!(!pair.contains(TOKEN) && attributes.contains("HttpOnly") && attributes.contains("SameSite=Strict"));
        let other = Guard::new("another token").cookie_for("another token").unwrap();
        let other = other.to_str().unwrap().split_once(';').unwrap().0.to_owned();
        let known = |cookie: &str, more: &[(&str, &str)]| {
            let cookies = format!("lvs_device=4711; {cookie}");
            asked(Some("192.168.1.7"), "gallery.example", &[&[("cookie", cookies.as_str())], more].concat())
        };
        assert_eq!(known(pair, &[]), Ok(()));
        assert_eq!(known(pair, &[("sec-fetch-site", "cross-site")]), Err(Refusal::OtherSite));
        assert_eq!(known(pair, &[("authorization", "Bearer wrong")]), Err(Refusal::WrongToken));
        for none in [&other, "lvs_admin=", &format!("lvs_admin={TOKEN}"), &format!("{pair}0")] {
            assert_eq!(known(none, &[]), Err(Refusal::NoToken), "{none}");
        }
    }

    #[test]
    fn pages_of_other_sites_start_nothing_here() {
        for site in ["cross-site", "same-site"] {
            assert_eq!(asked(Some("127.0.0.1"), "localhost", &[("sec-fetch-site", site)]), Err(Refusal::OtherSite));
        }
        for site in ["same-origin", "none"] {
            assert_eq!(asked(Some("127.0.0.1"), "localhost", &[("sec-fetch-site", site)]), Ok(()));
        }
    }

    #[test]
    fn every_token_is_another_one() {
        let (one, two) = (token().unwrap(), token().unwrap());
        assert!(one != two && one.len() == 2 * TOKEN_BYTES && one.bytes().all(|byte| byte.is_ascii_hexdigit()));
    }
}
