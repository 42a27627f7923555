//! Pages of other machines in the house may read ratings: the answers say so to browsers (CORS).
//!
//! The old program compared the beginning of names, so that `http://172.200.1.1.evil.com` was in its house. Here the name
//! is parsed: an address must be a private one. Changes from other pages are refused by the edge all the same.

use axum::http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_MAX_AGE, ORIGIN, VARY,
};
use axum::http::{HeaderMap, HeaderValue, Uri};
use axum::response::Response;
use std::net::{IpAddr, Ipv6Addr};

/// Adds what the page that sent these request `headers` needs to read the answer, if it is of this house.
pub(super) fn allow(headers: &HeaderMap, mut response: Response) -> Response {
    let answer = response.headers_mut();
    answer.append(VARY, HeaderValue::from_static("origin"));
    let Some(origin) = headers.get(ORIGIN).filter(|origin| origin.to_str().is_ok_and(is_of_this_house)) else {
        return response;
    };
    answer.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
    answer.insert(ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, POST, OPTIONS"));
    answer.insert(ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static("Content-Type, Authorization"));
    answer.insert(ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
    answer.insert(ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("3600"));
    response
}

/// Whether an `Origin` is a page of this machine or of one nearby: `localhost`, a name that ends in `.local`, or a private
/// address.
fn is_of_this_house(origin: &str) -> bool {
    let Ok(uri) = origin.parse::<Uri>() else { return false };
    let Some(authority) = uri.authority() else { return false };
    let whole = matches!(uri.scheme_str(), Some("http" | "https")) && origin.ends_with(authority.as_str());
    if !whole || authority.as_str().contains('@') {
        return false;
    }
    let host = authority.host().to_ascii_lowercase();
    let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(&host);
    match bare.parse::<IpAddr>() {
        Ok(address) => is_private(address.to_canonical()),
        Err(_) => host == "localhost" || host.strip_suffix(".local").is_some_and(|name| !name.is_empty()),
    }
}

/// Whether an address belongs to no public network.
fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => v4.is_loopback() || v4.is_private() || v4.is_link_local(),
        IpAddr::V6(v6) => v6 == Ipv6Addr::LOCALHOST || v6.is_unique_local() || v6.is_unicast_link_local(),
    }
}

#[cfg(test)]
mod tests {
    use super::is_of_this_house;

    #[test]
    fn pages_of_this_house_are_told_from_others() {
        for near in [
            "http://localhost",
            "http://LOCALHOST:3000",
            "https://127.0.0.1:8443",
            "http://[::1]:3000",
            "http://192.168.1.20:3000",
            "http://10.0.0.1",
            "http://172.16.0.1",
            "http://172.31.255.255",
            "http://169.254.1.1",
            "http://[fe80::1]",
            "http://[fd12::1]:80",
            "http://[::ffff:192.168.1.1]",
            "http://nas.local",
            "http://living-room.nas.local:8080",
        ] {
            assert!(is_of_this_house(near), "{near}");
        }
        for far in [
            "",
            "null",
            "http://172.200.1.1.evil.com",
            "http://192.168.1.1.evil.com",
            "http://10.evil.com",
            "http://172.15.0.1",
            "http://172.32.0.1",
            "http://172.200.1.1",
            "http://8.8.8.8",
            "http://[2001:db8::1]",
            "http://localhost.evil.com",
            "http://evil.com/.local",
            "http://.local",
            "http://local",
            "http://evillocal",
            "http://user@192.168.1.1",
            "http://192.168.1.1@evil.com",
            "http://192.168.1.1/",
            "http://192.168.1.1?x",
            "ftp://192.168.1.1",
            "192.168.1.1",
            "http://192.168.1",
            "http://0x7f.1",
        ] {
            assert!(!is_of_this_house(far), "{far}");
        }
    }
}
